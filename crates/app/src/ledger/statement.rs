//! A partner's statement, line by line, each with its cause.

use std::collections::HashMap;

use domain::ids::{OrderId, PartnerId, TransferId};
use domain::ledger::{Balance, TransferKind, partner_account};
use domain::money::{Money, Rate};
use domain::partner::PartnerCode;
use domain::period::Period;
use jiff::Timestamp;
use serde::Serialize;
use store::StoreError;
use uuid::Uuid;

use crate::App;

/// A partner's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// Whose.
    pub partner_code: PartnerCode,
    /// What he has and what he may be paid now.
    pub balance: Balance,
    /// Every movement, in order of effect.
    pub lines: Vec<StatementLine>,
}

/// One movement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementLine {
    /// When it counts.
    pub effective_at: Timestamp,
    /// From when on it may be paid out.
    pub available_at: Timestamp,
    /// Its period.
    pub period: Period,
    /// Why.
    pub kind: TransferKind,
    /// What caused it, as people call it.
    pub cause: String,
    /// Of an accrual, or of its reversal: by which rule.
    pub rule: Option<String>,
    /// Of what it was earned by a rule of a period: `partner`, `legs`, `company`, `reached`, `carried`.
    pub source: Option<String>,
    /// Of whose volume or commissions, where it is a partner's.
    pub source_code: Option<PartnerCode>,
    /// At which level.
    pub level: Option<u16>,
    /// At which rate.
    pub rate: Option<Rate>,
    /// Of which base.
    pub base: Option<Money>,
    /// How much: below zero it was taken.
    pub amount: Money,
    /// What he has after it.
    pub total: Money,
}

/// Why there is no statement.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// Nobody has that code.
    #[error("there is no partner {0}")]
    UnknownPartner(PartnerCode),
    /// The database failed.
    #[error("could not read the ledger")]
    Store(#[from] StoreError),
}

/// The statement of a partner.
pub async fn statement(app: &App, code: &PartnerCode) -> Result<Statement, StatementError> {
    let mut tx = app.store.begin_read().await?;
    let partner = store::partners::by_code(&mut tx, code)
        .await?
        .ok_or_else(|| StatementError::UnknownPartner(code.clone()))?;
    let account = partner_account(partner.id);
    let transfers = store::transfers::of_account(&mut tx, account).await?;
    let causes: Vec<Uuid> = transfers.iter().map(|transfer| transfer.cause).collect();
    let causes: HashMap<Uuid, String> =
        store::transfers::causes_of(&mut tx, &causes).await?.into_iter().collect();
    let orders: Vec<OrderId> = transfers
        .iter()
        .filter(|transfer| transfer.kind == TransferKind::Accrual)
        .map(|transfer| OrderId::new(transfer.cause))
        .collect();
    let accruals: HashMap<TransferId, _> = store::accruals::of_orders(&mut tx, &orders)
        .await?
        .into_iter()
        .map(|accrual| (TransferId::new(accrual.id.uuid()), accrual.share))
        .collect();
    let bonuses: HashMap<TransferId, _> = store::period_runs::accruals_of_earner(&mut tx, partner.id)
        .await?
        .into_iter()
        .map(|accrual| (accrual.id, accrual))
        .collect();
    let sources: Vec<PartnerId> = bonuses.values().filter_map(|bonus| bonus.source_partner).collect();
    let sources: HashMap<PartnerId, PartnerCode> = store::partners::by_ids(&mut tx, &sources)
        .await?
        .into_iter()
        .map(|partner| (partner.id, partner.code))
        .collect();
    let mut total = Money::ZERO;
    let lines = transfers.into_iter().map(|transfer| {
        let amount = if transfer.credit == account { transfer.amount } else { -transfer.amount };
        total += amount;
        let of = transfer.reverses.unwrap_or(transfer.id);
        let (share, bonus) = (accruals.get(&of), bonuses.get(&of));
        StatementLine {
            effective_at: transfer.effective_at,
            available_at: transfer.available_at,
            period: transfer.period,
            kind: transfer.kind,
            cause: causes.get(&transfer.cause).cloned().unwrap_or_else(|| transfer.cause.to_string()),
            rule: share.map(|share| &share.rule).or(bonus.map(|bonus| &bonus.rule)).map(ToString::to_string),
            source: bonus.map(|bonus| bonus.source.clone()),
            source_code: bonus.and_then(|bonus| sources.get(&bonus.source_partner?)).cloned(),
            level: share.map(|share| share.level).or(bonus.map(|bonus| bonus.level)),
            rate: share.map(|share| share.rate).or(bonus.and_then(|bonus| bonus.rate)),
            base: share.map(|share| share.base).or(bonus.map(|bonus| bonus.base)),
            amount,
            total,
        }
    });
    let lines = lines.collect();
    let balance = store::balances::of(&mut tx, account, app.now()).await?;
    Ok(Statement { partner_code: partner.code, balance, lines })
}
