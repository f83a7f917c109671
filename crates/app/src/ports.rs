//! Doors to the outside world. What stands behind them lives in other crates; no transaction is open while
//! one of them is used.

pub mod catalogue;
pub mod orders;

use std::pin::Pin;

use domain::ids::ParcelId;
use domain::outward::OutwardUrl;
use jiff::{SignedDuration, Timestamp};

/// Work under way.
pub type Doing<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Carries parcels of one channel to their destinations.
pub trait Deliver: Send + Sync {
    /// Carries one. It may have been carried before, by one who died before he could say so.
    fn deliver<'a>(&'a self, parcel: &'a Parcel) -> Doing<'a, Delivery>;
}

/// Something to be carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// Identity; it stays across attempts, so that the receiver can tell what he has.
    pub id: ParcelId,
    /// To whom, in the channel's own words.
    pub destination: String,
    /// What it is about.
    pub topic: String,
    /// What is carried.
    pub payload: String,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// When it was pushed.
    pub created_at: Timestamp,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What follows.
    pub verdict: Verdict,
    /// The status of the answer, where there was one.
    pub status: Option<u16>,
    /// The beginning of the answer.
    pub answer: Option<String>,
    /// What went wrong, in Russian, for staff.
    pub error: Option<String>,
}

/// What follows from an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It has arrived.
    Delivered,
    /// Again later, not before the pause if one was asked for. Others to the same destination go on.
    RetryAfter(Option<SignedDuration>),
    /// The same, and nobody is there: others to the same destination wait too.
    Unreachable(Option<SignedDuration>),
    /// Never again.
    Gone,
}

/// Brings a message to an address by HTTP POST.
pub trait Post: Send + Sync {
    /// Brings it; whatever the status, an answer is an answer.
    fn post(&self, message: Message) -> Doing<'_, Result<Reply, Unanswered>>;
}

/// What is brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Where to.
    pub to: OutwardUrl,
    /// Headers beside those of HTTP itself; names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: String,
}

/// What was answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The header `Retry-After`.
    pub retry_after: Option<String>,
    /// The beginning of the body.
    pub body: String,
}

/// Nobody answered: why, in Russian, without the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered(pub String);
