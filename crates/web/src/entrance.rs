//! Where callers come in: by the session of a cookie, or by an API token.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use app::App;
use app::auth::{self, AuthError, Presented};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::access::{Caller, Via};
use domain::lang::Text;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::Problem;
use crate::api::{Door, Entering, Turned};
use crate::limits::Ticks;

/// The cookie that holds a session. Its name makes browsers keep it to this host, to `https` and to no
/// script (RFC 6265bis, `__Host-`).
pub const COOKIE: &str = "__Host-nanorem_session";

/// How often a caller may ask in a minute.
const ASKS: NonZeroU32 = NonZeroU32::new(300).expect("above zero");

/// The door of the program.
#[derive(Clone)]
pub struct Entrance {
    app: App,
    asks: Arc<RateLimiter<Uuid, HashMapStateStore<Uuid>, Ticks, NoOpMiddleware<Duration>>>,
    ticks: Ticks,
}

impl Entrance {
    /// Lets in whom the app knows, each 300 times a minute.
    pub fn new(app: App, ticks: Ticks) -> Self {
        let limiter = RateLimiter::new(Quota::per_minute(ASKS), HashMapStateStore::default(), ticks.clone());
        Self { app, asks: Arc::new(limiter), ticks }
    }

    async fn let_in(&self, headers: &HeaderMap) -> Result<Caller, Turned> {
        let presented = presented(headers).ok_or(Turned::Nobody)?;
        let caller = auth::caller(&self.app, &presented).await.map_err(Turned::from)?;
        let key = match &caller.via {
            Via::Session { id, .. } => id.uuid(),
            Via::Token { id, .. } => id.uuid(),
        };
        if self.asks.len() > 10_000 {
            self.asks.retain_recent();
        }
        self.asks.check_key(&key).map_err(|refusal| {
            use governor::clock::Clock as _;
            let wait = refusal.wait_time_from(self.ticks.now()).as_secs();
            Turned::TooOften { retry_after_s: u32::try_from(wait).unwrap_or(60).saturating_add(1) }
        })?;
        Ok(caller)
    }
}

impl Door for Entrance {
    fn caller<'a>(&'a self, headers: &'a HeaderMap) -> Entering<'a> {
        Box::pin(self.let_in(headers))
    }
}

impl From<AuthError> for Turned {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::NotSignedIn => Self::Unknown,
            AuthError::Unfinished(stage) => Self::Unfinished(stage),
            AuthError::TooMany { retry_after_s } => Self::TooOften { retry_after_s },
            other => {
                tracing::error!(error = &other as &dyn std::error::Error, "could not tell who calls");
                Self::Failed
            }
        }
    }
}

/// A token goes before a cookie: whoever sends one means it.
fn presented(headers: &HeaderMap) -> Option<Presented> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    match (lines.next(), lines.next()) {
        (None, _) => session(headers).map(Presented::Session),
        (Some(line), None) => {
            let (scheme, token) = line.to_str().ok()?.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| Presented::Token(token.trim().into()))
        }
        // Two of them mean that somebody between us adds one.
        (Some(_), Some(_)) => None,
    }
}

/// The secret of the session that a browser holds.
pub(crate) fn session(headers: &HeaderMap) -> Option<SecretString> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut found = pairs.filter(|(name, _)| *name == COOKIE).map(|(_, value)| SecretString::from(value));
    match (found.next(), found.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// The header that gives a browser its session; it ends with the browser, or on the server before.
pub(crate) fn cookie(secret: &SecretString) -> HeaderValue {
    let value = format!("{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax", secret.expose_secret());
    let mut value = HeaderValue::try_from(value).expect("a secret is written in base64url");
    value.set_sensitive(true);
    value
}

/// The header that takes it away.
pub(crate) fn no_cookie() -> HeaderValue {
    HeaderValue::from_static("__Host-nanorem_session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// Refuses a change that another site sends by a visitor's browser, as Go's `CrossOriginProtection` does:
/// by `Sec-Fetch-Site`, else by `Origin`. Who has neither is no browser. Tokens are not sent by
/// themselves, so that requests with one pass.
pub(crate) async fn same_origin(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if reads || request.headers().contains_key(header::AUTHORIZATION) || is_same(request.headers()) {
        return next.run(request).await;
    }
    let title = Text::new("Запрос с чужого сайта", "The request comes from another site");
    let detail = Text::new(
        "изменять что-либо можно только со страниц этого сайта или с токеном",
        "changes are made from this site's own pages, or with a token",
    );
    Problem::new(StatusCode::FORBIDDEN, "cross_origin", title, detail).into_response()
}

fn is_same(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, None) => true,
        (None, Some(origin)) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_some() && host == text("host")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        lines
            .iter()
            .map(|(name, value)| (name.parse().expect("a name"), HeaderValue::from_static(value)))
            .collect()
    }

    fn shown(lines: &[(&'static str, &'static str)]) -> Option<String> {
        presented(&headers(lines)).map(|presented| match presented {
            Presented::Session(secret) => format!("session {}", secret.expose_secret()),
            Presented::Token(secret) => format!("token {}", secret.expose_secret()),
        })
    }

    #[test]
    fn who_calls_shows_a_token_or_a_session() {
        assert_eq!(shown(&[]), None);
        assert_eq!(shown(&[("authorization", "Bearer nrm_x")]).as_deref(), Some("token nrm_x"));
        assert_eq!(shown(&[("authorization", "bearer nrm_x")]).as_deref(), Some("token nrm_x"));
        assert_eq!(shown(&[("authorization", "Basic dTpw")]), None);
        let cookie = ("cookie", "a=b; __Host-nanorem_session=s; c=d");
        assert_eq!(shown(&[cookie]).as_deref(), Some("session s"));
        assert_eq!(shown(&[cookie, ("authorization", "Bearer nrm_x")]).as_deref(), Some("token nrm_x"));
        let twice = [("cookie", "__Host-nanorem_session=s"), ("cookie", "__Host-nanorem_session=t")];
        let lines = twice.map(|(name, value)| (name, HeaderValue::from_static(value)));
        let mut both = HeaderMap::new();
        for (name, value) in lines {
            both.append(name, value);
        }
        assert!(session(&both).is_none(), "which of them is his own?");
        assert_eq!(shown(&[("cookie", "nanorem_session=s")]), None, "the name keeps it to this host");
    }

    #[test]
    fn a_change_comes_from_our_own_pages_or_from_no_browser() {
        let host = ("host", "office.example");
        for (lines, expected) in [
            (&[host][..], true),
            (&[host, ("sec-fetch-site", "same-origin")], true),
            (&[host, ("sec-fetch-site", "none")], true),
            (&[host, ("sec-fetch-site", "cross-site")], false),
            (&[host, ("sec-fetch-site", "same-site")], false),
            (&[host, ("sec-fetch-site", "cross-site"), ("origin", "https://office.example")], false),
            (&[host, ("origin", "https://office.example")], true),
            (&[host, ("origin", "https://evil.example")], false),
            (&[host, ("origin", "null")], false),
            (&[host, ("origin", "https://office.example.evil.example")], false),
            (&[("origin", "https://office.example")], false),
        ] {
            assert_eq!(is_same(&headers(lines)), expected, "{lines:?}");
        }
    }
}
