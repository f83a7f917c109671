//! `activity_fees`, the facts, and `activity_periods`, the spans they give.

use domain::activity::{FeeKind, Span};
use domain::ids::{FactSeq, PartnerId};
use domain::money::Money;
use domain::network::KnownSpan;
use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::{count, instant, micros, parsed};
use crate::{StoreError, Tx};

/// A fee that was paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fee {
    /// For whom.
    pub partner: PartnerId,
    /// When it became known.
    pub seq: FactSeq,
    /// Who told it.
    pub source: String,
    /// By which key.
    pub external_id: String,
    /// When it was paid.
    pub paid_at: Timestamp,
    /// Which fee.
    pub kind: FeeKind,
    /// How many months it gives.
    pub months: u8,
    /// How much was paid.
    pub amount: Money,
}

#[derive(sqlx::FromRow)]
struct Row {
    partner_id: Uuid,
    seq: i64,
    source: String,
    external_id: String,
    paid_at: i64,
    kind: String,
    months: i64,
    amount: i64,
}

impl TryFrom<Row> for Fee {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        const TABLE: &str = "activity_fees";
        Ok(Self {
            partner: PartnerId::new(row.partner_id),
            seq: FactSeq(row.seq),
            source: row.source,
            external_id: row.external_id,
            paid_at: instant(TABLE, row.paid_at)?,
            kind: parsed(TABLE, &row.kind, str::parse)?,
            months: count(TABLE, row.months)?,
            amount: Money::from_minor(row.amount),
        })
    }
}

macro_rules! fees {
    ($rest:literal) => {
        concat!(
            "SELECT partner_id, seq, source, external_id, paid_at, kind, months, amount FROM activity_fees ",
            $rest
        )
    };
}

/// Stores fees.
///
/// # Errors
/// [`StoreError::Taken`] if a key is known.
pub async fn insert_fees(tx: &mut Tx, fees: &[Fee], now: Timestamp) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "INSERT INTO activity_fees (partner_id, seq, source, external_id, paid_at, kind, months, amount, recorded_at) ",
        fees,
        |row| (
            row.partner.uuid(),
            row.seq.0,
            row.source.clone(),
            row.external_id.clone(),
            micros(row.paid_at),
            row.kind.as_str(),
            i64::from(row.months),
            row.amount.minor(),
            micros(now),
        ),
        ""
    );
    Ok(())
}

/// The fees of a source that are known by these keys.
pub async fn fees_by_key(tx: &mut Tx, source: &str, keys: &[String]) -> Result<Vec<Fee>, StoreError> {
    fetch_listed!(tx, Row, fees!("WHERE source = $1 AND external_id IN ({list})"), [source.to_owned()], keys)
        .into_iter()
        .map(Fee::try_from)
        .collect()
}

/// The fees of partners, in order of payment, then of knowledge.
pub async fn fees_of(tx: &mut Tx, partners: &[PartnerId]) -> Result<Vec<Fee>, StoreError> {
    let ids: Vec<Uuid> = partners.iter().map(|partner| partner.uuid()).collect();
    let mut fees = fetch_listed!(tx, Row, fees!("WHERE partner_id IN ({list})"), [], ids)
        .into_iter()
        .map(Fee::try_from)
        .collect::<Result<Vec<_>, _>>()?;
    fees.sort_by_key(|fee| (fee.partner, fee.paid_at, fee.seq));
    Ok(fees)
}

/// Every fee, by partner and order of payment.
pub async fn all_fees(tx: &mut Tx) -> Result<Vec<Fee>, StoreError> {
    fetch_all!(tx, Row, fees!("ORDER BY partner_id, paid_at, seq"))?.into_iter().map(Fee::try_from).collect()
}

/// The last fee paid within a span of time, its end excluded.
pub async fn last_fee_within(
    tx: &mut Tx,
    from: Timestamp,
    until: Option<Timestamp>,
) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT MAX(paid_at) FROM activity_fees WHERE paid_at >= $1 AND paid_at < $2";
    let until = until.map_or(i64::MAX, micros);
    let (last,): (Option<i64>,) = fetch_one!(tx, (Option<i64>,), sql, micros(from), until)?;
    last.map(|last| instant("activity_fees", last)).transpose()
}

/// Stores spans of activity.
pub async fn insert_spans(tx: &mut Tx, spans: &[(PartnerId, FactSeq, Span)]) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "INSERT INTO activity_periods (partner_id, seq, since, until) ",
        spans,
        |row| (row.0.uuid(), row.1.0, micros(row.2.from), micros(row.2.until)),
        ""
    );
    Ok(())
}

/// Lets a span count no more from a fact on.
pub async fn supersede(
    tx: &mut Tx,
    partner: PartnerId,
    known: &KnownSpan,
    by: FactSeq,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE activity_periods SET superseded = $1 WHERE partner_id = $2 AND seq = $3 AND since = $4 AND superseded IS NULL",
        by.0,
        partner.uuid(),
        known.seq.0,
        micros(known.span.from),
    )?;
    Ok(())
}

pub(crate) fn known_span(
    since: i64,
    until: i64,
    seq: i64,
    superseded: Option<i64>,
) -> Result<KnownSpan, StoreError> {
    const TABLE: &str = "activity_periods";
    Ok(KnownSpan {
        span: Span { from: instant(TABLE, since)?, until: instant(TABLE, until)? },
        seq: FactSeq(seq),
        superseded: superseded.map(FactSeq),
    })
}

/// The spans of partners that still count, by partner and beginning.
pub async fn spans_of(
    tx: &mut Tx,
    partners: &[PartnerId],
) -> Result<Vec<(PartnerId, KnownSpan)>, StoreError> {
    let ids: Vec<Uuid> = partners.iter().map(|partner| partner.uuid()).collect();
    let sql = "SELECT partner_id, since, until, seq FROM activity_periods
        WHERE partner_id IN ({list}) AND superseded IS NULL ORDER BY partner_id, since";
    fetch_listed!(tx, (Uuid, i64, i64, i64), sql, [], ids)
        .into_iter()
        .map(|(partner, since, until, seq)| {
            Ok((PartnerId::new(partner), known_span(since, until, seq, None)?))
        })
        .collect()
}

/// How far a partner's fees reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// The last payment.
    pub last_paid_at: Timestamp,
    /// The end of the spans that count.
    pub until: Timestamp,
}

/// How far the fees of partners reach; those who never paid are absent.
pub async fn reach_of(tx: &mut Tx, partners: &[PartnerId]) -> Result<Vec<(PartnerId, Reach)>, StoreError> {
    let ids: Vec<Uuid> = partners.iter().map(|partner| partner.uuid()).collect();
    let sql = "SELECT f.partner_id, MAX(f.paid_at), (
            SELECT MAX(p.until) FROM activity_periods p WHERE p.partner_id = f.partner_id AND p.superseded IS NULL)
        FROM activity_fees f WHERE f.partner_id IN ({list}) GROUP BY f.partner_id";
    fetch_listed!(tx, (Uuid, i64, i64), sql, [], ids)
        .into_iter()
        .map(|(partner, paid_at, until)| {
            let last_paid_at = instant("activity_fees", paid_at)?;
            Ok((PartnerId::new(partner), Reach { last_paid_at, until: instant("activity_periods", until)? }))
        })
        .collect()
}
