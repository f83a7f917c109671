//! What a plan may cost at worst: the sum of its rates by the number of levels that are paid.

use std::collections::BTreeSet;

use domain::money::Rate;
use serde::Serialize;

use crate::base::Base;
use crate::cap::{Cap, CapScope};
use crate::climb::Climb;
use crate::plan::Plan;
use crate::ratio::Ratio;
use crate::rules::{Buyers, MatchOn, Matching, OrderRule, PeriodRule, Rule, RuleKind};

/// What a plan costs when so many levels of every rule are paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct WorstCase {
    /// How many levels are paid.
    pub paid_levels: u16,
    /// The rates together, as a share of turnover.
    pub raw_of_turnover: Ratio,
    /// What is paid after the caps, as a share of turnover.
    pub paid_of_turnover: Ratio,
    /// What is paid after the caps, as a share of the margin; `None` without a margin.
    pub paid_of_margin: Option<Ratio>,
    /// Whether a cap cuts.
    pub bites: bool,
    /// Whether a rule pays the same volume once for everyone above it, so that its rates bound nothing:
    /// it is counted here for one of them, and at worst everything up to the cap is paid.
    pub unbounded: bool,
}

/// The cost of a plan by number of paid levels, from one to all, at a margin given as a share of
/// turnover. Points count as if their value were the turnover.
///
/// Of rules that pay on different goods only the dearest combination counts; a rule by rank counts
/// with its greatest rates; a fast start is taken to hold wherever that costs more. A rule's own cap
/// holds what the rule pays, the company's what all do; one of an order holds what orders pay only. The
/// cap of a partner holds no share, so it does not count. A binary rule is counted for one position with
/// balanced legs; see [`WorstCase::unbounded`].
pub fn worst_case(plan: &Plan, margin: Rate) -> Vec<WorstCase> {
    let weight = |base: Base| match base {
        Base::Turnover | Base::Volume => Rate::WHOLE_PPM,
        Base::Margin => i128::from(margin.ppm()),
    };
    let limit = |cap: &Cap| i128::from(cap.percent.ppm()) * weight(cap.of);
    let rules = plan.rules();
    let unbounded = rules.iter().any(is_unbounded);
    let case = |paid_levels| {
        let raw = over_goods(rules, |paying| {
            paying.iter().map(|rule| with_matches(rule, rules, paid_levels, weight(rule.base), false)).sum()
        });
        let paid = over_goods(rules, |paying| {
            let at_orders = paying.iter().filter(|rule| rule.order_rule().is_some());
            let at_orders: i128 =
                at_orders.map(|rule| own(rule, rules, paid_levels, true) * weight(rule.base)).sum();
            let all = paying.iter();
            let all: i128 =
                all.map(|rule| with_matches(rule, rules, paid_levels, weight(rule.base), true)).sum();
            match plan.cap() {
                None => all,
                Some(cap) if cap.scope == CapScope::Period && unbounded => limit(cap),
                Some(cap) if cap.scope == CapScope::Period => all.min(limit(cap)),
                Some(cap) => at_orders.min(limit(cap)) + (all - at_orders),
            }
        });
        WorstCase {
            paid_levels,
            raw_of_turnover: Ratio::of_trillion(raw),
            paid_of_turnover: Ratio::of_trillion(paid),
            paid_of_margin: Ratio::new(paid, i128::from(margin.ppm()) * Rate::WHOLE_PPM),
            bites: paid < raw || (unbounded && plan.cap().is_some_and(|cap| cap.scope == CapScope::Period)),
            unbounded,
        }
    };
    (1..=levels(plan.rules())).map(case).collect()
}

/// The levels of the longest rule.
pub(crate) fn levels(rules: &[Rule]) -> u16 {
    rules.iter().map(|rule| rule.climb().map_or(1, Climb::levels)).max().unwrap_or(0)
}

/// The greatest cost of any goods when the first so many levels of each rule are paid: greatest rates
/// (parts per million) within the cap of their rule, times the weight of the base, summed over the rules
/// that can pay together.
pub(crate) fn dearest(rules: &[Rule], paid_levels: u16, weight: impl Fn(Base) -> i128) -> i128 {
    over_goods(rules, |paying| {
        paying.iter().map(|rule| with_matches(rule, rules, paid_levels, weight(rule.base), true)).sum()
    })
}

/// What the first so many levels of a rule promise at most, in parts per million of its base.
pub(crate) fn promises(rule: &Rule, rules: &[Rule], paid_levels: u16) -> i128 {
    let of_climb = |climb: &Climb| -> i128 {
        (1..=paid_levels).map(|level| i128::from(climb.rates.greatest(level).ppm())).sum()
    };
    rule.climb().map_or_else(|| ceiling(rule, rules), of_climb)
}

/// The same, after the rule's own cap if `capped`.
fn own(rule: &Rule, rules: &[Rule], paid_levels: u16, capped: bool) -> i128 {
    within_own_cap(promises(rule, rules, paid_levels), rule, capped)
}

fn within_own_cap(promised: i128, rule: &Rule, capped: bool) -> i128 {
    let cap = rule.cap.filter(|_| capped);
    cap.map_or(promised, |cap| promised.min(i128::from(cap.percent.ppm())))
}

