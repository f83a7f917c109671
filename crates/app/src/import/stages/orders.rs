//! What is wrong with orders and refunds of an import, in words and with the line of the file.

use std::collections::HashMap;

use domain::ids::OrderId;
use domain::lang::Text;
use domain::money::Money;
use domain::order::{ExternalId, Order, OrderEvent};
use domain::text;

use super::At;
use crate::accruals::SettleError;

/// Where the orders of a batch stand in their file.
pub(super) fn lines_of(batch: &[At<OrderEvent>], orders: &[Order]) -> HashMap<OrderId, u64> {
    let lines: HashMap<&ExternalId, u64> =
        batch.iter().map(|row| (&row.value.order.external_id, row.line)).collect();
    let line = |order: &Order| Some((order.id, *lines.get(&order.key.external_id)?));
    orders.iter().filter_map(line).collect()
}

/// Why an order earns nobody anything, as a person is told.
pub(super) fn unsettled(problem: &SettleError) -> Text {
    match problem {
        SettleError::NoPlan(at) => {
            text!("на {at} не действует ни один план", "no plan is in force at {at}")
        }
        SettleError::Accrue(plan::AccrueError::TooLarge(_)) => {
            let [most, most_en] = Money::LARGEST.in_both();
            text!(
                "заказ слишком большой: считаются заказы до {most}",
                "the order is too large: orders up to {most_en} are reckoned"
            )
        }
        other => text!("заказ не начисляется: {other}", "the order cannot be accrued: {other}"),
    }
}

/// What is wrong with a refund that stands before its order.
pub(in crate::import) fn before_the_order() -> Text {
    text!("возврат раньше самого заказа", "given back before it was ordered")
}
