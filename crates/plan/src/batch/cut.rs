//! The cap of an order: as [`Cap::cut`](crate::cap::Cap), in 64 bits where one rule pays.

use std::cmp::Reverse;

use domain::money::Money;

use super::company::Company;
use super::roster::Seat;
use super::share::{NARROW, money};
use super::walk::{Line, Walk};
use crate::cap::{Cap, CapMode, Claim};
use crate::climb::Fate;

/// Cuts orders to their cap; keeps its scratch from order to order.
pub(super) struct Cutter<'c> {
    company: &'c Company,
    turns: Vec<Turn>,
}

/// So many levels are compared at once; 16 whole rates and a lane fit 31 bits.
const LANES: usize = 16;

/// Greater for a greater remainder, then for a lower lane.
fn key_of(remainder: u64, lane: i32) -> i32 {
    i32::try_from(remainder).expect("below sixteen million") * 16 + (15 - lane)
}

/// A claim of the only rule: the greatest remainder first, then the lowest level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    remainder: Reverse<u64>,
    level: usize,
    part: Money,
}

impl<'c> Cutter<'c> {
    pub(super) fn new(company: &'c Company) -> Self {
        Self { company, turns: Vec::new() }
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
            // Where one rule pays, the base drops out of every proportion.
            [walk] if cap.mode == CapMode::ProRata && limit <= NARROW => {
                self.pro_rata(limit, &mut walk.lines)
            }
            _ => self.in_general(cap, limit, walks, base),
        }
    }

    /// Exact amount x limit / sum of exact amounts, where all are of one base, is rate x limit / sum of
    /// rates; and remainders compare as they do with the base.
    fn pro_rata(&mut self, limit: Money, lines: &mut [Line]) -> u64 {
        let limit = limit.minor().unsigned_abs();
        let rates = lines.iter().filter(|line| line.claims()).map(|line| u64::from(line.rate.ppm()));
        let whole = Divisor::new(rates.sum());
        if lines.len() > LANES {
            return self.turn_by_turn(limit, whole, lines);
        }
        let mut parts = [0_u64; LANES];
        let mut remainders = [0_i32; LANES];
        let mut missing = limit;
        for (lane, ((line, part), key)) in (0..).zip(lines.iter().zip(&mut parts).zip(&mut remainders)) {
            if line.claims() {
                let (quotient, remainder) = whole.divide(u64::from(line.rate.ppm()) * limit);
                *part = quotient;
                *key = key_of(remainder, lane);
                missing -= quotient;
            }
        }
        // Counted lane by lane, side by side: how many go before each.
        let mut before = [0_u32; LANES];
        for other in remainders.into_iter().take(lines.len()) {
            for (count, key) in before.iter_mut().zip(remainders) {
                *count += u32::from(other > key);
            }
        }
        // Fewer kopecks are missing than there are claims with a remainder, and these go before all others.
        for (part, before) in parts.iter_mut().zip(before) {
            *part += u64::from(u64::from(before) < missing);
        }
        if lines.iter().zip(parts).any(|(line, part)| money(part) > line.raw) {
            return self.turn_by_turn(limit, whole, lines);
        }
        let mut nothing = 0;
        for (line, part) in lines.iter_mut().zip(parts).filter(|(line, _)| line.claims()) {
            line.cut_sum += line.raw - money(part);
            nothing += u64::from(part == 0);
        }
        nothing
    }

    /// The same where a part may reach its raw amount, kopeck by kopeck.
    #[cold]
    fn turn_by_turn(&mut self, limit: u64, whole: Divisor, lines: &mut [Line]) -> u64 {
        let mut missing = limit;
        self.turns.clear();
        for (level, line) in lines.iter().enumerate().filter(|(_, line)| line.claims()) {
            let (quotient, remainder) = whole.divide(u64::from(line.rate.ppm()) * limit);
            let part = quotient.min(line.raw.minor().unsigned_abs());
            missing -= part;
            self.turns.push(Turn { remainder: Reverse(remainder), level, part: money(part) });
        }
        self.turns.sort_unstable();
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
        }
        self.turns.iter().map(|turn| u64::from(turn.part.is_zero())).sum()
    }

    /// By the function that cuts single orders. Seats are in the order of codes.
    fn in_general(
        &mut self,
        cap: Cap,
        limit: Money,
        walks: &mut [Walk<'_>],
        base: impl Fn(usize) -> Money,
    ) -> u64 {
        let claim = |(place, walk): (usize, &Walk<'_>), level: u16, line: &Line| Claim {
            rule: place,
            priority: walk.rule.priority,
            level,
            code: line.earner().and_then(|number| self.company.seat(number)),
            weight: i128::from(base(walk.rule.column).minor()) * i128::from(line.rate.ppm()),
            amount: line.raw,
        };
        let of_walk = |placed: (usize, &Walk<'_>)| {
            let lines = (1..).zip(&placed.1.lines).filter(|(_, line)| line.claims());
            lines.map(|(level, line)| claim(placed, level, line)).collect::<Vec<_>>()
        };
        let claims: Vec<Claim<Option<Seat>>> = walks.iter().enumerate().flat_map(of_walk).collect();
        let parts = cap.mode.cut(limit, &claims);
        let lines = walks.iter_mut().flat_map(|walk| &mut walk.lines).filter(|line| line.claims());
        for (line, part) in lines.zip(&parts) {
            line.cut_sum += line.raw - *part;
        }
        parts.iter().map(|part| u64::from(part.is_zero())).sum()
    }
}

