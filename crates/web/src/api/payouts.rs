//! `/api/v1/payouts`: asked for, approved by another person, sent, settled or failed.

mod refusals;

use app::payouts::{self, PayoutError, Shown, Wanted, Whose};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use domain::access::Permission;
use domain::actor::Actor;
use domain::lang::Text;
use domain::money::Money;
use domain::partner::PartnerCode;
use domain::payout::{PayoutState, PayoutStep};
use domain::reason::Reason;
use domain::text;
use domain::time::parse_instant;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Asker, Reach};
use super::extract::{ApiJson, ApiPath, ApiQuery, Wrong};
use super::guard::{Needs, guarded};
use super::paging::{Asked, PageBody, Paged, Paging, sorted};
use super::single::Single;
use super::words::{Amount, CURRENCY, Instant, currency, word};
use crate::problem::ProblemBody;
use crate::{Hands, Problem, Web};

const READ: Needs = Needs::or_own(Permission::PayoutsRead, Permission::OwnRead);
const REQUEST: Needs = Needs::or_own(Permission::PayoutsRequest, Permission::OwnPayouts).asking_again();
const APPROVE: Needs = Needs::only(Permission::PayoutsApprove).asking_again();
const SEND: Needs = Needs::only(Permission::PayoutsSend).asking_again();

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(guarded(READ, routes!(list)))
        .routes(guarded(READ, routes!(one)))
        .routes(guarded(REQUEST, routes!(request)))
        .routes(guarded(APPROVE, routes!(approve)))
        .routes(guarded(Permission::PayoutsApprove, routes!(reject)))
        .routes(guarded(SEND, routes!(send)))
        .routes(guarded(Permission::PayoutsSend, routes!(settle)))
        .routes(guarded(Permission::PayoutsSend, routes!(fail)))
}

/// A payout to a partner.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Payout)]
struct PayoutBody {
    /// The number people see.
    #[schema(example = 17)]
    number: i64,
    /// To whom.
    #[schema(example = "NR00042")]
    partner: String,
    /// How much.
    amount: Amount,
    /// The currency of the amount.
    #[schema(example = "RUB")]
    currency: &'static str,
    /// `requested`, `approved`, `rejected`, `sent`, `settled` or `failed`.
    #[schema(example = "requested")]
    state: String,
    /// Who asked for it.
    #[schema(example = "partner:NR00042")]
    requested_by: String,
    /// When.
    requested_at: Instant,
    /// Who approved it; `null` to the partner himself, who is not told.
    #[schema(example = "staff:elena")]
    approved_by: Option<String>,
    /// When it last changed.
    changed_at: Instant,
}

impl PayoutBody {
    fn of((payout, code): &Shown, reach: Reach) -> Self {
        let approved_by = payout.approved_by.clone().filter(|_| reach == Reach::Everybody);
        // Of an act of the office the partner learns that it was the office's.
        let requested_by = match reach {
            Reach::Own(_) if payout.requested_by.starts_with("staff:") => "staff".to_owned(),
            _ => payout.requested_by.clone(),
        };
        Self {
            number: payout.number,
            partner: code.to_string(),
            amount: payout.amount.into(),
            currency: CURRENCY,
            state: word(payout.state),
            requested_by,
            requested_at: payout.requested_at.into(),
            approved_by,
            changed_at: payout.changed_at.into(),
        }
    }
}

/// Which payouts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only those to this partner; a partner who asks sees only his own.
    #[param(example = "NR00042")]
    partner: Option<String>,
    /// Only those in this state.
    #[param(example = "requested")]
    state: Option<String>,
    /// Only those asked for from this instant on.
    #[param(example = "2026-01-01T00:00:00+03:00")]
    from: Option<String>,
    /// Only those asked for before this instant.
    #[param(example = "2026-02-01T00:00:00+03:00")]
    until: Option<String>,
    /// `number`; `-` before it turns the order around. The latest come first unless said.
    #[param(example = "-number")]
    sort: Option<String>,
    /// How many on a page: 1 to 200, 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

fn state(text: &str) -> Result<PayoutState, Text> {
    let unknown = || {
        let names = "requested, approved, rejected, sent, settled, failed";
        text!("состояние выплаты: {names}", "a state of a payout: {names}")
    };
    PayoutState::parse(text).ok_or_else(unknown)
}

