//! `matching`: a share of what those whom one personally invited earn.

use domain::accrual::RuleId;

use crate::close::{Close, Tally};
use crate::rates::Rates;
use crate::rules::Rule;

/// The word of the language.
pub(crate) const NAME: &str = "matching";

/// The terms of a matching bonus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matching {
    /// The rules whose commissions are matched.
    pub of: Vec<RuleId>,
    /// Rates by generation of personally invited, the same for everyone or by rank.
    pub rates: Rates,
    /// Which sum is matched.
    pub on: MatchOn,
    /// Whether the inactive take no generation.
    pub skips_inactive: bool,
}

/// Which sum is matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchOn {
    /// Before any cap.
    Raw,
    /// What was paid.
    Capped,
}

impl Matching {
    /// Runs the rule over a period.
    pub(crate) fn run(&self, _close: &Close<'_>, _rule: &Rule, _tally: &mut Tally) {
        unimplemented!("matching")
    }
}
