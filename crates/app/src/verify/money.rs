//! I1 to I4, I9, I16, I18, I23: the ledger for itself.

use std::collections::{BTreeMap, HashMap};

use domain::ids::{AccountId, RefundId};
use domain::ledger::{CompanyAccount, Transfer, TransferKind, partner_account};
use domain::money::Money;
use store::{Backend, inspect};

use super::Check;
use super::world::World;

pub(super) fn checks(world: &World) -> Vec<Check> {
    vec![
        zero_sum(world),
        shapes(world),
        reversals(world),
        never_overdrawn(world),
        immutable(world),
        structure(world),
    ]
}

/// I1, I2: every transfer moves something between two known accounts; all balances sum to zero.
fn zero_sum(world: &World) -> Check {
    let mut check = Check::new(
        "I1",
        "каждая проводка — сумма больше нуля между двумя счетами; сумма всех остатков — ноль",
    );
    let mut balances: BTreeMap<AccountId, i128> = BTreeMap::new();
    for transfer in &world.transfers {
        let minor = i128::from(transfer.amount.minor());
        *balances.entry(transfer.debit).or_default() -= minor;
        *balances.entry(transfer.credit).or_default() += minor;
        let known =
            world.accounts.contains_key(&transfer.debit) && world.accounts.contains_key(&transfer.credit);
        let sound = known && transfer.amount.is_positive() && transfer.debit != transfer.credit;
        check.expect(sound, || {
            format!(
                "transfer {}: {} from {} to {}",
                transfer.id,
                transfer.amount,
                world.account(transfer.debit),
                world.account(transfer.credit)
            )
        });
        check.expect(transfer.available_at >= transfer.effective_at, || {
            format!("transfer {} is available before it counts", transfer.id)
        });
    }
    let sum: i128 = balances.values().sum();
    check.expect(sum == 0, || format!("balances sum to {sum} kopecks"));
    for partner in world.partners.values() {
        let account = world.account(partner_account(partner.id));
        check.expect(account == format!("partner:{}", partner.code), || {
            format!("partner {} has account {account}", partner.code)
        });
    }
    check
}

/// I16: each kind of transfer runs between the accounts that are its own, for a cause that exists.
fn shapes(world: &World) -> Check {
    let mut check = Check::new("I16", "у каждой проводки есть причина, и она идёт между счетами своего вида");
    let accrual_ids: std::collections::HashSet<_> =
        world.accruals.values().flatten().map(|accrual| accrual.id.uuid()).collect();
    let run_ids: std::collections::HashSet<_> =
        world.runs.values().flatten().map(|run| run.breakage).collect();
    let bonus_ids: std::collections::HashSet<_> =
        world.bonuses.accruals.iter().map(|accrual| accrual.id).collect();
    let cut_ids: std::collections::HashSet<_> = world.bonuses.cuts.iter().map(|cut| cut.id).collect();
    let period_ids: std::collections::HashSet<_> = world.bonuses.runs.iter().map(|run| run.id).collect();
    let is_partner = |account: AccountId| world.account(account).starts_with("partner:");
    for transfer in &world.transfers {
        let (debit, credit) = (transfer.debit, transfer.credit);
        let fits = match transfer.kind {
            TransferKind::Accrual => {
                debit == CompanyAccount::Commissions.id()
                    && is_partner(credit)
                    && (accrual_ids.contains(&transfer.id.uuid()) || bonus_ids.contains(&transfer.id))
            }
            TransferKind::Breakage if cut_ids.contains(&transfer.id) => {
                is_partner(debit) && credit == CompanyAccount::Breakage.id()
            }
            TransferKind::Breakage => {
                debit == CompanyAccount::Commissions.id()
                    && credit == CompanyAccount::Breakage.id()
                    && (run_ids.contains(&transfer.id) || period_ids.contains(&transfer.id.uuid()))
            }
            TransferKind::PayoutRequest => {
                is_partner(debit) && credit == CompanyAccount::PayoutsInTransit.id()
            }
            TransferKind::PayoutSettlement => {
                debit == CompanyAccount::PayoutsInTransit.id() && credit == CompanyAccount::Bank.id()
            }
            TransferKind::Adjustment => {
                let company = CompanyAccount::Adjustments.id();
                (is_partner(debit) && credit == company) || (debit == company && is_partner(credit))
            }
            TransferKind::RefundReversal
            | TransferKind::CancelReversal
            | TransferKind::CorrectionReversal
            | TransferKind::PayoutReturn => transfer.reverses.is_some(),
        };
        let has_cause = world.causes.contains_key(&transfer.cause);
        check.expect(fits && has_cause, || {
            format!(
                "transfer {} ({}): from {} to {}, cause {}",
                transfer.id,
                transfer.kind,
                world.account(debit),
                world.account(credit),
                transfer.cause
            )
        });
    }
    check
}

