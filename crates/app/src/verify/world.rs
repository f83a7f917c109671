//! Everything there is, as one reading transaction sees it.

use std::collections::{HashMap, HashSet};

use domain::adjustment::Adjustment;
use domain::catalog::Product;
use domain::ids::{AccountId, FactSeq, OrderId, PartnerId, TransferId};
use domain::ledger::Transfer;
use domain::money::Money;
use domain::network::Network;
use domain::partner::Partner;
use domain::payout::Payout;
use domain::period::Period;
use jiff::Timestamp;
use store::accruals::{Run, Stored};
use store::activity::Fee;
use store::periods::Closed;
use store::plans::PlanVersion;
use store::sponsorships::Sponsorship;
use store::{Backend, StoreError};
use uuid::Uuid;

use super::Counts;
use super::bonuses::Bonuses;
use crate::App;
use crate::jobs::Kind;
use crate::plans::{self, Timeline};

/// Message id, body hash, body, verdict, order.
pub(super) type Receipt = (String, Vec<u8>, Vec<u8>, String, Option<Uuid>);

pub(super) struct World {
    pub(super) backend: Backend,
    pub(super) now: Timestamp,
    pub(super) last_fact: FactSeq,
    pub(super) partners: HashMap<PartnerId, Partner>,
    pub(super) sponsorships: Vec<Sponsorship>,
    pub(super) fees: Vec<Fee>,
    pub(super) network: Network,
    pub(super) products: Vec<Product>,
    pub(super) orders: Vec<store::orders::Stored>,
    pub(super) receipts: Vec<Receipt>,
    pub(super) runs: HashMap<OrderId, Vec<Run>>,
    pub(super) accruals: HashMap<OrderId, Vec<Stored>>,
    pub(super) transfers: Vec<Transfer>,
    pub(super) transfer_by_id: HashMap<TransferId, usize>,
    pub(super) reversals: HashMap<TransferId, Vec<usize>>,
    pub(super) accounts: HashMap<AccountId, String>,
    pub(super) causes: HashMap<Uuid, String>,
    pub(super) payouts: Vec<Payout>,
    pub(super) adjustments: Vec<Adjustment>,
    pub(super) periods: Vec<Closed>,
    pub(super) bonuses: Bonuses,
    pub(super) kept: Vec<(Period, AccountId, Money)>,
    pub(super) versions: Vec<PlanVersion>,
    pub(super) timeline: Timeline,
    pub(super) audit: Vec<store::audit::Line>,
    pub(super) triggers: Vec<String>,
    pub(super) structure: Vec<String>,
    /// Orders whose job waits or is dead.
    pub(super) pending: HashSet<OrderId>,
    /// Whether a late fact waits to be looked at.
    pub(super) is_reconsidering: bool,
}

impl World {
    pub(super) async fn load(app: &App) -> Result<Self, StoreError> {
        let mut tx = app.store.begin_read().await?;
        let tx = &mut tx;
        let transfers = store::transfers::all(tx).await?;
        let mut transfer_by_id = HashMap::with_capacity(transfers.len());
        let mut reversals: HashMap<TransferId, Vec<usize>> = HashMap::new();
        for (place, transfer) in transfers.iter().enumerate() {
            transfer_by_id.insert(transfer.id, place);
            if let Some(of) = transfer.reverses {
                reversals.entry(of).or_default().push(place);
            }
        }
        let mut runs: HashMap<OrderId, Vec<Run>> = HashMap::new();
        for run in store::accruals::all_runs(tx).await? {
            runs.entry(run.order).or_default().push(run);
        }
        let mut accruals: HashMap<OrderId, Vec<Stored>> = HashMap::new();
        for accrual in store::accruals::all(tx).await? {
            accruals.entry(accrual.order).or_default().push(accrual);
        }
        let jobs = store::jobs::all(tx).await?;
        let pending =
            jobs.iter().filter_map(|job| Uuid::parse_str(&job.key).ok()).map(OrderId::new).collect();
        let is_reconsidering = jobs.iter().any(|job| job.kind == Kind::ReconsiderFact.as_str());
        let timeline = plans::timeline(app, tx).await?;
        let network = store::network::load_whole(tx).await?;
        Ok(Self {
            backend: app.store.backend(),
            now: app.now(),
            last_fact: store::facts::last(tx).await?,
            partners: store::partners::all(tx)
                .await?
                .into_iter()
                .map(|partner| (partner.id, partner))
                .collect(),
            sponsorships: store::sponsorships::all(tx).await?,
            fees: store::activity::all_fees(tx).await?,
            network: network.counting_invited_up_to(timeline.invited_that_matter()),
            products: store::products::all(tx).await?,
            orders: store::orders::all(tx).await?,
            receipts: store::receipts::all(tx).await?,
            runs,
            accruals,
            transfers,
            transfer_by_id,
            reversals,
            accounts: store::balances::accounts(tx).await?.into_iter().collect(),
            causes: store::transfers::causes(tx).await?.into_iter().collect(),
            payouts: store::payouts::all(tx).await?,
            adjustments: store::adjustments::all(tx).await?,
            periods: store::periods::all(tx).await?,
            bonuses: Bonuses::load(app, tx, &jobs).await?,
            kept: store::balances::kept(tx).await?,
            versions: store::plans::all(tx).await?,
            timeline,
            audit: store::audit::all(tx).await?,
            triggers: store::inspect::triggers(tx).await?,
            structure: store::inspect::structure(tx).await?,
            pending,
            is_reconsidering,
        })
    }

    pub(super) fn counts(&self) -> Counts {
        Counts {
            partners: self.partners.len(),
            orders: self.orders.len(),
            pending: self.orders.iter().filter(|stored| self.pending.contains(&stored.order.id)).count(),
            accruals: self.accruals.values().map(Vec::len).sum(),
            transfers: self.transfers.len(),
            payouts: self.payouts.len(),
            audit: self.audit.len(),
        }
    }

    pub(super) fn transfer(&self, id: TransferId) -> Option<&Transfer> {
        self.transfer_by_id.get(&id).and_then(|place| self.transfers.get(*place))
    }

    pub(super) fn reversals_of(&self, id: TransferId) -> impl Iterator<Item = &Transfer> {
        self.reversals.get(&id).into_iter().flatten().filter_map(|place| self.transfers.get(*place))
    }

    pub(super) fn account(&self, id: AccountId) -> &str {
        self.accounts.get(&id).map_or("?", String::as_str)
    }

    pub(super) fn code(&self, id: PartnerId) -> &str {
        self.partners.get(&id).map_or("?", |partner| partner.code.as_str())
    }
}
