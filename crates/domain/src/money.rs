//! Exact money: whole minor units (kopecks) and rates in parts per million. No floats.

mod rate;
mod written;

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use rate::{Rate, RateError};
pub use written::WrittenError;

use crate::lang::Text;

/// An amount in minor units (kopecks), signed.
///
/// Addition stops the program on overflow rather than wrap: amounts that come in are bounded by
/// [`Money::LARGEST`], so nine thousand of the largest orders still fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(i64);

/// Why a text is not an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The text does not have the one accepted form.
    #[error("{0:?} is not an amount: write digits with a point and at most two decimals, as \"1234.50\"")]
    Form(String),
    /// The amount is beyond what the program accepts.
    #[error("{0:?} is larger than 10000000000000.00")]
    TooLarge(String),
}

impl From<MoneyError> for Text {
    fn from(error: MoneyError) -> Self {
        let ru = match &error {
            MoneyError::Form(text) => format!(
                "{text:?} — не сумма: напишите цифры с точкой, не больше двух знаков после неё, например 1234.50"
            ),
            MoneyError::TooLarge(text) => format!("{text:?} больше 10000000000000.00"),
        };
        Self::of(&error, ru)
    }
}

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The largest amount accepted from outside: 10^15 minor units.
    pub const LARGEST: Self = Self(1_000_000_000_000_000);

    /// An amount of so many minor units (kopecks).
    pub const fn from_minor(minor: i64) -> Self {
        Self(minor)
    }

    /// The amount in minor units (kopecks).
    pub const fn minor(self) -> i64 {
        self.0
    }

    /// The amount without its sign.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// Whether the amount is above zero.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Whether the amount is zero.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// This amount times a count, unless it leaves the range of accepted amounts.
    pub fn times(self, count: u32) -> Option<Self> {
        let product = i128::from(self.0) * i128::from(count);
        let bound = i128::from(Self::LARGEST.0);
        (-bound..=bound).contains(&product).then(|| Self(narrow(product)))
    }

    /// `floor(self * part / whole)`, the exact share of a non-negative amount, rounded down.
    ///
    /// Used for the telescoping reversal of refunds: parts that grow to the whole end at the whole.
    #[must_use]
    pub fn share_down(self, part: Self, whole: Self) -> Self {
        assert!(whole.0 > 0, "a share is taken of a positive whole");
        Self(narrow((i128::from(self.0) * i128::from(part.0)).div_euclid(i128::from(whole.0))))
    }
}

fn narrow(value: i128) -> i64 {
    i64::try_from(value).expect("money stays within 64 bits: what comes in is bounded")
}

impl Add for Money {
    type Output = Self;
    #[inline]
    fn add(self, other: Self) -> Self {
        Self(self.0.checked_add(other.0).expect("money stays within 64 bits: what comes in is bounded"))
    }
}

impl Sub for Money {
    type Output = Self;
    #[inline]
    fn sub(self, other: Self) -> Self {
        Self(self.0.checked_sub(other.0).expect("money stays within 64 bits: what comes in is bounded"))
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self::ZERO - self
    }
}

impl AddAssign for Money {
    #[inline]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Money {
    #[inline]
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

/// Prints roubles with two decimals: `1234.50`, `-0.05`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let minor = self.0.unsigned_abs();
        f.pad(&format!("{sign}{}.{:02}", minor / 100, minor % 100))
    }
}

/// Reads `1234`, `1234.5` or `1234.50`, ASCII only, with an optional leading minus.
impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let form = || MoneyError::Form(text.chars().take(40).collect());
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, decimals) = decimal_parts(digits, 2).ok_or_else(form)?;
        if whole.len() > 20 {
            return Err(MoneyError::TooLarge(text.chars().take(40).collect()));
        }
        let scaled = scaled_digits(whole, decimals, 2).ok_or_else(form)?;
        let minor = i64::try_from(scaled)
            .ok()
            .filter(|minor| *minor <= Self::LARGEST.0)
            .ok_or_else(|| MoneyError::TooLarge(text.into()))?;
        Ok(Self(if negative { -minor } else { minor }))
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Splits `12.5` into its ASCII digits before and after the point; at most `places` decimals.
fn decimal_parts(text: &str, places: usize) -> Option<(&str, &str)> {
    let (whole, decimals) = match text.split_once('.') {
        Some((whole, decimals)) if !decimals.is_empty() => (whole, decimals),
        Some(_) => return None,
        None => (text, ""),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    (!whole.is_empty() && digits(whole) && digits(decimals) && decimals.len() <= places)
        .then_some((whole, decimals))
}

/// `("12", "5", 2)` is 1250; `None` when it does not fit.
fn scaled_digits(whole: &str, decimals: &str, places: usize) -> Option<u128> {
    let padding = "0".repeat(places.saturating_sub(decimals.len()));
    format!("{whole}{decimals}{padding}").parse().ok()
}

/// How an exact amount becomes whole minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Half a unit and more goes up.
    #[default]
    HalfUp,
    /// Exactly half a unit goes to the even neighbour.
    HalfEven,
    /// The fraction is dropped.
    Down,
}

