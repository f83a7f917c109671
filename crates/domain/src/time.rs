//! Instants and the calendar. An instant is kept to the microsecond, since that is what is stored.

use crate::lang::Text;
use jiff::{RoundMode, SignedDuration, Timestamp, TimestampRound, ToSpan, Unit, tz::TimeZone};

/// Why a text is not an instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InstantError {
    /// Not RFC 3339 with an offset.
    #[error("{0:?} is not an instant: write RFC 3339 with an offset, as \"2026-01-31T10:00:00+03:00\"")]
    Form(String),
    /// Before 2000 or after 2199.
    #[error("{0:?} is outside the years 2000 to 2199")]
    OutOfRange(String),
}

impl From<InstantError> for Text {
    fn from(error: InstantError) -> Self {
        let ru = match &error {
            InstantError::Form(text) => format!(
                "{text:?} — не дата со временем: напишите её с поясом, например 2026-01-31T10:00:00+03:00"
            ),
            InstantError::OutOfRange(text) => format!("{text:?} вне лет с 2000 по 2199"),
        };
        Self::of(&error, ru)
    }
}

const FIRST_SECOND: i64 = 946_684_800;
const LAST_SECOND: i64 = 7_258_118_399;

/// How far the clock of whoever tells a fact, or his idea of his time zone, may be off. What lies further
/// ahead has not happened, so it is no fact.
pub const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_hours(24);

/// Reads an RFC 3339 instant with its offset; fractions below a microsecond are dropped.
pub fn parse_instant(text: &str) -> Result<Timestamp, InstantError> {
    let short = || text.chars().take(60).collect::<String>();
    let instant: Timestamp = text.parse().map_err(|_| InstantError::Form(short()))?;
    if !(FIRST_SECOND..=LAST_SECOND).contains(&instant.as_second()) {
        return Err(InstantError::OutOfRange(short()));
    }
    Ok(to_microsecond(instant))
}

/// Drops what is finer than a microsecond.
pub fn to_microsecond(instant: Timestamp) -> Timestamp {
    instant
        .round(TimestampRound::new().smallest(Unit::Microsecond).mode(RoundMode::Floor))
        .expect("rounding to a microsecond always succeeds")
}

/// Reads a calendar day, `2026-01-31`, as its first instant in the zone. A text that says more than the
/// day is refused: the rest of it is never dropped.
pub fn parse_day(text: &str, zone: &TimeZone) -> Result<Timestamp, InstantError> {
    let form = || InstantError::Form(text.chars().take(60).collect());
    let day: jiff::civil::Date = text.parse().map_err(|_| form())?;
    if day.to_string() != text {
        return Err(form());
    }
    let instant = day.to_zoned(zone.clone()).map_err(|_| form())?.timestamp();
    parse_instant(&instant.to_string())
}

/// The instant `months` calendar months later in the zone; the last day of a shorter month stands in
/// for a day it does not have (31 January + 1 month = 28 February).
pub fn add_months(instant: Timestamp, months: u8, zone: &TimeZone) -> Timestamp {
    instant
        .to_zoned(zone.clone())
        .checked_add(i64::from(months).months())
        .expect("instants lie between 2000 and 2199, so months can be added")
        .timestamp()
}

/// The instant `days` calendar days later in the zone.
pub fn add_days(instant: Timestamp, days: u16, zone: &TimeZone) -> Timestamp {
    instant
        .to_zoned(zone.clone())
        .checked_add(i64::from(days).days())
        .expect("instants lie between 2000 and 2199, so days can be added")
        .timestamp()
}

/// The zone of the name, from the data bundled with the program.
pub fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moscow() -> TimeZone {
        zone("Europe/Moscow").expect("the bundled data has Moscow")
    }

    fn at(text: &str) -> Timestamp {
        parse_instant(text).expect("a valid instant")
    }

    #[test]
    fn a_month_from_the_31st_ends_on_the_last_day() {
        assert_eq!(
            add_months(at("2026-01-31T10:00:00+03:00"), 1, &moscow()),
            at("2026-02-28T10:00:00+03:00")
        );
        assert_eq!(
            add_months(at("2024-02-29T10:00:00+03:00"), 12, &moscow()),
            at("2025-02-28T10:00:00+03:00")
        );
    }

    #[test]
    fn months_are_counted_in_the_zone_not_in_utc() {
        // 23:30 UTC on the 30th is already the 31st in Moscow.
        assert_eq!(add_months(at("2026-01-30T23:30:00Z"), 1, &moscow()), at("2026-02-28T02:30:00+03:00"));
    }

    #[test]
    fn a_day_is_its_first_instant_and_nothing_else_is_a_day() {
        assert_eq!(parse_day("2026-01-31", &moscow()), Ok(at("2026-01-31T00:00:00+03:00")));
        for text in [
            "2026-01-31T18:00:00+03:00",
            "2026-01-31T18:00:00Z",
            "2026-01-31 18:00",
            "20260131",
            "2026-02-30",
            "",
        ] {
            assert!(parse_day(text, &moscow()).is_err(), "{text}");
        }
    }

    #[test]
    fn instants_without_an_offset_or_out_of_range_are_refused() {
        for text in [
            "2026-01-31",
            "2026-01-31T10:00:00",
            "1970-01-01T00:00:00Z",
            "9999-01-01T00:00:00Z",
            "yesterday",
            "",
        ] {
            assert!(parse_instant(text).is_err(), "{text} must be refused");
        }
    }

    #[test]
    fn fractions_below_a_microsecond_are_dropped() {
        assert_eq!(at("2026-01-01T00:00:00.123456999Z"), at("2026-01-01T00:00:00.123456Z"));
    }
}
