//! `audit`: every act of a person, chained by hashes. Insert-only.

use jiff::Timestamp;
use serde::Serialize;

use crate::columns::{digest, instant, micros};
use crate::{StoreError, Tx};

/// One line of the trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// From 1, without gaps.
    pub seq: i64,
    /// Who.
    pub actor: String,
    /// Did what.
    pub action: String,
    /// To what.
    pub entity: String,
    /// How it was, as JSON.
    pub before: Option<String>,
    /// How it is, as JSON.
    pub after: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The hash of the line before; zeros in the first.
    pub previous_hash: [u8; 32],
    /// The hash over all of this.
    pub hash: [u8; 32],
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    actor: String,
    action: String,
    entity: String,
    before: Option<String>,
    after: Option<String>,
    reason: Option<String>,
    at: i64,
    previous_hash: Vec<u8>,
    hash: Vec<u8>,
}

impl TryFrom<Row> for Line {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        const TABLE: &str = "audit";
        Ok(Self {
            seq: row.seq,
            actor: row.actor,
            action: row.action,
            entity: row.entity,
            before: row.before,
            after: row.after,
            reason: row.reason,
            at: instant(TABLE, row.at)?,
            previous_hash: digest(TABLE, row.previous_hash)?,
            hash: digest(TABLE, row.hash)?,
        })
    }
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT seq, actor, action, entity, before, after, reason, at, previous_hash, hash FROM audit ",
            $rest
        )
    };
}

/// The last line.
pub async fn last(tx: &mut Tx) -> Result<Option<Line>, StoreError> {
    fetch_optional!(tx, Row, columns!("ORDER BY seq DESC LIMIT 1"))?.map(Line::try_from).transpose()
}

/// Adds lines.
pub async fn insert_all(tx: &mut Tx, lines: &[Line]) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "INSERT INTO audit (seq, actor, action, entity, before, after, reason, at, previous_hash, hash) ",
        lines,
        |row| (
            row.seq,
            row.actor.clone(),
            row.action.clone(),
            row.entity.clone(),
            row.before.clone(),
            row.after.clone(),
            row.reason.clone(),
            micros(row.at),
            row.previous_hash.to_vec(),
            row.hash.to_vec(),
        ),
        ""
    );
    Ok(())
}

/// The lines after a number, in their sequence, at most so many.
pub async fn after(tx: &mut Tx, seq: i64, most: u32) -> Result<Vec<Line>, StoreError> {
    fetch_all!(tx, Row, columns!("WHERE seq > $1 ORDER BY seq LIMIT $2"), seq, i64::from(most))?
        .into_iter()
        .map(Line::try_from)
        .collect()
}

/// Lines of an actor, about an entity, before a number; the newest first, at most so many.
pub async fn filtered(
    tx: &mut Tx,
    actor: Option<&str>,
    entity: Option<&str>,
    before: i64,
    most: u32,
) -> Result<Vec<Line>, StoreError> {
    // An empty text stands for any: neither an actor nor an entity is empty.
    fetch_all!(
        tx,
        Row,
        columns!("WHERE seq < $1 AND ($2 = '' OR actor = $2) AND ($3 = '' OR entity = $3) ORDER BY seq DESC LIMIT $4"),
        before,
        actor.unwrap_or_default().to_owned(),
        entity.unwrap_or_default().to_owned(),
        i64::from(most),
    )?
    .into_iter()
    .map(Line::try_from)
    .collect()
}

/// The last lines, the newest first.
pub async fn latest(tx: &mut Tx, most: u32) -> Result<Vec<Line>, StoreError> {
    fetch_all!(tx, Row, columns!("ORDER BY seq DESC LIMIT $1"), i64::from(most))?
        .into_iter()
        .map(Line::try_from)
        .collect()
}

/// The whole trail.
pub async fn all(tx: &mut Tx) -> Result<Vec<Line>, StoreError> {
    fetch_all!(tx, Row, columns!("ORDER BY seq"))?.into_iter().map(Line::try_from).collect()
}
