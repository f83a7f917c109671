//! `/api/v1/plans`: which plan is in force when; checking, trying and comparing them.

mod body;
mod comparing;
mod trying;

use app::plans::{self, Activate, ActivateError, Activation, PlanVersion};
use axum::Json;
use axum::extract::State;
use domain::access::Permission;
use domain::ids::PlanVersionId;
use domain::lang::Text;
use domain::page::{Key, Place};
use domain::text;
use domain::time::parse_instant;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::Asker;
use super::extract::{ApiJson, ApiPath, ApiQuery, Wrong};
use super::guard::guarded;
use super::paging::{Asked, PageBody, Paged, Paging, sorted};
use super::partners::not_staff;
use super::single::Single;
use crate::problem::ProblemBody;
use crate::{FieldProblem, Hands, Place as At, Problem, Web};

use body::{PlanBody, PlanTextBody};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(guarded(Permission::PlansRead, routes!(list)))
        .routes(guarded(Permission::PlansRead, routes!(one)))
        .routes(guarded(Permission::PlansRead, routes!(schema)))
        .routes(guarded(Permission::PlansActivate, routes!(activate)))
        .merge(trying::routes())
        .merge(comparing::routes())
}

/// Which versions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// `since`; `-` before it turns the order around. The latest come first unless said.
    #[param(example = "-since")]
    sort: Option<String>,
    /// How many on a page: 1 to 200, 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Lists every version that was proposed or is in force from a date, the latest first.
#[utoipa::path(get, path = "/plans", operation_id = "list_plans", tag = "plans", params(ListQuery),
    responses((status = 200, description = "A page of versions", body = PageBody<PlanBody>)))]
async fn list(
    State(web): Hands,
    paging: Paging,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Paged<PlanBody>, Problem> {
    let ((), descending) = sorted(query.sort.as_deref(), &[("since", ())], ((), true))?;
    let window = paging.window(Asked { limit: query.limit, cursor: query.cursor.as_deref() }, descending)?;
    let (mut versions, in_force) = versions(&web).await?;
    versions.sort_by_key(place_of);
    if descending {
        versions.reverse();
    }
    let page = window.page_of(versions, place_of);
    Ok(paging.answer(page, |version| PlanBody::of(&version, in_force)))
}

fn place_of(version: &PlanVersion) -> Place {
    Place { key: Key::Number(version.since.as_microsecond()), id: version.id.uuid() }
}

/// Every version, and which of them is in force now.
async fn versions(web: &Web) -> Result<(Vec<PlanVersion>, Option<PlanVersionId>), Problem> {
    let in_force = plans::in_force_now(&web.app).await?;
    Ok((plans::list(&web.app).await?, in_force))
}

/// Shows one version with its text and what it says in plain words.
#[utoipa::path(get, path = "/plans/{id}", operation_id = "get_plan", tag = "plans",
    params(("id" = String, Path, description = "Its id; `current` is the one in force now", example = "current")),
    responses(
        (status = 200, description = "The version", body = PlanTextBody),
        (status = 304, description = "It is as `If-None-Match` knows it"),
        (status = 404, description = "There is no such version", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn one(State(web): Hands, ApiPath(id): ApiPath<String>) -> Result<Single<PlanTextBody>, Problem> {
    let (versions, in_force) = versions(&web).await?;
    let is_it = |version: &&PlanVersion| match id.as_str() {
        "current" => Some(version.id) == in_force,
        id => version.id.to_string() == id,
    };
    let version = versions.iter().find(is_it).ok_or_else(|| unknown(&id))?;
    Ok(Single(PlanTextBody::of(version, in_force)))
}

fn unknown(id: &str) -> Problem {
    let id: String = id.chars().take(40).collect();
    Problem::unknown("unknown_plan", text!("версии плана {id} нет", "there is no version {id} of the plan"))
}

/// A JSON Schema, as it stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(as = PlanSchema, value_type = Object)]
struct SchemaBody(serde_json::Value);

/// Gives the JSON Schema of plans, by which editors complete and check them.
#[utoipa::path(get, path = "/plans/schema", operation_id = "get_plan_schema", tag = "plans",
    responses(
        (status = 200, description = "The schema", body = SchemaBody),
        (status = 304, description = "It is as `If-None-Match` knows it"),
    ))]
async fn schema() -> Single<SchemaBody> {
    Single(SchemaBody(serde_json::from_str(plans::SCHEMA).expect("the schema that ships is JSON")))
}

/// A plan that is to hold from a date.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ActivateBody {
    /// The whole plan, as TOML.
    text: String,
    /// From when on it holds.
    #[schema(example = "2026-02-01T00:00:00+03:00")]
    since: String,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
struct ActivatedBody {
    /// `in_force`, or `proposed`: another person has to send the same text with the same date.
    #[schema(example = "proposed")]
    outcome: &'static str,
}

/// Proposes a plan from a date, or brings what another person proposed into force.
///
/// The first plan of a company comes into force at once. Later ones need two persons: the first
/// proposes, another sends the same text with the same date.
#[utoipa::path(post, path = "/plans", operation_id = "activate_plan", tag = "plans", request_body = ActivateBody,
    responses((status = 200, description = "It is proposed or in force", body = ActivatedBody)))]
