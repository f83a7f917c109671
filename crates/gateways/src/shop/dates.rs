//! Dates as exports write them. What names no zone means Moscow's.

use domain::time::{parse_instant, zone};
use jiff::Timestamp;
use jiff::civil::DateTime;

/// `2026-01-10 12:00`, `2026-01-10T12:00:00`, or with an offset; `None` if it is anything else.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(instant) = parse_instant(text) {
        return Some(instant);
    }
    let civil: DateTime = text.parse().ok()?;
    let instant = civil.to_zoned(zone("Europe/Moscow")?).ok()?.timestamp();
    parse_instant(&instant.to_string()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_without_a_zone_is_moscows() {
        for (text, expected) in [
            ("2026-01-10 12:00", Some("2026-01-10T09:00:00Z")),
            ("2026-01-10T12:00:05", Some("2026-01-10T09:00:05Z")),
            ("2026-01-10T12:00:05+05:00", Some("2026-01-10T07:00:05Z")),
            ("2026-01-10T12:00:05Z", Some("2026-01-10T12:00:05Z")),
            ("10.01.2026", None),
            ("вчера", None),
            ("", None),
            ("9999-01-01 00:00", None),
            ("1970-01-01 00:00", None),
        ] {
            assert_eq!(instant(text).map(|instant| instant.to_string()).as_deref(), expected, "{text:?}");
        }
    }
}
