//! Periods: months that are closed once and never change again.

pub(crate) mod adjust;
mod carried;
pub(crate) mod close;
mod explain;
mod preview;
pub(crate) mod ranks;
pub(crate) mod reckoning;
pub(crate) mod seal;

use domain::ledger::Posting;
use domain::partner::PartnerCode;
use domain::period::Period;
use jiff::{Timestamp, tz::TimeZone};
use store::{StoreError, Tx};

use crate::App;
use crate::plans;
use crate::retry::may_retry;

pub use store::period_runs::PeriodRun;
pub use store::periods::Closed;

pub(crate) use carried::month_of;
pub use carried::{MonthCard, Waiting, carried};
pub use close::{close, qualify};
pub use explain::{Adjustment, Explained, NoteView, PartnerStands, Sealed, explain, standings};
pub use preview::{Anomaly, AwardPreview, LinePreview, PartnerPreview, Preview, Stands, preview};

/// Which periods are closed, and what time it is: where new postings go.
#[derive(Debug, Clone)]
pub(crate) struct Calendar {
    pub(crate) now: Timestamp,
    zone: TimeZone,
    last_closed: Option<Period>,
}

impl Calendar {
    pub(crate) async fn load(tx: &mut Tx, zone: TimeZone, now: Timestamp) -> Result<Self, StoreError> {
        let last_closed = store::periods::last_closed(tx).await?.map(|closed| closed.period);
        Ok(Self { now, zone, last_closed })
    }

    /// Where something that took effect at an instant is posted: in its own period while that is
    /// open, otherwise now.
    pub(crate) fn posting(&self, effective_at: Timestamp) -> Posting {
        let own = Period::of(effective_at, &self.zone);
        let is_closed = self.last_closed.is_some_and(|last| own <= last);
        let effective_at = if is_closed { self.now } else { effective_at };
        Posting { effective_at, recorded_at: self.now, period: Period::of(effective_at, &self.zone) }
    }
}

/// Why a period is not closed.
#[derive(Debug, thiserror::Error)]
pub enum CloseError {
    /// It still runs.
    #[error("{period} ends only at {end}")]
    NotOver {
        /// Which.
        period: Period,
        /// When it ends.
        end: Timestamp,
    },
    /// It is closed.
    #[error("{period} is closed already: everything up to {last} is")]
    AlreadyClosed {
        /// The one asked for.
        period: Period,
        /// The last one closed.
        last: Period,
    },
    /// An earlier one is open and has movements.
    #[error("{0} is still open: close periods in their order")]
    EarlierOpen(Period),
    /// Orders wait for their accruals.
    #[error("{waiting} jobs wait and {dead} are dead: let them finish first (nanorem jobs)")]
    WorkWaits {
        /// Waiting jobs.
        waiting: i64,
        /// Dead jobs.
        dead: i64,
    },
    /// The plan decides something at a close, and nobody took the first step.
    #[error("{0} has to be qualified first: nanorem period qualify {0}")]
    NotQualified(Period),
    /// Something came in since the first step.
    #[error("facts of {0} have changed since it was qualified: qualify and review it again")]
    FactsChanged(Period),
    /// It is not closed by itself.
    #[error("{0} was not closed: nanorem period list names those that were")]
    NotClosed(Period),
    /// No plan is in force at its end.
    #[error("no plan is in force at the end of {0}")]
    NoPlan(Period),
    /// Nobody has that code.
    #[error("there is no partner {0}")]
    UnknownPartner(PartnerCode),
    /// The engine cannot reckon it.
    #[error(transparent)]
    Engine(#[from] plan::close::CloseError),
    /// Only staff may.
    #[error("only staff may close a period")]
    NotStaff,
    /// The database failed.
    #[error("could not close the period")]
    Store(#[from] StoreError),
}
may_retry!(CloseError);

/// Refuses to close a period that still runs, is closed, comes before its turn, or has work waiting.
pub(crate) async fn refuse_too_early(
    app: &App,
    tx: &mut Tx,
    period: Period,
    now: Timestamp,
) -> Result<(), CloseError> {
    let zone = plans::timeline(app, tx).await?.zone();
    let end = period.end(&zone);
    if now < end {
        return Err(CloseError::NotOver { period, end });
    }
    let last_closed = store::periods::last_closed(tx).await?.map(|closed| closed.period);
    if let Some(last) = last_closed.filter(|last| period <= *last) {
        return Err(CloseError::AlreadyClosed { period, last });
    }
    let next = match last_closed {
        Some(last) => Some(last.next()),
        None => first_period(tx, &zone).await?,
    };
    if let Some(next) = next.filter(|next| *next < period) {
        return Err(CloseError::EarlierOpen(next));
    }
    let (waiting, dead, _) = store::jobs::figures(tx).await?;
    if waiting + dead > 0 {
        return Err(CloseError::WorkWaits { waiting, dead });
    }
    Ok(())
}

/// The first period with anything in it: a movement, or an order that may pay only at the close.
async fn first_period(tx: &mut Tx, zone: &TimeZone) -> Result<Option<Period>, StoreError> {
    let moved = store::periods::first_used(tx).await?;
    let bought = store::accruals::first_effective(tx).await?.map(|at| Period::of(at, zone));
    Ok(moved.into_iter().chain(bought).min())
}

/// One closed period.
///
/// # Errors
/// [`CloseError::NotClosed`].
pub async fn one(app: &App, period: Period) -> Result<Closed, CloseError> {
    let closed = list(app).await?.into_iter().find(|closed| closed.period == period);
    closed.ok_or(CloseError::NotClosed(period))
}

/// Every closed period.
pub async fn list(app: &App) -> Result<Vec<Closed>, StoreError> {
    store::periods::all(&mut app.store.begin_read().await?).await
}
