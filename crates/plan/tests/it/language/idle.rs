//! Settings that change nothing, and ranks that nobody can be paid as: told with place, reason and cure.

use plan::Plan;
use plan::explain::Lang;

use super::{RIGHT, all_warnings, refused};
use crate::common::HEAD;

/// The head with fees, so that people can be active.
fn told(rest: &str) -> Vec<String> {
    all_warnings(&format!("{HEAD}{rest}"))
}

const FEES: &str = "[activity]\nannual = { price = \"1.00\", months = 12 }\n";
const LEVELS: &str = "[[rules]]\nid = \"levels\"\nkind = \"level\"\nbase = \"turnover\"\nrates = [\"10%\"]\ncompression = \"none\"\n";

fn only(rest: &str, expected: &str) {
    assert_eq!(told(rest), [expected], "{rest}");
}

fn nothing(rest: &str) {
    assert_eq!(told(rest), Vec::<String>::new(), "{rest}");
}

#[test]
fn ranks_that_no_rule_names_are_told() {
    let unused = "x.toml:9:9: no rule names a rank: they change nothing that is paid; name ranks in a rule, as rate_table = { … }, or drop ranks";
    assert_eq!(all_warnings(RIGHT), [unused]);
    let named = RIGHT.replace("rates = [\"12%\", \"10%\"]", "rate_table = { silver = [\"12%\"] }");
    assert_eq!(all_warnings(&named), Vec::<String>::new());
    let by_its_name = RIGHT.replace("\"levels\"", "\"silver\"");
    assert_eq!(all_warnings(&by_its_name), [unused], "the name of a rule is no rank");
}

#[test]
fn a_roll_up_needs_something_at_the_close() {
    let rolls = "roll_up = { below = \"50\" }\n";
    only(
        &format!("{rolls}{LEVELS}"),
        "x.toml:7:11: roll_up moves volume at the close of a period, where nothing is paid or measured; write decided = \"close\" in a rule, or drop roll_up",
    );
    nothing(&format!("{rolls}{LEVELS}decided = \"close\"\n"));
}

#[test]
fn a_unit_of_qualification_needs_something_that_is_measured() {
    let unit = "qualify_by = \"turnover\"\n";
    only(
        &format!("{unit}{LEVELS}"),
        "x.toml:7:14: nothing in the plan is measured by volume: no rank, no bands, no roll_up; drop qualify_by",
    );
    let pool = "[[rules]]\nid = \"fund\"\nkind = \"pool\"\nbase = \"turnover\"\npercent = \"1%\"\nshares = ";
    nothing(&format!("{unit}{LEVELS}{pool}\"personal_volume\"\n"));
    assert_eq!(told(&format!("{unit}{LEVELS}{pool}\"equal\"\n")).len(), 1);
    let team = "[[rules]]\nid = \"team\"\nkind = \"differential\"\nbase = \"turnover\"\nbands = [{ from = \"1\", rate = \"1%\" }]\n";
    nothing(&format!("{unit}{LEVELS}{team}"));
}

#[test]
fn without_fees_nobody_is_active() {
    let skips = LEVELS.replace("none", "skip_inactive");
    only(
        &skips,
        "x.toml:1:1: the rule \"levels\" passes over the inactive, and the plan has no fees that make active: nobody earns anything; add: [activity] and monthly = { price = \"3000.00\", months = 1 }",
    );
    nothing(&format!("{FEES}{skips}"));
}

#[test]
fn a_fast_start_replaces_levels_that_are_there() {
    let start = "[[rules]]\nid = \"start\"\nkind = \"fast_start\"\nbase = \"turnover\"\nrates = [\"10%\"]\ncompression = \"none\"\ndays = 30\nreplaces_level = true\n";
    let warning = "x.toml:14:18: the plan has no rule of the kind level that is decided when an order is paid; drop replaces_level";
    only(start, warning);
    nothing(&format!("{start}{LEVELS}"));
    only(&format!("{start}{LEVELS}decided = \"close\"\n"), warning);
    nothing(&start.replace("true", "false"));
}

#[test]
fn bands_side_by_side_differ_and_stay_below_the_top() {
    let team = |bands: &str| {
        format!(
            "[[rules]]\nid = \"team\"\nkind = \"differential\"\nbase = \"turnover\"\ntop = \"6%\"\nbands = [{bands}]\n"
        )
    };
    let [one, same] = ["{ from = \"1\", rate = \"3%\" }", "{ from = \"2\", rate = \"3%\" }"];
    only(
        &team(&format!("{one}, {same}, {{ from = \"3\", rate = \"6%\" }}")),
        "x.toml:12:39: two bands side by side have the rate 3%: the threshold of this one changes nothing; drop the band or mend its rate",
    );
    only(
        &team(&format!("{one}, {{ from = \"3\", rate = \"7%\" }}")),
        "x.toml:12:39: the band of 7% is above top = 6%, beyond which the rule pays nothing; raise top or drop the band",
    );
    nothing(&team(&format!("{one}, {{ from = \"2\", rate = \"2%\" }}, {{ from = \"3\", rate = \"6%\" }}")));
}

#[test]
fn a_higher_rank_is_harder() {
    let plan = |low: &str, high: &str| {
        format!(
            "ranks = [\n{{ name = \"low\", {low} }},\n{{ name = \"high\", {high} }},\n]\n{}",
            LEVELS.replace("rates = [\"10%\"]", "rate_table = { low = [\"5%\"], high = [\"10%\"] }")
        )
    };
    let warning = "x.toml:9:1: who meets the conditions of \"low\" meets those of \"high\" above it too: nobody is paid as \"low\"; make the conditions of \"high\" harder, or swap the ranks";
    only(&plan("group_volume = \"200\"", "group_volume = \"100\""), warning);
    only(&plan("group_volume = \"200\"", "group_volume = \"200\""), warning);
    nothing(&plan("group_volume = \"200\"", "group_volume = \"201\""));
    nothing(&plan("group_volume = \"200\"", "group_volume = \"100\", active = true"));
    // Who was paid as the lower rank keeps it with less than the higher asks for.
    nothing(&plan("group_volume = \"200\", keep = { group_volume = \"50\" }", "group_volume = \"100\""));
}

