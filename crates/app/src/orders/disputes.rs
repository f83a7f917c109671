//! Partners who were named in orders that belong to somebody else, as staff see them.

use std::collections::HashMap;

use domain::ids::OrderId;
use domain::order::{Named, Order};
use domain::partner::PartnerCode;
use jiff::Timestamp;
use serde::Serialize;
use store::StoreError;

use crate::App;

/// A partner who was named in an order that belongs to somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Disputed {
    /// When it became known.
    pub recorded_at: Timestamp,
    /// The order, by the shop's key.
    pub order: String,
    /// Who was named.
    pub partner: PartnerCode,
    /// By what.
    pub named: Named,
    /// Whose the order is: the buyer, or the partner who brought him; `None` if nobody's.
    pub belongs_to: Option<PartnerCode>,
}

/// The last disputes, the last first.
pub async fn disputed(app: &App, most: u32) -> Result<Vec<Disputed>, StoreError> {
    let mut tx = app.store.begin_read().await?;
    let disputes = store::attribution::disputes(&mut tx, i64::from(most)).await?;
    let ids: Vec<OrderId> = disputes.iter().map(|(dispute, _)| dispute.order).collect();
    let orders: HashMap<OrderId, Order> = store::orders::by_ids(&mut tx, &ids)
        .await?
        .into_iter()
        .map(|stored| (stored.order.id, stored.order))
        .collect();
    let concerned: Vec<_> = disputes
        .iter()
        .map(|(dispute, _)| dispute.partner)
        .chain(orders.values().filter_map(|order| order.origin().partner()))
        .collect();
    let codes: HashMap<_, _> = store::partners::by_ids(&mut tx, &concerned)
        .await?
        .into_iter()
        .map(|partner| (partner.id, partner.code))
        .collect();
    let told = |(dispute, recorded_at): (store::attribution::Dispute, Timestamp)| {
        let order = orders.get(&dispute.order)?;
        Some(Disputed {
            recorded_at,
            order: order.key.to_string(),
            partner: codes.get(&dispute.partner)?.clone(),
            named: dispute.named,
            belongs_to: order.origin().partner().and_then(|partner| codes.get(&partner).cloned()),
        })
    };
    Ok(disputes.into_iter().filter_map(told).collect())
}

/// How many disputes there are.
pub async fn count(app: &App) -> Result<i64, StoreError> {
    store::attribution::count_disputes(&mut app.store.begin_read().await?).await
}
