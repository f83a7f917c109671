//! What holds for every route: the document, and what the document says.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode};
use domain::access::Permission;
use serde_json::Value;
use testkit::on_sqlite;

use super::desk::Desk;

/// The document, as it is served.
async fn document(desk: &Desk) -> Value {
    let answer = desk.send(Method::GET, "/api/v1/openapi.json", &[], "").await;
    assert_eq!(answer.status, StatusCode::OK);
    serde_json::from_str(&answer.text).expect("the document is JSON")
}

/// Every operation as (path, method, operation).
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let of = |(path, item): (&String, &Value)| {
        let item = item.as_object().expect("a path item").clone();
        item.into_iter().map(|(method, operation)| (path.clone(), method, operation)).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of).collect()
}

#[tokio::test]
async fn the_document_lists_exactly_the_routes_that_exist() {
    on_sqlite(async |test| {
        let desk = Desk::of(&test, &[]);
        let document = document(&desk).await;
        let mut documented: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (path, method, _) in operations(&document) {
            documented.entry(path).or_default().insert(method.to_uppercase());
        }
        let browsing = ["/api/v1/openapi.json", "/api/v1/docs", "/api/v1/docs/", "/api/v1/docs/{*rest}"];
        let routed: BTreeSet<String> = desk
            .routes()
            .into_iter()
            .filter(|route| route.starts_with("/api/") && !browsing.contains(&route.as_str()))
            .collect();
        assert_eq!(routed, documented.keys().cloned().collect());
        for (path, methods) in documented {
            let path: String = path.replace(['{', '}'], "");
            let answer = desk.send(Method::TRACE, &path, &[], "").await;
            assert_eq!(answer.refusal().0, StatusCode::METHOD_NOT_ALLOWED, "{path}");
            let mut allowed: BTreeSet<String> =
                answer.header("allow").expect("Allow").split(',').map(str::to_owned).collect();
            allowed.remove("HEAD");
            assert_eq!(allowed, methods, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn every_operation_says_what_it_is_who_may_and_what_it_answers() {
    on_sqlite(async |test| {
        let document = document(&Desk::of(&test, &[])).await;
        assert_eq!(document["openapi"], "3.1.0");
        let tags: Vec<&str> = document["tags"]
            .as_array()
            .expect("tags")
            .iter()
            .filter_map(|tag| tag["name"].as_str())
            .collect();
        let mut ids = BTreeSet::new();
        for (path, method, operation) in operations(&document) {
            let at = format!("{method} {path}");
            let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
            assert!(!id.is_empty() && ids.insert(id), "{at} has an id of its own");
            let tag = operation["tags"][0].as_str().unwrap_or_default();
            assert!(tags.contains(&tag), "{at}: {tag:?} is a described tag");
            assert!(
                operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()),
                "{at} has a summary"
            );
            let permission = operation[web::api::PERMISSION].as_str().unwrap_or_default();
            let is_public = permission == web::api::PUBLIC;
            let is_known = [web::api::PUBLIC, web::api::SIGNED_IN].contains(&permission);
            assert!(is_known || Permission::parse(permission).is_ok(), "{at}: {permission:?}");
            let mut expected = vec!["400", "422", "429", "500", "503"];
            if !is_public {
                expected.extend(["401", "403"]);
                assert!(operation["security"].as_array().is_some_and(|ways| ways.len() == 2), "{at}");
            }
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let key = parameters.iter().find(|one| one["name"] == "Idempotency-Key");
            assert!(key.is_none_or(|key| key["required"] == true && method == "post"), "{at}");
            // What comes with a password or a code carries no key: not even a digest of it is kept.
            assert!(is_known || method != "post" || key.is_some(), "{at}");
            if key.is_some() {
                expected.push("409");
            }
            if method == "post" {
                expected.extend(["413", "415"]);
            }
            for status in expected {
                let schema = &operation["responses"][status]["content"]["application/problem+json"]["schema"];
                assert_eq!(schema["$ref"], "#/components/schemas/Problem", "{at} {status}");
            }
            for (status, response) in operation["responses"].as_object().expect("responses") {
                let about = response["description"].as_str().unwrap_or_default();
                assert!(!about.is_empty(), "{at} {status} is described");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn every_reference_of_the_document_leads_somewhere() {
    on_sqlite(async |test| {
        let document = document(&Desk::of(&test, &[])).await;
        let mut waiting = vec![&document];
        let mut found = 0;
        while let Some(value) = waiting.pop() {
            if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
                let pointer = reference.strip_prefix('#').expect("a reference within the document");
                assert!(document.pointer(pointer).is_some(), "{reference}");
                found += 1;
            }
            waiting.extend(value.as_array().into_iter().flatten());
            waiting.extend(value.as_object().into_iter().flat_map(|object| object.values()));
        }
        assert!(found > 10, "{found} references");
    })
    .await;
}

#[tokio::test]
async fn the_page_is_in_the_program_and_runs_nothing_from_elsewhere() {
    on_sqlite(async |test| {
        let desk = Desk::of(&test, &[]);
        let page = desk.send(Method::GET, "/api/v1/docs/", &[], "").await;
        assert_eq!((page.status, page.header("content-type")), (StatusCode::OK, Some("text/html")));
        let policy = page.header("content-security-policy").expect("a policy").to_owned();
        assert!(policy.contains("script-src 'self';") && !policy.contains("http"), "{policy}");
        assert!(!page.text.contains("http://") && !page.text.contains("https://"), "{}", page.text);
        assert!(!page.text.contains("<script>"), "no script stands in the page itself");
        for file in [
            "swagger-ui.css",
            "swagger-ui-bundle.js",
            "swagger-ui-standalone-preset.js",
            "swagger-initializer.js",
        ] {
            let answer = desk.send(Method::GET, &format!("/api/v1/docs/{file}"), &[], "").await;
            assert_eq!(answer.status, StatusCode::OK, "{file}");
            assert_eq!(answer.header("content-security-policy"), Some(policy.as_str()), "{file}");
        }
    })
    .await;
}
