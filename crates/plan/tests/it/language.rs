//! Broken plans: every mistake with its place, what is wrong, what would be right.

use plan::explain::Lang;
use plan::{Diagnostics, Plan, Severity};
use proptest::prelude::*;

/// A right plan; the tests break it.
const RIGHT: &str = r#"name = "test"
title = { ru = "Проба", en = "Test" }
currency = "RUB"
time_zone = "Europe/Moscow"
effective = "paid_at"
hold_days = 14
period = "month"
rounding = "half_up"
ranks = ["member", "silver"]

[activity]
monthly = { price = "3000.00", months = 1 }
annual = { price = "10000.00", months = 12 }

[[rules]]
id = "levels"
kind = "level"
base = "turnover"
rates = ["12%", "10%"]
compression = "skip_inactive"
"#;

fn refused(text: &str) -> Diagnostics {
    Plan::parse("x.toml", text).expect_err("broken")
}

/// Puts one text in place of another in the right plan and expects exactly these mistakes.
fn breaks(from: &str, to: &str, expected: &[&str]) {
    assert_eq!(RIGHT.matches(from).count(), 1, "{from} stands once");
    let shown = refused(&RIGHT.replace(from, to)).to_string();
    assert_eq!(shown.lines().collect::<Vec<_>>(), expected, "{to}");
}

/// Adds keys to the rule.
fn rule_with(keys: &str, expected: &[&str]) {
    breaks("\"skip_inactive\"\n", &format!("\"skip_inactive\"\n{keys}\n"), expected);
}

fn warnings(text: &str) -> Vec<String> {
    let parsed = Plan::parse("x.toml", text).unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
    assert!(parsed.warnings.iter().all(|warning| warning.severity == Severity::Warning));
    parsed.warnings.iter().map(|warning| warning.line_in(Lang::En)).collect()
}

#[test]
fn the_right_plan_is_right() {
    assert_eq!(warnings(RIGHT), Vec::<String>::new());
}

#[test]
fn unknown_keys_are_refused_with_the_one_that_was_meant() {
    breaks("currency", "curency", &["x.toml:3:1: there is no key \"curency\" here; did you mean \"currency\"?"]);
    breaks("months = 12 }", "months = 12, years = 1 }", &["x.toml:13:45: there is no key \"years\" here; the keys here are: price, months"]);
    breaks("[activity]", "[aktivity]", &["x.toml:11:2: there is no key \"aktivity\" here; did you mean \"activity\"?"]);
    rule_with(
        "days = 30",
        &["x.toml:21:1: there is no key \"days\" here; the keys here are: id, kind, base, products, rates, rate_table, pay_self, compression, min_rank, unlock, closed_level, max_scan"],
    );
}

#[test]
fn missing_keys_are_named_with_an_example() {
    breaks("currency = \"RUB\"\n", "", &["x.toml:1:1: the key \"currency\" is missing; add: currency = \"RUB\""]);
    breaks("compression = \"skip_inactive\"\n", "", &["x.toml:15:1: the key \"compression\" is missing; add: compression = \"skip_inactive\""]);
    breaks("price = \"3000.00\", ", "", &["x.toml:12:11: the key \"price\" is missing; add: price = \"3000.00\""]);
    assert_eq!(refused("").as_slice().len(), 7, "everything that must be there");
}

#[test]
fn words_that_do_not_exist_are_refused() {
    breaks("\"paid_at\"", "\"payed_at\"", &["x.toml:5:13: \"effective\" has no value \"payed_at\"; did you mean \"paid_at\"?"]);
    breaks("\"RUB\"", "\"USD\"", &["x.toml:3:12: \"currency\" has no value \"USD\"; there are now: \"RUB\""]);
    breaks("\"level\"", "\"matching\"", &["x.toml:17:8: kind = \"matching\" is not supported yet; there are now: \"level\", \"fast_start\""]);
    breaks("\"level\"", "\"levle\"", &["x.toml:17:8: \"kind\" has no value \"levle\"; did you mean \"level\"?"]);
    breaks("\"month\"", "\"week\"", &["x.toml:7:10: period = \"week\" is not supported yet; there are now: \"month\""]);
    breaks("\"skip_inactive\"", "\"permanent\"", &["x.toml:20:15: compression = \"permanent\" is not supported yet; there are now: \"none\", \"skip_inactive\", \"skip_below_rank\", \"dynamic\", \"roll_to_next\""]);
    breaks("[activity]", "[cap]\npercent = \"40%\"\nscope = \"period\"\nmode = \"priority\"\n[activity]", &[
        "x.toml:13:9: scope = \"period\" is not supported yet; there are now: \"order\"",
        "x.toml:14:8: mode = \"priority\" is not supported yet; there are now: \"pro_rata\", \"tail\", \"stop\"",
    ]);
    breaks(
        "Europe/Moscow",
        "Europe/Moskow",
        &["x.toml:4:13: there is no time zone \"Europe/Moskow\"; use a name of the IANA database: \"Europe/Moscow\", \"Asia/Novosibirsk\" or \"UTC\""],
    );
}

