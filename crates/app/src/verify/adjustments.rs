//! Adjustments by hand and their movements of money.

use domain::adjustment::{Adjustment, AdjustmentState};
use domain::ids::TransferId;
use domain::ledger::{CompanyAccount, TransferKind, partner_account};

use super::Check;
use super::world::World;

pub(super) fn checks(world: &World) -> Vec<Check> {
    let mut moved = Check::new(
        "H1",
        "у каждой проведённой ручной корректировки ровно одна проводка, у остальных ни одной",
    );
    let mut numbers = Check::new("H2", "номера ручных корректировок идут подряд, без пропусков");
    for (adjustment, number) in world.adjustments.iter().zip(1..) {
        numbers.expect(adjustment.number == number, || {
            format!("adjustment {} stands at place {number}", adjustment.number)
        });
        moved.expect(is_moved_right(world, adjustment), || {
            let Adjustment { number, state, amount, .. } = adjustment;
            format!("adjustment {number} is {state}, and the ledger does not hold {amount} of it")
        });
        let is_alone = adjustment.decided_by.as_ref() == Some(&adjustment.requested_by);
        moved.expect(!is_alone, || format!("adjustment {} was decided by its own maker", adjustment.number));
    }
    let in_ledger =
        world.transfers.iter().filter(|transfer| transfer.kind == TransferKind::Adjustment).count();
    let made =
        world.adjustments.iter().filter(|adjustment| adjustment.state == AdjustmentState::Made).count();
    moved.expect(in_ledger == made, || format!("{made} adjustments are made, the ledger holds {in_ledger}"));
    vec![moved, numbers]
}

fn is_moved_right(world: &World, adjustment: &Adjustment) -> bool {
    let found = world.transfer(TransferId::new(adjustment.id.uuid()));
    let Some(transfer) = found else {
        return adjustment.state != AdjustmentState::Made;
    };
    let (company, partner) = (CompanyAccount::Adjustments.id(), partner_account(adjustment.partner));
    let ends = if adjustment.amount.is_positive() { (company, partner) } else { (partner, company) };
    adjustment.state == AdjustmentState::Made
        && transfer.kind == TransferKind::Adjustment
        && transfer.amount == adjustment.amount.abs()
        && (transfer.debit, transfer.credit) == ends
}
