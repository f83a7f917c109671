//! The counter of facts, which is also the gate between facts and money.
//!
//! Whoever posts money holds the counter shared; whoever adds a fact, closes a period or moves a
//! payout holds it alone. So no accrual is made while a fact that concerns it is being written, and
//! facts commit in the order of their numbers. SQLite has one writer, so there the gate is free.

use domain::ids::FactSeq;

use crate::{StoreError, Tx};

/// Passes the gate to post money; gives the last fact known.
pub async fn lock_shared(tx: &mut Tx) -> Result<FactSeq, StoreError> {
    let sql = match tx {
        Tx::Sqlite(_) => "SELECT seq FROM fact_clock",
        Tx::Postgres(_) => "SELECT seq FROM fact_clock FOR SHARE",
    };
    let (seq,): (i64,) = fetch_one!(tx, (i64,), sql)?;
    Ok(FactSeq(seq))
}

/// Passes the gate alone; gives the last fact known.
pub async fn lock(tx: &mut Tx) -> Result<FactSeq, StoreError> {
    let sql = match tx {
        Tx::Sqlite(_) => "SELECT seq FROM fact_clock",
        Tx::Postgres(_) => "SELECT seq FROM fact_clock FOR UPDATE",
    };
    let (seq,): (i64,) = fetch_one!(tx, (i64,), sql)?;
    Ok(FactSeq(seq))
}

/// Takes `count` numbers for new facts and gives the first; the gate is then held alone.
pub async fn take(tx: &mut Tx, count: i64) -> Result<FactSeq, StoreError> {
    let (last,): (i64,) =
        fetch_one!(tx, (i64,), "UPDATE fact_clock SET seq = seq + $1 WHERE id = 1 RETURNING seq", count)?;
    Ok(FactSeq(last - count + 1))
}

/// The last fact known, for one who only reads.
pub async fn last(tx: &mut Tx) -> Result<FactSeq, StoreError> {
    let (seq,): (i64,) = fetch_one!(tx, (i64,), "SELECT seq FROM fact_clock")?;
    Ok(FactSeq(seq))
}
