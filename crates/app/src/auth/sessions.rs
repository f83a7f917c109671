//! Sessions: begun by a right password, finished by a second factor, listed and ended by their owner.

use domain::access::{Caller, Via};
use domain::ids::{SessionId, UserId};
use domain::user::{Session, Stage, User};
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Serialize;
use store::Tx;
use store::users::Known;

use super::sign_in::Origin;
use super::{AuthError, act, active, actor_of, digest_of, failures, is_worth_noting, password};
use crate::App;
use crate::audit::{self, Act};

/// A session that has just begun or come further. The secret is shown once.
#[derive(Debug)]
pub struct SignedIn {
    /// What the browser holds from now on; a secret it held before has ended.
    pub secret: SecretString,
    /// What it holds it for.
    pub session: Session,
}

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SessionView {
    /// It.
    #[serde(flatten)]
    pub session: Session,
    /// Whether it is the one he asks from.
    pub is_this: bool,
}

/// Begins a session, in the transaction in which its right to begin was found.
pub(super) async fn begin(
    app: &App,
    tx: &mut Tx,
    user: UserId,
    stage: Stage,
    origin: &Origin,
    now: Timestamp,
) -> Result<SignedIn, AuthError> {
    let secret = secret(app);
    let session = Session {
        id: SessionId::new(app.ids.uuid(now)),
        user,
        stage,
        created_at: now,
        last_seen_at: now,
        authenticated_at: now,
        agent: origin.agent.clone(),
        address: origin.address.clone(),
    };
    store::sessions::insert(tx, &session, digest_of(&secret)).await?;
    Ok(SignedIn { secret, session })
}

/// Puts a session of another stage, under a new secret, in the place of one.
pub(super) async fn go_on(
    app: &App,
    tx: &mut Tx,
    session: &Session,
    now: Timestamp,
) -> Result<SignedIn, AuthError> {
    store::sessions::end(tx, session.user, session.id).await?;
    let origin = Origin { address: session.address.clone(), agent: session.agent.clone() };
    begin(app, tx, session.user, Stage::Full, &origin, now).await
}

/// 256 random bits.
fn secret(app: &App) -> SecretString {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(app.ids.random::<32>()).into()
}

/// The living session of a secret, and whose it is.
pub(super) async fn found(
    app: &App,
    tx: &mut Tx,
    secret: &SecretString,
    now: Timestamp,
) -> Result<(Session, Known), AuthError> {
    let session = store::sessions::by_hash(tx, digest_of(secret)).await?.ok_or(AuthError::NotSignedIn)?;
    let known = active(tx, session.user).await?;
    if !session.is_alive(app.access.lifetime(known.user.role), now) {
        return Err(AuthError::NotSignedIn);
    }
    Ok((session, known))
}

pub(super) async fn caller(app: &App, secret: &SecretString) -> Result<Caller, AuthError> {
    let now = app.now();
    let mut tx = app.store.begin_read().await?;
    let (session, known) = found(app, &mut tx, secret, now).await?;
    if session.stage != Stage::Full {
        return Err(AuthError::Unfinished(session.stage));
    }
    let actor = actor_of(&mut tx, &known.user).await?;
    drop(tx);
    if is_worth_noting(session.last_seen_at, now) {
        act(async || {
            let mut tx = app.store.begin().await?;
            store::sessions::touch(&mut tx, session.id, now).await?;
            Ok(tx.commit().await?)
        })
        .await?;
    }
    Ok(Caller {
        user: known.user.id,
        role: known.user.role,
        actor,
        partner: known.user.partner,
        via: Via::Session { id: session.id, authenticated_at: session.authenticated_at },
    })
}

/// How far the session of a secret has come, and whose it is.
///
/// # Errors
/// [`AuthError::NotSignedIn`].
pub async fn current(app: &App, secret: &SecretString) -> Result<(Session, User), AuthError> {
    let mut tx = app.store.begin_read().await?;
    let (session, known) = found(app, &mut tx, secret, app.now()).await?;
    Ok((session, known.user))
}

/// The sessions of who asks; those that have ended by themselves are left out.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<SessionView>, AuthError> {
    let now = app.now();
    let lifetime = app.access.lifetime(caller.role);
    let sessions = store::sessions::of_user(&mut app.store.begin_read().await?, caller.user).await?;
    let view = |session: Session| SessionView {
        is_this: matches!(caller.via, Via::Session { id, .. } if id == session.id),
        session,
    };
    Ok(sessions.into_iter().filter(|session| session.is_alive(lifetime, now)).map(view).collect())
}

