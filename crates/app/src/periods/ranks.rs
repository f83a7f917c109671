//! The ranks that a close found become facts of the network, from the end of the period on: orders ask
//! for them.

use std::collections::HashMap;

use domain::ids::{FactSeq, PartnerId};
use domain::network::{AsOf, Network};
use jiff::Timestamp;
use plan::close::{PerSeat, Qualified};
use store::standing::RankFact;
use store::{StoreError, Tx};

use super::reckoning::Reckoning;
use crate::App;
use crate::accruals::reconsider;

/// Writes down the ranks that changed, where orders ask for ranks.
pub(super) async fn tell(
    app: &App,
    tx: &mut Tx,
    reckoning: &Reckoning,
    qualified: &PerSeat<Qualified>,
    now: Timestamp,
) -> Result<(), StoreError> {
    if !reckoning.plan.uses_ranks() {
        return Ok(());
    }
    let network = store::network::load_whole(tx).await?;
    let changed = changed(reckoning, &network, qualified);
    let Ok(count @ 1..) = i64::try_from(changed.len()) else {
        return Ok(());
    };
    let first = store::facts::take(tx, count).await?;
    let facts: Vec<RankFact> = (first.0..)
        .zip(changed)
        .map(|(seq, (partner, rank))| RankFact {
            partner,
            seq: FactSeq(seq),
            rank,
            since: reckoning.end,
            reason: format!("period {}", reckoning.period),
            by_staff: false,
        })
        .collect();
    store::standing::insert_ranks(tx, &facts, now).await?;
    let told: Vec<_> = facts.iter().map(|fact| (fact.seq, fact.partner, fact.since)).collect();
    reconsider::note(app, tx, &told, now).await
}

/// Whose rank from the end of the period on is another than the network knows.
pub(crate) fn changed(
    reckoning: &Reckoning,
    network: &Network,
    qualified: &PerSeat<Qualified>,
) -> Vec<(PartnerId, Option<String>)> {
    let as_of = AsOf { at: reckoning.end, known: FactSeq::LATEST };
    let held: HashMap<PartnerId, Option<String>> = reckoning
        .partners
        .iter()
        .map(|partner| (*partner, network.member(*partner, as_of).and_then(|member| member.rank)))
        .collect();
    reckoning
        .stored(qualified)
        .into_iter()
        .filter(|stands| held.get(&stands.partner) != Some(&stands.paid_as))
        .map(|stands| (stands.partner, stands.paid_as))
        .collect()
}
