//! The laws of caps, over random companies and plans, and a naive model of how a period is cut.

use std::collections::BTreeMap;

use domain::money::Money;
use domain::network::Standing;
use plan::close::{Carry, Source, UnpaidReason};
use plan::sketch::Reckoned;
use proptest::prelude::*;

use super::world::{World, floor, mode, name, world};

const CUT: [UnpaidReason; 3] = [UnpaidReason::OverCap, UnpaidReason::CarriedOver, UnpaidReason::ToPool];

/// One claim of the model.
#[derive(Debug, Clone)]
struct Claim {
    /// Rule from 1; 0 for what was carried.
    rule: usize,
    priority: u32,
    level: u16,
    seat: usize,
    left: i128,
    /// What was taken and is carried on.
    carried: i128,
}

/// The claims of a period before its caps: what orders paid by rule and earner, then the lines.
fn claims(world: &World, reckoned: &Reckoned) -> (Vec<Claim>, usize) {
    let number = |rule: &str| rule.strip_prefix('r').map_or(0, |n| n.parse::<usize>().expect("a number") + 1);
    let priority = |rule: usize| {
        let Some(place) = rule.checked_sub(1) else { return 0 };
        world.rules[place].priority.unwrap_or(u32::try_from(rule).expect("small"))
    };
    let mut orders: BTreeMap<(usize, usize), i128> = BTreeMap::new();
    for share in reckoned.orders.iter().flat_map(|order| &order.shares) {
        let seat = usize::try_from(share.earner.uuid().as_u128() - 1).expect("small");
        *orders.entry((number(share.rule.as_str()), seat)).or_default() += i128::from(share.paid.minor());
    }
    let claim =
        |rule, level, seat, left| Claim { rule, priority: priority(rule), level, seat, left, carried: 0 };
    let mut claims: Vec<Claim> =
        orders.into_iter().map(|((rule, seat), left)| claim(rule, 0, seat, left)).collect();
    let of_orders = claims.len();
    claims.extend(reckoned.period.lines.iter().map(|line| {
        claim(number(line.rule.as_str()), line.level, line.earner.place(), i128::from(line.raw.minor()))
    }));
    (claims, of_orders)
}

/// Cuts the claims that are chosen to a limit, one kopeck or one claim at a time.
fn cut(claims: &mut [Claim], chosen: impl Fn(&Claim) -> bool, limit: i128, mode: &str, carried: bool) {
    let own: Vec<usize> = (0..claims.len()).filter(|place| chosen(&claims[*place])).collect();
    let before: Vec<i128> = own.iter().map(|place| claims[*place].left).collect();
    let whole: i128 = before.iter().sum();
    if whole <= limit {
        return;
    }
    let key = |place: usize, claims: &[Claim]| {
        let claim = &claims[place];
        (if mode == "priority" { claim.priority } else { 0 }, claim.level, claim.rule, claim.seat, place)
    };
    let mut left = limit;
    if mode == "pro_rata" {
        let mut rest = Vec::new();
        for (place, before) in own.iter().zip(&before) {
            let claim = &mut claims[*place];
            claim.left = before * limit / whole;
            left -= claim.left;
            rest.push((-(before * limit % whole), claim.level, claim.seat, claim.rule, *place));
        }
        rest.sort_unstable();
        for (.., place) in rest.into_iter().take(usize::try_from(left).expect("fewer than claims")) {
            claims[place].left += 1;
        }
    } else {
        let mut turns = own.clone();
        turns.sort_by_key(|place| key(*place, claims));
        for place in turns {
            claims[place].left = claims[place].left.min(left);
            left -= claims[place].left;
        }
    }
    for (place, before) in own.into_iter().zip(before) {
        let claim = &mut claims[place];
        claim.carried += if carried { before - claim.left } else { 0 };
    }
}

