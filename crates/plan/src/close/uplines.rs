//! Who is met on the way up. Pointers made once from the top, so that a walk passes any number of
//! people who do not matter in one step: a chain of a hundred thousand is not walked for everyone on it.

use domain::money::Rate;
use domain::network::Standing;

use super::seats::{PerSeat, Seat};
use super::{Close, Tree};

/// For everyone the nearest above him who counts.
pub(crate) struct Above {
    counted: PerSeat<bool>,
    nearest: PerSeat<Option<Seat>>,
    /// How many who count stand above each.
    number: PerSeat<u32>,
}

impl Above {
    /// Marks those who count.
    pub(crate) fn new(tree: &Tree, counted: PerSeat<bool>) -> Self {
        let mut nearest = PerSeat::filled(None, counted.len());
        let mut number = PerSeat::filled(0_u32, counted.len());
        for seat in tree.downward() {
            if let Some(parent) = tree.parent(seat) {
                nearest[seat] = if counted[parent] { Some(parent) } else { nearest[parent] };
                number[seat] = number[parent] + u32::from(counted[parent]);
            }
        }
        Self { counted, nearest, number }
    }

    /// Whether somebody counts himself.
    pub(crate) fn counts(&self, seat: Seat) -> bool {
        self.counted[seat]
    }

    /// Everyone above who counts, nearest first.
    pub(crate) fn of(&self, seat: Seat) -> impl Iterator<Item = Seat> {
        std::iter::successors(self.nearest[seat], |above| self.nearest[*above])
    }

    /// How many who count stand strictly between one and another above him.
    pub(crate) fn between(&self, seat: Seat, above: Seat) -> u32 {
        self.number[seat].saturating_sub(self.number[above] + u32::from(self.counted[above]))
    }
}

/// Everyone's rate, and who above has a higher one.
pub(crate) struct Rated {
    rates: PerSeat<Option<Rate>>,
    nearest: PerSeat<Option<Seat>>,
    /// The nearest above with a higher rate, for those who have one.
    higher: PerSeat<Option<Seat>>,
}

impl Rated {
    /// The rates of those who may earn, by the ranks they are paid as; the inactive have none.
    pub(crate) fn by_rank(close: &Close<'_>, rates: &[(String, Rate)]) -> Self {
        let rate = |seat| if is_inactive(close, seat) { None } else { rate_of(close, rates, seat) };
        Self::new(&close.rolled.tree, close.facts.people.seats().map(rate).collect())
    }

    fn new(tree: &Tree, rates: PerSeat<Option<Rate>>) -> Self {
        let nothing = || PerSeat::filled(None, rates.len());
        let mut rated = Self { nearest: nothing(), higher: nothing(), rates };
        for seat in tree.downward() {
            rated.nearest[seat] = tree.parent(seat).and_then(|parent| {
                if rated.rates[parent].is_some() { Some(parent) } else { rated.nearest[parent] }
            });
            rated.higher[seat] = rated.rates[seat].and_then(|rate| rated.first_over(seat, rate));
        }
        rated
    }

    /// The rate of one who may earn; `None` where he has none.
    pub(crate) fn of(&self, seat: Seat) -> Option<Rate> {
        self.rates[seat]
    }

    /// The nearest above with a rate over this one. As many steps as there are different rates.
    pub(crate) fn first_over(&self, seat: Seat, done: Rate) -> Option<Seat> {
        let mut next = self.nearest[seat];
        while let Some(above) = next
            && self.rates[above].is_none_or(|rate| rate <= done)
        {
            next = self.higher[above];
        }
        next
    }
}

/// The rate of somebody's rank; `None` where it has none.
pub(crate) fn rate_of(close: &Close<'_>, rates: &[(String, Rate)], seat: Seat) -> Option<Rate> {
    let rank = close.rank(seat)?;
    rates.iter().find(|(name, _)| name == rank).map(|(_, rate)| *rate)
}

/// Whether somebody is paid as one of these ranks.
pub(crate) fn is_of(close: &Close<'_>, ranks: &[String], seat: Seat) -> bool {
    close.rank(seat).is_some_and(|rank| ranks.iter().any(|name| name == rank))
}

/// Whether somebody may not earn, so that another takes his place.
pub(crate) fn is_inactive(close: &Close<'_>, seat: Seat) -> bool {
    close.facts.people[seat].standing == Standing::Inactive
}
