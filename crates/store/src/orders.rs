//! `orders`, their lines and refunds.

use std::collections::HashMap;

use domain::activity::Span;
use domain::catalog::{Sku, Volume};
use domain::ids::{OrderId, PartnerId, ProductId, RefundId};
use domain::money::Money;
use domain::order::{ExternalId, Order, OrderKey, OrderLine, Refund};
use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::{count, instant, micros, optional_instant, parsed};
use crate::products::{kind_text, parse_kind};
use crate::{StoreError, Tx};

mod list;

pub use list::{Wanted, list};

const TABLE: &str = "orders";

/// An order as stored: with the number of changes it has seen and the digest written at first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The order.
    pub order: Order,
    /// Grows with every change; a writer names the version it read.
    pub version: i64,
    /// [`Order::body_hash`] when it was stored.
    pub body_hash: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    source: String,
    external_id: String,
    number: Option<String>,
    buyer_id: Option<Uuid>,
    seller_id: Option<Uuid>,
    ordered_at: i64,
    paid_at: Option<i64>,
    delivered_at: Option<i64>,
    cancelled_at: Option<i64>,
    version: i64,
    body_hash: Vec<u8>,
}

impl TryFrom<Row> for Stored {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            order: Order {
                id: OrderId::new(row.id),
                key: OrderKey {
                    source: parsed(TABLE, &row.source, ExternalId::parse)?,
                    external_id: parsed(TABLE, &row.external_id, ExternalId::parse)?,
                },
                number: row.number,
                buyer: row.buyer_id.map(PartnerId::new),
                seller: row.seller_id.map(PartnerId::new),
                ordered_at: instant(TABLE, row.ordered_at)?,
                paid_at: optional_instant(TABLE, row.paid_at)?,
                delivered_at: optional_instant(TABLE, row.delivered_at)?,
                cancelled_at: optional_instant(TABLE, row.cancelled_at)?,
                lines: Vec::new(),
                refunds: Vec::new(),
            },
            version: row.version,
            body_hash: row.body_hash,
        })
    }
}

#[derive(sqlx::FromRow)]
struct LineRow {
    order_id: Uuid,
    line_no: i64,
    product_id: Uuid,
    sku: String,
    category: String,
    kind: String,
    quantity: i64,
    unit_price: i64,
    unit_cost: i64,
    unit_volume: i64,
}

impl TryFrom<LineRow> for OrderLine {
    type Error = StoreError;

    fn try_from(row: LineRow) -> Result<Self, StoreError> {
        const TABLE: &str = "order_lines";
        Ok(Self {
            line_no: count(TABLE, row.line_no)?,
            product: ProductId::new(row.product_id),
            sku: parsed(TABLE, &row.sku, Sku::parse)?,
            category: row.category,
            kind: parse_kind(TABLE, &row.kind)?,
            quantity: count(TABLE, row.quantity)?,
            unit_price: Money::from_minor(row.unit_price),
            unit_cost: Money::from_minor(row.unit_cost),
            unit_volume: Volume(row.unit_volume),
        })
    }
}

type RefundRow = (Uuid, Uuid, String, i64);
type RefundLineRow = (Uuid, i64, i64);

macro_rules! orders {
    ($rest:literal) => {
        concat!(
            "SELECT id, source, external_id, number, buyer_id, seller_id, ordered_at, paid_at, delivered_at, cancelled_at, version, body_hash FROM orders ",
            $rest
        )
    };
}
macro_rules! lines {
    ($rest:literal) => {
        concat!(
            "SELECT order_id, line_no, product_id, sku, category, kind, quantity, unit_price, unit_cost, unit_volume FROM order_lines ",
            $rest
        )
    };
}
macro_rules! refunds {
    ($rest:literal) => {
        concat!("SELECT id, order_id, external_id, refunded_at FROM refunds ", $rest)
    };
}

