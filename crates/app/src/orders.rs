//! Orders: what the shop tells is checked, kept, and queued for its accruals.

mod by_hand;
mod intake;
mod record;
mod view;

use std::collections::HashMap;

use domain::actor::Actor;
use domain::ids::{OrderId, ReceiptId};
use domain::lang::Text;
use domain::order::{OrderEvent, ParseError, Refusal};
use domain::text;
use domain::webhook::VerifiedBody;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::StoreError;
use store::receipts::{Receipt, Verdict};

pub use by_hand::{EnterError, Entry, EntryLine, GivenBack, add, cancel, refund};
pub use intake::{Intake, IntakeError};
pub(crate) use record::{Outcome, record_all};
pub use view::{OrderView, ViewError, view};

use crate::App;
use crate::audit::{self, Act};
use crate::jobs::{self, Kind};
use crate::retry::retrying;

/// What became of a webhook, for the shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// It is stored.
    Accepted,
    /// It was stored before.
    Duplicate,
    /// It cannot be understood or is impossible: why.
    Refused(Text),
    /// It contradicts what is known; staff see it: why.
    Conflict(Text),
}

impl Received {
    fn verdict(&self) -> Verdict {
        match self {
            Self::Accepted => Verdict::Accepted,
            Self::Duplicate => Verdict::Duplicate,
            Self::Refused(_) => Verdict::Refused,
            Self::Conflict(_) => Verdict::Conflict,
        }
    }

    fn problem(&self) -> Option<String> {
        match self {
            Self::Refused(problem) | Self::Conflict(problem) => Some(problem.to_string()),
            Self::Accepted | Self::Duplicate => None,
        }
    }
}

/// A webhook that was not accepted, as staff see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Troubled {
    /// When it came first.
    pub received_at: Timestamp,
    /// The sender's id of the message.
    pub message_id: String,
    /// What became of it.
    pub verdict: Verdict,
    /// Why.
    pub problem: Option<String>,
    /// The order it concerns, by the shop's key.
    pub order: Option<String>,
    /// How many times it came.
    pub deliveries: i64,
}

/// The last webhooks that were refused or contradict what is known, the last first.
pub async fn troubled(app: &App, most: u32) -> Result<Vec<Troubled>, StoreError> {
    let mut tx = app.store.begin_read().await?;
    let receipts = store::receipts::troubled(&mut tx, i64::from(most)).await?;
    let orders: Vec<OrderId> = receipts.iter().filter_map(|receipt| receipt.order).collect();
    let keys: HashMap<OrderId, String> = store::orders::by_ids(&mut tx, &orders)
        .await?
        .into_iter()
        .map(|stored| (stored.order.id, stored.order.key.to_string()))
        .collect();
    let view = |receipt: store::receipts::Trouble| Troubled {
        received_at: receipt.received_at,
        message_id: receipt.message_id,
        verdict: receipt.verdict,
        problem: receipt.problem,
        order: receipt.order.and_then(|order| keys.get(&order).cloned()),
        deliveries: receipt.deliveries,
    };
    Ok(receipts.into_iter().map(view).collect())
}

/// Receives verified webhooks together: one transaction stores the receipts, the orders and the jobs.
/// The answers stand in the order of the bodies and hold once this returns.
pub async fn receive(app: &App, bodies: &[VerifiedBody]) -> Result<Vec<Received>, StoreError> {
    receive_by(app, bodies, None).await
}

/// The same; of what a person hands in and what is accepted, the act stands in the audit trail.
async fn receive_by(
    app: &App,
    bodies: &[VerifiedBody],
    by: Option<&HandedIn<'_>>,
) -> Result<Vec<Received>, StoreError> {
    let answers = retrying(|| receive_once(app, bodies, by)).await?;
    app.ring();
    Ok(answers)
}

/// What a person hands in.
struct HandedIn<'a> {
    actor: &'a Actor,
    action: &'static str,
    order: String,
    what: serde_json::Value,
    reason: Option<&'a str>,
}

