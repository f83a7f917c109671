//! The contract of the webhook: what is read of an event, and where a wrong one is refused.

use std::collections::BTreeMap;

use domain::catalog::Sku;
use domain::money::Money;
use domain::order::{
    BuyerRef, EventKind, ExternalId, LineBody, OrderBody, OrderDetails, OrderEvent, RefundBody,
};
use domain::partner::{Email, PartnerCode, Phone, ReferralCode};
use serde_json::{Value, json};

use crate::{SENT, at, put, read, refund, refused, short, verified, whole, with};

fn id(text: &str) -> ExternalId {
    ExternalId::parse(text).expect("an id")
}

fn line(line_no: u32, sku: &str, quantity: u32, unit_price: i64) -> LineBody {
    let sku = Sku::parse(sku).expect("an article");
    LineBody { line_no, sku, quantity, unit_price: Money::from_minor(unit_price) }
}

#[test]
fn an_order_told_whole_is_read_whole() {
    let buyer = BuyerRef { partner_code: Some(PartnerCode::numbered(7)), ..BuyerRef::default() };
    let order = OrderBody {
        source: id("shop"),
        external_id: id("42"),
        number: Some("A-42".to_owned()),
        details: Some(OrderDetails {
            buyer,
            ordered_at: at("2026-03-01T07:00:00Z"),
            lines: vec![line(1, "A", 2, 100_50), line(2, "B", 1, 99_00)],
        }),
        paid_at: Some(at("2026-03-02T10:00:00Z")),
        delivered_at: None,
        cancelled_at: None,
    };
    let event = OrderEvent { kind: EventKind::Paid, order, refund: None, sent_at: at(SENT) };
    assert_eq!(read(&whole()), Ok(event));
}

#[test]
fn a_short_event_names_its_order_only() {
    let event = read(&short("order.cancelled", &json!({ "cancelled_at": "2026-03-03T00:00:00Z" })));
    let event = event.expect("a short event");
    assert_eq!((event.kind, event.order.details), (EventKind::Cancelled, None));
    assert_eq!(event.order.cancelled_at, Some(at("2026-03-03T00:00:00Z")));
    let event = read(&short("order.completed", &json!({ "delivered_at": "2026-03-04T00:00:00Z" })));
    assert_eq!(event.expect("a short event").order.delivered_at, Some(at("2026-03-04T00:00:00Z")));
}

#[test]
fn an_order_half_told_is_refused_at_what_is_missing_first() {
    for (given, missing) in [
        (json!({ "currency": "RUB" }), "order.lines"),
        (json!({ "lines": [] }), "order.buyer"),
        (json!({ "lines": [], "buyer": {} }), "order.currency"),
        (json!({ "lines": [], "buyer": {}, "currency": "RUB" }), "order.ordered_at"),
    ] {
        let (field, problem) = refused(&short("order.paid", &given));
        assert_eq!(field, missing);
        assert!(problem.starts_with("is missing: an order is told whole"), "{problem}");
    }
}

#[test]
fn a_buyer_is_named_in_any_of_four_ways_and_in_one_at_least() {
    let buyer = |told: Value| {
        read(&with("/order/buyer", told)).map(|event| event.order.details.expect("told whole").buyer)
    };
    let none = BuyerRef::default;
    let phone = Phone::parse("+79001234567").expect("a phone");
    let email = Email::parse("anna@example.com").expect("an address");
    let referral = ReferralCode::parse("AB9AB9AH").expect("a code");
    assert_eq!(buyer(json!({ "phone": "+79001234567" })), Ok(BuyerRef { phone: Some(phone), ..none() }));
    assert_eq!(buyer(json!({ "email": "anna@example.com" })), Ok(BuyerRef { email: Some(email), ..none() }));
    let by_link = BuyerRef { referral_code: Some(referral), ..none() };
    assert_eq!(buyer(json!({ "referral_code": "AB9AB9AH" })), Ok(by_link));
    assert_eq!(buyer(json!({})).expect_err("nobody").field, "order.buyer");
    assert_eq!(buyer(json!({ "phone": "1" })).expect_err("no phone").field, "order.buyer.phone");
}

#[test]
fn a_wrong_field_is_refused_by_its_place() {
    let line = |field: &str, value: Value| with(&format!("/order/lines/0/{field}"), value);
    for (event, field, problem) in [
        (with("/order/currency", json!("USD")), "order.currency", "is unknown: orders are taken in RUB"),
        (with("/order/total", json!("300.01")), "order.total", "300.01 is not the sum of the lines, 300.00"),
        (with("/order/total", json!("all")), "order.total", "all"),
        (with("/order/number", json!("")), "order.number", "use 1 to 100 characters"),
        (with("/order/number", json!("a\nb")), "order.number", "use 1 to 100 characters"),
        (with("/order/number", json!("ж".repeat(101))), "order.number", "use 1 to 100 characters"),
        (with("/order/ordered_at", json!("yesterday")), "order.ordered_at", "is not an instant"),
        (with("/order/paid_at", json!("today")), "order.paid_at", "is not an instant"),
        (with("/order/lines", json!([])), "order.lines", "an order has 1 to 1000 lines, this one 0"),
        (line("unit_price", json!("-0.01")), "order.lines[0].unit_price", "-0.01 is below zero"),
        (line("quantity", json!(0)), "order.lines[0].quantity", "0 pieces: a line has 1 to 1000000"),
        (line("quantity", json!(1_000_001)), "order.lines[0].quantity", "1000001 pieces"),
        (line("line_no", json!(0)), "order.lines[0].line_no", "0 is zero or stands twice"),
        (line("line_no", json!(1)), "order.lines[1].line_no", "1 is zero or stands twice"),
        (line("sku", json!("")), "order.lines[0].sku", ""),
        (with("/order/kind", json!("gift")), "order.kind", "unknown field `kind`"),
        (with("/type", json!("order.lost")), "type", "is unknown: use order.created, order.paid"),
        (
            with("/refund", json!({ "id": "r", "lines": [], "refunded_at": "" })),
            "refund",
            "only order.refunded",
        ),
        (short("order.refunded", &json!({})), "refund", "names what was given back"),
        (json!(7), "body", "an object"),
    ] {
        let (at, said) = refused(&event);
        assert_eq!(at, field, "{said}");
        assert!(said.contains(problem), "{field}: {said}");
    }
}

