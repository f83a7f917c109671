//! `customer_orders` and `attribution_disputes`: to whom outside customers belong, and who else was named.

use domain::ids::{OrderId, PartnerId};
use domain::order::{CustomerKey, Named};
use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::{digest, instant, micros};
use crate::{StoreError, Tx};

/// To whom a customer is tied: the seller of the first order that he paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tie {
    /// Whom.
    pub customer: CustomerKey,
    /// To whom.
    pub partner: PartnerId,
    /// When he paid that order.
    pub paid_at: Timestamp,
}

/// A partner who was named in an order that belongs to somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dispute {
    /// In which order.
    pub order: OrderId,
    /// By what.
    pub named: Named,
    /// Who.
    pub partner: PartnerId,
}

/// Keeps by what the customers of orders are known again; what is known changes nothing. Those of one call
/// differ.
pub async fn keep_customers(tx: &mut Tx, customers: &[(CustomerKey, OrderId)]) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "INSERT INTO customer_orders (customer, order_id) ",
        customers,
        |row| (row.0.digest().to_vec(), row.1.uuid()),
        " ON CONFLICT (customer, order_id) DO NOTHING"
    );
    Ok(())
}

/// The ties of these customers, of each the first.
pub async fn ties_of(tx: &mut Tx, customers: &[CustomerKey]) -> Result<Vec<Tie>, StoreError> {
    let keys: Vec<Vec<u8>> = customers.iter().map(|customer| customer.digest().to_vec()).collect();
    let sql =
        "SELECT c.customer, o.seller_id, o.paid_at FROM customer_orders c JOIN orders o ON o.id = c.order_id
        WHERE c.customer IN ({list}) AND o.seller_id IS NOT NULL AND o.paid_at IS NOT NULL
        ORDER BY c.customer, o.paid_at, o.id";
    let rows = fetch_listed!(tx, (Vec<u8>, Uuid, i64), sql, [], keys);
    let tie = |(customer, partner, paid): (Vec<u8>, Uuid, i64)| {
        Ok(Tie {
            customer: CustomerKey::new(digest("customer_orders", customer)?),
            partner: PartnerId::new(partner),
            paid_at: instant("orders", paid)?,
        })
    };
    let mut ties: Vec<Tie> = rows.into_iter().map(tie).collect::<Result<_, StoreError>>()?;
    ties.dedup_by(|later, first| later.customer == first.customer);
    Ok(ties)
}

/// Keeps disputes; one that is known changes nothing. Those of one call differ.
pub async fn keep_disputes(tx: &mut Tx, disputes: &[Dispute], now: Timestamp) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "INSERT INTO attribution_disputes (order_id, named, partner_id, recorded_at) ",
        disputes,
        |row| (row.order.uuid(), row.named.as_str(), row.partner.uuid(), micros(now)),
        " ON CONFLICT (order_id, named, partner_id) DO NOTHING"
    );
    Ok(())
}

type DisputeRow = (Uuid, String, Uuid, i64);

/// The last disputes, the last first, each with when it became known.
pub async fn disputes(tx: &mut Tx, most: i64) -> Result<Vec<(Dispute, Timestamp)>, StoreError> {
    const TABLE: &str = "attribution_disputes";
    let sql = "SELECT order_id, named, partner_id, recorded_at FROM attribution_disputes
        ORDER BY recorded_at DESC, order_id DESC, named, partner_id LIMIT $1";
    let dispute = |(order, named, partner, recorded): DisputeRow| {
        let unknown = || StoreError::corrupt(TABLE, format!("{named:?} names nobody"));
        let dispute = Dispute {
            order: OrderId::new(order),
            named: Named::parse(&named).ok_or_else(unknown)?,
            partner: PartnerId::new(partner),
        };
        Ok((dispute, instant(TABLE, recorded)?))
    };
    fetch_all!(tx, DisputeRow, sql, most)?.into_iter().map(dispute).collect()
}

/// How many disputes there are.
pub async fn count_disputes(tx: &mut Tx) -> Result<i64, StoreError> {
    let (count,): (i64,) = fetch_one!(tx, (i64,), "SELECT COUNT(*) FROM attribution_disputes")?;
    Ok(count)
}
