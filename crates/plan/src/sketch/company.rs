//! Who is in a sketch, and what they buy.

use domain::catalog::{ProductKind, Sku, Volume};
use domain::money::Money;
use domain::network::Standing;
use domain::period::Period;
use jiff::Timestamp;

use super::facts::{line, start};
use super::{Goods, Label, Reckoned, Sketch, SketchError, Someone};
use crate::close::{Bought, NextRank, Seat, missing, pay, qualify};
use crate::plan::Plan;

impl Sketch {
    /// An empty company.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says which month it is; otherwise it is March 2026. Who has no date of joining of his own joined
    /// as the month of his adding began.
    pub fn in_month(&mut self, month: Period) -> &mut Self {
        self.month = Some(month);
        self
    }

    /// Adds an active partner under a sponsor, who also invited him.
    ///
    /// # Errors
    /// [`SketchError::Unknown`] for the sponsor, [`SketchError::Twice`] for the name.
    pub fn partner(&mut self, name: &str, sponsor: Option<&str>) -> Result<&mut Self, SketchError> {
        if self.names.iter().any(|known| known == name) {
            return Err(SketchError::Twice(name.to_owned()));
        }
        let sponsor = sponsor.map(|sponsor| self.seat(sponsor)).transpose()?;
        self.names.push(name.to_owned());
        self.people.push(Someone {
            sponsor,
            inviter: sponsor,
            standing: Standing::Active,
            rank: None,
            invited: None,
            joined_at: start(self.month),
            before: None,
            highest: None,
        });
        Ok(self)
    }

    /// Adds partners one under the other, the first at the top.
    ///
    /// # Errors
    /// [`SketchError::Twice`] if a name is taken.
    pub fn chain(&mut self, names: &[&str]) -> Result<&mut Self, SketchError> {
        let mut sponsor = None;
        for name in names {
            self.partner(name, sponsor)?;
            sponsor = Some(name);
        }
        Ok(self)
    }

    pub(super) fn seat(&self, name: &str) -> Result<Seat, SketchError> {
        let place = self.names.iter().position(|known| known == name);
        place.map(Seat::new).ok_or_else(|| SketchError::Unknown(name.to_owned()))
    }

    fn someone(&mut self, name: &str) -> Result<&mut Someone, SketchError> {
        let seat = self.seat(name)?;
        self.people.get_mut(seat.place()).ok_or_else(|| SketchError::Unknown(name.to_owned()))
    }

    /// Makes a partner active, inactive or held.
    ///
    /// # Errors
    /// [`SketchError::Unknown`]
    pub fn standing(&mut self, name: &str, standing: Standing) -> Result<&mut Self, SketchError> {
        self.someone(name)?.standing = standing;
        Ok(self)
    }

    /// Gives a partner a rank by staff's word.
    ///
    /// # Errors
    /// [`SketchError::Unknown`]
    pub fn rank(&mut self, name: &str, rank: &str) -> Result<&mut Self, SketchError> {
        self.someone(name)?.rank = Some(rank.to_owned());
        Ok(self)
    }

    /// Says as what a partner was paid in the period before, and the highest rank he ever reached.
    ///
    /// # Errors
    /// [`SketchError::Unknown`]
    pub fn was(&mut self, name: &str, paid_as: &str, highest: &str) -> Result<&mut Self, SketchError> {
        let someone = self.someone(name)?;
        someone.before = Some(paid_as.to_owned());
        someone.highest = Some(highest.to_owned());
        Ok(self)
    }

    /// Says when a partner joined; otherwise he joined as the period began.
    ///
    /// # Errors
    /// [`SketchError::Unknown`]
    pub fn joined(&mut self, name: &str, joined_at: Timestamp) -> Result<&mut Self, SketchError> {
        self.someone(name)?.joined_at = joined_at;
        Ok(self)
    }

    /// Says how many active partners somebody invited; otherwise those of the sketch are counted.
    ///
    /// # Errors
    /// [`SketchError::Unknown`]
    pub fn invited(&mut self, name: &str, invited: u32) -> Result<&mut Self, SketchError> {
        self.someone(name)?.invited = Some(invited);
        Ok(self)
    }

    /// Says who personally invited a partner; otherwise his sponsor did.
    ///
    /// # Errors
    /// [`SketchError::Unknown`] for either of them.
    pub fn inviter(&mut self, name: &str, inviter: &str) -> Result<&mut Self, SketchError> {
        let inviter = self.seat(inviter)?;
        self.someone(name)?.inviter = Some(inviter);
        Ok(self)
    }

    /// Goods for so much, with as many points and no cost, bought by a partner.
    ///
    /// # Errors
    /// [`SketchError::Unknown`], [`SketchError::Sum`]
    pub fn buys(&mut self, name: &str, sum: &str) -> Result<&mut Self, SketchError> {
        let price: Money = sum.parse()?;
        self.bought(name, false, Goods { price, cost: Money::ZERO, points: Volume(price.minor()) })
    }

