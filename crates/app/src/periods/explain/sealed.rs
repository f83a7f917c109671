//! What was sealed for a partner when a period was closed, and what he has of the period in all.

use std::collections::{HashMap, HashSet};

use domain::ids::{PartnerId, TransferId};
use domain::ledger::{Transfer, TransferKind, partner_account};
use domain::money::Money;
use domain::partner::{Partner, PartnerCode};
use domain::period::Period;
use domain::text;
use jiff::Timestamp;
use plan::close::{Unpaid, UnpaidReason};
use serde::Serialize;
use store::period_runs::{PeriodAccrual, PeriodRun, StoredStanding};
use store::{StoreError, Tx};
use uuid::Uuid;

use super::adjusted::{self, Adjustment};
use super::{Explained, NoteView, reckoned};
use crate::App;
use crate::periods::CloseError;
use crate::periods::adjust::BY_ITSELF;
use crate::periods::close::reason;
use crate::periods::preview::{LinePreview, Stands};
use crate::periods::reckoning::Reckoning;
use crate::plans::Timeline;

/// What a partner got of a closed period: at its close, and since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sealed {
    /// When the period was reckoned for good.
    pub closed_at: Timestamp,
    /// What its orders had paid him by then, less what had been taken back of it.
    pub commissions: Money,
    /// What the rules of the period paid him.
    pub bonuses: Money,
    /// What caps of the period took back of what orders had paid him.
    pub taken_back: Money,
    /// What was posted for the period since then, each with its cause.
    pub adjustments: Vec<Adjustment>,
    /// What he has of the period in the ledger: all of the above together.
    pub total: Money,
    /// Whether the rules, run over the facts known at the close, give what was sealed: then the reasons
    /// are those of the close. Otherwise rows are shown without them.
    pub is_reckoned: bool,
}

/// Everything of a closed period that the books say about one partner.
pub(super) struct Books {
    pub(super) period: Period,
    pub(super) runs: Vec<PeriodRun>,
    pub(super) accruals: Vec<PeriodAccrual>,
    pub(super) cuts: Vec<store::period_runs::PeriodCut>,
    /// What orders of the period paid him, by transfer.
    pub(super) of_orders: HashMap<TransferId, store::accruals::Stored>,
    /// Every movement of his that is of the period.
    pub(super) moved: Vec<Transfer>,
    pub(super) codes: HashMap<PartnerId, PartnerCode>,
    partner: PartnerId,
    closed_at: Timestamp,
}

pub(super) async fn explain(
    app: &App,
    tx: &mut Tx,
    timeline: &Timeline,
    period: Period,
    partner: &Partner,
) -> Result<Explained, CloseError> {
    let books = Books::load(tx, timeline, period, partner.id).await?;
    let first = books.runs.first();
    let then = match first.and_then(|run| Some((run, run.paid.as_ref()?.at))) {
        Some((run, paid_at)) => Reckoning::at_close(app, tx, timeline, run, paid_at).await?,
        None => None,
    };
    let is_reckoned = then.is_some();
    let reckoning = if let Some(then) = then {
        then
    } else {
        let known = first.map_or(store::facts::last(tx).await?, |run| run.known);
        let now = Reckoning::load(app, tx, timeline, period, known).await?;
        now.ok_or(CloseError::NoPlan(period))?
    };
    let mut explained = reckoned(&reckoning, &partner.code)?;
    if let Some(run) = first {
        let stored = store::period_runs::standings_of(tx, run.id).await?;
        if let Some(stands) = stored.into_iter().find(|stands| stands.partner == partner.id) {
            explained.stands = as_sealed(stands, reckoning.plan.qualify_by().as_str());
        }
        let unpaid = store::period_runs::unpaid_of(tx, run.id).await?;
        if !is_reckoned {
            explained.notes = books.notes(&unpaid);
            explained.missing_ru.clear();
            explained.missing_en.clear();
        }
    }
    explained.lines = books.lines(&partner.code, &explained.lines);
    let adjustments = adjusted::adjustments(tx, timeline, &books).await?;
    explained.sealed = Some(books.sealed(adjustments, is_reckoned));
    Ok(explained)
}

