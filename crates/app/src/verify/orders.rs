//! I5 to I8, I10, I21: every order is judged again and compared with what stands in the ledger.

use std::collections::{HashMap, HashSet};

use domain::accrual::{Accruals, Share};
use domain::ids::{OrderId, PartnerId, TransferId};
use domain::ledger::{CompanyAccount, Transfer, TransferKind, partner_account};
use domain::money::Money;
use domain::network::{AsOf, Standing};
use domain::order::Order;
use domain::shop_event::is_of_product;
use domain::time::add_days;
use jiff::Timestamp;
use plan::{OrderFacts, Plan, Posted};
use sha2::{Digest, Sha256};
use store::accruals::Run;

use super::Check;
use super::world::World;
use crate::accruals::{pays_first_orders, posted};

struct Checks {
    cap: Check,
    paid: Check,
    once: Check,
    engine: Check,
    refunds: Check,
    eligible: Check,
    kept: Check,
}

pub(super) fn checks(world: &World) -> Vec<Check> {
    let mut checks = Checks {
        cap: Check::new("I5", "комиссии заказа не превышают лимит плана"),
        paid: Check::new(
            "I6",
            "начисление есть только у оплаченного заказа, и у каждого оплаченного оно есть",
        ),
        once: Check::new("I7", "заказ начислен один раз; поправки идут подряд"),
        engine: Check::new("I19", "пересчёт по фактам даёт ровно те же начисления и невыплаченный остаток"),
        refunds: Check::new("I8", "сторно равно доле возвращённого, полный возврат обнуляет всё"),
        eligible: Check::new("I10", "каждый получатель был активен на дату заказа, линии не повторяются"),
        kept: Check::new("I21", "каждый принятый вебхук и каждый заказ сохранены неизменными"),
    };
    let first = first_orders(world);
    for stored in &world.orders {
        order(world, &mut checks, stored, &first);
    }
    receipts(world, &mut checks.kept);
    let Checks { cap, paid, once, engine, refunds, eligible, kept } = checks;
    vec![cap, paid, once, engine, refunds, eligible, kept]
}

fn order(
    world: &World,
    checks: &mut Checks,
    stored: &store::orders::Stored,
    first: &HashMap<PartnerId, OrderId>,
) {
    let order = &stored.order;
    let key = &order.key;
    checks.kept.expect(order.body_hash()[..] == stored.body_hash[..], || {
        format!("order {key}: its lines, buyer or date were changed")
    });
    catalog(world, &mut checks.kept, order);
    let runs = world.runs.get(&order.id).map_or(&[][..], Vec::as_slice);
    let in_order = runs.iter().zip(1..).all(|(run, number)| run.run == number);
    checks.once.expect(in_order, || format!("order {key}: its runs are not numbered 1, 2, …"));
    // A later run knows a later fact, or an earlier order of the same buyer.
    let knows_more = runs.iter().zip(runs.iter().skip(1)).all(|(run, later)| {
        run.known < later.known || (run.known == later.known && run.is_first && !later.is_first)
    });
    checks.once.expect(knows_more, || format!("order {key}: it was judged again by the same knowledge"));
    let is_due = order.paid_at.is_some_and(|paid_at| {
        world.timeline.in_force(paid_at).is_some_and(|(_, plan)| plan.effective_at(order).is_some())
    });
    let is_pending = world.pending.contains(&order.id);
    checks.paid.expect(runs.is_empty() || order.paid_at.is_some(), || {
        format!("order {key} is accrued but not paid")
    });
    checks
        .paid
        .expect(!runs.is_empty() || !is_due || is_pending, || format!("order {key} is paid but not accrued"));
    let mut standing = Vec::new();
    let mut plan = None;
    for run in runs {
        let Some(of_run) = world.timeline.plan(run.plan_version) else {
            checks.engine.expect(false, || format!("order {key}: its plan version is not there"));
            return;
        };
        standing = of_run_standing(world, order, run, runs);
        judged(world, checks, order, run, of_run, &standing);
        plan = Some(of_run);
    }
    if let (Some(plan), Some(run)) = (plan, runs.last()) {
        let is_first = order.buyer.and_then(|buyer| first.get(&buyer)) == Some(&order.id);
        if pays_first_orders(plan) && is_first != run.is_first && !is_pending {
            taken_for_first(world, &mut checks.engine, order, run, plan);
        }
        if !is_pending && !world.is_reconsidering {
            knows_all(world, &mut checks.engine, order, run, plan, &standing);
        }
        corrected(world, &mut checks.refunds, order, runs, &standing);
        refunded(world, &mut checks.refunds, order, plan, &standing, is_pending);
    }
}

