//! Reconciliation: what we know of orders beside what the shop knows. It finds differences and keeps them for
//! staff; it never changes money.

use std::collections::{BTreeSet, HashMap};

use domain::activity::Span;
use domain::actor::Actor;
use domain::order::{Difference, ExternalId, Order, Seen, differences};
use jiff::Timestamp;
use serde::Serialize;
use store::reconciliations::Reconciliation;
use store::{StoreError, Tx};
use uuid::Uuid;

use crate::App;
use crate::audit::{self, Act};
use crate::ports::orders::{AskError, ShopOrders};
use crate::retry::{may_retry, retrying};

/// After so many silences in a row nobody is asked any more: the rest is unanswered.
const PATIENCE: u32 = 3;

/// What a comparison found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// By which it is found again.
    pub id: Uuid,
    /// With which shop.
    pub source: ExternalId,
    /// Of the orders placed from then on.
    pub from: Timestamp,
    /// Until before then.
    pub until: Timestamp,
    /// When it was made.
    pub made_at: Timestamp,
    /// Orders of ours of which the shop said something, if only that it has none such.
    pub compared: u64,
    /// Orders of ours of which it said nothing: they are neither equal nor different.
    pub unanswered: u64,
    /// Whether the shop told a list: without one, what is missing here is not known.
    pub is_listed: bool,
    /// Why it is not whole.
    pub problem: Option<String>,
    /// How many differences there are.
    pub differing: u64,
    /// The differences; empty in a list of reports.
    pub differences: Vec<Difference>,
}

/// Why nothing was compared.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// Only staff and the program itself may.
    #[error("only staff may compare orders")]
    NotStaff,
    /// The end does not come after the beginning.
    #[error("{until} is not after {from}")]
    Order {
        /// The beginning.
        from: Timestamp,
        /// The end.
        until: Timestamp,
    },
    /// The database failed.
    #[error("could not store the comparison")]
    Store(#[from] StoreError),
}
may_retry!(ReconcileError);

/// Compares the orders placed in a span with what the shop says of them, and keeps what differs.
///
/// # Errors
/// [`ReconcileError`]; that the shop said nothing is a finding, not an error.
pub async fn reconcile(
    app: &App,
    actor: &Actor,
    source: &ExternalId,
    shop: &dyn ShopOrders,
    over: Span,
) -> Result<Report, ReconcileError> {
    if matches!(actor, Actor::Partner(_)) {
        return Err(ReconcileError::NotStaff);
    }
    if over.until <= over.from {
        return Err(ReconcileError::Order { from: over.from, until: over.until });
    }
    let started_at = app.now();
    let mut compared = Comparison::default();
    // Before ours are read, so that an order placed meanwhile is not taken for one that we lack.
    let listed = compared.listed(shop, over).await;
    let ours = ours(app, source, over).await?;
    compared.ours(shop, &ours, &listed).await;
    compared.theirs(app, source, &listed).await?;
    let kept = Reconciliation {
        id: app.ids.uuid(started_at),
        source: source.clone(),
        over,
        actor: actor.to_string(),
        started_at,
        ended_at: app.now(),
        compared: compared.compared,
        unanswered: compared.unanswered,
        is_listed: compared.is_listed,
        problem: compared.problem,
    };
    let found: Vec<Difference> = compared.differences.into_iter().collect();
    retrying(|| keep(app, actor, &kept, &found)).await?;
    metrics::gauge!("nanorem_shop_differences")
        .set(f64::from(u32::try_from(found.len()).unwrap_or(u32::MAX)));
    if !found.is_empty() {
        tracing::warn!(
            differences = found.len(),
            "orders differ from the shop's: see `nanorem shop reconciliations`"
        );
    }
    let differing = u64::try_from(found.len()).unwrap_or(u64::MAX);
    Ok(report(kept, differing, found))
}

#[derive(Default)]
struct Comparison {
    compared: u64,
    unanswered: u64,
    is_listed: bool,
    problem: Option<String>,
    differences: Vec<Difference>,
}

impl Comparison {
    /// What the shop lists, by its id. Without a list it is empty, and that says nothing.
    async fn listed(&mut self, shop: &dyn ShopOrders, over: Span) -> HashMap<ExternalId, Seen> {
        match shop.placed_within(over).await {
            Ok(Some(listed)) => {
                self.is_listed = true;
                listed.into_iter().map(|seen| (seen.id.clone(), seen)).collect()
            }
            Ok(None) => HashMap::new(),
            Err(error) => {
                self.problem = Some(error.to_string());
                HashMap::new()
            }
        }
    }

