//! `/api/v1/users`: who may sign in. People of the office and shops by login, partners by their code.

use app::auth::OneTimeCode;
use app::users::{self, By, Change, Invitation, Name, UserView};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::access::{Permission, Role};
use domain::actor::StaffLogin;
use domain::lang::Text;
use domain::partner::{Email, NamePart, PartnerCode, Phone};
use domain::user::User;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::Asker;
use super::extract::{ApiJson, ApiPath, Wrong};
use super::guard::guarded;
use super::idempotency::Untold;
use super::session::SessionBody;
use super::words::{Instant, word};
use crate::problem::ProblemBody;
use crate::{Hands, Problem, Web};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(guarded(Permission::UsersRead, routes!(list)))
        .routes(guarded(Permission::UsersRead, routes!(one)))
        .routes(guarded(Permission::UsersRead, routes!(sessions)))
        .routes(guarded(Permission::UsersManage, routes!(invite)))
        .routes(guarded(Permission::PartnersWrite, routes!(give_access)))
        .routes(guarded(Permission::UsersManage, routes!(change)))
        .routes(guarded(Permission::UsersManage, routes!(new_code)))
}

/// Somebody who may sign in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
struct UserBody {
    /// Identity, also of the owner of a token.
    #[schema(example = "019b0000-0000-7000-8000-000000000001")]
    id: String,
    /// The name in the audit trail; `null` for a partner.
    #[schema(example = "elena")]
    login: Option<String>,
    /// `owner`, `admin`, `accountant`, `support`, `partner`, `user` or `shop`.
    #[schema(example = "accountant")]
    role: String,
    /// `invited`, `active` or `blocked`.
    #[schema(example = "active")]
    state: String,
    /// How he is called.
    #[schema(example = "Елена")]
    name: String,
    /// When he was invited.
    created_at: Instant,
}

impl UserBody {
    fn of(user: &User) -> Self {
        Self {
            id: user.id.to_string(),
            login: user.login.as_ref().map(ToString::to_string),
            role: word(user.role),
            state: word(user.state),
            name: user.name.to_string(),
            created_at: user.created_at.into(),
        }
    }
}

/// Somebody of the office, or a shop.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UserCard)]
struct CardBody {
    /// Who.
    #[serde(flatten)]
    user: UserBody,
    /// Since when a second factor is asked of him.
    second_factor_since: Option<Instant>,
}

impl CardBody {
    fn of(view: &UserView) -> Self {
        let second_factor_since = view.second_factor_since.map(Instant);
        Self { user: UserBody::of(&view.user), second_factor_since }
    }
}

/// The office.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Users)]
struct ListBody {
    /// By login.
    items: Vec<CardBody>,
}

/// Lists the people of the office and the shops.
#[utoipa::path(get, path = "/users", operation_id = "list_users", tag = "users",
    responses((status = 200, description = "Everybody with a login", body = ListBody)))]
async fn list(State(web): Hands, _: Asker) -> Result<Json<ListBody>, Problem> {
    let staff = users::staff(&web.app).await?;
    Ok(Json(ListBody { items: staff.iter().map(CardBody::of).collect() }))
}

/// A login, or a partner's code in capitals.
fn named(text: &str) -> Result<Name, Problem> {
    let unknown = || {
        let shown: String = text.chars().take(40).collect();
        let detail = Text::new(format!("пользователя {shown} нет"), format!("there is no user {shown}"));
        Problem::unknown("unknown_user", detail)
    };
    if text.chars().any(|letter| letter.is_ascii_uppercase()) {
        return PartnerCode::parse(text).map(Name::Partner).map_err(|_| unknown());
    }
    StaffLogin::parse(text).map(Name::Login).map_err(|_| unknown())
}

