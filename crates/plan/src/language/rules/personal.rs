//! The keys of `personal`.

use super::level::{Decided, decided};
use super::{Read, Reader};
use crate::language::bands;
use crate::language::findings::Findings;
use crate::language::rule::Known;
use crate::language::section::Section;
use crate::language::values;
use crate::rules::{Buyers, OrderRule, PeriodRule, Personal, RuleKind, personal};

pub(super) const READER: Reader =
    Reader { name: personal::NAME, keys: &["decided", "of", "bands"], has_base: true, read };

fn read(section: &Section<'_, '_>, _known: Known<'_>, findings: &mut Findings) -> Option<Read> {
    let decided = decided(section, findings);
    let of = match section.get("of") {
        Some(entry) => values::word(entry, Buyers::WORDS, &[], findings),
        None => Some(Buyers::Both),
    };
    let bands = bands::required(section, findings);
    let personal = Personal { of: of?, bands: bands? };
    Some(match decided? {
        Decided::Order => RuleKind::Order(OrderRule::Personal(personal)).into(),
        Decided::Close => RuleKind::Period(PeriodRule::Personal(personal)).into(),
    })
}
