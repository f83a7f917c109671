//! The cap of an order: who gives way, to the kopeck.

use crate::common::{Someone, accrue, active, broken, line, order, order_of, paid_to, plan, steps};
use domain::money::Money;

fn capped(cap: &str, rates: &str) -> plan::Plan {
    plan(&format!(
        "[cap]\n{cap}\n[[rules]]\nid = \"r\"\nkind = \"level\"\nbase = \"turnover\"\ncompression = \"none\"\nrates = [{rates}]\n"
    ))
}

fn chain(people: usize) -> Vec<Someone> {
    vec![active(); people]
}

#[test]
fn below_the_cap_nothing_is_cut() {
    for mode in ["pro_rata", "tail"] {
        let plan = capped(&format!("percent = \"15%\"\nmode = \"{mode}\""), "\"10%\", \"5%\"");
        let accruals = accrue(&plan, &order_of(10_000), &chain(3));
        assert_eq!(paid_to(&accruals, 3), [0, 1000, 500]);
        assert_eq!((accruals.cap, accruals.breakage), (Some(Money::from_minor(1500)), vec![]));
    }
}

#[test]
fn pro_rata_gives_missing_kopecks_to_the_largest_remainders() {
    // Exact thirds of 10 kopecks: 3.33 each; the missing one goes to the lowest level.
    let plan = capped("percent = \"10%\"\nmode = \"pro_rata\"", "\"20%\", \"20%\", \"20%\"");
    let accruals = accrue(&plan, &order_of(100), &chain(4));
    assert_eq!(paid_to(&accruals, 4), [0, 4, 3, 3]);
    assert_eq!(broken(&accruals), ["1 over_cap 0.16", "2 over_cap 0.17", "3 over_cap 0.17"]);
    assert_eq!(
        steps(&accruals.walks[0]),
        ["0@- buyer", "1@1 paid 20% cut to 0.04", "2@2 paid 20% cut to 0.03", "3@3 paid 20% cut to 0.03"]
    );
}

#[test]
fn pro_rata_never_gives_more_than_the_rate() {
    // Ten amounts of 1.4 kopecks (raw 1) and one of 10: raw 20, exact 24, cap 19. By the formula alone one
    // of the ten would get 2.
    let rates = format!("{}\"10%\"", "\"1.4%\", ".repeat(10));
    let plan = capped("percent = \"19%\"\nmode = \"pro_rata\"", &rates);
    let accruals = accrue(&plan, &order_of(100), &chain(12));
    assert_eq!(paid_to(&accruals, 12), [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 9]);
    assert_eq!(broken(&accruals), ["11 over_cap 0.01"]);
}

#[test]
fn pro_rata_counts_only_those_who_earn() {
    let plan = plan(
        "[cap]\npercent = \"10%\"\nmode = \"pro_rata\"\n[[rules]]\nid = \"r\"\nkind = \"level\"\nbase = \"turnover\"\ncompression = \"skip_inactive\"\nunlock = \"one_to_one\"\nrates = [\"8%\", \"20%\", \"8%\"]\n",
    );
    let people = [active(), active().invited(1), active(), active().invited(3)];
    let accruals = accrue(&plan, &order_of(10_000), &people);
    assert_eq!(paid_to(&accruals, 4), [0, 500, 0, 500]);
    assert_eq!(broken(&accruals), ["1 over_cap 3.00", "2 level_closed 20.00", "3 over_cap 3.00"]);
}

#[test]
fn a_share_cut_to_nothing_is_over_cap() {
    let plan = capped("percent = \"10%\"\nmode = \"pro_rata\"", "\"30%\", \"20%\", \"10%\"");
    let accruals = accrue(&plan, &order_of(10), &chain(4));
    assert_eq!(paid_to(&accruals, 4), [0, 1, 0, 0]);
    assert_eq!(
        steps(&accruals.walks[0]),
        ["0@- buyer", "1@1 paid 30% cut to 0.01", "2@2 over cap 0.02", "3@3 over cap 0.01"]
    );
    assert_eq!(accruals.shares.len(), 1);
}

#[test]
fn tail_pays_from_the_first_level_until_nothing_is_left() {
    let plan = capped("percent = \"40%\"\nmode = \"tail\"", "\"20%\", \"15%\", \"10%\", \"5%\"");
    let accruals = accrue(&plan, &order_of(10_000), &chain(5));
    assert_eq!(paid_to(&accruals, 5), [0, 2000, 1500, 500, 0]);
    assert_eq!(broken(&accruals), ["3 over_cap 5.00", "4 over_cap 5.00"]);
}

#[test]
fn stop_pays_what_fits_when_rounding_alone_passes_the_cap() {
    // 3 kopecks: 0.6 rounds to 1 twice, and the cap is floor(1.2).
    let plan = capped("percent = \"40%\"\nmode = \"stop\"", "\"20%\", \"20%\"");
    let accruals = accrue(&plan, &order_of(3), &chain(3));
    assert_eq!(
        (paid_to(&accruals, 3), broken(&accruals)),
        (vec![0, 1, 0], vec!["2 over_cap 0.01".to_owned()])
    );
    let without = capped("percent = \"40%\"", "\"20%\", \"20%\"");
    assert_eq!(
        accrue(&without, &order_of(3), &chain(3)),
        accruals,
        "a cap without a mode is a promise, like stop"
    );
}

