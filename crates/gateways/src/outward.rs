//! The one way out: an HTTP client that reaches only what an [`OutwardUrl`] may reach.
//!
//! What a text can tell was refused when the address was parsed. Here names are resolved, addresses that
//! the reach does not cover are dropped, and the connection goes to what is left of that very answer: a name
//! that resolves otherwise a moment later gains nothing. Redirects are not followed, proxies and cookies are
//! not used, answers are read up to a limit and within a time.

mod keep;
mod lookup;
mod message;
mod post;
mod tls;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use domain::outward::{OutwardRules, OutwardUrl, OutwardUrlError, Reach};
pub use keep::Kept;
pub use lookup::{Looking, Lookup, SystemLookup};
pub use message::{Answer, Request};
pub use tls::Roots;

use lookup::{Guarded, NotReachable};

/// How the program names itself.
pub const USER_AGENT: &str = concat!("nanorem/", env!("CARGO_PKG_VERSION"));

/// Within what every call stays; a [`Request`] may ask for a longer time or a larger answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Until the connection stands, its name resolved and its TLS agreed.
    pub connect: Duration,
    /// From the first look-up to the last byte of the answer.
    pub whole: Duration,
    /// How much of an answer's body is read, in bytes.
    pub answer_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), whole: Duration::from_secs(10), answer_bytes: 64 * 1024 }
    }
}

/// How many headers an answer may have.
const MOST_HEADERS: usize = 64;

/// Why a call brought no answer. Addresses are not repeated: their paths may hold a key.
#[derive(Debug, thiserror::Error)]
pub enum OutwardError {
    /// The client could not be put together.
    #[error("could not set up the HTTP client")]
    Setup(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A header that HTTP cannot carry.
    #[error("header {0} has a value that HTTP cannot carry")]
    Header(&'static str),
    /// The name resolves to addresses that it may not reach, and to no other.
    #[error("{0} resolves to no address that may be called")]
    NotReachable(String),
    /// Not within the time.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// The name does not resolve, nobody listens, or the certificate is not trusted.
    #[error("could not connect")]
    Connect(#[source] reqwest::Error),
    /// The connection stood and then broke, or what came was not HTTP.
    #[error("the exchange broke off")]
    Exchange(#[source] reqwest::Error),
    /// There is no room for what comes.
    #[error("could not keep the answer in a temporary file")]
    Keep(#[source] std::io::Error),
}

/// The client. Cheap to clone; connections are kept and reused.
#[derive(Clone)]
pub struct Outward {
    /// Connects to public addresses only.
    public: reqwest::Client,
    /// Connects to the owner's own hosts too.
    own: reqwest::Client,
    limits: Limits,
}

impl Outward {
    /// Puts the client together, with the certificates this system trusts.
    pub fn new(limits: Limits) -> Result<Self, OutwardError> {
        Self::with(limits, Roots::System, SystemLookup)
    }

    /// Puts the client together with other roots of trust and another book of names: for tests.
    pub fn with(limits: Limits, roots: Roots, lookup: impl Lookup) -> Result<Self, OutwardError> {
        let lookup: Arc<dyn Lookup> = Arc::new(lookup);
        let tls = tls::config(roots)?;
        let client = |may_reach| {
            reqwest::Client::builder()
                .user_agent(USER_AGENT)
                .tls_backend_preconfigured(tls.clone())
                .dns_resolver(Guarded::new(Arc::clone(&lookup), may_reach))
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                .no_proxy()
                .connect_timeout(limits.connect)
                .http1_max_headers(MOST_HEADERS)
                .pool_max_idle_per_host(2)
                .build()
                .map_err(|error| OutwardError::Setup(Box::new(error)))
        };
        Ok(Self {
            public: client(domain::outward::is_public)?,
            own: client(domain::outward::is_public_or_own)?,
            limits,
        })
    }

    /// Sends a request and reads the answer, whatever its status: a redirect is an answer too.
    pub async fn send(&self, request: Request) -> Result<Answer, OutwardError> {
        let (within, at_most) = (self.within(&request), self.at_most(&request));
        let host = request.to.host().to_owned();
        let told = |error| told(error, host.clone(), within);
        let answer = request.built_for(self).timeout(within).send().await.map_err(&told)?;
        Answer::read(answer, at_most).await.map_err(told)
    }

    fn within(&self, request: &Request) -> Duration {
        request.within.unwrap_or(self.limits.whole)
    }

    fn at_most(&self, request: &Request) -> usize {
        request.at_most.unwrap_or(self.limits.answer_bytes)
    }
}

impl fmt::Debug for Outward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outward").field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// What went wrong, without the address.
fn told(error: reqwest::Error, host: String, within: Duration) -> OutwardError {
    let error = error.without_url();
    if caused_by::<NotReachable>(&error) {
        return OutwardError::NotReachable(host);
    }
    if error.is_timeout() {
        return OutwardError::Timeout(within);
    }
    if error.is_connect() { OutwardError::Connect(error) } else { OutwardError::Exchange(error) }
}

fn caused_by<E: std::error::Error + 'static>(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| error.source()).any(<dyn std::error::Error>::is::<E>)
}
