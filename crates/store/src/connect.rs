//! Connections and transactions of either database.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, PgPool, Postgres, Sqlite, SqlitePool, Transaction};

use crate::error::StoreError;

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// One file, one writer.
    Sqlite,
    /// A server.
    Postgres,
}

/// An open database.
#[derive(Debug, Clone)]
pub enum Store {
    /// One connection writes, several read.
    Sqlite {
        /// Every change goes through this one connection.
        write: SqlitePool,
        /// Reads see the last committed state and never wait for the writer.
        read: SqlitePool,
    },
    /// A pool of connections for everything.
    Postgres(PgPool),
}

/// An open transaction; undone when dropped without [`Tx::commit`].
#[derive(Debug)]
pub enum Tx {
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

const READERS: u32 = 4;
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);
/// The log of changes is copied into the file when it has so many pages (32 MB), not at every 4 MB:
/// pages that change often are then copied less often.
const CHECKPOINT_PAGES: &str = "8000";
/// Statements differ by the number of rows they write, so more of them are kept than by default.
const STATEMENTS: usize = 512;

impl Store {
    /// Opens the database of a URL, `sqlite:///absolute/file.db` or `postgres://…`, and makes the file
    /// of a SQLite database that does not exist yet.
    ///
    /// # Errors
    /// [`StoreError::Url`], or what the database says.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        Self::connect_or(url, true).await
    }

    /// Opens the database of a URL that must exist: a file that has gone is never replaced by an empty
    /// ledger in silence.
    ///
    /// # Errors
    /// [`StoreError::Url`], or what the database says.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Self::connect_or(url, false).await
    }

    async fn connect_or(url: &str, create: bool) -> Result<Self, StoreError> {
        if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url).map_err(|_| StoreError::Url(url.to_owned()))?;
            let file = options.get_filename();
            if !create && !file.exists() {
                return Err(StoreError::Missing(file.to_owned()));
            }
            return Self::connect_sqlite(options.create_if_missing(create)).await;
        }
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            // The URL may hold a password, so it is not repeated.
            let options =
                PgConnectOptions::from_str(url).map_err(|_| StoreError::Url("postgres://…".to_owned()))?;
            let pool = PgPoolOptions::new()
                .max_connections(16)
                .acquire_timeout(ACQUIRE_TIMEOUT)
                .connect_with(options.statement_cache_capacity(STATEMENTS).disable_statement_logging())
                .await?;
            return Ok(Self::Postgres(pool));
        }
        Err(StoreError::Url(url.split("://").next().unwrap_or_default().to_owned()))
    }

    async fn connect_sqlite(options: SqliteConnectOptions) -> Result<Self, StoreError> {
        let options = options
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY_TIMEOUT)
            .statement_cache_capacity(STATEMENTS)
            .disable_statement_logging()
            .row_buffer_size(512)
            .pragma("cache_size", "-65536")
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
            .pragma("temp_store", "memory");
        let pool = |connections| {
            SqlitePoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT)
        };
        let write = pool(1).connect_with(options.clone()).await?;
        let read = pool(READERS).connect_with(options.pragma("query_only", "on")).await?;
        Ok(Self::Sqlite { write, read })
    }

    /// Which database it is.
    pub const fn backend(&self) -> Backend {
        match self {
            Self::Sqlite { .. } => Backend::Sqlite,
            Self::Postgres(_) => Backend::Postgres,
        }
    }

    /// Begins a transaction that writes.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        match self {
            Self::Sqlite { write, .. } => Ok(Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?)),
            Self::Postgres(pool) => Ok(Tx::Postgres(pool.begin().await?)),
        }
    }

    /// Begins a transaction that only reads, and sees one state throughout.
    pub async fn begin_read(&self) -> Result<Tx, StoreError> {
        match self {
            Self::Sqlite { read, .. } => Ok(Tx::Sqlite(read.begin().await?)),
            Self::Postgres(pool) => {
                Ok(Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?))
            }
        }
    }

    /// Brings the tables up to date. Running it again changes nothing.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite { write, .. } => sqlx::migrate!("migrations/sqlite").run(write).await?,
            Self::Postgres(pool) => sqlx::migrate!("migrations/postgres").run(pool).await?,
        }
        Ok(())
    }

    /// Whether the tables of this program are there, of whatever version.
    pub async fn is_ours(&self) -> Result<bool, StoreError> {
        Ok(!self.applied_migrations().await?.is_empty())
    }

    /// How many migrations of this program the database has not seen yet. All of them, if it is empty.
    pub async fn pending_migrations(&self) -> Result<usize, StoreError> {
        let known = match self {
            Self::Sqlite { .. } => sqlx::migrate!("migrations/sqlite"),
            Self::Postgres(_) => sqlx::migrate!("migrations/postgres"),
        };
        let applied = self.applied_migrations().await?;
        Ok(known.iter().filter(|migration| !applied.contains(&(migration.version,))).count())
    }

    async fn applied_migrations(&self) -> Result<Vec<(i64,)>, StoreError> {
        let sql = "SELECT version FROM _sqlx_migrations WHERE success";
        let applied = match self {
            Self::Sqlite { read, .. } => sqlx::query_as(sql).fetch_all(read).await,
            Self::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await,
        };
        match applied {
            // The table of migrations itself is not there yet.
            Err(sqlx::Error::Database(error)) if error.message().contains("_sqlx_migrations") => {
                Ok(Vec::new())
            }
            applied => Ok(applied?),
        }
    }

    /// Writes a consistent copy of a SQLite database to a new file, while it is in use.
    ///
    /// # Errors
    /// [`StoreError::Url`] on PostgreSQL, which has tools of its own for this.
    pub async fn backup(&self, file: &Path) -> Result<(), StoreError> {
        let Self::Sqlite { read, .. } = self else {
            return Err(StoreError::Url("postgres".to_owned()));
        };
        // Readers may not write, not even another file, so one leaves the pool for this.
        let mut connection = read.acquire().await?.detach();
        sqlx::query("PRAGMA query_only = off").execute(&mut connection).await?;
        let path = file.to_string_lossy().into_owned();
        sqlx::query("VACUUM INTO $1").bind(path).execute(&mut connection).await?;
        Ok(connection.close().await?)
    }

    /// Counts what the tables hold, so that PostgreSQL finds its way through many new rows before it
    /// counts by itself. Empty tables are left out: one that is known to be empty is read whole, also
    /// when it has filled. SQLite finds its way by the indexes alone.
    pub async fn analyze(&self) -> Result<(), StoreError> {
        let Self::Postgres(pool) = self else {
            return Ok(());
        };
        let sql = "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r'
            AND relnamespace = current_schema()::regnamespace AND pg_relation_size(oid) > 0";
        for (table,) in sqlx::query_as::<_, (String,)>(sql).fetch_all(pool).await? {
            sqlx::query(sqlx::AssertSqlSafe(format!("ANALYZE {table}"))).execute(pool).await?;
        }
        Ok(())
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Makes everything in the transaction permanent.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}
