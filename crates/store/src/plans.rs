//! `plan_versions`: every plan that was proposed or is in force from a date.

use domain::ids::PlanVersionId;
use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::{digest, instant, micros, optional_instant};
use crate::{StoreError, Tx};

const TABLE: &str = "plan_versions";

/// One version of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanVersion {
    /// Identity.
    pub id: PlanVersionId,
    /// The plan's own name.
    pub name: String,
    /// The whole TOML.
    pub source: String,
    /// SHA-256 of the TOML.
    pub hash: [u8; 32],
    /// In force from here on, once activated.
    pub since: Timestamp,
    /// Who proposed it.
    pub proposed_by: String,
    /// When.
    pub proposed_at: Timestamp,
    /// Who activated it; `None` while it waits for a second person.
    pub activated_by: Option<String>,
    /// When.
    pub activated_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    source: String,
    hash: Vec<u8>,
    since: i64,
    proposed_by: String,
    proposed_at: i64,
    activated_by: Option<String>,
    activated_at: Option<i64>,
}

impl TryFrom<Row> for PlanVersion {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: PlanVersionId::new(row.id),
            name: row.name,
            source: row.source,
            hash: digest(TABLE, row.hash)?,
            since: instant(TABLE, row.since)?,
            proposed_by: row.proposed_by,
            proposed_at: instant(TABLE, row.proposed_at)?,
            activated_by: row.activated_by,
            activated_at: optional_instant(TABLE, row.activated_at)?,
        })
    }
}

/// Stores a version.
pub async fn insert(tx: &mut Tx, version: &PlanVersion) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO plan_versions (id, name, source, hash, since, proposed_by, proposed_at, activated_by, activated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        version.id.uuid(),
        version.name.clone(),
        version.source.clone(),
        version.hash.to_vec(),
        micros(version.since),
        version.proposed_by.clone(),
        micros(version.proposed_at),
        version.activated_by.clone(),
        version.activated_at.map(micros),
    )?;
    Ok(())
}

/// Puts a proposed version in force. Gives whether it was still only proposed.
pub async fn activate(tx: &mut Tx, id: PlanVersionId, by: &str, now: Timestamp) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "UPDATE plan_versions SET activated_by = $1, activated_at = $2 WHERE id = $3 AND activated_by IS NULL",
        by.to_owned(),
        micros(now),
        id.uuid(),
    )?;
    Ok(touched == 1)
}

/// Every version: by the date from which it holds, then by proposal.
pub async fn all(tx: &mut Tx) -> Result<Vec<PlanVersion>, StoreError> {
    let sql = "SELECT id, name, source, hash, since, proposed_by, proposed_at, activated_by, activated_at
        FROM plan_versions ORDER BY since, proposed_at, id";
    fetch_all!(tx, Row, sql)?.into_iter().map(PlanVersion::try_from).collect()
}