/// The orders of ids, in no particular order.
pub async fn by_ids(tx: &mut Tx, ids: &[OrderId]) -> Result<Vec<Stored>, StoreError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let heads = fetch_listed!(tx, Row, orders!("WHERE id IN ({list})"), [], ids);
    let lines =
        fetch_listed!(tx, LineRow, lines!("WHERE order_id IN ({list}) ORDER BY order_id, line_no"), [], ids);
    let refunds = fetch_listed!(
        tx,
        RefundRow,
        refunds!("WHERE order_id IN ({list}) ORDER BY order_id, position"),
        [],
        ids
    );
    let refund_ids: Vec<Uuid> = refunds.iter().map(|(id, ..)| *id).collect();
    let sql = "SELECT refund_id, line_no, quantity FROM refund_lines WHERE refund_id IN ({list})";
    let refund_lines = fetch_listed!(tx, RefundLineRow, sql, [], refund_ids);
    assemble(heads, lines, refunds, refund_lines)
}

/// The orders of one shop's ids.
pub async fn by_keys(
    tx: &mut Tx,
    source: &ExternalId,
    external_ids: &[String],
) -> Result<Vec<Stored>, StoreError> {
    let sql = "SELECT id FROM orders WHERE source = $1 AND external_id IN ({list})";
    let found = fetch_listed!(tx, (Uuid,), sql, [source.as_str().to_owned()], external_ids);
    let ids: Vec<OrderId> = found.into_iter().map(|(id,)| OrderId::new(id)).collect();
    by_ids(tx, &ids).await
}

/// The orders that carry a text as their shop's id or their number, whichever the shop.
pub async fn find(tx: &mut Tx, text: &str) -> Result<Vec<Stored>, StoreError> {
    let sql =
        "SELECT id FROM orders WHERE external_id = $1 OR number = $1 OR source || '/' || external_id = $1";
    let found = fetch_all!(tx, (Uuid,), sql, text.to_owned())?;
    let ids: Vec<OrderId> = found.into_iter().map(|(id,)| OrderId::new(id)).collect();
    by_ids(tx, &ids).await
}

/// Every order with its lines and refunds, in the order in which they were stored.
pub async fn all(tx: &mut Tx) -> Result<Vec<Stored>, StoreError> {
    let heads = fetch_all!(tx, Row, orders!("ORDER BY id"))?;
    let lines = fetch_all!(tx, LineRow, lines!("ORDER BY order_id, line_no"))?;
    let refunds = fetch_all!(tx, RefundRow, refunds!("ORDER BY order_id, position"))?;
    let refund_lines =
        fetch_all!(tx, RefundLineRow, "SELECT refund_id, line_no, quantity FROM refund_lines")?;
    assemble(heads, lines, refunds, refund_lines)
}

fn assemble(
    heads: Vec<Row>,
    lines: Vec<LineRow>,
    refunds: Vec<RefundRow>,
    refund_lines: Vec<RefundLineRow>,
) -> Result<Vec<Stored>, StoreError> {
    let mut lines_of: HashMap<Uuid, Vec<OrderLine>> = HashMap::new();
    for line in lines {
        lines_of.entry(line.order_id).or_default().push(line.try_into()?);
    }
    let mut pieces_of: HashMap<Uuid, std::collections::BTreeMap<u32, u32>> = HashMap::new();
    for (refund, line_no, quantity) in refund_lines {
        pieces_of
            .entry(refund)
            .or_default()
            .insert(count("refund_lines", line_no)?, count("refund_lines", quantity)?);
    }
    let mut refunds_of: HashMap<Uuid, Vec<Refund>> = HashMap::new();
    for (id, order, external_id, refunded_at) in refunds {
        refunds_of.entry(order).or_default().push(Refund {
            id: RefundId::new(id),
            external_id: parsed("refunds", &external_id, ExternalId::parse)?,
            refunded_at: instant("refunds", refunded_at)?,
            lines: pieces_of.remove(&id).unwrap_or_default(),
        });
    }
    heads
        .into_iter()
        .map(|head| {
            let id = head.id;
            let mut stored = Stored::try_from(head)?;
            stored.order.lines = lines_of.remove(&id).unwrap_or_default();
            stored.order.refunds = refunds_of.remove(&id).unwrap_or_default();
            Ok(stored)
        })
        .collect()
}

