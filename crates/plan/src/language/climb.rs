//! The terms of a walk inside a rule.

use super::findings::Findings;
use super::rates;
use super::section::{Entry, Section};
use super::unlock;
use super::values;
use crate::climb::{Climb, ClosedLevel};
use crate::compression::Compression;
use crate::rank::Rank;
use crate::rates::Rates;
use crate::unlock::Unlock;
use domain::lang::Text;
use domain::text;

/// Reads the terms of a walk.
pub(super) fn read(section: &Section<'_, '_>, ranks: &[Rank], findings: &mut Findings) -> Option<Climb> {
    let rates = rates::read(section, ranks, findings);
    let pay_self = match section.get("pay_self") {
        Some(entry) => values::boolean(entry, findings),
        None => Some(false),
    };
    let compression = compression(section, ranks, findings);
    let unlock = match section.get("unlock") {
        Some(entry) => unlock::read(entry, rates.as_ref().map(Rates::levels), findings),
        None => Some(Unlock::Open),
    };
    let closed_level = closed_level(section, compression.as_ref(), findings);
    let max_scan = match section.get("max_scan") {
        Some(entry) => max_scan(entry, rates.as_ref(), findings).map(Some),
        None => Some(None),
    };
    Some(Climb {
        rates: rates?,
        pay_self: pay_self?,
        compression: compression?,
        unlock: unlock?,
        closed_level: closed_level?,
        max_scan: max_scan?,
        // A breakaway rule that stands further down says where walks end.
        ends_at: Vec::new(),
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    None,
    SkipInactive,
    SkipBelowRank,
    Dynamic,
    RollToNext,
}

const WORDS: &[(&str, Word)] = &[
    ("none", Word::None),
    ("skip_inactive", Word::SkipInactive),
    ("skip_below_rank", Word::SkipBelowRank),
    ("dynamic", Word::Dynamic),
    ("roll_to_next", Word::RollToNext),
];

/// Words of the catalogue of compressions that stand elsewhere in a plan, or not in a plan at all.
const ELSEWHERE: &[(&str, (&str, &str))] = &[
    (
        "volume_roll_up",
        (
            "напишите в начале плана roll_up = { below = \"50\" }, а у правила decided = \"close\"",
            "write roll_up = { below = \"50\" } at the head of the plan, and decided = \"close\" in the rule",
        ),
    ),
    (
        "permanent",
        (
            "это событие с датой, его записывают сотрудники: nanorem partner remove",
            "it is a dated event that staff write down, with nanorem partner remove",
        ),
    ),
];

fn elsewhere(entry: Entry<'_, '_>, (help_ru, help_en): &(&str, &str), findings: &mut Findings) {
    let word = entry.value.get_ref().as_str().unwrap_or_default();
    findings.error(
        entry.span(),
        Text::new("не здесь", "not here"),
        text!("\"{word}\" — не способ считать линии", "\"{word}\" is no way to count levels"),
        Text::new(*help_ru, *help_en),
    );
}

fn compression(section: &Section<'_, '_>, ranks: &[Rank], findings: &mut Findings) -> Option<Compression> {
    let entry = section.required("compression", "\"skip_inactive\"", findings);
    if let Some(entry) = entry
        && let Some((_, help)) =
            ELSEWHERE.iter().find(|(word, _)| entry.value.get_ref().as_str() == Some(word))
    {
        elsewhere(entry, help, findings);
        return None;
    }
    let word = entry.and_then(|entry| values::word(entry, WORDS, &[], findings));
    if let (Some(entry), Some(word)) = (section.get("min_rank"), word)
        && word != Word::SkipBelowRank
    {
        findings.error(
            entry.span(),
            Text::new("ни к чему", "of no use"),
            Text::new(
                "min_rank нужен только при compression = \"skip_below_rank\"",
                "min_rank is for compression = \"skip_below_rank\" only",
            ),
            Text::new("уберите min_rank или смените compression", "drop min_rank or change compression"),
        );
    }
    Some(match word? {
        Word::None => Compression::None,
        Word::SkipInactive => Compression::SkipInactive,
        Word::Dynamic => Compression::Dynamic,
        Word::RollToNext => Compression::RollToNext,
        Word::SkipBelowRank => skip_below_rank(section, ranks, findings)?,
    })
}

fn skip_below_rank(
    section: &Section<'_, '_>,
    ranks: &[Rank],
    findings: &mut Findings,
) -> Option<Compression> {
    let entry = section.required("min_rank", "\"silver\"", findings)?;
    let min_rank = values::string(entry, "\"silver\"", findings)?;
    let Some(place) = ranks.iter().position(|rank| rank.name == min_rank) else {
        rates::unknown_rank(entry.span(), min_rank, ranks, findings);
        return None;
    };
    let counted = ranks.iter().skip(place).map(|rank| rank.name.clone()).collect();
    Some(Compression::SkipBelowRank { min_rank: min_rank.to_owned(), counted })
}

const CLOSED: &[(&str, ClosedLevel)] = &[("forfeit", ClosedLevel::Forfeit), ("pass_up", ClosedLevel::PassUp)];

fn closed_level(
    section: &Section<'_, '_>,
    compression: Option<&Compression>,
    findings: &mut Findings,
) -> Option<ClosedLevel> {
    let Some(entry) = section.get("closed_level") else {
        return Some(ClosedLevel::Forfeit);
    };
    let closed_level = values::word(entry, CLOSED, &[], findings)?;
    if section.get("unlock").is_none() {
        findings.warning(
            entry.span(),
            Text::new("закрытых линий нет", "no level is closed"),
            Text::new(
                "closed_level ничего не меняет: без unlock открыты все линии",
                "closed_level changes nothing: without unlock every level is open",
            ),
            Text::new("добавьте unlock или уберите closed_level", "add unlock or drop closed_level"),
        );
    }
    if closed_level == ClosedLevel::Forfeit && compression == Some(&Compression::Dynamic) {
        findings.warning(
            entry.span(),
            Text::new("не действует", "without effect"),
            Text::new(
                "при compression = \"dynamic\" закрытая линия всегда переходит к следующему",
                "under compression = \"dynamic\" a closed level always goes to the next one",
            ),
            Text::new(
                "напишите closed_level = \"pass_up\" или уберите его",
                "write closed_level = \"pass_up\" or drop it",
            ),
        );
    }
    Some(closed_level)
}

fn max_scan(entry: Entry<'_, '_>, rates: Option<&Rates>, findings: &mut Findings) -> Option<u32> {
    let max_scan = values::whole(entry, 1..=1_000_000, findings)?;
    let levels = rates.map_or(0, Rates::levels);
    if max_scan < u32::from(levels) {
        findings.error(
            entry.span(),
            text!("{max_scan} меньше {levels}", "{max_scan} is less than {levels}"),
            text!(
                "линия {levels} недостижима: просматривается не больше {max_scan} спонсоров",
                "level {levels} cannot be reached: no more than {max_scan} sponsors are looked at"
            ),
            text!(
                "max_scan не меньше числа линий: {levels}",
                "max_scan is at least the number of levels: {levels}"
            ),
        );
        return None;
    }
    Some(max_scan)
}
