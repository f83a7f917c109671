//! The keys of each kind of rule. One file a kind.

mod award;
mod binary;
mod breakaway;
mod differential;
mod fast_start;
mod generation;
mod infinity;
mod level;
mod matching;
mod matrix;
mod personal;
mod pool;
mod rank_advance;
mod retail_margin;
mod same_level;

use super::findings::Findings;
use super::rule::Known;
use super::section::Section;
use crate::base::Base;
use crate::rules::RuleKind;

pub(super) use breakaway::end_walks;
pub(super) use retail_margin::PRICE;

/// How a kind of rule is read.
pub(super) struct Reader {
    /// The word of the language.
    pub(super) name: &'static str,
    /// Its keys, beside those that every rule has.
    pub(super) keys: &'static [&'static str],
    /// Whether the author says of what its rates are taken.
    pub(super) has_base: bool,
    /// Reads the keys.
    pub(super) read: fn(&Section<'_, '_>, Known<'_>, &mut Findings) -> Option<Read>,
}

/// A kind as read.
pub(super) struct Read {
    pub(super) kind: RuleKind,
    /// Of what its rates are taken, where the author does not say.
    pub(super) base: Base,
}

impl From<RuleKind> for Read {
    fn from(kind: RuleKind) -> Self {
        Self { kind, base: Base::Turnover }
    }
}

/// Every kind there is.
pub(super) const READERS: &[Reader] = &[
    level::READER,
    fast_start::READER,
    personal::READER,
    retail_margin::READER,
    matching::READER,
    differential::READER,
    same_level::READER,
    generation::READER,
    infinity::READER,
    breakaway::READER,
    pool::READER,
    rank_advance::READER,
    award::READER,
    binary::READER,
    matrix::READER,
];
