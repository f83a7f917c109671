//! When a failed attempt is followed by the next: the schedule that Standard Webhooks recommends, over three
//! days.

use jiff::{SignedDuration, Timestamp};

/// The pauses after the first, second, … failed attempt.
const PAUSES: [SignedDuration; 9] = [
    SignedDuration::from_secs(5),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(5),
    SignedDuration::from_hours(10),
    SignedDuration::from_hours(14),
    SignedDuration::from_hours(20),
    SignedDuration::from_hours(24),
];

/// How often a parcel is tried before it is given up.
pub const ATTEMPTS: u32 = 10;

/// The longest pause a receiver may ask for.
pub const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(24);

/// When the next attempt follows; `None` after the last. The pause is never shorter than the receiver asked
/// for, and longer by up to a tenth at random, so that what failed together does not come back together.
/// `chance` is any number.
pub(super) fn next(
    attempt: u32,
    asked: Option<SignedDuration>,
    now: Timestamp,
    chance: u16,
) -> Option<Timestamp> {
    let index = usize::try_from(attempt.max(1) - 1).unwrap_or(usize::MAX);
    let pause = PAUSES.get(index).copied()?;
    let asked = asked.map_or(SignedDuration::ZERO, |asked| asked.min(LONGEST_PAUSE));
    let pause = pause.max(asked);
    let tenth = pause.as_millis() / 10;
    let more = tenth * i128::from(chance) / i128::from(u16::MAX);
    let more = SignedDuration::from_millis(i64::try_from(more).unwrap_or(0));
    Some(now + pause + more)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).expect("valid")
    }

    #[test]
    fn ten_attempts_go_over_three_days() {
        let pauses: Vec<i64> = (1..=ATTEMPTS + 1)
            .filter_map(|attempt| next(attempt, None, at(0), 0).map(Timestamp::as_second))
            .collect();
        assert_eq!(pauses, [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
        let whole: i64 = pauses.iter().sum();
        assert!((259_200..=280_000).contains(&whole), "three days and a bit: {whole}");
    }

    #[test]
    fn chance_lengthens_by_a_tenth_at_most() {
        assert_eq!(next(2, None, at(0), u16::MAX), Some(at(330)));
        assert_eq!(next(2, None, at(0), u16::MAX / 2), Timestamp::from_millisecond(314_999).ok());
    }

    #[test]
    fn what_the_receiver_asks_for_is_kept_within_a_day() {
        let asked = |seconds| next(1, Some(SignedDuration::from_secs(seconds)), at(0), 0);
        assert_eq!(asked(3), Some(at(5)), "never sooner than the schedule");
        assert_eq!(asked(3_600), Some(at(3_600)));
        assert_eq!(asked(i64::MAX), Some(at(86_400)));
        assert_eq!(asked(-1), Some(at(5)));
    }
}
