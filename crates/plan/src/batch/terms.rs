//! A plan's `level` rules as small numbers: what the walk asks is one look-up in an array.

use domain::accrual::RuleId;
use domain::money::{Money, Rate, Rounding};
use domain::order::Order;

use super::BatchError;
use super::company::Place;
use crate::base::Base;
use crate::cap::{Cap, CapScope};
use crate::climb::Climb;
use crate::compression::{Compression, Effect, Verdict};
use crate::plan::Plan;
use crate::rules::{OrderRule, Products, Rule};

/// The different bases that a plan's rules and its cap are taken of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns(Vec<(Base, Option<Products>)>);

/// Everything that computing an order needs of a plan.
pub(super) struct Terms<'p> {
    pub(super) rules: Vec<RuleTerms<'p>>,
    pub(super) rounding: Rounding,
    /// The cap and the column of its base.
    pub(super) cap: Option<(Cap, usize)>,
    /// Which bases an order has.
    pub(super) columns: Columns,
    /// Whether any rule may pay the buyer.
    pub(super) pay_self: bool,
}

/// One rule.
pub(super) struct RuleTerms<'p> {
    pub(super) id: &'p RuleId,
    /// Who gives way first under a cap by priority.
    pub(super) priority: u32,
    pub(super) climb: &'p Climb,
    /// The column of its base.
    pub(super) column: usize,
    pub(super) levels: usize,
    /// What the rates promise at each level.
    pub(super) greatest: Vec<Rate>,
    /// Whether one rank's rate may be lower than another's.
    pub(super) uneven: bool,
    /// How many active invited partners each level needs.
    needs: Vec<u32>,
    /// The rates of no rank, then of each rank of the company, level by level.
    rates: Vec<Option<Rate>>,
    /// Whether no rank, and each rank, counts.
    counted: Vec<bool>,
    effects: Effects,
}

/// What each verdict does to the count; who earns takes the level.
struct Effects {
    not_counted: Effect,
    inactive: Effect,
    closed: Effect,
    no_rate: Effect,
    held: Effect,
}

impl Columns {
    pub(super) fn of(plan: &Plan) -> Result<Self, BatchError> {
        let mut columns = Self(Vec::new());
        let of_period = plan.cap().is_some_and(|cap| cap.scope == CapScope::Period);
        if of_period || plan.partner_cap().is_some() {
            return Err(BatchError::Cap);
        }
        for rule in plan.rules() {
            climb_of(rule)?;
            columns.add(rule.base, rule.products.as_ref());
        }
        if let Some(cap) = plan.cap() {
            columns.add(cap.of, None);
        }
        Ok(columns)
    }

    /// How many there are.
    pub(super) fn width(&self) -> usize {
        self.0.len()
    }

    /// The bases of an order, column by column.
    pub(super) fn bases(&self, plan: &Plan, order: &Order) -> Vec<Money> {
        let of_rule = |(base, products): &(Base, Option<Products>)| {
            let same = |rule: &&Rule| rule.base == *base && rule.products == *products;
            plan.rules().iter().find(same).map(|rule| plan.base(rule, order))
        };
        let of_cap = || plan.cap().map_or(Money::ZERO, |cap| plan.cap_base(*cap, order));
        self.0.iter().map(|column| of_rule(column).unwrap_or_else(of_cap)).collect()
    }

    fn add(&mut self, base: Base, products: Option<&Products>) {
        if self.find(base, products).is_none() {
            self.0.push((base, products.cloned()));
        }
    }

    fn find(&self, base: Base, products: Option<&Products>) -> Option<usize> {
        self.0.iter().position(|(known, of)| *known == base && of.as_ref() == products)
    }
}

impl<'p> Terms<'p> {
    /// Reads a plan for a company that knows these ranks.
    pub(super) fn of(plan: &'p Plan, ranks: &[String]) -> Result<Self, BatchError> {
        let columns = Columns::of(plan)?;
        let column = |base, products| columns.find(base, products).ok_or(BatchError::Bases);
        let rule = |rule: &'p Rule| {
            let column = column(rule.base, rule.products.as_ref())?;
            Ok(RuleTerms::of(rule, climb_of(rule)?, column, ranks))
        };
        let rules = plan.rules().iter().map(rule).collect::<Result<Vec<_>, BatchError>>()?;
        let pay_self = rules.iter().any(|rule| rule.climb.pay_self);
        let cap = plan.cap().map(|cap| Ok((*cap, column(cap.of, None)?))).transpose()?;
        Ok(Self { rules, rounding: plan.rounding(), cap, columns, pay_self })
    }
}

