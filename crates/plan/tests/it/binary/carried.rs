//! What one period leaves to the next.

use domain::network::Standing;
use plan::Plan;
use plan::sketch::{Reckoned, Sketch};

use super::{carried, company, month, pairs, reckon};

fn after(word: &str, keys: &str) -> Plan {
    pairs(&format!("percent = \"10%\"\nafter_match = \"{word}\"\n{keys}"))
}

/// Periods one after the other, by what is bought in each leg.
fn periods(company: &Sketch, plan: &Plan, months: &[(&str, &str)]) -> Vec<Reckoned> {
    let mut company = company.clone();
    let mut reckoned: Vec<Reckoned> = Vec::new();
    for (left, right) in months {
        if let Some(before) = reckoned.last() {
            company = company.next_period(before);
        }
        reckoned.push(reckon(&month(&company, left, right), plan));
    }
    reckoned
}

fn sums(reckoned: &[Reckoned]) -> Vec<String> {
    reckoned.iter().map(|period| period.earned("You").to_string()).collect()
}

#[test]
fn the_stronger_leg_waits_for_the_next_period() {
    let months = [("200", "500"), ("400", "100")];
    for word in ["carry_forward", "net_off"] {
        let both = periods(&company(), &after(word, ""), &months);
        assert_eq!(sums(&both), ["20.00", "40.00"], "{word}");
        assert_eq!(carried(&both[0], 0), [0, 30_000]);
        assert_eq!(carried(&both[1], 0), [0, 0]);
    }
    let flushed = periods(&company(), &after("full_flush", ""), &months);
    assert_eq!(sums(&flushed), ["20.00", "10.00"]);
    assert_eq!(carried(&flushed[0], 0), [0, 0]);
}

#[test]
fn three_periods_add_up() {
    let three = periods(
        &company(),
        &after("carry_forward", ""),
        &[("100", "1000"), ("100", "0.01"), ("850.01", "50")],
    );
    assert_eq!(sums(&three), ["10.00", "10.00", "85.00"]);
    assert_eq!(carried(&three[1], 0), [0, 80_001]);
    assert_eq!(carried(&three[2], 0), [0, 0]);
}

#[test]
fn matched_volume_is_taken_from_both_legs() {
    for word in ["carry_forward", "net_off"] {
        let left = |left, right| carried(&reckon(&month(&company(), left, right), &after(word, "")), 0);
        assert_eq!(left("800", "300"), [50_000, 0]);
        assert_eq!(left("300", "800"), [0, 50_000]);
        assert_eq!(left("500", "500"), [0, 0]);
    }
}

#[test]
fn everyone_carries_his_own_legs() {
    let mut company = company();
    for (name, inviter, sum) in
        [("LL", "L", "1000"), ("LR", "L", "500"), ("RL", "R", "200"), ("RR", "R", "800")]
    {
        company.partner(name, Some(inviter)).expect("new").buys(name, sum).expect("a sum");
    }
    let reckoned = reckon(&company, &after("carry_forward", ""));
    assert_eq!(
        [0, 1, 2, 3].map(|number| carried(&reckoned, number)),
        [[50_000, 0], [50_000, 0], [0, 60_000], [0, 0]]
    );
    assert_eq!(["You", "L", "R"].map(|name| reckoned.earned(name).to_string()), ["100.00", "50.00", "20.00"]);
}

/// One who is inactive in the first period only.
fn lapsed(plan: &Plan, first: (&str, &str), second: (&str, &str)) -> ([i64; 2], String) {
    let mut inactive = month(&company(), first.0, first.1);
    inactive.standing("You", Standing::Inactive).expect("known");
    let before = reckon(&inactive, plan);
    assert!(before.totals().is_empty() && before.period.unpaid.is_empty(), "the inactive earn nothing");
    let mut back = inactive.next_period(&before);
    back.standing("You", Standing::Active).expect("known");
    (carried(&before, 0), reckon(&month(&back, second.0, second.1), plan).earned("You").to_string())
}

#[test]
fn a_lapse_costs_what_the_plan_says() {
    let cost = |word| lapsed(&after(word, ""), ("200", "500"), ("100", "0.01"));
    assert_eq!(
        cost("net_off"),
        ([20_000, 50_000], "30.00".to_owned()),
        "nothing was matched, nothing is lost"
    );
    assert_eq!(cost("carry_forward"), ([0, 50_000], "10.00".to_owned()), "the weaker leg is lost");
    assert_eq!(cost("full_flush"), ([0, 0], "0.00".to_owned()), "both are lost");
}

#[test]
fn of_equal_legs_the_first_counts_as_the_weaker() {
    assert_eq!(lapsed(&after("carry_forward", ""), ("500", "500"), ("0.01", "0.01")).0, [0, 50_000]);
}

#[test]
fn a_cap_holds_for_each_carried_leg() {
    let left = |word: &str, left, right| {
        carried(&reckon(&month(&company(), left, right), &after(word, "carry_cap = \"200\"")), 0)
    };
    assert_eq!(left("carry_forward", "1000", "200"), [20_000, 0]);
    assert_eq!(left("net_off", "1000", "800.01"), [19_999, 0]);
    assert_eq!(left("carry_forward", "400", "200"), [20_000, 0]);
    let (both, _) = lapsed(&after("net_off", "carry_cap = \"200\""), ("300", "500"), ("1", "1"));
    assert_eq!(both, [20_000, 20_000]);
}

#[test]
fn what_is_below_a_unit_stays() {
    let plan = |word: &str| pairs(&format!("unit = \"100\"\nsum = \"5.00\"\nafter_match = \"{word}\""));
    for word in ["carry_forward", "net_off"] {
        let two = periods(&company(), &plan(word), &[("250", "700"), ("60", "0.01")]);
        assert_eq!(sums(&two), ["10.00", "5.00"]);
        assert_eq!([carried(&two[0], 0), carried(&two[1], 0)], [[5_000, 50_000], [1_000, 40_001]]);
    }
    assert_eq!(lapsed(&plan("carry_forward"), ("250", "700"), ("1", "1")).0, [5_000, 70_000]);
    assert_eq!(lapsed(&plan("net_off"), ("250", "700"), ("1", "1")).0, [25_000, 70_000]);
}

#[test]
fn a_ratio_uses_more_of_the_stronger_leg() {
    let left = |ratio: &str, left, right| {
        let plan = after("carry_forward", &format!("ratio = \"{ratio}\""));
        carried(&reckon(&month(&company(), left, right), &plan), 0)
    };
    assert_eq!(left("1:2", "300", "700"), [0, 10_000]);
    assert_eq!(left("1:2", "400", "300"), [0, 10_000], "the stronger leg limits");
    assert_eq!(left("2:3", "1", "1"), [34, 1], "66 kopecks match 99");
    assert_eq!(left("2:3", "0.01", "0.05"), [0, 3], "one kopeck takes two: none is matched twice");
    let lapsed = |word| lapsed(&after(word, "ratio = \"1:2\""), ("300", "400"), ("1", "1")).0;
    assert_eq!(lapsed("carry_forward"), [30_000, 0], "the leg that limits the match is lost");
    assert_eq!(lapsed("net_off"), [30_000, 40_000]);
}

#[test]
fn a_cap_of_the_period_does_not_give_volume_back() {
    let two = periods(
        &company(),
        &after("carry_forward", "period_cap = \"15.00\""),
        &[("200", "500"), ("0.10", "0.01")],
    );
    assert_eq!(sums(&two), ["15.00", "0.01"]);
    assert_eq!(carried(&two[0], 0), [0, 30_000]);
}
