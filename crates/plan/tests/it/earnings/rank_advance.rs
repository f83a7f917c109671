//! A fixed sum for a rank, once in a partner's life.

use domain::money::Money;
use domain::network::Standing;
use plan::Plan;
use plan::close::{How, Source, UnpaidReason, Why};
use plan::sketch::{Sketch, SketchError};

use super::{notes, paid, ranked, reckon, unpaid};
use crate::common::rule;

fn advance(keys: &str) -> Plan {
    let sums = "kind = \"rank_advance\"\nsums = { silver = \"1000.00\", gold = \"5000.00\" }";
    ranked(&rule("steps", &format!("{sums}\n{keys}")))
}

/// What anna gets in each of some periods, paid as these ranks.
fn life(plan: &Plan, ranks: &[&str]) -> Vec<String> {
    let mut company = Sketch::new();
    company.partner("anna", None).expect("a new name");
    live(plan, company, ranks)
}

fn live(plan: &Plan, mut company: Sketch, ranks: &[&str]) -> Vec<String> {
    let mut sums = Vec::new();
    for rank in ranks {
        company.rank("anna", rank).expect("known");
        let reckoned = reckon(&company, plan);
        sums.push(reckoned.by_rule("steps", "anna").to_string());
        company = company.next_period(&reckoned);
    }
    sums
}

#[test]
fn a_rank_is_paid_once_in_a_life() {
    let each = advance("skipped = \"each\"");
    assert_eq!(life(&each, &["member", "silver", "silver"]), ["0.00", "1000.00", "0.00"]);
    assert_eq!(
        life(&each, &["silver", "member", "member", "silver", "gold", "silver", "gold"]),
        ["1000.00", "0.00", "0.00", "0.00", "5000.00", "0.00", "0.00"],
        "also when it is lost and reached again"
    );
}

#[test]
fn who_jumps_over_ranks_gets_each_or_the_highest() {
    assert_eq!(life(&advance("skipped = \"each\""), &["gold", "silver"]), ["6000.00", "0.00"]);
    let highest = advance("skipped = \"highest\"");
    assert_eq!(
        life(&highest, &["gold", "silver", "gold"]),
        ["5000.00", "0.00", "0.00"],
        "silver is never paid"
    );
    assert_eq!(life(&highest, &["silver", "gold"]), ["1000.00", "5000.00"], "step by step both are");
}

#[test]
fn a_rank_must_be_held_for_periods_in_a_row() {
    let two = advance("skipped = \"each\"\nhold_periods = 2");
    assert_eq!(life(&two, &["silver", "silver", "silver"]), ["0.00", "1000.00", "0.00"]);
    assert_eq!(
        life(&two, &["silver", "member", "silver", "silver"]),
        ["0.00", "0.00", "0.00", "1000.00"],
        "a break begins the count anew, and what was reached in between is not taken for paid"
    );
    assert_eq!(
        life(&two, &["silver", "gold", "silver", "gold", "gold"]),
        ["0.00", "1000.00", "0.00", "0.00", "5000.00"],
        "a higher rank counts for the lower one"
    );
    assert_eq!(life(&two, &["gold", "gold"]), ["0.00", "6000.00"]);
    let highest = advance("skipped = \"highest\"\nhold_periods = 2");
    assert_eq!(life(&highest, &["silver", "gold", "gold"]), ["0.00", "1000.00", "5000.00"]);
    assert_eq!(life(&highest, &["gold", "gold", "gold"]), ["0.00", "5000.00", "0.00"]);
    let four = advance("skipped = \"each\"\nhold_periods = 4");
    assert_eq!(life(&four, &["silver"; 5]), ["0.00", "0.00", "0.00", "1000.00", "0.00"]);
}

#[test]
fn a_rank_of_before_the_rule_counts_as_paid() -> Result<(), SketchError> {
    let each = advance("skipped = \"each\"");
    let mut company = Sketch::new();
    company.partner("anna", None)?.was("anna", "member", "silver")?;
    assert_eq!(live(&each, company, &["silver", "gold", "gold"]), ["0.00", "5000.00", "0.00"]);
    let mut company = Sketch::new();
    company.partner("anna", None)?.was("anna", "gold", "gold")?;
    assert_eq!(live(&each, company, &["member", "gold"]), ["0.00", "0.00"]);
    Ok(())
}

#[test]
fn the_inactive_lose_nothing() -> Result<(), SketchError> {
    for (keys, expected) in [("each", "6000.00"), ("highest", "5000.00")] {
        let plan = advance(&format!("skipped = \"{keys}\""));
        let mut march = Sketch::new();
        march.partner("anna", None)?.rank("anna", "gold")?.standing("anna", Standing::Inactive)?;
        let first = reckon(&march, &plan);
        assert_eq!((&first.period.lines, &first.period.unpaid), (&vec![], &vec![]));
        assert_eq!(
            notes(&march, &plan, "steps", "anna"),
            [(Some(2), Why::Inactive), (Some(3), Why::Inactive)]
        );
        let mut april = march.next_period(&first);
        april.standing("anna", Standing::Active)?;
        assert_eq!(paid(&reckon(&april, &plan), "steps", ["anna"]), [expected]);
        let mut lost = march.next_period(&first);
        lost.standing("anna", Standing::Active)?;
        assert_eq!(
            live(&plan, lost, &["member", "gold"]),
            ["0.00", expected],
            "due again when it is held again"
        );
    }
    Ok(())
}

