//! The keys of `breakaway`, and what it does to the level rules of the plan.

use domain::accrual::RuleId;
use domain::lang::Text;
use domain::money::Rate;
use domain::text;

use super::generation::{flag, rank_and_above};
use super::infinity::{above_zero, rates_by_rank};
use super::{Read, Reader};
use crate::language::findings::Findings;
use crate::language::rule::{Known, ReadRule};
use crate::language::section::{Entry, Section};
use crate::language::values;
use crate::rules::{Breakaway, OrderRule, OverrideMode, PeriodRule, Rule, RuleKind, breakaway};

pub(super) const READER: Reader = Reader { name: breakaway::NAME, keys: KEYS, has_base: true, read };

const KEYS: &[&str] = &["at_rank", "override", "mode", "min_override", "generations", "of", "exclude_group"];

const MODES: &[(&str, OverrideMode)] =
    &[("differential", OverrideMode::Differential), ("fixed", OverrideMode::Fixed)];

fn read(section: &Section<'_, '_>, known: Known<'_>, findings: &mut Findings) -> Option<Read> {
    let leaders = section
        .required("at_rank", "\"gold\"", findings)
        .and_then(|entry| rank_and_above(entry, known.ranks, findings));
    let overrides = rates_by_rank(section, "override", known.ranks, findings);
    let mode = section
        .required("mode", "\"differential\"", findings)
        .and_then(|entry| values::word(entry, MODES, &[], findings));
    let min_override = match section.get("min_override") {
        Some(entry) => min_override(entry, mode, findings).map(Some),
        None => Some(None),
    };
    let generations = match section.get("generations") {
        Some(entry) => generations(entry, findings),
        None => Some(Vec::new()),
    };
    let of = match section.get("of") {
        Some(entry) => level_rules(entry, known.before, findings),
        None => Some(Vec::new()),
    };
    let exclude_group = flag(section, "exclude_group", true, findings);
    let breakaway = Breakaway {
        leaders: leaders?,
        overrides: overrides?,
        mode: mode?,
        min_override: min_override?,
        generations: generations?,
        of: of?,
        exclude_group: exclude_group?,
    };
    Some(RuleKind::Period(PeriodRule::Breakaway(breakaway)).into())
}

fn min_override(entry: Entry<'_, '_>, mode: Option<OverrideMode>, findings: &mut Findings) -> Option<Rate> {
    if mode == Some(OverrideMode::Fixed) {
        findings.error(
            entry.span(),
            Text::new("ни к чему", "of no use"),
            Text::new(
                "min_override нужен только при mode = \"differential\"",
                "min_override is for mode = \"differential\" only",
            ),
            Text::new("уберите min_override или смените mode", "drop min_override or change mode"),
        );
    }
    above_zero(entry, findings)
}

/// More generations than this are refused.
const MOST_GENERATIONS: usize = 100;

fn generations(entry: Entry<'_, '_>, findings: &mut Findings) -> Option<Vec<Rate>> {
    let items = values::list(entry, "[\"3%\", \"2%\"]", findings)?;
    if items.len() > MOST_GENERATIONS {
        let number = items.len();
        findings.error(
            entry.span(),
            text!("{number} поколений", "{number} generations"),
            text!(
                "поколений {number}, а может быть не больше {MOST_GENERATIONS}",
                "there are {number} generations, and at most {MOST_GENERATIONS} are allowed"
            ),
            Text::new("сократите список", "shorten the list"),
        );
        return None;
    }
    let rates: Vec<Rate> = items.iter().filter_map(|item| above_zero(*item, findings)).collect();
    (rates.len() == items.len()).then_some(rates)
}

/// Reads the names of level rules that stand before this one.
fn level_rules(entry: Entry<'_, '_>, before: &[ReadRule], findings: &mut Findings) -> Option<Vec<RuleId>> {
    let items = values::list(entry, "[\"levels\"]", findings)?;
    let levels: Vec<&Rule> =
        before.iter().map(|read| &read.rule).filter(|rule| is_level(&rule.kind)).collect();
    let mut named = Vec::new();
    for item in &items {
        let Some(name) = values::string(*item, "\"levels\"", findings) else {
            continue;
        };
        if let Some(rule) = levels.iter().find(|rule| rule.id.as_str() == name) {
            named.push(rule.id.clone());
            continue;
        }
        let shown: String = name.chars().take(64).collect();
        let all: Vec<&str> = levels.iter().map(|rule| rule.id.as_str()).collect();
        let all = all.join(", ");
        findings.error(
            item.span(),
            Text::new("такого правила выше нет", "no such rule above"),
            text!(
                "выше нет правила \"{shown}\" вида level",
                "no rule \"{shown}\" of the kind level stands above"
            ),
            if all.is_empty() {
                Text::new(
                    "поставьте правило level выше или уберите of",
                    "put the level rule above, or drop of",
                )
            } else {
                text!("правила level выше: {all}", "the level rules above are: {all}")
            },
        );
    }
    (named.len() == items.len()).then_some(named)
}

fn is_level(kind: &RuleKind) -> bool {
    matches!(kind, RuleKind::Order(OrderRule::Level(_)) | RuleKind::Period(PeriodRule::Level(_)))
}

/// Ends the walks of level rules at the leaders of the breakaway rules, wherever these stand.
pub(in crate::language) fn end_walks(rules: &mut [ReadRule]) {
    let breakaways: Vec<Breakaway> = rules.iter().filter_map(|read| breakaway_of(&read.rule)).collect();
    for Rule { id, kind, .. } in rules.iter_mut().map(|read| &mut read.rule) {
        if let RuleKind::Order(OrderRule::Level(climb)) | RuleKind::Period(PeriodRule::Level(climb)) = kind {
            let ending = breakaways.iter().filter(|rule| rule.of.is_empty() || rule.of.contains(id));
            for rank in ending.flat_map(|rule| &rule.leaders) {
                if !climb.ends_at.contains(rank) {
                    climb.ends_at.push(rank.clone());
                }
            }
        }
    }
}

fn breakaway_of(rule: &Rule) -> Option<Breakaway> {
    match &rule.kind {
        RuleKind::Period(PeriodRule::Breakaway(breakaway)) => Some(breakaway.clone()),
        _ => None,
    }
}
