//! What of an order commissions are paid on: its turnover, its margin or its points.

use domain::catalog::{ProductKind, Volume};
use domain::money::{Money, Rounding};
use domain::order::{Order, OrderLine};
use serde::Serialize;

/// What a rate is taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// The price paid.
    Turnover,
    /// The price paid less the cost.
    Margin,
    /// Points at the plan's value of a point.
    Volume,
}

impl Base {
    /// The words of the language.
    pub(crate) const WORDS: &'static [(&'static str, Self)] =
        &[("turnover", Self::Turnover), ("margin", Self::Margin), ("volume", Self::Volume)];

    /// The word of the language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Turnover => "turnover",
            Self::Margin => "margin",
            Self::Volume => "volume",
        }
    }

    /// The base of lines given as (line, pieces), in kopecks, never below zero.
    ///
    /// Margins may be negative line by line; only their sum is kept at zero. Points become money once
    /// for all lines, half up. Fees never count. What does not fit saturates.
    pub(crate) fn of<'l>(
        self,
        lines: impl IntoIterator<Item = (&'l OrderLine, u32)>,
        point_value: Money,
    ) -> i128 {
        let sum = lines
            .into_iter()
            .filter(|(line, _)| line.kind == ProductKind::Goods)
            .map(|(line, pieces)| self.of_piece(line).saturating_mul(i128::from(pieces)))
            .fold(0_i128, i128::saturating_add)
            .max(0);
        match self {
            Self::Turnover | Self::Margin => sum,
            Self::Volume => Rounding::HalfUp.divide(sum.saturating_mul(i128::from(point_value.minor())), 100),
        }
    }

    /// The size of lines in this unit: kopecks, or hundredths of a point. Fees never count.
    pub(crate) fn size<'l>(self, lines: impl IntoIterator<Item = (&'l OrderLine, u32)>) -> Volume {
        // A point worth a rouble is worth its hundredths in kopecks.
        Volume(saturated(self.of(lines, Money::from_minor(100))).minor())
    }

    /// What one piece adds: kopecks, or hundredths of a point.
    fn of_piece(self, line: &OrderLine) -> i128 {
        match self {
            Self::Turnover => i128::from(line.unit_price.minor()),
            Self::Margin => i128::from(line.unit_price.minor()) - i128::from(line.unit_cost.minor()),
            Self::Volume => i128::from(line.unit_volume.0),
        }
    }
}

/// Every line of an order with all its pieces.
pub(crate) fn whole_lines(order: &Order) -> impl Iterator<Item = (&OrderLine, u32)> {
    order.lines.iter().map(|line| (line, line.quantity))
}

/// Kopecks as money; what does not fit becomes the most that fits, and `accrue` refuses it.
pub(crate) fn saturated(minor: i128) -> Money {
    Money::from_minor(i64::try_from(minor).unwrap_or(i64::MAX))
}
