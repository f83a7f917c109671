//! `api_tokens`: what programs hold is known here by its hash only.

use domain::access::Permission;
use domain::ids::{TokenId, UserId};
use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::{instant, micros, optional_instant, parsed};
use crate::{StoreError, Tx};

const TABLE: &str = "api_tokens";

/// An API token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Identity.
    pub id: TokenId,
    /// As whom it acts.
    pub user: UserId,
    /// What its maker calls it.
    pub name: String,
    /// How it begins, by which people know it again.
    pub prefix: String,
    /// What it may do at most.
    pub scopes: Vec<Permission>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    user_id: Uuid,
    name: String,
    prefix: String,
    scopes: String,
    created_at: i64,
    expires_at: i64,
    last_used_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl TryFrom<Row> for Token {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let scope = |word: &str| parsed(TABLE, word, Permission::parse);
        Ok(Self {
            id: TokenId::new(row.id),
            user: UserId::new(row.user_id),
            name: row.name,
            prefix: row.prefix,
            scopes: row.scopes.split(' ').map(scope).collect::<Result<_, _>>()?,
            created_at: instant(TABLE, row.created_at)?,
            expires_at: instant(TABLE, row.expires_at)?,
            last_used_at: optional_instant(TABLE, row.last_used_at)?,
            revoked_at: optional_instant(TABLE, row.revoked_at)?,
        })
    }
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, name, prefix, scopes, created_at, expires_at, last_used_at, revoked_at FROM api_tokens ",
            $rest
        )
    };
}

/// Stores a new token under the hash of its secret.
pub async fn insert(tx: &mut Tx, token: &Token, hash: [u8; 32]) -> Result<(), StoreError> {
    let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
    execute!(
        tx,
        "INSERT INTO api_tokens (id, user_id, name, prefix, hash, scopes, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        token.id.uuid(),
        token.user.uuid(),
        token.name.clone(),
        token.prefix.clone(),
        hash.to_vec(),
        scopes.join(" "),
        micros(token.created_at),
        micros(token.expires_at),
    )?;
    Ok(())
}

/// The token of a secret, by its hash.
pub async fn by_hash(tx: &mut Tx, hash: [u8; 32]) -> Result<Option<Token>, StoreError> {
    fetch_optional!(tx, Row, columns!("WHERE hash = $1"), hash.to_vec())?.map(Token::try_from).transpose()
}

/// The token of an id.
pub async fn by_id(tx: &mut Tx, id: TokenId) -> Result<Option<Token>, StoreError> {
    fetch_optional!(tx, Row, columns!("WHERE id = $1"), id.uuid())?.map(Token::try_from).transpose()
}

/// The tokens of a user, the newest first.
pub async fn of_user(tx: &mut Tx, user: UserId) -> Result<Vec<Token>, StoreError> {
    fetch_all!(tx, Row, columns!("WHERE user_id = $1 ORDER BY created_at DESC, id"), user.uuid())?
        .into_iter()
        .map(Token::try_from)
        .collect()
}

/// Every token there is, the newest first.
pub async fn all(tx: &mut Tx) -> Result<Vec<Token>, StoreError> {
    fetch_all!(tx, Row, columns!("ORDER BY created_at DESC, id"))?.into_iter().map(Token::try_from).collect()
}

/// Stores that a token was used.
pub async fn touch(tx: &mut Tx, id: TokenId, now: Timestamp) -> Result<(), StoreError> {
    execute!(tx, "UPDATE api_tokens SET last_used_at = $1 WHERE id = $2", micros(now), id.uuid())?;
    Ok(())
}

/// Revokes a token; gives whether it was not revoked yet.
pub async fn revoke(tx: &mut Tx, id: TokenId, now: Timestamp) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "UPDATE api_tokens SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL",
        micros(now),
        id.uuid(),
    )?;
    Ok(touched == 1)
}

/// Revokes every token of a user; gives how many.
pub async fn revoke_all(tx: &mut Tx, user: UserId, now: Timestamp) -> Result<u64, StoreError> {
    execute!(
        tx,
        "UPDATE api_tokens SET revoked_at = $1 WHERE user_id = $2 AND revoked_at IS NULL",
        micros(now),
        user.uuid(),
    )
}
