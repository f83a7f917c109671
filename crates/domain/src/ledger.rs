//! The ledger: every movement of money is one immutable transfer from one account to another.
//!
//! A transfer debits one account and credits another by the same amount, above zero, so all balances
//! sum to zero by construction. A mistake is undone by a reversal that names what it reverses. When
//! money becomes available is a date on the transfer, not a second movement (see ADR 0005).

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::ids::{AccountId, PartnerId, TransferId};
use crate::money::Money;
use crate::period::Period;

/// The accounts of the company itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CompanyAccount {
    /// What the plan promises for orders comes from here.
    Commissions,
    /// What was promised and nobody got comes back here.
    Breakage,
    /// Payouts asked for and not yet settled.
    PayoutsInTransit,
    /// What has left the company.
    Bank,
    /// What the office gives and takes by hand.
    Adjustments,
}

impl CompanyAccount {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Commissions, Self::Breakage, Self::PayoutsInTransit, Self::Bank, Self::Adjustments];

    /// Its fixed identity.
    pub const fn id(self) -> AccountId {
        AccountId::new(Uuid::from_u128(match self {
            Self::Commissions => 1,
            Self::Breakage => 2,
            Self::PayoutsInTransit => 3,
            Self::Bank => 4,
            Self::Adjustments => 5,
        }))
    }

    /// Its code, as `company:bank`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Commissions => "company:commissions",
            Self::Breakage => "company:breakage",
            Self::PayoutsInTransit => "company:payouts_in_transit",
            Self::Bank => "company:bank",
            Self::Adjustments => "company:adjustments",
        }
    }
}

/// The account of a partner: it carries his own UUID, so nobody needs to look it up.
pub const fn partner_account(partner: PartnerId) -> AccountId {
    AccountId::new(partner.uuid())
}

/// Why money moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferKind {
    /// A commission, from the company to a partner.
    Accrual,
    /// What a plan promised and nobody got.
    Breakage,
    /// Part of an accrual or of breakage taken back because goods were given back.
    RefundReversal,
    /// The rest of an accrual or of breakage taken back because the order was cancelled.
    CancelReversal,
    /// An accrual taken back because a fact became known that should have been known.
    CorrectionReversal,
    /// A partner's money set aside for a payout.
    PayoutRequest,
    /// A payout that reached the partner.
    PayoutSettlement,
    /// A payout that was rejected or failed: back to the partner.
    PayoutReturn,
    /// Given to a partner or taken from him by hand.
    Adjustment,
}

impl TransferKind {
    const ALL: [(Self, &'static str); 9] = [
        (Self::Accrual, "accrual"),
        (Self::Breakage, "breakage"),
        (Self::RefundReversal, "refund_reversal"),
        (Self::CancelReversal, "cancel_reversal"),
        (Self::CorrectionReversal, "correction_reversal"),
        (Self::PayoutRequest, "payout_request"),
        (Self::PayoutSettlement, "payout_settlement"),
        (Self::PayoutReturn, "payout_return"),
        (Self::Adjustment, "adjustment"),
    ];

    /// The word stored and shown to machines.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// The kind of the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, name)| *name == text).map(|(kind, _)| *kind)
    }
}

impl fmt::Display for TransferKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One movement of money, never changed once written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Transfer {
    /// Identity. An accrual's transfer carries the accrual's UUID, a payout's request the payout's.
    pub id: TransferId,
    /// From here.
    pub debit: AccountId,
    /// To here.
    pub credit: AccountId,
    /// How much; above zero.
    pub amount: Money,
    /// Why.
    pub kind: TransferKind,
    /// What caused it: the order, the refund, the payout or the adjustment.
    pub cause: Uuid,
    /// What it undoes, wholly or in part.
    pub reverses: Option<TransferId>,
    /// When it counts.
    pub effective_at: Timestamp,
    /// From when on the receiver may be paid it.
    pub available_at: Timestamp,
    /// When it was written.
    pub recorded_at: Timestamp,
    /// The period it belongs to.
    pub period: Period,
}

impl Transfer {
    /// A reversal of this transfer, or of a part of it, with identity and cause of its own.
    ///
    /// What was not yet available when it is reversed never becomes so: the reversal counts from the
    /// same date as the money it takes back.
    #[must_use]
    pub fn reversal(
        &self,
        id: TransferId,
        kind: TransferKind,
        cause: Uuid,
        amount: Money,
        posting: Posting,
    ) -> Self {
        Self {
            id,
            debit: self.credit,
            credit: self.debit,
            amount,
            kind,
            cause,
            reverses: Some(self.id),
            effective_at: posting.effective_at,
            available_at: self.available_at.max(posting.effective_at),
            recorded_at: posting.recorded_at,
            period: posting.period,
        }
    }
}

/// When something is written, when it counts, and in which period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// When it counts.
    pub effective_at: Timestamp,
    /// When it is written.
    pub recorded_at: Timestamp,
    /// The period it belongs to.
    pub period: Period,
}

/// What a partner has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Balance {
    /// Everything credited less everything debited; below zero is a debt.
    pub total: Money,
    /// What may be paid out now; below zero is a debt that the next accruals pay first.
    pub available: Money,
}

impl Balance {
    /// What will become available later.
    pub fn on_hold(&self) -> Money {
        self.total - self.available
    }
}
