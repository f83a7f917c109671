//! `binary`: the volume that two legs have in common.
//!
//! Everyone has two places under him (`close/placement.rs`); all who stand below one of them are a
//! leg. A leg's volume = what the period before left of it + what everyone in it bought, he and his
//! outside customers, in kopecks of the base; nothing rolls up. With a ratio a:b (a <= b) and the legs
//! *weaker* <= *stronger* (the first leg, if they are equal)
//!
//! - matched = min(*weaker*, *stronger* x a / b cut down to the kopeck); in units of a fixed size only
//!   whole units of it;
//! - amount = matched x percent, with `volume_ratio` also x *weaker* / *stronger*, rounded once; or the
//!   whole units x the sum of one. Above `period_cap` nothing is paid or carried;
//! - *used*: the weaker leg loses matched, the stronger matched x b / a, cut up to the kopeck, so that
//!   no kopeck is matched twice.
//!
//! What is carried into the next period ([`AfterMatch`]), each leg up to `carry_cap`:
//!
//! | | of one who earns | of one who is inactive |
//! |---|---|---|
//! | `net_off` | both legs without what was matched and used | both legs whole: nothing was matched |
//! | `carry_forward` | the same | the leg that limits the match loses what would be matched, the other stays whole |
//! | `full_flush` | nothing | nothing |
//!
//! The leg that limits the match is the weaker one, unless the ratio asks more of the stronger one
//! than it has. One on hold is matched like an active one and is not paid; a match that rounds to
//! nothing is a match. Inactive partners keep their places, and their volume counts for those above.
//!
//! Source: the binary of `mlmforge` (`content/guides/binary.md`), whose example this is: left 200,
//! right 500 match 200 at 10 %; 300 stay right. Then 400 come left and 100 right: 400 match.
//!
//! ```
//! use plan::{Plan, sketch::Sketch};
//!
//! let text = r#"
//! name = "binary"
//! title = { ru = "Бинар", en = "Binary" }
//! currency = "RUB"
//! time_zone = "Europe/Moscow"
//! effective = "paid_at"
//! hold_days = 14
//!
//! [[rules]]
//! id = "pairs"
//! kind = "binary"
//! base = "turnover"
//! percent = "10%"
//! after_match = "carry_forward"
//! "#;
//! let plan = Plan::parse("binary.toml", text)?.plan;
//! let mut company = Sketch::new();
//! company.partner("You", None)?.partner("L1", Some("You"))?.partner("R1", Some("You"))?;
//! for (name, inviter) in [("L2", "L1"), ("L3", "L1"), ("R2", "R1"), ("R3", "R1")] {
//!     company.partner(name, Some(inviter))?;
//! }
//! for (name, volume) in [("L2", "100.00"), ("L3", "100.00"), ("R2", "300.00"), ("R3", "200.00")] {
//!     company.buys(name, volume)?;
//! }
//! let first = company.reckon(&plan)?;
//! assert_eq!(first.earned("You").to_string(), "20.00");
//!
//! let mut next = company.next_period(&first);
//! let second = next.buys("L2", "400.00")?.buys("R2", "100.00")?.reckon(&plan)?;
//! assert_eq!(second.earned("You").to_string(), "40.00");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use domain::money::{Money, Rate};
use domain::network::Standing;

use crate::base::saturated;
use crate::close::placement::{Fill, Place, place, tree};
use crate::close::{
    Carry, Close, Ground, How, PerSeat, Seat, Source, Tally, Unpaid, UnpaidReason, Volumes, Why,
};
use crate::rules::{Buyers, Rule};

/// The word of the language.
pub(crate) const NAME: &str = "binary";

/// The terms of a binary bonus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binary {
    /// What matched volume pays.
    pub pays: BinaryPays,
    /// What becomes of the volume after the match.
    pub after: AfterMatch,
    /// The most that a leg carries into the next period, in the unit of the base.
    pub carry_cap: Option<Money>,
    /// The most that one partner earns in a period.
    pub period_cap: Option<Money>,
    /// How much of the weaker leg is matched with how much of the stronger: both from 1, the first not
    /// above the second.
    pub ratio: (u32, u32),
    /// How an imbalance counts.
    pub balance: Balance,
    /// Where one stands whose inviter has no free place.
    pub fill: Fill,
}

/// What matched volume pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryPays {
    /// A share of it.
    Percent(Rate),
    /// A fixed sum for every whole unit of it.
    Units {
        /// The size of a unit, in the unit of the base.
        unit: Money,
        /// What it pays.
        sum: Money,
    },
}

/// What becomes of the volume after the match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterMatch {
    /// What was matched is taken from both; of one who may not earn, from the leg that limits the match.
    CarryForward,
    /// What was matched is taken from both; nothing is matched for one who may not earn.
    NetOff,
    /// Both are emptied.
    FullFlush,
}

/// How an imbalance of the legs counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Balance {
    /// It does not: the weaker leg pays in full.
    WeakerLeg,
    /// What is paid shrinks by weaker leg / stronger leg.
    VolumeRatio,
}

/// The volumes of two legs, in kopecks: the leg placed first, the other.
type Legs = [i64; 2];

/// Two legs compared.
struct Match {
    /// Whether the leg placed first is the stronger.
    first_is_stronger: bool,
    weaker: i64,
    stronger: i64,
    /// Matched volume of the weaker leg before units are counted.
    most: i64,
    /// What pays, and what the weaker leg loses.
    matched: i64,
    /// What the stronger leg loses.
    used: i64,
}

