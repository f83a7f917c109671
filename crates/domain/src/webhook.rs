//! Signatures of incoming webhooks: Standard Webhooks, and the old program's bare hex HMAC.
//!
//! Source: the Standard Webhooks specification 1.0 (symmetric signatures, `v1`). Written here rather
//! than taken from its crate because that one reads the system clock itself.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// How old or how far ahead a signed timestamp may be.
pub const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// The largest accepted body, in bytes.
pub const LARGEST_BODY: usize = 256 * 1024;

/// A signing secret. Never printed, never compared but in constant time.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

/// Why a text is not a secret. The text itself is never repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Not `whsec_` and base64.
    #[error("a webhook secret is \"whsec_\" followed by base64")]
    Form,
    /// Too short to be safe.
    #[error("a webhook secret has at least 24 bytes, this one {0}")]
    Short(usize),
}

impl Secret {
    const SHORTEST: usize = 24;

    /// Reads `whsec_<base64>`.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let encoded = text.strip_prefix("whsec_").ok_or(SecretError::Form)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| SecretError::Form)?;
        if bytes.len() < Self::SHORTEST {
            return Err(SecretError::Short(bytes.len()));
        }
        Ok(Self(bytes))
    }

    /// Random bytes as a secret is written: `whsec_<base64>`.
    pub fn written(random: [u8; 32]) -> String {
        format!("whsec_{}", STANDARD.encode(random))
    }

    /// Takes a text as it stands: the secret of the old program's scheme.
    pub fn legacy(text: &str) -> Result<Self, SecretError> {
        if text.len() < Self::SHORTEST {
            return Err(SecretError::Short(text.len()));
        }
        Ok(Self(text.as_bytes().to_vec()))
    }

    fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// The `webhook-signature` header for a message: what a sender writes.
    pub fn sign(&self, id: &str, timestamp: Timestamp, body: &[u8]) -> String {
        let seconds = timestamp.as_second().to_string();
        format!("v1,{}", STANDARD.encode(self.mac(&[id.as_bytes(), b".", seconds.as_bytes(), b".", body])))
    }

    /// The old program's header for a message: lower-case hex of the HMAC of the body.
    pub fn sign_legacy(&self, body: &[u8]) -> String {
        hex::encode(self.mac(&[body]))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([REDACTED])")
    }
}

/// The secrets of one sender: at least one scheme is configured.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    /// Standard Webhooks; several while a secret is being rotated.
    pub standard: Vec<Secret>,
    /// The old program's scheme: header name and secret.
    pub legacy: Option<(String, Secret)>,
}

impl Secrets {
    /// Whether nothing at all is configured, so nothing can be accepted.
    pub const fn is_empty(&self) -> bool {
        self.standard.is_empty() && self.legacy.is_none()
    }
}

/// A body whose signature was found right. Nothing else can make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedBody {
    message_id: String,
    sent_at: Timestamp,
    bytes: Vec<u8>,
}

impl VerifiedBody {
    /// The sender's id of the message; for the old scheme, the signature.
    pub fn message_id(&self) -> &str {
        &self.message_id
    }

    /// When the sender signed it; for the old scheme, when it arrived.
    pub const fn sent_at(&self) -> Timestamp {
        self.sent_at
    }

