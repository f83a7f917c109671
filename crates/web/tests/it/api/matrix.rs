//! The table of rights in `docs/authorization.md` is the one that holds: every operation of the document
//! is called by everybody, about everybody. An operation that is not in the table fails.

#![expect(clippy::indexing_slicing, reason = "a test that looks in the wrong place should fail")]

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use domain::access::Role;
use domain::money::Money;
use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use testkit::{Company, Person, TestApp, on_sqlite, staff};
use web::entrance::COOKIE;

use crate::client::Client;

const TABLE: &str = include_str!("../../../../../docs/authorization.md");

/// Who calls and about whom: the columns of the table.
const COLUMNS: [&str; 12] = [
    "nobody",
    "user",
    "shop",
    "own",
    "downline",
    "upline",
    "stranger",
    "absent",
    "support",
    "accountant",
    "admin",
    "owner",
];

/// About whom a partner asks, with the number of his payout and adjustment.
const RELATIONS: [(&str, u32); 5] = [("ANNA", 1), ("BORIS", 2), ("ROOT", 3), ("ZOYA", 4), ("NOBODY", 99)];

/// What a caller shows.
enum Shown {
    Nothing,
    Session(SecretString),
    Token(SecretString),
}

/// ROOT, ANNA, BORIS stand under each other, ZOYA apart; each has bought, and waits for a payout.
async fn company(test: &TestApp) {
    let company = Company::with_plan(test, "nanorem-5").await;
    for (code, sponsor) in [("ROOT", None), ("ANNA", Some("ROOT")), ("BORIS", Some("ANNA")), ("ZOYA", None)] {
        company.reachable(code, sponsor).await;
    }
    for (code, _) in RELATIONS.iter().take(4) {
        company.buys(&format!("S-{code}"), code, "1000.00", "2026-01-09T12:00:00+03:00").await;
        let code = company.code(code);
        let ten = Money::from_minor(10_00);
        app::adjustments::make(&test.app, &staff("maria"), &code, ten, "for the test").await.expect("within");
        app::payouts::request(&test.app, &staff("maria"), &code, Some(ten)).await.expect("he has it");
    }
    Person::of_the_office(test, "elena", Role::Support).await;
}

/// An operation as the document has it.
struct Operation {
    method: Method,
    path: String,
    /// Whether the query may name a partner.
    by_partner: bool,
}

async fn operations(client: &Client) -> Vec<Operation> {
    let document = client.get("/api/v1/openapi.json").await;
    let document: Value = serde_json::from_str(&document.text).expect("the document is JSON");
    let paths = document["paths"].as_object().expect("paths");
    let mut operations = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("a path item") {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            operations.push(Operation {
                method: method.to_uppercase().parse().expect("a method"),
                path: path.clone(),
                by_partner: parameters.iter().any(|one| one["name"] == "partner" && one["in"] == "query"),
            });
        }
    }
    // Who leaves first asks nothing more.
    operations.sort_by_key(|one| one.method == Method::DELETE && one.path == "/api/v1/session");
    operations
}

/// The address of an operation about somebody.
fn about(operation: &Operation, (code, number): (&str, u32), plan: &str, user: &str) -> String {
    let id = if operation.path.contains("/plans/") { plan } else { "019b0000-0000-7000-8000-00000000ffff" };
    let order = format!("nanorvs/S-{code}");
    let path = operation
        .path
        .replace("{source}/{id}", &order)
        .replace("{code}", code)
        .replace("{number}", &number.to_string())
        .replace("{id}", id)
        .replace("{name}", user)
        .replace("{period}", "2026-01")
        .replace("{sku}", "RVS");
    if operation.by_partner {
        return format!("{path}?partner={code}");
    }
    // Without something to look for, nothing is looked for.
    if path.ends_with("/downline") { format!("{path}?search=N") } else { path }
}

async fn called(test: &TestApp, client: &Client, shown: &Shown, operation: &Operation, path: &str) -> String {
    // So that nobody asks too often.
    test.clock.advance(SignedDuration::from_millis(200));
    let mut headers = HeaderMap::new();
    let text = |text: String| HeaderValue::try_from(text).expect("plain ASCII");
    match shown {
        Shown::Nothing => {}
        Shown::Session(secret) => {
            headers.insert(header::COOKIE, text(format!("{COOKIE}={}", secret.expose_secret())));
        }
        Shown::Token(secret) => {
            headers.insert(header::AUTHORIZATION, text(format!("Bearer {}", secret.expose_secret())));
        }
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert("idempotency-key", text(test.app.request_id().to_string()));
    let body = if operation.method == Method::GET { Body::empty() } else { Body::from("{}") };
    let answer = client.send(operation.method.clone(), path, headers, body).await;
    match answer.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => {
            answer.status.as_u16().to_string()
        }
        status => {
            assert!(!status.is_server_error(), "{} {path}: {answer:?}", operation.method);
            assert_ne!(status, StatusCode::TOO_MANY_REQUESTS, "{path}");
            "✓".to_owned()
        }
    }
}

/// What everybody is answered, by operation; the columns in their order.
async fn walked(test: &TestApp) -> BTreeMap<String, Vec<String>> {
    company(test).await;
    let client = Client::of(test);
    let operations = operations(&client).await;
    let plan =
        app::plans::timeline(&test.app, &mut test.app.store.begin_read().await.expect("a transaction"))
            .await
            .expect("the plans can be read");
    let plan = plan.versions().next().expect("one is in force").0.id.to_string();
    let mut table: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for column in COLUMNS {
        let shown = match column {
            "nobody" => Shown::Nothing,
            "user" => Shown::Session(Person::registered(test, "fedor").await.secret),
            "shop" => Shown::Token(Person::shop_token(test, "nanorvs").await),
            "own" => {
                let anna = Company::of(test).code("ANNA");
                Shown::Session(Person::partner(test, &anna).await.secret)
            }
            "downline" | "upline" | "stranger" | "absent" => {
                let (password, origin) = (Person::PASSWORD.into(), testkit::origin());
                let begun =
                    app::auth::sign_in::sign_in(&test.app, "anna@nanorvs.ru", &password, &origin).await;
                Shown::Session(begun.expect("the password is right").secret)
            }
            role => {
                let role = Role::parse(role).expect("a role");
                Shown::Session(Person::of_the_office(test, &format!("a-{role}"), role).await.secret)
            }
        };
        let place = ["own", "downline", "upline", "stranger", "absent"].iter().position(|one| *one == column);
        let relation = RELATIONS[place.unwrap_or(0)];
        let user = if place.is_some() { relation.0 } else { "elena" };
        for operation in &operations {
            let path = about(operation, relation, &plan, user);
            let cell = called(test, &client, &shown, operation, &path).await;
            let name = format!("{} {}", operation.method, operation.path.trim_start_matches("/api/v1"));
            table.entry(name).or_default().push(cell);
        }
    }
    table
}

#[tokio::test]
async fn the_table_of_rights_is_the_one_that_holds() {
    on_sqlite(async |test| {
        let found: Vec<String> = walked(&test)
            .await
            .into_iter()
            .map(|(operation, cells)| format!("| `{operation}` | {} |", cells.join(" | ")))
            .collect();
        let told: Vec<&str> = TABLE.lines().filter(|line| line.starts_with("| `")).collect();
        assert!(found == told, "docs/authorization.md says otherwise; what holds is:\n{}", found.join("\n"));
    })
    .await;
}
