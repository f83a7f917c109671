//! What the program signs, a stranger verifies: the values here were made by the reference library of
//! Standard Webhooks (Python, `standardwebhooks` 1.1.0) from the same secret, id, second and body.

use domain::notice::{Notice, Ping};
use domain::webhook::Secret;
use jiff::Timestamp;

#[test]
fn a_ping_is_signed_as_the_reference_library_signs_it() {
    let bytes: [u8; 32] = std::array::from_fn(|place| u8::try_from(place).expect("fewer than 256"));
    let written = Secret::written(bytes);
    assert_eq!(written, "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    let happened: Timestamp = "2026-02-05T09:00:00Z".parse().expect("an instant");
    let body = Notice::Ping(Ping { endpoint: 1 }).body(happened);
    assert_eq!(body, r#"{"type":"ping","timestamp":"2026-02-05T09:00:00Z","data":{"endpoint":1}}"#);
    let signed_at = Timestamp::from_second(1_770_281_700).expect("an instant");
    let secret = Secret::parse(&written).expect("a secret");
    let signature = secret.sign("msg_019b76d2100070008000000000000007", signed_at, body.as_bytes());
    assert_eq!(signature, "v1,6kbBis+5j3hv4YjKw0UvJmHQzFG/2thZ2lP87YqKg6A=");
}
