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
