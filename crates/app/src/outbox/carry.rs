//! Leases parcels, has them carried, and writes down what came of it.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;

use domain::ids::{EndpointId, ParcelId};
use futures::FutureExt as _;
use jiff::{SignedDuration, Timestamp};
use store::outbox::{Leased, Outcome};
use store::{StoreError, Tx};

use super::{Channel, Couriers, schedule};
use crate::App;
use crate::endpoints;
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

/// A parcel that was carried, and how it went.
#[derive(Debug)]
pub(super) struct Carried {
    pub(super) channel: String,
    pub(super) parcel: Parcel,
    delivery: Delivery,
}

/// Carries everything that is due now, and what becomes due meanwhile. Gives how many parcels were carried.
pub async fn deliver_due(app: &App, couriers: &Couriers) -> Result<usize, StoreError> {
    let mut count = 0;
    loop {
        let leased = lease(app, couriers, MOST_AT_ONCE, &Busy::new()).await?;
        if leased.is_empty() {
            return Ok(count);
        }
        count += leased.len();
        let carrying = leased.into_iter().map(|parcel| carry(couriers, parcel));
        write_down(app, &futures::future::join_all(carrying).await).await;
    }
}

/// Carries one parcel now if it is due; gives what came of it.
pub async fn deliver_one(
    app: &App,
    couriers: &Couriers,
    id: ParcelId,
) -> Result<Option<Delivery>, StoreError> {
    let leased = retrying(|| lease_these(app, std::slice::from_ref(&id))).await?;
    let Some(parcel) = leased.into_iter().next() else {
        return Ok(None);
    };
    let carried = carry(couriers, parcel).await;
    write_down(app, std::slice::from_ref(&carried)).await;
    Ok(Some(carried.delivery))
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

/// Has one parcel carried.
pub(super) async fn carry(couriers: &Couriers, leased: Leased) -> Carried {
    let parcel = Parcel {
        id: leased.id,
        destination: leased.destination,
        topic: leased.topic,
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
    Carried { channel: leased.channel, parcel, delivery }
}

/// Writes down what came of parcels that were carried, in one transaction. If that fails their leases run
/// out, and they go again with their ids.
pub(super) async fn write_down(app: &App, carried: &[Carried]) {
    let written = retrying(|| mark_all(app, carried)).await;
    let told = |error: &StoreError, what: &str| {
        tracing::error!(error = error as &dyn std::error::Error, parcels = carried.len(), "{what}");
    };
    match written {
        Err(error) => told(&error, "could not write down what came of parcels: they go again"),
        Ok(given_up) => {
            for (endpoint, why) in given_up {
                if let Err(error) = endpoints::disable_by_itself(app, endpoint, &why).await {
                    told(&error, "could not disable an endpoint that does not hear");
                }
            }
        }
    }
}

/// Gives the endpoints that are to be disabled, and why.
async fn mark_all(app: &App, carried: &[Carried]) -> Result<Vec<(EndpointId, String)>, StoreError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    let mut given_up = Vec::new();
    for one in carried {
        mark(app, &mut tx, one, now).await?;
        if Channel::parse(&one.channel) == Some(Channel::Webhook) {
            let to = &one.parcel.destination;
            given_up.extend(endpoints::note_health(&mut tx, to, &one.delivery, now).await?);
        }
    }
    tx.commit().await?;
    Ok(given_up)
}

fn failed(error: &str) -> Delivery {
    Delivery { verdict: Verdict::RetryAfter(None), status: None, answer: None, error: Some(error.to_owned()) }
}

async fn mark(app: &App, tx: &mut Tx, carried: &Carried, now: Timestamp) -> Result<(), StoreError> {
    let Carried { channel, parcel, delivery } = carried;
    let outcome =
        Outcome { status: delivery.status, answer: delivery.answer.clone(), error: delivery.error.clone() };
    let next = |asked| schedule::next(parcel.attempt, asked, now, u16::from_be_bytes(app.ids.random()));
    match delivery.verdict {
        Verdict::Delivered => store::outbox::mark_sent(tx, parcel.id, &outcome, now).await,
        Verdict::Gone => put_back(tx, parcel, &outcome, None, now).await,
        Verdict::RetryAfter(asked) => put_back(tx, parcel, &outcome, next(asked), now).await,
        Verdict::Unreachable(asked) => {
            let run_at = next(asked);
            put_back(tx, parcel, &outcome, run_at, now).await?;
            let rest = run_at.unwrap_or(now + LONGEST_REST).min(now + LONGEST_REST);
            store::outbox::rest(tx, channel, &parcel.destination, now, rest).await
        }
    }
}

/// Puts a parcel back for later, or gives it up without a later.
async fn put_back(
    tx: &mut Tx,
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
