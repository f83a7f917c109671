//! `personal`: a share of one's own volume, or of his customers', by bands.
//!
//! `base x rate`, where the rate is that of the highest band reached and holds for the whole amount. The
//! size that chooses the band is measured in the plan's unit of qualification (`qualify_by`) over all
//! goods, also those on which the rule does not pay.
//!
//! - Decided when an order is paid, unless said: the size is that of the order. The buyer earns on his
//!   own order (`of = "own"`), who brought an outside customer on that customer's order
//!   (`of = "customers"`), or each on his kind (`"both"`, unless said). Who is not active earns nothing;
//!   what he would have got is breakage.
//! - With `decided = "close"`: the size is that of the period. With `"both"` it is the volume after the
//!   roll-up. With `"own"` whatever rolled up to one counts as his own, customers' purchases included.
//!   `"customers"` never roll up: one who is below the threshold still earns on his customers.
//!
//! The bands are those of the personal bonus of `praxigento/mobi_mod_bonus_hybrid`.
//!
//! # Example
//!
//! 15 % of 549.15 is 82.3725, which is 82.37.
//!
//! ```
//! use plan::{Plan, sketch::Sketch};
//!
//! let plan = Plan::parse("personal.toml", r#"
//! name = "personal"
//! title = { ru = "Личный бонус", en = "Personal bonus" }
//! currency = "RUB"
//! time_zone = "UTC"
//! effective = "paid_at"
//! hold_days = 14
//!
//! [[rules]]
//! id = "personal"
//! kind = "personal"
//! decided = "close"
//! base = "turnover"
//! bands = [
//!     { from = "50", rate = "5%" },
//!     { from = "100", rate = "10%" },
//!     { from = "500", rate = "15%" },
//!     { from = "750", rate = "20%" },
//! ]
//! "#).unwrap().plan;
//!
//! let mut company = Sketch::new();
//! company.partner("anna", None)?.partner("boris", Some("anna"))?.partner("vera", Some("boris"))?;
//! company.buys("anna", "500.00")?.customer_buys("anna", "49.15")?;
//! company.buys("boris", "99.99")?.buys("vera", "49.99")?;
//! let month = company.reckon(&plan)?;
//! assert_eq!(month.earned("anna"), "82.37".parse()?);
//! assert_eq!(month.earned("boris"), "5.00".parse()?);
//! assert_eq!(month.earned("vera"), "0.00".parse()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use domain::catalog::Volume;
use domain::money::{Money, Rate};
use domain::order::Origin;

use crate::climb::{Climb, ClosedLevel};
use crate::close::{Close, Ground, How, PerSeat, Seat, Source, Tally, Volumes, Why};
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
    pub(crate) fn run(&self, close: &Close<'_>, rule: &Rule, tally: &mut Tally) {
        let sizes = self.amounts(close, &close.bought);
        let bases = self.amounts(close, &Volumes::of_rule(close.plan, rule, close.facts));
        for (seat, base) in bases.iter().filter(|(_, base)| **base > 0) {
            let ground = Ground { source: Source::Partner(seat), level: 1 };
            let has = sizes[seat];
            let rate = self.bands.at(Volume(has));
            if rate > Rate::ZERO {
                tally.earn(close, rule, seat, ground, Money::from_minor(*base), How::Rate(rate));
            } else if let Some(needs) = self.bands.least() {
                tally.note(rule, seat, ground, Why::TooLittle { needs: needs.0, has });
            }
        }
    }

    /// Everyone's percentage of a period, whether or not he may earn it.
    pub(crate) fn percentages(&self, close: &Close<'_>) -> PerSeat<Rate> {
        self.amounts(close, &close.bought).map(|size| self.bands.at(Volume(*size)))
    }

    /// What of everyone's purchases counts for whom, in the unit of the volumes.
    fn amounts(&self, close: &Close<'_>, volumes: &Volumes) -> PerSeat<i64> {
        let both = volumes.of(Buyers::Both);
        match self.of {
            Buyers::Customers => volumes.of(Buyers::Customers),
            Buyers::Both => close.rolled.joined(&both),
            Buyers::Own => {
                let stays = |seat: Seat| close.rolled.lands_on[seat] == Some(seat);
                let own = |(seat, own): (Seat, &i64)| if stays(seat) { *own } else { both[seat] };
                close.rolled.joined(&volumes.own.iter().map(own).collect())
            }
        }
    }
}
