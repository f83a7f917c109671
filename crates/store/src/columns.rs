//! How values of the domain stand in columns.

use domain::period::Period;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::error::StoreError;

/// Microseconds since 1970 UTC.
pub(crate) fn micros(instant: Timestamp) -> i64 {
    instant.as_microsecond()
}

/// The instant of a column.
pub(crate) fn instant(table: &'static str, micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros).map_err(|problem| StoreError::corrupt(table, problem))
}

/// The instant of a column that may be empty.
pub(crate) fn optional_instant(
    table: &'static str,
    micros: Option<i64>,
) -> Result<Option<Timestamp>, StoreError> {
    micros.map(|micros| instant(table, micros)).transpose()
}

/// `202601` for January 2026.
pub(crate) fn period_number(period: Period) -> i64 {
    let text = period.to_string();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.parse().expect("a period is printed as four digits, a dash and two digits")
}

/// The period of a column.
pub(crate) fn period(table: &'static str, number: i64) -> Result<Period, StoreError> {
    format!("{:04}-{:02}", number / 100, number % 100)
        .parse()
        .map_err(|problem| StoreError::corrupt(table, problem))
}

/// A count of a column that the domain keeps in 32 bits or fewer.
pub(crate) fn count<T: TryFrom<i64>>(table: &'static str, number: i64) -> Result<T, StoreError> {
    T::try_from(number).map_err(|_| StoreError::corrupt(table, format!("{number} is out of range")))
}

/// A digest of a column.
pub(crate) fn digest(table: &'static str, bytes: Vec<u8>) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| StoreError::corrupt(table, "a digest has 32 bytes"))
}

/// A text of a column that the domain parses.
pub(crate) fn parsed<T, E: std::fmt::Display>(
    table: &'static str,
    text: &str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<T, StoreError> {
    parse(text).map_err(|problem| StoreError::corrupt(table, problem))
}

/// `20260131` for 31 January 2026.
pub(crate) fn day_number(day: Date) -> i64 {
    i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day())
}

/// The day of a column.
pub(crate) fn day(table: &'static str, number: i64) -> Result<Date, StoreError> {
    let part = |number: i64| i8::try_from(number % 100).unwrap_or_default();
    let year = i16::try_from(number / 10_000).unwrap_or_default();
    Date::new(year, part(number / 100), part(number)).map_err(|problem| StoreError::corrupt(table, problem))
}
