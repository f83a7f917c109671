//! Percentages by what one has reached: by the size of a volume, or by rank.

use domain::catalog::Volume;
use domain::money::Rate;

/// Rates by size: the rate of the highest threshold reached holds for the whole amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bands(pub(crate) Vec<(Volume, Rate)>);

impl Bands {
    /// The bands, ascending by threshold.
    pub fn list(&self) -> &[(Volume, Rate)] {
        &self.0
    }

    /// The rate of a size; zero below the first threshold.
    pub fn at(&self, size: Volume) -> Rate {
        let reached = self.0.iter().rev().find(|(threshold, _)| *threshold <= size);
        reached.map_or(Rate::ZERO, |(_, rate)| *rate)
    }

    /// The least size that has a rate above zero; `None` if nothing has.
    pub(crate) fn least(&self) -> Option<Volume> {
        self.0.iter().find(|(_, rate)| *rate > Rate::ZERO).map(|(threshold, _)| *threshold)
    }

    /// The highest rate.
    pub fn top(&self) -> Rate {
        self.0.iter().map(|(_, rate)| *rate).max().unwrap_or(Rate::ZERO)
    }
}

/// Everyone's own percentage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ladder {
    /// By the size of a measure in the period.
    Bands(Measure, Bands),
    /// By the rank one is paid as; who has none of them has none.
    Ranks(Vec<(String, Rate)>),
}

impl Ladder {
    /// The highest percentage.
    pub fn top(&self) -> Rate {
        match self {
            Self::Bands(_, bands) => bands.top(),
            Self::Ranks(ranks) => ranks.iter().map(|(_, rate)| *rate).max().unwrap_or(Rate::ZERO),
        }
    }
}

/// What of a partner's period is measured, in the plan's unit of qualification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// His own purchases and his customers', with what rolled up to him.
    Personal,
    /// The same before the roll-up.
    Unrolled,
    /// What outside customers whom he brought bought.
    Customers,
    /// Personal, and that of his first line.
    Frontline,
    /// Personal, and that of everyone below him.
    Group,
}

impl Measure {
    /// The words of the language.
    pub(crate) const WORDS: &'static [(&'static str, Self)] = &[
        ("personal_volume", Self::Personal),
        ("unrolled_volume", Self::Unrolled),
        ("customer_volume", Self::Customers),
        ("frontline_volume", Self::Frontline),
        ("group_volume", Self::Group),
    ];

    /// The word of the language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Personal => "personal_volume",
            Self::Unrolled => "unrolled_volume",
            Self::Customers => "customer_volume",
            Self::Frontline => "frontline_volume",
            Self::Group => "group_volume",
        }
    }
}
