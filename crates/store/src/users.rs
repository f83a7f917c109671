//! `users` and what they prove themselves by: password, second factor, codes for one use.

use domain::access::Role;
use domain::actor::StaffLogin;
use domain::ids::{PartnerId, UserId};
use domain::partner::{Email, NamePart, Phone};
use domain::user::{User, UserState};
use jiff::Timestamp;
use uuid::Uuid;

use crate::columns::{instant, micros, optional_instant, parsed};
use crate::{StoreError, Tx};

const TABLE: &str = "users";

/// A user with what he proves himself by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Who.
    pub user: User,
    /// His password, as a hash in the PHC format; `None` until he chose one.
    pub password_hash: Option<String>,
    /// His second factor, sealed.
    pub second_factor: Option<Vec<u8>>,
    /// Since when the second factor is asked for; `None` while it is being set up.
    pub second_factor_since: Option<Timestamp>,
    /// The last step of the second factor that was used.
    pub last_step: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    login: Option<String>,
    role: String,
    state: String,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    partner_id: Option<Uuid>,
    telegram_id: Option<i64>,
    password_hash: Option<String>,
    second_factor: Option<Vec<u8>>,
    second_factor_since: Option<i64>,
    last_step: i64,
    created_at: i64,
}

impl TryFrom<Row> for Known {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let unknown = || StoreError::corrupt(TABLE, format!("{:?} is no state of a user", row.state));
        Ok(Self {
            user: User {
                id: UserId::new(row.id),
                login: row.login.map(|login| parsed(TABLE, &login, StaffLogin::parse)).transpose()?,
                role: parsed(TABLE, &row.role, Role::parse)?,
                state: UserState::parse(&row.state).ok_or_else(unknown)?,
                name: parsed(TABLE, &row.name, NamePart::parse)?,
                email: row.email.map(|email| parsed(TABLE, &email, Email::parse)).transpose()?,
                phone: row.phone.map(|phone| parsed(TABLE, &phone, Phone::parse)).transpose()?,
                partner: row.partner_id.map(PartnerId::new),
                telegram: row.telegram_id,
                created_at: instant(TABLE, row.created_at)?,
            },
            password_hash: row.password_hash,
            second_factor: row.second_factor,
            second_factor_since: optional_instant(TABLE, row.second_factor_since)?,
            last_step: row.last_step,
        })
    }
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT id, login, role, state, name, email, phone, partner_id, telegram_id, password_hash,
                second_factor, second_factor_since, last_step, created_at FROM users ",
            $rest
        )
    };
}

/// Stores a new user, who has no password yet.
///
/// # Errors
/// [`StoreError::Taken`] if the login, e-mail, phone or partner belongs to another user.
pub async fn insert(tx: &mut Tx, user: &User) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO users (id, login, role, state, name, email, phone, partner_id, created_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        user.id.uuid(),
        user.login.as_ref().map(ToString::to_string),
        user.role.as_str(),
        user.state.as_str(),
        user.name.as_str().to_owned(),
        user.email.as_ref().map(ToString::to_string),
        user.phone.as_ref().map(ToString::to_string),
        user.partner.map(PartnerId::uuid),
        micros(user.created_at),
    )?;
    Ok(())
}

/// The user of an id.
pub async fn by_id(tx: &mut Tx, id: UserId) -> Result<Option<Known>, StoreError> {
    fetch_optional!(tx, Row, columns!("WHERE id = $1"), id.uuid())?.map(Known::try_from).transpose()
}

/// The user of a login.
pub async fn by_login(tx: &mut Tx, login: &StaffLogin) -> Result<Option<Known>, StoreError> {
    fetch_optional!(tx, Row, columns!("WHERE login = $1"), login.to_string())?
        .map(Known::try_from)
        .transpose()
}

/// The user of an e-mail address.
pub async fn by_email(tx: &mut Tx, email: &Email) -> Result<Option<Known>, StoreError> {
    fetch_optional!(tx, Row, columns!("WHERE email = $1"), email.to_string())?
        .map(Known::try_from)
        .transpose()
}