/// What was ever posted for an order: its accruals and the breakage of its runs.
fn posted_for<'w>(world: &'w World, order: &Order, runs: &[Run]) -> impl Iterator<Item = (u32, Posting<'w>)> {
    let accruals = world.accruals.get(&order.id).into_iter().flatten();
    let accruals = accruals.filter_map(|accrual| {
        Some((accrual.run, (world.transfer(TransferId::new(accrual.id.uuid()))?, Some(&accrual.share))))
    });
    let breakage = runs.iter().filter_map(|run| Some((run.run, (world.transfer(run.breakage)?, None))));
    accruals.chain(breakage.collect::<Vec<_>>())
}

/// How much of a transfer is taken back.
fn taken_back(world: &World, transfer: &Transfer) -> Money {
    world.reversals_of(transfer.id).map(|reversal| reversal.amount).sum()
}

/// What became known after the last judgement changes nothing of it: a late fact that does makes another
/// judgement. Of an order that is wholly given back nothing is left to correct.
fn knows_all(
    world: &World,
    check: &mut Check,
    order: &Order,
    run: &Run,
    plan: &Plan,
    standing: &[Posting<'_>],
) {
    let is_spent = standing.iter().all(|(transfer, _)| taken_back(world, transfer) == transfer.amount);
    if run.known == world.last_fact || is_spent {
        return;
    }
    let facts = OrderFacts { order, is_first: run.is_first };
    let judged = |known| plan::accrue(plan, &facts, &world.network, known).map(|accruals| accruals.shares);
    check.expect(judged(run.known).ok() == judged(world.last_fact).ok(), || {
        format!("order {}: a fact that became known later was never applied", order.key)
    });
}

/// An order that was judged as the buyer's first and is not, or the other way round, is no difference
/// only if that changes nothing.
fn taken_for_first(world: &World, check: &mut Check, order: &Order, run: &Run, plan: &Plan) {
    let judged = |is_first| {
        let facts = OrderFacts { order, is_first };
        plan::accrue(plan, &facts, &world.network, run.known).map(|accruals| accruals.shares)
    };
    check.expect(judged(true).ok() == judged(false).ok(), || {
        format!("order {}: whether it was the buyer's first was decided wrongly", order.key)
    });
}

/// The buyers' first paid orders, as the facts have them.
fn first_orders(world: &World) -> HashMap<PartnerId, OrderId> {
    let mut first: HashMap<PartnerId, (Timestamp, OrderId)> = HashMap::new();
    for order in world.orders.iter().map(|stored| &stored.order) {
        if let (Some(buyer), Some(paid_at)) = (order.buyer, order.paid_at) {
            let earliest = first.entry(buyer).or_insert((paid_at, order.id));
            *earliest = (*earliest).min((paid_at, order.id));
        }
    }
    first.into_iter().map(|(buyer, (_, order))| (buyer, order)).collect()
}

/// What a later run corrected is taken back whole.
fn corrected(world: &World, check: &mut Check, order: &Order, runs: &[Run], standing: &[Posting<'_>]) {
    for (_, (transfer, _)) in posted_for(world, order, runs) {
        let stands = standing.iter().any(|(other, _)| other.id == transfer.id);
        let back = taken_back(world, transfer);
        check.expect(stands || back == transfer.amount, || {
            format!(
                "order {}: transfer {} of {} was corrected, but {back} is taken back",
                order.key, transfer.id, transfer.amount
            )
        });
    }
}

/// A posting of an order: an accrual with its share, or breakage.
type Posting<'w> = (&'w Transfer, Option<&'w Share>);

/// What stood in the ledger for an order once a run was entered: posted up to it, not corrected by it
/// or before it.
fn of_run_standing<'w>(world: &'w World, order: &Order, run: &Run, runs: &[Run]) -> Vec<Posting<'w>> {
    let up_to: HashSet<uuid::Uuid> =
        runs.iter().filter(|other| other.run <= run.run).map(|other| other.breakage.uuid()).collect();
    let is_corrected = |transfer: &Transfer| {
        world.reversals_of(transfer.id).any(|reversal| {
            reversal.kind == TransferKind::CorrectionReversal && up_to.contains(&reversal.cause)
        })
    };
    let up_to_run = posted_for(world, order, runs).filter(|(number, _)| *number <= run.run);
    up_to_run.map(|(_, posting)| posting).filter(|(transfer, _)| !is_corrected(transfer)).collect()
}

