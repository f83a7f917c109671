//! A history in memory: the company's own from the database, or one that is made up.

use std::collections::{HashMap, HashSet};

use domain::ids::{FactSeq, OrderId, PartnerId};
use domain::network::{AsOf, Network};
use domain::order::Order;
use domain::period::Period;
use jiff::Timestamp;
use plan::Plan;
use store::StoreError;

use crate::App;

/// Who was there, and what was bought.
pub(crate) struct History {
    /// Everybody with every fact; of ranks only those that staff gave.
    pub(crate) network: Network,
    /// Who personally invited whom.
    pub(crate) inviters: HashMap<PartnerId, PartnerId>,
    /// The paid orders.
    orders: Vec<Order>,
    /// Those that are their buyers' first.
    first_orders: HashSet<OrderId>,
    /// A month that still runs is reckoned as if it ended now.
    pub(crate) now: Timestamp,
}

impl History {
    /// Loads the company's own.
    pub(crate) async fn load(app: &App) -> Result<Self, StoreError> {
        let mut tx = app.store.begin_read().await?;
        let mut network = store::network::load_whole(&mut tx).await?;
        let inviters = store::partners::inviters(&mut tx).await?;
        let by_staff = store::standing::staff_ranks(&mut tx).await?;
        let ranked: Vec<PartnerId> =
            network.people().filter(|(_, person)| !person.ranks.is_empty()).map(|(id, _)| id).collect();
        for partner in ranked {
            network.person(partner).ranks.clear();
        }
        for (partner, fact) in by_staff {
            network.person(partner).ranks.push(fact);
        }
        let orders = store::orders::all(&mut tx).await?.into_iter().map(|stored| stored.order).collect();
        Ok(Self::new(network, inviters, orders, app.now()))
    }

    /// A history of these facts; orders that are not paid are left out.
    pub(crate) fn new(
        network: Network,
        inviters: HashMap<PartnerId, PartnerId>,
        mut orders: Vec<Order>,
        now: Timestamp,
    ) -> Self {
        orders.retain(|order| order.paid_at.is_some());
        // As the books take the orders of a period.
        orders.sort_by(|one, other| one.key.cmp(&other.key));
        let first_orders = first_orders(&orders);
        // Nobody who is asked about is counted beyond what he has; a star is counted by two searches.
        let network = network.counting_invited_up_to(u32::MAX);
        Self { network, inviters, orders, first_orders, now }
    }

    /// The orders that take effect within each month by a plan, by month; each month's in the order of keys.
    pub(crate) fn by_month(&self, plan: &Plan) -> Vec<(Period, Vec<&Order>)> {
        let mut months: std::collections::BTreeMap<Period, Vec<&Order>> = std::collections::BTreeMap::new();
        for order in &self.orders {
            if let Some(at) = plan.effective_at(order) {
                months.entry(Period::of(at, plan.zone())).or_default().push(order);
            }
        }
        months.into_iter().collect()
    }

    /// Whether an order is its buyer's first.
    pub(crate) fn is_first(&self, order: OrderId) -> bool {
        self.first_orders.contains(&order)
    }

    /// The ranks that staff gave and that hold at an instant.
    pub(crate) fn staff_ranks(&self, at: Timestamp) -> HashMap<PartnerId, String> {
        let as_of = AsOf { at, known: FactSeq::LATEST };
        let ranked = self.network.people().filter(|(_, person)| !person.ranks.is_empty());
        ranked.filter_map(|(id, _)| Some((id, self.network.member(id, as_of)?.rank?))).collect()
    }
}

/// The earliest payment of each buyer; among equals the least id.
fn first_orders(orders: &[Order]) -> HashSet<OrderId> {
    let mut first: HashMap<PartnerId, (Option<Timestamp>, OrderId)> = HashMap::new();
    for order in orders {
        if let Some(buyer) = order.buyer {
            let paid = (order.paid_at, order.id);
            let known = first.entry(buyer).or_insert(paid);
            *known = paid.min(*known);
        }
    }
    first.into_values().map(|(_, order)| order).collect()
}
