//! What came in after a period was closed: its rules are reckoned anew, and what differs is posted into
//! the open period as an adjustment that names the old one. The closed period itself never changes.
//!
//! A refund looks at frozen facts: ranks and percentages stay as they were without it, and each earning
//! gives back `floor(paid x refunded part of its base / base)`. An order, or a fact of the network, that
//! came late counts as if it had been there.

mod carried;
mod make_up;

use std::collections::{BTreeMap, HashMap};

use domain::accrual::RuleId;
use domain::ids::{PartnerId, TransferId};
use domain::ledger::{Transfer, TransferKind};
use domain::money::Money;
use domain::period::Period;
use domain::time::add_days;
use jiff::Timestamp;
use plan::close::{Line, Paid};
use store::period_runs::{PaidRun, Payment, PeriodAccrual, PeriodRun};
use store::{StoreError, Tx};

use super::close::{Poster, source};
use super::reckoning::{Reckoning, last_instant};
use super::{Calendar, ranks, seal};
use crate::App;
use crate::jobs::{self, Kind};
use crate::plans;

/// By whom a period is reckoned that nobody asked to reckon.
pub(crate) const BY_ITSELF: &str = "system";

/// Whose earning it is, of what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) rule: RuleId,
    pub(crate) earner: PartnerId,
    pub(crate) source: String,
    pub(crate) source_partner: Option<PartnerId>,
    pub(crate) level: u16,
}

impl Key {
    pub(crate) fn of_line(reckoning: &Reckoning, line: &Line) -> Option<Self> {
        let (word, source_partner) = source(reckoning, line.source);
        Some(Self {
            rule: line.rule.clone(),
            earner: reckoning.partner(line.earner)?,
            source: word.to_owned(),
            source_partner,
            level: line.level,
        })
    }

    pub(crate) fn of_stored(accrual: &PeriodAccrual) -> Self {
        Self {
            rule: accrual.rule.clone(),
            earner: accrual.earner,
            source: accrual.source.clone(),
            source_partner: accrual.source_partner,
            level: accrual.level,
        }
    }
}

/// What should stand of a line: as reckoned at the close, less the refunded part of its base.
pub(crate) type Targets = BTreeMap<Key, (Line, Money)>;

/// What a period's rules should have paid by what is known now.
pub(crate) struct Due {
    pub(crate) reckoning: Reckoning,
    /// As if the late orders had been there, before later refunds; what it carries over is after them.
    pub(crate) gross: Paid,
    pub(crate) qualified: plan::close::PerSeat<plan::close::Qualified>,
    pub(crate) targets: Targets,
    /// What caps of the period should have taken back of commissions.
    pub(crate) cuts: Cuts,
}

/// What is taken back of the commissions of a rule and an earner.
pub(crate) type Cuts = BTreeMap<(RuleId, PartnerId), Money>;

/// Asks for the adjustment of the closed periods that count any of these orders, or in which one of
/// these instants falls.
pub(crate) async fn note(
    app: &App,
    tx: &mut Tx,
    orders: &[domain::ids::OrderId],
    effective: &[Timestamp],
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(last) = store::period_runs::last_paid(tx).await? else {
        return Ok(());
    };
    let zone = plans::timeline(app, tx).await?.zone();
    let mut periods: Vec<Period> =
        store::period_runs::counting(tx, orders).await?.into_iter().map(|(_, period)| period).collect();
    periods.extend(effective.iter().map(|at| Period::of(*at, &zone)).filter(|period| *period <= last.period));
    let keys: Vec<String> = periods.iter().map(ToString::to_string).collect();
    jobs::enqueue(app, tx, Kind::AdjustPeriod, &keys, now).await
}

/// Asks for the adjustment of the closed periods that had not ended when a fact began to hold.
pub(crate) async fn note_facts(
    app: &App,
    tx: &mut Tx,
    since: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let runs = store::period_runs::all(tx).await?;
    if runs.is_empty() {
        return Ok(());
    }
    let zone = plans::timeline(app, tx).await?.zone();
    let touched = runs.iter().filter(|run| run.paid.is_some() && run.period.end(&zone) > since);
    let keys: Vec<String> = touched.map(|run| run.period.to_string()).collect();
    jobs::enqueue(app, tx, Kind::AdjustPeriod, &keys, now).await
}

