//! The `[cap]` of a plan.

use std::ops::Range;

use domain::money::Rate;

use super::amounts;
use super::findings::Findings;
use super::rule::ReadRule;
use super::section::Section;
use super::values;
use crate::base::Base;
use crate::cap::{Cap, CapMode};
use domain::lang::Text;

/// A cap with its places in the text.
pub(super) struct ReadCap {
    pub(super) cap: Cap,
    /// The table.
    pub(super) place: Range<usize>,
    /// Whether the author said who gives way.
    pub(super) mode_given: bool,
}

/// Reads `[cap]`, if there is one.
pub(super) fn read(root: &Section<'_, '_>, rules: &[ReadRule], findings: &mut Findings) -> Option<ReadCap> {
    let entry = root.get("cap")?;
    let section = Section::of(entry, &["percent", "of", "scope", "mode"], findings)?;
    let percent = section.required("percent", "\"40%\"", findings).and_then(|entry| {
        let percent = amounts::rate(entry, findings)?;
        if percent == Rate::ZERO {
            findings.error(
                entry.span(),
                Text::new("ничего", "nothing"),
                Text::new("при лимите 0% не платится ничего", "with a cap of 0% nothing is ever paid"),
                Text::new(
                    "укажите долю больше нуля, например \"40%\"",
                    "write a share above zero, as \"40%\"",
                ),
            );
        }
        Some(percent)
    });
    if let Some(entry) = section.get("scope") {
        values::word(entry, &[("order", ())], &["period"], findings);
    }
    let mode = section.get("mode");
    let of = of(&section, rules, findings);
    let cap = Cap {
        percent: percent?,
        of: of?,
        mode: match mode {
            Some(entry) => values::word(entry, CapMode::WORDS, &["priority"], findings)?,
            None => CapMode::Stop,
        },
    };
    Some(ReadCap { cap, place: entry.span(), mode_given: mode.is_some() })
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
