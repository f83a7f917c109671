//! What can go wrong in the database, told apart by what the caller can do about it.

use std::path::PathBuf;

/// A statement failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another transaction was in the way; running the whole transaction again may succeed.
    #[error("the database was busy")]
    Busy(#[source] sqlx::Error),
    /// The database cannot be reached now.
    #[error("the database cannot be reached")]
    Unreachable(#[source] sqlx::Error),
    /// A unique key is taken: another transaction wrote the same fact first.
    #[error("the same fact is stored already")]
    Taken(#[source] sqlx::Error),
    /// A stored row does not make sense.
    #[error("table {table} holds a row that cannot be read: {problem}")]
    Corrupt {
        /// Of which table.
        table: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The URL names no database that is known here.
    #[error("{0:?} is not a database URL: use sqlite:///absolute/file.db or postgres://user@host/name")]
    Url(String),
    /// There is no such database file.
    #[error("there is no database {0}")]
    Missing(PathBuf),
    /// The migrations could not be run.
    #[error("the tables could not be brought up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// Anything else.
    #[error("the database refused a statement")]
    Database(#[source] sqlx::Error),
}

impl StoreError {
    /// Whether the same transaction may succeed when it is run again.
    pub const fn is_worth_retrying(&self) -> bool {
        matches!(self, Self::Busy(_) | Self::Taken(_))
    }

    /// Whether the database cannot be reached now or has too much to do; later it may do.
    pub const fn is_out_of_reach(&self) -> bool {
        matches!(self, Self::Busy(_) | Self::Unreachable(_))
    }

    pub(crate) fn corrupt(table: &'static str, problem: impl std::fmt::Display) -> Self {
        Self::Corrupt { table, problem: format!("{problem}") }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unreachable(error),
            sqlx::Error::Database(database) if database.is_unique_violation() => Self::Taken(error),
            sqlx::Error::Database(database) => match database.code().as_deref() {
                // SQLite: busy, locked, and their extended forms; PostgreSQL: serialization, deadlock.
                Some("5" | "6" | "261" | "262" | "517" | "40001" | "40P01" | "55P03") => Self::Busy(error),
                // PostgreSQL: shutting down, starting up, connection lost, too many connections.
                Some("57P01" | "57P02" | "57P03" | "08000" | "08003" | "08006" | "53300") => {
                    Self::Unreachable(error)
                }
                _ => Self::Database(error),
            },
            _ => Self::Database(error),
        }
    }
}
