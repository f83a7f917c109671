//! The naive model: the same plan computed by hand, level by level, for clearness only.
//!
//! It shares no code with the engine: it reads the plan as a plain value, the chain as a list, and
//! asks for each level on its own who takes it.

use domain::catalog::ProductKind;
use domain::order::{Order, OrderLine};

use crate::common::Someone;
use crate::spec::{Doors, Of, Paying, PlanSpec, RANKS, RuleSpec, Squeeze, When, World};

/// Rule, level, number on the chain, raw and paid kopecks.
pub(crate) type Earned = (usize, usize, usize, i128, i128);
/// Rule, level, reason, kopecks.
pub(crate) type Lost = (usize, usize, &'static str, i128);

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Books {
    pub(crate) earned: Vec<Earned>,
    pub(crate) lost: Vec<Lost>,
    pub(crate) maximum: i128,
    pub(crate) cap: Option<i128>,
}

/// What one is to a level, by the rule's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    NotCounted,
    Inactive,
    Closed,
    NoRate,
    Held(u32),
    Earns(u32),
}

/// What became of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    Nobody,
    Burnt(&'static str),
    Held(u32),
    By(usize, u32),
}

pub(crate) fn books(world: &World) -> Books {
    let plan = &world.plan;
    let mut books = Books {
        cap: plan
            .cap
            .map(|(ppm, of, _)| floor(base(plan, of, &[], &world.order) * i128::from(ppm), 1_000_000)),
        ..Books::default()
    };
    // Rule, level, number, exact numerator (over a million), raw.
    let mut claims = Vec::new();
    for (number, rule) in plan.rules.iter().enumerate().filter(|(_, rule)| applies(world, rule)) {
        let base = base(plan, rule.of, &rule.categories, &world.order);
        let amount = |ppm: u32| round(plan.rounding, base * i128::from(ppm), 1_000_000);
        let candidates = candidates(world, rule);
        for (index, taken) in takers(rule, &candidates).into_iter().enumerate() {
            let level = index + 1;
            let promised = amount(greatest(rule, level));
            books.maximum += promised;
            match taken {
                Taken::Nobody => books.lost.push((number, level, "no_sponsor", promised)),
                Taken::Burnt(reason) => books.lost.push((number, level, reason, promised)),
                Taken::Held(ppm) => {
                    books.lost.push((number, level, "below_rank", promised - amount(ppm)));
                    books.lost.push((number, level, "held", amount(ppm)));
                }
                Taken::By(who, ppm) => {
                    books.lost.push((number, level, "below_rank", promised - amount(ppm)));
                    claims.push((number, level, who, base * i128::from(ppm), amount(ppm)));
                }
            }
        }
    }
    claims.retain(|claim| claim.4 > 0);
    let paid = match (plan.cap, books.cap) {
        (Some((_, _, true)), Some(cap)) => pro_rata(&claims, cap),
        (Some(_), Some(cap)) => tail(&claims, cap),
        _ => claims.iter().map(|claim| claim.4).collect(),
    };
    for ((rule, level, who, _, raw), paid) in claims.into_iter().zip(paid) {
        books.lost.push((rule, level, "over_cap", raw - paid));
        if paid > 0 {
            books.earned.push((rule, level, who, raw, paid));
        }
    }
    books.lost.retain(|lost| lost.3 != 0);
    books.lost.sort_by_key(|lost| (lost.0, lost.1));
    books
}

fn applies(world: &World, rule: &RuleSpec) -> bool {
    // Everybody joined on 1 January 03:00 in Moscow and the order was paid on 1 March 15:00: day 59.5.
    let fast = |rule: &RuleSpec| {
        world.order.buyer.is_some()
            && match rule.when {
                When::Always => false,
                When::Days(days, _) => days >= 60,
                When::First(_) => world.is_first,
            }
    };
    let replaces = |rule: &RuleSpec| matches!(rule.when, When::Days(_, true) | When::First(true));
    match rule.when {
        When::Always => !world.plan.rules.iter().any(|other| fast(other) && replaces(other)),
        _ => fast(rule),
    }
}

