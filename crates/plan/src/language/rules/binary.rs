//! The keys of `binary`.

use super::{Read, Reader};
use crate::language::findings::Findings;
use crate::language::rule::Known;
use crate::language::section::Section;
use crate::rules::binary;

pub(super) const READER: Reader = Reader { name: binary::NAME, keys: &[], has_base: true, read };

fn read(_section: &Section<'_, '_>, _known: Known<'_>, _findings: &mut Findings) -> Option<Read> {
    unimplemented!("binary")
}
