//! Accruals: brings the ledger to what the facts of paid orders say.
//!
//! `settle` converges: it may run any number of times for an order, alone or among others, before or
//! after a crash, and writes only what is missing.

mod books;
mod judge;
mod list;
pub(crate) mod reconsider;

use std::collections::BTreeMap;

use domain::ids::OrderId;
use domain::money::Money;
use domain::order::Order;
use domain::partner::PartnerCode;
use plan::AccrueError;
use store::{StoreError, Tx};

use books::Books;
pub(crate) use books::posted;
pub(crate) use judge::{Sight, judge_run, pays_first_orders};
pub use list::{Listed, Wanted, list};

use crate::App;
use crate::jobs::{self, Kind};
use crate::notices;
use crate::periods::{Calendar, adjust};
use crate::plans;

/// By which knowledge an order that was judged before is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Judge {
    /// By what was known then.
    Once,
    /// Again, by what is known now: a fact came late.
    Again,
}

/// Why an order cannot be settled now.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// The order is gone.
    #[error("there is no such order")]
    Unknown,
    /// No plan was in force when it took effect.
    #[error("no plan is in force at {0}: activate one")]
    NoPlan(jiff::Timestamp),
    /// The engine cannot judge it.
    #[error(transparent)]
    Accrue(#[from] AccrueError),
}

/// What came of settling orders, each for itself.
pub(crate) type Settled = BTreeMap<OrderId, Result<(), SettleError>>;

/// Settles stored orders by their ids.
pub(crate) async fn settle_ids(
    app: &App,
    tx: &mut Tx,
    ids: &[OrderId],
    judge: Judge,
) -> Result<Settled, StoreError> {
    let orders = store::orders::by_ids(tx, ids).await?.into_iter().map(|stored| stored.order).collect();
    let mut settled: Settled = ids.iter().map(|id| (*id, Err(SettleError::Unknown))).collect();
    settled.extend(settle(app, tx, orders, judge, &mut Sight::Uplines).await?);
    Ok(settled)
}

/// Settles orders inside a transaction, as it has just read or written them. Each answers for itself;
/// what fails leaves no trace.
pub(crate) async fn settle(
    app: &App,
    tx: &mut Tx,
    orders: Vec<Order>,
    judge: Judge,
    sight: &mut Sight,
) -> Result<Settled, StoreError> {
    let now = app.now();
    let known = store::facts::lock_shared(tx).await?;
    let timeline = plans::timeline(app, tx).await?;
    let calendar = Calendar::load(tx, timeline.zone(), now).await?;
    let mut books = Books::load(tx, orders).await?;
    let mut answers = Settled::new();
    let mut first_buyers = Vec::new();
    let mut effective = Vec::new();
    let to_judge: Vec<OrderId> = books.to_judge(judge).collect();
    let mut judged = judge::judge_all(tx, &timeline, &books, &to_judge, known, sight).await?;
    for (order, book) in books.iter_mut() {
        let verdict = match judged.remove(order) {
            None => Ok(()),
            Some(Ok(judgement)) => {
                first_buyers.extend(book.buyer().filter(|_| judgement.is_first));
                effective.push(judgement.effective_at);
                book.enter(app, &judgement, &calendar);
                Ok(())
            }
            Some(Err(error)) => Err(error),
        };
        if verdict.is_ok() {
            book.reverse(app, &timeline, &calendar);
        }
        answers.insert(*order, verdict);
    }
    notices::money::settled(app, tx, &books.settled(), now).await?;
    let written = books.save(tx, now).await?;
    let settled: Vec<OrderId> = answers.keys().copied().collect();
    adjust::note(app, tx, &settled, &effective, now).await?;
    // Another order was taken for the buyer's first before this one became known.
    let mut taken_for_first = store::accruals::judged_first(tx, &first_buyers).await?;
    taken_for_first.retain(|order| !answers.contains_key(order));
    jobs::enqueue_orders(app, tx, Kind::RejudgeOrder, &taken_for_first, now).await?;
    metrics::counter!("nanorem_accruals_total").increment(written.accruals);
    metrics::counter!("nanorem_orders_accrued_total").increment(written.runs);
    metrics::counter!("nanorem_reversals_total").increment(written.reversals);
    Ok(answers)
}

/// What each partner earned.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Earned {
    /// Who.
    pub partner_code: PartnerCode,
    /// What he earned.
    pub accrued: Money,
    /// What was taken back of it.
    pub reversed: Money,
    /// The difference.
    pub net: Money,
}

/// What each partner who earned has earned, by code.
pub async fn by_partner(app: &App) -> Result<Vec<Earned>, StoreError> {
    let rows = store::accruals::by_partner(&mut app.store.begin_read().await?).await?;
    let earned = |(partner_code, accrued, reversed)| Earned {
        partner_code,
        accrued,
        reversed,
        net: accrued - reversed,
    };
    Ok(rows.into_iter().map(earned).collect())
}