    /// The raw bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Why a message is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// A header is absent, doubled, or not visible ASCII.
    #[error("header {0} is missing, stands twice or is not plain ASCII")]
    Header(&'static str),
    /// The timestamp is not a whole number of seconds.
    #[error("webhook-timestamp is not a number of seconds")]
    Timestamp,
    /// Signed too long ago, or ahead of time.
    #[error("the message was signed more than 5 minutes away from now")]
    Age,
    /// No signature fits any secret.
    #[error("no signature fits")]
    Signature,
}

/// Verifies a message by the headers it came with.
///
/// `header` gives the value of a header by its lower-case name if it stands exactly once and is
/// visible ASCII.
pub fn verify<'h>(
    secrets: &Secrets,
    header: impl Fn(&str) -> Option<&'h str>,
    body: Vec<u8>,
    now: Timestamp,
) -> Result<VerifiedBody, SignatureError> {
    if let Some((name, secret)) = &secrets.legacy
        && let Some(signature) = header(name)
    {
        return verify_legacy(secret, signature, body, now);
    }
    let id = header("webhook-id")
        .filter(|id| !id.is_empty() && id.len() <= 256)
        .ok_or(SignatureError::Header("webhook-id"))?;
    let timestamp = header("webhook-timestamp").ok_or(SignatureError::Header("webhook-timestamp"))?;
    let signatures = header("webhook-signature").ok_or(SignatureError::Header("webhook-signature"))?;
    let sent_at = parse_seconds(timestamp)?;
    if now.duration_since(sent_at).abs() > TOLERANCE {
        return Err(SignatureError::Age);
    }
    let given: Vec<Vec<u8>> = signatures
        .split(' ')
        .filter_map(|signature| signature.strip_prefix("v1,"))
        .filter_map(|encoded| STANDARD.decode(encoded).ok())
        .collect();
    let fits = secrets.standard.iter().any(|secret| {
        let expected = secret.mac(&[id.as_bytes(), b".", timestamp.as_bytes(), b".", &body]);
        given.iter().any(|given| bool::from(given.ct_eq(&expected)))
    });
    if !fits {
        return Err(SignatureError::Signature);
    }
    Ok(VerifiedBody { message_id: id.to_owned(), sent_at, bytes: body })
}

/// The old scheme carries no id and no time, so the signature stands for the id and replay is caught
/// by the order's own key.
fn verify_legacy(
    secret: &Secret,
    signature: &str,
    body: Vec<u8>,
    now: Timestamp,
) -> Result<VerifiedBody, SignatureError> {
    let given = hex::decode(signature).map_err(|_| SignatureError::Signature)?;
    let is_lower_case = !signature.bytes().any(|byte| byte.is_ascii_uppercase());
    if is_lower_case && bool::from(given.ct_eq(&secret.mac(&[&body]))) {
        return Ok(VerifiedBody { message_id: signature.to_owned(), sent_at: now, bytes: body });
    }
    Err(SignatureError::Signature)
}