#[test]
fn values_of_another_kind_are_refused_with_what_was_expected() {
    breaks("\"RUB\"", "643", &["x.toml:3:12: \"currency\" takes a string, and this is a whole number; write: \"RUB\""]);
    breaks("hold_days = 14", "hold_days = \"14\"", &["x.toml:6:13: \"hold_days\" takes a whole number, and this is a string; write: 14"]);
    breaks("hold_days = 14", "hold_days = -1", &["x.toml:6:13: \"hold_days\" cannot be -1; it is from 0 to 3650"]);
    breaks("hold_days = 14", "hold_days = 14.0", &["x.toml:6:13: \"hold_days\" takes a whole number, and this is a fraction; write: 1"]);
    breaks("title = { ru = \"Проба\", en = \"Test\" }", "title = \"Test\"", &["x.toml:2:9: \"title\" takes a table, and this is a string; write: { ru = …, en = … }"]);
    rule_with("pay_self = \"yes\"", &["x.toml:21:12: \"pay_self\" takes true or false, and this is a string; write: true"]);
    rule_with("max_scan = 2026-01-01", &["x.toml:21:12: \"max_scan\" takes a whole number, and this is a date; write: 1"]);
}

#[test]
fn rates_are_strings_in_percent() {
    breaks("\"12%\", \"10%\"", "0.12, 10, 12.5", &[
        "x.toml:19:10: \"rates\" takes a rate as a string in percent, and this is a fraction; write: \"12%\"",
        "x.toml:19:16: \"rates\" takes a rate as a string in percent, and this is a whole number; write: \"10%\"",
        "x.toml:19:20: \"rates\" takes a rate as a string in percent, and this is a fraction; write: \"12.5%\"",
    ]);
    breaks("\"12%\", \"10%\"", "\"12\", \"12,5 %\", \"101%\", \"0.00001%\"", &[
        "x.toml:19:10: \"12\" is not a rate; write a percentage with a point and at most four decimals: \"12%\"",
        "x.toml:19:16: \"12,5 %\" is not a rate; write a percentage with a point and at most four decimals: \"12.5%\"",
        "x.toml:19:26: the rate \"101%\" is above 100%; a rate is from \"0.0001%\" to \"100%\"",
        "x.toml:19:34: \"0.00001%\" is not a rate; write a percentage with a point and at most four decimals: \"12%\"",
    ]);
    breaks("\"12%\", \"10%\"", "\"12%\", \"0%\", \"10%\"", &["x.toml:19:17: a gap: the rate of level 2 is zero; give every level a rate above zero, or end the list earlier"]);
    breaks("\"12%\", \"10%\"", "", &["x.toml:19:9: the list \"rates\" is empty; write: rates = [\"12%\", \"10%\"]"]);
    breaks("\"12%\", \"10%\"", "\"60%\", \"41%\"", &["x.toml:19:9: the rates of the rule come to 101%; together they may be at most 100% of the base"]);
    let many = vec!["\"0.1%\""; 101].join(", ");
    breaks("\"12%\", \"10%\"", &many, &["x.toml:19:9: there are 101 levels, and at most 100 are allowed; shorten the list"]);
}

#[test]
fn money_is_a_string_in_roubles() {
    breaks("\"3000.00\"", "3000", &["x.toml:12:21: \"price\" takes an amount as a string in roubles, and this is a whole number; write: \"3000.00\""]);
    breaks(
        "\"3000.00\"",
        "\"3 000\"",
        &["x.toml:12:21: \"3 000\" is not an amount from 0.01 to 10000000000000.00; write roubles in digits, with a point before the kopecks: \"3000.00\""],
    );
    breaks("\"3000.00\"", "\"0\"", &["x.toml:12:21: \"0\" is not an amount from 0.01 to 10000000000000.00; write roubles in digits, with a point before the kopecks: \"3000.00\""]);
    breaks("months = 12", "months = 0", &["x.toml:13:41: \"months\" cannot be 0; it is from 1 to 120"]);
}

