//! `/api/v1/periods`: what a month would pay, its two steps of a close, who stood how and why.

mod body;
mod preview;

use app::periods::{self, CloseError};
use axum::Json;
use axum::extract::State;
use domain::access::Permission;
use domain::lang::Text;
use domain::page::{Key, Place};
use domain::partner::PartnerCode;
use domain::period::Period;
use domain::text;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Asker, Reach};
use super::extract::{ApiJson, ApiPath, ApiQuery};
use super::guard::{Needs, guarded};
use super::paging::{Asked, PageBody, Paged, Paging, sorted};
use super::partners::not_staff;
use super::single::Single;
use crate::problem::ProblemBody;
use crate::{Hands, Problem, Web};

use body::{ClosedBody, ExplainedBody, QualifiedBody, StandsBody};
use preview::{PreviewBody, PreviewPartnerBody};

const EXPLAIN: Needs = Needs::or_own(Permission::PeriodsRead, Permission::OwnRead);

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(guarded(Permission::PeriodsRead, routes!(list)))
        .routes(guarded(Permission::PeriodsRead, routes!(preview)))
        .routes(guarded(Permission::PeriodsRead, routes!(preview_partners)))
        .routes(guarded(Permission::PeriodsRead, routes!(standings)))
        .routes(guarded(EXPLAIN, routes!(explain)))
        .routes(guarded(Permission::PeriodsClose, routes!(qualify)))
        .routes(guarded(Permission::PeriodsClose, routes!(close)))
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PageQuery {
    /// How many on a page: 1 to 200, 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

impl PageQuery {
    fn asked(&self) -> Asked<'_> {
        Asked { limit: self.limit, cursor: self.cursor.as_deref() }
    }
}

/// Which closed periods.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// `period`; `-` before it turns the order around. The latest come first unless said.
    #[param(example = "-period")]
    sort: Option<String>,
    /// How many on a page: 1 to 200, 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

fn unknown(period: &str) -> Problem {
    let period: String = period.chars().take(20).collect();
    Problem::unknown(
        "unknown_period",
        text!(
            "{period} — не период: год и месяц, 2026-01",
            "{period} is not a period: year and month, 2026-01"
        ),
    )
}

fn named(text: &str) -> Result<Period, Problem> {
    text.parse().map_err(|_| unknown(text))
}

/// Lists the closed periods, the latest first.
#[utoipa::path(get, path = "/periods", operation_id = "list_periods", tag = "periods", params(ListQuery),
    responses((status = 200, description = "A page of closed periods", body = PageBody<ClosedBody>)))]
