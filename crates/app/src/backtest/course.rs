//! A plan on its way through the months of a history.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::num::NonZero;
use std::sync::Arc;

use domain::ids::{FactSeq, PartnerId, PlanVersionId};
use domain::money::Money;
use domain::network::{AsOf, Dated, Network};
use domain::order::Order;
use domain::period::Period;
use plan::close::{Carried, Carry, PerSeat, Qualified, Seat, Source, UnpaidReason};
use plan::{OrderFacts, PeriodRule, Plan, Rule};
use uuid::Uuid;

use super::history::History;
use super::money::{Judged, Sold, word};
use super::outcome::{Backtest, Figures, Month, PartnerSum};
use super::{BacktestError, Months};
use crate::periods::close::reason;
use crate::periods::ranks;
use crate::periods::reckoning::{Before, KnownBy, Reckoning, last_instant};

/// One plan, as far as it has come.
pub(crate) struct Course<'h> {
    plan: &'h Arc<Plan>,
    history: &'h History,
    /// The network with the ranks that this plan's own closes gave.
    network: Cow<'h, Network>,
    /// Whether the plan reckons anything at the end of a month.
    closes: bool,
    before: Before,
    outcome: Backtest,
    sums: HashMap<PartnerId, (Money, Money)>,
    threads: NonZero<usize>,
}

impl<'h> Course<'h> {
    /// Runs a plan over the months of a history, orders on so many threads. The same facts give the same
    /// figures on any number of them.
    pub(crate) fn run(
        plan: &'h Arc<Plan>,
        history: &'h History,
        months: Months,
        threads: NonZero<usize>,
    ) -> Result<Backtest, BacktestError> {
        let mut course = Self {
            plan,
            history,
            network: Cow::Borrowed(&history.network),
            closes: plan.is_decided_at_close(),
            before: Before::default(),
            outcome: Backtest {
                plan: plan.name().to_owned(),
                total: Figures::default(),
                breakage: BTreeMap::new(),
                months: Vec::new(),
                partners: Vec::new(),
            },
            sums: HashMap::new(),
            threads,
        };
        let orders: BTreeMap<Period, Vec<&Order>> = history.by_month(plan).into_iter().collect();
        let run_in = orders.keys().next().filter(|_| course.closes).copied();
        let mut period = run_in.unwrap_or(months.first).min(months.first);
        // Months that have not begun have no facts.
        let last = months.last.min(Period::of(history.now, plan.zone()));
        while period <= last {
            let sold = orders.get(&period).map_or(&[][..], Vec::as_slice);
            course.month(period, sold, period >= months.first)?;
            period = period.next();
        }
        Ok(course.end())
    }

    fn month(&mut self, period: Period, orders: &[&Order], counts: bool) -> Result<(), BacktestError> {
        let judged = self.judge(orders)?;
        let mut figures = Figures::default();
        let mut breakage: BTreeMap<&'static str, Money> = BTreeMap::new();
        let mut earned: HashMap<PartnerId, (Money, Money)> = HashMap::new();
        for (order, judged) in orders.iter().zip(&judged) {
            figures.count(Sold::of(self.plan, order), judged);
            for (_, earner, _, paid, back) in &judged.commissions {
                earned.entry(*earner).or_default().0 += *paid - *back;
            }
            for (reason, amount) in &judged.breakage {
                *breakage.entry(word(*reason)).or_default() += *amount;
            }
        }
        if self.closes {
            let orders = orders.iter().copied().cloned().collect();
            let commissions = judged.into_iter().flat_map(|judged| judged.commissions).collect();
            let closed = self.close(period, orders, commissions)?;
            closed.enter(&mut figures, &mut breakage, &mut earned);
        }
        if counts {
            let figures = figures.summed();
            self.outcome.total.add(&figures);
            for (reason, amount) in &breakage {
                *self.outcome.breakage.entry(reason).or_default() += *amount;
            }
            breakage.retain(|_, amount| !amount.is_zero());
            self.outcome.months.push(Month { period, figures, breakage });
            for (partner, (commissions, bonuses)) in earned {
                let sum = self.sums.entry(partner).or_default();
                sum.0 += commissions;
                sum.1 += bonuses;
            }
        }
        Ok(())
    }

