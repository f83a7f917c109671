//! Random plans and companies: every kind of rule beside every other.

mod rules;

use rules::rule;

use super::dice::Dice;
use super::terms::{
    CompanyCap, Conditions, Excess, Kind, LegsOf, Measure, Mode, PartnerCap, Rank, Rounding, Rule, Terms,
    Unit, Wanted,
};
use super::world::{Buyer, FIRST_MONTH, Item, Joined, Month, Purchase, Someone, Stands, World};

const UNITS: [Unit; 3] = [Unit::Turnover, Unit::Margin, Unit::Volume];
const MEASURES: [Measure; 5] =
    [Measure::Personal, Measure::Unrolled, Measure::Customers, Measure::Frontline, Measure::Group];

/// The world of a case.
pub(super) fn world(case: u64) -> World {
    let dice = &mut Dice::of_case(case);
    let terms = terms(dice);
    let people = people(dice, terms.ranks.len());
    let months = dice.list(1, 3, |dice| month(dice, people.len()));
    World { terms, people, months }
}

fn terms(dice: &mut Dice) -> Terms {
    let ranks: Vec<Rank> = {
        let number = dice.below(5);
        (0..number).map(|place| rank(dice, place, number)).collect()
    };
    let mut rules: Vec<Rule> = Vec::new();
    let number = 1 + dice.below(6);
    while rules.len() < number {
        rules.extend(rule(dice, ranks.len(), &rules));
    }
    let has_pool = rules.iter().any(|rule| matches!(rule.kind, Kind::Pool(_)));
    let mut excesses = vec![Excess::Company, Excess::Carried];
    excesses.extend(has_pool.then_some(Excess::Pool));
    let cap = dice.maybe(50, |dice| {
        let period = dice.chance(65);
        let stop = dice.chance(8);
        CompanyCap {
            percent: match dice.below(10) {
                _ if stop => dice.between(500_000, 1_000_000),
                0..7 => dice.between(1, 200_000),
                _ => dice.between(1, 900_000),
            },
            of: dice.pick(&UNITS),
            period,
            mode: if stop { Mode::Stop } else { dice.pick(&[Mode::ProRata, Mode::Priority, Mode::Tail]) },
            excess: if period { dice.pick(&excesses) } else { Excess::Company },
        }
    });
    let partner_cap = dice.maybe(35, |dice| PartnerCap {
        amount: dice.between(1, 200_00),
        mode: dice.pick(&[Mode::ProRata, Mode::Priority, Mode::Tail]),
        excess: dice.pick(&excesses),
    });
    Terms {
        rounding: dice.pick(&[Rounding::HalfUp, Rounding::HalfEven, Rounding::Down]),
        point_value: dice.pick(&[1_00, 40, 1_37, 60_00]),
        ranks,
        qualify_by: dice.pick(&UNITS),
        roll_up: dice.maybe(40, |dice| dice.between(1, 400_00)),
        cap,
        partner_cap,
        rules,
    }
}

fn volume(dice: &mut Dice) -> i128 {
    if dice.chance(30) { dice.between(1, 100_00) } else { dice.between(1, 3_000_00) }
}

fn rank(dice: &mut Dice, place: usize, number: usize) -> Rank {
    let reach = dice.maybe(80, |dice| conditions(dice, number));
    let keep =
        if reach.is_some() && place > 0 { dice.maybe(25, |dice| conditions(dice, number)) } else { None };
    Rank { reach, keep }
}

