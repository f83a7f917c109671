//! Bands of a rule: rates by the size of a volume; and everyone's own percentage.

use domain::catalog::Volume;
use domain::lang::Text;
use domain::money::{Money, Rate};
use domain::text;
use toml::de::DeValue;

use super::findings::Findings;
use super::section::{Entry, Section};
use super::{amounts, rates, values};
use crate::ladder::{Bands, Ladder, Measure};
use crate::rank::Rank;

/// The keys of a band.
pub(super) const BAND: &[&str] = &["from", "rate"];

const EXAMPLE: &str = "[{ from = \"100\", rate = \"10%\" }, { from = \"500\", rate = \"15%\" }]";

/// Reads `bands`, which must be there.
pub(super) fn required(section: &Section<'_, '_>, findings: &mut Findings) -> Option<Bands> {
    read(section.required("bands", EXAMPLE, findings)?, findings)
}

/// Reads bands: thresholds ascend, from zero.
fn read(entry: Entry<'_, '_>, findings: &mut Findings) -> Option<Bands> {
    let items = values::list(entry, EXAMPLE, findings)?;
    let mut bands: Vec<(Volume, Rate)> = Vec::new();
    for item in &items {
        let Some(band) = band(*item, findings) else {
            continue;
        };
        if bands.last().is_some_and(|(before, _)| *before >= band.0) {
            findings.error(
                item.span(),
                Text::new("не выше предыдущей", "not above the one before"),
                Text::new("пороги from должны возрастать", "the thresholds must ascend"),
                Text::new(
                    "перечислите ступени от меньшего порога к большему",
                    "list the bands from the lowest threshold to the highest",
                ),
            );
        }
        bands.push(band);
    }
    if bands.len() < items.len() {
        return None;
    }
    let bands = Bands(bands);
    if bands.top() == Rate::ZERO {
        all_zero(entry, findings);
    }
    Some(bands)
}

/// Notes percentages of which none is above zero.
fn all_zero(entry: Entry<'_, '_>, findings: &mut Findings) {
    let key = entry.key;
    findings.error(
        entry.span(),
        Text::new("ничего не платит", "pays nothing"),
        text!("в \"{key}\" нет ставки больше нуля", "\"{key}\" has no rate above zero"),
        Text::new("дайте хотя бы одну ставку больше нуля", "give at least one rate above zero"),
    );
}

fn band(entry: Entry<'_, '_>, findings: &mut Findings) -> Option<(Volume, Rate)> {
    let section = Section::of(entry, BAND, findings)?;
    let from = section.required("from", "\"100\"", findings).and_then(|entry| size(entry, findings));
    let rate = section.required("rate", "\"10%\"", findings).and_then(|entry| amounts::rate(entry, findings));
    Some((from?, rate?))
}

/// A size in the plan's unit of qualification: a string with at most two decimals, from zero.
pub(super) fn size(entry: Entry<'_, '_>, findings: &mut Findings) -> Option<Volume> {
    let meant = amounts::meant(entry.value.get_ref()).filter(|size| *size >= Money::ZERO);
    let example = meant.map(|size| size.to_string());
    let example = example.as_deref().map_or("100", |size| size.trim_end_matches(".00"));
    let text = values::string(entry, &format!("\"{example}\""), findings)?;
    let read = text.parse::<Money>().ok().filter(|size| *size >= Money::ZERO);
    if read.is_none() {
        let also = if meant.is_some() { "" } else { " или \"99.50\"" };
        let also_en = if meant.is_some() { "" } else { " or \"99.50\"" };
        let shown: String = text.chars().take(40).collect();
        findings.error(
            entry.span(),
            Text::new("не подходит как объём", "not fit for a volume"),
            text!("\"{shown}\" — не объём", "\"{shown}\" is not a volume"),
            Text::new(
                format!("от нуля, цифрами, не больше двух знаков после точки: \"{example}\"{also}"),
                format!("write zero or more in digits with at most two decimals: \"{example}\"{also_en}"),
            ),
        );
    }
    read.map(|size| Volume(size.minor()))
}

/// Reads everyone's own percentage: `bands` with `by`, or `rank_rates`.
pub(super) fn ladder(section: &Section<'_, '_>, ranks: &[Rank], findings: &mut Findings) -> Option<Ladder> {
    match (section.get("bands"), section.get("rank_rates")) {
        (Some(entry), None) => {
            let by = match section.get("by") {
                Some(entry) => values::word(entry, Measure::WORDS, &[], findings),
                None => Some(Measure::Group),
            };
            let bands = read(entry, findings);
            Some(Ladder::Bands(by?, bands?))
        }
        (None, Some(entry)) => {
            let ladder = by_rank(entry, ranks, amounts::rate, findings).map(Ladder::Ranks)?;
            if ladder.top() == Rate::ZERO {
                all_zero(entry, findings);
            }
            if let Some(by) = section.get("by") {
                findings.warning(
                    by.span(),
                    Text::new("ничего не меняет", "changes nothing"),
                    Text::new(
                        "проценты по рангам не измеряют объём",
                        "percentages by rank measure no volume",
                    ),
                    Text::new("уберите by или напишите bands", "drop by or write bands"),
                );
            }
            Some(ladder)
        }
        (given, _) => {
            findings.error(
                given.map_or(section.place(), |entry| entry.span()),
                Text::new("какой процент?", "which percentage?"),
                Text::new(
                    "у правила должно быть ровно одно из двух: bands или rank_rates",
                    "a rule needs exactly one of bands and rank_rates",
                ),
                text!("напишите: bands = {EXAMPLE}", "write: bands = {EXAMPLE}"),
            );
            None
        }
    }
}

/// Reads a table by rank, as `{ silver = "5%", gold = "7%" }`, low to high.
pub(super) fn by_rank<T>(
    entry: Entry<'_, '_>,
    ranks: &[Rank],
    value: impl Fn(Entry<'_, '_>, &mut Findings) -> Option<T>,
    findings: &mut Findings,
) -> Option<Vec<(String, T)>> {
    let DeValue::Table(table) = entry.value.get_ref() else {
        let example = "{ silver = …, gold = … }";
        values::wrong_kind(entry, &Text::new("таблица по рангам", "a table by rank"), example, findings);
        return None;
    };
    if table.is_empty() {
        let key = entry.key;
        findings.error(
            entry.span(),
            Text::new("пусто", "empty"),
            text!("таблица \"{key}\" пуста", "the table \"{key}\" is empty"),
            text!(
                "напишите: {key} = {{ silver = …, gold = … }}",
                "write: {key} = {{ silver = …, gold = … }}"
            ),
        );
        return None;
    }
    let mut read: Vec<(usize, String, T)> = Vec::new();
    for (key, item) in table {
        let name = key.get_ref().as_ref();
        let value = value(Entry { key: name, value: item }, findings);
        match ranks.iter().position(|rank| rank.name == name) {
            Some(place) => read.extend(value.map(|value| (place, name.to_owned(), value))),
            None => rates::unknown_rank(key.span(), name, ranks, findings),
        }
    }
    read.sort_by_key(|(place, ..)| *place);
    (read.len() == table.len()).then(|| read.into_iter().map(|(_, name, value)| (name, value)).collect())
}
