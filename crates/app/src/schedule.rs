//! Work that comes round: by name, by a cron expression in Moscow time, once over any number of
//! instances.
//!
//! Who finds work due takes a lease in one short transaction, does it with no transaction open, and lets
//! it go in another. A lease that ran out was left by one who died; the work is due again then. What came
//! round while nobody was there is done once.

mod cron;
mod keeper;

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use jiff::SignedDuration;
use store::StoreError;
use store::schedules;
pub use store::schedules::{Outcome, Schedule};
use tokio::sync::watch;

pub use cron::{Cron, CronError};
pub use keeper::Keeper;

use crate::App;
use crate::retry::retrying;

/// What is done when its time has come.
pub trait Task: Send + Sync {
    /// Does it. It may be dropped at any await: what it leaves half done it must find and finish next time.
    fn run<'a>(&'a self, app: &'a App) -> BoxFuture<'a, Ended>;
}

/// How it ended, with what to tell staff of it (in Russian, as the history shows it).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// As it should.
    Done(String),
    /// Nothing was done, and a person has to look: trying again soon would not help.
    Held(String),
    /// It could not be done; it is tried again, first after five minutes, later after an hour at most.
    Failed(String),
}

/// Work with its name and its time.
#[derive(Clone)]
pub struct Work {
    /// The name: one row of the table, whatever instance does it.
    pub name: &'static str,
    /// When it comes round.
    pub cron: Cron,
    /// How long it may take. Then it is given up, and another may take it.
    pub longest: Duration,
    /// What is done.
    pub task: Arc<dyn Task>,
}

impl std::fmt::Debug for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Work").field("name", &self.name).field("cron", &self.cron).finish_non_exhaustive()
    }
}

/// The longest text kept of a run.
const LONGEST_TOLD: usize = 1_000;

impl Work {
    /// Notes that it comes round; what is known already with the same expression keeps its turn.
    pub async fn register(&self, app: &App) -> Result<(), StoreError> {
        let write = || async {
            let mut tx = app.store.begin().await?;
            let next = self.cron.next_after(app.now());
            schedules::put(&mut tx, self.name, self.cron.as_str(), next).await?;
            tx.commit().await
        };
        retrying(write).await
    }

    /// Does it if it is due and nobody is at it. Gives whether it was done here, well or not.
    pub async fn run_if_due(&self, app: &App) -> Result<bool, StoreError> {
        let (_never, stopped) = watch::channel(false);
        self.run_unless(app, stopped).await
    }

    /// The same, but broken off and due as before once it is asked to stop.
    async fn run_unless(&self, app: &App, mut stopped: watch::Receiver<bool>) -> Result<bool, StoreError> {
        let Some(turn) = self.take(app).await? else { return Ok(false) };
        let whole = AssertUnwindSafe(self.task.run(app)).catch_unwind();
        let asked_to_stop = async { stopped.wait_for(|stop| *stop).await.is_ok() };
        let ended = tokio::select! {
            ended = tokio::time::timeout(self.longest, whole) => Some(ended),
            true = asked_to_stop => None,
        };
        match ended {
            Some(Ok(Ok(ended))) => turn.end(ended).await?,
            Some(Ok(Err(panic))) => {
                turn.end(Ended::Failed(format!("сбой программы: {}", told_by(panic.as_ref())))).await?;
            }
            Some(Err(_)) => turn.end(Ended::Failed(format!("дольше {} с", self.longest.as_secs()))).await?,
            None => turn.release().await?,
        }
        Ok(true)
    }

    /// Takes the lease, if it is due and free.
    async fn take<'a>(&'a self, app: &'a App) -> Result<Option<Turn<'a>>, StoreError> {
        let now = app.now();
        let known = schedules::find(&mut app.store.begin_read().await?, self.name).await?;
        // Whoever has nothing to do writes nothing.
        let Some(known) = known.filter(|known| known.next_run_at <= now) else { return Ok(None) };
        let holder = app.ids.uuid(now);
        let longest = SignedDuration::try_from(self.longest).unwrap_or(SignedDuration::from_hours(24));
        let until = now + longest + GRACE;
        let take = || async {
            let mut tx = app.store.begin().await?;
            let taken = schedules::take(&mut tx, self.name, holder, now, until).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(taken)
        };
        let taken = retrying(take).await?;
        Ok(taken.then_some(Turn { app, work: self, holder, failures: known.failures }))
    }
}

/// How much longer than the work a lease is, so that who gives up in time can still say so.
const GRACE: SignedDuration = SignedDuration::from_secs(60);

/// One run under a lease.
struct Turn<'a> {
    app: &'a App,
    work: &'a Work,
    holder: uuid::Uuid,
    failures: u32,
}

impl Turn<'_> {
    /// Lets it go undone.
    async fn release(&self) -> Result<(), StoreError> {
        let write = || async {
            let mut tx = self.app.store.begin().await?;
            schedules::release(&mut tx, self.work.name, self.holder).await?;
            tx.commit().await
        };
        retrying(write).await
    }

    async fn end(&self, ended: Ended) -> Result<(), StoreError> {
        let now = self.app.now();
        let next = self.work.cron.next_after(now);
        let (outcome, told, next_run_at) = match ended {
            Ended::Done(told) => (Outcome::Done, told, next),
            Ended::Held(told) => (Outcome::Held, told, next),
            Ended::Failed(told) => (Outcome::Failed, told, next.min(now + pause_after(self.failures))),
        };
        let name = self.work.name;
        match outcome {
            Outcome::Done => tracing::info!(schedule = name, %told, "done"),
            Outcome::Held | Outcome::Failed => tracing::warn!(schedule = name, %told, "not done"),
        }
        let told = told.chars().take(LONGEST_TOLD).collect();
        let ended = schedules::Ended { at: now, outcome, told, next_run_at };
        let write = || async {
            let mut tx = self.app.store.begin().await?;
            let was_ours = schedules::finish(&mut tx, name, self.holder, &ended).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(was_ours)
        };
        if !retrying(write).await? {
            tracing::warn!(schedule = name, "another instance took the work over meanwhile");
        }
        Ok(())
    }
}

/// Five minutes, ten, twenty, forty, an hour.
fn pause_after(failures: u32) -> SignedDuration {
    SignedDuration::from_mins((5i64 << failures.min(4)).min(60))
}

fn told_by(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("неизвестно какой").to_owned()
}

/// All work that comes round, with how it went last.
pub async fn list(app: &App) -> Result<Vec<Schedule>, StoreError> {
    schedules::all(&mut app.store.begin_read().await?).await
}
