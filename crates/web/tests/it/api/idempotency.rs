//! A request is done once for a key.

use axum::http::{Method, StatusCode};
use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::json;
use testkit::{Company, for_each_backend, on_sqlite};

use super::desk::Desk;

const ENROL: &str = r#"{"first_name":"Анна","last_name":"Ким"}"#;

#[tokio::test]
async fn the_same_request_again_is_answered_as_before_and_done_once() {
    for_each_backend(async |test| {
        Company::with_plan(&test, "nanorem-5").await;
        let desk = Desk::of(&test, &[]);
        let owner = desk.who("owner");
        let first = owner.post_keyed("/api/v1/partners", "k", ENROL).await;
        assert_eq!((first.status, first.header("idempotency-replayed")), (StatusCode::CREATED, None));
        let again = owner.post_keyed("/api/v1/partners", "k", ENROL).await;
        assert_eq!((again.status, again.header("idempotency-replayed")), (StatusCode::CREATED, Some("true")));
        assert_eq!((&again.text, again.header("location")), (&first.text, first.header("location")));
        assert_ne!(again.header("x-request-id"), first.header("x-request-id"), "it is another request");
        let other = owner.post_keyed("/api/v1/partners", "other", ENROL).await;
        assert_ne!(other.ok()["code"], first.ok()["code"], "another key is another request");
        assert_eq!(
            desk.who("admin").post_keyed("/api/v1/partners", "k", ENROL).await.status,
            StatusCode::CREATED
        );
        assert_eq!(
            owner.get("/api/v1/partners").await.items("code").len(),
            3,
            "keys belong to their callers"
        );
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_kept_too_in_the_language_it_was_asked_for() {
    on_sqlite(async |test| {
        let desk = Desk::of(&test, &[]);
        let headers = [
            ("authorization", "Bearer owner"),
            ("content-type", "application/json"),
            ("idempotency-key", "k"),
            ("accept-language", "en"),
        ];
        let body = r#"{"first_name":"","last_name":"b"}"#;
        let first = desk.send(Method::POST, "/api/v1/partners", &headers, body).await;
        let again = desk.who("owner").post_keyed("/api/v1/partners", "k", body).await;
        assert_eq!(
            (again.status, again.header("idempotency-replayed")),
            (StatusCode::UNPROCESSABLE_ENTITY, Some("true"))
        );
        assert_eq!(again.header("content-type"), Some("application/problem+json"));
        assert_eq!(
            (again.field("title"), again.field("errors")),
            (first.field("title"), first.field("errors"))
        );
        assert_eq!(again.field("title"), "The request is filled in wrongly");
    })
    .await;
}

#[tokio::test]
async fn a_key_belongs_to_one_request() {
    for_each_backend(async |test| {
        Company::with_plan(&test, "nanorem-5").await.partner("A1", None).await;
        let desk = Desk::of(&test, &[]);
        let owner = desk.who("owner");
        owner.post_keyed("/api/v1/partners", "k", ENROL).await.ok();
        let hold = json!({ "held": true, "reason": "проверка" }).to_string();
        for (path, body) in [
            ("/api/v1/partners", r#"{"first_name":"Анна","last_name":"Пак"}"#),
            ("/api/v1/partners", r#"{"first_name":"Анна", "last_name":"Ким"}"#),
            ("/api/v1/partners?x=1", ENROL),
            ("/api/v1/partners/A1/hold", &hold),
        ] {
            let answer = owner.post_keyed(path, "k", body).await;
            let expected = (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused".into(), None);
            assert_eq!(answer.refusal(), expected, "{path} {body}");
        }
        assert_eq!(owner.get("/api/v1/partners/A1").await.ok()["on_hold"], false);
    })
    .await;
}

#[tokio::test]
async fn a_post_without_a_right_key_is_refused() {
    on_sqlite(async |test| {
        let desk = Desk::of(&test, &[]);
        let base = [("authorization", "Bearer owner"), ("content-type", "application/json")];
        let answer = desk.send(Method::POST, "/api/v1/partners", &base, ENROL).await;
        assert_eq!(answer.refusal(), (StatusCode::BAD_REQUEST, "idempotency_key_missing".into(), None));
        let long = "k".repeat(129);
        for key in ["", "a b", "ключ", long.as_str()] {
            let headers = [base[0], base[1], ("idempotency-key", key)];
            let answer = desk.send(Method::POST, "/api/v1/partners", &headers, ENROL).await;
            let expected =
                (StatusCode::BAD_REQUEST, "idempotency_key_invalid".into(), Some("Idempotency-Key".into()));
            assert_eq!(answer.refusal(), expected, "{key:?}");
        }
        let twice = [base[0], base[1], ("idempotency-key", "a"), ("idempotency-key", "a")];
        let answer = desk.send(Method::POST, "/api/v1/partners", &twice, ENROL).await;
        assert_eq!(answer.refusal().1, "idempotency_key_invalid");
        let longest = "k".repeat(128);
        assert_eq!(
            desk.who("owner").post_keyed("/api/v1/partners", &longest, ENROL).await.status,
            StatusCode::CREATED
        );
    })
    .await;
}

#[tokio::test]
async fn of_many_at_once_one_runs() {
    for_each_backend(async |test| {
        Company::with_plan(&test, "nanorem-5").await;
        let desk = Desk::of(&test, &[]);
        let owner = desk.who("owner");
        let all = (0..16).map(|_| owner.post_keyed("/api/v1/partners", "k", ENROL));
        let mut codes = std::collections::BTreeSet::new();
        for answer in join_all(all).await {
            if answer.status == StatusCode::CONFLICT {
                assert_eq!(answer.refusal().1, "idempotency_running");
                assert!(answer.header("retry-after").is_some());
                continue;
            }
            codes.insert(answer.ok()["code"].to_string());
        }
        assert_eq!(codes.len(), 1, "{codes:?}");
        assert_eq!(owner.get("/api/v1/partners").await.items("code").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_run_that_died_holds_its_key_until_its_lease_ends() {
    for_each_backend(async |test| {
        Company::with_plan(&test, "nanorem-5").await;
        let desk = Desk::of(&test, &[]);
        let owner = desk.who("owner");
        // Another process took the lease and died; its user is the one of the first answer.
        let caller = owner.post_keyed("/api/v1/partners", "known", ENROL).await;
        assert_eq!(caller.status, StatusCode::CREATED);
        let mut keyed = app::idempotency::keyed(
            desk.user("owner"),
            "k".into(),
            "POST /api/v1/partners".into(),
            ENROL.as_bytes(),
        );
        let begun = app::idempotency::begin(&test.app, &keyed).await.expect("stored");
        assert!(matches!(begun, app::idempotency::Begun::Run(_)));
        let early = owner.post_keyed("/api/v1/partners", "k", ENROL).await;
        assert_eq!(
            (early.refusal().1.as_str(), early.header("retry-after")),
            ("idempotency_running", Some("5"))
        );
        test.clock.advance(SignedDuration::from_secs(60));
        assert_eq!(owner.post_keyed("/api/v1/partners", "k", ENROL).await.status, StatusCode::CREATED);
        keyed.key = "known".into();
        test.clock.advance(SignedDuration::from_hours(24));
        let replayed = owner.post_keyed("/api/v1/partners", "k", ENROL).await;
        assert_eq!(replayed.header("idempotency-replayed"), Some("true"), "kept for a day and more");
        test.clock.advance(SignedDuration::from_hours(48));
        let begun = app::idempotency::begin(&test.app, &keyed).await.expect("stored");
        assert!(matches!(begun, app::idempotency::Begun::Run(_)), "old keys are forgotten");
    })
    .await;
}
