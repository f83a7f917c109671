//! Balances: the last closing balance plus the movements since. No row is locked to know one.

use domain::ids::AccountId;
use domain::ledger::Balance;
use domain::money::Money;
use domain::period::Period;
use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::{micros, period, period_number};
use crate::{StoreError, Tx};

/// The balance of an account at an instant of the clock.
pub async fn of(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<Balance, StoreError> {
    let sql = "SELECT CAST(COALESCE((SELECT b.total FROM balances_at_close b WHERE b.account_id = $1 ORDER BY b.period DESC LIMIT 1), 0) AS BIGINT)
        + CAST(COALESCE((SELECT SUM(amount) FROM transfers WHERE credit_id = $1 AND period > COALESCE((SELECT MAX(period) FROM periods), 0)), 0) AS BIGINT)
        - CAST(COALESCE((SELECT SUM(amount) FROM transfers WHERE debit_id = $1 AND period > COALESCE((SELECT MAX(period) FROM periods), 0)), 0) AS BIGINT),
        CAST(COALESCE((SELECT SUM(amount) FROM transfers WHERE credit_id = $1 AND available_at > $2), 0) AS BIGINT)
        - CAST(COALESCE((SELECT SUM(amount) FROM transfers WHERE debit_id = $1 AND available_at > $2), 0) AS BIGINT)";
    let (total, later): (i64, i64) = fetch_one!(tx, (i64, i64), sql, account.uuid(), micros(now))?;
    let total = Money::from_minor(total);
    Ok(Balance { total, available: total - Money::from_minor(later) })
}

/// The balance of every account that ever moved, up to the end of a period, as (account, code, total).
pub async fn all_at(tx: &mut Tx, up_to: Period) -> Result<Vec<(AccountId, String, Money)>, StoreError> {
    let sql = "SELECT a.id, a.code, CAST(SUM(m.amount) AS BIGINT) FROM (
            SELECT credit_id AS account_id, amount FROM transfers WHERE period <= $1
            UNION ALL
            SELECT debit_id, -amount FROM transfers WHERE period <= $1) AS m
        JOIN accounts a ON a.id = m.account_id
        GROUP BY a.id, a.code ORDER BY a.code";
    let rows = fetch_all!(tx, (Uuid, String, i64), sql, period_number(up_to))?;
    Ok(rows
        .into_iter()
        .map(|(id, code, total)| (AccountId::new(id), code, Money::from_minor(total)))
        .collect())
}

/// Keeps the balances at the end of a period.
pub async fn keep(tx: &mut Tx, closed: Period, balances: &[(AccountId, Money)]) -> Result<(), StoreError> {
    let number = period_number(closed);
    insert_all!(
        tx,
        "INSERT INTO balances_at_close (account_id, period, total) ",
        balances,
        |row| (row.0.uuid(), number, row.1.minor()),
        ""
    );
    Ok(())
}

/// Every kept balance.
pub async fn kept(tx: &mut Tx) -> Result<Vec<(Period, AccountId, Money)>, StoreError> {
    let rows = fetch_all!(
        tx,
        (i64, Uuid, i64),
        "SELECT period, account_id, total FROM balances_at_close ORDER BY period, account_id"
    )?;
    rows.into_iter()
        .map(|(number, account, total)| {
            Ok((period("balances_at_close", number)?, AccountId::new(account), Money::from_minor(total)))
        })
        .collect()
}

/// Every account as (id, code).
pub async fn accounts(tx: &mut Tx) -> Result<Vec<(AccountId, String)>, StoreError> {
    let rows = fetch_all!(tx, (Uuid, String), "SELECT id, code FROM accounts ORDER BY code")?;
    Ok(rows.into_iter().map(|(id, code)| (AccountId::new(id), code)).collect())
}

/// Some accounts as (id, code).
pub async fn accounts_of(tx: &mut Tx, ids: &[AccountId]) -> Result<Vec<(AccountId, String)>, StoreError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows =
        fetch_listed!(tx, (Uuid, String), "SELECT id, code FROM accounts WHERE id IN ({list})", [], ids);
    Ok(rows.into_iter().map(|(id, code)| (AccountId::new(id), code)).collect())
}
