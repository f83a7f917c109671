//! One order: which rules pay, who earns what, and where the rest of the promised sum went.

use domain::accrual::Accruals;
use domain::ids::{FactSeq, OrderId, PartnerId};
use domain::money::{Money, Rounding};
use domain::network::{AsOf, Network};
use domain::order::Order;
use jiff::Timestamp;

use crate::ascent::Ascent;
use crate::cap::CapScope;
use crate::earning::{Path, accruals};
use crate::paying::paying_rules;
use crate::plan::Plan;

/// An order with what the engine asks about it beside its own facts.
#[derive(Debug, Clone, Copy)]
pub struct OrderFacts<'o> {
    /// The order.
    pub order: &'o Order,
    /// Whether it is the buyer's first.
    pub is_first: bool,
}

/// Why nothing can be said about an order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccrueError {
    /// It is not paid.
    #[error("order {0} is not paid")]
    NotPaid(OrderId),
    /// It is paid, but the date by which the plan counts is not yet known.
    #[error("order {0} is paid but not yet in effect by the plan")]
    NotInEffect(OrderId),
    /// Its buyer, or the partner who brought him, is not in the network.
    #[error("partner {0} is not in the network")]
    PartnerUnknown(PartnerId),
    /// A rule counts days from when the buyer joined, and that is not known.
    #[error("when partner {0} joined is not known")]
    JoinUnknown(PartnerId),
    /// The network is loaded in part, and the walk goes on beyond it.
    #[error("the walk goes on beyond the part of the network that is loaded")]
    UplineTooShort,
    /// The sponsors above him form a ring.
    #[error("the way up from partner {0} never ends")]
    EndlessUpline(PartnerId),
    /// Its base is above what the program accepts.
    #[error("order {0} is larger than {max}", max = Money::LARGEST)]
    TooLarge(OrderId),
}

/// Computes what a plan gives for a paid order, by the facts known up to `known`.
///
/// Shares and breakage sum to what the rates promise. Levels count after compression; each amount is
/// an exact rational rounded once, then cut by the cap of its rule, then by that of the order. Caps of
/// a period wait for its close.
///
/// # Errors
/// [`AccrueError::UplineTooShort`] if more of the network has to be loaded; otherwise the order or the
/// network is not fit for paying.
pub fn accrue(
    plan: &Plan,
    order: &OrderFacts<'_>,
    network: &Network,
    known: FactSeq,
) -> Result<Accruals, AccrueError> {
    let facts = *order;
    let order = facts.order;
    let at = effective_at(plan, order)?;
    let mut ascent = Ascent::new(network, AsOf { at, known }, order.origin())?;
    let mut paths = Vec::new();
    for (rule, climb) in paying_rules(plan, facts, network, at)? {
        let base = within_bounds(plan.base(rule, order), order)?;
        let climbed = climb.walk(&mut ascent)?;
        paths.push(Path { rule, base, climb, climbed });
    }
    let limit = limit(plan, order)?;
    Ok(accruals(plan, &paths, limit))
}

fn effective_at(plan: &Plan, order: &Order) -> Result<Timestamp, AccrueError> {
    if order.paid_at.is_none() {
        return Err(AccrueError::NotPaid(order.id));
    }
    plan.effective_at(order).ok_or(AccrueError::NotInEffect(order.id))
}

/// The cap of the order: its share of the base, rounded down; none where it is of the period.
fn limit(plan: &Plan, order: &Order) -> Result<Option<Money>, AccrueError> {
    let Some(cap) = plan.cap_over(CapScope::Order).copied() else {
        return Ok(None);
    };
    let base = within_bounds(plan.cap_base(cap, order), order)?;
    Ok(Some(cap.percent.of(base, Rounding::Down)))
}

fn within_bounds(base: Money, order: &Order) -> Result<Money, AccrueError> {
    if base > Money::LARGEST {
        return Err(AccrueError::TooLarge(order.id));
    }
    Ok(base)
}
