//! Who may sign in: invited, given a role, blocked. Every act here ends what it must end at once.

mod change;
mod invite;

use domain::access::{Permission, Role};
use domain::actor::StaffLogin;
use domain::ids::UserId;
use domain::lang::Text;
use domain::partner::PartnerCode;
use domain::user::{User, UserState};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use store::users::Known;
use store::{StoreError, Tx};

use crate::App;
use crate::audit::{self, Act};
use crate::auth::{AuthError, needs, needs_fresh};

pub use crate::auth::By;
use crate::retry::may_retry;

pub use change::{Change, change, end_session, new_code};
pub use invite::{Invitation, give_access, invite};

/// How long an invitation may be accepted. Whoever was too slow is invited again.
pub const INVITATION: SignedDuration = SignedDuration::from_hours(24);
/// How long a code for a new password may be used.
pub const RESET: SignedDuration = SignedDuration::from_mins(10);

/// Why a user is not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// He may not.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// He may not do it to somebody of that role.
    #[error("{by} may not give or touch the role {role}")]
    Rank {
        /// The role of who asks.
        by: Role,
        /// The role that is given, taken or held.
        role: Role,
    },
    /// Nobody has that login.
    #[error("there is no user {0}")]
    Unknown(String),
    /// Nobody has that code.
    #[error("there is no partner {0}")]
    UnknownPartner(PartnerCode),
    /// He has access already.
    #[error("{0} has access already")]
    Exists(String),
    /// The e-mail address or phone belongs to another user.
    #[error("this e-mail address or phone belongs to another user")]
    Taken,
    /// Without either nobody can sign in.
    #[error("an e-mail address or a phone is needed to sign in by")]
    NoAddress,
    /// This role is not given so.
    #[error("the role {0} is not given by an invitation: a partner gets access by his code")]
    NotByInvitation(Role),
    /// There would be nobody left.
    #[error("the last owner stays: make another owner first")]
    LastOwner,
    /// It is himself.
    #[error("nobody blocks or changes the role of himself")]
    Oneself,
    /// The database failed.
    #[error("could not read or store the user")]
    Store(#[from] StoreError),
}
may_retry!(UserError);

impl From<&UserError> for Text {
    fn from(error: &UserError) -> Self {
        let in_russian = |role: &Role| role.name().in_lang(domain::lang::Lang::Ru).to_owned();
        let ru = match error {
            UserError::Auth(problem) => return Self::from(problem),
            UserError::Rank { by, role } => format!(
                "роль «{}» не может давать роль «{}» и менять того, у кого она есть",
                in_russian(by),
                in_russian(role)
            ),
            UserError::Unknown(login) => format!("пользователя {login} нет"),
            UserError::UnknownPartner(code) => format!("партнёра {code} нет"),
            UserError::Exists(login) => format!("у {login} уже есть доступ"),
            UserError::Taken => "эта почта или этот телефон уже у другого пользователя".to_owned(),
            UserError::NoAddress => "для входа нужна почта или телефон".to_owned(),
            UserError::NotByInvitation(role) => {
                format!(
                    "роль «{}» не даётся приглашением: партнёр получает доступ по своему коду",
                    in_russian(role)
                )
            }
            UserError::LastOwner => "последний владелец остаётся: сначала назначьте другого".to_owned(),
            UserError::Oneself => "себя нельзя ни заблокировать, ни перевести в другую роль".to_owned(),
            UserError::Store(_) => "база данных не отвечает или отказала".to_owned(),
        };
        Self::new(ru, error.to_string())
    }
}

impl By<'_> {
    fn may_manage(&self, now: Timestamp) -> Result<(), AuthError> {
        let Self::Caller(caller) = self else {
            return Ok(());
        };
        needs(caller, Permission::UsersManage)?;
        needs_fresh(caller, now).map(drop)
    }

    /// Owners touch everybody; an administrator neither owners nor administrators.
    fn may_touch(&self, role: Role) -> Result<(), UserError> {
        let by = self.role();
        match (by, role) {
            (Role::Owner, _) => Ok(()),
            (_, Role::Owner | Role::Admin) => Err(UserError::Rank { by, role }),
            _ => Ok(()),
        }
    }
}

/// What the audit trail keeps of a user. No address: the trail outlives him.
#[derive(Debug, Serialize)]
struct Kept {
    role: Role,
    state: UserState,
}

/// By what a user is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// Of the office, or a shop.
    Login(StaffLogin),
    /// A partner.
    Partner(PartnerCode),
    /// By identity.
    Id(UserId),
}

async fn find(tx: &mut Tx, name: &Name) -> Result<Known, UserError> {
    let (known, shown) = match name {
        Name::Login(login) => (store::users::by_login(tx, login).await?, login.to_string()),
        Name::Id(id) => (store::users::by_id(tx, *id).await?, id.to_string()),
        Name::Partner(code) => {
            let partner = store::partners::by_code(tx, code)
                .await?
                .ok_or_else(|| UserError::UnknownPartner(code.clone()))?;
            (store::users::by_partner(tx, partner.id).await?, code.to_string())
        }
    };
    known.ok_or(UserError::Unknown(shown))
}

/// A user as who manages users sees him.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UserView {
    /// Who.
    #[serde(flatten)]
    pub user: User,
    /// Since when a second factor is asked for.
    pub second_factor_since: Option<Timestamp>,
}

/// Everybody of the office, and the shops, by login.
pub async fn staff(app: &App) -> Result<Vec<UserView>, UserError> {
    let known = store::users::with_logins(&mut app.store.begin_read().await?).await?;
    Ok(known
        .into_iter()
        .map(|known| UserView { user: known.user, second_factor_since: known.second_factor_since })
        .collect())
}

/// One user.
///
/// # Errors
/// [`UserError::Unknown`], [`UserError::UnknownPartner`].
pub async fn user(app: &App, name: &Name) -> Result<UserView, UserError> {
    let known = find(&mut app.store.begin_read().await?, name).await?;
    Ok(UserView { user: known.user, second_factor_since: known.second_factor_since })
}

/// The sessions of a user, those that have ended by themselves left out.
pub async fn sessions(app: &App, name: &Name) -> Result<Vec<domain::user::Session>, UserError> {
    let mut tx = app.store.begin_read().await?;
    let user = find(&mut tx, name).await?.user;
    let (now, lifetime) = (app.now(), app.access.lifetime(user.role));
    let sessions = store::sessions::of_user(&mut tx, user.id).await?;
    Ok(sessions.into_iter().filter(|session| session.is_alive(lifetime, now)).collect())
}

#[expect(clippy::too_many_arguments, reason = "what one line of the trail says")]
async fn note(
    tx: &mut Tx,
    by: By<'_>,
    action: &'static str,
    user: &User,
    before: Option<Kept>,
    after: Option<Kept>,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let entity =
        user.login.as_ref().map_or_else(|| format!("user:{}", user.id), |login| format!("user:{login}"));
    audit::append(tx, Act { actor: by.actor(), action, entity, before, after, reason }, now).await
}
