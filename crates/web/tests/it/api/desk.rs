//! Callers of a test: each role has a token of its name, each partner one of his code.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use domain::access::{Caller, Role, Via};
use domain::actor::Actor;
use domain::ids::{SessionId, UserId};
use domain::partner::Partner;
use serde_json::Value;
use testkit::{TestApp, staff};
use web::api::{Door, Entering, Turned};

use crate::client::{Answer, Client, standard};

/// A door that knows callers by bearer tokens.
#[derive(Default)]
struct Table(HashMap<String, Caller>);

impl Door for Table {
    fn caller<'a>(&'a self, headers: &'a HeaderMap) -> Entering<'a> {
        let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let told = match shown.map(|shown| shown.strip_prefix("Bearer ").unwrap_or_default()) {
            None => Err(Turned::Nobody),
            Some("too-often") => Err(Turned::TooOften { retry_after_s: 7 }),
            Some("broken") => Err(Turned::Failed),
            Some(token) => self.0.get(token).cloned().ok_or(Turned::Unknown),
        };
        Box::pin(std::future::ready(told))
    }
}

/// The API with its callers.
pub(crate) struct Desk {
    client: Client,
    users: HashMap<String, UserId>,
    next_key: std::sync::atomic::AtomicU32,
}

/// Who calls: by his token.
pub(crate) struct As<'d> {
    desk: &'d Desk,
    token: &'d str,
}

impl Desk {
    /// Every role, and these partners by their codes.
    pub(crate) fn of(test: &TestApp, partners: &[&Partner]) -> Self {
        let mut table = Table::default();
        for role in Role::ALL {
            let caller = caller(test, *role, staff(role.as_str()), None);
            table.0.insert(role.to_string(), caller);
        }
        for partner in partners {
            let actor = Actor::Partner(partner.code.clone());
            let caller = caller(test, Role::Partner, actor, Some(partner.id));
            table.0.insert(partner.code.to_string(), caller);
        }
        let users = table.0.iter().map(|(token, caller)| (token.clone(), caller.user)).collect();
        let client = Client::behind(test, standard(), Arc::new(table));
        Self { client, users, next_key: std::sync::atomic::AtomicU32::new(1) }
    }

    /// The routes of the API, as the router itself lists them.
    pub(crate) fn routes(&self) -> Vec<String> {
        self.client.routes()
    }

    pub(crate) fn who<'d>(&'d self, token: &'d str) -> As<'d> {
        As { desk: self, token }
    }

    /// The user of a token.
    pub(crate) fn user(&self, token: &str) -> UserId {
        *self.users.get(token).expect("a token of the desk")
    }

    /// Sends a request as it is.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: HeaderName = name.parse().expect("tests name headers rightly");
            map.append(name, HeaderValue::from_str(value).expect("a value that HTTP can carry"));
        }
        self.client.send(method, path, map, Body::from(body.to_owned())).await
    }

    /// A key that no other request of this desk has.
    pub(crate) fn key(&self) -> String {
        format!("key-{}", self.next_key.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
    }
}

fn caller(test: &TestApp, role: Role, actor: Actor, partner: Option<domain::ids::PartnerId>) -> Caller {
    let id = test.app.request_id();
    Caller {
        user: UserId::new(id),
        role,
        actor,
        partner,
        via: Via::Session { id: SessionId::new(id), authenticated_at: test.app.now() },
    }
}

impl As<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    pub(crate) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let mut all = vec![("authorization", bearer.as_str())];
        all.extend_from_slice(headers);
        self.desk.send(Method::GET, path, &all, "").await
    }

    /// Posts with a key of its own.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_text(path, &body.to_string()).await
    }

    pub(crate) async fn post_text(&self, path: &str, body: &str) -> Answer {
        self.post_keyed(path, &self.desk.key(), body).await
    }

    pub(crate) async fn post_keyed(&self, path: &str, key: &str, body: &str) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", key),
        ];
        self.desk.send(Method::POST, path, &headers, body).await
    }
}

impl Answer {
    /// The body of an answer that is as it should be.
    pub(crate) fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/json"), "{self:?}");
        serde_json::from_str(&self.text).expect("the answer is JSON")
    }

    /// The items of a page, by one of their fields.
    pub(crate) fn items(&self, field: &str) -> Vec<Value> {
        let body = self.ok();
        let items = body.get("items").and_then(Value::as_array).expect("a page has items");
        items.iter().map(|item| item.get(field).cloned().unwrap_or_default()).collect()
    }

    /// The status, the code, and the first wrong field of a refusal.
    pub(crate) fn refusal(&self) -> (StatusCode, String, Option<String>) {
        let (code, _) = self.problem();
        let errors = self.field("errors");
        let first = |key: &str| errors.get(0).and_then(|first| first.get(key)).and_then(Value::as_str);
        let place = first("pointer").or(first("field"));
        (self.status, code, place.map(str::to_owned))
    }
}
