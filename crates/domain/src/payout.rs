//! A payout: asked for, approved by another person, sent, and settled or failed.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use crate::ids::{PartnerId, PayoutId};
use crate::money::Money;

/// Where a payout stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PayoutState {
    /// Asked for; the money is set aside.
    Requested,
    /// A second person agreed.
    Approved,
    /// Refused before it was sent; the money is back.
    Rejected,
    /// Given to the bank; whether it arrives is not known yet.
    Sent,
    /// Arrived.
    Settled,
    /// Did not arrive; the money is back.
    Failed,
}

/// What is done to a payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PayoutStep {
    /// A second person agrees.
    Approve,
    /// It is refused.
    Reject,
    /// It goes to the bank.
    Send,
    /// The bank confirms.
    Settle,
    /// The bank returns it.
    Fail,
}

/// A step that the state does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a payout that is {from} cannot be taken by step {step}")]
pub struct IllegalStep {
    /// Where it stands.
    pub from: PayoutState,
    /// What was tried.
    pub step: PayoutStep,
}

impl PayoutState {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Requested, "requested"),
        (Self::Approved, "approved"),
        (Self::Rejected, "rejected"),
        (Self::Sent, "sent"),
        (Self::Settled, "settled"),
        (Self::Failed, "failed"),
    ];

    /// The word stored and shown to machines.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, name)| name)
    }

    /// The state of the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, name)| *name == text).map(|(state, _)| *state)
    }

    /// Where a step leads. Every pair not named here is refused.
    pub const fn after(self, step: PayoutStep) -> Result<Self, IllegalStep> {
        match (self, step) {
            (Self::Requested, PayoutStep::Approve) => Ok(Self::Approved),
            (Self::Requested | Self::Approved, PayoutStep::Reject) => Ok(Self::Rejected),
            (Self::Approved, PayoutStep::Send) => Ok(Self::Sent),
            (Self::Sent, PayoutStep::Settle) => Ok(Self::Settled),
            (Self::Sent, PayoutStep::Fail) => Ok(Self::Failed),
            _ => Err(IllegalStep { from: self, step }),
        }
    }
}

impl fmt::Display for PayoutState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for PayoutStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Send => "send",
            Self::Settle => "settle",
            Self::Fail => "fail",
        })
    }
}

/// One payout to one partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Payout {
    /// Internal identity.
    pub id: PayoutId,
    /// The number people see; without gaps.
    pub number: i64,
    /// To whom.
    pub partner: PartnerId,
    /// How much; above zero.
    pub amount: Money,
    /// Where it stands.
    pub state: PayoutState,
    /// Who asked, as the audit trail writes it.
    pub requested_by: String,
    /// When.
    pub requested_at: Timestamp,
    /// Who agreed.
    pub approved_by: Option<String>,
    /// When the state last changed.
    pub changed_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_state_and_step_is_decided() {
        use PayoutStep::{Approve, Fail, Reject, Send, Settle};
        let legal = [
            (PayoutState::Requested, Approve, PayoutState::Approved),
            (PayoutState::Requested, Reject, PayoutState::Rejected),
            (PayoutState::Approved, Reject, PayoutState::Rejected),
            (PayoutState::Approved, Send, PayoutState::Sent),
            (PayoutState::Sent, Settle, PayoutState::Settled),
            (PayoutState::Sent, Fail, PayoutState::Failed),
        ];
        for (state, _) in PayoutState::ALL {
            for step in [Approve, Reject, Send, Settle, Fail] {
                let expected =
                    legal.iter().find(|(from, by, _)| *from == state && *by == step).map(|(_, _, to)| *to);
                assert_eq!(state.after(step).ok(), expected, "{state} by {step}");
            }
        }
    }
}
