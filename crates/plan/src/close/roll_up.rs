//! The roll-up: volume below a threshold joins the nearest qualified sponsor, whose children hang there
//! in the period's copy of the tree. The real tree never changes.
//!
//! ```text
//! volume     = own purchases + those of outside customers he brought, in the unit of qualification
//! takes      = volume >= threshold; what has joined somebody never makes him one who takes
//! lands on   = himself if he takes, else the nearest sponsor above who does, else nobody
//! parent     = the nearest sponsor above who takes; without one he stands at the top
//! ```
//!
//! One who does not take stands under that parent too, without volume and with nobody below him. It is
//! the first compression of a published program (`praxigento/mobi_mod_bonus_hybrid`).

use super::CloseError;
use super::seats::{PerSeat, Seat};
use super::tree::Tree;

/// The period's copy of the tree, and where everyone's volume lands.
#[derive(Debug, Clone)]
pub(crate) struct RollUp {
    /// The tree after the roll-up: nobody stands under one who does not qualify.
    pub(crate) tree: Tree,
    /// Whose volume everyone's volume becomes; `None` where nobody above qualifies.
    pub(crate) lands_on: PerSeat<Option<Seat>>,
}

impl RollUp {
    /// Rolls up what is below the threshold; without one everything stays where it is.
    pub(crate) fn new(
        tree: &Tree,
        volume: &PerSeat<i64>,
        threshold: Option<i64>,
    ) -> Result<Self, CloseError> {
        let Some(threshold) = threshold else {
            return Ok(Self { tree: tree.clone(), lands_on: volume.seats().map(Some).collect() });
        };
        let mut qualified_above: PerSeat<Option<Seat>> = PerSeat::filled(None, volume.len());
        for seat in tree.downward() {
            qualified_above[seat] = tree.parent(seat).and_then(|parent| {
                if volume[parent] >= threshold { Some(parent) } else { qualified_above[parent] }
            });
        }
        let own_or_above = |(seat, volume): (Seat, &i64)| {
            if *volume >= threshold { Some(seat) } else { qualified_above[seat] }
        };
        let lands_on = volume.iter().map(own_or_above).collect();
        Ok(Self { tree: Tree::new(qualified_above)?, lands_on })
    }

    /// Amounts after the roll-up.
    pub(crate) fn joined(&self, amounts: &PerSeat<i64>) -> PerSeat<i64> {
        let mut joined = PerSeat::filled(0_i64, amounts.len());
        for (seat, amount) in amounts.iter() {
            if let Some(lands) = self.lands_on[seat] {
                joined[lands] = joined[lands].saturating_add(*amount);
            }
        }
        joined
    }
}
