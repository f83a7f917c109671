//! Two plans over one history: who wins, who loses.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use domain::money::Money;
use domain::partner::PartnerCode;
use domain::period::Period;
use serde::Serialize;

use super::Months;
use super::outcome::{Backtest, PartnerSum};

/// Two plans side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// The first month.
    pub from: Period,
    /// The last month.
    pub to: Period,
    /// By the first plan.
    pub before: Backtest,
    /// By the second.
    pub after: Backtest,
    /// What the second pays more, or less.
    pub paid_difference: Money,
    /// Those who get more by the second plan.
    pub winners: Side,
    /// Those who get less.
    pub losers: Side,
    /// How many get the same, and something.
    pub unchanged: usize,
}

/// The winners or the losers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Side {
    /// By how much together.
    pub amount: Money,
    /// Each, the greatest difference first, then by code.
    pub partners: Vec<PartnerDiff>,
}

/// One partner under both plans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartnerDiff {
    /// Who.
    pub partner_code: PartnerCode,
    /// What he gets by the first plan.
    pub before: Money,
    /// By the second.
    pub after: Money,
    /// What he gets more, or less.
    pub difference: Money,
}

impl Diff {
    pub(super) fn of(months: Months, before: Backtest, after: Backtest) -> Self {
        let mut sums: BTreeMap<&PartnerCode, (Money, Money)> = BTreeMap::new();
        for PartnerSum { partner_code, total, .. } in &before.partners {
            sums.entry(partner_code).or_default().0 = *total;
        }
        for PartnerSum { partner_code, total, .. } in &after.partners {
            sums.entry(partner_code).or_default().1 = *total;
        }
        let both = |(code, (before, after)): (&PartnerCode, (Money, Money))| PartnerDiff {
            partner_code: code.clone(),
            before,
            after,
            difference: after - before,
        };
        let (changed, unchanged): (Vec<_>, Vec<_>) =
            sums.into_iter().map(both).partition(|partner| !partner.difference.is_zero());
        let (winners, losers) = changed.into_iter().partition(|partner| partner.difference.is_positive());
        Self {
            from: months.first,
            to: months.last,
            paid_difference: after.total.paid - before.total.paid,
            winners: Side::of(winners),
            losers: Side::of(losers),
            unchanged: unchanged.len(),
            before,
            after,
        }
    }
}

impl Side {
    fn of(mut partners: Vec<PartnerDiff>) -> Self {
        partners.sort_by_key(|partner| Reverse(partner.difference.minor().unsigned_abs()));
        Self { amount: partners.iter().map(|partner| partner.difference).sum(), partners }
    }
}
