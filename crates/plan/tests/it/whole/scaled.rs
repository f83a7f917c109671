//! Worlds made simpler for a law: only percentages, only turnover, so many times the prices.

use super::terms::{Conditions, Kind, Ladder, Unit};
use super::world::World;

/// Leaves rules that pay a share of a base, none of them capped.
pub(super) fn percentages_only(world: &mut World) {
    let is_share = |kind: &Kind| {
        matches!(
            kind,
            Kind::Level { .. }
                | Kind::FastStart { .. }
                | Kind::Personal { .. }
                | Kind::Generation { .. }
                | Kind::Infinity { .. }
                | Kind::Matrix { .. }
                | Kind::Differential { after: None, .. }
        )
    };
    world.terms.rules.retain(|rule| is_share(&rule.kind));
    world.terms.rules.iter_mut().for_each(|rule| rule.cap = None);
    (world.terms.cap, world.terms.partner_cap) = (None, None);
}

/// Makes turnover the base of everything.
pub(super) fn of_turnover(world: &mut World) {
    world.terms.qualify_by = Unit::Turnover;
    if let Some(cap) = &mut world.terms.cap {
        cap.of = Unit::Turnover;
    }
    world.terms.rules.iter_mut().for_each(|rule| rule.unit = Unit::Turnover);
}

/// So many times the prices, the points and the thresholds, and all else as it was.
pub(super) fn times(world: &mut World, factor: i128) {
    let orders = world.months.iter_mut().flat_map(|month| &mut month.orders);
    for item in orders.flat_map(|order| &mut order.items) {
        item.price *= factor;
        item.cost *= factor;
        item.points *= factor;
    }
    world.terms.roll_up = world.terms.roll_up.map(|below| below * factor);
    let conditions =
        world.terms.ranks.iter_mut().flat_map(|rank| rank.reach.iter_mut().chain(&mut rank.keep));
    conditions.for_each(|conditions| scale(conditions, factor));
    for rule in &mut world.terms.rules {
        if let Kind::Personal { bands, .. } | Kind::Differential { ladder: Ladder::Bands(_, bands), .. } =
            &mut rule.kind
        {
            for (from, _) in bands {
                *from *= factor;
            }
        }
    }
}

fn scale(conditions: &mut Conditions, factor: i128) {
    conditions.volumes.iter_mut().for_each(|(_, asked)| *asked *= factor);
    conditions.legs.iter_mut().for_each(|asked| *asked *= factor);
}
