//! A sketch as the engine takes it: the network, the orders, the facts of the period.

use std::collections::BTreeMap;

use domain::accrual::Accruals;
use domain::activity::Span;
use domain::ids::{FactSeq, OrderId, PartnerId, ProductId};
use domain::money::Money;
use domain::network::{Dated, KnownSpan, Network, Standing};
use domain::order::{ExternalId, Order, OrderKey, OrderLine};
use domain::partner::PartnerCode;
use domain::period::Period;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Goods, Label, Sketch, SketchError, Someone};
use crate::accrue::{OrderFacts, accrue};
use crate::close::{Bought, CloseFacts, Commission, Participant, PerSeat, Seat, SeatedOrder};
use crate::plan::Plan;

/// The month of a sketch that says none.
const USUAL: &str = "2026-03";

fn usual(month: Option<Period>) -> Period {
    month.unwrap_or_else(|| USUAL.parse().expect("a literal month"))
}

/// When the month of a sketch begins; its days are those of UTC.
pub(super) fn start(month: Option<Period>) -> Timestamp {
    usual(month).start(&TimeZone::UTC)
}

/// The first instant after it.
fn end(month: Option<Period>) -> Timestamp {
    usual(month).end(&TimeZone::UTC)
}

/// Everything is bought at noon of its tenth day.
fn bought_at(month: Option<Period>) -> Timestamp {
    start(month) + SignedDuration::from_hours(9 * 24 + 12)
}

impl Sketch {
    /// Judges the orders, and shows the facts of the period.
    pub(crate) fn with_facts<T>(
        &self,
        plan: &Plan,
        use_them: impl FnOnce(&CloseFacts<'_>, Vec<Accruals>) -> Result<T, SketchError>,
    ) -> Result<T, SketchError> {
        let network = self.network();
        let orders: Vec<Order> = (0..)
            .zip(&self.orders)
            .map(|(place, order)| paper(place, order, bought_at(self.month)))
            .collect();
        let mut judged = Vec::new();
        for order in &orders {
            let is_first = order.buyer.is_some()
                && orders.iter().find(|other| other.buyer == order.buyer) == Some(order)
                && !self.bought_before.iter().any(|bought| buyer(*bought) == order.buyer);
            judged.push(accrue(plan, &OrderFacts { order, is_first }, &network, FactSeq::LATEST)?);
        }
        let facts = CloseFacts {
            end: end(self.month),
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
            placed_at: someone.joined_at,
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
        let seq = FactSeq(1);
        for (place, someone) in self.people.iter().enumerate() {
            let seat = Seat::new(place);
            // Who joined before the month stood there before it too.
            let from = someone.joined_at.min(start(self.month));
            let person = network.person(id(seat));
            person.code = Some(code(seat));
            person.joined_at = Some(someone.joined_at);
            person.sponsors.push(Dated { from, seq, fact: someone.sponsor.map(id) });
            person.surely_active_invited = someone.invited.unwrap_or_else(|| self.active_invited(seat));
            if someone.standing != Standing::Inactive {
                let span = Span { from, until: end(self.month) };
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

fn id(seat: Seat) -> PartnerId {
    PartnerId::new(Uuid::from_u128(seat.place() as u128 + 1))
}

pub(super) fn seat_of(partner: PartnerId) -> Seat {
    let number = partner.uuid().as_u128() - 1;
    Seat::new(usize::try_from(number).expect("a partner of the sketch"))
}

fn code(seat: Seat) -> PartnerCode {
    PartnerCode::numbered(seat.place() as u64 + 1)
}

/// One piece of goods.
pub(super) fn line(goods: Goods, label: Label) -> OrderLine {
    OrderLine {
        line_no: 1,
        product: ProductId::new(Uuid::from_u128(1)),
        sku: label.sku,
        category: label.category,
        kind: label.kind,
        quantity: 1,
        unit_price: goods.price,
        unit_cost: goods.cost,
        unit_volume: goods.points,
    }
}

/// The partner who bought for himself.
fn buyer(bought: Bought) -> Option<PartnerId> {
    match bought {
        Bought::By(seat) => Some(id(seat)),
        Bought::ByCustomerOf(_) | Bought::ByNobody => None,
    }
}

/// A paid order of one line.
fn paper(place: u128, (bought, line): &(Bought, OrderLine), at: Timestamp) -> Order {
    let seller = match bought {
        Bought::ByCustomerOf(seat) => Some(id(*seat)),
        Bought::By(_) | Bought::ByNobody => None,
    };
    let name = |text: &str| ExternalId::parse(text).expect("visible ASCII");
    Order {
        id: OrderId::new(Uuid::from_u128(place + 1)),
        key: OrderKey { source: name("sketch"), external_id: name(&format!("{}", place + 1)) },
        number: None,
        buyer: buyer(*bought),
        seller,
        ordered_at: at,
        paid_at: Some(at),
        delivered_at: Some(at),
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