async fn receive_once(
    app: &App,
    bodies: &[VerifiedBody],
    by: Option<&HandedIn<'_>>,
) -> Result<Vec<Received>, StoreError> {
    let now = app.now();
    let parsed: Vec<_> = bodies.iter().map(|body| read(app, body)).collect();
    let events: Vec<OrderEvent> = parsed.iter().filter_map(|parsed| parsed.as_ref().ok().cloned()).collect();
    let mut tx = app.store.begin().await?;
    let recorded = record_all(app, &mut tx, &events, now).await?;
    let mut outcomes = recorded.outcomes.into_iter();
    let mut answers = Vec::with_capacity(bodies.len());
    for parsed in parsed {
        answers.push(match parsed {
            Err(problem) => (Received::Refused(Refusal::Field(problem).into()), None),
            Ok(_) => match outcomes.next() {
                Some(Outcome::Changed(order)) => (Received::Accepted, Some(order)),
                Some(Outcome::Known(order)) => (Received::Duplicate, Some(order)),
                Some(Outcome::Refused(refusal @ Refusal::Field(_), order)) => {
                    (Received::Refused(refusal.into()), order)
                }
                Some(Outcome::Refused(refusal @ Refusal::Conflict(_), order)) => {
                    (Received::Conflict(refusal.into()), order)
                }
                None => {
                    let unseen = Text::new("событие не рассмотрено", "the event was not looked at");
                    (Received::Refused(unseen), None)
                }
            },
        });
    }
    let receipts = receipts(app, bodies, &answers, now);
    store::receipts::upsert_all(&mut tx, &receipts).await?;
    let to_settle: Vec<OrderId> = recorded.to_settle.iter().map(|order| order.id).collect();
    jobs::enqueue_orders(app, &mut tx, Kind::SettleOrder, &to_settle, now).await?;
    if let Some(by) = by.filter(|_| answers.iter().any(|(answer, _)| *answer == Received::Accepted)) {
        let act = Act {
            actor: by.actor,
            action: by.action,
            entity: format!("order:{}", by.order),
            before: None::<()>,
            after: Some(&by.what),
            reason: by.reason,
        };
        audit::append(&mut tx, act, now).await?;
    }
    tx.commit().await?;
    for (answer, _) in &answers {
        metrics::counter!("nanorem_webhooks_total", "verdict" => answer.verdict().as_str()).increment(1);
    }
    Ok(answers.into_iter().map(|(answer, _)| answer).collect())
}

fn read(app: &App, body: &VerifiedBody) -> Result<OrderEvent, ParseError> {
    let event = OrderEvent::parse(body)?;
    match app.shop.as_ref().filter(|shop| **shop != event.order.source) {
        None => Ok(event),
        Some(shop) => {
            let told = &event.order.source;
            let problem = text!(
                "{told:?} — не этот магазин: здесь принимают заказы {shop:?}",
                "{told:?} is not this shop: orders of {shop:?} are taken here"
            );
            Err(ParseError::new("source", problem))
        }
    }
}

/// One receipt for each message and body; what came several times is counted.
fn receipts(
    app: &App,
    bodies: &[VerifiedBody],
    answers: &[(Received, Option<OrderId>)],
    now: Timestamp,
) -> Vec<Receipt> {
    let mut places: HashMap<(String, [u8; 32]), usize> = HashMap::new();
    let mut receipts: Vec<Receipt> = Vec::with_capacity(bodies.len());
    for (body, (answer, order)) in bodies.iter().zip(answers) {
        let body_hash: [u8; 32] = Sha256::digest(body.bytes()).into();
        let key = (body.message_id().to_owned(), body_hash);
        if let Some(receipt) = places.get(&key).and_then(|place| receipts.get_mut(*place)) {
            receipt.deliveries += 1;
            continue;
        }
        places.insert(key, receipts.len());
        receipts.push(Receipt {
            id: ReceiptId::new(app.ids.uuid(now)),
            message_id: body.message_id().to_owned(),
            body_hash,
            body: body.bytes().to_vec(),
            headers: serde_json::json!({ "sent_at": body.sent_at().to_string() }).to_string(),
            verdict: answer.verdict(),
            problem: answer.problem(),
            order: *order,
            deliveries: 1,
            received_at: now,
        });
    }
    receipts
}
