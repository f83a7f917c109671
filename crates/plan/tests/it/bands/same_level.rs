//! `same_level`: the floor, and what it does to the differential above.

use domain::network::Standing;
use plan::Plan;
use plan::close::{UnpaidReason, Why};
use plan::sketch::Sketch;

use super::{lines, reckon};
use crate::common::{plan, rule};

/// Personal 10 % from 100; stairs of 5, 10, 15, 20 % by rank; the floor.
fn courtesy(differential: &str, floor: &str) -> Plan {
    plan(&format!(
        "ranks = [\"five\", \"ten\", \"fifteen\", \"twenty\"]\n{}{}{}",
        rule(
            "mine",
            "kind = \"personal\"\nbase = \"turnover\"\ndecided = \"close\"\nbands = [{ from = \"100\", rate = \"10%\" }]"
        ),
        rule(
            "team",
            &format!(
                "kind = \"differential\"\nbase = \"turnover\"\nrank_rates = {{ five = \"5%\", ten = \"10%\", fifteen = \"15%\", twenty = \"20%\" }}\n{differential}"
            )
        ),
        rule("floor", &format!("kind = \"same_level\"\nbase = \"turnover\"\nof = \"team\"\n{floor}")),
    ))
}

fn usual() -> Plan {
    courtesy("after = \"mine\"", "rate = \"5%\"")
}

