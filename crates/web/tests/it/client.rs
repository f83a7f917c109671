//! A router on a test's app, and what it answers.

use std::num::NonZeroU32;
use std::sync::Arc;

use app::Clock;
use app::links::Clicks;
use app::orders::Intake;
use axum::Router;
use axum::body::Body;
use axum::http::response::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use domain::link::{Destination, Destinations, LinkKey, PublicUrl, TargetName, Window};
use domain::webhook::{Secret, Secrets};
use http_body_util::BodyExt;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::Value;
use testkit::{FakeShop, TestApp};
use tower::ServiceExt;
use web::api::Door;
use web::entrance::Entrance;
use web::limits::{Limit, Proxies, Ticks};
use web::{Links, Web};

/// The program as a client meets it.
pub(crate) struct Client(Router);

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

/// The secrets that the shop of these tests signs with.
pub(crate) fn standard() -> Secrets {
    let secret = Secret::parse(FakeShop::SECRET).expect("the test's secret is right");
    Secrets { standard: vec![secret], legacy: None }
}

/// The door of the program.
fn entrance(test: &TestApp) -> Arc<dyn Door> {
    Arc::new(Entrance::new(test.app.clone(), ticks(test)))
}

/// Ticks that pass as the test's clock does.
fn ticks(test: &TestApp) -> Ticks {
    let (clock, begun) = (test.clock.clone(), test.app.now());
    Ticks::new(move || clock.now().duration_since(begun).unsigned_abs())
}

impl Client {
    pub(crate) fn of(test: &TestApp) -> Self {
        Self::with(test, standard())
    }

    pub(crate) fn with(test: &TestApp, secrets: Secrets) -> Self {
        Self::measured(test, secrets, PrometheusBuilder::new().build_recorder().handle())
    }

    pub(crate) fn measured(test: &TestApp, secrets: Secrets, figures: PrometheusHandle) -> Self {
        Self::started(test, secrets, figures, links("https://office.example"), entrance(test))
    }

    /// With a door that callers come in by.
    pub(crate) fn behind(test: &TestApp, secrets: Secrets, door: Arc<dyn Door>) -> Self {
        let figures = PrometheusBuilder::new().build_recorder().handle();
        Self::started(test, secrets, figures, links("https://office.example"), door)
    }

    /// With links of its own.
    pub(crate) fn linked(test: &TestApp, secrets: Secrets, figures: PrometheusHandle, links: Links) -> Self {
        Self::started(test, secrets, figures, links, entrance(test))
    }

    fn started(
        test: &TestApp,
        secrets: Secrets,
        figures: PrometheusHandle,
        links: Links,
        door: Arc<dyn Door>,
    ) -> Self {
        let (intake, _task) = Intake::start(test.app.clone());
        let proxies = Proxies::parse(["127.0.0.1"]).expect("an address");
        let sixty = NonZeroU32::new(60).expect("above zero");
        Self(web::router(Web {
            app: test.app.clone(),
            intake,
            secrets: secrets.into(),
            links: links.into(),
            lookups: Limit::per_minute(sixty, proxies, ticks(test)),
            figures,
            door,
        }))
    }

    /// The routes, as the router itself lists them.
    pub(crate) fn routes(&self) -> Vec<String> {
        let shown = format!("{:?}", self.0);
        let mut routes: Vec<String> =
            shown.split('"').filter(|text| text.starts_with('/')).map(str::to_owned).collect();
        routes.sort();
        routes.dedup();
        routes
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, HeaderMap::new(), Body::empty()).await
    }

    /// Posts to the shop's endpoint with exactly these headers.
    pub(crate) async fn hook(&self, headers: &[(&str, &[u8])], body: Vec<u8>) -> Answer {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: HeaderName = name.parse().expect("tests name headers rightly");
            map.append(name, HeaderValue::from_bytes(value).expect("a value that HTTP can carry"));
        }
        self.send(Method::POST, "/hooks/shop", map, Body::from(body)).await
    }

    /// Posts an event as the shop does.
    pub(crate) async fn tell(&self, test: &TestApp, id: &str, event: &Value) -> Answer {
        self.post_signed(test, id, event.to_string().into_bytes()).await
    }

    /// Posts any bytes with a right signature.
    pub(crate) async fn post_signed(&self, test: &TestApp, id: &str, body: Vec<u8>) -> Answer {
        let headers = signed(test, id, &body);
        let headers: Vec<(&str, &[u8])> =
            headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        self.hook(&headers, body).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str, headers: HeaderMap, body: Body) -> Answer {
        let mut request = Request::builder().method(method).uri(path).body(body).expect("a valid request");
        *request.headers_mut() = headers;
        let (parts, bytes) = self.answer(request).await;
        let text = String::from_utf8(bytes).expect("answers are UTF-8");
        Answer { status: parts.status, headers: parts.headers, text }
    }

    /// What comes back for any request, in bytes.
    pub(crate) async fn answer(&self, request: Request<Body>) -> (Parts, Vec<u8>) {
        let response = self.0.clone().oneshot(request).await.expect("the router always answers");
        let (parts, body) = response.into_parts();
        (parts, body.collect().await.expect("the body ends").to_bytes().to_vec())
    }
}

/// Links to a shop and a bot, under an address.
pub(crate) fn links(public_url: &str) -> Links {
    let bot = Destination::parse("https://t.me/nanorem_bot?start={code}").expect("a destination");
    let named = [(TargetName::parse("bot").expect("a name"), bot)];
    Links {
        public_url: PublicUrl::parse(public_url).expect("an address"),
        destinations: Destinations { named: named.into(), ..Destinations::default() },
        window: Window::default(),
        key: LinkKey::derive(b"a secret of these tests"),
        clicks: Clicks::default(),
    }
}

/// The three headers of a message signed now.
pub(crate) fn signed(test: &TestApp, id: &str, body: &[u8]) -> [(&'static str, String); 3] {
    let secret = Secret::parse(FakeShop::SECRET).expect("the test's secret is right");
    let now = test.app.now();
    [
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", now.as_second().to_string()),
        ("webhook-signature", secret.sign(id, now, body)),
    ]
}

impl Answer {
    /// A field of its JSON.
    pub(crate) fn field(&self, name: &str) -> Value {
        let body: Value = serde_json::from_str(&self.text).expect("the answer is JSON");
        body.get(name).cloned().unwrap_or_default()
    }

    /// Asserts that it is a refusal as they all are, and gives its code and its detail.
    pub(crate) fn problem(&self) -> (String, String) {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        assert_eq!(self.field("status"), self.status.as_u16(), "{self:?}");
        let text = |key: &str| self.field(key).as_str().expect("a text").to_owned();
        let title = text("title");
        assert!(
            title.chars().any(|letter| ('а'..='я').contains(&letter)),
            "{title:?} is for Russian readers"
        );
        (text("code"), text("detail"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}
