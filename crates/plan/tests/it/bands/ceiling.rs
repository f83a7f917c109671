//! What the rules by bands may cost at worst.

use domain::money::Rate;
use plan::check;

use super::month::PLAN;
use crate::common::{plan, rule};

/// The worst case at a margin of a half: raw, as a share of turnover.
fn cost(text: &str) -> String {
    let rows = check::worst_case(&plan(text), Rate::from_ppm(500_000));
    rows.last().expect("a rule").raw_of_turnover.to_string()
}

const TWO: &str = "bands = [{ from = \"1\", rate = \"5%\" }, { from = \"2\", rate = \"30%\" }]";

#[test]
fn a_personal_rule_costs_its_highest_band() {
    for decided in ["order", "close"] {
        let text = format!("kind = \"personal\"\nbase = \"turnover\"\ndecided = \"{decided}\"\n{TWO}");
        assert_eq!(cost(&rule("r", &text)), "30%");
        assert_eq!(cost(&rule("r", &text.replace("turnover", "margin"))), "15%");
    }
}

#[test]
fn a_differential_costs_its_top_once_for_everyone_above() {
    let text = |keys: &str| rule("r", &format!("kind = \"differential\"\nbase = \"turnover\"\n{keys}"));
    assert_eq!(cost(&text(TWO)), "30%");
    assert_eq!(cost(&text(&format!("{TWO}\ntop = \"12%\""))), "12%");
    assert_eq!(cost(&text(&format!("{TWO}\ntop = \"40%\""))), "30%", "nobody reaches it");
    let ranks = format!("ranks = [\"a\"]\n{}", text("rank_rates = { a = \"7%\" }"));
    assert_eq!(cost(&ranks), "7%");
}

#[test]
fn after_a_personal_rule_it_costs_what_goes_beyond_it() {
    let both = |personal: &str, keys: &str| {
        let personal = format!(
            "kind = \"personal\"\ndecided = \"close\"\nbands = [{{ from = \"1\", rate = \"20%\" }}]\n{personal}"
        );
        let stairs = format!("kind = \"differential\"\nbase = \"turnover\"\n{TWO}\n{keys}");
        format!("{}{}", rule("mine", &personal), rule("stairs", &stairs))
    };
    let turnover = "base = \"turnover\"";
    assert_eq!(cost(&both(turnover, "")), "50%", "one beside the other");
    assert_eq!(cost(&both(turnover, "after = \"mine\"")), "30%", "one after the other");
    assert_eq!(cost(&both(turnover, "after = \"mine\"\ntop = \"15%\"")), "20%");
    // Where the personal rule may pay nothing, the differential may still go to its top.
    assert_eq!(cost(&both(&format!("{turnover}\nof = \"own\""), "after = \"mine\"")), "50%");
    assert_eq!(cost(&both("base = \"margin\"", "after = \"mine\"")), "40%");
    let some = "products = { skus = [\"a\"] }";
    assert_eq!(cost(&both(&format!("{turnover}\n{some}"), "after = \"mine\"")), "50%");
    assert_eq!(cost(&both(&format!("{turnover}\n{some}"), &format!("after = \"mine\"\n{some}"))), "30%");
    assert_eq!(cost(&both(turnover, &format!("after = \"mine\"\n{some}"))), "30%");
}

#[test]
fn a_floor_costs_its_rate() {
    assert_eq!(cost(PLAN), "25%", "20 % personal and team, and the courtesy of one who is at the top");
}

#[test]
fn a_retail_margin_costs_all_of_the_margin_or_the_discount() {
    assert_eq!(cost(&rule("r", "kind = \"retail_margin\"\npartner_price = \"cost\"")), "50%");
    assert_eq!(cost(&rule("r", "kind = \"retail_margin\"\npartner_price = { discount = \"15%\" }")), "15%");
}
