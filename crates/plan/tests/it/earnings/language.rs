//! Mistakes in these rules: the place, what is wrong, what would be right.

use plan::explain::Lang;
use plan::{Diagnostics, Plan, Unused};

use crate::common::HEAD;

/// What is wrong with a plan of the head and the rest; nothing if it is right.
pub(super) fn refusals(rest: &str) -> Vec<String> {
    let lines = |refused: Diagnostics| refused.to_string().lines().map(str::to_owned).collect();
    Plan::parse("x.toml", &format!("{HEAD}{rest}")).err().map_or_else(Vec::new, lines)
}

/// Line 17 is the first of the rule's own keys; 7 is that of the ranks.
const BEFORE: &str = r#"ranks = ["member", "silver", "gold", "signup"]
[[rules]]
id = "levels"
kind = "level"
base = "turnover"
rates = ["10%"]
compression = "none"
[[rules]]
id = "it"
"#;

/// Expects exactly these mistakes of a rule after a level rule.
fn told(keys: &str, expected: &[&str]) {
    assert_eq!(refusals(&format!("{BEFORE}{keys}\n")), expected, "{keys}");
}

/// Expects this mistake of a rule with one of its lines in place of another.
fn breaks(right: &str, from: &str, to: &str, expected: &str) {
    told(right, &[]);
    assert_eq!(right.matches(from).count(), 1, "{from} stands once");
    told(&right.replace(from, to), &[expected]);
}

const MATCHING: &str = "kind = \"matching\"\nof = [\"levels\"]\nrates = [\"50%\"]";

const POOL: &str = "kind = \"pool\"\nbase = \"turnover\"\npercent = \"1%\"\nshares = \"equal\"";

const ADVANCE: &str = "kind = \"rank_advance\"\nsums = { silver = \"1000.00\" }\nskipped = \"each\"";

const AWARD: &str = "kind = \"award\"\ncount = 12\nitem = { ru = \"Прибор\", en = \"A gauge\" }";

#[test]
fn keys_that_must_be_there() {
    told(
        "kind = \"matching\"",
        &[
            "x.toml:14:1: the key \"of\" is missing; add: of = [\"levels\"]",
            "x.toml:14:1: a rule needs exactly one of rates and rate_table; write: rates = [\"12%\", \"10%\"]",
        ],
    );
    told(
        "kind = \"pool\"",
        &[
            "x.toml:14:1: the key \"base\" is missing; add: base = \"turnover\"",
            "x.toml:14:1: the key \"percent\" is missing; add: percent = \"1%\"",
            "x.toml:14:1: the key \"shares\" is missing; add: shares = \"equal\"",
        ],
    );
    told(
        "kind = \"rank_advance\"",
        &[
            "x.toml:14:1: the key \"sums\" is missing; add: sums = { silver = \"1000.00\" }",
            "x.toml:14:1: the key \"skipped\" is missing; add: skipped = \"each\"",
        ],
    );
    told(
        "kind = \"award\"",
        &[
            "x.toml:14:1: the key \"count\" is missing; add: count = 12",
            "x.toml:14:1: the key \"item\" is missing; add: item = { ru = \"…\", en = \"…\" }",
        ],
    );
}

#[test]
fn a_match_names_rules_that_stand_before_it() {
    let of = |to: &str, expected: &str| breaks(MATCHING, "[\"levels\"]", to, expected);
    of("[\"levles\"]", "x.toml:17:7: no rule \"levles\" stands before this one; did you mean \"levels\"?");
    of("[\"it\"]", "x.toml:17:7: no rule \"it\" stands before this one; before it stand: \"levels\"");
    of("[\"levels\", \"levels\"]", "x.toml:17:17: the rule \"levels\" is named twice; name each rule once");
    of("[]", "x.toml:17:6: the list \"of\" is empty; write: of = [\"levels\"]");
    of("\"levels\"", "x.toml:17:6: \"of\" takes a list, and this is a string; write: [\"levels\"]");
    of("[5]", "x.toml:17:7: \"of\" takes a string, and this is a whole number; write: \"levels\"");
    let after = format!(
        "[[rules]]\nid = \"it\"\n{MATCHING}\n[[rules]]\nid = \"levels\"\nkind = \"level\"\nbase = \"turnover\"\nrates = [\"10%\"]\ncompression = \"none\"\n"
    );
    assert_eq!(
        refusals(&after),
        [
            "x.toml:10:7: no rule \"levels\" stands before this one; put the rules that are matched before this one"
        ]
    );
}

