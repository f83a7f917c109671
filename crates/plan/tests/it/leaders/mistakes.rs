//! Mistakes in the keys: each with its place, what is wrong, what would be right.

use plan::explain::Lang;
use plan::{Diagnostic, Plan, Severity};

use crate::common::HEAD;

/// What is found in a rule that stands below a level rule and a personal one, at line 19.
fn found(kind: &str, keys: &str) -> Vec<Diagnostic> {
    let text = format!(
        "{HEAD}ranks = [\"silver\", \"gold\"]
[[rules]]
id = \"levels\"
kind = \"level\"
base = \"turnover\"
rates = [\"10%\"]
compression = \"none\"
[[rules]]
id = \"own\"
kind = \"personal\"
base = \"turnover\"
bands = [{{ from = \"0\", rate = \"1%\" }}]
[[rules]]
id = \"rule\"
kind = \"{kind}\"
base = \"turnover\"
{keys}
"
    );
    match Plan::parse("x", &text) {
        Ok(parsed) => parsed.warnings,
        Err(mistakes) => mistakes.as_slice().to_vec(),
    }
}

fn check(kind: &str, keys: &str, expected: &[&str]) {
    let told: Vec<String> = found(kind, keys).iter().map(|one| one.line_in(Lang::En)).collect();
    assert_eq!(told, expected, "{keys}");
}

/// The one finding in Russian.
fn check_in_russian(kind: &str, keys: &str, severity: Severity, expected: &str) {
    let found = found(kind, keys);
    let [one] = found.as_slice() else { panic!("one finding: {found:?}") };
    assert_eq!((one.severity, one.line_in(Lang::Ru).as_str()), (severity, expected));
}

#[test]
fn a_generation_needs_rates_and_a_boundary_that_is_a_rank() {
    let with =
        |keys: &str, expected: &str| check("generation", &format!("rates = [\"10%\"]\n{keys}"), &[expected]);
    with("", "x:19:1: the key \"boundary\" is missing; add: boundary = \"same_rank\"");
    with("boundary = \"golf\"", "x:24:12: the plan has no rank \"golf\"; did you mean \"gold\"?");
    with(
        "boundary = 3",
        "x:24:12: \"boundary\" takes a string, and this is a whole number; write: \"same_rank\"",
    );
    check(
        "generation",
        "boundary = \"gold\"",
        &["x:19:1: a rule needs exactly one of rates and rate_table; write: rates = [\"12%\", \"10%\"]"],
    );
    let gold = |keys: &str, expected: &str| with(&format!("boundary = \"gold\"\n{keys}"), expected);
    gold("first_generation = 0", "x:25:20: \"first_generation\" cannot be 0; it is from 1 to 100");
    gold(
        "inactive_bounds = \"no\"",
        "x:25:19: \"inactive_bounds\" takes true or false, and this is a string; write: true",
    );
    gold(
        "inactive_bounds = false\nempty_generation_counts = 1",
        "x:26:27: \"empty_generation_counts\" takes true or false, and this is a whole number; write: true",
    );
    gold(
        "pays = \"full\"",
        "x:25:1: there is no key \"pays\" here; the keys here are: id, kind, base, cap, products, priority, rates, rate_table, first_generation, boundary, empty_generation_counts, inactive_bounds",
    );
}

#[test]
fn the_same_rank_needs_ranks_and_rates_that_all_of_them_may_take_together() {
    let rule = "[[rules]]\nid = \"rule\"\nkind = \"generation\"\nbase = \"turnover\"\nrates = [\"10%\"]\nboundary = \"same_rank\"\n";
    let refused = Plan::parse("x", &format!("{HEAD}{rule}")).expect_err("no ranks");
    assert_eq!(
        [refused.lines_in(Lang::Ru), refused.lines_in(Lang::En)],
        [
            "x:12:12: boundary = \"same_rank\" сравнивает ранги, а в плане их нет; перечислите ранги от низшего к высшему: ranks = [\"member\", \"silver\"]",
            "x:12:12: boundary = \"same_rank\" compares ranks, and the plan has none; list the ranks, low to high: ranks = [\"member\", \"silver\"]",
        ]
    );
    check(
        "generation",
        "rates = [\"60%\"]\nboundary = \"same_rank\"",
        &[
            "x:23:9: rules that pay on the same goods come to 131% of the base \"turnover\" together; together they may be at most 100% of the base",
        ],
    );
}

#[test]
fn what_changes_nothing_is_warned_of() {
    check_in_russian(
        "generation",
        "rates = [\"10%\"]\nboundary = \"gold\"\nempty_generation_counts = true",
        Severity::Warning,
        "x:25:27: без inactive_bounds = false неактивный лидер всегда занимает своё поколение; добавьте inactive_bounds = false или уберите empty_generation_counts",
    );
    check_in_russian(
        "infinity",
        "rank_rates = { gold = \"5%\" }\npays = \"full\"\nboundary = \"silver\"",
        Severity::Warning,
        "x:25:12: boundary говорит, кого пропускает after_generation, а он не пропускает никого; добавьте after_generation = 1 или уберите boundary",
    );
}

#[test]
fn infinity_needs_rates_by_rank_and_what_it_pays() {
    check(
        "infinity",
        "pays = \"full\"",
        &["x:19:1: the key \"rank_rates\" is missing; add: rank_rates = { silver = \"5%\", gold = \"7%\" }"],
    );
    check(
        "infinity",
        "rank_rates = { gold = \"5%\" }",
        &["x:19:1: the key \"pays\" is missing; add: pays = \"difference\""],
    );
    let rates = |rates: &str, expected: &str| {
        check("infinity", &format!("rank_rates = {rates}\npays = \"full\""), &[expected]);
    };
    rates("{ golf = \"5%\" }", "x:23:16: the plan has no rank \"golf\"; did you mean \"gold\"?");
    rates(
        "{ gold = \"0%\" }",
        "x:23:23: the rate \"gold\" is zero; drop it, or write one above zero: \"1%\"",
    );
    rates("{}", "x:23:14: the table \"rank_rates\" is empty; write: rank_rates = { silver = …, gold = … }");
    rates(
        "[\"5%\"]",
        "x:23:14: \"rank_rates\" takes a table by rank, and this is a list; write: { silver = …, gold = … }",
    );
    let gold = |keys: &str, expected: &str| {
        check("infinity", &format!("rank_rates = {{ gold = \"5%\" }}\n{keys}"), &[expected]);
    };
    gold(
        "pays = \"half\"",
        "x:24:8: \"pays\" has no value \"half\"; there are now: \"difference\", \"full\"",
    );
    gold(
        "pays = \"full\"\nafter_generation = 101",
        "x:25:20: \"after_generation\" cannot be 101; it is from 0 to 100",
    );
    gold(
        "pays = \"full\"\nafter_generation = 1\nboundary = \"bold\"",
        "x:26:12: the plan has no rank \"bold\"; did you mean \"gold\"?",
    );
}

#[test]
fn a_breakaway_needs_a_rank_rates_and_a_mode() {
    check(
        "breakaway",
        "",
        &[
            "x:19:1: the key \"at_rank\" is missing; add: at_rank = \"gold\"",
            "x:19:1: the key \"override\" is missing; add: override = { silver = \"5%\", gold = \"7%\" }",
            "x:19:1: the key \"mode\" is missing; add: mode = \"differential\"",
        ],
    );
    check(
        "breakaway",
        "at_rank = \"bronze\"\nmode = \"fix\"\noverride = { gold = 5 }",
        &[
            "x:23:11: the plan has no rank \"bronze\"; the ranks of the plan are: silver, gold",
            "x:24:8: \"mode\" has no value \"fix\"; there are now: \"differential\", \"fixed\"",
            "x:25:21: \"gold\" takes a rate as a string in percent, and this is a whole number; write: \"5%\"",
        ],
    );
}

const FIXED: &str = "at_rank = \"gold\"\nmode = \"fixed\"\noverride = { gold = \"5%\" }\n";

#[test]
fn the_other_keys_of_a_breakaway_are_checked() {
    let fixed = |keys: &str, expected: &str| check("breakaway", &format!("{FIXED}{keys}"), &[expected]);
    fixed(
        "generations = []",
        "x:26:15: the list \"generations\" is empty; write: generations = [\"3%\", \"2%\"]",
    );
    fixed(
        "generations = [\"3%\", \"0%\"]",
        "x:26:22: the rate \"generations\" is zero; drop it, or write one above zero: \"1%\"",
    );
    fixed("of = \"levels\"", "x:26:6: \"of\" takes a list, and this is a string; write: [\"levels\"]");
    fixed(
        "of = [\"levels\", \"own\"]",
        "x:26:17: no rule \"own\" of the kind level stands above; the level rules above are: levels",
    );
    fixed(
        "exclude_group = 1",
        "x:26:17: \"exclude_group\" takes true or false, and this is a whole number; write: true",
    );
    fixed(
        "min_override = \"1%\"",
        "x:26:16: min_override is for mode = \"differential\" only; drop min_override or change mode",
    );
    let hundred_and_one = vec!["\"0.1%\""; 101].join(", ");
    fixed(
        &format!("generations = [{hundred_and_one}]"),
        "x:26:15: there are 101 generations, and at most 100 are allowed; shorten the list",
    );
    check(
        "breakaway",
        &format!("{FIXED}of = [\"levels\"]\ngenerations = [\"3%\"]\nexclude_group = false"),
        &[
            "x:28:17: exclude_group decides what counts in group_volume, which nothing in the plan asks for; give a rank the condition group_volume, or drop exclude_group",
        ],
    );
}

#[test]
fn a_breakaway_is_told_in_russian_too() {
    let error = |keys: &str, expected: &str| {
        check_in_russian("breakaway", &format!("{FIXED}{keys}"), Severity::Error, expected);
    };
    error("of = [\"levelz\"]", "x:26:7: выше нет правила \"levelz\" вида level; правила level выше: levels");
    error(
        "min_override = \"1%\"",
        "x:26:16: min_override нужен только при mode = \"differential\"; уберите min_override или смените mode",
    );
    error(
        "generations = [\"0%\"]",
        "x:26:16: ставка \"generations\" равна нулю; уберите её или напишите больше нуля: \"1%\"",
    );
}
