//! What everyone bought in the period, in the unit of a base.

use domain::money::Money;

use super::facts::{Bought, CloseFacts, SeatedOrder};
use super::seats::{PerSeat, Seat};
use crate::base::{Base, saturated};
use crate::plan::Plan;
use crate::rules::{Buyers, Rule};

/// What was bought: own purchases and those of outside customers, before any roll-up.
#[derive(Debug, Clone)]
pub(crate) struct Volumes {
    pub(crate) own: PerSeat<i64>,
    pub(crate) customers: PerSeat<i64>,
    /// Of the whole company, with customers whom nobody brought.
    pub(crate) company: i64,
}

impl Volumes {
    /// The base of a rule, in kopecks.
    pub(crate) fn of_rule(plan: &Plan, rule: &Rule, facts: &CloseFacts<'_>) -> Self {
        let amount = |order: &SeatedOrder<'_>| {
            let lines = order.kept_lines().filter(|(line, _)| rule.selects(line));
            saturated(rule.base.of(lines, plan.value_of_point())).minor()
        };
        Self::sum(facts, amount)
    }

    /// What the whole company sold, in the unit of a base.
    pub(crate) fn of_company(base: Base, plan: &Plan, facts: &CloseFacts<'_>) -> Money {
        let amount = |order: &SeatedOrder<'_>| base.of(order.kept_lines(), plan.value_of_point());
        saturated(facts.orders.iter().map(amount).fold(0_i128, i128::saturating_add))
    }

    /// The unit in which ranks and bands measure: kopecks, or hundredths of a point.
    pub(crate) fn of_qualification(unit: Base, facts: &CloseFacts<'_>) -> Self {
        Self::sum(facts, |order| unit.size(order.kept_lines()).0)
    }

    fn sum(facts: &CloseFacts<'_>, amount: impl Fn(&SeatedOrder<'_>) -> i64) -> Self {
        let nothing = || PerSeat::filled(0_i64, facts.people.len());
        let mut volumes = Self { own: nothing(), customers: nothing(), company: 0 };
        let add = |sums: &mut PerSeat<i64>, seat: Seat, amount: i64| {
            sums[seat] = sums[seat].saturating_add(amount);
        };
        for order in &facts.orders {
            let amount = amount(order);
            volumes.company = volumes.company.saturating_add(amount);
            match order.bought {
                Bought::By(seat) => add(&mut volumes.own, seat, amount),
                Bought::ByCustomerOf(seat) => add(&mut volumes.customers, seat, amount),
                Bought::ByNobody => {}
            }
        }
        volumes
    }

    /// Of those whose purchases count.
    pub(crate) fn of(&self, buyers: Buyers) -> PerSeat<i64> {
        match buyers {
            Buyers::Own => self.own.clone(),
            Buyers::Customers => self.customers.clone(),
            Buyers::Both => {
                let sum = |(seat, own): (Seat, &i64)| own.saturating_add(self.customers[seat]);
                self.own.iter().map(sum).collect()
            }
        }
    }
}