fn as_sealed(stands: StoredStanding, unit: &'static str) -> Stands {
    let StoredStanding { personal, group, paid_as, highest, .. } = stands;
    Stands { unit, personal, group, paid_as, highest }
}

impl Books {
    async fn load(
        tx: &mut Tx,
        timeline: &Timeline,
        period: Period,
        partner: PartnerId,
    ) -> Result<Self, StoreError> {
        let zone = timeline.zone();
        let (start, end) = (period.start(&zone), period.end(&zone));
        let mut runs = store::period_runs::of_period(tx, period).await?;
        runs.retain(|run| run.paid.is_some());
        let closed_at = closed_at(tx, &runs, period).await?;
        let ids: HashSet<Uuid> = runs.iter().map(|run| run.id).collect();
        let orders = store::period_runs::orders_within(tx, start, end).await?;
        let judged = store::accruals::runs_of(tx, &orders).await?;
        let of_period: HashSet<_> = judged
            .iter()
            .filter(|run| start <= run.effective_at && run.effective_at < end)
            .map(|run| (run.order, run.run))
            .collect();
        let of_orders: HashMap<TransferId, _> = store::accruals::of_orders(tx, &orders)
            .await?
            .into_iter()
            .filter(|accrual| of_period.contains(&(accrual.order, accrual.run)))
            .filter(|accrual| accrual.share.earner == partner)
            .map(|accrual| (TransferId::new(accrual.id.uuid()), accrual))
            .collect();
        let is_his = |transfer: &Transfer| {
            let of = transfer.reverses.unwrap_or(transfer.id);
            ids.contains(&transfer.cause) || of_orders.contains_key(&of)
        };
        let mut moved = store::transfers::of_account(tx, partner_account(partner)).await?;
        moved.retain(is_his);
        let mut accruals = store::period_runs::accruals_of_period(tx, period).await?;
        accruals.retain(|accrual| accrual.earner == partner);
        let mut cuts = store::period_runs::cuts_of_period(tx, period).await?;
        cuts.retain(|cut| cut.earner == partner);
        let codes = store::partners::codes(tx).await?;
        Ok(Self { period, runs, accruals, cuts, of_orders, moved, codes, partner, closed_at })
    }

    /// The run of the close itself; none where the month was closed with nothing in it and is made up for.
    pub(super) fn run_of_close(&self) -> Option<&PeriodRun> {
        of_close(&self.runs)
    }

    /// What a movement gives him: below zero it takes.
    pub(super) fn amount(&self, transfer: &Transfer) -> Money {
        let is_given = transfer.credit == partner_account(self.partner);
        if is_given { transfer.amount } else { -transfer.amount }
    }

    /// Whether a movement was there when the period was closed. What is posted in the period itself was,
    /// and so was what refunds took back before the close, though they count from a later month.
    pub(super) fn is_sealed(&self, transfer: &Transfer) -> bool {
        transfer.period == self.period || transfer.recorded_at < self.closed_at
    }

    fn sealed(&self, adjustments: Vec<Adjustment>, is_reckoned: bool) -> Sealed {
        let at_close = || self.moved.iter().filter(|transfer| self.is_sealed(transfer));
        let is_of_order =
            |transfer: &&Transfer| self.of_orders.contains_key(&transfer.reverses.unwrap_or(transfer.id));
        let sum = |kind: TransferKind| {
            let of_rules = at_close().filter(|transfer| !is_of_order(transfer) && transfer.kind == kind);
            of_rules.map(|transfer| transfer.amount).sum::<Money>()
        };
        Sealed {
            closed_at: self.closed_at,
            commissions: at_close().filter(is_of_order).map(|transfer| self.amount(transfer)).sum(),
            bonuses: sum(TransferKind::Accrual),
            taken_back: sum(TransferKind::Breakage),
            adjustments,
            total: self.moved.iter().map(|transfer| self.amount(transfer)).sum(),
            is_reckoned,
        }
    }

