//! A company as plain values: people, months, orders, and what came out of them.

use std::collections::{BTreeMap, BTreeSet};

use super::terms::Terms;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    Active,
    Inactive,
    Held,
}

/// When somebody joined, by the calendar of the plan's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Joined {
    /// Years times twelve and months from 0.
    pub(super) month: i128,
    /// From 1.
    pub(super) day: i128,
    pub(super) hour: i128,
}

/// The first month that is reckoned: March 2026.
pub(super) const FIRST_MONTH: i128 = 2026 * 12 + 2;
/// Orders are paid at this day and hour of their month.
pub(super) const PAID_ON: (i128, i128) = (10, 15);

#[derive(Debug, Clone)]
pub(super) struct Someone {
    pub(super) code: u64,
    pub(super) sponsor: Option<usize>,
    pub(super) inviter: Option<usize>,
    pub(super) joined: Joined,
    pub(super) staff: Option<usize>,
    /// Paid as this before the first month.
    pub(super) before: Option<usize>,
    pub(super) highest: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Buyer {
    Partner(usize),
    CustomerOf(usize),
    Stranger,
}

/// One line of an order. Sums in kopecks, points in hundredths.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) category: usize,
    pub(super) is_fee: bool,
    pub(super) pieces: i128,
    /// Given back before the close.
    pub(super) back: i128,
    pub(super) price: i128,
    pub(super) cost: i128,
    pub(super) points: i128,
}

#[derive(Debug, Clone)]
pub(super) struct Purchase {
    pub(super) buyer: Buyer,
    pub(super) items: Vec<Item>,
}

/// One month: how everyone stands in it, and what was bought.
#[derive(Debug, Clone)]
pub(super) struct Month {
    pub(super) stands: Vec<Stands>,
    pub(super) orders: Vec<Purchase>,
}

#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) terms: Terms,
    pub(super) people: Vec<Someone>,
    pub(super) months: Vec<Month>,
}

/// The name of a rule with a partner by his place, or nobody.
pub(super) type Of = (String, Option<usize>);

/// What came of one month, in a form in which two reckonings can be compared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Outcome {
    pub(super) paid_as: Vec<Option<usize>>,
    pub(super) highest: Vec<Option<usize>>,
    /// By order, rule, level and earner: before any cap, and paid.
    pub(super) shares: BTreeMap<(usize, String, usize, usize), (i128, i128)>,
    /// By order, rule, level and reason.
    pub(super) breakage: BTreeMap<(usize, String, usize, String), i128>,
    /// What the close gives: before any cap, and paid.
    pub(super) earned: BTreeMap<Of, (i128, i128)>,
    pub(super) unpaid: BTreeMap<(Of, String), i128>,
    pub(super) cuts: BTreeMap<(Of, String), i128>,
    pub(super) awards: BTreeSet<Of>,
    pub(super) carried: BTreeMap<(Of, String), i128>,
}

impl Outcome {
    /// What everybody has of the month in all.
    pub(super) fn totals(&self) -> BTreeMap<usize, i128> {
        let mut totals = BTreeMap::new();
        for ((_, _, _, who), (_, paid)) in &self.shares {
            *totals.entry(*who).or_default() += paid;
        }
        for ((_, who), (_, paid)) in &self.earned {
            *totals.entry(who.expect("somebody earns")).or_default() += paid;
        }
        for (((_, who), _), cut) in &self.cuts {
            *totals.entry(who.expect("taken from somebody")).or_default() -= cut;
        }
        totals.retain(|_, total| *total != 0);
        totals
    }
}

/// What of a commission is taken back for pieces given back: a part rounded down.
pub(super) fn taken_back(amount: i128, order: &Purchase) -> i128 {
    let pieces: i128 = order.items.iter().map(|item| item.pieces).sum();
    let back: i128 = order.items.iter().map(|item| item.back).sum();
    amount * back / pieces.max(1)
}
