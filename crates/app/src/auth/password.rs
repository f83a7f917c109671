//! Passwords: what is accepted, and how they are kept (Argon2id, RFC 9106).

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::lang::Text;
use secrecy::{ExposeSecret, SecretString};

use crate::App;

/// What one password hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

/// 64 MiB and three passes: the second recommended choice of RFC 9106, on one lane.
impl Default for Cost {
    fn default() -> Self {
        Self { memory_kib: 64 * 1024, passes: 3 }
    }
}

impl Cost {
    /// The least that the algorithm takes, for tests.
    pub const LEAST: Self = Self { memory_kib: 8, passes: 1 };

    fn hasher(self) -> Argon2<'static> {
        let params = Params::new(self.memory_kib, self.passes, 1, None).expect("the costs are within bounds");
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
    }
}

/// A password that may be kept.
#[derive(Debug, Clone)]
pub struct Password(SecretString);

/// Why a password is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than eight characters.
    #[error("a password has at least 8 characters, better 15: a few words in a row")]
    Short,
    /// More than 128 characters.
    #[error("a password has at most 128 characters")]
    Long,
    /// One of those that are tried first.
    #[error("this password is easy to guess: take a few words that do not belong together")]
    Weak,
}

impl From<&PasswordError> for Text {
    fn from(error: &PasswordError) -> Self {
        let ru = match error {
            PasswordError::Short => "в пароле не меньше 8 знаков, лучше 15: несколько слов подряд",
            PasswordError::Long => "в пароле не больше 128 знаков",
            PasswordError::Weak => {
                "этот пароль легко угадать: возьмите несколько слов, не связанных между собой"
            }
        };
        Self::new(ru, error.to_string())
    }
}

impl Password {
    /// Accepts a new password: 8 to 128 characters of any kind, none of those that are tried first,
    /// nothing made of what is `known` of its owner.
    pub fn new(text: &SecretString, known: &[&str]) -> Result<Self, PasswordError> {
        let shown = text.expose_secret();
        match shown.chars().count() {
            ..8 => return Err(PasswordError::Short),
            129.. => return Err(PasswordError::Long),
            _ => {}
        }
        // The estimate looks at no more than a hundred characters.
        if zxcvbn::zxcvbn(shown, known).score() < zxcvbn::Score::Two {
            return Err(PasswordError::Weak);
        }
        Ok(Self(text.clone()))
    }

    /// Wraps a password that is kept already.
    pub(super) fn kept(text: &SecretString) -> Self {
        Self(text.clone())
    }
}

/// The hash of a password, in the PHC format with a salt of its own.
pub(crate) async fn hash(app: &App, password: &Password) -> String {
    let cost = app.access.cost;
    let salt: [u8; 16] = app.ids.random();
    let text = password.0.clone();
    blocking(app, move || {
        cost.hasher()
            .hash_password_with_salt(text.expose_secret().as_bytes(), &salt)
            .expect("the salt has the right length")
            .to_string()
    })
    .await
}

/// What comes of comparing a password with what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Match {
    /// It is the one.
    Right,
    /// It is the one, but it is kept at another cost than is asked for now.
    RightButOld,
    /// It is not.
    Wrong,
}

/// Compares a password with what is kept of a user. Where there is nobody, the same work is done and
/// the answer is no.
pub(crate) async fn check(app: &App, kept: Option<&str>, given: &SecretString) -> Match {
    let cost = app.access.cost;
    let nobody = app.access.nobody.clone();
    let (kept, given) = (kept.map(str::to_owned), given.clone());
    blocking(app, move || {
        let is_somebody = kept.is_some();
        let kept = kept.unwrap_or_else(|| {
            let made = || {
                let hasher = cost.hasher();
                hasher.hash_password_with_salt(b"nobody", b"nobody's salt...").map(|hash| hash.to_string())
            };
            nobody.get_or_init(|| made().expect("the salt has the right length")).clone()
        });
        let Ok(hash) = PasswordHash::new(&kept) else {
            return Match::Wrong;
        };
        let is_right = cost.hasher().verify_password(given.expose_secret().as_bytes(), &hash).is_ok();
        let is_current = Params::try_from(&hash)
            .is_ok_and(|params| params.m_cost() == cost.memory_kib && params.t_cost() == cost.passes);
        match (is_right && is_somebody, is_current) {
            (true, true) => Match::Right,
            (true, false) => Match::RightButOld,
            (false, _) => Match::Wrong,
        }
    })
    .await
}

/// Runs a hash aside, so that it holds up nobody; at most two at once.
async fn blocking<T: Send + 'static>(app: &App, work: impl FnOnce() -> T + Send + 'static) -> T {
    let _turn = app.access.hashing.acquire().await.expect("the semaphore is never closed");
    tokio::task::spawn_blocking(work).await.expect("hashing does not panic")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(text: &str) -> Result<(), PasswordError> {
        Password::new(&text.into(), &["elena", "elena@nanorvs.ru"]).map(drop)
    }

    #[test]
    fn lengths_count_characters() {
        assert_eq!(accepted("жшщ4яъ!"), Err(PasswordError::Short));
        assert_eq!(accepted("жшщ4яъ!э"), Ok(()));
        assert_eq!(accepted(&"ключ от гаража ".repeat(9)), Err(PasswordError::Long));
        assert_eq!(accepted(&"лось да ёж хромой "[..].repeat(7)), Ok(()));
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        for weak in ["password", "12345678", "qwertyuiop", "iloveyou1", "elena@nanorvs.ru", "aaaaaaaaaa"] {
            assert_eq!(accepted(weak), Err(PasswordError::Weak), "{weak}");
        }
    }

    #[test]
    fn a_password_is_never_printed() {
        let password = Password::new(&"лосось в тумане".into(), &[]).expect("a right one");
        assert!(!format!("{password:?}").contains("лосось"));
    }
}
