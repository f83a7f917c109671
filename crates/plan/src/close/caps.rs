//! Caps at the close: of a rule, of a partner, of the company.

use super::{Close, Tally};
use crate::rules::Rule;

/// Cuts what one rule gave, from line `from` on, to the rule's own cap.
pub(super) fn of_rule(_close: &Close<'_>, _rule: &Rule, _from: usize, _tally: &mut Tally) {}

/// Cuts what everyone got in the period to the partner's cap, then to the company's.
pub(super) fn of_plan(_close: &Close<'_>, _tally: &mut Tally) {}
