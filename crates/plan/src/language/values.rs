//! Values of the language: what is expected, what was found, how it is written. Sums and rates stand
//! in `amounts`.

use domain::text;
use std::ops::RangeInclusive;

use toml::de::DeValue;

use super::findings::Findings;
use super::section::{Entry, refuse_recruiting};
use super::words;
use domain::lang::{Lang, Text};

/// Notes that a value is of another kind than expected.
pub(super) fn wrong_kind(entry: Entry<'_, '_>, expected: &Text, example: &str, findings: &mut Findings) {
    let found = kind_of(entry.value.get_ref());
    let key = entry.key;
    let [found_ru, found_en] = [Lang::Ru, Lang::En].map(|lang| found.in_lang(lang));
    let [expected_ru, expected_en] = [Lang::Ru, Lang::En].map(|lang| expected.in_lang(lang));
    findings.error(
        entry.span(),
        found.clone(),
        Text::new(
            format!("у \"{key}\" ожидается {expected_ru}, а здесь {found_ru}"),
            format!("\"{key}\" takes {expected_en}, and this is {found_en}"),
        ),
        text!("напишите: {example}", "write: {example}"),
    );
}

/// A string.
pub(super) fn string<'t>(entry: Entry<'t, '_>, example: &str, findings: &mut Findings) -> Option<&'t str> {
    let DeValue::String(text) = entry.value.get_ref() else {
        wrong_kind(entry, &Text::new("строка", "a string"), example, findings);
        return None;
    };
    Some(text)
}

/// One of some words; `later` are those of the catalogue that do not exist yet.
pub(super) fn word<T: Copy>(
    entry: Entry<'_, '_>,
    known: &[(&str, T)],
    later: &[&str],
    findings: &mut Findings,
) -> Option<T> {
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    let text = string(entry, &format!("\"{}\"", names.join("\", \"")), findings)?;
    let found = known.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
    if found.is_none() {
        refuse_word(entry, text, &names, later, findings);
    }
    found
}

fn refuse_word(entry: Entry<'_, '_>, text: &str, names: &[&str], later: &[&str], findings: &mut Findings) {
    if words::is_recruiting(text) {
        refuse_recruiting(entry.span(), text, findings);
        return;
    }
    let (key, all) = (entry.key, names.join("\", \""));
    let help = match words::nearest(text, names.iter().copied()) {
        Some(near) => text!("возможно, имелось в виду \"{near}\"", "did you mean \"{near}\"?"),
        None => text!("сейчас есть: \"{all}\"", "there are now: \"{all}\""),
    };
    if later.contains(&text) {
        findings.error(
            entry.span(),
            Text::new("этого ещё нет", "not there yet"),
            text!("{key} = \"{text}\" пока не поддерживается", "{key} = \"{text}\" is not supported yet"),
            text!("сейчас есть: \"{all}\"", "there are now: \"{all}\""),
        );
        return;
    }
    findings.error(
        entry.span(),
        Text::new("такого значения нет", "no such value"),
        text!("у \"{key}\" нет значения \"{text}\"", "\"{key}\" has no value \"{text}\""),
        help,
    );
}

/// A name: small Latin letters, digits, `-` and `_`, at most 64.
pub(super) fn name<'t>(entry: Entry<'t, '_>, example: &str, findings: &mut Findings) -> Option<&'t str> {
    let text = string(entry, example, findings)?;
    let right = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    if (1..=64).contains(&text.len()) && text.bytes().all(right) {
        return Some(text);
    }
    let key = entry.key;
    let shown: String = text.chars().take(64).collect();
    findings.error(
        entry.span(),
        Text::new("не подходит как имя", "not fit for a name"),
        text!(
            "у \"{key}\" недопустимое имя \"{shown}\"",
            "\"{key}\" has a name that is not allowed: \"{shown}\""
        ),
        Text::new(
            format!("от 1 до 64 знаков a-z, 0-9, '-', '_', например {example}"),
            format!("use 1 to 64 of a-z, 0-9, '-', '_', as {example}"),
        ),
    );
    None
}

/// A whole number within bounds.
pub(super) fn whole(
    entry: Entry<'_, '_>,
    bounds: RangeInclusive<u32>,
    findings: &mut Findings,
) -> Option<u32> {
    let (key, least, most) = (entry.key, *bounds.start(), *bounds.end());
    let DeValue::Integer(number) = entry.value.get_ref() else {
        wrong_kind(
            entry,
            &Text::new("целое число", "a whole number"),
            &meant_number(entry, &bounds).unwrap_or(least.max(1)).to_string(),
            findings,
        );
        return None;
    };
    let read =
        u32::from_str_radix(number.as_str(), number.radix()).ok().filter(|number| bounds.contains(number));
    if read.is_none() {
        findings.error(
            entry.span(),
            Text::new("вне пределов", "out of bounds"),
            text!("\"{key}\" не может быть {number}", "\"{key}\" cannot be {number}"),
            text!("бывает от {least} до {most}", "it is from {least} to {most}"),
        );
    }
    read
}

/// The number that a string holds.
fn meant_number(entry: Entry<'_, '_>, bounds: &RangeInclusive<u32>) -> Option<u32> {
    let number = entry.value.get_ref().as_str()?.trim().parse().ok()?;
    bounds.contains(&number).then_some(number)
}

/// `true` or `false`.
pub(super) fn boolean(entry: Entry<'_, '_>, findings: &mut Findings) -> Option<bool> {
    let DeValue::Boolean(value) = entry.value.get_ref() else {
        wrong_kind(entry, &Text::new("true или false", "true or false"), "true", findings);
        return None;
    };
    Some(*value)
}

/// The items of a list that is not empty.
pub(super) fn list<'t, 'i>(
    entry: Entry<'t, 'i>,
    example: &str,
    findings: &mut Findings,
) -> Option<Vec<Entry<'t, 'i>>> {
    let DeValue::Array(items) = entry.value.get_ref() else {
        wrong_kind(entry, &Text::new("список", "a list"), example, findings);
        return None;
    };
    if items.is_empty() {
        let key = entry.key;
        findings.error(
            entry.span(),
            Text::new("пусто", "empty"),
            text!("список \"{key}\" пуст", "the list \"{key}\" is empty"),
            text!("напишите: {key} = {example}", "write: {key} = {example}"),
        );
        return None;
    }
    Some(items.iter().map(|value| Entry { key: entry.key, value }).collect())
}

/// What a value is, in both languages.
fn kind_of(value: &DeValue<'_>) -> domain::lang::Text {
    match value {
        DeValue::String(_) => Text::new("строка", "a string"),
        DeValue::Integer(_) => Text::new("целое число", "a whole number"),
        DeValue::Float(_) => Text::new("дробное число", "a fraction"),
        DeValue::Boolean(_) => Text::new("true или false", "true or false"),
        DeValue::Datetime(_) => Text::new("дата", "a date"),
        DeValue::Array(_) => Text::new("список", "a list"),
        DeValue::Table(_) => Text::new("таблица", "a table"),
    }
}
