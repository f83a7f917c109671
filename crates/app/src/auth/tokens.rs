//! API tokens: scoped, expiring, kept as hashes, revoked at once.

use base64::Engine as _;
use domain::access::{Caller, Permission, Role, Via};
use domain::ids::{TokenId, UserId};
use domain::lang::Text;
use domain::user::UserState;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
pub use store::tokens::Token;

use super::{AuthError, By, act, active, actor_of, digest_of, is_worth_noting, needs, needs_fresh};
use crate::App;
use crate::audit::{self, Act};

/// How every token begins, so that one that leaked is found by a search.
pub const PREFIX: &str = "nrm_";
/// The longest life of a token.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// Why a token is not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// No name, or too long a one.
    #[error("a token needs a name of 1 to 100 characters, so that people know it again")]
    Name,
    /// No scope.
    #[error("a token needs at least one scope")]
    NoScope,
    /// More than its owner may.
    #[error("a token cannot do more than its owner: {0} is not allowed to {1}")]
    Beyond(Permission, Role),
    /// It would end in the past, or too late.
    #[error("a token ends in the future, at most 366 days ahead")]
    Expiry,
    /// There is no such user.
    #[error("there is no such user")]
    UnknownUser,
    /// There is no such token.
    #[error("there is no such token")]
    Unknown,
}

impl From<&TokenError> for Text {
    fn from(error: &TokenError) -> Self {
        let ru = match error {
            TokenError::Name => "токену нужно имя от 1 до 100 знаков, чтобы его узнавали".to_owned(),
            TokenError::NoScope => "токену нужно хотя бы одно разрешение".to_owned(),
            TokenError::Beyond(permission, role) => format!(
                "токен не может больше своего владельца: {permission} не разрешено роли «{}»",
                role.name().in_lang(domain::lang::Lang::Ru)
            ),
            TokenError::Expiry => "срок токена — в будущем, не дальше 366 дней".to_owned(),
            TokenError::UnknownUser => "такого пользователя нет".to_owned(),
            TokenError::Unknown => "такого токена нет".to_owned(),
        };
        Self::new(ru, error.to_string())
    }
}

/// A token that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// What he calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Permission>,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// What the audit trail keeps of a token.
#[derive(Debug, Serialize)]
struct Kept<'a> {
    name: &'a str,
    prefix: &'a str,
    scopes: &'a [Permission],
    expires_at: Timestamp,
}

/// Makes a token for who is signed in, or, for who manages tokens, for another user, as the shop's.
/// The secret is shown once.
///
/// # Errors
/// [`AuthError::NotFresh`], [`AuthError::Forbidden`], [`AuthError::Token`].
pub async fn create(
    app: &App,
    by: By<'_>,
    owner: UserId,
    wish: &Wish,
) -> Result<(Token, SecretString), AuthError> {
    if let By::Caller(caller) = by {
        needs_fresh(caller, app.now())?;
        if owner != caller.user {
            needs(caller, Permission::TokensManage)?;
        }
    }
    act(async || {
        let now = app.now();
        let mut tx = app.store.begin().await?;
        let known = store::users::by_id(&mut tx, owner)
            .await?
            .filter(|known| known.user.state != UserState::Blocked)
            .ok_or(TokenError::UnknownUser)?;
        wish.refuse_wrong(known.user.role, now)?;
        // Who manages tokens makes none that could do more than himself.
        wish.refuse_wrong(by.role(), now)?;
        let secret = secret(app);
        let token = Token {
            id: TokenId::new(app.ids.uuid(now)),
            user: owner,
            name: wish.name.trim().to_owned(),
            prefix: secret.expose_secret().chars().take(PREFIX.len() + 6).collect(),
            scopes: wish.scopes.clone(),
            created_at: now,
            expires_at: wish.expires_at,
            last_used_at: None,
            revoked_at: None,
        };
        store::tokens::insert(&mut tx, &token, digest_of(&secret)).await?;
        let kept = Kept {
            name: &token.name,
            prefix: &token.prefix,
            scopes: &token.scopes,
            expires_at: token.expires_at,
        };
        let entity = format!("token:{}", token.id);
        let act = Act::<(), _> {
            actor: by.actor(),
            action: "token.create",
            entity,
            before: None,
            after: Some(kept),
            reason: None,
        };
        audit::append(&mut tx, act, now).await?;
        tx.commit().await?;
        Ok((token, secret))
    })
    .await
}

