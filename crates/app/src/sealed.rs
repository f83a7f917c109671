//! What is kept sealed: secrets that the program must be able to read again, and nobody who reads the
//! database alone.
//!
//! A seal is XChaCha20-Poly1305 under a key from the settings (`NANOREM_SECRETS_KEY`). It names the table and
//! the row it belongs to, so a sealed value moved to another row does not open. Several keys may stand in the
//! settings while one takes over from another: the first seals, any of them opens.
//!
//! `1 | first 4 bytes of SHA-256(key) | nonce, 24 bytes | ciphertext and tag`

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use secrecy::SecretSlice;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::App;

/// The form written and read.
const VERSION: u8 = 1;
const NONCE: usize = 24;

/// Where a sealed value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The table.
    pub table: &'static str,
    /// The row.
    pub id: Uuid,
}

impl Place {
    fn bound(self) -> Vec<u8> {
        format!("nanorem/{}/{}", self.table, self.id).into_bytes()
    }
}

/// The keys of the settings.
pub struct Sealer(Vec<Key>);

struct Key {
    mark: [u8; 4],
    cipher: XChaCha20Poly1305,
}

/// Why a text is no key. The text itself is never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not base64.
    #[error("a key is 32 bytes in base64")]
    Form,
    /// Not as long as a key is.
    #[error("a key is 32 bytes in base64, this one has {0}")]
    Length(usize),
    /// None at all.
    #[error("no key is given")]
    None,
}

/// Why a sealed value does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It was sealed with a key that is not in the settings.
    #[error("it was sealed with another key than the settings name")]
    OtherKey,
    /// It was changed, or belongs to another row.
    #[error("the sealed value was changed or belongs elsewhere")]
    Broken,
}

impl Sealer {
    /// Reads keys, each 32 bytes in base64; the first one seals.
    ///
    /// # Errors
    /// [`KeyError`] of the first that is none.
    pub fn parse<T: AsRef<str>>(keys: impl IntoIterator<Item = T>) -> Result<Self, KeyError> {
        let keys: Vec<Key> =
            keys.into_iter().map(|text| Key::parse(text.as_ref())).collect::<Result<_, _>>()?;
        if keys.is_empty() { Err(KeyError::None) } else { Ok(Self(keys)) }
    }

    /// Seals a value for a place. The nonce must be random.
    pub fn seal(&self, nonce: [u8; NONCE], place: Place, plain: &[u8]) -> Vec<u8> {
        let key = self.0.first().expect("a sealer has at least one key");
        let payload = Payload { msg: plain, aad: &place.bound() };
        let sealed = key.cipher.encrypt(&nonce.into(), payload);
        let sealed = sealed.expect("what is sealed here is far shorter than the cipher's limit");
        [&[VERSION], key.mark.as_slice(), nonce.as_slice(), sealed.as_slice()].concat()
    }

    /// Opens what was sealed for a place.
    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
        let (version, rest) = sealed.split_first().ok_or(OpenError::Broken)?;
        let (mark, rest) = rest.split_first_chunk::<4>().ok_or(OpenError::Broken)?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE>().ok_or(OpenError::Broken)?;
        if *version != VERSION {
            return Err(OpenError::Broken);
        }
        let key = self.0.iter().find(|key| key.mark == *mark).ok_or(OpenError::OtherKey)?;
        let payload = Payload { msg: rest, aad: &place.bound() };
        key.cipher.decrypt(&(*nonce).into(), payload).map_err(|_| OpenError::Broken)
    }
}

impl Key {
    fn parse(text: &str) -> Result<Self, KeyError> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| KeyError::Form)?;
        let key: [u8; 32] = bytes.try_into().map_err(|bytes: Vec<u8>| KeyError::Length(bytes.len()))?;
        let hash: [u8; 32] = Sha256::digest(key).into();
        let [a, b, c, d, ..] = hash;
        Ok(Self { mark: [a, b, c, d], cipher: XChaCha20Poly1305::new(&key.into()) })
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer([{} keys])", self.0.len())
    }
}

/// Why a secret is not kept, or not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The settings have no key.
    #[error("no key seals secrets: set NANOREM_SECRETS_KEY")]
    NoKey,
    /// It does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl App {
    /// Seals a secret for the place where it will stand.
    ///
    /// # Errors
    /// [`SealError::NoKey`].
    pub fn seal(&self, place: Place, secret: &[u8]) -> Result<Vec<u8>, SealError> {
        let sealer = self.sealer().ok_or(SealError::NoKey)?;
        Ok(sealer.seal(self.ids.random(), place, secret))
    }

    /// Opens what [`App::seal`] made for the same place.
    ///
    /// # Errors
    /// [`SealError`]
    pub fn unseal(&self, place: Place, sealed: &[u8]) -> Result<SecretSlice<u8>, SealError> {
        let sealer = self.sealer().ok_or(SealError::NoKey)?;
        Ok(sealer.open(place, sealed)?.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "b2xkLWtleS1vbGQta2V5LW9sZC1rZXktb2xkLWtleS0=";
    const NEW: &str = "bmV3LWtleS1uZXcta2V5LW5ldy1rZXktbmV3LWtleS0=";

    fn place(id: u128) -> Place {
        Place { table: "endpoint_secrets", id: Uuid::from_u128(id) }
    }

    fn sealer(keys: &[&str]) -> Sealer {
        Sealer::parse(keys).expect("right keys")
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_only() {
        let sealer = sealer(&[OLD]);
        let sealed = sealer.seal([7; NONCE], place(1), b"whsec_x");
        assert!(!sealed.windows(7).any(|window| window == b"whsec_x"), "nobody reads it");
        assert_eq!(sealer.open(place(1), &sealed), Ok(b"whsec_x".to_vec()));
        assert_eq!(sealer.open(place(2), &sealed), Err(OpenError::Broken), "another row");
        let elsewhere = Place { table: "staff", id: Uuid::from_u128(1) };
        assert_eq!(sealer.open(elsewhere, &sealed), Err(OpenError::Broken), "another table");
    }

    #[test]
    fn a_change_anywhere_is_noticed() {
        let sealer = sealer(&[OLD]);
        let sealed = sealer.seal([7; NONCE], place(1), b"whsec_x");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(sealer.open(place(1), &changed).is_err(), "byte {at}");
            assert!(sealer.open(place(1), &sealed[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn a_new_key_takes_over_while_the_old_one_opens() {
        let before = sealer(&[OLD]).seal([7; NONCE], place(1), b"x");
        let both = sealer(&[NEW, OLD]);
        assert_eq!(both.open(place(1), &before), Ok(b"x".to_vec()));
        let after = both.seal([8; NONCE], place(1), b"x");
        assert_eq!(sealer(&[NEW]).open(place(1), &after), Ok(b"x".to_vec()));
        assert_eq!(sealer(&[NEW]).open(place(1), &before), Err(OpenError::OtherKey));
    }

    #[test]
    fn only_32_bytes_are_a_key() {
        let told = |keys: &[&str]| Sealer::parse(keys).map(|_| ()).expect_err("no key");
        assert_eq!(told(&["c2hvcnQ="]), KeyError::Length(5));
        assert_eq!(told(&["not base64"]), KeyError::Form);
        assert_eq!(told(&[]), KeyError::None);
        assert_eq!(format!("{:?}", sealer(&[OLD])), "Sealer([1 keys])");
    }
}
