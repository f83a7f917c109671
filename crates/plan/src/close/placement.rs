//! Placement: the tree of limited width that fills as partners join under their sponsors.

use super::facts::Participant;
use super::seats::{PerSeat, Seat};

/// Where one who joins under a sponsor without a free place stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// At the first free place of the level nearest to the sponsor, from the left.
    BreadthFirst,
    /// Down the first branch that has a free place, from the left.
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

/// Places everybody, in the order of joining (ties: the lower code), under his inviter's sponsor line.
pub(crate) fn place(_people: &PerSeat<Participant>, _width: u16, _fill: Fill) -> PerSeat<Option<Place>> {
    unimplemented!("written by the binary and matrix rules")
}
