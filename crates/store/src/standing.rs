//! `partner_ranks` and `partner_holds`: what staff decide about a partner, by date. Append-only.

use domain::ids::{FactSeq, PartnerId};
use jiff::Timestamp;

use crate::columns::micros;
use crate::{StoreError, Tx};

/// From `since` on, the partner holds the rank.
pub async fn insert_rank(
    tx: &mut Tx,
    partner: PartnerId,
    seq: FactSeq,
    rank: &str,
    since: Timestamp,
    reason: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO partner_ranks (partner_id, seq, rank, since, reason, recorded_at) VALUES ($1, $2, $3, $4, $5, $6)",
        partner.uuid(),
        seq.0,
        rank.to_owned(),
        micros(since),
        reason.to_owned(),
        micros(now),
    )?;
    Ok(())
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