#[test]
fn rates_come_in_one_form() {
    let one = "a rule needs exactly one of rates and rate_table; write: rates = [\"12%\", \"10%\"]";
    breaks("rates = [\"12%\", \"10%\"]\n", "", &[&format!("x.toml:15:1: {one}")]);
    breaks("rates =", "rate_table = { member = [\"1%\"] }\nrates =", &[&format!("x.toml:20:9: {one}")]);
    breaks("rates = [\"12%\", \"10%\"]", "rate_table = { member = [\"1%\"], silvr = [\"2%\"] }", &["x.toml:19:33: the plan has no rank \"silvr\"; did you mean \"silver\"?"]);
    breaks("rates = [\"12%\", \"10%\"]", "rate_table = { member = [\"60%\", \"1%\"], silver = [\"2%\", \"50%\"] }", &["x.toml:19:14: the rates of the rule come to 110%; together they may be at most 100% of the base"]);
}

#[test]
fn ranks_are_known_and_named_once() {
    breaks("\"silver\"]", "\"member\"]", &["x.toml:9:20: the rank \"member\" is named twice; name each rank once, low to high"]);
    breaks("\"skip_inactive\"", "\"skip_below_rank\"", &["x.toml:15:1: the key \"min_rank\" is missing; add: min_rank = \"silver\""]);
    breaks("\"skip_inactive\"", "\"skip_below_rank\"\nmin_rank = \"platinum\"", &["x.toml:21:12: the plan has no rank \"platinum\"; the ranks of the plan are: member, silver"]);
    rule_with("min_rank = \"silver\"", &["x.toml:21:12: min_rank is for compression = \"skip_below_rank\" only; drop min_rank or change compression"]);
    let text = RIGHT.replace("ranks = [\"member\", \"silver\"]\n", "").replace("rates = [\"12%\", \"10%\"]", "rate_table = { gold = [\"1%\"] }");
    assert_eq!(refused(&text).to_string(), "x.toml:18:16: the plan has no rank \"gold\"; list the ranks, low to high: ranks = [\"member\", \"gold\"]");
}

#[test]
fn nothing_is_paid_for_recruiting() {
    let why = "the law forbids pay for recruiting; pay on goods only: base = \"turnover\", \"margin\" or \"volume\"; fees and registrations are never part of a base";
    let refuses = |from: &str, to: &str, place: &str, word: &str| {
        breaks(from, to, &[&format!("x.toml:{place}: nothing may be paid on \"{word}\": {why}")]);
    };
    for word in ["activity_fee", "fees", "sign_up", "registration", "signups"] {
        refuses("\"turnover\"", &format!("\"{word}\""), "18:8", word);
    }
    refuses("base = \"turnover\"", "base = \"turnover\"\nsign_up_bonus = \"100.00\"", "19:1", "sign_up_bonus");
    refuses("\"skip_inactive\"", "\"skip_inactive\"\nproducts = { categories = [\"fees\"] }", "21:12", "fees");
    refuses("ranks =", "registration = \"100.00\"\nranks =", "9:1", "registration");
    refuses("[activity]", "[cap]\npercent = \"40%\"\nof = \"activity_fees\"\n[activity]", "13:6", "activity_fees");
    let russian = refused(&RIGHT.replace("\"turnover\"", "\"registration\"")).lines_in(Lang::Ru);
    assert!(russian.contains("закон запрещает вознаграждение за привлечение людей"), "{russian}");
}

