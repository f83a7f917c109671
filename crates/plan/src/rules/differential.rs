//! `differential`: going up, each earns his own percentage less what is done below him.

use domain::accrual::RuleId;
use domain::money::Rate;

use crate::close::{Close, Tally};
use crate::ladder::Ladder;
use crate::rules::Rule;

/// The word of the language.
pub(crate) const NAME: &str = "differential";

/// The terms of a differential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differential {
    /// Everyone's own percentage.
    pub ladder: Ladder,
    /// Whether the one whose volume it is stands first and earns his own percentage of it.
    pub pay_self: bool,
    /// The `personal` rule whose percentage of the one whose volume it is counts as done at the start.
    pub after: Option<RuleId>,
    /// The percentage at which everything is done; the ladder's highest unless said.
    pub top: Rate,
}

impl Differential {
    /// Runs the rule over a period.
    pub(crate) fn run(&self, _close: &Close<'_>, _rule: &Rule, _tally: &mut Tally) {
        unimplemented!("differential")
    }
}
