//! What staff see of the outbox.

use domain::ids::ParcelId;
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::{Outcome, TABLE};
use crate::columns::{count, instant, optional_instant};
use crate::{StoreError, Tx};

/// Where a parcel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It waits for its time.
    Waiting,
    /// Somebody carries it now.
    Leased,
    /// It has arrived.
    Sent,
    /// It was given up and waits for a person.
    Dead,
}

impl State {
    const ALL: [(Self, &'static str); 4] =
        [(Self::Waiting, "waiting"), (Self::Leased, "leased"), (Self::Sent, "sent"), (Self::Dead, "dead")];

    /// The word stored.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, word)| word)
    }
}

/// A parcel without what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Identity.
    pub id: ParcelId,
    /// Who carries it.
    pub channel: String,
    /// To whom.
    pub destination: String,
    /// What it is about.
    pub topic: String,
    /// Where it is.
    pub state: State,
    /// When it goes next.
    pub run_at: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: u32,
    /// How the last attempt ended.
    pub outcome: Outcome,
    /// When it was pushed.
    pub created_at: Timestamp,
    /// When it arrived or was given up.
    pub done_at: Option<Timestamp>,
}

/// Which parcels are listed; what is `None` does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// In this state.
    pub state: Option<State>,
    /// By this channel, to this destination.
    pub to: Option<(&'static str, String)>,
    /// Only this one.
    pub id: Option<ParcelId>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    channel: String,
    destination: String,
    topic: String,
    state: String,
    run_at: Option<i64>,
    attempts: i64,
    status: Option<i64>,
    answer: Option<String>,
    last_error: Option<String>,
    created_at: i64,
    done_at: Option<i64>,
}

impl TryFrom<Row> for Shown {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let state = State::ALL.iter().find(|(_, word)| *word == row.state);
        let unknown = || StoreError::corrupt(TABLE, format!("{:?} is no state of a parcel", row.state));
        Ok(Self {
            id: ParcelId::new(row.id),
            channel: row.channel,
            destination: row.destination,
            topic: row.topic,
            state: state.ok_or_else(unknown)?.0,
            run_at: optional_instant(TABLE, row.run_at)?,
            attempts: count(TABLE, row.attempts)?,
            outcome: Outcome {
                status: row.status.map(|status| count(TABLE, status)).transpose()?,
                answer: row.answer,
                error: row.last_error,
            },
            created_at: instant(TABLE, row.created_at)?,
            done_at: optional_instant(TABLE, row.done_at)?,
        })
    }
}

/// Parcels, the latest pushed first.
pub async fn list(tx: &mut Tx, filter: &Filter, most: i64) -> Result<Vec<Shown>, StoreError> {
    let sql = "SELECT id, channel, destination, topic, state, run_at, attempts, status, answer, last_error,
            created_at, done_at
        FROM outbox
        WHERE ($1 = '' OR state = $1) AND ($2 = '' OR channel = $2) AND ($3 = '' OR destination = $3)
            AND ($4 OR id = $5)
        ORDER BY created_at DESC, id DESC LIMIT $6";
    let (channel, destination) = filter.to.clone().unwrap_or_default();
    let rows = fetch_all!(
        tx,
        Row,
        sql,
        filter.state.map_or("", State::as_str),
        channel,
        destination,
        filter.id.is_none(),
        filter.id.map_or_else(Uuid::nil, ParcelId::uuid),
        most,
    )?;
    rows.into_iter().map(Shown::try_from).collect()
}

/// How many wait or are on the way, how many are dead, and since when the oldest waits.
pub async fn figures(tx: &mut Tx) -> Result<(i64, i64, Option<Timestamp>), StoreError> {
    let sql = "SELECT COUNT(*), MIN(created_at) FROM outbox WHERE run_at IS NOT NULL";
    let (waiting, oldest) = fetch_one!(tx, (i64, Option<i64>), sql)?;
    let (dead,) = fetch_one!(tx, (i64,), "SELECT COUNT(*) FROM outbox WHERE state = 'dead'")?;
    Ok((waiting, dead, optional_instant(TABLE, oldest)?))
}
