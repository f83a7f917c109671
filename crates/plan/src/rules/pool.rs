//! `pool`: a share of what the whole company sold in a period, split among those who qualify.

use domain::money::{Money, Rate};

use crate::close::{Close, Tally};
use crate::ladder::Measure;
use crate::rules::Rule;

/// The word of the language.
pub(crate) const NAME: &str = "pool";

/// The terms of a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// The share of the company's base of the period.
    pub percent: Rate,
    /// How it is split.
    pub shares: Shares,
    /// The ranks that qualify: the one named and all above it; empty for everyone active.
    pub ranks: Vec<String>,
    /// With fewer who qualify nothing is paid.
    pub min_qualifiers: u32,
    /// The most that one partner gets.
    pub max_per_partner: Option<PoolLimit>,
    /// What becomes of what nobody gets.
    pub unused: Unused,
}

/// How a pool is split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shares {
    /// One share each.
    Equal,
    /// So many shares by rank; ranks without any do not qualify.
    ByRank(Vec<(String, u32)>),
    /// A share for every unit of a measure.
    ByVolume(Measure),
}

/// The most that one partner gets of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolLimit {
    /// A sum.
    Sum(Money),
    /// A share of the pool.
    Share(Rate),
}

/// What becomes of the part of a pool that nobody gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unused {
    /// It stays with the company.
    Company,
    /// It is added to the pool of the next period.
    Carried,
}

impl Pool {
    /// Runs the rule over a period.
    pub(crate) fn run(&self, _close: &Close<'_>, _rule: &Rule, _tally: &mut Tally) {
        unimplemented!("pool")
    }
}
