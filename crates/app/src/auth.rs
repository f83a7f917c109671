//! Who is calling: passwords, second factors, sessions, API tokens.
//!
//! Of what a caller presents only hashes are kept. A caller is looked up at every request, so that
//! blocking him, changing his role or ending his session holds at once. An unknown name costs the same
//! time and gets the same answer as a wrong password.

mod by;
mod code;
mod failures;
mod password;
pub mod second_factor;
pub mod sessions;
pub mod sign_in;
pub mod telegram;
pub mod tokens;

use std::sync::{Arc, OnceLock};

use domain::access::{Caller, Permission, Role, Via};
use domain::actor::Actor;
use domain::ids::{SessionId, UserId};
use domain::lang::Text;
use domain::user::{FRESH, Lifetime, Stage, User, UserState};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use store::users::Known;
use store::{StoreError, Tx};

use crate::App;
use crate::retry::{may_retry, retrying};
use crate::sealed::SealError;

pub use by::By;
pub use code::OneTimeCode;
pub use password::{Cost, Password, PasswordError};

/// How callers are let in.
#[derive(Debug, Clone)]
pub struct Rules {
    /// What one password hash costs.
    pub cost: Cost,
    /// How long sessions of staff last.
    pub office: Lifetime,
    /// How long sessions of everybody else last.
    pub others: Lifetime,
    /// At most two passwords are hashed at once: each takes memory and a core.
    hashing: Arc<tokio::sync::Semaphore>,
    /// Against which a password is checked when nobody is called so.
    nobody: Arc<OnceLock<String>>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            cost: Cost::default(),
            office: Lifetime {
                idle: SignedDuration::from_mins(30),
                absolute: SignedDuration::from_hours(12),
            },
            others: Lifetime {
                idle: SignedDuration::from_hours(14 * 24),
                absolute: SignedDuration::from_hours(90 * 24),
            },
            hashing: Arc::new(tokio::sync::Semaphore::new(2)),
            nobody: Arc::default(),
        }
    }
}

impl Rules {
    /// The same, but a password hash costs something else.
    #[must_use]
    pub fn with_cost(self, cost: Cost) -> Self {
        Self { cost, ..self }
    }

    pub(crate) const fn lifetime(&self, role: Role) -> Lifetime {
        if role.is_staff() { self.office } else { self.others }
    }
}

