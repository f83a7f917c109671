//! `period_runs` and what belongs to each: the orders it counted, how everyone stood, what was paid,
//! what was cut, what nobody got, what is carried over. Once paid, never changed.

use domain::accrual::RuleId;
use domain::ids::{FactSeq, OrderId, PartnerId, PlanVersionId, TransferId};
use domain::money::{Money, Rate};
use domain::period::Period;
use jiff::Timestamp;
use uuid::Uuid;

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

/// One earning by a period rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodAccrual {
    /// Its transfer carries the same id.
    pub id: TransferId,
    /// Of which run.
    pub run: Uuid,
    /// By which rule.
    pub rule: RuleId,
    /// Who earns.
    pub earner: PartnerId,
    /// Of what: `partner`, `legs`, `company`, `reached`, `carried`.
    pub source: String,
    /// Of whose volume or commissions, where the source is a partner.
    pub source_partner: Option<PartnerId>,
    /// At which level or generation.
    pub level: u16,
    /// Of which sum.
    pub base: Money,
    /// At which rate, where there is one.
    pub rate: Option<Rate>,
    /// Before the caps.
    pub raw: Money,
    /// What he gets.
    pub paid: Money,
}

/// What a cap of the period took back of what orders had paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodCut {
    /// Its transfer carries the same id.
    pub id: TransferId,
    /// Of which run.
    pub run: Uuid,
    /// Of which rule's commissions.
    pub rule: RuleId,
    /// From whom.
    pub earner: PartnerId,
    /// How much.
    pub amount: Money,
}

/// A part that is not paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredUnpaid {
    /// Of which rule; `None` for the caps of the plan.
    pub rule: Option<RuleId>,
    /// Who would have got it.
    pub partner: Option<PartnerId>,
    /// Why not.
    pub reason: String,
    /// How much.
    pub amount: Money,
}

/// What a period leaves to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCarry {
    /// Of which rule.
    pub rule: Option<RuleId>,
    /// Of whom.
    pub partner: Option<PartnerId>,
    /// What.
    pub what: String,
    /// How much.
    pub amount: i64,
}

/// A thing that was earned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAward {
    /// By which rule.
    pub rule: RuleId,
    /// Who gets it.
    pub partner: PartnerId,
    /// What, in Russian.
    pub item_ru: String,
    /// What, in English.
    pub item_en: String,
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

