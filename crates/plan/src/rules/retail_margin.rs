//! `retail_margin`: what an outside customer pays above the partner's price goes to who brought him.
//!
//! Decided when the order of an outside customer is paid. With `partner_price = "cost"` who brought him
//! earns all of the margin: 100 % of price less cost, summed over the lines and never below zero. With
//! `partner_price = { discount = "25%" }` a partner would have paid so much less, and that share of the
//! price paid is earned.
//!
//! - The walk has one step, to who brought the customer; nobody above him earns, and if he is not
//!   active, nobody does: it is breakage with that reason.
//! - Partners' own orders give nothing: they bought at their price. Nor do customers of nobody.
//! - A refund takes back its part as of any order's sum.
//!
//! The retail margin of Amway's Sales & Marketing Plan is of the second form.
//!
//! # Example
//!
//! The second example of Amway's brochure for India has 20 % of 18 000 = 3 600.
//!
//! ```
//! use plan::{Plan, sketch::Sketch};
//!
//! let plan = Plan::parse("retail.toml", r#"
//! name = "retail"
//! title = { ru = "Розничная наценка", en = "Retail margin" }
//! currency = "RUB"
//! time_zone = "UTC"
//! effective = "paid_at"
//! hold_days = 14
//!
//! [[rules]]
//! id = "retail"
//! kind = "retail_margin"
//! partner_price = { discount = "20%" }
//! "#).unwrap().plan;
//!
//! let mut company = Sketch::new();
//! company.chain(&["anna", "boris"])?;
//! company.customer_buys("boris", "18000.00")?.buys("boris", "1000.00")?;
//! let month = company.reckon(&plan)?;
//! assert_eq!(month.earned("boris"), "3600.00".parse()?);
//! assert_eq!(month.earned("anna"), "0.00".parse()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use domain::money::Rate;

use crate::base::Base;
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

impl RetailMargin {
    /// The terms at a partner's price.
    pub(crate) fn new(partner_price: PartnerPrice) -> Self {
        Self { partner_price, climb: Climb::to_the_nearest(partner_price.share(), false) }
    }
}

impl PartnerPrice {
    /// The share of the base that is earned.
    fn share(self) -> Rate {
        match self {
            Self::Cost => Rate::from_ppm(1_000_000),
            Self::Discount(discount) => discount,
        }
    }

    /// Of what the share is taken.
    pub(crate) const fn base(self) -> Base {
        match self {
            Self::Cost => Base::Margin,
            Self::Discount(_) => Base::Turnover,
        }
    }
}
