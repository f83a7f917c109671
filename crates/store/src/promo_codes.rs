//! `promo_codes`: whose a promo code is, for a time.

use domain::ids::PartnerId;
use domain::promo::{PromoCode, PromoTerm};
use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::{instant, micros, optional_instant, parsed};
use crate::{StoreError, Tx};

const TABLE: &str = "promo_codes";

/// A term with the identity of its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Of the row.
    pub id: Uuid,
    /// The term.
    pub term: PromoTerm,
}

type Row = (Uuid, String, Uuid, i64, Option<i64>);

fn stored((id, code, partner, since, until): Row) -> Result<Stored, StoreError> {
    let term = PromoTerm {
        code: parsed(TABLE, &code, PromoCode::parse)?,
        partner: PartnerId::new(partner),
        since: instant(TABLE, since)?,
        until: optional_instant(TABLE, until)?,
    };
    Ok(Stored { id, term })
}

/// Stores a term.
pub async fn insert(tx: &mut Tx, promo: &Stored, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO promo_codes (id, code, partner_id, since, until, recorded_at) VALUES ($1, $2, $3, $4, $5, $6)",
        promo.id,
        promo.term.code.as_str().to_owned(),
        promo.term.partner.uuid(),
        micros(promo.term.since),
        promo.term.until.map(micros),
        micros(now),
    )?;
    Ok(())
}

/// Ends a term.
pub async fn end(tx: &mut Tx, id: Uuid, until: Timestamp) -> Result<(), StoreError> {
    execute!(tx, "UPDATE promo_codes SET until = $1 WHERE id = $2", micros(until), id)?;
    Ok(())
}

/// Every term of these codes, the earliest first.
pub async fn of_codes(tx: &mut Tx, codes: &[String]) -> Result<Vec<Stored>, StoreError> {
    let sql = "SELECT id, code, partner_id, since, until FROM promo_codes WHERE code IN ({list}) ORDER BY code, since";
    fetch_listed!(tx, Row, sql, [], codes).into_iter().map(stored).collect()
}

/// Every term there is, by code and beginning.
pub async fn all(tx: &mut Tx) -> Result<Vec<Stored>, StoreError> {
    let sql = "SELECT id, code, partner_id, since, until FROM promo_codes ORDER BY code, since";
    fetch_all!(tx, Row, sql)?.into_iter().map(stored).collect()
}