#[test]
fn what_is_not_json_is_told_with_its_place() {
    for bytes in [&b"{"[..], b"", b"order"] {
        let error = OrderEvent::parse(&verified(bytes)).expect_err("no JSON");
        assert_eq!(error.field, "body");
        assert!(error.problem.to_string().starts_with("this is not the JSON of an event: "), "{error}");
    }
    let twice = format!("{} 1", whole());
    let error = OrderEvent::parse(&verified(twice.as_bytes())).expect_err("more than an event");
    assert_eq!(error.field, "body");
    assert!(error.problem.to_string().contains("trailing characters"), "{error}");
}

#[test]
fn a_number_of_a_hundred_letters_and_a_price_of_nothing_are_right() {
    let longest = "ж".repeat(100);
    let event = read(&with("/order/number", json!(longest))).expect("right");
    assert_eq!(event.order.number, Some(longest));
    let mut free = with("/order/lines/0/unit_price", json!("0"));
    put(&mut free, "/order/total", json!("201"));
    assert!(read(&free).is_ok(), "a gift costs nothing");
    let mut many = with("/order/lines/1/quantity", json!(1_000_000));
    put(&mut many, "/order/total", json!("100500099"));
    assert!(read(&many).is_ok());
}

/// An order of so many lines of one piece at a price.
fn of_lines(count: usize, price: &str) -> Value {
    let line = |number| json!({ "line_no": number, "sku": "A", "quantity": 1, "unit_price": price });
    let mut event = with("/order/lines", (1..=count).map(line).collect());
    event.pointer_mut("/order").and_then(Value::as_object_mut).expect("an order").remove("total");
    event
}

#[test]
fn an_order_has_a_thousand_lines_at_most() {
    assert!(read(&of_lines(1_000, "1")).is_ok());
    let said = refused(&of_lines(1_001, "1"));
    assert_eq!(said, ("order.lines".into(), "an order has 1 to 1000 lines, this one 1001".into()));
}

#[test]
fn an_order_costs_ten_trillion_roubles_at_most() {
    let largest = Money::LARGEST.to_string();
    assert!(read(&of_lines(1, &largest)).is_ok());
    let half = "5000000000000.00";
    assert!(read(&of_lines(2, half)).is_ok());
    let (field, problem) = refused(&of_lines(2, "5000000000000.01"));
    let expected = format!("the sum 10000000000000.02 is larger than {largest}");
    assert_eq!((field.as_str(), problem), ("order.lines", expected));
    let mut dear = of_lines(1, &largest);
    put(&mut dear, "/order/lines/0/quantity", json!(2));
    let (field, problem) = refused(&dear);
    let expected = format!("2 pieces at {largest} are more than {largest}");
    assert_eq!((field.as_str(), problem), ("order.lines[0].unit_price", expected));
}

#[test]
fn nothing_told_lies_more_than_a_day_ahead() {
    let (at_most, beyond) = (json!("2026-03-11T12:00:00Z"), json!("2026-03-11T12:00:00.000001Z"));
    for field in ["ordered_at", "paid_at", "delivered_at", "cancelled_at"] {
        let place = format!("/order/{field}");
        assert!(read(&with(&place, at_most.clone())).is_ok(), "{field}");
        let (field_told, problem) = refused(&with(&place, beyond.clone()));
        assert_eq!(field_told, format!("order.{field}"));
        assert_eq!(
            problem,
            "2026-03-11T12:00:00.000001Z lies ahead: the event was sent at 2026-03-10T12:00:00Z"
        );
    }
    let mut event = refund(&[(1, 1)]);
    put(&mut event, "/refund/refunded_at", beyond);
    assert_eq!(refused(&event).0, "refund.refunded_at");
}

#[test]
fn a_refund_is_read_by_its_lines() {
    let event = read(&refund(&[(2, 1), (1, 2)])).expect("a refund");
    let expected = RefundBody {
        external_id: id("r1"),
        refunded_at: at("2026-03-05T00:00:00Z"),
        lines: BTreeMap::from([(1, 2), (2, 1)]),
    };
    assert_eq!((event.kind, event.refund), (EventKind::Refunded, Some(expected)));
    let many = |count: u32| refund(&(1..=count).map(|line| (line, 1)).collect::<Vec<_>>());
    assert!(read(&many(1_000)).is_ok());
    for (event, field, problem) in [
        (refund(&[]), "refund.lines", "a refund has 1 to 1000 lines, this one 0"),
        (many(1_001), "refund.lines", "a refund has 1 to 1000 lines, this one 1001"),
        (refund(&[(1, 0)]), "refund.lines[0].quantity", "0 pieces: a line has 1 to 1000000"),
        (refund(&[(1, 1), (1, 1)]), "refund.lines[1].line_no", "1 stands twice"),
    ] {
        assert_eq!(refused(&event), (field.to_owned(), problem.to_owned()));
    }
}
