//! Orders: what the shop tells is checked, kept, and queued for its accruals.

mod attribution;
mod by_hand;
mod disputes;
mod found;
mod intake;
mod list;
mod products;
mod record;
mod view;
mod watch;

use std::collections::HashMap;

use domain::actor::Actor;
use domain::ids::{OrderId, ReceiptId};
use domain::lang::Text;
use domain::order::{OrderEvent, ParseError, Refusal};
use domain::page::{Page, Window};
use domain::shop_event::ShopEvent;
use domain::text;
use domain::webhook::VerifiedBody;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::receipts::{Receipt, Trouble, Verdict};
use store::{StoreError, Tx};

pub use by_hand::{EnterError, Entry, EntryLine, GivenBack, add, cancel, refund};
pub use disputes::{Disputed, count as count_disputed, disputed};
pub use found::{Found, look};
pub use intake::{Intake, IntakeError};
pub use list::{Listed, Wanted, list};
pub(crate) use record::{Outcome, record_all};
pub use view::{
    AccrualView, OrderView, PlanView, ReversedView, SkippedView, TransferView, ViewError, view, view_of,
};

pub use watch::{Comparing, Looking};

use crate::App;
use crate::audit::{self, Act};
use crate::jobs::{self, Kind};
use crate::notices;
use crate::notices::orders::Contradiction;
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

/// Which webhooks are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TroubledOnly {
    /// Both.
    Both,
    /// Those that were refused.
    Refused,
    /// Those that contradict what is known.
    Conflicts,
}

/// The last webhooks that were refused or contradict what is known, the last first.
pub async fn troubled(app: &App, most: u32) -> Result<Vec<Troubled>, StoreError> {
    let mut tx = app.store.begin_read().await?;
    let receipts = store::receipts::troubled(&mut tx, i64::from(most)).await?;
    with_orders(&mut tx, receipts).await
}

/// A page of webhooks that were refused or contradict what is known, by when they came.
pub async fn troubled_page(
    app: &App,
    only: TroubledOnly,
    window: &Window,
) -> Result<Page<Troubled>, StoreError> {
    let verdicts = match only {
        TroubledOnly::Both => &[Verdict::Refused, Verdict::Conflict][..],
        TroubledOnly::Refused => &[Verdict::Refused],
        TroubledOnly::Conflicts => &[Verdict::Conflict],
    };
    let mut tx = app.store.begin_read().await?;
    let page = store::receipts::troubled_page(&mut tx, verdicts, window).await?;
    Ok(Page { items: with_orders(&mut tx, page.items).await?, next: page.next })
}

/// Puts the shop's key of its order beside each.
async fn with_orders(tx: &mut Tx, receipts: Vec<Trouble>) -> Result<Vec<Troubled>, StoreError> {
    let orders: Vec<OrderId> = receipts.iter().filter_map(|receipt| receipt.order).collect();
    let keys: HashMap<OrderId, String> = store::orders::by_ids(tx, &orders)
        .await?
        .into_iter()
        .map(|stored| (stored.order.id, stored.order.key.to_string()))
        .collect();
    let view = |receipt: Trouble| Troubled {
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
    let events: Vec<OrderEvent> = parsed.iter().filter_map(order_of).cloned().collect();
    let of_products: Vec<_> = bodies
        .iter()
        .zip(&parsed)
        .filter_map(|(body, parsed)| Some((body, parsed.as_ref().ok()?)))
        .filter(|(_, event)| matches!(event, ShopEvent::Product(_)))
        .collect();
    let mut tx = app.store.begin().await?;
    let recorded = record_all(app, &mut tx, &events, now).await?;
    let contradictions = contradictions(bodies, &parsed, &recorded.outcomes);
    notices::orders::refused(app, &mut tx, &contradictions, now).await?;
    let mut products = products::take(&mut tx, &of_products, now).await?.into_iter();
    let mut outcomes = recorded.outcomes.into_iter();
    let answers: Vec<_> = parsed
        .iter()
        .map(|parsed| match parsed {
            Err(problem) => (Received::Refused(Refusal::Field(problem.clone()).into()), None),
            Ok(ShopEvent::Order(_)) => outcomes.next().map_or_else(not_looked_at, answered),
            Ok(ShopEvent::Product(_)) => products.next().map_or_else(not_looked_at, |answer| (answer, None)),
        })
        .collect();
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

fn order_of(parsed: &Result<ShopEvent, ParseError>) -> Option<&OrderEvent> {
    match parsed {
        Ok(ShopEvent::Order(event)) => Some(event),
        Ok(ShopEvent::Product(_)) | Err(_) => None,
    }
}

fn answered(outcome: Outcome) -> (Received, Option<OrderId>) {
    match outcome {
        Outcome::Changed(order) => (Received::Accepted, Some(order)),
        Outcome::Known(order) => (Received::Duplicate, Some(order)),
        Outcome::Refused(refusal @ Refusal::Field(_), order) => (Received::Refused(refusal.into()), order),
        Outcome::Refused(refusal @ Refusal::Conflict(_), order) => {
            (Received::Conflict(refusal.into()), order)
        }
    }
}

fn not_looked_at() -> (Received, Option<OrderId>) {
    let unseen = Text::new("событие не рассмотрено", "the event was not looked at");
    (Received::Refused(unseen), None)
}

/// The messages that contradict what is known of their orders.
fn contradictions<'a>(
    bodies: &'a [VerifiedBody],
    parsed: &[Result<ShopEvent, ParseError>],
    outcomes: &'a [Outcome],
) -> Vec<Contradiction<'a>> {
    let understood =
        bodies.iter().zip(parsed).filter(|(_, parsed)| order_of(parsed).is_some()).map(|(body, _)| body);
    let contradiction = |(body, outcome): (&'a VerifiedBody, &'a Outcome)| match outcome {
        Outcome::Refused(Refusal::Conflict(conflict), Some(order)) => {
            Some(Contradiction { order: *order, message_id: body.message_id(), body: body.bytes(), conflict })
        }
        _ => None,
    };
    understood.zip(outcomes).filter_map(contradiction).collect()
}

fn read(app: &App, body: &VerifiedBody) -> Result<ShopEvent, ParseError> {
    let event = ShopEvent::parse(body)?;
    match app.shop.as_ref().filter(|shop| *shop != event.source()) {
        None => Ok(event),
        Some(shop) => {
            let told = event.source();
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
