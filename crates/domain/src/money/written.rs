//! Sums as shops write them.

use super::{Money, decimal_parts};
use crate::lang::Text;

/// Why a text of a shop is not a price.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrittenError {
    /// Not a number of roubles.
    #[error("{0:?} is not a price: write digits with a point or a comma, as \"1234.50\" or \"1 234,50\"")]
    Form(String),
    /// Three decimals, or more than two that are not zeros.
    #[error(
        "{0:?} is finer than a kopeck, or its thousands are set off by a point or a comma: write it as \"1234.50\""
    )]
    TooFine(String),
    /// Nothing, or less than nothing.
    #[error("{0:?} is no price: a price is above zero")]
    NotPositive(String),
    /// Beyond what the program accepts.
    #[error("{0:?} is larger than 10000000000000.00")]
    TooLarge(String),
}

impl From<WrittenError> for Text {
    fn from(error: WrittenError) -> Self {
        let ru = match &error {
            WrittenError::Form(text) => format!(
                "{text:?} — не цена: напишите цифры с точкой или запятой, например 1234.50 или 1 234,50"
            ),
            WrittenError::TooFine(text) => format!(
                "{text:?} мельче копейки или отделяет тысячи точкой либо запятой: напишите так: 1234.50"
            ),
            WrittenError::NotPositive(text) => format!("{text:?} — не цена: цена больше нуля"),
            WrittenError::TooLarge(text) => format!("{text:?} больше 10000000000000.00"),
        };
        Self::of(&error, ru)
    }
}

/// What stands between the thousands: a space, also one that does not break or is thin.
const SPACES: [char; 4] = [' ', '\u{a0}', '\u{2009}', '\u{202f}'];

impl Money {
    /// Reads a price in roubles as shops write it: `1234.5`, `1 234,50`, `1490.0000`.
    ///
    /// Exact: what is finer than a kopeck is refused. Three decimals are refused even if they are zeros, since
    /// `1.000` may mean a thousand; so are signs, exponents, and what is not above zero.
    ///
    /// # Errors
    /// [`WrittenError`] with the text.
    pub fn parse_written(text: &str) -> Result<Self, WrittenError> {
        let short = || text.chars().take(40).collect::<String>();
        let text = text.trim();
        let plain = text.replace(',', ".");
        let (whole, decimals) = plain.split_once('.').unwrap_or((&plain, ""));
        let whole = joined(whole).ok_or_else(|| WrittenError::Form(short()))?;
        let is_bare = decimals.is_empty() && plain.contains('.');
        if is_bare || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(WrittenError::Form(short()));
        }
        let (kopecks, finer) = decimals.split_at(decimals.len().min(2));
        if decimals.len() == 3 || finer.bytes().any(|digit| digit != b'0') {
            return Err(WrittenError::TooFine(short()));
        }
        let money = read(&whole, kopecks).ok_or_else(|| WrittenError::TooLarge(short()))?;
        money.is_positive().then_some(money).ok_or_else(|| WrittenError::NotPositive(short()))
    }

    /// Reads a price that a shop tells in whole kopecks: digits and nothing else.
    ///
    /// # Errors
    /// [`WrittenError`] with the text.
    pub fn parse_kopecks(text: &str) -> Result<Self, WrittenError> {
        let short = || text.chars().take(40).collect::<String>();
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(WrittenError::Form(short()));
        }
        let minor = text.parse().ok().filter(|minor| *minor <= Self::LARGEST.minor());
        let money = minor.map(Self::from_minor).ok_or_else(|| WrittenError::TooLarge(short()))?;
        money.is_positive().then_some(money).ok_or_else(|| WrittenError::NotPositive(short()))
    }
}

