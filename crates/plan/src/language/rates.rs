//! The rates of a rule: one list, or a list for each rank.

use domain::text;
use std::ops::Range;

use domain::money::Rate;
use toml::de::DeValue;

use super::amounts;
use super::findings::Findings;
use super::section::{Entry, Section};
use super::{values, words};
use crate::rank::Rank;
use crate::rates::Rates;
use domain::lang::Text;

/// More levels than this are refused.
const MOST_LEVELS: usize = 100;

/// Reads `rates` or `rate_table`: exactly one of the two.
pub(super) fn read(section: &Section<'_, '_>, ranks: &[Rank], findings: &mut Findings) -> Option<Rates> {
    let rates = match (section.get("rates"), section.get("rate_table")) {
        (Some(entry), None) => Rates::List(rate_list(entry, findings)?),
        (None, Some(entry)) => rate_table(entry, ranks, findings)?,
        (given, _) => {
            findings.error(
                given.map_or(section.place(), |entry| entry.span()),
                Text::new("ставки?", "which rates?"),
                Text::new(
                    "у правила должно быть ровно одно из двух: rates или rate_table",
                    "a rule needs exactly one of rates and rate_table",
                ),
                Text::new("напишите: rates = [\"12%\", \"10%\"]", "write: rates = [\"12%\", \"10%\"]"),
            );
            return None;
        }
    };
    let sum: u32 = (1..=rates.levels()).map(|level| rates.greatest(level).ppm()).sum();
    if sum > 1_000_000 {
        let (sum, entry) = (Rate::from_ppm(sum), section.get("rates").or_else(|| section.get("rate_table")));
        findings.error(
            entry.map_or(section.place(), |entry| entry.span()),
            text!("вместе {sum}", "{sum} together"),
            text!("ставки правила дают вместе {sum}", "the rates of the rule come to {sum}"),
            Text::new("вместе не больше 100% базы", "together they may be at most 100% of the base"),
        );
    }
    Some(rates)
}

fn rate_list(entry: Entry<'_, '_>, findings: &mut Findings) -> Option<Vec<Rate>> {
    let items = values::list(entry, "[\"12%\", \"10%\"]", findings)?;
    if items.len() > MOST_LEVELS {
        let levels = items.len();
        findings.error(
            entry.span(),
            text!("{levels} линий", "{levels} levels"),
            text!(
                "линий {levels}, а может быть не больше {MOST_LEVELS}",
                "there are {levels} levels, and at most {MOST_LEVELS} are allowed"
            ),
            Text::new("сократите список", "shorten the list"),
        );
        return None;
    }
    let mut rates = Vec::new();
    for (level, item) in (1..).zip(&items) {
        let rate = amounts::rate(*item, findings);
        if rate == Some(Rate::ZERO) {
            gap(*item, level, findings);
        }
        rates.extend(rate);
    }
    (rates.len() == items.len()).then_some(rates)
}

fn gap(item: Entry<'_, '_>, level: u16, findings: &mut Findings) {
    findings.error(
        item.span(),
        text!("линия {level} не платит", "level {level} pays nothing"),
        text!("пропуск: ставка линии {level} равна нулю", "a gap: the rate of level {level} is zero"),
        Text::new(
            "дайте каждой линии ставку больше нуля или закончите список раньше",
            "give every level a rate above zero, or end the list earlier",
        ),
    );
}

fn rate_table(entry: Entry<'_, '_>, ranks: &[Rank], findings: &mut Findings) -> Option<Rates> {
    let example = "{ member = [\"5%\"], silver = [\"5%\", \"5%\"] }";
    let DeValue::Table(table) = entry.value.get_ref() else {
        values::wrong_kind(entry, &Text::new("таблица по рангам", "a table by rank"), example, findings);
        return None;
    };
    if table.is_empty() {
        findings.error(
            entry.span(),
            Text::new("пусто", "empty"),
            Text::new("таблица ставок пуста", "the table of rates is empty"),
            text!("напишите: rate_table = {example}", "write: rate_table = {example}"),
        );
        return None;
    }
    let mut lists = Vec::new();
    for (key, value) in table {
        let rank = key.get_ref().as_ref();
        let list = rate_list(Entry { key: rank, value }, findings);
        match ranks.iter().position(|known| known.name == rank) {
            Some(place) => lists.extend(list.map(|list| (place, rank.to_owned(), list))),
            None => unknown_rank(key.span(), rank, ranks, findings),
        }
    }
    lists.sort_by_key(|(place, ..)| *place);
    let complete = lists.len() == table.len();
    complete.then(|| Rates::Table(lists.into_iter().map(|(_, rank, list)| (rank, list)).collect()))
}

/// Notes a rank that the plan does not list.
pub(super) fn unknown_rank(span: Range<usize>, rank: &str, ranks: &[Rank], findings: &mut Findings) {
    let shown: String = rank.chars().take(64).collect();
    let names: Vec<&str> = ranks.iter().map(|known| known.name.as_str()).collect();
    let all = names.join(", ");
    let help = match (words::nearest(rank, names), ranks.is_empty()) {
        (Some(near), _) => text!("возможно, имелось в виду \"{near}\"", "did you mean \"{near}\"?"),
        (None, true) => text!(
            "перечислите ранги от низшего к высшему: ranks = [\"member\", \"{shown}\"]",
            "list the ranks, low to high: ranks = [\"member\", \"{shown}\"]"
        ),
        (None, false) => text!("ранги плана: {all}", "the ranks of the plan are: {all}"),
    };
    findings.error(
        span,
        Text::new("такого ранга нет", "no such rank"),
        text!("в плане нет ранга \"{shown}\"", "the plan has no rank \"{shown}\""),
        help,
    );
}
