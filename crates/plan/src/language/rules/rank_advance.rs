//! The keys of `rank_advance`.

use super::{Read, Reader};
use crate::language::findings::Findings;
use crate::language::rule::Known;
use crate::language::section::Section;
use crate::rules::rank_advance;

pub(super) const READER: Reader = Reader { name: rank_advance::NAME, keys: &[], has_base: false, read };

fn read(_section: &Section<'_, '_>, _known: Known<'_>, _findings: &mut Findings) -> Option<Read> {
    unimplemented!("rank_advance")
}
