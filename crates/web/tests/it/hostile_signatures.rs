//! Whoever cannot sign is refused, and leaves nothing behind.

use axum::http::StatusCode;
use domain::webhook::Secret;
use testkit::{FakeShop, OrderDraft, TestApp, for_each_backend, on_sqlite};

use crate::client::{Client, signed};

type Headers = Vec<(&'static str, Vec<u8>)>;

fn right(test: &TestApp, body: &[u8]) -> Headers {
    signed(test, "m-1", body).into_iter().map(|(name, value)| (name, value.into_bytes())).collect()
}

fn body() -> Vec<u8> {
    OrderDraft::new("S-1", "A1", 1, "100.00", "2026-01-09T10:00:00+03:00")
        .event("order.created")
        .to_string()
        .into_bytes()
}

/// The right headers with one replaced.
fn with(test: &TestApp, name: &'static str, value: impl Into<Vec<u8>>) -> Headers {
    let value = value.into();
    right(test, &body())
        .into_iter()
        .map(|(key, old)| if key == name { (key, value.clone()) } else { (key, old) })
        .collect()
}

/// The right headers without one.
fn without(test: &TestApp, name: &str) -> Headers {
    right(test, &body()).into_iter().filter(|(key, _)| *key != name).collect()
}

/// The right headers with one of them standing twice.
fn doubled(test: &TestApp, name: &str) -> Headers {
    let headers = right(test, &body());
    let again: Headers = headers.iter().filter(|(key, _)| *key == name).cloned().collect();
    [headers, again].concat()
}

fn signed_at(test: &TestApp, seconds: i64) -> Headers {
    let at = test.app.now() + jiff::SignedDuration::from_secs(seconds);
    let secret = Secret::parse(FakeShop::SECRET).expect("the test's secret is right");
    vec![
        ("webhook-id", b"m-1".to_vec()),
        ("webhook-timestamp", at.as_second().to_string().into_bytes()),
        ("webhook-signature", secret.sign("m-1", at, &body()).into_bytes()),
    ]
}

fn forgeries(test: &TestApp) -> Vec<(&'static str, Headers)> {
    let [_, _, (_, signature)] = signed(test, "m-1", &body());
    let bare = signature.trim_start_matches("v1,").to_owned();
    let [_, _, (_, of_another_body)] = signed(test, "m-1", b"{}");
    let now = test.app.now().as_second().to_string();
    let stranger = Secret::parse("whsec_c3RyYW5nZXItc3RyYW5nZXItc3RyYW5nZXItc3RyYW4=").expect("valid");
    let flipped: String = bare.chars().rev().collect();
    vec![
        ("nothing at all", vec![]),
        ("no id", without(test, "webhook-id")),
        ("no time", without(test, "webhook-timestamp")),
        ("no signature", without(test, "webhook-signature")),
        ("two ids", doubled(test, "webhook-id")),
        ("two times", doubled(test, "webhook-timestamp")),
        ("two signatures", doubled(test, "webhook-signature")),
        ("an empty id", with(test, "webhook-id", "")),
        ("another id", with(test, "webhook-id", "m-2")),
        ("an id in capitals", with(test, "webhook-id", "M-1")),
        ("an id that swallows the time", with(test, "webhook-id", format!("m-1.{now}"))),
        ("an id that is not ASCII", with(test, "webhook-id", "м-1")),
        ("an id with a control character", with(test, "webhook-id", b"m\t1".to_vec())),
        ("an id of 257 letters", with(test, "webhook-id", "m".repeat(257))),
        ("an id of 8 KB", with(test, "webhook-id", "m".repeat(8_192))),
        ("an empty time", with(test, "webhook-timestamp", "")),
        ("another time", with(test, "webhook-timestamp", (test.app.now().as_second() + 1).to_string())),
        ("a time with a sign", with(test, "webhook-timestamp", format!("+{now}"))),
        ("a time with a space", with(test, "webhook-timestamp", format!("{now} 1"))),
        ("a time with a fraction", with(test, "webhook-timestamp", format!("{now}.0"))),
        ("a time in hexadecimal", with(test, "webhook-timestamp", "0x6962")),
        ("a time with a zero before it", with(test, "webhook-timestamp", format!("0{now}"))),
        ("a time in words", with(test, "webhook-timestamp", "now")),
        ("a date", with(test, "webhook-timestamp", "2026-01-10T09:00:00Z")),
        ("a time before 1970", with(test, "webhook-timestamp", "-1")),
        ("a time beyond all time", with(test, "webhook-timestamp", "99999999999999999999")),
        ("milliseconds", with(test, "webhook-timestamp", format!("{now}000"))),
        ("signed five minutes and a second ago", signed_at(test, -301)),
        ("signed five minutes and a second ahead", signed_at(test, 301)),
        ("signed a year ago", signed_at(test, -31_536_000)),
        ("an empty signature", with(test, "webhook-signature", "")),
        ("no version", with(test, "webhook-signature", bare.clone())),
        ("a version alone", with(test, "webhook-signature", "v1,")),
        ("the asymmetric version", with(test, "webhook-signature", format!("v1a,{bare}"))),
        ("a version to come", with(test, "webhook-signature", format!("v2,{bare}"))),
        ("a version in capitals", with(test, "webhook-signature", format!("V1,{bare}"))),
        ("read backwards", with(test, "webhook-signature", format!("v1,{flipped}"))),
        ("a letter too few", with(test, "webhook-signature", signature.trim_end_matches('='))),
        ("half of it", with(test, "webhook-signature", signature.chars().take(20).collect::<String>())),
        ("not base64", with(test, "webhook-signature", "v1,!!!!")),
        ("hexadecimal", with(test, "webhook-signature", format!("v1,{}", "ab".repeat(32)))),
        ("not ASCII", with(test, "webhook-signature", "v1,é")),
        ("zeros", with(test, "webhook-signature", format!("v1,{}=", "A".repeat(43)))),
        ("a list with commas", with(test, "webhook-signature", format!("v1,AAAA,{signature}"))),
        ("8 KB of wrong ones", with(test, "webhook-signature", "v1,AAAA ".repeat(1_024))),
        ("a stranger's", with(test, "webhook-signature", stranger.sign("m-1", test.app.now(), &body()))),
        ("of another body", with(test, "webhook-signature", of_another_body)),
        ("the old header, not configured", vec![("x-webhook-signature", b"00".to_vec())]),
    ]
}

#[tokio::test]
async fn whatever_is_not_signed_rightly_is_401_and_leaves_no_trace() {
    for_each_backend(async |test| {
        let client = Client::of(&test);
        let forgeries = forgeries(&test);
        assert!(forgeries.len() >= 40);
        for (how, headers) in forgeries {
            let headers: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (*name, &**value)).collect();
            let answer = client.hook(&headers, body()).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{how}");
            assert_eq!(answer.problem().0, "signature", "{how}");
        }
        assert_eq!(test.kept_webhooks().await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_right_signature_does_not_carry_over_to_another_body_or_place() {
    on_sqlite(async |test| {
        let client = Client::of(&test);
        let headers = right(&test, &body());
        let headers: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (*name, &**value)).collect();
        let mut longer = body();
        longer.push(b'\n');
        let mut shorter = body();
        shorter.pop();
        for other in [longer, shorter, Vec::new(), b"{}".to_vec()] {
            assert_eq!(client.hook(&headers, other).await.status, StatusCode::UNAUTHORIZED);
        }
        let compressed = [headers.as_slice(), &[("content-encoding", b"gzip".as_slice())]].concat();
        let answer = client.hook(&compressed, b"\x1f\x8b\x08\x00".to_vec()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "the bytes that came are what was signed");
    })
    .await;
}

#[tokio::test]
async fn a_list_of_signatures_needs_one_that_fits() {
    on_sqlite(async |test| {
        let client = Client::of(&test);
        let [_, _, (_, signature)] = signed(&test, "m-1", &body());
        let list = with(&test, "webhook-signature", format!("v1,AAAA v1a,AAAA {signature} v9,x"));
        let headers: Vec<(&str, &[u8])> = list.iter().map(|(name, value)| (*name, &**value)).collect();
        let answer = client.hook(&headers, body()).await;
        assert_eq!(answer.problem().0, "invalid_event", "it is read, and names a buyer that does not exist");
    })
    .await;
}
