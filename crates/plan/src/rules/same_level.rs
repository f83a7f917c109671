//! `same_level`: a floor from those below whose percentage leaves one no difference.

use domain::accrual::RuleId;
use domain::money::Rate;

use crate::close::{Close, Tally};
use crate::rules::Rule;

/// The word of the language.
pub(crate) const NAME: &str = "same_level";

/// The terms of a same-level bonus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SameLevel {
    /// The `differential` whose difference is looked at.
    pub of: RuleId,
    /// What is paid of the volume of one in the first line who leaves no difference.
    pub rate: Rate,
    /// Whether it counts as done in the differential.
    pub counts_as_done: bool,
}

impl SameLevel {
    /// Runs the rule over a period.
    pub(crate) fn run(&self, _close: &Close<'_>, _rule: &Rule, _tally: &mut Tally) {
        unimplemented!("same_level")
    }
}