    /// Compares our orders. One that is not listed is asked for by itself: a list may be short.
    async fn ours(&mut self, shop: &dyn ShopOrders, ours: &[Order], listed: &HashMap<ExternalId, Seen>) {
        let mut silences = 0;
        for order in ours {
            let id = &order.key.external_id;
            let answer = match listed.get(id) {
                Some(seen) => Ok(Some(seen.clone())),
                None if silences >= PATIENCE => {
                    self.unanswered += 1;
                    continue;
                }
                None => shop.order(id).await,
            };
            match answer {
                Ok(Some(seen)) => self.differences.extend(differences(order, &seen)),
                Ok(None) => self.differences.push(Difference::missing_there(order)),
                Err(error) => {
                    silences += u32::from(matches!(error, AskError::Silent(_)));
                    self.unanswered += 1;
                    self.problem = Some(error.to_string());
                    continue;
                }
            }
            self.compared += 1;
        }
    }

    /// What the shop lists and we do not know at all, whatever its date.
    async fn theirs(
        &mut self,
        app: &App,
        source: &ExternalId,
        listed: &HashMap<ExternalId, Seen>,
    ) -> Result<(), StoreError> {
        let ids: Vec<String> = listed.keys().map(ToString::to_string).collect();
        let mut tx = app.store.begin_read().await?;
        let known = store::orders::by_keys(&mut tx, source, &ids).await?;
        let known: BTreeSet<&ExternalId> = known.iter().map(|stored| &stored.order.key.external_id).collect();
        let mut missing: Vec<&Seen> = listed.values().filter(|seen| !known.contains(&seen.id)).collect();
        missing.sort_by(|one, other| one.id.cmp(&other.id));
        self.differences.extend(missing.into_iter().map(Difference::missing_here));
        Ok(())
    }
}

async fn ours(app: &App, source: &ExternalId, over: Span) -> Result<Vec<Order>, StoreError> {
    let mut tx = app.store.begin_read().await?;
    let ids = store::reconciliations::placed_within(&mut tx, source, over).await?;
    let mut orders: Vec<Order> =
        store::orders::by_ids(&mut tx, &ids).await?.into_iter().map(|stored| stored.order).collect();
    orders.sort_by(|one, other| one.key.cmp(&other.key));
    Ok(orders)
}

async fn keep(
    app: &App,
    actor: &Actor,
    kept: &Reconciliation,
    found: &[Difference],
) -> Result<(), StoreError> {
    let mut tx: Tx = app.store.begin().await?;
    // The trail's gate first, as everybody takes it.
    store::facts::lock(&mut tx).await?;
    store::reconciliations::insert(&mut tx, kept, found).await?;
    let after = serde_json::json!({
        "compared": kept.compared,
        "unanswered": kept.unanswered,
        "differences": found.len(),
    });
    let entity = format!("shop:{}", kept.source);
    let act =
        Act { actor, action: "shop.reconcile", entity, before: None::<()>, after: Some(after), reason: None };
    audit::append(&mut tx, act, kept.ended_at).await?;
    tx.commit().await
}

fn report(kept: Reconciliation, differing: u64, differences: Vec<Difference>) -> Report {
    Report {
        id: kept.id,
        source: kept.source,
        from: kept.over.from,
        until: kept.over.until,
        made_at: kept.started_at,
        compared: kept.compared,
        unanswered: kept.unanswered,
        is_listed: kept.is_listed,
        problem: kept.problem,
        differing,
        differences,
    }
}

/// The last reports, the last first, without their differences.
pub async fn reports(app: &App, most: u32) -> Result<Vec<Report>, StoreError> {
    let mut tx = app.store.begin_read().await?;
    let last = store::reconciliations::last(&mut tx, i64::from(most)).await?;
    Ok(last.into_iter().map(|(kept, differing)| report(kept, differing, Vec::new())).collect())
}

/// The last report with its differences, if there was one.
pub async fn latest(app: &App) -> Result<Option<Report>, StoreError> {
    let mut tx = app.store.begin_read().await?;
    let Some((kept, differing)) = store::reconciliations::last(&mut tx, 1).await?.pop() else {
        return Ok(None);
    };
    let found = store::reconciliations::differences(&mut tx, kept.id).await?;
    Ok(Some(report(kept, differing, found)))
}
