//! `period_runs` and what belongs to each: the orders it counted, how everyone stood, what was paid,
//! what was cut, what nobody got, what is carried over. Once paid, never changed.

mod orders;
mod payment;

use domain::ids::{FactSeq, OrderId, PartnerId, PlanVersionId};
use domain::period::Period;
use jiff::Timestamp;
use uuid::Uuid;

pub use orders::{
    Later, LaterKind, OrderCommission, commissions_known, commissions_within, later_than, orders_within,
};
pub use payment::{
    Payment, PeriodAccrual, PeriodCut, StoredAward, StoredCarry, StoredUnpaid, accruals_of,
    accruals_of_earner, accruals_of_period, all_accruals, all_cuts, awards_of, carries_of, cuts_of_period,
    pay, unpaid_of,
};

use crate::columns::{count, digest, instant, micros, period, period_number};
use crate::{StoreError, Tx};

const TABLE: &str = "period_runs";

/// One reckoning of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodRun {
    /// Its identity; the breakage of the run carries it as a transfer.
    pub id: Uuid,
    /// Of which period.
    pub period: Period,
    /// From 1; above 1 it adjusts a closed period by what became known later.
    pub run: u32,
    /// By which plan.
    pub plan_version: PlanVersionId,
    /// By which knowledge of the network.
    pub known: FactSeq,
    /// The digest of everything that was reckoned with.
    pub inputs: [u8; 32],
    /// The digest of how everyone stood.
    pub standings: [u8; 32],
    /// Who took the first step.
    pub qualified_by: String,
    /// When.
    pub qualified_at: Timestamp,
    /// The second step, once it is taken.
    pub paid: Option<PaidRun>,
}

/// The second step of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidRun {
    /// The digest of what was paid.
    pub result: [u8; 32],
    /// Who took it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// An order as a run counted it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedOrder {
    /// Which.
    pub order: OrderId,
    /// How many of its refunds were known.
    pub refunds: u32,
    /// Whether it was cancelled.
    pub cancelled: bool,
}

/// How one partner stood in a period; volumes in the plan's unit of qualification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredStanding {
    /// Who.
    pub partner: PartnerId,
    /// Personal volume after the roll-up.
    pub personal: i64,
    /// Before it.
    pub unrolled: i64,
    /// Of outside customers.
    pub customers: i64,
    /// With the first line.
    pub frontline: i64,
    /// With everyone below.
    pub group: i64,
    /// As which rank he is paid.
    pub paid_as: Option<String>,
    /// The highest rank he ever reached.
    pub highest: Option<String>,
}

#[derive(sqlx::FromRow)]
struct RunRow {
    id: Uuid,
    period: i64,
    run: i64,
    plan_version_id: Uuid,
    known_seq: i64,
    inputs: Vec<u8>,
    standings: Vec<u8>,
    qualified_by: String,
    qualified_at: i64,
    result: Option<Vec<u8>>,
    paid_by: Option<String>,
    paid_at: Option<i64>,
}

impl TryFrom<RunRow> for PeriodRun {
    type Error = StoreError;

    fn try_from(row: RunRow) -> Result<Self, StoreError> {
        let paid = match (row.result, row.paid_by, row.paid_at) {
            (Some(result), Some(by), Some(at)) => {
                Some(PaidRun { result: digest(TABLE, result)?, by, at: instant(TABLE, at)? })
            }
            _ => None,
        };
        Ok(Self {
            id: row.id,
            period: period(TABLE, row.period)?,
            run: count(TABLE, row.run)?,
            plan_version: PlanVersionId::new(row.plan_version_id),
            known: FactSeq(row.known_seq),
            inputs: digest(TABLE, row.inputs)?,
            standings: digest(TABLE, row.standings)?,
            qualified_by: row.qualified_by,
            qualified_at: instant(TABLE, row.qualified_at)?,
            paid,
        })
    }
}

macro_rules! runs {
    ($rest:literal) => {
        concat!(
            "SELECT id, period, run, plan_version_id, known_seq, inputs, standings, qualified_by, qualified_at,
             result, paid_by, paid_at FROM period_runs ",
            $rest
        )
    };
}

/// The runs of a period, by number.
pub async fn of_period(tx: &mut Tx, period: Period) -> Result<Vec<PeriodRun>, StoreError> {
    fetch_all!(tx, RunRow, runs!("WHERE period = $1 ORDER BY run"), period_number(period))?
        .into_iter()
        .map(PeriodRun::try_from)
        .collect()
}

