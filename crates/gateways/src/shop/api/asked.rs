//! The API asked about orders: how they stand in our words, and which were placed in a span.

use app::ports::catalogue::SourceError;
use app::ports::orders::{AskError, ShopOrders};
use domain::activity::Span;
use domain::order::{ExternalId, OrderState, Seen};
use futures::future::{BoxFuture, FutureExt as _};

use super::{Api, OrderSeen, told};
use crate::shop::json;

/// What the shop's words for the state of an order mean. Case does not matter; a word that is not here means
/// nothing, and nothing is concluded from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateWords {
    /// Placed, not paid.
    pub created: Vec<String>,
    /// Paid.
    pub paid: Vec<String>,
    /// Cancelled.
    pub cancelled: Vec<String>,
    /// Wholly given back.
    pub refunded: Vec<String>,
}

/// The words of the program before this one and of the shops that are met most.
impl Default for StateWords {
    fn default() -> Self {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            created: words(&["created", "new", "pending", "on-hold", "новый", "не оплачен"]),
            paid: words(&["paid", "processing", "completed", "оплачен", "выполнен"]),
            cancelled: words(&["cancelled", "canceled", "отменён", "отменен"]),
            refunded: words(&["refunded", "возвращён", "возвращен"]),
        }
    }
}

impl StateWords {
    /// What a word means.
    pub fn state(&self, word: &str) -> Option<OrderState> {
        let word = word.trim().to_lowercase();
        let known = [
            (&self.created, OrderState::Created),
            (&self.paid, OrderState::Paid),
            (&self.cancelled, OrderState::Cancelled),
            (&self.refunded, OrderState::Refunded),
        ];
        known
            .into_iter()
            .find(|(words, _)| words.iter().any(|one| one.to_lowercase() == word))
            .map(|(_, state)| state)
    }
}

/// The API, asked about orders.
#[derive(Clone)]
pub struct AskedApi {
    /// The client.
    pub api: Api,
    /// What its words mean.
    pub words: StateWords,
    /// Whether `GET /api/orders?from=…&until=…` gives the list of orders placed in a span.
    pub can_list: bool,
}

impl AskedApi {
    fn seen(&self, order: OrderSeen) -> Seen {
        let state = order.status.as_deref().and_then(|word| self.words.state(word));
        Seen { id: order.id, state, total: order.total, paid_at: order.paid_at }
    }
}

fn silent(error: SourceError) -> AskError {
    match error {
        SourceError::Unreachable(problem) | SourceError::Refused(problem) => AskError::Silent(problem),
        SourceError::Unreadable(problem) => AskError::Unreadable(problem),
    }
}

impl ShopOrders for AskedApi {
    fn order<'a>(&'a self, id: &'a ExternalId) -> BoxFuture<'a, Result<Option<Seen>, AskError>> {
        async move {
            let order = self.api.order(id).await.map_err(silent)?;
            Ok(order.map(|order| self.seen(order)))
        }
        .boxed()
    }

    fn placed_within(&self, over: Span) -> BoxFuture<'_, Result<Option<Vec<Seen>>, AskError>> {
        async move {
            if !self.can_list {
                return Ok(None);
            }
            let orders = self.api.orders_within(over).await.map_err(silent)?;
            Ok(Some(orders.into_iter().map(|order| self.seen(order)).collect()))
        }
        .boxed()
    }
}

impl Api {
    /// The orders placed in a span, as the shop lists them: `GET /api/orders?from=…&until=…`, a list.
    ///
    /// # Errors
    /// [`SourceError`]; one order that cannot be read makes the whole list unreadable, since a shorter list
    /// would lie.
    pub async fn orders_within(&self, over: Span) -> Result<Vec<OrderSeen>, SourceError> {
        let (from, until) = (over.from.to_string(), over.until.to_string());
        let answer = self.ask(&["api", "orders"], &[("from", &from), ("until", &until)], None).await?;
        let whole = json::whole(told(&answer)?).map_err(SourceError::Unreadable)?;
        let items = json::list(whole).map_err(SourceError::Unreadable)?;
        items.into_iter().map(|item| self.fields.order.read(item).map_err(SourceError::Unreadable)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_means_what_the_settings_say_and_a_strange_one_nothing() {
        let words = StateWords::default();
        for (word, state) in [
            (" PAID ", Some(OrderState::Paid)),
            ("Отменён", Some(OrderState::Cancelled)),
            ("refunded", Some(OrderState::Refunded)),
            ("pending", Some(OrderState::Created)),
            ("shipped?", None),
            ("", None),
        ] {
            assert_eq!(words.state(word), state, "{word:?}");
        }
    }
}
