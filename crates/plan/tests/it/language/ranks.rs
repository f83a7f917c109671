//! Ranks with conditions, and the roll-up: what is wrong and what would be right.

use domain::catalog::Volume;
use plan::explain::Lang;
use plan::{Conditions, Legs, LegsOf, Measure, People};

use super::{RIGHT, breaks, refused, warnings};

const NAMES: &str = "ranks = [\"member\", \"silver\"]\n";

/// Puts other ranks, which begin in line 9, in place of the names.
fn ranks(ranks: &str, expected: &[&str]) {
    breaks(NAMES, &format!("{ranks}\n"), expected);
}

/// The conditions of the one rank; they stand after its name in line 9.
fn terms(keys: &str, expected: &[&str]) {
    ranks(&format!("ranks = [{{ name = \"member\", {keys} }}]"), expected);
}

#[test]
fn every_key_of_a_rank_is_read() {
    let tables = r#"
[[ranks]]
name = "member"
active = true

[[ranks]]
name = "silver"
personal_volume = "1"
unrolled_volume = "2"
customer_volume = "3.50"
frontline_volume = "4"
group_volume = "5"
max_leg_share = "50%"
legs = ["24000", "18000", "9000"]
legs_of = "mixed"
people = [{ rank = "member", count = 3, within = 2, separate_legs = true }, { rank = "gold", count = 1 }]
tenure_months = 6
active = true
keep = { group_volume = "3", tenure_months = 7 }

[[ranks]]
name = "gold"
staff_only = true
"#;
    let text = RIGHT.replace(NAMES, "qualify_by = \"turnover\"\nroll_up = { below = \"50\" }\n") + tables;
    assert_eq!(warnings(&text), Vec::<String>::new());
    let plan = plan::Plan::parse("x.toml", &text).expect("right").plan;
    assert_eq!(plan.roll_up(), Some(Volume(50_00)));
    assert_eq!(plan.qualify_by(), plan::Base::Turnover);
    let [member, silver, gold] = plan.ranks() else { panic!("three") };
    let conditions = |active| Conditions { active, ..Conditions::default() };
    assert_eq!((&member.reach, &member.keep), (&Some(conditions(true)), &None));
    assert_eq!((gold.name.as_str(), &gold.reach, &gold.keep), ("gold", &None, &None));
    let silver_reach = Conditions {
        least: vec![
            (Measure::Personal, Volume(1_00)),
            (Measure::Unrolled, Volume(2_00)),
            (Measure::Customers, Volume(3_50)),
            (Measure::Frontline, Volume(4_00)),
            (Measure::Group, Volume(5_00)),
        ],
        max_leg_share: Some(domain::money::Rate::from_ppm(500_000)),
        legs: Some(Legs {
            least: vec![Volume(24_000_00), Volume(18_000_00), Volume(9_000_00)],
            of: LegsOf::Mixed,
        }),
        people: vec![
            People { rank: 0, count: 3, within: Some(2), separate_legs: true },
            People { rank: 2, count: 1, within: None, separate_legs: false },
        ],
        tenure_months: Some(6),
        active: true,
    };
    assert_eq!(silver.reach.as_ref(), Some(&silver_reach));
    let keep = Conditions {
        least: vec![(Measure::Group, Volume(3_00))],
        tenure_months: Some(7),
        ..Conditions::default()
    };
    assert_eq!(silver.keep.as_ref(), Some(&keep));
}

#[test]
fn a_rank_has_a_name_of_its_own_and_known_keys() {
    ranks(
        "ranks = [{ active = true }]",
        &["x.toml:9:10: the key \"name\" is missing; add: name = \"silver\""],
    );
    ranks(
        "ranks = [{ name = \"member\" }, { name = \"member\" }]",
        &["x.toml:9:40: the rank \"member\" is named twice; name each rank once, low to high"],
    );
    ranks(
        "ranks = [{ name = \"Member\" }]",
        &[
            "x.toml:9:19: \"name\" has a name that is not allowed: \"Member\"; use 1 to 64 of a-z, 0-9, '-', '_', as \"silver\"",
        ],
    );
    terms(
        "personal_volum = \"1\"",
        &["x.toml:9:29: there is no key \"personal_volum\" here; did you mean \"personal_volume\"?"],
    );
    terms(
        "keep = { name = \"x\" }",
        &[
            "x.toml:9:38: there is no key \"name\" here; the keys here are: personal_volume, unrolled_volume, customer_volume, frontline_volume, group_volume, max_leg_share, legs, legs_of, people, tenure_months, active",
        ],
    );
}

