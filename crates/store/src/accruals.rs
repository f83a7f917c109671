//! `accrual_runs` and `accruals`: what the plan gave for each order. Insert-only.

use domain::accrual::{RuleId, Share};
use domain::ids::{AccrualId, FactSeq, OrderId, PartnerId, PlanVersionId, TransferId};
use domain::money::{Money, Rate};
use domain::partner::PartnerCode;
use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::{count, instant, micros, parsed};
use crate::{StoreError, Tx};

mod list;

pub use list::{Posted, Wanted, list};

/// One judgement of an order by the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its breakage carries this id as a transfer.
    pub breakage: TransferId,
    /// Of which order.
    pub order: OrderId,
    /// From 1; above 1 it corrects by facts that came late.
    pub run: u32,
    /// By which plan.
    pub plan_version: PlanVersionId,
    /// By which knowledge.
    pub known: FactSeq,
    /// Whether it was the buyer's first paid order.
    pub is_first: bool,
    /// At which instant.
    pub effective_at: Timestamp,
    /// The most the plan promised.
    pub maximum: Money,
}

/// One accrual as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its transfer carries the same UUID.
    pub id: AccrualId,
    /// Of which order.
    pub order: OrderId,
    /// Of which run.
    pub run: u32,
    /// Who earns, by which rule, at which level, how much.
    pub share: Share,
}

type RunRow = (Uuid, Uuid, i64, Uuid, i64, bool, i64, i64);

fn run(row: RunRow) -> Result<Run, StoreError> {
    const TABLE: &str = "accrual_runs";
    let (id, order, number, plan_version, known, is_first, effective_at, maximum) = row;
    Ok(Run {
        breakage: TransferId::new(id),
        order: OrderId::new(order),
        run: count(TABLE, number)?,
        plan_version: PlanVersionId::new(plan_version),
        known: FactSeq(known),
        is_first,
        effective_at: instant(TABLE, effective_at)?,
        maximum: Money::from_minor(maximum),
    })
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    order_id: Uuid,
    run: i64,
    rule: String,
    level: i64,
    earner_id: Uuid,
    base: i64,
    rate: i64,
    raw: i64,
    paid: i64,
}

impl TryFrom<Row> for Stored {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        const TABLE: &str = "accruals";
        Ok(Self {
            id: AccrualId::new(row.id),
            order: OrderId::new(row.order_id),
            run: count(TABLE, row.run)?,
            share: Share {
                rule: RuleId::new(&row.rule),
                earner: PartnerId::new(row.earner_id),
                level: count(TABLE, row.level)?,
                base: Money::from_minor(row.base),
                rate: Rate::from_ppm(count(TABLE, row.rate)?),
                raw: Money::from_minor(row.raw),
                paid: Money::from_minor(row.paid),
            },
        })
    }
}

macro_rules! runs {
    ($rest:literal) => {
        concat!(
            "SELECT id, order_id, run, plan_version_id, known_seq, is_first, effective_at, maximum FROM accrual_runs ",
            $rest
        )
    };
}
macro_rules! accruals {
    ($rest:literal) => {
        concat!(
            "SELECT id, order_id, run, rule, level, earner_id, base, rate, raw, paid FROM accruals ",
            $rest
        )
    };
}

/// Stores runs.
///
/// # Errors
/// [`StoreError::Taken`] if an order has that run already.
pub async fn insert_runs(tx: &mut Tx, runs: &[Run], now: Timestamp) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "INSERT INTO accrual_runs (id, order_id, run, plan_version_id, known_seq, is_first, effective_at, maximum, recorded_at) ",
        runs,
        |row| (
            row.breakage.uuid(),
            row.order.uuid(),
            i64::from(row.run),
            row.plan_version.uuid(),
            row.known.0,
            row.is_first,
            micros(row.effective_at),
            row.maximum.minor(),
            micros(now),
        ),
        ""
    );
    Ok(())
}

/// Stores accruals; their transfers and runs are stored already.
pub async fn insert_all(tx: &mut Tx, accruals: &[Stored]) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "INSERT INTO accruals (id, order_id, run, rule, level, earner_id, base, rate, raw, paid) ",
        accruals,
        |row| (
            row.id.uuid(),
            row.order.uuid(),
            i64::from(row.run),
            row.share.rule.as_str().to_owned(),
            i64::from(row.share.level),
            row.share.earner.uuid(),
            row.share.base.minor(),
            i64::from(row.share.rate.ppm()),
            row.share.raw.minor(),
            row.share.paid.minor(),
        ),
        ""
    );
    Ok(())
}

/// The runs of orders, by order and number.
pub async fn runs_of(tx: &mut Tx, orders: &[OrderId]) -> Result<Vec<Run>, StoreError> {
    let ids: Vec<Uuid> = orders.iter().map(|order| order.uuid()).collect();
    fetch_listed!(tx, RunRow, runs!("WHERE order_id IN ({list}) ORDER BY order_id, run"), [], ids)
        .into_iter()
        .map(run)
        .collect()
}

/// The accruals of orders, by order, run, rule and level.
pub async fn of_orders(tx: &mut Tx, orders: &[OrderId]) -> Result<Vec<Stored>, StoreError> {
    let ids: Vec<Uuid> = orders.iter().map(|order| order.uuid()).collect();
    let sql = accruals!("WHERE order_id IN ({list}) ORDER BY order_id, run, rule, level, earner_id");
    fetch_listed!(tx, Row, sql, [], ids).into_iter().map(Stored::try_from).collect()
}

