//! `partner_ranks` and `partner_holds`: what staff decide about a partner, by date. Append-only.

use domain::ids::{FactSeq, PartnerId};
use domain::network::Dated;
use jiff::Timestamp;

use crate::columns::{instant, micros};
use crate::{StoreError, Tx};

/// What stands in the column of a partner who holds no rank any more: no plan can name a rank so.
pub(crate) const NO_RANK: &str = "-";

/// A rank that a partner holds from a date on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankFact {
    /// Who.
    pub partner: PartnerId,
    /// The number of the fact.
    pub seq: FactSeq,
    /// The rank; `None` if he holds none any more.
    pub rank: Option<String>,
    /// From when on.
    pub since: Timestamp,
    /// Why.
    pub reason: String,
    /// Whether staff say so; otherwise the close of a period does.
    pub by_staff: bool,
}

/// Stores ranks.
pub async fn insert_ranks(tx: &mut Tx, facts: &[RankFact], now: Timestamp) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "INSERT INTO partner_ranks (partner_id, seq, rank, since, reason, by_staff, recorded_at) ",
        facts,
        |row| (
            row.partner.uuid(),
            row.seq.0,
            row.rank.clone().unwrap_or_else(|| NO_RANK.to_owned()),
            micros(row.since),
            row.reason.clone(),
            row.by_staff,
            micros(now),
        ),
        ""
    );
    Ok(())
}

/// The rank that staff gave each partner and that is in force at an instant, by what was known then.
pub async fn staff_ranks_at(
    tx: &mut Tx,
    at: Timestamp,
    known: FactSeq,
) -> Result<Vec<(PartnerId, String)>, StoreError> {
    let sql = "SELECT r.partner_id, r.rank FROM partner_ranks r WHERE r.by_staff = $1 AND r.since <= $2 AND r.seq <= $3
        AND NOT EXISTS (SELECT 1 FROM partner_ranks l WHERE l.partner_id = r.partner_id AND l.by_staff = $1
            AND l.since <= $2 AND l.seq <= $3 AND (l.since > r.since OR (l.since = r.since AND l.seq > r.seq)))";
    let rows = fetch_all!(tx, (uuid::Uuid, String), sql, true, micros(at), known.0)?;
    let given = rows.into_iter().filter(|(_, rank)| rank != NO_RANK);
    Ok(given.map(|(partner, rank)| (PartnerId::new(partner), rank)).collect())
}

/// Every rank that staff gave or took, with its date.
pub async fn staff_ranks(tx: &mut Tx) -> Result<Vec<(PartnerId, Dated<Option<String>>)>, StoreError> {
    let sql = "SELECT partner_id, rank, since, seq FROM partner_ranks WHERE by_staff = $1 ORDER BY seq";
    let rows = fetch_all!(tx, (uuid::Uuid, String, i64, i64), sql, true)?;
    let fact = |(partner, rank, since, seq): (uuid::Uuid, String, i64, i64)| {
        let fact = (rank != NO_RANK).then_some(rank);
        Ok((
            PartnerId::new(partner),
            Dated { from: instant("partner_ranks", since)?, seq: FactSeq(seq), fact },
        ))
    };
    rows.into_iter().map(fact).collect()
}

/// How many ranks the close of a period gave, and how many it took.
pub async fn ranks_by_close(tx: &mut Tx) -> Result<(usize, usize), StoreError> {
    let rows = fetch_all!(tx, (String,), "SELECT rank FROM partner_ranks WHERE by_staff = $1", false)?;
    let taken = rows.iter().filter(|(rank,)| rank == NO_RANK).count();
    Ok((rows.len() - taken, taken))
}

/// From `since` on, the partner's earnings are on hold, or are so no more.
pub async fn insert_hold(
    tx: &mut Tx,
    partner: PartnerId,
    seq: FactSeq,
    held: bool,
    since: Timestamp,
    reason: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO partner_holds (partner_id, seq, held, since, reason, recorded_at) VALUES ($1, $2, $3, $4, $5, $6)",
        partner.uuid(),
        seq.0,
        held,
        micros(since),
        reason.to_owned(),
        micros(now),
    )?;
    Ok(())
}

/// The rank of each of the partners at an instant, by whomever given; those without one are absent.
pub async fn ranks_at(
    tx: &mut Tx,
    partners: &[PartnerId],
    at: Timestamp,
) -> Result<Vec<(PartnerId, String)>, StoreError> {
    let ids: Vec<uuid::Uuid> = partners.iter().map(|partner| partner.uuid()).collect();
    let sql = "SELECT r.partner_id, r.rank FROM partner_ranks r
        WHERE r.since <= $1 AND r.partner_id IN ({list}) AND NOT EXISTS (
            SELECT 1 FROM partner_ranks l WHERE l.partner_id = r.partner_id AND l.since <= $1
            AND (l.since > r.since OR (l.since = r.since AND l.seq > r.seq)))";
    let rows = fetch_listed!(tx, (uuid::Uuid, String), sql, [micros(at)], ids);
    let given = rows.into_iter().filter(|(_, rank)| rank != NO_RANK);
    Ok(given.map(|(partner, rank)| (PartnerId::new(partner), rank)).collect())
}

/// Whether the earnings of each of the partners are on hold at an instant; those never held are absent.
pub async fn holds_at(
    tx: &mut Tx,
    partners: &[PartnerId],
    at: Timestamp,
) -> Result<Vec<(PartnerId, bool)>, StoreError> {
    let ids: Vec<uuid::Uuid> = partners.iter().map(|partner| partner.uuid()).collect();
    let sql = "SELECT h.partner_id, h.held FROM partner_holds h
        WHERE h.since <= $1 AND h.partner_id IN ({list}) AND NOT EXISTS (
            SELECT 1 FROM partner_holds l WHERE l.partner_id = h.partner_id AND l.since <= $1
            AND (l.since > h.since OR (l.since = h.since AND l.seq > h.seq)))";
    let rows = fetch_listed!(tx, (uuid::Uuid, bool), sql, [micros(at)], ids);
    Ok(rows.into_iter().map(|(partner, held)| (PartnerId::new(partner), held)).collect())
}
