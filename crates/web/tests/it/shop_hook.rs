use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use domain::webhook::{LARGEST_BODY, Secret, Secrets};
use serde_json::{Value, json};
use testkit::{Company, OrderDraft, TestApp, for_each_backend, on_sqlite, rub};

use crate::client::{Answer, Client, signed, standard};

const PAID_AT: &str = "2026-01-09T11:00:00+03:00";

fn draft() -> OrderDraft {
    OrderDraft::new("S-1", "B1", 1, "1000.00", "2026-01-09T10:00:00+03:00")
}

fn paid() -> Value {
    draft().paid_at(PAID_AT).event("order.paid")
}

fn status(answer: &Answer) -> (StatusCode, Value) {
    (answer.status, answer.field("status"))
}

async fn company(test: &TestApp) -> Client {
    Company::with_plan(test, "nanorem-5").await.chain(&["A1", "B1"]).await;
    Client::of(test)
}

async fn earned(test: &TestApp, code: &str) -> domain::money::Money {
    test.work().await;
    Company::of(test).balance(code).await.total
}

#[tokio::test]
async fn a_paid_order_is_accepted_once_and_pays_the_sponsor() {
    for_each_backend(async |test| {
        let client = company(&test).await;
        assert_eq!(status(&client.tell(&test, "m-1", &paid()).await), (StatusCode::OK, json!("accepted")));
        let once = earned(&test, "A1").await;
        assert!(once > rub(0));
        for again in ["m-1", "m-2"] {
            let answer = client.tell(&test, again, &paid()).await;
            assert_eq!(status(&answer), (StatusCode::OK, json!("duplicate")), "{again}");
        }
        assert_eq!(earned(&test, "A1").await, once, "told three times, paid once");
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn what_contradicts_the_known_order_is_a_conflict_and_changes_nothing() {
    for_each_backend(async |test| {
        let client = company(&test).await;
        client.tell(&test, "m-1", &paid()).await;
        let before = earned(&test, "A1").await;
        let dearer = OrderDraft::new("S-1", "B1", 9, "1000.00", "2026-01-09T10:00:00+03:00").paid_at(PAID_AT);
        let answer = client.tell(&test, "m-2", &dearer.event("order.paid")).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert_eq!(answer.problem().0, "conflict");
        assert_eq!(earned(&test, "A1").await, before);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_refusal_names_the_field_and_the_same_message_corrected_is_taken() {
    for_each_backend(async |test| {
        let client = company(&test).await;
        let mut wrong = paid();
        wrong["order"]["currency"] = json!("USD");
        let answer = client.tell(&test, "m-1", &wrong).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        let (code, detail) = answer.problem();
        assert_eq!(code, "invalid_event");
        assert!(detail.contains("order.currency") && detail.contains("RUB"), "{detail}");
        assert_eq!(status(&client.tell(&test, "m-2", &paid()).await), (StatusCode::OK, json!("accepted")));
    })
    .await;
}

#[tokio::test]
async fn a_body_of_256_kb_is_read_and_one_byte_more_is_not() {
    on_sqlite(async |test| {
        let client = company(&test).await;
        let mut body = paid().to_string().into_bytes();
        body.resize(LARGEST_BODY, b' ');
        assert_eq!(client.post_signed(&test, "m-1", body.clone()).await.status, StatusCode::OK);
        body.push(b' ');
        let answer = client.post_signed(&test, "m-2", body).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(answer.problem().0, "body");
    })
    .await;
}

#[tokio::test]
async fn a_body_that_comes_in_pieces_is_limited_too() {
    on_sqlite(async |test| {
        let client = company(&test).await;
        let whole = paid().to_string().into_bytes();
        let too_large = [whole.clone(), vec![b' '; LARGEST_BODY]].concat();
        for (body, expected) in [(whole, StatusCode::OK), (too_large, StatusCode::PAYLOAD_TOO_LARGE)] {
            let mut headers = HeaderMap::new();
            for (name, value) in signed(&test, "m-1", &body) {
                headers.insert(name, HeaderValue::from_str(&value).expect("plain ASCII"));
            }
            let pieces: Vec<Result<Vec<u8>, std::io::Error>> =
                body.chunks(1_000).map(|piece| Ok(piece.to_vec())).collect();
            let body = Body::from_stream(futures::stream::iter(pieces));
            let answer = client.send(axum::http::Method::POST, "/hooks/shop", headers, body).await;
            assert_eq!(answer.status, expected);
        }
    })
    .await;
}

#[tokio::test]
async fn while_the_database_is_away_the_shop_is_asked_to_come_again() {
    for_each_backend(async |test| {
        let client = company(&test).await;
        test.app.store.close().await;
        let answer = client.tell(&test, "m-1", &paid()).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.header("retry-after"), Some("2"));
        let (code, detail) = answer.problem();
        assert_eq!(
            (code.as_str(), detail.as_str()),
            ("unavailable", "the event is not stored: send it again")
        );
        let test = test.restarted([9; 32]).await;
        let answer = Client::of(&test).tell(&test, "m-1", &paid()).await;
        assert_eq!(status(&answer), (StatusCode::OK, json!("accepted")), "nothing was half done");
        test.app.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn both_secrets_of_a_rotation_sign_and_the_old_header_where_it_is_configured() {
    on_sqlite(async |test| {
        company(&test).await;
        let old = Secret::parse("whsec_b2xkLXNlY3JldC1vbGQtc2VjcmV0LW9sZC1zZWNyZXQ=").expect("valid");
        let legacy = Secret::legacy("a-long-enough-legacy-secret").expect("valid");
        let secrets = Secrets {
            standard: [standard().standard, vec![old.clone()]].concat(),
            legacy: Some(("x-webhook-signature".to_owned(), legacy.clone())),
        };
        let client = Client::with(&test, secrets);
        let body = paid().to_string().into_bytes();
        assert_eq!(client.tell(&test, "m-1", &paid()).await.status, StatusCode::OK);

        let now = test.app.now();
        let (seconds, signature) = (now.as_second().to_string(), old.sign("m-2", now, &body));
        let headers: [(&str, &[u8]); 3] = [
            ("webhook-id", b"m-2"),
            ("webhook-timestamp", seconds.as_bytes()),
            ("webhook-signature", signature.as_bytes()),
        ];
        assert_eq!(status(&client.hook(&headers, body.clone()).await), (StatusCode::OK, json!("duplicate")));

        let signature = legacy.sign_legacy(&body);
        let headers: [(&str, &[u8]); 1] = [("x-webhook-signature", signature.as_bytes())];
        assert_eq!(status(&client.hook(&headers, body.clone()).await), (StatusCode::OK, json!("duplicate")));
        let answer = Client::of(&test).hook(&headers, body).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "not where it is not configured");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_equal_webhooks_at_once_pay_once() {
    for_each_backend(async |test| {
        let client = company(&test).await;
        let event = paid();
        let answers = (0..1_000).map(|number| {
            let (client, test, event) = (&client, &test, &event);
            async move { client.tell(test, &format!("m-{}", number % 500), event).await }
        });
        let answers = futures::future::join_all(answers).await;
        let count = |wanted: &str| answers.iter().filter(|answer| answer.field("status") == wanted).count();
        assert_eq!((count("accepted"), count("duplicate")), (1, 999));
        let once = earned(&test, "A1").await;
        let other = company_of_one_order(&client, &test).await;
        assert_eq!(once, other, "as much as an order told once");
        test.assert_verified().await;
    })
    .await;
}

/// What A1 earns by a second order like the first.
async fn company_of_one_order(client: &Client, test: &TestApp) -> domain::money::Money {
    let before = earned(test, "A1").await;
    let twin = OrderDraft::new("S-2", "B1", 1, "1000.00", "2026-01-09T10:00:00+03:00").paid_at(PAID_AT);
    client.tell(test, "twin", &twin.event("order.paid")).await;
    earned(test, "A1").await - before
}
