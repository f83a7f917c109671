//! What concerns the caller himself: `/api/v1/sessions`, `/passwords`, `/telegram-link`.

use app::auth::{OneTimeCode, sessions, sign_in, telegram};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::ids::SessionId;
use domain::lang::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::caller::Himself;
use super::extract::{ApiJson, ApiPath};
use super::guard::{public, signed_in};
use super::session::SessionBody;
use crate::problem::ProblemBody;
use crate::{Hands, Problem, Web};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(signed_in(routes!(list)))
        .routes(signed_in(routes!(end)))
        .routes(signed_in(routes!(end_others)))
        .routes(public(routes!(choose)))
        .routes(signed_in(routes!(change)))
        .routes(signed_in(routes!(link)))
        .routes(signed_in(routes!(unlink)))
}

/// One's own sessions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Sessions)]
struct ListBody {
    /// The last used first.
    items: Vec<SessionBody>,
}

/// Lists one's own sessions.
#[utoipa::path(get, path = "/sessions", operation_id = "list_sessions", tag = "session",
    responses((status = 200, description = "The sessions that live", body = ListBody)))]
async fn list(State(web): Hands, Himself(caller): Himself) -> Result<Json<ListBody>, Problem> {
    let sessions = sessions::list(&web.app, &caller).await?;
    let items = sessions.iter().map(|view| SessionBody::of(&view.session, view.is_this)).collect();
    Ok(Json(ListBody { items }))
}

/// Ends one of one's own sessions.
#[utoipa::path(delete, path = "/sessions/{id}", operation_id = "end_session", tag = "session",
    params(("id" = Uuid, Path, description = "The session's id")),
    responses(
        (status = 204, description = "It has ended"),
        (status = 404, description = "There is none of that id", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn end(
    State(web): Hands,
    Himself(caller): Himself,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<StatusCode, Problem> {
    if sessions::end(&web.app, &caller, SessionId::new(id)).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    let detail = Text::new("такого сеанса нет", "there is no such session");
    Err(Problem::unknown("unknown_session", detail))
}

/// Ends every other session of one's own.
#[utoipa::path(delete, path = "/sessions", operation_id = "end_other_sessions", tag = "session",
    responses((status = 204, description = "Only the one that asks is left")))]
async fn end_others(State(web): Hands, Himself(caller): Himself) -> Result<StatusCode, Problem> {
    sessions::end_others(&web.app, &caller).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A password chosen with a code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChoiceBody {
    /// The code for one use, of an invitation or of a reset.
    #[schema(example = "ABCD-EFGH-JKMN-PQRS-TVWX-YZ01-23", max_length = 64)]
    code: String,
    /// 8 to 128 characters of any kind, nothing that is guessed first.
    #[schema(example = "лосось в тумане 7", min_length = 8, max_length = 128)]
    password: String,
}

/// Chooses a password with the code of an invitation or of a reset.
///
/// Every session ends; sign in afterwards. A weak password does not use the code up.
#[utoipa::path(post, path = "/passwords", operation_id = "choose_password", tag = "session",
    request_body = ChoiceBody,
    responses(
        (status = 204, description = "It is chosen"),
        (status = 401, description = "The code is unknown, used or too old", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn choose(State(web): Hands, ApiJson(body): ApiJson<ChoiceBody>) -> Result<StatusCode, Problem> {
    sign_in::choose_password(&web.app, &OneTimeCode::typed(&body.code), &body.password.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordBody {
    /// 8 to 128 characters of any kind, nothing that is guessed first.
    #[schema(example = "лосось в тумане 7", min_length = 8, max_length = 128)]
    password: String,
}

/// Changes one's own password; asks for the old one first. Other sessions end.
#[utoipa::path(put, path = "/passwords/own", operation_id = "change_password", tag = "session",
    request_body = PasswordBody, responses((status = 204, description = "It is changed")))]
async fn change(
    State(web): Hands,
    Himself(caller): Himself,
    ApiJson(body): ApiJson<PasswordBody>,
) -> Result<StatusCode, Problem> {
    sign_in::change_password(&web.app, &caller, &body.password.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A code for the bot.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TelegramCode)]
struct LinkBody {
    /// Good once, for ten minutes.
    #[schema(example = "ABCD-EFGH-JKMN-PQRS-TVWX-YZ01-23")]
    code: String,
}

/// Makes the code by which the bot links a Telegram account to who is signed in.
#[utoipa::path(post, path = "/telegram-link", operation_id = "make_telegram_code", tag = "session",
    responses((status = 201, description = "The code; show it to the bot", body = LinkBody)))]
async fn link(State(web): Hands, Himself(caller): Himself) -> Result<Response, Problem> {
    let code = telegram::link_code(&web.app, &caller).await?;
    Ok((StatusCode::CREATED, Json(LinkBody { code: code.reveal() })).into_response())
}

/// Unlinks the Telegram account of who is signed in.
#[utoipa::path(delete, path = "/telegram-link", operation_id = "unlink_telegram", tag = "session",
    responses((status = 204, description = "None is linked")))]
async fn unlink(State(web): Hands, Himself(caller): Himself) -> Result<StatusCode, Problem> {
    telegram::unlink(&web.app, &caller).await?;
    Ok(StatusCode::NO_CONTENT)
}
