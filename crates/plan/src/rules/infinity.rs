//! `infinity`: a share of unlimited depth, until a leader of the same or a higher rank.

use domain::money::Rate;

use crate::close::{Close, Tally};
use crate::rules::Rule;

/// The word of the language.
pub(crate) const NAME: &str = "infinity";

/// The terms of an infinity bonus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Infinity {
    /// The rate of each rank that has one, low to high.
    pub rates: Vec<(String, Rate)>,
    /// So many leaders nearest to the volume earn nothing.
    pub after_generation: u16,
    /// The ranks that count as leaders for [`Self::after_generation`].
    pub leaders: Vec<String>,
    /// What each of them gets.
    pub pays: InfinityPays,
}

/// What a leader gets of his rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InfinityPays {
    /// His rate less the highest paid below him.
    Difference,
    /// His whole rate, while all together stay within the highest rate of the plan.
    Full,
}

impl Infinity {
    /// Runs the rule over a period.
    pub(crate) fn run(&self, _close: &Close<'_>, _rule: &Rule, _tally: &mut Tally) {
        unimplemented!("infinity")
    }
}
