//! `periods`: the closed ones; a period without a row is open.

use domain::period::Period;
use jiff::Timestamp;

use crate::columns::{digest, instant, micros, period, period_number};
use crate::{StoreError, Tx};

/// A closed period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// Which.
    pub period: Period,
    /// When it was closed.
    pub closed_at: Timestamp,
    /// By whom.
    pub closed_by: String,
    /// How many transfers it holds.
    pub transfers: i64,
    /// The digest of the ledger up to its end.
    pub digest: [u8; 32],
}

type Row = (i64, i64, String, i64, Vec<u8>);

fn closed(row: Row) -> Result<Closed, StoreError> {
    const TABLE: &str = "periods";
    let (number, closed_at, closed_by, transfers, bytes) = row;
    Ok(Closed {
        period: period(TABLE, number)?,
        closed_at: instant(TABLE, closed_at)?,
        closed_by,
        transfers,
        digest: digest(TABLE, bytes)?,
    })
}

/// The last closed period.
pub async fn last_closed(tx: &mut Tx) -> Result<Option<Closed>, StoreError> {
    let sql =
        "SELECT period, closed_at, closed_by, transfers, digest FROM periods ORDER BY period DESC LIMIT 1";
    fetch_optional!(tx, Row, sql)?.map(closed).transpose()
}

/// Every closed period, in order.
pub async fn all(tx: &mut Tx) -> Result<Vec<Closed>, StoreError> {
    let sql = "SELECT period, closed_at, closed_by, transfers, digest FROM periods ORDER BY period";
    fetch_all!(tx, Row, sql)?.into_iter().map(closed).collect()
}

/// Closes a period.
pub async fn insert(tx: &mut Tx, closed: &Closed) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO periods (period, closed_at, closed_by, transfers, digest) VALUES ($1, $2, $3, $4, $5)",
        period_number(closed.period),
        micros(closed.closed_at),
        closed.closed_by.clone(),
        closed.transfers,
        closed.digest.to_vec(),
    )?;
    Ok(())
}

/// The first period that has any transfer.
pub async fn first_used(tx: &mut Tx) -> Result<Option<Period>, StoreError> {
    let (number,): (Option<i64>,) = fetch_one!(tx, (Option<i64>,), "SELECT MIN(period) FROM transfers")?;
    number.map(|number| period("transfers", number)).transpose()
}
