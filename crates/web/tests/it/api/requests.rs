//! What holds for every request: who calls, in which language he is refused, what is malformed.

use axum::http::{Method, StatusCode};
use serde_json::json;
use testkit::{Company, on_sqlite};

use super::desk::Desk;

#[tokio::test]
async fn nobody_and_strangers_are_told_to_sign_in() {
    on_sqlite(async |test| {
        let desk = Desk::of(&test, &[]);
        let answer = desk.send(Method::GET, "/api/v1/partners", &[], "").await;
        assert_eq!(answer.refusal(), (StatusCode::UNAUTHORIZED, "unauthenticated".into(), None));
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        let answer = desk.who("forged").get("/api/v1/partners").await;
        assert_eq!(answer.refusal(), (StatusCode::UNAUTHORIZED, "bad_credentials".into(), None));
        let answer = desk.who("too-often").get("/api/v1/partners").await;
        assert_eq!(answer.refusal(), (StatusCode::TOO_MANY_REQUESTS, "too_many_requests".into(), None));
        assert_eq!(answer.header("retry-after"), Some("7"));
        let answer = desk.who("broken").get("/api/v1/partners").await;
        assert_eq!(answer.refusal(), (StatusCode::SERVICE_UNAVAILABLE, "unavailable".into(), None));
    })
    .await;
}

