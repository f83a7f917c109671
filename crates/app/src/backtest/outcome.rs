//! What a plan gives over a history.

use std::collections::BTreeMap;

use domain::money::Money;
use domain::partner::PartnerCode;
use domain::period::Period;
use plan::Ratio;
use serde::Serialize;

/// What one plan gives over a span of months.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Backtest {
    /// Which plan.
    pub plan: String,
    /// Over all months.
    pub total: Figures,
    /// What the plan promised and nobody got, by the word of the reason.
    pub breakage: BTreeMap<&'static str, Money>,
    /// Month by month.
    pub months: Vec<Month>,
    /// Everybody who earned something, by code.
    pub partners: Vec<PartnerSum>,
}

/// One month of a back-test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Month {
    /// Which.
    pub period: Period,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
    /// What nobody got, by the word of the reason.
    pub breakage: BTreeMap<&'static str, Money>,
}

/// What was sold and what was paid for it; everything less what was given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Figures {
    /// Paid orders.
    pub orders: u64,
    /// Goods at the prices paid.
    pub turnover: Money,
    /// The same less their cost; below zero where goods went below cost.
    pub margin: Money,
    /// Points at the plan's value of a point.
    pub points: Money,
    /// What everybody would get without any cap.
    pub raw: Money,
    /// What orders pay.
    pub commissions: Money,
    /// What the rules of the period pay.
    pub bonuses: Money,
    /// What caps of the period take back of commissions.
    pub taken_back: Money,
    /// Commissions and bonuses less what is taken back.
    pub paid: Money,
    /// Paid as a share of turnover; `None` without turnover.
    pub of_turnover: Option<Ratio>,
    /// Paid as a share of the margin; `None` without a margin.
    pub of_margin: Option<Ratio>,
    /// How often caps cut, and by how much.
    pub cap: CapCuts,
    /// What of the pools nobody got; what is kept for later months counts until it is paid.
    pub pool_left: Money,
}

/// How often caps cut, and by how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct CapCuts {
    /// In how many orders.
    pub orders: u64,
    /// At the close of how many months.
    pub months: u64,
    /// By how much together: each kopeck once, though what is carried over may be cut again.
    pub amount: Money,
    /// How many partners the cap of a partner held, month by month.
    pub partners: u64,
}

/// What one partner gets over the span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartnerSum {
    /// Who.
    pub partner_code: PartnerCode,
    /// From orders.
    pub commissions: Money,
    /// By the rules of the period, less what caps took back of commissions.
    pub bonuses: Money,
    /// In all.
    pub total: Money,
}

impl Figures {
    /// Adds another month.
    pub(super) fn add(&mut self, month: &Self) {
        self.orders += month.orders;
        self.turnover += month.turnover;
        self.margin += month.margin;
        self.points += month.points;
        self.raw += month.raw;
        self.commissions += month.commissions;
        self.bonuses += month.bonuses;
        self.taken_back += month.taken_back;
        self.cap.orders += month.cap.orders;
        self.cap.months += month.cap.months;
        self.cap.amount += month.cap.amount;
        self.cap.partners += month.cap.partners;
        self.pool_left += month.pool_left;
    }

    /// The same with what follows from it.
    #[must_use]
    pub(super) fn summed(mut self) -> Self {
        self.paid = self.commissions + self.bonuses - self.taken_back;
        self.of_turnover = Ratio::of(self.paid.minor(), self.turnover.minor());
        self.of_margin = Ratio::of(self.paid.minor(), self.margin.minor());
        self
    }
}
