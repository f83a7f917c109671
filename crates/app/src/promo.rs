//! Promo codes: staff say whose a code is, and until when.

use domain::actor::Actor;
use domain::partner::PartnerCode;
use domain::promo::{PromoCode, PromoTerm};
use jiff::Timestamp;
use serde::Serialize;
use store::promo_codes::Stored;
use store::{StoreError, Tx};

use crate::App;
use crate::audit::{self, Act};
use crate::retry::{may_retry, retrying};

/// A code that staff give to a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The code.
    pub code: PromoCode,
    /// Whose it shall be.
    pub partner: PartnerCode,
    /// From then on, for orders placed then or later.
    pub since: Timestamp,
    /// Until then; `None` while no end is known.
    pub until: Option<Timestamp>,
}

/// Why nothing was done with a code.
#[derive(Debug, thiserror::Error)]
pub enum PromoError {
    /// Nobody has that partner code.
    #[error("there is no partner {0}")]
    UnknownPartner(PartnerCode),
    /// Somebody has it then.
    #[error("promo code {code} is {partner}'s from {since}")]
    Taken {
        /// The code.
        code: PromoCode,
        /// Whose it is.
        partner: PartnerCode,
        /// Since when.
        since: Timestamp,
    },
    /// It is nobody's at that instant.
    #[error("promo code {0} is nobody's at that time")]
    Nobodys(PromoCode),
    /// The end does not come after the beginning.
    #[error("{until} is not after {since}")]
    Order {
        /// The beginning.
        since: Timestamp,
        /// The end.
        until: Timestamp,
    },
    /// It would end before now, when orders may have counted by it.
    #[error("{0} is over: a code is ended from now on")]
    Over(Timestamp),
    /// Only staff may.
    #[error("only staff may decide this")]
    NotStaff,
    /// The database failed.
    #[error("could not store the promo code")]
    Store(#[from] StoreError),
}
may_retry!(PromoError);

/// Gives a code to a partner.
pub async fn grant(app: &App, actor: &Actor, wanted: &Grant) -> Result<(), PromoError> {
    if !matches!(actor, Actor::Staff(_)) {
        return Err(PromoError::NotStaff);
    }
    if let Some(until) = wanted.until.filter(|until| *until <= wanted.since) {
        return Err(PromoError::Order { since: wanted.since, until });
    }
    retrying(|| grant_once(app, actor, wanted)).await
}

async fn grant_once(app: &App, actor: &Actor, wanted: &Grant) -> Result<(), PromoError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    store::facts::lock(&mut tx).await?;
    let partner = store::partners::by_code(&mut tx, &wanted.partner)
        .await?
        .ok_or_else(|| PromoError::UnknownPartner(wanted.partner.clone()))?;
    for known in store::promo_codes::of_codes(&mut tx, &[wanted.code.to_string()]).await? {
        if known.term.overlaps(wanted.since, wanted.until) {
            let partner = code_of(&mut tx, &known.term).await?;
            return Err(PromoError::Taken { code: wanted.code.clone(), partner, since: known.term.since });
        }
    }
    let term = PromoTerm {
        code: wanted.code.clone(),
        partner: partner.id,
        since: wanted.since,
        until: wanted.until,
    };
    store::promo_codes::insert(&mut tx, &Stored { id: app.ids.uuid(now), term }, now).await?;
    let until = wanted.until.map(|until| until.to_string());
    let after =
        serde_json::json!({ "partner": wanted.partner, "since": wanted.since.to_string(), "until": until });
    write_down(&mut tx, actor, "promo.grant", &wanted.code, after, now).await?;
    Ok(tx.commit().await?)
}

/// Ends the term of a code that holds at an instant, with that instant.
pub async fn end(app: &App, actor: &Actor, code: &PromoCode, until: Timestamp) -> Result<(), PromoError> {
    if !matches!(actor, Actor::Staff(_)) {
        return Err(PromoError::NotStaff);
    }
    retrying(|| end_once(app, actor, code, until)).await
}

async fn end_once(app: &App, actor: &Actor, code: &PromoCode, until: Timestamp) -> Result<(), PromoError> {
    let now = app.now();
    if until < now {
        return Err(PromoError::Over(until));
    }
    let mut tx = app.store.begin().await?;
    store::facts::lock(&mut tx).await?;
    let terms = store::promo_codes::of_codes(&mut tx, &[code.to_string()]).await?;
    let holds = terms.into_iter().find(|promo| promo.term.holds(until) && promo.term.since < until);
    let promo = holds.ok_or_else(|| PromoError::Nobodys(code.clone()))?;
    store::promo_codes::end(&mut tx, promo.id, until).await?;
    let after = serde_json::json!({ "until": until.to_string() });
    write_down(&mut tx, actor, "promo.end", code, after, now).await?;
    Ok(tx.commit().await?)
}

async fn write_down(
    tx: &mut Tx,
    actor: &Actor,
    action: &'static str,
    code: &PromoCode,
    after: serde_json::Value,
    now: Timestamp,
) -> Result<(), StoreError> {
    let entity = format!("promo:{code}");
    let act = Act { actor, action, entity, before: None::<()>, after: Some(after), reason: None };
    audit::append(tx, act, now).await
}

async fn code_of(tx: &mut Tx, term: &PromoTerm) -> Result<PartnerCode, PromoError> {
    let found = store::partners::by_ids(tx, &[term.partner]).await?.pop();
    found.map(|partner| partner.code).ok_or_else(|| PromoError::Nobodys(term.code.clone()))
}

/// A term of a code, as staff see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Promo {
    /// The code.
    pub code: PromoCode,
    /// Whose.
    pub partner: PartnerCode,
    /// From then on.
    pub since: Timestamp,
    /// Until then.
    pub until: Option<Timestamp>,
    /// Whether it holds now.
    pub holds: bool,
}

/// Every term of every code.
pub async fn list(app: &App) -> Result<Vec<Promo>, StoreError> {
    let now = app.now();
    let mut tx = app.store.begin_read().await?;
    let codes = store::partners::codes(&mut tx).await?;
    let promo = |Stored { term, .. }: Stored| {
        let partner = codes.get(&term.partner)?.clone();
        let holds = term.holds(now);
        Some(Promo { code: term.code, partner, since: term.since, until: term.until, holds })
    };
    Ok(store::promo_codes::all(&mut tx).await?.into_iter().filter_map(promo).collect())
}
