//! A tree of seats: who stands under whom.

use super::CloseError;
use super::seats::{PerSeat, Seat};

/// Who stands under whom, with an order in which everyone comes after the one above him.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    parents: PerSeat<Option<Seat>>,
    downward: Vec<Seat>,
}

impl Tree {
    /// A tree from everyone's parent.
    ///
    /// # Errors
    /// [`CloseError::EndlessUpline`] if some of them form a ring.
    pub(crate) fn new(parents: PerSeat<Option<Seat>>) -> Result<Self, CloseError> {
        let mut below: PerSeat<Vec<Seat>> = PerSeat::filled(Vec::new(), parents.len());
        let mut downward: Vec<Seat> = Vec::with_capacity(parents.len());
        for (seat, parent) in parents.iter() {
            match parent {
                Some(parent) => below[*parent].push(seat),
                None => downward.push(seat),
            }
        }
        let mut next = 0;
        while let Some(seat) = downward.get(next).copied() {
            downward.append(&mut below[seat]);
            next += 1;
        }
        if downward.len() < parents.len() {
            return Err(CloseError::EndlessUpline);
        }
        Ok(Self { parents, downward })
    }

    /// The one directly above.
    pub(crate) fn parent(&self, seat: Seat) -> Option<Seat> {
        self.parents[seat]
    }

    /// Who stands below somebody, at any depth.
    pub(crate) fn below(&self, top: Seat) -> PerSeat<bool> {
        let mut below = PerSeat::filled(false, self.parents.len());
        for seat in self.downward() {
            below[seat] = self.parent(seat).is_some_and(|parent| parent == top || below[parent]);
        }
        below
    }

    /// Everyone, each after the one above him.
    pub(crate) fn downward(&self) -> impl DoubleEndedIterator<Item = Seat> {
        self.downward.iter().copied()
    }

    /// Everyone, each before the one above him.
    pub(crate) fn upward(&self) -> impl Iterator<Item = Seat> {
        self.downward().rev()
    }

    /// The seats directly under each.
    pub(crate) fn children(&self) -> PerSeat<Vec<Seat>> {
        let mut children: PerSeat<Vec<Seat>> = PerSeat::filled(Vec::new(), self.parents.len());
        for (seat, parent) in self.parents.iter() {
            if let Some(parent) = parent {
                children[*parent].push(seat);
            }
        }
        children
    }

    /// Everyone's amount together with those of all below him.
    pub(crate) fn summed_up(&self, amounts: &PerSeat<i64>) -> PerSeat<i64> {
        let mut sums = amounts.clone();
        for seat in self.upward() {
            if let Some(parent) = self.parent(seat) {
                sums[parent] = sums[parent].saturating_add(sums[seat]);
            }
        }
        sums
    }
}
