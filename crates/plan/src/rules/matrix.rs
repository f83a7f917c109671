//! `matrix`: rates by level in a tree of limited width, into which those who join spill.

use crate::climb::Climb;
use crate::close::placement::Fill;
use crate::close::{Close, Tally};
use crate::rules::Rule;

/// The word of the language.
pub(crate) const NAME: &str = "matrix";

/// The terms of a matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// How many stand directly under one; from 2.
    pub width: u16,
    /// How many levels pay.
    pub height: u16,
    /// Where who joins under a full place stands.
    pub fill: Fill,
    /// The walk.
    pub climb: Climb,
}

impl Matrix {
    /// Runs the rule over a period.
    pub(crate) fn run(&self, _close: &Close<'_>, _rule: &Rule, _tally: &mut Tally) {
        unimplemented!("matrix")
    }
}
