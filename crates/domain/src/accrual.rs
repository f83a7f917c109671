//! What a plan gives for one order: who earns what, what nobody earns, and everyone's outcome.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::ids::PartnerId;
use crate::money::{Money, Rate};
use crate::partner::PartnerCode;

/// The name of a rule inside its plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(Arc<str>);

impl RuleId {
    /// Wraps a name.
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for RuleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Everything a plan says about one order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Accruals {
    /// Who earns; only what pays (amount above zero), in order of rule and level.
    pub shares: Vec<Share>,
    /// What the rates promised and nobody got, with the reason, in order of rule and level.
    pub breakage: Vec<Breakage>,
    /// Everyone's outcome, rule by rule.
    pub walks: Vec<Walk>,
    /// The most that all rules together promise for this order: shares and breakage sum to it.
    pub maximum: Money,
    /// The cap of the order, where the plan has one.
    pub cap: Option<Money>,
}

impl Accruals {
    /// What is paid in all.
    pub fn paid(&self) -> Money {
        self.shares.iter().map(|share| share.paid).sum()
    }

    /// What nobody got, in all.
    pub fn broken(&self) -> Money {
        self.breakage.iter().map(|breakage| breakage.amount).sum()
    }
}

/// One partner's earning from one order by one rule at one level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Share {
    /// By which rule.
    pub rule: RuleId,
    /// Who earns.
    pub earner: PartnerId,
    /// At which level, from 1.
    pub level: u16,
    /// The base of the order under the rule.
    pub base: Money,
    /// The rate of the level.
    pub rate: Rate,
    /// Base times rate, rounded, before any cap.
    pub raw: Money,
    /// What he gets.
    pub paid: Money,
}

/// A part of the promised sum that nobody got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Breakage {
    /// Of which rule.
    pub rule: RuleId,
    /// Of which level.
    pub level: u16,
    /// Why nobody got it.
    pub reason: BreakageReason,
    /// How much; above zero.
    pub amount: Money,
}

/// Why nobody got a part of what the rates promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakageReason {
    /// The walk ended at the root before this level.
    NoSponsor,
    /// The walk ended before this level at a leader whose group broke away.
    BrokenAway,
    /// The one at this level was inactive and the plan does not compress.
    Inactive,
    /// The one at this level has not opened it.
    LevelClosed,
    /// The one at this level has a rank with a lower rate, or with none.
    BelowRank,
    /// His earnings are on hold.
    Held,
    /// Cut by the cap.
    OverCap,
}

/// The walk of one rule from the buyer to the root, or to where it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Walk {
    /// Of which rule.
    pub rule: RuleId,
    /// The base of the order under the rule.
    pub base: Money,
    /// Everyone passed, nearest first. One who collects several levels stands here once for each.
    pub steps: Vec<Step>,
}

/// One partner passed on a walk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Who.
    pub partner: PartnerId,
    /// The code people see.
    pub code: PartnerCode,
    /// How far above the buyer: 0 is the buyer himself.
    pub distance: u32,
    /// The level he stood at, where he consumed or was asked for one.
    pub level: Option<u16>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of one partner on one walk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Outcome {
    /// He earns.
    Paid {
        /// His rate.
        rate: Rate,
        /// Before the cap.
        raw: Money,
        /// What he gets.
        paid: Money,
    },
    /// He was not active at the effective moment.
    SkippedInactive,
    /// He had not opened the level.
    LevelClosed {
        /// Active personally invited partners that the level needs.
        needs: u32,
        /// How many he had.
        has: u32,
    },
    /// His rank has no rate here, or is below what the walk counts.
    BelowRank,
    /// The buyer does not earn on his own order.
    #[serde(rename = "self")]
    Buyer,
    /// He stood at a level, but the cap left nothing for him.
    OverCap {
        /// Before the cap.
        raw: Money,
    },
    /// His earnings are on hold.
    Held,
    /// All levels were taken nearer to the buyer.
    NoMoreLevels,
    /// His share of so small a base rounds to nothing.
    RoundsToZero {
        /// His rate.
        rate: Rate,
    },
}