fn base(plan: &PlanSpec, of: Of, categories: &[&str], order: &Order) -> i128 {
    let counts = |line: &&OrderLine| {
        line.kind == ProductKind::Goods
            && (categories.is_empty() || categories.contains(&line.category.as_str()))
    };
    let sum: i128 = order
        .lines
        .iter()
        .filter(counts)
        .map(|line| {
            let piece = match of {
                Of::Turnover => line.unit_price.minor(),
                Of::Margin => line.unit_price.minor() - line.unit_cost.minor(),
                Of::Volume => line.unit_volume.0,
            };
            i128::from(line.quantity) * i128::from(piece)
        })
        .sum();
    match of {
        Of::Volume => round("half_up", sum * i128::from(plan.point_value), 100),
        _ => sum.max(0),
    }
}

fn floor(numerator: i128, denominator: i128) -> i128 {
    numerator.div_euclid(denominator)
}

fn round(how: &str, numerator: i128, denominator: i128) -> i128 {
    let down = floor(numerator, denominator);
    let twice = 2 * (numerator - down * denominator);
    match how {
        "down" => down,
        "half_even" if twice == denominator => down + down % 2,
        _ if twice >= denominator => down + 1,
        _ => down,
    }
}

/// Who may be asked, nearest first, with his number on the chain.
fn candidates<'w>(world: &'w World, rule: &RuleSpec) -> Vec<(usize, &'w Someone)> {
    let numbered: Vec<_> = world.chain.iter().enumerate().collect();
    let asked = match (world.order.buyer, world.order.seller) {
        (Some(_), _) if rule.pay_self => numbered,
        (Some(_), _) | (None, Some(_)) => numbered[1..].to_vec(),
        (None, None) => vec![],
    };
    let most = rule.max_scan.map_or(usize::MAX, |most| usize::try_from(most).expect("small"));
    asked.into_iter().filter(|(number, _)| *number <= most).collect()
}

pub(crate) fn greatest(rule: &RuleSpec, level: usize) -> u32 {
    match &rule.paying {
        Paying::Everyone(rates) => rates[level - 1],
        Paying::ByRank(table) => {
            table.iter().filter_map(|rates| rates.get(level - 1)).copied().max().expect("some rank has it")
        }
    }
}

fn rank(someone: &Someone) -> Option<usize> {
    RANKS.iter().position(|rank| Some(*rank) == someone.rank.as_deref())
}

fn answer(rule: &RuleSpec, someone: &Someone, level: usize) -> Answer {
    if rule.squeeze == Squeeze::SkipBelowRank && rank(someone).is_none_or(|rank| rank < rule.min_rank) {
        return Answer::NotCounted;
    }
    if !someone.active {
        return Answer::Inactive;
    }
    let invited = usize::try_from(someone.invited).expect("small");
    let open = match &rule.doors {
        Doors::Open => true,
        Doors::OneToOne => invited >= level,
        Doors::Steps(steps) => {
            steps.iter().any(|(active, last)| someone.invited >= *active && usize::from(*last) >= level)
        }
    };
    if !open {
        return Answer::Closed;
    }
    let rate = match &rule.paying {
        Paying::Everyone(rates) => rates.get(level - 1),
        Paying::ByRank(table) => rank(someone).and_then(|rank| table[rank].get(level - 1)),
    };
    match rate {
        None => Answer::NoRate,
        Some(ppm) if someone.held => Answer::Held(*ppm),
        Some(ppm) => Answer::Earns(*ppm),
    }
}

fn takers(rule: &RuleSpec, candidates: &[(usize, &Someone)]) -> Vec<Taken> {
    match rule.squeeze {
        Squeeze::None => in_turn(rule, candidates, &[]),
        Squeeze::SkipInactive => in_turn(rule, candidates, &[Answer::Inactive]),
        Squeeze::SkipBelowRank => in_turn(rule, candidates, &[Answer::NotCounted]),
        Squeeze::Dynamic => first_who_earns(rule, candidates),
        Squeeze::RollToNext => (1..=rule.levels()).map(|level| rolled(rule, candidates, level)).collect(),
    }
}