#[test]
fn unlocks_ascend_and_reach_their_levels() {
    rule_with("unlock = { tiers = [{ min_active = 2, max_level = 1 }, { min_active = 1, max_level = 2 }] }", &["x.toml:21:56: the tiers must ascend; both min_active and max_level must be greater than in the tier before"]);
    rule_with("unlock = \"one_to_two\"", &["x.toml:21:10: \"unlock\" has no value \"one_to_two\"; did you mean \"one_to_one\"?"]);
    rule_with("max_scan = 1", &["x.toml:21:12: level 2 cannot be reached: no more than 1 sponsors are looked at; max_scan is at least the number of levels: 2"]);
    let text = |keys: &str| RIGHT.replace("\"skip_inactive\"\n", &format!("\"skip_inactive\"\n{keys}\n"));
    assert_eq!(
        warnings(&text("unlock = { tiers = [{ min_active = 2, max_level = 1 }] }")),
        ["x.toml:21:20: levels 2 to 2 never open; let the last tier reach max_level = 2, or drop the rates beyond"]
    );
    assert_eq!(warnings(&text("closed_level = \"pass_up\"")), ["x.toml:21:16: closed_level changes nothing: without unlock every level is open; add unlock or drop closed_level"]);
    assert_eq!(
        warnings(&text("unlock = \"one_to_one\"\nclosed_level = \"forfeit\"").replace("skip_inactive", "dynamic")),
        ["x.toml:22:16: under compression = \"dynamic\" a closed level always goes to the next one; write closed_level = \"pass_up\" or drop it"]
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
    let help = "say how to cut: mode = \"pro_rata\" or mode = \"tail\"; or lower the rates";
    for mode in ["", "mode = \"stop\"\n"] {
        breaks("[activity]", &format!("[cap]\npercent = \"20%\"\n{mode}[activity]"), &[&format!("x.toml:11:1: the rates come to 22%, and the cap is 20%; {help}")]);
        breaks(
            "[activity]",
            &format!("[cap]\npercent = \"90%\"\nof = \"margin\"\n{mode}[activity]"),
            &[&format!("x.toml:11:1: the rule \"levels\" pays on \"turnover\", and nothing keeps it within 90% of \"margin\"; {help}")],
        );
    }
    let capped = |percent: &str, mode: &str| RIGHT.replace("[activity]", &format!("[cap]\npercent = \"{percent}\"\nmode = \"{mode}\"\n[activity]"));
    assert_eq!(warnings(&capped("22%", "stop")), Vec::<String>::new(), "exactly at the cap is within it");
    assert_eq!(
        warnings(&capped("21.9999%", "tail")),
        ["x.toml:11:1: the cap of 21.9999% begins to cut at paid level 2, where the rates come to 22% (all 2 come to 22%); the plan works: what is above the cap is cut as mode says"]
    );
    breaks("[activity]", "[cap]\npercent = \"0%\"\nmode = \"tail\"\n[activity]", &["x.toml:12:11: with a cap of 0% nothing is ever paid; write a share above zero, as \"40%\""]);
}

#[test]
fn rules_agree_with_each_other() {
    let second = |id: &str, base: &str, rate: &str| format!("[[rules]]\nid = \"{id}\"\nkind = \"level\"\nbase = \"{base}\"\nrates = [\"{rate}\"]\ncompression = \"none\"");
    rule_with(&second("levels", "turnover", "1%"), &["x.toml:22:6: two rules are named \"levels\"; give every rule a name of its own"]);
    rule_with(&second("more", "turnover", "80%"), &["x.toml:25:9: rules that pay on the same goods come to 102% of the base \"turnover\" together; together they may be at most 100% of the base"]);
    let cap = RIGHT.replace("[activity]", "[cap]\npercent = \"40%\"\nmode = \"tail\"\n[activity]");
    assert_eq!(
        refused(&format!("{cap}{}", second("more", "margin", "1%"))).to_string(),
        "x.toml:11:1: the rules pay on different bases, so it is not clear of what the cap is; add: of = \"turnover\""
    );
    rule_with("products = {}", &["x.toml:21:12: products names no goods; name categories or skus, or drop products to pay on all goods"]);
}

#[test]
fn points_have_a_value_where_they_are_a_base() {
    breaks("\"turnover\"", "\"volume\"", &["x.toml:18:8: a base of \"volume\" needs the value of a point; add at the head of the plan: point_value = \"1.00\""]);
    assert_eq!(warnings(&format!("point_value = \"1.00\"\n{RIGHT}")), ["x.toml:1:15: nothing is paid on points; drop point_value"]);
}

#[test]
fn what_is_not_toml_is_shown_where_it_breaks() {
    breaks("id = \"levels\"", "id = \"levels\"\nid = \"again\"", &["x.toml:17:1: the file is not TOML: duplicate key; mend the notation; plans/nanorem-12.toml is an example"]);
    let diagnostics = refused(&RIGHT.replace("\"skip_inactive\"", "skip"));
    assert_eq!(diagnostics.lines_in(Lang::Ru), "x.toml:20:15: файл не читается как TOML: строки пишутся в кавычках; поправьте запись; образец - plans/nanorem-12.toml");
}

#[test]
fn all_mistakes_are_told_at_once_in_order_of_place() {
    let text = RIGHT.replace("\"RUB\"", "\"USD\"").replace("14", "\"x\"").replace("\"turnover\"", "\"profit\"").replace("\"12%\"", "12");
    let lines: Vec<(usize, usize)> = refused(&text).iter().map(|diagnostic| (diagnostic.line, diagnostic.column)).collect();
    assert_eq!(lines, [(3, 12), (6, 13), (18, 8), (19, 10)]);
}

#[test]
fn columns_count_characters_and_spans_bytes() {
    let diagnostics = refused(&RIGHT.replace("en = \"Test\"", "en = 5"));
    let [diagnostic] = diagnostics.as_slice() else { panic!("one mistake") };
    assert_eq!((diagnostic.line, diagnostic.column), (2, 30));
    let start = "name = \"test\"\ntitle = { ru = \"Проба\", en = ".len();
    assert_eq!(diagnostic.span, start..start + 1);
}

#[test]
fn a_report_shows_the_line_the_label_and_the_help() {
    let diagnostics = refused(&RIGHT.replace("\"level\"", "\"levle\""));
    let [diagnostic] = diagnostics.as_slice() else { panic!("one mistake") };
    for (lang, parts) in [
        (Lang::En, ["\"kind\" has no value \"levle\"", "no such value", "did you mean \"level\"?"]),
        (Lang::Ru, ["у \"kind\" нет значения \"levle\"", "такого значения нет", "возможно, имелось в виду \"level\""]),
    ] {
        let mut report = String::new();
        miette::NarratableReportHandler::new().render_report(&mut report, &diagnostic.localized(lang)).expect("rendered");
        for part in parts.into_iter().chain(["x.toml", "kind = \"levle\""]) {
            assert!(report.contains(part), "{part} in {report}");
        }
    }
}

fn slips() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec!["\"", "[", "]", "{", "}", "=", "\n", "%", "1", "0.5", "rates", "unlock", "tiers", "fee", "=", "[[rules]]\n", "[cap]\n", "percent = \"40%\"\n", "base", "я", "\u{feff}", "\0", "'''", "kind = \"fast_start\"\n", "true", "2026-01-01", "a.b.c = 1\n", "mode = \"stop\"\n", "products = {}\n", "rates = [[]]\n"]);
    prop::collection::vec((0..RIGHT.len(), 0usize..20, words), 1..5).prop_map(|slips| {
        let mut text = RIGHT.to_owned();
        for (at, dropped, word) in slips {
            let floor = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let (from, to) = (floor(at), floor(at + dropped));
            text.replace_range(from..to, word);
        }
        text
    })
}

