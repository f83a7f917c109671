//! Promo codes: a word that a customer types in the shop, and the partner whose it is for a time.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use crate::ids::PartnerId;
use crate::lang::Text;

/// A promo code: 3 to 40 letters, digits, `-` and `_`, kept in capitals.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct PromoCode(String);

/// Why a text is no promo code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a promo code: use 3 to 40 letters, digits, '-', '_'")]
pub struct PromoCodeError(String);

impl From<PromoCodeError> for Text {
    fn from(error: PromoCodeError) -> Self {
        let ru = format!("{:?} — не промокод: от 3 до 40 букв, цифр, «-», «_»", error.0);
        Self::of(&error, ru)
    }
}

impl PromoCode {
    /// Reads a code; small letters become capitals, surrounding blanks are dropped.
    pub fn parse(text: &str) -> Result<Self, PromoCodeError> {
        let code = text.trim().to_uppercase();
        let right = |letter: char| letter.is_alphanumeric() || letter == '-' || letter == '_';
        if (3..=40).contains(&code.chars().count()) && code.chars().all(right) {
            return Ok(Self(code));
        }
        Err(PromoCodeError(text.chars().take(60).collect()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PromoCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Whose a code is, and for how long. A code may pass from one partner to another, but is never two
/// partners' at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PromoTerm {
    /// The code.
    pub code: PromoCode,
    /// Whose.
    pub partner: PartnerId,
    /// From then on.
    pub since: Timestamp,
    /// Until then; `None` while no end is known.
    pub until: Option<Timestamp>,
}

impl PromoTerm {
    /// Whether it holds at an instant.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.since <= at && self.until.is_none_or(|until| at < until)
    }

    /// Whether there is an instant at which this one and one from `since` to `until` both hold.
    pub fn overlaps(&self, since: Timestamp, until: Option<Timestamp>) -> bool {
        self.until.is_none_or(|end| since < end) && until.is_none_or(|until| self.since < until)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn codes_are_read_as_people_type_them() {
        for (text, code) in [("winter-10", "WINTER-10"), (" Зима10 ", "ЗИМА10"), ("a_b", "A_B")] {
            assert_eq!(PromoCode::parse(text).map(|code| code.0), Ok(code.to_owned()));
        }
        for text in
            ["", "ab", "a b", "a\0b", "<b>", "A;DROP", "a'b", "\u{202e}abc", &"a".repeat(41), "a\u{301}bc"]
        {
            assert!(PromoCode::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_term_holds_from_its_beginning_until_before_its_end() {
        let at = |second| Timestamp::from_second(second).expect("valid");
        let code = PromoCode::parse("WINTER").expect("a code");
        let term = |since, until: Option<i64>| PromoTerm {
            code: code.clone(),
            partner: PartnerId::new(Uuid::from_u128(1)),
            since: at(since),
            until: until.map(at),
        };
        let bounded = term(10, Some(20));
        assert_eq!([9, 10, 19, 20].map(|second| bounded.holds(at(second))), [false, true, true, false]);
        assert!(term(10, None).holds(at(1_000)));
        let meets = |since, until: Option<i64>| bounded.overlaps(at(since), until.map(at));
        assert!(meets(0, None) && meets(19, Some(30)) && meets(0, Some(11)) && meets(12, Some(13)));
        assert!(!meets(20, None) && !meets(0, Some(10)) && !meets(20, Some(30)));
        assert!(term(10, None).overlaps(at(500), Some(at(600))));
    }
}
