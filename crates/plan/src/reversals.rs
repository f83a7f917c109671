//! What a refund or a cancellation takes back of what was posted for an order.
//!
//! Frozen facts: only the order, the plan of its accruals and what was posted; never today's network.

use std::collections::BTreeMap;

use domain::accrual::RuleId;
use domain::catalog::ProductKind;
use domain::ids::{RefundId, TransferId};
use domain::money::Money;
use domain::order::{Order, OrderLine};
use serde::Serialize;

use crate::base::Base;
use crate::plan::Plan;
use crate::rules::Rule;

/// Money posted for an order: an accrual, or the breakage of the whole order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The transfer.
    pub transfer: TransferId,
    /// By which rule; `None` for the breakage of the whole order.
    pub rule: Option<RuleId>,
    /// How much was posted.
    pub amount: Money,
    /// How much of it is already taken back.
    pub reversed: Money,
}

/// Money to take back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reversal {
    /// Of which transfer.
    pub of: TransferId,
    /// How much; above zero.
    pub amount: Money,
    /// Why.
    pub cause: ReversalCause,
}

/// Why money is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReversalCause {
    /// Goods were given back.
    Refund(RefundId),
    /// The order was cancelled.
    Cancellation,
}

/// What is still to be taken back for the refunds and the cancellation of an order.
///
/// After each refund `floor(amount x refunded base so far / base)` of a posted sum stands reversed,
/// and all of it once every piece the rule pays on is back, so that many partial refunds end exactly
/// at zero. What stands reversed never goes down. A cancelled order gives back the rest. Run again on
/// its own result it gives nothing.
pub fn reversals(plan: &Plan, order: &Order, posted: &[Posted]) -> Vec<Reversal> {
    posted.iter().flat_map(|posted| of_one(plan, order, posted)).collect()
}

fn of_one(plan: &Plan, order: &Order, posted: &Posted) -> Vec<Reversal> {
    let rule = plan.rules().iter().find(|rule| Some(&rule.id) == posted.rule.as_ref());
    let ground = Ground::new(plan, order, rule);
    let mut reversals = Vec::new();
    let mut reversed = posted.reversed;
    let mut raise = |target: Money, cause| {
        if target > reversed {
            reversals.push(Reversal { of: posted.transfer, amount: target - reversed, cause });
            reversed = target;
        }
    };
    let mut refunded: BTreeMap<u32, u32> = BTreeMap::new();
    for refund in &order.refunds {
        for (line_no, pieces) in &refund.lines {
            let so_far = refunded.entry(*line_no).or_default();
            *so_far = so_far.saturating_add(*pieces);
        }
        raise(ground.target(posted.amount, &refunded), ReversalCause::Refund(refund.id));
    }
    if order.cancelled_at.is_some() {
        raise(posted.amount, ReversalCause::Cancellation);
    }
    reversals
}

/// On what a posted sum stands: the lines, and how they make the base.
struct Ground<'o> {
    lines: Vec<&'o OrderLine>,
    base: Base,
    point_value: Money,
    whole: i128,
}

impl<'o> Ground<'o> {
    /// The lines of a rule; without a rule the turnover of all goods.
    fn new(plan: &Plan, order: &'o Order, rule: Option<&Rule>) -> Self {
        let selected =
            |line: &&OrderLine| line.kind == ProductKind::Goods && rule.is_none_or(|rule| rule.selects(line));
        let lines: Vec<&OrderLine> = order.lines.iter().filter(selected).collect();
        let base = rule.map_or(Base::Turnover, |rule| rule.base);
        let point_value = plan.value_of_point();
        let whole = base.of(lines.iter().map(|line| (*line, line.quantity)), point_value);
        Self { lines, base, point_value, whole }
    }

    /// How much of a sum stands reversed when so many pieces of the lines are back.
    fn target(&self, amount: Money, refunded: &BTreeMap<u32, u32>) -> Money {
        let back = |line: &OrderLine| refunded.get(&line.line_no).copied().unwrap_or(0).min(line.quantity);
        if !self.lines.is_empty() && self.lines.iter().all(|line| back(line) == line.quantity) {
            return amount;
        }
        if self.whole <= 0 {
            return Money::ZERO;
        }
        let part = self.base.of(self.lines.iter().map(|line| (*line, back(line))), self.point_value);
        amount.share_down(crate::base::saturated(part.min(self.whole)), crate::base::saturated(self.whole))
    }
}
