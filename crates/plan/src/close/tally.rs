//! What the rules of a close give, as they go: who earns what of whom, and why somebody does not.

use std::collections::BTreeMap;

use domain::accrual::RuleId;
use domain::lang::Text;
use domain::money::{Money, Rate};
use domain::network::Standing;

use super::Close;
use super::facts::{Carried, Commission};
use super::seats::Seat;
use crate::base::saturated;
use crate::rules::Rule;

/// One partner's earning in a period, by one rule, of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// By which rule.
    pub rule: RuleId,
    /// Who earns.
    pub earner: Seat,
    /// Of whose volume or commissions.
    pub source: Source,
    /// At which level or generation; 1 where the kind has none.
    pub level: u16,
    /// Of which sum.
    pub base: Money,
    /// How the sum became the amount.
    pub how: How,
    /// Rounded, before any cap.
    pub raw: Money,
    /// After the caps.
    pub paid: Money,
}

/// Of whose volume or commissions something is earned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Of this partner's.
    Partner(Seat),
    /// Of the earner's own legs.
    Legs,
    /// Of the whole company's.
    Company,
    /// Of nobody's: a fixed sum.
    Reached,
    /// Of earlier periods': what a cap held back then.
    CarriedOver,
}

/// How a base becomes an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Base times rate.
    Rate(Rate),
    /// Base times what is left of one's own percentage.
    Difference {
        /// His own percentage.
        own: Rate,
        /// What is done below him.
        done: Rate,
        /// What he gets: their difference, or what is left up to the top.
        left: Rate,
    },
    /// Base times rate, shrunk by weaker / stronger leg.
    Balanced {
        /// The rate.
        rate: Rate,
        /// The weaker leg, in the unit of the base.
        weaker: Money,
        /// The stronger leg.
        stronger: Money,
    },
    /// A sum for each whole unit.
    Units {
        /// How many.
        units: i64,
        /// What each pays.
        sum: Money,
    },
    /// So many of all shares of the base.
    Shares {
        /// His.
        own: i64,
        /// Everyone's.
        all: i64,
    },
    /// The base itself.
    Whole,
}

impl How {
    /// The rate, where there is one.
    pub const fn rate(self) -> Option<Rate> {
        match self {
            Self::Rate(rate) | Self::Balanced { rate, .. } | Self::Difference { left: rate, .. } => {
                Some(rate)
            }
            Self::Units { .. } | Self::Shares { .. } | Self::Whole => None,
        }
    }

    /// The exact amount as a fraction of kopecks.
    pub(crate) fn exact(self, base: Money) -> (i128, i128) {
        let base = i128::from(base.minor());
        match self {
            Self::Rate(rate) | Self::Difference { left: rate, .. } => {
                (base * i128::from(rate.ppm()), Rate::WHOLE_PPM)
            }
            Self::Balanced { rate, weaker, stronger } => (
                base * i128::from(rate.ppm()) * i128::from(weaker.minor()),
                Rate::WHOLE_PPM * i128::from(stronger.minor().max(1)),
            ),
            Self::Units { units, sum } => (i128::from(units) * i128::from(sum.minor()), 1),
            Self::Shares { own, all } => (base * i128::from(own), i128::from(all.max(1))),
            Self::Whole => (base, 1),
        }
    }
}

/// A thing that was earned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awarded {
    /// By which rule.
    pub rule: RuleId,
    /// Who gets it.
    pub earner: Seat,
    /// What.
    pub item: Text,
}

/// What one partner did not get, and why. Kept for the partner who is watched only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Of which rule.
    pub rule: RuleId,
    /// Of whose volume or commissions.
    pub source: Source,
    /// At which level or generation.
    pub level: Option<u16>,
    /// Why not.
    pub why: Why,
}

/// Why somebody gets nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// He is not active.
    Inactive,
    /// His earnings are on hold.
    Held,
    /// The amount rounds to nothing.
    RoundsToZero,
    /// His own percentage is not above what is done below him.
    NoDifference {
        /// His.
        own: Rate,
        /// Done below.
        done: Rate,
    },
    /// Something is left to him above what is done below him, or nothing is done there yet: no floor.
    NoFloor {
        /// His percentage.
        own: Rate,
        /// Done below.
        done: Rate,
    },
    /// His rank is below what the rule asks for, or has no rate here.
    BelowRank,
    /// He had not opened the level.
    LevelClosed {
        /// Active personally invited partners that the level needs.
        needs: u32,
        /// How many he had.
        has: u32,
    },
    /// All levels or generations were taken nearer to the source.
    TooFar,
    /// So near to the source nothing is paid yet.
    TooNear,
    /// A leader below him ends the walk.
    EndedBelow,
    /// He has too little of something.
    TooLittle {
        /// How much it takes.
        needs: i64,
        /// How much he had.
        has: i64,
    },
    /// He had it before.
    Already,
    /// Something higher is paid in its place.
    Surpassed,
    /// Too few qualify, so nobody gets anything.
    TooFew {
        /// How many it takes.
        needs: i64,
        /// How many there were.
        has: i64,
    },
}

