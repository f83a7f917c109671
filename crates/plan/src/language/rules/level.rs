//! The keys of `level`.

use super::{Read, Reader};
use crate::language::climb;
use crate::language::findings::Findings;
use crate::language::rule::Known;
use crate::language::section::Section;
use crate::language::values;
use crate::rules::{OrderRule, PeriodRule, RuleKind, level};

pub(super) const READER: Reader = Reader { name: level::NAME, keys: KEYS, has_base: true, read };

const KEYS: &[&str] = &[
    "decided",
    "rates",
    "rate_table",
    "pay_self",
    "compression",
    "min_rank",
    "unlock",
    "closed_level",
    "max_scan",
];

/// When a rule is decided that may be decided at either time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Decided {
    Order,
    Close,
}

/// Reads `decided`: when the order is paid, unless said.
pub(super) fn decided(section: &Section<'_, '_>, findings: &mut Findings) -> Option<Decided> {
    match section.get("decided") {
        Some(entry) => {
            let words = &[("order", Decided::Order), ("close", Decided::Close)];
            values::word(entry, words, &[], findings)
        }
        None => Some(Decided::Order),
    }
}

fn read(section: &Section<'_, '_>, known: Known<'_>, findings: &mut Findings) -> Option<Read> {
    let decided = decided(section, findings);
    let climb = climb::read(section, known.ranks, findings)?;
    Some(match decided? {
        Decided::Order => RuleKind::Order(OrderRule::Level(climb)).into(),
        Decided::Close => RuleKind::Period(PeriodRule::Level(climb)).into(),
    })
}
