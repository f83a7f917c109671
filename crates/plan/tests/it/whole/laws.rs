//! What must not change, or change in proportion, when a whole month is told in another way.

use std::collections::BTreeMap;

use super::dice::Dice;
use super::engine::Engine;
use super::random;
use super::scaled::{of_turnover, percentages_only, times};
use super::terms::{Kind, Unit};
use super::text::name;
use super::world::{Buyer, FIRST_MONTH, Item, Joined, Outcome, Purchase, Someone, Stands, World};
use super::{plan, reckoned};

/// So many worlds for each law.
const CASES: u64 = 250;

/// Worlds whose plans are not refused and that a law is about, with what the engine says of them.
fn worlds(arrange: impl Fn(&mut World) -> bool) -> impl Iterator<Item = (u64, World, Vec<Outcome>)> {
    (1_000_000..1_000_000 + CASES).filter_map(move |case| {
        let mut world = random::world(case);
        let counts = arrange(&mut world);
        let before = reckoned(&world).filter(|_| counts)?;
        Some((case, world, before))
    })
}

fn totals(months: &[Outcome]) -> Vec<BTreeMap<usize, i128>> {
    months.iter().map(Outcome::totals).collect()
}

#[test]
fn the_order_in_which_people_are_listed_changes_nobodys_sums() {
    let mut seen = 0;
    for (case, world, before) in worlds(|_| true) {
        // `order[new]` is the old place of who stands at the new one.
        let order = Dice::of_case(case).shuffled(world.people.len());
        let new = |old: usize| order.iter().position(|place| *place == old).expect("one of them");
        let mut listed = world.clone();
        listed.people = order.iter().map(|old| world.people[*old].clone()).collect();
        for someone in &mut listed.people {
            (someone.sponsor, someone.inviter) = (someone.sponsor.map(new), someone.inviter.map(new));
        }
        for (month, as_it_was) in listed.months.iter_mut().zip(&world.months) {
            month.stands = order.iter().map(|old| as_it_was.stands[*old]).collect();
            for bought in &mut month.orders {
                bought.buyer = match bought.buyer {
                    Buyer::Partner(who) => Buyer::Partner(new(who)),
                    Buyer::CustomerOf(who) => Buyer::CustomerOf(new(who)),
                    Buyer::Stranger => Buyer::Stranger,
                };
            }
        }
        let after = reckoned(&listed).expect("the same plan");
        let renamed = |months: Vec<BTreeMap<usize, i128>>| -> Vec<BTreeMap<usize, i128>> {
            months
                .into_iter()
                .map(|sums| sums.into_iter().map(|(who, sum)| (new(who), sum)).collect())
                .collect()
        };
        assert_eq!(totals(&after), renamed(totals(&before)), "case {case}");
        seen += 1;
    }
    assert!(seen > 150, "{seen}");
}

#[test]
fn the_order_in_which_orders_are_listed_changes_nobodys_sums() {
    let by_first_order = |kind: &Kind| matches!(kind, Kind::FastStart { days: None, .. });
    let listed = |world: &mut World| !world.terms.rules.iter().any(|rule| by_first_order(&rule.kind));
    let mut seen = 0;
    for (case, mut world, before) in worlds(listed) {
        let dice = &mut Dice::of_case(case);
        for month in &mut world.months {
            let order = dice.shuffled(month.orders.len());
            month.orders = order.iter().map(|old| month.orders[*old].clone()).collect();
        }
        assert_eq!(totals(&reckoned(&world).expect("the same plan")), totals(&before), "case {case}");
        seen += 1;
    }
    assert!(seen > 150, "{seen}");
}

#[test]
fn one_who_neither_pays_nor_buys_nor_leads_changes_nothing() {
    // Where a rank asks for people, he might be one of them.
    let counts_people = |world: &World| {
        let conditions = world.terms.ranks.iter().flat_map(|rank| rank.reach.iter().chain(&rank.keep));
        conditions.clone().any(|conditions| !conditions.people.is_empty())
    };
    let mut seen = 0;
    for (case, mut world, before) in worlds(|world| !counts_people(world)) {
        let above = Dice::of_case(case).below(world.people.len());
        world.people.push(Someone {
            code: 99_999,
            sponsor: Some(above),
            inviter: Some(above),
            joined: Joined { month: FIRST_MONTH, day: 9, hour: 0 },
            staff: None,
            before: None,
            highest: None,
        });
        for month in &mut world.months {
            month.stands.push(Stands::Inactive);
        }
        let mut after = reckoned(&world).expect("the same plan");
        for month in &mut after {
            month.paid_as.pop();
            month.highest.pop();
        }
        assert_eq!(after, before, "case {case}");
        seen += 1;
    }
    assert!(seen > 80, "{seen}");
}