    /// The rows that were kept at the close, each with its reason where one was reckoned for it.
    fn lines(&self, code: &PartnerCode, reckoned: &[LinePreview]) -> Vec<LinePreview> {
        let posted = |accrual: &&PeriodAccrual| {
            self.moved.iter().any(|transfer| transfer.id == accrual.id && self.is_sealed(transfer))
        };
        let mut left: Vec<&LinePreview> = reckoned.iter().collect();
        let line = |accrual: &PeriodAccrual| {
            let source_code = accrual.source_partner.and_then(|source| self.codes.get(&source)).cloned();
            let is_it = |line: &&LinePreview| {
                line.rule == accrual.rule.as_str()
                    && line.source_code == source_code
                    && (line.level, line.base, line.raw, line.paid)
                        == (accrual.level, accrual.base, accrual.raw, accrual.paid)
            };
            if let Some(place) = left.iter().position(is_it) {
                return left.remove(place).clone();
            }
            let (base, paid) = (accrual.base, accrual.paid);
            let why = match accrual.rate {
                Some(rate) => text!("{rate} от {base}, начислено {paid}", "{rate} of {base}, earned {paid}"),
                None => text!("от {base}, начислено {paid}", "of {base}, earned {paid}"),
            };
            LinePreview {
                partner_code: code.clone(),
                rule: accrual.rule.to_string(),
                source_code,
                level: accrual.level,
                base,
                raw: accrual.raw,
                paid,
                why_ru: why.in_lang(domain::lang::Lang::Ru).to_owned(),
                why_en: why.in_lang(domain::lang::Lang::En).to_owned(),
            }
        };
        self.accruals.iter().filter(posted).map(line).collect()
    }

    /// What caps kept back, by the rows that were kept.
    fn notes(&self, unpaid: &[store::period_runs::StoredUnpaid]) -> Vec<NoteView> {
        let parts = unpaid.iter().filter(|part| part.partner == Some(self.partner));
        let note = |part: &store::period_runs::StoredUnpaid| {
            let reason = REASONS.into_iter().find(|known| reason(*known) == part.reason)?;
            let part = Unpaid { rule: part.rule.clone(), partner: None, reason, amount: part.amount };
            Some(NoteView::of(part.rule.as_ref(), &plan::explain::kept_back(&part)?))
        };
        let cut = |cut: &store::period_runs::PeriodCut| {
            let (rule, amount) = (&cut.rule, cut.amount);
            let why = text!(
                "лимит периода удержал {amount} из начисленного с заказов по правилу {rule}",
                "a cap of the period takes back {amount} of what orders paid by the rule {rule}"
            );
            NoteView::of(Some(rule), &why)
        };
        let first = self.runs.first().map(|run| run.id);
        let cuts = self.cuts.iter().filter(|cut| Some(cut.run) == first);
        cuts.map(cut).chain(parts.filter_map(note)).collect()
    }
}

const REASONS: [UnpaidReason; 3] = [UnpaidReason::OverCap, UnpaidReason::CarriedOver, UnpaidReason::ToPool];

fn of_close(runs: &[PeriodRun]) -> Option<&PeriodRun> {
    runs.first().filter(|run| run.qualified_by != BY_ITSELF)
}

/// When the period was reckoned for good.
async fn closed_at(tx: &mut Tx, runs: &[PeriodRun], period: Period) -> Result<Timestamp, StoreError> {
    if let Some(paid) = of_close(runs).and_then(|run| run.paid.as_ref()) {
        return Ok(paid.at);
    }
    // A period without a run was closed by itself, or along with the next one that was.
    let closed = store::periods::all(tx).await?;
    let with = closed.iter().filter(|closed| closed.period >= period).map(|closed| closed.closed_at).min();
    Ok(with.unwrap_or(Timestamp::MAX))
}
