//! The keys of `same_level`.

use super::{Read, Reader};
use crate::language::findings::Findings;
use crate::language::rule::Known;
use crate::language::section::Section;
use crate::rules::same_level;

pub(super) const READER: Reader = Reader { name: same_level::NAME, keys: &[], has_base: true, read };

fn read(_section: &Section<'_, '_>, _known: Known<'_>, _findings: &mut Findings) -> Option<Read> {
    unimplemented!("same_level")
}
