//! The simulation: one seed, one answer; the cap holds; the figures are those of the engine.

use std::num::NonZero;
use std::sync::Arc;

use app::simulate::{Settings, Simulation, simulate, svg};
use domain::money::{Money, Rate};
use plan::{Plan, Ratio};

fn settings() -> Settings {
    Settings {
        seed: 1,
        runs: 12,
        months: 4,
        start: 40,
        growth: Rate::from_ppm(80_000),
        preference: Rate::from_ppm(500_000),
        activity: Rate::from_ppm(600_000),
        buyers: Rate::from_ppm(400_000),
        average: Money::from_minor(5_000_00),
        margin: Rate::from_ppm(500_000),
        customers: Rate::from_ppm(200_000),
        limit: None,
    }
}

fn threads(count: usize) -> NonZero<usize> {
    NonZero::new(count).expect("more than none")
}

fn run(plan: &str, settings: &Settings) -> Simulation {
    let text = app::plans::SHIPPED.iter().find(|(name, _)| *name == plan).map_or(plan, |(_, text)| text);
    let plan = Arc::new(Plan::parse("test.toml", text).expect("the test's plan is right").plan);
    simulate(&plan, settings, threads(2)).expect("a made-up network can be reckoned")
}

/// Half of every order goes to the first active sponsor; at the close nobody gets more than ten percent.
const CUT: &str = r#"
name = "cut"
title = { ru = "Срезано", en = "Cut" }
currency = "RUB"
time_zone = "Europe/Moscow"
effective = "paid_at"
hold_days = 14

[cap]
percent = "10%"
of = "turnover"
scope = "period"
mode = "pro_rata"

[[rules]]
id = "levels"
kind = "level"
base = "turnover"
rates = ["50%"]
compression = "skip_inactive"
"#;

#[test]
fn one_seed_gives_the_same_on_any_number_of_threads_and_another_seed_does_not() {
    let (_, text) = app::plans::SHIPPED[1];
    let plan = Arc::new(Plan::parse("test.toml", text).expect("it ships").plan);
    let on = |count, settings: &Settings| simulate(&plan, settings, threads(count)).expect("reckoned");
    let one = on(1, &settings());
    assert_eq!(on(5, &settings()), one);
    assert_eq!(svg(&on(3, &settings())), svg(&one), "the picture too");
    let other = Settings { seed: 2, ..settings() };
    assert_ne!(on(2, &other).cost, one.cost);
}

#[test]
fn a_cap_of_the_period_cuts_every_month_and_is_never_passed() {
    let shown = run(CUT, &settings());
    let bites = shown.promises_pass_cap.expect("there is a cap");
    assert_eq!((bites.in_a_month, bites.over_all), (12, 12));
    let passes = shown.paid_passes_cap.expect("there is a cap");
    assert_eq!((passes.in_a_month, passes.over_all), (0, 0));
    assert_eq!(shown.cap.map(|cap| cap.to_string()).as_deref(), Some("10%"));
    assert!(shown.of_turnover.max <= Ratio::from(Rate::from_ppm(100_000)));
    assert!(shown.promised.min > Ratio::from(Rate::from_ppm(300_000)), "{:?}", shown.promised);
}

#[test]
fn without_a_cap_only_the_limit_that_is_asked_about_is_answered() {
    let limit = Some(Rate::from_ppm(1));
    let shown = run("nanorem-5", &Settings { limit, ..settings() });
    assert_eq!((shown.promises_pass_cap, shown.paid_passes_cap), (None, None));
    assert_eq!(shown.paid_passes_limit.expect("a limit was asked about").over_all, 12);
    assert_eq!(shown.months.len(), 4);
    assert_eq!(shown.of_turnover, shown.promised, "nothing cuts");
}

#[test]
fn nobody_earns_where_nobody_is_active_and_nobody_sells_where_nobody_buys() {
    let idle = run("nanorem-5", &Settings { activity: Rate::ZERO, ..settings() });
    assert_eq!(idle.cost.max, Money::ZERO);
    assert_eq!(idle.earners.max.to_string(), "0%");
    let still = run("nanorem-12", &Settings { buyers: Rate::ZERO, months: 1, start: 1, ..settings() });
    assert_eq!(still.months[0].turnover.max, Money::ZERO);
    assert!(svg(&still).contains("</svg>"), "a picture of nothing is still a picture");
}

#[test]
fn the_average_order_is_the_average() {
    let many = Settings { runs: 20, months: 1, start: 500, buyers: Rate::from_ppm(1_000_000), ..settings() };
    let turnover = run("nanorem-5", &many).months[0].turnover;
    let expected = Money::from_minor(500 * 5_000_00);
    assert!(turnover.min < expected && expected < turnover.max, "{turnover:?}");
    let tenth = Money::from_minor(expected.minor() / 10);
    assert!(turnover.min > expected - tenth && turnover.max < expected + tenth, "{turnover:?}");
}

/// Half of every order at its payment; at the close no partner keeps more than so much, the rest waits;
/// a pool that nobody can share.
const WAITS: &str = r#"
name = "waits"
title = { ru = "Ждёт", en = "Waits" }
currency = "RUB"
time_zone = "Europe/Moscow"
effective = "paid_at"
hold_days = 14

[partner_cap]
amount = "100.00"
mode = "pro_rata"
excess = "carried"

[[rules]]
id = "levels"
kind = "level"
base = "turnover"
rates = ["50%"]
compression = "skip_inactive"

[[rules]]
id = "fund"
kind = "pool"
base = "turnover"
percent = "1%"
shares = "equal"
min_qualifiers = 1000000
"#;

#[test]
fn what_is_carried_and_cut_again_counts_as_cut_once() {
    let shown = run(WAITS, &Settings { months: 8, ..settings() });
    let whole = Ratio::from(Rate::from_ppm(1_000_000));
    assert!(shown.cut.min > Ratio::from(Rate::from_ppm(900_000)), "{:?}", shown.cut);
    assert!(shown.cut.max < whole, "no more can be cut than is promised: {:?}", shown.cut);
    assert_eq!(shown.partner_cap_cuts.map(|chance| (chance.in_a_month, chance.over_all)), Some((12, 12)));
    assert_eq!(shown.partner_cap, Some(Money::from_minor(100_00)));
    // The fund of each month is rounded down.
    let left = shown.pool_left.expect("there is a pool");
    assert!(left.max <= Ratio::from(Rate::from_ppm(10_000)) && left.min > Ratio::from(Rate::from_ppm(9_990)));
    let none = run(CUT, &settings());
    assert_eq!((none.pool_left, none.partner_cap_cuts, none.partner_cap), (None, None, None));
}
