//! I19, I20: the rules of every closed period are run again and compared with what stands.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::ids::TransferId;
use domain::ledger::{CompanyAccount, TransferKind, partner_account};
use domain::money::Money;
use domain::period::Period;
use store::jobs::Job;
use store::period_runs::{PeriodAccrual, PeriodCut, PeriodRun, StoredCarry};
use store::{StoreError, Tx};
use uuid::Uuid;

use super::Check;
use super::world::World;
use crate::App;
use crate::jobs::Kind;
use crate::periods::adjust::{Cuts, Due, Key, due};
use crate::periods::seal;

/// What the rules of closed periods paid, and what they should have.
pub(super) struct Bonuses {
    pub(super) runs: Vec<PeriodRun>,
    pub(super) accruals: Vec<PeriodAccrual>,
    pub(super) cuts: Vec<PeriodCut>,
    /// What each run did not pay, in all.
    unpaid: HashMap<Uuid, Money>,
    /// What each paid run leaves to the next period.
    carries: HashMap<Uuid, Vec<StoredCarry>>,
    /// What the rules of each closed period should have paid.
    due: Vec<(Period, Due)>,
    /// Closed periods that cannot be reckoned again, and why.
    unreckoned: Vec<(Period, String)>,
    /// The periods whose adjustment waits.
    adjusting: HashSet<String>,
    /// How many ranks the close of a period gave, and how many it took.
    ranks: (usize, usize),
}

impl Bonuses {
    pub(super) async fn load(app: &App, tx: &mut Tx, jobs: &[Job]) -> Result<Self, StoreError> {
        let runs = store::period_runs::all(tx).await?;
        let (mut unpaid, mut carries) = (HashMap::new(), HashMap::new());
        let (mut all_due, mut unreckoned) = (Vec::new(), Vec::new());
        for run in &runs {
            let parts = store::period_runs::unpaid_of(tx, run.id).await?;
            unpaid.insert(run.id, parts.iter().map(|part| part.amount).sum());
            carries.insert(run.id, store::period_runs::carries_of(tx, run.id).await?);
            if run.run == 1 && run.paid.is_some() {
                match due(app, tx, run.period).await {
                    Ok(due) => all_due.extend(due.map(|due| (run.period, due))),
                    Err(StoreError::Corrupt { problem, .. }) => unreckoned.push((run.period, problem)),
                    Err(error) => return Err(error),
                }
            }
        }
        let adjusts = |job: &&Job| job.kind == Kind::AdjustPeriod.as_str();
        Ok(Self {
            runs,
            accruals: store::period_runs::all_accruals(tx).await?,
            cuts: store::period_runs::all_cuts(tx).await?,
            unpaid,
            carries,
            due: all_due,
            unreckoned,
            adjusting: jobs.iter().filter(adjusts).map(|job| job.key.clone()).collect(),
            ranks: store::standing::ranks_by_close(tx).await?,
        })
    }

    /// How many ranks the close of a period gave, or took.
    pub(super) const fn ranks(&self, given: bool) -> usize {
        if given { self.ranks.0 } else { self.ranks.1 }
    }
}

pub(super) fn checks(world: &World) -> Vec<Check> {
    vec![reckoned(world), posted(world)]
}

