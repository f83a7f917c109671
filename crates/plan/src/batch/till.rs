//! Pays order after order: walks again only where another start or another moment asks for it.

use std::hint::black_box;
use std::ops::{BitXor, Range};

use domain::accrual::BreakageReason;
use domain::money::{Money, Rounding};

use super::BatchError;
use super::change::NOBODY;
use super::company::Company;
use super::cut::Cutter;
use super::moment::Moment;
use super::orders::{Orders, Whence};
use super::share::share;
use super::terms::Terms;
use super::totals::{LevelTotals, Totals};
use super::walk::{Line, Start, Walk};
use crate::climb::Fate;

/// One worker: a part of the orders, in order of state.
pub(super) struct Till<'t> {
    terms: &'t Terms<'t>,
    moment: Moment<'t>,
    walks: Vec<Walk<'t>>,
    start: Option<Start>,
    cutter: Cutter<'t>,
    totals: Totals,
}

/// So many orders, and changes, are fetched at once.
const BLOCK: usize = 32;

impl<'t> Till<'t> {
    pub(super) fn new(terms: &'t Terms<'t>, company: &'t Company) -> Self {
        Self {
            terms,
            moment: Moment::first(company),
            walks: terms.rules.iter().map(Walk::new).collect(),
            start: None,
            cutter: Cutter::new(company),
            totals: Totals::nothing(terms, company.people()),
        }
    }

    /// Pays a part of the orders; sums are by number.
    pub(super) fn pay(mut self, orders: &Orders, part: Range<usize>) -> Result<Totals, BatchError> {
        let width = orders.width().max(1);
        let bases = orders.bases.get(part.start * width..).unwrap_or_default();
        let whence = orders.whence.get(part).unwrap_or_default();
        for (whence, bases) in whence.chunks(BLOCK).zip(bases.chunks(BLOCK * width)) {
            self.fetch(whence);
            for (whence, bases) in whence.iter().zip(bases.chunks_exact(width)) {
                self.stand_at(*whence)?;
                self.pay_order(bases);
            }
        }
        self.enter();
        Ok(self.totals)
    }

    /// Brings whom some orders and the changes before them concern into the cache, all at once: each may be
    /// anybody of a million, and waiting for one after another takes as long as their walks.
    fn fetch(&self, whence: &[Whence]) {
        let buyers = whence.iter().map(|whence| whence.origin.unpack().0).filter(|buyer| *buyer != NOBODY);
        let sponsors = buyers.fold(0, |mix, buyer| mix ^ self.moment.place(buyer).sponsor);
        let state = whence.last().map_or(0, |whence| whence.state as usize);
        black_box(sponsors ^ self.moment.inviters_until(state).take(BLOCK).fold(0, u32::bitxor));
    }

    /// Walks from where an order comes, unless the last one came from there too.
    fn stand_at(&mut self, whence: Whence) -> Result<(), BatchError> {
        let state = whence.state as usize;
        if state != self.moment.state() {
            self.enter();
            self.start = None;
            self.moment.advance(state);
        }
        let (buyer, seller) = whence.origin.unpack();
        let above = if buyer == NOBODY { seller } else { self.moment.place(buyer).sponsor };
        let start = Start { buyer: if self.terms.pay_self { buyer } else { NOBODY }, above };
        if self.start == Some(start) {
            return Ok(());
        }
        self.enter();
        self.start = Some(start);
        for walk in &mut self.walks {
            walk.climb(&mut self.moment, start)?;
        }
        Ok(())
    }

    fn pay_order(&mut self, bases: &[i64]) {
        let base = |column: usize| Money::from_minor(bases.get(column).copied().unwrap_or(0));
        let mut asked = Money::ZERO;
        for walk in &mut self.walks {
            let (raw, accruals) = walk.ask(base(walk.rule.column), self.terms.rounding);
            asked += raw;
            self.totals.accruals += accruals;
        }
        if let Some((cap, column)) = self.terms.cap {
            let limit = share(base(column), cap.percent, Rounding::Down);
            if asked > limit {
                self.totals.accruals -= self.cutter.cut(cap, limit, &mut self.walks, base);
            }
        }
    }

    /// Enters what the last walks earned; they are not used again.
    fn enter(&mut self) {
        if self.start.is_none() {
            return;
        }
        for (walk, rule) in self.walks.iter().zip(&mut self.totals.rules) {
            for (line, level) in walk.lines.iter().zip(&mut rule.levels) {
                let paid = line.enter(level, walk.rule.uneven);
                if let Fate::Earned { step, .. } = line.fate
                    && let Some(earned) = self.totals.earned.get_mut(step)
                {
                    *earned += paid;
                }
            }
        }
    }
}

impl Walk<'_> {
    /// Reckons what each level asks for an order. Returns what earners ask in all, and how many ask.
    fn ask(&mut self, base: Money, rounding: Rounding) -> (Money, u64) {
        let mut asked = Money::ZERO;
        let mut accruals = 0;
        for line in &mut self.lines {
            line.raw = share(base, line.rate, rounding);
            line.raw_sum += line.raw;
            asked += if line.earns { line.raw } else { Money::ZERO };
            accruals += u64::from(line.earns && line.raw.is_positive());
        }
        if self.rule.uneven {
            for (line, greatest) in self.lines.iter_mut().zip(&self.rule.greatest) {
                line.promised_sum += share(base, *greatest, rounding);
            }
        }
        (asked, accruals)
    }
}

impl Line {
    /// Enters its sums into those of its level. Returns what is paid.
    #[inline]
    fn enter(&self, level: &mut LevelTotals, uneven: bool) -> Money {
        let promised = if uneven { self.promised_sum } else { self.raw_sum };
        match self.fate {
            Fate::Untaken(reason) | Fate::Burnt(reason) => level.lose(reason, promised),
            Fate::Held { .. } => {
                level.lose(BreakageReason::BelowRank, promised - self.raw_sum);
                level.lose(BreakageReason::Held, self.raw_sum);
            }
            Fate::Earned { .. } => {
                let paid = self.raw_sum - self.cut_sum;
                if uneven {
                    level.lose(BreakageReason::BelowRank, promised - self.raw_sum);
                }
                level.lose(BreakageReason::OverCap, self.cut_sum);
                level.paid += paid;
                return paid;
            }
        }
        Money::ZERO
    }
}
