//! Typed identifiers. Each wraps a UUID (version 7) that `app` makes from its clock and its rng.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID made elsewhere.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID inside, for storage.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// One partner.
    PartnerId,
    /// One account of the ledger; a partner's account carries the partner's own UUID.
    AccountId,
    /// One product of the catalogue.
    ProductId,
    /// One order of the shop.
    OrderId,
    /// One refund of lines of an order.
    RefundId,
    /// One accrual: one partner, one order, one rule.
    AccrualId,
    /// One movement of money.
    TransferId,
    /// One activated version of a plan.
    PlanVersionId,
    /// One payout to one partner.
    PayoutId,
    /// One adjustment of a balance by hand.
    AdjustmentId,
    /// One kept webhook.
    ReceiptId,
    /// One job of the background worker.
    JobId,
    /// One line of the audit trail.
    AuditId,
    /// One person or program that signs in.
    UserId,
    /// One session of a user.
    SessionId,
    /// One API token.
    TokenId,
    /// One message on its way out.
    ParcelId,
    /// One address of the company's other systems to which events are told.
    EndpointId,
}

/// The place of a fact in the one total order in which facts became known.
///
/// Facts of the network (who joined, who sponsors whom, who paid for activity) are numbered as they
/// are recorded. Money computed when the number was K is judged by the facts up to K for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FactSeq(pub i64);

impl FactSeq {
    /// Later than every fact: "as we know it now".
    pub const LATEST: Self = Self(i64::MAX);

    /// The number after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}