#[test]
fn excluding_groups_needs_a_volume_of_groups() {
    let breakaway = "[[rules]]\nid = \"off\"\nkind = \"breakaway\"\nbase = \"turnover\"\nat_rank = \"low\"\noverride = { low = \"5%\" }\nmode = \"fixed\"\n";
    let excludes = format!("ranks = [\"low\"]\n{breakaway}exclude_group = true\n");
    only(
        &excludes,
        "x.toml:15:17: exclude_group decides what counts in group_volume, which nothing in the plan asks for; give a rank the condition group_volume, or drop exclude_group",
    );
    nothing(&excludes.replace("[\"low\"]", "[{ name = \"low\", group_volume = \"1\" }]"));
    nothing(&format!("ranks = [\"low\"]\n{breakaway}"));
}

#[test]
fn a_cap_that_cuts_can_cut() {
    let cap = |percent: &str, rest: &str| format!("[cap]\npercent = \"{percent}\"\n{rest}{LEVELS}");
    only(
        &cap("10%", "mode = \"pro_rata\"\n"),
        "x.toml:9:8: the rates come to 10% at most, so the cap of 10% never cuts anything; lower percent, or drop mode: without it the cap is a promise that is checked",
    );
    nothing(&cap("10%", ""));
    nothing(&cap("10%", "mode = \"stop\"\n"));
    assert!(told(&cap("9%", "mode = \"pro_rata\"\n")).iter().all(|line| !line.contains("never cuts")));
    let waits = "scope = \"period\"\nmode = \"pro_rata\"\n[partner_cap]\namount = \"1.00\"\nmode = \"tail\"\nexcess = \"carried\"\n";
    nothing(&cap("10%", waits));
    only(
        &format!("{LEVELS}cap = {{ percent = \"10%\", mode = \"tail\" }}\n"),
        "x.toml:13:7: the rates come to 10% at most, so the cap of 10% never cuts anything; lower percent, or drop mode: without it the cap is a promise that is checked",
    );
}

#[test]
fn goods_are_named_once_and_have_names() {
    assert_eq!(
        told(&format!("{LEVELS}products = {{ skus = [\"A\", \"A\", \" \"] }}\n")),
        [
            "x.toml:13:27: \"A\" is named twice in \"skus\"; drop the repetition",
            "x.toml:13:32: no goods have a blank name in \"skus\"; name the goods, or drop the line"
        ]
    );
}

#[test]
fn a_pool_that_is_wrong_is_still_there() {
    let cap = "[partner_cap]\namount = \"1.00\"\nmode = \"tail\"\nexcess = \"pool\"\n";
    let pool = "[[rules]]\nid = \"fund\"\nkind = \"pool\"\nbase = \"turnover\"\npercent = \"0%\"\nshares = \"equal\"\n";
    let mistakes = refused(&format!("{HEAD}{cap}{LEVELS}{pool}"));
    assert_eq!(mistakes.as_slice().len(), 1, "{mistakes}");
}

#[test]
fn a_cap_over_a_rule_without_bounds_names_no_level() {
    let pairs = "[[rules]]\nid = \"pairs\"\nkind = \"binary\"\nbase = \"turnover\"\npercent = \"5%\"\nafter_match = \"net_off\"\n";
    let cap = "[cap]\npercent = \"9%\"\nscope = \"period\"\nmode = \"pro_rata\"\n";
    only(
        &format!("{cap}{LEVELS}{pairs}"),
        "x.toml:7:1: the rule \"pairs\" of kind binary pays the same volume to everyone above it: whatever it comes to, the cap cuts above 9%; the plan works: what is above the cap is cut as mode says",
    );
}

#[test]
fn what_was_meant_is_shown_where_a_sum_or_a_volume_is_mistyped() {
    for (written, meant) in [
        ("3000", "\"3000.00\""),
        ("3000.5", "\"3000.50\""),
        ("\"3 000,50\"", "\"3000.50\""),
        ("\"3000 ₽\"", "\"3000.00\""),
        ("-5", "\"3000.00\""),
        ("\"много\"", "\"3000.00\""),
    ] {
        let text = RIGHT.replace("price = \"3000.00\"", &format!("price = {written}"));
        let told = refused(&text).to_string();
        assert!(told.ends_with(meant), "{written}: {told}");
    }
    for (written, meant) in
        [("500", "\"500\""), ("\"1 000\"", "\"1000\""), ("\"99,5\"", "\"99.50\""), ("true", "\"100\"")]
    {
        let text = RIGHT.replace(
            "[\"member\", \"silver\"]",
            &format!("[{{ name = \"member\", personal_volume = {written} }}]"),
        );
        let told = refused(&text).to_string();
        assert!(told.ends_with(meant), "{written}: {told}");
    }
}

#[test]
fn warnings_are_told_in_russian_too() {
    let text = format!("{HEAD}roll_up = {{ below = \"50\" }}\n{LEVELS}");
    let parsed = Plan::parse("x.toml", &text).unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
    let told: Vec<String> = parsed.warnings.iter().map(|warning| warning.line_in(Lang::Ru)).collect();
    assert_eq!(
        told,
        [
            "x.toml:7:11: roll_up поднимает объём при закрытии периода, а при закрытии ничего не начисляется и не меряется; напишите у правила decided = \"close\" либо уберите roll_up"
        ]
    );
}
