//! The verbs of the business.
//!
//! Each verb loads facts, calls a pure function of `domain` or `plan`, stores its answer, and commits:
//! only this crate begins and commits transactions. It knows nothing of HTTP, of messengers or of
//! command lines, and it never calls the network inside a transaction.

pub mod accruals;
pub mod activity;
pub mod adjustments;
pub mod audit;
pub mod auth;
pub mod backtest;
pub mod catalog;
pub mod clock;
pub mod endpoints;
pub mod enroll;
pub mod figures;
pub mod idempotency;
pub mod import;
pub mod jobs;
pub mod ledger;
pub mod links;
pub mod orders;
pub mod outbox;
pub mod payouts;
pub mod people;
pub mod periods;
pub mod plans;
pub mod ports;
pub mod promo;
pub mod reconcile;
pub mod schedule;
pub mod sealed;
pub mod simulate;
pub mod sponsors;
pub mod standing;
pub mod users;
pub mod verify;

mod notices;
mod retry;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use domain::ids::PlanVersionId;
use domain::money::Money;
use domain::order::ExternalId;
use jiff::Timestamp;
use plan::Plan;
use store::Store;

pub use store::StoreError;

pub use crate::clock::{Clock, Ids};
use crate::sealed::Sealer;

/// The program's hands: its database, its clock, its dice.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    clock: Arc<dyn Clock>,
    ids: Arc<Ids>,
    plans: Arc<Mutex<HashMap<PlanVersionId, Arc<Plan>>>>,
    /// The only shop whose webhooks are taken, if it is known.
    shop: Option<ExternalId>,
    /// How callers are let in.
    access: auth::Rules,
    /// What one person may give and take by hand alone within 24 hours.
    adjustment_limit: Money,
    /// Opens and closes what is kept sealed, if the settings have a key.
    sealer: Option<Arc<Sealer>>,
    /// Rung when there is work for the background worker.
    work: Arc<tokio::sync::Notify>,
    /// Rung when something may be on its way out.
    outgoing: Arc<tokio::sync::Notify>,
}

impl App {
    /// Puts the program together; `seed` starts the dice.
    pub fn new(store: Store, clock: Arc<dyn Clock>, seed: [u8; 32]) -> Self {
        Self {
            store,
            clock,
            ids: Arc::new(Ids::seeded(seed)),
            plans: Arc::default(),
            shop: None,
            access: auth::Rules::default(),
            adjustment_limit: adjustments::USUAL_LIMIT,
            sealer: None,
            work: Arc::default(),
            outgoing: Arc::default(),
        }
    }

    /// Keeps secrets sealed with the keys of the settings.
    #[must_use]
    pub fn sealing_with(self, sealer: Sealer) -> Self {
        Self { sealer: Some(Arc::new(sealer)), ..self }
    }

    /// Takes webhooks of this shop only: an order told under another name would be counted beside itself.
    #[must_use]
    pub fn of_shop(self, shop: ExternalId) -> Self {
        Self { shop: Some(shop), ..self }
    }

    /// Lets one person give and take so much by hand alone within 24 hours.
    #[must_use]
    pub fn with_adjustment_limit(self, limit: Money) -> Self {
        Self { adjustment_limit: limit, ..self }
    }

    /// Lets callers in by other rules than the usual ones.
    #[must_use]
    pub fn with_access(self, access: auth::Rules) -> Self {
        Self { access, ..self }
    }

    /// What time it is, to the microsecond.
    pub fn now(&self) -> Timestamp {
        domain::time::to_microsecond(self.clock.now())
    }

    /// An id of one request, for its answer and the log.
    pub fn request_id(&self) -> uuid::Uuid {
        self.ids.uuid(self.now())
    }

    /// What seals and opens secrets; `None` while the settings have no key.
    pub fn sealer(&self) -> Option<&Sealer> {
        self.sealer.as_deref()
    }

    /// Tells the background workers that there is work.
    pub(crate) fn ring(&self) {
        self.work.notify_one();
        self.outgoing.notify_one();
    }
}
