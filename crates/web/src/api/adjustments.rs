//! `/api/v1/adjustments`: what the office gives and takes by hand.

use app::adjustments::{self, AdjustmentError, Decision};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::access::Permission;
use domain::adjustment::Adjustment;
use domain::lang::Text;
use domain::money::Money;
use domain::partner::PartnerCode;
use domain::reason::Reason;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::Asker;
use super::extract::{ApiJson, ApiPath, Wrong};
use super::guard::{Needs, guarded};
use super::partners::{not_staff, unknown};
use super::words::{Amount, CURRENCY, Instant, currency, word};
use crate::problem::ProblemBody;
use crate::{Hands, Problem, Web};

const MAKE: Needs = Needs::only(Permission::AdjustmentsMake).asking_again();

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(guarded(Permission::AdjustmentsMake, routes!(list)))
        .routes(guarded(MAKE, routes!(make)))
        .routes(guarded(MAKE, routes!(approve)))
        .routes(guarded(MAKE, routes!(reject)))
}

/// An adjustment of a balance by hand.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Adjustment)]
struct AdjustmentBody {
    /// The number people see.
    #[schema(example = 3)]
    number: i64,
    /// Whose balance.
    #[schema(example = "NR00042")]
    partner: String,
    /// What he is given; below zero it is taken from him.
    amount: Amount,
    /// The currency of the amount.
    #[schema(example = "RUB")]
    currency: &'static str,
    /// Why.
    #[schema(example = "бонус за выставку")]
    reason: String,
    /// `requested` waits for another person, `made` has moved the money, `rejected` moves nothing.
    #[schema(example = "made")]
    state: String,
    /// Who wants it.
    #[schema(example = "staff:elena")]
    requested_by: String,
    /// When.
    requested_at: Instant,
    /// Who agreed or refused; `null` where it was within the limit, or still waits.
    #[schema(example = "staff:oleg")]
    decided_by: Option<String>,
    /// When it last changed.
    changed_at: Instant,
}

impl AdjustmentBody {
    fn of(adjustment: &Adjustment, code: &PartnerCode) -> Self {
        Self {
            number: adjustment.number,
            partner: code.to_string(),
            amount: adjustment.amount.into(),
            currency: CURRENCY,
            reason: adjustment.reason.clone(),
            state: word(adjustment.state),
            requested_by: adjustment.requested_by.clone(),
            requested_at: adjustment.requested_at.into(),
            decided_by: adjustment.decided_by.clone(),
            changed_at: adjustment.changed_at.into(),
        }
    }
}

/// Adjustments.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Adjustments)]
struct ListBody {
    /// By number.
    items: Vec<AdjustmentBody>,
}

/// Lists adjustments by hand.
#[utoipa::path(get, path = "/adjustments", operation_id = "list_adjustments", tag = "adjustments",
    responses((status = 200, description = "All of them", body = ListBody)))]
async fn list(State(web): Hands, _: Asker) -> Result<Json<ListBody>, Problem> {
    let adjustments = adjustments::list(&web.app).await?;
    let items = adjustments.iter().map(|(one, code)| AdjustmentBody::of(one, code)).collect();
    Ok(Json(ListBody { items }))
}

/// An adjustment that is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WishBody {
    /// Whose balance.
    #[schema(example = "NR00042")]
    partner: String,
    /// What he is given; with a minus it is taken from him. Never zero.
    #[schema(example = "1500.00", pattern = r"^-?\d+(\.\d{1,2})?$")]
    amount: String,
    /// The currency of the amount, `RUB`, which it is also if it is left out.
    #[schema(example = "RUB")]
    currency: Option<String>,
    /// Why, 1 to 500 characters.
    #[schema(example = "бонус за выставку", min_length = 1, max_length = 500)]
    reason: String,
}

/// Gives to a partner or takes from him.
///
/// What one person did alone within 24 hours and this together over the limit, it waits for another
/// person, and nothing moves yet. Nobody is brought into debt. Asks for the password first.
#[utoipa::path(post, path = "/adjustments", operation_id = "make_adjustment", tag = "adjustments",
    request_body = WishBody,
    responses((status = 201, description = "It is made, or waits: see `state`", body = AdjustmentBody)))]
