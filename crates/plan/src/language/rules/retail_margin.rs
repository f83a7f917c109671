//! The keys of `retail_margin`.

use super::{Read, Reader};
use crate::language::findings::Findings;
use crate::language::rule::Known;
use crate::language::section::Section;
use crate::rules::retail_margin;

pub(super) const READER: Reader = Reader { name: retail_margin::NAME, keys: &[], has_base: false, read };

fn read(_section: &Section<'_, '_>, _known: Known<'_>, _findings: &mut Findings) -> Option<Read> {
    unimplemented!("retail_margin")
}