#[test]
fn twice_the_prices_are_twice_the_percentages() {
    let mut seen = 0;
    // At a million times the price no rate leaves a part of a kopeck, so nothing is rounded.
    let exact = |world: &mut World| {
        percentages_only(world);
        world.terms.point_value = 1_00;
        times(world, 1_000_000);
        !world.terms.rules.is_empty()
    };
    for (case, mut world, before) in worlds(exact) {
        times(&mut world, 2);
        let doubled: Vec<BTreeMap<usize, i128>> = totals(&before)
            .into_iter()
            .map(|sums| sums.into_iter().map(|(who, sum)| (who, 2 * sum)).collect())
            .collect();
        assert_eq!(totals(&reckoned(&world).expect("the same plan")), doubled, "case {case}");
        seen += 1;
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn a_close_asks_how_much_was_bought_not_in_how_many_orders() {
    let at_the_close = |world: &mut World| {
        of_turnover(world);
        !world.terms.rules.iter().any(super::terms::Rule::at_order)
    };
    let mut seen = 0;
    for (case, mut world, before) in worlds(at_the_close) {
        for month in &mut world.months {
            let one_by_one = |order: &Purchase| -> Vec<Purchase> {
                let alone = |item: &Item| Purchase { buyer: order.buyer, items: vec![item.clone()] };
                order.items.iter().map(alone).collect()
            };
            month.orders = month.orders.iter().flat_map(one_by_one).collect();
        }
        assert_eq!(reckoned(&world).expect("the same plan"), before, "case {case}");
        seen += 1;
    }
    assert!(seen > 30, "{seen}");
}

#[test]
fn a_second_rule_of_the_same_terms_pays_the_same_again() {
    let mut seen = 0;
    for (case, mut world, before) in worlds(|world| {
        percentages_only(world);
        !world.terms.rules.is_empty()
    }) {
        let copy = world.terms.rules.len();
        let again = world.terms.rules[0].clone();
        world.terms.rules.push(again);
        // Two rules of high rates may be too much together.
        let Some(after) = reckoned(&world) else { continue };
        for (after, before) in after.iter().zip(&before) {
            let of = |month: &Outcome, rule: usize| -> Vec<(Option<usize>, i128)> {
                let orders = month.shares.iter().filter(|((_, by, _, _), _)| *by == name(rule));
                let close = month.earned.iter().filter(|((by, _), _)| *by == name(rule));
                let orders = orders.map(|((_, _, _, who), (_, paid))| (Some(*who), *paid));
                orders.chain(close.map(|((_, who), (_, paid))| (*who, *paid))).collect()
            };
            assert_eq!(of(after, copy), of(before, 0), "case {case}: the copy");
            assert_eq!(of(after, 0), of(before, 0), "case {case}: the first");
        }
        seen += 1;
    }
    assert!(seen > 80, "{seen}");
}

#[test]
fn what_strangers_buy_is_nobodys_unless_the_company_shares_it() {
    let alone = |world: &mut World| {
        world.terms.cap = world.terms.cap.filter(|cap| !cap.period);
        world.terms.rules.iter_mut().for_each(|rule| rule.cap = rule.cap.filter(|cap| !cap.period));
        !world.terms.rules.iter().any(|rule| matches!(rule.kind, Kind::Pool(_)))
    };
    let mut seen = 0;
    for (case, mut world, before) in worlds(alone) {
        let item = Item {
            category: 0,
            is_fee: false,
            pieces: 2,
            back: 0,
            price: 777_77,
            cost: 333_33,
            points: 555_55,
        };
        for month in &mut world.months {
            month.orders.push(Purchase { buyer: Buyer::Stranger, items: vec![item.clone()] });
        }
        assert_eq!(totals(&reckoned(&world).expect("the same plan")), totals(&before), "case {case}");
        seen += 1;
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn eight_threads_reckon_what_one_does() {
    for (case, world, before) in worlds(|_| true).take(25) {
        let plan = plan(&world).expect("not refused");
        std::thread::scope(|scope| {
            let many: Vec<_> = (0..8).map(|_| scope.spawn(|| Engine::new(&world, &plan).run())).collect();
            for one in many {
                assert_eq!(one.join().expect("no panic"), before, "case {case}");
            }
        });
    }
}

#[test]
fn a_batch_of_any_threads_pays_what_orders_pay_one_by_one() {
    // The batch knows levels of orders, under a cap of the order.
    let levels = |world: &mut World| {
        world.terms.rules.retain(|rule| matches!(rule.kind, Kind::Level { close: false, .. }));
        world.terms.rules.iter_mut().for_each(|rule| rule.cap = None);
        world.terms.cap = world.terms.cap.filter(|cap| !cap.period);
        world.terms.partner_cap = None;
        !world.terms.rules.is_empty()
    };
    let mut seen = 0;
    for (case, world, before) in worlds(levels) {
        let plan = plan(&world).expect("not refused");
        let engine = Engine::new(&world, &plan);
        let one_by_one = before[0].totals();
        assert_eq!(engine.at_once(1), one_by_one, "case {case}: one thread");
        assert_eq!(engine.at_once(8), one_by_one, "case {case}: eight threads");
        seen += 1;
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn what_a_month_gives_and_withholds_is_whole() {
    for (case, world, months) in worlds(|_| true) {
        for month in &months {
            for (raw, paid) in month.shares.values().chain(month.earned.values()) {
                assert!(0 <= *paid && paid <= raw, "case {case}: {paid} of {raw}");
            }
            assert!(month.unpaid.values().chain(month.cuts.values()).all(|part| *part > 0), "case {case}");
            let cap = world.terms.partner_cap.map_or(i128::MAX, |cap| cap.amount);
            let most = month.totals().into_values().max().unwrap_or(0);
            let refunded = world.months.iter().flat_map(|month| &month.orders).flat_map(|order| &order.items);
            // What a refund took back is not in the sums of the orders.
            assert!(
                most <= cap || refunded.clone().any(|item| item.back > 0),
                "case {case}: {most} above {cap}"
            );
        }
        assert!(world.terms.qualify_by != Unit::Volume || world.terms.point_value > 0);
    }
}
