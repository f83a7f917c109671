//! Addresses to which the program itself calls: other people's endpoints and the owner's own machines.
//!
//! An address that somebody wrote must not make the program knock at its own house (server-side request
//! forgery). What can be told from the text is refused here; what a name resolves to is judged by whoever
//! connects, with the same [`is_public`] and [`is_public_or_own`].

mod address;

use std::fmt;

use url::{Host, Url};

use crate::lang::Text;

pub use address::{is_public, is_public_or_own};

/// How far an address may reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Anybody's server on the public internet: `https` only, port 443 and those the owner opened.
    Public,
    /// This one host, which the owner's settings name: also `http`, any port, also this machine and the
    /// house's network.
    Named(String),
}

/// What the settings say about other people's addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutwardRules {
    /// Ports beside 443 at which other people's endpoints may listen.
    pub ports: Vec<u16>,
    /// Hosts of the owner's own, as they stand in an address: `crm.lan`, `127.0.0.1`, `[::1]`.
    pub own_hosts: Vec<String>,
}

/// An address that may be called, and how far it may reach.
#[derive(Clone, PartialEq, Eq)]
pub struct OutwardUrl {
    url: Url,
    reach: Reach,
}

/// Why an address may not be called. The address itself is not repeated: it may hold a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutwardUrlError {
    /// Too long.
    #[error("an address has at most {LONGEST} characters")]
    Long,
    /// Blanks, control characters or backslashes, which readers of addresses understand differently.
    #[error(
        "an address holds no blanks, control characters or backslashes; write Cyrillic paths percent-encoded"
    )]
    Characters,
    /// Not an address at all.
    #[error("this is not an address: write https://host/path")]
    Form,
    /// Another scheme than the rule allows.
    #[error(
        "the address must begin with https:// (http:// only for hosts the settings name as the owner's own)"
    )]
    Scheme,
    /// `user:password@host`.
    #[error("an address must hold no user name or password")]
    User,
    /// `#…` is never sent.
    #[error("an address must hold no part after #: it is never sent")]
    Fragment,
    /// A port that is not open.
    #[error("port {0} is not allowed; allowed are 443 and the ports the settings open")]
    Port(u16),
    /// A name that only this house knows.
    #[error("host {0} is not a public name")]
    HouseName(String),
    /// A number that is not a public address.
    #[error("address {0} is not on the public internet")]
    NotPublic(String),
    /// `0x7f.1`, `2130706433`, `%31…`: an address or name in a disguise.
    #[error("write the host plainly: {0}")]
    Disguise(String),
    /// Another host than the one the rule names.
    #[error("host {0} is not the one the settings name")]
    OtherHost(String),
}

impl From<OutwardUrlError> for Text {
    fn from(error: OutwardUrlError) -> Self {
        use OutwardUrlError as E;
        let ru = match &error {
            E::Long => format!("адрес длиннее {LONGEST} знаков"),
            E::Characters => "в адресе есть пробел, управляющий знак, обратная черта или буквы не латиницы после имени узла: запишите их через %".into(),
            E::Form => "это не адрес: напишите https://узел/путь".into(),
            E::Scheme => "адрес должен начинаться с https:// (http:// — только для узлов, которые настройки называют своими)".into(),
            E::User => "в адресе не должно быть имени пользователя и пароля".into(),
            E::Fragment => "в адресе не должно быть части после #: она никогда не отправляется".into(),
            E::Port(port) => format!("порт {port} не разрешён; разрешены 443 и открытые в настройках"),
            E::HouseName(host) => format!("узел {host} — не публичное имя"),
            E::NotPublic(host) => format!("адрес {host} — не в публичном интернете"),
            E::Disguise(host) => format!("запишите узел прямо: {host}"),
            E::OtherHost(host) => format!("узел {host} — не тот, который называют настройки"),
        };
        Self::of(&error, ru)
    }
}

/// The longest accepted address, in bytes.
pub const LONGEST: usize = 2048;

/// Endings that no public name has.
const HOUSE_ENDINGS: [&str; 8] =
    ["localhost", "local", "localdomain", "internal", "intranet", "lan", "home.arpa", "onion"];

impl OutwardUrl {
    /// Reads an address that may reach as far as `reach` says; `ports` are open beside 443 (and 80 for the
    /// owner's own hosts).
    pub fn parse(text: &str, reach: Reach, ports: &[u16]) -> Result<Self, OutwardUrlError> {
        let (url, authority) = read(text)?;
        let host = url.host().ok_or(OutwardUrlError::Form)?;
        let shown = host.to_string();
        let (host_text, _) = split_port(&authority);
        if authority.contains('%') || is_disguised(&host, host_text) {
            return Err(OutwardUrlError::Disguise(shown));
        }
        match &reach {
            Reach::Public => check_public(&url, &host, &shown, ports)?,
            Reach::Named(named) => check_named(&url, &host, &shown, named)?,
        }
        Ok(Self { url, reach })
    }

    /// Reads an address somebody gives: the owner's own host if the rules name it, else a public one.
    pub fn parse_given(text: &str, rules: &OutwardRules) -> Result<Self, OutwardUrlError> {
        let (url, _) = read(text)?;
        let host = url.host_str().unwrap_or_default();
        let own = rules.own_hosts.iter().find(|own| own.eq_ignore_ascii_case(host));
        let reach = own.map_or(Reach::Public, |own| Reach::Named(own.clone()));
        Self::parse(text, reach, &rules.ports)
    }