/// Reckons what the rules of a closed period should have paid; `None` if the period has no paid run.
pub(crate) async fn due(app: &App, tx: &mut Tx, period: Period) -> Result<Option<Due>, StoreError> {
    let runs = store::period_runs::of_period(tx, period).await?;
    let Some((first, closed)) = runs.first().and_then(|run| Some((run, run.paid.as_ref()?))) else {
        return Ok(None);
    };
    let timeline = plans::timeline(app, tx).await?;
    let known = store::facts::last(tx).await?;
    let Some(now) = Reckoning::load(app, tx, &timeline, period, known).await? else {
        return Ok(None);
    };
    let counted = store::period_runs::orders_of(tx, first.id).await?;
    let start = period.start(&timeline.zone());
    let then = now.as_counted(tx, start, &counted, closed.at).await?;
    let qualified = plan::close::qualify(&then.plan, &then.facts()).map_err(broken)?;
    let mut gross = plan::close::pay(&then.plan, &then.facts(), &qualified, None).map_err(broken)?;
    let net = plan::close::pay(&now.plan, &now.facts(), &qualified, None).map_err(broken)?;
    let left: BTreeMap<Key, Money> =
        net.lines.iter().filter_map(|line| Some((Key::of_line(&now, line)?, line.base))).collect();
    let mut targets = Targets::new();
    for line in gross.lines.iter().filter(|line| line.paid.is_positive()) {
        let Some(key) = Key::of_line(&then, line) else {
            continue;
        };
        let kept = left.get(&key).copied().unwrap_or(Money::ZERO).min(line.base);
        let back = if line.base.is_positive() {
            line.paid.share_down(line.base - kept, line.base)
        } else {
            Money::ZERO
        };
        targets.insert(key, (line.clone(), line.paid - back));
    }
    let cuts = cuts(&then, &now, &gross);
    gross.carried = carried::carried(&then, &now, &gross, &net);
    Ok(Some(Due { reckoning: then, gross, qualified, targets, cuts }))
}

/// What the caps took back, less the part of it that refunds of the commission took back again.
fn cuts(then: &Reckoning, now: &Reckoning, gross: &Paid) -> Cuts {
    let commission = |of: &Reckoning, rule: &RuleId, earner: PartnerId| {
        let seat = of.seat(earner);
        let found = of.commissions().iter().find(|known| known.rule == *rule && Some(known.earner) == seat);
        found.map_or(Money::ZERO, |known| known.paid)
    };
    let mut cuts = Cuts::new();
    for cut in &gross.cuts {
        if let Some(earner) = then.partner(cut.earner) {
            *cuts.entry((cut.rule.clone(), earner)).or_default() += cut.amount;
        }
    }
    for ((rule, earner), amount) in &mut cuts {
        let (before, left) = (commission(then, rule, *earner), commission(now, rule, *earner));
        if before.is_positive() {
            *amount = amount.share_down(left.min(before), before);
        }
    }
    cuts
}

/// Brings what stands of a closed period to what should stand, inside a transaction.
pub(crate) async fn adjust(app: &App, tx: &mut Tx, period: Period) -> Result<(), StoreError> {
    let now = app.now();
    let Some(due) = due(app, tx, period).await? else {
        return make_up::make_up(app, tx, period).await;
    };
    let runs = store::period_runs::of_period(tx, period).await?;
    let standing = Standing::load(tx, period).await?;
    let run = next_run(app, &runs, &due, now);
    let Some(run) = run else {
        return Ok(());
    };
    let zone = plans::timeline(app, tx).await?.zone();
    let calendar = Calendar::load(tx, zone, now).await?;
    let (payment, transfers) = differences(app, &due, &standing, &run, &calendar);
    let paid =
        PaidRun { result: seal::result(&due.reckoning, &due.gross), by: BY_ITSELF.to_owned(), at: now };
    let last = runs.last().and_then(|run| run.paid.as_ref());
    if transfers.is_empty() && last.is_some_and(|last| last.result == paid.result) {
        return Ok(());
    }
    let stored = due.reckoning.stored(&due.qualified);
    store::period_runs::insert(tx, &run, &due.reckoning.counted(), &stored).await?;
    store::transfers::insert_all(tx, &transfers).await?;
    store::period_runs::pay(tx, run.id, &paid, &payment).await?;
    ranks::tell(app, tx, &due.reckoning, &due.qualified, now).await?;
    adjust_next(app, tx, period, now).await
}

/// What a period leaves to the next reckoned one may differ now.
async fn adjust_next(app: &App, tx: &mut Tx, period: Period, now: Timestamp) -> Result<(), StoreError> {
    let runs = store::period_runs::all(tx).await?;
    let next = runs.iter().map(|run| run.period).filter(|next| *next > period).min();
    let keys: Vec<String> = next.iter().map(ToString::to_string).collect();
    jobs::enqueue(app, tx, Kind::AdjustPeriod, &keys, now).await
}

fn broken(problem: plan::close::CloseError) -> StoreError {
    StoreError::Corrupt { table: "sponsorships", problem: problem.to_string() }
}