/// Each level is taken by the next candidate that is not skipped.
fn in_turn(rule: &RuleSpec, candidates: &[(usize, &Someone)], skipped: &[Answer]) -> Vec<Taken> {
    let mut rest = candidates.iter();
    let mut takers = Vec::new();
    for level in 1..=rule.levels() {
        let taker = rest.find_map(|(number, someone)| match answer(rule, someone, level) {
            answer if skipped.contains(&answer) => None,
            Answer::Closed if rule.pass_up => None,
            Answer::Closed => Some(Taken::Burnt("level_closed")),
            Answer::Inactive => Some(Taken::Burnt("inactive")),
            Answer::NoRate | Answer::NotCounted => Some(Taken::Burnt("below_rank")),
            Answer::Held(ppm) => Some(Taken::Held(ppm)),
            Answer::Earns(ppm) => Some(Taken::By(*number, ppm)),
        });
        takers.push(taker.unwrap_or(Taken::Nobody));
    }
    takers
}

fn first_who_earns(rule: &RuleSpec, candidates: &[(usize, &Someone)]) -> Vec<Taken> {
    let mut rest = candidates.iter();
    let mut takers = Vec::new();
    for level in 1..=rule.levels() {
        let taker = rest.find_map(|(number, someone)| match answer(rule, someone, level) {
            Answer::Earns(ppm) => Some(Taken::By(*number, ppm)),
            _ => None,
        });
        takers.push(taker.unwrap_or(Taken::Nobody));
    }
    takers
}

/// The k-th candidate holds level k; what he may not earn goes to the first above who may.
fn rolled(rule: &RuleSpec, candidates: &[(usize, &Someone)], level: usize) -> Taken {
    let Some((_, holder)) = candidates.get(level - 1) else {
        return Taken::Nobody;
    };
    if answer(rule, holder, level) == Answer::Closed && !rule.pass_up {
        return Taken::Burnt("level_closed");
    }
    for (number, someone) in &candidates[level - 1..] {
        match answer(rule, someone, level) {
            Answer::Earns(ppm) => return Taken::By(*number, ppm),
            Answer::Held(ppm) => return Taken::Held(ppm),
            _ => {}
        }
    }
    Taken::Nobody
}

type Claim = (usize, usize, usize, i128, i128);

/// exact x cap / sum of exact, cut down; kopecks that miss go one at a time to the largest remainder.
fn pro_rata(claims: &[Claim], cap: i128) -> Vec<i128> {
    let raw: Vec<i128> = claims.iter().map(|claim| claim.4).collect();
    if raw.iter().sum::<i128>() <= cap {
        return raw;
    }
    let whole: i128 = claims.iter().map(|claim| claim.3).sum();
    let mut paid: Vec<i128> = claims.iter().map(|claim| floor(claim.3 * cap, whole).min(claim.4)).collect();
    let mut given: Vec<u32> = vec![0; claims.len()];
    while paid.iter().sum::<i128>() < cap {
        let lucky = (0..claims.len())
            .filter(|index| paid[*index] < raw[*index])
            .min_by_key(|index| {
                let (rule, level, who, exact, _) = claims[*index];
                (given[*index], -(exact * cap - floor(exact * cap, whole) * whole), level, who, rule)
            })
            .expect("somebody is below his rate");
        paid[lucky] += 1;
        given[lucky] += 1;
    }
    paid
}

/// In full from level 1 up until nothing is left.
fn tail(claims: &[Claim], cap: i128) -> Vec<i128> {
    let before = |claim: &Claim| {
        claims
            .iter()
            .filter(|other| (other.1, other.0) < (claim.1, claim.0))
            .map(|other| other.4)
            .sum::<i128>()
    };
    claims.iter().map(|claim| claim.4.min((cap - before(claim)).max(0))).collect()
}
