//! An exact share, for statements about a plan: a fraction that may pass the whole.

use std::cmp::Ordering;
use std::fmt;

use domain::money::{Rate, Rounding};
use serde::{Serialize, Serializer};

/// A fraction of zero or more, kept exactly; printed in percent with up to four decimals, half up.
#[derive(Debug, Clone, Copy)]
pub struct Ratio {
    numerator: i128,
    denominator: i128,
}

impl Ratio {
    /// The fraction; `None` without a denominator. Both stay below 10^21 and 10^19, so products fit.
    pub(crate) const fn new(numerator: i128, denominator: i128) -> Option<Self> {
        if numerator < 0 || denominator <= 0 {
            return None;
        }
        Some(Self { numerator, denominator })
    }

    /// One number as a share of another; `None` below zero or without a whole.
    pub fn of(part: i64, whole: i64) -> Option<Self> {
        Self::new(i128::from(part), i128::from(whole))
    }

    /// Parts per million, half up: for storage and charts.
    pub fn ppm(self) -> i128 {
        Rounding::HalfUp.divide(self.numerator * Rate::WHOLE_PPM, self.denominator)
    }

    /// So many parts of 10^12.
    pub(crate) const fn of_trillion(numerator: i128) -> Self {
        Self { numerator, denominator: 1_000_000_000_000 }
    }
}

impl From<Rate> for Ratio {
    fn from(rate: Rate) -> Self {
        Self { numerator: i128::from(rate.ppm()), denominator: Rate::WHOLE_PPM }
    }
}

impl PartialEq for Ratio {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ratio {}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.numerator * other.denominator).cmp(&(other.numerator * self.denominator))
    }
}

/// Prints `41%`, `24.2%`, `133.3333%`.
impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ppm = self.ppm();
        let decimals = format!("{:04}", ppm % 10_000);
        let decimals = decimals.trim_end_matches('0');
        let point = if decimals.is_empty() { "" } else { "." };
        f.pad(&format!("{}{point}{decimals}%", ppm / 10_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_compared_exactly_and_printed_in_percent() {
        let ratio = |numerator, denominator| Ratio::new(numerator, denominator).expect("valid");
        assert_eq!(ratio(1, 2), ratio(3, 6));
        assert_ne!(ratio(1, 2), ratio(3, 7));
        assert_eq!((Ratio::of(2, 4), Ratio::of(-1, 2)), (Some(ratio(1, 2)), None));
        assert!(ratio(1, 3) < ratio(333_334, 1_000_000));
        assert_eq!(ratio(4, 3).to_string(), "133.3333%");
        assert_eq!(ratio(242, 1000).to_string(), "24.2%");
        assert_eq!(ratio(0, 5).to_string(), "0%");
        assert_eq!(Ratio::from(Rate::from_ppm(410_000)).to_string(), "41%");
        assert_eq!((Ratio::new(1, 0), Ratio::new(-1, 2)), (None, None));
    }
}
