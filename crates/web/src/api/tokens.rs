//! `/api/v1/tokens`: what programs come in with.

use app::auth::{By, tokens};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::access::Permission;
use domain::ids::{TokenId, UserId};
use domain::time::parse_instant;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::caller::Himself;
use super::extract::{ApiJson, ApiPath, Wrong};
use super::guard::{guarded, signed_in, signed_in_once};
use super::idempotency::Untold;
use super::words::{Instant, word};
use crate::problem::ProblemBody;
use crate::{Hands, Problem, Web};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(signed_in(routes!(own)))
        .routes(guarded(Permission::TokensManage, routes!(all)))
        .routes(signed_in_once(routes!(create)))
        .routes(signed_in(routes!(revoke)))
}

/// An API token. Its secret is shown once, when it is made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Token)]
struct TokenBody {
    /// By which it is revoked.
    #[schema(example = "019b0000-0000-7000-8000-000000000000")]
    id: String,
    /// As whom it acts.
    #[schema(example = "019b0000-0000-7000-8000-000000000001")]
    owner: String,
    /// What its maker calls it.
    #[schema(example = "1С")]
    name: String,
    /// How it begins.
    #[schema(example = "nrm_Xa1b2C")]
    prefix: String,
    /// What it may do, if its owner may.
    #[schema(example = json!(["orders.read"]))]
    scopes: Vec<String>,
    /// When it was made.
    created_at: Instant,
    /// When it ends.
    expires_at: Instant,
    /// When it was last used, to the minute.
    last_used_at: Option<Instant>,
    /// When it was revoked.
    revoked_at: Option<Instant>,
}

impl TokenBody {
    fn of(token: &tokens::Token) -> Self {
        Self {
            id: token.id.to_string(),
            owner: token.user.to_string(),
            name: token.name.clone(),
            prefix: token.prefix.clone(),
            scopes: token.scopes.iter().map(word).collect(),
            created_at: token.created_at.into(),
            expires_at: token.expires_at.into(),
            last_used_at: token.last_used_at.map(Instant),
            revoked_at: token.revoked_at.map(Instant),
        }
    }
}

/// Tokens.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tokens)]
struct ListBody {
    /// The newest first, those that ended and were revoked among them.
    items: Vec<TokenBody>,
}

impl ListBody {
    fn of(tokens: &[tokens::Token]) -> Json<Self> {
        Json(Self { items: tokens.iter().map(TokenBody::of).collect() })
    }
}

/// Lists one's own tokens.
#[utoipa::path(get, path = "/tokens", operation_id = "list_tokens", tag = "tokens",
    responses((status = 200, description = "One's own tokens", body = ListBody)))]
async fn own(State(web): Hands, Himself(caller): Himself) -> Result<Json<ListBody>, Problem> {
    Ok(ListBody::of(&tokens::own(&web.app, &caller).await?))
}

/// Lists the tokens of everybody.
#[utoipa::path(get, path = "/tokens/all", operation_id = "list_all_tokens", tag = "tokens",
    responses((status = 200, description = "Everybody's tokens", body = ListBody)))]
async fn all(State(web): Hands, asker: super::caller::Asker) -> Result<Json<ListBody>, Problem> {
    Ok(ListBody::of(&tokens::all(&web.app, By::Caller(&asker.caller)).await?))
}

/// A token that is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WishBody {
    /// Whose; one's own if it is left out. Another's needs `tokens.manage`.
    #[schema(example = "019b0000-0000-7000-8000-000000000001")]
    owner: Option<Uuid>,
    /// What to call it, 1 to 100 characters.
    #[schema(example = "1С", min_length = 1, max_length = 100)]
    name: String,
    /// What it may do: at least one permission, none that its owner or who asks has not.
    #[schema(example = json!(["orders.read"]), min_items = 1)]
    scopes: Vec<String>,
    /// When it ends, at most 366 days ahead.
    #[schema(example = "2026-12-31T00:00:00+03:00")]
    expires_at: String,
}

/// A token with its secret.
#[derive(Serialize, ToSchema)]
#[schema(as = NewToken)]
struct NewBody {
    /// The token.
    #[serde(flatten)]
    token: TokenBody,
    /// To be sent as `Authorization: Bearer …`. Shown once.
    #[schema(example = "nrm_Xa1b2C…")]
    secret: String,
}

/// Makes a token. Asks for the password first; a token makes no tokens.
#[utoipa::path(post, path = "/tokens", operation_id = "create_token", tag = "tokens", request_body = WishBody,
    responses((status = 201, description = "The token and its secret, shown once", body = NewBody)))]
async fn create(
    State(web): Hands,
    Himself(caller): Himself,
    ApiJson(body): ApiJson<WishBody>,
) -> Result<Response, Problem> {
    let mut wrong = Wrong::default();
    let scopes: Vec<Option<Permission>> = (0..)
        .zip(&body.scopes)
        .map(|(place, text)| wrong.read(&format!("/scopes/{place}"), Permission::parse(text)))
        .collect();
    let expires_at = wrong.read("/expires_at", parse_instant(&body.expires_at));
    let (Some(expires_at), Some(scopes)) = (expires_at, scopes.into_iter().collect()) else {
        return Err(wrong.problem());
    };
    let owner = body.owner.map_or(caller.user, UserId::new);
    let wish = tokens::Wish { name: body.name, scopes, expires_at };
    let (token, secret) = tokens::create(&web.app, By::Caller(&caller), owner, &wish).await?;
    let body = NewBody { token: TokenBody::of(&token), secret: secret.expose_secret().to_owned() };
    let mut response = (StatusCode::CREATED, Json(body)).into_response();
    response.extensions_mut().insert(Untold);
    Ok(response)
}

/// Revokes a token: one's own, or anybody's with `tokens.manage`. Again is no mistake.
#[utoipa::path(delete, path = "/tokens/{id}", operation_id = "revoke_token", tag = "tokens",
    params(("id" = Uuid, Path, description = "The token's id")),
    responses(
        (status = 200, description = "It is revoked", body = TokenBody),
        (status = 404, description = "There is none of that id", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn revoke(
    State(web): Hands,
    Himself(caller): Himself,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Json<TokenBody>, Problem> {
    let token = tokens::revoke(&web.app, By::Caller(&caller), TokenId::new(id)).await?;
    Ok(Json(TokenBody::of(&token)))
}
