//! Ranks: what has to be reached for each, and what has to be kept.

use domain::catalog::Volume;
use domain::money::Rate;

use crate::ladder::Measure;

/// One rank of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rank {
    /// Its name.
    pub name: String,
    /// What reaches it; `None` for a rank that only staff give.
    pub reach: Option<Conditions>,
    /// What keeps it for one who was paid as this rank, or a higher one, in the period before; `None`
    /// for the same as to reach it.
    pub keep: Option<Conditions>,
}

impl Rank {
    /// All conditions that it has: to reach it and to keep it.
    pub(crate) fn all_conditions(&self) -> impl Iterator<Item = &Conditions> {
        self.reach.iter().chain(&self.keep)
    }
}

/// Everything that must hold together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conditions {
    /// The least of each measure.
    pub least: Vec<(Measure, Volume)>,
    /// The most of [`Measure::Group`]'s threshold that one leg may bring.
    pub max_leg_share: Option<Rate>,
    /// The least of the largest legs.
    pub legs: Option<Legs>,
    /// People of ranks below.
    pub people: Vec<People>,
    /// So many whole calendar months since joining, at the end of the period.
    pub tenure_months: Option<u16>,
    /// Whether the partner must be active at the end of the period.
    pub active: bool,
}

/// The least volume of the largest legs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Legs {
    /// One to three sums: of the largest leg, of the second, of all others together. Where all three
    /// are asked for, the three are compared in order of size.
    pub least: Vec<Volume>,
    /// Of which tree.
    pub of: LegsOf,
}

/// In which tree legs are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegsOf {
    /// After the roll-up.
    Rolled,
    /// Before it.
    Unrolled,
    /// The two largest before it; the others are what all legs after it have beyond these two.
    Mixed,
}

impl LegsOf {
    /// The words of the language.
    pub(crate) const WORDS: &'static [(&'static str, Self)] =
        &[("rolled", Self::Rolled), ("unrolled", Self::Unrolled), ("mixed", Self::Mixed)];
}

/// So many people of a rank or above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct People {
    /// The rank, by its place among the plan's ranks from 0.
    pub rank: usize,
    /// How many.
    pub count: u32,
    /// Within how many levels below; `None` for any depth.
    pub within: Option<u16>,
    /// Whether each leg counts once.
    pub separate_legs: bool,
}
