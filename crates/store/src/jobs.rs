//! `jobs`: what the background worker has to do. One row a kind and key; done is gone.

use domain::ids::JobId;
use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::{count, instant, micros};
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
    /// Grows when the job is asked for again; done is done only for the generation that was leased.
    pub generation: i64,
    /// How often it was begun.
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
    generation: i64,
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
            generation: row.generation,
            attempts: count(TABLE, row.attempts)?,
            run_at: instant(TABLE, row.run_at)?,
            is_dead: row.state == "dead",
            last_error: row.last_error,
            created_at: instant(TABLE, row.created_at)?,
        })
    }
}

/// Asks for jobs, each as (id, kind, key); the keys of one call differ. One that waits already is
/// asked for again: it runs once more even if it is running now.
pub async fn enqueue(
    tx: &mut Tx,
    jobs: &[(JobId, &'static str, String)],
    now: Timestamp,
) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "INSERT INTO jobs (id, kind, key, state, run_at, generation, attempts, leased_until, created_at) ",
        jobs,
        |row| (row.0.uuid(), row.1, row.2.clone(), "waiting", micros(now), 1i64, 0i64, 0i64, micros(now)),
        " ON CONFLICT (kind, key) DO UPDATE SET generation = jobs.generation + 1, state = 'waiting',
            run_at = excluded.run_at, attempts = 0, leased_until = 0"
    );
    Ok(())
}

/// Takes jobs that are due, for a time; nobody else takes them meanwhile.
pub async fn lease(tx: &mut Tx, now: Timestamp, until: Timestamp, most: i64) -> Result<Vec<Job>, StoreError> {
    let sql = "UPDATE jobs SET leased_until = $1, attempts = attempts + 1
        WHERE id IN (SELECT id FROM jobs WHERE state = 'waiting' AND run_at <= $2 AND leased_until <= $2
            ORDER BY run_at, id LIMIT $3)
        AND state = 'waiting' AND leased_until <= $2
        RETURNING id, kind, key, generation, attempts, run_at, state, last_error, created_at";
    let mut jobs = fetch_all!(tx, Row, sql, micros(until), micros(now), most)?
        .into_iter()
        .map(Job::try_from)
        .collect::<Result<Vec<_>, _>>()?;
    jobs.sort_by_key(|job| (job.run_at, job.id));
    Ok(jobs)
}

/// Lets jobs go that are done; one that was asked for again meanwhile stays.
pub async fn finish(tx: &mut Tx, jobs: &[&Job]) -> Result<(), StoreError> {
    let sql = "DELETE FROM jobs WHERE generation = $1 AND id IN ({list})";
    let mut generations: Vec<i64> = jobs.iter().map(|job| job.generation).collect();
    generations.sort_unstable();
    generations.dedup();
    for generation in generations {
        let ids: Vec<Uuid> =
            jobs.iter().filter(|job| job.generation == generation).map(|job| job.id.uuid()).collect();
        for chunk in ids.chunks(crate::sql::MOST_LISTED) {
            let chunk = crate::sql::padded(chunk);
            let text = crate::sql::listed(sql, 1, chunk.len());
            match &mut *tx {
                Tx::Sqlite(tx) => {
                    let query = sqlx::query::<sqlx::Sqlite>(text).bind(generation);
                    chunk.into_iter().fold(query, sqlx::query::Query::bind).execute(&mut **tx).await?;
                }
                Tx::Postgres(tx) => {
                    let query = sqlx::query::<sqlx::Postgres>(text).bind(generation);
                    chunk.into_iter().fold(query, sqlx::query::Query::bind).execute(&mut **tx).await?;
                }
            }
        }
    }
    Ok(())
}

/// Puts a job back that failed: to run again later, or dead.
pub async fn fail(
    tx: &mut Tx,
    job: &Job,
    error: &str,
    run_at: Timestamp,
    is_dead: bool,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE jobs SET state = $1, run_at = $2, leased_until = 0, last_error = $3 WHERE id = $4 AND generation = $5",
        if is_dead { "dead" } else { "waiting" },
        micros(run_at),
        error.to_owned(),
        job.id.uuid(),
        job.generation,
    )?;
    Ok(())
}

/// Lets a dead job run again. Gives whether there was one.
pub async fn revive(tx: &mut Tx, id: JobId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE jobs SET state = 'waiting', run_at = $1, leased_until = 0, attempts = 0 WHERE id = $2 AND state = 'dead'";
    Ok(execute!(tx, sql, micros(now), id.uuid())? == 1)
}

/// Every job there is.
pub async fn all(tx: &mut Tx) -> Result<Vec<Job>, StoreError> {
    let sql = "SELECT id, kind, key, generation, attempts, run_at, state, last_error, created_at FROM jobs ORDER BY run_at, id";
    fetch_all!(tx, Row, sql)?.into_iter().map(Job::try_from).collect()
}

/// How many wait, how many are dead, and since when the oldest waits.
pub async fn figures(tx: &mut Tx) -> Result<(i64, i64, Option<Timestamp>), StoreError> {
    let sql =
        "SELECT COUNT(CASE WHEN state = 'waiting' THEN 1 END), COUNT(CASE WHEN state = 'dead' THEN 1 END),
        MIN(CASE WHEN state = 'waiting' THEN created_at END) FROM jobs";
    let (waiting, dead, oldest): (i64, i64, Option<i64>) = fetch_one!(tx, (i64, i64, Option<i64>), sql)?;
    Ok((waiting, dead, oldest.map(|oldest| instant(TABLE, oldest)).transpose()?))
}
