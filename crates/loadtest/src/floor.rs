//! The floor: the rows that the program wrote, written once more into an empty database by sqlx alone,
//! with the same durability and in as many transactions.
//!
//! What the floor leaves out is what the program does beside writing: HTTP, signatures, reading the
//! facts, the plan, leasing jobs.

mod copy;
mod layers;

use std::str::FromStr;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::database::{Database, Kind, Pool};
use copy::{Group, Rows};
use layers::Layer;

/// Rows to be written, in groups that share a transaction.
#[derive(Debug)]
pub struct Floor {
    groups: Vec<Group>,
    counts: (usize, usize),
    rows: usize,
}

impl Floor {
    /// What webhooks and their accruals wrote.
    pub async fn of_load(database: &Database) -> anyhow::Result<Self> {
        Self::read(database, layers::INTAKE, layers::ACCRUALS).await
    }

    /// What an import wrote.
    pub async fn of_import(database: &Database) -> anyhow::Result<Self> {
        Self::read(database, layers::PEOPLE, layers::HISTORY).await
    }

    async fn read(database: &Database, first: &[Layer], second: &[Layer]) -> anyhow::Result<Self> {
        let pool = database.open().await?;
        let first = copy::groups(&pool, first).await?;
        let second = copy::groups(&pool, second).await?;
        pool.close().await;
        let counts = (first.len(), second.len());
        // By time, as they were written; of one instant the facts before what follows from them.
        let mut timed: Vec<(i64, u8, Group)> = first.into_iter().map(|(at, group)| (at, 0, group)).collect();
        timed.extend(second.into_iter().map(|(at, group)| (at, 1, group)));
        timed.sort_by_key(|(at, layer, _)| (*at, *layer));
        let groups: Vec<Group> = timed.into_iter().map(|(_, _, group)| group).collect();
        let rows = groups.iter().flatten().map(Rows::len).sum();
        Ok(Self { groups, counts, rows })
    }

    /// How many rows there are.
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// How many transactions there are, of the first and of the second kind.
    pub const fn groups(&self) -> (usize, usize) {
        self.counts
    }

    /// Writes everything. Gives how long that took.
    pub async fn write(self, database: &Database) -> anyhow::Result<Duration> {
        let pool = database.open().await?;
        let begun = Instant::now();
        for group in self.groups {
            copy::write(&pool, group).await?;
        }
        let took = begun.elapsed();
        pool.close().await;
        Ok(took)
    }
}

/// Opens a database as the program does: WAL, synchronous FULL, foreign keys. One connection is enough.
pub async fn open(kind: Kind, url: &str) -> anyhow::Result<Pool> {
    match kind {
        Kind::Sqlite => {
            let options = SqliteConnectOptions::from_str(url)?
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(10))
                .statement_cache_capacity(512)
                .pragma("cache_size", "-65536");
            Ok(Pool::Sqlite(SqlitePoolOptions::new().max_connections(1).connect_with(options).await?))
        }
        Kind::Postgres => {
            let options = PgConnectOptions::from_str(url)?.statement_cache_capacity(512);
            Ok(Pool::Postgres(PgPoolOptions::new().max_connections(1).connect_with(options).await?))
        }
    }
}

/// Asks for one number.
pub async fn count(pool: &Pool, sql: &'static str) -> anyhow::Result<i64> {
    Ok(match pool {
        Pool::Sqlite(pool) => sqlx::query_scalar(sql).fetch_one(pool).await?,
        Pool::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await?,
    })
}

/// Runs one statement.
pub async fn execute(pool: &Pool, sql: &'static str) -> anyhow::Result<()> {
    match pool {
        Pool::Sqlite(pool) => sqlx::query(sql).execute(pool).await.map(drop)?,
        Pool::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(drop)?,
    }
    Ok(())
}

impl Pool {
    /// Closes it.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}
