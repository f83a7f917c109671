//! Signing in by e-mail or phone and password; accepting an invitation, changing the password.

use domain::access::Caller;
use domain::partner::{Email, Phone};
use domain::user::{Stage, User, UserState};
use secrecy::SecretString;
use store::Tx;
use store::users::{Known, Purpose};

use super::failures::{self, Counted};
use super::password::{self, Match, Password};
use super::sessions::{self, SignedIn};
use super::{AuthError, OneTimeCode, act, active, actor_of, needs_fresh};
use crate::App;
use crate::audit::{self, Act};

/// From where somebody signs in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The address of the peer, shortened to its network by whoever shows it.
    pub address: String,
    /// The browser's own name for itself; at most 200 characters are kept.
    pub agent: String,
}

impl Origin {
    /// Wraps what the request says.
    pub fn new(address: impl Into<String>, agent: &str) -> Self {
        let shown = |letter: char| if letter.is_control() { '?' } else { letter };
        Self { address: address.into(), agent: agent.chars().take(200).map(shown).collect() }
    }
}

/// Begins a session: a right password gives a session that may still need a second factor.
///
/// # Errors
/// [`AuthError::Wrong`] for an unknown name and for a wrong password alike, [`AuthError::TooMany`].
pub async fn sign_in(
    app: &App,
    name: &str,
    given: &SecretString,
    origin: &Origin,
) -> Result<SignedIn, AuthError> {
    let now = app.now();
    let name = name.trim().to_lowercase();
    let mut tx = app.store.begin_read().await?;
    failures::refuse_many(&mut tx, Counted::Network(&origin.address), now).await?;
    failures::refuse_many(&mut tx, Counted::Name(&name), now).await?;
    let known = named(&mut tx, &name).await?.filter(|known| known.user.state == UserState::Active);
    drop(tx);
    let kept = known.as_ref().and_then(|known| known.password_hash.as_deref());
    let found = password::check(app, kept, given).await;
    let Some(known) = known.filter(|_| found != Match::Wrong) else {
        tracing::warn!(address = %origin.address, "a wrong name or password");
        return Err(refused(app, &name, origin).await?);
    };
    let renewed = match found {
        Match::RightButOld => Some(password::hash(app, &Password::kept(given)).await),
        _ => None,
    };
    act(async || {
        let mut tx = app.store.begin().await?;
        // Whoever was blocked meanwhile is blocked.
        let known = active(&mut tx, known.user.id).await.map_err(|_| AuthError::Wrong)?;
        if let Some(hash) = &renewed {
            store::users::set_password(&mut tx, known.user.id, hash, now).await?;
        }
        let stage = match (known.second_factor_since, known.user.role.is_staff()) {
            (Some(_), _) => Stage::SecondFactor,
            (None, true) => Stage::Enrolment,
            (None, false) => Stage::Full,
        };
        failures::forget(&mut tx, Counted::Name(&name)).await?;
        let signed_in = sessions::begin(app, &mut tx, known.user.id, stage, origin, now).await?;
        note(&mut tx, &known.user, "session.begin", Some(&signed_in.session), now).await?;
        tx.commit().await?;
        Ok(signed_in)
    })
    .await
}

async fn refused(app: &App, name: &str, origin: &Origin) -> Result<AuthError, AuthError> {
    act(async || {
        let now = app.now();
        let mut tx = app.store.begin().await?;
        failures::note(app, &mut tx, Counted::Name(name), now).await?;
        failures::note(app, &mut tx, Counted::Network(&origin.address), now).await?;
        tx.commit().await?;
        Ok(AuthError::Wrong)
    })
    .await
}

async fn named(tx: &mut Tx, name: &str) -> Result<Option<Known>, AuthError> {
    if let Ok(email) = Email::parse(name) {
        return Ok(store::users::by_email(tx, &email).await?);
    }
    match Phone::parse(name) {
        Ok(phone) => Ok(store::users::by_phone(tx, &phone).await?),
        Err(_) => Ok(None),
    }
}

/// Chooses a password with the code of an invitation or of a reset. Every session of the user ends; he
/// signs in afterwards, second factor included.
///
/// # Errors
/// [`AuthError::Code`], [`AuthError::Password`].
pub async fn choose_password(app: &App, code: &OneTimeCode, text: &SecretString) -> Result<User, AuthError> {
    // Looked at before the code is used up: a weak password must not cost the invitation.
    let password = Password::new(text, &[])?;
    let hash = password::hash(app, &password).await;
    act(async || {
        let now = app.now();
        let mut tx = app.store.begin().await?;
        let user = match store::users::use_code(&mut tx, Purpose::Invitation, code.digest(), now).await? {
            Some(user) => user,
            None => store::users::use_code(&mut tx, Purpose::Reset, code.digest(), now)
                .await?
                .ok_or(AuthError::Code)?,
        };
        let known = store::users::by_id(&mut tx, user)
            .await?
            .filter(|known| known.user.state != UserState::Blocked)
            .ok_or(AuthError::Code)?;
        Password::new(text, &known_of(&known.user))?;
        store::users::set_password(&mut tx, user, &hash, now).await?;
        store::sessions::end_all(&mut tx, user, None).await?;
        note(&mut tx, &known.user, "password.choose", None::<&()>, now).await?;
        tx.commit().await?;
        Ok(User { state: UserState::Active, ..known.user })
    })
    .await
}

/// Changes the password of who is signed in and gave the old one just now. His other sessions end.
///
/// # Errors
/// [`AuthError::NotFresh`], [`AuthError::Password`].
pub async fn change_password(app: &App, caller: &Caller, text: &SecretString) -> Result<(), AuthError> {
    let this = needs_fresh(caller, app.now())?;
    let known = active(&mut app.store.begin_read().await?, caller.user).await?;
    let password = Password::new(text, &known_of(&known.user))?;
    let hash = password::hash(app, &password).await;
    act(async || {
        let now = app.now();
        let mut tx = app.store.begin().await?;
        store::users::set_password(&mut tx, caller.user, &hash, now).await?;
        store::sessions::end_all(&mut tx, caller.user, Some(this)).await?;
        store::users::drop_codes(&mut tx, caller.user, Purpose::Reset).await?;
        note(&mut tx, &known.user, "password.change", None::<&()>, now).await?;
        Ok(tx.commit().await?)
    })
    .await
}

fn known_of(user: &User) -> Vec<&str> {
    let texts = [
        Some(user.name.as_str()),
        user.email.as_ref().map(Email::as_str),
        user.phone.as_ref().map(Phone::as_str),
    ];
    texts.into_iter().flatten().collect()
}

async fn note<T: serde::Serialize>(
    tx: &mut Tx,
    user: &User,
    action: &'static str,
    after: Option<&T>,
    now: jiff::Timestamp,
) -> Result<(), AuthError> {
    let actor = actor_of(tx, user).await?;
    let entity = format!("user:{}", user.id);
    let act = Act::<(), _> { actor: &actor, action, entity, before: None, after, reason: None };
    Ok(audit::append(tx, act, now).await?)
}
