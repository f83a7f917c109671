//! What opens the next rank.

use super::{Qualified, Requirement, Survey};
use crate::close::{Close, PerSeat, Seat};

/// The next rank above the one somebody is paid as, and what it still takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextRank {
    /// The rank, by its place among the plan's ranks from 0.
    pub rank: usize,
    /// Whether it was held in the period before, so that this is what keeps it.
    pub is_kept: bool,
    /// What is not yet enough: at least one.
    pub missing: Vec<Requirement>,
}

/// What somebody still needs for the next rank that is not for staff to give; `None` where there is none.
pub(in crate::close) fn next(
    close: &Close<'_>,
    qualified: &PerSeat<Qualified>,
    seat: Seat,
) -> Option<NextRank> {
    let paid_as = qualified.find(seat)?.paid_as;
    let mut survey = Survey::new(close);
    if survey.given_by_staff(seat).is_some() {
        return None;
    }
    for (below, stands) in close.rolled.tree.upward().filter_map(|one| Some((one, qualified.find(one)?))) {
        survey.settle(below, stands.paid_as);
    }
    let above = close.plan.ranks().iter().enumerate().skip(paid_as.map_or(0, |paid_as| paid_as + 1));
    let (rank, conditions) =
        above.into_iter().find_map(|(place, rank)| Some((place, survey.conditions(seat, place, rank)?)))?;
    let missing = survey.requirements(seat, conditions).filter(|one| !one.is_met()).collect();
    let keep = close.plan.ranks().get(rank).and_then(|rank| rank.keep.as_ref());
    let is_kept = keep.is_some_and(|keep| std::ptr::eq(keep, conditions));
    Some(NextRank { rank, is_kept, missing })
}
