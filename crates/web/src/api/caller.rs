//! Who calls: asked once for each request, in one place.

use std::pin::Pin;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use domain::access::Caller;
use domain::actor::Actor;
use domain::ids::PartnerId;
use domain::lang::Text;
use domain::partner::PartnerCode;
use domain::user::Stage;

use crate::{Hands, Problem, Web};

/// Tells who calls, by the headers of a request: a session's cookie or a token.
pub trait Door: Send + Sync {
    /// Who calls.
    ///
    /// # Errors
    /// [`Turned`] says why he does not come in.
    fn caller<'a>(&'a self, headers: &'a HeaderMap) -> Entering<'a>;
}

/// What a [`Door`] says in the end.
pub type Entering<'a> = Pin<Box<dyn Future<Output = Result<Caller, Turned>> + Send + 'a>>;

/// Why somebody does not come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turned {
    /// He shows nothing.
    Nobody,
    /// What he shows is unknown, has expired or was revoked.
    Unknown,
    /// He tried too often.
    TooOften {
        /// When he may try again.
        retry_after_s: u32,
    },
    /// His session still needs something.
    Unfinished(Stage),
    /// It could not be found out.
    Failed,
}

impl From<Turned> for Problem {
    fn from(turned: Turned) -> Self {
        let title = Text::new("Нужно войти", "Sign in first");
        let unauthorized = |code, detail| {
            Self::new(StatusCode::UNAUTHORIZED, code, title, detail)
                .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
        };
        match turned {
            Turned::Nobody => unauthorized(
                "unauthenticated",
                Text::new(
                    "пришлите токен в заголовке Authorization: Bearer",
                    "send a token as Authorization: Bearer",
                ),
            ),
            Turned::Unknown => unauthorized(
                "bad_credentials",
                Text::new(
                    "токен или сеанс неизвестен, истёк или отозван",
                    "the token or the session is unknown, has expired or was revoked",
                ),
            ),
            Turned::TooOften { retry_after_s } => Self::too_many(retry_after_s),
            Turned::Unfinished(Stage::Enrolment) => unauthorized(
                "second_factor_not_set_up",
                Text::new("настройте второй фактор", "set up the second factor first"),
            ),
            Turned::Unfinished(_) => unauthorized(
                "second_factor_needed",
                Text::new("введите код второго фактора", "give the code of the second factor first"),
            ),
            Turned::Failed => Self::unavailable(),
        }
    }
}

/// What [`enter`] found out, for the guards of the routes.
#[derive(Clone)]
pub(super) struct Entered {
    pub(super) web: Web,
    pub(super) caller: Result<Arc<Caller>, Turned>,
}

/// Asks the door who calls, before any route.
pub(super) async fn enter(State(web): Hands, mut request: Request, next: Next) -> Response {
    let caller = web.door.caller(request.headers()).await.map(Arc::new);
    request.extensions_mut().insert(Entered { web, caller });
    next.run(request).await
}

/// How far the permission reaches by which a caller came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Everybody's things.
    Everybody,
    /// His own things, and where it is said so those of his downline.
    Own(PartnerId),
}

/// The caller whom the guard of the route let through. Only guarded routes can take it.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    pub(crate) caller: Arc<Caller>,
    pub(crate) reach: Reach,
}

/// The caller of a route that concerns himself.
#[derive(Debug, Clone)]
pub(crate) struct Himself(pub(crate) Arc<Caller>);

impl<S: Sync> FromRequestParts<S> for Himself {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Turned::Nobody.into())
    }
}

impl Asker {
    /// Whether the code is that of the partner who asks.
    pub(crate) fn is(&self, code: &PartnerCode) -> bool {
        matches!(&self.caller.actor, Actor::Partner(own) if own == code)
    }
}

impl<S: Sync> FromRequestParts<S> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // A route that is not guarded has nobody who asks.
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Turned::Nobody.into())
    }
}
