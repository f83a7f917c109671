//! A partner moves to another sponsor: dated, with a reason, never into a ring.

mod removal;

use domain::actor::Actor;
use domain::ids::{FactSeq, PartnerId};
use domain::network::{AsOf, Dated, Network};
use domain::partner::PartnerCode;
use jiff::Timestamp;
use store::sponsorships::Sponsorship;
use store::{StoreError, Tx};

use crate::App;
use crate::accruals::reconsider;
use crate::audit::{self, Act};
use crate::notices;
use crate::retry::{may_retry, retrying};

pub use removal::{Removal, RemoveError, remove};

/// A move that staff want.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Who moves.
    pub partner: PartnerCode,
    /// Under whom; `None` makes him a root.
    pub to: Option<PartnerCode>,
    /// From when on.
    pub since: Timestamp,
    /// Why.
    pub reason: String,
}

/// Why a move is refused.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// Nobody has that code.
    #[error("there is no partner {0}")]
    UnknownPartner(PartnerCode),
    /// He would stand above himself.
    #[error("{to} stands below {partner}, so {partner} cannot move under {to}")]
    Ring {
        /// Who would move.
        partner: PartnerCode,
        /// Under whom.
        to: PartnerCode,
    },
    /// He stands there already.
    #[error("{0} has that sponsor already")]
    Unchanged(PartnerCode),
    /// Before he, or the new sponsor, joined.
    #[error("the move holds from {since}, but {code} joined only at {joined_at}")]
    BeforeJoining {
        /// From when the move should hold.
        since: Timestamp,
        /// Who joined later.
        code: PartnerCode,
        /// When.
        joined_at: Timestamp,
    },
    /// No reason was given.
    #[error("a move needs a reason")]
    NoReason,
    /// Only staff may.
    #[error("only staff may move a partner")]
    NotStaff,
    /// The database failed.
    #[error("could not store the move")]
    Store(#[from] StoreError),
}
may_retry!(MoveError);

/// Moves a partner under another sponsor from a date on. Who invited whom does not change, and money
/// of orders before the date does not move.
pub async fn move_partner(app: &App, actor: &Actor, wanted: &Move) -> Result<(), MoveError> {
    if !matches!(actor, Actor::Staff(_)) {
        return Err(MoveError::NotStaff);
    }
    if wanted.reason.trim().is_empty() {
        return Err(MoveError::NoReason);
    }
    retrying(|| move_once(app, actor, wanted)).await
}

async fn move_once(app: &App, actor: &Actor, wanted: &Move) -> Result<(), MoveError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    // Held alone until the commit, so that two moves cannot make a ring together.
    store::facts::lock(&mut tx).await?;
    let partner = joined(&mut tx, &wanted.partner, wanted.since).await?;
    let to = match &wanted.to {
        Some(code) => Some((joined(&mut tx, code, wanted.since).await?, code)),
        None => None,
    };
    let network = store::network::load_whole(&mut tx).await?;
    let as_of = AsOf { at: wanted.since, known: FactSeq::LATEST };
    let before = network.sponsor(partner, as_of);
    if before == to.map(|(id, _)| id) {
        return Err(MoveError::Unchanged(wanted.partner.clone()));
    }
    let seq = store::facts::take(&mut tx, 1).await?;
    let fact = Sponsorship {
        partner,
        sponsor: to.map(|(id, _)| id),
        since: wanted.since,
        seq,
        reason: wanted.reason.trim().to_owned(),
    };
    if let Some((_, code)) = to.filter(|_| makes_ring(network, &fact)) {
        return Err(MoveError::Ring { partner: wanted.partner.clone(), to: code.clone() });
    }
    notices::people::moved(app, &mut tx, &[(&fact, before)], now).await?;
    store::sponsorships::insert_all(&mut tx, &[fact], now).await?;
    reconsider::note(app, &mut tx, &[(seq, partner, wanted.since)], now).await?;
    let act = Act {
        actor,
        action: "partner.move",
        entity: format!("partner:{}", wanted.partner),
        before: Some(serde_json::json!({ "sponsor": before })),
        after: Some(serde_json::json!({ "sponsor": wanted.to, "since": wanted.since.to_string() })),
        reason: Some(&wanted.reason),
    };
    audit::append(&mut tx, act, now).await?;
    tx.commit().await?;
    app.ring();
    Ok(())
}

async fn joined(tx: &mut Tx, code: &PartnerCode, since: Timestamp) -> Result<PartnerId, MoveError> {
    let partner =
        store::partners::by_code(tx, code).await?.ok_or_else(|| MoveError::UnknownPartner(code.clone()))?;
    if since < partner.joined_at {
        return Err(MoveError::BeforeJoining { since, code: code.clone(), joined_at: partner.joined_at });
    }
    Ok(partner.id)
}

/// Whether with this fact anybody would at any date stand above himself. Only at the dates from the
/// move on at which some sponsorship changes can a ring begin.
fn makes_ring(mut network: Network, fact: &Sponsorship) -> bool {
    let dates: std::collections::BTreeSet<Timestamp> = network
        .people()
        .flat_map(|(_, person)| person.sponsors.iter().map(|dated| dated.from))
        .filter(|from| *from > fact.since)
        .chain([fact.since])
        .collect();
    let dated = Dated { from: fact.since, seq: fact.seq, fact: fact.sponsor };
    network.person(fact.partner).sponsors.push(dated);
    dates.into_iter().any(|at| {
        let as_of = AsOf { at, known: FactSeq::LATEST };
        network
            .sponsor(fact.partner, as_of)
            .is_some_and(|sponsor| network.is_above_or_same(fact.partner, sponsor, as_of))
    })
}
