//! The keys of `infinity`.

use domain::lang::Text;
use domain::money::Rate;
use domain::text;

use super::generation::rank_and_above;
use super::{Read, Reader};
use crate::language::findings::Findings;
use crate::language::rule::Known;
use crate::language::section::{Entry, Section};
use crate::language::{amounts, bands, values};
use crate::rank::Rank;
use crate::rules::{Infinity, InfinityPays, PeriodRule, RuleKind, infinity};

pub(super) const READER: Reader = Reader {
    name: infinity::NAME,
    keys: &["rank_rates", "after_generation", "boundary", "pays"],
    has_base: true,
    read,
};

const PAYS: &[(&str, InfinityPays)] =
    &[("difference", InfinityPays::Difference), ("full", InfinityPays::Full)];

fn read(section: &Section<'_, '_>, known: Known<'_>, findings: &mut Findings) -> Option<Read> {
    let rates = rates_by_rank(section, "rank_rates", known.ranks, findings);
    let after_generation = match section.get("after_generation") {
        Some(entry) => values::whole(entry, 0..=100, findings).and_then(|after| u16::try_from(after).ok()),
        None => Some(0),
    };
    let lowest = rates.as_ref().and_then(|rates| rates.first()).map(|(rank, _)| rank.as_str());
    let leaders = match section.get("boundary") {
        Some(entry) => rank_and_above(entry, known.ranks, findings),
        None => Some(from(lowest, known.ranks)),
    };
    let pays = section
        .required("pays", "\"difference\"", findings)
        .and_then(|entry| values::word(entry, PAYS, &[], findings));
    boundary_of_use(section, after_generation, findings);
    let infinity =
        Infinity { leaders: leaders?, rates: rates?, after_generation: after_generation?, pays: pays? };
    Some(RuleKind::Period(PeriodRule::Infinity(infinity)).into())
}

/// A rank and all above it; nothing where there is none.
fn from(lowest: Option<&str>, ranks: &[Rank]) -> Vec<String> {
    let names = ranks.iter().map(|rank| rank.name.as_str());
    names.skip_while(|name| Some(*name) != lowest).map(str::to_owned).collect()
}

/// Without leaders to pass, nobody asks who is one.
fn boundary_of_use(section: &Section<'_, '_>, after_generation: Option<u16>, findings: &mut Findings) {
    if let (Some(0), Some(entry)) = (after_generation, section.get("boundary")) {
        findings.warning(
            entry.span(),
            Text::new("ничего не меняет", "changes nothing"),
            Text::new(
                "boundary говорит, кого пропускает after_generation, а он не пропускает никого",
                "boundary says whom after_generation passes, and it passes nobody",
            ),
            Text::new(
                "добавьте after_generation = 1 или уберите boundary",
                "add after_generation = 1 or drop boundary",
            ),
        );
    }
}

/// Reads a table of rates by rank that must be there: at least one rank, each rate above zero.
pub(super) fn rates_by_rank(
    section: &Section<'_, '_>,
    key: &str,
    ranks: &[Rank],
    findings: &mut Findings,
) -> Option<Vec<(String, Rate)>> {
    const EXAMPLE: &str = "{ silver = \"5%\", gold = \"7%\" }";
    let entry = section.required(key, EXAMPLE, findings)?;
    let rates = bands::by_rank(entry, ranks, above_zero, findings)?;
    if rates.is_empty() {
        findings.error(
            entry.span(),
            Text::new("пусто", "empty"),
            text!("в \"{key}\" нет ни одного ранга", "\"{key}\" names no rank"),
            text!("напишите: {key} = {EXAMPLE}", "write: {key} = {EXAMPLE}"),
        );
        return None;
    }
    Some(rates)
}

/// Reads a rate above zero.
pub(super) fn above_zero(entry: Entry<'_, '_>, findings: &mut Findings) -> Option<Rate> {
    let rate = amounts::rate(entry, findings)?;
    if rate == Rate::ZERO {
        let key = entry.key;
        findings.error(
            entry.span(),
            Text::new("ноль", "zero"),
            text!("ставка \"{key}\" равна нулю", "the rate \"{key}\" is zero"),
            Text::new(
                "уберите её или напишите больше нуля: \"1%\"",
                "drop it, or write one above zero: \"1%\"",
            ),
        );
        return None;
    }
    Some(rate)
}
