//! How many people of a rank everyone has below him. Each question of the plan is counted once for all,
//! from below: nobody's group is walked.

use crate::close::{PerSeat, Seat};
use crate::rank::{People, Rank};

/// Every question that the ranks of a plan ask about people, with the answers so far.
pub(super) struct PeopleBelow(Vec<Count>);

/// One question.
struct Count {
    rank: usize,
    within: Option<u16>,
    how: How,
    /// What each has below him; complete once all below are settled.
    found: PerSeat<u32>,
}

/// What is remembered of everyone for the one above him.
enum How {
    /// Anywhere below: nothing but the answer itself.
    Anywhere,
    /// Within some levels: how many stand one level below him, two levels, and so on.
    ByLevel(PerSeat<Vec<u32>>),
    /// In separate legs: how many levels below him the nearest stands.
    Nearest(PerSeat<Option<u32>>),
}

impl PeopleBelow {
    /// The questions of these ranks, for so many partners of whom none is settled.
    pub(super) fn new(ranks: &[Rank], seats: usize) -> Self {
        let mut counts: Vec<Count> = Vec::new();
        for people in ranks.iter().flat_map(Rank::all_conditions).flat_map(|one| &one.people) {
            if !counts.iter().any(|count| count.answers(people)) {
                counts.push(Count::new(people, seats));
            }
        }
        Self(counts)
    }

    /// Takes the rank of one below whom all are settled.
    pub(super) fn settle(&mut self, seat: Seat, rank: Option<usize>, above: Option<Seat>) {
        for count in &mut self.0 {
            count.settle(seat, rank, above);
        }
    }

    /// How many of the people whom a rank asks for somebody has.
    pub(super) fn found(&self, people: &People, seat: Seat) -> u32 {
        self.0.iter().find(|count| count.answers(people)).map_or(0, |count| count.found[seat])
    }
}

impl Count {
    fn new(people: &People, seats: usize) -> Self {
        let how = match (people.separate_legs, people.within) {
            (true, _) => How::Nearest(PerSeat::filled(None, seats)),
            (false, Some(_)) => How::ByLevel(PerSeat::filled(Vec::new(), seats)),
            (false, None) => How::Anywhere,
        };
        Self { rank: people.rank, within: people.within, how, found: PerSeat::filled(0, seats) }
    }

    fn answers(&self, people: &People) -> bool {
        let separate_legs = matches!(self.how, How::Nearest(_));
        (self.rank, self.within, separate_legs) == (people.rank, people.within, people.separate_legs)
    }

    fn settle(&mut self, seat: Seat, rank: Option<usize>, above: Option<Seat>) {
        let counts = rank.is_some_and(|rank| rank >= self.rank);
        let added = match &mut self.how {
            How::Anywhere => self.found[seat] + u32::from(counts),
            How::ByLevel(levels) => by_level(levels, self.within, seat, counts, above),
            How::Nearest(nearest) => {
                let own = if counts { Some(0) } else { nearest[seat] };
                let from_above = own.map(|levels| levels + 1);
                if let Some(above) = above {
                    let known = &mut nearest[above];
                    *known = known
                        .map_or(from_above, |known| Some(from_above.map_or(known, |new| new.min(known))));
                }
                let near = |levels: u32| self.within.is_none_or(|within| levels <= u32::from(within));
                u32::from(from_above.is_some_and(near))
            }
        };
        if let Some(above) = above {
            self.found[above] += added;
        }
    }
}

/// Adds one partner and those below him to the levels of the one above, and says how many they are as
/// far as the question looks.
fn by_level(
    levels: &mut PerSeat<Vec<u32>>,
    within: Option<u16>,
    seat: Seat,
    counts: bool,
    above: Option<Seat>,
) -> u32 {
    // Nobody asks for his levels again: the answer stands by itself.
    let mut own = std::mem::take(&mut levels[seat]);
    own.insert(0, u32::from(counts));
    own.truncate(within.map_or(usize::MAX, usize::from));
    let added = own.iter().sum();
    if let Some(above) = above {
        let sums = &mut levels[above];
        sums.resize(sums.len().max(own.len()), 0);
        for (sum, one) in sums.iter_mut().zip(&own) {
            *sum += one;
        }
    }
    added
}
