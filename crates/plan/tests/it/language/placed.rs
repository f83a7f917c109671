//! The keys of `binary` and `matrix`, and what a binary means for a cap.

use domain::money::Rate;
use plan::close::Fill;
use plan::{Plan, check};

use super::{RIGHT, refused, warnings};

/// The right plan with another rule in place of its own; the rule begins at line 15.
fn with(rule: &str) -> String {
    let (head, _) = RIGHT.split_once("[[rules]]").expect("a rule");
    format!("{head}[[rules]]\nid = \"placed\"\nbase = \"turnover\"\n{rule}\n")
}

const BINARY: &str = "kind = \"binary\"\npercent = \"10%\"\nafter_match = \"net_off\"";
const MATRIX: &str =
    "kind = \"matrix\"\nwidth = 3\nheight = 7\nrates = [\"5%\", \"4%\"]\ncompression = \"none\"";

/// The mistakes of a rule in which one text stands in place of another.
fn mistakes(rule: &str, from: &str, to: &str) -> Vec<String> {
    assert_eq!(rule.matches(from).count(), 1, "{from} stands once");
    refused(&with(&rule.replace(from, to))).to_string().lines().map(str::to_owned).collect()
}

/// The mistakes of a rule with a key added at line 21 (binary) or 23 (matrix).
fn adding(rule: &str, key: &str) -> Vec<String> {
    refused(&with(&format!("{rule}\n{key}"))).to_string().lines().map(str::to_owned).collect()
}

#[test]
fn the_right_rules_are_right() {
    assert_eq!(warnings(&with(BINARY)), Vec::<String>::new());
    assert_eq!(warnings(&with(MATRIX)), Vec::<String>::new());
    let full = "ratio = \"100:1\"\ncarry_cap = \"100000.00\"\nperiod_cap = \"5000.00\"\nbalance = \"weaker_leg\"\nfill = \"depth_first\"";
    assert_eq!(warnings(&with(&format!("{BINARY}\n{full}"))), Vec::<String>::new());
}

#[test]
fn a_binary_says_what_it_pays() {
    let one =
        "a binary needs exactly one of the two: percent, or unit and sum together; write: percent = \"10%\"";
    assert_eq!(mistakes(BINARY, "percent = \"10%\"\n", ""), [format!("x.toml:15:1: {one}")]);
    assert_eq!(adding(BINARY, "unit = \"100\""), [format!("x.toml:19:11: {one}")]);
    assert_eq!(adding(BINARY, "sum = \"5\""), [format!("x.toml:19:11: {one}")]);
    let percent = "percent = \"10%\"";
    assert_eq!(
        mistakes(BINARY, percent, "percent = \"0%\""),
        ["x.toml:19:11: with a percent of 0% nothing is ever paid; write a share above zero, as \"10%\""]
    );
    assert_eq!(
        mistakes(BINARY, percent, "percent = 10"),
        [
            "x.toml:19:11: \"percent\" takes a rate as a string in percent, and this is a whole number; write: \"10%\""
        ]
    );
    assert_eq!(
        mistakes(BINARY, percent, "unit = \"100\""),
        ["x.toml:15:1: the key \"sum\" is missing; add: sum = \"50.00\""]
    );
    assert_eq!(
        mistakes(BINARY, percent, "sum = \"100\""),
        ["x.toml:15:1: the key \"unit\" is missing; add: unit = \"1000.00\""]
    );
    assert_eq!(
        mistakes(BINARY, percent, "unit = \"100\"\nsum = \"100.01\""),
        ["x.toml:20:7: a unit of 100.00 pays more than itself: 100.01; sum is at most unit: \"100.00\""]
    );
    assert_eq!(
        warnings(&with(&BINARY.replace(percent, "unit = \"100\"\nsum = \"100\""))),
        Vec::<String>::new()
    );
}

#[test]
fn a_binary_says_what_is_left() {
    let after = "after_match = \"net_off\"";
    assert_eq!(
        mistakes(BINARY, after, ""),
        ["x.toml:15:1: the key \"after_match\" is missing; add: after_match = \"carry_forward\""]
    );
    assert_eq!(
        mistakes(BINARY, after, "after_match = \"net_of\""),
        ["x.toml:20:15: \"after_match\" has no value \"net_of\"; did you mean \"net_off\"?"]
    );
    assert_eq!(
        mistakes(BINARY, after, "after_match = \"full_flush\"\ncarry_cap = \"100\""),
        [
            "x.toml:21:13: with after_match = \"full_flush\" nothing is carried, so carry_cap limits nothing; drop carry_cap or change after_match"
        ]
    );
}

