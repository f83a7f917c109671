//! The keys of `fast_start`.

use domain::lang::Text;

use super::{Read, Reader};
use crate::language::climb;
use crate::language::findings::Findings;
use crate::language::rule::Known;
use crate::language::section::Section;
use crate::language::values;
use crate::rules::{FastStart, FastStartWhen, OrderRule, RuleKind, fast_start};

pub(super) const READER: Reader = Reader { name: fast_start::NAME, keys: KEYS, has_base: true, read };

const KEYS: &[&str] = &[
    "rates",
    "rate_table",
    "pay_self",
    "compression",
    "min_rank",
    "unlock",
    "closed_level",
    "max_scan",
    "days",
    "first_order",
    "replaces_level",
];

fn read(section: &Section<'_, '_>, known: Known<'_>, findings: &mut Findings) -> Option<Read> {
    let climb = climb::read(section, known.ranks, findings);
    let replaces_level = match section.get("replaces_level") {
        Some(entry) => values::boolean(entry, findings),
        None => Some(false),
    };
    let when = when(section, findings);
    let start = FastStart { climb: climb?, when: when?, replaces_level: replaces_level? };
    Some(RuleKind::Order(OrderRule::FastStart(start)).into())
}

fn when(section: &Section<'_, '_>, findings: &mut Findings) -> Option<FastStartWhen> {
    match (section.get("days"), section.get("first_order")) {
        (Some(entry), None) => {
            let days = values::whole(entry, 1..=3650, findings)?;
            u16::try_from(days).ok().map(FastStartWhen::Days)
        }
        (None, Some(entry)) if values::boolean(entry, findings)? => Some(FastStartWhen::FirstOrder),
        (days, first_order) => {
            let entry = days.or(first_order);
            findings.error(
                entry.map_or(section.place(), |entry| entry.span()),
                Text::new("когда?", "when?"),
                Text::new(
                    "у fast_start должно быть ровно одно из двух: days или first_order = true",
                    "a fast_start needs exactly one of days and first_order = true",
                ),
                Text::new("напишите: days = 30", "write: days = 30"),
            );
            None
        }
    }
}
