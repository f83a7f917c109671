//! Signing in over HTTP: cookies that no script reads, secrets that change, answers that tell nothing.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use domain::access::Role;
use serde_json::{Value, json};
use testkit::{Authenticator, Company, Person, TestApp, for_each_backend, on_sqlite};
use web::entrance::COOKIE;

use crate::client::{Answer, Client};

/// A browser: it keeps the cookie it is given.
struct Browser<'c> {
    client: &'c Client,
    cookie: Option<String>,
}

impl<'c> Browser<'c> {
    fn new(client: &'c Client) -> Self {
        Self { client, cookie: None }
    }

    async fn send(&mut self, method: Method, path: &str, body: Value) -> Answer {
        let mut headers = HeaderMap::new();
        let text = |text: &str| HeaderValue::from_str(text).expect("plain ASCII");
        if let Some(cookie) = &self.cookie {
            headers.insert(header::COOKIE, text(cookie));
        }
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert("sec-fetch-site", HeaderValue::from_static("same-origin"));
        headers.insert("idempotency-key", text(&format!("{method}-{}", path.len())));
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let answer = self.client.send(method, path, headers, body).await;
        if let Some(set) = answer.header("set-cookie") {
            let pair = set.split(';').next().expect("a pair");
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
        answer
    }

    async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, body).await
    }

    async fn me(&mut self) -> Answer {
        self.send(Method::GET, "/api/v1/session", Value::Null).await
    }
}

fn code(answer: &Answer) -> (StatusCode, String) {
    (answer.status, answer.field("code").as_str().unwrap_or_default().to_owned())
}

/// A person of the office who has chosen his password and nothing more.
async fn newcomer(test: &TestApp, client: &Client) {
    let program = testkit::staff("operator");
    let wanted = app::users::Invitation {
        login: domain::actor::StaffLogin::parse("olga").expect("a login"),
        role: Role::Owner,
        name: domain::partner::NamePart::parse("Ольга").expect("a name"),
        email: Some(domain::partner::Email::parse("olga@nanorvs.ru").expect("an address")),
        phone: None,
    };
    let (_, once) =
        app::users::invite(&test.app, app::users::By::Operator(&program), &wanted).await.expect("invited");
    let once = once.expect("a code").reveal();
    let mut browser = Browser::new(client);
    let weak = browser.post("/api/v1/passwords", json!({ "code": once, "password": "password1" })).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(weak.field("errors")[0]["pointer"], "/password");
    let chosen = json!({ "code": once, "password": Person::PASSWORD });
    assert_eq!(browser.post("/api/v1/passwords", chosen.clone()).await.status, StatusCode::NO_CONTENT);
    let again = browser.post("/api/v1/passwords", chosen).await;
    assert_eq!(code(&again), (StatusCode::UNAUTHORIZED, "bad_code".to_owned()));
}

