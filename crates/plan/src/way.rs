//! The way up along which a walk goes.

use domain::network::Member;

/// The way from a buyer up: 0 is a partner who buys, 1 is the first above.
pub(crate) trait Way {
    /// Why the way cannot be seen.
    type Error;

    /// The partner who buys, if one does.
    fn buyer(&self) -> Option<&Member>;

    /// The one at a distance; `None` above the root.
    fn at(&mut self, distance: usize) -> Result<Option<&Member>, Self::Error>;

    /// The one at a distance, if he is known without loading more.
    fn at_if_known(&mut self, distance: usize) -> Result<Option<&Member>, Self::Error>;
}
