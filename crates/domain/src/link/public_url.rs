//! Where the company's program is reached from outside.

use std::fmt;

use url::{Host, Url};

use crate::lang::Text;
use crate::partner::ReferralCode;

/// The address under which the program is reached, as `https://office.example.ru`: scheme, host and port.
/// Plain `http` is for this very machine only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    /// Without a slash at its end.
    origin: String,
    is_secure: bool,
}

/// Why a text is not the program's address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the program's address: write https://host without a path (http only on this machine)")]
pub struct PublicUrlError(String);

impl From<PublicUrlError> for Text {
    fn from(error: PublicUrlError) -> Self {
        let ru = format!(
            "{:?} — не адрес программы: напишите https://узел без пути (http — только на этой же машине)",
            error.0
        );
        Self::of(&error, ru)
    }
}

/// The longest address: a QR code of a link still fits 128 pixels.
const LONGEST: usize = 100;

impl PublicUrl {
    /// Reads an address.
    pub fn parse(text: &str) -> Result<Self, PublicUrlError> {
        let refused = || PublicUrlError(text.chars().take(120).collect());
        let url = web_url(text).ok_or_else(refused)?;
        if url.path() != "/" || url.query().is_some() || url.as_str().len() > LONGEST {
            return Err(refused());
        }
        Ok(Self { origin: url.origin().ascii_serialization(), is_secure: url.scheme() == "https" })
    }

    /// This very machine, for a program that is not told where it is reached.
    pub fn of_this_machine(port: u16) -> Self {
        Self { origin: format!("http://127.0.0.1:{port}"), is_secure: false }
    }

    /// Whether browsers reach it through TLS.
    pub const fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// The link of a partner: `https://office.example.ru/r/ABCDEFGH`.
    pub fn link(&self, code: &ReferralCode) -> String {
        format!("{}/r/{code}", self.origin)
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.origin)
    }
}

/// A web address without a name or password in it: `https`, or `http` on this machine. No fragment: a
/// browser would keep it to itself.
pub(super) fn web_url(text: &str) -> Option<Url> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic()) && !text.contains('\\');
    let url = Url::parse(text).ok().filter(|_| is_plain)?;
    let is_local = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_local);
    let is_bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    (is_safe && is_bare).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_scheme_a_host_and_a_port() {
        for (text, shown, is_secure) in [
            ("https://office.nanorvs.ru", "https://office.nanorvs.ru", true),
            ("https://office.nanorvs.ru/", "https://office.nanorvs.ru", true),
            ("HTTPS://Office.Nanorvs.RU:443", "https://office.nanorvs.ru", true),
            ("https://office.nanorvs.ru:8443", "https://office.nanorvs.ru:8443", true),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080", false),
            ("http://[::1]:8080", "http://[::1]:8080", false),
            ("http://localhost", "http://localhost", false),
        ] {
            let url = PublicUrl::parse(text).expect("an address");
            assert_eq!((url.to_string().as_str(), url.is_secure()), (shown, is_secure), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_address() {
        let long = format!("https://{}.ru", "a".repeat(100));
        for text in [
            "",
            "office.nanorvs.ru",
            "http://office.nanorvs.ru",
            "http://192.168.0.1",
            "ftp://office.nanorvs.ru",
            "javascript:alert(1)",
            "https://",
            "https://user@office.nanorvs.ru",
            "https://user:word@office.nanorvs.ru",
            "https://office.nanorvs.ru/path",
            "https://office.nanorvs.ru?a=b",
            "https://office.nanorvs.ru#a",
            "https:\\\\office.nanorvs.ru",
            "https://office nanorvs.ru",
            "https://офис.рф",
            "https://office.nanorvs.ru\r\nX: y",
            &long,
        ] {
            assert!(PublicUrl::parse(text).is_err(), "{text:?}");
        }
    }
}
