//! How events advance an order: in any order, more than once, and never to what contradicts itself.

use std::collections::BTreeMap;

use domain::catalog::{ProductKind, Sku, Volume};
use domain::ids::{OrderId, PartnerId, ProductId, RefundId};
use domain::money::Money;
use domain::order::{Applied, Conflict, Order, OrderKey, OrderLine, OrderState, Refund, Refusal};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{at, put, read, refund, short, whole, with};

/// The order of the event told whole: 2 for 100.50 and 1 for 99, not paid yet.
fn order() -> Order {
    let line = |line_no, sku, quantity, unit_price| OrderLine {
        line_no,
        product: ProductId::new(Uuid::from_u128(u128::from(line_no))),
        sku: Sku::parse(sku).expect("an article"),
        category: String::new(),
        kind: ProductKind::Goods,
        quantity,
        unit_price: Money::from_minor(unit_price),
        unit_cost: Money::ZERO,
        unit_volume: Volume(0),
    };
    let known = read(&whole()).expect("right").order;
    Order {
        id: OrderId::new(Uuid::from_u128(42)),
        key: OrderKey { source: known.source, external_id: known.external_id },
        number: None,
        buyer: Some(PartnerId::new(Uuid::from_u128(7))),
        seller: None,
        ordered_at: at("2026-03-01T07:00:00Z"),
        paid_at: None,
        delivered_at: None,
        cancelled_at: None,
        lines: vec![line(1, "A", 2, 100_50), line(2, "B", 1, 99_00)],
        refunds: vec![],
    }
}

fn paid() -> Order {
    Order { paid_at: Some(at("2026-03-02T10:00:00Z")), number: Some("A-42".into()), ..order() }
}

fn refund_id() -> RefundId {
    RefundId::new(Uuid::from_u128(99))
}

/// The order after an event, and what the event did.
fn after(order: &Order, event: &Value) -> (Order, Result<Applied, Refusal>) {
    let event = read(event).expect("a right event");
    let mut order = order.clone();
    let applied = order.apply(&event, None, refund_id());
    (order, applied)
}

/// The field and the English of a refusal that names one; the order is as it was.
fn refused(order: &Order, event: &Value) -> (String, String) {
    match after(order, event) {
        (same, Err(Refusal::Field(error))) if same == *order => (error.field, error.problem.to_string()),
        other => panic!("not refused at a field: {other:?}"),
    }
}

#[test]
fn a_payment_pays_once() {
    assert_eq!(after(&order(), &whole()), (paid(), Ok(Applied::Advanced)));
    assert_eq!(after(&paid(), &whole()), (paid(), Ok(Applied::Duplicate)));
    assert_eq!(after(&order(), &short("order.created", &json!({}))), (order(), Ok(Applied::Duplicate)));
}

#[test]
fn another_instant_of_payment_contradicts_the_known_one() {
    let event = with("/order/paid_at", json!("2026-03-02T10:00:01Z"));
    let (known, told) = (at("2026-03-02T10:00:00Z"), at("2026-03-02T10:00:01Z"));
    let conflict = Conflict::PaidAt { order: "shop/42".into(), known, told };
    assert_eq!(after(&paid(), &event), (paid(), Err(conflict.into())));
}

#[test]
fn a_payment_tells_its_instant_unless_it_is_known() {
    let expected =
        |kind: &str| ("order.paid_at".to_owned(), format!("is missing: {kind} tells when it was paid"));
    for kind in ["order.paid", "order.completed"] {
        assert_eq!(refused(&order(), &short(kind, &json!({}))), expected(kind));
        assert_eq!(after(&paid(), &short(kind, &json!({}))), (paid(), Ok(Applied::Duplicate)), "{kind}");
    }
}

#[test]
fn a_delivery_pays_an_order_that_is_not_paid_and_pays_no_other() {
    let fields = json!({ "paid_at": "2026-03-03T00:00:00Z", "delivered_at": "2026-03-04T00:00:00Z" });
    let event = short("order.completed", &fields);
    let delivered_at = Some(at("2026-03-04T00:00:00Z"));
    let late = Order { paid_at: Some(at("2026-03-03T00:00:00Z")), delivered_at, ..order() };
    assert_eq!(after(&order(), &event), (late, Ok(Applied::Advanced)));
    assert_eq!(after(&paid(), &event), (Order { delivered_at, ..paid() }, Ok(Applied::Advanced)));
}

