//! `infinity`: a share of unlimited depth.

use super::{line_of, rule, worst};
use plan::Plan;

const RANKS: &str = "manager director president ambassador";

fn infinity(keys: &str) -> Plan {
    let rates = "rank_rates = { director = \"1%\", president = \"2%\", ambassador = \"4%\" }";
    rule(RANKS, "infinity", &format!("{rates}\n{keys}"))
}

fn difference(keys: &str) -> Plan {
    infinity(&format!("pays = \"difference\"\n{keys}"))
}

fn full(keys: &str) -> Plan {
    infinity(&format!("pays = \"full\"\n{keys}"))
}

#[test]
fn each_higher_rate_earns_what_is_left_of_it() {
    let company = line_of("a:ambassador x p:president y d:director z leaf").buys("leaf", "100.00");
    assert_eq!(company.lines(&difference("")), ["d@1<leaf 1.00", "p@1<leaf 1.00", "a@1<leaf 2.00"]);
    assert_eq!(company.lines(&full("")), ["d@1<leaf 1.00", "p@1<leaf 2.00", "a@1<leaf 1.00"]);
    assert_eq!([worst(&difference("")), worst(&full(""))], ["4%", "4%"]);
}

#[test]
fn the_same_or_a_lower_rank_above_is_passed_and_the_walk_goes_on() {
    let company = line_of("a:ambassador d2:director p2:president p1:president leaf").buys("leaf", "100.00");
    assert_eq!(company.lines(&difference("")), ["p1@1<leaf 2.00", "a@1<leaf 2.00"]);
    assert_eq!(company.lines(&full("")), ["p1@1<leaf 2.00", "a@1<leaf 2.00"]);
}

#[test]
fn nobody_earns_once_the_top_is_paid() {
    let company = line_of("a2:ambassador a1:ambassador leaf").buys("leaf", "100.00");
    assert_eq!(company.lines(&difference("")), ["a1@1<leaf 4.00"]);
    assert_eq!(company.lines(&full("")), ["a1@1<leaf 4.00"]);
    let plan = rule(
        "one two three four",
        "infinity",
        "rank_rates = { one = \"2%\", two = \"3%\", three = \"4%\", four = \"5%\" }\npays = \"full\"",
    );
    let company = line_of("n4:four n3:three n2:two n1:one leaf").buys("leaf", "100.00");
    assert_eq!(company.lines(&plan), ["n1@1<leaf 2.00", "n2@1<leaf 3.00"], "2 and 3 are the top of 5");
}

#[test]
fn so_many_leaders_nearest_to_the_volume_are_passed() {
    let company = line_of("a:ambassador p:president m:manager d:director leaf")
        .buys("leaf", "100.00")
        .buys("d", "10.00");
    let lines = |keys: &str| company.lines(&difference(keys));
    assert_eq!(
        lines("after_generation = 0"),
        ["p@1<d 0.20", "a@1<d 0.20", "d@1<leaf 1.00", "p@1<leaf 1.00", "a@1<leaf 2.00"]
    );
    assert_eq!(lines("after_generation = 1"), ["a@1<d 0.40", "p@1<leaf 2.00", "a@1<leaf 2.00"]);
    assert_eq!(
        lines("after_generation = 1\nboundary = \"manager\""),
        ["p@1<d 0.20", "a@1<d 0.20", "p@1<leaf 2.00", "a@1<leaf 2.00"],
        "a manager is a leader too"
    );
    assert_eq!(
        lines("after_generation = 2\nboundary = \"manager\""),
        ["a@1<d 0.40", "p@1<leaf 2.00", "a@1<leaf 2.00"]
    );
    assert_eq!(lines("after_generation = 4\nboundary = \"manager\""), Vec::<String>::new());
    assert_eq!(
        lines("after_generation = 1\nboundary = \"president\""),
        ["a@1<d 0.40", "a@1<leaf 4.00"],
        "who stands below the last leader passed earns nothing either"
    );
}

#[test]
fn the_full_month_of_a_company_that_skips_its_first_leader() {
    // Percents 2 and 3: the first leader above gets nothing, the second his 2 %, an equal one is passed,
    // the next gets what is left of the top.
    let plan = rule(
        "manager director president",
        "infinity",
        "rank_rates = { director = \"2%\", president = \"3%\" }\nafter_generation = 1\nboundary = \"manager\"\npays = \"full\"",
    );
    let company =
        line_of("p2:president p1:president d2:director d1:director m:manager leaf").buys("leaf", "1000.00");
    assert_eq!(company.lines(&plan), ["d1@1<leaf 20.00", "p1@1<leaf 10.00"]);
}

#[test]
fn the_inactive_are_passed_and_those_on_hold_are_not() {
    let inactive = line_of("a:ambassador p:president! d:director leaf").buys("leaf", "100.00");
    assert_eq!(inactive.lines(&difference("")), ["d@1<leaf 1.00", "a@1<leaf 3.00"]);
    let held = line_of("a:ambassador p:president? d:director leaf").buys("leaf", "100.00");
    assert_eq!(held.lines(&difference("")), ["d@1<leaf 1.00", "a@1<leaf 2.00"]);
    assert_eq!(held.unpaid(&difference("")), ["p Held 1.00"]);
    assert_eq!(
        inactive.lines(&difference("after_generation = 2")),
        ["a@1<leaf 4.00"],
        "an inactive leader is one of the leaders passed"
    );
}

#[test]
fn a_kopeck_too_little_still_counts_as_paid() {
    let company = line_of("a:ambassador d:director leaf").buys("leaf", "0.20");
    assert_eq!(company.lines(&difference("")), ["a@1<leaf 0.01"], "3 % of 20 kopecks, not 4 %");
}

#[test]
fn ones_own_volume_and_no_volume_give_nothing() {
    assert_eq!(line_of("a:ambassador x").buys("a", "100.00").lines(&difference("")), Vec::<String>::new());
    assert_eq!(line_of("a:ambassador x").lines(&full("")), Vec::<String>::new());
}
