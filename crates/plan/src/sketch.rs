//! A sketch of a company by names: who stands under whom, and what was bought in one period. For
//! examples, rehearsals and tests; the same engine runs over it as over the books.

use std::collections::BTreeMap;

use domain::accrual::Accruals;
use domain::activity::Span;
use domain::catalog::{ProductKind, Sku, Volume};
use domain::ids::{FactSeq, OrderId, PartnerId, ProductId};
use domain::money::Money;
use domain::network::{Dated, KnownSpan, Network, Standing};
use domain::order::{ExternalId, Order, OrderKey, OrderLine};
use domain::partner::PartnerCode;
use jiff::Timestamp;
use uuid::Uuid;

use crate::accrue::{OrderFacts, accrue};
use crate::close::{
    Bought, Carried, CloseFacts, Commission, NextRank, Paid, Participant, PerSeat, Qualified, Seat,
    SeatedOrder, missing, pay, qualify,
};
use crate::plan::Plan;

/// A company sketched by names.
#[derive(Debug, Clone, Default)]
pub struct Sketch {
    names: Vec<String>,
    people: Vec<Someone>,
    orders: Vec<(Bought, OrderLine)>,
    carried: Carried,
}

/// One partner of a sketch.
#[derive(Debug, Clone)]
struct Someone {
    sponsor: Option<Seat>,
    inviter: Option<Seat>,
    standing: Standing,
    rank: Option<String>,
    invited: Option<u32>,
    joined_at: Timestamp,
    before: Option<String>,
    highest: Option<String>,
}

/// Goods of a sketch: price, cost and points, all in hundredths.
#[derive(Debug, Clone, Copy)]
pub struct Goods {
    /// The price paid.
    pub price: Money,
    /// The cost.
    pub cost: Money,
    /// The points.
    pub points: Volume,
}

