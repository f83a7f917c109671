//! Where the bounds of the language lie, and that one mistake is told once.

use std::fmt::Write;

use miette::Diagnostic as _;
use plan::explain::Lang;
use plan::sketch::{Act, Script};
use plan::{Diagnostics, Plan};

use super::{RIGHT, refused};

#[test]
fn miette_is_told_all_that_a_mistake_says() {
    let mistakes = refused(&RIGHT.replace("12%", "x"));
    let mistake = mistakes.into_iter().next().expect("a mistake");
    assert_eq!((&mistakes).into_iter().count(), mistakes.as_slice().len());
    let place = RIGHT.find("\"12%\"").expect("there");
    for (lang, shown) in [(Lang::Ru, mistake.localized(Lang::Ru)), (Lang::En, mistake.localized(Lang::En))] {
        assert_eq!(shown.severity(), Some(miette::Severity::Error));
        assert_eq!(shown.help().expect("help").to_string(), mistake.help(lang));
        let label = shown.labels().expect("labels").next().expect("one");
        assert_eq!((label.label(), label.offset()), (Some(mistake.label(lang)), place));
    }
    assert_eq!(mistake.severity(), Some(miette::Severity::Error));
    assert_eq!(miette::Diagnostic::help(mistake).expect("help").to_string(), mistake.help(Lang::En));
    let label = mistake.labels().expect("labels").next().expect("one");
    assert_eq!((label.label(), label.offset()), (Some(mistake.label(Lang::En)), place));
    let unused = RIGHT.replace("hold_days", "point_value = \"1.00\"\nhold_days");
    let warnings = Plan::parse("x.toml", &unused).expect("right").warnings;
    let warning = warnings.first().expect("points that nothing pays");
    assert_eq!(miette::Diagnostic::severity(warning), Some(miette::Severity::Warning));
    assert_eq!(warning.localized(Lang::En).severity(), Some(miette::Severity::Warning));
}

#[test]
fn a_time_zone_is_named_by_its_place_or_it_is_utc() {
    let named = |zone: &str| Plan::parse("x.toml", &RIGHT.replace("Europe/Moscow", zone)).is_ok();
    assert_eq!(["UTC", "Asia/Novosibirsk", "EST", "Moscow"].map(named), [true, true, false, false]);
}

fn one_mistake(mistakes: &Diagnostics, expected: &str) {
    let [mistake] = mistakes.as_slice() else { panic!("one mistake, not\n{mistakes}") };
    assert!(mistake.message(Lang::En).contains(expected), "{mistakes}");
}

#[test]
fn a_plan_has_64_rules_at_most() {
    let rules = |count: usize| {
        let head = RIGHT.split("[[rules]]").next().expect("a head");
        (0..count).fold(head.to_owned(), |mut text, number| {
            let keys = "kind = \"level\"\nbase = \"turnover\"\nrates = [\"0.1%\"]\ncompression = \"none\"";
            writeln!(text, "[[rules]]\nid = \"r{number}\"\n{keys}").expect("a text takes all");
            text
        })
    };
    assert_eq!(Plan::parse("x.toml", &rules(64)).expect("right").plan.rules().len(), 64);
    one_mistake(&refused(&rules(65)), "there are more than 64 rules");
    one_mistake(&refused(&rules(66)), "there are more than 64 rules");
}

#[test]
fn a_breakaway_has_a_hundred_generations_at_most() {
    let rule = |count: usize| {
        let keys = "kind = \"breakaway\"\nbase = \"turnover\"\nat_rank = \"silver\"\nmode = \"fixed\"\noverride = { silver = \"1%\" }";
        let generations = vec!["\"0.1%\""; count].join(", ");
        format!("{RIGHT}[[rules]]\nid = \"broken\"\n{keys}\ngenerations = [{generations}]\n")
    };
    assert!(Plan::parse("x.toml", &rule(100)).is_ok());
    one_mistake(&refused(&rule(101)), "there are 101 generations, and at most 100 are allowed");
}

