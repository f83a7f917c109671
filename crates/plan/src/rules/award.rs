//! `award`: a thing, once, for so many active buyers in the first line.

use domain::lang::Text;

use crate::close::{Close, Tally};
use crate::rules::Rule;

/// The word of the language.
pub(crate) const NAME: &str = "award";

/// The terms of an award.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Award {
    /// How many of the first line must be active and have bought goods.
    pub count: u32,
    /// What is given.
    pub item: Text,
}

impl Award {
    /// Runs the rule over a period.
    pub(crate) fn run(&self, _close: &Close<'_>, _rule: &Rule, _tally: &mut Tally) {
        unimplemented!("award")
    }
}
