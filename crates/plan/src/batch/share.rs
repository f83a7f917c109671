//! Base times rate in 64 bits, where that is exact.

use domain::money::{Money, Rate, Rounding};

/// Up to ten milliard roubles an amount times parts per million, and so its product with a sum of rates
/// of a plan's hundred levels, stays below 2^63.
pub(super) const NARROW: Money = Money::from_minor(1_000_000_000_000);

const WHOLE: u64 = 1_000_000;

/// As [`Rate::of`].
pub(super) fn share(base: Money, rate: Rate, rounding: Rounding) -> Money {
    match u64::try_from(base.minor()) {
        Ok(minor) if base <= NARROW => money(divided(minor * u64::from(rate.ppm()), rounding)),
        _ => rate.of(base, rounding),
    }
}

/// A millionth of an exact amount.
fn divided(exact: u64, rounding: Rounding) -> u64 {
    match rounding {
        Rounding::Down => exact / WHOLE,
        Rounding::HalfUp => (exact + WHOLE / 2) / WHOLE,
        Rounding::HalfEven => (exact + WHOLE / 2 - 1 + exact / WHOLE % 2) / WHOLE,
    }
}

/// What is narrow stays far within 64 bits.
pub(super) fn money(minor: u64) -> Money {
    Money::from_minor(minor.cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrow_and_wide_shares_are_the_same() {
        let bases = [0, 1, 2, 3, 49, 50, 51, 333_333, 12_500_000, NARROW.minor() - 1, NARROW.minor()];
        for base in bases.map(Money::from_minor) {
            for rate in
                [0, 1, 3, 333, 5_000, 10_000, 250_000, 500_000, 999_999, 1_000_000].map(Rate::from_ppm)
            {
                for rounding in [Rounding::HalfUp, Rounding::HalfEven, Rounding::Down] {
                    assert_eq!(
                        share(base, rate, rounding),
                        rate.of(base, rounding),
                        "{base} {rate} {rounding:?}"
                    );
                }
            }
        }
    }
}
