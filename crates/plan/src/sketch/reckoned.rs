//! What a sketch gave.

use std::collections::BTreeMap;

use domain::money::Money;

use super::Reckoned;
use super::facts::seat_of;
use crate::close::Seat;

impl Reckoned {
    /// What somebody earns in all.
    pub fn earned(&self, name: &str) -> Money {
        self.totals().get(name).copied().unwrap_or(Money::ZERO)
    }

    /// What somebody earns by one rule.
    pub fn by_rule(&self, rule: &str, name: &str) -> Money {
        self.sums(|of| of == rule).get(name).copied().unwrap_or(Money::ZERO)
    }

    /// What everybody who earns anything earns in all, after every cap.
    pub fn totals(&self) -> BTreeMap<String, Money> {
        self.sums(|_| true)
    }

    /// The rank somebody is paid as.
    pub fn paid_as(&self, name: &str) -> Option<&str> {
        let place = self.names.iter().position(|known| known == name)?;
        let rank = self.qualified.find(Seat::new(place))?.paid_as?;
        self.plan_ranks.get(rank).map(String::as_str)
    }

    fn sums(&self, counts: impl Fn(&str) -> bool) -> BTreeMap<String, Money> {
        let mut sums: BTreeMap<String, Money> = BTreeMap::new();
        let mut add = |seat: Seat, amount: Money| {
            if let Some(name) = self.names.get(seat.place()).filter(|_| !amount.is_zero()) {
                *sums.entry(name.clone()).or_default() += amount;
            }
        };
        for share in self.orders.iter().flat_map(|order| &order.shares) {
            if counts(share.rule.as_str()) {
                add(seat_of(share.earner), share.paid);
            }
        }
        for line in self.period.lines.iter().filter(|line| counts(line.rule.as_str())) {
            add(line.earner, line.paid);
        }
        for cut in self.period.cuts.iter().filter(|cut| counts(cut.rule.as_str())) {
            add(cut.earner, -cut.amount);
        }
        sums
    }
}