/// Ends a session of who asks, his present one too. Gives whether there was one.
pub async fn end(app: &App, caller: &Caller, id: SessionId) -> Result<bool, AuthError> {
    act(async || {
        let now = app.now();
        let mut tx = app.store.begin().await?;
        let ended = store::sessions::end(&mut tx, caller.user, id).await?;
        if ended {
            note(&mut tx, caller, "session.end", id, now).await?;
        }
        tx.commit().await?;
        Ok(ended)
    })
    .await
}

/// Ends the session of a secret, however far it has come. A secret of no session is no mistake: what
/// was asked for is so.
pub async fn sign_out(app: &App, secret: &SecretString) -> Result<(), AuthError> {
    act(async || {
        let now = app.now();
        let mut tx = app.store.begin().await?;
        if let Some(session) = store::sessions::by_hash(&mut tx, digest_of(secret)).await? {
            let known = store::users::by_id(&mut tx, session.user).await?.ok_or(AuthError::NotSignedIn)?;
            store::sessions::end(&mut tx, session.user, session.id).await?;
            let actor = actor_of(&mut tx, &known.user).await?;
            let entity = format!("session:{}", session.id);
            audit::append(
                &mut tx,
                Act::<(), ()> {
                    actor: &actor,
                    action: "session.end",
                    entity,
                    before: None,
                    after: None,
                    reason: None,
                },
                now,
            )
            .await?;
        }
        Ok(tx.commit().await?)
    })
    .await
}

/// Ends every other session of who asks; gives how many.
pub async fn end_others(app: &App, caller: &Caller) -> Result<u64, AuthError> {
    let this = match caller.via {
        Via::Session { id, .. } => Some(id),
        Via::Token { .. } => None,
    };
    act(async || {
        let now = app.now();
        let mut tx = app.store.begin().await?;
        let ended = store::sessions::end_all(&mut tx, caller.user, this).await?;
        if ended > 0 {
            let entity = format!("user:{}", caller.user);
            let act = Act::<(), _> {
                actor: &caller.actor,
                action: "session.end_others",
                entity,
                before: None,
                after: Some(ended),
                reason: None,
            };
            audit::append(&mut tx, act, now).await?;
        }
        tx.commit().await?;
        Ok(ended)
    })
    .await
}

/// Takes the password again, and the second factor where there is one, before an act that asks for it.
///
/// # Errors
/// [`AuthError::Wrong`], [`AuthError::TooMany`], [`AuthError::NotByToken`].
pub async fn authenticate_again(
    app: &App,
    caller: &Caller,
    given: &SecretString,
    code: Option<&str>,
) -> Result<(), AuthError> {
    let Via::Session { id, .. } = caller.via else {
        return Err(AuthError::NotByToken);
    };
    let name = caller.user.to_string();
    let counted = failures::Counted::Name(&name);
    let now = app.now();
    let mut tx = app.store.begin_read().await?;
    failures::refuse_many(&mut tx, counted, now).await?;
    let known = active(&mut tx, caller.user).await?;
    drop(tx);
    let is_right =
        password::check(app, known.password_hash.as_deref(), given).await != password::Match::Wrong;
    act(async || {
        let mut tx = app.store.begin().await?;
        let factor_is_right = known.second_factor_since.is_none()
            || super::second_factor::is_right(app, &mut tx, &known, code.unwrap_or_default(), now).await?;
        let is_right = is_right && factor_is_right;
        if is_right {
            store::sessions::authenticated(&mut tx, id, now).await?;
            failures::forget(&mut tx, counted).await?;
            note(&mut tx, caller, "session.authenticate", id, now).await?;
        } else {
            failures::note(app, &mut tx, counted, now).await?;
        }
        tx.commit().await?;
        if is_right { Ok(()) } else { Err(AuthError::Wrong) }
    })
    .await
}

async fn note(
    tx: &mut Tx,
    caller: &Caller,
    action: &'static str,
    session: SessionId,
    now: Timestamp,
) -> Result<(), AuthError> {
    let act = Act::<(), ()> {
        actor: &caller.actor,
        action,
        entity: format!("session:{session}"),
        before: None,
        after: None,
        reason: None,
    };
    Ok(audit::append(tx, act, now).await?)
}