async fn make(
    State(web): Hands,
    asker: Asker,
    ApiJson(body): ApiJson<WishBody>,
) -> Result<impl IntoResponse, Problem> {
    let mut wrong = Wrong::default();
    let partner = wrong.read("/partner", PartnerCode::parse(&body.partner));
    let amount = wrong.read("/amount", body.amount.parse::<Money>());
    let reason = wrong.read("/reason", Reason::parse(&body.reason));
    body.currency.and_then(|text| wrong.read("/currency", currency(&text)));
    let (Some(partner), Some(amount), Some(reason)) = (partner, amount, reason) else {
        return Err(wrong.problem());
    };
    wrong.refuse()?;
    let actor = &asker.caller.actor;
    let made = adjustments::make(&web.app, actor, &partner, amount, reason.as_str()).await?;
    Ok((StatusCode::CREATED, Json(AdjustmentBody::of(&made, &partner))))
}

/// A decision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DecisionBody {
    /// Why, 1 to 500 characters.
    #[schema(example = "сверено", min_length = 1, max_length = 500)]
    reason: Option<String>,
}

async fn decided(
    web: &Web,
    asker: &Asker,
    number: i64,
    decision: Decision,
    body: DecisionBody,
) -> Result<Json<AdjustmentBody>, Problem> {
    let mut wrong = Wrong::default();
    let reason = body.reason.and_then(|text| wrong.read("/reason", Reason::parse(&text)));
    wrong.refuse()?;
    let reason = reason.as_ref().map(Reason::as_str);
    adjustments::decide(&web.app, &asker.caller.actor, number, decision, reason).await?;
    let adjustments = adjustments::list(&web.app).await?;
    let found = adjustments.iter().find(|(one, _)| one.number == number);
    let (one, code) = found.ok_or(AdjustmentError::Unknown(number))?;
    Ok(Json(AdjustmentBody::of(one, code)))
}

/// Makes an adjustment that another person asked for. Asks for the password first.
#[utoipa::path(post, path = "/adjustments/{number}/approve", operation_id = "approve_adjustment",
    tag = "adjustments", params(("number" = i64, Path, description = "Its number")),
    request_body = DecisionBody,
    responses(
        (status = 200, description = "The money has moved", body = AdjustmentBody),
        (status = 404, description = "There is no such adjustment", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn approve(
    State(web): Hands,
    asker: Asker,
    ApiPath(number): ApiPath<i64>,
    ApiJson(body): ApiJson<DecisionBody>,
) -> Result<Json<AdjustmentBody>, Problem> {
    decided(&web, &asker, number, Decision::Approve, body).await
}

/// Refuses an adjustment that another person asked for. Asks for the password first.
#[utoipa::path(post, path = "/adjustments/{number}/reject", operation_id = "reject_adjustment",
    tag = "adjustments", params(("number" = i64, Path, description = "Its number")),
    request_body = DecisionBody,
    responses(
        (status = 200, description = "Nothing moves", body = AdjustmentBody),
        (status = 404, description = "There is no such adjustment", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn reject(
    State(web): Hands,
    asker: Asker,
    ApiPath(number): ApiPath<i64>,
    ApiJson(body): ApiJson<DecisionBody>,
) -> Result<Json<AdjustmentBody>, Problem> {
    decided(&web, &asker, number, Decision::Reject, body).await
}

impl From<AdjustmentError> for Problem {
    fn from(error: AdjustmentError) -> Self {
        let told = Text::from(&error);
        match error {
            AdjustmentError::UnknownPartner(code) => unknown(&code),
            AdjustmentError::Unknown(_) => Self::unknown("unknown_adjustment", told),
            AdjustmentError::Zero => Wrong::one("/amount", "zero", told),
            AdjustmentError::Reason => Wrong::one("/reason", "invalid", told),
            AdjustmentError::NotEnough { .. } => Self::conflict("not_enough", told),
            AdjustmentError::Decided { .. } => Self::conflict("decided", told),
            AdjustmentError::SamePerson(_) => Self::conflict("same_person", told),
            AdjustmentError::NotStaff => not_staff(),
            AdjustmentError::Store(error) => error.into(),
        }
    }
}
