//! Which rules pay on an order, and by which walk.

use std::borrow::Cow;

use domain::ids::PartnerId;
use domain::network::Network;
use domain::order::{Order, Origin};
use domain::time::add_days;
use jiff::Timestamp;

use crate::accrue::{AccrueError, OrderFacts};
use crate::base::whole_lines;
use crate::climb::Climb;
use crate::plan::Plan;
use crate::rules::{FastStart, FastStartWhen, OrderRule, Personal, Rule};

/// A rule that pays on an order, with the walk it goes.
pub(crate) type Paying<'p> = (&'p Rule, Cow<'p, Climb>);

/// The rules that pay on this order: a fast start where it holds, levels unless one replaces them, a
/// retail margin where an outside customer bought.
pub(crate) fn paying_rules<'p>(
    plan: &'p Plan,
    facts: OrderFacts<'_>,
    network: &Network,
    at: Timestamp,
) -> Result<Vec<Paying<'p>>, AccrueError> {
    let origin = facts.order.origin();
    let mut paying: Vec<Paying<'p>> = Vec::new();
    let mut replaced = false;
    for rule in plan.rules() {
        let Some(kind) = rule.order_rule() else {
            continue;
        };
        let climb = match kind {
            OrderRule::Level(climb) => Some(Cow::Borrowed(climb)),
            OrderRule::FastStart(start) => {
                let holds = holds(plan, start, facts, network, at)?;
                replaced |= holds && start.replaces_level;
                holds.then_some(Cow::Borrowed(&start.climb))
            }
            OrderRule::RetailMargin(retail) => {
                matches!(origin, Origin::CustomerOf(_)).then_some(Cow::Borrowed(&retail.climb))
            }
            OrderRule::Personal(personal) => of_this_size(plan, personal, facts.order).map(Cow::Owned),
        };
        paying.extend(climb.map(|climb| (rule, climb)));
    }
    paying.retain(|(rule, _)| !(replaced && matches!(rule.order_rule(), Some(OrderRule::Level(_)))));
    Ok(paying)
}

/// Whether a fast start holds for an order.
fn holds(
    plan: &Plan,
    start: &FastStart,
    facts: OrderFacts<'_>,
    network: &Network,
    at: Timestamp,
) -> Result<bool, AccrueError> {
    let Origin::Partner(buyer) = facts.order.origin() else {
        return Ok(false);
    };
    Ok(match start.when {
        FastStartWhen::FirstOrder => facts.is_first,
        FastStartWhen::Days(days) => at < add_days(joined_at(network, buyer)?, days, plan.zone()),
    })
}

fn joined_at(network: &Network, partner: PartnerId) -> Result<Timestamp, AccrueError> {
    let person = network.get(partner).ok_or(AccrueError::PartnerUnknown(partner))?;
    person.joined_at.ok_or(AccrueError::JoinUnknown(partner))
}

/// The walk of one step that a personal bonus is, at the rate of the order's size.
fn of_this_size(plan: &Plan, personal: &Personal, order: &Order) -> Option<Climb> {
    let size = plan.qualify_by().size(whole_lines(order));
    personal.climb(order.origin(), size)
}