/// Whether a judgement has nothing to say about a posting: refunds or a cancellation took all of it
/// back, so that a later run had nothing to correct.
fn is_spent(world: &World, expected: &Accruals, (transfer, share): &Posting<'_>) -> bool {
    let is_expected =
        share.map_or(transfer.amount == expected.broken(), |share| expected.shares.contains(share));
    !is_expected && taken_back(world, transfer) == transfer.amount
}

fn judged(
    world: &World,
    checks: &mut Checks,
    order: &Order,
    run: &Run,
    plan: &Plan,
    standing: &[Posting<'_>],
) {
    let key = &order.key;
    let facts = OrderFacts { order, is_first: run.is_first };
    let expected = match plan::accrue(plan, &facts, &world.network, run.known) {
        Ok(expected) => expected,
        Err(error) => {
            checks.engine.expect(false, || format!("order {key} cannot be judged again: {error}"));
            return;
        }
    };
    let standing: Vec<Posting<'_>> =
        standing.iter().filter(|posting| !is_spent(world, &expected, posting)).copied().collect();
    let standing = &standing[..];
    let effective_at = plan.effective_at(order);
    checks.engine.expect(effective_at == Some(run.effective_at), || {
        format!("order {key}: judged as of {}, in effect {effective_at:?}", run.effective_at)
    });
    checks.engine.expect(expected.maximum == run.maximum, || {
        format!("order {key}: promised {}, stored {}", expected.maximum, run.maximum)
    });
    shares(world, checks, order, &expected, standing);
    for (transfer, share) in standing {
        let credit = share.map_or(CompanyAccount::Breakage.id(), |share| partner_account(share.earner));
        let amount = share.map_or(transfer.amount, |share| share.paid);
        // Money for a closed period is posted into the open one; it is never available sooner for that.
        let held_until = add_days(run.effective_at, plan.hold_days(), plan.zone());
        let dated = transfer.effective_at >= run.effective_at
            && transfer.available_at == held_until.max(transfer.effective_at);
        let fits = transfer.credit == credit
            && transfer.amount == amount
            && transfer.cause == order.id.uuid()
            && dated;
        checks
            .engine
            .expect(fits, || format!("order {key}: transfer {} differs from its accrual", transfer.id));
    }
    let paid = standing.iter().filter_map(|(_, share)| share.map(|share| share.paid)).sum::<Money>();
    if let Some(cap) = expected.cap {
        checks.cap.expect(paid <= cap, || format!("order {key}: {paid} is paid, the cap is {cap}"));
    }
    for share in standing.iter().filter_map(|(_, share)| *share) {
        let member = world.network.member(share.earner, AsOf { at: run.effective_at, known: run.known });
        let active = member.is_some_and(|member| member.standing == Standing::Active);
        checks
            .eligible
            .expect(active, || format!("order {key}: {} was not active", world.code(share.earner)));
    }
    let places: HashSet<_> =
        standing.iter().filter_map(|(_, share)| share.map(|share| (&share.rule, share.level))).collect();
    let count = standing.iter().filter(|(_, share)| share.is_some()).count();
    checks.eligible.expect(places.len() == count, || format!("order {key}: a level is paid twice"));
}

/// What stands is what the engine gives, share by share.
fn shares(world: &World, checks: &mut Checks, order: &Order, expected: &Accruals, standing: &[Posting<'_>]) {
    let key = &order.key;
    let stand: Vec<&Share> = standing.iter().filter_map(|(_, share)| *share).collect();
    for share in &expected.shares {
        checks.engine.expect(stand.contains(&share), || {
            format!(
                "order {key}: {} should have {} at level {} by {}",
                world.code(share.earner),
                share.paid,
                share.level,
                share.rule
            )
        });
    }
    for share in stand {
        checks.engine.expect(expected.shares.contains(share), || {
            format!(
                "order {key}: {} has {} at level {} by {}, which the plan does not give",
                world.code(share.earner),
                share.paid,
                share.level,
                share.rule
            )
        });
    }
    let broken: Money =
        standing.iter().filter(|(_, share)| share.is_none()).map(|(transfer, _)| transfer.amount).sum();
    checks.engine.expect(broken == expected.broken(), || {
        format!("order {key}: breakage is {broken}, should be {}", expected.broken())
    });
}

/// What is taken back is what the refunds and the cancellation demand.
fn refunded(
    world: &World,
    check: &mut Check,
    order: &Order,
    plan: &Plan,
    standing: &[Posting<'_>],
    is_pending: bool,
) {
    let untouched: Vec<Posted> = standing
        .iter()
        .map(|(transfer, share)| posted(transfer, share.map(|share| share.rule.clone()), Money::ZERO))
        .collect();
    let due = plan::reversals(plan, order, &untouched);
    for (transfer, _) in standing {
        let back = taken_back(world, transfer);
        let expected: Money =
            due.iter().filter(|reversal| reversal.of == transfer.id).map(|reversal| reversal.amount).sum();
        let holds = back == expected || (is_pending && back < expected);
        check.expect(holds, || {
            format!(
                "order {}: {back} of transfer {} is taken back, should be {expected}",
                order.key, transfer.id
            )
        });
    }
    let lines_hold = order.refunded_quantities(order.refunds.len()).iter().all(|(line_no, pieces)| {
        order.lines.iter().any(|line| line.line_no == *line_no && *pieces <= line.quantity)
    });
    check.expect(lines_hold, || format!("order {}: more is given back than was bought", order.key));
}

/// The terms frozen on a line are terms that the catalogue has had.
fn catalog(world: &World, check: &mut Check, order: &Order) {
    for line in &order.lines {
        let known = world.products.iter().any(|product| {
            product.id == line.product
                && product.sku == line.sku
                && product.kind == line.kind
                && product.terms.cost == line.unit_cost
                && product.terms.volume == line.unit_volume
        });
        check.expect(known, || {
            format!(
                "order {} line {}: its cost, points or kind are not the catalogue's",
                order.key, line.line_no
            )
        });
    }
}

fn receipts(world: &World, check: &mut Check) {
    let orders: HashSet<uuid::Uuid> = world.orders.iter().map(|stored| stored.order.id.uuid()).collect();
    for (message, hash, body, verdict, order) in &world.receipts {
        check.expect(Sha256::digest(body)[..] == hash[..], || {
            format!("receipt {message}: its body was changed")
        });
        let stored = order.is_some_and(|order| orders.contains(&order));
        let needs_none = verdict == "refused" || verdict == "conflict" || is_of_product(body);
        check.expect(stored || needs_none, || {
            format!("receipt {message} is {verdict}, but its order is not there")
        });
    }
}
