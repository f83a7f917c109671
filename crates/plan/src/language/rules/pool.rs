//! The keys of `pool`.

use super::{Read, Reader};
use crate::language::findings::Findings;
use crate::language::rule::Known;
use crate::language::section::Section;
use crate::rules::{PeriodRule, RuleKind, pool};

pub(super) const READER: Reader =
    Reader { name: pool::NAME, keys: &["percent", "shares"], has_base: true, read };

fn read(section: &Section<'_, '_>, _known: Known<'_>, findings: &mut Findings) -> Option<Read> {
    let percent = crate::language::amounts::rate(section.required("percent", "\"1%\"", findings)?, findings)?;
    let pool = pool::Pool {
        percent,
        shares: pool::Shares::Equal,
        ranks: Vec::new(),
        min_qualifiers: 1,
        max_per_partner: None,
        unused: pool::Unused::Company,
    };
    Some(RuleKind::Period(PeriodRule::Pool(pool)).into())
}
