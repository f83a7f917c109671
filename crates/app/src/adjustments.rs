//! Adjustments by hand: given or taken with a reason; above a limit only when another person agrees.

use domain::actor::Actor;
use domain::adjustment::{Adjustment, AdjustmentState};
use domain::ids::{AdjustmentId, TransferId};
use domain::lang::Text;
use domain::ledger::{CompanyAccount, Transfer, TransferKind, partner_account};
use domain::money::Money;
use domain::partner::PartnerCode;
use domain::text;
use jiff::{SignedDuration, Timestamp};
use store::{StoreError, Tx};

use crate::App;
use crate::audit::{self, Act};
use crate::periods::Calendar;
use crate::plans;
use crate::retry::{may_retry, retrying};

/// What one person may give and take alone within 24 hours, unless the settings say otherwise.
pub const USUAL_LIMIT: Money = Money::from_minor(5_000_00);
/// Over which time a person's adjustments are summed: many small ones are one large one.
const SPAN: SignedDuration = SignedDuration::from_hours(24);
/// The longest reason, in characters.
const LONGEST_REASON: usize = 500;

/// Why an adjustment is not made.
#[derive(Debug, thiserror::Error)]
pub enum AdjustmentError {
    /// Nobody has that code.
    #[error("there is no partner {0}")]
    UnknownPartner(PartnerCode),
    /// There is no such adjustment.
    #[error("there is no adjustment number {0}")]
    Unknown(i64),
    /// Nothing would move.
    #[error("an adjustment gives or takes something: the amount must not be zero")]
    Zero,
    /// No reason, or too long a one.
    #[error("an adjustment needs a reason of 1 to 500 characters")]
    Reason,
    /// More would be taken than he has.
    #[error("{asked} is to be taken, {available} is available")]
    NotEnough {
        /// What was to be taken.
        asked: Money,
        /// What he may be paid now.
        available: Money,
    },
    /// It was decided already.
    #[error("adjustment {number} is {state} already")]
    Decided {
        /// Which.
        number: i64,
        /// Where it stands.
        state: AdjustmentState,
    },
    /// He asked for it himself.
    #[error("{0} asked for this adjustment, so another person must decide")]
    SamePerson(String),
    /// Only staff may.
    #[error("only staff may do this")]
    NotStaff,
    /// The database failed.
    #[error("could not store the adjustment")]
    Store(#[from] StoreError),
}
may_retry!(AdjustmentError);

impl From<&AdjustmentError> for Text {
    fn from(error: &AdjustmentError) -> Self {
        match error {
            AdjustmentError::UnknownPartner(code) => text!("партнёра {} нет", "there is no partner {}", code),
            AdjustmentError::Unknown(number) => {
                text!("корректировки № {} нет", "there is no adjustment number {}", number)
            }
            AdjustmentError::Zero => Self::new("сумма корректировки не может быть нулём", error.to_string()),
            AdjustmentError::Reason => Self::new("нужна причина, от 1 до 500 знаков", error.to_string()),
            AdjustmentError::NotEnough { asked, available } => {
                text!("снять {} нельзя: доступно {}", "{} cannot be taken: {} is available", asked, available)
            }
            AdjustmentError::Decided { number, state } => {
                let ru = match state {
                    AdjustmentState::Requested => "ждёт решения",
                    AdjustmentState::Made => "уже проведена",
                    AdjustmentState::Rejected => "уже отклонена",
                };
                Self::new(format!("корректировка № {number} {ru}"), error.to_string())
            }
            AdjustmentError::SamePerson(by) => Self::new(
                format!("корректировку просит {by}: решить должен другой сотрудник"),
                error.to_string(),
            ),
            AdjustmentError::NotStaff => Self::new("это может сделать только сотрудник", error.to_string()),
            AdjustmentError::Store(_) => Self::new("база данных не приняла изменения", error.to_string()),
        }
    }
}

/// Gives to a partner, or takes from him below zero. What one person did alone within 24 hours and this
/// together over the limit, it waits for another person, and nothing moves yet.
///
/// # Errors
/// [`AdjustmentError`]
pub async fn make(
    app: &App,
    actor: &Actor,
    partner: &PartnerCode,
    amount: Money,
    reason: &str,
) -> Result<Adjustment, AdjustmentError> {
    if !matches!(actor, Actor::Staff(_)) {
        return Err(AdjustmentError::NotStaff);
    }
    if amount == Money::ZERO {
        return Err(AdjustmentError::Zero);
    }
    let reason = reason.trim();
    if !(1..=LONGEST_REASON).contains(&reason.chars().count()) || reason.chars().any(char::is_control) {
        return Err(AdjustmentError::Reason);
    }
    retrying(async || {
        let now = app.now();
        let mut tx = app.store.begin().await?;
        // Held alone, so that two of them cannot pass the limit or take the same money.
        store::facts::lock(&mut tx).await?;
        let partner = store::partners::by_code(&mut tx, partner)
            .await?
            .ok_or_else(|| AdjustmentError::UnknownPartner(partner.clone()))?;
        let maker = actor.to_string();
        let alone = store::adjustments::made_alone_since(&mut tx, &maker, now - SPAN).await?;
        let is_within = alone + amount.abs() <= app.adjustment_limit;
        let adjustment = Adjustment {
            id: AdjustmentId::new(app.ids.uuid(now)),
            number: store::adjustments::next_number(&mut tx).await?,
            partner: partner.id,
            amount,
            reason: reason.to_owned(),
            state: if is_within { AdjustmentState::Made } else { AdjustmentState::Requested },
            requested_by: maker,
            requested_at: now,
            decided_by: None,
            changed_at: now,
        };
        refuse_overdraft(&mut tx, &adjustment, now).await?;
        store::adjustments::insert(&mut tx, &adjustment).await?;
        if is_within {
            post(app, &mut tx, &adjustment, now).await?;
        }
        let action = if is_within { "adjustment.make" } else { "adjustment.request" };
        note(&mut tx, actor, action, &adjustment, Some(reason), now).await?;
        tx.commit().await?;
        Ok(adjustment)
    })
    .await
}

/// What another person says of an adjustment that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is made.
    Approve,
    /// It is not.
    Reject,
}

