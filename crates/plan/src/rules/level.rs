//! `level`: the k-th counted sponsor gets base times rate k. All of it is the walk itself.

/// The word of the language.
pub(super) const NAME: &str = "level";
