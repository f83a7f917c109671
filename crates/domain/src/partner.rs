//! A partner and what is known of him: code, referral code, name, phone, e-mail.

use crate::lang::Text;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::Serialize;

use crate::ids::PartnerId;

/// A partner as enrolled. Who invited him never changes; who sponsors him is a dated fact kept apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Partner {
    /// Internal identity.
    pub id: PartnerId,
    /// The code people see.
    pub code: PartnerCode,
    /// The opaque code of his invitation link.
    pub referral_code: ReferralCode,
    /// First and last name.
    pub name: PersonName,
    /// Phone, if known.
    pub phone: Option<Phone>,
    /// E-mail, if known.
    pub email: Option<Email>,
    /// Who personally invited him; `None` for a founder at the root.
    pub inviter: Option<PartnerId>,
    /// When he joined.
    pub joined_at: Timestamp,
}

/// Why a text about a partner is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartnerTextError {
    /// Not a partner code.
    #[error("{0:?} is not a partner code: use 2 to 16 of A-Z, 0-9, '-', as \"NR00042\"")]
    Code(String),
    /// Not a referral code.
    #[error("{0:?} is not a referral code: it has 8 of A-Z, 2-9 without I, L, O")]
    Referral(String),
    /// Not a name.
    #[error("{0:?} is not a name: use 1 to 150 letters, no control characters")]
    Name(String),
    /// Not a phone.
    #[error("{0:?} is not a phone: write it internationally, as \"+79001234567\"")]
    Phone(String),
    /// Not an e-mail address.
    #[error("{0:?} is not an e-mail address")]
    Email(String),
}

impl From<PartnerTextError> for Text {
    fn from(error: PartnerTextError) -> Self {
        let ru = match &error {
            PartnerTextError::Code(text) => {
                format!("{text:?} — не код партнёра: от 2 до 16 знаков A-Z, 0-9, «-», например NR00042")
            }
            PartnerTextError::Referral(text) => {
                format!("{text:?} — не код приглашения: в нём 8 знаков A-Z, 2-9 без I, L, O")
            }
            PartnerTextError::Name(text) => {
                format!("{text:?} — не имя: от 1 до 150 букв без управляющих знаков")
            }
            PartnerTextError::Phone(text) => {
                format!("{text:?} — не телефон: напишите с кодом страны, например +79001234567")
            }
            PartnerTextError::Email(text) => format!("{text:?} — не адрес электронной почты"),
        };
        Self::of(&error, ru)
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = PartnerTextError;
            fn from_str(text: &str) -> Result<Self, PartnerTextError> {
                Self::parse(text)
            }
        }
    };
}

text_type!(
    /// The code people see and dictate: `NR00042`.
    PartnerCode
);
text_type!(
    /// The opaque code in an invitation link. Public, but it tells nothing about its owner.
    ReferralCode
);
text_type!(
    /// One part of a person's name, as he writes it.
    NamePart
);
text_type!(
    /// A phone in international form: `+` and 10 to 15 digits.
    Phone
);
text_type!(
    /// An e-mail address; compared without regard to case.
    Email
);

impl PartnerCode {
    /// Reads a code; small letters become capitals.
    pub fn parse(text: &str) -> Result<Self, PartnerTextError> {
        let code = text.to_ascii_uppercase();
        let right = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
        if (2..=16).contains(&code.len()) && code.bytes().all(right) {
            return Ok(Self(code));
        }
        Err(PartnerTextError::Code(shortened(text)))
    }

    /// The code with this number: `NR00042`.
    pub fn numbered(number: u64) -> Self {
        Self(format!("NR{number:05}"))
    }

    /// The number of a code of the form `NR00042`.
    pub fn number(&self) -> Option<u64> {
        let digits = self.0.strip_prefix("NR")?;
        (digits.len() >= 5 && digits.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| digits.parse().ok())?
    }
}

impl ReferralCode {
    const ALPHABET: &'static [u8; 31] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";
    const LENGTH: usize = 8;

    /// Makes a code of 8 letters from random bytes.
    pub fn from_random(random: [u8; Self::LENGTH]) -> Self {
        let letter =
            |byte: u8| Self::ALPHABET.get(usize::from(byte % 31)).map_or('A', |letter| char::from(*letter));
        Self(random.into_iter().map(letter).collect())
    }

    /// Reads a code; small letters become capitals.
    pub fn parse(text: &str) -> Result<Self, PartnerTextError> {
        let code = text.to_ascii_uppercase();
        if code.len() == Self::LENGTH && code.bytes().all(|byte| Self::ALPHABET.contains(&byte)) {
            return Ok(Self(code));
        }
        Err(PartnerTextError::Referral(shortened(text)))
    }
}

impl NamePart {
    /// Reads one part of a name; surrounding blanks are dropped.
    pub fn parse(text: &str) -> Result<Self, PartnerTextError> {
        let name = text.trim();
        let count = name.chars().count();
        if (1..=150).contains(&count) && !name.chars().any(char::is_control) {
            return Ok(Self(name.to_owned()));
        }
        Err(PartnerTextError::Name(shortened(text)))
    }
}

