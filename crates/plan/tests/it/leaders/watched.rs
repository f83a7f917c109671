//! Why one who is watched does not get more.

use super::{line_of, rule};
use domain::money::Rate;
use plan::close::Why;

fn told(why: Why, level: u16) -> Vec<(String, u16, Why)> {
    vec![("leaf".to_owned(), level, why)]
}

#[test]
fn a_generation_says_why_not() {
    let plan = rule(
        "associate gold director",
        "generation",
        "boundary = \"gold\"\nrate_table = { director = [\"10%\", \"5%\"] }\nfirst_generation = 2\ninactive_bounds = false",
    );
    let company = line_of("far:director in:director! g3:director g2:gold g1:director a:associate none leaf")
        .buys("leaf", "100.00");
    let notes = |name: &str| company.notes(&plan, name);
    assert_eq!(notes("none"), told(Why::BelowRank, 0));
    assert_eq!(notes("a"), told(Why::BelowRank, 0));
    assert_eq!(notes("g1"), told(Why::TooNear, 1));
    assert_eq!(notes("g2"), told(Why::BelowRank, 2));
    assert_eq!(notes("g3"), [], "he earns");
    assert_eq!(notes("in"), told(Why::Inactive, 0));
    assert_eq!(notes("far"), told(Why::TooFar, 4));
    assert_eq!(notes("leaf"), [], "nobody is above himself");
    let held = line_of("up:director? g1:gold leaf").buys("leaf", "100.00");
    assert_eq!(held.notes(&plan, "up"), told(Why::Held, 2));
}

#[test]
fn a_generation_of_the_same_rank_says_why_not() {
    let plan = rule("low high", "generation", "boundary = \"same_rank\"\nrates = [\"10%\"]");
    let company = line_of("l2:low in:high! h:high l1:low none leaf").buys("leaf", "100.00");
    assert_eq!(company.notes(&plan, "none"), told(Why::BelowRank, 0));
    assert_eq!(company.notes(&plan, "l2"), told(Why::TooFar, 4));
    assert_eq!(company.notes(&plan, "in"), told(Why::TooFar, 2));
    assert_eq!(company.notes(&plan, "h"), []);
}

#[test]
fn infinity_says_why_not() {
    let plan = |pays: &str| {
        rule(
            "m one two three four",
            "infinity",
            &format!(
                "rank_rates = {{ one = \"2%\", two = \"3%\", three = \"4%\", four = \"5%\" }}\nafter_generation = 1\npays = \"{pays}\""
            ),
        )
    };
    let company =
        line_of("d:four c:three b2:two b:two a:one in:four! m:m near:one leaf").buys("leaf", "100.00");
    let notes = |pays: &str, name: &str| company.notes(&plan(pays), name);
    assert_eq!(notes("difference", "near"), told(Why::TooNear, 1));
    assert_eq!(notes("difference", "m"), told(Why::BelowRank, 1));
    assert_eq!(notes("difference", "in"), told(Why::Inactive, 1));
    assert_eq!(notes("difference", "b2"), told(Why::EndedBelow, 1));
    assert_eq!(notes("full", "b2"), told(Why::EndedBelow, 1));
    for name in ["a", "b", "c", "d"] {
        assert_eq!(notes("difference", name), [], "{name} earns");
    }
    assert_eq!(notes("full", "b"), []);
    assert_eq!(notes("full", "c"), told(Why::TooFar, 1), "2 and 3 are the top");
    assert_eq!(notes("full", "d"), told(Why::TooFar, 1));
}

#[test]
fn a_breakaway_says_why_not() {
    let keys = |generations: &str| {
        format!(
            "at_rank = \"gold\"\nmode = \"differential\"\noverride = {{ gold = \"5%\", platinum = \"7%\" }}\n{generations}"
        )
    };
    let plan = |generations: &str| rule("silver gold platinum top", "breakaway", &keys(generations));
    let company = line_of("t:top p2:platinum p1:platinum g:gold in:platinum! s:silver leaf:gold")
        .buys("leaf", "100.00");
    let no_difference = || Why::NoDifference { own: Rate::from_ppm(50_000), done: Rate::from_ppm(50_000) };
    let notes = |generations: &str, name: &str| company.notes(&plan(generations), name);
    assert_eq!(notes("", "s"), told(Why::BelowRank, 0));
    assert_eq!(notes("", "in"), told(Why::Inactive, 0));
    assert_eq!(notes("", "g"), told(no_difference(), 0));
    assert_eq!(notes("", "p1"), []);
    assert_eq!(notes("", "p2"), told(Why::TooFar, 0));
    assert_eq!(notes("", "t"), told(Why::TooFar, 0));
    let one = "generations = [\"2%\"]";
    assert_eq!(notes(one, "g"), told(no_difference(), 1));
    assert_eq!(notes(one, "p1"), [], "generation 2");
    assert_eq!(notes(one, "p2"), told(Why::TooFar, 0));
    assert_eq!(notes(one, "s"), told(Why::BelowRank, 0));
    let early = line_of("p:platinum t:top leaf:gold").buys("leaf", "100.00");
    assert_eq!(early.notes(&plan(one), "t"), told(Why::BelowRank, 0), "no rate for generation 1");
}

#[test]
fn beyond_the_leaders_passed_nobody_is_too_near() {
    let plan = rule(
        "silver gold",
        "infinity",
        "rank_rates = { silver = \"2%\", gold = \"5%\" }\nafter_generation = 1\nboundary = \"gold\"\npays = \"full\"",
    );
    let company = line_of("s2:silver s1:silver g:gold leaf").buys("leaf", "100.00");
    assert_eq!(company.notes(&plan, "g"), told(Why::TooNear, 1));
    assert_eq!(company.notes(&plan, "s1"), [], "he earns");
    assert_eq!(company.notes(&plan, "s2"), told(Why::EndedBelow, 1));
}

#[test]
fn an_override_taken_nearer_is_too_far_for_one_below_the_leaders_too() {
    let keys = "at_rank = \"gold\"\nmode = \"fixed\"\noverride = { silver = \"1%\", gold = \"2%\" }";
    let company = line_of("s:silver g:gold leaf:gold").buys("leaf", "100.00");
    assert_eq!(company.notes(&rule("silver gold", "breakaway", keys), "s"), told(Why::TooFar, 0));
}
