//! A tree of seats: who stands under whom.

use super::CloseError;
use super::seats::{PerSeat, Seat};

/// Who stands under whom, with an order in which everyone comes after the one above him.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    parents: PerSeat<Option<Seat>>,
    from_the_top: Vec<Seat>,
}

impl Tree {
    /// A tree from everyone's parent.
    ///
    /// # Errors
    /// [`CloseError::EndlessUpline`] if some of them form a ring.
    pub(crate) fn new(parents: PerSeat<Option<Seat>>) -> Result<Self, CloseError> {
        let mut below: PerSeat<Vec<Seat>> = PerSeat::filled(Vec::new(), parents.len());
        let mut from_the_top: Vec<Seat> = Vec::with_capacity(parents.len());
        for (seat, parent) in parents.iter() {
            match parent {
                Some(parent) => below[*parent].push(seat),
                None => from_the_top.push(seat),
            }
        }
        let mut next = 0;
        while let Some(seat) = from_the_top.get(next).copied() {
            from_the_top.append(&mut below[seat]);
            next += 1;
        }
        if from_the_top.len() < parents.len() {
            return Err(CloseError::EndlessUpline);
        }
        Ok(Self { parents, from_the_top })
    }

    /// The one directly above.
    pub(crate) fn parent(&self, seat: Seat) -> Option<Seat> {
        self.parents[seat]
    }

    /// Everyone above, nearest first.
    pub(crate) fn above(&self, seat: Seat) -> impl Iterator<Item = Seat> {
        std::iter::successors(self.parent(seat), |above| self.parent(*above))
    }

    /// Who stands below somebody, at any depth.
    pub(crate) fn below(&self, top: Seat) -> PerSeat<bool> {
        let mut below = PerSeat::filled(false, self.parents.len());
        for seat in self.from_the_top() {
            below[seat] = self.parent(seat).is_some_and(|parent| parent == top || below[parent]);
        }
        below
    }

    /// Everyone, each after the one above him.
    pub(crate) fn from_the_top(&self) -> impl DoubleEndedIterator<Item = Seat> {
        self.from_the_top.iter().copied()
    }

    /// Everyone, each before the one above him.
    pub(crate) fn from_below(&self) -> impl Iterator<Item = Seat> {
        self.from_the_top().rev()
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
        for seat in self.from_below() {
            if let Some(parent) = self.parent(seat) {
                sums[parent] = sums[parent].saturating_add(sums[seat]);
            }
        }
        sums
    }
}
