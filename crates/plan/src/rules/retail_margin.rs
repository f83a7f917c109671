//! `retail_margin`: what an outside customer pays above the partner's price goes to who brought him.

use domain::money::Rate;

use crate::climb::Climb;

/// The word of the language.
pub(crate) const NAME: &str = "retail_margin";

/// The terms of a retail margin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetailMargin {
    /// What a partner would have paid.
    pub partner_price: PartnerPrice,
    /// The walk of one step, to the seller.
    pub climb: Climb,
}

/// What a partner would have paid for the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartnerPrice {
    /// The cost of the goods.
    Cost,
    /// The price paid less this share.
    Discount(Rate),
}
