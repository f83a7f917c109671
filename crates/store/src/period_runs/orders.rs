//! What a period is reckoned with: its orders, and what they paid.

use domain::accrual::RuleId;
use domain::ids::{OrderId, PartnerId};
use domain::money::Money;
use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::micros;
use crate::{StoreError, Tx};

/// A commission that an order paid: rule, earner, before the caps, paid, taken back.
pub type OrderCommission = (RuleId, PartnerId, Money, Money, Money);

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
    let rows =
        fetch_all!(tx, (String, Uuid, i64, i64, i64), sql, micros(from), micros(until), micros(reversed_by))?;
    let commission = |(rule, earner, raw, paid, back): (String, Uuid, i64, i64, i64)| {
        let [raw, paid, back] = [raw, paid, back].map(Money::from_minor);
        (RuleId::new(&rule), PartnerId::new(earner), raw, paid, back)
    };
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
