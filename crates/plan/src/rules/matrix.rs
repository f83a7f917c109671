//! `matrix`: rates by level in a tree of limited width, into which those who join spill.
//!
//! Everyone has `width` places under him. Who joins stands under the one who invited him or, when all
//! his places are taken, further down his subtree (`close/placement.rs`). Over that tree the walk of
//! [`level`](super::level) goes: everyone's volume of the period pays base x rate k to the k-th counted
//! one above him, and the walk looks no further than `height` places up, also over those whom it skips.
//! Unlocks count those personally invited, wherever they stand.
//!
//! The volume of one who does not qualify rolls up by sponsors first, as for every rule; his place
//! stays. Source: the matrix of `mlmforge` (`content/guides/matrix.md`), whose example this is: of a
//! matrix 3 wide and 3 deep Root invites A, B and C; D, the fourth, spills under A. D buys 100 points
//! of which 40 % are commissionable: A and Root earn 5 % of 40.00 each, A first.
//!
//! ```
//! use plan::{Plan, sketch::Sketch};
//!
//! let text = r#"
//! name = "matrix"
//! title = { ru = "Матрица", en = "Matrix" }
//! currency = "RUB"
//! time_zone = "Europe/Moscow"
//! effective = "paid_at"
//! hold_days = 14
//! ranks = ["member", "silver", "gold"]
//! point_value = "0.40"
//!
//! [[rules]]
//! id = "matrix"
//! kind = "matrix"
//! base = "volume"
//! width = 3
//! height = 3
//! rate_table = { member = ["5%"], silver = ["5%", "5%"], gold = ["5%", "5%", "5%"] }
//! compression = "none"
//! "#;
//! let plan = Plan::parse("matrix.toml", text)?.plan;
//! let mut company = Sketch::new();
//! company.partner("Root", None)?.rank("Root", "gold")?;
//! for name in ["A", "B", "C", "D"] {
//!     company.partner(name, Some("Root"))?;
//! }
//! let reckoned = company.rank("A", "silver")?.buys("D", "100.00")?.reckon(&plan)?;
//! assert_eq!(reckoned.earned("A").to_string(), "2.00");
//! assert_eq!(reckoned.earned("Root").to_string(), "2.00");
//! assert_eq!(reckoned.totals().len(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::level;
use crate::climb::Climb;
use crate::close::placement::{Fill, place, tree};
use crate::close::{Close, Tally};
use crate::rules::Rule;

/// The word of the language.
pub(crate) const NAME: &str = "matrix";

/// The terms of a matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// How many stand directly under one; from 2.
    pub width: u16,
    /// How many levels pay; the walk looks no further.
    pub height: u16,
    /// Where one stands whose inviter has no free place.
    pub fill: Fill,
    /// The walk.
    pub climb: Climb,
}

impl Matrix {
    /// Runs the rule over a period.
    pub(crate) fn run(&self, close: &Close<'_>, rule: &Rule, tally: &mut Tally) {
        let places = place(&close.facts.people, self.width, self.fill);
        level::over(&self.climb, &tree(&places), close, rule, tally);
    }
}
