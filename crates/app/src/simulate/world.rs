//! One network, growing month by month.

use std::collections::HashMap;

use domain::activity::Span;
use domain::catalog::{ProductKind, Sku, Volume};
use domain::ids::{FactSeq, OrderId, PartnerId, ProductId};
use domain::money::{Money, Rate, Rounding};
use domain::network::{Dated, KnownSpan, Network};
use domain::order::{ExternalId, Order, OrderKey, OrderLine};
use domain::partner::PartnerCode;
use domain::period::Period;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use plan::Plan;
use rand::RngExt;
use rand::rngs::StdRng;
use uuid::Uuid;

use super::Settings;
use crate::backtest::History;

/// The sizes of orders in thousandths of the average, each as likely as any other: the means of forty equal
/// parts of a log-normal distribution (sigma 0.8). They average to exactly one thousand.
const SIZES: [i64; 40] = [
    123, 177, 216, 249, 279, 308, 335, 363, 389, 416, 443, 471, 499, 527, 556, 586, 618, 650, 684, 719, 756,
    795, 836, 880, 927, 977, 1031, 1090, 1154, 1226, 1305, 1396, 1499, 1620, 1765, 1946, 2182, 2515, 3063,
    4429,
];

/// Every fact is known from the beginning.
const KNOWN: FactSeq = FactSeq(1);

/// A network that is made up.
pub(super) struct World<'s> {
    settings: &'s Settings,
    dice: StdRng,
    zone: TimeZone,
    /// What one point is worth, where the plan says so.
    point: Option<Money>,
    network: Network,
    inviters: HashMap<PartnerId, PartnerId>,
    people: Vec<(PartnerId, Timestamp)>,
    /// Everybody once for himself and once for each whom he invited: a draw prefers those who invited many.
    urn: Vec<PartnerId>,
    orders: Vec<Order>,
    now: Timestamp,
}

impl<'s> World<'s> {
    pub(super) fn new(plan: &Plan, settings: &'s Settings, dice: StdRng) -> Self {
        Self {
            settings,
            dice,
            zone: plan.zone().clone(),
            point: plan.point_value(),
            network: Network::default(),
            inviters: HashMap::new(),
            people: Vec::new(),
            urn: Vec::new(),
            orders: Vec::new(),
            now: Timestamp::UNIX_EPOCH,
        }
    }

    /// Lives through a month: newcomers, fees, purchases.
    pub(super) fn month(&mut self, period: Period) {
        let span = Span { from: period.start(&self.zone), until: period.end(&self.zone) };
        self.now = span.until;
        if self.people.is_empty() {
            for _ in 0..self.settings.start {
                self.joins(span.from);
            }
        } else {
            for _ in 0..self.newcomers() {
                let joined_at = self.instant(span);
                self.joins(joined_at);
            }
        }
        for place in 0..self.people.len() {
            let Some((partner, joined_at)) = self.people.get(place).copied() else {
                continue;
            };
            let there = Span { from: span.from.max(joined_at), until: span.until };
            if self.falls(self.settings.activity) {
                self.pays_fee(partner, there);
            }
            if self.falls(self.settings.buyers) {
                self.buys(partner, there);
            }
        }
    }

    pub(super) fn partners(&self) -> u64 {
        self.people.len() as u64
    }

    pub(super) fn history(self) -> History {
        History::new(self.network, self.inviters, self.orders, self.now)
    }

    /// The growth of a month; what is less than one partner is left to the dice.
    fn newcomers(&mut self) -> usize {
        let exact = self.people.len().saturating_mul(self.settings.growth.ppm() as usize);
        let whole = 1_000_000;
        let rest = u32::try_from(exact % whole).unwrap_or(0);
        exact / whole + usize::from(self.falls(Rate::from_ppm(rest)))
    }

