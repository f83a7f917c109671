//! What staff decide about a partner: his rank, and whether his earnings are on hold. Dated.

use domain::actor::Actor;
use domain::ids::{FactSeq, PartnerId};
use domain::partner::PartnerCode;
use domain::time::CLOCKS_DIFFER;
use jiff::Timestamp;
use store::standing::RankFact;
use store::{StoreError, Tx};

use crate::App;
use crate::accruals::reconsider;
use crate::audit::{self, Act};
use crate::plans;
use crate::retry::{may_retry, retrying};

/// What staff decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// He holds this rank, whatever the close of a period finds.
    Rank(String),
    /// From then on the close of a period says which rank he holds.
    NoRank,
    /// What he would earn is held back.
    Hold,
    /// It is held back no more.
    Release,
}

/// A decision with its date and reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decree {
    /// About whom.
    pub partner: PartnerCode,
    /// What.
    pub decision: Decision,
    /// From when on.
    pub since: Timestamp,
    /// Why.
    pub reason: String,
}

/// Why a decision is refused.
#[derive(Debug, thiserror::Error)]
pub enum DecreeError {
    /// Nobody has that code.
    #[error("there is no partner {0}")]
    UnknownPartner(PartnerCode),
    /// The plan of that time does not know the rank.
    #[error("the plan in force at {at} has no rank {rank:?}; it has: {known}")]
    UnknownRank {
        /// When it should hold.
        at: Timestamp,
        /// The rank.
        rank: String,
        /// Those that exist.
        known: String,
    },
    /// A hold, or its end, lies ahead: it is a fact only when it begins.
    #[error("{0} lies ahead: a hold begins and ends when it is told, or earlier")]
    Ahead(Timestamp),
    /// No reason was given.
    #[error("a decision about a partner needs a reason")]
    NoReason,
    /// Only staff may.
    #[error("only staff may decide this")]
    NotStaff,
    /// The database failed.
    #[error("could not store the decision")]
    Store(#[from] StoreError),
}
may_retry!(DecreeError);

/// Writes a decision down; it holds from its date on.
pub async fn decree(app: &App, actor: &Actor, decree: &Decree) -> Result<(), DecreeError> {
    if !matches!(actor, Actor::Staff(_)) {
        return Err(DecreeError::NotStaff);
    }
    if decree.reason.trim().is_empty() {
        return Err(DecreeError::NoReason);
    }
    retrying(|| decree_once(app, actor, decree)).await
}

async fn decree_once(app: &App, actor: &Actor, decree: &Decree) -> Result<(), DecreeError> {
    let now = app.now();
    let is_hold = matches!(decree.decision, Decision::Hold | Decision::Release);
    if is_hold && decree.since > now + CLOCKS_DIFFER {
        return Err(DecreeError::Ahead(decree.since));
    }
    let mut tx = app.store.begin().await?;
    store::facts::lock(&mut tx).await?;
    let partner = store::partners::by_code(&mut tx, &decree.partner)
        .await?
        .ok_or_else(|| DecreeError::UnknownPartner(decree.partner.clone()))?;
    if let Decision::Rank(rank) = &decree.decision {
        refuse_unknown_rank(app, &mut tx, rank, decree.since).await?;
    }
    insert(app, &mut tx, partner.id, decree, now).await?;
    let (action, after) = match &decree.decision {
        Decision::Rank(rank) => {
            ("partner.rank", serde_json::json!({ "rank": rank, "since": decree.since.to_string() }))
        }
        Decision::NoRank => ("partner.no_rank", serde_json::json!({ "since": decree.since.to_string() })),
        Decision::Hold => ("partner.hold", serde_json::json!({ "since": decree.since.to_string() })),
        Decision::Release => ("partner.release", serde_json::json!({ "since": decree.since.to_string() })),
    };
    let act = Act {
        actor,
        action,
        entity: format!("partner:{}", decree.partner),
        before: None::<()>,
        after: Some(after),
        reason: Some(&decree.reason),
    };
    audit::append(&mut tx, act, now).await?;
    tx.commit().await?;
    app.ring();
    Ok(())
}

async fn refuse_unknown_rank(app: &App, tx: &mut Tx, rank: &str, at: Timestamp) -> Result<(), DecreeError> {
    let timeline = plans::timeline(app, tx).await?;
    let known = timeline.in_force(at).map_or(&[][..], |(_, plan)| plan.ranks());
    if known.iter().any(|known| known.name == rank) {
        return Ok(());
    }
    let names: Vec<&str> = known.iter().map(|known| known.name.as_str()).collect();
    let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    Err(DecreeError::UnknownRank { at, rank: rank.to_owned(), known })
}

async fn insert(
    app: &App,
    tx: &mut Tx,
    partner: PartnerId,
    decree: &Decree,
    now: Timestamp,
) -> Result<(), StoreError> {
    let seq = store::facts::take(tx, 1).await?;
    let reason = decree.reason.trim();
    match &decree.decision {
        Decision::Rank(rank) => {
            insert_rank(tx, partner, seq, Some(rank), decree, now).await?;
        }
        Decision::NoRank => insert_rank(tx, partner, seq, None, decree, now).await?,
        Decision::Hold => {
            store::standing::insert_hold(tx, partner, seq, true, decree.since, reason, now).await?;
        }
        Decision::Release => {
            store::standing::insert_hold(tx, partner, seq, false, decree.since, reason, now).await?;
        }
    }
    reconsider::note(app, tx, &[(seq, partner, decree.since)], now).await
}

async fn insert_rank(
    tx: &mut Tx,
    partner: PartnerId,
    seq: FactSeq,
    rank: Option<&String>,
    decree: &Decree,
    now: Timestamp,
) -> Result<(), StoreError> {
    let fact = RankFact {
        partner,
        seq,
        rank: rank.cloned(),
        since: decree.since,
        reason: decree.reason.trim().to_owned(),
        by_staff: true,
    };
    store::standing::insert_ranks(tx, &[fact], now).await
}