#[test]
fn names_and_tables_do_not_mix() {
    let shown = refused(&RIGHT.replace(NAMES, "ranks = [\"member\", { name = \"silver\" }]\n")).to_string();
    assert!(shown.starts_with("x.toml:9:10: \"ranks\" takes a table, and this is a string"), "{shown}");
}

#[test]
fn there_are_at_most_a_hundred_ranks() {
    let names: Vec<String> = (0..101).map(|place| format!("\"r{place}\"")).collect();
    ranks(
        &format!("ranks = [{}]", names.join(", ")),
        &["x.toml:9:9: there are more than 100 ranks; shorten the list"],
    );
    let hundred = format!("ranks = [{}]\n", names[..100].join(", "));
    assert_eq!(warnings(&RIGHT.replace(NAMES, &hundred)), Vec::<String>::new());
}

#[test]
fn thresholds_are_volumes_above_zero() {
    for key in ["personal_volume", "unrolled_volume", "customer_volume", "frontline_volume", "group_volume"] {
        let column = 29 + key.len() + 3;
        terms(
            &format!("{key} = \"0\""),
            &[&format!("x.toml:9:{column}: \"{key}\" always holds; ask for more than zero, or drop the key")],
        );
        terms(
            &format!("{key} = \"-1\""),
            &[&format!(
                "x.toml:9:{column}: \"-1\" is not a volume; write zero or more in digits with at most two decimals: \"100\" or \"99.50\""
            )],
        );
        terms(
            &format!("{key} = 1"),
            &[&format!(
                "x.toml:9:{column}: \"{key}\" takes a string, and this is a whole number; write: \"1\""
            )],
        );
    }
}

#[test]
fn a_share_of_a_leg_is_of_a_group_volume_and_above_zero() {
    terms(
        "max_leg_share = \"50%\"",
        &[
            "x.toml:9:45: max_leg_share limits one leg in group_volume, which is not there; add: group_volume = \"10000\"",
        ],
    );
    terms(
        "group_volume = \"1\", max_leg_share = \"0%\"",
        &[
            "x.toml:9:65: no leg counts at all; use a share above zero, as \"50%\"; without legs ask for personal_volume",
        ],
    );
    terms(
        "group_volume = \"1\", max_leg_share = \"101%\"",
        &["x.toml:9:65: the rate \"101%\" is above 100%; a rate is from \"0.0001%\" to \"100%\""],
    );
}

#[test]
fn legs_are_one_to_three() {
    let help = "legs are one to three volumes: of the largest leg, of the second, of all others together; the second is never above the first; write: legs = [\"24000\", \"18000\", \"9000\"]";
    for legs in ["[\"4\", \"3\", \"2\", \"1\"]", "[\"1\", \"2\"]"] {
        terms(&format!("legs = {legs}"), &[&format!("x.toml:9:36: {help}")]);
    }
    terms(
        "legs = [\"1\", \"0\"]",
        &["x.toml:9:42: \"legs\" always holds; ask for more than zero, or drop the key"],
    );
    terms(
        "legs = [\"1\"], legs_of = \"rolledx\"",
        &["x.toml:9:53: \"legs_of\" has no value \"rolledx\"; did you mean \"rolled\"?"],
    );
    terms(
        "legs_of = \"rolled\"",
        &["x.toml:9:39: legs_of means nothing without legs; add: legs = [\"24000\", \"18000\", \"9000\"]"],
    );
    terms(
        "legs = []",
        &["x.toml:9:36: the list \"legs\" is empty; write: legs = [\"24000\", \"18000\", \"9000\"]"],
    );
}

