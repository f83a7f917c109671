//! Orders that staff enter by hand: an order of the office, told as a shop tells one.
//!
//! What is entered becomes an event with a signature of its own, made and checked here, and walks the
//! road of every webhook: the same checks and refusals, a receipt, the same job. Beside it the act of the
//! person stands in the audit trail.

use std::collections::BTreeMap;

use domain::actor::Actor;
use domain::catalog::Sku;
use domain::lang::Text;
use domain::money::Money;
use domain::order::{ExternalId, OrderKey};
use domain::partner::{PartnerCode, ReferralCode};
use domain::text;
use domain::webhook::{Secret, Secrets, VerifiedBody, verify};
use jiff::Timestamp;
use serde_json::{Value, json};
use store::StoreError;

use super::{HandedIn, Received, receive_by};
use crate::App;

/// An order to be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it was sold, and under which id.
    pub key: OrderKey,
    /// Its number on paper.
    pub number: Option<String>,
    /// The partner who bought; otherwise an outside customer.
    pub buyer: Option<PartnerCode>,
    /// By whose invitation an outside customer bought.
    pub referral: Option<ReferralCode>,
    /// When it was placed.
    pub ordered_at: Timestamp,
    /// When it was paid; `None` while it is not.
    pub paid_at: Option<Timestamp>,
    /// What was bought.
    pub lines: Vec<EntryLine>,
}

/// One line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryLine {
    /// The article.
    pub sku: Sku,
    /// Pieces.
    pub quantity: u32,
    /// The price paid for a piece.
    pub unit_price: Money,
}

/// Goods that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenBack {
    /// The id of the refund, unique in its order.
    pub id: ExternalId,
    /// Pieces by line.
    pub lines: BTreeMap<u32, u32>,
    /// When.
    pub at: Timestamp,
}

/// Why nothing is entered.
#[derive(Debug, thiserror::Error)]
pub enum EnterError {
    /// It is impossible, or contradicts what is known; a webhook would be told the same.
    #[error("{0}")]
    Refused(Text),
    /// Only staff may.
    #[error("only staff may enter orders")]
    NotStaff,
    /// The database failed.
    #[error("could not store the order")]
    Store(#[from] StoreError),
}

/// Enters an order. Says whether it is new or was known.
///
/// # Errors
/// [`EnterError::Refused`] as a webhook is refused.
pub async fn add(app: &App, actor: &Actor, entry: &Entry) -> Result<Received, EnterError> {
    let lines: Vec<Value> = (1..)
        .zip(&entry.lines)
        .map(|(line_no, line): (u32, &EntryLine)| {
            json!({
                "line_no": line_no,
                "sku": line.sku.as_str(),
                "quantity": line.quantity,
                "unit_price": line.unit_price.to_string(),
            })
        })
        .collect();
    let mut buyer = serde_json::Map::new();
    if let Some(code) = &entry.buyer {
        buyer.insert("partner_code".to_owned(), code.to_string().into());
    }
    if let Some(code) = &entry.referral {
        buyer.insert("referral_code".to_owned(), code.to_string().into());
    }
    let kind = if entry.paid_at.is_some() { "order.paid" } else { "order.created" };
    let order = json!({
        "id": entry.key.external_id.as_str(),
        "number": entry.number,
        "buyer": buyer,
        "currency": "RUB",
        "ordered_at": entry.ordered_at.to_string(),
        "paid_at": entry.paid_at.map(|at| at.to_string()),
        "lines": lines,
    });
    let event = json!({ "type": kind, "source": entry.key.source.as_str(), "order": order });
    enter(app, actor, "order.add", &entry.key, event, None).await
}

/// Enters a refund of pieces of a known order.
///
/// # Errors
/// [`EnterError::Refused`] as a webhook is refused.
pub async fn refund(
    app: &App,
    actor: &Actor,
    order: &OrderKey,
    back: &GivenBack,
) -> Result<Received, EnterError> {
    let known = ordered_at(app, order).await?;
    if let Some(ordered_at) = known.filter(|ordered_at| back.at < *ordered_at) {
        let told = back.at;
        return Err(EnterError::Refused(text!(
            "возврат {told} раньше самого заказа: он от {ordered_at}",
            "the refund of {told} is before the order itself, of {ordered_at}"
        )));
    }
    let lines: Vec<Value> = back
        .lines
        .iter()
        .map(|(line_no, quantity)| json!({ "line_no": line_no, "quantity": quantity }))
        .collect();
    let event = json!({
        "type": "order.refunded",
        "source": order.source.as_str(),
        "order": { "id": order.external_id.as_str() },
        "refund": { "id": back.id.as_str(), "refunded_at": back.at.to_string(), "lines": lines },
    });
    enter(app, actor, "order.refund", order, event, None).await
}

/// When an order was placed, if it is known.
async fn ordered_at(app: &App, order: &OrderKey) -> Result<Option<Timestamp>, StoreError> {
    let mut tx = app.store.begin_read().await?;
    let ids = [order.external_id.to_string()];
    let known = store::orders::by_keys(&mut tx, &order.source, &ids).await?;
    Ok(known.first().map(|stored| stored.order.ordered_at))
}

/// Enters the cancellation of a known order.
///
/// # Errors
/// [`EnterError::Refused`] as a webhook is refused.
pub async fn cancel(
    app: &App,
    actor: &Actor,
    order: &OrderKey,
    at: Timestamp,
    reason: &str,
) -> Result<Received, EnterError> {
    let event = json!({
        "type": "order.cancelled",
        "source": order.source.as_str(),
        "order": { "id": order.external_id.as_str(), "cancelled_at": at.to_string() },
    });
    enter(app, actor, "order.cancel", order, event, Some(reason)).await
}

async fn enter(
    app: &App,
    actor: &Actor,
    action: &'static str,
    key: &OrderKey,
    event: Value,
    reason: Option<&str>,
) -> Result<Received, EnterError> {
    if !matches!(actor, Actor::Staff(_)) {
        return Err(EnterError::NotStaff);
    }
    let body = signed(app, actor, &event);
    let handed_in = HandedIn { actor, action, order: key.to_string(), what: event, reason };
    let mut answers = receive_by(app, &[body], Some(&handed_in)).await?;
    match answers.pop() {
        Some(Received::Refused(problem) | Received::Conflict(problem)) => Err(EnterError::Refused(problem)),
        Some(answer) => Ok(answer),
        None => Ok(Received::Duplicate),
    }
}

/// The event as a message that was sent and verified: nothing else is taken in. The secret lives for this
/// one message.
fn signed(app: &App, actor: &Actor, event: &Value) -> VerifiedBody {
    let now = app.now();
    let dice = [app.ids.uuid(now), app.ids.uuid(now)].map(|uuid| uuid.simple().to_string()).concat();
    let secret = Secret::legacy(&dice).expect("two UUIDs are long enough for a secret");
    let id = format!("{actor}/{}", app.ids.uuid(now));
    let body = event.to_string().into_bytes();
    let signature = secret.sign(&id, now, &body);
    let timestamp = now.as_second().to_string();
    let header = |name: &str| match name {
        "webhook-id" => Some(id.as_str()),
        "webhook-timestamp" => Some(timestamp.as_str()),
        "webhook-signature" => Some(signature.as_str()),
        _ => None,
    };
    let secrets = Secrets { standard: vec![secret.clone()], legacy: None };
    verify(&secrets, header, body, now).expect("what was signed a moment ago with the same secret verifies")
}
