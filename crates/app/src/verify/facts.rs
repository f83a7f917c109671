//! I3: what is derived from facts and stored equals what the facts give: activity, plans.

use std::collections::HashMap;

use domain::activity::{Span, spans};
use domain::ids::PartnerId;
use sha2::{Digest, Sha256};

use super::Check;
use super::world::World;

pub(super) fn checks(world: &World) -> Vec<Check> {
    vec![activity(world), plans(world)]
}

/// I3: the spans of activity that count are those that the fees give; each fee cost what the plan says.
fn activity(world: &World) -> Check {
    let mut check = Check::new("I3", "периоды активности равны пересчитанным по взносам, взносы — по плану");
    let zone = world.timeline.zone();
    let mut fees: HashMap<PartnerId, Vec<_>> = HashMap::new();
    for fee in &world.fees {
        fees.entry(fee.partner).or_default().push((fee.paid_at, fee.months));
        let terms = world.timeline.in_force(fee.paid_at).and_then(|(_, plan)| plan.fee(fee.kind));
        let as_planned = terms.is_some_and(|terms| terms.price == fee.amount && terms.months == fee.months);
        check.expect(as_planned, || {
            format!("{}: the {} fee of {} is not the plan's", world.code(fee.partner), fee.kind, fee.paid_at)
        });
    }
    for (partner, person) in world.network.people() {
        let mut stored: Vec<Span> = person
            .activity
            .iter()
            .filter(|known| known.superseded.is_none())
            .map(|known| known.span)
            .collect();
        stored.sort_unstable();
        let expected = spans(fees.remove(&partner).unwrap_or_default(), None, &zone);
        check.expect(stored == expected, || {
            format!("{}: active {stored:?}, the fees give {expected:?}", world.code(partner))
        });
    }
    check
}

/// A plan that was ever in force is as it was.
fn plans(world: &World) -> Check {
    let mut check = Check::new("I22a", "тексты планов не изменены");
    for version in &world.versions {
        let hash: [u8; 32] = Sha256::digest(&version.source).into();
        check.expect(hash == version.hash, || format!("the text of plan {} was changed", version.name));
    }
    check
}