/// Why a caller is not let in, or may not do what he asks.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// Wrong name, password or code; which of them is not told.
    #[error("wrong name, password or code")]
    Wrong,
    /// Too many wrong ones.
    #[error("too many wrong attempts: try again in {retry_after_s} s")]
    TooMany {
        /// When to come again, in seconds.
        retry_after_s: u32,
    },
    /// No session and no token, or one that ended.
    #[error("nobody is signed in: the session or token is unknown or has ended")]
    NotSignedIn,
    /// The session still needs something.
    #[error("the session is not finished: {0:?} comes next")]
    Unfinished(Stage),
    /// He may not.
    #[error("this needs the permission {0}")]
    Forbidden(Permission),
    /// He may, but must give his password again first.
    #[error("this needs the password again: it was given more than five minutes ago")]
    NotFresh,
    /// A token cannot do it, only a person who is signed in.
    #[error("this cannot be done with a token: sign in")]
    NotByToken,
    /// The code for one use is unknown, used or too old.
    #[error("the code is unknown, used already or too old")]
    Code,
    /// The new password is refused.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// There is a second factor already.
    #[error("a second factor is set up already")]
    HasSecondFactor,
    /// There is none.
    #[error("no second factor is set up")]
    NoSecondFactor,
    /// A secret could not be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The Telegram account belongs to another user.
    #[error("this Telegram account is linked to another user")]
    TelegramTaken,
    /// A token's wish is refused.
    #[error(transparent)]
    Token(#[from] tokens::TokenError),
    /// The database failed.
    #[error("could not read or store who is signed in")]
    Store(#[from] StoreError),
}
may_retry!(AuthError);

impl From<&AuthError> for Text {
    fn from(error: &AuthError) -> Self {
        let ru = match error {
            AuthError::Wrong => "неверное имя, пароль или код".to_owned(),
            AuthError::TooMany { retry_after_s } => {
                format!("слишком много неверных попыток: повторите через {} мин", retry_after_s.div_ceil(60))
            }
            AuthError::NotSignedIn => {
                "вход не выполнен: сеанс или токен неизвестен или закончился".to_owned()
            }
            AuthError::Unfinished(Stage::Enrolment) => "вход не завершён: настройте второй фактор".to_owned(),
            AuthError::Unfinished(_) => "вход не завершён: введите код второго фактора".to_owned(),
            AuthError::Forbidden(permission) => format!("нужно разрешение {permission}"),
            AuthError::NotFresh => "введите пароль ещё раз: прошло больше пяти минут".to_owned(),
            AuthError::NotByToken => "токеном этого делать нельзя: войдите с паролем".to_owned(),
            AuthError::Code => "код неизвестен, уже использован или устарел".to_owned(),
            AuthError::Password(problem) => return Self::from(problem),
            AuthError::HasSecondFactor => "второй фактор уже настроен".to_owned(),
            AuthError::NoSecondFactor => "второй фактор не настроен".to_owned(),
            AuthError::Seal(SealError::NoKey) => {
                "нет ключа для хранения секретов: задайте NANOREM_SECRETS_KEY".to_owned()
            }
            AuthError::Seal(SealError::Open(_)) => {
                "секрет не открывается: он сохранён под другим ключом или изменён".to_owned()
            }
            AuthError::TelegramTaken => "этот Telegram уже связан с другим пользователем".to_owned(),
            AuthError::Token(problem) => return Self::from(problem),
            AuthError::Store(_) => "база данных не отвечает или отказала".to_owned(),
        };
        Self::new(ru, error.to_string())
    }
}

/// What a request shows of who sends it.
#[derive(Debug, Clone)]
pub enum Presented {
    /// The secret of a session, from a cookie.
    Session(SecretString),
    /// An API token, from the header `Authorization: Bearer`.
    Token(SecretString),
}

/// Who presents it. Every factor that his role asks for has been given.
///
/// # Errors
/// [`AuthError::NotSignedIn`], [`AuthError::Unfinished`].
pub async fn caller(app: &App, presented: &Presented) -> Result<Caller, AuthError> {
    match presented {
        Presented::Session(secret) => sessions::caller(app, secret).await,
        Presented::Token(secret) => tokens::caller(app, secret).await,
    }
}

/// Refuses who may not.
///
/// # Errors
/// [`AuthError::Forbidden`].
pub fn needs(caller: &Caller, permission: Permission) -> Result<(), AuthError> {
    if caller.may(permission) { Ok(()) } else { Err(AuthError::Forbidden(permission)) }
}

/// Refuses who comes with a token or gave his password more than five minutes ago. Asked before money
/// leaves, before rights change, and before what a caller proves himself by is changed.
///
/// # Errors
/// [`AuthError::NotByToken`], [`AuthError::NotFresh`].
pub fn needs_fresh(caller: &Caller, now: Timestamp) -> Result<SessionId, AuthError> {
    match caller.via {
        Via::Token { .. } => Err(AuthError::NotByToken),
        Via::Session { authenticated_at, .. } if now.duration_since(authenticated_at) > FRESH => {
            Err(AuthError::NotFresh)
        }
        Via::Session { id, .. } => Ok(id),
    }
}

/// The digest under which a secret is stored.
pub(crate) fn digest_of(secret: &SecretString) -> [u8; 32] {
    Sha256::digest(secret.expose_secret()).into()
}

/// As whom a user acts.
pub(crate) async fn actor_of(tx: &mut Tx, user: &User) -> Result<Actor, StoreError> {
    let partner = match user.partner {
        Some(partner) => store::partners::by_ids(tx, &[partner]).await?.pop(),
        None => None,
    };
    Ok(user.actor(partner.map(|partner| partner.code)))
}

/// The user of an id, if he may sign in.
pub(crate) async fn active(tx: &mut Tx, user: UserId) -> Result<Known, AuthError> {
    store::users::by_id(tx, user)
        .await?
        .filter(|known| known.user.state == UserState::Active)
        .ok_or(AuthError::NotSignedIn)
}

/// A session's or token's last use is stored to the minute: not every request must write.
pub(crate) fn is_worth_noting(last: Timestamp, now: Timestamp) -> bool {
    now.duration_since(last) >= SignedDuration::from_mins(1)
}

/// Runs an act of who is signed in.
pub(crate) async fn act<T, F: Future<Output = Result<T, AuthError>>>(
    attempt: impl FnMut() -> F,
) -> Result<T, AuthError> {
    retrying(attempt).await
}