async fn list(
    State(web): Hands,
    paging: Paging,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Paged<ClosedBody>, Problem> {
    let ((), descending) = sorted(query.sort.as_deref(), &[("period", ())], ((), true))?;
    let window = paging.window(Asked { limit: query.limit, cursor: query.cursor.as_deref() }, descending)?;
    let mut closed = periods::list(&web.app).await?;
    closed.sort_by_key(|closed| closed.period);
    if descending {
        closed.reverse();
    }
    let page = window.page_of(closed, |closed| Place::of(Key::Text(closed.period.to_string())));
    Ok(paging.answer(page, |closed| ClosedBody::of(&closed)))
}

/// Shows what the rules of a period would pay if it were closed now, and what looks strange.
///
/// Nothing is written. Who gets what stands page by page in `preview/partners`.
#[utoipa::path(get, path = "/periods/{period}/preview", operation_id = "preview_period", tag = "periods",
    params(("period" = String, Path, description = "Year and month", example = "2026-01")),
    responses(
        (status = 200, description = "What the close would pay", body = PreviewBody),
        (status = 304, description = "It is as `If-None-Match` knows it"),
        (status = 404, description = "There is no such period", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 409, description = "No plan is in force at its end", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn preview(
    State(web): Hands,
    ApiPath(period): ApiPath<String>,
) -> Result<Single<PreviewBody>, Problem> {
    let preview = periods::preview(&web.app, named(&period)?).await?;
    Ok(Single(PreviewBody::of(&preview)))
}

/// Lists who would get what if a period were closed now, by code.
#[utoipa::path(get, path = "/periods/{period}/preview/partners", operation_id = "preview_period_partners",
    tag = "periods", params(("period" = String, Path, description = "Year and month", example = "2026-01"), PageQuery),
    responses(
        (status = 200, description = "A page of partners", body = PageBody<PreviewPartnerBody>),
        (status = 404, description = "There is no such period", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 409, description = "No plan is in force at its end", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn preview_partners(
    State(web): Hands,
    paging: Paging,
    ApiPath(period): ApiPath<String>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Paged<PreviewPartnerBody>, Problem> {
    let window = paging.window(query.asked(), false)?;
    let preview = periods::preview(&web.app, named(&period)?).await?;
    let page = window.page_of(preview.partners, |one| Place::of(Key::Text(one.partner_code.to_string())));
    Ok(paging.answer(page, |one| PreviewPartnerBody::of(&one)))
}

/// Lists how everyone stands in a period, as the first step of its close found it, by code.
#[utoipa::path(get, path = "/periods/{period}/standings", operation_id = "list_standings", tag = "periods",
    params(("period" = String, Path, description = "Year and month", example = "2026-01"), PageQuery),
    responses(
        (status = 200, description = "A page of partners", body = PageBody<StandsBody>),
        (status = 404, description = "There is no such period", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 409, description = "It is not qualified yet", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn standings(
    State(web): Hands,
    paging: Paging,
    ApiPath(period): ApiPath<String>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Paged<StandsBody>, Problem> {
    let window = paging.window(query.asked(), false)?;
    let standings = periods::standings(&web.app, named(&period)?).await?;
    let page = window.page_of(standings, |one| Place::of(Key::Text(one.partner_code.to_string())));
    Ok(paging.answer(page, |one| StandsBody::of(&one.partner_code, &one.stands)))
}

/// Explains what a partner gets by the rules of a period, and why not more.
///
/// The rules are run again over the period as it is known today. A partner asks for himself only.
#[utoipa::path(get, path = "/periods/{period}/partners/{code}", operation_id = "explain_period", tag = "periods",
    params(
        ("period" = String, Path, description = "Year and month", example = "2026-01"),
        ("code" = String, Path, description = "The partner's code", example = "NR00001"),
    ),
    responses(
        (status = 200, description = "What he gets and why", body = ExplainedBody),
        (status = 304, description = "It is as `If-None-Match` knows it"),
        (status = 404, description = "There is no such period or partner", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 409, description = "No plan is in force at its end", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn explain(
    State(web): Hands,
    asker: Asker,
    ApiPath((period, code)): ApiPath<(String, String)>,
) -> Result<Single<ExplainedBody>, Problem> {
    let period = named(&period)?;
    let parsed = PartnerCode::parse(&code).map_err(|_| super::partners::unknown(&code))?;
    if asker.reach != Reach::Everybody && !asker.is(&parsed) {
        return Err(super::partners::unknown(&parsed));
    }
    let explained = periods::explain(&web.app, period, &parsed).await?;
    Ok(Single(ExplainedBody::of(&explained, asker.reach)))
}

/// Nothing more has to be said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StepBody {}

/// Takes the first step of a close: keeps everyone's volumes and ranks for review.
#[utoipa::path(post, path = "/periods/{period}/qualify", operation_id = "qualify_period", tag = "periods",
    params(("period" = String, Path, description = "Year and month", example = "2026-01")), request_body = StepBody,
    responses(
        (status = 200, description = "It is qualified", body = QualifiedBody),
        (status = 404, description = "There is no such period", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn qualify(
    State(web): Hands,
    asker: Asker,
    ApiPath(period): ApiPath<String>,
    ApiJson(StepBody {}): ApiJson<StepBody>,
) -> Result<Json<QualifiedBody>, Problem> {
    let run = periods::qualify(&web.app, &asker.caller.actor, named(&period)?).await?;
    Ok(Json(QualifiedBody::of(&run)))
}

/// Closes a period: pays its rules and seals it. It never changes again.
#[utoipa::path(post, path = "/periods/{period}/close", operation_id = "close_period", tag = "periods",
    params(("period" = String, Path, description = "Year and month", example = "2026-01")), request_body = StepBody,
    responses(
        (status = 200, description = "It is closed", body = ClosedBody),
        (status = 404, description = "There is no such period", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn close(
    State(web): Hands,
    asker: Asker,
    ApiPath(period): ApiPath<String>,
    ApiJson(StepBody {}): ApiJson<StepBody>,
) -> Result<Json<ClosedBody>, Problem> {
    let closed = periods::close(&web.app, &asker.caller.actor, named(&period)?).await?;
    Ok(Json(ClosedBody::of(&closed)))
}

impl From<CloseError> for Problem {
    fn from(error: CloseError) -> Self {
        match error {
            CloseError::NotOver { period, end } => Self::conflict(
                "not_over",
                text!("{period} закончится только {end}", "{period} ends only at {end}"),
            ),
            CloseError::AlreadyClosed { period, last } => Self::conflict(
                "already_closed",
                text!(
                    "{period} закрыт: закрыто всё до {last}",
                    "{period} is closed: everything up to {last} is"
                ),
            ),
            CloseError::EarlierOpen(period) => Self::conflict(
                "earlier_open",
                text!(
                    "сначала закройте {period}: периоды закрывают по порядку",
                    "close {period} first: periods are closed in their order"
                ),
            ),
            CloseError::WorkWaits { waiting, dead } => Self::conflict(
                "work_waits",
                text!(
                    "заданий ждёт {waiting}, не удалось {dead}: сначала завершите их",
                    "{waiting} jobs wait and {dead} are dead: let them finish first"
                ),
            ),
            CloseError::NotQualified(period) => Self::conflict(
                "not_qualified",
                text!("сначала первый шаг: qualify {period}", "take the first step before: qualify {period}"),
            ),
            CloseError::FactsChanged(period) => Self::conflict(
                "facts_changed",
                text!(
                    "после первого шага данные за {period} изменились: повторите его и проверьте",
                    "facts of {period} have changed since the first step: take it and review it again"
                ),
            ),
            CloseError::NotClosed(period) => {
                Self::unknown("not_closed", text!("{period} не закрыт", "{period} is not closed"))
            }
            CloseError::NoPlan(period) => Self::conflict(
                "no_plan",
                text!(
                    "на конец {period} ни один план не действует",
                    "no plan is in force at the end of {period}"
                ),
            ),
            CloseError::UnknownPartner(code) => super::partners::unknown(&code),
            CloseError::NotStaff => not_staff(),
            CloseError::Store(error) => error.into(),
            CloseError::Engine(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a period cannot be reckoned");
                let detail = Text::new(
                    "период нельзя посчитать: сначала проверьте книги",
                    "the period cannot be reckoned: verify the books first",
                );
                Self::conflict("cannot_be_reckoned", detail)
            }
        }
    }
}
