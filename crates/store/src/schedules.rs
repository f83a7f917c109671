//! `schedules`: named work that comes round. Whoever holds the lease does it; a lease that ran out was
//! left by one who died.

use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::{count, instant, micros, optional_instant};
use crate::{StoreError, Tx};

const TABLE: &str = "schedules";

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// As it should.
    Done,
    /// A person has to look.
    Held,
    /// It could not be done.
    Failed,
}

const OUTCOMES: [(Outcome, &str); 3] =
    [(Outcome::Done, "done"), (Outcome::Held, "held"), (Outcome::Failed, "failed")];

/// Work that comes round, and how it went last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Its name.
    pub name: String,
    /// When it comes round, as a cron expression.
    pub cron: String,
    /// Not before then.
    pub next_run_at: Timestamp,
    /// Until when somebody is at it.
    pub lease_until: Option<Timestamp>,
    /// When it was begun last.
    pub started_at: Option<Timestamp>,
    /// When it ended last.
    pub ended_at: Option<Timestamp>,
    /// How it ended last.
    pub outcome: Option<Outcome>,
    /// What it said of itself then.
    pub told: Option<String>,
    /// How often it failed, one time after the other.
    pub failures: u32,
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    cron: String,
    next_run_at: i64,
    lease_until: Option<i64>,
    started_at: Option<i64>,
    ended_at: Option<i64>,
    outcome: Option<String>,
    told: Option<String>,
    failures: i64,
}

impl TryFrom<Row> for Schedule {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let outcome = |word: String| {
            let found = OUTCOMES.iter().find(|(_, known)| *known == word).map(|(outcome, _)| *outcome);
            found.ok_or_else(|| StoreError::corrupt(TABLE, format!("{word:?} is no outcome")))
        };
        Ok(Self {
            name: row.name,
            cron: row.cron,
            next_run_at: instant(TABLE, row.next_run_at)?,
            lease_until: optional_instant(TABLE, row.lease_until)?,
            started_at: optional_instant(TABLE, row.started_at)?,
            ended_at: optional_instant(TABLE, row.ended_at)?,
            outcome: row.outcome.map(outcome).transpose()?,
            told: row.told,
            failures: count(TABLE, row.failures)?,
        })
    }
}

/// Notes that work comes round. If it is known with the same expression nothing changes.
pub async fn put(tx: &mut Tx, name: &str, cron: &str, next_run_at: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO schedules (name, cron, next_run_at, failures) VALUES ($1, $2, $3, 0)
            ON CONFLICT (name) DO UPDATE SET cron = excluded.cron, next_run_at = excluded.next_run_at
            WHERE schedules.cron <> excluded.cron",
        name.to_owned(),
        cron.to_owned(),
        micros(next_run_at),
    )?;
    Ok(())
}

/// Lets work come round at an instant, if it would come later.
pub async fn hurry(tx: &mut Tx, name: &str, at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE schedules SET next_run_at = $1 WHERE name = $2 AND next_run_at > $1";
    execute!(tx, sql, micros(at), name.to_owned())?;
    Ok(())
}

/// Takes work that is due and that nobody is at. Gives whether it was taken.
pub async fn take(
    tx: &mut Tx,
    name: &str,
    holder: Uuid,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE schedules SET holder = $1, lease_until = $2, started_at = $3
        WHERE name = $4 AND next_run_at <= $3 AND (lease_until IS NULL OR lease_until <= $3)";
    let name = name.to_owned();
    Ok(execute!(tx, sql, holder, micros(until), micros(now), name)? == 1)
}

/// How a run ended, to be noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// When.
    pub at: Timestamp,
    /// How.
    pub outcome: Outcome,
    /// What it says of itself.
    pub told: String,
    /// When it comes round again.
    pub next_run_at: Timestamp,
}

/// Lets taken work go: it was done, well or not. Gives whether it was still this holder's.
pub async fn finish(tx: &mut Tx, name: &str, holder: Uuid, ended: &Ended) -> Result<bool, StoreError> {
    let word = OUTCOMES.iter().find(|(outcome, _)| *outcome == ended.outcome).map_or("", |(_, word)| word);
    let sql =
        "UPDATE schedules SET holder = NULL, lease_until = NULL, ended_at = $1, outcome = $2, told = $3,
            next_run_at = $4, failures = CASE WHEN $2 = 'failed' THEN failures + 1 ELSE 0 END
        WHERE name = $5 AND holder = $6";
    let (at, next) = (micros(ended.at), micros(ended.next_run_at));
    Ok(execute!(tx, sql, at, word, ended.told.clone(), next, name.to_owned(), holder)? == 1)
}

/// Lets taken work go that was not done: it is due as before. Gives whether it was still this holder's.
pub async fn release(tx: &mut Tx, name: &str, holder: Uuid) -> Result<bool, StoreError> {
    let sql = "UPDATE schedules SET holder = NULL, lease_until = NULL WHERE name = $1 AND holder = $2";
    Ok(execute!(tx, sql, name.to_owned(), holder)? == 1)
}

/// Work by its name, if it is known.
pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<Schedule>, StoreError> {
    let sql = "SELECT name, cron, next_run_at, lease_until, started_at, ended_at, outcome, told, failures
        FROM schedules WHERE name = $1";
    fetch_optional!(tx, Row, sql, name.to_owned())?.map(Schedule::try_from).transpose()
}

/// All work that comes round.
pub async fn all(tx: &mut Tx) -> Result<Vec<Schedule>, StoreError> {
    let sql = "SELECT name, cron, next_run_at, lease_until, started_at, ended_at, outcome, told, failures
        FROM schedules ORDER BY name";
    fetch_all!(tx, Row, sql)?.into_iter().map(Schedule::try_from).collect()
}