#[tokio::test]
async fn who_may_not_is_told_which_permission_is_needed() {
    on_sqlite(async |test| {
        let desk = Desk::of(&test, &[]);
        let answer = desk.who("user").get("/api/v1/partners").await;
        assert_eq!(answer.refusal(), (StatusCode::FORBIDDEN, "forbidden".into(), None));
        assert_eq!(answer.field("detail"), "нужно разрешение partners.read");
        // The permission is asked before anything of the request is read, its key too.
        let body = json!({ "nonsense": true }).to_string();
        let headers = [("authorization", "Bearer support")];
        let answer = desk.send(Method::POST, "/api/v1/partners", &headers, &body).await;
        assert_eq!(answer.refusal().0, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn a_refusal_speaks_the_language_asked_for_and_names_its_request() {
    on_sqlite(async |test| {
        let desk = Desk::of(&test, &[]);
        for (language, title, tag) in
            [("en-GB,en;q=0.9", "Not found", "en"), ("ru", "Не найдено", "ru"), ("fr", "Не найдено", "ru")]
        {
            let answer =
                desk.who("owner").get_with("/api/v1/partners/NR1", &[("accept-language", language)]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
            assert_eq!(answer.field("title"), title, "{language}");
            assert_eq!(answer.header("content-language"), Some(tag));
            assert_eq!(answer.header("vary"), Some("accept-language"));
            let id = answer.header("x-request-id").expect("an id");
            assert_eq!(answer.field("instance"), format!("urn:uuid:{id}"));
        }
        let mine =
            [("x-request-id", "forged\u{7f}")].map(|(name, value)| (name, value.trim_end_matches('\u{7f}')));
        let one = desk.who("owner").get_with("/api/v1/partners", &mine).await;
        let two = desk.who("owner").get_with("/api/v1/partners", &mine).await;
        let ids = [&one, &two].map(|answer| answer.header("x-request-id").expect("an id").to_owned());
        assert!(ids[0] != ids[1] && !ids.contains(&"forged".to_owned()), "{ids:?}");
    })
    .await;
}

#[tokio::test]
async fn what_does_not_exist_or_takes_another_method_is_a_problem() {
    on_sqlite(async |test| {
        let desk = Desk::of(&test, &[]);
        for path in [
            "/api",
            "/api/v1",
            "/api/v1/",
            "/api/v1/nothing",
            "/api/v1/partners/",
            "/api/v2/partners",
            "/api/v1//partners",
        ] {
            let answer = desk.who("owner").get(path).await;
            assert_eq!(answer.refusal(), (StatusCode::NOT_FOUND, "not_found".into(), None), "{path}");
        }
        for method in [Method::PUT, Method::PATCH, Method::DELETE, Method::TRACE, Method::OPTIONS] {
            let answer = desk.send(method.clone(), "/api/v1/partners", &[], "").await;
            assert_eq!(answer.refusal().0, StatusCode::METHOD_NOT_ALLOWED, "{method}");
            assert_eq!(answer.header("allow"), Some("GET,HEAD,POST"), "{method}");
        }
    })
    .await;
}

#[tokio::test]
async fn head_answers_as_get_does_without_the_body() {
    on_sqlite(async |test| {
        Company::with_plan(&test, "nanorem-5").await.partner("A1", None).await;
        let desk = Desk::of(&test, &[]);
        let bearer = [("authorization", "Bearer owner")];
        for path in ["/api/v1/partners", "/api/v1/partners/A1", "/api/v1/partners/NO"] {
            let get = desk.send(Method::GET, path, &bearer, "").await;
            let head = desk.send(Method::HEAD, path, &bearer, "").await;
            assert_eq!((head.status, head.text.as_str()), (get.status, ""), "{path}");
            assert_eq!(head.header("etag"), get.header("etag"), "{path}");
            assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn who_has_the_resource_is_not_sent_it_again() {
    on_sqlite(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.partner("A1", None).await;
        let desk = Desk::of(&test, &[]);
        let owner = desk.who("owner");
        let first = owner.get("/api/v1/partners/A1").await;
        assert_eq!(first.header("cache-control"), Some("private, no-cache"));
        let tag = first.header("etag").expect("a tag").to_owned();
        assert_eq!(tag.len(), 66, "SHA-256 in quotes");
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            let again = owner.get_with("/api/v1/partners/A1", &[("if-none-match", &known)]).await;
            assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""), "{known}");
            assert_eq!(again.header("etag"), Some(tag.as_str()));
        }
        company.partner("B1", Some("A1")).await;
        company.fee("A1", domain::activity::FeeKind::Annual, "2026-01-05T00:00:00+03:00").await;
        let changed = owner.get_with("/api/v1/partners/A1", &[("if-none-match", &tag)]).await;
        assert_eq!(changed.status, StatusCode::OK);
        assert_ne!(changed.header("etag"), Some(tag.as_str()));
        let list = owner.get("/api/v1/partners").await;
        assert_eq!((list.header("etag"), list.header("cache-control")), (None, Some("no-store")));
    })
    .await;
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused_before_anything_is_done() {
    on_sqlite(async |test| {
        let desk = Desk::of(&test, &[]);
        let owner = desk.who("owner");
        let (name, large) = (r#"{"first_name":"a","last_name":"b""#, "x".repeat(64 * 1024));
        for (body, status, code, place) in [
            ("", 400, "malformed_json", None),
            ("{", 400, "malformed_json", None),
            (&format!("{name},\"last_name\":\"c\"}}")[..], 400, "duplicate_key", None),
            (&format!("{name},\"role\":\"owner\"}}"), 422, "invalid", Some("/role")),
            (&format!("{name},\"phone\":79001234567}}"), 422, "invalid", Some("/phone")),
            (r#"{"first_name":"a"}"#, 422, "invalid", Some("/last_name")),
            ("[]", 422, "invalid", Some("")),
            (&format!("{name},\"email\":\"{large}\"}}"), 413, "body_too_large", None),
        ] {
            let answer = owner.post_text("/api/v1/partners", body).await;
            let expected =
                (StatusCode::from_u16(status).expect("a status"), code.to_owned(), place.map(str::to_owned));
            assert_eq!(answer.refusal(), expected, "{body:.60}");
        }
        for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
            let headers =
                [("authorization", "Bearer owner"), ("idempotency-key", &desk.key()), ("content-type", kind)];
            let answer = desk.send(Method::POST, "/api/v1/partners", &headers, "{}").await;
            let expected = (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type".into(), None);
            assert_eq!(answer.refusal(), expected, "{kind}");
        }
        assert_eq!(owner.get("/api/v1/partners").await.items("code"), Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_query_says_nothing_that_is_not_known() {
    on_sqlite(async |test| {
        let desk = Desk::of(&test, &[]);
        for (query, place) in [
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("limit=-1", "limit"),
            ("limit=1&limit=2", "limit"),
            ("limit=99999999999999999999", "limit"),
            ("sort=name", "sort"),
            ("sort=", "sort"),
            ("sort=code;DROP", "sort"),
            ("active=yes", "active"),
            ("search=", "search"),
            ("search=a%00b", "search"),
            ("inviter=%27", "inviter"),
            ("colour=red", "colour"),
        ] {
            let answer = desk.who("owner").get(&format!("/api/v1/partners?{query}")).await;
            assert_eq!(
                answer.refusal(),
                (StatusCode::UNPROCESSABLE_ENTITY, "invalid".into(), Some(place.into())),
                "{query}"
            );
        }
        let answer = desk.who("owner").get("/api/v1/partners?sort=name").await;
        let detail = answer.field("errors")[0]["detail"].as_str().expect("a detail").to_owned();
        assert_eq!(detail, "сортировка бывает code, -code, joined_at, -joined_at");
    })
    .await;
}
