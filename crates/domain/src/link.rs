//! Invitation links: who brought a visitor first, and where he is sent on.
//!
//! The first touch within the window stays: a later link of another partner changes nothing. It is kept
//! in the visitor's own browser as a signed value, so nothing about visitors is stored here.

mod destination;
mod public_url;
mod utm;

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use subtle::ConstantTimeEq;

pub use destination::{
    Destination, DestinationError, Destinations, Erid, EridError, TargetName, TargetNameError,
};
pub use public_url::{PublicUrl, PublicUrlError};
pub use utm::{Campaign, Utm};

use crate::lang::Text;
use crate::partner::ReferralCode;

/// How far ahead of our clock a first touch may lie: another process of the company made it.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// For how long the first touch holds: 1 to 400 whole days, which is the longest that browsers keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window(u16);

/// Why a number of days is no window.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} days is no window: use 1 to 400, the longest that browsers keep a cookie")]
pub struct WindowError(i64);

impl From<WindowError> for Text {
    fn from(error: WindowError) -> Self {
        let ru = format!("{} — не срок: от 1 до 400 дней, дольше браузеры не хранят", error.0);
        Self::of(&error, ru)
    }
}

impl Window {
    /// A window of days.
    pub fn days(days: i64) -> Result<Self, WindowError> {
        u16::try_from(days).ok().filter(|days| (1..=400).contains(days)).map(Self).ok_or(WindowError(days))
    }

    /// Its length in seconds.
    pub const fn seconds(self) -> i64 {
        self.0 as i64 * 86_400
    }
}

impl Default for Window {
    /// Thirty days.
    fn default() -> Self {
        Self(30)
    }
}

/// The key that signs first touches. Never printed.
#[derive(Clone)]
pub struct LinkKey([u8; 32]);

impl LinkKey {
    /// Derives the key from a secret that serves other ends too.
    pub fn derive(secret: &[u8]) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
        mac.update(b"nanorem first touch of a link, version 1");
        Self(mac.finalize().into_bytes().into())
    }

    fn mac(&self, payload: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(payload);
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkKey([REDACTED])")
    }
}

/// Who brought a visitor first, and when, to the second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstTouch {
    /// Whose link it was.
    pub code: ReferralCode,
    /// When he followed it.
    pub at: Timestamp,
}

/// Why a sealed first touch counts for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TouchError {
    /// Not of the form that [`FirstTouch::seal`] writes.
    #[error("it is not a sealed first touch")]
    Form,
    /// Another key sealed it, or somebody changed it.
    #[error("its seal does not fit")]
    Seal,
    /// The window is over.
    #[error("its window is over")]
    Over,
    /// It lies ahead of the clock.
    #[error("it lies ahead")]
    Ahead,
}

const CODE: usize = 8;
const PAYLOAD: usize = CODE + 8;
const SEALED: usize = PAYLOAD + 32;

impl FirstTouch {
    /// A touch at an instant; what is finer than a second is dropped.
    pub fn new(code: ReferralCode, at: Timestamp) -> Self {
        let second = Timestamp::from_second(at.as_second()).expect("a second of a valid instant is valid");
        Self { code, at: second }
    }

