//! `/api/v1/webhooks`: what the shop told and was not accepted.

use app::orders::{self, Troubled, TroubledOnly};
use axum::extract::State;
use domain::access::Permission;
use domain::lang::Text;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiQuery, Wrong};
use super::guard::guarded;
use super::paging::{Asked, PageBody, Paged, Paging, sorted};
use super::words::{Instant, word};
use crate::{Hands, Problem, Web};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(guarded(Permission::WebhooksRead, routes!(list)))
}

/// A webhook that was not accepted. Its body, which may name a customer, is not shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Webhook)]
struct WebhookBody {
    /// When it came first.
    received_at: Instant,
    /// The sender's id of the message.
    message_id: String,
    /// `refused`, or `conflict`: it contradicts what is known.
    #[schema(example = "conflict")]
    verdict: String,
    /// Why.
    problem: Option<String>,
    /// The order it concerns, as `shop/id`.
    #[schema(example = "nanorvs/S-1")]
    order: Option<String>,
    /// How many times it came.
    #[schema(example = 1)]
    deliveries: i64,
}

impl WebhookBody {
    fn of(troubled: Troubled) -> Self {
        Self {
            received_at: troubled.received_at.into(),
            message_id: troubled.message_id,
            verdict: word(troubled.verdict),
            problem: troubled.problem,
            order: troubled.order,
            deliveries: troubled.deliveries,
        }
    }
}

/// Which webhooks.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// `refused` or `conflict`; both unless said.
    #[param(example = "conflict")]
    verdict: Option<String>,
    /// `received_at`; `-` before it turns the order around. The latest come first unless said.
    #[param(example = "-received_at")]
    sort: Option<String>,
    /// How many on a page: 1 to 200, 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

fn verdict(text: &str) -> Result<TroubledOnly, Text> {
    match text {
        "refused" => Ok(TroubledOnly::Refused),
        "conflict" => Ok(TroubledOnly::Conflicts),
        _ => Err(Text::new("refused или conflict", "refused or conflict")),
    }
}

/// Lists webhooks that were refused or contradict what is known, the latest first.
#[utoipa::path(get, path = "/webhooks", operation_id = "list_webhooks", tag = "webhooks", params(ListQuery),
    responses((status = 200, description = "A page of webhooks", body = PageBody<WebhookBody>)))]
async fn list(
    State(web): Hands,
    paging: Paging,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Paged<WebhookBody>, Problem> {
    let ((), descending) = sorted(query.sort.as_deref(), &[("received_at", ())], ((), true))?;
    let window = paging.window(Asked { limit: query.limit, cursor: query.cursor.as_deref() }, descending)?;
    let mut wrong = Wrong::default();
    let only = wrong.optional("verdict", query.verdict.as_deref(), verdict).unwrap_or(TroubledOnly::Both);
    wrong.refuse()?;
    let page = orders::troubled_page(&web.app, only, &window).await?;
    Ok(paging.answer(page, WebhookBody::of))
}