/// A part of what a rule reckoned that is not paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpaid {
    /// Of which rule; `None` for the caps of the plan.
    pub rule: Option<RuleId>,
    /// Who would have got it; `None` where nobody would.
    pub partner: Option<Seat>,
    /// Why not.
    pub reason: UnpaidReason,
    /// How much; above zero.
    pub amount: Money,
}

/// Why a part of what a rule reckoned is not paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnpaidReason {
    /// Nobody is there to earn it.
    Nobody,
    /// The one who would earn it is on hold.
    Held,
    /// Cut by a cap, and stays with the company.
    OverCap,
    /// Cut by a cap, and carried to the partner's next period.
    CarriedOver,
    /// Cut by a cap, and added to the pool.
    ToPool,
}

/// What a cap of the period takes back of what an order rule paid for orders of the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// By which rule it was paid.
    pub rule: RuleId,
    /// To whom.
    pub earner: Seat,
    /// How much is taken back; above zero.
    pub amount: Money,
    /// What becomes of it: one of the reasons of caps.
    pub reason: UnpaidReason,
}

/// What has been given so far.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) lines: Vec<Line>,
    pub(crate) unpaid: Vec<Unpaid>,
    pub(crate) awards: Vec<Awarded>,
    pub(crate) carried: Carried,
    pub(crate) notes: Vec<Note>,
    /// For whom notes are kept.
    pub(crate) watched: Option<Seat>,
    /// What orders of the period paid, less what caps of the rules that were run cut of it.
    pub(crate) commissions: Vec<Commission>,
    /// What the caps take back of it in the end.
    pub(crate) cuts: Vec<Cut>,
    /// What lines, by their places, paid before the cap of their rule cut them.
    pub(crate) before_caps: BTreeMap<usize, Money>,
}

/// Of what, and at which level, something would be earned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ground {
    pub(crate) source: Source,
    pub(crate) level: u16,
}

impl Tally {
    /// Gives somebody what a rule reckons for him, unless he may not earn. Says whether he earns it.
    pub(crate) fn earn(
        &mut self,
        close: &Close<'_>,
        rule: &Rule,
        earner: Seat,
        ground: Ground,
        base: Money,
        how: How,
    ) -> bool {
        let (numerator, denominator) = how.exact(base);
        let raw = saturated(close.plan.rounding.divide(numerator.max(0), denominator));
        let Ground { source, level } = ground;
        self.give(
            close,
            rule,
            Line { rule: rule.id.clone(), earner, source, level, base, how, raw, paid: raw },
        )
    }

    /// Gives somebody an amount that is reckoned already, unless he may not earn. Says whether he earns it.
    pub(crate) fn give(&mut self, close: &Close<'_>, rule: &Rule, line: Line) -> bool {
        let why = match close.facts.people[line.earner].standing {
            Standing::Inactive => Some(Why::Inactive),
            _ if line.paid.is_zero() => Some(Why::RoundsToZero),
            Standing::Held => {
                self.unpaid(Some(rule), Some(line.earner), UnpaidReason::Held, line.paid);
                Some(Why::Held)
            }
            Standing::Active => None,
        };
        if let Some(why) = why {
            self.note(rule, line.earner, Ground { source: line.source, level: line.level }, why);
            return false;
        }
        self.lines.push(line);
        true
    }

    /// Notes why somebody does not earn, if he is watched.
    pub(crate) fn note(&mut self, rule: &Rule, partner: Seat, ground: Ground, why: Why) {
        if self.watched == Some(partner) {
            let Ground { source, level } = ground;
            self.notes.push(Note { rule: rule.id.clone(), source, level: Some(level), why });
        }
    }

    /// Writes down a part that is not paid; nothing if it is zero.
    pub(crate) fn unpaid(
        &mut self,
        rule: Option<&Rule>,
        partner: Option<Seat>,
        reason: UnpaidReason,
        amount: Money,
    ) {
        if amount.is_positive() {
            self.unpaid.push(Unpaid { rule: rule.map(|rule| rule.id.clone()), partner, reason, amount });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_a_fund_is_that_part_of_it() {
        assert_eq!(How::Shares { own: 2, all: 7 }.exact(Money::from_minor(100)), (200, 7));
    }
}
