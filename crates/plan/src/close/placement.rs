//! Placement: the tree of limited width that fills as partners join under those who invited them.
//!
//! Everyone stands in the queue in the order of joining (ties: the lower code) and is placed under the
//! one who personally invited him: at his first free place from the left or, when all are taken, in
//! his subtree as [`Fill`] says. Who was invited by nobody stands alone and begins a tree. Nobody is
//! ever moved: a lapse keeps the place, and whoever joins later changes nothing above or beside him.
//!
//! Where the books say that an inviter joined after the one he invited, the latter waits and is placed
//! right after his inviter. Where inviters form a ring, the first of them in the queue stands alone.

use std::collections::VecDeque;

use domain::partner::PartnerCode;
use jiff::Timestamp;

use super::facts::Participant;
use super::seats::{PerSeat, Seat};
use super::tree::Tree;

#[cfg(test)]
mod tests;

/// Where one stands whose inviter has no free place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// At the first free place of the level nearest to the inviter, from the left.
    BreadthFirst,
    /// Down the leftmost branch, at the first free place on it.
    DepthFirst,
}

impl Fill {
    /// The words of the language.
    pub(crate) const WORDS: &'static [(&'static str, Self)] =
        &[("breadth_first", Self::BreadthFirst), ("depth_first", Self::DepthFirst)];

    /// The word of the language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BreadthFirst => "breadth_first",
            Self::DepthFirst => "depth_first",
        }
    }
}

/// A place in a tree of limited width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Under whom.
    pub(crate) parent: Seat,
    /// At which of his places, from 0.
    pub(crate) slot: u16,
}

/// Places everybody; `None` for who stands alone. The width is at least 1.
pub(crate) fn place(people: &PerSeat<Participant>, width: u16, fill: Fill) -> PerSeat<Option<Place>> {
    let mut filling = Filling::new(people.len(), width);
    for (seat, inviter) in queue(people) {
        if let Some(inviter) = inviter {
            let parent = match fill {
                Fill::BreadthFirst => filling.nearest(inviter),
                Fill::DepthFirst => filling.leftmost(inviter),
            };
            filling.put(seat, parent);
        }
    }
    filling.places
}

/// The tree of those placed.
pub(crate) fn tree(places: &PerSeat<Option<Place>>) -> Tree {
    let parents = places.map(|place| place.map(|place| place.parent));
    Tree::new(parents).expect("everyone is placed under one who was placed before him")
}

/// Everybody in the order of placing, each with the one under whom he is placed, who stands before him.
fn queue(people: &PerSeat<Participant>) -> Vec<(Seat, Option<Seat>)> {
    let mut order: Vec<Seat> = people.seats().collect();
    order.sort_by_key(|seat| turn(people, *seat));
    let mut entry = Entry {
        stands: PerSeat::filled(false, people.len()),
        waiting: PerSeat::filled(Vec::new(), people.len()),
        queue: Vec::with_capacity(people.len()),
    };
    for seat in &order {
        match people[*seat].inviter {
            Some(inviter) if !entry.stands[inviter] => entry.waiting[inviter].push(*seat),
            inviter => entry.admit(*seat, inviter),
        }
    }
    for seat in order {
        if !entry.stands[seat] {
            entry.admit(first_of_ring(people, seat), None);
        }
    }
    entry.queue
}

/// What decides whose turn it is.
fn turn(people: &PerSeat<Participant>, seat: Seat) -> (Timestamp, &PartnerCode, Seat) {
    let person = &people[seat];
    (person.placed_at, &person.code, seat)
}

/// The first of the ring to which the way up by inviters leads from somebody.
fn first_of_ring(people: &PerSeat<Participant>, seat: Seat) -> Seat {
    let above = |seat: Seat| people[seat].inviter.unwrap_or(seat);
    // Of two who walk at different speeds the faster meets the slower on the ring.
    let (mut slow, mut fast) = (above(seat), above(above(seat)));
    while slow != fast {
        (slow, fast) = (above(slow), above(above(fast)));
    }
    let ring = std::iter::successors(Some(above(slow)), |seat| (*seat != slow).then(|| above(*seat)));
    ring.min_by_key(|seat| turn(people, *seat)).unwrap_or(slow)
}

/// Who stands in the queue already, and who waits for his inviter.
struct Entry {
    stands: PerSeat<bool>,
    waiting: PerSeat<Vec<Seat>>,
    queue: Vec<(Seat, Option<Seat>)>,
}

impl Entry {
    /// Lets one in, and after him those who waited for him; nobody enters twice.
    fn admit(&mut self, seat: Seat, inviter: Option<Seat>) {
        let mut ready = VecDeque::from([(seat, inviter)]);
        while let Some((seat, inviter)) = ready.pop_front() {
            if self.stands[seat] {
                continue;
            }
            self.stands[seat] = true;
            self.queue.push((seat, inviter));
            ready.extend(std::mem::take(&mut self.waiting[seat]).into_iter().map(|next| (next, Some(seat))));
        }
    }
}

/// The tree as it fills. A place once taken is never free again, so every search goes on where the
/// last one from the same inviter ended.
struct Filling {
    width: usize,
    places: PerSeat<Option<Place>>,
    children: PerSeat<Vec<Seat>>,
    /// Of each inviter who ran out of places: his subtree level by level, from the first who had a
    /// free place when last looked at. Such a search passes full levels only, and there are no more
    /// of them than the logarithm of the people, so all searches together are nearly linear.
    levels: PerSeat<VecDeque<Seat>>,
    /// Of each who is full: one further down his leftmost branch, with only full ones between.
    down: PerSeat<Option<Seat>>,
}

impl Filling {
    fn new(people: usize, width: u16) -> Self {
        Self {
            width: usize::from(width.max(1)),
            places: PerSeat::filled(None, people),
            children: PerSeat::filled(Vec::new(), people),
            levels: PerSeat::filled(VecDeque::new(), people),
            down: PerSeat::filled(None, people),
        }
    }

    fn is_full(&self, seat: Seat) -> bool {
        self.children[seat].len() >= self.width
    }

    /// The first with a free place, level by level from the top.
    fn nearest(&mut self, top: Seat) -> Seat {
        if !self.is_full(top) {
            return top;
        }
        let mut level = std::mem::take(&mut self.levels[top]);
        let mut found = *level.front().unwrap_or(&top);
        while self.is_full(found) {
            level.pop_front();
            level.extend(&self.children[found]);
            found = *level.front().expect("who is full has people under him");
        }
        self.levels[top] = level;
        found
    }

    /// The first with a free place down the leftmost branch. The way is shortened for the next search.
    fn leftmost(&mut self, top: Seat) -> Seat {
        let mut passed = Vec::new();
        let mut found = top;
        while self.is_full(found) {
            passed.push(found);
            let first = *self.children[found].first().expect("who is full has people under him");
            found = self.down[found].unwrap_or(first);
        }
        for seat in passed {
            self.down[seat] = Some(found);
        }
        found
    }

    fn put(&mut self, seat: Seat, parent: Seat) {
        let children = &mut self.children[parent];
        let slot = u16::try_from(children.len()).expect("the width is a u16 and a place is free");
        children.push(seat);
        self.places[seat] = Some(Place { parent, slot });
    }
}