/// The greatest total over all kinds of goods and of buyers, with a fast start and without. An outside
/// customer makes no fast start, a partner pays no retail margin, and neither buys for the other.
fn over_goods(rules: &[Rule], total: impl Fn(&[&Rule]) -> i128) -> i128 {
    let by_customer = |rule: &&Rule| match rule.order_rule() {
        Some(OrderRule::FastStart(_)) => false,
        Some(OrderRule::Personal(personal)) => personal.of != Buyers::Own,
        _ => true,
    };
    let by_partner = |rule: &Rule| match rule.order_rule() {
        Some(OrderRule::RetailMargin(_)) => false,
        Some(OrderRule::Personal(personal)) => personal.of != Buyers::Customers,
        _ => true,
    };
    let is_level = |rule: &Rule| matches!(rule.order_rule(), Some(OrderRule::Level(_)));
    let replaces = |rule: &Rule| matches!(rule.order_rule(), Some(OrderRule::FastStart(fast_start)) if fast_start.replaces_level);
    let usual = |rule: &&Rule| by_partner(rule) && !replaces(rule);
    let fast = |rule: &&Rule| by_partner(rule) && !is_level(rule);
    let of_customer = dearest_goods(&rules.iter().filter(by_customer).collect::<Vec<_>>(), &total);
    let usual = dearest_goods(&rules.iter().filter(usual).collect::<Vec<_>>(), &total);
    let fast = dearest_goods(&rules.iter().filter(fast).collect::<Vec<_>>(), &total);
    of_customer.max(usual).max(fast)
}

/// The cost of a rule, times the weight of its base, together with what `matching` rules pay on its
/// commissions, rounded up: all their greatest rates of what they may find. So a match costs something
/// only on goods on which what it matches is paid.
fn with_matches(rule: &Rule, rules: &[Rule], paid_levels: u16, weight: i128, capped: bool) -> i128 {
    let of_match = |other: &Rule| match &other.kind {
        RuleKind::Period(PeriodRule::Matching(matching)) if matching.of.contains(&rule.id) => {
            let capped = capped && matching.on == MatchOn::Capped;
            let found = within_own_cap(matched(rule, matching, rules, paid_levels), rule, capped);
            matching.together() * found
        }
        _ => 0,
    };
    let whole = Rate::WHOLE_PPM;
    let matches = rules.iter().map(of_match).sum::<i128>() * weight;
    own(rule, rules, paid_levels, capped) * weight + (matches + whole - 1) / whole
}

/// What a match finds of a rule at most. What a differential leaves to the personal rule before it, it
/// may still pay where that one pays nothing: nobody matches that one, so all of it is matched then.
fn matched(rule: &Rule, matching: &Matching, rules: &[Rule], paid_levels: u16) -> i128 {
    let promised = promises(rule, rules, paid_levels);
    match rule.period_rule() {
        Some(PeriodRule::Differential(differential))
            if differential.after.as_ref().is_some_and(|after| !matching.of.contains(after)) =>
        {
            promised.max(i128::from(differential.highest().ppm()))
        }
        _ => promised,
    }
}

/// Whether a rule pays the same volume once for everyone above it, so that nothing bounds it but a cap.
pub(crate) fn is_unbounded(rule: &Rule) -> bool {
    matches!(rule.period_rule(), Some(PeriodRule::Binary(_)))
}

/// The most that a rule without levels pays, in parts per million of its base; of an unbounded rule,
/// what it pays to one partner.
///
/// A rank advancement bonus and an award count as nothing here: they are fixed sums and things, once in a
/// partner's life, and no share of what is sold. A match is counted with the rules that it matches.
fn ceiling(rule: &Rule, rules: &[Rule]) -> i128 {
    let ppm = |rate: Rate| i128::from(rate.ppm());
    match &rule.kind {
        RuleKind::Order(OrderRule::Personal(personal)) | RuleKind::Period(PeriodRule::Personal(personal)) => {
            ppm(personal.bands.top())
        }
        RuleKind::Period(PeriodRule::Differential(differential)) => {
            i128::from(differential.ceiling(rule, rules))
        }
        RuleKind::Period(PeriodRule::SameLevel(same_level)) => ppm(same_level.rate),
        RuleKind::Period(PeriodRule::Generation(generation)) => generation.most_ppm(),
        RuleKind::Period(PeriodRule::Infinity(infinity)) => ppm(infinity.top()),
        RuleKind::Period(PeriodRule::Breakaway(breakaway)) => breakaway.most_ppm(),
        RuleKind::Period(PeriodRule::Pool(pool)) => ppm(pool.percent),
        RuleKind::Period(PeriodRule::Binary(binary)) => binary.of_one_position(),
        _ => 0,
    }
}

/// The greatest total over all kinds of goods that the rules tell apart.
fn dearest_goods(rules: &[&Rule], total: impl Fn(&[&Rule]) -> i128) -> i128 {
    let marks = |names: fn(&Rule) -> &[String]| {
        let mut distinct: BTreeSet<&str> = BTreeSet::new();
        distinct.extend(rules.iter().flat_map(|rule| names(rule)).map(String::as_str));
        let by = |name: &str| rules.iter().map(|rule| names(rule).iter().any(|own| own == name)).collect();
        let mut marks: BTreeSet<Vec<bool>> = distinct.into_iter().map(by).collect();
        marks.insert(vec![false; rules.len()]);
        marks
    };
    let (by_category, by_sku) = (marks(categories), marks(skus));
    let mut dearest = 0;
    for category in &by_category {
        for sku in &by_sku {
            let pays = |(rule, (category, sku)): &(&&Rule, (&bool, &bool))| {
                rule.products.is_none() || **category || **sku
            };
            let paying = rules.iter().zip(category.iter().zip(sku)).filter(pays);
            dearest = dearest.max(total(&paying.map(|(rule, _)| *rule).collect::<Vec<_>>()));
        }
    }
    dearest
}

fn categories(rule: &Rule) -> &[String] {
    rule.products.as_ref().map_or(&[], |products| &products.categories)
}

fn skus(rule: &Rule) -> &[String] {
    rule.products.as_ref().map_or(&[], |products| &products.skus)
}
