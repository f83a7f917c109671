//! The second factor: six digits that change every 30 seconds (TOTP, RFC 6238), each good once; and
//! recovery codes for whoever lost his phone.

use domain::access::Caller;
use domain::user::{Stage, User};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use store::Tx;
use store::users::Known;
use totp_rs::{Builder, Secret, Totp};

use super::failures::{self, Counted};
use super::sessions::{self, SignedIn};
use super::{AuthError, OneTimeCode, act, active, actor_of, needs_fresh};
use crate::App;
use crate::audit::{self, Act};
use crate::sealed::Place;

/// What an authenticator app is told; shown once.
#[derive(Debug)]
pub struct Enrolment {
    /// For a QR picture: `otpauth://totp/…`.
    pub uri: SecretString,
    /// The same secret, to type in.
    pub secret: SecretString,
}

/// How many recovery codes there are.
const RECOVERY_CODES: usize = 10;

/// Begins to set the second factor up. It is asked for once a code of it was given.
///
/// # Errors
/// [`AuthError::HasSecondFactor`]; [`AuthError::NotSignedIn`]; [`AuthError::Seal`] without a key.
pub async fn enrol(app: &App, session: &SecretString) -> Result<Enrolment, AuthError> {
    act(async || {
        let now = app.now();
        let mut tx = app.store.begin().await?;
        let (_, known) = may_enrol(app, &mut tx, session, now).await?;
        let secret: [u8; 20] = app.ids.random();
        let sealed = app.seal(place(&known.user), &secret)?;
        store::users::set_second_factor(&mut tx, known.user.id, Some(&sealed), None, now).await?;
        tx.commit().await?;
        let totp = totp(secret.to_vec(), &known.user);
        let uri = totp.to_url().expect("the account's name and the issuer have no colon");
        Ok(Enrolment { uri: uri.into(), secret: Secret::from(secret).to_base32().into() })
    })
    .await
}

/// Sets the second factor up: a code of it shows that the app was told. Gives the finished session and
/// the recovery codes, which are shown once.
///
/// # Errors
/// [`AuthError::Wrong`], [`AuthError::TooMany`], [`AuthError::NoSecondFactor`] if it was not begun.
pub async fn confirm(
    app: &App,
    session: &SecretString,
    code: &str,
) -> Result<(SignedIn, Vec<OneTimeCode>), AuthError> {
    act(async || {
        let now = app.now();
        let mut tx = app.store.begin().await?;
        let (session, known) = may_enrol(app, &mut tx, session, now).await?;
        if !attempt(app, &mut tx, &known, code, now).await? {
            tx.commit().await?;
            return Err(AuthError::Wrong);
        }
        let sealed = known.second_factor.as_deref();
        store::users::set_second_factor(&mut tx, known.user.id, sealed, Some(now), now).await?;
        let codes = renew_recovery_codes(app, &mut tx, &known.user).await?;
        let signed_in = sessions::go_on(app, &mut tx, &session, now).await?;
        store::sessions::end_all(&mut tx, known.user.id, Some(signed_in.session.id)).await?;
        note(&mut tx, &known.user, "second_factor.set", now).await?;
        tx.commit().await?;
        Ok((signed_in, codes))
    })
    .await
}

/// Finishes a session that waits for the second factor, with a code of it or a recovery code.
///
/// # Errors
/// [`AuthError::Wrong`], [`AuthError::TooMany`], [`AuthError::NotSignedIn`].
pub async fn give(app: &App, session: &SecretString, code: &str) -> Result<SignedIn, AuthError> {
    act(async || {
        let now = app.now();
        let mut tx = app.store.begin().await?;
        let (session, known) = sessions::found(app, &mut tx, session, now).await?;
        if session.stage != Stage::SecondFactor {
            return Err(AuthError::NotSignedIn);
        }
        if !attempt(app, &mut tx, &known, code, now).await? {
            tx.commit().await?;
            return Err(AuthError::Wrong);
        }
        let signed_in = sessions::go_on(app, &mut tx, &session, now).await?;
        note(&mut tx, &known.user, "second_factor.give", now).await?;
        tx.commit().await?;
        Ok(signed_in)
    })
    .await
}