#[test]
fn a_cancellation_stands_from_its_instant_or_from_when_it_was_sent() {
    let cancelled = |text: &str| Some(at(text));
    let (order, applied) = after(&paid(), &short("order.cancelled", &json!({})));
    assert_eq!(order, Order { cancelled_at: cancelled(crate::SENT), ..paid() });
    assert_eq!((order.state(), applied), (OrderState::Cancelled, Ok(Applied::Advanced)));
    let event = short("order.cancelled", &json!({ "cancelled_at": "2026-03-03T00:00:00Z" }));
    let (again, applied) = after(&order, &event);
    assert_eq!((again, applied), (order, Ok(Applied::Duplicate)), "the first one stands");
    let fields = json!({ "cancelled_at": "2026-03-03T00:00:00Z", "paid_at": "2026-03-02T10:00:00Z" });
    let (order, _) = after(&self::order(), &short("order.cancelled", &fields));
    let paid_at = cancelled("2026-03-02T10:00:00Z");
    assert_eq!(order, Order { cancelled_at: cancelled("2026-03-03T00:00:00Z"), paid_at, ..self::order() });
}

#[test]
fn another_body_contradicts_the_known_one() {
    let event = read(&whole()).expect("right");
    let mut others = vec![order(); 4];
    if let [buyer, seller, date, line] = others.as_mut_slice() {
        buyer.buyer = None;
        seller.seller = Some(PartnerId::new(Uuid::from_u128(8)));
        date.ordered_at = at("2026-03-01T07:00:00.000001Z");
        line.lines.truncate(1);
    }
    for incoming in others {
        let mut known = order();
        let conflict = Conflict::Body("shop/42".into());
        assert_eq!(known.apply(&event, Some(&incoming), refund_id()), Err(conflict.into()));
        assert_eq!(known, order());
    }
    let mut known = order();
    assert_eq!(known.apply(&event, Some(&order()), refund_id()), Ok(Applied::Advanced));
}

/// The paid order with refund "r1" of lines.
fn given_back(lines: &[(u32, u32)]) -> Order {
    let (order, applied) = after(&paid(), &refund(lines));
    assert_eq!(applied, Ok(Applied::Advanced));
    order
}

#[test]
fn a_refund_is_kept_once_and_as_it_was_told() {
    let order = given_back(&[(1, 1)]);
    let known = Refund {
        id: refund_id(),
        external_id: domain::order::ExternalId::parse("r1").expect("an id"),
        refunded_at: at("2026-03-05T00:00:00Z"),
        lines: BTreeMap::from([(1, 1)]),
    };
    assert_eq!(order, Order { refunds: vec![known], ..paid() });
    assert_eq!(after(&order, &refund(&[(1, 1)])), (order.clone(), Ok(Applied::Duplicate)));
    let mut later = refund(&[(1, 1)]);
    put(&mut later, "/refund/refunded_at", json!("2026-03-06T00:00:00Z"));
    for other in [refund(&[(1, 2)]), later] {
        let conflict = Conflict::Refund { order: "shop/42".into(), refund: "r1".into() };
        assert_eq!(after(&order, &other), (order.clone(), Err(conflict.into())));
    }
}

#[test]
fn no_more_is_given_back_than_was_bought() {
    let again = |lines: &[(u32, u32)]| {
        let mut event = refund(lines);
        put(&mut event, "/refund/id", json!("r2"));
        event
    };
    let order = given_back(&[(1, 1)]);
    assert_eq!(after(&order, &again(&[(1, 1), (2, 1)])).1, Ok(Applied::Advanced));
    let said = |bought: u32, back: u32, more: u32, line: u32| {
        let problem = format!(
            "line {line} has {bought} pieces, {back} are given back already, so {more} more cannot be"
        );
        ("refund.lines".to_owned(), problem)
    };
    assert_eq!(refused(&order, &again(&[(1, 2)])), said(2, 1, 2, 1));
    assert_eq!(refused(&order, &again(&[(2, 2)])), said(1, 0, 2, 2));
    assert_eq!(refused(&order, &again(&[(3, 1)])), said(0, 0, 1, 3));
}

#[test]
fn an_order_is_refunded_when_every_piece_is_back() {
    assert_eq!([order().state(), paid().state()], [OrderState::Created, OrderState::Paid]);
    let some = given_back(&[(1, 2)]);
    assert_eq!((some.state(), some.total()), (OrderState::Paid, Money::from_minor(300_00)));
    let mut rest = refund(&[(2, 1)]);
    put(&mut rest, "/refund/id", json!("r2"));
    let (all, _) = after(&some, &rest);
    assert_eq!(all.state(), OrderState::Refunded);
    let counted = [0, 1, 2].map(|count| all.refunded_quantities(count));
    assert_eq!(counted, [BTreeMap::new(), BTreeMap::from([(1, 2)]), BTreeMap::from([(1, 2), (2, 1)])]);
}

#[test]
fn the_words_of_a_state() {
    let states = [OrderState::Created, OrderState::Paid, OrderState::Refunded, OrderState::Cancelled];
    assert_eq!(states.map(OrderState::as_str), ["created", "paid", "refunded", "cancelled"]);
}