fn conditions(dice: &mut Dice, ranks: usize) -> Conditions {
    let mut volumes = Vec::new();
    for measure in MEASURES {
        volumes.extend(dice.maybe(20, |dice| (measure, volume(dice))));
    }
    let by_group = volumes.iter().any(|(measure, _)| *measure == Measure::Group);
    let mut legs = if dice.chance(25) { dice.list(1, 3, volume) } else { Vec::new() };
    legs.sort_by_key(|leg| -leg);
    Conditions {
        volumes,
        max_leg_share: if by_group { dice.maybe(60, |dice| dice.between(1, 1_000_000)) } else { None },
        legs,
        legs_of: dice.pick(&[LegsOf::Rolled, LegsOf::Unrolled, LegsOf::Mixed]),
        people: if dice.chance(25) { dice.list(1, 2, |dice| wanted(dice, ranks)) } else { Vec::new() },
        tenure: dice.maybe(15, |dice| dice.between(1, 4)),
        active: dice.chance(20),
    }
}

fn wanted(dice: &mut Dice, ranks: usize) -> Wanted {
    Wanted {
        rank: dice.below(ranks),
        count: 1 + dice.below(2),
        within: dice.maybe(40, |dice| 1 + dice.below(3)),
        separate_legs: dice.chance(40),
    }
}

fn people(dice: &mut Dice, ranks: usize) -> Vec<Someone> {
    let number = if dice.chance(90) { 2 + dice.below(13) } else { 2 + dice.below(39) };
    let codes = dice.shuffled(number);
    let long = dice.chance(40);
    let mut people: Vec<Someone> = Vec::new();
    for (place, code) in codes.into_iter().enumerate() {
        let above = |dice: &mut Dice| match place {
            0 => None,
            _ if dice.chance(4) => None,
            _ if long && dice.chance(80) => Some(place - 1),
            _ => Some(dice.below(place)),
        };
        let sponsor = above(dice);
        let inviter = if dice.chance(75) { sponsor } else { above(dice) };
        let rank = |dice: &mut Dice| if ranks > 0 { Some(dice.below(ranks)) } else { None };
        let before = dice.maybe(30, rank).flatten();
        let highest = before.max(dice.maybe(20, rank).flatten());
        people.push(Someone {
            code: u64::try_from(code).expect("few") + 1,
            sponsor,
            inviter,
            joined: joined(dice),
            staff: dice.maybe(20, rank).flatten(),
            before,
            highest,
        });
    }
    people
}

/// Up to half a year before the first month, most often on its last days, sometimes at one instant.
fn joined(dice: &mut Dice) -> Joined {
    let month = FIRST_MONTH - dice.between(0, 5);
    let last = match month % 12 {
        0 | 9 | 11 => 31,
        1 => 28,
        _ => 30,
    };
    let day =
        if dice.chance(40) { last } else { dice.between(1, if month == FIRST_MONTH { 5 } else { last }) };
    let day = if month == FIRST_MONTH { day.min(5) } else { day };
    Joined { month, day, hour: dice.between(0, 2) }
}

fn month(dice: &mut Dice, people: usize) -> Month {
    let stands = (0..people)
        .map(|_| match dice.below(100) {
            0..=14 => Stands::Inactive,
            15..=21 => Stands::Held,
            _ => Stands::Active,
        })
        .collect();
    let most = if dice.chance(85) { 8 } else { 30 };
    Month { stands, orders: dice.list(0, most, |dice| purchase(dice, people)) }
}

fn purchase(dice: &mut Dice, people: usize) -> Purchase {
    let buyer = match dice.below(100) {
        0..=69 => Buyer::Partner(dice.below(people)),
        70..=91 => Buyer::CustomerOf(dice.below(people)),
        _ => Buyer::Stranger,
    };
    Purchase { buyer, items: dice.list(1, 2, item) }
}

fn item(dice: &mut Dice) -> Item {
    let price = if dice.chance(20) { dice.between(0, 10_00) } else { dice.between(0, 1_500_00) };
    let pieces = dice.between(1, 3);
    Item {
        category: dice.below(2),
        is_fee: dice.chance(6),
        pieces,
        back: if dice.chance(10) { dice.between(0, pieces) } else { 0 },
        cost: if dice.chance(85) { dice.between(0, price) } else { dice.between(0, 1_500_00) },
        points: if dice.chance(80) { price / 2 } else { dice.between(0, 900_00) },
        price,
    }
}
