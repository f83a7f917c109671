//! A chain of partners: number 0 buys, number 1 sponsors him, and so on to the root.

use domain::activity::Span;
use domain::catalog::{ProductKind, Sku, Volume};
use domain::ids::{FactSeq, OrderId, PartnerId, ProductId, RefundId};
use domain::money::Money;
use domain::network::{AsOf, Dated, KnownSpan, Network};
use domain::order::{ExternalId, Order, OrderKey, OrderLine, Refund};
use domain::partner::PartnerCode;
use domain::time::parse_instant;
use jiff::Timestamp;
use uuid::Uuid;

fn at(text: &str) -> Timestamp {
    parse_instant(text).expect("a valid instant")
}

fn paid_at() -> Timestamp {
    at("2026-03-01T12:00:00Z")
}

/// The instant of the order, with everything known.
pub(crate) fn as_of() -> AsOf {
    AsOf { at: paid_at(), known: FactSeq::LATEST }
}

/// The partner with a number.
pub(crate) fn id(number: u32) -> PartnerId {
    PartnerId::new(Uuid::from_u128(u128::from(number) + 1))
}

/// So many people, each with twelve active partners of his own inviting.
pub(crate) fn network(people: u32, is_active: impl Fn(u32) -> bool) -> Network {
    let mut network = Network::default();
    let (from, until) = (at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
    for number in 0..people {
        let person = network.person(id(number));
        person.code = Some(PartnerCode::numbered(u64::from(number)));
        person.joined_at = Some(from);
        let sponsor = (number + 1 < people).then(|| id(number + 1));
        person.sponsors.push(Dated { from, seq: FactSeq(1), fact: sponsor });
        if is_active(number) {
            person.activity.push(KnownSpan { span: Span { from, until }, seq: FactSeq(1), superseded: None });
        }
        person.surely_active_invited = 12;
    }
    network
}

/// A paid order of three lines, five pieces each.
pub(crate) fn order() -> Order {
    let line = |line_no: u32| OrderLine {
        line_no,
        product: ProductId::new(Uuid::from_u128(1_000 + u128::from(line_no))),
        sku: Sku::parse(&format!("SKU-{line_no}")).expect("valid"),
        category: "care".to_owned(),
        kind: ProductKind::Goods,
        quantity: 5,
        unit_price: Money::from_minor(123_456),
        unit_cost: Money::from_minor(60_000),
        unit_volume: Volume(10),
    };
    Order {
        id: OrderId::new(Uuid::from_u128(77)),
        key: OrderKey {
            source: ExternalId::parse("shop").expect("valid"),
            external_id: ExternalId::parse("1").expect("valid"),
        },
        number: None,
        buyer: Some(id(0)),
        seller: None,
        ordered_at: paid_at(),
        paid_at: Some(paid_at()),
        delivered_at: None,
        cancelled_at: None,
        lines: (1..=3).map(line).collect(),
        refunds: Vec::new(),
    }
}

/// The same with two refunds of a piece each.
pub(crate) fn refunded() -> Order {
    let refund = |number: u32| Refund {
        id: RefundId::new(Uuid::from_u128(500 + u128::from(number))),
        external_id: ExternalId::parse(&format!("r{number}")).expect("valid"),
        refunded_at: paid_at(),
        lines: [(number, 1)].into(),
    };
    Order { refunds: vec![refund(1), refund(2)], ..order() }
}