/// The three caps of a period, in their order.
fn model(world: &World, reckoned: &Reckoned, bought: i64) -> (Vec<Claim>, usize) {
    let (mut claims, of_orders) = claims(world, reckoned);
    if let Some((limit, mode, carried)) = world.partner {
        for seat in 0..world.people.len() {
            cut(&mut claims, |claim| claim.seat == seat, i128::from(limit), mode, carried);
        }
    }
    for (number, rule) in (1..).zip(&world.rules) {
        if let Some((ppm, mode, _)) = rule.cap.filter(|cap| rule.close || cap.2) {
            cut(&mut claims, |claim| claim.rule == number, i128::from(floor(bought, ppm)), mode, false);
        }
    }
    if let Some((ppm, mode, true, carried)) = world.company {
        cut(&mut claims, |_| true, i128::from(floor(bought, ppm)), mode, carried);
    }
    (claims, of_orders)
}

fn sum_by_seat(parts: impl Iterator<Item = (usize, i128)>) -> BTreeMap<usize, i128> {
    let mut sums = BTreeMap::new();
    for (seat, amount) in parts.filter(|(_, amount)| *amount != 0) {
        *sums.entry(seat).or_default() += amount;
    }
    sums
}

fn carried(reckoned: &Reckoned) -> BTreeMap<usize, i128> {
    let excess = reckoned.period.carried.0.iter().filter(|(key, _)| key.what == Carry::Excess);
    sum_by_seat(excess.map(|(key, amount)| (key.seat.expect("of somebody").place(), i128::from(*amount))))
}

