//! What is asked, and what is answered.

use std::time::Duration;

use domain::outward::OutwardUrl;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

use super::{Outward, OutwardError, Reach};

/// A request to an address that may be called.
#[derive(Debug)]
pub struct Request {
    pub(super) to: OutwardUrl,
    method: Method,
    headers: HeaderMap,
    body: Vec<u8>,
    pub(super) within: Option<Duration>,
    pub(super) at_most: Option<usize>,
}

impl Request {
    /// Asks for what is at the address.
    pub fn get(to: OutwardUrl) -> Self {
        Self::new(Method::GET, to, Vec::new())
    }

    /// Brings a body of this type; its bytes go out as they are.
    pub fn post(to: OutwardUrl, content_type: &'static str, body: Vec<u8>) -> Self {
        let mut request = Self::new(Method::POST, to, body);
        request.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        request
    }

    fn new(method: Method, to: OutwardUrl, body: Vec<u8>) -> Self {
        Self { to, method, headers: HeaderMap::new(), body, within: None, at_most: None }
    }

    /// With a header; `name` is in lower case.
    ///
    /// # Errors
    /// [`OutwardError::Header`] for a line end or another control character.
    pub fn header(mut self, name: &'static str, value: &str) -> Result<Self, OutwardError> {
        let value = HeaderValue::from_str(value).map_err(|_| OutwardError::Header(name))?;
        self.headers.insert(HeaderName::from_static(name), value);
        Ok(self)
    }

    /// With a header whose value is not shown where the request is printed; `name` is in lower case.
    ///
    /// # Errors
    /// [`OutwardError::Header`] for a line end or another control character.
    pub fn secret_header(mut self, name: &'static str, value: &str) -> Result<Self, OutwardError> {
        let mut value = HeaderValue::from_str(value).map_err(|_| OutwardError::Header(name))?;
        value.set_sensitive(true);
        self.headers.insert(HeaderName::from_static(name), value);
        Ok(self)
    }

    /// With a key: `Authorization: Bearer …`, not shown where the request is printed.
    ///
    /// # Errors
    /// [`OutwardError::Header`] for a line end or another control character.
    pub fn bearer(self, key: &str) -> Result<Self, OutwardError> {
        self.secret_header("authorization", &format!("Bearer {key}"))
    }

    /// Takes no longer than this, from the first look-up to the last byte.
    #[must_use]
    pub const fn within(mut self, time: Duration) -> Self {
        self.within = Some(time);
        self
    }

    /// Reads no more than this of the answer, in bytes.
    #[must_use]
    pub const fn at_most(mut self, bytes: usize) -> Self {
        self.at_most = Some(bytes);
        self
    }

    /// The request, through the client that reaches as far as its address may.
    pub(super) fn built_for(self, outward: &Outward) -> reqwest::RequestBuilder {
        let client = match self.to.reach() {
            Reach::Public => &outward.public,
            Reach::Named(_) => &outward.own,
        };
        client.request(self.method, self.to.as_str()).headers(self.headers).body(self.body)
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status: 200, 404, …
    pub status: u16,
    /// The headers.
    headers: HeaderMap,
    /// The body, or its beginning.
    pub body: Vec<u8>,
    /// Whether the body went on beyond what was read.
    pub is_cut: bool,
}

impl Answer {
    /// Reads the answer's body up to the limit; the rest is not waited for.
    pub(super) async fn read(answer: reqwest::Response, at_most: usize) -> reqwest::Result<Self> {
        let (mut answer, mut read) = Self::begin(answer);
        let Self { body, is_cut, .. } = &mut read;
        while let Some(chunk) = answer.chunk().await? {
            let room = at_most - body.len();
            body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
            if chunk.len() > room {
                *is_cut = true;
                break;
            }
        }
        Ok(read)
    }

    /// The answer before its body, and what the body is read from.
    pub(super) fn begin(mut answer: reqwest::Response) -> (reqwest::Response, Self) {
        let (status, headers) = (answer.status().as_u16(), std::mem::take(answer.headers_mut()));
        (answer, Self { status, headers, body: Vec::new(), is_cut: false })
    }

    /// Whether the status is 2xx.
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// A header's value, if it stands there and is plain ASCII; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}
