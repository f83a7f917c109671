//! Rates, money, ranks and points.

use super::{RIGHT, breaks, refused, rule_with, warnings};

#[test]
fn rates_are_strings_in_percent() {
    breaks(
        "\"12%\", \"10%\"",
        "0.12, 10, 12.5",
        &[
            "x.toml:19:10: \"rates\" takes a rate as a string in percent, and this is a fraction; write: \"12%\"",
            "x.toml:19:16: \"rates\" takes a rate as a string in percent, and this is a whole number; write: \"10%\"",
            "x.toml:19:20: \"rates\" takes a rate as a string in percent, and this is a fraction; write: \"12.5%\"",
        ],
    );
    breaks(
        "\"12%\", \"10%\"",
        "\"12\", \"12,5 %\", \"101%\", \"0.00001%\"",
        &[
            "x.toml:19:10: \"12\" is not a rate; write a percentage with a point and at most four decimals: \"12%\"",
            "x.toml:19:16: \"12,5 %\" is not a rate; write a percentage with a point and at most four decimals: \"12.5%\"",
            "x.toml:19:26: the rate \"101%\" is above 100%; a rate is from \"0.0001%\" to \"100%\"",
            "x.toml:19:34: \"0.00001%\" is not a rate; write a percentage with a point and at most four decimals: \"12%\"",
        ],
    );
    breaks(
        "\"12%\", \"10%\"",
        "\"12%\", \"0%\", \"10%\"",
        &[
            "x.toml:19:17: a gap: the rate of level 2 is zero; give every level a rate above zero, or end the list earlier",
        ],
    );
    breaks(
        "\"12%\", \"10%\"",
        "",
        &["x.toml:19:9: the list \"rates\" is empty; write: rates = [\"12%\", \"10%\"]"],
    );
    breaks(
        "\"12%\", \"10%\"",
        "\"60%\", \"41%\"",
        &["x.toml:19:9: the rates of the rule come to 101%; together they may be at most 100% of the base"],
    );
    let many = vec!["\"0.1%\""; 101].join(", ");
    breaks(
        "\"12%\", \"10%\"",
        &many,
        &["x.toml:19:9: there are 101 levels, and at most 100 are allowed; shorten the list"],
    );
}

#[test]
fn money_is_a_string_in_roubles() {
    breaks(
        "\"3000.00\"",
        "3000",
        &[
            "x.toml:12:21: \"price\" takes an amount as a string in roubles, and this is a whole number; write: \"3000.00\"",
        ],
    );
    breaks(
        "\"3000.00\"",
        "\"3 000\"",
        &[
            "x.toml:12:21: \"3 000\" is not an amount from 0.01 to 10000000000000.00; write roubles in digits, with a point before the kopecks: \"3000.00\"",
        ],
    );
    breaks(
        "\"3000.00\"",
        "\"0\"",
        &[
            "x.toml:12:21: \"0\" is not an amount from 0.01 to 10000000000000.00; write roubles in digits, with a point before the kopecks: \"3000.00\"",
        ],
    );
    breaks("months = 12", "months = 0", &["x.toml:13:41: \"months\" cannot be 0; it is from 1 to 120"]);
}

#[test]
fn rates_come_in_one_form() {
    let one = "a rule needs exactly one of rates and rate_table; write: rates = [\"12%\", \"10%\"]";
    breaks("rates = [\"12%\", \"10%\"]\n", "", &[&format!("x.toml:15:1: {one}")]);
    breaks("rates =", "rate_table = { member = [\"1%\"] }\nrates =", &[&format!("x.toml:20:9: {one}")]);
    breaks(
        "rates = [\"12%\", \"10%\"]",
        "rate_table = { member = [\"1%\"], silverx = [\"2%\"] }",
        &["x.toml:19:33: the plan has no rank \"silverx\"; did you mean \"silver\"?"],
    );
    breaks(
        "rates = [\"12%\", \"10%\"]",
        "rate_table = { member = [\"60%\", \"1%\"], silver = [\"2%\", \"50%\"] }",
        &["x.toml:19:14: the rates of the rule come to 110%; together they may be at most 100% of the base"],
    );
}

#[test]
fn ranks_are_known_and_named_once() {
    breaks(
        "\"silver\"]",
        "\"member\"]",
        &["x.toml:9:20: the rank \"member\" is named twice; name each rank once, low to high"],
    );
    breaks(
        "\"skip_inactive\"",
        "\"skip_below_rank\"",
        &["x.toml:15:1: the key \"min_rank\" is missing; add: min_rank = \"silver\""],
    );
    breaks(
        "\"skip_inactive\"",
        "\"skip_below_rank\"\nmin_rank = \"platinum\"",
        &["x.toml:21:12: the plan has no rank \"platinum\"; the ranks of the plan are: member, silver"],
    );
    rule_with(
        "min_rank = \"silver\"",
        &[
            "x.toml:21:12: min_rank is for compression = \"skip_below_rank\" only; drop min_rank or change compression",
        ],
    );
    let text = RIGHT
        .replace("ranks = [\"member\", \"silver\"]\n", "")
        .replace("rates = [\"12%\", \"10%\"]", "rate_table = { gold = [\"1%\"] }");
    assert_eq!(
        refused(&text).to_string(),
        "x.toml:18:16: the plan has no rank \"gold\"; list the ranks, low to high: ranks = [\"member\", \"gold\"]"
    );
}

#[test]
fn points_have_a_value_where_they_are_a_base() {
    breaks(
        "\"turnover\"",
        "\"volume\"",
        &[
            "x.toml:18:8: a base of \"volume\" needs the value of a point; add at the head of the plan: point_value = \"1.00\"",
        ],
    );
    assert_eq!(
        warnings(&format!("point_value = \"1.00\"\n{RIGHT}")),
        ["x.toml:1:15: nothing is paid on points; drop point_value"]
    );
}
