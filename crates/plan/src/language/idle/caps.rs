//! Caps that can never cut.

use domain::lang::Text;
use domain::money::Rate;
use domain::text;

use super::{Whole, items, key};
use crate::base::Base;
use crate::cap::{Cap, CapMode, CapScope, Excess};
use crate::check::{dearest, is_unbounded, levels, promises};
use crate::language::findings::Findings;
use crate::language::rule::ReadRule;
use crate::ratio::Ratio;
use crate::rules::{PeriodRule, Rule, Unused};

pub(super) fn tell(whole: &Whole<'_, '_, '_>, findings: &mut Findings) {
    let rules: Vec<Rule> = whole.rules.iter().map(|read| read.rule.clone()).collect();
    if let (Some(read), Some(entry)) = (whole.cap, whole.root.get("cap"))
        && !read.must_hold()
        && let Some(most) = most_of(whole, read.cap, &rules)
        && most <= i128::from(read.cap.percent.ppm())
    {
        never_cuts(key(entry, "mode").unwrap_or(entry).span(), most, read.cap.percent, findings);
    }
    for (entry, read) in items(whole.root, "rules", findings).into_iter().zip(whole.rules) {
        own_cap(entry, read, &rules, findings);
    }
}

fn own_cap(entry: super::Entry<'_, '_>, read: &ReadRule, rules: &[Rule], findings: &mut Findings) {
    let (Some(cap), Some((_, true)), Some(entry)) = (read.rule.cap, &read.cap, key(entry, "cap")) else {
        return;
    };
    if cap.mode == CapMode::Stop || is_unbounded(&read.rule) || gives_more_than_it_takes(&read.rule) {
        return;
    }
    let most = promises(&read.rule, rules, levels(rules));
    if most <= i128::from(cap.percent.ppm()) {
        never_cuts(entry.span(), most, cap.percent, findings);
    }
}

/// The most that is paid under the cap, in parts per million of its base; `None` where that cannot be told.
fn most_of(whole: &Whole<'_, '_, '_>, cap: Cap, rules: &[Rule]) -> Option<i128> {
    let held: Vec<Rule> = rules
        .iter()
        .filter(|rule| cap.scope == CapScope::Period || rule.order_rule().is_some())
        .cloned()
        .collect();
    let is_share = |rule: &Rule| {
        let of_base = rule.base == cap.of || (rule.base == Base::Margin && cap.of == Base::Turnover);
        let is_match = matches!(rule.period_rule(), Some(PeriodRule::Matching(_)));
        is_match || (rule.takes_base() && of_base && !is_unbounded(rule) && !gives_more_than_it_takes(rule))
    };
    // What earlier periods held back is paid beside the rates.
    let waits = whole.partner_cap.is_some_and(|cap| cap.excess != Excess::Company);
    if held.is_empty() || waits || !held.iter().all(is_share) {
        return None;
    }
    Some(dearest(&held, levels(&held), |_| 1))
}

/// Whether a rule may pay more than its share of what was sold in the period: what was left before.
fn gives_more_than_it_takes(rule: &Rule) -> bool {
    matches!(rule.period_rule(), Some(PeriodRule::Pool(pool)) if pool.unused == Unused::Carried)
}

fn never_cuts(place: std::ops::Range<usize>, most: i128, percent: Rate, findings: &mut Findings) {
    let most = Ratio::of_trillion(most * Rate::WHOLE_PPM);
    findings.warning(
        place,
        Text::new("никогда не режет", "never cuts"),
        text!(
            "ставки дают не больше {most}, поэтому лимит {percent} никогда ничего не срежет",
            "the rates come to {most} at most, so the cap of {percent} never cuts anything"
        ),
        Text::new(
            "опустите percent либо уберите mode: без него лимит — обещание, которое проверяется",
            "lower percent, or drop mode: without it the cap is a promise that is checked",
        ),
    );
}
