//! What the database itself says about its health.

use crate::{StoreError, Tx};

/// The triggers that keep money and acts unchangeable, by name.
pub const TRIGGERS: [&str; 13] = [
    "transfers_no_update",
    "transfers_no_delete",
    "transfers_period_open",
    "accruals_no_update",
    "accruals_no_delete",
    "accrual_runs_no_update",
    "accrual_runs_no_delete",
    "audit_no_update",
    "audit_no_delete",
    "periods_no_update",
    "periods_no_delete",
    "balances_at_close_no_update",
    "balances_at_close_no_delete",
];

/// The names of the triggers that exist and are on.
pub async fn triggers(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    let sql = match tx {
        Tx::Sqlite(_) => "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        Tx::Postgres(_) => {
            "SELECT CAST(tgname AS TEXT) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        }
    };
    Ok(fetch_all!(tx, (String,), sql)?.into_iter().map(|(name,)| name).collect())
}

/// What is structurally wrong: broken pages, rows that refer to nothing. Empty when all is well.
pub async fn structure(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    match tx {
        Tx::Sqlite(tx) => {
            let pages: Vec<(String,)> =
                sqlx::query_as("PRAGMA integrity_check(20)").fetch_all(&mut **tx).await?;
            let orphans: Vec<(String, String)> =
                sqlx::query_as("SELECT \"table\", parent FROM pragma_foreign_key_check LIMIT 20")
                    .fetch_all(&mut **tx)
                    .await?;
            let pages = pages.into_iter().map(|(line,)| line).filter(|line| line != "ok");
            let orphans = orphans
                .into_iter()
                .map(|(table, parent)| format!("a row of {table} refers to no row of {parent}"));
            Ok(pages.chain(orphans).collect())
        }
        // The server checks its own pages; a constraint that is off would let orphans in.
        Tx::Postgres(tx) => {
            let off: Vec<(String,)> = sqlx::query_as(
                "SELECT CAST(conname AS TEXT) FROM pg_constraint WHERE contype = 'f' AND NOT convalidated",
            )
            .fetch_all(&mut **tx)
            .await?;
            Ok(off.into_iter().map(|(name,)| format!("constraint {name} is not enforced")).collect())
        }
    }
}

/// Whether the database answers.
pub async fn ping(tx: &mut Tx) -> Result<(), StoreError> {
    let _: (i64,) = fetch_one!(tx, (i64,), "SELECT CAST(1 AS BIGINT)")?;
    Ok(())
}
