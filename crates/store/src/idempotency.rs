//! `idempotency_keys`: what was answered to a request that carried a key, so that the same request sent
//! again is answered the same and done once.

use domain::ids::UserId;
use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::{count, digest, instant, micros};
use crate::{StoreError, Tx};

const TABLE: &str = "idempotency_keys";

/// A request by its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyed {
    /// Who asks.
    pub user: UserId,
    /// His key.
    pub key: String,
    /// Method and path.
    pub route: String,
    /// SHA-256 of the body.
    pub body_hash: [u8; 32],
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The status.
    pub status: u16,
    /// The headers that belong to the answer, as JSON.
    pub headers: String,
    /// The body.
    pub body: Vec<u8>,
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The request that first carried it.
    pub request: Keyed,
    /// Which run of it has the lease.
    pub run: Uuid,
    /// Until when that run may still be at work.
    pub leased_until: Timestamp,
    /// What was answered; `None` while it runs.
    pub answer: Option<Kept>,
}

#[derive(sqlx::FromRow)]
struct Row {
    user_id: Uuid,
    key: String,
    route: String,
    body_hash: Vec<u8>,
    run_id: Uuid,
    leased_until: i64,
    status: Option<i64>,
    headers: Option<String>,
    body: Option<Vec<u8>>,
}

impl TryFrom<Row> for Known {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let answer = match (row.status, row.headers, row.body) {
            (Some(status), Some(headers), Some(body)) => {
                Some(Kept { status: count(TABLE, status)?, headers, body })
            }
            _ => None,
        };
        Ok(Self {
            request: Keyed {
                user: UserId::new(row.user_id),
                key: row.key,
                route: row.route,
                body_hash: digest(TABLE, row.body_hash)?,
            },
            run: row.run_id,
            leased_until: instant(TABLE, row.leased_until)?,
            answer,
        })
    }
}

/// Takes the lease of a key that is new. Gives whether it was.
pub async fn begin(
    tx: &mut Tx,
    request: &Keyed,
    run: Uuid,
    leased_until: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "INSERT INTO idempotency_keys (user_id, key, route, body_hash, run_id, leased_until, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (user_id, key) DO NOTHING",
        request.user.uuid(),
        request.key.clone(),
        request.route.clone(),
        request.body_hash.to_vec(),
        run,
        micros(leased_until),
        micros(now),
    )?;
    Ok(touched == 1)
}

/// What is known of a key.
pub async fn known(tx: &mut Tx, user: UserId, key: &str) -> Result<Option<Known>, StoreError> {
    let sql = "SELECT user_id, key, route, body_hash, run_id, leased_until, status, headers, body
        FROM idempotency_keys WHERE user_id = $1 AND key = $2";
    fetch_optional!(tx, Row, sql, user.uuid(), key.to_owned())?.map(Known::try_from).transpose()
}

/// Takes over the lease of a run that ended without an answer. Gives whether it still had it.
pub async fn take_over(
    tx: &mut Tx,
    known: &Known,
    run: Uuid,
    leased_until: Timestamp,
) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "UPDATE idempotency_keys SET run_id = $1, leased_until = $2
         WHERE user_id = $3 AND key = $4 AND run_id = $5 AND status IS NULL",
        run,
        micros(leased_until),
        known.request.user.uuid(),
        known.request.key.clone(),
        known.run,
    )?;
    Ok(touched == 1)
}

/// Keeps the answer of a run, if it still has the lease.
pub async fn finish(
    tx: &mut Tx,
    user: UserId,
    key: &str,
    run: Uuid,
    answer: &Kept,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE idempotency_keys SET status = $1, headers = $2, body = $3
         WHERE user_id = $4 AND key = $5 AND run_id = $6 AND status IS NULL",
        i64::from(answer.status),
        answer.headers.clone(),
        answer.body.clone(),
        user.uuid(),
        key.to_owned(),
        run,
    )?;
    Ok(())
}

/// Forgets a key whose run failed, so that it can be sent again at once.
pub async fn abandon(tx: &mut Tx, user: UserId, key: &str, run: Uuid) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM idempotency_keys WHERE user_id = $1 AND key = $2 AND run_id = $3 AND status IS NULL",
        user.uuid(),
        key.to_owned(),
        run,
    )?;
    Ok(())
}

/// Forgets keys that came before an instant. Gives how many.
pub async fn forget_before(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    execute!(tx, "DELETE FROM idempotency_keys WHERE created_at < $1", micros(before))
}
