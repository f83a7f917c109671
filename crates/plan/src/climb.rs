//! The walk of one rule: from the buyer up, one partner after another, level by level.

use domain::accrual::BreakageReason;
use domain::ids::PartnerId;
use domain::money::Rate;
use domain::network::Member;
use domain::partner::PartnerCode;

use crate::compression::{Compression, Effect, Verdict};
use crate::rates::Rates;
use crate::roll;
use crate::unlock::Unlock;
use crate::way::Way;

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
    /// Ranks that end the walk: whose group broke away pays nobody above him.
    pub ends_at: Vec<String>,
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

/// What becomes of a level above which nobody stands.
const UNTAKEN: Fate = Fate::Untaken(BreakageReason::NoSponsor);

/// What became of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The walk ended before anyone took it.
    Untaken(BreakageReason),
    /// The one of this step earns it.
    Earned { step: usize, rate: Rate },
    /// The one of this step would earn it, but is on hold.
    Held { step: usize, rate: Rate },
    /// It was taken and nobody earns it.
    Burnt(BreakageReason),
}

impl Climb {
    /// How many levels it has.
    pub fn levels(&self) -> u16 {
        self.rates.levels()
    }

    /// Walks up from the buyer until every level is taken or nobody is left to ask.
    pub(crate) fn walk<W: Way>(&self, way: &mut W) -> Result<Climbed, W::Error> {
        let mut climbed = Climbed { steps: Vec::new(), fates: vec![UNTAKEN; usize::from(self.levels())] };
        if !self.pay_self
            && let Some(buyer) = way.buyer()
        {
            climbed.pass(buyer, 0, None, Meeting::Buyer);
        }
        if !self.pay_self && way.buyer().is_some_and(|buyer| self.ends_with(buyer)) {
            climbed.break_away();
            return Ok(climbed);
        }
        let distance = match self.compression {
            Compression::RollToNext => roll::walk(self, way, &mut climbed)?,
            _ => self.count(way, &mut climbed)?,
        };
        if let Some(distance) = distance.filter(|distance| self.reaches(*distance))
            && let Some(member) = way.at_if_known(distance)?
        {
            climbed.pass(member, distance, None, Meeting::TooLate);
        }
        Ok(climbed)
    }

    /// At which distance the first candidate stands.
    pub(crate) fn first_distance(&self, way: &impl Way) -> usize {
        usize::from(!self.pay_self || way.buyer().is_none())
    }

    /// Whether the walk looks that far.
    pub(crate) fn reaches(&self, distance: usize) -> bool {
        self.max_scan.is_none_or(|most| u32::try_from(distance).is_ok_and(|distance| distance <= most))
    }

    /// Whether nobody above one is asked: his group has broken away.
    pub(crate) fn ends_with(&self, member: &Member) -> bool {
        member.rank.as_ref().is_some_and(|rank| self.ends_at.contains(rank))
    }

    /// The walk with one counter. Returns where it stopped with all levels taken.
    fn count<W: Way>(&self, way: &mut W, climbed: &mut Climbed) -> Result<Option<usize>, W::Error> {
        let mut distance = self.first_distance(way);
        let mut level = 1;
        while level <= self.levels() {
            if !self.reaches(distance) {
                return Ok(None);
            }
            let Some(member) = way.at(distance)? else {
                return Ok(None);
            };
            let verdict = self.verdict(member, level);
            let effect = self.effect(verdict);
            let stands_at = (effect != Effect::Passed).then_some(level);
            let step = climbed.pass(member, distance, stands_at, Meeting::Asked(verdict));
            let ends = self.ends_with(member);
            if effect == Effect::Takes {
                climbed.settle(level, Fate::of(verdict, step));
                level += 1;
            }
            if ends {
                climbed.break_away();
                return Ok(None);
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

    /// Ends at one whose group broke away: levels that nobody took until him go to nobody above.
    pub(crate) fn break_away(&mut self) {
        for fate in self.fates.iter_mut().filter(|fate| **fate == UNTAKEN) {
            *fate = Fate::Untaken(BreakageReason::BrokenAway);
        }
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
            Verdict::Held(rate) => Self::Held { step, rate },
            Verdict::Inactive => Self::Burnt(BreakageReason::Inactive),
            Verdict::Closed { .. } => Self::Burnt(BreakageReason::LevelClosed),
            Verdict::NoRate | Verdict::NotCounted => Self::Burnt(BreakageReason::BelowRank),
        }
    }
}
