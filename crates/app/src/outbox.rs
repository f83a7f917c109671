//! What is on its way out. A parcel is pushed in the transaction of the fact it tells of; a worker carries it
//! later, with no transaction open, and says what came of it. It may arrive twice, never not at all; in which
//! sequence parcels arrive is not promised. See ADR 0011.

mod carry;
mod schedule;
mod sender;

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::actor::Actor;
use domain::ids::ParcelId;
use jiff::Timestamp;
use store::StoreError;
use store::outbox::{Filter, Shown};

pub use carry::{deliver_due, deliver_one};
pub use schedule::{ATTEMPTS, LONGEST_PAUSE};
pub use sender::Sender;
pub use store::outbox::State;

use crate::App;
use crate::audit::{self, Act};
use crate::ports::Deliver;
use crate::retry::{may_retry, retrying};

/// By what a parcel is carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// To an endpoint of the company's other systems; the destination is its id.
    Webhook,
}

impl Channel {
    const ALL: [(Self, &'static str); 1] = [(Self::Webhook, "webhook")];

    /// The word stored.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(channel, _)| *channel == self).map_or("", |(_, word)| word)
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(channel, _)| *channel)
    }
}

/// Who carries what. A process leaves to others what it has nobody for.
#[derive(Clone, Default)]
pub struct Couriers(BTreeMap<Channel, Arc<dyn Deliver>>);

impl Couriers {
    /// With somebody for a channel.
    #[must_use]
    pub fn with(mut self, channel: Channel, courier: Arc<dyn Deliver>) -> Self {
        self.0.insert(channel, courier);
        self
    }

    fn channels(&self) -> Vec<&'static str> {
        self.0.keys().map(|channel| channel.as_str()).collect()
    }

    fn of(&self, channel: &str) -> Option<&Arc<dyn Deliver>> {
        self.0.get(&Channel::parse(channel)?)
    }
}

/// Parcels as staff see them, the latest first.
pub async fn list(app: &App, filter: &Filter, most: u32) -> Result<Vec<Shown>, StoreError> {
    store::outbox::list(&mut app.store.begin_read().await?, filter, i64::from(most)).await
}

/// How many parcels wait or are on their way, how many are dead, and since when the oldest waits.
pub async fn figures(app: &App) -> Result<(i64, i64, Option<Timestamp>), StoreError> {
    store::outbox::figures(&mut app.store.begin_read().await?).await
}

/// Why a parcel does not go again.
#[derive(Debug, thiserror::Error)]
pub enum ResendError {
    /// There is none of that id, or it is still on its way.
    #[error("there is no parcel {0} that was sent or given up")]
    Unknown(ParcelId),
    /// Only staff may.
    #[error("only staff may send a parcel again")]
    NotStaff,
    /// The database failed.
    #[error("could not put the parcel out again")]
    Store(#[from] StoreError),
}
may_retry!(ResendError);

/// Lets a parcel go again that was sent or given up; its id stays.
pub async fn resend(app: &App, actor: &Actor, id: ParcelId) -> Result<(), ResendError> {
    if !matches!(actor, Actor::Staff(_)) {
        return Err(ResendError::NotStaff);
    }
    retrying(|| resend_once(app, actor, id)).await?;
    app.ring();
    Ok(())
}

async fn resend_once(app: &App, actor: &Actor, id: ParcelId) -> Result<(), ResendError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    if !store::outbox::resend(&mut tx, id, now).await? {
        return Err(ResendError::Unknown(id));
    }
    note(&mut tx, actor, format!("parcel:{id}"), 1, now).await?;
    Ok(tx.commit().await?)
}

/// Lets every dead parcel of a destination go again. Gives how many.
pub async fn resend_dead(
    app: &App,
    actor: &Actor,
    channel: Channel,
    destination: &str,
) -> Result<u64, ResendError> {
    if !matches!(actor, Actor::Staff(_)) {
        return Err(ResendError::NotStaff);
    }
    let count = retrying(|| resend_dead_once(app, actor, channel, destination)).await?;
    app.ring();
    Ok(count)
}

async fn resend_dead_once(
    app: &App,
    actor: &Actor,
    channel: Channel,
    destination: &str,
) -> Result<u64, ResendError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    let count = store::outbox::resend_dead(&mut tx, channel.as_str(), destination, now).await?;
    if count > 0 {
        note(&mut tx, actor, format!("{}:{destination}", channel.as_str()), count, now).await?;
    }
    tx.commit().await?;
    Ok(count)
}

async fn note(
    tx: &mut store::Tx,
    actor: &Actor,
    entity: String,
    parcels: u64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let act = Act {
        actor,
        action: "outbox.resend",
        entity,
        before: None::<()>,
        after: Some(serde_json::json!({ "parcels": parcels })),
        reason: None,
    };
    audit::append(tx, act, now).await
}
