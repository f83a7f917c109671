//! `transfers`: the ledger. Insert-only.

use domain::ids::{AccountId, TransferId};
use domain::ledger::{Transfer, TransferKind};
use domain::money::Money;
use uuid::Uuid;

use crate::columns::{instant, micros, period, period_number};
use crate::{StoreError, Tx};

const TABLE: &str = "transfers";

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    debit_id: Uuid,
    credit_id: Uuid,
    amount: i64,
    kind: String,
    cause: Uuid,
    reverses: Option<Uuid>,
    effective_at: i64,
    available_at: i64,
    recorded_at: i64,
    period: i64,
}

impl TryFrom<Row> for Transfer {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let unknown = || StoreError::corrupt(TABLE, format!("{:?} is no kind of transfer", row.kind));
        Ok(Self {
            id: TransferId::new(row.id),
            debit: AccountId::new(row.debit_id),
            credit: AccountId::new(row.credit_id),
            amount: Money::from_minor(row.amount),
            kind: TransferKind::parse(&row.kind).ok_or_else(unknown)?,
            cause: row.cause,
            reverses: row.reverses.map(TransferId::new),
            effective_at: instant(TABLE, row.effective_at)?,
            available_at: instant(TABLE, row.available_at)?,
            recorded_at: instant(TABLE, row.recorded_at)?,
            period: period(TABLE, row.period)?,
        })
    }
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT id, debit_id, credit_id, amount, kind, cause, reverses, effective_at, available_at, recorded_at, period FROM transfers ",
            $rest
        )
    };
}

/// Writes transfers.
///
/// # Errors
/// [`StoreError::Taken`] if one of them is written already.
pub async fn insert_all(tx: &mut Tx, transfers: &[Transfer]) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "INSERT INTO transfers (id, debit_id, credit_id, amount, kind, cause, reverses, effective_at, available_at, recorded_at, period) ",
        transfers,
        |row| (
            row.id.uuid(),
            row.debit.uuid(),
            row.credit.uuid(),
            row.amount.minor(),
            row.kind.as_str(),
            row.cause,
            row.reverses.map(TransferId::uuid),
            micros(row.effective_at),
            micros(row.available_at),
            micros(row.recorded_at),
            period_number(row.period),
        ),
        ""
    );
    Ok(())
}

/// The transfers of ids.
pub async fn by_ids(tx: &mut Tx, ids: &[TransferId]) -> Result<Vec<Transfer>, StoreError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    fetch_listed!(tx, Row, columns!("WHERE id IN ({list})"), [], ids)
        .into_iter()
        .map(Transfer::try_from)
        .collect()
}

/// What undoes the given transfers, wholly or in part.
pub async fn reversals_of(tx: &mut Tx, ids: &[TransferId]) -> Result<Vec<Transfer>, StoreError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    fetch_listed!(tx, Row, columns!("WHERE reverses IN ({list})"), [], ids)
        .into_iter()
        .map(Transfer::try_from)
        .collect()
}

/// Every movement of an account, in order of effect.
pub async fn of_account(tx: &mut Tx, account: AccountId) -> Result<Vec<Transfer>, StoreError> {
    fetch_all!(
        tx,
        Row,
        columns!("WHERE debit_id = $1 OR credit_id = $1 ORDER BY effective_at, recorded_at, id"),
        account.uuid(),
    )?
    .into_iter()
    .map(Transfer::try_from)
    .collect()
}

/// Every transfer, in order of id.
pub async fn all(tx: &mut Tx) -> Result<Vec<Transfer>, StoreError> {
    fetch_all!(tx, Row, columns!("ORDER BY id"))?.into_iter().map(Transfer::try_from).collect()
}

macro_rules! causes {
    ($rest:literal) => {
        concat!(
            "SELECT id, name FROM (
                SELECT id, source || '/' || external_id AS name FROM orders
                UNION ALL SELECT r.id, o.source || '/' || o.external_id || ' refund ' || r.external_id
                    FROM refunds r JOIN orders o ON o.id = r.order_id
                UNION ALL SELECT a.id, o.source || '/' || o.external_id || ' run ' || CAST(a.run AS TEXT)
                    FROM accrual_runs a JOIN orders o ON o.id = a.order_id
                UNION ALL SELECT id, 'period ' || CAST(period AS TEXT) || ' run ' || CAST(run AS TEXT) FROM period_runs
                UNION ALL SELECT id, 'payout ' || CAST(number AS TEXT) FROM payouts
                UNION ALL SELECT id, 'adjustment ' || CAST(number AS TEXT) FROM adjustments) AS causes ",
            $rest
        )
    };
}

/// What people call the causes of transfers: orders, refunds, runs, periods, payouts and
/// adjustments, by id.
pub async fn causes(tx: &mut Tx) -> Result<Vec<(Uuid, String)>, StoreError> {
    fetch_all!(tx, (Uuid, String), causes!(""))
}

/// What people call some causes.
pub async fn causes_of(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, StoreError> {
    Ok(fetch_listed!(tx, (Uuid, String), causes!("WHERE id IN ({list})"), [], ids))
}
