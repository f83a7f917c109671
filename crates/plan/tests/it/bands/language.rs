//! Mistakes in the rules by bands: where, what is wrong, what would be right.

use plan::explain::Lang;
use plan::{Diagnostics, OrderRule, PartnerPrice, Plan};

use crate::common::HEAD;

/// The head has six lines, so the rule begins at line 7.
fn refused(rest: &str) -> Diagnostics {
    Plan::parse("x", &format!("{HEAD}{rest}")).expect_err("broken")
}

/// Expects exactly these mistakes in a rule of a kind, whose keys begin at line 10.
fn mistakes(kind: &str, keys: &str, expected: &[&str]) {
    let shown = refused(&format!("[[rules]]\nid = \"r\"\nkind = \"{kind}\"\n{keys}\n"));
    assert_eq!(shown.to_string().lines().collect::<Vec<_>>(), expected, "{keys}");
    assert_eq!(shown.lines_in(Lang::Ru).lines().count(), expected.len());
}

const BASE: &str = "base = \"turnover\"\n";
const ONE: &str = "bands = [{ from = \"1\", rate = \"5%\" }]";

#[test]
fn bands_are_there_ascend_and_pay_something() {
    let example = "[{ from = \"100\", rate = \"10%\" }, { from = \"500\", rate = \"15%\" }]";
    mistakes(
        "personal",
        "base = \"turnover\"",
        &[&format!("x:7:1: the key \"bands\" is missing; add: bands = {example}")],
    );
    let bands = |bands: &str, expected: &str| {
        mistakes("personal", &format!("{BASE}bands = {bands}"), &[expected]);
    };
    bands("[]", &format!("x:11:9: the list \"bands\" is empty; write: bands = {example}"));
    bands("\"5%\"", &format!("x:11:9: \"bands\" takes a list, and this is a string; write: {example}"));
    bands(
        "[{ from = \"2\", rate = \"5%\" }, { from = \"2\", rate = \"6%\" }]",
        "x:11:39: the thresholds must ascend; list the bands from the lowest threshold to the highest",
    );
    bands(
        "[{ from = 100, rate = \"5%\" }]",
        "x:11:19: \"from\" takes a string, and this is a whole number; write: \"100\"",
    );
    bands(
        "[{ from = \"-1\", rate = \"5%\" }]",
        "x:11:19: \"-1\" is not a volume; write zero or more in digits with at most two decimals: \"100\" or \"99.50\"",
    );
    bands("[{ from = \"1\" }]", "x:11:10: the key \"rate\" is missing; add: rate = \"10%\"");
    bands(
        "[{ from = \"1\", rate = 5 }]",
        "x:11:31: \"rate\" takes a rate as a string in percent, and this is a whole number; write: \"5%\"",
    );
    bands(
        "[{ from = \"1\", rate = \"0%\" }]",
        "x:11:9: \"bands\" has no rate above zero; give at least one rate above zero",
    );
    bands(
        "[{ from = \"1\", rate = \"5%\", to = \"2\" }]",
        "x:11:37: there is no key \"to\" here; the keys here are: from, rate",
    );
}

#[test]
fn a_personal_rule_says_whose_and_when_in_known_words() {
    mistakes(
        "personal",
        &format!("{BASE}{ONE}\nof = \"clients\"\ndecided = \"later\""),
        &[
            "x:12:6: \"of\" has no value \"clients\"; there are now: \"own\", \"customers\", \"both\"",
            "x:13:11: \"decided\" has no value \"later\"; there are now: \"order\", \"close\"",
        ],
    );
    mistakes("personal", ONE, &["x:7:1: the key \"base\" is missing; add: base = \"turnover\""]);
    mistakes(
        "personal",
        &format!("{BASE}{ONE}\nby = \"group_volume\""),
        &[
            "x:12:1: there is no key \"by\" here; the keys here are: id, kind, base, cap, products, priority, decided, of, bands",
        ],
    );
}

