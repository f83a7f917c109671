//! What the database itself says about its health.

use std::collections::BTreeMap;

use sqlx::{Connection, SqliteConnection};

use crate::{StoreError, Tx};

/// The triggers that keep money and acts unchangeable, by name.
pub const TRIGGERS: [&str; 19] = [
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
    "period_runs_no_update",
    "period_runs_no_delete",
    "period_accruals_no_update",
    "period_accruals_no_delete",
    "period_cuts_no_update",
    "period_cuts_no_delete",
];

/// The names of the triggers that exist and are on.
pub async fn triggers(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    let sql = match tx {
        Tx::Sqlite(_) => "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        Tx::Postgres(_) => {
            "SELECT CAST(tgname AS TEXT) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D' AND tgqual IS NULL"
        }
    };
    Ok(fetch_all!(tx, (String,), sql)?.into_iter().map(|(name,)| name).collect())
}

/// What is structurally wrong: broken pages, rows that refer to nothing, tables, indexes and triggers
/// that are not as this program makes them. Empty when all is well.
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
            Ok(pages.chain(orphans).chain(changed_schema(tx).await?).collect())
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

/// What the file's tables, indexes and triggers say, by kind and name.
type Schema = BTreeMap<(String, String), String>;

/// Compares the file with one that the migrations make now.
async fn changed_schema(tx: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    let mut fresh = SqliteConnection::connect("sqlite::memory:").await?;
    sqlx::migrate!("migrations/sqlite").run(&mut fresh).await?;
    let (expected, found) = (schema(&mut fresh).await?, schema(tx).await?);
    fresh.close().await?;
    let changed = expected.iter().filter(|(key, sql)| found.get(key) != Some(sql));
    let changed = changed.map(|((kind, name), _)| format!("{kind} {name} is not as the program makes it"));
    let strange = found.keys().filter(|key| key.0 == "trigger" && !expected.contains_key(key));
    let strange = strange.map(|(_, name)| format!("trigger {name} is none of the program's"));
    Ok(changed.chain(strange).collect())
}

async fn schema(connection: &mut SqliteConnection) -> Result<Schema, StoreError> {
    let sql = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL";
    let rows: Vec<(String, String, String)> = sqlx::query_as(sql).fetch_all(connection).await?;
    Ok(rows.into_iter().map(|(kind, name, sql)| ((kind, name), sql)).collect())
}

/// Whether the database answers.
pub async fn ping(tx: &mut Tx) -> Result<(), StoreError> {
    let _: (i64,) = fetch_one!(tx, (i64,), "SELECT CAST(1 AS BIGINT)")?;
    Ok(())
}
