//! What one who may not earn does to the count of levels, compression by compression.

use domain::money::Money;
use plan::Plan;

use crate::common::{Someone, accrue, active, broken, levels, order_of, paid_to, steps};

/// The walk, the sums and the breakage of an order of 100.00.
fn outcome(plan: &Plan, chain: &[Someone]) -> (Vec<String>, Vec<i64>, Vec<String>) {
    let accruals = accrue(plan, &order_of(10_000), chain);
    assert_eq!(accruals.paid() + accruals.broken(), accruals.maximum);
    let [walk] = accruals.walks.as_slice() else { panic!("one rule walks once") };
    (steps(walk), paid_to(&accruals, chain.len()), broken(&accruals))
}

fn check(plan: &Plan, chain: &[Someone], walk: &[&str], sums: &[i64], breakage: &[&str]) {
    let expected = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    assert_eq!(outcome(plan, chain), (expected(walk), sums.to_vec(), expected(breakage)));
}

#[test]
fn none_lets_the_inactive_take_a_level() {
    let plan = levels("rates = [\"10%\", \"5%\", \"2%\"]\ncompression = \"none\"");
    check(
        &plan,
        &[active(), active(), active().inactive(), active(), active()],
        &["0@- buyer", "1@1 paid 10%", "2@2 inactive", "3@3 paid 2%", "4@- no more levels"],
        &[0, 1000, 0, 200, 0],
        &["2 inactive 5.00"],
    );
}

#[test]
fn skip_inactive_passes_over_the_inactive_without_limit() {
    let plan = levels("rates = [\"10%\", \"5%\"]\ncompression = \"skip_inactive\"");
    check(
        &plan,
        &[active().inactive(), active().inactive(), active().inactive(), active(), active().inactive()],
        &["0@- buyer", "1@- inactive", "2@- inactive", "3@1 paid 10%", "4@- inactive"],
        &[0, 0, 0, 1000, 0],
        &["2 no_sponsor 5.00"],
    );
}

#[test]
fn a_closed_level_is_forfeited_or_passed_up() {
    let keys = "rates = [\"10%\", \"5%\"]\ncompression = \"skip_inactive\"\nunlock = \"one_to_one\"\nclosed_level = ";
    let chain = [active(), active().invited(1), active().invited(1), active().invited(2), active()];
    check(
        &levels(&format!("{keys}\"forfeit\"")),
        &chain,
        &["0@- buyer", "1@1 paid 10%", "2@2 closed 1/2", "3@- no more levels"],
        &[0, 1000, 0, 0, 0],
        &["2 level_closed 5.00"],
    );
    check(
        &levels(&format!("{keys}\"pass_up\"")),
        &chain,
        &["0@- buyer", "1@1 paid 10%", "2@2 closed 1/2", "3@2 paid 5%", "4@- no more levels"],
        &[0, 1000, 0, 500, 0],
        &[],
    );
}

#[test]
fn pass_up_moves_a_closed_level_under_none_too() {
    let plan = levels("rates = [\"10%\", \"5%\"]\ncompression = \"none\"\nunlock = \"one_to_one\"\nclosed_level = \"pass_up\"");
    check(
        &plan,
        &[active(), active(), active().inactive(), active().invited(2)],
        &["0@- buyer", "1@1 closed 0/1", "2@1 inactive", "3@2 paid 5%"],
        &[0, 0, 0, 500],
        &["1 inactive 10.00"],
    );
}

#[test]
fn skip_below_rank_counts_ranks_and_not_activity() {
    let plan = levels("rates = [\"10%\", \"5%\"]\ncompression = \"skip_below_rank\"\nmin_rank = \"mid\"");
    check(
        &plan,
        &[active(), active(), active().rank("low"), active().rank("high").inactive(), active().rank("mid")],
        &["0@- buyer", "1@- below rank", "2@- below rank", "3@1 inactive", "4@2 paid 5%"],
        &[0, 0, 0, 0, 500],
        &["1 inactive 10.00"],
    );
}

#[test]
fn dynamic_asks_on_until_somebody_is_paid() {
    let plan = levels("rate_table = { low = [\"10%\"], high = [\"10%\", \"5%\"] }\ncompression = \"dynamic\"\nunlock = { tiers = [{ min_active = 1, max_level = 2 }] }");
    check(
        &plan,
        &[
            active(),
            active().rank("low"),
            active().rank("low").invited(1),
            active().rank("low").invited(1),
            active().inactive(),
            active().rank("high").invited(1).held(),
            active().rank("high").invited(1),
            active(),
        ],
        &[
            "0@- buyer",
            "1@1 closed 0/1",
            "2@1 paid 10%",
            "3@2 below rank",
            "4@- inactive",
            "5@- held",
            "6@2 paid 5%",
            "7@- no more levels",
        ],
        &[0, 0, 1000, 0, 0, 0, 500, 0],
        &[],
    );
}

#[test]
fn roll_to_next_gives_one_partner_several_levels() {
    let plan = levels("rates = [\"10%\", \"5%\", \"2%\"]\ncompression = \"roll_to_next\"");
    check(
        &plan,
        &[active(), active().inactive(), active().inactive(), active(), active()],
        &["0@- buyer", "1@1 inactive", "2@2 inactive", "3@1 paid 10%", "3@2 paid 5%", "3@3 paid 2%", "4@- no more levels"],
        &[0, 0, 0, 1700, 0],
        &[],
    );
}

