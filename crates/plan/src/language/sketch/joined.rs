//! When the people of a rehearsal joined.

use domain::time;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Reader;
use crate::language::section::{Entry, Section};
use crate::language::values;

impl Reader<'_> {
    /// When somebody joined: not after the month in which he is there, nor before his sponsor.
    pub(super) fn joined(&mut self, entry: Entry<'_, '_>, section: &Section<'_, '_>) -> Option<Timestamp> {
        let joined = self.day(entry)?;
        let written = entry.value.get_ref().as_str().unwrap_or_default();
        if joined >= self.month.end(&TimeZone::UTC) {
            let month = self.month;
            self.refuse(
                entry,
                written,
                ("ещё не наступило", "lies ahead"),
                (
                    &format!("человек есть уже в {month}: вступил тогда или раньше"),
                    &format!("he is there in {month}: he joined by then"),
                ),
            );
        }
        let sponsor = section.get("sponsor").and_then(|entry| entry.value.get_ref().as_str());
        if let Some(above) =
            sponsor.and_then(|sponsor| self.joined.get(sponsor)).filter(|above| **above > joined)
        {
            let above = above.to_zoned(TimeZone::UTC).date();
            self.refuse(
                entry,
                written,
                ("раньше своего спонсора", "before his sponsor"),
                (
                    &format!("спонсор вступил {above}: позже или в тот же день"),
                    &format!("the sponsor joined on {above}: that day or later"),
                ),
            );
        }
        Some(joined)
    }

    fn day(&mut self, entry: Entry<'_, '_>) -> Option<Timestamp> {
        let written = values::string(entry, "\"2026-01-15\"", self.findings)?;
        let day = time::parse_day(written, &TimeZone::UTC).ok();
        if day.is_none() {
            self.refuse(
                entry,
                written,
                ("не день", "not a day"),
                ("год, месяц и число: \"2026-01-15\"", "write year, month and day: \"2026-01-15\""),
            );
        }
        day
    }
}