/// Every run.
pub async fn all_runs(tx: &mut Tx) -> Result<Vec<Run>, StoreError> {
    fetch_all!(tx, RunRow, runs!("ORDER BY order_id, run"))?.into_iter().map(run).collect()
}

/// Every accrual.
pub async fn all(tx: &mut Tx) -> Result<Vec<Stored>, StoreError> {
    fetch_all!(tx, Row, accruals!("ORDER BY order_id, run, rule, level, earner_id"))?
        .into_iter()
        .map(Stored::try_from)
        .collect()
}

/// The orders of buyers whose last judgement took them for the buyer's first.
pub async fn judged_first(tx: &mut Tx, buyers: &[PartnerId]) -> Result<Vec<OrderId>, StoreError> {
    let ids: Vec<Uuid> = buyers.iter().map(|buyer| buyer.uuid()).collect();
    let sql = "SELECT r.order_id FROM orders o JOIN accrual_runs r ON r.order_id = o.id
        WHERE o.buyer_id IN ({list}) AND r.is_first = $1 AND NOT EXISTS (
            SELECT 1 FROM accrual_runs later WHERE later.order_id = r.order_id AND later.run > r.run)";
    let rows = fetch_listed!(tx, (Uuid,), sql, [true], ids);
    Ok(rows.into_iter().map(|(order,)| OrderId::new(order)).collect())
}

/// The last payment within a span of time, its end excluded, of an order that is accrued.
pub async fn last_paid_within(
    tx: &mut Tx,
    from: Timestamp,
    until: Option<Timestamp>,
) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT MAX(o.paid_at) FROM orders o WHERE o.paid_at >= $1 AND o.paid_at < $2
        AND EXISTS (SELECT 1 FROM accrual_runs r WHERE r.order_id = o.id)";
    let until = until.map_or(i64::MAX, micros);
    let (last,): (Option<i64>,) = fetch_one!(tx, (Option<i64>,), sql, micros(from), until)?;
    last.map(|last| instant("orders", last)).transpose()
}

/// The earliest effective instant of any run.
pub async fn first_effective(tx: &mut Tx) -> Result<Option<Timestamp>, StoreError> {
    let (first,): (Option<i64>,) =
        fetch_one!(tx, (Option<i64>,), "SELECT MIN(effective_at) FROM accrual_runs")?;
    first.map(|first| instant("accrual_runs", first)).transpose()
}

/// The latest effective instant of any run.
pub async fn last_effective(tx: &mut Tx) -> Result<Option<Timestamp>, StoreError> {
    let (last,): (Option<i64>,) =
        fetch_one!(tx, (Option<i64>,), "SELECT MAX(effective_at) FROM accrual_runs")?;
    last.map(|last| instant("accrual_runs", last)).transpose()
}

/// The orders judged without knowing a fact that holds from `since` on, whose buyer or seller is one
/// of `partners`.
pub async fn judged_without(
    tx: &mut Tx,
    fact: FactSeq,
    since: Timestamp,
    partners: &[PartnerId],
) -> Result<Vec<OrderId>, StoreError> {
    let ids: Vec<Uuid> = partners.iter().map(|partner| partner.uuid()).collect();
    let sql = "SELECT DISTINCT o.id FROM orders o JOIN accrual_runs r ON r.order_id = o.id
        WHERE r.effective_at >= $1 AND COALESCE(o.buyer_id, o.seller_id) IN ({list})
        AND NOT EXISTS (SELECT 1 FROM accrual_runs l WHERE l.order_id = o.id AND l.known_seq >= $2)";
    let rows = fetch_listed!(tx, (Uuid,), sql, [micros(since), fact.0], ids);
    Ok(rows.into_iter().map(|(id,)| OrderId::new(id)).collect())
}

/// What each partner earned, by orders and at closes, and what refunds, corrections and caps of a period
/// took back of it, by code: only those who earned.
pub async fn by_partner(tx: &mut Tx) -> Result<Vec<(PartnerCode, Money, Money)>, StoreError> {
    let sql = "SELECT p.code, CAST(SUM(e.paid) AS BIGINT), CAST(SUM(e.reversed) AS BIGINT) FROM (
            SELECT earner_id, paid, 0 AS reversed FROM accruals
            UNION ALL
            SELECT a.earner_id, 0, t.amount FROM transfers t
            JOIN transfers o ON o.id = t.reverses AND o.kind = 'accrual'
            JOIN accruals a ON a.order_id = o.cause AND a.id = o.id
            UNION ALL
            SELECT earner_id, paid, 0 FROM period_accruals
            UNION ALL
            SELECT a.earner_id, 0, t.amount FROM period_accruals a JOIN transfers t ON t.reverses = a.id
            UNION ALL
            SELECT earner_id, 0, amount FROM period_cuts
            UNION ALL
            SELECT c.earner_id, 0, -t.amount FROM period_cuts c JOIN transfers t ON t.reverses = c.id) AS e
        JOIN partners p ON p.id = e.earner_id
        GROUP BY p.code ORDER BY p.code";
    let rows = fetch_all!(tx, (String, i64, i64), sql)?;
    rows.into_iter()
        .map(|(code, paid, reversed)| {
            let code = parsed("partners", &code, PartnerCode::parse)?;
            Ok((code, Money::from_minor(paid), Money::from_minor(reversed)))
        })
        .collect()
}

/// Counts for figures: runs and accruals.
pub async fn counts(tx: &mut Tx) -> Result<(i64, i64), StoreError> {
    fetch_one!(tx, (i64, i64), "SELECT (SELECT COUNT(*) FROM accrual_runs), (SELECT COUNT(*) FROM accruals)")
}
