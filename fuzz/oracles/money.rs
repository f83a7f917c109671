//! What must hold of any text that is read as a sum, a rate, points, a period or a date. Called by the
//! fuzzer and by the tests of `plan`.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use domain::catalog::Volume;
use domain::money::{Money, Rate, Rounding};
use domain::period::Period;
use domain::time::{parse_day, parse_instant, zone};

/// Whatever is read is written so that it is read again as the same.
pub(crate) fn holds(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (sum, rate) = (is_stable::<Money>(&text), is_stable::<Rate>(&text));
    let period = is_stable::<Period>(&text);
    if let Ok(points) = Volume::parse(&text) {
        // Points are written as sums are.
        assert_eq!(Volume::parse(&Money::from_minor(points.0).to_string()), Ok(points));
    }
    if let Some(sum) = sum.filter(|sum| *sum <= Money::LARGEST) {
        is_never_more_than_the_whole(sum);
    }
    if let Some(rate) = rate {
        assert!(i128::from(rate.ppm()) <= Rate::WHOLE_PPM, "a rate is at most the whole: {rate}");
    }
    let moscow = zone("Europe/Moscow").expect("a zone of the database");
    if let Some(period) = period {
        assert!(period.start(&moscow) < period.end(&moscow));
        assert_eq!(Period::of(period.start(&moscow), &moscow), period);
    }
    if let Ok(instant) = parse_instant(&text) {
        assert_eq!(parse_instant(&instant.to_string()), Ok(instant));
    }
    let _ = parse_day(&text, &moscow);
}

fn is_stable<T: FromStr<Err: Debug> + Display + PartialEq + Debug>(text: &str) -> Option<T> {
    let read = text.parse::<T>().ok()?;
    let again = read.to_string().parse::<T>();
    assert_eq!(again.as_ref().ok(), Some(&read), "{read} is read otherwise than {text}");
    Some(read)
}

fn is_never_more_than_the_whole(sum: Money) {
    if sum.minor() < 0 {
        return;
    }
    for ppm in [0, 1, 333_333, 500_000, 999_999, 1_000_000] {
        let rate = Rate::from_ppm(ppm);
        let [down, half, even] =
            [Rounding::Down, Rounding::HalfUp, Rounding::HalfEven].map(|rounding| rate.of(sum, rounding));
        assert!(down <= even && even <= half && half <= sum, "{rate} of {sum}");
    }
}