/// New recovery codes in the place of all that were left.
///
/// # Errors
/// [`AuthError::NotFresh`], [`AuthError::NoSecondFactor`].
pub async fn new_recovery_codes(app: &App, caller: &Caller) -> Result<Vec<OneTimeCode>, AuthError> {
    needs_fresh(caller, app.now())?;
    act(async || {
        let now = app.now();
        let mut tx = app.store.begin().await?;
        let known = active(&mut tx, caller.user).await?;
        known.second_factor_since.ok_or(AuthError::NoSecondFactor)?;
        let codes = renew_recovery_codes(app, &mut tx, &known.user).await?;
        note(&mut tx, &known.user, "second_factor.new_recovery_codes", now).await?;
        tx.commit().await?;
        Ok(codes)
    })
    .await
}

/// A living session that may set the second factor up: one that must, or a finished one whose password
/// was given just now.
async fn may_enrol(
    app: &App,
    tx: &mut Tx,
    session: &SecretString,
    now: Timestamp,
) -> Result<(domain::user::Session, Known), AuthError> {
    let (session, known) = sessions::found(app, tx, session, now).await?;
    if known.second_factor_since.is_some() {
        return Err(AuthError::HasSecondFactor);
    }
    let is_fresh = now.duration_since(session.authenticated_at) <= domain::user::FRESH;
    match session.stage {
        Stage::Full if !is_fresh => Err(AuthError::NotFresh),
        Stage::Enrolment | Stage::Full => Ok((session, known)),
        Stage::SecondFactor => Err(AuthError::Unfinished(Stage::SecondFactor)),
    }
}

/// Tries a code; a wrong one is counted, and after five nothing is tried for a while.
async fn attempt(
    app: &App,
    tx: &mut Tx,
    known: &Known,
    code: &str,
    now: Timestamp,
) -> Result<bool, AuthError> {
    let name = known.user.id.to_string();
    let counted = Counted::SecondFactor(&name);
    failures::refuse_many(tx, counted, now).await?;
    let is_right = is_right(app, tx, known, code, now).await?;
    if is_right {
        failures::forget(tx, counted).await?;
    } else {
        failures::note(app, tx, counted, now).await?;
    }
    Ok(is_right)
}

/// Whether a code is right, now and for the first time. It is used up.
pub(super) async fn is_right(
    app: &App,
    tx: &mut Tx,
    known: &Known,
    code: &str,
    now: Timestamp,
) -> Result<bool, AuthError> {
    let sealed = known.second_factor.as_deref().ok_or(AuthError::NoSecondFactor)?;
    let secret = app.unseal(place(&known.user), sealed)?;
    let totp = totp(secret.expose_secret().to_vec(), &known.user);
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    if let Some(step) = totp.check(code.trim(), seconds) {
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        return Ok(store::users::use_step(tx, known.user.id, step).await?);
    }
    let digest = OneTimeCode::typed(code).digest();
    Ok(store::users::use_recovery_code(tx, known.user.id, digest, now).await?)
}

async fn renew_recovery_codes(app: &App, tx: &mut Tx, user: &User) -> Result<Vec<OneTimeCode>, AuthError> {
    let codes: Vec<OneTimeCode> = (0..RECOVERY_CODES).map(|_| OneTimeCode::short(app)).collect();
    let hashes: Vec<[u8; 32]> = codes.iter().map(OneTimeCode::digest).collect();
    store::users::replace_recovery_codes(tx, user.id, &hashes).await?;
    Ok(codes)
}

fn totp(secret: Vec<u8>, user: &User) -> Totp {
    // A colon would end the account's name in the URI.
    let account = user.login.as_ref().map_or_else(|| user.id.to_string(), ToString::to_string);
    Builder::new()
        .with_secret(secret)
        .with_skew(1)
        .with_account_name(account)
        .with_issuer(Some("NANOREM"))
        .build()
        .expect("six digits and a secret of 160 bits are within RFC 6238")
}

fn place(user: &User) -> Place {
    Place { table: "users", id: user.id.uuid() }
}

async fn note(tx: &mut Tx, user: &User, action: &'static str, now: Timestamp) -> Result<(), AuthError> {
    let actor = actor_of(tx, user).await?;
    let entity = format!("user:{}", user.id);
    let act = Act::<(), ()> { actor: &actor, action, entity, before: None, after: None, reason: None };
    Ok(audit::append(tx, act, now).await?)
}
