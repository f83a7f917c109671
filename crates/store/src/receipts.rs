//! `receipts`: every webhook whose signature was right, with what became of it.

use domain::ids::{OrderId, ReceiptId};
use domain::page::{Key, Page, Place, Window};
use jiff::Timestamp;
use serde::Serialize;

use crate::columns::{instant, micros};
use crate::select::Select;
use crate::{StoreError, Tx};

const TABLE: &str = "receipts";

/// What became of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It changed an order.
    Accepted,
    /// All of it was known.
    Duplicate,
    /// It could not be understood or was impossible.
    Refused,
    /// It contradicts what is known.
    Conflict,
}

impl Verdict {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Accepted, "accepted"),
        (Self::Duplicate, "duplicate"),
        (Self::Refused, "refused"),
        (Self::Conflict, "conflict"),
    ];

    /// The word stored and shown.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(verdict, _)| *verdict == self).map_or("", |(_, name)| name)
    }

    /// The verdict of the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, name)| *name == text).map(|(verdict, _)| *verdict)
    }
}

/// One kept webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Identity.
    pub id: ReceiptId,
    /// The sender's id of the message.
    pub message_id: String,
    /// SHA-256 of the body.
    pub body_hash: [u8; 32],
    /// The raw body.
    pub body: Vec<u8>,
    /// The headers that matter, as JSON.
    pub headers: String,
    /// What became of it.
    pub verdict: Verdict,
    /// Why it was not accepted.
    pub problem: Option<String>,
    /// The order it concerns.
    pub order: Option<OrderId>,
    /// How many times it came.
    pub deliveries: i64,
    /// When it came first.
    pub received_at: Timestamp,
}

/// Stores receipts; one that came before is counted once more. The keys (message and body hash) of
/// one call differ.
pub async fn upsert_all(tx: &mut Tx, receipts: &[Receipt]) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "INSERT INTO receipts (id, message_id, body_hash, body, headers, verdict, problem, order_id, deliveries, received_at) ",
        receipts,
        |row| (
            row.id.uuid(),
            row.message_id.clone(),
            row.body_hash.to_vec(),
            row.body.clone(),
            row.headers.clone(),
            row.verdict.as_str(),
            row.problem.clone(),
            row.order.map(OrderId::uuid),
            row.deliveries,
            micros(row.received_at),
        ),
        " ON CONFLICT (message_id, body_hash) DO UPDATE SET deliveries = receipts.deliveries + excluded.deliveries"
    );
    Ok(())
}

/// A webhook that was not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The sender's id of the message.
    pub message_id: String,
    /// What became of it.
    pub verdict: Verdict,
    /// Why.
    pub problem: Option<String>,
    /// The order it concerns.
    pub order: Option<OrderId>,
    /// How many times it came.
    pub deliveries: i64,
    /// When it came first.
    pub received_at: Timestamp,
}

type Row = (uuid::Uuid, String, String, Option<String>, Option<uuid::Uuid>, i64, i64);

macro_rules! troubles {
    () => {
        "SELECT id, message_id, verdict, problem, order_id, deliveries, received_at FROM receipts"
    };
}

impl TryFrom<Row> for Trouble {
    type Error = StoreError;

    fn try_from(
        (_, message_id, verdict, problem, order, deliveries, received_at): Row,
    ) -> Result<Self, StoreError> {
        let unknown = || StoreError::corrupt(TABLE, format!("{verdict:?} is no verdict"));
        Ok(Self {
            message_id,
            verdict: Verdict::parse(&verdict).ok_or_else(unknown)?,
            problem,
            order: order.map(OrderId::new),
            deliveries,
            received_at: instant(TABLE, received_at)?,
        })
    }
}

/// The last webhooks that were refused or contradict what is known, the last first.
pub async fn troubled(tx: &mut Tx, most: i64) -> Result<Vec<Trouble>, StoreError> {
    let sql = concat!(
        troubles!(),
        " WHERE verdict IN ('refused', 'conflict') ORDER BY received_at DESC, id DESC LIMIT $1"
    );
    fetch_all!(tx, Row, sql, most)?.into_iter().map(Trouble::try_from).collect()
}

/// A page of them, of these verdicts, by when they came first.
pub async fn troubled_page(
    tx: &mut Tx,
    verdicts: &[Verdict],
    window: &Window,
) -> Result<Page<Trouble>, StoreError> {
    let mut select = Select::new(tx, troubles!());
    let condition = verdicts.iter().map(|_| "verdict = ?").collect::<Vec<_>>().join(" OR ");
    select.and(&condition, verdicts.iter().map(|verdict| verdict.as_str().into()));
    let select = select.within(window, "received_at", "id");
    let page =
        window.page(fetch_select!(tx, Row, select), |row| Place { key: Key::Number(row.6), id: row.0 });
    let items = page.items.into_iter().map(Trouble::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(Page { items, next: page.next })
}

/// The messages of these ids that are kept, each with the digest of its body.
pub async fn known(tx: &mut Tx, message_ids: &[String]) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
    let sql = "SELECT message_id, body_hash FROM receipts WHERE message_id IN ({list})";
    Ok(fetch_listed!(tx, (String, Vec<u8>), sql, [], message_ids))
}

/// How many receipts there are by verdict.
pub async fn count_by_verdict(tx: &mut Tx) -> Result<Vec<(String, i64)>, StoreError> {
    fetch_all!(tx, (String, i64), "SELECT verdict, COUNT(*) FROM receipts GROUP BY verdict ORDER BY verdict")
}

/// Every receipt as (message id, body hash, body, verdict, order), for checking.
pub async fn all(
    tx: &mut Tx,
) -> Result<Vec<(String, Vec<u8>, Vec<u8>, String, Option<uuid::Uuid>)>, StoreError> {
    let sql = "SELECT message_id, body_hash, body, verdict, order_id FROM receipts ORDER BY id";
    fetch_all!(tx, (String, Vec<u8>, Vec<u8>, String, Option<uuid::Uuid>), sql)
}
