//! `breakaway`: a leader's group pays no level commission upward; his upline earns an override on it.

use domain::accrual::RuleId;
use domain::money::Rate;

use crate::close::{Close, Tally};
use crate::rules::Rule;

/// The word of the language.
pub(crate) const NAME: &str = "breakaway";

/// The terms of a breakaway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breakaway {
    /// The ranks that break away: the one named and all above it.
    pub leaders: Vec<String>,
    /// The override rate of each rank, low to high.
    pub overrides: Vec<(String, Rate)>,
    /// How the rate of the first generation is found.
    pub mode: OverrideMode,
    /// The least a differential override pays.
    pub min_override: Option<Rate>,
    /// The rates of the second generation of leaders above the group, and further.
    pub generations: Vec<Rate>,
    /// The level rules that end at a leader; empty for all.
    pub of: Vec<RuleId>,
    /// Whether a broken-away group counts in no group volume above it.
    pub exclude_group: bool,
}

/// How an override is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverrideMode {
    /// The upline's rate less the leader's.
    Differential,
    /// The upline's rate.
    Fixed,
}

impl Breakaway {
    /// Runs the rule over a period.
    pub(crate) fn run(&self, _close: &Close<'_>, _rule: &Rule, _tally: &mut Tally) {
        unimplemented!("breakaway")
    }
}
