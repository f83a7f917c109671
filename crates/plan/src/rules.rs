//! The rules of a plan: what each pays on, and to whom. One file a kind.

mod fast_start;
mod level;

use domain::accrual::RuleId;
use domain::order::OrderLine;

pub use fast_start::{FastStart, FastStartWhen};

use crate::base::Base;
use crate::climb::Climb;

/// One rule of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its name, unique in the plan.
    pub id: RuleId,
    /// What its rates are taken of.
    pub base: Base,
    /// On which lines it pays; `None` for all.
    pub products: Option<Products>,
    /// What it does.
    pub kind: RuleKind,
}

/// What a rule does. Those decided at the close of a period will stand here too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleKind {
    /// Rates by level to the sponsors above the buyer.
    Level(Climb),
    /// The same for a new buyer's orders only.
    FastStart(FastStart),
}

/// Lines on which a rule pays: those of the categories and those of the article numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Products {
    /// The shop's categories.
    pub categories: Vec<String>,
    /// Article numbers.
    pub skus: Vec<String>,
}

impl Products {
    /// Whether a line is one of them.
    pub fn contain(&self, line: &OrderLine) -> bool {
        self.categories.contains(&line.category) || self.skus.iter().any(|sku| sku == line.sku.as_str())
    }
}

impl Rule {
    /// The terms of its walk.
    pub fn climb(&self) -> &Climb {
        match &self.kind {
            RuleKind::Level(climb) => climb,
            RuleKind::FastStart(fast_start) => &fast_start.climb,
        }
    }

    /// The word of its kind in the language.
    pub const fn kind_name(&self) -> &'static str {
        match self.kind {
            RuleKind::Level(_) => level::NAME,
            RuleKind::FastStart(_) => fast_start::NAME,
        }
    }

    /// Whether it pays on a line; fees are never paid on, whatever a rule says.
    pub fn selects(&self, line: &OrderLine) -> bool {
        self.products.as_ref().is_none_or(|products| products.contain(line))
    }
}
