//! What one who may not earn does to the count of levels, compression by compression.

mod exceptions;

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
    let plan = levels(
        "rates = [\"10%\", \"5%\"]\ncompression = \"none\"\nunlock = \"one_to_one\"\nclosed_level = \"pass_up\"",
    );
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
    let plan = levels(
        "rate_table = { low = [\"10%\"], high = [\"10%\", \"5%\"] }\ncompression = \"dynamic\"\nunlock = { tiers = [{ min_active = 1, max_level = 2 }] }",
    );
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
        &[
            "0@- buyer",
            "1@1 inactive",
            "2@2 inactive",
            "3@1 paid 10%",
            "3@2 paid 5%",
            "3@3 paid 2%",
            "4@- no more levels",
        ],
        &[0, 0, 0, 1700, 0],
        &[],
    );
}

#[test]
fn roll_to_next_goes_on_above_the_last_level() {
    let plan =
        levels("rate_table = { low = [\"10%\"], high = [\"8%\", \"5%\"] }\ncompression = \"roll_to_next\"");
    check(
        &plan,
        &[
            active(),
            active().rank("low"),
            active().rank("low"),
            active(),
            active().inactive(),
            active().rank("high"),
        ],
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
    let keys =
        "rates = [\"10%\", \"5%\"]\ncompression = \"roll_to_next\"\nunlock = \"one_to_one\"\nclosed_level = ";
    let chain =
        [active(), active().inactive(), active().invited(1), active().invited(1), active().invited(2)];
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
