//! `/api/v1/jobs`: what the background worker has to do, and what it failed over.

use app::jobs::{self, JobView, Wanted};
use axum::Json;
use axum::extract::State;
use domain::access::Permission;
use domain::ids::JobId;
use domain::lang::Text;
use domain::text;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::Asker;
use super::extract::{ApiJson, ApiPath, ApiQuery, Wrong};
use super::guard::guarded;
use super::paging::{Asked, PageBody, Paged, Paging, sorted};
use super::partners::searchable;
use super::words::Instant;
use crate::problem::ProblemBody;
use crate::{Hands, Problem, Web};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(guarded(Permission::JobsRead, routes!(list)))
        .routes(guarded(Permission::JobsRevive, routes!(revive)))
}

/// A job that waits or is dead.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Job)]
struct JobBody {
    /// By which it is revived.
    #[schema(example = "019b0000-0000-7000-8000-000000000000")]
    id: String,
    /// What is to be done.
    #[schema(example = "settle_order")]
    kind: String,
    /// To which thing.
    key: String,
    /// `waiting`, or `dead`: it failed too often and waits for a person.
    #[schema(example = "waiting")]
    state: &'static str,
    /// How often it failed.
    attempts: u32,
    /// Not before then.
    run_at: Instant,
    /// Why it failed last.
    last_error: Option<String>,
}

impl JobBody {
    fn of(job: JobView) -> Self {
        Self {
            id: job.id.to_string(),
            kind: job.kind,
            key: job.key,
            state: if job.dead { "dead" } else { "waiting" },
            attempts: job.attempts,
            run_at: job.run_at.into(),
            last_error: job.last_error,
        }
    }
}

/// Which jobs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// `waiting` or `dead`.
    #[param(example = "dead")]
    state: Option<String>,
    /// Only those of this kind.
    #[param(example = "settle_order")]
    kind: Option<String>,
    /// `run_at`; `-` before it turns the order around. The longest due come first unless said.
    #[param(example = "run_at")]
    sort: Option<String>,
    /// How many on a page: 1 to 200, 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

fn is_dead(text: &str) -> Result<bool, Text> {
    match text {
        "waiting" => Ok(false),
        "dead" => Ok(true),
        _ => Err(Text::new("waiting или dead", "waiting or dead")),
    }
}

/// Lists jobs that wait or are dead, the longest due first.
#[utoipa::path(get, path = "/jobs", operation_id = "list_jobs", tag = "jobs", params(ListQuery),
    responses((status = 200, description = "A page of jobs", body = PageBody<JobBody>)))]
async fn list(
    State(web): Hands,
    paging: Paging,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Paged<JobBody>, Problem> {
    let ((), descending) = sorted(query.sort.as_deref(), &[("run_at", ())], ((), false))?;
    let window = paging.window(Asked { limit: query.limit, cursor: query.cursor.as_deref() }, descending)?;
    let mut wrong = Wrong::default();
    let is_dead = wrong.optional("state", query.state.as_deref(), is_dead);
    let kind = wrong.optional("kind", query.kind, searchable);
    wrong.refuse()?;
    let page = jobs::page(&web.app, &Wanted { is_dead, kind }, &window).await?;
    Ok(paging.answer(page, JobBody::of))
}

/// Nothing more has to be said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReviveBody {}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
struct RevivedBody {
    /// The job, which is due at once.
    #[schema(example = "019b0000-0000-7000-8000-000000000000")]
    id: String,
}

/// Lets a dead job run again.
#[utoipa::path(post, path = "/jobs/{id}/revive", operation_id = "revive_job", tag = "jobs",
    params(("id" = String, Path, description = "Its id")), request_body = ReviveBody,
    responses(
        (status = 200, description = "It is due at once", body = RevivedBody),
        (status = 404, description = "There is no such dead job", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn revive(
    State(web): Hands,
    asker: Asker,
    ApiPath(id): ApiPath<JobId>,
    ApiJson(ReviveBody {}): ApiJson<ReviveBody>,
) -> Result<Json<RevivedBody>, Problem> {
    if !jobs::revive(&web.app, id).await? {
        let detail = text!("неудавшегося задания {id} нет", "there is no dead job {id}");
        return Err(Problem::unknown("unknown_job", detail));
    }
    tracing::info!(job.id = %id, actor = %asker.caller.actor, "revived a job");
    Ok(Json(RevivedBody { id: id.to_string() }))
}
