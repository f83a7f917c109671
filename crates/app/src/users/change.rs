//! Changes of a user: blocked, given another role, a new code, his sessions ended.

use domain::access::Role;
use domain::ids::SessionId;
use domain::user::{User, UserState};
use store::Tx;
use store::users::{Known, Purpose};

use super::{By, INVITATION, Kept, Name, RESET, UserError, find, note};
use crate::App;
use crate::auth::OneTimeCode;
use crate::retry::retrying;

/// A change of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// He may no longer sign in.
    Block,
    /// He may again; he signs in anew.
    Unblock,
    /// He is something else now.
    Role(Role),
    /// He lost his second factor: he sets up another at the next sign-in.
    ResetSecondFactor,
    /// His sessions end; he may sign in again.
    EndSessions,
}

impl Change {
    const fn action(self) -> &'static str {
        match self {
            Self::Block => "user.block",
            Self::Unblock => "user.unblock",
            Self::Role(_) => "user.role",
            Self::ResetSecondFactor => "user.reset_second_factor",
            Self::EndSessions => "user.end_sessions",
        }
    }
}

/// Changes a user. His sessions end at once; blocked, his tokens too.
///
/// # Errors
/// [`UserError::Rank`], [`UserError::LastOwner`], [`UserError::Oneself`], [`UserError::Unknown`].
pub async fn change(
    app: &App,
    by: By<'_>,
    user: &Name,
    change: Change,
    reason: Option<&str>,
) -> Result<User, UserError> {
    by.may_manage(app.now())?;
    retrying(async || {
        let now = app.now();
        let mut tx = app.store.begin().await?;
        // Taken alone, so that two owners cannot block each other at once.
        store::facts::lock(&mut tx).await?;
        let Known { user, password_hash, .. } = find(&mut tx, user).await?;
        by.may_touch(user.role)?;
        if by.is(user.id) && change != Change::EndSessions {
            return Err(UserError::Oneself);
        }
        let mut after = user.clone();
        match change {
            Change::Block => after.state = UserState::Blocked,
            Change::Unblock => {
                after.state = if password_hash.is_some() { UserState::Active } else { UserState::Invited };
            }
            Change::Role(role) => {
                by.may_touch(role)?;
                if !role.is_staff() || !user.role.is_staff() {
                    return Err(UserError::NotByInvitation(role));
                }
                after.role = role;
            }
            Change::ResetSecondFactor => {
                store::users::set_second_factor(&mut tx, user.id, None, None, now).await?;
                store::users::replace_recovery_codes(&mut tx, user.id, &[]).await?;
            }
            Change::EndSessions => {}
        }
        refuse_losing_the_owner(&mut tx, &user, &after).await?;
        store::users::set_role(&mut tx, user.id, after.role, after.state, now).await?;
        store::sessions::end_all(&mut tx, user.id, None).await?;
        if after.state == UserState::Blocked {
            store::tokens::revoke_all(&mut tx, user.id, now).await?;
            for purpose in [Purpose::Invitation, Purpose::Reset, Purpose::Telegram] {
                store::users::drop_codes(&mut tx, user.id, purpose).await?;
            }
        }
        let kept = |user: &User| Some(Kept { role: user.role, state: user.state });
        note(&mut tx, by, change.action(), &user, kept(&user), kept(&after), reason, now).await?;
        tx.commit().await?;
        Ok(after)
    })
    .await
}

async fn refuse_losing_the_owner(tx: &mut Tx, before: &User, after: &User) -> Result<(), UserError> {
    let rules = |user: &User| user.role == Role::Owner && user.state == UserState::Active;
    if !rules(before) || rules(after) {
        return Ok(());
    }
    let owners = store::users::with_logins(tx).await?;
    if owners.iter().any(|known| known.user.id != before.id && rules(&known.user)) {
        return Ok(());
    }
    Err(UserError::LastOwner)
}

/// Makes a new code for a user: to accept the invitation if he has not yet, else to choose a new
/// password within ten minutes. His second factor stays asked for.
///
/// # Errors
/// [`UserError::Rank`], [`UserError::Unknown`].
pub async fn new_code(app: &App, by: By<'_>, user: &Name) -> Result<(User, OneTimeCode), UserError> {
    by.may_manage(app.now())?;
    retrying(async || {
        let now = app.now();
        let mut tx = app.store.begin().await?;
        let user = find(&mut tx, user).await?.user;
        by.may_touch(user.role)?;
        let (purpose, valid) = match user.state {
            UserState::Invited => (Purpose::Invitation, INVITATION),
            UserState::Active if user.role != Role::Shop => (Purpose::Reset, RESET),
            UserState::Active | UserState::Blocked => return Err(UserError::Unknown(user.name.to_string())),
        };
        let code = OneTimeCode::new(app);
        store::users::put_code(&mut tx, user.id, purpose, code.digest(), now + valid).await?;
        note(&mut tx, by, "user.new_code", &user, None, None, None, now).await?;
        tx.commit().await?;
        Ok((user, code))
    })
    .await
}

/// Ends one session of a user.
///
/// # Errors
/// [`UserError::Rank`], [`UserError::Unknown`].
pub async fn end_session(app: &App, by: By<'_>, user: &Name, id: SessionId) -> Result<bool, UserError> {
    by.may_manage(app.now())?;
    retrying(async || {
        let now = app.now();
        let mut tx = app.store.begin().await?;
        let user = find(&mut tx, user).await?.user;
        by.may_touch(user.role)?;
        let ended = store::sessions::end(&mut tx, user.id, id).await?;
        if ended {
            note(&mut tx, by, "session.end", &user, None, None, None, now).await?;
        }
        tx.commit().await?;
        Ok(ended)
    })
    .await
}