    /// Judges the orders of a month, each thread a part of them.
    fn judge(&self, orders: &[&Order]) -> Result<Vec<Judged>, BacktestError> {
        let part = orders.len().div_ceil(self.threads.get()).max(1);
        // A thread is not worth its while for a few orders.
        if orders.len() < 200 || part == orders.len() {
            return orders.iter().map(|order| self.judge_one(order)).collect();
        }
        let parts: Vec<Result<Vec<Judged>, BacktestError>> = std::thread::scope(|scope| {
            let one = |order: &&Order| self.judge_one(order);
            let running: Vec<_> =
                orders.chunks(part).map(|part| scope.spawn(move || part.iter().map(one).collect())).collect();
            let joined = running.into_iter().map(std::thread::ScopedJoinHandle::join);
            joined.map(|part| part.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        });
        Ok(parts.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    fn judge_one(&self, order: &Order) -> Result<Judged, BacktestError> {
        let facts = OrderFacts { order, is_first: self.history.is_first(order.id) };
        let accruals = plan::accrue(self.plan, &facts, &self.network, FactSeq::LATEST).map_err(|source| {
            BacktestError::Order { order: order.key.clone(), plan: self.plan.name().to_owned(), source }
        })?;
        Ok(Judged::of(self.plan, order, &accruals))
    }

    /// Closes a month, and keeps what it leaves to the next.
    fn close(
        &mut self,
        period: Period,
        orders: Vec<Order>,
        commissions: Vec<store::period_runs::OrderCommission>,
    ) -> Result<Closed, BacktestError> {
        let end = period.end(self.plan.zone());
        let at = last_instant(end).min(self.history.now);
        let as_of = AsOf { at, known: FactSeq::LATEST };
        let known_by = KnownBy {
            network: &self.network,
            as_of,
            inviters: &self.history.inviters,
            known_late: &HashMap::new(),
        };
        let version = (PlanVersionId::new(Uuid::nil()), self.plan);
        let staff_ranks = self.history.staff_ranks(at);
        let reckoning =
            Reckoning::seated(period, end, version, &known_by, &staff_ranks, &self.before, orders)
                .paying(commissions);
        let facts = reckoning.facts();
        let failed = |source| BacktestError::Close { period, plan: self.plan.name().to_owned(), source };
        let qualified = plan::close::qualify(self.plan, &facts).map_err(failed)?;
        let paid = plan::close::pay(self.plan, &facts, &qualified, None).map_err(failed)?;
        self.remember(&reckoning, &qualified, &paid);
        Ok(Closed { paid, reckoning })
    }

    fn remember(&mut self, reckoning: &Reckoning, qualified: &PerSeat<Qualified>, paid: &plan::close::Paid) {
        if self.plan.uses_ranks() {
            for (partner, rank) in ranks::changed(reckoning, &self.network, qualified) {
                let fact = Dated { from: reckoning.end, seq: FactSeq::LATEST, fact: rank };
                self.network.to_mut().person(partner).ranks.push(fact);
            }
        }
        let standings = reckoning.stored(qualified);
        self.before = Before {
            is_last_month: true,
            standings: standings.into_iter().map(|standing| (standing.partner, standing)).collect(),
            carries: reckoning.stored_carries(&paid.carried),
        };
    }

    fn end(self) -> Backtest {
        let mut outcome = self.outcome;
        outcome.total = outcome.total.summed();
        outcome.breakage.retain(|_, amount| !amount.is_zero());
        let sum = |(partner, (commissions, bonuses)): (PartnerId, (Money, Money))| {
            let partner_code = self.network.get(partner)?.code.clone()?;
            Some(PartnerSum { partner_code, commissions, bonuses, total: commissions + bonuses })
        };
        outcome.partners = self.sums.into_iter().filter_map(sum).collect();
        outcome.partners.retain(|sum| !sum.commissions.is_zero() || !sum.bonuses.is_zero());
        outcome.partners.sort_by(|one, other| one.partner_code.cmp(&other.partner_code));
        outcome
    }
}

impl Figures {
    fn count(&mut self, sold: Sold, judged: &Judged) {
        self.orders += 1;
        self.turnover += sold.turnover;
        self.margin += sold.margin;
        self.points += sold.points;
        for (_, _, raw, paid, back) in &judged.commissions {
            self.commissions += *paid - *back;
            self.raw += raw.share_down(*paid - *back, *paid);
        }
        self.cap.orders += u64::from(judged.is_cut);
        let over_cap = judged.breakage.get(&domain::accrual::BreakageReason::OverCap);
        self.cap.amount += over_cap.copied().unwrap_or_default();
    }
}

/// A month that was closed.
struct Closed {
    paid: plan::close::Paid,
    reckoning: Reckoning,
}

impl Closed {
    fn enter(
        &self,
        figures: &mut Figures,
        breakage: &mut BTreeMap<&'static str, Money>,
        earned: &mut HashMap<PartnerId, (Money, Money)>,
    ) {
        let mut by_caps = Money::ZERO;
        let mut cut_again = Money::ZERO;
        for line in &self.paid.lines {
            figures.bonuses += line.paid;
            // What a cap held back before would not wait if there were none, and was counted as cut then.
            if line.source == Source::CarriedOver {
                cut_again += line.raw - line.paid;
            } else {
                figures.raw += line.raw;
            }
            if let Some(earner) = self.reckoning.partner(line.earner) {
                earned.entry(earner).or_default().1 += line.paid;
            }
        }
        for cut in &self.paid.cuts {
            figures.taken_back += cut.amount;
            by_caps += cut.amount;
            *breakage.entry(reason(cut.reason)).or_default() += cut.amount;
            if let Some(earner) = self.reckoning.partner(cut.earner) {
                earned.entry(earner).or_default().1 -= cut.amount;
            }
        }
        for part in &self.paid.unpaid {
            *breakage.entry(reason(part.reason)).or_default() += part.amount;
            if OF_CAPS.contains(&part.reason) {
                by_caps += part.amount;
            }
        }
        figures.cap.amount += by_caps - cut_again;
        count_once(breakage, cut_again);
        figures.cap.partners += self.partners_capped(earned);
        figures.pool_left += self.left_in_pools();
        figures.cap.months += u64::from(by_caps.is_positive());
    }
    /// How many partners have what the plan's cap of a partner leaves them, and more was cut.
    fn partners_capped(&self, earned: &HashMap<PartnerId, (Money, Money)>) -> u64 {
        let Some(cap) = self.reckoning.plan.partner_cap() else { return 0 };
        let cuts = self.paid.cuts.iter().map(|cut| cut.earner);
        let kept_back = self.paid.unpaid.iter().filter(|part| OF_CAPS.contains(&part.reason));
        let cut: BTreeSet<Seat> = cuts.chain(kept_back.filter_map(|part| part.partner)).collect();
        let has = |seat: &Seat| {
            let earned = self.reckoning.partner(*seat).and_then(|partner| earned.get(&partner));
            earned.map_or(Money::ZERO, |(commissions, bonuses)| *commissions + *bonuses)
        };
        cut.iter().filter(|seat| has(seat) == cap.amount).count() as u64
    }

    /// What of the pools nobody got, and how much more of them waits for the next month than waited before.
    fn left_in_pools(&self) -> Money {
        let is_pool = |rule: &&Rule| matches!(rule.period_rule(), Some(PeriodRule::Pool(_)));
        let of_pool = |rule: &Rule| {
            let nobodys =
                self.paid.unpaid.iter().filter(|part| {
                    part.rule.as_ref() == Some(&rule.id) && part.reason == UnpaidReason::Nobody
                });
            let waits =
                |carried: &Carried| Money::from_minor(carried.of(Some(&rule.id), None, Carry::Unused));
            nobodys.map(|part| part.amount).sum::<Money>() + waits(&self.paid.carried)
                - waits(&self.reckoning.carried)
        };
        self.reckoning.plan.rules().iter().filter(is_pool).map(of_pool).sum()
    }
}

/// The reasons by which caps keep something back.
const OF_CAPS: [UnpaidReason; 3] = [UnpaidReason::CarriedOver, UnpaidReason::OverCap, UnpaidReason::ToPool];

/// Takes what was cut once more out of the reasons, so that each kopeck stands there once.
fn count_once(breakage: &mut BTreeMap<&'static str, Money>, cut_again: Money) {
    let mut again = cut_again;
    for of_cap in OF_CAPS {
        if let Some(amount) = breakage.get_mut(reason(of_cap)) {
            let part = again.min(*amount);
            *amount -= part;
            again -= part;
        }
    }
}
