//! The loop that does what is due.

use std::time::Duration;

use domain::ids::OrderId;
use jiff::{SignedDuration, Timestamp};
use store::StoreError;
use store::jobs::Job;
use tokio::sync::watch;
use uuid::Uuid;

use super::{Kind, enqueue_orders};
use crate::App;
use crate::accruals::{self, Judge, reconsider};
use crate::retry::retrying;

/// The most jobs taken at once: they share a transaction.
const MOST_TOGETHER: i64 = 256;
/// For how long a taken job is nobody else's.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// How often a job may fail.
const MOST_ATTEMPTS: u32 = 10;
/// How long the worker rests when nobody rings: another process may have left work.
const REST: Duration = Duration::from_secs(1);

/// Does everything that is due now. Gives how many jobs were begun.
pub async fn run_due(app: &App) -> Result<usize, StoreError> {
    let mut begun = 0;
    loop {
        let jobs = retrying(|| lease(app)).await?;
        if jobs.is_empty() {
            return Ok(begun);
        }
        begun += jobs.len();
        run_all(app, &jobs).await?;
    }
}

async fn lease(app: &App) -> Result<Vec<Job>, StoreError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    let jobs = store::jobs::lease(&mut tx, now, now + LEASE, MOST_TOGETHER).await?;
    tx.commit().await?;
    Ok(jobs)
}

/// Runs leased jobs, together where they can be; when that fails, each alone, so that one bad job
/// does not hold up the others.
async fn run_all(app: &App, jobs: &[Job]) -> Result<(), StoreError> {
    for (kind, name) in Kind::ALL {
        let group: Vec<&Job> = jobs.iter().filter(|job| job.kind == name).collect();
        if group.is_empty() {
            continue;
        }
        match retrying(|| run_group(app, kind, &group)).await {
            Ok(()) => {}
            Err(error @ StoreError::Unreachable(_)) => return Err(error),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    jobs = group.len(),
                    "running jobs one by one"
                );
                run_alone(app, kind, &group).await?;
            }
        }
    }
    let unknown: Vec<&Job> = jobs.iter().filter(|job| Kind::parse(&job.kind).is_none()).collect();
    for job in unknown {
        fail(app, job, "this version of the program does not know this kind of job").await?;
    }
    Ok(())
}

async fn run_alone(app: &App, kind: Kind, jobs: &[&Job]) -> Result<(), StoreError> {
    for job in jobs {
        if let Err(error) = retrying(|| run_group(app, kind, std::slice::from_ref(job))).await {
            fail(app, job, &error.to_string()).await?;
        }
    }
    Ok(())
}

async fn run_group(app: &App, kind: Kind, jobs: &[&Job]) -> Result<(), StoreError> {
    match kind {
        Kind::SettleOrder => settle(app, jobs, Judge::Once).await,
        Kind::RejudgeOrder => settle(app, jobs, Judge::Again).await,
        Kind::ReconsiderFact => reconsider_facts(app, jobs).await,
    }
}

/// Settles orders and lets their jobs go in one transaction; those that cannot be settled fail.
async fn settle(app: &App, jobs: &[&Job], judge: Judge) -> Result<(), StoreError> {
    let orders: Vec<OrderId> = jobs.iter().filter_map(|job| order_of(job)).collect();
    let mut tx = app.store.begin().await?;
    let answers = accruals::settle_ids(app, &mut tx, &orders, judge).await?;
    let mut done = Vec::with_capacity(jobs.len());
    for job in jobs {
        match order_of(job).map(|order| answers.get(&order)) {
            Some(Some(Ok(()))) => done.push(*job),
            Some(Some(Err(error))) => fail_in(app, &mut tx, job, &error.to_string()).await?,
            _ => fail_in(app, &mut tx, job, "the key is not an order's id").await?,
        }
    }
    store::jobs::finish(&mut tx, &done).await?;
    tx.commit().await?;
    tracing::debug!(orders = done.len(), "settled orders");
    Ok(())
}

fn order_of(job: &Job) -> Option<OrderId> {
    Uuid::parse_str(&job.key).ok().map(OrderId::new)
}

async fn reconsider_facts(app: &App, jobs: &[&Job]) -> Result<(), StoreError> {
    let mut tx = app.store.begin().await?;
    let mut concerned = Vec::new();
    for job in jobs {
        concerned.extend(reconsider::concerned(&mut tx, &job.key).await?);
    }
    enqueue_orders(app, &mut tx, Kind::RejudgeOrder, &concerned, app.now()).await?;
    store::jobs::finish(&mut tx, jobs).await?;
    tx.commit().await
}

async fn fail(app: &App, job: &Job, error: &str) -> Result<(), StoreError> {
    let mut tx = app.store.begin().await?;
    fail_in(app, &mut tx, job, error).await?;
    tx.commit().await
}

/// Puts a job back for later, each time twice as late; after ten times it is dead.
async fn fail_in(app: &App, tx: &mut store::Tx, job: &Job, error: &str) -> Result<(), StoreError> {
    let is_dead = job.attempts >= MOST_ATTEMPTS;
    let run_at = later(app.now(), job.attempts);
    if is_dead {
        tracing::error!(job.kind = %job.kind, job.key = %job.key, error, "job is dead after {} attempts", job.attempts);
    }
    store::jobs::fail(tx, job, error, run_at, is_dead).await
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
        if let Err(error) = run_due(&app).await {
            tracing::error!(error = &error as &dyn std::error::Error, "the worker could not reach its jobs");
        }
        tokio::select! {
            () = app.work.notified() => {}
            () = tokio::time::sleep(REST) => {}
            _ = stopped.changed() => {}
        }
    }
}
