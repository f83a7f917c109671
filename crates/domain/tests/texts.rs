//! What is read from a text: where its bounds lie, and how a text that is refused is repeated.

use domain::ids::{FactSeq, PartnerId};
use domain::money::{Money, MoneyError};
use domain::network::{AsOf, Dated, Network};
use domain::order::ExternalId;
use domain::partner::{PartnerCode, ReferralCode};
use domain::period::Period;
use domain::time::parse_instant;
use domain::webhook::{LARGEST_BODY, Secret, SecretError, Secrets, SignatureError, VerifiedBody, verify};
use jiff::Timestamp;

#[test]
fn zeros_before_an_amount_are_no_digits_of_it() {
    assert_eq!("00000000000000000001".parse(), Ok(Money::from_minor(100)));
    let long = "9".repeat(60);
    assert_eq!(long.parse::<Money>(), Err(MoneyError::TooLarge("9".repeat(40))), "a number, but too large");
}

#[test]
fn money_of_a_machine_is_its_decimal_text() {
    assert_eq!(serde_json::from_str::<Money>("\"-12.05\"").expect("money"), Money::from_minor(-1_205));
    assert!(serde_json::from_str::<Money>("\"12.055\"").is_err());
}

#[test]
fn an_external_id_is_of_1_to_100_visible_signs() {
    let longest = "a".repeat(100);
    for right in ["1", "a~!", &longest] {
        assert_eq!(ExternalId::parse(right).expect("an id").as_str(), right);
    }
    for wrong in ["", "a b", "№1", &"a".repeat(101)] {
        assert!(ExternalId::parse(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn only_a_numbered_code_has_a_number() {
    let number = |code: &str| PartnerCode::parse(code).expect("a code").number();
    let numbers = ["NR00042", "nr123456", "NR0042", "NRABCDE", "XX00042"].map(number);
    assert_eq!(numbers, [Some(42), Some(123_456), None, None, None]);
}

#[test]
fn a_referral_code_is_of_eight_letters_that_are_not_mistaken_for_each_other() {
    let made = ReferralCode::from_random([0, 1, 30, 31, 32, 61, 62, 255]);
    assert_eq!(made.as_str(), "AB9AB9AH");
    assert_eq!(ReferralCode::parse("ab9ab9ah"), Ok(made));
    for wrong in ["AB9AB9A", "AB9AB9AHH", "AB9AB9AI", "AB9AB9A0", ""] {
        assert!(ReferralCode::parse(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn a_refused_text_is_repeated_in_its_first_sixty_letters() {
    let error = PartnerCode::parse(&"ж".repeat(70)).expect_err("no code");
    assert!(error.to_string().contains(&format!("\"{}\"", "ж".repeat(60))), "{error}");
}

#[test]
fn a_month_is_of_digits_only() {
    for wrong in ["2026-+1", "+026-01", "2026--1", "2026-0a"] {
        assert!(wrong.parse::<Period>().is_err(), "{wrong}");
    }
}

#[test]
fn facts_are_numbered_one_after_another() {
    assert_eq!([FactSeq(6).next(), FactSeq::LATEST.next()], [FactSeq(7), FactSeq::LATEST]);
}

#[test]
fn one_stands_above_those_below_him_and_above_nobody_else() {
    let [root, left, right, below] = [1, 2, 3, 4].map(|number| PartnerId::new(uuid::Uuid::from_u128(number)));
    let mut network = Network::default();
    let from = parse_instant("2026-01-01T00:00:00Z").expect("an instant");
    for (partner, sponsor) in [(root, None), (left, Some(root)), (right, Some(root)), (below, Some(left))] {
        network.person(partner).sponsors.push(Dated { from, seq: FactSeq(1), fact: sponsor });
    }
    let as_of = AsOf { at: from, known: FactSeq::LATEST };
    let above = |ancestor| network.is_above_or_same(ancestor, below, as_of);
    assert_eq!([root, left, below, right].map(above), [true, true, true, false]);
    assert!(!network.is_above_or_same(below, root, as_of));
}

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).expect("valid")
}

#[test]
fn a_secret_has_at_least_24_bytes() {
    assert!(Secret::legacy(&"s".repeat(24)).is_ok());
    assert_eq!(Secret::legacy(&"s".repeat(23)).expect_err("short"), SecretError::Short(23));
    // 32 and 31 signs of base64 with its padding: 24 and 23 bytes.
    assert!(Secret::parse(&format!("whsec_{}", "A".repeat(32))).is_ok());
    let short = Secret::parse(&format!("whsec_{}=", "A".repeat(31)));
    assert_eq!(short.expect_err("short"), SecretError::Short(23));
}

#[test]
fn secrets_are_none_only_without_either_scheme() {
    let secret = || Secret::legacy(&"s".repeat(24)).expect("a secret");
    let standard = Secrets { standard: vec![secret()], legacy: None };
    let legacy = Secrets { standard: vec![], legacy: Some(("x-signature".into(), secret())) };
    assert_eq!(
        [Secrets::default(), standard, legacy].map(|secrets| secrets.is_empty()),
        [true, false, false]
    );
}

/// Verifies a message signed as a sender would who writes the timestamp in his own way.
fn verified(id: &str, timestamp: &str) -> Result<VerifiedBody, SignatureError> {
    let secret = Secret::legacy(&"s".repeat(24)).expect("a secret");
    // The legacy scheme signs what it is given, so it makes a signature of the standard one too.
    let signed = secret.sign_legacy(format!("{id}.{timestamp}.{{}}").as_bytes());
    let bytes = hex::decode(signed).expect("hex");
    let signature =
        format!("v1,{}", base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes));
    let secrets = Secrets { standard: vec![secret], legacy: None };
    let header = |name: &str| match name {
        "webhook-id" => Some(id),
        "webhook-timestamp" => Some(timestamp),
        "webhook-signature" => Some(signature.as_str()),
        _ => None,
    };
    verify(&secrets, header, b"{}".to_vec(), now())
}

#[test]
fn a_verified_message_is_what_was_signed() {
    let body = verified("m1", "1799999900").expect("right");
    let sent_at = Timestamp::from_second(1_799_999_900).expect("valid");
    assert_eq!((body.message_id(), body.sent_at(), body.bytes()), ("m1", sent_at, &b"{}"[..]));
}

#[test]
fn the_id_of_a_message_has_1_to_256_signs() {
    let longest = "m".repeat(256);
    assert_eq!(verified(&longest, "1800000000").expect("right").message_id(), longest);
    for wrong in [String::new(), "m".repeat(257)] {
        assert_eq!(verified(&wrong, "1800000000"), Err(SignatureError::Header("webhook-id")));
    }
}

#[test]
fn a_timestamp_has_at_most_twelve_digits() {
    assert!(verified("m", "001800000000").is_ok());
    for wrong in ["", "0001800000000", "00001800000000"] {
        assert_eq!(verified("m", wrong), Err(SignatureError::Timestamp), "{wrong:?}");
    }
}

#[test]
fn a_body_has_256_kibibytes_at_most() {
    assert_eq!(LARGEST_BODY, 262_144);
}