async fn activate(
    State(web): Hands,
    asker: Asker,
    ApiJson(body): ApiJson<ActivateBody>,
) -> Result<Json<ActivatedBody>, Problem> {
    let mut wrong = Wrong::default();
    let Some(since) = wrong.read("/since", parse_instant(&body.since)) else { return Err(wrong.problem()) };
    let wanted = Activate { file_name: "text", text: &body.text, since, force: false };
    let outcome = match plans::activate(&web.app, &asker.caller.actor, wanted).await? {
        Activation::InForce => "in_force",
        Activation::Proposed => "proposed",
    };
    Ok(Json(ActivatedBody { outcome }))
}

/// The refusal of a plan that cannot be read: each mistake with its place.
fn cannot_be_read(pointer: &str, diagnostics: &plan::Diagnostics) -> Problem {
    let error = |one: &plan::Diagnostic| {
        let line = |lang| one.line_in(lang);
        let detail = Text::new(line(plan::Lang::Ru), line(plan::Lang::En));
        FieldProblem::new(At::Pointer(pointer.to_owned()), "plan_mistake", detail)
    };
    Problem::invalid(diagnostics.iter().take(50).map(error).collect())
}

impl From<ActivateError> for Problem {
    fn from(error: ActivateError) -> Self {
        match error {
            ActivateError::Invalid(diagnostics) => cannot_be_read("/text", &diagnostics),
            ActivateError::TouchesAccrued { last, since } => Self::conflict(
                "touches_accrued",
                text!(
                    "заказы до {last} уже начислены, поэтому план не может действовать с {since}: выберите дату позже",
                    "orders up to {last} are accrued already, so a plan cannot hold from {since}: choose a later date"
                ),
            ),
            ActivateError::TouchesFees { last, since } => Self::conflict(
                "touches_fees",
                text!(
                    "взносы до {last} приняты на других условиях, поэтому план не может действовать с {since}: выберите дату позже",
                    "fees up to {last} are taken by other terms, so a plan cannot hold from {since}: choose a later date"
                ),
            ),
            ActivateError::TouchesClosed { period, since } => Self::conflict(
                "touches_closed",
                text!(
                    "{period} закрыт по другому плану, поэтому план не может действовать с {since}: выберите дату позже",
                    "{period} is closed by another plan, so a plan cannot hold from {since}: choose a later date"
                ),
            ),
            ActivateError::WithinMonth { from, period } => Self::conflict(
                "within_month",
                text!(
                    "план, который платит при закрытии, действует целыми месяцами, а {from} — внутри {period}",
                    "a plan that pays at the close of a month holds for whole months, not from {from} within {period}"
                ),
            ),
            ActivateError::OtherZone { known, told } => Self::conflict(
                "other_zone",
                text!(
                    "компания считает месяцы по поясу {known}, а план — по {told}",
                    "the company counts its months in {known}, so a plan cannot count them in {told}"
                ),
            ),
            ActivateError::AlreadyInForce(since) => Self::conflict(
                "already_in_force",
                text!("этот план уже действует с {since}", "this plan holds from {since} already"),
            ),
            ActivateError::NotStaff => not_staff(),
            ActivateError::Store(error) => error.into(),
        }
    }
}