#[test]
fn sums_of_a_binary_are_sums() {
    for key in ["carry_cap", "period_cap"] {
        for (value, shown) in [("0", "0"), ("-5", "-5"), ("1000000000.01", "1000000000.01"), ("x", "x")] {
            assert_eq!(
                adding(BINARY, &format!("{key} = \"{value}\"")),
                [format!(
                    "x.toml:21:{}: \"{shown}\" is not an amount from 0.01 to 1000000000.00; write roubles in digits, with a point before the kopecks: \"3000.00\"",
                    key.len() + 4
                )]
            );
        }
    }
}

#[test]
fn a_ratio_is_two_whole_numbers() {
    for ratio in ["2", "0:1", "1:101", "1:2:3", "1:", "+1:2", "0001:2", "1 : 2", "1,5:2"] {
        assert_eq!(
            adding(BINARY, &format!("ratio = \"{ratio}\"")),
            [format!(
                "x.toml:21:9: \"{ratio}\" is not a ratio of two legs; write two whole numbers from 1 to 100 with a colon between: \"1:2\""
            )]
        );
    }
}

#[test]
fn an_imbalance_counts_for_a_percent_of_equal_legs() {
    let refusal = "balance = \"volume_ratio\" is for percent and ratio = \"1:1\" only; drop balance, or pay a percent at ratio = \"1:1\"";
    assert_eq!(
        adding(BINARY, "balance = \"volume_ratio\"\nratio = \"1:2\""),
        [format!("x.toml:21:11: {refusal}")]
    );
    let units = BINARY.replace("percent = \"10%\"", "unit = \"100\"\nsum = \"5\"");
    assert_eq!(adding(&units, "balance = \"volume_ratio\""), [format!("x.toml:22:11: {refusal}")]);
    for right in ["balance = \"volume_ratio\"", "balance = \"volume_ratio\"\nratio = \"2:2\""] {
        assert_eq!(warnings(&with(&format!("{BINARY}\n{right}"))), Vec::<String>::new());
    }
    assert_eq!(
        adding(BINARY, "balance = \"ratio\""),
        ["x.toml:21:11: \"balance\" has no value \"ratio\"; there are now: \"weaker_leg\", \"volume_ratio\""]
    );
    assert_eq!(adding(BINARY, "fill = \"breadth\"").len(), 1);
}

#[test]
fn a_binary_has_no_walk() {
    assert_eq!(
        adding(BINARY, "compression = \"none\""),
        [
            "x.toml:21:1: there is no key \"compression\" here; the keys here are: id, kind, base, cap, products, priority, percent, unit, sum, after_match, carry_cap, period_cap, ratio, balance, fill"
        ]
    );
}

#[test]
fn a_matrix_says_how_wide_and_how_high_it_is() {
    assert_eq!(
        mistakes(MATRIX, "width = 3\nheight = 7\n", ""),
        [
            "x.toml:15:1: the key \"width\" is missing; add: width = 3",
            "x.toml:15:1: the key \"height\" is missing; add: height = 7"
        ]
    );
    for (width, right) in [("1", false), ("2", true), ("100", true), ("101", false)] {
        let text = with(&MATRIX.replace("width = 3", &format!("width = {width}")));
        assert_eq!(Plan::parse("x.toml", &text).is_ok(), right, "{width}");
    }
    assert_eq!(
        mistakes(MATRIX, "width = 3", "width = 1"),
        ["x.toml:19:9: \"width\" cannot be 1; it is from 2 to 100"]
    );
    assert_eq!(
        mistakes(MATRIX, "height = 7", "height = 0"),
        ["x.toml:20:10: \"height\" cannot be 0; it is from 1 to 100"]
    );
    assert_eq!(
        mistakes(MATRIX, "height = 7", "height = 1"),
        [
            "x.toml:20:10: level 2 cannot be reached: the matrix is 1 high; height is at least the number of levels: 2"
        ]
    );
    assert_eq!(warnings(&with(&MATRIX.replace("height = 7", "height = 2"))), Vec::<String>::new());
    assert_eq!(
        adding(MATRIX, "fill = \"depth\""),
        ["x.toml:23:8: \"fill\" has no value \"depth\"; there are now: \"breadth_first\", \"depth_first\""]
    );
    for key in ["max_scan = 7", "pay_self = true"] {
        assert!(adding(MATRIX, key)[0].starts_with("x.toml:23:1: there is no key"), "{key}");
    }
    assert_eq!(
        mistakes(MATRIX, "compression = \"none\"", ""),
        ["x.toml:15:1: the key \"compression\" is missing; add: compression = \"skip_inactive\""]
    );
}

