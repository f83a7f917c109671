//! `reconciliations`: what we know compared with what the shop knows. And `order_looks`: about which orders
//! it was asked when.

use domain::activity::Span;
use domain::ids::OrderId;
use domain::order::{Difference, DifferenceKind, ExternalId};
use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::{count, instant, micros, parsed};
use crate::{StoreError, Tx};

const TABLE: &str = "reconciliations";

/// One comparison, without its differences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciliation {
    /// Identity.
    pub id: Uuid,
    /// With which shop.
    pub source: ExternalId,
    /// Of the orders placed in this span.
    pub over: Span,
    /// Who wanted it.
    pub actor: String,
    /// When it was begun.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// Orders of ours of which the shop said something, if only that it has none such.
    pub compared: u64,
    /// Orders of ours of which it said nothing: they are neither equal nor different.
    pub unanswered: u64,
    /// Whether the shop told a list, so that what is missing here was looked for.
    pub is_listed: bool,
    /// Why it is not whole.
    pub problem: Option<String>,
}

type Row = (Uuid, String, i64, i64, String, i64, i64, i64, i64, i64, Option<String>);

fn reconciliation(row: Row) -> Result<Reconciliation, StoreError> {
    let (id, source, since, until, actor, started, ended, compared, unanswered, is_listed, problem) = row;
    Ok(Reconciliation {
        id,
        source: parsed(TABLE, &source, ExternalId::parse)?,
        over: Span { from: instant(TABLE, since)?, until: instant(TABLE, until)? },
        actor,
        started_at: instant(TABLE, started)?,
        ended_at: instant(TABLE, ended)?,
        compared: count(TABLE, compared)?,
        unanswered: count(TABLE, unanswered)?,
        is_listed: is_listed == 1,
        problem,
    })
}

/// Keeps a comparison with its differences.
pub async fn insert(
    tx: &mut Tx,
    kept: &Reconciliation,
    differences: &[Difference],
) -> Result<(), StoreError> {
    let counted = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    execute!(
        &mut *tx,
        "INSERT INTO reconciliations (id, source, since, until, actor, started_at, ended_at, compared, unanswered, is_listed, problem)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        kept.id,
        kept.source.as_str().to_owned(),
        micros(kept.over.from),
        micros(kept.over.until),
        kept.actor.clone(),
        micros(kept.started_at),
        micros(kept.ended_at),
        counted(kept.compared),
        counted(kept.unanswered),
        i64::from(kept.is_listed),
        kept.problem.clone(),
    )?;
    insert_all!(
        tx,
        "INSERT INTO reconciliation_differences (reconciliation_id, external_id, kind, ours, theirs) ",
        differences,
        |row| (
            kept.id,
            row.order.as_str().to_owned(),
            row.kind.as_str(),
            row.ours.clone(),
            row.theirs.clone(),
        ),
        ""
    );
    Ok(())
}

/// The last comparisons, the last first, each with how many differences it found.
pub async fn last(tx: &mut Tx, most: i64) -> Result<Vec<(Reconciliation, u64)>, StoreError> {
    let sql = "SELECT id, source, since, until, actor, started_at, ended_at, compared, unanswered, is_listed, problem
        FROM reconciliations ORDER BY started_at DESC, id DESC LIMIT $1";
    let rows = fetch_all!(&mut *tx, Row, sql, most)?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.0).collect();
    let sql = "SELECT reconciliation_id, COUNT(*) FROM reconciliation_differences
        WHERE reconciliation_id IN ({list}) GROUP BY reconciliation_id";
    let counts = fetch_listed!(tx, (Uuid, i64), sql, [], ids);
    let differing = |id: Uuid| counts.iter().find(|(of, _)| *of == id).map_or(0, |(_, many)| *many);
    rows.into_iter()
        .map(|row| {
            let many = count(TABLE, differing(row.0))?;
            Ok((reconciliation(row)?, many))
        })
        .collect()
}

type DifferenceRow = (String, String, Option<String>, Option<String>);

/// The differences that a comparison found, by order.
pub async fn differences(tx: &mut Tx, id: Uuid) -> Result<Vec<Difference>, StoreError> {
    const TABLE: &str = "reconciliation_differences";
    let sql = "SELECT external_id, kind, ours, theirs FROM reconciliation_differences
        WHERE reconciliation_id = $1 ORDER BY external_id, kind";
    let difference = |(order, kind, ours, theirs): DifferenceRow| {
        let unknown = || StoreError::corrupt(TABLE, format!("{kind:?} is no kind"));
        Ok(Difference {
            order: parsed(TABLE, &order, ExternalId::parse)?,
            kind: DifferenceKind::parse(&kind).ok_or_else(unknown)?,
            ours,
            theirs,
        })
    };
    fetch_all!(tx, DifferenceRow, sql, id)?.into_iter().map(difference).collect()
}

/// The orders of a shop that may still change and were placed since, those first that the shop was not asked
/// about for longest: not cancelled.
pub async fn unfinished(
    tx: &mut Tx,
    source: &ExternalId,
    since: Timestamp,
    most: i64,
) -> Result<Vec<OrderId>, StoreError> {
    let sql = "SELECT o.id FROM orders o LEFT JOIN order_looks l ON l.order_id = o.id
        WHERE o.source = $1 AND o.cancelled_at IS NULL AND o.ordered_at >= $2
        ORDER BY COALESCE(l.looked_at, 0), o.id LIMIT $3";
    let rows = fetch_all!(tx, (Uuid,), sql, source.as_str().to_owned(), micros(since), most)?;
    Ok(rows.into_iter().map(|(id,)| OrderId::new(id)).collect())
}

/// Notes that the shop was asked about orders.
pub async fn looked(tx: &mut Tx, orders: &[OrderId], now: Timestamp) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "INSERT INTO order_looks (order_id, looked_at) ",
        orders,
        |row| (row.uuid(), micros(now)),
        " ON CONFLICT (order_id) DO UPDATE SET looked_at = excluded.looked_at"
    );
    Ok(())
}

/// The orders of a shop placed in a span.
pub async fn placed_within(tx: &mut Tx, source: &ExternalId, over: Span) -> Result<Vec<OrderId>, StoreError> {
    let sql = "SELECT id FROM orders WHERE source = $1 AND ordered_at >= $2 AND ordered_at < $3 ORDER BY ordered_at, id";
    let rows =
        fetch_all!(tx, (Uuid,), sql, source.as_str().to_owned(), micros(over.from), micros(over.until))?;
    Ok(rows.into_iter().map(|(id,)| OrderId::new(id)).collect())
}
