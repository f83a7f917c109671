//! Rates and sums of money in a plan: strings, so that no float ever touches them.

use domain::money::{Money, Rate, RateError};
use domain::text;
use toml::de::DeValue;

use super::findings::Findings;
use super::section::Entry;
use super::values::wrong_kind;
use domain::lang::Text;

/// A rate: a string in percent.
pub(super) fn rate(entry: Entry<'_, '_>, findings: &mut Findings) -> Option<Rate> {
    let DeValue::String(text) = entry.value.get_ref() else {
        wrong_kind(
            entry,
            &Text::new("ставка строкой в процентах", "a rate as a string in percent"),
            &meant_rate(entry.value.get_ref()),
            findings,
        );
        return None;
    };
    match text.parse::<Rate>() {
        Ok(rate) => Some(rate),
        Err(error) => {
            refuse_rate(entry, text, &error, findings);
            None
        }
    }
}

/// A rate above zero.
pub(super) fn rate_above_zero(entry: Entry<'_, '_>, findings: &mut Findings) -> Option<Rate> {
    let rate = rate(entry, findings)?;
    if rate > Rate::ZERO {
        return Some(rate);
    }
    let key = entry.key;
    findings.error(
        entry.span(),
        Text::new("ноль", "zero"),
        text!("у \"{key}\" ставка равна нулю", "the rate of \"{key}\" is zero"),
        Text::new("дайте ставку больше нуля, например \"5%\"", "give a rate above zero, as \"5%\""),
    );
    None
}

/// The rate that a bare number means: 12 is 12 %, 0.12 is a share of one.
fn meant_rate(value: &DeValue<'_>) -> String {
    let number = match value {
        DeValue::Integer(number) => number.as_str(),
        DeValue::Float(number) => number.as_str(),
        _ => "",
    };
    match format!("{number}%").parse::<Rate>() {
        Ok(rate) if number.contains('.') && rate.ppm() <= 10_000 => {
            format!("\"{}\"", Rate::from_ppm(rate.ppm() * 100))
        }
        Ok(rate) => format!("\"{rate}\""),
        Err(_) => "\"12%\"".to_owned(),
    }
}

fn refuse_rate(entry: Entry<'_, '_>, text: &str, error: &RateError, findings: &mut Findings) {
    let shown: String = text.chars().take(40).collect();
    match error {
        RateError::AboveWhole(_) => findings.error(
            entry.span(),
            Text::new("больше 100%", "above 100%"),
            text!("ставка \"{shown}\" больше 100%", "the rate \"{shown}\" is above 100%"),
            Text::new("ставка бывает от \"0.0001%\" до \"100%\"", "a rate is from \"0.0001%\" to \"100%\""),
        ),
        RateError::Form(_) => {
            let guess = format!("{}%", shown.trim().trim_end_matches('%').trim_end().replace(',', "."));
            let example = if guess.parse::<Rate>().is_ok() { guess } else { "12%".to_owned() };
            findings.error(
                entry.span(),
                Text::new("не ставка", "not a rate"),
                text!("\"{shown}\" — не ставка", "\"{shown}\" is not a rate"),
                text!(
                    "процент с точкой и не более чем четырьмя знаками после неё: \"{example}\"",
                    "write a percentage with a point and at most four decimals: \"{example}\""
                ),
            );
        }
    }
}

/// An amount above zero: a string in roubles.
pub(super) fn money(entry: Entry<'_, '_>, most: Money, findings: &mut Findings) -> Option<Money> {
    let fits = |money: &Money| money.is_positive() && *money <= most;
    let meant = meant(entry.value.get_ref()).filter(fits).map(|money| format!("\"{money}\""));
    let DeValue::String(text) = entry.value.get_ref() else {
        let expected = Text::new("сумма строкой в рублях", "an amount as a string in roubles");
        wrong_kind(entry, &expected, &meant.unwrap_or_else(|| "\"3000.00\"".to_owned()), findings);
        return None;
    };
    let read = text.parse::<Money>().ok().filter(fits);
    if read.is_none() {
        let shown: String = text.chars().take(40).collect();
        let example = meant.unwrap_or_else(|| "\"3000.00\"".to_owned());
        findings.error(
            entry.span(),
            Text::new("не подходит как сумма", "not fit for an amount"),
            text!(
                "\"{shown}\" — не сумма от 0.01 до {most}",
                "\"{shown}\" is not an amount from 0.01 to {most}"
            ),
            text!(
                "рубли цифрами, с точкой перед копейками: {example}",
                "write roubles in digits, with a point before the kopecks: {example}"
            ),
        );
    }
    read
}

/// The number with at most two decimals that somebody meant who wrote it bare, with a comma, with spaces
/// between the thousands or with a currency.
pub(super) fn meant(value: &DeValue<'_>) -> Option<Money> {
    let text = match value {
        DeValue::String(text) => text.as_ref(),
        DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
        DeValue::Float(number) => number.as_str(),
        _ => return None,
    };
    let text = text.trim().trim_end_matches(|letter: char| !letter.is_ascii_digit()).trim();
    let plain: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, '_' | '\''))
        .map(|letter| if letter == ',' { '.' } else { letter })
        .collect();
    plain.parse().ok()
}