/// Shows one user.
#[utoipa::path(get, path = "/users/{name}", operation_id = "get_user", tag = "users",
    params(("name" = String, Path, description = "A login, or a partner's code", example = "elena")),
    responses(
        (status = 200, description = "Who may sign in", body = CardBody),
        (status = 404, description = "There is no such user", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn one(State(web): Hands, _: Asker, ApiPath(name): ApiPath<String>) -> Result<Json<CardBody>, Problem> {
    Ok(Json(CardBody::of(&users::user(&web.app, &named(&name)?).await?)))
}

/// The sessions of a user.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UserSessions)]
struct SessionsBody {
    /// The last used first.
    items: Vec<SessionBody>,
}

/// Lists the sessions of a user.
#[utoipa::path(get, path = "/users/{name}/sessions", operation_id = "list_user_sessions", tag = "users",
    params(("name" = String, Path, description = "A login, or a partner's code", example = "elena")),
    responses(
        (status = 200, description = "Those that live", body = SessionsBody),
        (status = 404, description = "There is no such user", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn sessions(
    State(web): Hands,
    _: Asker,
    ApiPath(name): ApiPath<String>,
) -> Result<Json<SessionsBody>, Problem> {
    let sessions = users::sessions(&web.app, &named(&name)?).await?;
    Ok(Json(SessionsBody { items: sessions.iter().map(|one| SessionBody::of(one, false)).collect() }))
}

/// Somebody of the office, or a shop, to be invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InvitationBody {
    /// His name in the audit trail: 1 to 64 of `a-z 0-9 . _ - @`.
    #[schema(example = "elena", min_length = 1, max_length = 64)]
    login: String,
    /// `owner`, `admin`, `accountant`, `support` or `shop`.
    #[schema(example = "accountant")]
    role: String,
    /// How he is called.
    #[schema(example = "Елена", min_length = 1, max_length = 150)]
    name: String,
    /// By which he will sign in; this or a phone is needed, but not for a shop.
    #[schema(example = "elena@nanorvs.ru")]
    email: Option<String>,
    /// By which he will sign in.
    #[schema(example = "+79001234567")]
    phone: Option<String>,
}

/// A user with the code by which he chooses his password.
#[derive(Serialize, ToSchema)]
#[schema(as = Invited)]
struct InvitedBody {
    /// Who.
    #[serde(flatten)]
    user: UserBody,
    /// Good once. Shown once; `null` for a shop, which comes with tokens only.
    #[schema(example = "ABCD-EFGH-JKMN-PQRS-TVWX-YZ01-23")]
    code: Option<String>,
}

fn invited(user: &User, code: Option<&OneTimeCode>) -> Response {
    let body = InvitedBody { user: UserBody::of(user), code: code.map(OneTimeCode::reveal) };
    let mut response = (StatusCode::CREATED, Json(body)).into_response();
    response.extensions_mut().insert(Untold);
    response
}

/// Invites somebody of the office, or makes the user of a shop. Asks for the password first.
#[utoipa::path(post, path = "/users", operation_id = "invite_user", tag = "users",
    request_body = InvitationBody,
    responses((status = 201, description = "He may choose a password within 24 hours", body = InvitedBody)))]
async fn invite(
    State(web): Hands,
    asker: Asker,
    ApiJson(body): ApiJson<InvitationBody>,
) -> Result<Response, Problem> {
    let mut wrong = Wrong::default();
    let login = wrong.read("/login", StaffLogin::parse(&body.login));
    let role = wrong.read("/role", Role::parse(&body.role));
    let name = wrong.read("/name", NamePart::parse(&body.name));
    let email = body.email.and_then(|text| wrong.read("/email", Email::parse(&text)));
    let phone = body.phone.and_then(|text| wrong.read("/phone", Phone::parse(&text)));
    let (Some(login), Some(role), Some(name)) = (login, role, name) else { return Err(wrong.problem()) };
    wrong.refuse()?;
    let wanted = Invitation { login, role, name, email, phone };
    let (user, code) = users::invite(&web.app, By::Caller(&asker.caller), &wanted).await?;
    Ok(invited(&user, code.as_ref()))
}

/// Gives a partner his own access, by the e-mail address and phone that are known of him.
#[utoipa::path(post, path = "/partners/{code}/access", operation_id = "give_access", tag = "users",
    params(("code" = String, Path, description = "The partner's code", example = "NR00042")),
    responses(
        (status = 201, description = "He may choose a password within 24 hours", body = InvitedBody),
        (status = 404, description = "There is no such partner", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn give_access(
    State(web): Hands,
    asker: Asker,
    ApiPath(code): ApiPath<String>,
) -> Result<Response, Problem> {
    let code = PartnerCode::parse(&code).map_err(|_| super::partners::unknown(&code))?;
    let (user, code) = users::give_access(&web.app, By::Caller(&asker.caller), &code).await?;
    Ok(invited(&user, code.as_ref()))
}

/// What changes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeBody {
    /// `block`, `unblock`, `role`, `reset_second_factor` or `end_sessions`.
    #[schema(example = "block")]
    change: String,
    /// The new role, for `role` only.
    #[schema(example = "support")]
    role: Option<String>,
    /// Why, up to 500 characters.
    #[schema(example = "уволена", max_length = 500)]
    reason: Option<String>,
}

impl ChangeBody {
    fn read(&self) -> Result<Change, Problem> {
        let change = match (self.change.as_str(), self.role.as_deref()) {
            ("block", None) => Change::Block,
            ("unblock", None) => Change::Unblock,
            ("reset_second_factor", None) => Change::ResetSecondFactor,
            ("end_sessions", None) => Change::EndSessions,
            ("role", Some(role)) => {
                let mut wrong = Wrong::default();
                let role = wrong.read("/role", Role::parse(role));
                Change::Role(role.ok_or_else(|| wrong.problem())?)
            }
            ("role", None) => {
                let detail = Text::new("нужна новая роль", "the new role is needed");
                return Err(Wrong::one("/role", "missing_field", detail));
            }
            (_, role) => {
                let (place, detail) = match role {
                    Some(_) => {
                        ("/role", Text::new("роль бывает только у role", "a role goes with role only"))
                    }
                    None => (
                        "/change",
                        Text::new(
                            "есть: block, unblock, role, reset_second_factor, end_sessions",
                            "use one of block, unblock, role, reset_second_factor, end_sessions",
                        ),
                    ),
                };
                return Err(Wrong::one(place, "invalid", detail));
            }
        };
        if self.reason.as_deref().is_some_and(|text| text.chars().count() > 500) {
            let detail = Text::new("не больше 500 знаков", "at most 500 characters");
            return Err(Wrong::one("/reason", "invalid", detail));
        }
        Ok(change)
    }
}

/// Blocks a user, lets him in again, gives him another role, takes a lost second factor away, or ends his
/// sessions. His sessions end in each case. Asks for the password first.
#[utoipa::path(post, path = "/users/{name}/changes", operation_id = "change_user", tag = "users",
    params(("name" = String, Path, description = "A login, or a partner's code", example = "elena")),
    request_body = ChangeBody,
    responses(
        (status = 200, description = "It holds at once", body = UserBody),
        (status = 404, description = "There is no such user", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn change(
    State(web): Hands,
    asker: Asker,
    ApiPath(name): ApiPath<String>,
    ApiJson(body): ApiJson<ChangeBody>,
) -> Result<Json<UserBody>, Problem> {
    let (name, change) = (named(&name)?, body.read()?);
    let by = By::Caller(&asker.caller);
    let user = users::change(&web.app, by, &name, change, body.reason.as_deref()).await?;
    Ok(Json(UserBody::of(&user)))
}

/// Makes a new code: to accept the invitation, or to choose a new password within ten minutes. Asks for
/// the password first.
#[utoipa::path(post, path = "/users/{name}/codes", operation_id = "make_user_code", tag = "users",
    params(("name" = String, Path, description = "A login, or a partner's code", example = "elena")),
    responses(
        (status = 201, description = "The code, shown once", body = InvitedBody),
        (status = 404, description = "There is no such user, or he signs in with tokens", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn new_code(
    State(web): Hands,
    asker: Asker,
    ApiPath(name): ApiPath<String>,
) -> Result<Response, Problem> {
    let (user, code) = users::new_code(&web.app, By::Caller(&asker.caller), &named(&name)?).await?;
    Ok(invited(&user, Some(&code)))
}
