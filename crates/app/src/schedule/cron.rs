//! Cron expressions, in Moscow time.

use std::fmt;
use std::str::FromStr;

use domain::lang::Text;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Minute, hour, day of the month, month, day of the week, as cron writes them; or a word, `@daily`.
#[derive(Debug, Clone)]
pub struct Cron {
    text: String,
    parsed: croner::Cron,
}

/// Why a text is no expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CronError {
    /// Not five fields, or a field is out of its range.
    #[error(
        "{0:?} is not a schedule: write minute, hour, day, month, weekday, as \"0 4 * * *\" for 4 o'clock each day"
    )]
    Form(String),
    /// Its day never comes, like 30 February.
    #[error("{0:?} never comes")]
    Never(String),
}

impl From<CronError> for Text {
    fn from(error: CronError) -> Self {
        let ru = match &error {
            CronError::Form(text) => format!(
                "{text:?} — не расписание: минута, час, день, месяц, день недели; «0 4 * * *» — каждый день в 4 часа"
            ),
            CronError::Never(text) => format!("{text:?} не наступит никогда"),
        };
        Self::new(ru, error.to_string())
    }
}

impl FromStr for Cron {
    type Err = CronError;

    fn from_str(text: &str) -> Result<Self, CronError> {
        let short = || text.chars().take(80).collect::<String>();
        let parser = croner::parser::CronParser::builder()
            .seconds(croner::parser::Seconds::Disallowed)
            .year(croner::parser::Year::Disallowed)
            .build();
        let parsed = parser.parse(text).map_err(|_| CronError::Form(short()))?;
        let cron = Self { text: text.trim().to_owned(), parsed };
        // Any instant does: what never comes after one never comes.
        cron.found_after(Timestamp::UNIX_EPOCH).ok_or_else(|| CronError::Never(short()))?;
        Ok(cron)
    }
}

impl Cron {
    /// The expression.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The first instant after another at which it comes round.
    pub fn next_after(&self, now: Timestamp) -> Timestamp {
        // An expression that comes at all comes again; were it otherwise, a year is a safe pause.
        self.found_after(now).unwrap_or(now + SignedDuration::from_hours(24 * 365))
    }

    fn found_after(&self, now: Timestamp) -> Option<Timestamp> {
        let zone = domain::time::zone("Europe/Moscow").unwrap_or(TimeZone::UTC);
        let found = self.parsed.find_next_occurrence(&now.to_zoned(zone), false).ok()?;
        Some(found.timestamp())
    }
}

impl PartialEq for Cron {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Cron {}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(expression: &str, now: &str) -> String {
        let cron: Cron = expression.parse().expect("an expression");
        let now = domain::time::parse_instant(now).expect("an instant");
        let moscow = domain::time::zone("Europe/Moscow").expect("bundled");
        cron.next_after(now).to_zoned(moscow).strftime("%Y-%m-%d %H:%M").to_string()
    }

    #[test]
    fn hours_are_those_of_moscow() {
        assert_eq!(next("0 4 * * *", "2026-01-10T00:59:59Z"), "2026-01-10 04:00");
        assert_eq!(next("0 4 * * *", "2026-01-10T01:00:00Z"), "2026-01-11 04:00", "strictly after");
        assert_eq!(next("*/15 * * * *", "2026-01-10T01:07:00.123456Z"), "2026-01-10 04:15");
        assert_eq!(next("30 9 * * MON", "2026-01-10T01:00:00Z"), "2026-01-12 09:30");
        assert_eq!(next("@daily", "2026-01-10T01:00:00Z"), "2026-01-11 00:00");
        assert_eq!(next("0 0 29 2 *", "2026-03-01T00:00:00Z"), "2028-02-29 00:00");
    }

    #[test]
    fn what_is_no_expression_or_never_comes_is_refused() {
        for text in
            ["", "4", "* * * *", "60 4 * * *", "0 24 * * *", "0 4 * * * *", "каждый день", "0 4 * * * 2026 1"]
        {
            assert!(matches!(text.parse::<Cron>(), Err(CronError::Form(_))), "{text:?}");
        }
        assert!(matches!("0 4 30 2 *".parse::<Cron>(), Err(CronError::Never(_))));
    }
}
