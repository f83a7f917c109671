//! What caps held back: it waits for the next closes.

use domain::ids::PartnerId;
use domain::money::Money;
use domain::partner::PartnerCode;
use domain::period::Period;
use jiff::Timestamp;
use plan::close::Carry;
use serde::Serialize;
use store::{StoreError, Tx};

use super::preview::{Stands, View};
use super::reckoning::Reckoning;
use crate::App;
use crate::plans;

/// A sum that a cap held back, to be paid by a later close.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// Whose; `None` for what is added to the pool.
    pub partner_code: Option<PartnerCode>,
    /// The last period that was closed with it.
    pub since: Period,
    /// How much.
    pub amount: Money,
}

/// How a partner stands in the month that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MonthCard {
    /// Which month.
    pub period: Period,
    /// His volumes and rank, if it ended now.
    pub stands: Stands,
    /// What caps held back for him.
    pub waiting: Money,
}

/// Everything that waits after the last close, by code, the pool last.
pub async fn carried(app: &App) -> Result<Vec<Waiting>, StoreError> {
    let mut tx = app.store.begin_read().await?;
    let Some(run) = store::period_runs::last_paid(&mut tx).await? else {
        return Ok(Vec::new());
    };
    let codes = store::partners::codes(&mut tx).await?;
    let carries = store::period_runs::carries_of(&mut tx, run.id).await?;
    let excess = carries.into_iter().filter(|carry| carry.what == Carry::Excess.to_word());
    let mut waiting: Vec<Waiting> = excess
        .map(|carry| Waiting {
            partner_code: carry.partner.and_then(|partner| codes.get(&partner)).cloned(),
            since: run.period,
            amount: Money::from_minor(carry.amount),
        })
        .collect();
    waiting.sort_by(|one, other| {
        let key = |waiting: &Waiting| (waiting.partner_code.is_none(), waiting.partner_code.clone());
        key(one).cmp(&key(other))
    });
    Ok(waiting)
}

/// How a partner stands now; `None` where no plan is in force, or where it measures nothing at a close.
pub(crate) async fn month_of(
    app: &App,
    tx: &mut Tx,
    partner: PartnerId,
) -> Result<Option<MonthCard>, StoreError> {
    let now = app.now();
    let timeline = plans::timeline(app, tx).await?;
    if !timeline.in_force(now).is_some_and(|(_, plan)| plan.is_decided_at_close()) {
        return Ok(None);
    }
    let period = Period::of(now, &timeline.zone());
    let known = store::facts::last(tx).await?;
    let Some(reckoning) = Reckoning::load(app, tx, &timeline, period, known).await? else {
        return Ok(None);
    };
    // A structure without an end is for `verify` to tell.
    let Ok(qualified) = plan::close::qualify(&reckoning.plan, &reckoning.facts()) else {
        return Ok(None);
    };
    let seat = reckoning.seat(partner);
    let stands = seat.and_then(|seat| qualified.find(seat));
    let Some(stands) = stands.map(|stands| View { reckoning: &reckoning }.stands(stands)) else {
        return Ok(None);
    };
    let waiting = match store::period_runs::last_paid_before(tx, period.next(), Timestamp::MAX).await? {
        Some(run) => store::period_runs::carries_of(tx, run.id)
            .await?
            .into_iter()
            .filter(|carry| carry.partner == Some(partner) && carry.what == Carry::Excess.to_word())
            .map(|carry| Money::from_minor(carry.amount))
            .sum(),
        None => Money::ZERO,
    };
    Ok(Some(MonthCard { period, stands, waiting }))
}
