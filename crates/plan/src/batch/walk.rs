//! One rule's walk over one moment of a company: as [`Climb::walk`](crate::climb::Climb), without a word
//! about those who were passed, and without allocating.

use domain::accrual::BreakageReason;
use domain::money::{Money, Rate};

use super::BatchError;
use super::change::NOBODY;
use super::moment::Moment;
use super::terms::RuleTerms;
use crate::climb::Fate;
use crate::compression::{Effect, Verdict};
use crate::roll::rolls_on;

/// From whom walks go up; the same start at the same moment gives the same walks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Start {
    /// The partner who buys, where that matters and one does.
    pub(super) buyer: u32,
    /// The first above.
    pub(super) above: u32,
}

/// What became of each level, and the money of the orders that shared the walk.
pub(super) struct Walk<'t> {
    pub(super) rule: &'t RuleTerms<'t>,
    pub(super) lines: Vec<Line>,
    /// Whether everybody active takes the next level, be it closed to him or not.
    active_take: bool,
    /// The nearest active ones, as many as there are levels.
    upline: Vec<u32>,
    rolling: Vec<usize>,
}

/// One level of a walk.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// The number of who earns stands for the step of his.
    pub(super) fate: Fate,
    pub(super) earns: bool,
    /// The rate of who takes the level, or what the rates promise.
    pub(super) rate: Rate,
    /// The order at hand: base times rate, rounded.
    pub(super) raw: Money,
    /// The same, of all orders so far.
    pub(super) raw_sum: Money,
    /// What the cap cut of it.
    pub(super) cut_sum: Money,
    /// What the rates promised, where that differs from rank to rank.
    pub(super) promised_sum: Money,
}

impl<'t> Walk<'t> {
    pub(super) fn new(rule: &'t RuleTerms<'t>) -> Self {
        Self {
            rule,
            active_take: rule.active_take(),
            upline: vec![NOBODY; rule.levels],
            lines: rule.greatest.iter().map(|rate| Line::untaken(*rate)).collect(),
            rolling: Vec::new(),
        }
    }

    /// Walks up anew.
    ///
    /// # Errors
    /// [`BatchError::Ring`] if it never ends.
    pub(super) fn climb(&mut self, moment: &mut Moment<'_>, start: Start) -> Result<(), BatchError> {
        let mut ascent = Ascent::new(moment, start, self.rule);
        if self.active_take && ascent.leaps {
            return self.take(&mut ascent);
        }
        for (line, rate) in self.lines.iter_mut().zip(&self.rule.greatest) {
            *line = Line::untaken(*rate);
        }
        if self.rule.rolls() { self.roll(&mut ascent) } else { self.count(&mut ascent) }
    }

    /// The walk with one counter where whoever is active takes the next level.
    fn take(&mut self, ascent: &mut Ascent<'_, '_>) -> Result<(), BatchError> {
        let found = ascent.nearest_active(&mut self.upline)?;
        let upline = self.upline.iter().take(found).map(Some).chain(std::iter::repeat(None));
        for (level, ((line, rate), taker)) in
            self.lines.iter_mut().zip(&self.rule.greatest).zip(upline).enumerate()
        {
            *line = Line::untaken(*rate);
            if let Some(number) = taker {
                line.settle(self.rule.verdict(ascent.moment.place(*number), level), *number);
            }
        }
        Ok(())
    }

    /// The walk with one counter.
    fn count(&mut self, ascent: &mut Ascent<'_, '_>) -> Result<(), BatchError> {
        let rule = self.rule;
        let mut lines = self.lines.iter_mut().enumerate();
        let Some(mut at) = lines.next() else {
            return Ok(());
        };
        while let Some(number) = ascent.next()? {
            let (level, line) = &mut at;
            let verdict = rule.verdict(ascent.moment.place(number), *level);
            if rule.effect(verdict) != Effect::Takes {
                continue;
            }
            line.settle(verdict, number);
            let Some(further) = lines.next() else {
                break;
            };
            at = further;
        }
        Ok(())
    }

