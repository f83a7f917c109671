//! Compression: what one who may not earn does to the count of levels.

use domain::money::Rate;
use domain::network::{Member, Standing};

use crate::climb::{Climb, ClosedLevel};

/// How levels are counted over those who may not earn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compression {
    /// Every sponsor takes a level.
    None,
    /// Only active sponsors take levels.
    SkipInactive,
    /// Only sponsors of a rank take levels.
    SkipBelowRank {
        /// The lowest rank that counts.
        min_rank: String,
        /// That rank and all above it.
        counted: Vec<String>,
    },
    /// A level is taken only when somebody earns it.
    Dynamic,
    /// Every sponsor takes a level; one that he may not earn goes to the next above who may.
    RollToNext,
}

impl Compression {
    /// The word of the language.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::SkipInactive => "skip_inactive",
            Self::SkipBelowRank { .. } => "skip_below_rank",
            Self::Dynamic => "dynamic",
            Self::RollToNext => "roll_to_next",
        }
    }
}

/// What a partner is to a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// He earns it.
    Earns(Rate),
    /// He would earn it, but his earnings are on hold.
    Held(Rate),
    /// He is not active.
    Inactive,
    /// He has not opened it.
    Closed { needs: u32, has: u32 },
    /// His rank has no rate here.
    NoRate,
    /// His rank is below what the walk counts.
    NotCounted,
}

/// What a verdict does to the count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// The level is taken.
    Takes,
    /// He was asked for the level; the next one is asked for it again.
    Asked,
    /// He was not asked for any.
    Passed,
}

impl Climb {
    /// What a partner is to a level; the first reason that holds, from the top.
    pub(crate) fn verdict(&self, member: &Member, level: u16) -> Verdict {
        if !self.counts(member) {
            return Verdict::NotCounted;
        }
        if member.standing == Standing::Inactive {
            return Verdict::Inactive;
        }
        let has = member.active_invited;
        let needs = self.unlock.needs(level);
        if needs.is_none_or(|needs| has < needs) {
            return Verdict::Closed { needs: needs.unwrap_or(u32::MAX), has };
        }
        match (self.rates.at(level, member.rank.as_deref()), member.standing) {
            (None, _) => Verdict::NoRate,
            (Some(rate), Standing::Held) => Verdict::Held(rate),
            (Some(rate), _) => Verdict::Earns(rate),
        }
    }

    fn counts(&self, member: &Member) -> bool {
        match &self.compression {
            Compression::SkipBelowRank { counted, .. } => {
                member.rank.as_ref().is_some_and(|rank| counted.contains(rank))
            }
            _ => true,
        }
    }

    /// What a verdict does where one counter runs: everywhere but in [`Compression::RollToNext`].
    pub(crate) fn effect(&self, verdict: Verdict) -> Effect {
        let dynamic = self.compression == Compression::Dynamic;
        let skips_inactive = dynamic || self.compression == Compression::SkipInactive;
        let passes_up = dynamic || self.closed_level == ClosedLevel::PassUp;
        match verdict {
            Verdict::NotCounted => Effect::Passed,
            Verdict::Inactive if skips_inactive => Effect::Passed,
            Verdict::Held(_) if dynamic => Effect::Passed,
            Verdict::NoRate if dynamic => Effect::Asked,
            Verdict::Closed { .. } if passes_up => Effect::Asked,
            _ => Effect::Takes,
        }
    }
}
