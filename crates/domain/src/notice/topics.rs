//! What an endpoint wants to be told.

use std::collections::BTreeSet;
use std::fmt;

use super::NoticeKind;
use crate::lang::Text;

/// The kinds of things somebody wants to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topics {
    /// Everything, also what will be told one day.
    All,
    /// These kinds.
    Only(BTreeSet<NoticeKind>),
}

/// Why a text is no list of kinds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{told:?} is no kind of event; known are {}", NoticeKind::ALL.map(NoticeKind::as_str).join(", "))]
pub struct TopicsError {
    told: String,
}

impl From<TopicsError> for Text {
    fn from(error: TopicsError) -> Self {
        let known = NoticeKind::ALL.map(NoticeKind::as_str).join(", ");
        let ru = format!("{:?} — не вид события; бывает: {known}; все — *", error.told);
        Self::of(&error, ru)
    }
}

impl Topics {
    /// Reads `order.paid,payout.settled`, `order.*`, or `*` for everything.
    pub fn parse(text: &str) -> Result<Self, TopicsError> {
        if text.trim() == "*" {
            return Ok(Self::All);
        }
        let mut kinds = BTreeSet::new();
        for word in text.split(',').map(str::trim) {
            let of_family = |kind: &NoticeKind| match word.strip_suffix(".*") {
                Some(family) => kind.as_str().strip_prefix(family).is_some_and(|rest| rest.starts_with('.')),
                None => kind.as_str() == word,
            };
            let named: Vec<NoticeKind> = NoticeKind::ALL.into_iter().filter(of_family).collect();
            if named.is_empty() {
                return Err(TopicsError { told: word.chars().take(60).collect() });
            }
            kinds.extend(named);
        }
        Ok(Self::Only(kinds))
    }

    /// Whether a kind is among them. A trial of the line always is.
    pub fn contain(&self, kind: NoticeKind) -> bool {
        match self {
            Self::All => true,
            Self::Only(kinds) => kind == NoticeKind::Ping || kinds.contains(&kind),
        }
    }
}

/// As it is parsed again.
impl fmt::Display for Topics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.pad("*"),
            Self::Only(kinds) => {
                let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
                f.pad(&words.join(","))
            }
        }
    }
}
