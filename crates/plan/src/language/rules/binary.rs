//! The keys of `binary`.

use domain::lang::Text;
use domain::money::{Money, Rate};
use domain::text;

use super::matrix::fill;
use super::{Read, Reader};
use crate::language::findings::Findings;
use crate::language::rule::Known;
use crate::language::section::{Entry, Section};
use crate::language::{amounts, values};
use crate::rules::{AfterMatch, Balance, Binary, BinaryPays, PeriodRule, RuleKind, binary};

pub(super) const READER: Reader = Reader { name: binary::NAME, keys: KEYS, has_base: true, read };

const KEYS: &[&str] =
    &["percent", "unit", "sum", "after_match", "carry_cap", "period_cap", "ratio", "balance", "fill"];

const AFTER: &[(&str, AfterMatch)] = &[
    ("carry_forward", AfterMatch::CarryForward),
    ("net_off", AfterMatch::NetOff),
    ("full_flush", AfterMatch::FullFlush),
];

const BALANCES: &[(&str, Balance)] =
    &[("weaker_leg", Balance::WeakerLeg), ("volume_ratio", Balance::VolumeRatio)];

/// A thousand million: more in one sum is a mistake of the author.
const MOST: Money = Money::from_minor(1_000_000_000_00);

fn read(section: &Section<'_, '_>, _known: Known<'_>, findings: &mut Findings) -> Option<Read> {
    let pays = pays(section, findings);
    let after = section
        .required("after_match", "\"carry_forward\"", findings)
        .and_then(|entry| values::word(entry, AFTER, &[], findings));
    let carry_cap = sum_at(section, "carry_cap", findings);
    let period_cap = sum_at(section, "period_cap", findings);
    let ratio = match section.get("ratio") {
        Some(entry) => ratio(entry, findings),
        None => Some((1, 1)),
    };
    let balance = match section.get("balance") {
        Some(entry) => values::word(entry, BALANCES, &[], findings),
        None => Some(Balance::WeakerLeg),
    };
    let fill = fill(section, findings);
    if let (Some(entry), Some(AfterMatch::FullFlush)) = (section.get("carry_cap"), after) {
        carries_nothing(entry, findings);
    }
    if let (Some(entry), Some(Balance::VolumeRatio)) = (section.get("balance"), balance)
        && (ratio.is_some_and(|(one, other)| one != other) || matches!(pays, Some(BinaryPays::Units { .. })))
    {
        balances_nothing(entry, findings);
    }
    let binary = Binary {
        pays: pays?,
        after: after?,
        carry_cap: carry_cap?,
        period_cap: period_cap?,
        ratio: ratio?,
        balance: balance?,
        fill: fill?,
    };
    Some(RuleKind::Period(PeriodRule::Binary(binary)).into())
}

/// A sum that may be absent; `None` if it is there and is none.
#[expect(clippy::option_option, reason = "a wrong sum is not an absent one")]
fn sum_at(section: &Section<'_, '_>, key: &str, findings: &mut Findings) -> Option<Option<Money>> {
    match section.get(key) {
        Some(entry) => amounts::money(entry, MOST, findings).map(Some),
        None => Some(None),
    }
}

/// What matched volume pays: `percent`, or `unit` with `sum`.
fn pays(section: &Section<'_, '_>, findings: &mut Findings) -> Option<BinaryPays> {
    match (section.get("percent"), section.get("unit").or(section.get("sum"))) {
        (Some(entry), None) => percent(entry, findings).map(BinaryPays::Percent),
        (None, Some(_)) => units(section, findings),
        (percent, _) => {
            findings.error(
                percent.map_or(section.place(), |entry| entry.span()),
                Text::new("что платится?", "what is paid?"),
                Text::new(
                    "у binary должно быть ровно одно из двух: percent или unit и sum вместе",
                    "a binary needs exactly one of the two: percent, or unit and sum together",
                ),
                Text::new("напишите: percent = \"10%\"", "write: percent = \"10%\""),
            );
            None
        }
    }
}

fn percent(entry: Entry<'_, '_>, findings: &mut Findings) -> Option<Rate> {
    let rate = amounts::rate(entry, findings)?;
    if rate == Rate::ZERO {
        findings.error(
            entry.span(),
            Text::new("ничего", "nothing"),
            Text::new("при percent 0% не платится ничего", "with a percent of 0% nothing is ever paid"),
            Text::new("укажите долю больше нуля, например \"10%\"", "write a share above zero, as \"10%\""),
        );
        return None;
    }
    Some(rate)
}

fn units(section: &Section<'_, '_>, findings: &mut Findings) -> Option<BinaryPays> {
    let mut read = |key: &str, example: &str| {
        let entry = section.required(key, example, findings)?;
        Some((entry, amounts::money(entry, MOST, findings)?))
    };
    let unit = read("unit", "\"1000.00\"");
    let sum = read("sum", "\"50.00\"");
    let ((_, unit), (entry, sum)) = (unit?, sum?);
    if sum > unit {
        findings.error(
            entry.span(),
            text!("больше {unit}", "more than {unit}"),
            text!(
                "за единицу {unit} платится больше неё: {sum}",
                "a unit of {unit} pays more than itself: {sum}"
            ),
            text!("sum не больше unit: \"{unit}\"", "sum is at most unit: \"{unit}\""),
        );
        return None;
    }
    Some(BinaryPays::Units { unit, sum })
}

/// Reads a ratio, as `"1:2"`, the lesser part first.
fn ratio(entry: Entry<'_, '_>, findings: &mut Findings) -> Option<(u32, u32)> {
    let text = values::string(entry, "\"1:2\"", findings)?;
    let part = |text: &str| {
        let digits = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u32>().ok().filter(|part| digits && (1..=100).contains(part))
    };
    let read = text.split_once(':').and_then(|(one, other)| Some((part(one)?, part(other)?)));
    if read.is_none() {
        let shown: String = text.chars().take(40).collect();
        findings.error(
            entry.span(),
            Text::new("не отношение", "not a ratio"),
            text!("\"{shown}\" — не отношение двух веток", "\"{shown}\" is not a ratio of two legs"),
            Text::new(
                "два целых числа от 1 до 100 через двоеточие: \"1:2\"",
                "write two whole numbers from 1 to 100 with a colon between: \"1:2\"",
            ),
        );
    }
    read.map(|(one, other)| (one.min(other), one.max(other)))
}

fn carries_nothing(entry: Entry<'_, '_>, findings: &mut Findings) {
    findings.error(
        entry.span(),
        Text::new("ни к чему", "of no use"),
        Text::new(
            "при after_match = \"full_flush\" ничего не переносится, и carry_cap ничего не ограничивает",
            "with after_match = \"full_flush\" nothing is carried, so carry_cap limits nothing",
        ),
        Text::new("уберите carry_cap или смените after_match", "drop carry_cap or change after_match"),
    );
}

fn balances_nothing(entry: Entry<'_, '_>, findings: &mut Findings) {
    findings.error(
        entry.span(),
        Text::new("не сочетается", "does not go together"),
        Text::new(
            "balance = \"volume_ratio\" бывает только с percent и при ratio = \"1:1\"",
            "balance = \"volume_ratio\" is for percent and ratio = \"1:1\" only",
        ),
        Text::new(
            "уберите balance либо платите percent при ratio = \"1:1\"",
            "drop balance, or pay a percent at ratio = \"1:1\"",
        ),
    );
}
