//! Everyone's volumes in a period.

use super::Qualified;
use crate::close::{Close, PerSeat, Seat};
use crate::plan::Plan;
use crate::rules::{Buyers, PeriodRule};

/// Everyone's measures. Of the group only what is personal: the rest is added as ranks are found.
pub(super) fn measured(close: &Close<'_>) -> PerSeat<Qualified> {
    let unrolled = close.bought.of(Buyers::Both);
    let personal = close.rolled.joined(&unrolled);
    let measured = |(seat, personal): (Seat, &i64)| Qualified {
        personal: *personal,
        unrolled: unrolled[seat],
        customers: close.bought.customers[seat],
        frontline: *personal,
        group: *personal,
        paid_as: None,
        highest: None,
    };
    let mut stands: PerSeat<Qualified> = personal.iter().map(measured).collect();
    for (seat, personal) in personal.iter() {
        if let Some(above) = close.rolled.tree.parent(seat) {
            let frontline = &mut stands[above].frontline;
            *frontline = frontline.saturating_add(*personal);
        }
    }
    stands
}

/// What everyone's group adds to the group volume above him.
pub(super) struct Groups {
    /// Which ranks, by place, break away with their group.
    apart: Vec<bool>,
    /// What everyone who is settled adds.
    added: PerSeat<i64>,
    /// The first line of each, where a rank asks how much of the volume one leg may bring.
    first_lines: Option<PerSeat<Vec<Seat>>>,
}

impl Groups {
    pub(super) fn new(close: &Close<'_>) -> Self {
        let shares = close.plan.ranks().iter().flat_map(crate::Rank::all_conditions);
        let by_leg = shares.into_iter().any(|conditions| conditions.max_leg_share.is_some());
        Self {
            apart: apart(close.plan),
            added: PerSeat::filled(0, close.facts.people.len()),
            first_lines: by_leg.then(|| close.rolled.tree.children()),
        }
    }

    /// Takes somebody's rank and group volume, and says what he adds to the one above: nothing if his
    /// group has broken away.
    pub(super) fn settle(&mut self, seat: Seat, rank: Option<usize>, group: i64) -> i64 {
        let is_apart = rank.and_then(|rank| self.apart.get(rank)).is_some_and(|apart| *apart);
        let added = if is_apart { 0 } else { group };
        self.added[seat] = added;
        added
    }

    /// What each leg of somebody adds to his group volume.
    pub(super) fn legs(&self, seat: Seat) -> impl Iterator<Item = i64> {
        let first_line = self.first_lines.as_ref().map(|first_lines| first_lines[seat].as_slice());
        first_line.unwrap_or_default().iter().map(|leg| self.added[*leg])
    }
}

/// Which ranks, by place, count in no group volume above them.
fn apart(plan: &Plan) -> Vec<bool> {
    let excluded: Vec<&String> = plan
        .rules()
        .iter()
        .filter_map(|rule| match rule.period_rule() {
            Some(PeriodRule::Breakaway(breakaway)) if breakaway.exclude_group => Some(&breakaway.leaders),
            _ => None,
        })
        .flatten()
        .collect();
    plan.ranks().iter().map(|rank| excluded.contains(&&rank.name)).collect()
}
