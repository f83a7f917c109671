//! A request that carries a key is done once, however often it is sent: the first answer is kept and
//! given again.
//!
//! The key is leased for as long as a run may take. A run whose process died leaves its lease to expire;
//! then the same request may be run again. Its act may have been committed just before: acts that must
//! not be done twice have keys of their own, or a state that refuses the second.

use std::time::Duration;

use domain::ids::UserId;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use store::StoreError;
use store::idempotency::Known;
use uuid::Uuid;

pub use store::idempotency::{Kept, Keyed};

use crate::App;
use crate::retry::retrying;

/// How long a run may take before another may try: longer than any request is let to take.
const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// How long answers are kept at least.
const KEPT: SignedDuration = SignedDuration::from_hours(48);

/// What to do with a request that carries a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Run it, and tell the answer under this lease.
    Run(Lease),
    /// It was answered before.
    Answered(Kept),
    /// The same request is running.
    Running {
        /// How long until it may be tried anew at the latest.
        for_at_most: Duration,
    },
    /// The key belongs to another request.
    Reused,
}

/// The right to run a request and to keep its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    user: UserId,
    key: String,
    run: Uuid,
}

/// The request of a user by its key; `route` is the method and the path with what is asked of it.
pub fn keyed(user: UserId, key: String, route: String, body: &[u8]) -> Keyed {
    Keyed { user, key, route, body_hash: Sha256::digest(body).into() }
}

/// Looks a key up and takes its lease if it is free.
pub async fn begin(app: &App, request: &Keyed) -> Result<Begun, StoreError> {
    retrying(|| begin_once(app, request)).await
}

async fn begin_once(app: &App, request: &Keyed) -> Result<Begun, StoreError> {
    let now = app.now();
    let run = app.ids.uuid(now);
    let leased_until = now + LEASE;
    let mut tx = app.store.begin().await?;
    store::idempotency::forget_before(&mut tx, now - KEPT).await?;
    let ours = || Begun::Run(Lease { user: request.user, key: request.key.clone(), run });
    // Where another run lets go or takes over in between, its turn is now and ours is later.
    let later = Begun::Running { for_at_most: Duration::from_secs(1) };
    let begun = if store::idempotency::begin(&mut tx, request, run, leased_until, now).await? {
        ours()
    } else {
        match store::idempotency::known(&mut tx, request.user, &request.key).await? {
            None => later,
            Some(known) => match judge(request, &known, now) {
                Some(begun) => begun,
                None if store::idempotency::take_over(&mut tx, &known, run, leased_until).await? => ours(),
                None => later,
            },
        }
    };
    tx.commit().await?;
    Ok(begun)
}

/// What a known key says to a request; nothing where its run is over without an answer.
fn judge(request: &Keyed, known: &Known, now: Timestamp) -> Option<Begun> {
    if known.request != *request {
        return Some(Begun::Reused);
    }
    if let Some(answer) = &known.answer {
        return Some(Begun::Answered(answer.clone()));
    }
    let left = known.leased_until.duration_since(now);
    left.is_positive().then(|| Begun::Running { for_at_most: left.unsigned_abs() })
}

/// Keeps the answer of a run.
pub async fn finish(app: &App, lease: &Lease, answer: &Kept) -> Result<(), StoreError> {
    retrying(|| async {
        let mut tx = app.store.begin().await?;
        store::idempotency::finish(&mut tx, lease.user, &lease.key, lease.run, answer).await?;
        tx.commit().await
    })
    .await
}

/// Lets a key go whose run failed: the same request may be sent again at once.
pub async fn abandon(app: &App, lease: &Lease) -> Result<(), StoreError> {
    retrying(|| async {
        let mut tx = app.store.begin().await?;
        store::idempotency::abandon(&mut tx, lease.user, &lease.key, lease.run).await?;
        tx.commit().await
    })
    .await
}