    /// The signed value that the visitor's browser keeps: 64 letters, digits, `-` and `_`.
    pub fn seal(&self, key: &LinkKey) -> String {
        let mut bytes = Vec::with_capacity(SEALED);
        bytes.extend_from_slice(self.code.as_str().as_bytes());
        bytes.extend_from_slice(&self.at.as_second().to_be_bytes());
        let mac = key.mac(&bytes);
        bytes.extend_from_slice(&mac);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a signed value back.
    ///
    /// # Errors
    /// [`TouchError`] if it was not sealed with this key, or its window does not hold `now`.
    pub fn open(text: &str, key: &LinkKey, now: Timestamp, window: Window) -> Result<Self, TouchError> {
        if text.len() != SEALED / 3 * 4 {
            return Err(TouchError::Form);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| TouchError::Form)?;
        let (payload, mac) = bytes.split_at_checked(PAYLOAD).ok_or(TouchError::Form)?;
        if !bool::from(key.mac(payload).ct_eq(mac)) {
            return Err(TouchError::Seal);
        }
        let (code, seconds) = payload.split_at_checked(CODE).ok_or(TouchError::Form)?;
        let code = std::str::from_utf8(code).map_err(|_| TouchError::Form)?;
        let code = ReferralCode::parse(code).map_err(|_| TouchError::Form)?;
        let seconds = i64::from_be_bytes(seconds.try_into().map_err(|_| TouchError::Form)?);
        let at = Timestamp::from_second(seconds).map_err(|_| TouchError::Form)?;
        if at > now.saturating_add(AHEAD).unwrap_or(now) {
            return Err(TouchError::Ahead);
        }
        if now.as_second() - seconds >= window.seconds() {
            return Err(TouchError::Over);
        }
        Ok(Self { code, at })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(text: &str) -> ReferralCode {
        ReferralCode::parse(text).expect("a code")
    }

    fn second(number: i64) -> Timestamp {
        Timestamp::from_second(number).expect("valid")
    }

    const NOW: i64 = 1_800_000_000;
    const DAY: i64 = 86_400;

    fn key() -> LinkKey {
        LinkKey::derive(b"one secret")
    }

    fn touched(at: i64) -> String {
        FirstTouch::new(code("ABCDEFGH"), second(at)).seal(&key())
    }

    fn opened(text: &str, now: i64) -> Result<FirstTouch, TouchError> {
        FirstTouch::open(text, &key(), second(now), Window::default())
    }

    #[test]
    fn what_is_sealed_is_read_back_to_the_second() {
        let fine = Timestamp::from_microsecond(NOW * 1_000_000 + 999_999).expect("valid");
        let sealed = FirstTouch::new(code("abcdefgh"), fine).seal(&key());
        assert_eq!(sealed.len(), 64);
        assert_eq!(opened(&sealed, NOW), Ok(FirstTouch { code: code("ABCDEFGH"), at: second(NOW) }));
    }

    #[test]
    fn it_holds_for_the_window_and_not_a_second_longer() {
        let sealed = touched(NOW);
        assert!(opened(&sealed, NOW + 30 * DAY - 1).is_ok());
        assert_eq!(opened(&sealed, NOW + 30 * DAY), Err(TouchError::Over));
        let short = Window::days(1).expect("a day");
        assert_eq!(FirstTouch::open(&sealed, &key(), second(NOW + DAY), short), Err(TouchError::Over));
    }

    #[test]
    fn one_from_the_future_is_refused_but_clocks_of_two_servers_may_differ() {
        assert!(opened(&touched(NOW + 300), NOW).is_ok());
        assert_eq!(opened(&touched(NOW + 301), NOW), Err(TouchError::Ahead));
    }

    #[test]
    fn another_key_opens_nothing() {
        let sealed = touched(NOW);
        let other = LinkKey::derive(b"another secret");
        assert_eq!(FirstTouch::open(&sealed, &other, second(NOW), Window::default()), Err(TouchError::Seal));
    }

    #[test]
    fn every_changed_letter_breaks_the_seal() {
        let sealed = touched(NOW);
        for place in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).expect("ASCII");
            assert_eq!(opened(&changed, NOW), Err(TouchError::Seal), "place {place}");
        }
    }

    #[test]
    fn what_is_no_sealed_touch_is_refused_by_its_form() {
        let long = "A".repeat(100_000);
        for text in
            ["", "A", "ABCDEFGH", "ABCDEFGH.1800000000", &touched(NOW)[1..], &long, "é", &"=".repeat(64)]
        {
            assert_eq!(opened(text, NOW), Err(TouchError::Form), "{text:.80}");
        }
        assert_eq!(opened(&format!("{}A", touched(NOW)), NOW), Err(TouchError::Form));
    }

    #[test]
    fn a_right_seal_over_wrong_content_is_refused() {
        let seal = |payload: &[u8]| {
            let mac = key().mac(payload);
            URL_SAFE_NO_PAD.encode([payload, mac.as_slice()].concat())
        };
        let with_time = |code: &[u8; 8], time: i64| [code.as_slice(), &time.to_be_bytes()].concat();
        assert_eq!(opened(&seal(&with_time(b"IIIIIIII", NOW)), NOW), Err(TouchError::Form), "no code");
        assert_eq!(
            opened(&seal(&with_time(b"\xff\xff\xff\xff\xff\xff\xff\xff", NOW)), NOW),
            Err(TouchError::Form)
        );
        assert_eq!(opened(&seal(&with_time(b"ABCDEFGH", i64::MAX)), NOW), Err(TouchError::Form));
        assert_eq!(opened(&seal(&with_time(b"ABCDEFGH", i64::MIN)), NOW), Err(TouchError::Form));
    }

    #[test]
    fn windows_are_days_that_browsers_keep() {
        assert_eq!(Window::days(30), Ok(Window::default()));
        for days in [1, 400] {
            assert_eq!(Window::days(days).expect("a window").seconds(), days * DAY);
        }
        for days in [0, -1, 401, i64::MAX, i64::MIN] {
            assert!(Window::days(days).is_err(), "{days}");
        }
    }

    #[test]
    fn the_key_is_never_printed() {
        assert_eq!(format!("{:?}", key()), "LinkKey([REDACTED])");
    }

    proptest! {
        #[test]
        fn nothing_opens_by_chance(text in "[A-Za-z0-9_-]{64}") {
            prop_assert_eq!(opened(&text, NOW), Err(TouchError::Seal));
        }

        #[test]
        fn reading_never_panics(text in any::<String>()) {
            prop_assert!(opened(&text, NOW).is_err());
        }
    }
}