#[test]
fn people_are_of_a_known_rank_and_at_least_one() {
    terms(
        "people = [{ rank = \"membr\", count = 1 }]",
        &["x.toml:9:48: the plan has no rank \"membr\"; did you mean \"member\"?"],
    );
    terms("people = [{ rank = \"member\" }]", &["x.toml:9:39: the key \"count\" is missing; add: count = 3"]);
    terms("people = [{ count = 1 }]", &["x.toml:9:39: the key \"rank\" is missing; add: rank = \"silver\""]);
    terms(
        "people = [{ rank = \"member\", count = 0 }]",
        &["x.toml:9:66: \"count\" cannot be 0; it is from 1 to 1000000"],
    );
    for within in [0, 101] {
        terms(
            &format!("people = [{{ rank = \"member\", count = 1, within = {within} }}]"),
            &[&format!("x.toml:9:78: \"within\" cannot be {within}; it is from 1 to 100")],
        );
    }
    terms(
        "people = [{ rank = \"member\", count = 1, separate_legs = 1 }]",
        &["x.toml:9:85: \"separate_legs\" takes true or false, and this is a whole number; write: true"],
    );
}

#[test]
fn one_rank_asks_for_at_most_eight_kinds_of_people() {
    let people = |kinds| vec!["{ rank = \"member\", count = 1 }"; kinds].join(", ");
    terms(
        &format!("people = [{}]", people(9)),
        &["x.toml:9:38: there are more than 8 conditions in people; shorten the list"],
    );
    let eight = format!("ranks = [{{ name = \"member\", people = [{}] }}]\n", people(8));
    assert_eq!(warnings(&RIGHT.replace(NAMES, &eight)), Vec::<String>::new());
}

#[test]
fn months_and_activity_are_what_they_are() {
    for months in [0, 1201] {
        terms(
            &format!("tenure_months = {months}"),
            &[&format!("x.toml:9:45: \"tenure_months\" cannot be {months}; it is from 1 to 1200")],
        );
    }
    terms(
        "active = 1",
        &["x.toml:9:38: \"active\" takes true or false, and this is a whole number; write: true"],
    );
}

#[test]
fn what_only_staff_give_has_no_conditions() {
    terms(
        "staff_only = true, active = true",
        &[
            "x.toml:9:57: only staff give this rank (staff_only), so \"active\" changes nothing; drop active or staff_only",
        ],
    );
    terms(
        "staff_only = true, keep = {}",
        &[
            "x.toml:9:55: only staff give this rank (staff_only), so \"keep\" changes nothing; drop keep or staff_only",
        ],
    );
}

#[test]
fn a_rank_that_everybody_has_is_told_where_it_hides_others() {
    let with = |ranks: &str| warnings(&RIGHT.replace(NAMES, &format!("{ranks}\n")));
    assert_eq!(
        with("ranks = [{ name = \"low\", active = true }, { name = \"high\" }]"),
        [
            "x.toml:9:43: everybody has this rank, so nobody will be paid as one below it; give it a condition, or write: staff_only = true"
        ]
    );
    assert_eq!(
        with("ranks = [{ name = \"low\" }, { name = \"high\", active = true }]"),
        Vec::<String>::new()
    );
}

#[test]
fn a_roll_up_says_below_what() {
    let with = |roll_up: &str, expected: &[&str]| ranks(&format!("roll_up = {roll_up}"), expected);
    with("{}", &["x.toml:9:11: the key \"below\" is missing; add: below = \"50\""]);
    with(
        "{ below = \"0\" }",
        &["x.toml:9:21: \"below\" always holds; ask for more than zero, or drop the key"],
    );
    with(
        "{ below = \"1\", above = \"2\" }",
        &["x.toml:9:26: there is no key \"above\" here; the keys here are: below"],
    );
}

#[test]
fn mistakes_are_told_in_russian() {
    let told = |keys: &str| {
        let ranks = format!("ranks = [{{ name = \"member\", {keys} }}]\n");
        let diagnostics = refused(&RIGHT.replace(NAMES, &ranks));
        diagnostics.as_slice().iter().map(|one| one.line_in(Lang::Ru)).collect::<Vec<_>>()
    };
    assert_eq!(
        told("max_leg_share = \"50%\""),
        [
            "x.toml:9:45: max_leg_share ограничивает одну ветку в group_volume, а его здесь нет; добавьте: group_volume = \"10000\""
        ]
    );
    assert_eq!(
        told("legs = [\"1\", \"2\"]"),
        [
            "x.toml:9:36: legs: от одного до трёх объёмов: самой большой ветки, второй, всех остальных вместе; вторая не больше первой; напишите: legs = [\"24000\", \"18000\", \"9000\"]"
        ]
    );
}
