//! `rank_advance`: a fixed sum for a rank, once in a partner's life.

use domain::money::Money;

use crate::close::{Close, Tally};
use crate::rules::Rule;

/// The word of the language.
pub(crate) const NAME: &str = "rank_advance";

/// The terms of a rank advancement bonus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankAdvance {
    /// The sum of each rank that has one, low to high.
    pub sums: Vec<(String, Money)>,
    /// What one who jumps over ranks gets.
    pub skipped: Skipped,
    /// For so many periods in a row the rank must be held; from 1.
    pub hold_periods: u16,
}

/// What one who jumps over ranks gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skipped {
    /// The sum of every rank passed.
    Each,
    /// That of the highest only; the others are never paid.
    Highest,
}

impl RankAdvance {
    /// Runs the rule over a period.
    pub(crate) fn run(&self, _close: &Close<'_>, _rule: &Rule, _tally: &mut Tally) {
        unimplemented!("rank_advance")
    }
}
