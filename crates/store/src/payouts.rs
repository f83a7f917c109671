//! `payouts`: each state is kept here, each movement of money in `transfers`.

use domain::ids::{PartnerId, PayoutId};
use domain::money::Money;
use domain::payout::{Payout, PayoutState};
use uuid::Uuid;

use crate::columns::{instant, micros};
use crate::{StoreError, Tx};

mod list;

pub use list::{Wanted, list};

const TABLE: &str = "payouts";

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    number: i64,
    partner_id: Uuid,
    amount: i64,
    state: String,
    requested_by: String,
    requested_at: i64,
    approved_by: Option<String>,
    changed_at: i64,
}

impl TryFrom<Row> for Payout {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let unknown = || StoreError::corrupt(TABLE, format!("{:?} is no state of a payout", row.state));
        Ok(Self {
            id: PayoutId::new(row.id),
            number: row.number,
            partner: PartnerId::new(row.partner_id),
            amount: Money::from_minor(row.amount),
            state: PayoutState::parse(&row.state).ok_or_else(unknown)?,
            requested_by: row.requested_by,
            requested_at: instant(TABLE, row.requested_at)?,
            approved_by: row.approved_by,
            changed_at: instant(TABLE, row.changed_at)?,
        })
    }
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT id, number, partner_id, amount, state, requested_by, requested_at, approved_by, changed_at FROM payouts ",
            $rest
        )
    };
}
use columns;

/// The number after the last. The gate of facts must be held alone, so that no number is given twice.
pub async fn next_number(tx: &mut Tx) -> Result<i64, StoreError> {
    let (number,): (i64,) = fetch_one!(tx, (i64,), "SELECT COALESCE(MAX(number), 0) + 1 FROM payouts")?;
    Ok(number)
}

/// Stores a new payout.
pub async fn insert(tx: &mut Tx, payout: &Payout) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO payouts (id, number, partner_id, amount, state, requested_by, requested_at, approved_by, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        payout.id.uuid(),
        payout.number,
        payout.partner.uuid(),
        payout.amount.minor(),
        payout.state.as_str(),
        payout.requested_by.clone(),
        micros(payout.requested_at),
        payout.approved_by.clone(),
        micros(payout.changed_at),
    )?;
    Ok(())
}

/// Stores the state of a payout that stood at another. Gives whether it still stood there.
pub async fn advance(tx: &mut Tx, payout: &Payout, from: PayoutState) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "UPDATE payouts SET state = $1, approved_by = $2, changed_at = $3 WHERE id = $4 AND state = $5",
        payout.state.as_str(),
        payout.approved_by.clone(),
        micros(payout.changed_at),
        payout.id.uuid(),
        from.as_str(),
    )?;
    Ok(touched == 1)
}

/// The payout of a number.
pub async fn by_number(tx: &mut Tx, number: i64) -> Result<Option<Payout>, StoreError> {
    fetch_optional!(tx, Row, columns!("WHERE number = $1"), number)?.map(Payout::try_from).transpose()
}

/// Every payout, by number.
pub async fn all(tx: &mut Tx) -> Result<Vec<Payout>, StoreError> {
    fetch_all!(tx, Row, columns!("ORDER BY number"))?.into_iter().map(Payout::try_from).collect()
}
