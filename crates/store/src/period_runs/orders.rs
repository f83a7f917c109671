//! What a period is reckoned with: its orders, and what they paid.

use domain::accrual::RuleId;
use domain::ids::{OrderId, PartnerId};
use domain::money::Money;
use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::{instant, micros};
use crate::{StoreError, Tx};

/// A commission that an order paid: rule, earner, before the caps, paid, taken back.
pub type OrderCommission = (RuleId, PartnerId, Money, Money, Money);

type CommissionRow = (String, Uuid, i64, i64, i64);

fn commission((rule, earner, raw, paid, back): CommissionRow) -> OrderCommission {
    let [raw, paid, back] = [raw, paid, back].map(Money::from_minor);
    (RuleId::new(&rule), PartnerId::new(earner), raw, paid, back)
}

/// What orders that took effect within a span of time paid, accrual by accrual, less what refunds and
/// cancellations had taken back by an instant of the clock, and corrections ever.
pub async fn commissions_within(
    tx: &mut Tx,
    from: Timestamp,
    until: Timestamp,
    reversed_by: Timestamp,
) -> Result<Vec<OrderCommission>, StoreError> {
    let sql = "SELECT a.rule, a.earner_id, a.raw, a.paid,
            CAST(COALESCE((SELECT SUM(t.amount) FROM transfers t WHERE t.reverses = a.id
                AND (t.recorded_at <= $3 OR t.kind = 'correction_reversal')), 0) AS BIGINT)
        FROM accruals a JOIN accrual_runs r ON r.order_id = a.order_id AND r.run = a.run
        WHERE r.effective_at >= $1 AND r.effective_at < $2
        ORDER BY a.rule, a.earner_id, a.id";
    let rows = fetch_all!(tx, CommissionRow, sql, micros(from), micros(until), micros(reversed_by))?;
    Ok(rows.into_iter().map(commission).collect())
}

/// The judged orders that took effect within a span of time.
pub async fn orders_within(
    tx: &mut Tx,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<OrderId>, StoreError> {
    let sql = "SELECT DISTINCT order_id FROM accrual_runs WHERE effective_at >= $1 AND effective_at < $2 ORDER BY order_id";
    let rows = fetch_all!(tx, (Uuid,), sql, micros(from), micros(until))?;
    Ok(rows.into_iter().map(|(id,)| OrderId::new(id)).collect())
}

/// What orders that took effect within a span of time had paid by an instant of the clock, accrual by
/// accrual, less everything that had been taken back by then.
pub async fn commissions_known(
    tx: &mut Tx,
    from: Timestamp,
    until: Timestamp,
    by: Timestamp,
) -> Result<Vec<OrderCommission>, StoreError> {
    let sql = "SELECT a.rule, a.earner_id, a.raw, a.paid,
            CAST(COALESCE((SELECT SUM(t.amount) FROM transfers t WHERE t.reverses = a.id
                AND t.recorded_at <= $3), 0) AS BIGINT)
        FROM accruals a JOIN accrual_runs r ON r.order_id = a.order_id AND r.run = a.run
        WHERE r.effective_at >= $1 AND r.effective_at < $2 AND r.recorded_at <= $3
        ORDER BY a.rule, a.earner_id, a.id";
    let rows = fetch_all!(tx, CommissionRow, sql, micros(from), micros(until), micros(by))?;
    Ok(rows.into_iter().map(commission).collect())
}

/// What happened to an order of a period that the first reckoning of the period did not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Later {
    /// When it was told; of a cancellation, when it happened.
    pub at: Timestamp,
    /// The order, as `source/id`.
    pub order: String,
    /// What happened.
    pub what: LaterKind,
}

/// What happened to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LaterKind {
    /// The order itself became known.
    Came,
    /// This refund of it.
    Refunded(String),
    /// It was cancelled.
    Cancelled,
}

type LaterRow = (i64, String, String, Option<String>);

/// What happened to the orders that took effect within a span of time and that a run did not know, in
/// order of time.
pub async fn later_than(
    tx: &mut Tx,
    run: Uuid,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Later>, StoreError> {
    let sql = "WITH judged AS (SELECT order_id, MIN(recorded_at) AS first_at FROM accrual_runs
            WHERE effective_at >= $2 AND effective_at < $3 GROUP BY order_id)
        SELECT at, name, what, refund FROM (
            SELECT j.first_at AS at, o.source || '/' || o.external_id AS name, 'came' AS what, NULL AS refund
                FROM judged j JOIN orders o ON o.id = j.order_id
                WHERE NOT EXISTS (SELECT 1 FROM period_orders c WHERE c.run_id = $1 AND c.order_id = o.id)
            UNION ALL
            SELECT f.recorded_at, o.source || '/' || o.external_id, 'refunded', f.external_id
                FROM judged j JOIN orders o ON o.id = j.order_id JOIN refunds f ON f.order_id = o.id
                LEFT JOIN period_orders c ON c.run_id = $1 AND c.order_id = o.id
                WHERE f.position > COALESCE(c.refunds, 0)
            UNION ALL
            SELECT o.cancelled_at, o.source || '/' || o.external_id, 'cancelled', NULL
                FROM judged j JOIN orders o ON o.id = j.order_id
                WHERE o.cancelled_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM period_orders c
                    WHERE c.run_id = $1 AND c.order_id = o.id AND c.cancelled = $4)) AS later
        ORDER BY at, name, what, refund";
    let rows = fetch_all!(tx, LaterRow, sql, run, micros(from), micros(until), true)?;
    let later = |(at, order, what, refund): LaterRow| {
        let what = match (what.as_str(), refund) {
            ("came", _) => LaterKind::Came,
            (_, Some(refund)) => LaterKind::Refunded(refund),
            (_, None) => LaterKind::Cancelled,
        };
        Ok(Later { at: instant("orders", at)?, order, what })
    };
    rows.into_iter().map(later).collect()
}
