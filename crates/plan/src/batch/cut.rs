//! The cap of an order: as [`Cap::cut`](crate::cap::Cap), in 64 bits where one rule pays.

use std::cmp::Reverse;

use domain::money::Money;

use super::company::Company;
use super::roster::Seat;
use super::share::{NARROW, money};
use super::terms::Terms;
use super::walk::{Line, Walk};
use crate::cap::{Cap, CapMode, Claim};
use crate::climb::Fate;

/// Cuts orders to their cap; keeps its scratch from order to order.
pub(super) struct Cutter<'c> {
    company: &'c Company,
    /// Whether one rule pays: then the base drops out of every proportion.
    alone: bool,
    turns: Vec<Turn>,
}

/// A claim of the only rule: the greatest remainder first, then the lowest level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    remainder: Reverse<u64>,
    level: usize,
    part: Money,
}

impl<'c> Cutter<'c> {
    pub(super) fn new(company: &'c Company, terms: &Terms<'_>) -> Self {
        Self { company, alone: terms.rules.len() == 1, turns: Vec::new() }
    }

    /// Cuts the raw amounts of an order, which are above the limit. Returns how many get nothing.
    pub(super) fn cut(
        &mut self,
        cap: Cap,
        limit: Money,
        walks: &mut [Walk<'_>],
        base: impl Fn(usize) -> Money,
    ) -> u64 {
        match walks {
            [walk] if cap.mode == CapMode::ProRata && self.alone && limit <= NARROW => {
                self.pro_rata(limit, &mut walk.lines)
            }
            _ => self.in_general(cap, limit, walks, base),
        }
    }

    /// Exact amount x limit / sum of exact amounts, where all are of one base, is rate x limit / sum of
    /// rates; and remainders compare as they do with the base.
    fn pro_rata(&mut self, limit: Money, lines: &mut [Line]) -> u64 {
        let limit = limit.minor().unsigned_abs();
        let claims = || lines.iter().enumerate().filter(|(_, line)| line.claims());
        let whole: u64 = claims().map(|(_, line)| u64::from(line.rate.ppm())).sum();
        let mut missing = limit;
        self.turns.clear();
        for (level, line) in claims() {
            let scaled = u64::from(line.rate.ppm()) * limit;
            let part = (scaled / whole).min(line.raw.minor().unsigned_abs());
            missing -= part;
            self.turns.push(Turn { remainder: Reverse(scaled % whole), level, part: money(part) });
        }
        self.turns.sort_unstable();
        let mut nothing = 0;
        while missing > 0 {
            let before = missing;
            for turn in &mut self.turns {
                let below = lines.get(turn.level).is_some_and(|line| turn.part < line.raw);
                if missing > 0 && below {
                    turn.part += Money::from_minor(1);
                    missing -= 1;
                }
            }
            assert!(missing < before, "the claims together are above the limit, so a kopeck finds its place");
        }
        for turn in &self.turns {
            if let Some(line) = lines.get_mut(turn.level) {
                line.cut_sum += line.raw - turn.part;
            }
            nothing += u64::from(turn.part.is_zero());
        }
        nothing
    }

    /// By the function that cuts single orders. Seats are in the order of codes.
    fn in_general(
        &mut self,
        cap: Cap,
        limit: Money,
        walks: &mut [Walk<'_>],
        base: impl Fn(usize) -> Money,
    ) -> u64 {
        let claim = |walk: &Walk<'_>, level: u16, line: &Line| Claim {
            level,
            code: line.earner().and_then(|number| self.company.seat(number)),
            exact: i128::from(base(walk.rule.column).minor()) * i128::from(line.rate.ppm()),
            raw: line.raw,
        };
        let of_walk = |walk: &Walk<'_>| {
            let lines = (1..).zip(&walk.lines).filter(|(_, line)| line.claims());
            lines.map(|(level, line)| claim(walk, level, line)).collect::<Vec<_>>()
        };
        let claims: Vec<Claim<Option<Seat>>> = walks.iter().flat_map(of_walk).collect();
        let parts = cap.cut(limit, &claims);
        let lines = walks.iter_mut().flat_map(|walk| &mut walk.lines).filter(|line| line.claims());
        for (line, part) in lines.zip(&parts) {
            line.cut_sum += line.raw - *part;
        }
        parts.iter().map(|part| u64::from(part.is_zero())).sum()
    }
}

impl Line {
    /// Whether somebody would get something for it.
    fn claims(&self) -> bool {
        self.earns && self.raw.is_positive()
    }

    fn earner(&self) -> Option<usize> {
        match self.fate {
            Fate::Earned { step, .. } => Some(step),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::money::{Rate, Rounding};
    use proptest::prelude::*;

    use super::*;
    use crate::base::Base;

    fn line(base: Money, rate: u32, rounding: Rounding) -> Line {
        let mut line = Line::untaken(Rate::from_ppm(rate));
        line.earns = true;
        line.raw = line.rate.of(base, rounding);
        line
    }

    /// Cuts an order of one rule both ways, to so much below what is asked.
    fn both_ways(base: i64, rates: &[u32], below: i64, rounding: Rounding) {
        let base = Money::from_minor(base);
        let mut lines: Vec<Line> = rates.iter().map(|rate| line(base, *rate, rounding)).collect();
        let asked: Money = lines.iter().map(|line| line.raw).sum();
        if asked.is_zero() {
            return;
        }
        let limit = Money::from_minor((asked.minor() - below).max(0));
        let claims = (1..).zip(&lines).filter(|(_, line)| line.claims()).map(|(level, line)| Claim {
            level,
            code: 0,
            exact: i128::from(base.minor()) * i128::from(line.rate.ppm()),
            raw: line.raw,
        });
        let claims: Vec<Claim<u32>> = claims.collect();
        let cap = Cap { percent: Rate::ZERO, of: Base::Turnover, mode: CapMode::ProRata };
        let expected = cap.cut(limit, &claims);
        let company = crate::batch::Roster::default().seal().expect("nobody");
        let mut cutter = Cutter { company: &company, alone: true, turns: Vec::new() };
        let nothing = cutter.pro_rata(limit, &mut lines);
        let parts = lines.iter().filter(|line| line.claims()).map(|line| line.raw - line.cut_sum);
        assert_eq!(parts.collect::<Vec<_>>(), expected);
        assert_eq!(nothing, expected.iter().map(|part| u64::from(part.is_zero())).sum::<u64>());
    }

    #[test]
    fn a_part_scaled_up_stays_below_the_raw_amount() {
        // Six halves round up, so the order asks 10.06 for 10.03 exact; 10.05 are given.
        both_ways(1003, &[997_400, 500, 500, 500, 500, 500, 500], 1, Rounding::HalfUp);
    }

    proptest! {
        #[test]
        fn what_is_cut_in_64_bits_is_cut_as_in_general(
            base in prop_oneof![1i64..3_000, 1i64..1_000_000_000],
            rates in prop::collection::vec(prop_oneof![1u32..200_000, (1u32..5).prop_map(|percent| percent * 10_000)], 1..14),
            below in prop_oneof![1i64..4, 1i64..1_000_000],
            rounding in prop::sample::select(vec![Rounding::Down, Rounding::HalfUp, Rounding::HalfEven]),
        ) {
            both_ways(base, &rates, below, rounding);
        }
    }
}
