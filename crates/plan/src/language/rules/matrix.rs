//! The keys of `matrix`.

use domain::text;

use super::{Read, Reader};
use crate::climb::Climb;
use crate::close::placement::Fill;
use crate::language::climb;
use crate::language::findings::Findings;
use crate::language::rule::Known;
use crate::language::section::{Entry, Section};
use crate::language::values;
use crate::rules::{Matrix, PeriodRule, RuleKind, matrix};

pub(super) const READER: Reader = Reader { name: matrix::NAME, keys: KEYS, has_base: true, read };

const KEYS: &[&str] =
    &["width", "height", "fill", "rates", "rate_table", "compression", "min_rank", "unlock", "closed_level"];

fn read(section: &Section<'_, '_>, known: Known<'_>, findings: &mut Findings) -> Option<Read> {
    let width = section
        .required("width", "3", findings)
        .and_then(|entry| values::whole(entry, 2..=100, findings))
        .and_then(|width| u16::try_from(width).ok());
    let fill = fill(section, findings);
    let climb = climb::read(section, known.ranks, findings);
    let height = section
        .required("height", "7", findings)
        .and_then(|entry| height(entry, climb.as_ref().map(Climb::levels), findings));
    let (height, climb) = (height?, climb?);
    let climb = Climb { max_scan: Some(u32::from(height)), ..climb };
    let matrix = Matrix { width: width?, height, fill: fill?, climb };
    Some(RuleKind::Period(PeriodRule::Matrix(matrix)).into())
}

/// Reads `fill`: level by level, unless said.
pub(super) fn fill(section: &Section<'_, '_>, findings: &mut Findings) -> Option<Fill> {
    match section.get("fill") {
        Some(entry) => values::word(entry, Fill::WORDS, &[], findings),
        None => Some(Fill::BreadthFirst),
    }
}

fn height(entry: Entry<'_, '_>, levels: Option<u16>, findings: &mut Findings) -> Option<u16> {
    let height = u16::try_from(values::whole(entry, 1..=100, findings)?).ok()?;
    if let Some(levels) = levels.filter(|levels| *levels > height) {
        findings.error(
            entry.span(),
            text!("{height} меньше {levels}", "{height} is less than {levels}"),
            text!(
                "линия {levels} недостижима: матрица в высоту {height}",
                "level {levels} cannot be reached: the matrix is {height} high"
            ),
            text!(
                "height не меньше числа линий: {levels}",
                "height is at least the number of levels: {levels}"
            ),
        );
        return None;
    }
    Some(height)
}
