//! I13, I25: payouts and their movements of money.

use domain::ids::TransferId;
use domain::ledger::{TransferKind, partner_account};
use domain::payout::{Payout, PayoutState};

use super::Check;
use super::world::World;

pub(super) fn checks(world: &World) -> Vec<Check> {
    let mut moved = Check::new(
        "I13",
        "у каждой выплаты ровно те проводки, которых требует её состояние, и два разных человека",
    );
    let mut numbers = Check::new("I25", "номера выплат идут подряд, без пропусков");
    for (payout, number) in world.payouts.iter().zip(1..) {
        numbers
            .expect(payout.number == number, || format!("payout {} stands at place {number}", payout.number));
        payout_moved(world, &mut moved, payout);
    }
    let requests =
        world.transfers.iter().filter(|transfer| transfer.kind == TransferKind::PayoutRequest).count();
    moved.expect(requests == world.payouts.len(), || {
        format!("{} payouts, {requests} requests in the ledger", world.payouts.len())
    });
    vec![moved, numbers]
}

fn payout_moved(world: &World, check: &mut Check, payout: &Payout) {
    let request = world.transfer(TransferId::new(payout.id.uuid()));
    let asked = request.is_some_and(|request| {
        request.kind == TransferKind::PayoutRequest
            && request.amount == payout.amount
            && request.debit == partner_account(payout.partner)
    });
    check.expect(asked, || {
        format!("payout {}: its request is not in the ledger as {}", payout.number, payout.amount)
    });
    let count = |kind| {
        let same = |transfer: &&domain::ledger::Transfer| {
            transfer.kind == kind && transfer.cause == payout.id.uuid() && transfer.amount == payout.amount
        };
        world.transfers.iter().filter(same).count()
    };
    let moved = (count(TransferKind::PayoutSettlement), count(TransferKind::PayoutReturn));
    let expected = match payout.state {
        PayoutState::Requested | PayoutState::Approved | PayoutState::Sent => (0, 0),
        PayoutState::Settled => (1, 0),
        PayoutState::Rejected | PayoutState::Failed => (0, 1),
    };
    check.expect(moved == expected, || {
        format!(
            "payout {} is {}: {} settlements and {} returns",
            payout.number, payout.state, moved.0, moved.1
        )
    });
    let needs_second = matches!(
        payout.state,
        PayoutState::Approved | PayoutState::Sent | PayoutState::Settled | PayoutState::Failed
    );
    let second = payout.approved_by.as_ref().is_some_and(|by| *by != payout.requested_by);
    check.expect(second || !needs_second, || {
        format!("payout {} was not approved by another person", payout.number)
    });
}
