//! The keys of `award`.

use super::{Read, Reader};
use crate::language::findings::Findings;
use crate::language::head;
use crate::language::rule::Known;
use crate::language::section::Section;
use crate::language::values;
use crate::rules::{Award, PeriodRule, RuleKind, award};

pub(super) const READER: Reader =
    Reader { name: award::NAME, keys: &["count", "item"], has_base: false, read };

fn read(section: &Section<'_, '_>, _known: Known<'_>, findings: &mut Findings) -> Option<Read> {
    let count = section
        .required("count", "12", findings)
        .and_then(|entry| values::whole(entry, 1..=1_000_000, findings));
    let item = section
        .required("item", head::BOTH, findings)
        .and_then(|entry| head::both_languages(entry, findings));
    let award = Award { count: count?, item: item? };
    Some(RuleKind::Period(PeriodRule::Award(award)).into())
}
