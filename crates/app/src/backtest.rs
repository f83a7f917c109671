//! The back-test: what a plan would have paid over the company's own history. Pays nothing, writes
//! nothing, and asks the engine of the books: `accrue` for each order, `reversals` for what was given back,
//! `qualify` and `pay` at the end of each month.
//!
//! Everything is judged by what is known now. Ranks that a close gave under the plan of the time do not
//! count: a plan gives its own. A plan that remembers (ranks, what is carried over) is run from the month
//! of the first order on, as if it had always been in force; only the months of the span are counted.

mod course;
mod diff;
mod history;
mod money;
mod outcome;

use std::num::NonZero;
use std::sync::Arc;

use domain::order::OrderKey;
use domain::period::Period;
use plan::Plan;
use store::StoreError;

pub use diff::{Diff, PartnerDiff, Side};
pub use outcome::{Backtest, CapCuts, Figures, Month, PartnerSum};

pub(crate) use course::Course;
pub(crate) use history::History;

use crate::App;

/// The months of a back-test, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Months {
    /// The first.
    pub first: Period,
    /// The last.
    pub last: Period,
}

/// Why a plan cannot be tried on the history.
#[derive(Debug, thiserror::Error)]
pub enum BacktestError {
    /// The last month comes before the first.
    #[error("{last} comes before {first}: name the earlier month first")]
    Backwards {
        /// The first month asked for.
        first: Period,
        /// The last.
        last: Period,
    },
    /// The engine cannot judge an order.
    #[error("order {order} cannot be judged by plan {plan}")]
    Order {
        /// Which order.
        order: OrderKey,
        /// By which plan.
        plan: String,
        /// Why.
        #[source]
        source: plan::AccrueError,
    },
    /// The engine cannot close a month.
    #[error("{period} cannot be closed by plan {plan}")]
    Close {
        /// Which month.
        period: Period,
        /// By which plan.
        plan: String,
        /// Why.
        #[source]
        source: plan::close::CloseError,
    },
    /// The database failed.
    #[error("could not read the history")]
    Store(#[from] StoreError),
}

/// Runs a plan over the company's history.
///
/// # Errors
/// [`BacktestError`] says what cannot be reckoned.
pub async fn backtest(app: &App, plan: &Arc<Plan>, months: Months) -> Result<Backtest, BacktestError> {
    let [tried] = try_all(app, [plan], months).await?;
    Ok(tried)
}

/// Runs two plans over the company's history, side by side.
///
/// # Errors
/// [`BacktestError`] says what cannot be reckoned.
pub async fn diff(
    app: &App,
    before: &Arc<Plan>,
    after: &Arc<Plan>,
    months: Months,
) -> Result<Diff, BacktestError> {
    let [before, after] = try_all(app, [before, after], months).await?;
    Ok(Diff::of(months, before, after))
}

async fn try_all<const N: usize>(
    app: &App,
    plans: [&Arc<Plan>; N],
    months: Months,
) -> Result<[Backtest; N], BacktestError> {
    if months.last < months.first {
        return Err(BacktestError::Backwards { first: months.first, last: months.last });
    }
    let history = History::load(app).await?;
    let plans = plans.map(Arc::clone);
    // The reckoning takes seconds, so the threads that wait for the database do not do it.
    let reckoned = tokio::task::spawn_blocking(move || {
        let threads = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
        let tried: Result<Vec<Backtest>, BacktestError> =
            plans.iter().map(|plan| Course::run(plan, &history, months, threads)).collect();
        tried
    });
    let tried = reckoned.await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))?;
    Ok(<[Backtest; N]>::try_from(tried).unwrap_or_else(|_| unreachable!("each plan gives one back-test")))
}
