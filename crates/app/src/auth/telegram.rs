//! Linking a Telegram account: a code made by who is signed in, used once by the bot. The linked
//! account carries no authority beyond its user; unlinking ends it at once.

use domain::access::Caller;
use domain::user::User;
use jiff::SignedDuration;
use store::StoreError;
use store::users::Purpose;

use super::{AuthError, OneTimeCode, act, active, actor_of, needs_fresh};
use crate::App;
use crate::audit::{self, Act};

/// How long a code may be used.
pub const VALID: SignedDuration = SignedDuration::from_mins(10);

/// Makes the code that the user shows to the bot.
///
/// # Errors
/// [`AuthError::NotFresh`], [`AuthError::NotByToken`].
pub async fn link_code(app: &App, caller: &Caller) -> Result<OneTimeCode, AuthError> {
    needs_fresh(caller, app.now())?;
    act(async || {
        let now = app.now();
        let code = OneTimeCode::new(app);
        let mut tx = app.store.begin().await?;
        store::users::put_code(&mut tx, caller.user, Purpose::Telegram, code.digest(), now + VALID).await?;
        tx.commit().await?;
        Ok(code)
    })
    .await
}

/// Links the Telegram account that shows a code. Gives whose it is now.
///
/// # Errors
/// [`AuthError::Code`], [`AuthError::TelegramTaken`].
pub async fn link(app: &App, code: &OneTimeCode, telegram: i64) -> Result<User, AuthError> {
    act(async || {
        let now = app.now();
        let mut tx = app.store.begin().await?;
        let user = store::users::use_code(&mut tx, Purpose::Telegram, code.digest(), now)
            .await?
            .ok_or(AuthError::Code)?;
        let known = active(&mut tx, user).await.map_err(|_| AuthError::Code)?;
        let owner = store::users::by_telegram(&mut tx, telegram).await?;
        if owner.is_some_and(|owner| owner.user.id != user) {
            return Err(AuthError::TelegramTaken);
        }
        store::users::set_telegram(&mut tx, user, Some(telegram), now).await?;
        note(&mut tx, &known.user, "telegram.link", now).await?;
        tx.commit().await?;
        Ok(User { telegram: Some(telegram), ..known.user })
    })
    .await
}

/// Unlinks the Telegram account of who is signed in.
pub async fn unlink(app: &App, caller: &Caller) -> Result<(), AuthError> {
    act(async || {
        let now = app.now();
        let mut tx = app.store.begin().await?;
        let known = active(&mut tx, caller.user).await?;
        store::users::set_telegram(&mut tx, caller.user, None, now).await?;
        note(&mut tx, &known.user, "telegram.unlink", now).await?;
        Ok(tx.commit().await?)
    })
    .await
}

async fn note(
    tx: &mut store::Tx,
    user: &User,
    action: &'static str,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    let actor = actor_of(tx, user).await?;
    let entity = format!("user:{}", user.id);
    let act = Act::<(), ()> { actor: &actor, action, entity, before: None, after: None, reason: None };
    audit::append(tx, act, now).await
}
