//! A company laid out for computing: partners numbered so that a sponsor comes before those below him,
//! and all dated facts in one line, in order of time.

use super::BatchError;
use super::change::{Change, NOBODY, What};
use super::roster::{Roster, Seat};

/// A company with its whole history. Made by [`Roster::seal`] or [`Census::of`](super::Census::of).
#[derive(Debug, Clone)]
pub struct Company {
    /// Everybody before the first fact, by number.
    pub(super) places: Vec<Place>,
    /// Who invited whom, by number.
    pub(super) inviters: Vec<u32>,
    /// In order of time. An order's state is how many of them have come by then.
    pub(super) changes: Vec<Change>,
    /// The rank numbered k + 1 stands at k.
    pub(super) ranks: Vec<String>,
    numbers: Vec<u32>,
    seats: Vec<Seat>,
}

/// A partner at one moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// The number of his sponsor, or [`NOBODY`].
    pub(super) sponsor: u32,
    /// How many he personally invited are active.
    pub(super) invited: u32,
    /// The number of his rank; 0 is none.
    pub(super) rank: u16,
    pub(super) active: bool,
    pub(super) held: bool,
}

impl Company {
    pub(super) fn seal(roster: Roster) -> Result<Self, BatchError> {
        if roster.strange {
            return Err(BatchError::UnknownSeat);
        }
        let people = u32::try_from(roster.sponsors.len()).ok().filter(|people| *people < NOBODY);
        let people = people.ok_or(BatchError::TooMany)?;
        u32::try_from(roster.changes.len()).map_err(|_| BatchError::TooMany)?;
        let seats = breadth_first(&roster.homes, people)?;
        let mut numbers = vec![NOBODY; roster.sponsors.len()];
        for (number, seat) in (0..).zip(&seats) {
            if let Some(kept) = numbers.get_mut(seat.index()) {
                *kept = number;
            }
        }
        let number = |seat: u32| match numbers.get(seat as usize) {
            Some(number) => Ok(*number),
            None if seat == NOBODY => Ok(NOBODY),
            None => Err(BatchError::UnknownSeat),
        };
        let of = |values: &[u32], seat: &Seat| values.get(seat.index()).copied().unwrap_or(NOBODY);
        let place = |seat: &Seat| {
            let sponsor = number(of(&roster.sponsors, seat))?;
            let invited = of(&roster.surely_invited, seat);
            Ok(Place { sponsor, invited, rank: 0, active: false, held: false })
        };
        let places = seats.iter().map(place).collect::<Result<_, BatchError>>()?;
        let inviters = seats.iter().map(|seat| number(of(&roster.inviters, seat)));
        let inviters = inviters.collect::<Result<_, BatchError>>()?;
        let mut changes = roster.changes;
        for change in &mut changes {
            let what = match change.what() {
                What::Sponsored(sponsor) => What::Sponsored(number(sponsor)?),
                what => what,
            };
            let who = number(change.who)?;
            if who == NOBODY {
                return Err(BatchError::UnknownSeat);
            }
            *change = Change::new(change.at, who, what);
        }
        changes.sort_by_key(|change| change.at);
        Ok(Self { places, inviters, changes, ranks: roster.ranks, numbers, seats })
    }

    /// How many partners it has.
    pub fn people(&self) -> usize {
        self.places.len()
    }

    /// Everybody, in the order of the roster.
    pub fn seats(&self) -> impl Iterator<Item = Seat> + use<> {
        (0..).map(Seat).take(self.people())
    }

    /// How many changes of its state it has seen.
    pub fn changes(&self) -> usize {
        self.changes.len()
    }

    /// The number of a seat, unless it is of another roster.
    pub(super) fn number(&self, seat: Seat) -> Option<u32> {
        self.numbers.get(seat.index()).copied()
    }

    /// The seat of a number.
    pub(super) fn seat(&self, number: usize) -> Option<Seat> {
        self.seats.get(number).copied()
    }

    /// How many changes have come by an instant, in microseconds.
    pub(super) fn state_at(&self, at: i64) -> usize {
        self.changes.partition_point(|change| change.at <= at)
    }
}

/// The seats from the roots down, those below one sponsor next to each other, and whoever has nobody
/// below him after all others: so what ways up pass lies close together, and that of one order is still
/// in the cache for the next.
fn breadth_first(homes: &[u32], people: u32) -> Result<Vec<Seat>, BatchError> {
    let (starts, children) = by_sponsor(homes, people)?;
    let roots = (0..people).zip(homes).filter(|(_, home)| **home == NOBODY);
    let mut seats = Vec::with_capacity(homes.len());
    seats.extend(roots.map(|(seat, _)| Seat(seat)));
    let mut next = 0;
    while let Some(seat) = seats.get(next) {
        let bound = |index: usize| starts.get(index).map_or(0, |start| *start as usize);
        let below = children.get(bound(seat.index())..bound(seat.index() + 1)).unwrap_or_default();
        seats.extend_from_slice(below);
        next += 1;
    }
    if seats.len() < homes.len() {
        return Err(BatchError::Ring);
    }
    let has_below = |seat: &Seat| match starts.get(seat.index()..seat.index() + 2) {
        Some([start, end]) => start < end,
        _ => false,
    };
    let (mut sponsors, others): (Vec<Seat>, Vec<Seat>) = seats.into_iter().partition(has_below);
    sponsors.extend(others);
    Ok(sponsors)
}

/// Counting sort: where those below each seat begin, and all of them.
fn by_sponsor(homes: &[u32], people: u32) -> Result<(Vec<u32>, Vec<Seat>), BatchError> {
    let mut starts = vec![0_u32; homes.len() + 2];
    for home in homes.iter().filter(|home| **home != NOBODY) {
        // Two places on: counted here, summed to starts, moved to ends while the seats are dealt out.
        *starts.get_mut(*home as usize + 2).ok_or(BatchError::UnknownSeat)? += 1;
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    let mut children = vec![Seat(NOBODY); sum as usize];
    for (seat, home) in (0..people).zip(homes) {
        if let Some(end) = starts.get_mut(*home as usize + 1)
            && let Some(child) = children.get_mut(*end as usize)
        {
            *child = Seat(seat);
            *end += 1;
        }
    }
    Ok((starts, children))
}
