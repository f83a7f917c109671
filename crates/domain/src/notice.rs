//! What the company's other systems are told: one kind for each thing that happens, one shape for each kind.
//!
//! A shape only ever gains fields. What would change the meaning of one becomes a kind of its own, as
//! `order.paid.v2`, and both are told while anybody listens to the old one. Partners stand here by id and
//! public code, money as a decimal text with its currency, and nothing personal.
//!
//! The documentation is `docs/webhooks-out.md`; a test compares its examples with these types.

mod shape;
mod topics;

use jiff::Timestamp;
use serde::Serialize;

pub use shape::{
    AccrualTold, AccrualsMade, AccrualsReversed, ActivityExtended, CatalogueChanged, Currency,
    OrderCancelled, OrderPaid, OrderRefunded, OrderRefused, OrderTold, PartnerEnrolled, PartnerTold,
    PayoutTold, PeriodClosed, PeriodQualified, Ping, PlanActivated, ReversalCause, ReversalTold,
    SponsorChanged,
};
pub use topics::{Topics, TopicsError};

macro_rules! notices {
    ($($(#[$doc:meta])* $variant:ident($shape:ty) = $word:literal, $ru:literal;)+) => {
        /// What happened, with everything that is told of it.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[serde(untagged)]
        pub enum Notice {
            $($(#[$doc])* $variant($shape),)+
        }

        /// A kind of thing that happens.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum NoticeKind {
            $($(#[$doc])* $variant,)+
        }

        impl Notice {
            /// Its kind.
            pub const fn kind(&self) -> NoticeKind {
                match self {
                    $(Self::$variant(_) => NoticeKind::$variant,)+
                }
            }
        }

        impl NoticeKind {
            /// All of them.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$variant),+];

            /// The word in `type`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// What it is, in Russian.
            pub const fn in_russian(self) -> &'static str {
                match self {
                    $(Self::$variant => $ru,)+
                }
            }
        }
    };
}

notices! {
    /// Somebody joined.
    PartnerEnrolled(PartnerEnrolled) = "partner.enrolled", "партнёр вступил";
    /// A partner stands under another sponsor from a date on.
    SponsorChanged(SponsorChanged) = "partner.sponsor_changed", "партнёр перешёл к другому спонсору";
    /// A fee was paid, and its payer is active for longer.
    ActivityExtended(ActivityExtended) = "activity.extended", "взнос продлил активность партнёра";
    /// An order is paid.
    OrderPaid(OrderPaid) = "order.paid", "заказ оплачен";
    /// Pieces of an order were given back.
    OrderRefunded(OrderRefunded) = "order.refunded", "по заказу оформлен возврат";
    /// An order is cancelled.
    OrderCancelled(OrderCancelled) = "order.cancelled", "заказ отменён";
    /// The shop told of an order what contradicts what it told before.
    OrderRefused(OrderRefused) = "order.refused", "сообщение магазина противоречит известному";
    /// Commissions of an order were posted.
    AccrualsMade(AccrualsMade) = "accruals.made", "по заказу начислены комиссии";
    /// Commissions of an order were taken back, wholly or in part.
    AccrualsReversed(AccrualsReversed) = "accruals.reversed", "комиссии по заказу сторнированы";
    /// A payout is asked for.
    PayoutRequested(PayoutTold) = "payout.requested", "выплата запрошена";
    /// A second person agreed to a payout.
    PayoutApproved(PayoutTold) = "payout.approved", "выплата одобрена";
    /// A payout is refused.
    PayoutRejected(PayoutTold) = "payout.rejected", "выплата отклонена";
    /// A payout went to the bank.
    PayoutSent(PayoutTold) = "payout.sent", "выплата отправлена";
    /// A payout has arrived.
    PayoutSettled(PayoutTold) = "payout.settled", "выплата получена";
    /// A payout did not arrive.
    PayoutFailed(PayoutTold) = "payout.failed", "выплата не прошла";
    /// The first step of a close was taken.
    PeriodQualified(PeriodQualified) = "period.qualified", "объёмы и ранги месяца посчитаны";
    /// A period is closed.
    PeriodClosed(PeriodClosed) = "period.closed", "месяц закрыт";
    /// A plan will be, or is, in force.
    PlanActivated(PlanActivated) = "plan.activated", "маркетинг-план введён в действие";
    /// Products are new or have new terms.
    CatalogueChanged(CatalogueChanged) = "catalogue.changed", "товары изменились";
    /// Somebody tries whether an endpoint hears.
    Ping(Ping) = "ping", "проверка связи";
}

impl NoticeKind {
    /// The kind of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// The body of a message: the form of Standard Webhooks.
#[derive(Debug, Serialize)]
pub struct Body<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: Timestamp,
    data: &'a Notice,
}

impl Notice {
    /// The body that tells this, as it was at an instant.
    pub fn body(&self, at: Timestamp) -> String {
        let body = Body { kind: self.kind().as_str(), timestamp: at, data: self };
        serde_json::to_string(&body).expect("notices are plain structs, which always serialise")
    }
}

#[cfg(test)]
mod tests;
