//! The shop, asked about its orders.

use domain::activity::Span;
use domain::lang::Text;
use domain::order::{ExternalId, Seen};
use futures::future::BoxFuture;

/// Why the shop said nothing. What it did not say is not known: never that there is nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// It does not answer, or not in time, or refuses.
    #[error("the shop does not answer: {0}")]
    Silent(Text),
    /// What it answers cannot be read.
    #[error("what the shop answers cannot be read: {0}")]
    Unreadable(Text),
}

/// A shop that can be asked.
pub trait ShopOrders: Send + Sync {
    /// An order as it has it now; `None` if it says that it has none such.
    fn order<'a>(&'a self, id: &'a ExternalId) -> BoxFuture<'a, Result<Option<Seen>, AskError>>;

    /// Every order placed in a span; `None` if the shop cannot list them.
    fn placed_within(&self, over: Span) -> BoxFuture<'_, Result<Option<Vec<Seen>>, AskError>>;
}