/// Everything that is paid for a period.
fn paid(reckoned: &Reckoned) -> i64 {
    reckoned.totals().values().map(|sum| sum.minor()).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// The exact kopeck of every line and of every cut, and what is carried on.
    #[test]
    fn a_period_is_cut_as_the_model_says(world in world()) {
        let mut waiting: BTreeMap<usize, i128> = BTreeMap::new();
        for (reckoned, bought) in world.periods() {
            let (claims, of_orders) = model(&world, &reckoned, bought);
            let lines: Vec<i128> = claims[of_orders..].iter().map(|claim| claim.left).collect();
            let told: Vec<i128> = reckoned.period.lines.iter().map(|line| i128::from(line.paid.minor())).collect();
            prop_assert_eq!(told, lines, "{}", world.toml());
            for claim in &claims[..of_orders] {
                let (rule, who) = (format!("r{}", claim.rule - 1), name(claim.seat));
                prop_assert_eq!(i128::from(reckoned.by_rule(&rule, &who).minor()), claim.left, "{}", world.toml());
            }
            let held_back = |seat: &usize| world.people[*seat].1 != Standing::Active;
            let still = waiting.iter().filter(|(seat, _)| held_back(seat)).map(|(seat, sum)| (*seat, *sum));
            let cut = claims.iter().map(|claim| (claim.seat, claim.carried));
            let expected = sum_by_seat(cut.chain(still));
            prop_assert_eq!(carried(&reckoned), expected, "{}", world.toml());
            let given = reckoned.period.lines.iter().filter(|line| line.source == Source::CarriedOver);
            let given = sum_by_seat(given.map(|line| (line.earner.place(), i128::from(line.raw.minor()))));
            waiting.retain(|seat, _| !held_back(seat));
            prop_assert_eq!(given, waiting, "what waited is given once");
            waiting = carried(&reckoned);
        }
    }

    /// No cap is passed, and every kopeck that is cut is somewhere.
    #[test]
    fn paid_never_exceeds_a_cap_and_nothing_is_lost(world in world()) {
        for (reckoned, bought) in world.periods() {
            if let Some((limit, ..)) = world.partner {
                prop_assert!(reckoned.totals().values().all(|sum| sum.minor() <= limit));
            }
            for (number, rule) in world.rules.iter().enumerate() {
                let id = format!("r{number}");
                let Some((ppm, _, period)) = rule.cap else { continue };
                let sum: i64 = (0..world.people.len()).map(|who| reckoned.by_rule(&id, &name(who)).minor()).sum();
                prop_assert!(sum <= floor(bought, ppm));
                for order in reckoned.orders.iter().filter(|_| !period && !rule.close) {
                    let own = || order.shares.iter().filter(|share| share.rule.as_str() == id);
                    let limit = own().next().map_or(0, |share| floor(share.base.minor(), ppm));
                    prop_assert!(own().map(|share| share.paid.minor()).sum::<i64>() <= limit);
                }
            }
            match world.company {
                Some((ppm, _, true, _)) => prop_assert!(paid(&reckoned) <= floor(bought, ppm)),
                Some((ppm, ..)) => for order in &reckoned.orders {
                    let base = order.walks.iter().map(|walk| walk.base.minor()).max().unwrap_or(0);
                    prop_assert!(order.paid().minor() <= floor(base, ppm));
                },
                None => {}
            }
            let period = &reckoned.period;
            let raw: Money = period.lines.iter().map(|line| line.raw).sum();
            let kept: Money = period.lines.iter().map(|line| line.paid).sum();
            let cut = period.unpaid.iter().filter(|part| CUT.contains(&part.reason)).map(|part| part.amount);
            prop_assert_eq!(raw, kept + cut.sum());
            let of_orders: Money = reckoned.orders.iter().map(domain::accrual::Accruals::paid).sum();
            let back: Money = period.cuts.iter().map(|cut| cut.amount).sum();
            prop_assert_eq!(Money::from_minor(paid(&reckoned)), of_orders + kept - back);
            prop_assert!(period.cuts.iter().all(|cut| cut.amount.is_positive()));
            prop_assert!(period.lines.iter().all(|line| line.paid <= line.raw && line.paid >= Money::ZERO));
        }
    }

    /// A cap alone cuts exactly to itself, and below it nothing changes.
    #[test]
    fn a_cap_of_a_period_alone_is_met_exactly_or_changes_nothing(world in world(), ppm in 1u32..300_000, mode in mode(), carry in any::<bool>()) {
        let mut free = world.without_caps();
        free.bought.truncate(1);
        let capped = World { company: Some((ppm, mode, true, carry)), ..free.clone() };
        let (before, bought) = free.periods().remove(0);
        let (after, _) = capped.periods().remove(0);
        let limit = floor(bought, ppm);
        if paid(&before) <= limit {
            prop_assert_eq!(&after.period, &before.period);
        } else {
            prop_assert_eq!(paid(&after), limit);
            let lost: i128 = carried(&after).values().sum();
            prop_assert_eq!(lost, if carry { i128::from(paid(&before) - limit) } else { 0 });
        }
        for who in (0..free.people.len()).map(name) {
            prop_assert!(after.earned(&who) <= before.earned(&who), "a cap gives nobody more");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// What a partner's cap carries is all paid in the end, and once.
    #[test]
    fn carried_sums_are_paid_to_the_last_kopeck(world in world(), limit in 2000i64..6000, mode in mode()) {
        let mut free = world.without_caps();
        for (_, standing) in &mut free.people {
            *standing = Standing::Active;
        }
        let mut capped = World { partner: Some((limit, mode, true)), ..free.clone() };
        capped.bought.extend(vec![vec![]; 40]);
        let total = |world: &World| world.periods().iter().map(|(reckoned, _)| paid(reckoned)).sum::<i64>();
        let periods = capped.periods();
        let last = &periods.last().expect("many").0;
        prop_assume!(carried(last).is_empty());
        prop_assert_eq!(periods.iter().map(|(reckoned, _)| paid(reckoned)).sum::<i64>(), total(&free));
    }
}

#[test]
fn the_random_companies_reach_every_corner() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for _ in 0..1500 {
        let world = proptest::strategy::ValueTree::current(&world().new_tree(&mut runner).expect("a world"));
        for (reckoned, _) in world.periods() {
            let mut corners: Vec<String> = Vec::new();
            corners.extend(reckoned.period.unpaid.iter().map(|part| {
                format!("{:?} {}", part.reason, if part.rule.is_some() { "rule" } else { "plan" })
            }));
            corners.extend(reckoned.period.cuts.iter().map(|cut| format!("cut {:?}", cut.reason)));
            let given = reckoned.period.lines.iter().filter(|line| line.source == Source::CarriedOver);
            corners.extend(
                given.map(|line| if line.paid < line.raw { "given in part" } else { "given" }.to_owned()),
            );
            for corner in corners {
                *seen.entry(corner).or_default() += 1;
            }
        }
    }
    let rare: Vec<_> = seen.iter().filter(|(_, count)| **count < 50).collect();
    assert!(rare.is_empty(), "too seldom: {rare:?}");
    assert_eq!(seen.len(), 8, "{seen:?}");
}
