//! What happens in a rehearsal, period after period.

use domain::network::Standing;
use domain::period::Period;
use jiff::Timestamp;

use super::{Goods, Label};

/// A rehearsal as read.
#[derive(Debug, Clone)]
pub struct Script {
    /// What it is called.
    pub title: Option<String>,
    /// Its periods, a month after the other.
    pub periods: Vec<ScriptPeriod>,
}

/// What happens in one period.
#[derive(Debug, Clone)]
pub struct ScriptPeriod {
    /// Which month.
    pub month: Period,
    /// What happens, in this order.
    pub acts: Vec<Act>,
}

/// Something that happens.
#[derive(Debug, Clone)]
pub enum Act {
    /// Somebody is there from now on.
    Joins {
        /// What he is called.
        name: String,
        /// Who stands above him.
        sponsor: Option<String>,
        /// Who invited him; the sponsor unless it is said.
        inviter: Option<String>,
        /// When he joined; at the beginning of the month unless it is said.
        joined: Option<Timestamp>,
        /// How many active partners he invited; those of the sketch are counted unless it is said.
        invited: Option<u32>,
        /// As what he was paid in the period before, and the highest he ever reached.
        was: Option<(String, String)>,
    },
    /// Somebody is active, inactive or held from now on.
    Stands(String, Standing),
    /// Staff give somebody a rank.
    Ranked(String, String),
    /// Something is bought.
    Buys {
        /// By or for whom; by a customer whom nobody brought if it is not said.
        by: Option<String>,
        /// By a customer whom he brought.
        by_customer: bool,
        /// What one piece costs, and what it is worth.
        goods: Goods,
        /// How many pieces.
        pieces: u32,
        /// What the goods are called.
        label: Label,
    },
}

impl Script {
    /// Whether somebody is called so.
    pub fn knows(&self, wanted: &str) -> bool {
        let acts = self.periods.iter().flat_map(|period| &period.acts);
        acts.into_iter().any(|act| matches!(act, Act::Joins { name, .. } if name == wanted))
    }
}
