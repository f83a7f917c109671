//! Accounting periods: calendar months in the plan's time zone, half open.

use crate::lang::Text;
use std::fmt;
use std::str::FromStr;

use jiff::{Timestamp, civil::date, tz::TimeZone};
use serde::{Serialize, Serializer};

/// A calendar month, `2026-01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    year: i16,
    month: i8,
}

/// Why a text is not a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// It is not a year and a month.
    #[error("{0:?} is not a period: write year and month, as \"2026-01\"")]
    Form(String),
    /// It is a year and a number that no period has.
    #[error("there is no period {0:?}: years are from 2000 to 2199, months from 01 to 12")]
    OutOfRange(String),
}

impl From<PeriodError> for Text {
    fn from(error: PeriodError) -> Self {
        let ru = match &error {
            PeriodError::Form(text) => {
                format!("{text:?} — не период: напишите год и месяц, например 2026-01")
            }
            PeriodError::OutOfRange(text) => {
                format!("периода {text:?} нет: годы бывают от 2000 до 2199, месяцы от 01 до 12")
            }
        };
        Self::of(&error, ru)
    }
}

impl Period {
    /// The month in which an instant falls, in the zone.
    pub fn of(instant: Timestamp, zone: &TimeZone) -> Self {
        let local = instant.to_zoned(zone.clone());
        Self { year: local.year(), month: local.month() }
    }

    /// The first instant of the month in the zone.
    pub fn start(self, zone: &TimeZone) -> Timestamp {
        date(self.year, self.month, 1)
            .to_zoned(zone.clone())
            .expect("the first of a month between 2000 and 2199 exists in every zone")
            .timestamp()
    }

    /// The first instant after the month in the zone.
    pub fn end(self, zone: &TimeZone) -> Timestamp {
        self.next().start(zone)
    }

    /// The month before.
    #[must_use]
    pub const fn previous(self) -> Self {
        match self.month {
            1 => Self { year: self.year - 1, month: 12 },
            month => Self { year: self.year, month: month - 1 },
        }
    }

    /// The month after.
    #[must_use]
    pub const fn next(self) -> Self {
        match self.month {
            12 => Self { year: self.year + 1, month: 1 },
            month => Self { year: self.year, month: month + 1 },
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}", self.year, self.month))
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let shown = || text.chars().take(20).collect();
        let refused = || PeriodError::Form(shown());
        let (year, month) = text.split_once('-').ok_or_else(refused)?;
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if year.len() != 4 || month.len() != 2 || !digits(year) || !digits(month) {
            return Err(refused());
        }
        let year = year.parse().map_err(|_| refused())?;
        let month = month.parse().map_err(|_| refused())?;
        if !(2000..2200).contains(&year) || !(1..=12).contains(&month) {
            return Err(PeriodError::OutOfRange(shown()));
        }
        Ok(Self { year, month })
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Where a period stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodState {
    /// Takes postings.
    Open,
    /// Takes postings no more; balances are kept; never changes again.
    Closed,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{parse_instant, zone};

    #[test]
    fn the_month_is_that_of_the_zone() {
        let moscow = zone("Europe/Moscow").expect("bundled");
        let just_after_midnight = parse_instant("2026-02-01T00:00:00+03:00").expect("valid");
        let just_before = parse_instant("2026-01-31T23:59:59.999999+03:00").expect("valid");
        assert_eq!(Period::of(just_after_midnight, &moscow).to_string(), "2026-02");
        assert_eq!(Period::of(just_before, &moscow).to_string(), "2026-01");
        let january: Period = "2026-01".parse().expect("valid");
        assert_eq!(january.end(&moscow), just_after_midnight);
        assert_eq!("2025-12".parse::<Period>().expect("valid").next(), january);
    }

    #[test]
    fn texts_that_are_no_month_are_refused() {
        for text in
            ["", "2026", "2026-13", "2026-00", "26-01", "2026-1", "２０２６-01", "1999-12", "2026-01-01"]
        {
            assert!(text.parse::<Period>().is_err(), "{text} must be refused");
        }
        for (text, ru) in [
            ("2026-1", "\"2026-1\" — не период: напишите год и месяц, например 2026-01"),
            ("1999-12", "периода \"1999-12\" нет: годы бывают от 2000 до 2199, месяцы от 01 до 12"),
        ] {
            let told = Text::from(text.parse::<Period>().expect_err("refused"));
            assert_eq!(told.in_lang(crate::lang::Lang::Ru), ru);
        }
    }
}