/// Why a sketch cannot be reckoned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SketchError {
    /// Nobody has this name.
    #[error("nobody is called {0:?}")]
    Unknown(String),
    /// Somebody has this name already.
    #[error("somebody is called {0:?} already")]
    Twice(String),
    /// A text is not a sum.
    #[error(transparent)]
    Sum(#[from] domain::money::MoneyError),
    /// An order cannot be judged.
    #[error(transparent)]
    Order(#[from] crate::AccrueError),
    /// The period cannot be closed.
    #[error(transparent)]
    Close(#[from] crate::close::CloseError),
}

/// What a sketch gives under a plan.
#[derive(Debug, Clone)]
pub struct Reckoned {
    names: Vec<String>,
    /// Volumes and ranks.
    pub qualified: PerSeat<Qualified>,
    /// What orders paid, in their order.
    pub orders: Vec<Accruals>,
    /// What the close pays.
    pub period: Paid,
    plan_ranks: Vec<String>,
}

/// The month of a sketch: everything is bought on its tenth day.
const BOUGHT: &str = "2026-03-10T12:00:00Z";
const START: &str = "2026-03-01T00:00:00Z";
const END: &str = "2026-04-01T00:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().expect("a literal instant")
}

impl Sketch {
    /// An empty company.
    pub fn new() -> Self {
        Self::default()
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
            joined_at: at(START),
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

    fn seat(&self, name: &str) -> Result<Seat, SketchError> {
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
        self.orders.push((Bought::ByNobody, line(goods)));
        Ok(self)
    }

    /// Goods bought by a partner, or by an outside customer whom he brought.
    ///
    /// # Errors
    /// [`SketchError::Unknown`]
    pub fn bought(&mut self, name: &str, by_customer: bool, goods: Goods) -> Result<&mut Self, SketchError> {
        let seat = self.seat(name)?;
        let bought = if by_customer { Bought::ByCustomerOf(seat) } else { Bought::By(seat) };
        self.orders.push((bought, line(goods)));
        Ok(self)
    }

    /// Begins the next period: nothing is bought yet, and what was reckoned is remembered.
    #[must_use]
    pub fn next_period(&self, reckoned: &Reckoned) -> Self {
        let mut next = self.clone();
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

    /// Judges the orders, and shows the facts of the period.
    pub(crate) fn with_facts<T>(
        &self,
        plan: &Plan,
        use_them: impl FnOnce(&CloseFacts<'_>, Vec<Accruals>) -> Result<T, SketchError>,
    ) -> Result<T, SketchError> {
        let network = self.network();
        let orders: Vec<Order> = (0..).zip(&self.orders).map(|(place, order)| paper(place, order)).collect();
        let mut judged = Vec::new();
        for order in &orders {
            let is_first = orders.iter().find(|other| other.buyer == order.buyer) == Some(order);
            judged.push(accrue(plan, &OrderFacts { order, is_first }, &network, FactSeq::LATEST)?);
        }
        let facts = CloseFacts {
            end: at(END),
            people: self.participants(),
            orders: orders
                .iter()
                .zip(&self.orders)
                .map(|(order, (bought, _))| SeatedOrder { bought: *bought, order })
                .collect(),
            commissions: commissions(&judged),
            carried: self.carried.clone(),
        };
        use_them(&facts, judged)
    }

    fn active_invited(&self, seat: Seat) -> u32 {
        let counts =
            |someone: &&Someone| someone.inviter == Some(seat) && someone.standing != Standing::Inactive;
        u32::try_from(self.people.iter().filter(counts).count()).unwrap_or(u32::MAX)
    }

    fn participants(&self) -> PerSeat<Participant> {
        let participant = |(place, someone): (usize, &Someone)| Participant {
            partner: id(Seat::new(place)),
            code: code(Seat::new(place)),
            sponsor: someone.sponsor,
            inviter: someone.inviter,
            joined_at: someone.joined_at,
            standing: someone.standing,
            active_invited: someone.invited.unwrap_or_else(|| self.active_invited(Seat::new(place))),
            staff_rank: someone.rank.clone(),
            paid_as_before: someone.before.clone(),
            highest_before: someone.highest.clone(),
        };
        self.people.iter().enumerate().map(participant).collect()
    }

    fn network(&self) -> Network {
        let mut network = Network::default();
        let (from, seq) = (at(START), FactSeq(1));
        for (place, someone) in self.people.iter().enumerate() {
            let seat = Seat::new(place);
            let person = network.person(id(seat));
            person.code = Some(code(seat));
            person.joined_at = Some(someone.joined_at);
            person.sponsors.push(Dated { from, seq, fact: someone.sponsor.map(id) });
            person.surely_active_invited = someone.invited.unwrap_or_else(|| self.active_invited(seat));
            if someone.standing != Standing::Inactive {
                let span = Span { from, until: at(END) };
                person.activity.push(KnownSpan { span, seq, superseded: None });
            }
            if someone.standing == Standing::Held {
                person.holds.push(Dated { from, seq, fact: true });
            }
            if let Some(rank) = someone.rank.as_ref().or(someone.before.as_ref()) {
                person.ranks.push(Dated { from, seq, fact: Some(rank.clone()) });
            }
        }
        network
    }
}

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

fn id(seat: Seat) -> PartnerId {
    PartnerId::new(Uuid::from_u128(seat.place() as u128 + 1))
}

fn seat_of(partner: PartnerId) -> Seat {
    let number = partner.uuid().as_u128() - 1;
    Seat::new(usize::try_from(number).expect("a partner of the sketch"))
}

fn code(seat: Seat) -> PartnerCode {
    PartnerCode::numbered(seat.place() as u64 + 1)
}

/// One piece of goods.
fn line(goods: Goods) -> OrderLine {
    OrderLine {
        line_no: 1,
        product: ProductId::new(Uuid::from_u128(1)),
        sku: Sku::parse("GOODS").expect("a literal SKU"),
        category: "goods".to_owned(),
        kind: ProductKind::Goods,
        quantity: 1,
        unit_price: goods.price,
        unit_cost: goods.cost,
        unit_volume: goods.points,
    }
}

/// A paid order of one line.
fn paper(place: u128, (bought, line): &(Bought, OrderLine)) -> Order {
    let (buyer, seller) = match bought {
        Bought::By(seat) => (Some(id(*seat)), None),
        Bought::ByCustomerOf(seat) => (None, Some(id(*seat))),
        Bought::ByNobody => (None, None),
    };
    let name = |text: &str| ExternalId::parse(text).expect("visible ASCII");
    Order {
        id: OrderId::new(Uuid::from_u128(place + 1)),
        key: OrderKey { source: name("sketch"), external_id: name(&format!("{}", place + 1)) },
        number: None,
        buyer,
        seller,
        ordered_at: at(BOUGHT),
        paid_at: Some(at(BOUGHT)),
        delivered_at: Some(at(BOUGHT)),
        cancelled_at: None,
        lines: vec![line.clone()],
        refunds: Vec::new(),
    }
}

/// What orders paid, by rule and earner.
fn commissions(judged: &[Accruals]) -> Vec<Commission> {
    let mut sums: BTreeMap<_, (Money, Money)> = BTreeMap::new();
    for share in judged.iter().flat_map(|order| &order.shares) {
        let (raw, paid) = sums.entry((share.rule.clone(), seat_of(share.earner))).or_default();
        *raw += share.raw;
        *paid += share.paid;
    }
    let commission = |((rule, earner), (raw, paid))| Commission { rule, earner, raw, paid };
    sums.into_iter().map(commission).collect()
}
