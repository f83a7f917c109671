//! An order of the shop: its lines, its refunds, and how events advance it.
//!
//! Events (created, paid, completed, cancelled, refunded) may come in any order and more than once.
//! The order keeps only facts; what is owed follows from the facts, not from the order of arrival.

mod attribution;
mod body;
mod event;
mod seen;

use crate::lang::Text;
use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

pub use attribution::{Attribution, Claims, CustomerKey, Named, attribute, disputes};
pub use body::{BuyerRef, LineBody, OrderBody, OrderDetails, ParseError, RefundBody};
pub use event::{Applied, Conflict, EventKind, OrderEvent, Refusal};

pub use seen::{Difference, DifferenceKind, Seen, differences, missed};

use crate::catalog::{ProductKind, Sku, Volume};
use crate::ids::{OrderId, PartnerId, ProductId, RefundId};
use crate::money::Money;

/// A shop, and the name by which it knows a thing: 1 to 100 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ExternalId(String);

/// Why a text is not an external id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an id: use 1 to 100 visible ASCII characters")]
pub struct ExternalIdError(String);

impl From<ExternalIdError> for Text {
    fn from(error: ExternalIdError) -> Self {
        let ru = format!("{:?} — не номер: от 1 до 100 видимых знаков ASCII", error.0);
        Self::of(&error, ru)
    }
}

impl ExternalId {
    /// Reads an id.
    pub fn parse(text: &str) -> Result<Self, ExternalIdError> {
        if (1..=100).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(Self(text.to_owned()));
        }
        Err(ExternalIdError(text.chars().take(120).collect()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Which shop, and which of its orders.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct OrderKey {
    /// The shop.
    pub source: ExternalId,
    /// The shop's id of the order.
    pub external_id: ExternalId,
}

impl fmt::Display for OrderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.source, self.external_id)
    }
}

/// An order with everything known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Order {
    /// Internal identity.
    pub id: OrderId,
    /// The shop's key.
    pub key: OrderKey,
    /// The number on the shop's papers.
    pub number: Option<String>,
    /// The partner who bought; `None` for an outside customer.
    pub buyer: Option<PartnerId>,
    /// The partner who brought an outside customer.
    pub seller: Option<PartnerId>,
    /// When it was placed.
    pub ordered_at: Timestamp,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// When it was delivered.
    pub delivered_at: Option<Timestamp>,
    /// When it was cancelled.
    pub cancelled_at: Option<Timestamp>,
    /// What was bought, by line number.
    pub lines: Vec<OrderLine>,
    /// What was given back, in the order in which it became known.
    pub refunds: Vec<Refund>,
}

/// One line of an order, with the catalogue's terms as of the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderLine {
    /// The shop's number of the line.
    pub line_no: u32,
    /// What was bought.
    pub product: ProductId,
    /// Its article number.
    pub sku: Sku,
    /// Its category, for rules that pay on some only.
    pub category: String,
    /// Goods or a fee.
    pub kind: ProductKind,
    /// Pieces.
    pub quantity: u32,
    /// Price paid for a piece.
    pub unit_price: Money,
    /// Cost of a piece.
    pub unit_cost: Money,
    /// Points of a piece.
    pub unit_volume: Volume,
}

/// Pieces of lines given back together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refund {
    /// Internal identity.
    pub id: RefundId,
    /// The shop's id of the refund.
    pub external_id: ExternalId,
    /// When it happened.
    pub refunded_at: Timestamp,
    /// Pieces by line number.
    pub lines: BTreeMap<u32, u32>,
}

/// Where an order stands, for screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Placed, not paid.
    Created,
    /// Paid.
    Paid,
    /// Paid, and all of it given back.
    Refunded,
    /// Cancelled, before or after the payment.
    Cancelled,
}

impl OrderState {
    /// The word stored and shown to machines.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Paid => "paid",
            Self::Refunded => "refunded",
            Self::Cancelled => "cancelled",
        }
    }
}

impl Order {
    /// Where the order stands.
    pub fn state(&self) -> OrderState {
        if self.cancelled_at.is_some() {
            return OrderState::Cancelled;
        }
        if self.paid_at.is_none() {
            return OrderState::Created;
        }
        let refunded = self.refunded_quantities(self.refunds.len());
        let all_back = self.lines.iter().all(|line| refunded.get(&line.line_no) == Some(&line.quantity));
        if all_back { OrderState::Refunded } else { OrderState::Paid }
    }

    /// The price of everything in the order.
    pub fn total(&self) -> Money {
        total(self.lines.iter().map(|line| (line.quantity, line.unit_price)))
    }

    /// The partner from whom the walk starts, and whether he is the buyer himself.
    ///
    /// A partner who buys starts the walk at his sponsor; an outside customer at the partner who
    /// brought him.
    pub fn origin(&self) -> Origin {
        match (self.buyer, self.seller) {
            (Some(buyer), _) => Origin::Partner(buyer),
            (None, Some(seller)) => Origin::CustomerOf(seller),
            (None, None) => Origin::Nobody,
        }
    }

    /// Pieces given back by line, after the first `count` refunds.
    pub fn refunded_quantities(&self, count: usize) -> BTreeMap<u32, u32> {
        let mut quantities = BTreeMap::new();
        for (line_no, quantity) in self.refunds.iter().take(count).flat_map(|refund| &refund.lines) {
            let refunded: &mut u32 = quantities.entry(*line_no).or_default();
            *refunded = refunded.saturating_add(*quantity);
        }
        quantities
    }

    /// The digest of what may never change between two events about one order: who bought what for
    /// how much, and when it was placed.
    pub fn body_hash(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        let mut put = |field: &str| {
            digest.update(field.len().to_le_bytes());
            digest.update(field.as_bytes());
        };
        put(&self.buyer.map_or_else(String::new, |buyer| buyer.to_string()));
        put(&self.seller.map_or_else(String::new, |seller| seller.to_string()));
        put(&self.ordered_at.as_microsecond().to_string());
        for line in &self.lines {
            put(&format!("{}|{}|{}|{}", line.line_no, line.sku, line.quantity, line.unit_price));
        }
        digest.finalize().into()
    }
}

/// The price of lines given as (pieces, price of a piece).
///
/// Amounts were bounded when the lines were read, so the sum fits.
pub fn total(lines: impl IntoIterator<Item = (u32, Money)>) -> Money {
    lines
        .into_iter()
        .map(|(quantity, price)| price.times(quantity).expect("the parser bounds every line"))
        .sum()
}

/// Where the walk of an order starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A partner bought for himself.
    Partner(PartnerId),
    /// An outside customer bought; this partner brought him and stands next above.
    CustomerOf(PartnerId),
    /// An outside customer whom nobody brought.
    Nobody,
}

impl Origin {
    /// The partner by whom the upline is found.
    pub const fn partner(self) -> Option<PartnerId> {
        match self {
            Self::Partner(partner) | Self::CustomerOf(partner) => Some(partner),
            Self::Nobody => None,
        }
    }
}
