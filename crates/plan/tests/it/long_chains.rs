//! A hundred thousand people above one buyer. A walk that is not linear does not end before the runner
//! gives up.

use crate::common::{Someone, accrue, active, levels, network, order_of, paid_to, try_accrue};

const PEOPLE: usize = 100_000;

fn twelve(compression: &str) -> plan::Plan {
    levels(&format!(
        "rates = [\"12%\", \"10%\", \"8%\", \"6%\", \"5%\", \"3%\", \"1.2%\", \"1%\", \"0.8%\", \"0.6%\", \"0.5%\", \"0.3%\"]\nunlock = \"one_to_one\"\ncompression = \"{compression}\""
    ))
}

/// The buyer, ten thousand inactive, and active people to the root.
fn chain() -> Vec<Someone> {
    (0..PEOPLE)
        .map(|number| if (1..=10_000).contains(&number) { active().inactive() } else { active().invited(12) })
        .collect()
}

#[test]
fn the_walk_looks_past_ten_thousand_inactive() {
    let network = network(&chain());
    let plan = twelve("skip_inactive");
    let order = order_of(1_000_000);
    {
        let accruals = try_accrue(&plan, &order, &network).expect("sound");
        let sums = paid_to(&accruals, PEOPLE);
        assert_eq!(
            sums.get(10_001..10_014),
            Some(
                &[
                    120_000, 100_000, 80_000, 60_000, 50_000, 30_000, 12_000, 10_000, 8_000, 6_000, 5_000,
                    3_000, 0
                ][..]
            )
        );
        assert_eq!(accruals.walks[0].steps.len(), 1 + 10_000 + 12 + 1);
        assert_eq!(accruals.broken().minor(), 0);
    }
    {
        let accruals = try_accrue(&twelve("roll_to_next"), &order, &network).expect("sound");
        assert_eq!(
            paid_to(&accruals, PEOPLE).get(10_001),
            Some(&484_000),
            "the first who may collects all twelve"
        );
    }
}

#[test]
fn a_chain_where_nobody_may_earn_is_walked_to_its_root() {
    let plan_closed = levels(&format!(
        "rates = [{}]\nunlock = \"one_to_one\"\nclosed_level = \"pass_up\"\ncompression = \"roll_to_next\"",
        vec!["\"0.5%\""; 100].join(", ")
    ));
    let closed = network(&vec![active(); PEOPLE]);
    {
        let accruals = try_accrue(&plan_closed, &order_of(1_000_000), &closed).expect("sound");
        assert_eq!((accruals.shares.len(), accruals.walks[0].steps.len()), (0, PEOPLE));
        assert_eq!(accruals.broken(), accruals.maximum);
    }
    let inactive: Vec<Someone> = vec![active().inactive(); PEOPLE];
    let inactive = network(&inactive);
    {
        for compression in ["skip_inactive", "dynamic", "roll_to_next"] {
            let accruals = try_accrue(&twelve(compression), &order_of(1_000_000), &inactive).expect("sound");
            assert_eq!(accruals.walks[0].steps.len(), PEOPLE);
            assert_eq!(accruals.broken().minor(), 484_000);
        }
    }
}

#[test]
fn a_long_chain_is_not_loaded_when_the_first_people_take_all_levels() {
    let chain = vec![active().invited(12); 70];
    let accruals = accrue(&twelve("skip_inactive"), &order_of(1_000_000), &chain);
    assert_eq!(accruals.walks[0].steps.len(), 1 + 12 + 1);
}
