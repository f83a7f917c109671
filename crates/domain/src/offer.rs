//! What a shop tells of its products. A shop knows names and prices; cost, points and whether a product
//! is a fee are the company's own facts and never come from here.

use std::fmt;

use serde::Serialize;

use crate::catalog::Sku;
use crate::lang::Text;
use crate::money::Money;
use crate::order::ExternalId;

/// By which road the shop tells its catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The shop's own API.
    Api,
    /// A feed of Yandex Market.
    Yml,
    /// The exchange of 1C.
    CommerceMl,
}

impl Source {
    /// Every source, with its word.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Api, "api"), (Self::Yml, "yml"), (Self::CommerceMl, "commerceml")];

    /// The word by which settings, the command line and the database name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Yml => "yml",
            Self::CommerceMl => "commerceml",
        }
    }

    /// The source of a word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, word)| *word == text).map(|(source, _)| *source)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One line of a shop's text: a name, a category. 1 to 300 characters, none of them a control character;
/// runs of white space are one space. Mark-up in it is text like any other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ShopText(String);

/// Why a text is not one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShopTextError {
    /// Nothing is left.
    #[error("it is empty")]
    Empty,
    /// Longer than 300 characters.
    #[error("it is longer than 300 characters: {0:?}…")]
    TooLong(String),
    /// A character that steers a terminal or ends a text.
    #[error("it holds the control character U+{0:04X}")]
    Control(u32),
}

impl From<ShopTextError> for Text {
    fn from(error: ShopTextError) -> Self {
        let ru = match &error {
            ShopTextError::Empty => "пусто".to_owned(),
            ShopTextError::TooLong(text) => format!("длиннее 300 знаков: {text:?}…"),
            ShopTextError::Control(code) => format!("управляющий знак U+{code:04X}"),
        };
        Self::of(&error, ru)
    }
}

impl ShopText {
    /// The most characters of a line.
    pub const LONGEST: usize = 300;

    /// Reads a line.
    ///
    /// # Errors
    /// [`ShopTextError`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, ShopTextError> {
        let steers = |letter: &char| letter.is_control() && !matches!(letter, '\t' | '\n' | '\r');
        if let Some(letter) = text.chars().find(steers) {
            return Err(ShopTextError::Control(u32::from(letter)));
        }
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.is_empty() {
            return Err(ShopTextError::Empty);
        }
        if line.chars().count() > Self::LONGEST {
            return Err(ShopTextError::TooLong(line.chars().take(40).collect()));
        }
        Ok(Self(line))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ShopText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A product as a shop tells it now. What is `None` was not told, which is not the same as empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// By what the source names it.
    pub external_id: ExternalId,
    /// The article that orders name.
    pub sku: Option<Sku>,
    /// Its name.
    pub name: Option<ShopText>,
    /// The price of a piece, above zero.
    pub price: Option<Money>,
    /// The shop's category.
    pub category: Option<ShopText>,
    /// Whether it can be bought at once.
    pub available: Option<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Result<String, ShopTextError> {
        ShopText::parse(text).map(|line| line.to_string())
    }

    #[test]
    fn mark_up_and_letters_of_every_script_are_text() {
        for text in [
            "<b>РВС</b>",
            "=1+1",
            "О’Коннор — «ускоритель»",
            "\u{202e}abc",
            "'; DROP TABLE products; --",
            "👨‍👩‍👧",
        ] {
            assert_eq!(line(text).as_deref(), Ok(text));
        }
    }

    #[test]
    fn white_space_is_one_space_and_ends_are_bare() {
        assert_eq!(line("  РВС \n\t 100\u{a0}мл\r\n").as_deref(), Ok("РВС 100 мл"));
    }

    #[test]
    fn an_empty_a_long_and_a_steering_text_are_refused() {
        assert_eq!(line(" \n "), Err(ShopTextError::Empty));
        assert_eq!(line("a\u{1b}[31m"), Err(ShopTextError::Control(0x1b)));
        assert_eq!(line("a\0"), Err(ShopTextError::Control(0)));
        assert_eq!(line("a\u{85}b"), Err(ShopTextError::Control(0x85)));
        assert_eq!(line(&"я".repeat(300)).map(|line| line.chars().count()), Ok(300));
        assert!(matches!(line(&"я".repeat(301)), Err(ShopTextError::TooLong(_))));
    }

    #[test]
    fn sources_are_read_by_the_words_they_are_written_with() {
        for (source, word) in Source::ALL {
            assert_eq!((source.as_str(), Source::parse(word)), (word, Some(source)));
            assert_eq!(serde_json::to_value(source).expect("a word"), word);
        }
        assert_eq!(Source::parse("csv"), None);
    }
}
