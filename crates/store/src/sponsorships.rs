//! `sponsorships`: who sponsors whom, by date. Append-only.

use domain::ids::{FactSeq, PartnerId};
use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::{instant, micros};
use crate::{StoreError, Tx};

/// From `since` on, `sponsor` stands above `partner`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sponsorship {
    /// Below.
    pub partner: PartnerId,
    /// Above; `None` for a root.
    pub sponsor: Option<PartnerId>,
    /// From when on.
    pub since: Timestamp,
    /// When it became known.
    pub seq: FactSeq,
    /// Why: `enrolment`, or what staff say.
    pub reason: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    partner_id: Uuid,
    sponsor_id: Option<Uuid>,
    since: i64,
    seq: i64,
    reason: String,
}

impl TryFrom<Row> for Sponsorship {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            partner: PartnerId::new(row.partner_id),
            sponsor: row.sponsor_id.map(PartnerId::new),
            since: instant("sponsorships", row.since)?,
            seq: FactSeq(row.seq),
            reason: row.reason,
        })
    }
}

/// Stores facts.
pub async fn insert_all(tx: &mut Tx, facts: &[Sponsorship], now: Timestamp) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "INSERT INTO sponsorships (partner_id, sponsor_id, since, seq, reason, recorded_at) ",
        facts,
        |row| (
            row.partner.uuid(),
            row.sponsor.map(PartnerId::uuid),
            micros(row.since),
            row.seq.0,
            row.reason.clone(),
            micros(now),
        ),
        ""
    );
    Ok(())
}

/// Who ever sponsored a partner, in the order of knowledge.
pub async fn of(tx: &mut Tx, partner: PartnerId) -> Result<Vec<Sponsorship>, StoreError> {
    let sql = "SELECT partner_id, sponsor_id, since, seq, reason FROM sponsorships WHERE partner_id = $1 ORDER BY seq";
    fetch_all!(tx, Row, sql, partner.uuid())?.into_iter().map(Sponsorship::try_from).collect()
}

/// Everybody who at any time stood below any of the partners, and they themselves.
pub async fn ever_below(tx: &mut Tx, tops: &[PartnerId]) -> Result<Vec<PartnerId>, StoreError> {
    let tops: Vec<Uuid> = tops.iter().map(|top| top.uuid()).collect();
    let sql = "WITH RECURSIVE down (id) AS (
            SELECT id FROM partners WHERE id IN ({list})
            UNION
            SELECT s.partner_id FROM down JOIN sponsorships s ON s.sponsor_id = down.id)
        SELECT id FROM down";
    let rows = fetch_listed!(tx, (Uuid,), sql, [], tops);
    Ok(rows.into_iter().map(|(id,)| PartnerId::new(id)).collect())
}

/// Every fact, in the order of knowledge.
pub async fn all(tx: &mut Tx) -> Result<Vec<Sponsorship>, StoreError> {
    fetch_all!(tx, Row, "SELECT partner_id, sponsor_id, since, seq, reason FROM sponsorships ORDER BY seq")?
        .into_iter()
        .map(Sponsorship::try_from)
        .collect()
}

/// The code of everybody's sponsor as of an instant, by the code of the partner, as known now.
pub async fn tree_at(tx: &mut Tx, at: Timestamp) -> Result<Vec<(PartnerId, Option<PartnerId>)>, StoreError> {
    let sql = "SELECT s.partner_id, s.sponsor_id FROM sponsorships s
        WHERE s.since <= $1 AND NOT EXISTS (
            SELECT 1 FROM sponsorships l WHERE l.partner_id = s.partner_id AND l.since <= $1
            AND (l.since > s.since OR (l.since = s.since AND l.seq > s.seq)))";
    let rows = fetch_all!(tx, (Uuid, Option<Uuid>), sql, micros(at))?;
    Ok(rows
        .into_iter()
        .map(|(partner, sponsor)| (PartnerId::new(partner), sponsor.map(PartnerId::new)))
        .collect())
}

/// Who sponsors each of the partners as of an instant, as known now; those without a sponsor are absent.
pub async fn sponsors_at(
    tx: &mut Tx,
    partners: &[PartnerId],
    at: Timestamp,
) -> Result<Vec<(PartnerId, PartnerId)>, StoreError> {
    let ids: Vec<Uuid> = partners.iter().map(|partner| partner.uuid()).collect();
    let sql = "SELECT s.partner_id, s.sponsor_id FROM sponsorships s
        WHERE s.sponsor_id IS NOT NULL AND s.since <= $1 AND s.partner_id IN ({list}) AND NOT EXISTS (
            SELECT 1 FROM sponsorships l WHERE l.partner_id = s.partner_id AND l.since <= $1
            AND (l.since > s.since OR (l.since = s.since AND l.seq > s.seq)))";
    let rows = fetch_listed!(tx, (Uuid, Uuid), sql, [micros(at)], ids);
    Ok(rows.into_iter().map(|(id, sponsor)| (PartnerId::new(id), PartnerId::new(sponsor))).collect())
}