/// A chain from the top down, numbered from 0; the last buys for so much.
fn chain(ranks: &[&str], sum: &str) -> Sketch {
    let names: Vec<String> = (0..ranks.len()).map(|place| place.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut company = Sketch::new();
    company.chain(&names).expect("names are given once");
    for (name, rank) in names.iter().zip(ranks).filter(|(_, rank)| **rank != "-") {
        company.rank(name, rank).expect("known");
    }
    company.buys(names.last().expect("somebody"), sum).expect("known");
    company
}

/// The lines of the differential, then those of the floor.
fn paid(plan: &Plan, company: &Sketch) -> (Vec<String>, Vec<String>) {
    let reckoned = reckon(company, plan);
    (lines(&reckoned, "team"), lines(&reckoned, "floor"))
}

fn all(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

#[test]
fn the_father_with_a_difference_has_no_floor() {
    assert_eq!(
        paid(&usual(), &chain(&["twenty", "fifteen", "-"], "200.00")),
        (
            all(&["1 of 2: 15% - 10% -> 5% of 200.00 = 10.00", "0 of 2: 20% - 15% -> 5% of 200.00 = 10.00"]),
            vec![]
        )
    );
}

#[test]
fn the_father_who_is_equal_or_lower_has_the_floor_and_the_rest_goes_up() {
    for father in ["ten", "five", "-"] {
        assert_eq!(
            paid(&usual(), &chain(&["twenty", father, "-"], "200.00")),
            (all(&["0 of 2: 20% - 15% -> 5% of 200.00 = 10.00"]), all(&["1 of 2: 5% of 200.00 = 10.00"])),
            "{father}"
        );
    }
}

#[test]
fn only_the_father_is_asked() {
    assert_eq!(
        paid(&usual(), &chain(&["twenty", "ten", "fifteen", "-"], "200.00")).1,
        Vec::<String>::new(),
        "a grandfather who is equal has no floor"
    );
    assert_eq!(
        paid(&usual(), &chain(&["fifteen", "ten", "-"], "200.00")),
        (vec![], all(&["1 of 2: 5% of 200.00 = 10.00"])),
        "with the floor 15 % are done: one at 15 % has no difference"
    );
}

#[test]
fn a_floor_may_not_count_as_done() {
    let plan = courtesy("after = \"mine\"", "rate = \"5%\"\ncounts_as_done = false");
    assert_eq!(
        paid(&plan, &chain(&["twenty", "ten", "-"], "200.00")),
        (all(&["0 of 2: 20% - 10% -> 10% of 200.00 = 20.00"]), all(&["1 of 2: 5% of 200.00 = 10.00"]))
    );
}

#[test]
fn the_rate_and_the_base_are_its_own() {
    let plan = courtesy("after = \"mine\"", "rate = \"1.25%\"");
    assert_eq!(
        paid(&plan, &chain(&["twenty", "ten", "-"], "200.00")),
        (all(&["0 of 2: 20% - 11.25% -> 8.75% of 200.00 = 17.50"]), all(&["1 of 2: 1.25% of 200.00 = 2.50"]))
    );
    let text = plan.source().replace("of = \"team\"", "of = \"team\"\nproducts = { skus = [\"OTHER\"] }");
    let other = Plan::parse("x", &text).expect("valid").plan;
    assert_eq!(paid(&other, &chain(&["twenty", "ten", "-"], "200.00")).1, Vec::<String>::new());
}

#[test]
fn a_floor_on_nothing_is_paid_to_nobody_and_is_not_done() {
    let plan = courtesy("after = \"mine\"", "rate = \"5%\"\nproducts = { skus = [\"OTHER\"] }");
    assert_eq!(
        paid(&plan, &chain(&["twenty", "ten", "-"], "200.00")),
        (all(&["0 of 2: 20% - 10% -> 10% of 200.00 = 20.00"]), all(&[]))
    );
}

#[test]
fn a_floor_never_raises_what_is_done_above_the_top() {
    let plan = courtesy("after = \"mine\"\ntop = \"12%\"", "rate = \"5%\"");
    assert_eq!(
        paid(&plan, &chain(&["twenty", "ten", "-"], "200.00")),
        (vec![], all(&["1 of 2: 5% of 200.00 = 10.00"]))
    );
    let watched = chain(&["twenty", "ten", "-"], "200.00").reckon_watching(&plan, Some("0")).expect("sound");
    let twelve = domain::money::Rate::from_ppm(120_000);
    assert_eq!(watched.period.notes[0].why, Why::NoDifference { own: twelve, done: twelve });
    let at_the_top = courtesy("after = \"mine\"\ntop = \"10%\"", "rate = \"5%\"");
    assert_eq!(
        paid(&at_the_top, &chain(&["twenty", "twenty", "-"], "200.00")),
        (vec![], all(&["1 of 2: 5% of 200.00 = 10.00"])),
        "no difference is left to one whose percentage is beyond the top"
    );
}

#[test]
fn a_source_who_reached_nothing_gives_no_floor() {
    assert_eq!(
        paid(&usual(), &chain(&["twenty", "-", "-"], "99.99")),
        (all(&["0 of 2: 20% - 0% -> 20% of 99.99 = 20.00"]), vec![])
    );
}

#[test]
fn with_pay_self_the_sources_own_percentage_is_done() {
    let plan = courtesy("pay_self = true", "rate = \"5%\"");
    let mut company = chain(&["twenty", "ten", "ten"], "200.00");
    assert_eq!(
        paid(&plan, &company),
        (
            all(&["2 of 2: 10% - 0% -> 10% of 200.00 = 20.00", "0 of 2: 20% - 15% -> 5% of 200.00 = 10.00"]),
            all(&["1 of 2: 5% of 200.00 = 10.00"])
        )
    );
    company.standing("2", Standing::Inactive).expect("known");
    assert_eq!(
        paid(&plan, &company),
        (
            all(&["1 of 2: 10% - 0% -> 10% of 200.00 = 20.00", "0 of 2: 20% - 10% -> 10% of 200.00 = 20.00"]),
            vec![]
        ),
        "what an inactive source leaves is a difference"
    );
}

#[test]
fn an_inactive_father_has_no_floor_and_it_is_not_done() {
    let mut company = chain(&["twenty", "ten", "-"], "200.00");
    company.standing("1", Standing::Inactive).expect("known");
    assert_eq!(paid(&usual(), &company), (all(&["0 of 2: 20% - 10% -> 10% of 200.00 = 20.00"]), vec![]));
    let watched = company.reckon_watching(&usual(), Some("1")).expect("sound");
    let notes: Vec<_> =
        watched.period.notes.iter().map(|note| (note.rule.as_str(), note.why.clone())).collect();
    let ten = domain::money::Rate::from_ppm(100_000);
    assert_eq!(notes, [("team", Why::NoDifference { own: ten, done: ten }), ("floor", Why::Inactive)]);
}

#[test]
fn a_held_father_has_it_booked_and_it_is_done() {
    let mut company = chain(&["twenty", "ten", "-"], "200.00");
    company.standing("1", Standing::Held).expect("known");
    let reckoned = reckon(&company, &usual());
    assert_eq!(lines(&reckoned, "team"), ["0 of 2: 20% - 15% -> 5% of 200.00 = 10.00"]);
    let unpaid: Vec<_> =
        reckoned.period.unpaid.iter().map(|part| (part.reason, part.amount.minor())).collect();
    assert_eq!(unpaid, [(UnpaidReason::Held, 1_000)]);
}

#[test]
fn a_watched_father_is_told_what_was_done_before_his_floor() {
    let company = chain(&["twenty", "five", "-"], "200.00");
    let rate = |percent: u32| domain::money::Rate::from_ppm(percent * 10_000);
    let why = |name| {
        let watched = company.reckon_watching(&usual(), Some(name)).expect("sound");
        watched.period.notes.into_iter().map(|note| note.why).collect::<Vec<_>>()
    };
    assert_eq!(why("1"), [Why::NoDifference { own: rate(5), done: rate(10) }]);
    let fifteen = chain(&["fifteen", "five", "-"], "200.00");
    let watched = fifteen.reckon_watching(&usual(), Some("0")).expect("sound");
    assert_eq!(
        watched.period.notes[0].why,
        Why::NoDifference { own: rate(15), done: rate(15) },
        "and one above him with it"
    );
}

#[test]
fn a_company_without_anyone_above_pays_no_floor() {
    assert_eq!(paid(&usual(), &chain(&["ten"], "200.00")), (vec![], vec![]));
}

#[test]
fn a_watched_father_without_a_floor_is_told_why() {
    let rate = |percent: u32| domain::money::Rate::from_ppm(percent * 10_000);
    let why = |ranks: &[&str], sum| {
        let watched = chain(ranks, sum).reckon_watching(&usual(), Some("0")).expect("sound");
        let notes = watched.period.notes.into_iter().filter(|note| note.rule.as_str() == "floor");
        notes.map(|note| note.why).collect::<Vec<_>>()
    };
    assert_eq!(why(&["twenty", "-"], "200.00"), [Why::NoFloor { own: rate(20), done: rate(10) }]);
    assert_eq!(why(&["twenty", "-"], "99.99"), [Why::NoFloor { own: rate(20), done: rate(0) }]);
    assert_eq!(why(&["-", "-"], "99.99"), [Why::NoFloor { own: rate(0), done: rate(0) }]);
    assert_eq!(why(&["ten", "-"], "200.00"), [], "he has it");
}