fn climb_of(rule: &Rule) -> Result<&Climb, BatchError> {
    let Some(OrderRule::Level(climb)) = rule.order_rule() else {
        return Err(BatchError::Kind { rule: rule.id.clone(), kind: rule.kind_name() });
    };
    if rule.cap.is_some() || !climb.ends_at.is_empty() {
        return Err(BatchError::Cap);
    }
    Ok(climb)
}

impl<'p> RuleTerms<'p> {
    fn of(rule: &'p Rule, climb: &'p Climb, column: usize, ranks: &[String]) -> Self {
        let levels = 1..=climb.levels();
        let by_rank = || std::iter::once(None).chain(ranks.iter().map(|rank| Some(rank.as_str())));
        let rates = by_rank().flat_map(|rank| levels.clone().map(move |level| climb.rates.at(level, rank)));
        let greatest: Vec<Rate> = levels.clone().map(|level| climb.rates.greatest(level)).collect();
        let rates: Vec<Option<Rate>> = rates.collect();
        let even = rates
            .chunks(greatest.len().max(1))
            .all(|row| row.iter().copied().eq(greatest.iter().copied().map(Some)));
        Self {
            id: &rule.id,
            priority: rule.priority,
            climb,
            column,
            levels: usize::from(climb.levels()),
            uneven: !even,
            greatest,
            needs: levels.map(|level| climb.unlock.needs(level).unwrap_or(u32::MAX)).collect(),
            rates,
            counted: by_rank().map(|rank| counts(climb, rank)).collect(),
            effects: Effects {
                not_counted: climb.effect(Verdict::NotCounted),
                inactive: climb.effect(Verdict::Inactive),
                closed: climb.effect(Verdict::Closed { needs: 1, has: 0 }),
                no_rate: climb.effect(Verdict::NoRate),
                held: climb.effect(Verdict::Held(Rate::ZERO)),
            },
        }
    }

    /// As [`Climb::verdict`]: what a partner is to a level, counted from 0.
    pub(super) fn verdict(&self, place: &Place, level: usize) -> Verdict {
        let rank = usize::from(place.rank);
        if !self.counted.get(rank).copied().unwrap_or(false) {
            return Verdict::NotCounted;
        }
        if !place.active {
            return Verdict::Inactive;
        }
        let needs = self.needs.get(level).copied().unwrap_or(u32::MAX);
        if place.invited < needs {
            return Verdict::Closed { needs, has: place.invited };
        }
        match self.rates.get(rank * self.levels + level).copied().flatten() {
            None => Verdict::NoRate,
            Some(rate) if place.held => Verdict::Held(rate),
            Some(rate) => Verdict::Earns(rate),
        }
    }

    /// As [`Climb::effect`].
    pub(super) fn effect(&self, verdict: Verdict) -> Effect {
        match verdict {
            Verdict::Earns(_) => Effect::Takes,
            Verdict::Held(_) => self.effects.held,
            Verdict::Inactive => self.effects.inactive,
            Verdict::Closed { .. } => self.effects.closed,
            Verdict::NoRate => self.effects.no_rate,
            Verdict::NotCounted => self.effects.not_counted,
        }
    }

    /// Whether who is not active does nothing to the one counter.
    pub(super) fn passes_inactive(&self) -> bool {
        !self.rolls() && self.effects.inactive == Effect::Passed
    }

    /// Whether everybody active takes the next level, be it closed to him or not.
    pub(super) fn active_take(&self) -> bool {
        let Effects { closed, no_rate, held, .. } = self.effects;
        self.counted.iter().all(|counted| *counted) && [closed, no_rate, held] == [Effect::Takes; 3]
    }

    /// Whether levels that one may not earn go on up to the next.
    pub(super) fn rolls(&self) -> bool {
        self.climb.compression == Compression::RollToNext
    }
}

fn counts(climb: &Climb, rank: Option<&str>) -> bool {
    match &climb.compression {
        Compression::SkipBelowRank { counted, .. } => {
            rank.is_some_and(|rank| counted.iter().any(|name| name == rank))
        }
        _ => true,
    }
}