#[test]
fn on_hold_it_is_booked_as_unpaid_and_that_was_it() -> Result<(), SketchError> {
    let plan = advance("skipped = \"each\"");
    let mut march = Sketch::new();
    march.partner("anna", None)?.rank("anna", "silver")?.standing("anna", Standing::Held)?;
    let first = reckon(&march, &plan);
    assert_eq!(unpaid(&first), [(UnpaidReason::Held, Some(0), "1000.00".to_owned())]);
    let mut april = march.next_period(&first);
    april.standing("anna", Standing::Active)?;
    assert_eq!(live(&plan, april, &["silver"]), ["0.00"]);
    Ok(())
}

#[test]
fn a_line_says_which_rank_and_others_why_not() -> Result<(), SketchError> {
    let each = advance("skipped = \"each\"");
    let mut company = Sketch::new();
    company.partner("anna", None)?.rank("anna", "silver")?;
    let reckoned = reckon(&company, &each);
    let [line] = reckoned.period.lines.as_slice() else { panic!("one line") };
    assert_eq!((line.source, line.level, line.how), (Source::Reached, 2, How::Whole));
    assert_eq!((line.base, line.raw, line.paid), (Money::from_minor(1_000_00), line.base, line.base));
    assert_eq!(notes(&company, &each, "steps", "anna"), [(Some(3), Why::BelowRank)]);
    let next = company.next_period(&reckoned);
    assert_eq!(notes(&next, &each, "steps", "anna"), [(Some(2), Why::Already), (Some(3), Why::BelowRank)]);
    let three = advance("skipped = \"each\"\nhold_periods = 3");
    assert_eq!(
        notes(&company, &three, "steps", "anna"),
        [(Some(2), Why::TooLittle { needs: 3, has: 1 }), (Some(3), Why::BelowRank)]
    );
    company.rank("anna", "gold")?;
    assert_eq!(
        notes(&company, &advance("skipped = \"highest\""), "steps", "anna"),
        [(Some(2), Why::Surpassed)]
    );
    Ok(())
}

#[test]
fn nobody_without_a_rank_gets_anything_and_nothing_is_remembered_of_him() -> Result<(), SketchError> {
    let mut company = Sketch::new();
    company.partner("anna", None)?.partner("boris", Some("anna"))?.rank("boris", "member")?;
    let reckoned = reckon(&company, &advance("skipped = \"each\""));
    assert_eq!(reckoned.period, plan::close::Paid::default());
    Ok(())
}

#[test]
fn two_rules_remember_apart() {
    let second = rule(
        "again",
        "kind = \"rank_advance\"\nsums = { silver = \"7.00\" }\nskipped = \"each\"\nhold_periods = 2",
    );
    let first = rule("steps", "kind = \"rank_advance\"\nsums = { silver = \"1000.00\" }\nskipped = \"each\"");
    let plan = ranked(&format!("{first}{second}"));
    let mut company = Sketch::new();
    company.partner("anna", None).expect("a new name").rank("anna", "silver").expect("known");
    let march = reckon(&company, &plan);
    let april = reckon(&company.next_period(&march), &plan);
    assert_eq!(["steps", "again"].map(|rule| march.by_rule(rule, "anna").to_string()), ["1000.00", "0.00"]);
    assert_eq!(["steps", "again"].map(|rule| april.by_rule(rule, "anna").to_string()), ["0.00", "7.00"]);
}

#[test]
fn a_version_of_the_plan_without_a_sum_neither_forgets_what_was_paid_nor_counts_periods() {
    let version = |sums: &str, hold: u16| {
        let keys = format!(
            "kind = \"rank_advance\"\nsums = {{ {sums} }}\nskipped = \"each\"\nhold_periods = {hold}"
        );
        ranked(&rule("steps", &keys))
    };
    let (silver, gold) = ("silver = \"1000.00\"", "gold = \"5000.00\"");
    for (hold, expected) in
        [(1, ["1000.00", "0.00", "0.00", "0.00"]), (2, ["0.00", "0.00", "0.00", "1000.00"])]
    {
        let mut company = Sketch::new();
        company.partner("anna", None).expect("a new name").rank("anna", "silver").expect("known");
        for (sums, expected) in [silver, gold, silver, silver].into_iter().zip(expected) {
            let reckoned = reckon(&company, &version(sums, hold));
            assert_eq!(paid(&reckoned, "steps", ["anna"]), [expected], "{sums}, {hold}");
            company = company.next_period(&reckoned);
        }
    }
}
