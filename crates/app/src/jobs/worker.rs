//! The loop that does what is due.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use domain::ids::{JobId, OrderId};
use domain::period::Period;
use futures::FutureExt as _;
use jiff::{SignedDuration, Timestamp};
use store::jobs::Job;
use store::{StoreError, Tx};
use tokio::sync::watch;
use uuid::Uuid;

use super::{Kind, enqueue_orders};
use crate::App;
use crate::accruals::{self, Judge, reconsider};
use crate::periods::adjust::adjust;
use crate::retry::{may_retry, retrying};

/// The most jobs done at once: they share a transaction.
const MOST_TOGETHER: i64 = 256;
/// How often a job may fail.
const MOST_ATTEMPTS: u32 = 10;
/// How long the worker rests when nobody rings: another process may have left work.
const REST: Duration = Duration::from_secs(1);
/// For how long it lets orders gather that come one after the other: settled together they cost one
/// commit, and meanwhile the shop's next webhooks have the database to themselves.
const GATHER: Duration = Duration::from_millis(50);

/// Why jobs of one transaction came to nothing.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the program panicked: {0}")]
    Panic(String),
}

may_retry!(Failure);

impl Failure {
    fn from_panic(payload: &(dyn Any + Send)) -> Self {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
        Self::Panic(text.unwrap_or("it does not say why").to_owned())
    }
}

/// Does everything that is due now. Gives how many jobs were begun.
pub async fn run_due(app: &App) -> Result<usize, StoreError> {
    let mut begun = 0;
    loop {
        match run_once(app).await? {
            0 => return Ok(begun),
            more => begun += more,
        }
    }
}

/// Does the longest due jobs of each kind.
async fn run_once(app: &App) -> Result<usize, StoreError> {
    let mut begun = 0;
    for (kind, _) in Kind::ALL {
        begun += run_kind(app, kind).await?;
    }
    Ok(begun)
}

/// Does the longest due jobs of a kind, together where they can be; when that fails, each alone, so that
/// one bad job does not hold up the others.
async fn run_kind(app: &App, kind: Kind) -> Result<usize, StoreError> {
    let mut tx = app.store.begin_read().await?;
    let due = store::jobs::due(&mut tx, kind.as_str(), app.now(), MOST_TOGETHER).await?;
    drop(tx);
    if due.is_empty() {
        return Ok(0);
    }
    match run_together(app, kind, &due).await {
        Ok(begun) => Ok(begun),
        Err(Failure::Store(error @ StoreError::Unreachable(_))) => Err(error),
        Err(error) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                jobs = due.len(),
                "running jobs one by one"
            );
            run_alone(app, kind, &due).await?;
            Ok(due.len())
        }
    }
}

async fn run_alone(app: &App, kind: Kind, due: &[JobId]) -> Result<(), StoreError> {
    for id in due {
        if let Err(error) = run_together(app, kind, std::slice::from_ref(id)).await {
            let mut tx = app.store.begin().await?;
            for job in store::jobs::take(&mut tx, &[*id], app.now()).await? {
                fail(app, &mut tx, &job, &error.to_string()).await?;
            }
            tx.commit().await?;
        }
    }
    Ok(())
}

/// Takes jobs, does them and lets them go in one transaction. A panic undoes it and is a failure like
/// any other.
async fn run_together(app: &App, kind: Kind, due: &[JobId]) -> Result<usize, Failure> {
    let attempt = || async {
        let mut tx = app.store.begin().await?;
        // In the order in which everybody who posts money takes them: first the gate, then the jobs.
        match kind {
            Kind::AdjustPeriod => store::facts::lock(&mut tx).await?,
            _ => store::facts::lock_shared(&mut tx).await?,
        };
        let jobs = store::jobs::take(&mut tx, due, app.now()).await?;
        if !jobs.is_empty() {
            run(app, &mut tx, kind, &jobs).await?;
            tx.commit().await?;
        }
        Ok(jobs.len())
    };
    caught(retrying(attempt)).await
}

async fn caught<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let whole = AssertUnwindSafe(work).catch_unwind();
    whole.await.unwrap_or_else(|payload| Err(Failure::from_panic(payload.as_ref())))
}

async fn run(app: &App, tx: &mut Tx, kind: Kind, jobs: &[Job]) -> Result<(), StoreError> {
    match kind {
        Kind::SettleOrder => settle(app, tx, jobs, Judge::Once).await,
        Kind::RejudgeOrder => settle(app, tx, jobs, Judge::Again).await,
        Kind::ReconsiderFact => reconsider_facts(app, tx, jobs).await,
        Kind::AdjustPeriod => adjust_periods(app, tx, jobs).await,
    }
}

