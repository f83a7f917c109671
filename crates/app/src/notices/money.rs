//! What is told of commissions and payouts.

use domain::ids::{AccrualId, PartnerId};
use domain::ledger::{Transfer, TransferKind};
use domain::notice::{
    AccrualTold, AccrualsMade, AccrualsReversed, Currency, Notice, NoticeKind, OrderTold, PayoutTold,
    ReversalCause, ReversalTold,
};
use domain::order::Order;
use domain::payout::{Payout, PayoutState};
use jiff::Timestamp;
use store::accruals::{Run, Stored};
use store::{StoreError, Tx};

use super::{Codes, Listeners, Told};
use crate::App;

/// What is about to be written of an order's books.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settled<'a> {
    pub(crate) order: &'a Order,
    pub(crate) runs: &'a [Run],
    pub(crate) accruals: &'a [Stored],
    pub(crate) transfers: &'a [Transfer],
}

impl Settled<'_> {
    /// What is taken back of commissions, each with whose it was; what is taken back of breakage is the
    /// company's own affair.
    fn reversals(&self) -> impl Iterator<Item = (&Transfer, AccrualId, PartnerId, ReversalCause)> {
        let breakage = domain::ledger::CompanyAccount::Breakage.id();
        self.transfers.iter().filter(move |transfer| transfer.debit != breakage).filter_map(|transfer| {
            let cause = match transfer.kind {
                TransferKind::RefundReversal => ReversalCause::Refund,
                TransferKind::CancelReversal => ReversalCause::Cancellation,
                TransferKind::CorrectionReversal => ReversalCause::Correction,
                _ => return None,
            };
            let accrual = AccrualId::new(transfer.reverses?.uuid());
            Some((transfer, accrual, PartnerId::new(transfer.debit.uuid()), cause))
        })
    }
}

/// Orders were settled.
pub(crate) async fn settled(
    app: &App,
    tx: &mut Tx,
    orders: &[Settled<'_>],
    now: Timestamp,
) -> Result<(), StoreError> {
    if orders.is_empty() {
        return Ok(());
    }
    let kinds = [NoticeKind::AccrualsMade, NoticeKind::AccrualsReversed];
    let Some(listeners) = Listeners::of(tx, &kinds).await? else {
        return Ok(());
    };
    let concerned = orders.iter().flat_map(|settled| {
        let earners = settled.accruals.iter().map(|accrual| accrual.share.earner);
        earners.chain(settled.reversals().map(|(_, _, partner, _)| partner))
    });
    let codes = Codes::load(tx, concerned.collect()).await?;
    let told: Vec<Told> = orders
        .iter()
        .flat_map(|settled| [reversed(settled, &codes), made(settled, &codes)])
        .flatten()
        .collect();
    listeners.tell(app, tx, &told, now).await
}

fn made(settled: &Settled<'_>, codes: &Codes) -> Option<Told> {
    let run = settled.runs.last()?;
    let accrual = |accrual: &Stored| {
        let share = &accrual.share;
        Some(AccrualTold {
            id: accrual.id,
            partner: codes.told(share.earner)?,
            rule: share.rule.clone(),
            level: share.level,
            rate: share.rate,
            base: share.base,
            amount: share.paid,
        })
    };
    let accruals: Vec<AccrualTold> = settled.accruals.iter().filter_map(accrual).collect();
    if accruals.is_empty() {
        return None;
    }
    let notice = AccrualsMade {
        order: OrderTold::from(settled.order),
        plan_version: run.plan_version,
        run: run.run,
        effective_at: run.effective_at,
        total: accruals.iter().map(|accrual| accrual.amount).sum(),
        accruals,
        currency: Currency::Rub,
    };
    Some(Told::new(format!("{}/{}", settled.order.id, run.run), Notice::AccrualsMade(notice)))
}

fn reversed(settled: &Settled<'_>, codes: &Codes) -> Option<Told> {
    let (first, ..) = settled.reversals().next()?;
    let reversals: Vec<ReversalTold> = settled
        .reversals()
        .filter_map(|(transfer, accrual_id, partner, cause)| {
            Some(ReversalTold { accrual_id, partner: codes.told(partner)?, cause, amount: transfer.amount })
        })
        .collect();
    let notice = AccrualsReversed {
        order: OrderTold::from(settled.order),
        total: reversals.iter().map(|reversal| reversal.amount).sum(),
        reversals,
        currency: Currency::Rub,
    };
    Some(Told::new(format!("{}/{}", settled.order.id, first.id), Notice::AccrualsReversed(notice)))
}

/// A payout was asked for, or went a step on.
pub(crate) async fn payout(
    app: &App,
    tx: &mut Tx,
    payout: &Payout,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (kind, notice): (NoticeKind, fn(PayoutTold) -> Notice) = match payout.state {
        PayoutState::Requested => (NoticeKind::PayoutRequested, Notice::PayoutRequested),
        PayoutState::Approved => (NoticeKind::PayoutApproved, Notice::PayoutApproved),
        PayoutState::Rejected => (NoticeKind::PayoutRejected, Notice::PayoutRejected),
        PayoutState::Sent => (NoticeKind::PayoutSent, Notice::PayoutSent),
        PayoutState::Settled => (NoticeKind::PayoutSettled, Notice::PayoutSettled),
        PayoutState::Failed => (NoticeKind::PayoutFailed, Notice::PayoutFailed),
    };
    let Some(listeners) = Listeners::of(tx, &[kind]).await? else {
        return Ok(());
    };
    let codes = Codes::load(tx, vec![payout.partner]).await?;
    let Some(partner) = codes.told(payout.partner) else {
        return Ok(());
    };
    let told = PayoutTold {
        id: payout.id,
        number: payout.number,
        partner,
        amount: payout.amount,
        currency: Currency::Rub,
        state: payout.state,
        changed_at: payout.changed_at,
    };
    listeners.tell(app, tx, &[Told::new(payout.id.to_string(), notice(told))], now).await
}