    /// Reads an address that stands in the owner's settings: it names its own host.
    pub fn parse_owners(text: &str) -> Result<Self, OutwardUrlError> {
        let (url, _) = read(text)?;
        let host = url.host_str().ok_or(OutwardUrlError::Form)?.to_owned();
        Self::parse(text, Reach::Named(host), &[])
    }

    /// The same reach for another path below this address: `segments` are encoded, so that none of them can
    /// climb out; a query is written by [`Self::with_query`].
    ///
    /// # Errors
    /// [`OutwardUrlError::Form`] if a segment is empty, `.` or `..`; [`OutwardUrlError::Long`].
    pub fn join(&self, segments: &[&str]) -> Result<Self, OutwardUrlError> {
        if segments.iter().any(|segment| matches!(*segment, "" | "." | "..")) {
            return Err(OutwardUrlError::Form);
        }
        let mut url = self.url.clone();
        url.path_segments_mut().map_err(|()| OutwardUrlError::Form)?.pop_if_empty().extend(segments);
        if url.as_str().len() > LONGEST {
            return Err(OutwardUrlError::Long);
        }
        Ok(Self { url, reach: self.reach.clone() })
    }

    /// The same address with these pairs added to its query, encoded.
    #[must_use]
    pub fn with_query(&self, pairs: &[(&str, &str)]) -> Self {
        let mut url = self.url.clone();
        url.query_pairs_mut().extend_pairs(pairs);
        Self { url, reach: self.reach.clone() }
    }

    /// The address as a text.
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// The host, a numeric IPv6 one in brackets.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// How far it may reach.
    pub const fn reach(&self) -> &Reach {
        &self.reach
    }
}

/// Scheme, host and port; paths may hold a key (Telegram's does).
impl fmt::Debug for OutwardUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OutwardUrl({})", self.url.origin().ascii_serialization())
    }
}

/// Reads the text, and what stood between `//` and the path before it was made plain.
fn read(text: &str) -> Result<(Url, String), OutwardUrlError> {
    if text.len() > LONGEST {
        return Err(OutwardUrlError::Long);
    }
    // The reader of addresses drops tabs and line ends, and takes a backslash for a slash.
    if text.chars().any(|sign| sign.is_control() || sign.is_whitespace() || sign == '\\') {
        return Err(OutwardUrlError::Characters);
    }
    let (scheme, rest) = text.split_once("://").ok_or(OutwardUrlError::Form)?;
    if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return Err(OutwardUrlError::Scheme);
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let after = rest.get(authority.len()..).unwrap_or_default();
    if authority.contains('@') {
        return Err(OutwardUrlError::User);
    }
    if text.contains('#') {
        return Err(OutwardUrlError::Fragment);
    }
    if !after.is_ascii() {
        return Err(OutwardUrlError::Characters);
    }
    let url = Url::parse(text).map_err(|_| OutwardUrlError::Form)?;
    Ok((url, authority.to_owned()))
}

/// Host and port as they were written.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    let after_brackets = authority.rfind(']').map_or(0, |end| end + 1);
    match authority.get(after_brackets..).and_then(|rest| rest.find(':')) {
        Some(colon) => {
            let (host, port) = authority.split_at(after_brackets + colon);
            (host, port.get(1..))
        }
        None => (authority, None),
    }
}

/// Whether a host was written otherwise than it is: octal, hexadecimal, one big number, wide digits. A name
/// may be written in its own alphabet.
fn is_disguised(host: &Host<&str>, written: &str) -> bool {
    match host {
        Host::Domain(name) => written.is_ascii() && !written.eq_ignore_ascii_case(name),
        Host::Ipv4(address) => written != address.to_string(),
        Host::Ipv6(address) => !written.eq_ignore_ascii_case(&format!("[{address}]")),
    }
}

fn check_public(url: &Url, host: &Host<&str>, shown: &str, ports: &[u16]) -> Result<(), OutwardUrlError> {
    if url.scheme() != "https" {
        return Err(OutwardUrlError::Scheme);
    }
    let port = url.port_or_known_default().unwrap_or_default();
    if port != 443 && !ports.contains(&port) {
        return Err(OutwardUrlError::Port(port));
    }
    let is_public = match host {
        Host::Domain(name) => {
            let house = HOUSE_ENDINGS.iter().any(|ending| {
                name.strip_suffix(ending).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            });
            let empty = name.split('.').any(str::is_empty);
            if house || empty || !name.contains('.') {
                return Err(OutwardUrlError::HouseName(shown.to_owned()));
            }
            true
        }
        Host::Ipv4(address) => is_public((*address).into()),
        Host::Ipv6(address) => is_public((*address).into()),
    };
    if is_public { Ok(()) } else { Err(OutwardUrlError::NotPublic(shown.to_owned())) }
}

fn check_named(url: &Url, host: &Host<&str>, shown: &str, named: &str) -> Result<(), OutwardUrlError> {
    if !named.eq_ignore_ascii_case(shown) {
        return Err(OutwardUrlError::OtherHost(shown.to_owned()));
    }
    if url.port() == Some(0) {
        return Err(OutwardUrlError::Port(0));
    }
    let is_allowed = match host {
        Host::Domain(_) => true,
        Host::Ipv4(address) => is_public_or_own((*address).into()),
        Host::Ipv6(address) => is_public_or_own((*address).into()),
    };
    if is_allowed { Ok(()) } else { Err(OutwardUrlError::NotPublic(shown.to_owned())) }
}

#[cfg(test)]
mod tests;
