//! The two languages in which the program speaks to people, and what says one thing in both.

use std::fmt;

use serde::Serialize;

use crate::money::Money;

/// A language of the screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// Russian.
    #[default]
    Ru,
    /// English.
    En,
}

/// One thought in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Text {
    ru: String,
    en: String,
}

impl Text {
    /// Wraps the Russian and the English wording.
    pub fn new(ru: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ru: ru.into(), en: en.into() }
    }

    /// What an error says, with its Russian wording beside its own.
    pub(crate) fn of(error: &impl std::error::Error, ru: impl Into<String>) -> Self {
        Self::new(ru, error.to_string())
    }

    /// The wording in a language.
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ru => &self.ru,
            Lang::En => &self.en,
        }
    }
}

/// A sum as people of a language write it: `1 234,50 ₽` with spaces that do not break, or `1234.50`.
impl Money {
    /// The sum in a language.
    pub fn in_lang(self, lang: Lang) -> String {
        let text = self.to_string();
        if lang == Lang::En {
            return text;
        }
        let (whole, decimals) = text.split_once('.').unwrap_or((&text, "00"));
        let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("−", digits));
        let mut grouped = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                grouped.push('\u{a0}');
            }
            grouped.push(digit);
        }
        format!("{sign}{grouped},{decimals}\u{a0}₽")
    }

    /// The sum in both languages, Russian first.
    pub fn in_both(self) -> [String; 2] {
        [Lang::Ru, Lang::En].map(|lang| self.in_lang(lang))
    }
}

/// The word that goes with a number in Russian: один партнёр, два партнёра, пять партнёров.
pub fn plural<'w>(number: u64, one: &'w str, few: &'w str, many: &'w str) -> &'w str {
    match (number % 10, number % 100) {
        (1, hundred) if hundred != 11 => one,
        (2..=4, hundred) if !(12..=14).contains(&hundred) => few,
        _ => many,
    }
}

/// English, as logs and programs read it; a person is told [`Text::in_lang`].
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

/// `text!("русский {x}", "English {x}")`: both wordings, formatted from the same values.
#[macro_export]
macro_rules! text {
    ($ru:literal, $en:literal $(, $value:expr)* $(,)?) => {
        $crate::lang::Text::new(format!($ru $(, $value)*), format!($en $(, $value)*))
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roubles_are_grouped_by_three() {
        let shown = |minor| Money::from_minor(minor).in_lang(Lang::Ru).replace('\u{a0}', " ");
        assert_eq!(shown(123_456_789), "1 234 567,89 ₽");
        assert_eq!(shown(-5), "−0,05 ₽");
        assert_eq!(shown(99_900), "999,00 ₽");
        assert_eq!(Money::from_minor(123_456_789).in_lang(Lang::En), "1234567.89");
    }

    #[test]
    fn numbers_take_their_words() {
        let told = |number| plural(number, "заказ", "заказа", "заказов");
        let words = [0, 1, 2, 4, 5, 11, 12, 14, 21, 22, 101, 111, 112].map(told);
        let expected = [
            "заказов",
            "заказ",
            "заказа",
            "заказа",
            "заказов",
            "заказов",
            "заказов",
            "заказов",
            "заказ",
            "заказа",
            "заказ",
            "заказов",
            "заказов",
        ];
        assert_eq!(words, expected);
    }
}
