//! `adjustments`: what the office gives and takes by hand. Each movement of money is in `transfers`.

use domain::adjustment::{Adjustment, AdjustmentState};
use domain::ids::{AdjustmentId, PartnerId};
use domain::money::Money;
use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::{instant, micros};
use crate::{StoreError, Tx};

const TABLE: &str = "adjustments";

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    number: i64,
    partner_id: Uuid,
    amount: i64,
    reason: String,
    state: String,
    requested_by: String,
    requested_at: i64,
    decided_by: Option<String>,
    changed_at: i64,
}

impl TryFrom<Row> for Adjustment {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let unknown = || StoreError::corrupt(TABLE, format!("{:?} is no state of an adjustment", row.state));
        Ok(Self {
            id: AdjustmentId::new(row.id),
            number: row.number,
            partner: PartnerId::new(row.partner_id),
            amount: Money::from_minor(row.amount),
            state: AdjustmentState::parse(&row.state).ok_or_else(unknown)?,
            reason: row.reason,
            requested_by: row.requested_by,
            requested_at: instant(TABLE, row.requested_at)?,
            decided_by: row.decided_by,
            changed_at: instant(TABLE, row.changed_at)?,
        })
    }
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT id, number, partner_id, amount, reason, state, requested_by, requested_at, decided_by, changed_at
             FROM adjustments ",
            $rest
        )
    };
}

/// The number after the last. The gate of facts must be held alone, so that no number is given twice.
pub async fn next_number(tx: &mut Tx) -> Result<i64, StoreError> {
    let (number,): (i64,) = fetch_one!(tx, (i64,), "SELECT COALESCE(MAX(number), 0) + 1 FROM adjustments")?;
    Ok(number)
}

/// Stores a new adjustment.
pub async fn insert(tx: &mut Tx, adjustment: &Adjustment) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO adjustments (id, number, partner_id, amount, reason, state, requested_by, requested_at, decided_by, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        adjustment.id.uuid(),
        adjustment.number,
        adjustment.partner.uuid(),
        adjustment.amount.minor(),
        adjustment.reason.clone(),
        adjustment.state.as_str(),
        adjustment.requested_by.clone(),
        micros(adjustment.requested_at),
        adjustment.decided_by.clone(),
        micros(adjustment.changed_at),
    )?;
    Ok(())
}

/// Stores the decision on an adjustment that still waits. Gives whether it did.
pub async fn decide(tx: &mut Tx, adjustment: &Adjustment) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "UPDATE adjustments SET state = $1, decided_by = $2, changed_at = $3 WHERE id = $4 AND state = 'requested'",
        adjustment.state.as_str(),
        adjustment.decided_by.clone(),
        micros(adjustment.changed_at),
        adjustment.id.uuid(),
    )?;
    Ok(touched == 1)
}

/// The adjustment of a number.
pub async fn by_number(tx: &mut Tx, number: i64) -> Result<Option<Adjustment>, StoreError> {
    fetch_optional!(tx, Row, columns!("WHERE number = $1"), number)?.map(Adjustment::try_from).transpose()
}

/// What somebody made since an instant without another person, signs left aside.
pub async fn made_alone_since(tx: &mut Tx, by: &str, since: Timestamp) -> Result<Money, StoreError> {
    let (sum,): (i64,) = fetch_one!(
        tx,
        (i64,),
        "SELECT CAST(COALESCE(SUM(ABS(amount)), 0) AS BIGINT) FROM adjustments
         WHERE requested_by = $1 AND requested_at > $2 AND state = 'made' AND decided_by IS NULL",
        by.to_owned(),
        micros(since),
    )?;
    Ok(Money::from_minor(sum))
}

/// Every adjustment, by number.
pub async fn all(tx: &mut Tx) -> Result<Vec<Adjustment>, StoreError> {
    fetch_all!(tx, Row, columns!("ORDER BY number"))?.into_iter().map(Adjustment::try_from).collect()
}
