//! Payouts: asked for, approved by another person, sent, settled or failed.

use domain::actor::Actor;
use domain::ids::{PayoutId, TransferId};
use domain::ledger::{CompanyAccount, Transfer, TransferKind, partner_account};
use domain::money::Money;
use domain::partner::{Partner, PartnerCode};
use domain::payout::{IllegalStep, Payout, PayoutState, PayoutStep};
use jiff::Timestamp;
use store::{StoreError, Tx};

use crate::App;
use crate::audit::{self, Act};
use crate::notices;
use crate::periods::Calendar;
use crate::plans;
use crate::retry::{may_retry, retrying};

mod list;

pub use list::{Shown, Wanted, Whose, one, page};

/// Why a payout does not go on.
#[derive(Debug, thiserror::Error)]
pub enum PayoutError {
    /// Nobody has that code.
    #[error("there is no partner {0}")]
    UnknownPartner(PartnerCode),
    /// There is no such payout.
    #[error("there is no payout number {0}")]
    Unknown(i64),
    /// More than he has.
    #[error("{asked} is asked for, {available} is available")]
    NotEnough {
        /// What was asked for.
        asked: Money,
        /// What he may be paid now.
        available: Money,
    },
    /// Nothing, or less.
    #[error("{0} cannot be paid out: ask for more than zero")]
    NotPositive(Money),
    /// The state does not allow it.
    #[error(transparent)]
    Illegal(#[from] IllegalStep),
    /// He asked for it himself.
    #[error("{0} asked for this payout, so another person must approve it")]
    SamePerson(String),
    /// What he earned was taken back after he asked, and he owes it: it is not sent to him.
    #[error("the partner owes {0}: reject the payout, and the money pays his debt")]
    Debt(Money),
    /// All was asked for, and there is nothing.
    #[error("nothing to pay out: {available} is available")]
    Nothing {
        /// What there is; below zero it is a debt.
        available: Money,
    },
    /// Only staff may.
    #[error("only staff may do this")]
    NotStaff,
    /// A partner asks for another.
    #[error("a partner asks only for his own money")]
    NotHis,
    /// The database failed.
    #[error("could not store the payout")]
    Store(#[from] StoreError),
}
may_retry!(PayoutError);

/// Asks for a payout; without an amount, of all that is available. The money is set aside at once.
pub async fn request(
    app: &App,
    actor: &Actor,
    partner: &PartnerCode,
    amount: Option<Money>,
) -> Result<Payout, PayoutError> {
    if matches!(actor, Actor::Partner(own) if own != partner) {
        return Err(PayoutError::NotHis);
    }
    retrying(|| request_once(app, actor, partner, amount)).await
}

async fn request_once(
    app: &App,
    actor: &Actor,
    code: &PartnerCode,
    amount: Option<Money>,
) -> Result<Payout, PayoutError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    // Held alone, so that two requests cannot take the same money.
    store::facts::lock(&mut tx).await?;
    let partner: Partner = store::partners::by_code(&mut tx, code)
        .await?
        .ok_or_else(|| PayoutError::UnknownPartner(code.clone()))?;
    let available = store::balances::of(&mut tx, partner_account(partner.id), now).await?.available;
    if amount.is_none() && !available.is_positive() {
        return Err(PayoutError::Nothing { available });
    }
    let amount = amount.unwrap_or(available);
    if !amount.is_positive() {
        return Err(PayoutError::NotPositive(amount));
    }
    if amount > available {
        return Err(PayoutError::NotEnough { asked: amount, available });
    }
    let payout = Payout {
        id: PayoutId::new(app.ids.uuid(now)),
        number: store::payouts::next_number(&mut tx).await?,
        partner: partner.id,
        amount,
        state: PayoutState::Requested,
        requested_by: actor.to_string(),
        requested_at: now,
        approved_by: None,
        changed_at: now,
    };
    store::payouts::insert(&mut tx, &payout).await?;
    let transfer = movement(app, &mut tx, &payout, TransferKind::PayoutRequest, now).await?;
    store::transfers::insert_all(&mut tx, &[transfer]).await?;
    note(&mut tx, actor, "payout.request", None, &payout, None, now).await?;
    notices::money::payout(app, &mut tx, &payout, now).await?;
    tx.commit().await?;
    app.ring();
    Ok(payout)
}

/// Takes a payout one step on. Rejecting and failing bring the money back and need a reason.
pub async fn advance(
    app: &App,
    actor: &Actor,
    number: i64,
    step: PayoutStep,
    reason: Option<&str>,
) -> Result<Payout, PayoutError> {
    if !matches!(actor, Actor::Staff(_)) {
        return Err(PayoutError::NotStaff);
    }
    retrying(|| advance_once(app, actor, number, step, reason)).await
}

async fn advance_once(
    app: &App,
    actor: &Actor,
    number: i64,
    step: PayoutStep,
    reason: Option<&str>,
) -> Result<Payout, PayoutError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    store::facts::lock(&mut tx).await?;
    let before = store::payouts::by_number(&mut tx, number).await?.ok_or(PayoutError::Unknown(number))?;
    let mut payout = Payout { state: before.state.after(step)?, changed_at: now, ..before.clone() };
    if matches!(step, PayoutStep::Approve | PayoutStep::Send) {
        let balance = store::balances::of(&mut tx, partner_account(payout.partner), now).await?;
        if balance.total < Money::ZERO {
            return Err(PayoutError::Debt(-balance.total));
        }
    }
    if step == PayoutStep::Approve {
        if payout.requested_by == actor.to_string() {
            return Err(PayoutError::SamePerson(payout.requested_by));
        }
        payout.approved_by = Some(actor.to_string());
    }
    if !store::payouts::advance(&mut tx, &payout, before.state).await? {
        return Err(IllegalStep { from: before.state, step }.into());
    }
    let kind = match step {
        PayoutStep::Approve | PayoutStep::Send => None,
        PayoutStep::Settle => Some(TransferKind::PayoutSettlement),
        PayoutStep::Reject | PayoutStep::Fail => Some(TransferKind::PayoutReturn),
    };
    if let Some(kind) = kind {
        let transfer = movement(app, &mut tx, &payout, kind, now).await?;
        store::transfers::insert_all(&mut tx, &[transfer]).await?;
    }
    let action = match step {
        PayoutStep::Approve => "payout.approve",
        PayoutStep::Reject => "payout.reject",
        PayoutStep::Send => "payout.send",
        PayoutStep::Settle => "payout.settle",
        PayoutStep::Fail => "payout.fail",
    };
    note(&mut tx, actor, action, Some(before.state), &payout, reason, now).await?;
    notices::money::payout(app, &mut tx, &payout, now).await?;
    tx.commit().await?;
    app.ring();
    Ok(payout)
}

