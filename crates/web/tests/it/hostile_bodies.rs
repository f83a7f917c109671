//! A body that is signed rightly and wrong otherwise is refused with a word about it, kept as it came,
//! and changes nothing.

use axum::http::StatusCode;
use serde_json::{Value, json};
use testkit::{Company, OrderDraft, for_each_backend};

use crate::client::Client;

fn right() -> Value {
    OrderDraft::new("S-1", "B1", 2, "1000.00", "2026-01-09T10:00:00+03:00")
        .paid_at("2026-01-09T11:00:00+03:00")
        .event("order.paid")
}

/// The right event with the value at a path replaced; `null` there takes it out.
fn with(path: &str, value: Value) -> Vec<u8> {
    let mut event = right();
    let (parent, key) = path.rsplit_once('/').expect("a path of two steps");
    let parent = event.pointer_mut(parent).and_then(Value::as_object_mut).expect("the path is there");
    match value {
        Value::Null => drop(parent.remove(key)),
        value => drop(parent.insert(key.to_owned(), value)),
    }
    event.to_string().into_bytes()
}

/// The right text with one piece of it replaced.
fn replaced(from: &str, to: &str) -> Vec<u8> {
    let text = right().to_string();
    assert!(text.contains(from), "{from} is in {text}");
    text.replacen(from, to, 1).into_bytes()
}

