//! How often a wrong password or code may be given: ten times in a quarter of an hour for a name,
//! a hundred times in an hour from a network, five times in a quarter of an hour for a second factor.
//!
//! Counted in the database, so that it holds over restarts and over any number of instances. Unknown
//! names are counted like known ones. Nobody is shut out for longer than the span.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use store::Tx;

use super::AuthError;
use crate::App;

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Counted<'a> {
    /// Passwords for a name.
    Name(&'a str),
    /// Passwords from a network.
    Network(&'a str),
    /// Codes for a user.
    SecondFactor(&'a str),
}

impl Counted<'_> {
    const fn most(self) -> (i64, SignedDuration) {
        match self {
            Self::Name(_) => (10, SignedDuration::from_mins(15)),
            Self::Network(_) => (100, SignedDuration::from_hours(1)),
            Self::SecondFactor(_) => (5, SignedDuration::from_mins(15)),
        }
    }

    fn key(self) -> [u8; 32] {
        let (kind, text) = match self {
            Self::Name(text) => ("name", text),
            Self::Network(text) => ("network", text),
            Self::SecondFactor(text) => ("second factor", text),
        };
        Sha256::digest(format!("{kind}:{text}")).into()
    }
}

/// Refuses when there were too many already.
pub(crate) async fn refuse_many(tx: &mut Tx, counted: Counted<'_>, now: Timestamp) -> Result<(), AuthError> {
    let (most, span) = counted.most();
    let (count, first) = store::users::failures_since(tx, counted.key(), now - span).await?;
    let Some(first) = first.filter(|_| count >= most) else {
        return Ok(());
    };
    let left = (first + span).duration_since(now).as_secs().max(1);
    Err(AuthError::TooMany { retry_after_s: u32::try_from(left).unwrap_or(u32::MAX) })
}

/// Counts one.
pub(crate) async fn note(
    app: &App,
    tx: &mut Tx,
    counted: Counted<'_>,
    now: Timestamp,
) -> Result<(), AuthError> {
    Ok(store::users::note_failure(tx, app.ids.uuid(now), counted.key(), now).await?)
}

/// Forgets them, once the right one was given.
pub(crate) async fn forget(tx: &mut Tx, counted: Counted<'_>) -> Result<(), AuthError> {
    Ok(store::users::forget_failures(tx, counted.key()).await?)
}