/// Stores new orders with their lines and refunds.
///
/// # Errors
/// [`StoreError::Taken`] if another transaction stored one of them first.
pub async fn insert_all(tx: &mut Tx, orders: &[Order], now: Timestamp) -> Result<(), StoreError> {
    let versioned: Vec<(&Order, i64)> = orders.iter().map(|order| (order, 1)).collect();
    put_heads(tx, &versioned, now, "").await?;
    let lines: Vec<(Uuid, &OrderLine)> =
        orders.iter().flat_map(|order| order.lines.iter().map(|line| (order.id.uuid(), line))).collect();
    insert_all!(
        tx,
        "INSERT INTO order_lines (order_id, line_no, product_id, sku, category, kind, quantity, unit_price, unit_cost, unit_volume) ",
        &lines[..],
        |row| (
            row.0,
            i64::from(row.1.line_no),
            row.1.product.uuid(),
            row.1.sku.as_str().to_owned(),
            row.1.category.clone(),
            kind_text(row.1.kind),
            i64::from(row.1.quantity),
            row.1.unit_price.minor(),
            row.1.unit_cost.minor(),
            row.1.unit_volume.0,
        ),
        ""
    );
    let refunds: Vec<NewRefund<'_>> = orders.iter().flat_map(|order| new_refunds(order, 0)).collect();
    insert_refunds(tx, &refunds, now).await
}

/// Stores what changed in orders that were read at a version: instants, number, and refunds from
/// the given position on (the number of refunds it had).
///
/// # Errors
/// [`StoreError::Taken`] if another transaction changed one of them meanwhile.
pub async fn update_all(
    tx: &mut Tx,
    changed: &[(Order, i64, usize)],
    now: Timestamp,
) -> Result<(), StoreError> {
    let versioned: Vec<(&Order, i64)> =
        changed.iter().map(|(order, version, _)| (order, version + 1)).collect();
    let touched = put_heads(
        tx,
        &versioned,
        now,
        " ON CONFLICT (id) DO UPDATE SET number = excluded.number, paid_at = excluded.paid_at,
            delivered_at = excluded.delivered_at, cancelled_at = excluded.cancelled_at, version = excluded.version
          WHERE orders.version = excluded.version - 1",
    )
    .await?;
    if touched != u64::try_from(changed.len()).unwrap_or(u64::MAX) {
        return Err(StoreError::Busy(sqlx::Error::RowNotFound));
    }
    let refunds: Vec<NewRefund<'_>> =
        changed.iter().flat_map(|(order, _, known)| new_refunds(order, *known)).collect();
    insert_refunds(tx, &refunds, now).await
}

async fn put_heads(
    tx: &mut Tx,
    orders: &[(&Order, i64)],
    now: Timestamp,
    tail: &str,
) -> Result<u64, StoreError> {
    Ok(insert_all!(
        tx,
        "INSERT INTO orders (id, source, external_id, number, buyer_id, seller_id, ordered_at, paid_at, delivered_at, cancelled_at, body_hash, version, recorded_at) ",
        orders,
        |row| (
            row.0.id.uuid(),
            row.0.key.source.as_str().to_owned(),
            row.0.key.external_id.as_str().to_owned(),
            row.0.number.clone(),
            row.0.buyer.map(PartnerId::uuid),
            row.0.seller.map(PartnerId::uuid),
            micros(row.0.ordered_at),
            row.0.paid_at.map(micros),
            row.0.delivered_at.map(micros),
            row.0.cancelled_at.map(micros),
            row.0.body_hash().to_vec(),
            row.1,
            micros(now),
        ),
        tail
    ))
}