fn parse_seconds(text: &str) -> Result<Timestamp, SignatureError> {
    if text.is_empty() || text.len() > 12 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(SignatureError::Timestamp);
    }
    let seconds = text.parse().map_err(|_| SignatureError::Timestamp)?;
    Timestamp::from_second(seconds).map_err(|_| SignatureError::Timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "whsec_b2xkLXNlY3JldC1vbGQtc2VjcmV0LW9sZC1zZWNyZXQ=";
    const NEW: &str = "whsec_bmV3LXNlY3JldC1uZXctc2VjcmV0LW5ldy1zZWNyZXQ=";

    fn now() -> Timestamp {
        Timestamp::from_second(1_800_000_000).expect("valid")
    }

    fn secrets(texts: &[&str]) -> Secrets {
        Secrets {
            standard: texts.iter().map(|text| Secret::parse(text).expect("valid")).collect(),
            legacy: None,
        }
    }

    fn check(
        secrets: &Secrets,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<VerifiedBody, SignatureError> {
        let header = |name: &str| {
            let mut found = headers.iter().filter(|(key, _)| *key == name);
            found.next().filter(|_| found.next().is_none()).map(|(_, value)| *value)
        };
        verify(secrets, header, body.to_vec(), now())
    }

    /// The example of the specification's reference libraries.
    #[test]
    fn the_published_signature_is_ours() {
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("valid");
        let signed_at = Timestamp::from_second(1_614_265_330).expect("valid");
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", signed_at, br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_right_signature_passes_under_any_of_the_secrets() {
        let seconds = now().as_second().to_string();
        for signer in [OLD, NEW] {
            let signature = Secret::parse(signer).expect("valid").sign("m.1", now(), b"{}");
            let list = format!("v1,AAAA v1a,xx {signature}");
            let headers =
                [("webhook-id", "m.1"), ("webhook-timestamp", &*seconds), ("webhook-signature", &*list)];
            assert_eq!(check(&secrets(&[OLD, NEW]), &headers, b"{}").expect("verified").message_id(), "m.1");
        }
    }

    #[test]
    fn anything_forged_is_refused() {
        let seconds = now().as_second().to_string();
        let signature = Secret::parse(OLD).expect("valid").sign("m1", now(), b"{}");
        let right =
            [("webhook-id", "m1"), ("webhook-timestamp", &*seconds), ("webhook-signature", &*signature)];
        let both = secrets(&[OLD]);
        assert!(check(&both, &right, b"{}").is_ok());
        assert_eq!(check(&both, &right, b"{} "), Err(SignatureError::Signature), "another body");
        assert_eq!(check(&secrets(&[NEW]), &right, b"{}"), Err(SignatureError::Signature), "another secret");
        assert_eq!(
            check(&secrets(&[]), &right, b"{}"),
            Err(SignatureError::Signature),
            "no secret accepts nothing"
        );
        for (name, value) in [
            ("webhook-id", "m2"),
            ("webhook-signature", "v1,"),
            ("webhook-signature", "v1"),
            ("webhook-signature", ""),
            ("webhook-signature", "v2,AAAA"),
        ] {
            let forged = right.map(|(key, old)| (key, if key == name { value } else { old }));
            assert_eq!(check(&both, &forged, b"{}"), Err(SignatureError::Signature), "{name}: {value}");
        }
        for stamp in ["", "abc", "+1800000000", " 1800000000", "-1", "1800000000.5", "99999999999999999999"] {
            let forged = right.map(|(key, old)| (key, if key == "webhook-timestamp" { stamp } else { old }));
            assert_eq!(check(&both, &forged, b"{}"), Err(SignatureError::Timestamp), "{stamp}");
        }
        for missing in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
            let fewer: Vec<_> = right.into_iter().filter(|(key, _)| *key != missing).collect();
            assert!(matches!(check(&both, &fewer, b"{}"), Err(SignatureError::Header(_))));
            let doubled: Vec<_> =
                right.into_iter().chain(right.into_iter().filter(|(key, _)| *key == missing)).collect();
            assert!(matches!(check(&both, &doubled, b"{}"), Err(SignatureError::Header(_))));
        }
    }

    #[test]
    fn messages_outside_five_minutes_are_refused() {
        for (offset, accepted) in [(-301, false), (-300, true), (300, true), (301, false)] {
            let signed_at = Timestamp::from_second(now().as_second() + offset).expect("valid");
            let signature = Secret::parse(OLD).expect("valid").sign("m", signed_at, b"{}");
            let seconds = signed_at.as_second().to_string();
            let headers =
                [("webhook-id", "m"), ("webhook-timestamp", &*seconds), ("webhook-signature", &*signature)];
            assert_eq!(check(&secrets(&[OLD]), &headers, b"{}").is_ok(), accepted, "{offset} s");
        }
    }

    #[test]
    fn the_old_scheme_works_only_where_it_is_configured() {
        let secret = Secret::legacy("a-long-enough-legacy-secret").expect("valid");
        let signature = secret.sign_legacy(b"{}");
        let upper = signature.to_uppercase();
        let with = Secrets { standard: vec![], legacy: Some(("x-signature".into(), secret)) };
        assert!(check(&with, &[("x-signature", &signature)], b"{}").is_ok());
        assert!(check(&with, &[("x-signature", &upper)], b"{}").is_err());
        assert!(check(&with, &[("x-signature", "é")], b"{}").is_err());
        assert!(check(&secrets(&[OLD]), &[("x-signature", &signature)], b"{}").is_err());
    }

    #[test]
    fn secrets_are_never_printed() {
        assert_eq!(format!("{:?}", Secret::parse(OLD)), "Ok(Secret([REDACTED]))");
        assert!(matches!(Secret::parse("whsec_AAAA"), Err(SecretError::Short(3))));
        assert!(matches!(Secret::parse("secret"), Err(SecretError::Form)));
    }
}
