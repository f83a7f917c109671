//! `outbox`: what is on its way out of the house. Pushed with the fact it tells of, carried later.
//!
//! A parcel is leased in a short transaction, carried with none open, and then marked. Who dies over it
//! leaves a lease that runs out, and the parcel is carried again. `attempts` counts the leases, so it also
//! says whose lease a mark is about.

mod view;

use domain::ids::ParcelId;
use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::{count, instant, micros};
use crate::{StoreError, Tx};

pub use view::{Filter, Shown, State, figures, list};

const TABLE: &str = "outbox";

/// Something to be carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fresh {
    /// Identity; it stays across attempts.
    pub id: ParcelId,
    /// Who carries it.
    pub channel: &'static str,
    /// To whom, in the channel's own words.
    pub destination: String,
    /// What it is about.
    pub topic: String,
    /// One parcel for each key, ever.
    pub dedupe_key: String,
    /// What is carried.
    pub payload: String,
}

/// A parcel in the hands of one who carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leased {
    /// Identity.
    pub id: ParcelId,
    /// Who carries it.
    pub channel: String,
    /// To whom.
    pub destination: String,
    /// What it is about.
    pub topic: String,
    /// What is carried.
    pub payload: String,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// When it was pushed.
    pub created_at: Timestamp,
}

/// How an attempt ended, for people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The status of the answer.
    pub status: Option<u16>,
    /// The beginning of the answer.
    pub answer: Option<String>,
    /// What went wrong.
    pub error: Option<String>,
}

/// Puts parcels out. One whose key is known stays as it is. Gives how many were new.
pub async fn push(tx: &mut Tx, parcels: &[Fresh], now: Timestamp) -> Result<u64, StoreError> {
    Ok(insert_all!(
        tx,
        "INSERT INTO outbox (id, channel, destination, topic, dedupe_key, payload, state, run_at, attempts, created_at) ",
        parcels,
        |row| (
            row.id.uuid(),
            row.channel,
            row.destination.clone(),
            row.topic.clone(),
            row.dedupe_key.clone(),
            row.payload.clone(),
            "waiting",
            micros(now),
            0i64,
            micros(now),
        ),
        " ON CONFLICT (dedupe_key) DO NOTHING"
    ))
}

/// The parcels of some channels that are due, the longest due first: each with channel and destination.
pub async fn due(
    tx: &mut Tx,
    channels: &[&'static str],
    now: Timestamp,
    most: i64,
) -> Result<Vec<(ParcelId, String, String)>, StoreError> {
    let sql = "SELECT id, channel, destination FROM outbox
        WHERE run_at <= $1 AND channel IN ({list}) ORDER BY run_at, id LIMIT $2";
    let rows = fetch_listed!(tx, (Uuid, String, String), sql, [micros(now), most], channels.to_vec());
    Ok(rows.into_iter().map(|(id, channel, to)| (ParcelId::new(id), channel, to)).collect())
}

type LeasedRow = (Uuid, String, String, String, String, i64, i64);

/// Leases those of the parcels that are still due. One that another leases meanwhile is left to him.
pub async fn lease(
    tx: &mut Tx,
    ids: &[ParcelId],
    now: Timestamp,
    until: Timestamp,
) -> Result<Vec<Leased>, StoreError> {
    let still_due = match tx {
        Tx::Sqlite(_) => "id IN ({list})",
        Tx::Postgres(_) => {
            "id IN (SELECT id FROM outbox WHERE id IN ({list}) AND run_at <= $2 FOR UPDATE SKIP LOCKED)"
        }
    };
    let sql = format!(
        "UPDATE outbox SET state = 'leased', run_at = $1, attempts = attempts + 1
        WHERE run_at <= $2 AND {still_due}
        RETURNING id, channel, destination, topic, payload, attempts, created_at"
    );
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows = fetch_listed!(tx, LeasedRow, &sql, [micros(until), micros(now)], ids);
    let leased = |(id, channel, destination, topic, payload, attempts, created_at)| {
        Ok(Leased {
            id: ParcelId::new(id),
            channel,
            destination,
            topic,
            payload,
            attempt: count(TABLE, attempts)?,
            created_at: instant(TABLE, created_at)?,
        })
    };
    rows.into_iter().map(leased).collect()
}

/// Marks a parcel as arrived, whoever has its lease by now: it has arrived.
pub async fn mark_sent(
    tx: &mut Tx,
    id: ParcelId,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE outbox SET state = 'sent', run_at = NULL, done_at = $1, status = $2, answer = $3,
        last_error = NULL WHERE id = $4 AND state <> 'sent'";
    execute!(tx, sql, micros(now), outcome.status.map(i64::from), outcome.answer.clone(), id.uuid())?;
    Ok(())
}

/// Puts a parcel back whose attempt failed: to go again at `run_at`, or dead without it. Nothing happens if
/// the lease of this attempt is no longer the last.
pub async fn mark_failed(
    tx: &mut Tx,
    id: ParcelId,
    attempt: u32,
    outcome: &Outcome,
    run_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE outbox SET state = $1, run_at = $2, done_at = $3, status = $4, answer = $5,
        last_error = $6 WHERE id = $7 AND attempts = $8 AND state = 'leased'";
    execute!(
        tx,
        sql,
        if run_at.is_some() { "waiting" } else { "dead" },
        run_at.map(micros),
        run_at.is_none().then(|| micros(now)),
        outcome.status.map(i64::from),
        outcome.answer.clone(),
        outcome.error.clone(),
        id.uuid(),
        i64::from(attempt),
    )?;
    Ok(())
}

/// Lets what is due to a destination wait until then: nobody is there. What waits for later anyway is not
/// touched.
pub async fn rest(
    tx: &mut Tx,
    channel: &str,
    destination: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE outbox SET run_at = $1
        WHERE channel = $2 AND destination = $3 AND state = 'waiting' AND run_at <= $4";
    execute!(tx, sql, micros(until), channel.to_owned(), destination.to_owned(), micros(now))?;
    Ok(())
}

/// Lets everything die that waits for a destination. What is on the way ends as it ends.
pub async fn give_up(
    tx: &mut Tx,
    channel: &str,
    destination: &str,
    why: &str,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let sql = "UPDATE outbox SET state = 'dead', run_at = NULL, done_at = $1, last_error = $2
        WHERE channel = $3 AND destination = $4 AND state = 'waiting'";
    execute!(tx, sql, micros(now), why.to_owned(), channel.to_owned(), destination.to_owned())
}

/// Lets a parcel that was sent or is dead go again, with its id. Gives whether there was one.
pub async fn resend(tx: &mut Tx, id: ParcelId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE outbox SET state = 'waiting', run_at = $1, done_at = NULL, attempts = 0
        WHERE id = $2 AND state IN ('sent', 'dead')";
    Ok(execute!(tx, sql, micros(now), id.uuid())? == 1)
}

/// Lets every dead parcel of a destination go again. Gives how many there were.
pub async fn resend_dead(
    tx: &mut Tx,
    channel: &str,
    destination: &str,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let sql = "UPDATE outbox SET state = 'waiting', run_at = $1, done_at = NULL, attempts = 0
        WHERE channel = $2 AND destination = $3 AND state = 'dead'";
    execute!(tx, sql, micros(now), channel.to_owned(), destination.to_owned())
}

/// Forgets what was sent before an instant. Gives how many there were.
pub async fn forget_sent(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    execute!(tx, "DELETE FROM outbox WHERE state = 'sent' AND done_at < $1", micros(before))
}
