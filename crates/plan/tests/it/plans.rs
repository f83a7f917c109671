//! The plans that ship, and what they say of themselves.

use std::collections::BTreeSet;

use domain::activity::FeeKind;
use domain::money::{Money, Rate};
use plan::explain::{Lang, summary};
use plan::{Effective, FeeTerms, Parsed, Plan, check, language_keys};

use crate::common::{at_root, reference};

fn shipped(name: &str) -> Parsed {
    let text = at_root(&format!("plans/{name}.toml"));
    Plan::parse(&format!("plans/{name}.toml"), &text).unwrap_or_else(|diagnostics| panic!("{diagnostics}"))
}

#[test]
fn both_plans_share_dates_and_fees() {
    for name in ["nanorem-5", "nanorem-12"] {
        let plan = shipped(name).plan;
        assert_eq!((plan.name(), plan.hold_days(), plan.effective()), (name, 14, Effective::PaidAt));
        assert_eq!(plan.zone().iana_name(), Some("Europe/Moscow"));
        let fee = |price, months| Some(FeeTerms { price: Money::from_minor(price), months });
        assert_eq!(plan.fee(FeeKind::Monthly), fee(300_000, 1));
        assert_eq!(plan.fee(FeeKind::Annual), fee(1_000_000, 12));
        assert!(!plan.uses_ranks());
    }
    assert_eq!(shipped("nanorem-12").plan.invited_that_matter(), 12);
    assert_eq!(shipped("nanorem-5").plan.invited_that_matter(), 0);
}

#[test]
fn the_hash_is_that_of_the_whole_text() {
    let text = |tail: &str| {
        format!(
            "{}[[rules]]\nid = \"r\"\nkind = \"level\"\nbase = \"turnover\"\nrates = [\"1%\"]\ncompression = \"none\"\n{tail}",
            crate::common::HEAD
        )
    };
    let parse = |text: &str| Plan::parse("x", text).expect("valid").plan;
    let (plain, commented) = (parse(&text("")), parse(&text("# a remark\n")));
    assert_eq!(commented.source(), text("# a remark\n"));
    assert_ne!(plain.hash(), commented.hash());
    assert_eq!(plain.hash(), parse(&text("")).hash());
    assert_eq!(parse(&text("")).hash()[..4], <sha2::Sha256 as sha2::Digest>::digest(text(""))[..4]);
}

#[test]
fn the_twelve_levels_warn_where_their_cap_begins_to_bite() {
    assert!(shipped("nanorem-5").warnings.is_empty());
    let warnings = shipped("nanorem-12").warnings;
    let [warning] = warnings.as_slice() else { panic!("one warning") };
    assert_eq!(
        warning.line_in(Lang::En),
        "plans/nanorem-12.toml:23:1: the cap of 40% begins to cut at paid level 5, where the rates come to 41% (all 12 come to 48.4%); the plan works: what is above the cap is cut as mode says"
    );
    assert!(warning.message(Lang::Ru).contains("41%"), "{}", warning.message(Lang::Ru));
}

fn costs(plan: &Plan, margin: u32) -> Vec<[String; 4]> {
    check::worst_case(plan, Rate::from_ppm(margin))
        .into_iter()
        .map(|case| {
            let of_margin = case.paid_of_margin.map_or_else(|| "-".to_owned(), |share| share.to_string());
            let bites = if case.bites { "bites" } else { "" };
            [case.raw_of_turnover.to_string(), case.paid_of_turnover.to_string(), of_margin, bites.to_owned()]
        })
        .collect()
}

#[test]
fn the_worst_case_of_twelve_levels_is_cut_at_the_fifth() {
    let rows = costs(&shipped("nanorem-12").plan, 500_000);
    let row = |texts: [&str; 4]| texts.map(str::to_owned);
    assert_eq!(rows.len(), 12);
    assert_eq!(rows[0], row(["12%", "12%", "24%", ""]));
    assert_eq!(rows[3], row(["36%", "36%", "72%", ""]));
    assert_eq!(rows[4], row(["41%", "40%", "80%", "bites"]));
    assert_eq!(rows[11], row(["48.4%", "40%", "80%", "bites"]));
}