/// Settles orders; those that cannot be settled fail.
async fn settle(app: &App, tx: &mut Tx, jobs: &[Job], judge: Judge) -> Result<(), StoreError> {
    let orders: Vec<OrderId> = jobs.iter().filter_map(order_of).collect();
    let answers = accruals::settle_ids(app, tx, &orders, judge).await?;
    let mut done = Vec::with_capacity(jobs.len());
    for job in jobs {
        match order_of(job).map(|order| answers.get(&order)) {
            Some(Some(Ok(()))) => done.push(job),
            Some(Some(Err(error))) => fail(app, tx, job, &error.to_string()).await?,
            _ => fail(app, tx, job, "the key is not an order's id").await?,
        }
    }
    store::jobs::finish(tx, &done).await?;
    tracing::debug!(orders = done.len(), "settled orders");
    Ok(())
}

fn order_of(job: &Job) -> Option<OrderId> {
    Uuid::parse_str(&job.key).ok().map(OrderId::new)
}

async fn reconsider_facts(app: &App, tx: &mut Tx, jobs: &[Job]) -> Result<(), StoreError> {
    let mut concerned = Vec::new();
    for job in jobs {
        concerned.extend(reconsider::concerned(tx, &job.key).await?);
    }
    enqueue_orders(app, tx, Kind::RejudgeOrder, &concerned, app.now()).await?;
    store::jobs::finish(tx, &jobs.iter().collect::<Vec<_>>()).await
}

/// Adjusts closed periods, the earliest first: each leaves something to the next.
async fn adjust_periods(app: &App, tx: &mut Tx, jobs: &[Job]) -> Result<(), StoreError> {
    let mut done = Vec::with_capacity(jobs.len());
    let mut in_order: Vec<&Job> = jobs.iter().collect();
    in_order.sort_by(|one, other| one.key.cmp(&other.key));
    for job in in_order {
        match job.key.parse::<Period>() {
            Ok(period) => {
                adjust(app, tx, period).await?;
                done.push(job);
            }
            Err(error) => fail(app, tx, job, &error.to_string()).await?,
        }
    }
    store::jobs::finish(tx, &done).await
}

/// Puts a job back for later, each time twice as late; after ten times it is dead.
async fn fail(app: &App, tx: &mut Tx, job: &Job, error: &str) -> Result<(), StoreError> {
    let attempts = job.attempts + 1;
    let is_dead = attempts >= MOST_ATTEMPTS;
    if is_dead {
        tracing::error!(job.kind = %job.kind, job.key = %job.key, error, "job is dead after {attempts} attempts");
    }
    store::jobs::fail(tx, job, error, later(app.now(), attempts), is_dead).await
}

fn later(now: Timestamp, attempts: u32) -> Timestamp {
    let seconds = 1i64 << attempts.min(10);
    now + SignedDuration::from_secs(seconds)
}

/// The worker of one process.
#[derive(Debug)]
pub struct Worker {
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Worker {
    /// Starts it.
    pub fn start(app: App) -> Self {
        let (stop, stopped) = watch::channel(false);
        Self { stop, task: tokio::spawn(work(app, stopped)) }
    }

    /// Lets it finish what it does, then ends it.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the worker ended badly");
        }
    }
}

async fn work(app: App, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        match run_once(&app).await {
            Ok(0) => {
                tokio::select! {
                    () = app.work.notified() => {}
                    () = tokio::time::sleep(REST) => {}
                    _ = stopped.changed() => {}
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the worker could not reach its jobs"
                );
                rest(REST, &mut stopped).await;
            }
        }
        rest(GATHER, &mut stopped).await;
    }
}

/// Waits, but no longer once the worker is asked to stop.
async fn rest(pause: Duration, stopped: &mut watch::Receiver<bool>) {
    // It ends early either way; which of the two it was does not matter.
    drop(tokio::time::timeout(pause, stopped.changed()).await);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_failure_that_says_why() {
        let failure = caught::<()>(async { panic!("order {}", 7) }).await.expect_err("it panics");
        assert_eq!(failure.to_string(), "the program panicked: order 7");
    }

    #[test]
    fn the_pause_doubles_up_to_seventeen_minutes() {
        let seconds = |attempts| later(Timestamp::UNIX_EPOCH, attempts).as_second();
        assert_eq!([1, 2, 3, 10, 99].map(seconds), [2, 4, 8, 1_024, 1_024]);
    }
}
