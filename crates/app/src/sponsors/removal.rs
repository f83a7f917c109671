//! A partner is removed from the tree: those directly under him hang under his sponsor from a date on.
//!
//! It is the compression that a plan calls permanent: a dated act of staff, never a side effect of a
//! lapse. He himself stays where he is, with nobody below him; who invited whom does not change.

use domain::actor::Actor;
use domain::ids::{FactSeq, PartnerId};
use domain::network::{AsOf, Network};
use domain::partner::PartnerCode;
use domain::time::CLOCKS_DIFFER;
use jiff::Timestamp;
use store::sponsorships::Sponsorship;
use store::{StoreError, Tx};

use super::joined;
use crate::App;
use crate::accruals::reconsider;
use crate::audit::{self, Act};
use crate::notices;
use crate::plans;
use crate::retry::{may_retry, retrying};
use crate::sponsors::MoveError;

/// A removal that staff want.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Who is removed.
    pub partner: PartnerCode,
    /// From when on.
    pub since: Timestamp,
    /// Why.
    pub reason: String,
}

/// Why a removal is refused.
#[derive(Debug, thiserror::Error)]
pub enum RemoveError {
    /// What would also refuse a move.
    #[error(transparent)]
    Move(#[from] MoveError),
    /// He was active within the twelve months before.
    #[error("{partner} was active until {until}: a partner is removed after twelve months without activity")]
    ActiveLately {
        /// Who.
        partner: PartnerCode,
        /// Until when he was, or is, active.
        until: Timestamp,
    },
    /// The date lies ahead: until then he may become active.
    #[error("{0} lies ahead: a partner is removed after twelve months without activity")]
    Ahead(Timestamp),
    /// Nobody stands under him.
    #[error("nobody stands under {0}, so there is nothing to do")]
    Nobody(PartnerCode),
    /// The database failed.
    #[error("could not store the removal")]
    Store(#[from] StoreError),
}
may_retry!(RemoveError);

/// Removes a partner from the tree from a date on; gives how many hang under his sponsor now.
///
/// # Errors
/// [`RemoveError::ActiveLately`] if he was active within the twelve calendar months before the date.
pub async fn remove(app: &App, actor: &Actor, wanted: &Removal) -> Result<usize, RemoveError> {
    if !matches!(actor, Actor::Staff(_)) {
        return Err(MoveError::NotStaff.into());
    }
    if wanted.reason.trim().is_empty() {
        return Err(MoveError::NoReason.into());
    }
    retrying(|| remove_once(app, actor, wanted)).await
}

async fn remove_once(app: &App, actor: &Actor, wanted: &Removal) -> Result<usize, RemoveError> {
    let now = app.now();
    if wanted.since > now + CLOCKS_DIFFER {
        return Err(RemoveError::Ahead(wanted.since));
    }
    let mut tx = app.store.begin().await?;
    store::facts::lock(&mut tx).await?;
    let partner = joined(&mut tx, &wanted.partner, wanted.since).await?;
    let network = store::network::load_whole(&mut tx).await?;
    refuse_active(app, &mut tx, &network, partner, wanted).await?;
    let as_of = AsOf { at: wanted.since, known: FactSeq::LATEST };
    let sponsor = network.sponsor(partner, as_of);
    let mut below: Vec<PartnerId> = network
        .people()
        .map(|(below, _)| below)
        .filter(|below| network.sponsor(*below, as_of) == Some(partner))
        .collect();
    below.sort_unstable();
    let Ok(count @ 1..) = i64::try_from(below.len()) else {
        return Err(RemoveError::Nobody(wanted.partner.clone()));
    };
    let first = store::facts::take(&mut tx, count).await?;
    let reason = format!("removal of {}: {}", wanted.partner, wanted.reason.trim());
    let facts: Vec<Sponsorship> = (first.0..)
        .zip(&below)
        .map(|(seq, partner)| Sponsorship {
            partner: *partner,
            sponsor,
            since: wanted.since,
            seq: FactSeq(seq),
            reason: reason.clone(),
        })
        .collect();
    store::sponsorships::insert_all(&mut tx, &facts, now).await?;
    let moves: Vec<_> = facts.iter().map(|fact| (fact, Some(partner))).collect();
    notices::people::moved(app, &mut tx, &moves, now).await?;
    let told: Vec<_> = facts.iter().map(|fact| (fact.seq, fact.partner, fact.since)).collect();
    reconsider::note(app, &mut tx, &told, now).await?;
    write_down(actor, &mut tx, wanted, &network, (&below, sponsor), now).await?;
    tx.commit().await?;
    app.ring();
    Ok(below.len())
}

/// Twelve calendar months in the company's zone must have passed since he was last active.
async fn refuse_active(
    app: &App,
    tx: &mut Tx,
    network: &Network,
    partner: PartnerId,
    wanted: &Removal,
) -> Result<(), RemoveError> {
    let spans = network.get(partner).map_or(&[][..], |person| &person.activity);
    let standing = spans.iter().filter(|known| known.superseded.is_none());
    let Some(until) = standing.map(|known| known.span.until).max() else {
        return Ok(());
    };
    let zone = plans::timeline(app, tx).await?.zone();
    if wanted.since < domain::time::add_months(until, 12, &zone) {
        return Err(RemoveError::ActiveLately { partner: wanted.partner.clone(), until });
    }
    Ok(())
}

/// One line for the act, and one for each who moves.
async fn write_down(
    actor: &Actor,
    tx: &mut Tx,
    wanted: &Removal,
    network: &Network,
    (below, sponsor): (&[PartnerId], Option<PartnerId>),
    now: Timestamp,
) -> Result<(), StoreError> {
    let code = |id: PartnerId| network.get(id).and_then(|person| person.code.clone());
    let to = sponsor.and_then(code);
    let acts = std::iter::once(("partner.remove", Some(wanted.partner.clone())))
        .chain(below.iter().map(|id| ("partner.move", code(*id))));
    for (action, whose) in acts {
        let act = Act {
            actor,
            action,
            entity: format!("partner:{}", whose.as_ref().map_or("?", PartnerCode::as_str)),
            before: Some(serde_json::json!({ "sponsor": wanted.partner })),
            after: Some(serde_json::json!({ "sponsor": to, "since": wanted.since.to_string() })),
            reason: Some(&wanted.reason),
        };
        audit::append(tx, act, now).await?;
    }
    Ok(())
}