#[test]
fn a_match_is_never_paid_on_a_match_and_only_on_commissions() {
    let twice = |first: &str| {
        format!("{first}\n[[rules]]\nid = \"again\"\nkind = \"matching\"\nof = [\"it\"]\nrates = [\"10%\"]")
    };
    let help = "name rules that pay on goods: of = [\"levels\"]";
    told(
        &twice(MATCHING),
        &[&format!(
            "x.toml:22:7: \"it\" is a matching rule itself, and a match is never paid on a match; {help}"
        )],
    );
    for (first, kind) in [(ADVANCE, "rank_advance"), (AWARD, "award")] {
        told(
            &twice(first),
            &[&format!(
                "x.toml:22:7: \"it\" is of the kind {kind}: it gives no commission on goods, so there is nothing to match; {help}"
            )],
        );
    }
    let russian =
        Plan::parse("x.toml", &format!("{HEAD}{BEFORE}{}\n", twice(MATCHING))).expect_err("refused");
    assert_eq!(
        russian.lines_in(Lang::Ru),
        "x.toml:22:7: \"it\" — само matching, а матчинг с матчинга не платится никогда; назовите правила, которые платят с товаров: of = [\"levels\"]"
    );
}

#[test]
fn the_other_keys_of_a_match() {
    let with = |keys: &str, expected: &str| told(&format!("{MATCHING}\n{keys}"), &[expected]);
    with("on = \"paid\"", "x.toml:19:6: \"on\" has no value \"paid\"; there are now: \"raw\", \"capped\"");
    with(
        "skip_inactive = \"yes\"",
        "x.toml:19:17: \"skip_inactive\" takes true or false, and this is a string; write: true",
    );
    with(
        "products = { skus = [\"A\"] }",
        "x.toml:19:1: there is no key \"products\" here; the keys here are: id, kind, priority, of, rates, rate_table, on, skip_inactive",
    );
    breaks(
        MATCHING,
        "rates = [\"50%\"]",
        "rate_table = { bronze = [\"50%\"] }",
        "x.toml:18:16: the plan has no rank \"bronze\"; the ranks of the plan are: member, silver, gold, signup",
    );
}

#[test]
fn the_keys_of_a_pool() {
    breaks(
        POOL,
        "\"1%\"",
        "\"0%\"",
        "x.toml:18:11: with percent = \"0%\" the pool pays nothing; write a share above zero: percent = \"1%\"",
    );
    let shares = |to: &str, expected: &str| breaks(POOL, "\"equal\"", to, expected);
    shares("\"equals\"", "x.toml:19:10: \"shares\" has no value \"equals\"; did you mean \"equal\"?");
    shares("{}", "x.toml:19:10: the table \"shares\" is empty; write: shares = { silver = …, gold = … }");
    shares("{ gold = 0 }", "x.toml:19:19: \"gold\" cannot be 0; it is from 1 to 1000000");
    shares("{ golden = 1 }", "x.toml:19:12: the plan has no rank \"golden\"; did you mean \"gold\"?");
    let with = |keys: &str, expected: &str| told(&format!("{POOL}\n{keys}"), &[expected]);
    with("min_rank = \"golden\"", "x.toml:20:12: the plan has no rank \"golden\"; did you mean \"gold\"?");
    with("min_qualifiers = 0", "x.toml:20:18: \"min_qualifiers\" cannot be 0; it is from 1 to 1000000");
    with(
        "max_per_partner = \"0%\"",
        "x.toml:20:19: with max_per_partner = \"0%\" the pool pays nothing; write a share above zero: max_per_partner = \"1%\"",
    );
    with(
        "max_per_partner = \"0\"",
        "x.toml:20:19: \"0\" is not an amount from 0.01 to 10000000000000.00; write roubles in digits, with a point before the kopecks: \"3000.00\"",
    );
    with(
        "max_per_partner = 500",
        "x.toml:20:19: \"max_per_partner\" takes an amount as a string in roubles, and this is a whole number; write: \"500.00\"",
    );
    with(
        "unused = \"carry\"",
        "x.toml:20:10: \"unused\" has no value \"carry\"; there are now: \"company\", \"carried\"",
    );
}