/// The user of a phone.
pub async fn by_phone(tx: &mut Tx, phone: &Phone) -> Result<Option<Known>, StoreError> {
    fetch_optional!(tx, Row, columns!("WHERE phone = $1"), phone.to_string())?
        .map(Known::try_from)
        .transpose()
}

/// The user that a partner signs in as.
pub async fn by_partner(tx: &mut Tx, partner: PartnerId) -> Result<Option<Known>, StoreError> {
    fetch_optional!(tx, Row, columns!("WHERE partner_id = $1"), partner.uuid())?
        .map(Known::try_from)
        .transpose()
}

/// The user of a linked Telegram account.
pub async fn by_telegram(tx: &mut Tx, telegram: i64) -> Result<Option<Known>, StoreError> {
    fetch_optional!(tx, Row, columns!("WHERE telegram_id = $1"), telegram)?.map(Known::try_from).transpose()
}

/// Everybody who works for the company, and the shops; by login.
pub async fn with_logins(tx: &mut Tx) -> Result<Vec<Known>, StoreError> {
    fetch_all!(tx, Row, columns!("WHERE login IS NOT NULL ORDER BY login"))?
        .into_iter()
        .map(Known::try_from)
        .collect()
}

/// Stores what a user is and whether he may sign in.
pub async fn set_role(
    tx: &mut Tx,
    id: UserId,
    role: Role,
    state: UserState,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE users SET role = $1, state = $2, changed_at = $3 WHERE id = $4",
        role.as_str(),
        state.as_str(),
        micros(now),
        id.uuid(),
    )?;
    Ok(())
}

/// Stores a password and lets the user in.
pub async fn set_password(tx: &mut Tx, id: UserId, hash: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE users SET password_hash = $1, state = CASE state WHEN 'invited' THEN 'active' ELSE state END,
             changed_at = $2 WHERE id = $3",
        hash.to_owned(),
        micros(now),
        id.uuid(),
    )?;
    Ok(())
}

/// Stores a second factor, sealed; it is asked for `since` then, or not yet. `None` takes it away.
pub async fn set_second_factor(
    tx: &mut Tx,
    id: UserId,
    sealed: Option<&[u8]>,
    since: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE users SET second_factor = $1, second_factor_since = $2, changed_at = $3 WHERE id = $4",
        sealed.map(<[u8]>::to_vec),
        since.map(micros),
        micros(now),
        id.uuid(),
    )?;
    Ok(())
}

/// Uses up a step of the second factor; gives whether it is later than every step used before.
pub async fn use_step(tx: &mut Tx, id: UserId, step: i64) -> Result<bool, StoreError> {
    let touched =
        execute!(tx, "UPDATE users SET last_step = $1 WHERE id = $2 AND last_step < $1", step, id.uuid(),)?;
    Ok(touched == 1)
}

/// Ties a Telegram account to a user, or unties it.
///
/// # Errors
/// [`StoreError::Taken`] if it is tied to another user.
pub async fn set_telegram(
    tx: &mut Tx,
    id: UserId,
    telegram: Option<i64>,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE users SET telegram_id = $1, changed_at = $2 WHERE id = $3",
        telegram,
        micros(now),
        id.uuid(),
    )?;
    Ok(())
}

/// Puts new recovery codes in the place of all that there were.
pub async fn replace_recovery_codes(tx: &mut Tx, id: UserId, hashes: &[[u8; 32]]) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM recovery_codes WHERE user_id = $1", id.uuid())?;
    insert_all!(
        tx,
        "INSERT INTO recovery_codes (user_id, hash) ",
        hashes,
        |hash| (id.uuid(), hash.to_vec()),
        ""
    );
    Ok(())
}

