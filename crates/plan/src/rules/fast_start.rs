//! `fast_start`: rates by level for the orders of a new buyer.

use crate::climb::Climb;

/// The word of the language.
pub(crate) const NAME: &str = "fast_start";

/// The terms of a fast start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FastStart {
    /// The walk.
    pub climb: Climb,
    /// On which orders it pays.
    pub when: FastStartWhen,
    /// Whether `level` rules pay nothing on such an order.
    pub replaces_level: bool,
}

/// Which orders of a partner are a fast start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FastStartWhen {
    /// Those effective within so many calendar days, in the plan's zone, from when he joined.
    Days(u16),
    /// His first.
    FirstOrder,
}
