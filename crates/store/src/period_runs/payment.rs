//! What the second step of a run writes: earnings, cuts, what nobody got, what is carried over, awards.

use domain::accrual::RuleId;
use domain::ids::{PartnerId, TransferId};
use domain::money::{Money, Rate};
use domain::period::Period;
use uuid::Uuid;

use super::PaidRun;
use crate::columns::{count, micros, period_number};
use crate::{StoreError, Tx};

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
    insert_accruals(tx, &payment.accruals).await?;
    insert_cuts(tx, &payment.cuts).await?;
    insert_unpaid(tx, run, &payment.unpaid).await?;
    insert_carries(tx, run, &payment.carries).await?;
    insert_awards(tx, run, &payment.awards).await
}

async fn insert_accruals(tx: &mut Tx, accruals: &[PeriodAccrual]) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "INSERT INTO period_accruals (id, run_id, rule, earner_id, source, source_id, level, base, rate, raw, paid) ",
        accruals,
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
    Ok(())
}

async fn insert_cuts(tx: &mut Tx, cuts: &[PeriodCut]) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "INSERT INTO period_cuts (id, run_id, rule, earner_id, amount) ",
        cuts,
        |row| (row.id.uuid(), row.run, row.rule.as_str().to_owned(), row.earner.uuid(), row.amount.minor()),
        ""
    );
    Ok(())
}

fn name(rule: Option<&RuleId>) -> Option<String> {
    rule.map(|rule| rule.as_str().to_owned())
}

async fn insert_unpaid(tx: &mut Tx, run: Uuid, unpaid: &[StoredUnpaid]) -> Result<(), StoreError> {
    let placed: Vec<(i64, &StoredUnpaid)> = (1..).zip(unpaid).collect();
    insert_all!(
        tx,
        "INSERT INTO period_unpaid (run_id, place, rule, partner_id, reason, amount) ",
        placed.as_slice(),
        |row| (
            run,
            row.0,
            name(row.1.rule.as_ref()),
            row.1.partner.map(PartnerId::uuid),
            row.1.reason.clone(),
            row.1.amount.minor(),
        ),
        ""
    );
    Ok(())
}

async fn insert_carries(tx: &mut Tx, run: Uuid, carries: &[StoredCarry]) -> Result<(), StoreError> {
    let placed: Vec<(i64, &StoredCarry)> = (1..).zip(carries).collect();
    insert_all!(
        tx,
        "INSERT INTO period_carries (run_id, place, rule, partner_id, what, amount) ",
        placed.as_slice(),
        |row| (
            run,
            row.0,
            name(row.1.rule.as_ref()),
            row.1.partner.map(PartnerId::uuid),
            row.1.what.clone(),
            row.1.amount,
        ),
        ""
    );
    Ok(())
}

async fn insert_awards(tx: &mut Tx, run: Uuid, awards: &[StoredAward]) -> Result<(), StoreError> {
    insert_all!(
        tx,
        "INSERT INTO period_awards (run_id, rule, partner_id, item_ru, item_en) ",
        awards,
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