/// A number by which is divided again and again: by multiplying, which is several times as fast.
#[derive(Debug, Clone, Copy)]
struct Divisor {
    number: u64,
    /// 2^64 / number, rounded down.
    inverse: u64,
}

impl Divisor {
    fn new(number: u64) -> Self {
        Self { number, inverse: u64::MAX / number.max(1) }
    }

    /// The quotient and the remainder of a dividend below 2^63.
    fn divide(self, dividend: u64) -> (u64, u64) {
        // At most one below the quotient, since the inverse is less than one too low.
        let product = u128::from(dividend) * u128::from(self.inverse);
        let low = u64::try_from(product >> 64).expect("half of 128 bits");
        let remainder = dividend - low * self.number;
        if remainder >= self.number { (low + 1, remainder - self.number) } else { (low, remainder) }
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
            rule: 0,
            priority: 0,
            level,
            code: 0,
            weight: i128::from(base.minor()) * i128::from(line.rate.ppm()),
            amount: line.raw,
        });
        let claims: Vec<Claim<u32>> = claims.collect();
        let expected = CapMode::ProRata.cut(limit, &claims);
        let company = crate::batch::Roster::default().seal().expect("nobody");
        let mut cutter = Cutter::new(&company);
        let nothing = cutter.pro_rata(limit, &mut lines);
        let parts = lines.iter().filter(|line| line.claims()).map(|line| line.raw - line.cut_sum);
        assert_eq!(parts.collect::<Vec<_>>(), expected);
        assert_eq!(nothing, expected.iter().map(|part| u64::from(part.is_zero())).sum::<u64>());
    }

    #[test]
    fn a_part_scaled_up_stays_below_the_raw_amount() {
        // Six halves round up, so the order asks 10.06 for 10.03 exact; 10.05 are given.
        both_ways(1003, &[997_400, 500, 500, 500, 500, 500, 500], 1, Rounding::HalfUp);
        // 1.9 and 1000.1 kopecks are asked down to 1 and 1000; of 1000 the first has the greater remainder.
        both_ways(100_000, &[19, 10_001], 1, Rounding::Down);
    }

    #[test]
    fn the_greatest_remainder_goes_first_then_the_lowest_level() {
        // Rates in millionths of 10 000.00, so that what is asked are these very kopecks.
        both_ways(1_000_000, &[2, 1], 1, Rounding::Down);
        both_ways(1_000_000, &[20, 21], 40, Rounding::Down);
        both_ways(1_000_000, &[0, 0, 1, 1], 1, Rounding::Down);
        both_ways(1_000_000, &[5; LANES], 73, Rounding::Down);
    }

    #[test]
    fn more_levels_than_lanes_are_cut_too() {
        both_ways(1_000_000, &[10_000; LANES + 1], 7, Rounding::Down);
        both_ways(1_000_000, &[3; 2 * LANES], 50, Rounding::Down);
    }

    #[test]
    fn dividing_by_multiplying_is_dividing() {
        for number in [1, 2, 3, 7, 10, 250_000, 999_999, 16_000_000] {
            for times in [0, 1, 2, 333, 1_000_000_007] {
                for more in [0, 1, number - 1] {
                    let dividend = number * times + more;
                    let expected = (dividend / number, dividend % number);
                    assert_eq!(Divisor::new(number).divide(dividend), expected, "{dividend} / {number}");
                }
            }
        }
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
