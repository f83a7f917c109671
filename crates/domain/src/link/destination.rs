//! Where a visitor is sent on. Only addresses that the settings name: what a link asks for chooses among
//! them and is never itself an address.

use std::collections::BTreeMap;
use std::fmt;

use url::Url;

use super::public_url::web_url;
use super::utm::Utm;
use crate::lang::Text;
use crate::partner::ReferralCode;

/// What stands for the code in an address.
const PLACE: &str = "{code}";
/// The longest address.
const LONGEST: usize = 500;

/// An address to which visitors are sent: `https://shop.example/register`, or with a place for the code,
/// `https://t.me/shop_bot?start={code}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination(String);

/// Why a text is no destination.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DestinationError {
    /// Not a web address that visitors may be sent to.
    #[error(
        "{0:?} is not an address for visitors: write https://…, at most 500 letters (http only on this machine)"
    )]
    Address(String),
    /// The place of the code is in the name of the host.
    #[error("{0:?}: {{code}} may stand in the path or the query only")]
    Place(String),
    /// It says itself what the program adds.
    #[error("{address:?} holds {name}, which the program adds itself")]
    Added {
        /// The address.
        address: String,
        /// The name of the field.
        name: &'static str,
    },
}

impl From<DestinationError> for Text {
    fn from(error: DestinationError) -> Self {
        let ru = match &error {
            DestinationError::Address(text) => {
                format!(
                    "{text:?} — не адрес для посетителей: https://…, до 500 знаков (http — только на этой машине)"
                )
            }
            DestinationError::Place(text) => {
                format!("{text:?}: {{code}} бывает только в пути или в запросе")
            }
            DestinationError::Added { address, name } => {
                format!("{address:?}: {name} программа добавляет сама")
            }
        };
        Self::of(&error, ru)
    }
}

