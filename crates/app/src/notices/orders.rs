//! What is told of orders.

use domain::ids::OrderId;
use domain::notice::{
    Currency, Notice, NoticeKind, OrderCancelled, OrderPaid, OrderRefunded, OrderRefused, OrderTold,
};
use domain::order::{Conflict, Order, Refund, total};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use store::{StoreError, Tx};

use super::{Codes, Listeners, Told};
use crate::App;

/// An order that changed, and what was known of it before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Changed<'a> {
    pub(crate) order: &'a Order,
    pub(crate) was_paid: bool,
    pub(crate) was_cancelled: bool,
    pub(crate) known_refunds: usize,
}

/// Orders changed.
pub(crate) async fn changed(
    app: &App,
    tx: &mut Tx,
    orders: &[Changed<'_>],
    now: Timestamp,
) -> Result<(), StoreError> {
    let kinds = [NoticeKind::OrderPaid, NoticeKind::OrderRefunded, NoticeKind::OrderCancelled];
    let Some(listeners) = Listeners::of(tx, &kinds).await? else {
        return Ok(());
    };
    let concerned =
        orders.iter().flat_map(|changed| changed.order.buyer.into_iter().chain(changed.order.seller));
    let codes = Codes::load(tx, concerned.collect()).await?;
    let mut told = Vec::new();
    for Changed { order, was_paid, was_cancelled, known_refunds } in orders {
        if let Some(paid_at) = order.paid_at.filter(|_| !was_paid) {
            told.push(Told::new(order.id.to_string(), paid(order, paid_at, &codes)));
        }
        if let Some(cancelled_at) = order.cancelled_at.filter(|_| !was_cancelled) {
            let notice = OrderCancelled { order: OrderTold::from(*order), cancelled_at };
            told.push(Told::new(order.id.to_string(), Notice::OrderCancelled(notice)));
        }
        let fresh = order.refunds.iter().skip(*known_refunds);
        told.extend(fresh.map(|refund| Told::new(refund.id.to_string(), refunded(order, refund))));
    }
    listeners.tell(app, tx, &told, now).await
}

fn paid(order: &Order, paid_at: Timestamp, codes: &Codes) -> Notice {
    Notice::OrderPaid(OrderPaid {
        order: OrderTold::from(order),
        buyer: order.buyer.and_then(|buyer| codes.told(buyer)),
        seller: order.seller.and_then(|seller| codes.told(seller)),
        paid_at,
        total: order.total(),
        currency: Currency::Rub,
    })
}

fn refunded(order: &Order, refund: &Refund) -> Notice {
    let price = |line_no: &u32| order.lines.iter().find(|line| line.line_no == *line_no);
    let given_back =
        refund.lines.iter().filter_map(|(line_no, quantity)| Some((*quantity, price(line_no)?.unit_price)));
    Notice::OrderRefunded(OrderRefunded {
        order: OrderTold::from(order),
        refund_id: refund.id,
        refund_external_id: refund.external_id.clone(),
        refunded_at: refund.refunded_at,
        amount: total(given_back),
        currency: Currency::Rub,
    })
}

/// A message of the shop that contradicts what is known of an order.
#[derive(Debug)]
pub(crate) struct Contradiction<'a> {
    pub(crate) order: OrderId,
    pub(crate) message_id: &'a str,
    pub(crate) body: &'a [u8],
    pub(crate) conflict: &'a Conflict,
}

/// Messages were refused because they contradict what is known. The same message sent again is not told
/// again.
pub(crate) async fn refused(
    app: &App,
    tx: &mut Tx,
    contradictions: &[Contradiction<'_>],
    now: Timestamp,
) -> Result<(), StoreError> {
    if contradictions.is_empty() {
        return Ok(());
    }
    let Some(listeners) = Listeners::of(tx, &[NoticeKind::OrderRefused]).await? else {
        return Ok(());
    };
    let ids: Vec<OrderId> = contradictions.iter().map(|one| one.order).collect();
    let orders = store::orders::by_ids(tx, &ids).await?;
    let told = |one: &Contradiction<'_>| {
        let stored = orders.iter().find(|stored| stored.order.id == one.order)?;
        let notice = Notice::OrderRefused(OrderRefused {
            order: OrderTold::from(&stored.order),
            message_id: one.message_id.to_owned(),
            problem: one.conflict.to_string(),
        });
        let body: [u8; 32] = Sha256::digest(one.body).into();
        Some(Told::new(format!("{}/{}", one.message_id, hex::encode(body)), notice))
    };
    let told: Vec<Told> = contradictions.iter().filter_map(told).collect();
    listeners.tell(app, tx, &told, now).await
}