#[test]
fn terms_are_read_as_written() {
    let parsed = |rule: &str| Plan::parse("x.toml", &with(rule)).expect("right").plan;
    let read = parsed(&format!("{MATRIX}\nfill = \"depth_first\""));
    let plan::PeriodRule::Matrix(matrix) = read.rules()[0].period_rule().expect("at the close") else {
        panic!("a matrix")
    };
    assert_eq!((matrix.width, matrix.height, matrix.fill), (3, 7, Fill::DepthFirst));
    assert_eq!(matrix.climb.max_scan, Some(7));
    let read = parsed(&format!("{BINARY}\nratio = \"3:2\""));
    let plan::PeriodRule::Binary(binary) = read.rules()[0].period_rule().expect("at the close") else {
        panic!("a binary")
    };
    assert_eq!((binary.ratio, binary.fill), ((2, 3), Fill::BreadthFirst));
}

/// The plan of a rule with a cap of 40 % and this mode.
fn capped(rule: &str, mode: &str) -> String {
    with(rule).replace("[activity]", &format!("[cap]\npercent = \"40%\"\n{mode}[activity]"))
}

#[test]
fn no_promise_of_a_cap_holds_over_a_binary() {
    for mode in ["", "mode = \"stop\"\n"] {
        assert_eq!(
            refused(&capped(BINARY, mode)).to_string(),
            "x.toml:11:1: the rule \"placed\" of kind binary pays the same volume to everyone above it, so no rate keeps it within 40%; say how to cut: mode = \"pro_rata\", \"priority\" or \"tail\""
        );
        assert_eq!(warnings(&capped(MATRIX, mode)), Vec::<String>::new(), "a matrix keeps within its rates");
    }
    for mode in ["pro_rata", "tail"] {
        assert_eq!(warnings(&capped(BINARY, &format!("mode = \"{mode}\"\n"))), Vec::<String>::new());
    }
}

#[test]
fn the_whole_of_the_base_does_not_bound_a_binary() {
    let levels = "[[rules]]\nid = \"levels\"\nkind = \"level\"\nbase = \"turnover\"\nrates = [\"99%\"]\ncompression = \"none\"\n";
    assert_eq!(warnings(&format!("{}{levels}", with(BINARY))), Vec::<String>::new());
    let both = refused(&format!("{}{levels}", with(MATRIX))).to_string();
    assert!(both.contains("come to 108% of the base"), "{both}");
}

/// Rates, what is paid, whether the cap cuts, whether nothing but it bounds.
fn worst(text: &str) -> Vec<(String, String, bool, bool)> {
    let plan = Plan::parse("x.toml", text).expect("right").plan;
    let row = |case: check::WorstCase| {
        (case.raw_of_turnover.to_string(), case.paid_of_turnover.to_string(), case.bites, case.unbounded)
    };
    check::worst_case(&plan, Rate::from_ppm(500_000)).into_iter().map(row).collect()
}

#[test]
fn a_binary_is_counted_for_one_position_and_bounded_by_the_cap_only() {
    let row = |raw: &str, paid: &str, bites, unbounded| (raw.to_owned(), paid.to_owned(), bites, unbounded);
    assert_eq!(worst(&with(BINARY)), [row("5%", "5%", false, true)]);
    assert_eq!(worst(&with(&format!("{BINARY}\nratio = \"2:1\""))), [row("3.3334%", "3.3334%", false, true)]);
    assert_eq!(worst(&with(&format!("{BINARY}\nratio = \"2:3\""))), [row("4%", "4%", false, true)]);
    let units = BINARY.replace("percent = \"10%\"", "unit = \"1000\"\nsum = \"50\"");
    assert_eq!(worst(&with(&units)), [row("2.5%", "2.5%", false, true)]);
    assert_eq!(
        worst(&capped(BINARY, "scope = \"period\"\nmode = \"pro_rata\"\n")),
        [row("5%", "40%", true, true)]
    );
    // A cap of orders does not hold what is decided at the close.
    assert_eq!(worst(&capped(BINARY, "mode = \"pro_rata\"\n")), [row("5%", "5%", false, true)]);
    assert_eq!(worst(&with(MATRIX)), [row("5%", "5%", false, false), row("9%", "9%", false, false)]);
}
