//! Secrets that the program must be able to read again, kept so that the database alone does not tell
//! them: second factors of staff, signing keys of endpoints.
//!
//! XChaCha20-Poly1305 (RFC 8439 with a 192-bit nonce) under one key that lives outside the database.
//! The place of a value is sealed with it, so that a sealed value moved to another row does not open.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretBox, SecretSlice};
use sha2::Sha256;

use crate::App;

/// The key under which secrets are sealed: 32 bytes, from the settings or a file of its own.
#[derive(Debug, Clone)]
pub struct SealingKey(std::sync::Arc<SecretBox<[u8; 32]>>);

/// Why a text is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the key must be 64 hexadecimal digits (32 random bytes)")]
pub struct KeyError;

/// Why a sealed value is not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The program was started without a key.
    #[error("no sealing key is set: set NANOREM_SECRETS_KEY")]
    NoKey,
    /// Another key sealed it, it stood elsewhere, or it was changed.
    #[error("a secret at {0} cannot be opened: it was sealed with another key, or changed")]
    Broken(String),
}

const NONCE: usize = 24;

impl SealingKey {
    /// Wraps 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(std::sync::Arc::new(SecretBox::new(Box::new(bytes))))
    }

    /// Reads 64 hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| KeyError)?;
        Ok(Self::new(bytes))
    }

    /// A key for another purpose, from which this one cannot be told.
    pub fn derived(&self, purpose: &str) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret()).expect("HMAC takes any key");
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(*self.0.expose_secret()))
    }
}

impl App {
    /// Seals a secret for the place where it will stand: a table and a row.
    ///
    /// # Errors
    /// [`SealError::NoKey`].
    pub fn seal(&self, place: &str, secret: &[u8]) -> Result<Vec<u8>, SealError> {
        let key = self.sealing.as_ref().ok_or(SealError::NoKey)?;
        let nonce: [u8; NONCE] = self.ids.random();
        let payload = Payload { msg: secret, aad: place.as_bytes() };
        let sealed = key
            .cipher()
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| SealError::Broken(place.to_owned()))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`App::seal`] made for the same place.
    ///
    /// # Errors
    /// [`SealError`]
    pub fn unseal(&self, place: &str, sealed: &[u8]) -> Result<SecretSlice<u8>, SealError> {
        let key = self.sealing.as_ref().ok_or(SealError::NoKey)?;
        let broken = || SealError::Broken(place.to_owned());
        let (nonce, text) = sealed.split_first_chunk::<NONCE>().ok_or_else(broken)?;
        let payload = Payload { msg: text, aad: place.as_bytes() };
        let opened = key.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| broken())?;
        Ok(opened.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_64_hexadecimal_digits_and_never_printed() {
        let key = SealingKey::parse(&"a7".repeat(32)).expect("a right key");
        assert!(!format!("{key:?}").contains("a7a7"), "{key:?}");
        for wrong in ["", "a7", &"a7".repeat(33), &"g7".repeat(32)] {
            assert_eq!(SealingKey::parse(wrong).map(|_| ()), Err(KeyError), "{wrong:?}");
        }
    }

    #[test]
    fn derived_keys_differ_by_purpose() {
        let key = SealingKey::new([1; 32]);
        assert_eq!(key.derived("links"), key.derived("links"));
        assert_ne!(key.derived("links"), key.derived("cursors"));
        assert_ne!(key.derived("links"), SealingKey::new([2; 32]).derived("links"));
    }
}