impl Destination {
    /// Reads an address.
    pub fn parse(text: &str) -> Result<Self, DestinationError> {
        let short = || text.chars().take(120).collect::<String>();
        let (_, after_scheme) = text.split_once("://").unwrap_or_default();
        let authority = after_scheme.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains(['{', '}']) {
            return Err(DestinationError::Place(short()));
        }
        let sample = web_url(&text.replace(PLACE, "ABCDEFGH")).filter(|_| text.len() <= LONGEST);
        let sample = sample.ok_or_else(|| DestinationError::Address(short()))?;
        let added =
            ["ref", "erid"].into_iter().find(|name| sample.query_pairs().any(|(key, _)| key == *name));
        match added {
            Some(name) => Err(DestinationError::Added { address: short(), name }),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// The whole address for a visitor whom a code brought. An address without a place for the code gets
    /// it as `ref`; marks that the address has itself stay as they are.
    fn address(&self, code: &ReferralCode, utm: &Utm, erid: Option<&Erid>) -> Option<String> {
        let mut url = Url::parse(&self.0.replace(PLACE, code.as_str())).ok()?;
        let own: Vec<String> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
        let code = (!self.0.contains(PLACE)).then(|| ("ref", code.as_str()));
        let marks = utm.pairs().filter(|(name, _)| !own.iter().any(|own| own == name));
        let erid = erid.map(|erid| ("erid", erid.0.as_str()));
        let added: Vec<_> = code.into_iter().chain(marks).chain(erid).collect();
        if !added.is_empty() {
            url.query_pairs_mut().extend_pairs(added);
        }
        Some(url.into())
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The mark of an advertisement that the law asks for, given out by its operator of data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erid(String);

/// Why a text is no mark.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an erid: it has 5 to 64 Latin letters and digits")]
pub struct EridError(String);

impl From<EridError> for Text {
    fn from(error: EridError) -> Self {
        let ru = format!("{:?} — не erid: в нём от 5 до 64 латинских букв и цифр", error.0);
        Self::of(&error, ru)
    }
}

impl Erid {
    /// Reads a mark.
    pub fn parse(text: &str) -> Result<Self, EridError> {
        if (5..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Ok(Self(text.to_owned()));
        }
        Err(EridError(text.chars().take(80).collect()))
    }
}

/// The name by which a link asks for a destination: 1 to 30 of a-z, 0-9, `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TargetName(String);

/// Why a text is no name of a destination.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the name of a target: use 1 to 30 of a-z, 0-9, '-'")]
pub struct TargetNameError(String);

impl From<TargetNameError> for Text {
    fn from(error: TargetNameError) -> Self {
        let ru = format!("{:?} — не имя цели: от 1 до 30 знаков a-z, 0-9, «-»", error.0);
        Self::of(&error, ru)
    }
}

impl TargetName {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, TargetNameError> {
        let right = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if (1..=30).contains(&text.len()) && text.bytes().all(right) {
            return Ok(Self(text.to_owned()));
        }
        Err(TargetNameError(text.chars().take(60).collect()))
    }
}

/// Everywhere that visitors may be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destinations {
    /// Where they go unless the link names another.
    pub shop: Destination,
    /// The others, by name.
    pub named: BTreeMap<TargetName, Destination>,
    /// The mark of the company's advertisements, if it has one.
    pub erid: Option<Erid>,
}

impl Default for Destinations {
    /// The registration page of the company's shop.
    fn default() -> Self {
        let shop = Destination("https://nanorvs.ru/register".to_owned());
        Self { shop, named: BTreeMap::new(), erid: None }
    }
}

impl Destinations {
    /// The shop's first page, for a visitor whom no code brought.
    pub fn home(&self) -> String {
        let url = Url::parse(&self.shop.0.replace(PLACE, ""));
        url.map_or_else(|_| self.shop.0.clone(), |url| url.origin().ascii_serialization())
    }

    /// The address for a visitor whom a code brought and whose link asks for a target by name. A name that
    /// the settings do not hold is as none at all.
    pub fn address(&self, to: Option<&str>, code: &ReferralCode, utm: &Utm) -> String {
        let named = to.and_then(|to| TargetName::parse(to).ok()).and_then(|name| self.named.get(&name));
        named
            .unwrap_or(&self.shop)
            .address(code, utm, self.erid.as_ref())
            .expect("a destination was read as an address with some code, and codes differ in letters only")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn destination(text: &str) -> Destination {
        Destination::parse(text).expect("a destination")
    }

    fn destinations() -> Destinations {
        let named = [
            ("bot", "https://t.me/nanorem_bot?start={code}"),
            ("app", "https://shop.example/i/{code}/go?utm_source=fixed"),
        ];
        let named = named.map(|(name, text)| (TargetName::parse(name).expect("a name"), destination(text)));
        Destinations { named: named.into(), ..Destinations::default() }
    }

    fn code() -> ReferralCode {
        ReferralCode::parse("ABCDEFGH").expect("a code")
    }

    #[test]
    fn the_code_goes_to_its_place_or_behind_as_ref() {
        let all = destinations();
        let utm = Utm::of([("utm_source", "v k"), ("utm_campaign", "&a=b#c")]);
        assert_eq!(
            all.address(None, &code(), &utm),
            "https://nanorvs.ru/register?ref=ABCDEFGH&utm_source=v+k&utm_campaign=%26a%3Db%23c"
        );
        assert_eq!(
            all.address(Some("bot"), &code(), &Utm::default()),
            "https://t.me/nanorem_bot?start=ABCDEFGH"
        );
        assert_eq!(
            all.address(Some("app"), &code(), &utm),
            "https://shop.example/i/ABCDEFGH/go?utm_source=fixed&utm_campaign=%26a%3Db%23c",
            "a mark of the address itself stays"
        );
    }

    #[test]
    fn the_mark_of_the_advertisement_comes_last() {
        let all = Destinations { erid: Some(Erid::parse("2VtzqxKJ1aB").expect("an erid")), ..destinations() };
        assert_eq!(
            all.address(None, &code(), &Utm::default()),
            "https://nanorvs.ru/register?ref=ABCDEFGH&erid=2VtzqxKJ1aB"
        );
        for text in ["", "abcd", "a b c d e", "erid&x=y", "ёёёёё", &"a".repeat(65)] {
            assert!(Erid::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn addresses_that_are_none_are_refused() {
        for text in [
            "",
            "nanorvs.ru/register",
            "//evil.example",
            "/register",
            "http://nanorvs.ru",
            "javascript:alert(1)//",
            "data:text/html,x",
            "https://user:word@nanorvs.ru",
            "https://nanorvs.ru@evil.example",
            "https://nanorvs.ru/#x",
            "https:\\\\evil.example",
            "https://nanorvs.ru/a b",
            "https://nanorvs.ru/\r\nx",
            &format!("https://nanorvs.ru/{}", "a".repeat(500)),
        ] {
            assert!(matches!(Destination::parse(text), Err(DestinationError::Address(_))), "{text}");
        }
        for text in
            ["https://{code}.example/x", "https://shop.example:{code}/", "https://{code}@shop.example/"]
        {
            assert!(matches!(Destination::parse(text), Err(DestinationError::Place(_))), "{text}");
        }
        for text in ["https://shop.example/?ref={code}", "https://shop.example/?a=1&erid=x"] {
            assert!(matches!(Destination::parse(text), Err(DestinationError::Added { .. })), "{text}");
        }
    }

    #[test]
    fn what_a_link_asks_for_is_never_an_address() {
        let all = destinations();
        let usual = all.address(None, &code(), &Utm::default());
        for to in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "https://nanorvs.ru@evil.example",
            "%2f%2fevil.example",
            "BOT",
            "bot ",
            "bot\0",
            "",
        ] {
            assert_eq!(all.address(Some(to), &code(), &Utm::default()), usual, "{to}");
        }
    }

    proptest! {
        #[test]
        fn no_link_leads_anywhere_but_where_the_settings_say(
            to in proptest::option::of(any::<String>()),
            marks in proptest::collection::vec((prop_oneof![Just("utm_source".to_owned()), Just("utm_term".to_owned()), any::<String>()], any::<String>()), 0..8),
        ) {
            let address = destinations().address(to.as_deref(), &code(), &Utm::of(marks));
            let url = Url::parse(&address).expect("an address");
            let place = (url.scheme(), url.host_str().expect("a host"), url.path());
            let allowed = [
                ("https", "nanorvs.ru", "/register"),
                ("https", "t.me", "/nanorem_bot"),
                ("https", "shop.example", "/i/ABCDEFGH/go"),
            ];
            prop_assert!(allowed.contains(&place), "{address}");
            prop_assert!(url.fragment().is_none());
            prop_assert!(address.bytes().all(|byte| byte.is_ascii_graphic()));
        }
    }
}