#[test]
fn a_differential_has_one_kind_of_percentage() {
    let help = "write: bands = [{ from = \"100\", rate = \"10%\" }, { from = \"500\", rate = \"15%\" }]";
    let one_of = "a rule needs exactly one of bands and rank_rates";
    mistakes("differential", BASE, &[&format!("x:7:1: {one_of}; {help}")]);
    mistakes(
        "differential",
        &format!("{BASE}{ONE}\nrank_rates = {{}}"),
        &[&format!("x:11:9: {one_of}; {help}")],
    );
    let keys = |keys: &str, expected: &[&str]| {
        mistakes("differential", &format!("{BASE}{keys}"), expected);
    };
    keys(
        "rank_rates = {}",
        &["x:11:14: the table \"rank_rates\" is empty; write: rank_rates = { silver = …, gold = … }"],
    );
    keys(
        "rank_rates = [\"5%\"]",
        &[
            "x:11:14: \"rank_rates\" takes a table by rank, and this is a list; write: { silver = …, gold = … }",
        ],
    );
    keys(
        "rank_rates = { gold = \"5%\" }",
        &[
            "x:11:16: the plan has no rank \"gold\"; list the ranks, low to high: ranks = [\"member\", \"gold\"]",
        ],
    );
    keys(
        &format!("{ONE}\nby = \"sales\""),
        &[
            "x:12:6: \"by\" has no value \"sales\"; there are now: \"personal_volume\", \"unrolled_volume\", \"customer_volume\", \"frontline_volume\", \"group_volume\"",
        ],
    );
    keys(
        &format!("{ONE}\npay_self = \"yes\""),
        &["x:12:12: \"pay_self\" takes true or false, and this is a string; write: true"],
    );
    keys(
        &format!("{ONE}\ntop = \"0%\""),
        &["x:12:7: the rate of \"top\" is zero; give a rate above zero, as \"5%\""],
    );
}

#[test]
fn what_changes_nothing_is_warned_of() {
    let warnings = |keys: &str| -> Vec<String> {
        let text = format!(
            "{HEAD}ranks = [\"gold\"]\n[[rules]]\nid = \"r\"\nkind = \"differential\"\nbase = \"turnover\"\n{keys}\n"
        );
        let parsed = Plan::parse("x", &text).unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
        let told = parsed.warnings.iter().map(|warning| warning.line_in(Lang::En));
        told.filter(|line| !line.contains("no rule names a rank")).collect()
    };
    assert_eq!(
        warnings(&format!("{ONE}\ntop = \"6%\"")),
        ["x:13:7: nobody reaches 6%: the highest percentage is 5%; drop top or mend the percentages"]
    );
    assert_eq!(warnings(&format!("{ONE}\ntop = \"5%\"")), Vec::<String>::new());
    assert_eq!(
        warnings("rank_rates = { gold = \"5%\" }\nby = \"group_volume\""),
        ["x:13:6: percentages by rank measure no volume; drop by or write bands"]
    );
}

#[test]
fn what_a_rule_goes_after_stands_before_it_and_fits() {
    let rules = |first: &str, second: &str| {
        format!(
            "[[rules]]\nid = \"mine\"\nkind = \"personal\"\nbase = \"turnover\"\n{ONE}\n{first}\n[[rules]]\nid = \"team\"\nkind = \"differential\"\nbase = \"turnover\"\n{ONE}\n{second}\n"
        )
    };
    let shown = |first: &str, second: &str| refused(&rules(first, second)).to_string();
    let close = "decided = \"close\"";
    assert_eq!(
        shown(close, "after = \"mien\""),
        "x:18:9: no rule \"mien\" stands before this one; did you mean \"mine\"?"
    );
    assert_eq!(
        shown(close, "after = \"bonuses\""),
        "x:18:9: no rule \"bonuses\" stands before this one; these fit: mine"
    );
    assert_eq!(
        shown(close, "after = \"team\""),
        "x:18:9: no rule \"team\" stands before this one; these fit: mine"
    );
    let wanted = "a personal rule with decided = \"close\"";
    assert_eq!(
        shown("", "after = \"mine\""),
        format!("x:18:9: \"after\" names {wanted}, and \"mine\" is another; put {wanted} before this one")
    );
    assert_eq!(
        shown(close, "after = 5"),
        "x:18:9: \"after\" takes a string, and this is a whole number; write: \"team\""
    );
    let ru = refused(&rules("", "after = \"mine\"")).lines_in(Lang::Ru);
    assert!(
        ru.contains("\"after\" называет правило personal с decided = \"close\", а \"mine\" — другое"),
        "{ru}"
    );
}

