//! Facts that come late: which accrued orders they may change, and the job that judges those again.

use domain::ids::{FactSeq, OrderId, PartnerId};
use jiff::Timestamp;
use store::{StoreError, Tx};
use uuid::Uuid;

use crate::App;
use crate::jobs::{self, Kind};
use crate::periods::adjust;

/// Notes facts that hold from a date on, each as (number, about whom, since). Where orders of such a
/// date are accrued already, a job will judge them again.
pub(crate) async fn note(
    app: &App,
    tx: &mut Tx,
    facts: &[(FactSeq, PartnerId, Timestamp)],
    now: Timestamp,
) -> Result<(), StoreError> {
    if let Some(since) = facts.iter().map(|(_, _, since)| *since).min() {
        adjust::note_facts(app, tx, since, now).await?;
    }
    let Some(last) = store::accruals::last_effective(tx).await? else {
        return Ok(());
    };
    let keys: Vec<String> = facts
        .iter()
        .filter(|(_, _, since)| *since <= last)
        .map(|(seq, partner, since)| format!("{}/{}/{}", seq.0, partner, since.as_microsecond()))
        .collect();
    jobs::enqueue(app, tx, Kind::ReconsiderFact, &keys, now).await
}

/// The orders that the fact of a job's key may change. They are below the partner, or below the one
/// who invited him and whose levels he may have opened.
pub(crate) async fn concerned(tx: &mut Tx, key: &str) -> Result<Vec<OrderId>, StoreError> {
    let unreadable =
        || StoreError::Corrupt { table: "jobs", problem: format!("{key:?} is not a fact's key") };
    let [seq, partner, since] = key.split('/').collect::<Vec<_>>()[..] else {
        return Err(unreadable());
    };
    let seq = FactSeq(seq.parse().map_err(|_| unreadable())?);
    let partner = PartnerId::new(Uuid::parse_str(partner).map_err(|_| unreadable())?);
    let since =
        Timestamp::from_microsecond(since.parse().map_err(|_| unreadable())?).map_err(|_| unreadable())?;
    let inviter =
        store::partners::by_ids(tx, &[partner]).await?.into_iter().filter_map(|found| found.inviter);
    let tops: Vec<PartnerId> = inviter.chain([partner]).collect();
    let below = store::sponsorships::ever_below(tx, &tops).await?;
    store::accruals::judged_without(tx, seq, since, &below).await
}
