//! A webhook before it reaches the database: its signature and its text.

use std::hint::black_box;

use divan::Bencher;
use divan::counter::BytesCount;
use domain::order::OrderEvent;
use domain::webhook::{Secret, Secrets, VerifiedBody, verify};
use jiff::Timestamp;
use loadtest::shop::{Message, SECRET, Shop};

fn main() {
    divan::main();
}

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).expect("a valid instant")
}

/// A paid order, and the headers it comes with.
fn message() -> (Message, [(&'static str, String); 3]) {
    let message = Shop::new("B", 2_000, 1).paid_order();
    let signature = secret().sign(&message.id, now(), &message.body);
    let headers = [
        ("webhook-id", message.id.clone()),
        ("webhook-timestamp", now().as_second().to_string()),
        ("webhook-signature", signature),
    ];
    (message, headers)
}

fn secret() -> Secret {
    Secret::parse(SECRET).expect("the constant is a secret")
}

fn verified(secrets: &Secrets, headers: &[(&'static str, String)], body: Vec<u8>) -> VerifiedBody {
    let header = |name: &str| headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str());
    verify(secrets, header, body, now()).expect("it is signed rightly")
}

#[divan::bench]
fn verify_signature(bencher: Bencher) {
    let (message, headers) = message();
    let secrets = Secrets { standard: vec![secret()], legacy: None };
    bencher
        .counter(BytesCount::new(message.body.len()))
        .with_inputs(|| message.body.to_vec())
        .bench_values(|body| verified(&secrets, &headers, body));
}

#[divan::bench]
fn parse_event(bencher: Bencher) {
    let (message, headers) = message();
    let secrets = Secrets { standard: vec![secret()], legacy: None };
    let body = verified(&secrets, &headers, message.body.to_vec());
    bencher
        .counter(BytesCount::new(message.body.len()))
        .bench(|| OrderEvent::parse(black_box(&body)).expect("it is right"));
}
