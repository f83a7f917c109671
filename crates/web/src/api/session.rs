//! `/api/v1/session`: who is signed in here; signing in, giving the second factor, leaving.

mod body;
mod second_factor;

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use app::auth::{self, sessions, sign_in};
use axum::Json;
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Himself, Turned};
use super::extract::ApiJson;
use super::guard::{public, signed_in};
use super::single::Single;
use crate::problem::ProblemBody;
use crate::{Hands, Problem, Web, entrance};

use body::MeBody;
pub(super) use body::SessionBody;

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(public(routes!(begin)))
        .routes(signed_in(routes!(me)))
        .routes(public(routes!(leave)))
        .routes(signed_in(routes!(authenticate)))
        .merge(second_factor::routes())
}

/// The session that a request shows, however far it has come.
pub(super) struct Shown(pub(super) secrecy::SecretString);

impl<S: Sync> FromRequestParts<S> for Shown {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        entrance::session(&parts.headers).map(Self).ok_or_else(|| Turned::Nobody.into())
    }
}

/// From where a request comes.
pub(super) struct From(sign_in::Origin);

impl FromRequestParts<Web> for From {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        // Without a socket, as in a test, everybody is one.
        let peer = peer.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
        let network = web.lookups.network(peer, &parts.headers);
        let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self(sign_in::Origin::new(network.to_string(), agent.unwrap_or_default())))
    }
}

/// An answer that gives the browser its session.
pub(super) fn holding<T: serde::Serialize>(
    status: StatusCode,
    secret: &secrecy::SecretString,
    body: &T,
) -> Response {
    let cookie = [(header::SET_COOKIE, entrance::cookie(secret))];
    (status, cookie, Json(serde_json::json!(body))).into_response()
}

/// A name and a password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignInBody {
    /// The e-mail address or the phone.
    #[schema(example = "olga@nanorvs.ru", max_length = 200)]
    name: String,
    /// The password.
    #[schema(example = "лосось в тумане 7", max_length = 500)]
    password: String,
}

/// Signs in by name and password.
///
/// The session comes as a cookie. Its `stage` says what comes next: `second_factor` waits for the code,
/// `enrolment` for a second factor to be set up, `full` is finished. An unknown name and a wrong password
/// are answered alike. No `Idempotency-Key`: a second sign-in is a second session.
#[utoipa::path(post, path = "/session", operation_id = "sign_in", tag = "session", request_body = SignInBody,
    responses(
        (status = 201, description = "The session has begun", body = SessionBody),
        (status = 401, description = "Wrong name or password", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn begin(
    State(web): Hands,
    From(origin): From,
    ApiJson(body): ApiJson<SignInBody>,
) -> Result<Response, Problem> {
    let begun = sign_in::sign_in(&web.app, &body.name, &body.password.into(), &origin).await?;
    let body = SessionBody::of(&begun.session, true);
    Ok(holding(StatusCode::CREATED, &begun.secret, &body))
}

/// Shows who is signed in, and what he may do.
#[utoipa::path(get, path = "/session", operation_id = "get_me", tag = "session",
    responses((status = 200, description = "Who calls", body = MeBody),
        (status = 304, description = "It is as `If-None-Match` knows it")))]
async fn me(State(web): Hands, Himself(caller): Himself) -> Result<Single<MeBody>, Problem> {
    let view = app::users::user(&web.app, &app::users::Name::Id(caller.user)).await?;
    Ok(Single(MeBody::of(&caller, &view)))
}

/// Leaves: the session ends, however far it has come.
///
/// Again is no mistake. The browser is asked to forget what it keeps of this site.
#[utoipa::path(delete, path = "/session", operation_id = "sign_out", tag = "session",
    responses((status = 204, description = "Nobody is signed in here")))]
async fn leave(State(web): Hands, headers: HeaderMap) -> Result<Response, Problem> {
    if let Some(secret) = entrance::session(&headers) {
        sessions::sign_out(&web.app, &secret).await?;
    }
    let forget = HeaderValue::from_static("\"cache\", \"cookies\", \"storage\"");
    let headers =
        [(header::SET_COOKIE, entrance::no_cookie()), (HeaderName::from_static("clear-site-data"), forget)];
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}

/// The password again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AuthenticationBody {
    /// The password.
    #[schema(example = "лосось в тумане 7", max_length = 500)]
    password: String,
    /// The code of the second factor, for whoever has one.
    #[schema(example = "123456", max_length = 64)]
    code: Option<String>,
}

/// Gives the password again, before what asks for it; it counts for five minutes.
#[utoipa::path(post, path = "/session/authentications", operation_id = "authenticate_again", tag = "session",
    request_body = AuthenticationBody, responses((status = 204, description = "It counts as given just now")))]
async fn authenticate(
    State(web): Hands,
    Himself(caller): Himself,
    ApiJson(body): ApiJson<AuthenticationBody>,
) -> Result<StatusCode, Problem> {
    auth::sessions::authenticate_again(&web.app, &caller, &body.password.into(), body.code.as_deref())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
