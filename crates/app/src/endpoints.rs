//! Endpoints: where the company's other systems are told what happens, by the Standard Webhooks
//! specification. Staff add them, choose what they are told, and change their secrets.

mod answer;
mod courier;
mod health;
mod secrets;

use domain::actor::Actor;
use domain::ids::{EndpointId, ParcelId};
use domain::notice::{Notice, Ping, Topics};
use domain::outward::OutwardUrl;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use store::endpoints::Endpoint;
use store::{StoreError, Tx};

pub use courier::Courier;
pub(crate) use health::{disable_by_itself, note_health};
pub use secrets::{NewSecret, unreadable};

use crate::App;
use crate::audit::{self, Act};
use crate::notices;
use crate::outbox::Channel;
use crate::retry::{may_retry, retrying};
use crate::sealed::OpenError;

/// The longest description, in characters.
pub const LONGEST_DESCRIPTION: usize = 200;
/// The longest time for which two secrets sign together.
pub const LONGEST_OVERLAP: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Why something about an endpoint is refused.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// There is none of that number.
    #[error("there is no endpoint {0}")]
    Unknown(i64),
    /// There is one with this address.
    #[error("endpoint {0} has this address already")]
    Known(i64),
    /// Disabled endpoints are told nothing.
    #[error("endpoint {0} is disabled")]
    Disabled(i64),
    /// It is in that state already.
    #[error("nothing to change of endpoint {0}")]
    Unchanged(i64),
    /// Too long to be read in a table.
    #[error("a description has at most {LONGEST_DESCRIPTION} characters and no control characters")]
    Description,
    /// Longer than a week, or less than nothing.
    #[error("two secrets sign together for at most 7 days")]
    Overlap,
    /// Secrets cannot be kept.
    #[error("the settings have no key to seal secrets with: set NANOREM_SECRETS_KEY")]
    NoKey,
    /// A secret cannot be read.
    #[error("the endpoint's secret does not open")]
    Sealed(#[from] OpenError),
    /// Only staff may.
    #[error("only staff may change endpoints")]
    NotStaff,
    /// The database failed.
    #[error("could not store the endpoint")]
    Store(#[from] StoreError),
}
may_retry!(EndpointError);

/// An endpoint to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEndpoint {
    /// Its address.
    pub url: OutwardUrl,
    /// What people say of it; may be empty.
    pub description: String,
    /// What it wants to be told.
    pub topics: Topics,
}

/// What is changed of an endpoint; `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Its address.
    pub url: Option<OutwardUrl>,
    /// What people say of it.
    pub description: Option<String>,
    /// What it wants to be told.
    pub topics: Option<Topics>,
}

/// What the trail keeps of an endpoint.
#[derive(Debug, Serialize)]
struct Written {
    url: String,
    description: String,
    topics: String,
    disabled: Option<String>,
}

impl From<&Endpoint> for Written {
    fn from(endpoint: &Endpoint) -> Self {
        Self {
            url: endpoint.url.clone(),
            description: endpoint.description.clone(),
            topics: endpoint.topics.to_string(),
            disabled: endpoint.disabled.clone(),
        }
    }
}

/// Adds an endpoint; gives it with its secret, which is never shown again.
pub async fn add(
    app: &App,
    actor: &Actor,
    wanted: &NewEndpoint,
) -> Result<(Endpoint, NewSecret), EndpointError> {
    staff_only(actor)?;
    refuse_description(&wanted.description)?;
    retrying(|| add_once(app, actor, wanted)).await
}

async fn add_once(
    app: &App,
    actor: &Actor,
    wanted: &NewEndpoint,
) -> Result<(Endpoint, NewSecret), EndpointError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    store::facts::lock(&mut tx).await?;
    refuse_known(&mut tx, wanted.url.as_str(), None).await?;
    let endpoint = Endpoint {
        id: EndpointId::new(app.ids.uuid(now)),
        number: store::endpoints::next_number(&mut tx).await?,
        url: wanted.url.as_str().to_owned(),
        description: wanted.description.trim().to_owned(),
        topics: wanted.topics.clone(),
        disabled: None,
        failing_since: None,
        created_at: now,
    };
    store::endpoints::insert(&mut tx, &endpoint).await?;
    let secret = secrets::add(app, &mut tx, endpoint.id, now).await?;
    write_down(&mut tx, actor, "endpoint.add", (None, Some(&endpoint)), None, now).await?;
    tx.commit().await?;
    Ok((endpoint, secret))
}

