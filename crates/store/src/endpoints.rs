//! `endpoints` and `endpoint_secrets`: where the company's other systems are told of events.

use domain::ids::EndpointId;
use domain::notice::Topics;
use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::{instant, micros, optional_instant, parsed};
use crate::{StoreError, Tx};

const TABLE: &str = "endpoints";

/// An endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Identity.
    pub id: EndpointId,
    /// By which people name it.
    pub number: i64,
    /// Its address, as it was parsed when it was told.
    pub url: String,
    /// What people say of it.
    pub description: String,
    /// What it wants to be told.
    pub topics: Topics,
    /// Why it is disabled; `None` if it is not.
    pub disabled: Option<String>,
    /// Since when nothing has reached it.
    pub failing_since: Option<Timestamp>,
    /// When it was added.
    pub created_at: Timestamp,
}

/// A secret by which messages to an endpoint are signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedSecret {
    /// Identity; the seal names it.
    pub id: Uuid,
    /// The secret, sealed.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it signs; `None` for the newest.
    pub until: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    number: i64,
    url: String,
    description: String,
    topics: String,
    disabled: Option<String>,
    failing_since: Option<i64>,
    created_at: i64,
}

impl TryFrom<Row> for Endpoint {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: EndpointId::new(row.id),
            number: row.number,
            url: row.url,
            description: row.description,
            topics: parsed(TABLE, &row.topics, Topics::parse)?,
            disabled: row.disabled,
            failing_since: optional_instant(TABLE, row.failing_since)?,
            created_at: instant(TABLE, row.created_at)?,
        })
    }
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT id, number, url, description, topics, disabled, failing_since, created_at FROM endpoints ",
            $rest
        )
    };
}

/// The number after the last. The gate of facts must be held alone, so that no number is given twice.
pub async fn next_number(tx: &mut Tx) -> Result<i64, StoreError> {
    let (number,) = fetch_one!(tx, (i64,), "SELECT COALESCE(MAX(number), 0) + 1 FROM endpoints")?;
    Ok(number)
}

/// Stores a new endpoint.
pub async fn insert(tx: &mut Tx, endpoint: &Endpoint) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO endpoints (id, number, url, description, topics, disabled, failing_since, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        endpoint.id.uuid(),
        endpoint.number,
        endpoint.url.clone(),
        endpoint.description.clone(),
        endpoint.topics.to_string(),
        endpoint.disabled.clone(),
        endpoint.failing_since.map(micros),
        micros(endpoint.created_at),
    )?;
    Ok(())
}

/// Stores what has changed of an endpoint.
pub async fn update(tx: &mut Tx, endpoint: &Endpoint) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE endpoints SET url = $1, description = $2, topics = $3, disabled = $4, failing_since = $5
        WHERE id = $6",
        endpoint.url.clone(),
        endpoint.description.clone(),
        endpoint.topics.to_string(),
        endpoint.disabled.clone(),
        endpoint.failing_since.map(micros),
        endpoint.id.uuid(),
    )?;
    Ok(())
}

/// Writes down since when nothing reaches an endpoint, or that something did. Who began to fail earlier keeps
/// the earlier instant.
pub async fn set_failing(tx: &mut Tx, id: EndpointId, since: Option<Timestamp>) -> Result<(), StoreError> {
    let sql = "UPDATE endpoints SET failing_since = $1 WHERE id = $2 AND (failing_since IS NULL) <> $3";
    execute!(tx, sql, since.map(micros), id.uuid(), since.is_none())?;
    Ok(())
}

/// Removes an endpoint and its secrets.
pub async fn remove(tx: &mut Tx, id: EndpointId) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM endpoints WHERE id = $1", id.uuid())?;
    Ok(())
}

/// Every endpoint, by number.
pub async fn all(tx: &mut Tx) -> Result<Vec<Endpoint>, StoreError> {
    fetch_all!(tx, Row, columns!("ORDER BY number"))?.into_iter().map(Endpoint::try_from).collect()
}

/// The endpoint of a number.
pub async fn by_number(tx: &mut Tx, number: i64) -> Result<Option<Endpoint>, StoreError> {
    fetch_optional!(tx, Row, columns!("WHERE number = $1"), number)?.map(Endpoint::try_from).transpose()
}

/// The endpoint of an id.
pub async fn by_id(tx: &mut Tx, id: EndpointId) -> Result<Option<Endpoint>, StoreError> {
    fetch_optional!(tx, Row, columns!("WHERE id = $1"), id.uuid())?.map(Endpoint::try_from).transpose()
}

/// Who wants to be told what, of those that are not disabled.
pub async fn listening(tx: &mut Tx) -> Result<Vec<(EndpointId, Topics)>, StoreError> {
    let sql = "SELECT id, topics FROM endpoints WHERE disabled IS NULL ORDER BY number";
    let rows = fetch_all!(tx, (Uuid, String), sql)?;
    let listening =
        |(id, topics): (Uuid, String)| Ok((EndpointId::new(id), parsed(TABLE, &topics, Topics::parse)?));
    rows.into_iter().map(listening).collect()
}

/// Adds a secret to an endpoint.
pub async fn add_secret(tx: &mut Tx, endpoint: EndpointId, secret: &SealedSecret) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO endpoint_secrets (id, endpoint_id, sealed, created_at, until) VALUES ($1, $2, $3, $4, $5)",
        secret.id,
        endpoint.uuid(),
        secret.sealed.clone(),
        micros(secret.created_at),
        secret.until.map(micros),
    )?;
    Ok(())
}

/// Lets the secrets that sign now do so no longer than until an instant.
pub async fn end_secrets(tx: &mut Tx, endpoint: EndpointId, until: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE endpoint_secrets SET until = $1
        WHERE endpoint_id = $2 AND (until IS NULL OR until > $1)";
    execute!(tx, sql, micros(until), endpoint.uuid())?;
    Ok(())
}

/// Forgets the secrets of an endpoint that sign no more.
pub async fn forget_secrets(tx: &mut Tx, endpoint: EndpointId, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM endpoint_secrets WHERE endpoint_id = $1 AND until <= $2",
        endpoint.uuid(),
        micros(now)
    )?;
    Ok(())
}

/// The secrets of an endpoint that sign at an instant, the newest first.
pub async fn secrets(
    tx: &mut Tx,
    endpoint: EndpointId,
    at: Timestamp,
) -> Result<Vec<SealedSecret>, StoreError> {
    const TABLE: &str = "endpoint_secrets";
    let sql = "SELECT id, sealed, created_at, until FROM endpoint_secrets
        WHERE endpoint_id = $1 AND (until IS NULL OR until > $2) ORDER BY created_at DESC, id DESC";
    let rows = fetch_all!(tx, (Uuid, Vec<u8>, i64, Option<i64>), sql, endpoint.uuid(), micros(at))?;
    let secret = |(id, sealed, created_at, until)| {
        Ok(SealedSecret {
            id,
            sealed,
            created_at: instant(TABLE, created_at)?,
            until: optional_instant(TABLE, until)?,
        })
    };
    rows.into_iter().map(secret).collect()
}
