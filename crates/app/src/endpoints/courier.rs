//! Tells endpoints: signs and brings.

use std::sync::Arc;

use domain::ids::EndpointId;
use domain::outward::{OutwardRules, OutwardUrl};
use domain::webhook::Secret;
use jiff::Timestamp;
use store::StoreError;
use uuid::Uuid;

use super::{EndpointError, answer, secrets};
use crate::App;
use crate::ports::{Deliver, Delivery, Doing, Message, Parcel, Post, Verdict};

/// Brings notices to endpoints.
pub struct Courier {
    app: App,
    post: Arc<dyn Post>,
    rules: OutwardRules,
}

/// An endpoint as it is told something.
struct Addressed {
    to: OutwardUrl,
    secrets: Vec<Secret>,
}

impl Courier {
    /// With a way out, and the rules of the settings about addresses.
    pub fn new(app: App, post: Arc<dyn Post>, rules: OutwardRules) -> Self {
        Self { app, post, rules }
    }

    async fn tell(&self, parcel: &Parcel) -> Delivery {
        let addressed = match self.addressed(parcel).await {
            Ok(addressed) => addressed,
            Err(delivery) => return delivery,
        };
        let now = self.app.now();
        let message = signed(&addressed, parcel, now);
        answer::judged(self.post.post(message).await, now)
    }

    /// The endpoint with its address, judged anew, and its secrets; or why nothing is sent.
    async fn addressed(&self, parcel: &Parcel) -> Result<Addressed, Delivery> {
        let gone = |why: &str| not_sent(Verdict::Gone, why);
        let id = Uuid::parse_str(&parcel.destination).map_err(|_| gone("это не номер адреса"))?;
        let id = EndpointId::new(id);
        let later = |error: &EndpointError| {
            let error = error as &dyn std::error::Error;
            tracing::error!(error, "an endpoint cannot be told anything");
            not_sent(Verdict::RetryAfter(None), "секрет адреса не открывается: nanorem doctor")
        };
        let unread = |error: StoreError| later(&error.into());
        let mut tx = self.app.store.begin_read().await.map_err(unread)?;
        let endpoint = store::endpoints::by_id(&mut tx, id).await.map_err(unread)?;
        let endpoint = endpoint.ok_or_else(|| gone("адрес удалён"))?;
        if let Some(why) = &endpoint.disabled {
            return Err(gone(why));
        }
        let to = OutwardUrl::parse_given(&endpoint.url, &self.rules).map_err(|refusal| {
            let why = domain::lang::Text::from(refusal);
            not_sent(Verdict::RetryAfter(None), why.in_lang(domain::lang::Lang::Ru))
        })?;
        let secrets = secrets::load(&self.app, &mut tx, id, self.app.now()).await;
        let secrets = secrets.map_err(|error| later(&error))?;
        Ok(Addressed { to, secrets })
    }
}

fn not_sent(verdict: Verdict, why: &str) -> Delivery {
    Delivery { verdict, status: None, answer: None, error: Some(format!("не отправлено: {why}")) }
}

/// The message with the headers of Standard Webhooks: one signature for each secret that signs now.
fn signed(addressed: &Addressed, parcel: &Parcel, now: Timestamp) -> Message {
    let id = format!("msg_{}", parcel.id.uuid().simple());
    let body = parcel.payload.clone();
    let signatures: Vec<String> =
        addressed.secrets.iter().map(|secret| secret.sign(&id, now, body.as_bytes())).collect();
    let headers = vec![
        ("webhook-id", id),
        ("webhook-timestamp", now.as_second().to_string()),
        ("webhook-signature", signatures.join(" ")),
    ];
    Message { to: addressed.to.clone(), headers, body }
}

impl Deliver for Courier {
    fn deliver<'a>(&'a self, parcel: &'a Parcel) -> Doing<'a, Delivery> {
        Box::pin(self.tell(parcel))
    }
}
