//! What these rules may cost at worst, and what a cap says of them.

use domain::money::Rate;
use plan::{Plan, check};

use super::language::refusals;
use super::ranked;
use crate::common::rule;

/// The worst cost with all levels paid, as a share of turnover, at a margin of half.
fn worst(plan: &Plan) -> String {
    let rows = check::worst_case(plan, Rate::from_ppm(500_000));
    rows.last().expect("a row for each level").raw_of_turnover.to_string()
}

fn level(id: &str, base: &str, rates: &str, more: &str) -> String {
    rule(
        id,
        &format!("kind = \"level\"\nbase = \"{base}\"\nrates = [{rates}]\ncompression = \"none\"\n{more}"),
    )
}

fn matching(of: &str, rates: &str) -> String {
    rule("match", &format!("kind = \"matching\"\nof = [{of}]\n{rates}"))
}

#[test]
fn a_match_costs_its_rates_of_what_it_matches() {
    let levels = level("levels", "turnover", "\"10%\", \"5%\"", "");
    assert_eq!(worst(&ranked(&levels)), "15%");
    let half = matching("\"levels\"", "rates = [\"30%\", \"20%\"]");
    assert_eq!(worst(&ranked(&format!("{levels}{half}"))), "22.5%");
    let by_rank = matching("\"levels\"", "rate_table = { member = [\"30%\"], gold = [\"20%\", \"10%\"] }");
    assert_eq!(worst(&ranked(&format!("{levels}{by_rank}"))), "21%", "30 % and 10 % are the greatest rates");
    let first_only = check::worst_case(&ranked(&format!("{levels}{half}")), Rate::ZERO);
    assert_eq!(first_only[0].raw_of_turnover.to_string(), "15%", "of one level of 10 %");
}

#[test]
fn a_match_on_margin_costs_a_share_of_margin() {
    let levels = level("levels", "margin", "\"10%\"", "");
    let more = level("more", "turnover", "\"10%\"", "");
    let half = matching("\"levels\"", "rates = [\"50%\"]");
    let both = matching("\"levels\", \"more\"", "rates = [\"50%\"]");
    assert_eq!(worst(&ranked(&format!("{levels}{more}{half}"))), "17.5%", "5 % + 10 % + half of 5 %");
    assert_eq!(worst(&ranked(&format!("{levels}{more}{both}"))), "22.5%");
}

#[test]
fn a_match_costs_only_where_what_it_matches_is_paid() {
    let care = level("care", "turnover", "\"10%\"", "products = { categories = [\"care\"] }");
    let oil = level("oil", "turnover", "\"14%\"", "products = { categories = [\"oil\"] }");
    let half = matching("\"care\"", "rates = [\"50%\"]");
    assert_eq!(worst(&ranked(&format!("{care}{oil}{half}"))), "15%", "10 % + 5 % of care, 14 % of oil");
    let start = "[[rules]]\nid = \"start\"\nkind = \"fast_start\"\nbase = \"turnover\"\nrates = [\"12%\"]\ncompression = \"none\"\ndays = 30\nreplaces_level = true\n";
    let levels = level("levels", "turnover", "\"10%\"", "");
    let of_both = matching("\"levels\", \"start\"", "rates = [\"50%\"]");
    assert_eq!(worst(&ranked(&format!("{levels}{start}{of_both}"))), "18%", "either is paid, never both");
}

#[test]
fn a_pool_costs_its_percent_and_fixed_sums_nothing() {
    let pool = rule("fund", "kind = \"pool\"\nbase = \"margin\"\npercent = \"3%\"\nshares = \"equal\"");
    assert_eq!(worst(&ranked(&pool)), "1.5%");
    let steps = rule("steps", "kind = \"rank_advance\"\nsums = { gold = \"5000.00\" }\nskipped = \"each\"");
    let gift = rule("gift", "kind = \"award\"\ncount = 1\nitem = { ru = \"Дар\", en = \"Gift\" }");
    assert_eq!(worst(&ranked(&format!("{pool}{steps}{gift}"))), "1.5%");
    assert_eq!(worst(&ranked(&format!("{steps}{gift}"))), "0%");
}