#[test]
fn shares_below_the_lowest_rank_are_warned_of() {
    let table =
        POOL.replace("\"equal\"", "{ member = 1, gold = 2 }\nmin_rank = \"silver\"\nunused = \"carried\"");
    let parsed = Plan::parse("x.toml", &format!("{HEAD}{BEFORE}{table}\n")).expect("right");
    let told: Vec<String> = parsed.warnings.iter().map(|warning| warning.line_in(Lang::En)).collect();
    assert_eq!(
        told,
        [
            "x.toml:19:10: the shares of \"member\" give nothing: it is below min_rank; drop \"member\" from shares or lower min_rank"
        ]
    );
    let Some(plan::PeriodRule::Pool(pool)) = parsed.plan.rules()[1].period_rule() else { panic!("a pool") };
    assert_eq!(
        (pool.ranks.as_slice(), pool.unused),
        (&["silver", "gold", "signup"].map(str::to_owned)[..], Unused::Carried)
    );
}

#[test]
fn the_keys_of_a_rank_advance() {
    let sums = |to: &str, expected: &str| breaks(ADVANCE, "{ silver = \"1000.00\" }", to, expected);
    sums("{}", "x.toml:17:8: the table \"sums\" is empty; write: sums = { silver = …, gold = … }");
    sums("{ silvr = \"1.00\" }", "x.toml:17:10: the plan has no rank \"silvr\"; did you mean \"silver\"?");
    sums(
        "{ silver = \"0\" }",
        "x.toml:17:19: \"0\" is not an amount from 0.01 to 10000000000000.00; write roubles in digits, with a point before the kopecks: \"3000.00\"",
    );
    sums(
        "\"1.00\"",
        "x.toml:17:8: \"sums\" takes a table by rank, and this is a string; write: { silver = …, gold = … }",
    );
    breaks(
        ADVANCE,
        "\"each\"",
        "\"all\"",
        "x.toml:18:11: \"skipped\" has no value \"all\"; there are now: \"each\", \"highest\"",
    );
    let with = |keys: &str, expected: &str| told(&format!("{ADVANCE}\n{keys}"), &[expected]);
    with("hold_periods = 0", "x.toml:19:16: \"hold_periods\" cannot be 0; it is from 1 to 120");
    with(
        "products = { skus = [\"A\"] }",
        "x.toml:19:1: there is no key \"products\" here; the keys here are: id, kind, priority, sums, skipped, hold_periods",
    );
    with(
        "base = \"turnover\"",
        "x.toml:19:1: there is no key \"base\" here; the keys here are: id, kind, priority, sums, skipped, hold_periods",
    );
}

#[test]
fn the_keys_of_an_award() {
    breaks(AWARD, "12", "0", "x.toml:17:9: \"count\" cannot be 0; it is from 1 to 1000000");
    let item =
        |to: &str, expected: &str| breaks(AWARD, "{ ru = \"Прибор\", en = \"A gauge\" }", to, expected);
    item("{ ru = \"Прибор\" }", "x.toml:18:8: the key \"en\" is missing; add: en = \"…\"");
    item(
        "\"A gauge\"",
        "x.toml:18:8: \"item\" takes a table, and this is a string; write: { ru = …, en = … }",
    );
    item(
        "{ ru = \"Прибор\", en = \" \" }",
        "x.toml:18:30: the title \"en\" is empty, too long or has control characters; use 1 to 200 characters on one line",
    );
}

#[test]
fn none_of_them_pays_for_recruiting() {
    let law = "the law forbids pay for recruiting";
    for rule in [MATCHING, POOL, ADVANCE, AWARD] {
        for key in ["signups = 3", "recruits = 3", "registration = \"100.00\"", "sign_up_sum = \"100.00\""] {
            let told = refusals(&format!("{BEFORE}{rule}\n{key}\n"));
            assert!(told.len() == 1 && told[0].contains(law), "{rule} {key}: {told:?}");
        }
    }
    for (rule, from, to) in [
        (POOL, "\"equal\"", "\"recruits\""),
        (MATCHING, "[\"50%\"]", "[\"50%\"]\non = \"registrations\""),
        (ADVANCE, "silver", "signup"),
        (AWARD, "12", "12\nproducts = { categories = [\"registration\"] }"),
    ] {
        let told = refusals(&format!("{BEFORE}{}\n", rule.replace(from, to)));
        assert!(told.len() == 1 && told[0].contains(law), "{to}: {told:?}");
    }
}
