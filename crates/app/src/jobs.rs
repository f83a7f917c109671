//! Background work: orders to settle, facts to reconsider. One worker a process, any number of
//! processes; a job is locked while it is done, so that it runs once at a time.

mod worker;

use domain::ids::{JobId, OrderId};
use domain::page::{Page, Window};
use jiff::Timestamp;
use serde::Serialize;
use store::{StoreError, Tx};

pub use store::jobs::Wanted;
pub use worker::{Worker, run_due};

use crate::App;

/// What there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Bring the ledger to what the facts of an order say.
    SettleOrder,
    /// Judge an accrued order again, by what is known now.
    RejudgeOrder,
    /// Find the orders that a late fact may change.
    ReconsiderFact,
    /// Bring a closed period to what came in after its close.
    AdjustPeriod,
}

impl Kind {
    const ALL: [(Self, &'static str); 4] = [
        (Self::SettleOrder, "settle_order"),
        (Self::RejudgeOrder, "rejudge_order"),
        (Self::ReconsiderFact, "reconsider_fact"),
        (Self::AdjustPeriod, "adjust_period"),
    ];

    pub(crate) fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }
}

/// Asks for jobs; equal keys ask once.
pub(crate) async fn enqueue(
    app: &App,
    tx: &mut Tx,
    kind: Kind,
    keys: &[String],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut keys = keys.to_vec();
    keys.sort_unstable();
    keys.dedup();
    let jobs: Vec<_> =
        keys.into_iter().map(|key| (JobId::new(app.ids.uuid(now)), kind.as_str(), key)).collect();
    store::jobs::enqueue(tx, &jobs, now).await
}

/// Asks for jobs about orders.
pub(crate) async fn enqueue_orders(
    app: &App,
    tx: &mut Tx,
    kind: Kind,
    orders: &[OrderId],
    now: Timestamp,
) -> Result<(), StoreError> {
    let keys: Vec<String> = orders.iter().map(ToString::to_string).collect();
    enqueue(app, tx, kind, &keys, now).await
}

/// A job as staff see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobView {
    /// By which it is revived.
    pub id: JobId,
    /// What.
    pub kind: String,
    /// To which thing.
    pub key: String,
    /// Whether it failed too often and waits for a person.
    pub dead: bool,
    /// How often it failed.
    pub attempts: u32,
    /// Not before then.
    pub run_at: Timestamp,
    /// Why it failed last.
    pub last_error: Option<String>,
}

impl From<store::jobs::Job> for JobView {
    fn from(job: store::jobs::Job) -> Self {
        Self {
            id: job.id,
            kind: job.kind,
            key: job.key,
            dead: job.is_dead,
            attempts: job.attempts,
            run_at: job.run_at,
            last_error: job.last_error,
        }
    }
}

/// Every job that waits or is dead.
pub async fn list(app: &App) -> Result<Vec<JobView>, StoreError> {
    let jobs = store::jobs::all(&mut app.store.begin_read().await?).await?;
    Ok(jobs.into_iter().map(JobView::from).collect())
}

/// A page of them, by when they are due.
pub async fn page(app: &App, wanted: &Wanted, window: &Window) -> Result<Page<JobView>, StoreError> {
    let page = store::jobs::list(&mut app.store.begin_read().await?, wanted, window).await?;
    Ok(page.map(JobView::from))
}

/// Lets a dead job run again. Gives whether there was one.
pub async fn revive(app: &App, id: JobId) -> Result<bool, StoreError> {
    let mut tx = app.store.begin().await?;
    let revived = store::jobs::revive(&mut tx, id, app.now()).await?;
    tx.commit().await?;
    app.ring();
    Ok(revived)
}
