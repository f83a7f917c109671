//! `sessions`: what browsers hold is known here by its hash only.

use domain::ids::{SessionId, UserId};
use domain::user::{Session, Stage};
use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::{instant, micros};
use crate::{StoreError, Tx};

const TABLE: &str = "sessions";

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    user_id: Uuid,
    stage: String,
    created_at: i64,
    last_seen_at: i64,
    authenticated_at: i64,
    agent: String,
    address: String,
}

impl TryFrom<Row> for Session {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let unknown = || StoreError::corrupt(TABLE, format!("{:?} is no stage of a session", row.stage));
        Ok(Self {
            id: SessionId::new(row.id),
            user: UserId::new(row.user_id),
            stage: Stage::parse(&row.stage).ok_or_else(unknown)?,
            created_at: instant(TABLE, row.created_at)?,
            last_seen_at: instant(TABLE, row.last_seen_at)?,
            authenticated_at: instant(TABLE, row.authenticated_at)?,
            agent: row.agent,
            address: row.address,
        })
    }
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, stage, created_at, last_seen_at, authenticated_at, agent, address FROM sessions ",
            $rest
        )
    };
}

/// Stores a new session under the hash of its secret.
pub async fn insert(tx: &mut Tx, session: &Session, hash: [u8; 32]) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO sessions (id, hash, user_id, stage, created_at, last_seen_at, authenticated_at, agent, address)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        session.id.uuid(),
        hash.to_vec(),
        session.user.uuid(),
        session.stage.as_str(),
        micros(session.created_at),
        micros(session.last_seen_at),
        micros(session.authenticated_at),
        session.agent.clone(),
        session.address.clone(),
    )?;
    Ok(())
}

/// The session of a secret, by its hash.
pub async fn by_hash(tx: &mut Tx, hash: [u8; 32]) -> Result<Option<Session>, StoreError> {
    fetch_optional!(tx, Row, columns!("WHERE hash = $1"), hash.to_vec())?.map(Session::try_from).transpose()
}

/// The sessions of a user, the last used first.
pub async fn of_user(tx: &mut Tx, user: UserId) -> Result<Vec<Session>, StoreError> {
    fetch_all!(tx, Row, columns!("WHERE user_id = $1 ORDER BY last_seen_at DESC, id"), user.uuid())?
        .into_iter()
        .map(Session::try_from)
        .collect()
}

/// Stores that a session was used.
pub async fn touch(tx: &mut Tx, id: SessionId, now: Timestamp) -> Result<(), StoreError> {
    execute!(tx, "UPDATE sessions SET last_seen_at = $1 WHERE id = $2", micros(now), id.uuid())?;
    Ok(())
}

/// Stores that every factor was given again.
pub async fn authenticated(tx: &mut Tx, id: SessionId, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE sessions SET authenticated_at = $1, last_seen_at = $1 WHERE id = $2",
        micros(now),
        id.uuid(),
    )?;
    Ok(())
}

/// Ends a session of a user; gives whether it was there.
pub async fn end(tx: &mut Tx, user: UserId, id: SessionId) -> Result<bool, StoreError> {
    let touched =
        execute!(tx, "DELETE FROM sessions WHERE id = $1 AND user_id = $2", id.uuid(), user.uuid())?;
    Ok(touched == 1)
}

/// Ends every session of a user but one; gives how many.
pub async fn end_all(tx: &mut Tx, user: UserId, but: Option<SessionId>) -> Result<u64, StoreError> {
    // No session has the id of zeros.
    let but = but.map_or_else(Uuid::nil, SessionId::uuid);
    execute!(tx, "DELETE FROM sessions WHERE user_id = $1 AND id <> $2", user.uuid(), but)
}

/// Forgets sessions that were not used since an instant.
pub async fn forget_before(tx: &mut Tx, instant: Timestamp) -> Result<u64, StoreError> {
    execute!(tx, "DELETE FROM sessions WHERE last_seen_at < $1", micros(instant))
}
