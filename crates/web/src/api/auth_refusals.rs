//! How refusals about who is signed in are told.

use app::auth::{AuthError, tokens::TokenError};
use app::users::UserError;
use axum::http::StatusCode;
use domain::lang::Text;

use crate::Problem;
use crate::api::caller::Turned;
use crate::api::extract::Wrong;

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        let told = Text::from(&error);
        match error {
            AuthError::Wrong | AuthError::Code => {
                let title = Text::new("Не подходит", "It does not fit");
                let code = if matches!(error, AuthError::Code) { "bad_code" } else { "wrong_credentials" };
                Self::new(StatusCode::UNAUTHORIZED, code, title, told)
            }
            AuthError::TooMany { retry_after_s } => Self::too_many(retry_after_s),
            AuthError::NotSignedIn => Turned::Unknown.into(),
            AuthError::Unfinished(stage) => Turned::Unfinished(stage).into(),
            AuthError::Forbidden(_) => Self::forbidden(told),
            AuthError::NotFresh => {
                let title = Text::new("Введите пароль ещё раз", "Give the password again");
                Self::new(StatusCode::FORBIDDEN, "password_again", title, told)
            }
            AuthError::NotByToken => {
                let title = Text::new("Недостаточно прав", "Not allowed");
                Self::new(StatusCode::FORBIDDEN, "not_by_token", title, told)
            }
            AuthError::Password(_) => Wrong::one("/password", "bad_password", told),
            AuthError::HasSecondFactor => Self::conflict("has_second_factor", told),
            AuthError::NoSecondFactor => Self::conflict("no_second_factor", told),
            AuthError::TelegramTaken => Self::conflict("telegram_taken", told),
            AuthError::Token(problem) => problem.into(),
            AuthError::Store(error) => error.into(),
            AuthError::Seal(error) => Self::broken(&error),
        }
    }
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        let told = Text::from(&error);
        match error {
            TokenError::Name => Wrong::one("/name", "invalid", told),
            TokenError::NoScope => Wrong::one("/scopes", "missing", told),
            TokenError::Beyond(..) => Wrong::one("/scopes", "beyond", told),
            TokenError::Expiry => Wrong::one("/expires_at", "out_of_range", told),
            TokenError::UnknownUser => Wrong::one("/owner", "unknown_user", told),
            TokenError::Unknown => Self::unknown("unknown_token", told),
        }
    }
}

impl From<UserError> for Problem {
    fn from(error: UserError) -> Self {
        let told = Text::from(&error);
        match error {
            UserError::Auth(error) => error.into(),
            UserError::Rank { .. } => Self::forbidden(told),
            UserError::Unknown(_) => Self::unknown("unknown_user", told),
            UserError::UnknownPartner(_) => Self::unknown("unknown_partner", told),
            UserError::Exists(_) => Self::conflict("has_access", told),
            UserError::Taken => Self::conflict("address_taken", told),
            UserError::NoAddress => Self::refused("no_address", told),
            UserError::NotByInvitation(_) => Wrong::one("/role", "not_by_invitation", told),
            UserError::LastOwner => Self::conflict("last_owner", told),
            UserError::Oneself => Self::refused("oneself", told),
            UserError::Store(error) => error.into(),
        }
    }
}