#[test]
fn on_the_margin_twelve_levels_cost_a_quarter_of_the_turnover() {
    let text = shipped("nanorem-12").plan.source().replace("base = \"turnover\"", "base = \"margin\"");
    let parsed = Plan::parse("x", &text).expect("valid");
    assert!(parsed.warnings.is_empty(), "how much margin is of turnover, the plan does not know");
    let last = costs(&parsed.plan, 500_000).pop().expect("twelve rows");
    assert_eq!(last, ["24.2%", "24.2%", "48.4%", ""].map(str::to_owned));
    let thin = costs(&parsed.plan, 0).pop().expect("twelve rows");
    assert_eq!(thin, ["0%", "0%", "-", ""].map(str::to_owned));
    let third = costs(&shipped("nanorem-5").plan, 333_333).pop().expect("five rows");
    assert_eq!(third, ["45%", "45%", "135.0001%", ""].map(str::to_owned));
}

#[test]
fn only_rules_that_pay_on_the_same_goods_add_up() {
    let rule = |id: &str, rate: &str, keys: &str| {
        format!(
            "[[rules]]\nid = \"{id}\"\nbase = \"turnover\"\nrates = [\"{rate}\"]\ncompression = \"none\"\n{keys}\n"
        )
    };
    let level = "kind = \"level\"\nproducts = ";
    let rules = [
        rule("a", "30%", &format!("{level}{{ categories = [\"a\"] }}")),
        rule("b", "20%", &format!("{level}{{ categories = [\"b\"] }}")),
        rule("s", "5%", &format!("{level}{{ skus = [\"s\"] }}")),
        rule("fast", "40%", "kind = \"fast_start\"\ndays = 30\nreplaces_level = true"),
        rule("first", "1%", "kind = \"fast_start\"\nfirst_order = true"),
    ];
    let raw = |count: usize| costs(&crate::common::plan(&rules[..count].concat()), 500_000)[0][0].clone();
    assert_eq!(
        [raw(1), raw(2), raw(3), raw(4), raw(5)],
        ["30%", "30%", "35%", "40%", "41%"].map(str::to_owned)
    );
}

#[test]
fn the_summary_says_every_term() {
    let plan = shipped("nanorem-12").plan;
    assert_eq!(
        summary(&plan, Lang::En),
        "NANOREM, twelve levels (nanorem-12)
An order counts by the date of its payment
Money is available 14 days after that date
Days and months are those of Europe/Moscow
Sums are rounded to the kopeck, half a kopeck up
Activity, monthly: 3000.00 roubles for 1 month(s)
Activity, annual: 10000.00 roubles for 12 month(s)
Rule levels, when an order is paid: rates by level of the turnover
  by level 1: 12%, 2: 10%, 3: 8%, 4: 6%, 5: 5%, 6: 3%, 7: 1.2%, 8: 1%, 9: 0.8%, 10: 0.6%, 11: 0.5%, 12: 0.3%
  the inactive are passed over; the next active sponsor takes the level
  level k is open with k active personally invited partners
  a closed level pays nobody
An order pays no more than 40% of its turnover: above it everyone is cut in proportion
"
    );
    assert!(summary(&plan, Lang::Ru).contains("С заказа выплачивается не больше 40% от оборота"));
}

#[test]
fn every_whole_plan_of_the_reference_is_right() {
    let plans = reference();
    let mut kinds: BTreeSet<String> = BTreeSet::new();
    for text in &plans {
        let parsed = Plan::parse("docs/plan.md", text).unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
        let warnings: Vec<_> = parsed.warnings.iter().map(|warning| warning.line_in(Lang::En)).collect();
        assert_eq!(warnings, Vec::<String>::new(), "{}", parsed.plan.name());
        kinds.extend(parsed.plan.rules().iter().map(|rule| format!("rules.{}", rule.kind_name())));
    }
    let known = language_keys().into_iter().filter(|(_, keys)| keys.contains(&"id"));
    assert_eq!(kinds, known.map(|(table, _)| table).collect(), "every kind has an example");
}
