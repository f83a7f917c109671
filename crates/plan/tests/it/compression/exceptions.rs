//! Holds, ranks, the buyer himself, the ends of a walk.

use domain::money::Money;

use super::check;
use crate::common::{accrue, active, levels, order_of, paid_to, steps};

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
    let plan =
        levels("rate_table = { low = [\"4%\"], high = [\"10%\", \"5%\"] }\ncompression = \"skip_inactive\"");
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
