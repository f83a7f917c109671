//! Broken plans: every mistake with its place, what is wrong, what would be right.

mod amounts;
mod caps;
mod edges;
mod hostile;
mod idle;
mod keys;
mod placed;
mod ranks;
mod rules;

use plan::explain::Lang;
use plan::{Diagnostics, Plan, Severity};

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

/// What is warned of, but that the rule of the right plan asks for no rank.
fn warnings(text: &str) -> Vec<String> {
    let all = all_warnings(text).into_iter();
    all.filter(|warning| !warning.contains("no rule names a rank")).collect()
}

fn all_warnings(text: &str) -> Vec<String> {
    let parsed = Plan::parse("x.toml", text).unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
    assert!(parsed.warnings.iter().all(|warning| warning.severity == Severity::Warning));
    parsed.warnings.iter().map(|warning| warning.line_in(Lang::En)).collect()
}

#[test]
fn the_right_plan_is_right() {
    assert_eq!(warnings(RIGHT), Vec::<String>::new());
}

#[test]
fn what_is_not_toml_is_shown_where_it_breaks() {
    breaks(
        "id = \"levels\"",
        "id = \"levels\"\nid = \"again\"",
        &[
            "x.toml:17:1: the file is not TOML: duplicate key; mend the notation; plans/nanorem-12.toml is an example",
        ],
    );
    let diagnostics = refused(&RIGHT.replace("\"skip_inactive\"", "skip"));
    assert_eq!(
        diagnostics.lines_in(Lang::Ru),
        "x.toml:20:15: файл не читается как TOML: строки пишутся в кавычках; поправьте запись; образец — plans/nanorem-12.toml"
    );
}

#[test]
fn all_mistakes_are_told_at_once_in_order_of_place() {
    let text = RIGHT
        .replace("\"RUB\"", "\"USD\"")
        .replace("14", "\"x\"")
        .replace("\"turnover\"", "\"profit\"")
        .replace("\"12%\"", "12");
    let lines: Vec<(usize, usize)> =
        refused(&text).iter().map(|diagnostic| (diagnostic.line, diagnostic.column)).collect();
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
    let diagnostics = refused(&RIGHT.replace("\"level\"", "\"levelx\""));
    let [diagnostic] = diagnostics.as_slice() else { panic!("one mistake") };
    for (lang, parts) in [
        (Lang::En, ["\"kind\" has no value \"levelx\"", "no such value", "did you mean \"level\"?"]),
        (
            Lang::Ru,
            [
                "у \"kind\" нет значения \"levelx\"",
                "такого значения нет",
                "возможно, имелось в виду \"level\"",
            ],
        ),
    ] {
        let mut report = String::new();
        miette::NarratableReportHandler::new()
            .render_report(&mut report, &diagnostic.localized(lang))
            .expect("rendered");
        for part in parts.into_iter().chain(["x.toml", "kind = \"levelx\""]) {
            assert!(report.contains(part), "{part} in {report}");
        }
    }
}
