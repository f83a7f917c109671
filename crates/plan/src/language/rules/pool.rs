//! The keys of `pool`.

use super::{Read, Reader};
use crate::language::findings::Findings;
use crate::language::rule::Known;
use crate::language::section::Section;
use crate::rules::pool;

pub(super) const READER: Reader = Reader { name: pool::NAME, keys: &[], has_base: true, read };

fn read(_section: &Section<'_, '_>, _known: Known<'_>, _findings: &mut Findings) -> Option<Read> {
    unimplemented!("pool")
}