impl Binary {
    /// Runs the rule over a period.
    pub(crate) fn run(&self, close: &Close<'_>, rule: &Rule, tally: &mut Tally) {
        let places = place(&close.facts.people, 2, self.fill);
        for (seat, legs) in legs(close, rule, &places).iter() {
            let found = self.compare(*legs);
            self.earn(close, rule, tally, seat, &found);
            let earns = close.facts.people[seat].standing != Standing::Inactive;
            let [first, second] = self.left(&found, earns);
            tally.carried.put(Some(&rule.id), Some(seat), Carry::FirstLeg, first);
            tally.carried.put(Some(&rule.id), Some(seat), Carry::SecondLeg, second);
        }
    }

    /// Compares two legs and finds what matches.
    fn compare(&self, [first, second]: Legs) -> Match {
        let (weaker, stronger) = (first.min(second), first.max(second));
        let (a, b) = (i128::from(self.ratio.0), i128::from(self.ratio.1));
        // Both quotients are at most `stronger`, for a <= b.
        let limit = saturated(i128::from(stronger) * a / b).minor();
        let most = weaker.min(limit);
        let matched = match self.pays {
            BinaryPays::Percent(_) => most,
            BinaryPays::Units { unit, .. } => most - most % unit.minor(),
        };
        let used = saturated((i128::from(matched) * b + a - 1) / a).minor();
        Match { first_is_stronger: first > second, weaker, stronger, most, matched, used }
    }

    /// Gives one what his legs match.
    fn earn(&self, close: &Close<'_>, rule: &Rule, tally: &mut Tally, earner: Seat, found: &Match) {
        let ground = Ground { source: Source::Legs, level: 1 };
        if found.matched == 0 {
            let needs = match self.pays {
                BinaryPays::Percent(_) => 1,
                BinaryPays::Units { unit, .. } => unit.minor(),
            };
            tally.note(rule, earner, ground, Why::TooLittle { needs, has: found.most });
            return;
        }
        let how = match (self.pays, self.balance) {
            (BinaryPays::Percent(rate), Balance::WeakerLeg) => How::Rate(rate),
            (BinaryPays::Percent(rate), Balance::VolumeRatio) => How::Balanced {
                rate,
                weaker: Money::from_minor(found.weaker),
                stronger: Money::from_minor(found.stronger),
            },
            (BinaryPays::Units { unit, sum }, _) => How::Units { units: found.matched / unit.minor(), sum },
        };
        let earned = tally.earn(close, rule, earner, ground, Money::from_minor(found.matched), how);
        if let Some(cap) = self.period_cap {
            cut(rule, tally, earner, cap, earned);
        }
    }

    /// What one partner earns at most of one unit of base below him, in parts per million: his legs
    /// stand as the ratio asks.
    pub(crate) fn of_one_position(&self) -> i128 {
        let (a, b) = (i128::from(self.ratio.0), i128::from(self.ratio.1));
        let (numerator, denominator) = match self.pays {
            BinaryPays::Percent(rate) => (i128::from(rate.ppm()), 1),
            BinaryPays::Units { unit, sum } => {
                (i128::from(sum.minor()) * Rate::WHOLE_PPM, i128::from(unit.minor()))
            }
        };
        let (part, whole) = (numerator * a, denominator * (a + b));
        (part + whole - 1) / whole
    }

    /// What the next period begins with.
    fn left(&self, found: &Match, earns: bool) -> Legs {
        let (matched, used) = (found.matched, found.used);
        let (from_weaker, from_stronger) = match self.after {
            AfterMatch::FullFlush => (found.weaker, found.stronger),
            AfterMatch::NetOff | AfterMatch::CarryForward if earns => (matched, used),
            AfterMatch::NetOff => (0, 0),
            AfterMatch::CarryForward if found.most < found.weaker => (0, used),
            AfterMatch::CarryForward => (matched, 0),
        };
        let cap = self.carry_cap.map_or(i64::MAX, Money::minor);
        let weaker = (found.weaker - from_weaker).min(cap);
        let stronger = (found.stronger - from_stronger).min(cap);
        if found.first_is_stronger { [stronger, weaker] } else { [weaker, stronger] }
    }
}

/// Everyone's legs: what was carried, and what was bought below each of his two places.
fn legs(close: &Close<'_>, rule: &Rule, places: &PerSeat<Option<Place>>) -> PerSeat<Legs> {
    let bought = Volumes::of_rule(close.plan, rule, close.facts).of(Buyers::Both);
    let below = tree(places).summed_up(&bought);
    let carried = |seat| {
        let of = |leg| close.facts.carried.of(Some(&rule.id), Some(seat), leg).max(0);
        [of(Carry::FirstLeg), of(Carry::SecondLeg)]
    };
    let mut legs: PerSeat<Legs> = places.seats().map(carried).collect();
    for (seat, place) in places.iter() {
        if let Some(place) = place
            && let Some(leg) = legs[place.parent].get_mut(usize::from(place.slot))
        {
            *leg = leg.saturating_add(below[seat]);
        }
    }
    legs
}

/// Cuts what one has just been given, or what has just been booked for him on hold, to his cap of the
/// period.
fn cut(rule: &Rule, tally: &mut Tally, earner: Seat, cap: Money, earned: bool) {
    let amount = if earned {
        tally.lines.last_mut().map(|line| &mut line.paid)
    } else {
        let is_his = |part: &Unpaid| part.partner == Some(earner) && part.rule.as_ref() == Some(&rule.id);
        tally.unpaid.last_mut().filter(|part| is_his(part)).map(|part| &mut part.amount)
    };
    if let Some(amount) = amount.filter(|amount| **amount > cap) {
        let above = *amount - cap;
        *amount = cap;
        tally.unpaid(Some(rule), Some(earner), UnpaidReason::OverCap, above);
    }
}
