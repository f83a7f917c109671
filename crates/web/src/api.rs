//! `/api/v1`: the company's REST API. Folder = URL, file = resource.
//!
//! Every route is put on the router by [`guard::guarded`] or [`guard::public`], which check who may call
//! it and write the same into the OpenAPI document, so that the two cannot differ. What a route answers
//! is built from structs of this module, never from those of `app`: their keys are the contract.

mod accruals;
mod adjustments;
mod audit;
mod auth_refusals;
pub mod caller;
mod document;
mod extract;
mod guard;
mod idempotency;
mod jobs;
mod ledger;
mod orders;
mod own;
mod page;
mod paging;
mod partners;
mod payouts;
mod periods;
mod plans;
mod products;
mod session;
mod single;
mod tokens;
mod users;
mod webhooks;
mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::{Web, entrance};

pub use caller::{Door, Entering, Turned};
pub use guard::{FRESH, Needs, PERMISSION, PERMISSION_FOR_OWN, PUBLIC, SIGNED_IN};

/// The largest body that a request may have, in bytes.
pub(crate) const LARGEST_BODY: usize = 64 * 1024;

/// Every route below `/api/v1` with its description.
fn resources() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .merge(session::routes())
        .merge(own::routes())
        .merge(partners::routes())
        .merge(orders::routes())
        .merge(accruals::routes())
        .merge(payouts::routes())
        .merge(adjustments::routes())
        .merge(periods::routes())
        .merge(plans::routes())
        .merge(products::routes())
        .merge(users::routes())
        .merge(tokens::routes())
        .merge(audit::routes())
        .merge(jobs::routes())
        .merge(webhooks::routes())
        .merge(ledger::routes())
}

fn whole() -> OpenApiRouter<Web> {
    OpenApiRouter::with_openapi(document::head()).nest("/api/v1", resources())
}

/// The OpenAPI document of the API.
pub fn document() -> OpenApi {
    whole().into_openapi()
}

/// The API itself, with its document and the page to browse it.
pub fn router(web: &Web) -> Router<Web> {
    let (router, document) = whole().split_for_parts();
    router
        .layer(middleware::from_fn(single::conditional))
        .layer(middleware::from_fn_with_state(web.clone(), caller::enter))
        .layer(middleware::from_fn(entrance::same_origin))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .merge(page::routes(&document))
}
