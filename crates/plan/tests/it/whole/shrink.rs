//! A smaller world that still differs, for whoever has to read it.

use super::terms::Kind;
use super::world::{Buyer, World};

/// Drops what can be dropped while the world still is wrong.
pub(super) fn smaller(world: &World, is_wrong: impl Fn(&World) -> bool) -> World {
    let mut world = world.clone();
    loop {
        let Some(next) = simpler(&world).into_iter().find(|next| is_wrong(next)) else {
            return world;
        };
        world = next;
    }
}

/// Worlds with one thing less.
fn simpler(world: &World) -> Vec<World> {
    let mut all = Vec::new();
    let mut with = |change: &dyn Fn(&mut World)| {
        let mut next = world.clone();
        change(&mut next);
        all.push(next);
    };
    if world.months.len() > 1 {
        with(&|next| _ = next.months.pop());
        with(&|next| _ = next.months.remove(0));
    }
    for month in 0..world.months.len() {
        for order in 0..world.months[month].orders.len() {
            with(&|next| _ = next.months[month].orders.remove(order));
            for item in 0..world.months[month].orders[order].items.len() {
                if world.months[month].orders[order].items.len() > 1 {
                    with(&|next| _ = next.months[month].orders[order].items.remove(item));
                }
                if world.months[month].orders[order].items[item].back > 0 {
                    with(&|next| next.months[month].orders[order].items[item].back = 0);
                }
            }
        }
    }
    for rule in (0..world.terms.rules.len()).filter(|rule| !is_named(world, *rule)) {
        with(&|next| without_rule(next, rule));
        if world.terms.rules[rule].cap.is_some() {
            with(&|next| next.terms.rules[rule].cap = None);
        }
        if world.terms.rules[rule].category.is_some() {
            with(&|next| next.terms.rules[rule].category = None);
        }
        if world.terms.rules[rule].priority.is_some() {
            with(&|next| next.terms.rules[rule].priority = None);
        }
    }
    if world.terms.cap.is_some() {
        with(&|next| next.terms.cap = None);
    }
    if world.terms.partner_cap.is_some() {
        with(&|next| next.terms.partner_cap = None);
    }
    if world.terms.roll_up.is_some() {
        with(&|next| next.terms.roll_up = None);
    }
    if world.people.len() > 1 {
        let last = world.people.len() - 1;
        with(&|next| without_last(next, last));
    }
    for who in 0..world.people.len() {
        if world.people[who].staff.is_some() {
            with(&|next| next.people[who].staff = None);
        }
        if world.people[who].highest.is_some() {
            with(&|next| (next.people[who].highest, next.people[who].before) = (None, None));
        }
        for month in 0..world.months.len() {
            if world.months[month].stands[who] != super::world::Stands::Active {
                with(&|next| next.months[month].stands[who] = super::world::Stands::Active);
            }
        }
    }
    all
}

fn without_last(world: &mut World, last: usize) {
    world.people.pop();
    for month in &mut world.months {
        month.stands.pop();
        month.orders.retain(
            |order| !matches!(order.buyer, Buyer::Partner(who) | Buyer::CustomerOf(who) if who == last),
        );
    }
}

fn is_named(world: &World, rule: usize) -> bool {
    world.terms.rules.iter().any(|other| match &other.kind {
        Kind::Differential { after, .. } => *after == Some(rule),
        Kind::SameLevel { of, .. } => *of == rule,
        Kind::Matching { of, .. } => of.contains(&rule),
        Kind::Breakaway(terms) => terms.of.contains(&rule),
        _ => false,
    })
}

fn without_rule(world: &mut World, rule: usize) {
    world.terms.rules.remove(rule);
    let lower = |place: &mut usize| *place -= usize::from(*place > rule);
    for other in &mut world.terms.rules {
        match &mut other.kind {
            Kind::Differential { after: Some(after), .. } => lower(after),
            Kind::SameLevel { of, .. } => lower(of),
            Kind::Matching { of, .. } => of.iter_mut().for_each(lower),
            Kind::Breakaway(terms) => terms.of.iter_mut().for_each(lower),
            _ => {}
        }
    }
}
