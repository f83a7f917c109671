//! The catalogue: what is sold, at which price and cost, and how many points it carries.

use crate::lang::Text;
use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use crate::ids::ProductId;
use crate::money::Money;

/// A stock-keeping unit: 1 to 64 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Sku(String);

/// Why a text is not a SKU.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a SKU: use 1 to 64 visible ASCII characters")]
pub struct SkuError(String);

impl From<SkuError> for Text {
    fn from(error: SkuError) -> Self {
        Self::of(&error, format!("{:?} — не артикул: от 1 до 64 видимых знаков ASCII", error.0))
    }
}

impl Sku {
    /// Reads a SKU.
    pub fn parse(text: &str) -> Result<Self, SkuError> {
        if (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(Self(text.to_owned()));
        }
        Err(SkuError(text.chars().take(80).collect()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sku {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What a product is, for commissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductKind {
    /// Goods: commissionable.
    Goods,
    /// Activity fees, registrations, office materials: never a base of any commission.
    Fee,
}

/// A product as the catalogue has it from `since` on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Product {
    /// Internal identity.
    pub id: ProductId,
    /// The shop's article number.
    pub sku: Sku,
    /// The name on screens.
    pub name: String,
    /// The shop's category.
    pub category: String,
    /// Goods or a fee.
    pub kind: ProductKind,
    /// Price, cost and points in force.
    pub terms: ProductTerms,
    /// Since when these terms hold.
    pub since: Timestamp,
}

/// Price, cost and points of one piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ProductTerms {
    /// List price of a piece.
    pub price: Money,
    /// Cost of a piece; margin is the price paid less this.
    pub cost: Money,
    /// Points (volume) of a piece, in hundredths of a point.
    pub volume: Volume,
}

/// Points, kept in hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
#[serde(transparent)]
pub struct Volume(pub i64);

impl Volume {
    /// Reads `60` or `60.25` points.
    pub fn parse(text: &str) -> Result<Self, crate::money::MoneyError> {
        text.parse::<Money>().map(|hundredths| Self(hundredths.minor()))
    }
}
