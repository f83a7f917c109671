//! A shop that is asked about its orders: it tells what the test put there, keeps silent, or talks nonsense.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use app::ports::orders::{AskError, ShopOrders};
use domain::activity::Span;
use domain::lang::Text;
use domain::order::{ExternalId, OrderState, Seen};
use futures::future::{BoxFuture, FutureExt as _};
use jiff::Timestamp;

use crate::company::at;

/// The shop's own books.
#[derive(Debug, Default)]
pub struct ShopBooks(Mutex<Books>);

#[derive(Debug, Default)]
struct Books {
    orders: BTreeMap<ExternalId, (Timestamp, Seen)>,
    silent: BTreeSet<ExternalId>,
    is_dead: bool,
    can_list: bool,
    asked: Vec<ExternalId>,
}

/// An id of a test's order.
pub fn external(id: &str) -> ExternalId {
    ExternalId::parse(id).expect("tests write valid ids")
}

impl ShopBooks {
    /// Writes an order down: when it was placed, how it stands, what it comes to, when it was paid.
    pub fn write(
        &self,
        id: &str,
        placed_at: &str,
        state: Option<OrderState>,
        total: Option<&str>,
        paid_at: Option<&str>,
    ) {
        let total = total.map(|total| total.parse().expect("tests write valid sums"));
        let seen = Seen { id: external(id), state, total, paid_at: paid_at.map(at) };
        self.books().orders.insert(external(id), (at(placed_at), seen));
    }

    /// Strikes an order out.
    pub fn strike(&self, id: &str) {
        self.books().orders.remove(&external(id));
    }

    /// About this order it says nothing.
    pub fn keep_silent_about(&self, id: &str) {
        self.books().silent.insert(external(id));
    }

    /// It answers nothing at all, or answers again.
    pub fn die(&self, is_dead: bool) {
        self.books().is_dead = is_dead;
    }

    /// It can list its orders.
    pub fn list_orders(&self) {
        self.books().can_list = true;
    }

    /// About which orders it was asked, in order.
    pub fn asked(&self) -> Vec<String> {
        self.books().asked.iter().map(ToString::to_string).collect()
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn told(&self, id: &ExternalId) -> Result<Option<Seen>, AskError> {
        let mut books = self.books();
        books.asked.push(id.clone());
        if books.is_dead || books.silent.contains(id) {
            return Err(AskError::Silent(Text::new("молчит", "it is silent")));
        }
        Ok(books.orders.get(id).map(|(_, seen)| seen.clone()))
    }

    fn listed(&self, over: Span) -> Result<Option<Vec<Seen>>, AskError> {
        let books = self.books();
        if books.is_dead {
            return Err(AskError::Silent(Text::new("молчит", "it is silent")));
        }
        let placed = books.orders.values().filter(|(placed_at, _)| over.contains(*placed_at));
        Ok(books.can_list.then(|| placed.map(|(_, seen)| seen.clone()).collect()))
    }
}

impl ShopOrders for ShopBooks {
    fn order<'a>(&'a self, id: &'a ExternalId) -> BoxFuture<'a, Result<Option<Seen>, AskError>> {
        async move { self.told(id) }.boxed()
    }

    fn placed_within(&self, over: Span) -> BoxFuture<'_, Result<Option<Vec<Seen>>, AskError>> {
        async move { self.listed(over) }.boxed()
    }
}