fn survives(text: &str) {
    match Plan::parse("x.toml", text) {
        Ok(parsed) => assert_eq!(parsed.plan.source(), text),
        Err(diagnostics) => {
            assert!(!diagnostics.as_slice().is_empty());
            for diagnostic in &diagnostics {
                assert!(diagnostic.span.end <= text.len() && diagnostic.span.start <= diagnostic.span.end);
                assert!(diagnostic.line >= 1 && diagnostic.column >= 1);
                let mut report = String::new();
                let shown = miette::NarratableReportHandler::new().render_report(&mut report, &diagnostic.localized(Lang::Ru));
                shown.expect("rendered");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,200}") {
        survives(&text);
    }

    #[test]
    fn no_slip_makes_the_reader_panic(text in slips()) {
        survives(&text);
    }
}

#[test]
fn deep_and_wide_texts_are_refused_without_harm() {
    survives(&"[".repeat(100_000));
    survives(&format!("a = {}", "[".repeat(100_000)));
    survives(&format!("{} = 1", vec!["a"; 100_000].join(".")));
    survives(&format!("a = {}1{}", "{ b = ".repeat(50_000), " }".repeat(50_000)));
    survives(&format!("{RIGHT}{}", "[[rules]]\n".repeat(20_000)));
    survives(&"x = 1\n".repeat(50_000));
}
