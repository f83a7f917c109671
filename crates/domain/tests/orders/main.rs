//! Orders of a shop: how their events are read, and how they advance an order.

mod advanced;
mod read;

use domain::order::{OrderEvent, ParseError};
use domain::time::parse_instant;
use domain::webhook::{Secret, Secrets, VerifiedBody, verify};
use jiff::Timestamp;
use serde_json::{Value, json};

fn at(text: &str) -> Timestamp {
    parse_instant(text).expect("an instant")
}

/// When every event of these tests was sent.
const SENT: &str = "2026-03-10T12:00:00Z";

fn verified(bytes: &[u8]) -> VerifiedBody {
    let secret = Secret::legacy("a-long-enough-legacy-secret").expect("a secret");
    let signature = secret.sign_legacy(bytes);
    let secrets = Secrets { standard: vec![], legacy: Some(("x-signature".into(), secret)) };
    let header = |name: &str| (name == "x-signature").then_some(signature.as_str());
    verify(&secrets, header, bytes.to_vec(), at(SENT)).expect("signed")
}

fn read(event: &Value) -> Result<OrderEvent, ParseError> {
    OrderEvent::parse(&verified(event.to_string().as_bytes()))
}

/// Where a body is refused, and what is said in English.
fn refused(event: &Value) -> (String, String) {
    let error = read(event).expect_err("refused");
    (error.field, error.problem.to_string())
}

/// An order of 2 for 100.50 and 1 for 99, paid, told whole.
fn whole() -> Value {
    json!({
        "type": "order.paid",
        "source": "shop",
        "order": {
            "id": "42",
            "number": "A-42",
            "buyer": { "partner_code": "NR00007" },
            "currency": "RUB",
            "ordered_at": "2026-03-01T10:00:00+03:00",
            "paid_at": "2026-03-02T10:00:00Z",
            "lines": [
                { "line_no": 2, "sku": "B", "quantity": 1, "unit_price": "99" },
                { "line_no": 1, "sku": "A", "quantity": 2, "unit_price": "100.50" }
            ],
            "total": "300.00"
        }
    })
}

/// The same event with something at a place of it, as a JSON pointer says: `/order/number`.
fn with(place: &str, value: Value) -> Value {
    let mut event = whole();
    put(&mut event, place, value);
    event
}

fn put(event: &mut Value, place: &str, value: Value) {
    let (parent, key) = place.rsplit_once('/').expect("a pointer");
    match event.pointer_mut(parent).expect("it is there") {
        Value::Array(items) => {
            *items.get_mut(key.parse::<usize>().expect("an index")).expect("there") = value;
        }
        Value::Object(fields) => drop(fields.insert(key.to_owned(), value)),
        other => panic!("nothing can be put into {other}"),
    }
}

/// A short event about the same order: of this kind, with these fields of the order.
fn short(kind: &str, fields: &Value) -> Value {
    let mut event = json!({ "type": kind, "source": "shop", "order": fields });
    put(&mut event, "/order/id", json!("42"));
    event
}

/// The refund "r1" with pieces by line, given back on 5 March.
fn refund(lines: &[(u32, u32)]) -> Value {
    let lines = lines.iter().map(|(line_no, quantity)| json!({ "line_no": line_no, "quantity": quantity }));
    let lines: Vec<Value> = lines.collect();
    let mut event = short("order.refunded", &json!({}));
    let body = json!({ "id": "r1", "refunded_at": "2026-03-05T00:00:00Z", "lines": lines });
    put(&mut event, "/refund", body);
    event
}
