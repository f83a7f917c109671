//! Notices: what happens is put out, in the transaction in which it happens, to the endpoints that want to be
//! told. Where nobody listens nothing is written and nothing more is read than who listens.

pub(crate) mod company;
pub(crate) mod money;
pub(crate) mod orders;
pub(crate) mod people;

use std::collections::HashMap;

use domain::ids::{EndpointId, ParcelId, PartnerId};
use domain::notice::{Notice, NoticeKind, PartnerTold, Topics};
use domain::partner::PartnerCode;
use jiff::Timestamp;
use store::outbox::Fresh;
use store::{StoreError, Tx};

use crate::App;
use crate::outbox::Channel;

/// Who wants to be told what.
#[derive(Debug)]
pub(crate) struct Listeners(Vec<(EndpointId, Topics)>);

/// Something to be told, and which occurrence of its kind it is: told once for each.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) occurrence: String,
    pub(crate) notice: Notice,
}

impl Told {
    fn new(occurrence: String, notice: Notice) -> Self {
        Self { occurrence, notice }
    }
}

impl Listeners {
    /// Those who want to be told any of these kinds; `None` if nobody does.
    pub(crate) async fn of(tx: &mut Tx, kinds: &[NoticeKind]) -> Result<Option<Self>, StoreError> {
        let mut listening = store::endpoints::listening(tx).await?;
        listening.retain(|(_, topics)| kinds.iter().any(|kind| topics.contain(*kind)));
        Ok((!listening.is_empty()).then_some(Self(listening)))
    }

    /// Puts out what is told, to each who wants to hear it.
    pub(crate) async fn tell(
        &self,
        app: &App,
        tx: &mut Tx,
        told: &[Told],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut parcels = Vec::new();
        for Told { occurrence, notice } in told {
            let wanting = self.0.iter().filter(|(_, topics)| topics.contain(notice.kind()));
            parcels.extend(wanting.map(|(id, _)| parcel(app, *id, occurrence, notice, now)));
        }
        store::outbox::push(tx, &parcels, now).await?;
        Ok(())
    }
}

/// The parcel that tells an endpoint.
pub(crate) fn parcel(
    app: &App,
    endpoint: EndpointId,
    occurrence: &str,
    notice: &Notice,
    now: Timestamp,
) -> Fresh {
    let topic = notice.kind().as_str();
    Fresh {
        id: ParcelId::new(app.ids.uuid(now)),
        channel: Channel::Webhook.as_str(),
        destination: endpoint.to_string(),
        topic: topic.to_owned(),
        dedupe_key: format!("{endpoint}/{topic}/{occurrence}"),
        payload: notice.body(now),
    }
}

/// The public codes of some partners.
struct Codes(HashMap<PartnerId, PartnerCode>);

impl Codes {
    async fn load(tx: &mut Tx, mut ids: Vec<PartnerId>) -> Result<Self, StoreError> {
        ids.sort_unstable();
        ids.dedup();
        let partners = store::partners::by_ids(tx, &ids).await?;
        Ok(Self(partners.into_iter().map(|partner| (partner.id, partner.code)).collect()))
    }

    /// How a partner is told of; `None` if there is none of that id.
    fn told(&self, id: PartnerId) -> Option<PartnerTold> {
        self.0.get(&id).map(|code| PartnerTold { id, code: code.clone() })
    }
}
