//! Why a person did something, in his own words: kept in the audit trail and shown beside the act.

use std::fmt;

use serde::Serialize;

use crate::lang::Text;

/// A reason: 1 to 500 characters, none of them a control character but line feeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Reason(String);

/// Why a text is no reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReasonError {
    /// Nothing but blanks.
    #[error("a reason is needed")]
    Empty,
    /// Too long, or with control characters.
    #[error("a reason has at most 500 characters and no control characters but line feeds")]
    Form,
}

impl From<ReasonError> for Text {
    fn from(error: ReasonError) -> Self {
        let ru = match error {
            ReasonError::Empty => "нужна причина",
            ReasonError::Form => {
                "в причине не больше 500 знаков и нет управляющих знаков, кроме перевода строки"
            }
        };
        Self::of(&error, ru)
    }
}

impl Reason {
    /// The most characters.
    pub const LONGEST: usize = 500;

    /// Reads a reason; surrounding blanks are dropped.
    pub fn parse(text: &str) -> Result<Self, ReasonError> {
        let reason = text.trim();
        if reason.is_empty() {
            return Err(ReasonError::Empty);
        }
        let is_wrong = |letter: char| letter.is_control() && letter != '\n';
        if reason.chars().count() > Self::LONGEST || reason.chars().any(is_wrong) {
            return Err(ReasonError::Form);
        }
        Ok(Self(reason.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_something_and_no_more_than_fits() {
        assert_eq!(
            Reason::parse("  ошибка кассира\nсм. письмо ").map(|reason| reason.0),
            Ok("ошибка кассира\nсм. письмо".into())
        );
        assert!(Reason::parse(&"я".repeat(500)).is_ok());
        assert_eq!(Reason::parse(&"я".repeat(501)), Err(ReasonError::Form));
        for text in ["", " ", "\n\t "] {
            assert_eq!(Reason::parse(text), Err(ReasonError::Empty), "{text:?}");
        }
        for text in ["a\0b", "a\u{1b}[31m", "a\rb", "\u{85}a\u{9f}b"] {
            assert_eq!(Reason::parse(text), Err(ReasonError::Form), "{text:?}");
        }
    }
}