/// Not the JSON of an object that was asked for.
fn not_json() -> Vec<(&'static str, Vec<u8>)> {
    let whole = right().to_string();
    let utf16: Vec<u8> = whole.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let nested = |open: &str, close: &str| [open.repeat(20_000), close.repeat(20_000)].concat().into_bytes();
    vec![
        ("nothing", Vec::new()),
        ("spaces", b"   \n".to_vec()),
        ("null", b"null".to_vec()),
        ("a number", b"42".to_vec()),
        ("a text", b"\"order.paid\"".to_vec()),
        ("an empty array", b"[]".to_vec()),
        ("an array for the object", format!("[{whole}]").into_bytes()),
        ("an empty object", b"{}".to_vec()),
        ("cut off", whole.chars().take(whole.len() / 2).collect::<String>().into_bytes()),
        ("the last braces missing", whole.trim_end_matches('}').to_owned().into_bytes()),
        ("something after it", format!("{whole}x").into_bytes()),
        ("twice", format!("{whole}{whole}").into_bytes()),
        ("a mark of byte order", format!("\u{feff}{whole}").into_bytes()),
        ("UTF-16", utf16),
        ("not UTF-8", [br#"{"type":""#.as_slice(), &[0xff, 0xfe], br#""}"#].concat()),
        ("a lone surrogate", replaced("\"nanorvs\"", "\"\\ud800\"")),
        ("a comment", format!("/* paid */{whole}").into_bytes()),
        ("a comma too many", replaced("\"RUB\",", "\"RUB\",,")),
        ("single quotes", whole.replace('"', "'").into_bytes()),
        ("NaN", replaced("\"quantity\":2", "\"quantity\":NaN")),
        ("infinity", replaced("\"quantity\":2", "\"quantity\":1e999")),
        ("20 000 arrays", nested("[", "]")),
        ("20 000 objects", nested("{\"order\":", "}")),
        ("a zero byte", replaced("nanorvs", "nano\u{0}rvs")),
        ("a form", b"type=order.paid&order=1".to_vec()),
        (
            "XML",
            b"<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><x>&e;</x>"
                .to_vec(),
        ),
        ("random bytes", (0..=255).collect()),
    ]
}

/// JSON whose fields are not what they should be, with the field that the refusal names.
fn wrong_fields() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let long = "x".repeat(100_000);
    vec![
        ("a key twice", "source", replaced("\"source\":", "\"source\":\"a\",\"source\":")),
        ("an unknown field", "discount", replaced("\"source\":", "\"discount\":1,\"source\":")),
        ("an unknown field within", "vat", with("/order/vat", json!("20"))),
        ("an unknown type", "type", replaced("order.paid", "order.stolen")),
        ("a type in capitals", "type", replaced("order.paid", "ORDER.PAID")),
        ("no type", "type", replaced(",\"type\":\"order.paid\"", "")),
        ("no order", "order", br#"{"type":"order.paid","source":"nanorvs"}"#.to_vec()),
        (
            "an order that is a text",
            "order",
            br#"{"type":"order.paid","source":"nanorvs","order":"S-1"}"#.to_vec(),
        ),
        ("an empty source", "source", replaced("\"nanorvs\"", "\"\"")),
        ("a number for the id", "id", with("/order/id", json!(1))),
        ("an empty id", "order.id", with("/order/id", json!(""))),
        ("an endless id", "order.id", with("/order/id", json!(long.clone()))),
        ("a line break in the id", "order.id", with("/order/id", json!("S\n1"))),
        ("an endless number", "order.number", with("/order/number", json!(long.clone()))),
        ("another currency", "order.currency", with("/order/currency", json!("USD"))),
        ("no currency", "currency", with("/order/currency", Value::Null)),
        ("nobody who buys", "order.buyer", with("/order/buyer", json!({}))),
        ("a buyer who does not exist", "order.buyer", with("/order/buyer", json!({"partner_code": "ZZ9"}))),
        (
            "a buyer's telephone of letters",
            "order.buyer.phone",
            with("/order/buyer", json!({"phone": "call me"})),
        ),
        ("a buyer's unknown handle", "telegram", with("/order/buyer", json!({"telegram": "@ivan"}))),
        ("no lines", "order.lines", with("/order/lines", json!([]))),
        ("lines that are an object", "lines", with("/order/lines", json!({"1": {}}))),
        ("a quantity of zero", "quantity", replaced("\"quantity\":2", "\"quantity\":0")),
        ("a negative quantity", "quantity", replaced("\"quantity\":2", "\"quantity\":-2")),
        ("half a piece", "quantity", replaced("\"quantity\":2", "\"quantity\":0.5")),
        ("a quantity in words", "quantity", replaced("\"quantity\":2", "\"quantity\":\"2\"")),
        ("more pieces than exist", "quantity", replaced("\"quantity\":2", "\"quantity\":4294967296")),
        ("a price that is a number", "unit_price", replaced("\"1000.00\"", "1000.00")),
        ("a negative price", "unit_price", replaced("\"1000.00\"", "\"-1000.00\"")),
        ("a price with a comma", "unit_price", replaced("\"1000.00\"", "\"1000,00\"")),
        ("three decimals", "unit_price", replaced("\"1000.00\"", "\"1000.001\"")),
        ("an exponent", "unit_price", replaced("\"1000.00\"", "\"1e3\"")),
        ("digits of another script", "unit_price", replaced("\"1000.00\"", "\"١٠٠٠.00\"")),
        ("a price beyond all money", "unit_price", replaced("\"1000.00\"", "\"99999999999999999999.00\"")),
        ("an unknown product", "sku", replaced("\"RVS\"", "\"NO-SUCH\"")),
        ("a product of a quotation mark", "sku", replaced("\"RVS\"", "\"' OR 1=1 --\"")),
        ("a total that is not the sum", "order.total", with("/order/total", json!("1999.99"))),
        ("no instant of payment", "order.paid_at", with("/order/paid_at", Value::Null)),
        (
            "an instant without an offset",
            "order.paid_at",
            with("/order/paid_at", json!("2026-01-09T11:00:00")),
        ),
        ("a day that does not exist", "order.paid_at", with("/order/paid_at", json!("2026-02-30T11:00:00Z"))),
        ("an instant of seconds", "paid_at", with("/order/paid_at", json!(1_767_945_600))),
        ("a payment to come", "order.paid_at", with("/order/paid_at", json!("2027-01-09T11:00:00+03:00"))),
        ("the year 9999", "order.paid_at", with("/order/paid_at", json!("9999-12-31T23:59:59Z"))),
        ("a refund of nothing", "refund", replaced("order.paid", "order.refunded")),
    ]
}

#[tokio::test]
async fn what_is_not_the_event_that_was_asked_for_is_400_with_a_word_about_it() {
    for_each_backend(async |test| {
        Company::with_plan(&test, "nanorem-5").await.chain(&["A1", "B1"]).await;
        let client = Client::of(&test);
        let mut sent = 0;
        for (what, body) in not_json() {
            let answer = client.post_signed(&test, &format!("m-{sent}"), body).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{what}: {answer:?}");
            let (code, detail) = answer.problem();
            assert_eq!(code, "invalid_event", "{what}");
            assert!(detail.len() < 500, "{what}: an answer that a person can read, not {detail}");
            sent += 1;
        }
        for (what, field, body) in wrong_fields() {
            let answer = client.post_signed(&test, &format!("m-{sent}"), body).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{what}: {answer:?}");
            let (code, detail) = answer.problem();
            assert_eq!(code, "invalid_event", "{what}");
            assert!(detail.contains(field), "{what}: {field} is not named in {detail:?}");
            assert!(detail.len() < 500, "{what}: an answer that a person can read, not {detail}");
            sent += 1;
        }
        assert_eq!(test.kept_webhooks().await, sent, "every one is kept as it came");
        let orders = app::figures::figures(&test.app).await.expect("counted").orders;
        assert_eq!(orders, (0, 0, 0), "none became an order");
        let answer = client.post_signed(&test, "right", right().to_string().into_bytes()).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        test.work().await;
        test.assert_verified().await;
    })
    .await;
}
