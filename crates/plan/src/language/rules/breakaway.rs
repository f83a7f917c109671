//! The keys of `breakaway`.

use super::{Read, Reader};
use crate::language::findings::Findings;
use crate::language::rule::Known;
use crate::language::section::Section;
use crate::rules::breakaway;

pub(super) const READER: Reader = Reader { name: breakaway::NAME, keys: &[], has_base: true, read };

fn read(_section: &Section<'_, '_>, _known: Known<'_>, _findings: &mut Findings) -> Option<Read> {
    unimplemented!("breakaway")
}
