//! Whole months under whole plans: the engine against a naive model that shares no code with it.
//!
//! A case is a number; it decides the plan, the company and up to three months. `NANOREM_MODEL_CASES`
//! says how many there are, `NANOREM_MODEL_FIRST` from which one on.

mod dice;
mod engine;
mod laws;
mod model;
mod random;
mod scaled;
mod shrink;
mod terms;
mod text;
mod world;

use plan::{Diagnostics, Plan};

use engine::Engine;
use world::{Outcome, World};

/// So many cases in an ordinary run.
const CASES: u64 = 1_500;

fn number(variable: &str, otherwise: u64) -> u64 {
    let given = std::env::var(variable).ok();
    given.map_or(otherwise, |text| text.parse().expect("a whole number"))
}

/// The plan of a world, where its author would not be refused.
fn plan(world: &World) -> Result<Plan, Diagnostics> {
    Plan::parse("random.toml", &world.terms.to_toml()).map(|parsed| parsed.plan)
}

/// What the engine says of a world; nothing where its plan is refused.
fn reckoned(world: &World) -> Option<Vec<Outcome>> {
    plan(world).ok().map(|plan| Engine::new(world, &plan).run())
}

/// What the engine and the model say of the first month of which they say different things.
fn difference(world: &World) -> Option<(usize, Outcome, Outcome)> {
    let mut months = reckoned(world)?.into_iter().zip(model::run(world)).enumerate();
    months.find(|(_, (engine, model))| engine != model).map(|(month, (engine, model))| (month, engine, model))
}

/// How everyone stands in a month, and what was bought in it.
fn facts(month: &world::Month) -> String {
    let orders = month.orders.iter().map(|order| format!("    {order:?}"));
    orders.fold(format!("{:?}", month.stands), |all, order| all + "\n" + &order)
}

/// The difference, told on the smallest world that still shows it.
fn told(world: &World) -> String {
    let small = shrink::smaller(world, |smaller| difference(smaller).is_some());
    let (month, engine, model) = difference(&small).expect("it still differs");
    let people = small.people.iter().enumerate().map(|(who, someone)| format!("{who}: {someone:?}"));
    let facts: Vec<String> = people.chain(small.months.iter().map(facts)).collect();
    format!(
        "{}\n{}\nmonth {month}\nengine {engine:?}\nmodel  {model:?}",
        small.terms.to_toml(),
        facts.join("\n")
    )
}

#[test]
fn the_engine_pays_what_a_naive_model_reckons_from_the_reference() {
    let first = number("NANOREM_MODEL_FIRST", 0);
    let cases = number("NANOREM_MODEL_CASES", CASES);
    let mut refused = 0;
    for case in first..first + cases {
        let world = random::world(case);
        refused += u64::from(plan(&world).is_err());
        assert!(difference(&world).is_none(), "case {case}\n{}", told(&world));
    }
    assert!(refused * 5 < cases || cases < 100, "{refused} of {cases} plans are refused");
}

/// So many worlds are looked at for what they reach.
const LOOKED_AT: u64 = 800;
/// Rules that pay, at orders and at the close, reasons, ranks, and what is carried.
const CORNERS: usize = 42;

#[test]
fn the_random_worlds_reach_every_corner() {
    let mut reached: std::collections::BTreeMap<String, u64> = std::collections::BTreeMap::new();
    for case in 0..LOOKED_AT {
        let world = random::world(case);
        let Some(months) = reckoned(&world) else { continue };
        let kind = |rule: &str| {
            let place: Option<usize> = rule.strip_prefix('r').and_then(|place| place.parse().ok());
            place.map_or(rule.to_owned(), |place| text::word(&world.terms.rules[place].kind).to_owned())
        };
        let mut reach = |corner: String| *reached.entry(corner).or_default() += 1;
        for month in &months {
            month.shares.keys().for_each(|(_, rule, _, _)| reach(format!("{} of an order", kind(rule))));
            month.breakage.keys().for_each(|(_, _, _, reason)| reach(format!("broken: {reason}")));
            month.earned.keys().for_each(|(rule, _)| reach(format!("{} at the close", kind(rule))));
            month.unpaid.keys().for_each(|(_, reason)| reach(format!("unpaid: {reason}")));
            month.cuts.keys().for_each(|(_, reason)| reach(format!("taken back: {reason}")));
            month.awards.iter().for_each(|_| reach("an award".to_owned()));
            month.carried.keys().for_each(|(_, what)| reach(format!("carried: {what}")));
            for (rank, someone) in month.paid_as.iter().zip(&world.people) {
                if let (Some(rank), None) = (rank, someone.staff) {
                    reach(format!("reached: {}", terms::RANKS[*rank]));
                }
            }
        }
    }
    let rare: Vec<_> = reached.iter().filter(|(_, times)| **times < 10).collect();
    assert!(rare.is_empty(), "too seldom: {rare:?}");
    assert_eq!(reached.len(), CORNERS, "{reached:#?}");
}