/// The digits before the decimals without the spaces between their groups of three.
fn joined(whole: &str) -> Option<String> {
    let groups: Vec<&str> = whole.split(SPACES).collect();
    let are_digits = groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_digit()));
    let (first, rest) = groups.split_first()?;
    let is_grouped = rest.is_empty() || (first.len() <= 3 && rest.iter().all(|group| group.len() == 3));
    (are_digits && !first.is_empty() && is_grouped).then(|| groups.concat())
}

fn read(whole: &str, kopecks: &str) -> Option<Money> {
    let text = if kopecks.is_empty() { whole.to_owned() } else { format!("{whole}.{kopecks}") };
    debug_assert!(decimal_parts(&text, 2).is_some(), "only digits are left by now");
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kopecks(text: &str) -> Result<i64, WrittenError> {
        Money::parse_written(text).map(Money::minor)
    }

    #[test]
    fn a_price_is_read_to_the_kopeck_however_a_shop_writes_it() {
        for (text, minor) in [
            ("1234", 123_400),
            ("1234.5", 123_450),
            ("1234,50", 123_450),
            (" 1234.05 ", 123_405),
            ("1 234,50", 123_450),
            ("1\u{a0}234\u{a0}567,89", 123_456_789),
            ("1\u{202f}234.5", 123_450),
            ("12\u{2009}345", 1_234_500),
            ("0.01", 1),
            ("1490.0000", 149_000),
            ("10000000000000.00", 1_000_000_000_000_000),
        ] {
            assert_eq!(kopecks(text), Ok(minor), "{text:?}");
        }
    }

    #[test]
    fn what_is_finer_than_a_kopeck_or_may_mean_a_thousand_is_refused() {
        for text in ["1.000", "1,234", "12.345", "0.001", "1.0001", "1,00000001"] {
            assert!(matches!(kopecks(text), Err(WrittenError::TooFine(_))), "{text:?}: {:?}", kopecks(text));
        }
    }

    #[test]
    fn what_is_no_plain_number_is_refused() {
        for text in [
            "",
            " ",
            ".",
            ",",
            ".5",
            "5.",
            "-5",
            "+5",
            "1e5",
            "1E5",
            "NaN",
            "inf",
            "∞",
            "0x10",
            "1.2.3",
            "1,234.50",
            "12 34",
            "1 23",
            "1234 567",
            "1  234",
            "１００",
            "²",
            "100 ₽",
            "100 руб.",
            "null",
            "1_000",
            "1\u{0}",
        ] {
            assert!(matches!(kopecks(text), Err(WrittenError::Form(_))), "{text:?}: {:?}", kopecks(text));
        }
    }

    #[test]
    fn nothing_is_no_price_and_a_price_has_a_bound() {
        for text in ["0", "0.00", "00,0000"] {
            assert!(matches!(kopecks(text), Err(WrittenError::NotPositive(_))), "{text:?}");
        }
        let digits = "9".repeat(400);
        for text in ["10000000000000.01", "99999999999999999999", digits.as_str()] {
            assert!(matches!(kopecks(text), Err(WrittenError::TooLarge(_))), "{text:?}");
        }
    }

    #[test]
    fn kopecks_are_digits_only() {
        assert_eq!(Money::parse_kopecks("149050"), Ok(Money::from_minor(149_050)));
        for text in ["", "0", "1.5", "-1", "1e5", "1 000", "1000000000000001", "99999999999999999999"] {
            assert!(Money::parse_kopecks(text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_the_program_writes_is_read_as_the_same(minor in 1i64..=1_000_000_000_000_000) {
            let money = Money::from_minor(minor);
            prop_assert_eq!(Money::parse_written(&money.to_string()), Ok(money));
            prop_assert_eq!(Money::parse_written(&money.to_string().replace('.', ",")), Ok(money));
        }

        #[test]
        fn no_text_breaks_the_reader(text in "\\PC{0,40}|[0-9., ]{0,20}") {
            if let Ok(money) = Money::parse_written(&text) {
                prop_assert!(money.is_positive() && money <= Money::LARGEST);
            }
        }
    }
}