#[test]
fn a_floor_stands_on_a_differential_that_has_something_done() {
    mistakes(
        "same_level",
        BASE,
        &[
            "x:7:1: the key \"of\" is missing; add: of = \"team\"",
            "x:7:1: the key \"rate\" is missing; add: rate = \"5%\"",
        ],
    );
    mistakes(
        "same_level",
        &format!("{BASE}of = \"team\"\nrate = \"0%\"\ncounts_as_done = 1"),
        &[
            "x:11:6: no rule \"team\" stands before this one; put a differential rule before this one",
            "x:12:8: the rate of \"rate\" is zero; give a rate above zero, as \"5%\"",
            "x:13:18: \"counts_as_done\" takes true or false, and this is a whole number; write: true",
        ],
    );
    let floor = |keys: &str| {
        format!(
            "[[rules]]\nid = \"team\"\nkind = \"differential\"\nbase = \"turnover\"\n{ONE}\n{keys}\n[[rules]]\nid = \"floor\"\nkind = \"same_level\"\nbase = \"turnover\"\nof = \"team\"\nrate = \"1%\"\n"
        )
    };
    assert_eq!(
        refused(&floor("")).to_string(),
        "x:17:6: in \"team\" nothing is done by the one whose volume it is, so the first above him has all of his percentage; add to \"team\": after = \"…\" or pay_self = true"
    );
    assert!(Plan::parse("x", &format!("{HEAD}{}", floor("pay_self = true"))).is_ok());
}

#[test]
fn a_retail_margin_knows_what_partners_pay() {
    let example = "{ discount = \"25%\" }";
    let retail = |keys: &str, expected: &str| mistakes("retail_margin", keys, &[expected]);
    retail("", &format!("x:7:1: the key \"partner_price\" is missing; add: partner_price = {example}"));
    retail(
        "partner_price = \"costs\"",
        "x:10:17: \"partner_price\" has no value \"costs\"; did you mean \"cost\"?",
    );
    retail(
        "partner_price = 25",
        &format!(
            "x:10:17: \"partner_price\" takes \"cost\" or a table with a discount, and this is a whole number; write: partner_price = {example}"
        ),
    );
    retail("partner_price = {}", "x:10:17: the key \"discount\" is missing; add: discount = \"25%\"");
    retail(
        "partner_price = { discount = \"0%\" }",
        "x:10:30: the rate of \"discount\" is zero; give a rate above zero, as \"5%\"",
    );
    retail(
        "partner_price = { discount = \"101%\" }",
        "x:10:30: the rate \"101%\" is above 100%; a rate is from \"0.0001%\" to \"100%\"",
    );
    retail(
        "partner_price = \"cost\"\nbase = \"margin\"",
        "x:11:1: there is no key \"base\" here; the keys here are: id, kind, products, priority, partner_price",
    );
}

#[test]
fn a_retail_margin_takes_its_base_from_the_price() {
    for (price, base, read) in [
        ("\"cost\"", plan::Base::Margin, PartnerPrice::Cost),
        (
            "{ discount = \"25%\" }",
            plan::Base::Turnover,
            PartnerPrice::Discount(domain::money::Rate::from_ppm(250_000)),
        ),
    ] {
        let plan = crate::common::plan(&crate::common::rule(
            "r",
            &format!("kind = \"retail_margin\"\npartner_price = {price}"),
        ));
        let [rule] = plan.rules() else { panic!("one rule") };
        let Some(OrderRule::RetailMargin(retail)) = rule.order_rule() else { panic!("{rule:?}") };
        assert_eq!((rule.base, retail.partner_price), (base, read));
    }
}
