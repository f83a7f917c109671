//! `personal`: a share of one's own volume, or of his customers', by bands.

use domain::catalog::Volume;
use domain::money::Rate;
use domain::order::Origin;

use crate::climb::{Climb, ClosedLevel};
use crate::close::{Close, Tally};
use crate::compression::Compression;
use crate::ladder::Bands;
use crate::rates::Rates;
use crate::rules::Rule;
use crate::unlock::Unlock;

/// The word of the language.
pub(crate) const NAME: &str = "personal";

/// The terms of a personal bonus. The rate of the band holds for the whole amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Personal {
    /// Whose purchases.
    pub of: Buyers,
    /// Rates by the size of the volume: of the order, or of the period.
    pub bands: Bands,
}

/// Whose purchases count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buyers {
    /// The partner's own.
    Own,
    /// Those of the outside customers whom he brought.
    Customers,
    /// Both.
    Both,
}

impl Buyers {
    /// The words of the language.
    pub(crate) const WORDS: &'static [(&'static str, Self)] =
        &[("own", Self::Own), ("customers", Self::Customers), ("both", Self::Both)];
}

impl Climb {
    /// A walk of one step: to the buyer himself, or to who brought an outside customer.
    pub(crate) fn to_the_nearest(rate: Rate, pay_self: bool) -> Self {
        Self {
            rates: Rates::List(vec![rate]),
            pay_self,
            compression: Compression::None,
            unlock: Unlock::Open,
            closed_level: ClosedLevel::Forfeit,
            max_scan: Some(u32::from(!pay_self)),
            ends_at: Vec::new(),
        }
    }
}

impl Personal {
    /// The walk over an order of this size; `None` where the rule does not pay on it.
    pub(crate) fn climb(&self, origin: Origin, size: Volume) -> Option<Climb> {
        let pay_self = match (origin, self.of) {
            (Origin::Partner(_), Buyers::Own | Buyers::Both) => true,
            (Origin::CustomerOf(_), Buyers::Customers | Buyers::Both) => false,
            _ => return None,
        };
        let rate = self.bands.at(size);
        (rate > Rate::ZERO).then(|| Climb::to_the_nearest(rate, pay_self))
    }

    /// Runs the rule over a period.
    pub(crate) fn run(&self, _close: &Close<'_>, _rule: &Rule, _tally: &mut Tally) {
        unimplemented!("personal")
    }
}
