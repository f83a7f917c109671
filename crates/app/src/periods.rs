//! Periods: months that are closed once and never change again.

use domain::actor::Actor;
use domain::ledger::Posting;
use domain::period::Period;
use jiff::{Timestamp, tz::TimeZone};
use store::periods::Closed;
use store::{StoreError, Tx};

use crate::App;
use crate::audit::{self, Act};
use crate::ledger;
use crate::plans;
use crate::retry::{may_retry, retrying};

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
    /// Only staff may.
    #[error("only staff may close a period")]
    NotStaff,
    /// The database failed.
    #[error("could not close the period")]
    Store(#[from] StoreError),
}
may_retry!(CloseError);

/// Closes a period: its balances are kept, and nothing is posted into it any more.
pub async fn close(app: &App, actor: &Actor, period: Period) -> Result<Closed, CloseError> {
    if !matches!(actor, Actor::Staff(_)) {
        return Err(CloseError::NotStaff);
    }
    retrying(|| close_once(app, actor, period)).await
}

async fn close_once(app: &App, actor: &Actor, period: Period) -> Result<Closed, CloseError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    // Held alone: no transfer of the period is being written while it is summed up.
    store::facts::lock(&mut tx).await?;
    refuse_too_early(app, &mut tx, period, now).await?;
    let balances = store::balances::all_at(&mut tx, period).await?;
    let totals: Vec<_> = balances.into_iter().map(|(account, _, total)| (account, total)).collect();
    let digest = ledger::digest_up_to(&mut tx, Some(period)).await?;
    let closed = Closed {
        period,
        closed_at: now,
        closed_by: actor.to_string(),
        transfers: digest.transfers,
        digest: digest.sha256,
    };
    store::periods::insert(&mut tx, &closed).await?;
    store::balances::keep(&mut tx, period, &totals).await?;
    let act = Act {
        actor,
        action: "period.close",
        entity: format!("period:{period}"),
        before: None::<()>,
        after: Some(
            serde_json::json!({ "transfers": closed.transfers, "digest": hex::encode(closed.digest) }),
        ),
        reason: None,
    };
    audit::append(&mut tx, act, now).await?;
    tx.commit().await?;
    Ok(closed)
}

async fn refuse_too_early(app: &App, tx: &mut Tx, period: Period, now: Timestamp) -> Result<(), CloseError> {
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
        None => store::periods::first_used(tx).await?,
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

/// Every closed period.
pub async fn list(app: &App) -> Result<Vec<Closed>, StoreError> {
    store::periods::all(&mut app.store.begin_read().await?).await
}
