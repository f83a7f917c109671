//! `/api/v1/openapi.json`, and `/api/v1/docs`: a page to browse it, which ships in the program and works
//! without a network.

use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::Web;

/// Where the document stands.
const DOCUMENT: &str = "/api/v1/openapi.json";

/// The page runs its own scripts only; its widgets set styles by themselves and carry icons inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) fn routes(document: &OpenApi) -> Router<Web> {
    let config = Config::from(DOCUMENT).validator_url("none").default_models_expand_depth(0);
    let page: Router<Web> = SwaggerUi::new("/api/v1/docs").config(config).into();
    let policy =
        SetResponseHeaderLayer::overriding(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    // Keys in order, so that the document of a version is always the same text.
    let document = serde_json::to_value(document).expect("a document is plain structs and texts");
    let show = get(move || std::future::ready(Json(document.clone()).into_response()));
    // The files of the page are those of the program: they change with it, and hold nothing of anybody.
    let keep = HeaderValue::from_static("public, max-age=3600");
    let keep = SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, keep);
    page.layer(policy).layer(keep).route(DOCUMENT, show)
}
