//! Whether endpoints hear: one that has not for days, or says so itself, is disabled.

use domain::actor::Actor;
use domain::ids::EndpointId;
use jiff::{SignedDuration, Timestamp};
use store::endpoints::Endpoint;
use store::{StoreError, Tx};
use uuid::Uuid;

use super::{give_up, write_down};
use crate::App;
use crate::ports::{Delivery, Verdict};

/// How long an endpoint may hear nothing before it is disabled.
const PATIENCE: SignedDuration = SignedDuration::from_hours(3 * 24);

/// Writes down how an endpoint does after an attempt. Gives the endpoint and the reason if it is to be
/// disabled.
pub(crate) async fn note_health(
    tx: &mut Tx,
    destination: &str,
    delivery: &Delivery,
    now: Timestamp,
) -> Result<Option<(EndpointId, String)>, StoreError> {
    let Ok(id) = Uuid::parse_str(destination).map(EndpointId::new) else {
        return Ok(None);
    };
    // What was never sent says nothing of the endpoint.
    match (delivery.verdict, delivery.status) {
        (Verdict::Delivered, _) => {
            store::endpoints::set_failing(tx, id, None).await?;
            Ok(None)
        }
        (Verdict::Gone, Some(_)) => Ok(Some((id, delivery.error.clone().unwrap_or_default()))),
        (Verdict::Gone, None) => Ok(None),
        _ => {
            store::endpoints::set_failing(tx, id, Some(now)).await?;
            let endpoint = store::endpoints::by_id(tx, id).await?;
            let since = endpoint.and_then(|endpoint| endpoint.failing_since).unwrap_or(now);
            let is_long = now.duration_since(since) >= PATIENCE;
            Ok(is_long.then(|| (id, "трое суток подряд ничего не принял".to_owned())))
        }
    }
}

/// Disables an endpoint that does not hear; the trail says that the program did it.
pub(crate) async fn disable_by_itself(app: &App, id: EndpointId, why: &str) -> Result<(), StoreError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    store::facts::lock(&mut tx).await?;
    let Some(before) = store::endpoints::by_id(&mut tx, id).await? else {
        return Ok(());
    };
    if before.disabled.is_some() {
        return Ok(());
    }
    let endpoint = Endpoint { disabled: Some(why.to_owned()), ..before.clone() };
    store::endpoints::update(&mut tx, &endpoint).await?;
    give_up(&mut tx, id, why, now).await?;
    let (both, reason) = ((Some(&before), Some(&endpoint)), Some(why));
    write_down(&mut tx, &Actor::System, "endpoint.disable", both, reason, now).await?;
    tx.commit().await?;
    tracing::error!(endpoint.number = endpoint.number, "endpoint {} is disabled: {why}", endpoint.number);
    Ok(())
}