impl Phone {
    /// Reads `+7 900 123-45-67`, `8 (900) 123-45-67` or `79001234567`; ASCII digits only.
    pub fn parse(text: &str) -> Result<Self, PartnerTextError> {
        let refused = || PartnerTextError::Phone(shortened(text));
        let trimmed = text.trim();
        let (international, rest) = match trimmed.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, trimmed),
        };
        if rest.chars().any(|letter| !letter.is_ascii_digit() && !" ()-".contains(letter)) {
            return Err(refused());
        }
        let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
        let digits = match (international, digits.len(), digits.strip_prefix('8')) {
            (false, 11, Some(russian)) => format!("7{russian}"),
            (false, 10, _) => format!("7{digits}"),
            _ => digits,
        };
        if (10..=15).contains(&digits.len()) && !digits.starts_with('0') {
            return Ok(Self(format!("+{digits}")));
        }
        Err(refused())
    }

    /// The phone with its middle hidden: `+7900***67`.
    pub fn masked(&self) -> String {
        let (head, tail) = (self.0.get(..5).unwrap_or("+"), self.0.get(self.0.len() - 2..).unwrap_or(""));
        format!("{head}***{tail}")
    }
}

impl Email {
    /// Reads an address; capitals become small.
    pub fn parse(text: &str) -> Result<Self, PartnerTextError> {
        let email = text.trim().to_lowercase();
        if email.len() <= 254 && email_address::EmailAddress::is_valid(&email) {
            return Ok(Self(email));
        }
        Err(PartnerTextError::Email(shortened(text)))
    }

    /// The address with most of it hidden: `i***@m***.ru`.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or((&self.0, ""));
        let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
        let (host, zone) = domain.rsplit_once('.').map_or((domain, ""), |(host, zone)| (host, zone));
        let dot = if zone.is_empty() { "" } else { "." };
        format!("{}***@{}***{dot}{zone}", first(local), first(host))
    }
}

/// A person's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonName {
    /// First name.
    pub first: NamePart,
    /// Last name.
    pub last: NamePart,
}

impl PersonName {
    /// Reads both parts.
    pub fn parse(first: &str, last: &str) -> Result<Self, PartnerTextError> {
        Ok(Self { first: NamePart::parse(first)?, last: NamePart::parse(last)? })
    }
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.first, self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_without_regard_to_case() {
        assert_eq!(PartnerCode::parse("nr00042"), Ok(PartnerCode::numbered(42)));
        assert_eq!(PartnerCode::numbered(42).number(), Some(42));
        assert_eq!(PartnerCode::parse("X-1").expect("valid").number(), None);
    }

    #[test]
    fn hostile_codes_are_refused() {
        for text in ["", "N", "NR 1", "NR００００１", "../x", "NR0001;DROP", "ИР00001", "NR000000000000001"]
        {
            assert!(PartnerCode::parse(text).is_err(), "{text} must be refused");
        }
    }

    #[test]
    fn a_random_referral_code_can_be_read_back() {
        for seed in 0..=255u8 {
            let code = ReferralCode::from_random([seed, 1, 2, 3, 30, 31, 32, 255]);
            assert_eq!(ReferralCode::parse(&code.as_str().to_lowercase()), Ok(code));
        }
    }

    #[test]
    fn phones_come_to_one_form() {
        for text in ["+79001234567", "8 (900) 123-45-67", "79001234567", "9001234567", " +7 900 123 45 67 "] {
            assert_eq!(Phone::parse(text).map(|phone| phone.0), Ok("+79001234567".to_owned()), "{text}");
        }
        for text in ["", "123", "+7900123456７", "²", "+7900abc4567", "+0900123456789", "1234567890123456"]
        {
            assert!(Phone::parse(text).is_err(), "{text} must be refused");
        }
        assert_eq!(Phone::parse("+79001234567").expect("valid").masked(), "+7900***67");
    }

    #[test]
    fn real_names_pass_and_control_characters_do_not() {
        for name in ["О’Коннор", "д’Артаньян", "Ё", "Анна-Мария", "X"] {
            assert!(NamePart::parse(name).is_ok(), "{name} must pass");
        }
        for name in ["", "   ", "a\0b", "line\nbreak"] {
            assert!(NamePart::parse(name).is_err(), "{name:?} must be refused");
        }
        assert!(NamePart::parse(&"я".repeat(151)).is_err());
    }

    #[test]
    fn addresses_are_compared_without_case() {
        assert_eq!(Email::parse("Anna@Example.org"), Email::parse("anna@example.ORG"));
        assert!(Email::parse("a@b\r\nBcc: c@d").is_err());
    }

    #[test]
    fn a_masked_address_shows_two_letters_and_the_zone() {
        let masked = |text: &str| Email::parse(text).expect("valid").masked();
        assert_eq!(masked("ivan@mail.ru"), "i***@m***.ru");
        assert_eq!(masked("ё@почта.рф"), "ё***@п***.рф");
        assert_eq!(masked("a@localhost"), "a***@l***");
    }
}
