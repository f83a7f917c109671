//! The books of some orders: what is posted for each, and what has to be posted now.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::accrual::{RuleId, Share};
use domain::ids::{AccrualId, OrderId, PartnerId, PlanVersionId, TransferId};
use domain::ledger::{CompanyAccount, Posting, Transfer, TransferKind, partner_account};
use domain::money::Money;
use domain::order::Order;
use domain::time::add_days;
use jiff::Timestamp;
use plan::{Plan, Posted, ReversalCause};
use store::accruals::{Run, Stored};
use store::{StoreError, Tx};

use super::Judge;
use super::judge::Judgement;
use crate::App;
use crate::notices::money::Settled;
use crate::periods::Calendar;
use crate::plans::Timeline;

/// The books of some orders.
#[derive(Debug)]
pub(crate) struct Books(BTreeMap<OrderId, Book>);

/// The books of one order.
#[derive(Debug)]
pub(crate) struct Book {
    order: Order,
    runs: Vec<Run>,
    entries: Vec<Entry>,
    fresh_runs: Vec<Run>,
    fresh_accruals: Vec<Stored>,
    fresh_transfers: Vec<Transfer>,
}

/// An accrual, or the breakage of a run, that stands in the ledger.
#[derive(Debug)]
struct Entry {
    transfer: Transfer,
    run: u32,
    /// What was accrued; `None` for breakage.
    share: Option<Share>,
    reversed: Money,
    /// Whether a later run took it back for good.
    is_corrected: bool,
}

/// How many rows were written.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Written {
    pub(crate) runs: u64,
    pub(crate) accruals: u64,
    pub(crate) reversals: u64,
}

impl Entry {
    /// Whether refunds or a cancellation took all of it back. A later judgement has nothing to correct
    /// there.
    fn is_spent(&self) -> bool {
        self.reversed == self.transfer.amount
    }
}

impl Book {
    /// Who bought, if he is a partner.
    pub(super) fn buyer(&self) -> Option<PartnerId> {
        self.order.buyer
    }
}

impl Books {
    pub(crate) async fn load(tx: &mut Tx, orders: Vec<Order>) -> Result<Self, StoreError> {
        let ids: Vec<OrderId> = orders.iter().map(|order| order.id).collect();
        let runs = store::accruals::runs_of(tx, &ids).await?;
        let judged: Vec<OrderId> = runs.iter().map(|run| run.order).collect();
        let accruals = store::accruals::of_orders(tx, &judged).await?;
        let of_accruals = accruals.iter().map(|accrual| TransferId::new(accrual.id.uuid()));
        let transfers: Vec<TransferId> = of_accruals.chain(runs.iter().map(|run| run.breakage)).collect();
        let posted = store::transfers::by_ids(tx, &transfers).await?;
        let reversals = store::transfers::reversals_of(tx, &transfers).await?;
        Ok(Self::assemble(orders, runs, accruals, posted, &reversals))
    }

    /// Puts books together from rows; those of `verify` are the whole ledger's.
    pub(crate) fn assemble(
        orders: Vec<Order>,
        runs: Vec<Run>,
        accruals: Vec<Stored>,
        posted: Vec<Transfer>,
        reversals: &[Transfer],
    ) -> Self {
        let mut books: BTreeMap<OrderId, Book> =
            orders.into_iter().map(|order| (order.id, Book::new(order))).collect();
        let mut taken_back: std::collections::HashMap<TransferId, (Money, bool)> =
            std::collections::HashMap::new();
        for reversal in reversals {
            if let Some(of) = reversal.reverses {
                let (amount, is_corrected) = taken_back.entry(of).or_default();
                *amount += reversal.amount;
                *is_corrected |= reversal.kind == TransferKind::CorrectionReversal;
            }
        }
        let mut posted: std::collections::HashMap<TransferId, Transfer> =
            posted.into_iter().map(|transfer| (transfer.id, transfer)).collect();
        let mut entry = |id, run, share| {
            let transfer = posted.remove(&id)?;
            let (reversed, is_corrected) = taken_back.get(&id).copied().unwrap_or_default();
            Some(Entry { transfer, run, share, reversed, is_corrected })
        };
        for run in runs {
            let Some(book) = books.get_mut(&run.order) else {
                continue;
            };
            book.entries.extend(entry(run.breakage, run.run, None));
            book.runs.push(run);
        }
        for accrual in accruals {
            let Some(book) = books.get_mut(&accrual.order) else {
                continue;
            };
            book.entries.extend(entry(TransferId::new(accrual.id.uuid()), accrual.run, Some(accrual.share)));
        }
        Self(books)
    }

