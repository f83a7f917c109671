//! An adjustment: money that a person of the office gives to a partner or takes from him by hand, with
//! a reason; above a limit another person must agree.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use crate::ids::{AdjustmentId, PartnerId};
use crate::money::Money;

/// One adjustment of a partner's balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Adjustment {
    /// Identity; its transfer carries the same UUID.
    pub id: AdjustmentId,
    /// The number people see.
    pub number: i64,
    /// Whose balance.
    pub partner: PartnerId,
    /// What he is given; below zero it is taken from him. Never zero.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// Where it stands.
    pub state: AdjustmentState,
    /// Who wants it.
    pub requested_by: String,
    /// When.
    pub requested_at: Timestamp,
    /// Who agreed or refused; nobody where it is within the limit.
    pub decided_by: Option<String>,
    /// When it last changed.
    pub changed_at: Timestamp,
}

/// Where an adjustment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AdjustmentState {
    /// It waits for another person; nothing has moved.
    Requested,
    /// The money has moved.
    Made,
    /// It was refused; nothing moves.
    Rejected,
}

impl AdjustmentState {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Requested, "requested"), (Self::Made, "made"), (Self::Rejected, "rejected")];

    /// The word stored and shown to machines.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, name)| name)
    }

    /// The state of the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, name)| *name == text).map(|(state, _)| *state)
    }
}

impl fmt::Display for AdjustmentState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