/// I19: reckoning a closed period again by the facts gives what stands, partner by partner.
fn reckoned(world: &World) -> Check {
    let mut check = Check::new("I19b", "пересчёт закрытых периодов по фактам даёт ровно те же бонусы");
    for (period, problem) in &world.bonuses.unreckoned {
        check.expect(false, || format!("period {period} cannot be reckoned again: {problem}"));
    }
    let runs_of = |period: Period| {
        world.bonuses.runs.iter().filter(move |run| run.period == period && run.paid.is_some())
    };
    for period in world.bonuses.runs.iter().map(|run| run.period).collect::<BTreeSet<_>>() {
        let numbered = runs_of(period).zip(1..).all(|(run, number)| run.run == number);
        check.expect(numbered, || format!("period {period}: its runs are not numbered 1, 2, …"));
    }
    for (period, due) in &world.bonuses.due {
        let runs = || runs_of(*period);
        if world.bonuses.adjusting.contains(&period.to_string()) || waits(world, *period) {
            continue;
        }
        let ids: BTreeSet<_> = runs().map(|run| run.id).collect();
        let mut stands: BTreeMap<Key, Money> = BTreeMap::new();
        for accrual in world.bonuses.accruals.iter().filter(|accrual| ids.contains(&accrual.run)) {
            let back: Money = world.reversals_of(accrual.id).map(|reversal| reversal.amount).sum();
            *stands.entry(Key::of_stored(accrual)).or_default() += accrual.paid - back;
        }
        for key in due.targets.keys().chain(stands.keys()).collect::<BTreeSet<_>>() {
            let target = due.targets.get(key).map_or(Money::ZERO, |target| target.1);
            let stands = stands.get(key).copied().unwrap_or_default();
            check.expect(target == stands, || {
                format!(
                    "period {period}: {} has {stands} at level {} by {}, should have {target}",
                    world.code(key.earner),
                    key.level,
                    key.rule
                )
            });
        }
        let mut cuts: Cuts = Cuts::new();
        for cut in world.bonuses.cuts.iter().filter(|cut| ids.contains(&cut.run)) {
            let back: Money = world.reversals_of(cut.id).map(|reversal| reversal.amount).sum();
            *cuts.entry((cut.rule.clone(), cut.earner)).or_default() += cut.amount - back;
        }
        let due_cuts = due.cuts.iter().map(|(key, amount)| (key.clone(), *amount));
        let [cuts, due_cuts]: [Cuts; 2] = [cuts, due_cuts.collect()].map(|mut cuts| {
            cuts.retain(|_, amount| amount.is_positive());
            cuts
        });
        check.expect(cuts == due_cuts, || {
            format!("period {period}: its caps took back {cuts:?}, should have {due_cuts:?}")
        });
        let left = runs().next_back().and_then(|run| world.bonuses.carries.get(&run.id));
        let due_left = due.reckoning.stored_carries(&due.gross.carried);
        check.expect(left == Some(&due_left), || {
            format!("period {period}: it leaves {left:?} to the next, should leave {due_left:?}")
        });
        let sealed = runs().next_back().and_then(|run| run.paid.as_ref()).map(|paid| paid.result);
        let again = seal::result(&due.reckoning, &due.gross);
        check.expect(sealed == Some(again), || {
            format!("period {period}: the seal of its last run is not that of its result")
        });
    }
    check
}

/// Whether an order of the period, or of one before it, waits for its job.
fn waits(world: &World, period: Period) -> bool {
    let end = period.end(&world.timeline.zone());
    let orders = world.orders.iter().map(|stored| &stored.order);
    let mut waiting = orders.filter(|order| world.pending.contains(&order.id));
    waiting.any(|order| order.paid_at.is_some_and(|paid_at| paid_at < end))
}

/// I16: every earning of a period has its transfer, and the other way round.
fn posted(world: &World) -> Check {
    let mut check = Check::new("I16b", "у каждого бонуса периода есть своя проводка");
    let commissions = CompanyAccount::Commissions.id();
    for accrual in &world.bonuses.accruals {
        let fits = world.transfer(accrual.id).is_some_and(|transfer| {
            transfer.kind == TransferKind::Accrual
                && transfer.debit == commissions
                && transfer.credit == partner_account(accrual.earner)
                && transfer.amount == accrual.paid
                && transfer.cause == accrual.run
        });
        check.expect(fits, || format!("the earning {} differs from its transfer", accrual.id));
    }
    for cut in &world.bonuses.cuts {
        let fits = world.transfer(cut.id).is_some_and(|transfer| {
            transfer.kind == TransferKind::Breakage
                && transfer.debit == partner_account(cut.earner)
                && transfer.credit == CompanyAccount::Breakage.id()
                && transfer.amount == cut.amount
                && transfer.cause == cut.run
        });
        check.expect(fits, || format!("the cut {} differs from its transfer", cut.id));
    }
    for run in world.bonuses.runs.iter().filter(|run| run.run == 1 && run.paid.is_some()) {
        let unpaid = world.bonuses.unpaid.get(&run.id).copied().unwrap_or_default();
        let broken = world.transfer(TransferId::new(run.id)).map_or(Money::ZERO, |transfer| transfer.amount);
        check.expect(unpaid == broken, || {
            format!("period {}: {unpaid} was not paid, {broken} is booked", run.period)
        });
    }
    check
}