/// The last paid run of the last period before one.
pub async fn last_paid_before(tx: &mut Tx, period: Period) -> Result<Option<PeriodRun>, StoreError> {
    let sql = runs!("WHERE period < $1 AND result IS NOT NULL ORDER BY period DESC, run DESC LIMIT 1");
    fetch_optional!(tx, RunRow, sql, period_number(period))?.map(PeriodRun::try_from).transpose()
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

/// What the second step writes beside the run itself.
#[derive(Debug, Clone, Default)]
pub struct Payment {
    /// Earnings; their transfers are stored already.
    pub accruals: Vec<PeriodAccrual>,
    /// Cuts; their transfers are stored already.
    pub cuts: Vec<PeriodCut>,
    /// What is not paid.
    pub unpaid: Vec<StoredUnpaid>,
    /// What is carried over.
    pub carries: Vec<StoredCarry>,
    /// Things that were earned.
    pub awards: Vec<StoredAward>,
}

/// Stores the second step of a run.
pub async fn pay(tx: &mut Tx, run: Uuid, paid: &PaidRun, payment: &Payment) -> Result<(), StoreError> {
    execute!(
        &mut *tx,
        "UPDATE period_runs SET result = $1, paid_by = $2, paid_at = $3 WHERE id = $4",
        paid.result.to_vec(),
        paid.by.clone(),
        micros(paid.at),
        run,
    )?;
    insert_all!(
        tx,
        "INSERT INTO period_accruals (id, run_id, rule, earner_id, source, source_id, level, base, rate, raw, paid) ",
        payment.accruals.as_slice(),
        |row| (
            row.id.uuid(),
            row.run,
            row.rule.as_str().to_owned(),
            row.earner.uuid(),
            row.source.clone(),
            row.source_partner.map(PartnerId::uuid),
            i64::from(row.level),
            row.base.minor(),
            row.rate.map(|rate| i64::from(rate.ppm())),
            row.raw.minor(),
            row.paid.minor(),
        ),
        ""
    );
    insert_all!(
        tx,
        "INSERT INTO period_cuts (id, run_id, rule, earner_id, amount) ",
        payment.cuts.as_slice(),
        |row| (row.id.uuid(), row.run, row.rule.as_str().to_owned(), row.earner.uuid(), row.amount.minor()),
        ""
    );
    let unpaid: Vec<(i64, &StoredUnpaid)> = (1..).zip(&payment.unpaid).collect();
    insert_all!(
        tx,
        "INSERT INTO period_unpaid (run_id, place, rule, partner_id, reason, amount) ",
        unpaid.as_slice(),
        |row| (
            run,
            row.0,
            row.1.rule.as_ref().map(|rule| rule.as_str().to_owned()),
            row.1.partner.map(PartnerId::uuid),
            row.1.reason.clone(),
            row.1.amount.minor(),
        ),
        ""
    );
    let carries: Vec<(i64, &StoredCarry)> = (1..).zip(&payment.carries).collect();
    insert_all!(
        tx,
        "INSERT INTO period_carries (run_id, place, rule, partner_id, what, amount) ",
        carries.as_slice(),
        |row| (
            run,
            row.0,
            row.1.rule.as_ref().map(|rule| rule.as_str().to_owned()),
            row.1.partner.map(PartnerId::uuid),
            row.1.what.clone(),
            row.1.amount,
        ),
        ""
    );
    insert_all!(
        tx,
        "INSERT INTO period_awards (run_id, rule, partner_id, item_ru, item_en) ",
        payment.awards.as_slice(),
        |row| (
            run,
            row.rule.as_str().to_owned(),
            row.partner.uuid(),
            row.item_ru.clone(),
            row.item_en.clone()
        ),
        ""
    );
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

#[derive(sqlx::FromRow)]
struct AccrualRow {
    id: Uuid,
    run_id: Uuid,
    rule: String,
    earner_id: Uuid,
    source: String,
    source_id: Option<Uuid>,
    level: i64,
    base: i64,
    rate: Option<i64>,
    raw: i64,
    paid: i64,
}

impl TryFrom<AccrualRow> for PeriodAccrual {
    type Error = StoreError;

    fn try_from(row: AccrualRow) -> Result<Self, StoreError> {
        const TABLE: &str = "period_accruals";
        Ok(Self {
            id: TransferId::new(row.id),
            run: row.run_id,
            rule: RuleId::new(&row.rule),
            earner: PartnerId::new(row.earner_id),
            source: row.source,
            source_partner: row.source_id.map(PartnerId::new),
            level: count(TABLE, row.level)?,
            base: Money::from_minor(row.base),
            rate: row.rate.map(|rate| count(TABLE, rate).map(Rate::from_ppm)).transpose()?,
            raw: Money::from_minor(row.raw),
            paid: Money::from_minor(row.paid),
        })
    }
}

macro_rules! accruals {
    ($rest:literal) => {
        concat!(
            "SELECT id, run_id, rule, earner_id, source, source_id, level, base, rate, raw, paid FROM period_accruals ",
            $rest
        )
    };
}

/// The earnings of a run.
pub async fn accruals_of(tx: &mut Tx, run: Uuid) -> Result<Vec<PeriodAccrual>, StoreError> {
    fetch_all!(tx, AccrualRow, accruals!("WHERE run_id = $1 ORDER BY id"), run)?
        .into_iter()
        .map(PeriodAccrual::try_from)
        .collect()
}

/// The earnings of every run of a period.
pub async fn accruals_of_period(tx: &mut Tx, of: Period) -> Result<Vec<PeriodAccrual>, StoreError> {
    let sql = accruals!("WHERE run_id IN (SELECT id FROM period_runs WHERE period = $1) ORDER BY id");
    fetch_all!(tx, AccrualRow, sql, period_number(of))?.into_iter().map(PeriodAccrual::try_from).collect()
}

/// The earnings of one partner by period rules.
pub async fn accruals_of_earner(tx: &mut Tx, earner: PartnerId) -> Result<Vec<PeriodAccrual>, StoreError> {
    fetch_all!(tx, AccrualRow, accruals!("WHERE earner_id = $1 ORDER BY id"), earner.uuid())?
        .into_iter()
        .map(PeriodAccrual::try_from)
        .collect()
}

/// Every earning by period rules.
pub async fn all_accruals(tx: &mut Tx) -> Result<Vec<PeriodAccrual>, StoreError> {
    fetch_all!(tx, AccrualRow, accruals!("ORDER BY id"))?.into_iter().map(PeriodAccrual::try_from).collect()
}

type CutRow = (Uuid, Uuid, String, Uuid, i64);

fn cut((id, run, rule, earner, amount): CutRow) -> PeriodCut {
    PeriodCut {
        id: TransferId::new(id),
        run,
        rule: RuleId::new(&rule),
        earner: PartnerId::new(earner),
        amount: Money::from_minor(amount),
    }
}

macro_rules! cuts {
    ($rest:literal) => {
        concat!("SELECT id, run_id, rule, earner_id, amount FROM period_cuts ", $rest)
    };
}

/// Every cut.
pub async fn all_cuts(tx: &mut Tx) -> Result<Vec<PeriodCut>, StoreError> {
    Ok(fetch_all!(tx, CutRow, cuts!("ORDER BY id"))?.into_iter().map(cut).collect())
}

/// The cuts of every run of a period.
pub async fn cuts_of_period(tx: &mut Tx, of: Period) -> Result<Vec<PeriodCut>, StoreError> {
    let sql = cuts!("WHERE run_id IN (SELECT id FROM period_runs WHERE period = $1) ORDER BY id");
    Ok(fetch_all!(tx, CutRow, sql, period_number(of))?.into_iter().map(cut).collect())
}

/// What a run did not pay.
pub async fn unpaid_of(tx: &mut Tx, run: Uuid) -> Result<Vec<StoredUnpaid>, StoreError> {
    let sql = "SELECT rule, partner_id, reason, amount FROM period_unpaid WHERE run_id = $1 ORDER BY place";
    let unpaid =
        |(rule, partner, reason, amount): (Option<String>, Option<Uuid>, String, i64)| StoredUnpaid {
            rule: rule.map(|rule| RuleId::new(&rule)),
            partner: partner.map(PartnerId::new),
            reason,
            amount: Money::from_minor(amount),
        };
    Ok(fetch_all!(tx, (Option<String>, Option<Uuid>, String, i64), sql, run)?
        .into_iter()
        .map(unpaid)
        .collect())
}

/// What a run carried over.
pub async fn carries_of(tx: &mut Tx, run: Uuid) -> Result<Vec<StoredCarry>, StoreError> {
    let sql = "SELECT rule, partner_id, what, amount FROM period_carries WHERE run_id = $1 ORDER BY place";
    let carry = |(rule, partner, what, amount): (Option<String>, Option<Uuid>, String, i64)| StoredCarry {
        rule: rule.map(|rule| RuleId::new(&rule)),
        partner: partner.map(PartnerId::new),
        what,
        amount,
    };
    Ok(fetch_all!(tx, (Option<String>, Option<Uuid>, String, i64), sql, run)?
        .into_iter()
        .map(carry)
        .collect())
}

/// What a run awarded.
pub async fn awards_of(tx: &mut Tx, run: Uuid) -> Result<Vec<StoredAward>, StoreError> {
    let sql = "SELECT rule, partner_id, item_ru, item_en FROM period_awards WHERE run_id = $1 ORDER BY rule, partner_id";
    let award = |(rule, partner, item_ru, item_en): (String, Uuid, String, String)| StoredAward {
        rule: RuleId::new(&rule),
        partner: PartnerId::new(partner),
        item_ru,
        item_en,
    };
    Ok(fetch_all!(tx, (String, Uuid, String, String), sql, run)?.into_iter().map(award).collect())
}

/// The paid runs that counted any of these orders, each with the period it is of.
pub async fn counting(tx: &mut Tx, orders: &[OrderId]) -> Result<Vec<(Uuid, Period)>, StoreError> {
    let ids: Vec<Uuid> = orders.iter().map(|order| order.uuid()).collect();
    let sql = "SELECT DISTINCT r.id, r.period FROM period_orders o JOIN period_runs r ON r.id = o.run_id
        WHERE r.result IS NOT NULL AND o.order_id IN ({list})";
    let rows = fetch_listed!(tx, (Uuid, i64), sql, [], ids);
    rows.into_iter().map(|(id, number)| Ok((id, period(TABLE, number)?))).collect()
}

/// A commission that an order paid: rule, earner, before the caps, paid, taken back.
pub type OrderCommission = (RuleId, PartnerId, Money, Money, Money);

/// What orders that took effect within a span of time paid, accrual by accrual, less what refunds and
/// cancellations had taken back by an instant of the clock, and corrections ever.
pub async fn commissions_within(
    tx: &mut Tx,
    from: Timestamp,
    until: Timestamp,
    reversed_by: Timestamp,
) -> Result<Vec<OrderCommission>, StoreError> {
    let sql = "SELECT a.rule, a.earner_id, a.raw, a.paid,
            CAST(COALESCE((SELECT SUM(t.amount) FROM transfers t WHERE t.reverses = a.id
                AND (t.recorded_at <= $3 OR t.kind = 'correction_reversal')), 0) AS BIGINT)
        FROM accruals a JOIN accrual_runs r ON r.order_id = a.order_id AND r.run = a.run
        WHERE r.effective_at >= $1 AND r.effective_at < $2
        ORDER BY a.rule, a.earner_id, a.id";
    let rows =
        fetch_all!(tx, (String, Uuid, i64, i64, i64), sql, micros(from), micros(until), micros(reversed_by))?;
    let commission = |(rule, earner, raw, paid, back): (String, Uuid, i64, i64, i64)| {
        let [raw, paid, back] = [raw, paid, back].map(Money::from_minor);
        (RuleId::new(&rule), PartnerId::new(earner), raw, paid, back)
    };
    Ok(rows.into_iter().map(commission).collect())
}

/// The judged orders that took effect within a span of time.
pub async fn orders_within(
    tx: &mut Tx,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<OrderId>, StoreError> {
    let sql = "SELECT DISTINCT order_id FROM accrual_runs WHERE effective_at >= $1 AND effective_at < $2 ORDER BY order_id";
    let rows = fetch_all!(tx, (Uuid,), sql, micros(from), micros(until))?;
    Ok(rows.into_iter().map(|(id,)| OrderId::new(id)).collect())
}
