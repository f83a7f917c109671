//! What must hold within a rule and between rules.

use super::{RIGHT, breaks, refused, rule_with, warnings};

#[test]
fn unlocks_ascend_and_reach_their_levels() {
    rule_with(
        "unlock = { tiers = [{ min_active = 2, max_level = 1 }, { min_active = 1, max_level = 2 }] }",
        &[
            "x.toml:21:56: the tiers must ascend; both min_active and max_level must be greater than in the tier before",
        ],
    );
    rule_with(
        "unlock = \"one_to_two\"",
        &["x.toml:21:10: \"unlock\" has no value \"one_to_two\"; did you mean \"one_to_one\"?"],
    );
    rule_with(
        "max_scan = 1",
        &[
            "x.toml:21:12: level 2 cannot be reached: no more than 1 sponsors are looked at; max_scan is at least the number of levels: 2",
        ],
    );
    let text = |keys: &str| RIGHT.replace("\"skip_inactive\"\n", &format!("\"skip_inactive\"\n{keys}\n"));
    assert_eq!(
        warnings(&text("unlock = { tiers = [{ min_active = 2, max_level = 1 }] }")),
        [
            "x.toml:21:20: levels 2 to 2 never open; let the last tier reach max_level = 2, or drop the rates beyond"
        ]
    );
    assert_eq!(
        warnings(&text("closed_level = \"pass_up\"")),
        [
            "x.toml:21:16: closed_level changes nothing: without unlock every level is open; add unlock or drop closed_level"
        ]
    );
    assert_eq!(
        warnings(
            &text("unlock = \"one_to_one\"\nclosed_level = \"forfeit\"").replace("skip_inactive", "dynamic")
        ),
        [
            "x.toml:22:16: under compression = \"dynamic\" a closed level always goes to the next one; write closed_level = \"pass_up\" or drop it"
        ]
    );
}

#[test]
fn a_fast_start_says_when() {
    let one = "a fast_start needs exactly one of days and first_order = true; write: days = 30";
    breaks("\"level\"", "\"fast_start\"", &[&format!("x.toml:15:1: {one}")]);
    breaks("\"level\"", "\"fast_start\"\ndays = 30\nfirst_order = true", &[&format!("x.toml:18:8: {one}")]);
    breaks("\"level\"", "\"fast_start\"\nfirst_order = false", &[&format!("x.toml:18:15: {one}")]);
}

#[test]
fn a_cap_that_may_be_passed_says_who_gives_way() {
    let help = "say how to cut: mode = \"pro_rata\", \"priority\" or \"tail\"; or lower the rates";
    for mode in ["", "mode = \"stop\"\n"] {
        breaks(
            "[activity]",
            &format!("[cap]\npercent = \"20%\"\n{mode}[activity]"),
            &[&format!("x.toml:11:1: the rates come to 22%, and the cap is 20%; {help}")],
        );
        breaks(
            "[activity]",
            &format!("[cap]\npercent = \"90%\"\nof = \"margin\"\n{mode}[activity]"),
            &[&format!(
                "x.toml:11:1: the rule \"levels\" pays on \"turnover\", and nothing keeps it within 90% of \"margin\"; {help}"
            )],
        );
    }
    let capped = |percent: &str, mode: &str| {
        RIGHT.replace("[activity]", &format!("[cap]\npercent = \"{percent}\"\nmode = \"{mode}\"\n[activity]"))
    };
    assert_eq!(warnings(&capped("22%", "stop")), Vec::<String>::new(), "exactly at the cap is within it");
    assert_eq!(
        warnings(&capped("21.9999%", "tail")),
        [
            "x.toml:11:1: the cap of 21.9999% begins to cut at paid level 2, where the rates come to 22% (all 2 come to 22%); the plan works: what is above the cap is cut as mode says"
        ]
    );
    breaks(
        "[activity]",
        "[cap]\npercent = \"0%\"\nmode = \"tail\"\n[activity]",
        &["x.toml:12:11: with a cap of 0% nothing is ever paid; write a share above zero, as \"40%\""],
    );
}

#[test]
fn rules_agree_with_each_other() {
    let second = |id: &str, base: &str, rate: &str| {
        format!(
            "[[rules]]\nid = \"{id}\"\nkind = \"level\"\nbase = \"{base}\"\nrates = [\"{rate}\"]\ncompression = \"none\""
        )
    };
    rule_with(
        &second("levels", "turnover", "1%"),
        &["x.toml:22:6: two rules are named \"levels\"; give every rule a name of its own"],
    );
    rule_with(
        &second("more", "turnover", "80%"),
        &[
            "x.toml:25:9: rules that pay on the same goods come to 102% of the base \"turnover\" together; together they may be at most 100% of the base",
        ],
    );
    let cap = RIGHT.replace("[activity]", "[cap]\npercent = \"40%\"\nmode = \"tail\"\n[activity]");
    assert_eq!(
        refused(&format!("{cap}{}", second("more", "margin", "1%"))).to_string(),
        "x.toml:11:1: the rules pay on different bases, so it is not clear of what the cap is; add: of = \"turnover\""
    );
    rule_with(
        "products = {}",
        &[
            "x.toml:21:12: products names no goods; name categories or skus, or drop products to pay on all goods",
        ],
    );
}

#[test]
fn exactly_the_whole_is_within_it() {
    let one = RIGHT.replace("\"12%\", \"10%\"", "\"60%\", \"40%\"");
    assert_eq!(warnings(&one), Vec::<String>::new());
    let two = format!(
        "{RIGHT}[[rules]]\nid = \"more\"\nkind = \"level\"\nbase = \"turnover\"\nrates = [\"78%\"]\ncompression = \"none\"\n"
    );
    assert_eq!(warnings(&two), Vec::<String>::new());
}

#[test]
fn the_margin_is_at_most_the_turnover() {
    let capped = |percent: &str| {
        RIGHT
            .replace("\"turnover\"", "\"margin\"")
            .replace("[activity]", &format!("[cap]\npercent = \"{percent}\"\nof = \"turnover\"\n[activity]"))
    };
    assert_eq!(warnings(&capped("22%")), Vec::<String>::new());
    assert_eq!(
        refused(&capped("21%")).to_string(),
        "x.toml:11:1: the rates come to 22%, and the cap is 21%; say how to cut: mode = \"pro_rata\", \"priority\" or \"tail\"; or lower the rates"
    );
}

#[test]
fn both_numbers_of_the_tiers_ascend() {
    for second in
        ["min_active = 1, max_level = 2", "min_active = 2, max_level = 1", "min_active = 0, max_level = 2"]
    {
        rule_with(
            &format!("unlock = {{ tiers = [{{ min_active = 1, max_level = 1 }}, {{ {second} }}] }}"),
            &[
                "x.toml:21:56: the tiers must ascend; both min_active and max_level must be greater than in the tier before",
            ],
        );
    }
}
