//! The secrets by which messages to endpoints are signed. They are kept sealed.

use std::fmt;

use domain::ids::EndpointId;
use domain::webhook::Secret;
use jiff::Timestamp;
use store::endpoints::SealedSecret;
use store::{StoreError, Tx};

use super::EndpointError;
use crate::App;
use crate::sealed::{Place, Sealer};

/// A secret that was just made: the only time it is shown.
#[derive(Clone, PartialEq, Eq)]
pub struct NewSecret(String);

impl NewSecret {
    /// The text, `whsec_…`.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for NewSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewSecret([REDACTED])")
    }
}

fn place(id: uuid::Uuid) -> Place {
    Place { table: "endpoint_secrets", id }
}

/// Makes a secret for an endpoint and keeps it sealed.
pub(super) async fn add(
    app: &App,
    tx: &mut Tx,
    endpoint: EndpointId,
    now: Timestamp,
) -> Result<NewSecret, EndpointError> {
    let sealer = app.sealer().ok_or(EndpointError::NoKey)?;
    let text = Secret::written(app.ids.random());
    let id = app.ids.uuid(now);
    let sealed = sealer.seal(app.ids.random(), place(id), text.as_bytes());
    let secret = SealedSecret { id, sealed, created_at: now, until: None };
    store::endpoints::add_secret(tx, endpoint, &secret).await?;
    Ok(NewSecret(text))
}

/// The secrets that sign at an instant, the newest first.
pub(super) async fn load(
    app: &App,
    tx: &mut Tx,
    endpoint: EndpointId,
    at: Timestamp,
) -> Result<Vec<Secret>, EndpointError> {
    let sealer = app.sealer().ok_or(EndpointError::NoKey)?;
    let kept = store::endpoints::secrets(tx, endpoint, at).await?;
    kept.iter().map(|secret| opened(sealer, secret)).collect()
}

fn opened(sealer: &Sealer, secret: &SealedSecret) -> Result<Secret, EndpointError> {
    let plain = sealer.open(place(secret.id), &secret.sealed)?;
    let text = String::from_utf8(plain).map_err(|_| crate::sealed::OpenError::Broken)?;
    Secret::parse(&text).map_err(|_| crate::sealed::OpenError::Broken.into())
}

/// How many endpoints there are, and how many have secrets that do not open with the keys of the settings.
pub async fn unreadable(app: &App) -> Result<(usize, usize), StoreError> {
    let mut tx = app.store.begin_read().await?;
    let endpoints = store::endpoints::all(&mut tx).await?;
    let mut unreadable = 0;
    for endpoint in &endpoints {
        match load(app, &mut tx, endpoint.id, app.now()).await {
            Ok(secrets) if !secrets.is_empty() => {}
            Err(EndpointError::Store(error)) => return Err(error),
            _ => unreadable += 1,
        }
    }
    Ok((endpoints.len(), unreadable))
}