/// The last run of the last period before one that was paid by an instant of the clock.
pub async fn last_paid_before(
    tx: &mut Tx,
    period: Period,
    by: Timestamp,
) -> Result<Option<PeriodRun>, StoreError> {
    let sql = runs!(
        "WHERE period < $1 AND result IS NOT NULL AND paid_at <= $2 ORDER BY period DESC, run DESC LIMIT 1"
    );
    fetch_optional!(tx, RunRow, sql, period_number(period), micros(by))?.map(PeriodRun::try_from).transpose()
}

/// The last paid run of all.
pub async fn last_paid(tx: &mut Tx) -> Result<Option<PeriodRun>, StoreError> {
    let sql = runs!("WHERE result IS NOT NULL ORDER BY period DESC, run DESC LIMIT 1");
    fetch_optional!(tx, RunRow, sql)?.map(PeriodRun::try_from).transpose()
}

/// Every run, by period and number.
pub async fn all(tx: &mut Tx) -> Result<Vec<PeriodRun>, StoreError> {
    fetch_all!(tx, RunRow, runs!("ORDER BY period, run"))?.into_iter().map(PeriodRun::try_from).collect()
}

/// Stores the first step of a run.
pub async fn insert(
    tx: &mut Tx,
    run: &PeriodRun,
    orders: &[CountedOrder],
    standings: &[StoredStanding],
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO period_runs (id, period, run, plan_version_id, known_seq, inputs, standings, qualified_by, qualified_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        run.id,
        period_number(run.period),
        i64::from(run.run),
        run.plan_version.uuid(),
        run.known.0,
        run.inputs.to_vec(),
        run.standings.to_vec(),
        run.qualified_by.clone(),
        micros(run.qualified_at),
    )?;
    insert_all!(
        tx,
        "INSERT INTO period_orders (run_id, order_id, refunds, cancelled) ",
        orders,
        |row| (run.id, row.order.uuid(), i64::from(row.refunds), row.cancelled),
        ""
    );
    insert_all!(
        tx,
        "INSERT INTO period_standings (run_id, partner_id, personal, unrolled, customers, frontline, group_volume, paid_as, highest) ",
        standings,
        |row| (
            run.id,
            row.partner.uuid(),
            row.personal,
            row.unrolled,
            row.customers,
            row.frontline,
            row.group,
            row.paid_as.clone(),
            row.highest.clone(),
        ),
        ""
    );
    Ok(())
}

/// Forgets the first step of a run whose second was not taken.
pub async fn forget(tx: &mut Tx, run: Uuid) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM period_orders WHERE run_id = $1",
        "DELETE FROM period_standings WHERE run_id = $1",
        "DELETE FROM period_runs WHERE id = $1",
    ] {
        execute!(&mut *tx, sql, run)?;
    }
    Ok(())
}

/// The orders that a run counted.
pub async fn orders_of(tx: &mut Tx, run: Uuid) -> Result<Vec<CountedOrder>, StoreError> {
    let sql = "SELECT order_id, refunds, cancelled FROM period_orders WHERE run_id = $1 ORDER BY order_id";
    fetch_all!(tx, (Uuid, i64, bool), sql, run)?
        .into_iter()
        .map(|(order, refunds, cancelled)| {
            Ok(CountedOrder {
                order: OrderId::new(order),
                refunds: count("period_orders", refunds)?,
                cancelled,
            })
        })
        .collect()
}

type StandingRow = (Uuid, i64, i64, i64, i64, i64, Option<String>, Option<String>);

/// How everyone stood in a run.
pub async fn standings_of(tx: &mut Tx, run: Uuid) -> Result<Vec<StoredStanding>, StoreError> {
    let sql = "SELECT partner_id, personal, unrolled, customers, frontline, group_volume, paid_as, highest
        FROM period_standings WHERE run_id = $1 ORDER BY partner_id";
    let standing = |row: StandingRow| {
        let (partner, personal, unrolled, customers, frontline, group, paid_as, highest) = row;
        let partner = PartnerId::new(partner);
        StoredStanding { partner, personal, unrolled, customers, frontline, group, paid_as, highest }
    };
    Ok(fetch_all!(tx, StandingRow, sql, run)?.into_iter().map(standing).collect())
}

/// The paid runs that counted any of these orders, each with the period it is of.
pub async fn counting(tx: &mut Tx, orders: &[OrderId]) -> Result<Vec<(Uuid, Period)>, StoreError> {
    let ids: Vec<Uuid> = orders.iter().map(|order| order.uuid()).collect();
    let sql = "SELECT DISTINCT r.id, r.period FROM period_orders o JOIN period_runs r ON r.id = o.run_id
        WHERE r.result IS NOT NULL AND o.order_id IN ({list})";
    let rows = fetch_listed!(tx, (Uuid, i64), sql, [], ids);
    rows.into_iter().map(|(id, number)| Ok((id, period(TABLE, number)?))).collect()
}