#[test]
fn roll_to_next_goes_on_above_the_last_level() {
    let plan = levels("rate_table = { low = [\"10%\"], high = [\"8%\", \"5%\"] }\ncompression = \"roll_to_next\"");
    check(
        &plan,
        &[active(), active().rank("low"), active().rank("low"), active(), active().inactive(), active().rank("high")],
        &["0@- buyer", "1@1 paid 10%", "2@2 below rank", "3@2 below rank", "4@- inactive", "5@2 paid 5%"],
        &[0, 1000, 0, 0, 0, 500],
        &[],
    );
    check(
        &plan,
        &[active(), active().inactive(), active().rank("high")],
        &["0@- buyer", "1@1 inactive", "2@1 paid 8%", "2@2 paid 5%"],
        &[0, 0, 1300],
        &["1 below_rank 2.00"],
    );
}

#[test]
fn roll_to_next_burns_or_rolls_a_closed_level() {
    let keys = "rates = [\"10%\", \"5%\"]\ncompression = \"roll_to_next\"\nunlock = \"one_to_one\"\nclosed_level = ";
    let chain = [active(), active().inactive(), active().invited(1), active().invited(1), active().invited(2)];
    check(
        &levels(&format!("{keys}\"forfeit\"")),
        &chain,
        &["0@- buyer", "1@1 inactive", "2@1 paid 10%", "2@2 closed 1/2", "3@- no more levels"],
        &[0, 0, 1000, 0, 0],
        &["2 level_closed 5.00"],
    );
    check(
        &levels(&format!("{keys}\"pass_up\"")),
        &chain,
        &["0@- buyer", "1@1 inactive", "2@1 paid 10%", "2@2 closed 1/2", "3@2 closed 1/2", "4@2 paid 5%"],
        &[0, 0, 1000, 0, 500],
        &[],
    );
}

#[test]
fn who_is_on_hold_takes_what_he_would_earn_and_nobody_gets_it() {
    let chain = [active(), active().inactive(), active().held(), active(), active()];
    let held_at_one = ["0@- buyer", "1@- inactive", "2@1 held", "3@2 paid 5%", "4@- no more levels"];
    check(
        &levels("rates = [\"10%\", \"5%\"]\ncompression = \"skip_inactive\""),
        &chain,
        &held_at_one,
        &[0, 0, 0, 500, 0],
        &["1 held 10.00"],
    );
    check(
        &levels("rates = [\"10%\", \"5%\"]\ncompression = \"roll_to_next\""),
        &chain,
        &["0@- buyer", "1@1 inactive", "2@1 held", "2@2 held", "3@- no more levels"],
        &[0, 0, 0, 0, 0],
        &["1 held 10.00", "2 held 5.00"],
    );
    check(
        &levels("rates = [\"10%\", \"5%\"]\ncompression = \"dynamic\""),
        &chain,
        &["0@- buyer", "1@- inactive", "2@- held", "3@1 paid 10%", "4@2 paid 5%"],
        &[0, 0, 0, 1000, 500],
        &[],
    );
}

#[test]
fn a_lower_rate_by_rank_leaves_the_difference() {
    let plan = levels("rate_table = { low = [\"4%\"], high = [\"10%\", \"5%\"] }\ncompression = \"skip_inactive\"");
    check(
        &plan,
        &[active(), active().rank("low"), active().rank("low"), active().rank("high")],
        &["0@- buyer", "1@1 paid 4%", "2@2 below rank", "3@- no more levels"],
        &[0, 400, 0, 0],
        &["1 below_rank 6.00", "2 below_rank 5.00"],
    );
    check(
        &plan,
        &[active(), active().rank("low").held(), active()],
        &["0@- buyer", "1@1 held", "2@2 below rank"],
        &[0, 0, 0],
        &["1 below_rank 6.00", "1 held 4.00", "2 below_rank 5.00"],
    );
}

#[test]
fn the_buyer_earns_on_his_own_order_only_with_pay_self() {
    for compression in ["none", "skip_inactive", "dynamic", "roll_to_next"] {
        let keys = format!("rates = [\"10%\", \"5%\"]\ncompression = \"{compression}\"");
        let chain = [active(), active(), active()];
        let sums = |keys: &str| paid_to(&accrue(&levels(keys), &order_of(10_000), &chain), chain.len());
        assert_eq!(sums(&keys), [0, 1000, 500]);
        assert_eq!(sums(&format!("{keys}\npay_self = true")), [1000, 500, 0]);
    }
}

#[test]
fn max_scan_ends_the_walk() {
    let plan = levels("rates = [\"10%\", \"5%\"]\ncompression = \"skip_inactive\"\nmax_scan = 3");
    check(
        &plan,
        &[active(), active().inactive(), active(), active().inactive(), active()],
        &["0@- buyer", "1@- inactive", "2@1 paid 10%", "3@- inactive"],
        &[0, 0, 1000, 0, 0],
        &["2 no_sponsor 5.00"],
    );
    let rolling = levels("rates = [\"10%\", \"5%\"]\ncompression = \"roll_to_next\"\nmax_scan = 2");
    check(
        &rolling,
        &[active(), active().inactive(), active().inactive(), active()],
        &["0@- buyer", "1@1 inactive", "2@2 inactive"],
        &[0, 0, 0, 0],
        &["1 no_sponsor 10.00", "2 no_sponsor 5.00"],
    );
}

#[test]
fn what_rounds_to_nothing_takes_its_level_and_is_no_share() {
    let plan = levels("rates = [\"10%\", \"50%\"]\ncompression = \"dynamic\"");
    let accruals = accrue(&plan, &order_of(1), &[active(), active(), active()]);
    let [walk] = accruals.walks.as_slice() else { panic!("one walk") };
    assert_eq!(steps(walk), ["0@- buyer", "1@1 10% rounds to zero", "2@2 paid 50%"]);
    assert_eq!((accruals.maximum, accruals.paid()), (Money::from_minor(1), Money::from_minor(1)));
    assert_eq!(accruals.breakage, []);
}