#[test]
fn points_are_not_kept_within_a_share_of_turnover() {
    let text = RIGHT
        .replace("base = \"turnover\"", "base = \"volume\"")
        .replace("[activity]", "[cap]\npercent = \"50%\"\nof = \"turnover\"\n\n[activity]")
        .replace("hold_days", "point_value = \"1.00\"\nhold_days");
    one_mistake(&refused(&text), "pays on \"volume\", and nothing keeps it within 50% of \"turnover\"");
    let margin = text.replace("\"volume\"", "\"margin\"").replace("point_value = \"1.00\"\n", "");
    assert!(Plan::parse("x.toml", &margin).is_ok(), "a margin never passes its turnover");
}

#[test]
fn a_wrong_threshold_is_one_mistake() {
    let ranks = |keys: &str| {
        let names = "ranks = [\"member\", \"silver\"]\n";
        let paid = "[[rules]]\nid = \"once\"\nkind = \"rank_advance\"\nsums = { member = \"1.00\" }\nskipped = \"each\"\n";
        let ranks = format!("ranks = [{{ name = \"member\", {keys} }}]\n");
        format!("{}{paid}", RIGHT.replace(names, &ranks))
    };
    assert!(Plan::parse("x.toml", &ranks("group_volume = \"10\"")).is_ok());
    for keys in ["group_volume = \"x\"", "legs = [\"1\", \"x\", \"5\"]", "legs = [\"x\"]"] {
        let mistakes = refused(&ranks(keys));
        assert_eq!(mistakes.as_slice().len(), 1, "{mistakes}");
    }
}

#[test]
fn letters_changed_with_their_neighbours_are_mistakes_too() {
    let asks = |key: &str| {
        refused(&RIGHT.replace("compression", key)).to_string().contains("did you mean \"compression\"")
    };
    // Three and four pairs of neighbours.
    assert_eq!(["ocpmerssion", "ocpmersison"].map(asks), [true, false]);
}

fn right() -> Plan {
    Plan::parse("x.toml", RIGHT).expect("right").plan
}

fn sketch(text: &str) -> Result<Script, Diagnostics> {
    Script::parse(&right(), "s.toml", text)
}

#[test]
fn a_sketch_begins_in_its_month_and_has_120_periods_at_most() {
    let periods = |count: usize| format!("people = [{{ name = \"a\" }}]\n{}", "[[periods]]\n".repeat(count));
    let script = sketch(&periods(120)).expect("right");
    let month = |place: usize| script.periods[place].month.to_string();
    assert_eq!((month(0).as_str(), month(119).as_str()), ("2026-03", "2036-02"));
    for count in [121, 122] {
        one_mistake(&sketch(&periods(count)).expect_err("long"), "there are more than 120 periods");
    }
    let script = sketch(&format!("month = \"2027-11\"\n{}", periods(3))).expect("right");
    let months: Vec<String> = script.periods.iter().map(|period| period.month.to_string()).collect();
    assert_eq!(months, ["2027-11", "2027-12", "2028-01"]);
    one_mistake(&sketch(&format!("month = \"autumn\"\n{}", periods(1))).expect_err("no month"), "autumn");
}

#[test]
fn a_name_in_a_sketch_has_1_to_64_letters() {
    let named = |name: &str| sketch(&format!("people = [{{ name = \"{name}\" }}]\n[[periods]]\n"));
    let longest = "ж".repeat(64);
    let script = named(&longest).expect("right");
    assert!(matches!(&script.periods[0].acts[0], Act::Joins { name, .. } if *name == longest));
    for wrong in ["", "a\\nb", &"ж".repeat(65)] {
        let mistakes = named(wrong).expect_err("no name");
        assert!(mistakes.to_string().contains("use 1 to 64 characters"), "{mistakes}");
    }
}

#[test]
fn a_mistake_is_shown_in_the_language_asked_for() {
    let mistakes = refused(&RIGHT.replace("12%", "x"));
    let mistake = &mistakes.as_slice()[0];
    for lang in [Lang::Ru, Lang::En] {
        assert_eq!(mistake.localized(lang).to_string(), mistake.message(lang));
    }
    assert_eq!(mistakes.to_string(), mistakes.lines_in(Lang::En));
    assert!(mistakes.to_string().starts_with("x.toml:"), "{mistakes}");
}
