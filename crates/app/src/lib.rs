//! The verbs of the business.
//!
//! Each verb loads facts, calls a pure function of `domain` or `plan`, stores its answer, and commits:
//! only this crate begins and commits transactions. It knows nothing of HTTP, of messengers or of
//! command lines, and it never calls the network inside a transaction.

pub mod accruals;
pub mod activity;
pub mod audit;
pub mod backtest;
pub mod catalog;
pub mod clock;
pub mod enroll;
pub mod figures;
pub mod import;
pub mod jobs;
pub mod ledger;
pub mod links;
pub mod orders;
pub mod payouts;
pub mod people;
pub mod periods;
pub mod plans;
pub mod promo;
pub mod simulate;
pub mod sponsors;
pub mod standing;
pub mod verify;

mod retry;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use domain::ids::PlanVersionId;
use domain::order::ExternalId;
use jiff::Timestamp;
use plan::Plan;
use store::Store;

pub use crate::clock::{Clock, Ids};

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
    /// Rung when there is work for the background worker.
    work: Arc<tokio::sync::Notify>,
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
            work: Arc::default(),
        }
    }

    /// Takes webhooks of this shop only: an order told under another name would be counted beside itself.
    #[must_use]
    pub fn of_shop(self, shop: ExternalId) -> Self {
        Self { shop: Some(shop), ..self }
    }

    /// What time it is, to the microsecond.
    pub fn now(&self) -> Timestamp {
        domain::time::to_microsecond(self.clock.now())
    }

    /// Tells the background worker that there is work.
    pub(crate) fn ring(&self) {
        self.work.notify_one();
    }
}
