//! I17, I22: the trail is unbroken, and every act of a person stands in it.

use std::collections::HashSet;

use domain::adjustment::{Adjustment, AdjustmentState};
use domain::ids::PartnerId;
use domain::payout::PayoutState;

use super::Check;
use super::world::World;
use crate::audit::hash;
use crate::periods::adjust::BY_ITSELF;

pub(super) fn checks(world: &World) -> Vec<Check> {
    vec![chain(world), written(world)]
}

/// I17: each line continues the one before it and hashes to what it says.
fn chain(world: &World) -> Check {
    let mut check = Check::new("I17", "цепочка журнала действий не разорвана");
    let mut previous = [0; 32];
    for (line, seq) in world.audit.iter().zip(1..) {
        let unbroken = line.seq == seq && line.previous_hash == previous && hash(line) == line.hash;
        check.expect(unbroken, || {
            format!("line {} of the trail was changed, or one before it is gone", line.seq)
        });
        previous = line.hash;
    }
    check
}

/// I22: what people did is written down as often as it was done.
fn written(world: &World) -> Check {
    let mut check = Check::new("I22", "каждое действие человека записано в журнал");
    let count = |action: &str| world.audit.iter().filter(|line| line.action == action).count();
    // The first sponsor of each comes with his enrolment; every other is a move.
    let enrolled: HashSet<PartnerId> = world.sponsorships.iter().map(|fact| fact.partner).collect();
    let moves = world.sponsorships.len() - enrolled.len();
    let activated = world.versions.iter().filter(|version| version.activated_by.is_some()).count();
    let reached =
        |states: &[PayoutState]| world.payouts.iter().filter(|payout| states.contains(&payout.state)).count();
    let adjusted = |kind: fn(&Adjustment) -> bool| world.adjustments.iter().filter(|one| kind(one)).count();
    let people = || world.network.people().map(|(_, person)| person);
    let held =
        |held: bool| people().flat_map(|person| &person.holds).filter(|hold| hold.fact == held).count();
    let given = |is_rank: bool| {
        people().flat_map(|person| &person.ranks).filter(|rank| rank.fact.is_some() == is_rank).count()
    };
    let ranks = |is_rank: bool| given(is_rank) - world.bonuses.ranks(is_rank);
    let qualified =
        world.bonuses.runs.iter().filter(|run| run.paid.is_some() && run.qualified_by != BY_ITSELF).count();
    check.expect(count("period.qualify") >= qualified, || {
        format!("{qualified} periods were qualified, and fewer are written")
    });
    let expected = [
        ("partner.move", moves),
        ("partner.rank", ranks(true)),
        ("partner.no_rank", ranks(false)),
        ("partner.hold", held(true)),
        ("partner.release", held(false)),
        ("plan.activate", activated),
        ("period.close", world.periods.len()),
        ("adjustment.make", adjusted(|one| one.state == AdjustmentState::Made && one.decided_by.is_none())),
        (
            "adjustment.approve",
            adjusted(|one| one.state == AdjustmentState::Made && one.decided_by.is_some()),
        ),
        ("adjustment.reject", adjusted(|one| one.state == AdjustmentState::Rejected)),
        ("payout.request", world.payouts.len()),
        ("payout.approve", world.payouts.iter().filter(|payout| payout.approved_by.is_some()).count()),
        ("payout.settle", reached(&[PayoutState::Settled])),
        ("payout.fail", reached(&[PayoutState::Failed])),
        ("payout.reject", reached(&[PayoutState::Rejected])),
        ("payout.send", reached(&[PayoutState::Sent, PayoutState::Settled, PayoutState::Failed])),
    ];
    for (action, times) in expected {
        let written = count(action);
        check.expect(written == times, || {
            format!("{action} happened {times} times and is written {written} times")
        });
    }
    check
}