#[test]
fn the_cap_is_of_all_goods_and_over_all_rules() {
    let text = |mode: &str| {
        format!(
            "[cap]\npercent = \"10%\"\nof = \"margin\"\nmode = \"{mode}\"\n[[rules]]\nid = \"a\"\nkind = \"level\"\nbase = \"turnover\"\ncompression = \"none\"\nrates = [\"10%\", \"6%\"]\nproducts = {{ skus = [\"SKU-1\"] }}\n[[rules]]\nid = \"b\"\nkind = \"level\"\nbase = \"turnover\"\ncompression = \"none\"\nrates = [\"10%\", \"4%\"]\nproducts = {{ skus = [\"SKU-2\"] }}\n"
        )
    };
    let mut lines = vec![line(1, 1, 10_000), line(2, 1, 10_000)];
    for line in &mut lines {
        line.unit_cost = Money::from_minor(2_500);
    }
    let order = order(lines);
    let sums = |mode: &str| {
        let accruals = accrue(&plan(&text(mode)), &order, &chain(3));
        assert_eq!(accruals.cap, Some(Money::from_minor(1500)));
        accruals
            .shares
            .iter()
            .map(|share| (share.rule.as_str().to_owned(), share.level, share.paid.minor()))
            .collect::<Vec<_>>()
    };
    let named =
        |sums: [(&str, u16, i64); 4]| sums.map(|(rule, level, sum)| (rule.to_owned(), level, sum)).to_vec();
    assert_eq!(sums("pro_rata"), named([("a", 1, 500), ("a", 2, 300), ("b", 1, 500), ("b", 2, 200)]));
    // Level 1 of both rules in full would be 2000: the first takes 1000, the second the rest.
    assert_eq!(sums("tail"), [("a".to_owned(), 1, 1000), ("b".to_owned(), 1, 500)]);
}

#[test]
fn pro_rata_never_raises_anyone_when_rounding_alone_passes_the_cap() {
    // Exact 6.4 kopecks, rounded 11, cap 10: the factor is above one. 1.4 x 10 / 6.4 would be 2.
    let rates = format!("\"1.4%\"{}", ", \"0.5%\"".repeat(10));
    let plan = capped("percent = \"10%\"\nmode = \"pro_rata\"", &rates);
    let accruals = accrue(&plan, &order_of(100), &chain(12));
    assert_eq!(paid_to(&accruals, 12), [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]);
    assert_eq!(broken(&accruals), ["11 over_cap 0.01"]);
}

#[test]
fn stop_pays_nobody_beyond_the_first_that_does_not_fit() {
    // 30 kopecks: 1.5 rounds to 2 twice and 0.51 to 1, and the cap is floor(3.51).
    let plan = capped("percent = \"11.7%\"\nmode = \"stop\"", "\"5%\", \"5%\", \"1.7%\"");
    let accruals = accrue(&plan, &order_of(30), &chain(4));
    assert_eq!(paid_to(&accruals, 4), [0, 2, 0, 0]);
    assert_eq!(broken(&accruals), ["2 over_cap 0.02", "3 over_cap 0.01"]);
}

#[test]
fn equal_remainders_go_by_level_then_code_then_rule() {
    let rule = |id: &str, rates: &str, pay_self: bool| {
        crate::common::rule(
            id,
            &format!(
                "kind = \"level\"\nbase = \"turnover\"\ncompression = \"none\"\nrates = [{rates}]\npay_self = {pay_self}"
            ),
        )
    };
    let sums = |percent: &str, rules: &[String]| {
        let text = format!("[cap]\npercent = \"{percent}\"\nmode = \"pro_rata\"\n{}", rules.concat());
        let accruals = accrue(&plan(&text), &order_of(100), &chain(3));
        let sum = |share: &domain::accrual::Share| {
            (share.rule.as_str().to_owned(), share.level, share.paid.minor())
        };
        accruals.shares.iter().map(sum).collect::<Vec<_>>()
    };
    let named = |sums: &[(&str, u16, i64)]| {
        sums.iter().map(|(rule, level, sum)| ((*rule).to_owned(), *level, *sum)).collect::<Vec<_>>()
    };
    let by_level = [rule("a", "\"10%\", \"10%\"", false), rule("b", "\"10%\"", false)];
    assert_eq!(sums("11%", &by_level), named(&[("a", 1, 4), ("a", 2, 3), ("b", 1, 4)]));
    assert_eq!(sums("10%", &by_level), named(&[("a", 1, 4), ("a", 2, 3), ("b", 1, 3)]));
    // The buyer, of the lower code, earns by the later rule.
    let by_code = [rule("a", "\"10%\"", false), rule("b", "\"10%\"", true)];
    assert_eq!(sums("11%", &by_code), named(&[("a", 1, 5), ("b", 1, 6)]));
}