/// Order, position from 1, refund.
type NewRefund<'a> = (Uuid, i64, &'a Refund);

fn new_refunds(order: &Order, known: usize) -> impl Iterator<Item = NewRefund<'_>> {
    (1i64..).zip(&order.refunds).skip(known).map(|(position, refund)| (order.id.uuid(), position, refund))
}

async fn insert_refunds(tx: &mut Tx, refunds: &[NewRefund<'_>], now: Timestamp) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "INSERT INTO refunds (id, order_id, position, external_id, refunded_at, recorded_at) ",
        refunds,
        |row| (
            row.2.id.uuid(),
            row.0,
            row.1,
            row.2.external_id.as_str().to_owned(),
            micros(row.2.refunded_at),
            micros(now),
        ),
        ""
    );
    let lines: Vec<(Uuid, u32, u32)> = refunds
        .iter()
        .flat_map(|(_, _, refund)| {
            refund.lines.iter().map(|(line, pieces)| (refund.id.uuid(), *line, *pieces))
        })
        .collect();
    insert_all!(
        tx,
        "INSERT INTO refund_lines (refund_id, line_no, quantity) ",
        &lines[..],
        |row| (row.0, i64::from(row.1), i64::from(row.2)),
        ""
    );
    Ok(())
}

/// The earliest payment of each buyer, and of which order (the least id among equals).
pub async fn first_paid(
    tx: &mut Tx,
    buyers: &[PartnerId],
) -> Result<HashMap<PartnerId, OrderId>, StoreError> {
    let ids: Vec<Uuid> = buyers.iter().map(|buyer| buyer.uuid()).collect();
    let sql = "SELECT o.buyer_id, o.id FROM orders o
        WHERE o.buyer_id IN ({list}) AND o.paid_at IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM orders e WHERE e.buyer_id = o.buyer_id AND e.paid_at IS NOT NULL
            AND (e.paid_at < o.paid_at OR (e.paid_at = o.paid_at AND e.id < o.id)))";
    let rows = fetch_listed!(tx, (Uuid, Uuid), sql, [], ids);
    Ok(rows.into_iter().map(|(buyer, order)| (PartnerId::new(buyer), OrderId::new(order))).collect())
}

/// When each of those whom a partner personally invited first paid an order.
pub async fn first_paid_by_invited(tx: &mut Tx, inviter: PartnerId) -> Result<Vec<Timestamp>, StoreError> {
    let sql = "SELECT MIN(o.paid_at) FROM orders o JOIN partners p ON p.id = o.buyer_id
        WHERE p.inviter_id = $1 AND o.paid_at IS NOT NULL GROUP BY o.buyer_id ORDER BY 1";
    let rows = fetch_all!(tx, (i64,), sql, inviter.uuid())?;
    rows.into_iter().map(|(paid,)| instant(TABLE, paid)).collect()
}

/// When outside customers of a partner paid, within a span.
pub async fn paid_by_customers(
    tx: &mut Tx,
    seller: PartnerId,
    over: Span,
) -> Result<Vec<Timestamp>, StoreError> {
    let sql = "SELECT paid_at FROM orders
        WHERE seller_id = $1 AND paid_at >= $2 AND paid_at < $3 ORDER BY paid_at, id";
    let rows = fetch_all!(tx, (i64,), sql, seller.uuid(), micros(over.from), micros(over.until))?;
    rows.into_iter().map(|(paid,)| instant(TABLE, paid)).collect()
}

/// Counts for figures: all, paid, cancelled.
pub async fn counts(tx: &mut Tx) -> Result<(i64, i64, i64), StoreError> {
    fetch_one!(tx, (i64, i64, i64), "SELECT COUNT(*), COUNT(paid_at), COUNT(cancelled_at) FROM orders")
}
