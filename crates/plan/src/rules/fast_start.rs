//! `fast_start`: rates by level for the orders of a new buyer.
//!
//! ```text
//! base x rate[k], rounded once, while the buyer is new
//! ```
//!
//! New is who joined at most so many calendar days ago (`days`), or whose first order it is
//! (`first_order`). The walk is that of `level`. With `replaces_level` the rules `level` pay nothing on
//! such an order; without it both are paid. Decided when the order is paid.
//!
//! Fast start bonuses are common to plans of every family; the form is that of the catalogue.
//!
//! # Example
//!
//! Of two orders of Bob, the first pays Alice a quarter instead of a tenth.
//!
//! ```
//! use plan::{Plan, sketch::Sketch};
//!
//! let plan = Plan::parse("start.toml", r#"
//! name = "start"
//! title = { ru = "Быстрый старт", en = "Fast start" }
//! currency = "RUB"
//! time_zone = "Europe/Moscow"
//! effective = "paid_at"
//! hold_days = 14
//!
//! [[rules]]
//! id = "level"
//! kind = "level"
//! base = "turnover"
//! rates = ["10%"]
//! compression = "none"
//!
//! [[rules]]
//! id = "start"
//! kind = "fast_start"
//! base = "turnover"
//! rates = ["25%"]
//! compression = "none"
//! first_order = true
//! replaces_level = true
//! "#).unwrap().plan;
//!
//! let mut company = Sketch::new();
//! company.chain(&["alice", "bob"])?;
//! company.buys("bob", "1000.00")?.buys("bob", "1000.00")?;
//! let month = company.reckon(&plan)?;
//! assert_eq!(month.by_rule("start", "alice"), "250.00".parse()?);
//! assert_eq!(month.by_rule("level", "alice"), "100.00".parse()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