/// Changes what is told to an endpoint, and where.
pub async fn change(
    app: &App,
    actor: &Actor,
    number: i64,
    wanted: &Change,
) -> Result<Endpoint, EndpointError> {
    staff_only(actor)?;
    refuse_description(wanted.description.as_deref().unwrap_or_default())?;
    let edit = |endpoint: &mut Endpoint| {
        if let Some(url) = &wanted.url {
            url.as_str().clone_into(&mut endpoint.url);
        }
        if let Some(description) = &wanted.description {
            description.trim().clone_into(&mut endpoint.description);
        }
        if let Some(topics) = &wanted.topics {
            endpoint.topics = topics.clone();
        }
    };
    retrying(|| edit_once(app, actor, number, "endpoint.change", None, edit)).await
}

/// Lets an endpoint be told nothing more; what waits for it is given up.
pub async fn disable(
    app: &App,
    actor: &Actor,
    number: i64,
    reason: Option<&str>,
) -> Result<Endpoint, EndpointError> {
    staff_only(actor)?;
    let why = reason.map_or_else(|| format!("отключено: {actor}"), str::to_owned);
    let edit = |endpoint: &mut Endpoint| endpoint.disabled = endpoint.disabled.take().or(Some(why.clone()));
    retrying(|| edit_once(app, actor, number, "endpoint.disable", reason, edit)).await
}

/// Lets an endpoint be told again what happens from now on.
pub async fn enable(app: &App, actor: &Actor, number: i64) -> Result<Endpoint, EndpointError> {
    staff_only(actor)?;
    let edit = |endpoint: &mut Endpoint| (endpoint.disabled, endpoint.failing_since) = (None, None);
    retrying(|| edit_once(app, actor, number, "endpoint.enable", None, edit)).await
}

async fn edit_once(
    app: &App,
    actor: &Actor,
    number: i64,
    action: &'static str,
    reason: Option<&str>,
    edit: impl Fn(&mut Endpoint),
) -> Result<Endpoint, EndpointError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    store::facts::lock(&mut tx).await?;
    let before = of_number(&mut tx, number).await?;
    let mut endpoint = before.clone();
    edit(&mut endpoint);
    if endpoint == before {
        return Err(EndpointError::Unchanged(number));
    }
    refuse_known(&mut tx, &endpoint.url, Some(endpoint.id)).await?;
    store::endpoints::update(&mut tx, &endpoint).await?;
    if let Some(why) = &endpoint.disabled {
        give_up(&mut tx, endpoint.id, why, now).await?;
    }
    write_down(&mut tx, actor, action, (Some(&before), Some(&endpoint)), reason, now).await?;
    tx.commit().await?;
    Ok(endpoint)
}

/// Removes an endpoint and its secrets; what waits for it is given up, what was sent stays listed.
pub async fn remove(app: &App, actor: &Actor, number: i64) -> Result<(), EndpointError> {
    staff_only(actor)?;
    retrying(|| remove_once(app, actor, number)).await
}

async fn remove_once(app: &App, actor: &Actor, number: i64) -> Result<(), EndpointError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    store::facts::lock(&mut tx).await?;
    let endpoint = of_number(&mut tx, number).await?;
    store::endpoints::remove(&mut tx, endpoint.id).await?;
    give_up(&mut tx, endpoint.id, "адрес удалён", now).await?;
    write_down(&mut tx, actor, "endpoint.remove", (Some(&endpoint), None), None, now).await?;
    Ok(tx.commit().await?)
}

/// Gives an endpoint a new secret; the old ones sign beside it for a time.
pub async fn rotate(
    app: &App,
    actor: &Actor,
    number: i64,
    overlap: SignedDuration,
) -> Result<NewSecret, EndpointError> {
    staff_only(actor)?;
    if overlap > LONGEST_OVERLAP || overlap < SignedDuration::ZERO {
        return Err(EndpointError::Overlap);
    }
    retrying(|| rotate_once(app, actor, number, overlap)).await
}

