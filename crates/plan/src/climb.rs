//! The walk of one rule: from the buyer up, one partner after another, level by level.

use domain::accrual::BreakageReason;
use domain::ids::PartnerId;
use domain::money::Rate;
use domain::network::Member;
use domain::partner::PartnerCode;

use crate::accrue::AccrueError;
use crate::ascent::Ascent;
use crate::compression::{Compression, Effect, Verdict};
use crate::rates::Rates;
use crate::roll;
use crate::unlock::Unlock;

/// The terms of a walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Climb {
    /// What each level pays.
    pub rates: Rates,
    /// Whether the buyer stands first on his own walk.
    pub pay_self: bool,
    /// How levels are counted over those who may not earn.
    pub compression: Compression,
    /// Which levels are open to whom.
    pub unlock: Unlock,
    /// What becomes of a level that is closed to the one who stands at it.
    pub closed_level: ClosedLevel,
    /// The walk looks at no more sponsors than this.
    pub max_scan: Option<u32>,
}

/// What becomes of a level that is closed to the one who stands at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClosedLevel {
    /// He takes it and nobody is paid.
    Forfeit,
    /// The next one is asked for it.
    PassUp,
}

/// What came of a walk.
#[derive(Debug)]
pub(crate) struct Climbed {
    /// Everyone passed, nearest first.
    pub(crate) steps: Vec<Passed>,
    /// What became of each level, level 1 first.
    pub(crate) fates: Vec<Fate>,
}

/// One partner passed.
#[derive(Debug)]
pub(crate) struct Passed {
    pub(crate) partner: PartnerId,
    pub(crate) code: PartnerCode,
    pub(crate) distance: usize,
    pub(crate) level: Option<u16>,
    pub(crate) meeting: Meeting,
}

/// As what he was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meeting {
    /// As the buyer, who does not earn on his own order.
    Buyer,
    /// As a candidate for a level.
    Asked(Verdict),
    /// When all levels were taken.
    TooLate,
}

/// What became of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The walk ended before anyone took it.
    Untaken,
    /// The one of this step earns it.
    Earned { step: usize, rate: Rate },
    /// One who would earn it is on hold.
    Held(Rate),
    /// It was taken and nobody earns it.
    Burnt(BreakageReason),
}

impl Climb {
    /// How many levels it has.
    pub fn levels(&self) -> u16 {
        self.rates.levels()
    }

    /// Walks up from the buyer until every level is taken or nobody is left to ask.
    pub(crate) fn walk(&self, ascent: &mut Ascent<'_>) -> Result<Climbed, AccrueError> {
        let mut climbed =
            Climbed { steps: Vec::new(), fates: vec![Fate::Untaken; usize::from(self.levels())] };
        if !self.pay_self
            && let Some(buyer) = ascent.buyer()
        {
            climbed.pass(buyer, 0, None, Meeting::Buyer);
        }
        let distance = match self.compression {
            Compression::RollToNext => roll::walk(self, ascent, &mut climbed)?,
            _ => self.count(ascent, &mut climbed)?,
        };
        if let Some(distance) = distance.filter(|distance| self.reaches(*distance))
            && let Some(member) = ascent.at_if_known(distance)?
        {
            climbed.pass(member, distance, None, Meeting::TooLate);
        }
        Ok(climbed)
    }

    /// At which distance the first candidate stands.
    pub(crate) fn first_distance(&self, ascent: &Ascent<'_>) -> usize {
        usize::from(!self.pay_self || ascent.buyer().is_none())
    }

    /// Whether the walk looks that far.
    pub(crate) fn reaches(&self, distance: usize) -> bool {
        self.max_scan.is_none_or(|most| u32::try_from(distance).is_ok_and(|distance| distance <= most))
    }

    /// The walk with one counter. Returns where it stopped with all levels taken.
    fn count(&self, ascent: &mut Ascent<'_>, climbed: &mut Climbed) -> Result<Option<usize>, AccrueError> {
        let mut distance = self.first_distance(ascent);
        let mut level = 1;
        while level <= self.levels() {
            if !self.reaches(distance) {
                return Ok(None);
            }
            let Some(member) = ascent.at(distance)? else {
                return Ok(None);
            };
            let verdict = self.verdict(member, level);
            let effect = self.effect(verdict);
            let stands_at = (effect != Effect::Passed).then_some(level);
            let step = climbed.pass(member, distance, stands_at, Meeting::Asked(verdict));
            if effect == Effect::Takes {
                climbed.settle(level, Fate::of(verdict, step));
                level += 1;
            }
            distance += 1;
        }
        Ok(Some(distance))
    }
}

impl Climbed {
    /// Writes down one partner passed and returns his place.
    pub(crate) fn pass(
        &mut self,
        member: &Member,
        distance: usize,
        level: Option<u16>,
        meeting: Meeting,
    ) -> usize {
        let (partner, code) = (member.partner, member.code.clone());
        self.steps.push(Passed { partner, code, distance, level, meeting });
        self.steps.len() - 1
    }

    /// Writes down what became of a level.
    pub(crate) fn settle(&mut self, level: u16, fate: Fate) {
        if let Some(settled) = self.fates.get_mut(usize::from(level) - 1) {
            *settled = fate;
        }
    }
}

impl Fate {
    /// What becomes of a level that one with this verdict takes.
    pub(crate) fn of(verdict: Verdict, step: usize) -> Self {
        match verdict {
            Verdict::Earns(rate) => Self::Earned { step, rate },
            Verdict::Held(rate) => Self::Held(rate),
            Verdict::Inactive => Self::Burnt(BreakageReason::Inactive),
            Verdict::Closed { .. } => Self::Burnt(BreakageReason::LevelClosed),
            Verdict::NoRate | Verdict::NotCounted => Self::Burnt(BreakageReason::BelowRank),
        }
    }
}
