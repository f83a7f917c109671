//! `binary`: the volume that two legs have in common.

use domain::money::{Money, Rate};

use crate::close::placement::Fill;
use crate::close::{Close, Tally};
use crate::rules::Rule;

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
    /// How much of the one leg is matched with how much of the other; both from 1.
    pub ratio: (u32, u32),
    /// How an imbalance counts.
    pub balance: Balance,
    /// Where who joins under a full place stands.
    pub fill: Fill,
}

/// What matched volume pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryPays {
    /// A share of it.
    Percent(Rate),
    /// A fixed sum for every whole unit of it.
    Units {
        /// The size of a unit.
        unit: Money,
        /// What it pays.
        sum: Money,
    },
}

/// What becomes of the volume after the match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterMatch {
    /// The weaker leg is emptied, the stronger keeps the rest, also of one who may not earn.
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

impl Binary {
    /// Runs the rule over a period.
    pub(crate) fn run(&self, _close: &Close<'_>, _rule: &Rule, _tally: &mut Tally) {
        unimplemented!("binary")
    }
}
