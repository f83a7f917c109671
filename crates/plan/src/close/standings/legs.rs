//! The legs of everyone: what each of his first line brings with all below, before and after the roll-up.

use super::Qualified;
use crate::close::{Close, PerSeat, Seat, Tree};
use crate::rank::{LegsOf, Rank};

/// The legs of one partner by size. Groups that broke away count like any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sizes {
    largest: i64,
    second: i64,
    /// All others together.
    others: i64,
}

impl Sizes {
    fn add(&mut self, leg: i64) {
        let smaller = leg.min(self.largest);
        self.largest = self.largest.max(leg);
        let smallest = smaller.min(self.second);
        self.second = self.second.max(smaller);
        self.others = self.others.saturating_add(smallest);
    }

    fn sum(self) -> i64 {
        self.largest.saturating_add(self.second).saturating_add(self.others)
    }

    /// The two largest as they are, and the others as what all legs after the roll-up have beyond these
    /// two: what rolled up from the two largest to the partner himself is taken off the others.
    ///
    /// With one or two legs only there are no others: nothing is in the legs after the roll-up that was
    /// not in them before. One whose legs are empty after it has none: all below him is his own volume.
    fn mixed(unrolled: Self, rolled: Self) -> Self {
        let all = rolled.sum();
        if all == 0 {
            return Self::default();
        }
        let beyond = all.saturating_sub(unrolled.largest).saturating_sub(unrolled.second);
        Self { others: beyond.max(0), ..unrolled }
    }

    /// Largest, second, all others together.
    pub(super) fn values(self) -> [i64; 3] {
        [self.largest, self.second, self.others]
    }
}

/// Everyone's legs in the trees that the ranks of the plan ask about.
#[derive(Default)]
pub(super) struct LegSums {
    rolled: Option<PerSeat<Sizes>>,
    unrolled: Option<PerSeat<Sizes>>,
}

impl LegSums {
    pub(super) fn new(close: &Close<'_>, stands: &PerSeat<Qualified>) -> Self {
        let asked = |of: &[LegsOf]| {
            let conditions = close.plan.ranks().iter().flat_map(Rank::all_conditions);
            conditions.filter_map(|one| one.legs.as_ref()).any(|legs| of.contains(&legs.of))
        };
        let rolled = asked(&[LegsOf::Rolled, LegsOf::Mixed])
            .then(|| sizes(&close.rolled.tree, &stands.map(|one| one.personal)));
        let unrolled = asked(&[LegsOf::Unrolled, LegsOf::Mixed])
            .then(|| sizes(&close.sponsors, &stands.map(|one| one.unrolled)));
        Self { rolled, unrolled }
    }

    /// Somebody's legs in a tree that a rank asks about.
    pub(super) fn of(&self, of: LegsOf, seat: Seat) -> Sizes {
        let at = |sizes: &Option<PerSeat<Sizes>>| sizes.as_ref().map_or_else(Sizes::default, |all| all[seat]);
        match of {
            LegsOf::Rolled => at(&self.rolled),
            LegsOf::Unrolled => at(&self.unrolled),
            LegsOf::Mixed => Sizes::mixed(at(&self.unrolled), at(&self.rolled)),
        }
    }
}

fn sizes(tree: &Tree, volume: &PerSeat<i64>) -> PerSeat<Sizes> {
    let mut sizes = PerSeat::filled(Sizes::default(), volume.len());
    for (seat, sum) in tree.summed_up(volume).iter() {
        if let Some(above) = tree.parent(seat) {
            sizes[above].add(*sum);
        }
    }
    sizes
}