/// Uses up a recovery code; gives whether it was there and unused.
pub async fn use_recovery_code(
    tx: &mut Tx,
    id: UserId,
    hash: [u8; 32],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = execute!(
        tx,
        "UPDATE recovery_codes SET used_at = $1 WHERE user_id = $2 AND hash = $3 AND used_at IS NULL",
        micros(now),
        id.uuid(),
        hash.to_vec(),
    )?;
    Ok(touched == 1)
}

/// How many recovery codes are left.
pub async fn recovery_codes_left(tx: &mut Tx, id: UserId) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL";
    let (left,): (i64,) = fetch_one!(tx, (i64,), sql, id.uuid())?;
    Ok(left)
}

/// For what a code may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To accept an invitation and choose the first password.
    Invitation,
    /// To choose a new password.
    Reset,
    /// To link a Telegram account.
    Telegram,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reset => "reset",
            Self::Telegram => "telegram",
        }
    }
}

/// Stores a code for one use; earlier ones of the user for the same purpose stop working.
pub async fn put_code(
    tx: &mut Tx,
    user: UserId,
    purpose: Purpose,
    hash: [u8; 32],
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    drop_codes(tx, user, purpose).await?;
    execute!(
        tx,
        "INSERT INTO user_codes (hash, user_id, purpose, expires_at) VALUES ($1, $2, $3, $4)",
        hash.to_vec(),
        user.uuid(),
        purpose.as_str(),
        micros(expires_at),
    )?;
    Ok(())
}

/// Makes the unused codes of a user for a purpose stop working.
pub async fn drop_codes(tx: &mut Tx, user: UserId, purpose: Purpose) -> Result<(), StoreError> {
    let sql = "DELETE FROM user_codes WHERE user_id = $1 AND purpose = $2 AND used_at IS NULL";
    execute!(tx, sql, user.uuid(), purpose.as_str())?;
    Ok(())
}

/// Uses up a code; gives whose it was, if it was good for this purpose.
pub async fn use_code(
    tx: &mut Tx,
    purpose: Purpose,
    hash: [u8; 32],
    now: Timestamp,
) -> Result<Option<UserId>, StoreError> {
    let found: Option<(Uuid,)> = fetch_optional!(
        tx,
        (Uuid,),
        "UPDATE user_codes SET used_at = $1
         WHERE hash = $2 AND purpose = $3 AND used_at IS NULL AND expires_at > $1 RETURNING user_id",
        micros(now),
        hash.to_vec(),
        purpose.as_str(),
    )?;
    Ok(found.map(|(user,)| UserId::new(user)))
}

/// Remembers a wrong password or code under a key.
pub async fn note_failure(tx: &mut Tx, id: Uuid, key: [u8; 32], now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO sign_in_failures (key, at, id) VALUES ($1, $2, $3)",
        key.to_vec(),
        micros(now),
        id,
    )?;
    Ok(())
}

/// The failures under a key since an instant: how many, and when the first of them was.
pub async fn failures_since(
    tx: &mut Tx,
    key: [u8; 32],
    since: Timestamp,
) -> Result<(i64, Option<Timestamp>), StoreError> {
    let (count, first): (i64, Option<i64>) = fetch_one!(
        tx,
        (i64, Option<i64>),
        "SELECT COUNT(*), MIN(at) FROM sign_in_failures WHERE key = $1 AND at > $2",
        key.to_vec(),
        micros(since),
    )?;
    Ok((count, optional_instant("sign_in_failures", first)?))
}

/// Forgets the failures under a key.
pub async fn forget_failures(tx: &mut Tx, key: [u8; 32]) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM sign_in_failures WHERE key = $1", key.to_vec())?;
    Ok(())
}

/// Forgets what happened before an instant: failures, and codes that ended.
pub async fn forget_before(tx: &mut Tx, instant: Timestamp) -> Result<u64, StoreError> {
    let failures = execute!(tx, "DELETE FROM sign_in_failures WHERE at < $1", micros(instant))?;
    let codes = execute!(tx, "DELETE FROM user_codes WHERE expires_at < $1", micros(instant))?;
    Ok(failures + codes)
}
