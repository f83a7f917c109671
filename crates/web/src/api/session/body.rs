//! What is told of sessions and of who is signed in.

use app::users::UserView;
use domain::access::{Caller, Via};
use domain::user::Session;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::words::{Instant, word};

/// A session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub(in crate::api) struct SessionBody {
    /// By which it is ended; not what the browser holds.
    #[schema(example = "019b0000-0000-7000-8000-000000000000")]
    id: String,
    /// `second_factor`, `enrolment` or `full`.
    #[schema(example = "full")]
    stage: String,
    /// When it began.
    created_at: Instant,
    /// When it was last used, to the minute.
    last_seen_at: Instant,
    /// The browser's own name for itself.
    #[schema(example = "Mozilla/5.0")]
    agent: String,
    /// The network it began in.
    #[schema(example = "192.0.2.0")]
    address: String,
    /// Whether it is the one that asks.
    is_this: bool,
}

impl SessionBody {
    pub(in crate::api) fn of(session: &Session, is_this: bool) -> Self {
        Self {
            id: session.id.to_string(),
            stage: word(session.stage),
            created_at: session.created_at.into(),
            last_seen_at: session.last_seen_at.into(),
            agent: session.agent.clone(),
            address: session.address.clone(),
            is_this,
        }
    }
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Me)]
pub(super) struct MeBody {
    /// Himself.
    #[schema(example = "019b0000-0000-7000-8000-000000000000")]
    id: String,
    /// His name in the audit trail, if he is of the office.
    #[schema(example = "olga")]
    login: Option<String>,
    /// How he is called.
    #[schema(example = "Ольга")]
    name: String,
    /// `owner`, `admin`, `accountant`, `support`, `partner`, `user` or `shop`.
    #[schema(example = "owner")]
    role: String,
    /// What he may do, or his token.
    #[schema(example = json!(["partners.read"]))]
    permissions: Vec<String>,
    /// Whether a second factor is asked of him.
    has_second_factor: bool,
    /// Whether a Telegram account is linked.
    has_telegram: bool,
    /// `session` or `token`.
    #[schema(example = "session")]
    via: &'static str,
}

impl MeBody {
    pub(super) fn of(caller: &Caller, view: &UserView) -> Self {
        let permissions = caller.role.permissions().iter().filter(|one| caller.may(**one));
        Self {
            id: caller.user.to_string(),
            login: view.user.login.as_ref().map(ToString::to_string),
            name: view.user.name.to_string(),
            role: word(caller.role),
            permissions: permissions.map(ToString::to_string).collect(),
            has_second_factor: view.second_factor_since.is_some(),
            has_telegram: view.user.telegram.is_some(),
            via: match caller.via {
                Via::Session { .. } => "session",
                Via::Token { .. } => "token",
            },
        }
    }
}