    pub(crate) fn order(&self, id: OrderId) -> Option<&Order> {
        self.0.get(&id).map(|book| &book.order)
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&OrderId, &mut Book)> {
        self.0.iter_mut()
    }

    /// The orders that the plan has to be asked about.
    pub(super) fn to_judge(&self, judge: Judge) -> impl Iterator<Item = OrderId> {
        self.0
            .iter()
            .filter(move |(_, book)| book.runs.is_empty() || judge == Judge::Again)
            .map(|(id, _)| *id)
    }

    /// The orders of whose books anything is new.
    pub(super) fn settled(&self) -> Vec<Settled<'_>> {
        let any = self.0.values().filter(|book| !book.fresh_transfers.is_empty());
        any.map(|book| Settled {
            order: &book.order,
            runs: &book.fresh_runs,
            accruals: &book.fresh_accruals,
            transfers: &book.fresh_transfers,
        })
        .collect()
    }

    /// Writes what is new, in few statements.
    pub(super) async fn save(self, tx: &mut Tx, now: Timestamp) -> Result<Written, StoreError> {
        let (mut runs, mut accruals, mut transfers) = (Vec::new(), Vec::new(), Vec::new());
        for book in self.0.into_values() {
            runs.extend(book.fresh_runs);
            accruals.extend(book.fresh_accruals);
            transfers.extend(book.fresh_transfers);
        }
        store::accruals::insert_runs(tx, &runs, now).await?;
        store::transfers::insert_all(tx, &transfers).await?;
        store::accruals::insert_all(tx, &accruals).await?;
        let reversals = transfers.iter().filter(|transfer| transfer.reverses.is_some()).count();
        Ok(Written { runs: runs.len() as u64, accruals: accruals.len() as u64, reversals: reversals as u64 })
    }
}

/// What the plan is asked about reversals with: what of an order stands in the ledger.
pub(crate) fn posted(transfer: &Transfer, rule: Option<RuleId>, reversed: Money) -> Posted {
    Posted { transfer: transfer.id, rule, amount: transfer.amount, reversed }
}

impl Book {
    const fn new(order: Order) -> Self {
        Self {
            order,
            runs: Vec::new(),
            entries: Vec::new(),
            fresh_runs: Vec::new(),
            fresh_accruals: Vec::new(),
            fresh_transfers: Vec::new(),
        }
    }

    /// Enters a judgement: the first one whole; a later one by what differs from what stands.
    pub(super) fn enter(&mut self, app: &App, judgement: &Judgement, calendar: &Calendar) {
        let broken = judgement.accruals.broken();
        let differs = |entry: &Entry| match &entry.share {
            Some(share) => !judgement.accruals.shares.contains(share),
            None => entry.transfer.amount != broken,
        };
        let is_wrong = |entry: &Entry| !entry.is_corrected && !entry.is_spent() && differs(entry);
        let standing = || self.entries.iter().filter(|entry| !entry.is_corrected);
        let stands = |share: &Share| standing().any(|entry| entry.share.as_ref() == Some(share));
        let breakage_stands =
            standing().any(|entry| entry.share.is_none() && entry.transfer.amount == broken);
        let breakage_is_missing = broken.is_positive() && !breakage_stands;
        let missing: Vec<Share> =
            judgement.accruals.shares.iter().filter(|share| !stands(share)).cloned().collect();
        let is_same = missing.is_empty() && !breakage_is_missing && !self.entries.iter().any(is_wrong);
        if !self.runs.is_empty() && is_same {
            return;
        }
        let run = self.run(app, judgement, calendar);
        let posting = calendar.posting(judgement.effective_at);
        for entry in self.entries.iter_mut().filter(|entry| is_wrong(entry)) {
            let rest = entry.transfer.amount - entry.reversed;
            (entry.is_corrected, entry.reversed) = (true, entry.transfer.amount);
            let id = TransferId::new(app.ids.uuid(calendar.now));
            let kind = TransferKind::CorrectionReversal;
            self.fresh_transfers.push(entry.transfer.reversal(id, kind, run.breakage.uuid(), rest, posting));
        }
        if breakage_is_missing {
            self.post(run.breakage, run.run, None, broken, &judgement.plan, judgement.effective_at, calendar);
        }
        for share in missing {
            let id = AccrualId::new(app.ids.uuid(calendar.now));
            let paid = share.paid;
            self.fresh_accruals.push(Stored { id, order: self.order.id, run: run.run, share: share.clone() });
            let transfer = TransferId::new(id.uuid());
            self.post(
                transfer,
                run.run,
                Some(share),
                paid,
                &judgement.plan,
                judgement.effective_at,
                calendar,
            );
        }
        self.fresh_runs.push(run.clone());
        self.runs.push(run);
    }