/// The movement of money that belongs to a change of a payout.
async fn movement(
    app: &App,
    tx: &mut Tx,
    payout: &Payout,
    kind: TransferKind,
    now: Timestamp,
) -> Result<Transfer, StoreError> {
    let zone = plans::timeline(app, tx).await?.zone();
    let posting = Calendar::load(tx, zone, now).await?.posting(now);
    let (partner, transit) = (partner_account(payout.partner), CompanyAccount::PayoutsInTransit.id());
    let request = TransferId::new(payout.id.uuid());
    let (id, debit, credit, reverses) = match kind {
        TransferKind::PayoutRequest => (request, partner, transit, None),
        TransferKind::PayoutReturn => (TransferId::new(app.ids.uuid(now)), transit, partner, Some(request)),
        _ => (TransferId::new(app.ids.uuid(now)), transit, CompanyAccount::Bank.id(), None),
    };
    Ok(Transfer {
        id,
        debit,
        credit,
        amount: payout.amount,
        kind,
        cause: payout.id.uuid(),
        reverses,
        effective_at: posting.effective_at,
        available_at: posting.effective_at,
        recorded_at: posting.recorded_at,
        period: posting.period,
    })
}

async fn note(
    tx: &mut Tx,
    actor: &Actor,
    action: &'static str,
    before: Option<PayoutState>,
    payout: &Payout,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let act = Act {
        actor,
        action,
        entity: format!("payout:{}", payout.number),
        before,
        after: Some(serde_json::json!({ "state": payout.state, "amount": payout.amount })),
        reason,
    };
    audit::append(tx, act, now).await
}

/// Every payout, by number, with the code of its partner.
pub async fn list(app: &App) -> Result<Vec<Shown>, StoreError> {
    let mut tx = app.store.begin_read().await?;
    let payouts = store::payouts::all(&mut tx).await?;
    list::with_codes(&mut tx, payouts).await
}