    /// The i-th stands at level i; a level that he may not earn goes on up, the lowest first.
    fn roll(&mut self, ascent: &mut Ascent<'_, '_>) -> Result<(), BatchError> {
        let (rule, lines, rolling) = (self.rule, &mut self.lines, &mut self.rolling);
        rolling.clear();
        let mut own = 0;
        while own < rule.levels || !rolling.is_empty() {
            let Some(number) = ascent.next()? else {
                break;
            };
            // After the last level of their own, those who are not active take nothing.
            ascent.leaps = !ascent.bounded && own + 1 >= rule.levels;
            let place = ascent.moment.place(number);
            let mut settle = |level: usize, verdict| {
                if let Some(line) = lines.get_mut(level) {
                    line.settle(verdict, number);
                }
            };
            rolling.retain(|level| {
                let verdict = rule.verdict(place, *level);
                let takes = matches!(verdict, Verdict::Earns(_) | Verdict::Held(_));
                if takes {
                    settle(*level, verdict);
                }
                !takes
            });
            if own < rule.levels {
                let verdict = rule.verdict(place, own);
                if rolls_on(rule.climb, verdict) {
                    rolling.push(own);
                } else {
                    settle(own, verdict);
                }
                own += 1;
            }
        }
        Ok(())
    }
}

impl Line {
    pub(super) fn untaken(rate: Rate) -> Self {
        let nothing = Money::ZERO;
        Self {
            fate: Fate::Untaken(BreakageReason::NoSponsor),
            earns: false,
            rate,
            raw: nothing,
            raw_sum: nothing,
            cut_sum: nothing,
            promised_sum: nothing,
        }
    }

    fn settle(&mut self, verdict: Verdict, number: u32) {
        self.fate = Fate::of(verdict, number as usize);
        if let Verdict::Earns(rate) | Verdict::Held(rate) = verdict {
            self.rate = rate;
            self.earns = matches!(verdict, Verdict::Earns(_));
        }
    }
}

/// The way up, one partner after another.
struct Ascent<'m, 'c> {
    moment: &'m mut Moment<'c>,
    next: u32,
    /// So many more may be looked at.
    left: u32,
    /// Whether the plan sets that bound; otherwise nobody has so many above him.
    bounded: bool,
    /// Whether who is not active is passed without a word.
    leaps: bool,
}

impl<'m, 'c> Ascent<'m, 'c> {
    fn new(moment: &'m mut Moment<'c>, start: Start, rule: &RuleTerms<'_>) -> Self {
        let from_buyer = rule.climb.pay_self && start.buyer != NOBODY;
        let next = if from_buyer { start.buyer } else { start.above };
        let most = rule.climb.max_scan.map(|most| most.saturating_add(u32::from(from_buyer)));
        let leaps = most.is_none() && rule.passes_inactive();
        Self { moment, next, left: most.unwrap_or(NOBODY), bounded: most.is_some(), leaps }
    }

    fn next(&mut self) -> Result<Option<u32>, BatchError> {
        if self.leaps {
            self.next = self.moment.first_active(self.next)?;
        }
        if self.next == NOBODY {
            return Ok(None);
        }
        if self.left == 0 {
            return if self.bounded { Ok(None) } else { Err(BatchError::Ring) };
        }
        self.left -= 1;
        let number = self.next;
        self.next = self.moment.place(number).sponsor;
        Ok(Some(number))
    }

    /// Finds the nearest active ones, as many as there is room for. Returns how many there are.
    ///
    /// Whether the next one is active is anybody's guess, so it steers no branch.
    fn nearest_active(&mut self, upline: &mut [u32]) -> Result<usize, BatchError> {
        let mut found = 0;
        while self.next != NOBODY {
            for _ in 0..FAR {
                let Some(slot) = upline.get_mut(found) else {
                    return Ok(found);
                };
                if self.next == NOBODY {
                    return Ok(found);
                }
                let place = self.moment.place(self.next);
                *slot = self.next;
                found += usize::from(place.active);
                self.next = place.sponsor;
            }
            self.next = self.moment.first_active(self.next)?;
        }
        Ok(found)
    }
}

/// After so many steps a leap is looked for.
const FAR: usize = 64;