    /// The same, bought by an outside customer whom a partner brought.
    ///
    /// # Errors
    /// [`SketchError::Unknown`], [`SketchError::Sum`]
    pub fn customer_buys(&mut self, name: &str, sum: &str) -> Result<&mut Self, SketchError> {
        let price: Money = sum.parse()?;
        self.bought(name, true, Goods { price, cost: Money::ZERO, points: Volume(price.minor()) })
    }

    /// The same, bought by a customer whom nobody brought.
    ///
    /// # Errors
    /// [`SketchError::Sum`]
    pub fn stranger_buys(&mut self, sum: &str) -> Result<&mut Self, SketchError> {
        let price: Money = sum.parse()?;
        let goods = Goods { price, cost: Money::ZERO, points: Volume(price.minor()) };
        self.orders.push((Bought::ByNobody, line(goods, plain())));
        Ok(self)
    }

    /// Goods bought by a partner, or by an outside customer whom he brought.
    ///
    /// # Errors
    /// [`SketchError::Unknown`]
    pub fn bought(&mut self, name: &str, by_customer: bool, goods: Goods) -> Result<&mut Self, SketchError> {
        let seat = self.seat(name)?;
        let bought = if by_customer { Bought::ByCustomerOf(seat) } else { Bought::By(seat) };
        self.orders.push((bought, line(goods, plain())));
        Ok(self)
    }

    /// The same with what the goods are called, so many pieces of them.
    ///
    /// # Errors
    /// [`SketchError::Unknown`]
    pub fn bought_labelled(
        &mut self,
        name: Option<&str>,
        by_customer: bool,
        goods: Goods,
        quantity: u32,
        label: Label,
    ) -> Result<&mut Self, SketchError> {
        let bought = match name.map(|name| self.seat(name)).transpose()? {
            Some(seat) if by_customer => Bought::ByCustomerOf(seat),
            Some(seat) => Bought::By(seat),
            None => Bought::ByNobody,
        };
        self.orders.push((bought, domain::order::OrderLine { quantity, ..line(goods, label) }));
        Ok(self)
    }

    /// Begins the next period: nothing is bought yet, and what was reckoned is remembered.
    #[must_use]
    pub fn next_period(&self, reckoned: &Reckoned) -> Self {
        let mut next = self.clone();
        next.bought_before.extend(self.orders.iter().map(|(bought, _)| *bought));
        next.orders.clear();
        next.carried = reckoned.period.carried.clone();
        for (seat, stood) in reckoned.qualified.iter() {
            let name = |place: Option<usize>| place.and_then(|place| reckoned.plan_ranks.get(place)).cloned();
            if let Some(someone) = next.people.get_mut(seat.place()) {
                someone.before = name(stood.paid_as);
                someone.highest = name(stood.highest);
            }
        }
        next
    }

    /// Reckons everything the plan gives: for each order, then for the period.
    ///
    /// # Errors
    /// [`SketchError::Order`], [`SketchError::Close`]
    pub fn reckon(&self, plan: &Plan) -> Result<Reckoned, SketchError> {
        self.reckon_watching(plan, None)
    }

    /// The same, with the reasons why one partner did not get more.
    ///
    /// # Errors
    /// [`SketchError::Unknown`], [`SketchError::Order`], [`SketchError::Close`]
    pub fn reckon_watching(&self, plan: &Plan, watched: Option<&str>) -> Result<Reckoned, SketchError> {
        let watched = watched.map(|name| self.seat(name)).transpose()?;
        self.with_facts(plan, |facts, orders| {
            let qualified = qualify(plan, facts)?;
            let period = pay(plan, facts, &qualified, watched)?;
            let plan_ranks = plan.ranks().iter().map(|rank| rank.name.clone()).collect();
            Ok(Reckoned { names: self.names.clone(), qualified, orders, period, plan_ranks })
        })
    }

    /// What somebody still needs for the next rank, as [`crate::close::missing`] says.
    ///
    /// # Errors
    /// [`SketchError::Unknown`], [`SketchError::Order`], [`SketchError::Close`]
    pub fn missing(&self, plan: &Plan, name: &str) -> Result<Option<NextRank>, SketchError> {
        let seat = self.seat(name)?;
        self.with_facts(plan, |facts, _| Ok(missing(plan, facts, &qualify(plan, facts)?, seat)?))
    }
}

/// Goods of no particular name.
fn plain() -> Label {
    Label {
        sku: Sku::parse("GOODS").expect("a literal SKU"),
        category: "goods".to_owned(),
        kind: ProductKind::Goods,
    }
}
