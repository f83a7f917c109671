//! `jobs`: what the background worker has to do. One row a kind and key; done is gone.
//!
//! A job is taken, done and let go in one transaction. Who dies over it gives it back at once, and
//! asking for a job that is being done waits for that transaction and then asks anew.

use domain::ids::JobId;
use domain::page::{Key, Page, Place, Window};
use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::{count, instant, micros};
use crate::select::Select;
use crate::{StoreError, Tx};

const TABLE: &str = "jobs";

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Identity.
    pub id: JobId,
    /// What.
    pub kind: String,
    /// To which thing.
    pub key: String,
    /// How often it failed.
    pub attempts: u32,
    /// Not before then.
    pub run_at: Timestamp,
    /// Whether it failed too often and waits for a person.
    pub is_dead: bool,
    /// Why it failed last.
    pub last_error: Option<String>,
    /// When it was first asked for.
    pub created_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    kind: String,
    key: String,
    attempts: i64,
    run_at: i64,
    state: String,
    last_error: Option<String>,
    created_at: i64,
}

impl TryFrom<Row> for Job {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: JobId::new(row.id),
            kind: row.kind,
            key: row.key,
            attempts: count(TABLE, row.attempts)?,
            run_at: instant(TABLE, row.run_at)?,
            is_dead: row.state == "dead",
            last_error: row.last_error,
            created_at: instant(TABLE, row.created_at)?,
        })
    }
}

/// Asks for jobs, each as (id, kind, key); the keys of one call differ. One that waits already, or is
/// dead, is due at once.
pub async fn enqueue(
    tx: &mut Tx,
    jobs: &[(JobId, &'static str, String)],
    now: Timestamp,
) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "INSERT INTO jobs (id, kind, key, state, run_at, attempts, created_at) ",
        jobs,
        |row| (row.0.uuid(), row.1, row.2.clone(), "waiting", micros(now), 0i64, micros(now)),
        " ON CONFLICT (kind, key) DO UPDATE SET state = 'waiting', run_at = excluded.run_at, attempts = 0"
    );
    Ok(())
}

/// The jobs of a kind that are due, the longest due first.
pub async fn due(tx: &mut Tx, kind: &str, now: Timestamp, most: i64) -> Result<Vec<JobId>, StoreError> {
    let sql = "SELECT id FROM jobs WHERE kind = $1 AND state = 'waiting' AND run_at <= $2
        ORDER BY run_at, id LIMIT $3";
    let rows = fetch_all!(tx, (Uuid,), sql, kind.to_owned(), micros(now), most)?;
    Ok(rows.into_iter().map(|(id,)| JobId::new(id)).collect())
}

/// Takes those of the jobs that are still due, for the length of this transaction. One that another
/// transaction has is left to it.
pub async fn take(tx: &mut Tx, ids: &[JobId], now: Timestamp) -> Result<Vec<Job>, StoreError> {
    let unlocked = "SELECT id, kind, key, attempts, run_at, state, last_error, created_at FROM jobs
        WHERE state = 'waiting' AND run_at <= $1 AND id IN ({list}) ORDER BY run_at, id";
    let sql = match tx {
        Tx::Sqlite(_) => unlocked.to_owned(),
        Tx::Postgres(_) => format!("{unlocked} FOR UPDATE SKIP LOCKED"),
    };
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    fetch_listed!(tx, Row, &sql, [micros(now)], ids).into_iter().map(Job::try_from).collect()
}

/// Lets taken jobs go: they are done.
pub async fn finish(tx: &mut Tx, jobs: &[&Job]) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = jobs.iter().map(|job| job.id.uuid()).collect();
    execute_listed!(tx, "DELETE FROM jobs WHERE id IN ({list})", ids);
    Ok(())
}

/// Puts a taken job back that failed: to run again later, or dead.
pub async fn fail(
    tx: &mut Tx,
    job: &Job,
    error: &str,
    run_at: Timestamp,
    is_dead: bool,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE jobs SET state = $1, run_at = $2, attempts = attempts + 1, last_error = $3 WHERE id = $4",
        if is_dead { "dead" } else { "waiting" },
        micros(run_at),
        error.to_owned(),
        job.id.uuid(),
    )?;
    Ok(())
}

/// Lets a dead job run again. Gives whether there was one.
pub async fn revive(tx: &mut Tx, id: JobId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE jobs SET state = 'waiting', run_at = $1, attempts = 0 WHERE id = $2 AND state = 'dead'";
    Ok(execute!(tx, sql, micros(now), id.uuid())? == 1)
}

/// Every job there is.
pub async fn all(tx: &mut Tx) -> Result<Vec<Job>, StoreError> {
    let sql =
        "SELECT id, kind, key, attempts, run_at, state, last_error, created_at FROM jobs ORDER BY run_at, id";
    fetch_all!(tx, Row, sql)?.into_iter().map(Job::try_from).collect()
}

/// Which jobs are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Only those that are dead, or only those that wait.
    pub is_dead: Option<bool>,
    /// Only those of this kind.
    pub kind: Option<String>,
}

/// A page of jobs, by when they are due.
pub async fn list(tx: &mut Tx, wanted: &Wanted, window: &Window) -> Result<Page<Job>, StoreError> {
    let head = "SELECT id, kind, key, attempts, run_at, state, last_error, created_at FROM jobs";
    let mut select = Select::new(tx, head);
    if let Some(is_dead) = wanted.is_dead {
        select.and("state = ?", [if is_dead { "dead" } else { "waiting" }.into()]);
    }
    if let Some(kind) = &wanted.kind {
        select.and("kind = ?", [kind.as_str().into()]);
    }
    let select = select.within(window, "run_at", "id");
    let jobs =
        fetch_select!(tx, Row, select).into_iter().map(Job::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(window.page(jobs, |job| Place { key: Key::Number(micros(job.run_at)), id: job.id.uuid() }))
}

/// How many wait, how many are dead, and since when the oldest waits.
pub async fn figures(tx: &mut Tx) -> Result<(i64, i64, Option<Timestamp>), StoreError> {
    let sql =
        "SELECT COUNT(CASE WHEN state = 'waiting' THEN 1 END), COUNT(CASE WHEN state = 'dead' THEN 1 END),
        MIN(CASE WHEN state = 'waiting' THEN created_at END) FROM jobs";
    let (waiting, dead, oldest): (i64, i64, Option<i64>) = fetch_one!(tx, (i64, i64, Option<i64>), sql)?;
    Ok((waiting, dead, oldest.map(|oldest| instant(TABLE, oldest)).transpose()?))
}
