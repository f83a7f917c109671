//! Activity: a partner who has paid his fee is active for a month or a year.

use crate::lang::Text;
use std::fmt;
use std::str::FromStr;

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use crate::time::add_months;

/// Which fee was paid. What it costs and how many months it gives, the plan says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeKind {
    /// The fee for a month.
    Monthly,
    /// The fee for a year.
    Annual,
}

/// Why a text is not a kind of fee.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a kind of activity fee: write \"monthly\" or \"annual\"")]
pub struct FeeKindError(String);

impl From<FeeKindError> for Text {
    fn from(error: FeeKindError) -> Self {
        Self::of(&error, format!("{:?} — не вид взноса: напишите monthly или annual", error.0))
    }
}

impl FeeKind {
    /// `monthly` or `annual`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Monthly => "monthly",
            Self::Annual => "annual",
        }
    }
}

impl fmt::Display for FeeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for FeeKind {
    type Err = FeeKindError;
    fn from_str(text: &str) -> Result<Self, FeeKindError> {
        match text {
            "monthly" => Ok(Self::Monthly),
            "annual" => Ok(Self::Annual),
            _ => Err(FeeKindError(text.chars().take(40).collect())),
        }
    }
}

/// A span in which a partner is active: `from <= x < until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Span {
    /// First instant of activity.
    pub from: Timestamp,
    /// First instant after it.
    pub until: Timestamp,
}

impl Span {
    /// Whether the span holds at an instant.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }

    /// The span a fee gives: from its payment, or from the end of the span that runs then.
    ///
    /// `running_until` is the end of the spans given by the fees paid before this one.
    pub fn of_fee(paid_at: Timestamp, months: u8, running_until: Option<Timestamp>, zone: &TimeZone) -> Self {
        let from = running_until.map_or(paid_at, |until| until.max(paid_at));
        Self { from, until: add_months(from, months, zone) }
    }
}

/// The spans that fees give, each as (paid at, months); fees in order of payment. `running_until` is
/// the end of the spans of fees paid before all of these.
pub fn spans(
    fees: impl IntoIterator<Item = (Timestamp, u8)>,
    running_until: Option<Timestamp>,
    zone: &TimeZone,
) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for (paid_at, months) in fees {
        let running_until = spans.last().map_or(running_until, |span| Some(span.until));
        spans.push(Span::of_fee(paid_at, months, running_until, zone));
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{parse_instant, zone};

    fn at(text: &str) -> Timestamp {
        parse_instant(text).expect("valid")
    }

    #[test]
    fn a_fee_paid_early_extends_and_never_shortens() {
        let moscow = zone("Europe/Moscow").expect("bundled");
        let paid = [(at("2026-01-10T12:00:00+03:00"), 12), (at("2026-02-01T12:00:00+03:00"), 1)];
        let spans = spans(paid, None, &moscow);
        assert_eq!(
            spans,
            [
                Span { from: at("2026-01-10T12:00:00+03:00"), until: at("2027-01-10T12:00:00+03:00") },
                Span { from: at("2027-01-10T12:00:00+03:00"), until: at("2027-02-10T12:00:00+03:00") },
            ]
        );
    }

    #[test]
    fn after_a_gap_activity_begins_at_the_payment() {
        let moscow = zone("Europe/Moscow").expect("bundled");
        let paid = [(at("2026-01-31T12:00:00+03:00"), 1), (at("2026-03-05T08:00:00+03:00"), 1)];
        let [first, second] = spans(paid, None, &moscow)[..] else { panic!("two fees give two spans") };
        assert_eq!(first.until, at("2026-02-28T12:00:00+03:00"));
        assert_eq!(second.from, at("2026-03-05T08:00:00+03:00"));
        assert!(!first.contains(first.until), "the end does not belong to the span");
        assert!(first.contains(first.from), "the beginning does");
    }
}