    fn joins(&mut self, joined_at: Timestamp) {
        let number = self.people.len() as u64 + 1;
        let partner = PartnerId::new(Uuid::from_u128(u128::from(number)));
        let inviter = self.inviter();
        let person = self.network.person(partner);
        person.code = Some(PartnerCode::numbered(number));
        person.joined_at = Some(joined_at);
        person.sponsors.push(Dated { from: joined_at, seq: KNOWN, fact: inviter });
        if let Some(inviter) = inviter {
            self.inviters.insert(partner, inviter);
            self.urn.push(inviter);
        }
        self.urn.push(partner);
        self.people.push((partner, joined_at));
    }

    /// Who invites the next newcomer; nobody the first.
    fn inviter(&mut self) -> Option<PartnerId> {
        if self.people.is_empty() {
            return None;
        }
        if self.falls(self.settings.preference) {
            let place = self.dice.random_range(0..self.urn.len());
            return self.urn.get(place).copied();
        }
        let place = self.dice.random_range(0..self.people.len());
        self.people.get(place).map(|(partner, _)| *partner)
    }

    fn pays_fee(&mut self, partner: PartnerId, span: Span) {
        let known = KnownSpan { span, seq: KNOWN, superseded: None };
        self.network.person(partner).activity.push(known);
        if let Some(inviter) = self.inviters.get(&partner) {
            self.network.person(*inviter).invited_activity.push(known);
        }
    }

    fn buys(&mut self, partner: PartnerId, span: Span) {
        let at = self.instant(span);
        let by_customer = self.falls(self.settings.customers);
        let place = self.dice.random_range(0..SIZES.len());
        let size = SIZES.get(place).copied().unwrap_or(1_000);
        let price = i128::from(self.settings.average.minor()) * i128::from(size);
        let price = money(Rounding::HalfUp.divide(price, 1_000)).max(Money::from_minor(1));
        let number = self.orders.len() as u128 + 1;
        let name = |text: &str| ExternalId::parse(text).expect("visible ASCII");
        let (buyer, seller) = if by_customer { (None, Some(partner)) } else { (Some(partner), None) };
        self.orders.push(Order {
            id: OrderId::new(Uuid::from_u128(number)),
            key: OrderKey { source: name("simulation"), external_id: name(&format!("{number:08}")) },
            number: None,
            buyer,
            seller,
            ordered_at: at,
            paid_at: Some(at),
            delivered_at: Some(at),
            cancelled_at: None,
            lines: vec![self.line(price)],
            refunds: Vec::new(),
        });
    }

    /// Goods of a price; their points are worth the price.
    fn line(&self, price: Money) -> OrderLine {
        let point = self.point.map_or(100, Money::minor).max(1);
        let points = Rounding::HalfUp.divide(i128::from(price.minor()) * 100, i128::from(point));
        OrderLine {
            line_no: 1,
            product: ProductId::new(Uuid::from_u128(1)),
            sku: Sku::parse("GOODS").expect("a literal SKU"),
            category: "goods".to_owned(),
            kind: ProductKind::Goods,
            quantity: 1,
            unit_price: price,
            unit_cost: price - self.settings.margin.of(price, Rounding::HalfUp),
            unit_volume: Volume(money(points).minor()),
        }
    }

    /// Whether something of this likelihood happens.
    fn falls(&mut self, rate: Rate) -> bool {
        self.dice.random_range(0..1_000_000) < rate.ppm()
    }

    /// Some instant of a span.
    fn instant(&mut self, span: Span) -> Timestamp {
        let (from, until) = (span.from.as_microsecond(), span.until.as_microsecond());
        let at = self.dice.random_range(from..until.max(from + 1));
        Timestamp::from_microsecond(at).unwrap_or(span.from)
    }
}

fn money(minor: i128) -> Money {
    Money::from_minor(i64::try_from(minor).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_orders_average_to_the_average() {
        assert_eq!(SIZES.iter().sum::<i64>(), 1_000 * 40);
    }
}
