//! Databases of our own: made for a run, gone after it.

use std::fmt;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::ValueEnum;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool, SqlitePool};
use tempfile::TempDir;

/// The variable that names a server; `scripts/with-postgres` sets it.
pub const POSTGRES_URL: &str = "NANOREM_TEST_POSTGRES";

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Choice {
    /// A file.
    Sqlite,
    /// The server of `NANOREM_TEST_POSTGRES`.
    Postgres,
    /// One after the other.
    Both,
}

impl Choice {
    /// The kinds chosen.
    pub const fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Sqlite => &[Kind::Sqlite],
            Self::Postgres => &[Kind::Postgres],
            Self::Both => &[Kind::Sqlite, Kind::Postgres],
        }
    }
}

/// One kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// A database and a folder for everything else of a run.
#[derive(Debug)]
pub struct Database {
    /// Which.
    pub kind: Kind,
    /// For the program.
    pub url: String,
    /// Where its files may lie.
    pub folder: PathBuf,
    /// Removes the folder when dropped.
    home: TempDir,
    server: Option<(String, String)>,
}

/// An open database, to look into it or to write to it directly.
#[derive(Debug, Clone)]
pub enum Pool {
    /// A file.
    Sqlite(SqlitePool),
    /// A server.
    Postgres(PgPool),
}

impl Database {
    /// Makes an empty one.
    pub async fn create(kind: Kind) -> anyhow::Result<Self> {
        let home = tempfile::Builder::new().prefix("nanorem-load").tempdir()?;
        let folder = home.path().to_owned();
        if kind == Kind::Sqlite {
            let url = format!("sqlite://{}", folder.join("company.db").display());
            return Ok(Self { kind, url, folder, home, server: None });
        }
        Self::in_postgres(home, "").await
    }

    /// Makes a copy of one that nobody has open.
    pub async fn copy(&self) -> anyhow::Result<Self> {
        let home = tempfile::Builder::new().prefix("nanorem-load").tempdir()?;
        let Some((_, name)) = &self.server else {
            let folder = home.path().to_owned();
            for file in ["company.db", "company.db-wal"] {
                if self.folder.join(file).exists() {
                    std::fs::copy(self.folder.join(file), folder.join(file))?;
                }
            }
            let url = format!("sqlite://{}", folder.join("company.db").display());
            return Ok(Self { kind: Kind::Sqlite, url, folder, home, server: None });
        };
        Self::in_postgres(home, &format!(" TEMPLATE {name}")).await
    }

    /// The temporary folder's random name is the database's too.
    async fn in_postgres(home: TempDir, template: &str) -> anyhow::Result<Self> {
        let server = std::env::var(POSTGRES_URL)
            .with_context(|| format!("{POSTGRES_URL} names no server: run under scripts/with-postgres"))?;
        let random =
            home.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let letters = random.chars().filter(char::is_ascii_alphanumeric);
        let name: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
        let name = format!("{name}_{}", std::process::id());
        execute(&server, format!("CREATE DATABASE {name}{template}")).await?;
        let Some((base, _)) = server.rsplit_once('/') else { bail!("{POSTGRES_URL} names no database") };
        let url = format!("{base}/{name}");
        let folder = home.path().to_owned();
        Ok(Self { kind: Kind::Postgres, url, folder, home, server: Some((server, name)) })
    }

    /// Opens it for one connection.
    pub async fn open(&self) -> anyhow::Result<Pool> {
        crate::floor::open(self.kind, &self.url).await
    }

    /// Removes it with its folder.
    pub async fn remove(self) -> anyhow::Result<()> {
        if let Some((server, name)) = &self.server {
            execute(server, format!("DROP DATABASE {name} WITH (FORCE)")).await?;
        }
        Ok(self.home.close()?)
    }

    /// Leaves everything where it is, for a person to look into. Gives the folder.
    pub fn keep(self) -> PathBuf {
        self.home.keep()
    }
}

async fn execute(server: &str, sql: String) -> anyhow::Result<()> {
    let mut connection =
        PgConnection::connect(server).await.context("the PostgreSQL server does not answer")?;
    sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}
