//! For how many whole calendar months somebody has been there.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// The whole calendar months from one instant to another in a zone; zero if the first is later.
///
/// The last day of a shorter month stands in for a day it does not have: who joined on 31 January has
/// been there a month on 28 February, at the same time of day.
pub(super) fn whole_months(joined: Timestamp, end: Timestamp, zone: &TimeZone) -> i64 {
    let (from, to) = (joined.to_zoned(zone.clone()), end.to_zoned(zone.clone()));
    let years = i64::from(to.year()) - i64::from(from.year());
    let months = years * 12 + i64::from(to.month()) - i64::from(from.month());
    let passed = from.checked_add(months.months()).is_ok_and(|day| day.timestamp() <= end);
    (months - i64::from(!passed)).max(0)
}
