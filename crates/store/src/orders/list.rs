//! Orders in pages, filtered.

use domain::ids::{OrderId, PartnerId};
use domain::order::{ExternalId, OrderState};
use domain::page::{Key, Page, Place, Window};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Stored, by_ids};
use crate::columns::micros;
use crate::select::Select;
use crate::{StoreError, Tx};

/// Which orders are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Of this shop.
    pub source: Option<ExternalId>,
    /// With this number on the shop's papers.
    pub number: Option<String>,
    /// Bought by.
    pub buyer: Option<PartnerId>,
    /// Brought by.
    pub seller: Option<PartnerId>,
    /// Bought or brought by.
    pub of: Option<PartnerId>,
    /// In this state.
    pub state: Option<OrderState>,
    /// Placed from then on.
    pub from: Option<Timestamp>,
    /// Placed before then.
    pub until: Option<Timestamp>,
}

/// All that was bought was given back.
const GIVEN_BACK: &str = "NOT EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.id AND l.quantity > (
    SELECT COALESCE(SUM(rl.quantity), 0) FROM refunds r JOIN refund_lines rl ON rl.refund_id = r.id
    WHERE r.order_id = o.id AND rl.line_no = l.line_no))";

/// A page of orders, by when they were placed.
pub async fn list(tx: &mut Tx, wanted: &Wanted, window: &Window) -> Result<Page<Stored>, StoreError> {
    let mut select = Select::new(tx, "SELECT o.id, o.ordered_at FROM orders o");
    if let Some(source) = &wanted.source {
        select.and("o.source = ?", [source.as_str().into()]);
    }
    if let Some(number) = &wanted.number {
        select.and("o.number = ?", [number.as_str().into()]);
    }
    for (condition, partner) in [("o.buyer_id = ?", wanted.buyer), ("o.seller_id = ?", wanted.seller)] {
        if let Some(partner) = partner {
            select.and(condition, [partner.uuid().into()]);
        }
    }
    if let Some(partner) = wanted.of {
        select.and("o.buyer_id = ? OR o.seller_id = ?", [partner.uuid().into(), partner.uuid().into()]);
    }
    match wanted.state {
        None => {}
        Some(OrderState::Cancelled) => select.and("o.cancelled_at IS NOT NULL", []),
        Some(OrderState::Created) => select.and("o.cancelled_at IS NULL AND o.paid_at IS NULL", []),
        Some(OrderState::Paid) => {
            select
                .and(&format!("o.cancelled_at IS NULL AND o.paid_at IS NOT NULL AND NOT ({GIVEN_BACK})"), []);
        }
        Some(OrderState::Refunded) => {
            select.and(&format!("o.cancelled_at IS NULL AND o.paid_at IS NOT NULL AND {GIVEN_BACK}"), []);
        }
    }
    for (condition, bound) in [("o.ordered_at >= ?", wanted.from), ("o.ordered_at < ?", wanted.until)] {
        if let Some(bound) = bound {
            select.and(condition, [micros(bound).into()]);
        }
    }
    let select = select.within(window, "o.ordered_at", "o.id");
    let rows = fetch_select!(tx, (Uuid, i64), select);
    let page = window.page(rows, |(id, ordered_at)| Place { key: Key::Number(*ordered_at), id: *id });
    let ids: Vec<OrderId> = page.items.iter().map(|(id, _)| OrderId::new(*id)).collect();
    let mut stored = by_ids(tx, &ids).await?;
    stored.sort_by_key(|stored| ids.iter().position(|id| *id == stored.order.id));
    Ok(Page { items: stored, next: page.next })
}
