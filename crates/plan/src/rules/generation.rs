//! `generation`: rates by depth counted over leaders only.

use crate::close::{Close, Tally};
use crate::rates::Rates;
use crate::rules::Rule;

/// The word of the language.
pub(crate) const NAME: &str = "generation";

/// The terms of a generation bonus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// Rates by generation from the first that pays, the same for everyone or by rank.
    pub rates: Rates,
    /// The generation that the first rate is for; those nearer pay nothing.
    pub first_generation: u16,
    /// Who is a leader.
    pub boundary: Boundary,
    /// Whether a generation without anyone between two leaders counts.
    pub empty_generation_counts: bool,
    /// Whether a leader who may not earn still begins a generation.
    pub inactive_bounds: bool,
}

/// Who begins a generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Boundary {
    /// Those of these ranks: the one named and all above it.
    Ranks(Vec<String>),
    /// For each earner those of his own rank and above.
    SameRank,
}

impl Generation {
    /// Runs the rule over a period.
    pub(crate) fn run(&self, _close: &Close<'_>, _rule: &Rule, _tally: &mut Tally) {
        unimplemented!("generation")
    }
}