/// I9: a reversal mirrors what it reverses, belongs to the same order or payout, and never exceeds it.
fn reversals(world: &World) -> Check {
    let mut check = Check::new("I9", "сторно зеркально исходной проводке и никогда её не превышает");
    let refund_orders: HashMap<RefundId, uuid::Uuid> = world
        .orders
        .iter()
        .flat_map(|stored| stored.order.refunds.iter().map(|refund| (refund.id, stored.order.id.uuid())))
        .collect();
    let run_orders: HashMap<uuid::Uuid, uuid::Uuid> =
        world.runs.values().flatten().map(|run| (run.breakage.uuid(), run.order.uuid())).collect();
    // The first run of a period stands for the period.
    let first_runs: HashMap<_, uuid::Uuid> =
        world.bonuses.runs.iter().filter(|run| run.run == 1).map(|run| (run.period, run.id)).collect();
    let periods: HashMap<uuid::Uuid, uuid::Uuid> =
        world.bonuses.runs.iter().filter_map(|run| Some((run.id, *first_runs.get(&run.period)?))).collect();
    let root = |cause: uuid::Uuid| run_orders.get(&cause).or_else(|| periods.get(&cause)).copied();
    for reversal in world.transfers.iter().filter(|transfer| transfer.reverses.is_some()) {
        let original = reversal.reverses.and_then(|id| world.transfer(id));
        let order = match reversal.kind {
            TransferKind::RefundReversal => refund_orders.get(&RefundId::new(reversal.cause)).copied(),
            TransferKind::CorrectionReversal => root(reversal.cause),
            _ => Some(reversal.cause),
        };
        let mirrors = original.is_some_and(|original| {
            reversal.debit == original.credit
                && reversal.credit == original.debit
                && (order == Some(original.cause) || order == root(original.cause))
        });
        check.expect(mirrors, || format!("reversal {} does not mirror {:?}", reversal.id, reversal.reverses));
        // What is taken back counts after it was given, and lowers what is available from when that is.
        let dated = original.is_none_or(|original| {
            reversal.effective_at >= original.effective_at
                && reversal.available_at == original.available_at.max(reversal.effective_at)
        });
        check.expect(dated || reversal.kind == TransferKind::PayoutReturn, || {
            format!("reversal {} counts at another time than it may", reversal.id)
        });
    }
    for id in world.reversals.keys() {
        let Some(original) = world.transfer(*id) else {
            continue;
        };
        let back: Money = world.reversals_of(*id).map(|reversal| reversal.amount).sum();
        check.expect(back <= original.amount, || {
            format!("transfer {id} of {} is reversed by {back}", original.amount)
        });
    }
    check
}

/// I4: at no payout did a partner have less than was paid out.
fn never_overdrawn(world: &World) -> Check {
    let mut check = Check::new("I4", "партнёру никогда не выплачено больше, чем было доступно");
    let mut of_account: HashMap<AccountId, Vec<&Transfer>> = HashMap::new();
    for transfer in &world.transfers {
        of_account.entry(transfer.debit).or_default().push(transfer);
        of_account.entry(transfer.credit).or_default().push(transfer);
    }
    for request in world.transfers.iter().filter(|transfer| transfer.kind == TransferKind::PayoutRequest) {
        let before = of_account.get(&request.debit).into_iter().flatten().filter(|other| {
            (other.recorded_at, other.id) < (request.recorded_at, request.id)
                && other.available_at <= request.recorded_at
        });
        let available: Money = before
            .map(|other| if other.credit == request.debit { other.amount } else { -other.amount })
            .sum();
        check.expect(request.amount <= available, || {
            format!("{}: {} paid out of {available}", world.account(request.debit), request.amount)
        });
    }
    check
}

/// I18: what keeps money and acts unchangeable is in place.
fn immutable(world: &World) -> Check {
    let mut check = Check::new("I18", "защита проводок, начислений и журнала от изменений включена");
    for name in inspect::TRIGGERS {
        check.expect(world.triggers.iter().any(|trigger| trigger == name), || {
            format!("trigger {name} is missing or off")
        });
    }
    check
}

/// I23: pages are whole, nothing refers to what is not there.
fn structure(world: &World) -> Check {
    let law = match world.backend {
        Backend::Sqlite => "файл базы цел, ссылки между строками верны",
        Backend::Postgres => "ссылки между строками верны",
    };
    let mut check = Check::new("I23", law);
    check.tried = 1;
    check.differences.clone_from(&world.structure);
    check
}