impl Wish {
    fn refuse_wrong(&self, role: Role, now: Timestamp) -> Result<(), TokenError> {
        let letters = self.name.trim().chars().count();
        if !(1..=100).contains(&letters) || self.name.chars().any(char::is_control) {
            return Err(TokenError::Name);
        }
        if self.scopes.is_empty() {
            return Err(TokenError::NoScope);
        }
        let allowed = role.permissions();
        if let Some(beyond) = self.scopes.iter().find(|scope| !allowed.contains(scope)) {
            // The shop's own rights are given by who manages tokens without having them.
            if *beyond != Permission::ShopOrders || role == Role::Partner {
                return Err(TokenError::Beyond(*beyond, role));
            }
        }
        if self.expires_at <= now || self.expires_at.duration_since(now) > LONGEST {
            return Err(TokenError::Expiry);
        }
        Ok(())
    }
}

/// `nrm_` and 256 random bits.
fn secret(app: &App) -> SecretString {
    let random = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(app.ids.random::<32>());
    format!("{PREFIX}{random}").into()
}

pub(super) async fn caller(app: &App, secret: &SecretString) -> Result<Caller, AuthError> {
    let now = app.now();
    let mut tx = app.store.begin_read().await?;
    let token = store::tokens::by_hash(&mut tx, digest_of(secret))
        .await?
        .filter(|token| token.revoked_at.is_none() && token.expires_at > now)
        .ok_or(AuthError::NotSignedIn)?;
    let known = active(&mut tx, token.user).await?;
    let actor = actor_of(&mut tx, &known.user).await?;
    drop(tx);
    if token.last_used_at.is_none_or(|last| is_worth_noting(last, now)) {
        act(async || {
            let mut tx = app.store.begin().await?;
            store::tokens::touch(&mut tx, token.id, now).await?;
            Ok(tx.commit().await?)
        })
        .await?;
    }
    Ok(Caller {
        user: known.user.id,
        role: known.user.role,
        actor,
        partner: known.user.partner,
        via: Via::Token { id: token.id, scopes: token.scopes },
    })
}

/// The tokens of who asks.
pub async fn own(app: &App, caller: &Caller) -> Result<Vec<Token>, AuthError> {
    Ok(store::tokens::of_user(&mut app.store.begin_read().await?, caller.user).await?)
}

/// The tokens of everybody.
///
/// # Errors
/// [`AuthError::Forbidden`].
pub async fn all(app: &App, by: By<'_>) -> Result<Vec<Token>, AuthError> {
    if let By::Caller(caller) = by {
        needs(caller, Permission::TokensManage)?;
    }
    Ok(store::tokens::all(&mut app.store.begin_read().await?).await?)
}

/// Revokes a token: one's own, or anybody's for who manages tokens. Again is no mistake.
///
/// # Errors
/// [`TokenError::Unknown`], also for a token of another that one may not see.
pub async fn revoke(app: &App, by: By<'_>, id: TokenId) -> Result<Token, AuthError> {
    act(async || {
        let now = app.now();
        let mut tx = app.store.begin().await?;
        let token = store::tokens::by_id(&mut tx, id)
            .await?
            .filter(|token| match by {
                By::Operator(_) => true,
                By::Caller(caller) => token.user == caller.user || caller.may(Permission::TokensManage),
            })
            .ok_or(TokenError::Unknown)?;
        if store::tokens::revoke(&mut tx, id, now).await? {
            let entity = format!("token:{id}");
            let act = Act::<(), ()> {
                actor: by.actor(),
                action: "token.revoke",
                entity,
                before: None,
                after: None,
                reason: None,
            };
            audit::append(&mut tx, act, now).await?;
        }
        tx.commit().await?;
        Ok(Token { revoked_at: token.revoked_at.or(Some(now)), ..token })
    })
    .await
}
