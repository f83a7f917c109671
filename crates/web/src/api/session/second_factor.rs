//! `/api/v1/session/second-factor`: giving it, setting it up.

use app::auth::{OneTimeCode, second_factor};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::SessionBody;
use super::{Shown, holding};
use crate::api::caller::Himself;
use crate::api::extract::ApiJson;
use crate::api::guard::{public, signed_in};
use crate::problem::ProblemBody;
use crate::{Hands, Problem, Web};

/// Sessions that are not finished may come here, so that the routes themselves look at the session.
pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(public(routes!(give)))
        .routes(public(routes!(enrol)))
        .routes(public(routes!(confirm)))
        .routes(signed_in(routes!(renew)))
}

/// A code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CodeBody {
    /// Six digits, or a recovery code.
    #[schema(example = "123456", max_length = 64)]
    code: String,
}

/// Gives the second factor, and so finishes the session. It gets a new secret.
#[utoipa::path(post, path = "/session/second-factor", operation_id = "give_second_factor", tag = "session",
    request_body = CodeBody,
    responses(
        (status = 200, description = "The session is finished", body = SessionBody),
        (status = 401, description = "A wrong code, or no session that waits for one", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn give(
    State(web): Hands,
    Shown(secret): Shown,
    ApiJson(body): ApiJson<CodeBody>,
) -> Result<Response, Problem> {
    let finished = second_factor::give(&web.app, &secret, &body.code).await?;
    Ok(holding(StatusCode::OK, &finished.secret, &SessionBody::of(&finished.session, true)))
}

/// What an authenticator app is told.
#[derive(Serialize, ToSchema)]
#[schema(as = Enrolment)]
struct EnrolmentBody {
    /// For a QR picture.
    #[schema(example = "otpauth://totp/NANOREM:olga?secret=…")]
    uri: String,
    /// The same, to type in.
    #[schema(example = "JBSWY3DPEHPK3PXP")]
    secret: String,
}

/// Begins to set the second factor up.
///
/// Shown once; it is asked for only after a code of it was given to `confirmations`.
#[utoipa::path(post, path = "/session/second-factor/enrolments", operation_id = "enrol_second_factor",
    tag = "session",
    responses(
        (status = 201, description = "What the authenticator app is told", body = EnrolmentBody),
        (status = 401, description = "Nobody is signed in", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 403, description = "The password was given too long ago", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 409, description = "There is a second factor already", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn enrol(State(web): Hands, Shown(secret): Shown) -> Result<Response, Problem> {
    let told = second_factor::enrol(&web.app, &secret).await?;
    let body = EnrolmentBody {
        uri: told.uri.expose_secret().to_owned(),
        secret: told.secret.expose_secret().to_owned(),
    };
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// Recovery codes.
#[derive(Serialize, ToSchema)]
#[schema(as = RecoveryCodes)]
struct CodesBody {
    /// Ten, each good once. Shown once.
    #[schema(example = json!(["ABCD-EFGH-JKMN-PQRS"]))]
    recovery_codes: Vec<String>,
}

impl CodesBody {
    fn of(codes: &[OneTimeCode]) -> Self {
        Self { recovery_codes: codes.iter().map(OneTimeCode::reveal).collect() }
    }
}

/// Sets the second factor up with a code of it. The session is finished and gets a new secret.
#[utoipa::path(post, path = "/session/second-factor/confirmations", operation_id = "confirm_second_factor",
    tag = "session", request_body = CodeBody,
    responses(
        (status = 200, description = "It is asked for from now on", body = CodesBody),
        (status = 401, description = "A wrong code", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 403, description = "The password was given too long ago", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 409, description = "There is one already, or none was begun", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn confirm(
    State(web): Hands,
    Shown(secret): Shown,
    ApiJson(body): ApiJson<CodeBody>,
) -> Result<Response, Problem> {
    let (finished, codes) = second_factor::confirm(&web.app, &secret, &body.code).await?;
    Ok(holding(StatusCode::OK, &finished.secret, &CodesBody::of(&codes)))
}

/// New recovery codes in the place of all that were left.
#[utoipa::path(post, path = "/session/recovery-codes", operation_id = "renew_recovery_codes", tag = "session",
    responses((status = 201, description = "The new ones", body = CodesBody)))]
async fn renew(State(web): Hands, Himself(caller): Himself) -> Result<Response, Problem> {
    let codes = second_factor::new_recovery_codes(&web.app, &caller).await?;
    Ok((StatusCode::CREATED, Json(CodesBody::of(&codes))).into_response())
}