#[tokio::test]
async fn an_owner_comes_in_step_by_step() {
    for_each_backend(async |test| {
        let client = Client::of(&test);
        newcomer(&test, &client).await;
        let mut browser = Browser::new(&client);
        let begun = browser
            .post("/api/v1/session", json!({ "name": "OLGA@nanorvs.ru", "password": Person::PASSWORD }))
            .await;
        assert_eq!((begun.status, begun.field("stage")), (StatusCode::CREATED, json!("enrolment")));
        let cookie = begun.header("set-cookie").expect("a cookie").to_owned();
        for part in [COOKIE, "; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
        let half = browser.me().await;
        assert_eq!(code(&half), (StatusCode::UNAUTHORIZED, "second_factor_not_set_up".to_owned()));
        let told = browser.post("/api/v1/session/second-factor/enrolments", Value::Null).await;
        let secret = told.field("secret").as_str().expect("a secret").to_owned();
        assert!(told.field("uri").as_str().is_some_and(|uri| uri.starts_with("otpauth://totp/")));
        let phone = Authenticator::new(&secret.into());
        let shown = json!({ "code": phone.shows(test.app.now()) });
        let before = browser.cookie.clone();
        let confirmed = browser.post("/api/v1/session/second-factor/confirmations", shown).await;
        assert_eq!(confirmed.field("recovery_codes").as_array().map(Vec::len), Some(10), "{confirmed:?}");
        assert_ne!(browser.cookie, before, "a new secret with a new right");
        let me = browser.me().await;
        assert_eq!(
            (me.status, me.field("role"), me.field("login")),
            (StatusCode::OK, json!("owner"), json!("olga"))
        );
        assert!(me.field("permissions").as_array().is_some_and(|all| all.contains(&json!("users.manage"))));
        let mut old = Browser { client: &client, cookie: before };
        assert_eq!(code(&old.me().await).1, "bad_credentials", "the secret before is worth nothing");

        let left = browser.send(Method::DELETE, "/api/v1/session", Value::Null).await;
        assert_eq!(left.status, StatusCode::NO_CONTENT);
        assert_eq!(left.header("clear-site-data"), Some("\"cache\", \"cookies\", \"storage\""));
        assert_eq!(browser.cookie, None);
        assert_eq!(code(&browser.me().await).1, "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn an_unknown_name_and_a_wrong_password_are_answered_alike() {
    on_sqlite(async |test| {
        let client = Client::of(&test);
        newcomer(&test, &client).await;
        let mut told = Vec::new();
        for name in ["olga@nanorvs.ru", "nobody@nanorvs.ru", "+79001234567", "", "<script>", "a\u{0}b"] {
            let mut browser = Browser::new(&client);
            let answer =
                browser.post("/api/v1/session", json!({ "name": name, "password": "не тот пароль" })).await;
            let body: Value = serde_json::from_str(&answer.text).expect("JSON");
            told.push((answer.status, body["code"].clone(), body["title"].clone(), body["detail"].clone()));
            assert!(answer.header("set-cookie").is_none(), "{name:?}");
        }
        assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{told:#?}");
        assert_eq!(told[0].1, "wrong_credentials");
    })
    .await;
}

#[tokio::test]
async fn ten_wrong_passwords_are_answered_with_when_to_come_again() {
    on_sqlite(async |test| {
        let client = Client::of(&test);
        newcomer(&test, &client).await;
        let mut browser = Browser::new(&client);
        let wrong = json!({ "name": "olga@nanorvs.ru", "password": "не тот пароль" });
        for _ in 0..10 {
            assert_eq!(browser.post("/api/v1/session", wrong.clone()).await.status, StatusCode::UNAUTHORIZED);
        }
        let right = json!({ "name": "olga@nanorvs.ru", "password": Person::PASSWORD });
        let closed = browser.post("/api/v1/session", right).await;
        assert_eq!(code(&closed), (StatusCode::TOO_MANY_REQUESTS, "too_many_requests".to_owned()));
        assert_eq!(closed.header("retry-after"), Some("900"));
    })
    .await;
}

#[tokio::test]
async fn a_caller_may_ask_three_hundred_times_a_minute() {
    on_sqlite(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.reachable("ANNA", None).await;
        let anna = Person::partner(&test, &company.code("ANNA")).await;
        let client = Client::of(&test);
        let cookie = format!("{COOKIE}={}", secrecy::ExposeSecret::expose_secret(&anna.secret));
        let mut browser = Browser { client: &client, cookie: Some(cookie) };
        for _ in 0..300 {
            assert_eq!(browser.me().await.status, StatusCode::OK);
        }
        let limited = browser.me().await;
        assert_eq!(limited.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(limited.header("retry-after").is_some());
        test.clock.advance(jiff::SignedDuration::from_mins(1));
        assert_eq!(browser.me().await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn another_site_changes_nothing_by_a_visitors_browser() {
    on_sqlite(async |test| {
        let elena = Person::of_the_office(&test, "elena", Role::Accountant).await;
        let client = Client::of(&test);
        let cookie = format!("{COOKIE}={}", secrecy::ExposeSecret::expose_secret(&elena.secret));
        let send = async |lines: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_str(&cookie).expect("plain ASCII"));
            for (name, value) in lines {
                headers.insert(*name, HeaderValue::from_str(value).expect("plain ASCII"));
            }
            client.send(Method::DELETE, "/api/v1/sessions", headers, Body::empty()).await
        };
        for lines in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "https://evil.example"), ("host", "office.example")],
            &[("origin", "null"), ("host", "office.example")],
        ] {
            let refused = send(lines).await;
            assert_eq!(code(&refused), (StatusCode::FORBIDDEN, "cross_origin".to_owned()), "{lines:?}");
        }
        let own = send(&[("sec-fetch-site", "same-origin"), ("origin", "https://office.example")]).await;
        assert_eq!(own.status, StatusCode::NO_CONTENT);
    })
    .await;
}

#[tokio::test]
async fn a_token_is_told_once_and_its_secret_is_kept_nowhere() {
    for_each_backend(async |test| {
        let elena = Person::of_the_office(&test, "elena", Role::Accountant).await;
        let client = Client::of(&test);
        let cookie = format!("{COOKIE}={}", secrecy::ExposeSecret::expose_secret(&elena.secret));
        let mut browser = Browser { client: &client, cookie: Some(cookie) };
        let wish = json!({ "name": "1С", "scopes": ["payouts.read"], "expires_at": "2026-02-10T00:00:00Z" });
        let made = browser.post("/api/v1/tokens", wish.clone()).await;
        assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
        let secret = made.field("secret").as_str().expect("the secret").to_owned();
        let again = browser.post("/api/v1/tokens", wish).await;
        assert_eq!(code(&again), (StatusCode::CONFLICT, "shown_once".to_owned()), "the same key again");
        let mut headers = HeaderMap::new();
        let bearer = HeaderValue::try_from(format!("Bearer {secret}")).expect("plain ASCII");
        headers.insert(header::AUTHORIZATION, bearer);
        let by_token =
            async |path: &str| client.send(Method::GET, path, headers.clone(), Body::empty()).await.status;
        assert_eq!(by_token("/api/v1/payouts").await, StatusCode::OK);
        assert_eq!(by_token("/api/v1/orders").await, StatusCode::FORBIDDEN, "not among its scopes");
        let id = made.field("id").as_str().expect("an id").to_owned();
        let revoked = browser.send(Method::DELETE, &format!("/api/v1/tokens/{id}"), Value::Null).await;
        assert_eq!(revoked.status, StatusCode::OK);
        assert_eq!(by_token("/api/v1/payouts").await, StatusCode::UNAUTHORIZED, "at once");
    })
    .await;
}
