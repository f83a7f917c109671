//! Leases parcels, has them carried, and writes down what came of it.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;

use domain::ids::ParcelId;
use futures::FutureExt as _;
use jiff::{SignedDuration, Timestamp};
use store::StoreError;
use store::outbox::{Leased, Outcome};

use super::{Couriers, schedule};
use crate::App;
use crate::ports::{Delivery, Parcel, Verdict};
use crate::retry::retrying;

/// The most parcels carried at once.
pub(super) const MOST_AT_ONCE: usize = 32;
/// The most of them to one destination: a slow one keeps nobody else waiting.
const MOST_TO_ONE: usize = 4;
/// How many due parcels are looked at to find those for whom there is room.
const LOOKED_AT: i64 = 256;
/// For how long a parcel is leased: longer than any courier takes.
const LEASE: SignedDuration = SignedDuration::from_mins(2);
/// For how long a destination rests at most after nobody was there.
const LONGEST_REST: SignedDuration = SignedDuration::from_mins(5);

/// How many parcels are on their way, by channel and destination.
pub(super) type Busy = HashMap<(String, String), usize>;

/// Carries everything that is due now, and what becomes due meanwhile. Gives how many parcels were carried.
pub async fn deliver_due(app: &App, couriers: &Couriers) -> Result<usize, StoreError> {
    let mut carried = 0;
    loop {
        let leased = lease(app, couriers, MOST_AT_ONCE, &Busy::new()).await?;
        if leased.is_empty() {
            return Ok(carried);
        }
        carried += leased.len();
        futures::future::join_all(leased.into_iter().map(|parcel| carry(app, couriers, parcel))).await;
    }
}

/// Carries one parcel now if it is due; gives what came of it.
pub async fn deliver_one(
    app: &App,
    couriers: &Couriers,
    id: ParcelId,
) -> Result<Option<Delivery>, StoreError> {
    let leased = retrying(|| lease_these(app, std::slice::from_ref(&id))).await?;
    match leased.into_iter().next() {
        Some(parcel) => Ok(Some(carry(app, couriers, parcel).await)),
        None => Ok(None),
    }
}

/// Leases the parcels that are due, the longest due first, as far as there is room.
pub(super) async fn lease(
    app: &App,
    couriers: &Couriers,
    room: usize,
    busy: &Busy,
) -> Result<Vec<Leased>, StoreError> {
    let mut tx = app.store.begin_read().await?;
    let due = store::outbox::due(&mut tx, &couriers.channels(), app.now(), LOOKED_AT).await?;
    drop(tx);
    let mut busy = busy.clone();
    let mut chosen = Vec::new();
    for (id, channel, destination) in due {
        let there = busy.entry((channel, destination)).or_default();
        if *there < MOST_TO_ONE && chosen.len() < room {
            *there += 1;
            chosen.push(id);
        }
    }
    if chosen.is_empty() {
        return Ok(Vec::new());
    }
    retrying(|| lease_these(app, &chosen)).await
}

async fn lease_these(app: &App, ids: &[ParcelId]) -> Result<Vec<Leased>, StoreError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    let leased = store::outbox::lease(&mut tx, ids, now, now + LEASE).await?;
    tx.commit().await?;
    Ok(leased)
}

/// Has one parcel carried and writes down what came of it. If that cannot be written down the lease runs out,
/// and the parcel goes again with its id.
pub(super) async fn carry(app: &App, couriers: &Couriers, leased: Leased) -> Delivery {
    let parcel = Parcel {
        id: leased.id,
        destination: leased.destination.clone(),
        topic: leased.topic.clone(),
        payload: leased.payload,
        attempt: leased.attempt,
        created_at: leased.created_at,
    };
    let delivery = match couriers.of(&leased.channel) {
        None => failed("у этого процесса нет такого канала"),
        Some(courier) => {
            let carried = AssertUnwindSafe(courier.deliver(&parcel)).catch_unwind().await;
            carried.unwrap_or_else(|_| failed("программа сломалась при отправке: см. журнал"))
        }
    };
    let verdict = match delivery.verdict {
        Verdict::Delivered => "delivered",
        Verdict::RetryAfter(_) | Verdict::Unreachable(_) => "retry",
        Verdict::Gone => "gone",
    };
    metrics::counter!("nanorem_outbox_total", "channel" => leased.channel.clone(), "verdict" => verdict)
        .increment(1);
    if let Err(error) = retrying(|| mark(app, &leased.channel, &parcel, &delivery)).await {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            parcel.id = %parcel.id,
            "could not write down what came of a parcel: it goes again"
        );
    }
    delivery
}

fn failed(error: &str) -> Delivery {
    Delivery { verdict: Verdict::RetryAfter(None), status: None, answer: None, error: Some(error.to_owned()) }
}

async fn mark(app: &App, channel: &str, parcel: &Parcel, delivery: &Delivery) -> Result<(), StoreError> {
    let now = app.now();
    let outcome =
        Outcome { status: delivery.status, answer: delivery.answer.clone(), error: delivery.error.clone() };
    let next = |asked| schedule::next(parcel.attempt, asked, now, u16::from_be_bytes(app.ids.random()));
    let mut tx = app.store.begin().await?;
    match delivery.verdict {
        Verdict::Delivered => store::outbox::mark_sent(&mut tx, parcel.id, &outcome, now).await?,
        Verdict::Gone => give_up(&mut tx, parcel, &outcome, None, now).await?,
        Verdict::RetryAfter(asked) => give_up(&mut tx, parcel, &outcome, next(asked), now).await?,
        Verdict::Unreachable(asked) => {
            let run_at = next(asked);
            give_up(&mut tx, parcel, &outcome, run_at, now).await?;
            let rest = run_at.unwrap_or(now + LONGEST_REST).min(now + LONGEST_REST);
            store::outbox::rest(&mut tx, channel, &parcel.destination, rest).await?;
        }
    }
    tx.commit().await
}

/// Puts a parcel back for later, or gives it up without a later.
async fn give_up(
    tx: &mut store::Tx,
    parcel: &Parcel,
    outcome: &Outcome,
    run_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), StoreError> {
    if run_at.is_none() {
        tracing::error!(
            parcel.id = %parcel.id,
            parcel.topic = %parcel.topic,
            attempts = parcel.attempt,
            "a parcel was given up: nanorem outbox list --dead"
        );
    }
    store::outbox::mark_failed(tx, parcel.id, parcel.attempt, outcome, run_at, now).await
}
