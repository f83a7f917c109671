//! The way up from a seat, for rules that count levels at the close.

use std::convert::Infallible;

use domain::network::Member;

use super::seats::{PerSeat, Seat};
use super::{Close, Tree};
use crate::way::Way;

/// The way from one seat up a tree.
pub(crate) struct SeatWay<'c> {
    members: &'c PerSeat<Member>,
    tree: &'c Tree,
    path: Vec<Seat>,
}

impl<'c> SeatWay<'c> {
    /// The way from the seat whose volume it is.
    pub(crate) fn new(members: &'c PerSeat<Member>, tree: &'c Tree, source: Seat) -> Self {
        Self { members, tree, path: vec![source] }
    }

    /// The seat at a distance that was walked.
    pub(crate) fn seat(&self, distance: usize) -> Option<Seat> {
        self.path.get(distance).copied()
    }
}

impl Way for SeatWay<'_> {
    type Error = Infallible;

    fn buyer(&self) -> Option<&Member> {
        self.path.first().map(|source| &self.members[*source])
    }

    fn at(&mut self, distance: usize) -> Result<Option<&Member>, Infallible> {
        while self.path.len() <= distance {
            let Some(above) = self.path.last().and_then(|last| self.tree.parent(*last)) else {
                return Ok(None);
            };
            self.path.push(above);
        }
        Ok(self.seat(distance).map(|seat| &self.members[seat]))
    }

    fn at_if_known(&mut self, distance: usize) -> Result<Option<&Member>, Infallible> {
        self.at(distance)
    }
}

impl Close<'_> {
    /// Everyone as a walk over levels sees him.
    pub(crate) fn members(&self) -> PerSeat<Member> {
        let member = |(seat, person): (Seat, &super::Participant)| Member {
            partner: person.partner,
            code: person.code.clone(),
            standing: person.standing,
            rank: self.rank(seat).map(str::to_owned),
            active_invited: person.active_invited,
        };
        self.facts.people.iter().map(member).collect()
    }
}
