//! The keys of `generation`.

use domain::lang::Text;

use super::{Read, Reader};
use crate::language::findings::Findings;
use crate::language::rates;
use crate::language::rule::Known;
use crate::language::section::{Entry, Section};
use crate::language::values;
use crate::rank::Rank;
use crate::rules::{Boundary, Generation, PeriodRule, RuleKind, generation};

pub(super) const READER: Reader = Reader { name: generation::NAME, keys: KEYS, has_base: true, read };

const KEYS: &[&str] =
    &["rates", "rate_table", "first_generation", "boundary", "empty_generation_counts", "inactive_bounds"];

/// The word for leaders that each earner has of his own rank.
const SAME_RANK: &str = "same_rank";

fn read(section: &Section<'_, '_>, known: Known<'_>, findings: &mut Findings) -> Option<Read> {
    let rates = rates::read(section, known.ranks, findings);
    let first_generation = match section.get("first_generation") {
        Some(entry) => values::whole(entry, 1..=100, findings).and_then(|first| u16::try_from(first).ok()),
        None => Some(1),
    };
    let boundary = section
        .required("boundary", "\"same_rank\"", findings)
        .and_then(|entry| boundary(entry, known.ranks, findings));
    let inactive_bounds = flag(section, "inactive_bounds", true, findings);
    let empty_generation_counts = flag(section, "empty_generation_counts", false, findings);
    if let (Some(true), Some(entry)) = (inactive_bounds, section.get("empty_generation_counts")) {
        findings.warning(
            entry.span(),
            Text::new("ничего не меняет", "changes nothing"),
            Text::new(
                "без inactive_bounds = false неактивный лидер всегда занимает своё поколение",
                "without inactive_bounds = false an inactive leader always takes his generation",
            ),
            Text::new(
                "добавьте inactive_bounds = false или уберите empty_generation_counts",
                "add inactive_bounds = false or drop empty_generation_counts",
            ),
        );
    }
    let generation = Generation {
        rates: rates?,
        first_generation: first_generation?,
        boundary: boundary?,
        empty_generation_counts: empty_generation_counts?,
        inactive_bounds: inactive_bounds?,
    };
    Some(RuleKind::Period(PeriodRule::Generation(generation)).into())
}

fn boundary(entry: Entry<'_, '_>, ranks: &[Rank], findings: &mut Findings) -> Option<Boundary> {
    if values::string(entry, "\"same_rank\"", findings)? != SAME_RANK {
        return rank_and_above(entry, ranks, findings).map(Boundary::Ranks);
    }
    if ranks.is_empty() {
        findings.error(
            entry.span(),
            Text::new("рангов нет", "no ranks"),
            Text::new(
                "boundary = \"same_rank\" сравнивает ранги, а в плане их нет",
                "boundary = \"same_rank\" compares ranks, and the plan has none",
            ),
            Text::new(
                "перечислите ранги от низшего к высшему: ranks = [\"member\", \"silver\"]",
                "list the ranks, low to high: ranks = [\"member\", \"silver\"]",
            ),
        );
        return None;
    }
    Some(Boundary::SameRank(ranks.iter().map(|rank| rank.name.clone()).collect()))
}

/// Reads a rank: it and all above it, low to high.
pub(super) fn rank_and_above(
    entry: Entry<'_, '_>,
    ranks: &[Rank],
    findings: &mut Findings,
) -> Option<Vec<String>> {
    let name = values::string(entry, "\"silver\"", findings)?;
    let Some(place) = ranks.iter().position(|rank| rank.name == name) else {
        rates::unknown_rank(entry.span(), name, ranks, findings);
        return None;
    };
    Some(ranks.iter().skip(place).map(|rank| rank.name.clone()).collect())
}

/// Reads `true` or `false`; the value where the key is missing.
pub(super) fn flag(
    section: &Section<'_, '_>,
    key: &str,
    unless_said: bool,
    findings: &mut Findings,
) -> Option<bool> {
    section.get(key).map_or(Some(unless_said), |entry| values::boolean(entry, findings))
}
