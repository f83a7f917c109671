//! One order under a plan: what stands of its accruals and of its breakage after what was given back.

use std::collections::BTreeMap;

use domain::accrual::{Accruals, BreakageReason, Share};
use domain::catalog::{ProductKind, Volume};
use domain::ids::TransferId;
use domain::money::{Money, Rounding, split};
use domain::order::Order;
use plan::{Plan, Posted, reversals};
use store::period_runs::OrderCommission;
use uuid::Uuid;

/// What one order gives.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// What each accrual paid, and what of it is taken back.
    pub(super) commissions: Vec<OrderCommission>,
    /// What nobody got, less its part of what was given back.
    pub(super) breakage: BTreeMap<BreakageReason, Money>,
    /// Whether a cap cut.
    pub(super) is_cut: bool,
}

impl Judged {
    /// Takes off what was given back, by the law of the books.
    pub(super) fn of(plan: &Plan, order: &Order, accruals: &Accruals) -> Self {
        let share = |(place, share): (u128, &Share)| Posted {
            transfer: transfer(place + 1),
            rule: Some(share.rule.clone()),
            amount: share.paid,
            reversed: Money::ZERO,
        };
        let mut posted: Vec<Posted> = (0..).zip(&accruals.shares).map(share).collect();
        // The books post the breakage of an order as one sum.
        let whole = transfer(0);
        posted.push(Posted { transfer: whole, rule: None, amount: accruals.broken(), reversed: Money::ZERO });
        let mut back: BTreeMap<TransferId, Money> = BTreeMap::new();
        for reversal in reversals(plan, order, &posted) {
            *back.entry(reversal.of).or_default() += reversal.amount;
        }
        let back_of = |of: TransferId| back.get(&of).copied().unwrap_or_default();
        let commission = |(place, share): (u128, &Share)| {
            (share.rule.clone(), share.earner, share.raw, share.paid, back_of(transfer(place + 1)))
        };
        Self {
            commissions: (0..).zip(&accruals.shares).map(commission).collect(),
            breakage: kept_breakage(accruals, back_of(whole)),
            is_cut: accruals.breakage.iter().any(|breakage| breakage.reason == BreakageReason::OverCap),
        }
    }
}

fn transfer(place: u128) -> TransferId {
    TransferId::new(Uuid::from_u128(place))
}

/// The breakage by reason, less what was given back, in proportion to the reasons.
fn kept_breakage(accruals: &Accruals, back: Money) -> BTreeMap<BreakageReason, Money> {
    let mut sums: BTreeMap<BreakageReason, Money> = BTreeMap::new();
    for breakage in &accruals.breakage {
        *sums.entry(breakage.reason).or_default() += breakage.amount;
    }
    let weights: Vec<i128> = sums.values().map(|amount| i128::from(amount.minor())).collect();
    for (amount, back) in sums.values_mut().zip(split(back, &weights)) {
        *amount -= back;
    }
    sums
}

/// What was sold in an order and not given back: turnover, margin, points at their value.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sold {
    pub(super) turnover: Money,
    pub(super) margin: Money,
    pub(super) points: Money,
}

impl Sold {
    pub(super) fn of(plan: &Plan, order: &Order) -> Self {
        let mut sold = Self::default();
        if order.cancelled_at.is_some() {
            return sold;
        }
        let back = order.refunded_quantities(order.refunds.len());
        let mut points: i128 = 0;
        for line in order.lines.iter().filter(|line| line.kind == ProductKind::Goods) {
            let kept = line.quantity.saturating_sub(back.get(&line.line_no).copied().unwrap_or(0));
            let times = |piece: Money| piece.times(kept).unwrap_or(Money::ZERO);
            sold.turnover += times(line.unit_price);
            sold.margin += times(line.unit_price) - times(line.unit_cost);
            let Volume(volume) = line.unit_volume;
            points += i128::from(volume) * i128::from(kept);
        }
        let value = i128::from(plan.point_value().map_or(0, Money::minor));
        let points = Rounding::HalfUp.divide(points.max(0) * value, 100);
        sold.points = Money::from_minor(i64::try_from(points).unwrap_or(i64::MAX));
        sold
    }
}

/// The word of a reason why nobody got a part of what an order promised.
pub(super) const fn word(reason: BreakageReason) -> &'static str {
    match reason {
        BreakageReason::NoSponsor => "no_sponsor",
        BreakageReason::BrokenAway => "broken_away",
        BreakageReason::Inactive => "inactive",
        BreakageReason::LevelClosed => "level_closed",
        BreakageReason::BelowRank => "below_rank",
        BreakageReason::Held => "held",
        BreakageReason::OverCap => "over_cap",
    }
}