fn next_run(app: &App, runs: &[PeriodRun], due: &Due, now: Timestamp) -> Option<PeriodRun> {
    let last = runs.last()?;
    Some(PeriodRun {
        id: app.ids.uuid(now),
        run: last.run + 1,
        known: due.reckoning.known,
        inputs: seal::inputs(&due.reckoning),
        standings: seal::standings(&due.reckoning, &due.qualified),
        qualified_by: BY_ITSELF.to_owned(),
        qualified_at: now,
        paid: None,
        ..last.clone()
    })
}

/// What stands of a period in the ledger.
struct Standing {
    entries: BTreeMap<Key, Vec<Entry>>,
    cuts: BTreeMap<(RuleId, PartnerId), Vec<Entry>>,
}

/// An earning, and what was taken back of it.
struct Entry {
    transfer: Transfer,
    reversed: Money,
}

impl Entry {
    fn rest(&self) -> Money {
        self.transfer.amount - self.reversed
    }
}

impl Standing {
    async fn load(tx: &mut Tx, period: Period) -> Result<Self, StoreError> {
        let accruals = store::period_runs::accruals_of_period(tx, period).await?;
        let cuts = store::period_runs::cuts_of_period(tx, period).await?;
        let ids: Vec<TransferId> =
            accruals.iter().map(|accrual| accrual.id).chain(cuts.iter().map(|cut| cut.id)).collect();
        let mut reversed: HashMap<TransferId, Money> = HashMap::new();
        for reversal in store::transfers::reversals_of(tx, &ids).await? {
            if let Some(of) = reversal.reverses {
                *reversed.entry(of).or_default() += reversal.amount;
            }
        }
        let transfers: HashMap<TransferId, Transfer> = store::transfers::by_ids(tx, &ids)
            .await?
            .into_iter()
            .map(|transfer| (transfer.id, transfer))
            .collect();
        let entry = |id: &TransferId| {
            let transfer = transfers.get(id).cloned()?;
            Some(Entry { transfer, reversed: reversed.get(id).copied().unwrap_or_default() })
        };
        let mut standing = Self { entries: BTreeMap::new(), cuts: BTreeMap::new() };
        for accrual in accruals {
            let entries = standing.entries.entry(Key::of_stored(&accrual)).or_default();
            entries.extend(entry(&accrual.id));
        }
        for cut in cuts {
            standing.cuts.entry((cut.rule, cut.earner)).or_default().extend(entry(&cut.id));
        }
        Ok(standing)
    }
}

/// The movements that bring what stands to what should stand.
fn differences(
    app: &App,
    due: &Due,
    standing: &Standing,
    run: &PeriodRun,
    calendar: &Calendar,
) -> (Payment, Vec<Transfer>) {
    let closing = last_instant(due.reckoning.end);
    let posting = calendar.posting(closing);
    let plan = &due.reckoning.plan;
    let available_at = add_days(closing, plan.hold_days(), plan.zone()).max(posting.effective_at);
    let poster = Poster::new(app, &due.reckoning, run, posting, available_at);
    let mut payment = poster.remainder(&due.gross);
    let mut transfers = Vec::new();
    let sum = |entries: Option<&Vec<Entry>>| entries.into_iter().flatten().map(Entry::rest).sum::<Money>();
    for (key, (line, target)) in &due.targets {
        let missing = *target - sum(standing.entries.get(key));
        if missing.is_positive() {
            let line = Line { raw: missing, paid: missing, ..line.clone() };
            transfers.extend(poster.accrue(&line, &mut payment));
        }
    }
    for ((rule, earner), target) in &due.cuts {
        let missing = *target - sum(standing.cuts.get(&(rule.clone(), *earner)));
        if missing.is_positive() {
            transfers.push(poster.cut(rule, *earner, missing, &mut payment));
        }
    }
    let mut give_back = |entries: &[Entry], target: Money| {
        let mut over = entries.iter().map(Entry::rest).sum::<Money>() - target;
        // The latest give back first.
        for entry in entries.iter().rev() {
            let part = over.min(entry.rest());
            if part.is_positive() {
                let id = TransferId::new(app.ids.uuid(posting.recorded_at));
                let kind = TransferKind::CorrectionReversal;
                transfers.push(entry.transfer.reversal(id, kind, run.id, part, posting));
                over -= part;
            }
        }
    };
    for (key, entries) in &standing.entries {
        give_back(entries, due.targets.get(key).map_or(Money::ZERO, |(_, target)| *target));
    }
    for (key, entries) in &standing.cuts {
        give_back(entries, due.cuts.get(key).copied().unwrap_or_default());
    }
    (payment, transfers)
}
