//! The trail of acts: who did what to which thing, before and after, why, chained by hashes.

mod chain;

use domain::actor::Actor;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::{StoreError, Tx};

pub use chain::{Broken, Head, HeadError, Proof, Wanted, head, latest, lines, verify};
pub use store::audit::Line;

/// One act of a person, to be written down in the transaction that does it.
#[derive(Debug)]
pub(crate) struct Act<'a, B = (), A = ()> {
    pub(crate) actor: &'a Actor,
    pub(crate) action: &'static str,
    pub(crate) entity: String,
    pub(crate) before: Option<B>,
    pub(crate) after: Option<A>,
    pub(crate) reason: Option<&'a str>,
}

/// Writes an act down. The gate of facts is taken alone first, so that the chain has one end.
pub(crate) async fn append<B: Serialize, A: Serialize>(
    tx: &mut Tx,
    act: Act<'_, B, A>,
    now: Timestamp,
) -> Result<(), StoreError> {
    store::facts::lock(tx).await?;
    let last = store::audit::last(tx).await?;
    let mut line = Line {
        seq: last.as_ref().map_or(1, |line| line.seq + 1),
        actor: act.actor.to_string(),
        action: act.action.to_owned(),
        entity: act.entity,
        before: act.before.map(|before| json(&before)),
        after: act.after.map(|after| json(&after)),
        reason: act.reason.map(str::to_owned),
        at: now,
        previous_hash: last.map_or([0; 32], |line| line.hash),
        hash: [0; 32],
    };
    line.hash = hash(&line);
    store::audit::insert_all(tx, &[line]).await
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("what is audited are plain structs, which always serialise")
}

/// The hash of a line over the hash of the line before and its own content.
pub fn hash(line: &Line) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(line.previous_hash);
    digest.update(line.seq.to_be_bytes());
    digest.update(line.at.as_microsecond().to_be_bytes());
    let fields = [
        Some(line.actor.as_str()),
        Some(line.action.as_str()),
        Some(line.entity.as_str()),
        line.before.as_deref(),
        line.after.as_deref(),
        line.reason.as_deref(),
    ];
    for field in fields {
        // Absent and empty differ; lengths keep neighbouring fields apart.
        digest.update(field.map_or(u64::MAX, |field| field.len() as u64).to_be_bytes());
        digest.update(field.unwrap_or_default());
    }
    digest.finalize().into()
}