#[test]
fn a_match_may_take_rates_above_the_whole_or_above_the_cap() {
    let levels = level("levels", "turnover", "\"50%\", \"20%\"", "");
    let half = matching("\"levels\"", "rates = [\"50%\"]");
    let above = format!("ranks = [\"member\"]\n{levels}{half}");
    let told = refusals(&above);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("come to 105% of the base \"turnover\" together"), "{told:?}");
    let capped = |percent: &str| {
        let levels = level("levels", "turnover", "\"10%\"", "");
        format!("[cap]\npercent = \"{percent}\"\n{levels}{half}")
    };
    assert_eq!(refusals(&capped("15%")), Vec::<String>::new());
    let told = refusals(&capped("14%"));
    assert!(told[0].contains("the rates come to 15%, and the cap is 14%"), "{told:?}");
}

#[test]
fn what_takes_no_base_leaves_the_base_of_the_cap_plain() {
    let levels = level("levels", "margin", "\"10%\"", "");
    let rest = format!(
        "{}{}{}",
        matching("\"levels\"", "rates = [\"50%\"]"),
        rule("steps", "kind = \"rank_advance\"\nsums = { gold = \"5000.00\" }\nskipped = \"each\""),
        rule("gift", "kind = \"award\"\ncount = 1\nitem = { ru = \"Дар\", en = \"Gift\" }"),
    );
    let plan = ranked(&format!("[cap]\npercent = \"15%\"\n{levels}{rest}"));
    assert_eq!(plan.cap().map(|cap| cap.of), Some(plan::Base::Margin));
}

#[test]
fn a_raw_match_costs_what_the_cap_of_its_rule_does_not_pay() {
    let levels = level("levels", "turnover", "\"20%\"", "cap = { percent = \"10%\", mode = \"tail\" }");
    let paid = |on: &str| {
        let half = matching("\"levels\"", &format!("rates = [\"50%\"]\non = \"{on}\""));
        let plan = ranked(&format!("{levels}{half}"));
        let rows = check::worst_case(&plan, Rate::from_ppm(500_000));
        (rows[0].raw_of_turnover.to_string(), rows[0].paid_of_turnover.to_string())
    };
    assert_eq!(paid("capped"), ("30%".to_owned(), "15%".to_owned()), "half of the 10 % that are paid");
    assert_eq!(paid("raw"), ("30%".to_owned(), "20%".to_owned()), "half of the 20 % that are reckoned");
}

#[test]
fn a_match_on_a_differential_finds_all_of_it_where_the_personal_rule_pays_nothing() {
    let stairs = |of: &str| {
        let mine = "kind = \"personal\"\ndecided = \"close\"\nbase = \"turnover\"\nbands = [{ from = \"1\", rate = \"20%\" }]";
        let stairs = "kind = \"differential\"\nbase = \"turnover\"\nafter = \"mine\"\nbands = [{ from = \"1\", rate = \"30%\" }]";
        format!("{}{}{}", rule("mine", mine), rule("stairs", stairs), matching(of, "rates = [\"50%\"]"))
    };
    // 30 % in all: 20 % and 10 %, or all of it by the differential.
    assert_eq!(worst(&ranked(&stairs("\"stairs\""))), "45%");
    assert_eq!(worst(&ranked(&stairs("\"mine\", \"stairs\""))), "45%", "the same goods, matched once");
    assert_eq!(worst(&ranked(&stairs("\"mine\""))), "40%", "half of 20 %");
}

#[test]
fn what_only_customers_and_what_only_partners_bring_never_adds_up() {
    let retail = rule("retail", "kind = \"retail_margin\"\npartner_price = { discount = \"15%\" }");
    let start = rule(
        "start",
        "kind = \"fast_start\"\nbase = \"turnover\"\nrates = [\"12%\"]\ncompression = \"none\"\ndays = 30",
    );
    let personal = |id: &str, of: &str, rate: &str| {
        let bands = format!("bands = [{{ from = \"1\", rate = \"{rate}\" }}]");
        rule(id, &format!("kind = \"personal\"\nbase = \"turnover\"\nof = \"{of}\"\n{bands}"))
    };
    let levels = level("levels", "turnover", "\"10%\"", "");
    assert_eq!(worst(&ranked(&format!("{retail}{start}{levels}"))), "25%", "a customer's 15 % and 10 %");
    let (own, theirs) = (personal("own", "own", "9%"), personal("theirs", "customers", "1%"));
    let all = format!("{retail}{start}{levels}{own}{theirs}");
    assert_eq!(worst(&ranked(&all)), "31%", "a partner's 12 %, 10 % and 9 %");
}