/// Lists payouts, the latest first.
#[utoipa::path(get, path = "/payouts", operation_id = "list_payouts", tag = "payouts", params(ListQuery),
    responses((status = 200, description = "A page of payouts", body = PageBody<PayoutBody>)))]
async fn list(
    State(web): Hands,
    asker: Asker,
    paging: Paging,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Paged<PayoutBody>, Problem> {
    let ((), descending) = sorted(query.sort.as_deref(), &[("number", ())], ((), true))?;
    let window = paging.window(Asked { limit: query.limit, cursor: query.cursor.as_deref() }, descending)?;
    let mut wrong = Wrong::default();
    let named = wrong.optional("partner", query.partner.as_deref(), PartnerCode::parse);
    let state = wrong.optional("state", query.state.as_deref(), state);
    let from = wrong.optional("from", query.from.as_deref(), parse_instant);
    let until = wrong.optional("until", query.until.as_deref(), parse_instant);
    wrong.refuse()?;
    let whose = match (asker.reach, named) {
        (Reach::Everybody, None) => Whose::Everybody,
        (Reach::Everybody, Some(code)) => Whose::Named(code),
        (Reach::Own(partner), None) => Whose::Own(partner),
        (Reach::Own(partner), Some(code)) if asker.is(&code) => Whose::Own(partner),
        (Reach::Own(_), Some(code)) => return Err(super::partners::unknown(&code)),
    };
    let page = payouts::page(&web.app, &Wanted { whose, state, from, until }, &window).await?;
    Ok(paging.answer(page, |shown| PayoutBody::of(&shown, asker.reach)))
}

/// Shows one payout.
#[utoipa::path(get, path = "/payouts/{number}", operation_id = "get_payout", tag = "payouts",
    params(("number" = i64, Path, description = "Its number", example = 17)),
    responses(
        (status = 200, description = "The payout", body = PayoutBody),
        (status = 304, description = "It is as `If-None-Match` knows it"),
        (status = 404, description = "There is no such payout", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn one(
    State(web): Hands,
    asker: Asker,
    ApiPath(number): ApiPath<i64>,
) -> Result<Single<PayoutBody>, Problem> {
    let shown = payouts::one(&web.app, number).await?;
    match asker.reach {
        Reach::Own(partner) if shown.0.partner != partner => Err(PayoutError::Unknown(number).into()),
        reach => Ok(Single(PayoutBody::of(&shown, reach))),
    }
}

/// A payout that is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RequestBody {
    /// To whom; a partner may leave it out, it is himself.
    #[schema(example = "NR00042")]
    partner: Option<String>,
    /// How much; all that is available if it is left out.
    #[schema(example = "1234.50", pattern = r"^\d+(\.\d{1,2})?$")]
    amount: Option<String>,
    /// The currency of the amount, `RUB`, which it is also if it is left out.
    #[schema(example = "RUB")]
    currency: Option<String>,
}

/// Asks for a payout. The money is set aside at once.
#[utoipa::path(post, path = "/payouts", operation_id = "request_payout", tag = "payouts", request_body = RequestBody,
    responses(
        (status = 201, description = "It is asked for; `Location` is the payout", body = PayoutBody),
        (status = 404, description = "There is no such partner", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn request(
    State(web): Hands,
    asker: Asker,
    ApiJson(body): ApiJson<RequestBody>,
) -> Result<impl IntoResponse, Problem> {
    let mut wrong = Wrong::default();
    let partner = match (&body.partner, &asker.caller.actor) {
        (Some(text), _) => wrong.read("/partner", PartnerCode::parse(text)),
        (None, Actor::Partner(own)) => Some(own.clone()),
        (None, _) => wrong.read("/partner", Err(Text::new("назовите партнёра", "name the partner"))),
    };
    let amount = body.amount.and_then(|text| wrong.read("/amount", text.parse::<Money>()));
    body.currency.and_then(|text| wrong.read("/currency", currency(&text)));
    let Some(partner) = partner else { return Err(wrong.problem()) };
    wrong.refuse()?;
    let payout = payouts::request(&web.app, &asker.caller.actor, &partner, amount).await?;
    let location = [(header::LOCATION, format!("/api/v1/payouts/{}", payout.number))];
    Ok((StatusCode::CREATED, location, Json(PayoutBody::of(&(payout, partner), asker.reach))))
}

/// Why a payout is taken a step on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StepBody {
    /// Why, 1 to 500 characters; it may be left out where nothing is refused.
    #[schema(example = "сверено с ведомостью", min_length = 1, max_length = 500)]
    reason: Option<String>,
}

/// Why a payout is rejected or failed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RefusalBody {
    /// Why, 1 to 500 characters.
    #[schema(example = "неверные реквизиты", min_length = 1, max_length = 500)]
    reason: String,
}

async fn advance(
    web: &Web,
    asker: &Asker,
    number: i64,
    step: PayoutStep,
    reason: Option<String>,
) -> Result<Json<PayoutBody>, Problem> {
    let mut wrong = Wrong::default();
    let reason = reason.and_then(|text| wrong.read("/reason", Reason::parse(&text)));
    wrong.refuse()?;
    let reason = reason.as_ref().map(Reason::as_str);
    payouts::advance(&web.app, &asker.caller.actor, number, step, reason).await?;
    Ok(Json(PayoutBody::of(&payouts::one(&web.app, number).await?, asker.reach)))
}

/// Approves a payout that another person asked for.
#[utoipa::path(post, path = "/payouts/{number}/approve", operation_id = "approve_payout", tag = "payouts",
    params(("number" = i64, Path, description = "Its number")), request_body = StepBody,
    responses(
        (status = 200, description = "It is approved", body = PayoutBody),
        (status = 404, description = "There is no such payout", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn approve(
    State(web): Hands,
    asker: Asker,
    ApiPath(number): ApiPath<i64>,
    ApiJson(body): ApiJson<StepBody>,
) -> Result<Json<PayoutBody>, Problem> {
    advance(&web, &asker, number, PayoutStep::Approve, body.reason).await
}

/// Rejects a payout that is not sent yet; the money is back.
#[utoipa::path(post, path = "/payouts/{number}/reject", operation_id = "reject_payout", tag = "payouts",
    params(("number" = i64, Path, description = "Its number")), request_body = RefusalBody,
    responses(
        (status = 200, description = "It is rejected", body = PayoutBody),
        (status = 404, description = "There is no such payout", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn reject(
    State(web): Hands,
    asker: Asker,
    ApiPath(number): ApiPath<i64>,
    ApiJson(body): ApiJson<RefusalBody>,
) -> Result<Json<PayoutBody>, Problem> {
    advance(&web, &asker, number, PayoutStep::Reject, Some(body.reason)).await
}

/// Marks an approved payout as given to the bank.
#[utoipa::path(post, path = "/payouts/{number}/send", operation_id = "send_payout", tag = "payouts",
    params(("number" = i64, Path, description = "Its number")), request_body = StepBody,
    responses(
        (status = 200, description = "It is sent", body = PayoutBody),
        (status = 404, description = "There is no such payout", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn send(
    State(web): Hands,
    asker: Asker,
    ApiPath(number): ApiPath<i64>,
    ApiJson(body): ApiJson<StepBody>,
) -> Result<Json<PayoutBody>, Problem> {
    advance(&web, &asker, number, PayoutStep::Send, body.reason).await
}

/// Marks a sent payout as arrived.
#[utoipa::path(post, path = "/payouts/{number}/settle", operation_id = "settle_payout", tag = "payouts",
    params(("number" = i64, Path, description = "Its number")), request_body = StepBody,
    responses(
        (status = 200, description = "It is settled", body = PayoutBody),
        (status = 404, description = "There is no such payout", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn settle(
    State(web): Hands,
    asker: Asker,
    ApiPath(number): ApiPath<i64>,
    ApiJson(body): ApiJson<StepBody>,
) -> Result<Json<PayoutBody>, Problem> {
    advance(&web, &asker, number, PayoutStep::Settle, body.reason).await
}

/// Marks a sent payout as returned by the bank; the money is back.
#[utoipa::path(post, path = "/payouts/{number}/fail", operation_id = "fail_payout", tag = "payouts",
    params(("number" = i64, Path, description = "Its number")), request_body = RefusalBody,
    responses(
        (status = 200, description = "It has failed", body = PayoutBody),
        (status = 404, description = "There is no such payout", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn fail(
    State(web): Hands,
    asker: Asker,
    ApiPath(number): ApiPath<i64>,
    ApiJson(body): ApiJson<RefusalBody>,
) -> Result<Json<PayoutBody>, Problem> {
    advance(&web, &asker, number, PayoutStep::Fail, Some(body.reason)).await
}
