//! Who did it: every act of a person is written to the audit trail with its actor.

use crate::lang::Text;
use std::fmt;

use serde::Serialize;

use crate::ids::UserId;
use crate::partner::PartnerCode;

/// Who causes a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "name")]
pub enum Actor {
    /// A person of the office, by login.
    Staff(StaffLogin),
    /// A partner, for himself.
    Partner(PartnerCode),
    /// A registered user who is not a partner yet.
    User(UserId),
    /// The shop's own program, by login.
    Shop(StaffLogin),
    /// The program itself: jobs, schedules.
    System,
}

/// `staff:elena`, `partner:NR00001`, `system`: how the audit trail stores an actor.
impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Staff(login) => write!(f, "staff:{login}"),
            Self::Partner(code) => write!(f, "partner:{code}"),
            Self::User(id) => write!(f, "user:{id}"),
            Self::Shop(login) => write!(f, "shop:{login}"),
            Self::System => f.write_str("system"),
        }
    }
}

/// The login of a person of the office or of a shop: 1 to 64 of `a-z 0-9 . _ - @`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct StaffLogin(String);

/// Why a text is not a login.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a staff login: use 1 to 64 of a-z, 0-9, '.', '_', '-', '@'")]
pub struct LoginError(String);

impl From<LoginError> for Text {
    fn from(error: LoginError) -> Self {
        let ru = format!("{:?} — не логин: от 1 до 64 знаков a-z, 0-9, «.», «_», «-», «@»", error.0);
        Self::of(&error, ru)
    }
}

impl StaffLogin {
    /// Reads a login; capitals become small.
    pub fn parse(text: &str) -> Result<Self, LoginError> {
        let login = text.to_ascii_lowercase();
        let right = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-@".contains(&byte);
        if (1..=64).contains(&login.len()) && login.bytes().all(right) {
            return Ok(Self(login));
        }
        Err(LoginError(text.chars().take(40).collect()))
    }
}

impl fmt::Display for StaffLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
