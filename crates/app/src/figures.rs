//! Figures for those who watch the program.

use jiff::Timestamp;
use store::StoreError;
use store::receipts::Verdict;

use crate::App;

/// How things stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// Partners.
    pub partners: i64,
    /// Orders, paid ones, cancelled ones.
    pub orders: (i64, i64, i64),
    /// Judged orders and accruals.
    pub accruals: (i64, i64),
    /// Jobs that wait.
    pub jobs_waiting: i64,
    /// Jobs that are dead.
    pub jobs_dead: i64,
    /// Since when the oldest job waits.
    pub oldest_job: Option<Timestamp>,
    /// Parcels that wait or are on their way out.
    pub outbox_waiting: i64,
    /// Parcels that were given up.
    pub outbox_dead: i64,
    /// Since when the oldest parcel waits.
    pub oldest_parcel: Option<Timestamp>,
}

/// Counts what there is.
pub async fn figures(app: &App) -> Result<Figures, StoreError> {
    let mut tx = app.store.begin_read().await?;
    let (jobs_waiting, jobs_dead, oldest_job) = store::jobs::figures(&mut tx).await?;
    let (outbox_waiting, outbox_dead, oldest_parcel) = store::outbox::figures(&mut tx).await?;
    Ok(Figures {
        partners: store::partners::count(&mut tx).await?,
        orders: store::orders::counts(&mut tx).await?,
        accruals: store::accruals::counts(&mut tx).await?,
        jobs_waiting,
        jobs_dead,
        oldest_job,
        outbox_waiting,
        outbox_dead,
        oldest_parcel,
    })
}

/// Webhooks that were refused and that contradict what is known.
pub async fn troubled_webhooks(app: &App) -> Result<(i64, i64), StoreError> {
    let counts = store::receipts::count_by_verdict(&mut app.store.begin_read().await?).await?;
    let count = |verdict: Verdict| {
        counts.iter().filter(|(word, _)| word == verdict.as_str()).map(|(_, count)| count).sum()
    };
    Ok((count(Verdict::Refused), count(Verdict::Conflict)))
}

/// Whether the database answers.
pub async fn ping(app: &App) -> Result<(), StoreError> {
    store::inspect::ping(&mut app.store.begin_read().await?).await
}