/// Decides on an adjustment that waits.
///
/// # Errors
/// [`AdjustmentError::SamePerson`], [`AdjustmentError::Decided`], [`AdjustmentError::NotEnough`].
pub async fn decide(
    app: &App,
    actor: &Actor,
    number: i64,
    decision: Decision,
    reason: Option<&str>,
) -> Result<Adjustment, AdjustmentError> {
    if !matches!(actor, Actor::Staff(_)) {
        return Err(AdjustmentError::NotStaff);
    }
    retrying(async || {
        let now = app.now();
        let mut tx = app.store.begin().await?;
        store::facts::lock(&mut tx).await?;
        let waiting =
            store::adjustments::by_number(&mut tx, number).await?.ok_or(AdjustmentError::Unknown(number))?;
        if waiting.state != AdjustmentState::Requested {
            return Err(AdjustmentError::Decided { number, state: waiting.state });
        }
        if waiting.requested_by == actor.to_string() {
            return Err(AdjustmentError::SamePerson(waiting.requested_by));
        }
        let state = match decision {
            Decision::Approve => AdjustmentState::Made,
            Decision::Reject => AdjustmentState::Rejected,
        };
        let adjustment =
            Adjustment { state, decided_by: Some(actor.to_string()), changed_at: now, ..waiting };
        if !store::adjustments::decide(&mut tx, &adjustment).await? {
            return Err(AdjustmentError::Decided { number, state });
        }
        let action = match decision {
            Decision::Approve => {
                refuse_overdraft(&mut tx, &adjustment, now).await?;
                post(app, &mut tx, &adjustment, now).await?;
                "adjustment.approve"
            }
            Decision::Reject => "adjustment.reject",
        };
        note(&mut tx, actor, action, &adjustment, reason, now).await?;
        tx.commit().await?;
        Ok(adjustment)
    })
    .await
}

/// By hand nobody is brought into debt: only a reversal may do that.
async fn refuse_overdraft(
    tx: &mut Tx,
    adjustment: &Adjustment,
    now: Timestamp,
) -> Result<(), AdjustmentError> {
    if adjustment.amount.is_positive() {
        return Ok(());
    }
    let available = store::balances::of(tx, partner_account(adjustment.partner), now).await?.available;
    let asked = adjustment.amount.abs();
    if asked > available {
        return Err(AdjustmentError::NotEnough { asked, available });
    }
    Ok(())
}

async fn post(app: &App, tx: &mut Tx, adjustment: &Adjustment, now: Timestamp) -> Result<(), StoreError> {
    let zone = plans::timeline(app, tx).await?.zone();
    let posting = Calendar::load(tx, zone, now).await?.posting(now);
    let (company, partner) = (CompanyAccount::Adjustments.id(), partner_account(adjustment.partner));
    let (debit, credit) =
        if adjustment.amount.is_positive() { (company, partner) } else { (partner, company) };
    let transfer = Transfer {
        id: TransferId::new(adjustment.id.uuid()),
        debit,
        credit,
        amount: adjustment.amount.abs(),
        kind: TransferKind::Adjustment,
        cause: adjustment.id.uuid(),
        reverses: None,
        effective_at: posting.effective_at,
        available_at: posting.effective_at,
        recorded_at: posting.recorded_at,
        period: posting.period,
    };
    store::transfers::insert_all(tx, &[transfer]).await
}

async fn note(
    tx: &mut Tx,
    actor: &Actor,
    action: &'static str,
    adjustment: &Adjustment,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let act = Act::<(), _> {
        actor,
        action,
        entity: format!("adjustment:{}", adjustment.number),
        before: None,
        after: Some(serde_json::json!({ "state": adjustment.state, "amount": adjustment.amount })),
        reason,
    };
    audit::append(tx, act, now).await
}

/// Every adjustment, by number, with the code of its partner.
pub async fn list(app: &App) -> Result<Vec<(Adjustment, PartnerCode)>, StoreError> {
    let mut tx = app.store.begin_read().await?;
    let adjustments = store::adjustments::all(&mut tx).await?;
    let ids: Vec<_> = adjustments.iter().map(|adjustment| adjustment.partner).collect();
    let codes: std::collections::HashMap<_, _> = store::partners::by_ids(&mut tx, &ids)
        .await?
        .into_iter()
        .map(|partner| (partner.id, partner.code))
        .collect();
    let with_code = |adjustment: Adjustment| {
        let code = codes.get(&adjustment.partner)?.clone();
        Some((adjustment, code))
    };
    Ok(adjustments.into_iter().filter_map(with_code).collect())
}
