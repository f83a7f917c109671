//! What the shop says of orders when it is asked: a safety net under its webhooks. Whatever is found takes the
//! road of the webhooks, so nothing is counted twice.

use domain::ids::OrderId;
use domain::order::{ExternalId, OrderEvent, missed};
use jiff::SignedDuration;
use serde::Serialize;
use store::StoreError;

use super::record::{Outcome, record_all};
use crate::App;
use crate::jobs::{self, Kind};
use crate::ports::orders::{AskError, ShopOrders};
use crate::retry::retrying;

/// The most orders asked about in one turn.
const MOST: i64 = 200;
/// After so many refusals in a row the shop is left alone until the next turn.
const PATIENCE: u32 = 3;

/// What asking gave.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Found {
    /// Orders of which the shop said something.
    pub asked: u64,
    /// Orders of which it said nothing.
    pub unanswered: u64,
    /// Events that had been missed and are taken in now.
    pub missed: u64,
    /// Why not everything was answered.
    pub problem: Option<String>,
}

/// Asks the shop about its orders that may still change and are no older than `age`, the longest not asked
/// about first, and takes in what was missed.
pub async fn look(
    app: &App,
    source: &ExternalId,
    shop: &dyn ShopOrders,
    age: SignedDuration,
) -> Result<Found, StoreError> {
    let now = app.now();
    let since = now.saturating_sub(age).unwrap_or(now);
    let mut tx = app.store.begin_read().await?;
    let ids = store::reconciliations::unfinished(&mut tx, source, since, MOST).await?;
    let orders = store::orders::by_ids(&mut tx, &ids).await?;
    drop(tx);
    let (mut found, mut events, mut answered) = (Found::default(), Vec::new(), Vec::new());
    let mut silences = 0;
    for order in orders.iter().map(|stored| &stored.order) {
        if silences >= PATIENCE {
            found.unanswered += 1;
            continue;
        }
        match shop.order(&order.key.external_id).await {
            Ok(theirs) => {
                silences = 0;
                answered.push(order.id);
                events.extend(theirs.and_then(|theirs| missed(order, &theirs, now)));
            }
            Err(error) => {
                silences += u32::from(matches!(error, AskError::Silent(_)));
                found.unanswered += 1;
                found.problem = Some(error.to_string());
            }
        }
    }
    found.asked = u64::try_from(answered.len()).unwrap_or(u64::MAX);
    found.missed = retrying(|| take_in(app, &events, &answered)).await?;
    app.ring();
    Ok(found)
}

/// Takes events in as webhooks are, and notes about which orders the shop was asked.
async fn take_in(app: &App, events: &[OrderEvent], asked: &[OrderId]) -> Result<u64, StoreError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    let recorded = record_all(app, &mut tx, events, now).await?;
    let to_settle: Vec<OrderId> = recorded.to_settle.iter().map(|order| order.id).collect();
    jobs::enqueue_orders(app, &mut tx, Kind::SettleOrder, &to_settle, now).await?;
    store::reconciliations::looked(&mut tx, asked, now).await?;
    tx.commit().await?;
    let changed = recorded.outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Changed(_))).count();
    for outcome in &recorded.outcomes {
        if let Outcome::Refused(refusal, _) = outcome {
            tracing::warn!(%refusal, "what the shop says of an order cannot be taken in");
        }
    }
    Ok(u64::try_from(changed).unwrap_or(u64::MAX))
}
