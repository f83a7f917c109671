//! A whole history at once, in memory: what a plan pays for every order a company ever had.
//!
//! It pays each order exactly as [`accrue`](crate::accrue()) does, to the kopeck, and keeps sums only:
//! for comparing plans and for proving the books, where walks and explanations of single orders are not
//! asked for.
//!
//! A [`Company`] is a line of dated changes. Workers take parts of the orders, in order of time, and each
//! moves its own copy of the company forward change by change, so that every order meets everybody as he
//! was then. Orders of one start and one moment share their walks, and all walks of a moment share the way
//! past those who are not active. Nothing is allocated for an order where one rule pays, and sums of whole
//! kopecks do not depend on who computed them.

mod census;
mod change;
mod company;
mod cut;
mod moment;
mod orders;
mod roster;
mod share;
mod terms;
mod till;
mod totals;
mod walk;

use std::num::NonZero;
use std::thread;

use domain::accrual::RuleId;
use domain::ids::{OrderId, PartnerId};

pub use census::Census;
pub use company::Company;
pub use orders::{Buyer, OrderBook, Orders};
pub use roster::{Roster, Seat};
pub use totals::{LevelTotals, RuleTotals, Totals};

use crate::plan::Plan;
use terms::Terms;
use till::Till;

/// Why a history cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// A rule is not of the kind `level`; such orders are accrued one by one.
    #[error("rule {rule} is of kind {kind}, which is computed order by order only")]
    Kind {
        /// Which rule.
        rule: RuleId,
        /// The word of its kind.
        kind: &'static str,
    },
    /// A cap of a period, of a partner or of a rule, or a leader who ends the walk; such plans are computed
    /// order by order.
    #[error("a cap of a period, of a partner or of a rule is computed order by order only")]
    Cap,
    /// An order's bases are not those that the plan asks for, or beyond what the program accepts.
    #[error("an order's bases are not those that the plan asks for, or too large")]
    Bases,
    /// An order is not paid, or the date by which the plan counts is not yet known.
    #[error("order {0} is not in effect by the plan")]
    NotInEffect(OrderId),
    /// A fact or an order names a partner who is not in the network, or has no code.
    #[error("partner {0} is not in the network")]
    PartnerUnknown(PartnerId),
    /// A fact or an order names a seat that was never given out.
    #[error("a seat is not of this company")]
    UnknownSeat,
    /// More partners or facts than can be numbered.
    #[error("there are more partners, ranks or facts than can be numbered")]
    TooMany,
    /// The sponsors above somebody form a ring.
    #[error("the way up from a partner never ends")]
    Ring,
}

/// Computes what a plan gives for all orders, with so many threads at most.
///
/// # Errors
/// [`BatchError::Kind`] if the plan has a rule that the batch cannot compute, [`BatchError::Bases`] if
/// the orders were told for a plan with other bases, [`BatchError::UnknownSeat`] if for another company,
/// [`BatchError::Ring`] if a walk never ends.
pub fn compute(
    plan: &Plan,
    company: &Company,
    orders: &Orders,
    threads: NonZero<usize>,
) -> Result<Totals, BatchError> {
    let terms = Terms::of(plan, &company.ranks)?;
    if terms.columns != orders.columns {
        return Err(BatchError::Bases);
    }
    if orders.company != (company.people(), company.changes()) {
        return Err(BatchError::UnknownSeat);
    }
    let each = orders.len().div_ceil(threads.get()).max(1);
    let parts = (0..orders.len()).step_by(each).map(|start| start..orders.len().min(start + each));
    let terms = &terms;
    let results = thread::scope(|scope| {
        let workers = parts.map(|part| scope.spawn(move || Till::new(terms, company).pay(orders, part)));
        let workers: Vec<_> = workers.collect();
        let joined =
            workers.into_iter().map(|worker| worker.join().expect("a worker never panics by itself"));
        joined.collect::<Result<Vec<Totals>, BatchError>>()
    })?;
    let add = |mut sum: Totals, part: Totals| {
        sum.add(&part);
        sum
    };
    let totals = results.into_iter().reduce(add);
    let totals = totals.unwrap_or_else(|| Totals::nothing(terms, company.people()));
    Ok(totals.seated(company))
}
