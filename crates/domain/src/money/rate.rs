//! Rates in parts per million.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::{Money, Rounding, decimal_parts, narrow, scaled_digits};
use crate::lang::Text;

/// A share in parts per million: 12 % is 120 000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rate(u32);

/// Why a text is not a rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// The text does not have the one accepted form.
    #[error("{0:?} is not a rate: write a percentage with at most four decimals, as \"12%\" or \"0.3%\"")]
    Form(String),
    /// More than the whole.
    #[error("{0:?} is more than 100%")]
    AboveWhole(String),
}

impl From<RateError> for Text {
    fn from(error: RateError) -> Self {
        let ru = match &error {
            RateError::Form(text) => format!(
                "{text:?} — не ставка: напишите процент, не больше четырёх знаков после точки, например 12% или 0.3%"
            ),
            RateError::AboveWhole(text) => format!("{text:?} больше 100%"),
        };
        Self::of(&error, ru)
    }
}

impl Rate {
    /// Parts in the whole.
    pub const WHOLE_PPM: i128 = 1_000_000;
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// So many parts per million.
    pub const fn from_ppm(ppm: u32) -> Self {
        Self(ppm)
    }

    /// Parts per million.
    pub const fn ppm(self) -> u32 {
        self.0
    }

    /// `base * rate`, an exact rational rounded once; the base is zero or more.
    pub fn of(self, base: Money, rounding: Rounding) -> Money {
        let exact = i128::from(base.minor()) * i128::from(self.0);
        Money(narrow(rounding.divide(exact, Self::WHOLE_PPM)))
    }
}

/// Prints `12%`, `0.3%`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = format!("{:04}", self.0 % 10_000);
        let decimals = decimals.trim_end_matches('0');
        let point = if decimals.is_empty() { "" } else { "." };
        f.pad(&format!("{}{point}{decimals}%", self.0 / 10_000))
    }
}

/// Reads `12%`, `1.25%`, ASCII only, 0 to 100 %.
impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let form = || RateError::Form(text.chars().take(40).collect());
        let digits = text.strip_suffix('%').ok_or_else(form)?;
        let (whole, decimals) = decimal_parts(digits, 4).ok_or_else(form)?;
        let above = || RateError::AboveWhole(text.chars().take(40).collect());
        let ppm = scaled_digits(whole, decimals, 4).ok_or_else(above)?;
        u32::try_from(ppm).ok().filter(|ppm| *ppm <= 1_000_000).map(Self).ok_or_else(above)
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
