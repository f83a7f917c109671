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
    let place = |name: &Option<String>| {
        let name = name.as_ref()?;
        close.plan.ranks().iter().position(|rank| rank.name == *name)
    };
    let unrolled = close.bought.of(crate::rules::Buyers::Both);
    let personal = close.rolled.joined(&unrolled);
    let group = close.rolled.tree.summed_up(&personal);
    let mut frontline = personal.clone();
    for (seat, own) in personal.iter() {
        if let Some(parent) = close.rolled.tree.parent(seat) {
            frontline[parent] = frontline[parent].saturating_add(*own);
        }
    }
    let stands = |(seat, person): (super::Seat, &super::Participant)| {
        let paid_as = place(&person.staff_rank);
        Qualified {
            personal: personal[seat],
            unrolled: unrolled[seat],
            customers: close.bought.customers[seat],
            frontline: frontline[seat],
            group: group[seat],
            paid_as,
            highest: place(&person.highest_before).max(paid_as),
        }
    };
    close.facts.people.iter().map(stands).collect()
}
