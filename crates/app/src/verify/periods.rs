//! I15: closed periods never change.

use std::collections::BTreeMap;

use domain::ids::AccountId;
use domain::money::Money;
use domain::period::Period;

use super::Check;
use super::world::World;
use crate::ledger::digest_of;

pub(super) fn checks(world: &World) -> Vec<Check> {
    vec![sealed(world), balances(world), dated(world)]
}

/// I15: the ledger up to each closed period has the digest it had then.
fn sealed(world: &World) -> Check {
    let mut check = Check::new("I15", "закрытые периоды не изменились: печать совпадает");
    for closed in &world.periods {
        let digest = digest_of(&world.transfers, &world.accounts, &world.causes, Some(closed.period));
        let same = digest.sha256 == closed.digest && digest.transfers == closed.transfers;
        check.expect(same, || format!("period {} was changed after it was closed", closed.period));
    }
    for (earlier, later) in world.periods.iter().zip(world.periods.iter().skip(1)) {
        check.expect(earlier.period.next() == later.period, || {
            format!("between {} and {} a period is open", earlier.period, later.period)
        });
    }
    check
}

/// I2: the kept balances are those that the transfers give.
fn balances(world: &World) -> Check {
    let mut check = Check::new("I2", "остатки на закрытие равны сумме проводок");
    for closed in &world.periods {
        let mut expected: BTreeMap<AccountId, Money> = BTreeMap::new();
        for transfer in world.transfers.iter().filter(|transfer| transfer.period <= closed.period) {
            *expected.entry(transfer.debit).or_default() -= transfer.amount;
            *expected.entry(transfer.credit).or_default() += transfer.amount;
        }
        let kept: BTreeMap<AccountId, Money> = world
            .kept
            .iter()
            .filter(|(period, ..)| *period == closed.period)
            .map(|(_, account, total)| (*account, *total))
            .collect();
        for account in expected.keys().chain(kept.keys()).collect::<std::collections::BTreeSet<_>>() {
            let (should, is) = (expected.get(account), kept.get(account));
            check.expect(should == is, || {
                format!(
                    "{} at the end of {}: kept {is:?}, should be {should:?}",
                    world.account(*account),
                    closed.period
                )
            });
        }
    }
    check
}

/// Every transfer belongs to the period of its instant.
fn dated(world: &World) -> Check {
    let mut check = Check::new("I15a", "каждая проводка стоит в периоде своей даты");
    let zone = world.timeline.zone();
    for transfer in &world.transfers {
        let own = Period::of(transfer.effective_at, &zone);
        check.expect(own == transfer.period, || {
            format!("transfer {} of {own} stands in {}", transfer.id, transfer.period)
        });
    }
    check
}
