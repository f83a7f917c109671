//! A company at one moment of its history, moved forward fact by fact.

use super::BatchError;
use super::change::{NOBODY, What};
use super::company::{Company, Place};

/// Everybody as of a state: so many changes have come.
pub(super) struct Moment<'c> {
    company: &'c Company,
    places: Vec<Place>,
    state: usize,
    /// Over whom the way up from an inactive partner may leap, by number; empty until a way is long.
    leaps: Vec<Leap>,
    /// One more than the changes that have come and may put somebody active on a way leapt over.
    rises: u32,
}

/// Those below `to` and above him are not active, as long as there are no more rises.
#[derive(Debug, Clone, Copy)]
struct Leap {
    to: u32,
    rises: u32,
}

/// So many inactive partners are passed one by one before a leap is looked for.
const NEAR: usize = 16;

impl<'c> Moment<'c> {
    /// Before the first change.
    pub(super) fn first(company: &'c Company) -> Self {
        // Rises are counted from 1, since a leap of none is no leap.
        Self { company, places: company.places.clone(), state: 0, leaps: Vec::new(), rises: 1 }
    }

    /// How many changes have come.
    pub(super) fn state(&self) -> usize {
        self.state
    }

    /// The partner of a number.
    #[expect(clippy::indexing_slicing, reason = "numbers are given out by the company; the innermost loop")]
    pub(super) fn place(&self, number: u32) -> &Place {
        &self.places[number as usize]
    }

    /// Who invited those whom the changes up to a state concern.
    pub(super) fn inviters_until(&self, state: usize) -> impl Iterator<Item = u32> {
        let changes = self.company.changes.get(self.state..state).unwrap_or_default();
        changes.iter().map(|change| self.inviter(change.who))
    }

    /// Lets the changes come up to a state, which is never an earlier one.
    pub(super) fn advance(&mut self, state: usize) {
        let company = self.company;
        for change in company.changes.get(self.state..state).unwrap_or_default() {
            match change.what() {
                What::Begins => {
                    self.place_mut(change.who).active = true;
                    self.rises += 1;
                    self.count_invited(change.who, 1);
                }
                What::Ends => {
                    self.place_mut(change.who).active = false;
                    self.count_invited(change.who, -1);
                }
                What::InvitedBegins => self.place_mut(change.who).invited += 1,
                What::InvitedEnds => self.place_mut(change.who).invited -= 1,
                What::Held(held) => self.place_mut(change.who).held = held,
                What::Ranked(rank) => self.place_mut(change.who).rank = rank,
                What::Sponsored(sponsor) => {
                    self.place_mut(change.who).sponsor = sponsor;
                    self.rises += 1;
                }
            }
        }
        self.state = self.state.max(state);
    }

    /// The first active one from a partner up, himself included, or [`NOBODY`].
    ///
    /// Inactive partners however many are passed once for all walks of a moment.
    ///
    /// # Errors
    /// [`BatchError::Ring`] if the way never ends.
    pub(super) fn first_active(&mut self, number: u32) -> Result<u32, BatchError> {
        let mut next = number;
        for _ in 0..NEAR {
            if next == NOBODY || self.place(next).active {
                return Ok(next);
            }
            next = self.place(next).sponsor;
        }
        self.leap(next)
    }

    #[cold]
    fn leap(&mut self, from: u32) -> Result<u32, BatchError> {
        self.leaps.resize(self.places.len(), Leap { to: NOBODY, rises: 0 });
        let rises = self.rises;
        let mut to = from;
        for _ in 0..=self.places.len() {
            if to == NOBODY || self.place(to).active {
                self.remember(from, Leap { to, rises });
                return Ok(to);
            }
            to = self.above(to, rises);
        }
        Err(BatchError::Ring)
    }

    /// Lets everybody on the way to where a leap ends leap there.
    fn remember(&mut self, from: u32, leap: Leap) {
        let mut next = from;
        while next != leap.to {
            let above = self.above(next, leap.rises);
            if let Some(kept) = self.leaps.get_mut(next as usize) {
                *kept = leap;
            }
            next = above;
        }
    }

    /// Where an inactive partner's leap ends, or his sponsor.
    fn above(&self, number: u32, rises: u32) -> u32 {
        let leap = self.leaps.get(number as usize).filter(|leap| leap.rises == rises);
        leap.map_or_else(|| self.place(number).sponsor, |leap| leap.to)
    }

    fn inviter(&self, who: u32) -> u32 {
        self.company.inviters.get(who as usize).copied().unwrap_or(NOBODY)
    }

    fn count_invited(&mut self, who: u32, more: i32) {
        let inviter = self.inviter(who);
        if inviter != NOBODY {
            let place = self.place_mut(inviter);
            place.invited = place.invited.strict_add_signed(more);
        }
    }

    #[expect(clippy::indexing_slicing, reason = "numbers are given out by the company")]
    fn place_mut(&mut self, number: u32) -> &mut Place {
        &mut self.places[number as usize]
    }
}