    fn run(&self, app: &App, judgement: &Judgement, calendar: &Calendar) -> Run {
        Run {
            breakage: TransferId::new(app.ids.uuid(calendar.now)),
            order: self.order.id,
            run: self.runs.last().map_or(1, |run| run.run + 1),
            plan_version: judgement.plan_version,
            known: judgement.known,
            is_first: judgement.is_first,
            effective_at: judgement.effective_at,
            maximum: judgement.accruals.maximum,
        }
    }

    #[expect(clippy::too_many_arguments, reason = "each is a column of the row that is made")]
    fn post(
        &mut self,
        id: TransferId,
        run: u32,
        share: Option<Share>,
        amount: Money,
        plan: &Plan,
        effective_at: Timestamp,
        calendar: &Calendar,
    ) {
        let posting = calendar.posting(effective_at);
        let (credit, kind) = match &share {
            Some(share) => (partner_account(share.earner), TransferKind::Accrual),
            None => (CompanyAccount::Breakage.id(), TransferKind::Breakage),
        };
        let available_at = add_days(effective_at, plan.hold_days(), plan.zone()).max(posting.effective_at);
        let transfer = Transfer {
            id,
            debit: CompanyAccount::Commissions.id(),
            credit,
            amount,
            kind,
            cause: self.order.id.uuid(),
            reverses: None,
            effective_at: posting.effective_at,
            available_at,
            recorded_at: posting.recorded_at,
            period: posting.period,
        };
        self.fresh_transfers.push(transfer.clone());
        self.entries.push(Entry { transfer, run, share, reversed: Money::ZERO, is_corrected: false });
    }

    /// Takes back what refunds and a cancellation demand, at the frozen rates of each run's plan.
    pub(super) fn reverse(&mut self, app: &App, timeline: &Timeline, calendar: &Calendar) {
        for (index, reversal) in self.due_reversals(|id| timeline.plan(id).cloned()) {
            let Some(entry) = self.entries.get_mut(index) else {
                continue;
            };
            let (kind, cause, effective_at) = match reversal.cause {
                ReversalCause::Refund(refund) => {
                    let at = self
                        .order
                        .refunds
                        .iter()
                        .find(|known| known.id == refund)
                        .map(|known| known.refunded_at);
                    (TransferKind::RefundReversal, refund.uuid(), at)
                }
                ReversalCause::Cancellation => {
                    (TransferKind::CancelReversal, self.order.id.uuid(), self.order.cancelled_at)
                }
            };
            // Told with a date to come it counts from now, so that what is taken back cannot be paid out
            // meanwhile. Told with a date before the accrual's own it counts with the accrual: no month
            // shows money taken back that was not given yet.
            let told = effective_at.unwrap_or(calendar.now).min(calendar.now);
            let effective_at = told.max(entry.transfer.effective_at);
            let posting: Posting = calendar.posting(effective_at);
            let id = TransferId::new(app.ids.uuid(calendar.now));
            entry.reversed += reversal.amount;
            self.fresh_transfers.push(entry.transfer.reversal(id, kind, cause, reversal.amount, posting));
        }
    }

    /// The reversals still to be made, each with the place of its entry.
    fn due_reversals(
        &self,
        plan_of: impl Fn(PlanVersionId) -> Option<Arc<Plan>>,
    ) -> Vec<(usize, plan::Reversal)> {
        let mut due = Vec::new();
        for run in &self.runs {
            let Some(plan) = plan_of(run.plan_version) else {
                continue;
            };
            let entries: Vec<(usize, &Entry)> = self
                .entries
                .iter()
                .enumerate()
                .filter(|(_, entry)| entry.run == run.run && !entry.is_corrected)
                .collect();
            let posted: Vec<Posted> = entries
                .iter()
                .map(|(_, entry)| {
                    posted(
                        &entry.transfer,
                        entry.share.as_ref().map(|share| share.rule.clone()),
                        entry.reversed,
                    )
                })
                .collect();
            for reversal in plan::reversals(&plan, &self.order, &posted) {
                let place = entries.iter().find(|(_, entry)| entry.transfer.id == reversal.of);
                due.extend(place.map(|(index, _)| (*index, reversal)));
            }
        }
        due
    }
}