impl Rounding {
    /// Rounds the exact fraction `numerator / denominator` (both non-negative, denominator above
    /// zero) to a whole number.
    pub fn divide(self, numerator: i128, denominator: i128) -> i128 {
        assert!(numerator >= 0 && denominator > 0, "only amounts of zero or more are rounded");
        let quotient = numerator / denominator;
        let remainder = numerator % denominator;
        let up = match self {
            Self::Down => false,
            Self::HalfUp => remainder >= denominator - remainder,
            Self::HalfEven => match remainder.cmp(&(denominator - remainder)) {
                std::cmp::Ordering::Less => false,
                std::cmp::Ordering::Equal => quotient % 2 == 1,
                std::cmp::Ordering::Greater => true,
            },
        };
        quotient + i128::from(up)
    }
}

/// Splits `total` in proportion to `weights`: each part is cut down to the minor unit, and the units
/// still missing go to the largest remainders (ties: the earlier part). The parts sum to the total.
///
/// Returns zeros when there is no weight.
pub fn split(total: Money, weights: &[i128]) -> Vec<Money> {
    let whole: i128 = weights.iter().sum();
    if whole <= 0 {
        return vec![Money::ZERO; weights.len()];
    }
    let exact = |weight: &i128| {
        weight
            .checked_mul(i128::from(total.minor()))
            .expect("amounts and rates are bounded, so the product fits 128 bits")
    };
    let mut parts: Vec<i128> = weights.iter().map(|weight| exact(weight) / whole).collect();
    let missing = i128::from(total.minor()) - parts.iter().sum::<i128>();
    let mut by_remainder: Vec<(i128, usize)> =
        weights.iter().enumerate().map(|(index, weight)| (-(exact(weight) % whole), index)).collect();
    by_remainder.sort_unstable();
    for (_, index) in by_remainder.iter().take(usize::try_from(missing).unwrap_or(0)) {
        if let Some(part) = parts.get_mut(*index) {
            *part += 1;
        }
    }
    parts.into_iter().map(|part| Money(narrow(part))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_read_and_printed_exactly() {
        for (text, minor) in [
            ("0", 0),
            ("1", 100),
            ("1.5", 150),
            ("0.01", 1),
            ("-2.30", -230),
            ("10000000000000.00", 1_000_000_000_000_000),
        ] {
            assert_eq!(text.parse(), Ok(Money::from_minor(minor)), "{text}");
        }
        assert_eq!(Money::from_minor(-5).to_string(), "-0.05");
        assert_eq!(Money::from_minor(123_450).to_string(), "1234.50");
    }

    #[test]
    fn hostile_amounts_are_refused() {
        let long = "9".repeat(400);
        for text in [
            "",
            "-",
            ".",
            "1.",
            ".5",
            "1.234",
            "1e5",
            "100,50",
            "1 000",
            "1\u{a0}000",
            "１００",
            "²",
            "0x10",
            "+1",
            "NaN",
            "inf",
            "null",
            "--1",
            "10000000000000.01",
            "9223372036854775808",
            &long,
        ] {
            assert!(text.parse::<Money>().is_err(), "{text} must be refused");
        }
    }

    #[test]
    fn rates_are_percentages() {
        assert_eq!("12%".parse(), Ok(Rate::from_ppm(120_000)));
        assert_eq!("0.3%".parse(), Ok(Rate::from_ppm(3_000)));
        assert_eq!(Rate::from_ppm(3_000).to_string(), "0.3%");
        assert_eq!(Rate::from_ppm(1_000_000).to_string(), "100%");
        for text in ["12", "%", "-1%", "101%", "0.00001%", "1e1%", "12 %"] {
            assert!(text.parse::<Rate>().is_err(), "{text} must be refused");
        }
    }

    #[test]
    fn ten_million_additions_equal_the_wide_sum() {
        let mut state = 7u64;
        let (mut narrow_sum, mut wide_sum) = (Money::ZERO, 0i128);
        for _ in 0..10_000_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let minor = i64::try_from(state >> 40).expect("24 bits fit");
            narrow_sum += Money::from_minor(minor);
            wide_sum += i128::from(minor);
        }
        assert_eq!(i128::from(narrow_sum.minor()), wide_sum);
    }

    proptest! {
        #[test]
        fn printing_and_reading_agree(minor in -1_000_000_000_000_000i64..=1_000_000_000_000_000) {
            let money = Money::from_minor(minor);
            prop_assert_eq!(money.to_string().parse::<Money>(), Ok(money));
        }

        #[test]
        fn parts_sum_to_the_whole(total in 0i64..1_000_000_000, weights in proptest::collection::vec(0i128..1_000_000, 1..20)) {
            let total = Money::from_minor(total);
            let parts = split(total, &weights);
            let expected = if weights.iter().sum::<i128>() == 0 { Money::ZERO } else { total };
            prop_assert_eq!(parts.iter().copied().sum::<Money>(), expected);
        }

        #[test]
        fn telescoping_shares_end_at_the_whole(paid in 0i64..10_000_000, base in 1i64..10_000_000) {
            let paid = Money::from_minor(paid);
            let base = Money::from_minor(base);
            prop_assert_eq!(paid.share_down(base, base), paid);
            prop_assert_eq!(paid.share_down(Money::ZERO, base), Money::ZERO);
        }
    }
}
