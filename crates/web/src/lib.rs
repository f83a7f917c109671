//! HTTP: the shop's webhook, the links of partners, health and metrics.
//!
//! A handler turns a request into one verb of `app` and the answer into a response. It never touches
//! the database, and decides nothing about money.

pub mod api;
pub mod entrance;
pub mod health;
pub mod hooks;
pub mod limits;
mod metrics;
mod page;
mod problem;
pub mod r;
mod request;

use std::sync::Arc;
use std::time::Duration;

use ::metrics::histogram;
use app::App;
use app::orders::Intake;
use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use domain::webhook::{LARGEST_BODY, Secrets};
use metrics_exporter_prometheus::PrometheusHandle;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

pub use limits::Limit;
pub use problem::{FieldProblem, Place, Problem};
pub use r::Links;
pub use request::REQUEST_ID;

/// What the handlers need.
#[derive(Clone)]
pub struct Web {
    /// The verbs.
    pub app: App,
    /// Where webhooks are handed in.
    pub intake: Intake,
    /// The secrets of the shop.
    pub secrets: Arc<Secrets>,
    /// The links of partners.
    pub links: Arc<Links>,
    /// How often one address may look a link up.
    pub lookups: Limit,
    /// The figures of this process.
    pub figures: PrometheusHandle,
    /// Who tells who calls.
    pub door: Arc<dyn api::Door>,
}

/// How long a request may take in all.
const LONGEST_REQUEST: Duration = Duration::from_secs(30);

/// Every route there is. Without a secret the webhook does not exist.
pub fn router(web: Web) -> Router {
    let mut router = Router::new()
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::show))
        .merge(links(&web));
    if web.secrets.is_empty() {
        tracing::warn!(
            "no webhook secret is configured, so /hooks/shop does not exist: set NANOREM_SHOP_WEBHOOK_SECRETS"
        );
    } else {
        let limited = post(hooks::shop::receive).layer(DefaultBodyLimit::max(LARGEST_BODY));
        router = router.route("/hooks/shop", limited);
    }
    let fixed = |name, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    let layers = ServiceBuilder::new()
        .layer(middleware::from_fn_with_state(web.clone(), request::identify))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST_REQUEST))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::CACHE_CONTROL, "no-store"))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .layer(fixed(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"));
    router
        .merge(api::router(&web))
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .route_layer(middleware::from_fn(measure))
        .layer(layers)
        .with_state(web)
}

/// The links of partners: open to everybody, so that an address may ask only so often.
fn links(web: &Web) -> Router<Web> {
    Router::new()
        .route("/r/{code}", get(r::visit::visit))
        .route("/r/{code}/qr.svg", get(r::qr::svg))
        .route("/r/{code}/qr.png", get(r::qr::png))
        .route_layer(middleware::from_fn_with_state(web.lookups.clone(), limits::pass))
}

/// Measures every request by its route.
async fn measure(route: Option<MatchedPath>, request: Request, next: Next) -> Response {
    let begun = std::time::Instant::now();
    let response = next.run(request).await;
    let route = route.map_or_else(|| "unknown".to_owned(), |route| route.as_str().to_owned());
    let status = response.status().as_u16().to_string();
    histogram!("nanorem_http_seconds", "route" => route, "status" => status).record(begun.elapsed());
    response
}

/// The state, as handlers take it.
type Hands = State<Web>;
