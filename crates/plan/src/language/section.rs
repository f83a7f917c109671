//! One table of the document: known keys only.

use domain::text;
use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::findings::Findings;
use super::words;
use domain::lang::Text;

/// A table whose keys have been checked.
pub(super) struct Section<'t, 'i> {
    table: &'t DeTable<'i>,
    /// Where to point when something is missing.
    place: Range<usize>,
    /// Keys that were probably meant by unknown ones.
    meant: Vec<&'static str>,
}

/// One key with its value.
#[derive(Clone, Copy)]
pub(super) struct Entry<'t, 'i> {
    /// The key; for an item of a list the key of the list.
    pub(super) key: &'t str,
    /// The value.
    pub(super) value: &'t Spanned<DeValue<'i>>,
}

impl Entry<'_, '_> {
    /// Where the value stands.
    pub(super) fn span(&self) -> Range<usize> {
        self.value.span()
    }
}

impl<'t, 'i> Section<'t, 'i> {
    /// The whole document.
    pub(super) fn root(
        text: &str,
        table: &'t DeTable<'i>,
        keys: &[&'static str],
        findings: &mut Findings,
    ) -> Self {
        let first_line = text.find('\n').unwrap_or(text.len());
        Self::checked(table, 0..first_line, keys, findings)
    }

    /// The table of a value; a mistake if it is none.
    pub(super) fn of(entry: Entry<'t, 'i>, keys: &[&'static str], findings: &mut Findings) -> Option<Self> {
        let DeValue::Table(table) = entry.value.get_ref() else {
            let expected = Text::new("таблица", "a table");
            super::values::wrong_kind(
                entry,
                &expected,
                &format!("{{ {} = … }}", keys.join(" = …, ")),
                findings,
            );
            return None;
        };
        Some(Self::checked(table, entry.span(), keys, findings))
    }

    fn checked(
        table: &'t DeTable<'i>,
        place: Range<usize>,
        keys: &[&'static str],
        findings: &mut Findings,
    ) -> Self {
        let unknown = table.keys().filter(|key| !keys.contains(&key.get_ref().as_ref()));
        let meant = unknown.filter_map(|key| refuse_key(key, keys, findings)).collect();
        Self { table, place, meant }
    }

    /// Where the table stands.
    pub(super) fn place(&self) -> Range<usize> {
        self.place.clone()
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<Entry<'t, 'i>> {
        let (key, value) = self.table.get_key_value(key)?;
        Some(Entry { key: key.get_ref().as_ref(), value })
    }

    /// The value of a key that must be there; the example shows how to write it.
    pub(super) fn required(
        &self,
        key: &str,
        example: &str,
        findings: &mut Findings,
    ) -> Option<Entry<'t, 'i>> {
        let entry = self.get(key);
        if entry.is_none() && !self.meant.contains(&key) {
            findings.error(
                self.place(),
                text!("здесь нет \"{key}\"", "no \"{key}\" here"),
                text!("не хватает ключа \"{key}\"", "the key \"{key}\" is missing"),
                text!("добавьте: {key} = {example}", "add: {key} = {example}"),
            );
        }
        entry
    }
}

/// Notes an unknown key and returns the one that was probably meant.
fn refuse_key(
    key: &Spanned<Cow<'_, str>>,
    keys: &[&'static str],
    findings: &mut Findings,
) -> Option<&'static str> {
    let (span, key) = (key.span(), key.get_ref());
    if words::is_recruiting(key) {
        refuse_recruiting(span, key, findings);
        return None;
    }
    let (all, shown) = (keys.join(", "), key.chars().take(64).collect::<String>());
    let meant = words::nearest(key, keys.iter().copied());
    let help = match meant {
        Some(near) => text!("возможно, имелось в виду \"{near}\"", "did you mean \"{near}\"?"),
        None => text!("здесь бывают: {all}", "the keys here are: {all}"),
    };
    findings.error(
        span,
        Text::new("такого ключа нет", "no such key"),
        text!("ключ \"{shown}\" здесь не предусмотрен", "there is no key \"{shown}\" here"),
        help,
    );
    meant
}

/// Refuses pay for anything but goods.
pub(super) fn refuse_recruiting(span: Range<usize>, word: &str, findings: &mut Findings) {
    findings.error(
        span,
        Text::new("это не товар", "these are not goods"),
        text!(
            "нельзя платить за \"{word}\": закон запрещает вознаграждение за привлечение людей",
            "nothing may be paid on \"{word}\": the law forbids pay for recruiting"
        ),
        Text::new(
            "платите только с товаров: base = \"turnover\", \"margin\" или \"volume\"; взносы и регистрации никогда не входят в базу",
            "pay on goods only: base = \"turnover\", \"margin\" or \"volume\"; fees and registrations are never part of a base",
        ),
    );
}
