//! I11: the tree.

use domain::ids::FactSeq;
use domain::network::AsOf;

use super::Check;
use super::world::World;

pub(super) fn checks(world: &World) -> Vec<Check> {
    vec![acyclic(world), beginnings(world)]
}

/// I11: nobody stands above himself, at any date at which the tree changed.
fn acyclic(world: &World) -> Check {
    let mut check = Check::new("I11", "структура — дерево: никто не стоит над собой ни на одну дату");
    let mut dates: Vec<_> =
        world.sponsorships.iter().filter(|fact| fact.reason != "enrolment").map(|fact| fact.since).collect();
    dates.push(world.now);
    dates.sort_unstable();
    dates.dedup();
    for at in dates {
        let as_of = AsOf { at, known: FactSeq::LATEST };
        // Everybody is marked once: his way up ends at a root or at one who is marked already.
        let mut sound = std::collections::HashSet::new();
        for partner in world.partners.keys() {
            let mut path = Vec::new();
            let mut on_path = std::collections::HashSet::new();
            let mut next = Some(*partner);
            while let Some(passed) = next.filter(|passed| !sound.contains(passed)) {
                if !on_path.insert(passed) {
                    check.expect(false, || format!("{} stands above himself at {at}", world.code(passed)));
                    break;
                }
                path.push(passed);
                next = world.network.sponsor(passed, as_of);
            }
            check.expect(true, String::new);
            sound.extend(path);
        }
    }
    check
}

/// I11: everybody began under the one who invited him, and joined no earlier than he.
fn beginnings(world: &World) -> Check {
    let mut check = Check::new("I12", "каждый начал под тем, кто его пригласил, и не раньше него");
    let mut first = std::collections::HashMap::new();
    for fact in &world.sponsorships {
        first.entry(fact.partner).or_insert(fact);
        let known = fact.seq <= world.last_fact && fact.seq > FactSeq(0);
        check.expect(known, || {
            format!("{}: a sponsorship is numbered beyond the last fact", world.code(fact.partner))
        });
    }
    for partner in world.partners.values() {
        let begins = first.get(&partner.id).is_some_and(|fact| {
            fact.sponsor == partner.inviter && fact.since == partner.joined_at && fact.reason == "enrolment"
        });
        check.expect(begins, || format!("{} did not begin under the one who invited him", partner.code));
        let inviter = partner.inviter.map(|inviter| world.partners.get(&inviter));
        let in_time = inviter
            .is_none_or(|inviter| inviter.is_some_and(|inviter| inviter.joined_at <= partner.joined_at));
        check.expect(in_time, || format!("{} joined before the one who invited him", partner.code));
    }
    check
}