async fn rotate_once(
    app: &App,
    actor: &Actor,
    number: i64,
    overlap: SignedDuration,
) -> Result<NewSecret, EndpointError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    store::facts::lock(&mut tx).await?;
    let endpoint = of_number(&mut tx, number).await?;
    store::endpoints::end_secrets(&mut tx, endpoint.id, now + overlap).await?;
    store::endpoints::forget_secrets(&mut tx, endpoint.id, now).await?;
    let secret = secrets::add(app, &mut tx, endpoint.id, now).await?;
    let act = Act {
        actor,
        action: "endpoint.rotate",
        entity: format!("endpoint:{number}"),
        before: None::<()>,
        after: Some(serde_json::json!({ "old_signs_until": (now + overlap).to_string() })),
        reason: None,
    };
    audit::append(&mut tx, act, now).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Puts a trial of the line out to an endpoint; gives its parcel.
pub async fn ping(app: &App, actor: &Actor, number: i64) -> Result<ParcelId, EndpointError> {
    staff_only(actor)?;
    let parcel = retrying(|| ping_once(app, actor, number)).await?;
    app.ring();
    Ok(parcel)
}

async fn ping_once(app: &App, actor: &Actor, number: i64) -> Result<ParcelId, EndpointError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    store::facts::lock(&mut tx).await?;
    let endpoint = of_number(&mut tx, number).await?;
    if endpoint.disabled.is_some() {
        return Err(EndpointError::Disabled(number));
    }
    let occurrence = app.ids.uuid(now).to_string();
    let notice = Notice::Ping(Ping { endpoint: number });
    let parcel = notices::parcel(app, endpoint.id, &occurrence, &notice, now);
    let id = parcel.id;
    store::outbox::push(&mut tx, &[parcel], now).await?;
    let act = Act {
        actor,
        action: "endpoint.test",
        entity: format!("endpoint:{number}"),
        before: None::<()>,
        after: None::<()>,
        reason: None,
    };
    audit::append(&mut tx, act, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Every endpoint, by number.
pub async fn list(app: &App) -> Result<Vec<Endpoint>, StoreError> {
    store::endpoints::all(&mut app.store.begin_read().await?).await
}

/// The endpoint of a number.
pub async fn show(app: &App, number: i64) -> Result<Endpoint, EndpointError> {
    of_number(&mut app.store.begin_read().await?, number).await
}

fn staff_only(actor: &Actor) -> Result<(), EndpointError> {
    matches!(actor, Actor::Staff(_)).then_some(()).ok_or(EndpointError::NotStaff)
}

fn refuse_description(text: &str) -> Result<(), EndpointError> {
    let is_right = text.chars().count() <= LONGEST_DESCRIPTION && !text.chars().any(char::is_control);
    is_right.then_some(()).ok_or(EndpointError::Description)
}

async fn refuse_known(tx: &mut Tx, url: &str, but: Option<EndpointId>) -> Result<(), EndpointError> {
    let known = store::endpoints::all(tx).await?;
    match known.iter().find(|endpoint| endpoint.url == url && Some(endpoint.id) != but) {
        Some(endpoint) => Err(EndpointError::Known(endpoint.number)),
        None => Ok(()),
    }
}

async fn of_number(tx: &mut Tx, number: i64) -> Result<Endpoint, EndpointError> {
    store::endpoints::by_number(tx, number).await?.ok_or(EndpointError::Unknown(number))
}

async fn give_up(tx: &mut Tx, id: EndpointId, why: &str, now: Timestamp) -> Result<(), StoreError> {
    store::outbox::give_up(tx, Channel::Webhook.as_str(), &id.to_string(), why, now).await?;
    Ok(())
}

async fn write_down(
    tx: &mut Tx,
    actor: &Actor,
    action: &'static str,
    (before, after): (Option<&Endpoint>, Option<&Endpoint>),
    reason: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let number = after.or(before).map_or(0, |endpoint| endpoint.number);
    let act = Act {
        actor,
        action,
        entity: format!("endpoint:{number}"),
        before: before.map(Written::from),
        after: after.map(Written::from),
        reason,
    };
    audit::append(tx, act, now).await
}
