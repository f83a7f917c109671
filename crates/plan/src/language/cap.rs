//! The `[cap]` and the `[partner_cap]` of a plan, and the `cap` of a rule.

use std::ops::Range;

use domain::lang::Text;
use domain::money::{Money, Rate};
use domain::text;

use super::amounts;
use super::findings::Findings;
use super::rule::{self, ReadRule};
use super::section::{Entry, Section};
use super::values;
use crate::base::Base;
use crate::cap::{Cap, CapMode, CapScope, Excess, PartnerCap, RuleCap};
use crate::rules::{RuleKind, pool};

/// A cap with its places in the text.
pub(super) struct ReadCap {
    pub(super) cap: Cap,
    /// The table.
    pub(super) place: Range<usize>,
    /// Whether the author said who gives way.
    pub(super) mode_given: bool,
}

impl ReadCap {
    /// Whether it cuts nobody, so that the rates must stay within it.
    pub(super) fn must_hold(&self) -> bool {
        !self.mode_given || self.cap.mode == CapMode::Stop
    }
}

/// A rule's own cap with its places in the text.
pub(super) struct ReadRuleCap {
    pub(super) cap: RuleCap,
    /// The table.
    pub(super) place: Range<usize>,
    /// Whether the author said who gives way.
    pub(super) mode_given: bool,
}

/// The keys of `[cap]`.
pub(super) const KEYS: &[&str] = &["percent", "of", "scope", "mode", "excess"];

/// The keys of `[partner_cap]`.
pub(super) const PARTNER_KEYS: &[&str] = &["amount", "mode", "excess"];

/// The keys of the `cap` of a rule.
pub(super) const RULE_KEYS: &[&str] = &["percent", "mode", "scope"];

/// Who may give way within one rule.
const WITHIN_A_RULE: &[(&str, CapMode)] =
    &[("pro_rata", CapMode::ProRata), ("tail", CapMode::Tail), ("stop", CapMode::Stop)];

/// Which of a partner's earnings may give way.
const WITHIN_A_PARTNER: &[(&str, CapMode)] =
    &[("pro_rata", CapMode::ProRata), ("priority", CapMode::Priority), ("tail", CapMode::Tail)];

/// Reads `[cap]`, if there is one.
pub(super) fn read(root: &Section<'_, '_>, rules: &[ReadRule], findings: &mut Findings) -> Option<ReadCap> {
    let entry = root.get("cap")?;
    let section = Section::of(entry, KEYS, findings)?;
    let percent = percent(&section, findings);
    let scope = match section.get("scope") {
        Some(entry) => values::word(entry, CapScope::WORDS, &[], findings),
        None => Some(CapScope::Order),
    };
    let of = of(&section, rules, findings);
    let mode = mode(&section, CapMode::WORDS, findings);
    let excess = excess(root, &section, findings);
    if let (Some(CapScope::Order), Some(Excess::Carried | Excess::Pool), Some(entry)) =
        (scope, excess, section.get("excess"))
    {
        findings.error(
            entry.span(),
            Text::new("только по периоду", "over a period only"),
            Text::new(
                "то, что срезано с заказа, отложить нельзя: оно остаётся компании",
                "what is cut of an order cannot be put off: it stays with the company",
            ),
            Text::new(
                "напишите scope = \"period\" либо уберите excess",
                "write scope = \"period\", or drop excess",
            ),
        );
    }
    let cap = Cap { percent: percent?, of: of?, scope: scope?, mode: mode?, excess: excess? };
    Some(ReadCap { cap, place: entry.span(), mode_given: section.get("mode").is_some() })
}

/// Reads `[partner_cap]`, if there is one.
pub(super) fn partner(root: &Section<'_, '_>, findings: &mut Findings) -> Option<PartnerCap> {
    let section = Section::of(root.get("partner_cap")?, PARTNER_KEYS, findings)?;
    let amount = section
        .required("amount", "\"100000.00\"", findings)
        .and_then(|entry| amounts::money(entry, Money::LARGEST, findings));
    let mode = section
        .required("mode", "\"pro_rata\"", findings)
        .and_then(|entry| values::word(entry, WITHIN_A_PARTNER, &[], findings));
    let excess = excess(root, &section, findings);
    Some(PartnerCap { amount: amount?, mode: mode?, excess: excess? })
}

