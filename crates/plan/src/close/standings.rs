//! The first step of a close: everyone's volumes, and as which rank he is paid.

use super::Close;
use super::seats::PerSeat;

/// How one partner stands in a period.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Qualified {
    /// His own purchases and his customers', with what rolled up to him, in the plan's unit of
    /// qualification (kopecks, or hundredths of a point).
    pub personal: i64,
    /// The same before the roll-up.
    pub unrolled: i64,
    /// What outside customers whom he brought bought.
    pub customers: i64,
    /// Personal, and that of his first line.
    pub frontline: i64,
    /// Personal, and that of everyone below him whose group has not broken away.
    pub group: i64,
    /// As which rank he is paid, by its place among the plan's ranks from 0.
    pub paid_as: Option<usize>,
    /// The highest rank he ever reached, this period included.
    pub highest: Option<usize>,
}

/// Evaluates everyone, those deepest first.
pub(crate) fn qualify(close: &Close<'_>) -> PerSeat<Qualified> {
    let _ = close;
    unimplemented!("written with the ranks")
}
