//! Asks the plan what orders give, by as much of the network as their walks need.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::accrual::Accruals;
use domain::activity::Span;
use domain::ids::{FactSeq, OrderId, PartnerId, PlanVersionId};
use domain::network::Network;
use domain::order::Order;
use jiff::Timestamp;
use plan::{AccrueError, FastStartWhen, OrderFacts, OrderRule, Plan};
use store::accruals::Run;
use store::network::Wanted;
use store::{StoreError, Tx};

use super::{Books, SettleError};
use crate::plans::Timeline;

/// How many sponsors above a buyer are loaded at first; eight times more whenever a walk needs more.
const GENERATIONS: i64 = 32;

/// How much of the network judgements look at.
#[derive(Debug)]
pub(crate) enum Sight {
    /// What the walks of these orders need, loaded for each call.
    Uplines,
    /// All of it, loaded once and again when a fact is added: for one who settles a whole history.
    Whole(Option<(FactSeq, Network)>),
}

/// What a plan gives for an order, with everything needed to say so again.
#[derive(Debug)]
pub(crate) struct Judgement {
    pub(crate) plan_version: PlanVersionId,
    pub(crate) plan: Arc<Plan>,
    pub(crate) known: FactSeq,
    pub(crate) is_first: bool,
    pub(crate) effective_at: Timestamp,
    pub(crate) accruals: Accruals,
}

/// An order that is in effect, with the plan of that instant and the facts of the judgement.
struct Case<'a> {
    order: &'a Order,
    plan_version: PlanVersionId,
    plan: Arc<Plan>,
    effective_at: Timestamp,
    known: FactSeq,
    is_first: bool,
}

/// Judges orders. One that is not in effect yet is left out; one that cannot be judged says why.
pub(super) async fn judge_all(
    tx: &mut Tx,
    timeline: &Timeline,
    books: &Books,
    ids: &[OrderId],
    known: FactSeq,
    sight: &mut Sight,
) -> Result<BTreeMap<OrderId, Result<Judgement, SettleError>>, StoreError> {
    let mut judged = BTreeMap::new();
    let mut cases = Vec::new();
    for order in ids.iter().filter_map(|id| books.order(*id)) {
        match case(timeline, order, known) {
            Ok(Some(case)) => cases.push(case),
            Ok(None) => {}
            Err(error) => drop(judged.insert(order.id, Err(error))),
        }
    }
    mark_first_orders(tx, &mut cases).await?;
    judged.extend(match sight {
        Sight::Uplines => judge_by_uplines(tx, timeline, cases).await?,
        Sight::Whole(seen) => {
            let network = brought_up_to(tx, timeline, known, seen).await?;
            let verdict = |case: &Case<'_>| judge(case, network).map_err(SettleError::from);
            cases.iter().map(|case| (case.order.id, verdict(case))).collect()
        }
    });
    Ok(judged)
}

/// Judges an order once more by the facts of a run: what it gave then.
pub(crate) async fn judge_run(
    tx: &mut Tx,
    timeline: &Timeline,
    order: &Order,
    run: &Run,
) -> Result<Option<Result<Judgement, SettleError>>, StoreError> {
    let Some(plan) = timeline.plan(run.plan_version) else {
        return Ok(None);
    };
    let case = Case {
        order,
        plan_version: run.plan_version,
        plan: plan.clone(),
        effective_at: run.effective_at,
        known: run.known,
        is_first: run.is_first,
    };
    Ok(judge_by_uplines(tx, timeline, vec![case]).await?.remove(&order.id))
}

async fn judge_by_uplines(
    tx: &mut Tx,
    timeline: &Timeline,
    mut cases: Vec<Case<'_>>,
) -> Result<BTreeMap<OrderId, Result<Judgement, SettleError>>, StoreError> {
    let mut judged = BTreeMap::new();
    let mut generations = GENERATIONS;
    while let Some(over) = span(&cases) {
        let wanted = Wanted {
            below: cases.iter().filter_map(|case| case.order.origin().partner()).collect(),
            generations,
            over,
            enough_invited: timeline.invited_that_matter(),
        };
        let network = store::network::load(tx, &wanted).await?;
        cases.retain(|case| match judge(case, &network) {
            Err(AccrueError::UplineTooShort) => true,
            verdict => {
                judged.insert(case.order.id, verdict.map_err(SettleError::from));
                false
            }
        });
        generations = generations.saturating_mul(8);
    }
    Ok(judged)
}

async fn brought_up_to<'s>(
    tx: &mut Tx,
    timeline: &Timeline,
    known: FactSeq,
    seen: &'s mut Option<(FactSeq, Network)>,
) -> Result<&'s Network, StoreError> {
    let fresh = match seen.take() {
        Some((seq, network)) if seq == known => network,
        _ => store::network::load_whole(tx).await?,
    };
    let counting = fresh.counting_invited_up_to(timeline.invited_that_matter());
    Ok(&seen.insert((known, counting)).1)
}

fn case<'a>(timeline: &Timeline, order: &'a Order, known: FactSeq) -> Result<Option<Case<'a>>, SettleError> {
    let Some(paid_at) = order.paid_at else {
        return Ok(None);
    };
    // Which date counts is the plan's to say; which plan, the date of payment says.
    let (version, plan) = timeline.in_force(paid_at).ok_or(SettleError::NoPlan(paid_at))?;
    let Some(effective_at) = plan.effective_at(order) else {
        return Ok(None);
    };
    Ok(Some(Case {
        order,
        plan_version: version.id,
        plan: plan.clone(),
        effective_at,
        known,
        is_first: false,
    }))
}

fn judge(case: &Case<'_>, network: &Network) -> Result<Judgement, AccrueError> {
    let facts = OrderFacts { order: case.order, is_first: case.is_first };
    Ok(Judgement {
        plan_version: case.plan_version,
        plan: case.plan.clone(),
        known: case.known,
        is_first: case.is_first,
        effective_at: case.effective_at,
        accruals: plan::accrue(&case.plan, &facts, network, case.known)?,
    })
}

/// From the first to the last effective instant; nothing when there is no case.
fn span(cases: &[Case<'_>]) -> Option<Span> {
    let instants = || cases.iter().map(|case| case.effective_at);
    Some(Span { from: instants().min()?, until: instants().max()? })
}

/// Marks the orders that are their buyers' first; asked only where a plan pays for that.
async fn mark_first_orders(tx: &mut Tx, cases: &mut [Case<'_>]) -> Result<(), StoreError> {
    let buyers: Vec<PartnerId> = cases
        .iter()
        .filter(|case| pays_first_orders(&case.plan))
        .filter_map(|case| case.order.buyer)
        .collect();
    let first = store::orders::first_paid(tx, &buyers).await?;
    for case in cases {
        case.is_first = case.order.buyer.and_then(|buyer| first.get(&buyer)) == Some(&case.order.id);
    }
    Ok(())
}

pub(crate) fn pays_first_orders(plan: &Plan) -> bool {
    plan.rules().iter().any(
        |rule| matches!(rule.order_rule(), Some(OrderRule::FastStart(start)) if start.when == FastStartWhen::FirstOrder),
    )
}