/// Reads the `cap` of a rule.
pub(super) fn of_rule(entry: Entry<'_, '_>, kind: &RuleKind, findings: &mut Findings) -> Option<ReadRuleCap> {
    let section = Section::of(entry, RULE_KEYS, findings)?;
    let percent = percent(&section, findings);
    let mode = mode(&section, WITHIN_A_RULE, findings);
    let at_the_close = matches!(kind, RuleKind::Period(_));
    let scope = match section.get("scope") {
        Some(entry) => values::word(entry, CapScope::WORDS, &[], findings),
        None if at_the_close => Some(CapScope::Period),
        None => Some(CapScope::Order),
    };
    if let (Some(CapScope::Order), Some(entry)) = (scope.filter(|_| at_the_close), section.get("scope")) {
        findings.error(
            entry.span(),
            Text::new("заказа здесь нет", "no order here"),
            Text::new(
                "правило решается при закрытии периода и не знает заказов",
                "the rule is decided at the close of a period and knows no orders",
            ),
            Text::new("напишите: scope = \"period\"", "write: scope = \"period\""),
        );
    }
    let cap = RuleCap { percent: percent?, scope: scope?, mode: mode? };
    Some(ReadRuleCap { cap, place: entry.span(), mode_given: section.get("mode").is_some() })
}

/// The share: above zero.
fn percent(section: &Section<'_, '_>, findings: &mut Findings) -> Option<Rate> {
    let entry = section.required("percent", "\"40%\"", findings)?;
    let percent = amounts::rate(entry, findings)?;
    if percent == Rate::ZERO {
        findings.error(
            entry.span(),
            Text::new("ничего", "nothing"),
            Text::new("при лимите 0% не платится ничего", "with a cap of 0% nothing is ever paid"),
            Text::new("укажите долю больше нуля, например \"40%\"", "write a share above zero, as \"40%\""),
        );
    }
    Some(percent)
}

/// Who gives way; without it nobody may have to.
fn mode(section: &Section<'_, '_>, words: &[(&str, CapMode)], findings: &mut Findings) -> Option<CapMode> {
    match section.get("mode") {
        Some(entry) => values::word(entry, words, &[], findings),
        None => Some(CapMode::Stop),
    }
}

/// What becomes of what is cut; a pool must be there to take it, though what is wrong with it is told
/// elsewhere.
fn excess(root: &Section<'_, '_>, section: &Section<'_, '_>, findings: &mut Findings) -> Option<Excess> {
    let Some(entry) = section.get("excess") else {
        return Some(Excess::Company);
    };
    let excess = values::word(entry, Excess::WORDS, &[], findings)?;
    if excess == Excess::Pool && !rule::is_there(root, pool::NAME) {
        let word = excess.as_str();
        findings.error(
            entry.span(),
            Text::new("пула нет", "no pool"),
            text!(
                "excess = \"{word}\": в плане нет правила вида \"pool\", которое приняло бы срезанное",
                "excess = \"{word}\": the plan has no rule of kind \"pool\" to take what is cut"
            ),
            Text::new(
                "добавьте правило kind = \"pool\" либо напишите excess = \"company\" или \"carried\"",
                "add a rule with kind = \"pool\", or write excess = \"company\" or \"carried\"",
            ),
        );
    }
    Some(excess)
}

/// Of what the cap is: said, or the base of all rules.
fn of(section: &Section<'_, '_>, rules: &[ReadRule], findings: &mut Findings) -> Option<Base> {
    if let Some(entry) = section.get("of") {
        return values::word(entry, Base::WORDS, &[], findings);
    }
    let mut bases =
        rules.iter().map(|read| &read.rule).filter(|rule| rule.takes_base()).map(|rule| rule.base);
    let first = bases.next().unwrap_or(Base::Turnover);
    if bases.all(|base| base == first) {
        return Some(first);
    }
    findings.error(
        section.place(),
        Text::new("здесь нет \"of\"", "no \"of\" here"),
        Text::new(
            "правила платят с разных баз, и неясно, от чего считать лимит",
            "the rules pay on different bases, so it is not clear of what the cap is",
        ),
        Text::new("добавьте: of = \"turnover\"", "add: of = \"turnover\""),
    );
    None
}
