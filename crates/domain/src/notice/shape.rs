//! The shapes of what is told, as they stand in `data`.

use jiff::Timestamp;
use serde::Serialize;

use crate::accrual::RuleId;
use crate::activity::FeeKind;
use crate::catalog::Sku;
use crate::ids::{AccrualId, OrderId, PartnerId, PayoutId, PlanVersionId, RefundId};
use crate::money::{Money, Rate};
use crate::order::{ExternalId, Order};
use crate::partner::PartnerCode;
use crate::payout::PayoutState;
use crate::period::Period;

/// The currency of every sum: the Russian rouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub enum Currency {
    /// Russian roubles.
    #[default]
    #[serde(rename = "RUB")]
    Rub,
}

/// A partner, by what is public of him.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartnerTold {
    /// Identity; it never changes.
    pub id: PartnerId,
    /// The code people see.
    pub code: PartnerCode,
}

/// `partner.enrolled`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartnerEnrolled {
    /// Who.
    pub partner: PartnerTold,
    /// Under whom; nobody stands above a founder.
    pub sponsor: Option<PartnerTold>,
    /// When he joined.
    pub joined_at: Timestamp,
}

/// `partner.sponsor_changed`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SponsorChanged {
    /// Who.
    pub partner: PartnerTold,
    /// Under whom from then on.
    pub sponsor: Option<PartnerTold>,
    /// Under whom till then.
    pub previous_sponsor: Option<PartnerTold>,
    /// From when on.
    pub since: Timestamp,
}

/// `activity.extended`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActivityExtended {
    /// Who.
    pub partner: PartnerTold,
    /// Which fee.
    pub fee: FeeKind,
    /// When it was paid.
    pub paid_at: Timestamp,
    /// How much it was.
    pub amount: Money,
    /// Of `amount`.
    pub currency: Currency,
    /// Until when he is active now.
    pub active_until: Timestamp,
}

/// An order, by the shop's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderTold {
    /// Identity; it never changes.
    pub id: OrderId,
    /// The shop.
    pub source: ExternalId,
    /// The shop's id of the order.
    pub external_id: ExternalId,
    /// The number on the shop's papers.
    pub number: Option<String>,
}

impl From<&Order> for OrderTold {
    fn from(order: &Order) -> Self {
        Self {
            id: order.id,
            source: order.key.source.clone(),
            external_id: order.key.external_id.clone(),
            number: order.number.clone(),
        }
    }
}

/// `order.paid`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderPaid {
    /// Which order.
    pub order: OrderTold,
    /// The partner who bought; nobody for an outside customer.
    pub buyer: Option<PartnerTold>,
    /// The partner who brought an outside customer.
    pub seller: Option<PartnerTold>,
    /// When it was paid.
    pub paid_at: Timestamp,
    /// The sum of its lines.
    pub total: Money,
    /// Of `total`.
    pub currency: Currency,
}

/// `order.refunded`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderRefunded {
    /// Which order.
    pub order: OrderTold,
    /// The refund.
    pub refund_id: RefundId,
    /// The shop's id of the refund.
    pub refund_external_id: ExternalId,
    /// When.
    pub refunded_at: Timestamp,
    /// What the pieces given back had cost.
    pub amount: Money,
    /// Of `amount`.
    pub currency: Currency,
}

/// `order.cancelled`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderCancelled {
    /// Which order.
    pub order: OrderTold,
    /// When.
    pub cancelled_at: Timestamp,
}

/// `order.refused`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderRefused {
    /// Which order, as it is known and stays.
    pub order: OrderTold,
    /// The shop's id of the message.
    pub message_id: String,
    /// What contradicts what, in English.
    pub problem: String,
}

/// One commission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccrualTold {
    /// Identity; a reversal names it.
    pub id: AccrualId,
    /// Who earns.
    pub partner: PartnerTold,
    /// By which rule of the plan.
    pub rule: RuleId,
    /// At which level, from 1.
    pub level: u16,
    /// The rate of the level.
    pub rate: Rate,
    /// The base of the order under the rule.
    pub base: Money,
    /// What he gets.
    pub amount: Money,
}

/// `accruals.made`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccrualsMade {
    /// Of which order.
    pub order: OrderTold,
    /// By which version of the plan.
    pub plan_version: PlanVersionId,
    /// From 1; above 1 it corrects by facts that came late.
    pub run: u32,
    /// The instant whose facts count.
    pub effective_at: Timestamp,
    /// Who earns what.
    pub accruals: Vec<AccrualTold>,
    /// Their sum.
    pub total: Money,
    /// Of every sum here.
    pub currency: Currency,
}

/// Why a commission is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReversalCause {
    /// Goods were given back.
    Refund,
    /// The order was cancelled.
    Cancellation,
    /// A fact became known that should have been known.
    Correction,
}

/// A commission taken back, wholly or in part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReversalTold {
    /// Which commission.
    pub accrual_id: AccrualId,
    /// From whom.
    pub partner: PartnerTold,
    /// Why.
    pub cause: ReversalCause,
    /// How much; above zero.
    pub amount: Money,
}

/// `accruals.reversed`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccrualsReversed {
    /// Of which order.
    pub order: OrderTold,
    /// From whom what.
    pub reversals: Vec<ReversalTold>,
    /// Their sum.
    pub total: Money,
    /// Of every sum here.
    pub currency: Currency,
}

/// `payout.…`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PayoutTold {
    /// Identity.
    pub id: PayoutId,
    /// The number people see.
    pub number: i64,
    /// To whom.
    pub partner: PartnerTold,
    /// How much.
    pub amount: Money,
    /// Of `amount`.
    pub currency: Currency,
    /// Where it stands.
    pub state: PayoutState,
    /// Since when.
    pub changed_at: Timestamp,
}

/// `period.qualified`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PeriodQualified {
    /// Which month.
    pub period: Period,
    /// By which version of the plan.
    pub plan_version: PlanVersionId,
    /// SHA-256 of the facts it was reckoned with, in hex.
    pub inputs_sha256: String,
    /// SHA-256 of how everyone stands, in hex.
    pub standings_sha256: String,
}

/// `period.closed`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PeriodClosed {
    /// Which month.
    pub period: Period,
    /// When.
    pub closed_at: Timestamp,
    /// How many movements of money the ledger has up to its end.
    pub transfers: i64,
    /// SHA-256 of all of them, in hex.
    pub ledger_sha256: String,
    /// What its rules paid at the close, orders' commissions aside.
    pub bonuses: Money,
    /// Of `bonuses`.
    pub currency: Currency,
}

/// `plan.activated`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanActivated {
    /// The version.
    pub plan_version: PlanVersionId,
    /// The name of the plan.
    pub name: String,
    /// SHA-256 of its text, in hex.
    pub sha256: String,
    /// From when on it holds.
    pub since: Timestamp,
}

/// `catalogue.changed`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CatalogueChanged {
    /// Articles that are new.
    pub new: Vec<Sku>,
    /// Articles whose terms are others from now on.
    pub changed: Vec<Sku>,
}

/// `ping`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ping {
    /// The number of the endpoint.
    pub endpoint: i64,
}
