//! The keys of `pool`.

use domain::lang::Text;
use domain::money::{Money, Rate};
use domain::text;
use toml::de::DeValue;

use super::{Read, Reader};
use crate::ladder::Measure;
use crate::language::findings::Findings;
use crate::language::rule::Known;
use crate::language::section::{Entry, Section};
use crate::language::{amounts, bands, rates, values};
use crate::rank::Rank;
use crate::rules::{PeriodRule, Pool, PoolLimit, RuleKind, Shares, Unused, pool};

pub(super) const READER: Reader = Reader { name: pool::NAME, keys: KEYS, has_base: true, read };

const KEYS: &[&str] = &["percent", "shares", "min_rank", "min_qualifiers", "max_per_partner", "unused"];

const UNUSED: &[(&str, Unused)] = &[("company", Unused::Company), ("carried", Unused::Carried)];

fn read(section: &Section<'_, '_>, known: Known<'_>, findings: &mut Findings) -> Option<Read> {
    let percent =
        section.required("percent", "\"1%\"", findings).and_then(|entry| some_rate(entry, findings));
    let shares = section
        .required("shares", "\"equal\"", findings)
        .and_then(|entry| shares(entry, known.ranks, findings));
    let ranks = ranks(section, known.ranks, findings);
    let min_qualifiers = match section.get("min_qualifiers") {
        Some(entry) => values::whole(entry, 1..=1_000_000, findings),
        None => Some(1),
    };
    let max_per_partner = match section.get("max_per_partner") {
        Some(entry) => limit(entry, findings).map(Some),
        None => Some(None),
    };
    let unused = match section.get("unused") {
        Some(entry) => values::word(entry, UNUSED, &[], findings),
        None => Some(Unused::Company),
    };
    let pool = Pool {
        percent: percent?,
        shares: shares?,
        ranks: ranks?,
        min_qualifiers: min_qualifiers?,
        max_per_partner: max_per_partner?,
        unused: unused?,
    };
    warn_of_shares_below(section, &pool, findings);
    Some(RuleKind::Period(PeriodRule::Pool(pool)).into())
}

/// A rate above zero.
fn some_rate(entry: Entry<'_, '_>, findings: &mut Findings) -> Option<Rate> {
    let rate = amounts::rate(entry, findings)?;
    if rate > Rate::ZERO {
        return Some(rate);
    }
    let key = entry.key;
    findings.error(
        entry.span(),
        Text::new("ничего", "nothing"),
        text!("при {key} = \"0%\" пул не платит ничего", "with {key} = \"0%\" the pool pays nothing"),
        text!("укажите долю больше нуля: {key} = \"1%\"", "write a share above zero: {key} = \"1%\""),
    );
    None
}

/// A word, or a table by rank.
fn shares(entry: Entry<'_, '_>, ranks: &[Rank], findings: &mut Findings) -> Option<Shares> {
    if matches!(entry.value.get_ref(), DeValue::Table(_)) {
        let shares =
            |entry: Entry<'_, '_>, findings: &mut Findings| values::whole(entry, 1..=1_000_000, findings);
        return bands::by_rank(entry, ranks, shares, findings).map(Shares::ByRank);
    }
    let mut words = vec![("equal", None)];
    words.extend(Measure::WORDS.iter().map(|(word, measure)| (*word, Some(*measure))));
    let measure = values::word(entry, &words, &[], findings)?;
    Some(measure.map_or(Shares::Equal, Shares::ByVolume))
}

/// The ranks that qualify: the one named and all above it; none where all may.
fn ranks(section: &Section<'_, '_>, ranks: &[Rank], findings: &mut Findings) -> Option<Vec<String>> {
    let Some(entry) = section.get("min_rank") else {
        return Some(Vec::new());
    };
    let name = values::name(entry, "\"silver\"", findings)?;
    let Some(place) = ranks.iter().position(|rank| rank.name == name) else {
        rates::unknown_rank(entry.span(), name, ranks, findings);
        return None;
    };
    Some(ranks.iter().skip(place).map(|rank| rank.name.clone()).collect())
}

/// A sum, or a share of the pool.
fn limit(entry: Entry<'_, '_>, findings: &mut Findings) -> Option<PoolLimit> {
    match entry.value.get_ref() {
        DeValue::String(text) if text.contains('%') => some_rate(entry, findings).map(PoolLimit::Share),
        _ => amounts::money(entry, Money::LARGEST, findings).map(PoolLimit::Sum),
    }
}

fn warn_of_shares_below(section: &Section<'_, '_>, pool: &Pool, findings: &mut Findings) {
    let (Some(entry), Shares::ByRank(table)) = (section.get("shares"), &pool.shares) else {
        return;
    };
    for (rank, _) in table {
        if !pool.ranks.is_empty() && !pool.ranks.contains(rank) {
            findings.warning(
                entry.span(),
                Text::new("никогда не участвует", "never takes part"),
                text!(
                    "доли ранга \"{rank}\" ничего не дают: он ниже min_rank",
                    "the shares of \"{rank}\" give nothing: it is below min_rank"
                ),
                text!(
                    "уберите \"{rank}\" из shares или опустите min_rank",
                    "drop \"{rank}\" from shares or lower min_rank"
                ),
            );
        }
    }
}
