//! The binary rule: two legs, what they match, what is left of them.

mod carried;
mod laws;

use domain::network::Standing;
use plan::Plan;
use plan::close::{Carry, How, Line, Seat, UnpaidReason, Why};
use plan::sketch::{Reckoned, Sketch};

use crate::common::{plan, rule};

const PERCENT: &str = "percent = \"10%\"\nafter_match = \"net_off\"";

/// A plan of one binary rule.
fn pairs(keys: &str) -> Plan {
    plan(&rule("pairs", &format!("kind = \"binary\"\nbase = \"turnover\"\n{keys}")))
}

/// One with two legs of one partner each.
fn company() -> Sketch {
    let mut company = Sketch::new();
    company.partner("You", None).expect("new");
    for name in ["L", "R"] {
        company.partner(name, Some("You")).expect("new");
    }
    company
}

/// So much is bought in each leg.
fn month(company: &Sketch, left: &str, right: &str) -> Sketch {
    let mut month = company.clone();
    month.buys("L", left).expect("a sum").buys("R", right).expect("a sum");
    month
}

fn reckon(company: &Sketch, plan: &Plan) -> Reckoned {
    company.reckon(plan).expect("a sound company")
}

/// What You earn of two legs, in roubles.
fn earned(keys: &str, left: &str, right: &str) -> String {
    reckon(&month(&company(), left, right), &pairs(keys)).earned("You").to_string()
}

/// What one carries in both legs, in kopecks; You are number 0.
fn carried(reckoned: &Reckoned, number: usize) -> [i64; 2] {
    let rule = domain::accrual::RuleId::new("pairs");
    [Carry::FirstLeg, Carry::SecondLeg]
        .map(|leg| reckoned.period.carried.of(Some(&rule), Some(Seat::new(number)), leg))
}

/// What is not paid, in short.
fn unpaid(reckoned: &Reckoned) -> Vec<(UnpaidReason, i64)> {
    reckoned.period.unpaid.iter().map(|part| (part.reason, part.amount.minor())).collect()
}

#[test]
fn the_weaker_leg_pays_whichever_it_is() {
    assert_eq!(earned(PERCENT, "3000", "5000"), "300.00");
    assert_eq!(earned(PERCENT, "500", "500"), "50.00");
    assert_eq!(earned(PERCENT, "800", "200"), "20.00");
    assert_eq!(earned("percent = \"12%\"\nafter_match = \"net_off\"", "800", "200"), "24.00");
}

#[test]
fn a_line_says_what_matched_and_how() {
    let reckoned = reckon(&month(&company(), "800", "200"), &pairs(PERCENT));
    let [Line { earner, source, level, base, how, raw, paid, .. }] = reckoned.period.lines.as_slice() else {
        panic!("one line")
    };
    assert_eq!((earner.place(), *source, *level), (0, plan::close::Source::Legs, 1));
    assert_eq!((base.minor(), raw.minor(), paid.minor()), (20_000, 2_000, 2_000));
    assert_eq!(*how, How::Rate(domain::money::Rate::from_ppm(100_000)));
}

#[test]
fn an_empty_leg_matches_nothing() {
    let mut one = Sketch::new();
    one.chain(&["You", "L"]).expect("new").buys("L", "500").expect("a sum");
    let reckoned = reckon(&one, &pairs(PERCENT));
    assert!(reckoned.totals().is_empty());
    assert_eq!(carried(&reckoned, 0), [50_000, 0]);
    assert!(reckon(&company(), &pairs(PERCENT)).period.carried.0.is_empty(), "no volume, nothing carried");
}

#[test]
fn own_purchases_are_in_no_leg_of_ones_own() {
    let mut company = month(&company(), "100", "0.01");
    company.buys("You", "1000").expect("a sum");
    assert_eq!(reckon(&company, &pairs(PERCENT)).totals().len(), 0, "0.01 x 10 % rounds to nothing");
    company.customer_buys("R", "99.99").expect("a sum");
    assert_eq!(reckon(&company, &pairs(PERCENT)).earned("You").to_string(), "10.00", "customers count");
}

#[test]
fn the_volume_of_everyone_below_counts_through_the_inactive() {
    let mut company = company();
    company.partner("LL", Some("L")).expect("new");
    company.standing("L", Standing::Inactive).expect("known");
    company.buys("LL", "300").expect("a sum").buys("R", "300").expect("a sum");
    let reckoned = reckon(&company, &pairs(PERCENT));
    assert_eq!(reckoned.earned("You").to_string(), "30.00");
    assert_eq!(reckoned.totals().len(), 1);
}

#[test]
fn the_same_volume_is_matched_once_for_everyone_above_it() {
    let mut company = Sketch::new();
    company.chain(&["Top", "You", "L", "Deep"]).expect("new");
    company.partner("R", Some("You")).expect("new").partner("Side", Some("Top")).expect("new");
    for (name, sum) in [("Deep", "400"), ("R", "400"), ("Side", "1000")] {
        company.buys(name, sum).expect("a sum");
    }
    let reckoned = reckon(&company, &pairs(PERCENT));
    assert_eq!(reckoned.earned("You").to_string(), "40.00");
    assert_eq!(reckoned.earned("Top").to_string(), "80.00");
}

#[test]
fn an_imbalance_shrinks_what_is_paid() {
    let ratio = |left, right| earned(&format!("{PERCENT}\nbalance = \"volume_ratio\""), left, right);
    assert_eq!(ratio("500", "500"), "50.00");
    assert_eq!(ratio("100", "400"), "2.50");
    assert_eq!(ratio("3000", "5000"), "180.00");
    assert_eq!(ratio("900", "100"), "1.11", "a ninth of 10.00, rounded once");
    assert_eq!(earned(&format!("{PERCENT}\nbalance = \"weaker_leg\""), "900", "100"), "10.00");
    let keys = format!("{PERCENT}\nbalance = \"volume_ratio\"");
    let after = reckon(&month(&company(), "900", "100"), &pairs(&keys));
    assert_eq!(carried(&after, 0), [80_000, 0], "what is matched is taken whole");
}

#[test]
fn the_cap_of_a_period_cuts_and_nothing_is_carried() {
    let capped = |cap: &str| {
        reckon(&month(&company(), "500", "500"), &pairs(&format!("{PERCENT}\nperiod_cap = \"{cap}\"")))
    };
    let cut = capped("25.00");
    assert_eq!(cut.earned("You").to_string(), "25.00");
    assert_eq!(cut.period.lines[0].raw.minor(), 5_000);
    assert_eq!(unpaid(&cut), [(UnpaidReason::OverCap, 2_500)]);
    assert_eq!(carried(&cut, 0), [0, 0], "what is matched above the cap is gone");
    for wide in ["50.00", "1000.00"] {
        assert_eq!(capped(wide).earned("You").to_string(), "50.00");
        assert_eq!(unpaid(&capped(wide)), []);
    }
}

#[test]
fn the_cap_holds_for_each_partner_alone() {
    let mut company = company();
    for (name, inviter) in [("LL", "L"), ("LR", "L")] {
        company.partner(name, Some(inviter)).expect("new").buys(name, "250").expect("a sum");
    }
    company.buys("R", "500").expect("a sum");
    let reckoned = reckon(&company, &pairs(&format!("{PERCENT}\nperiod_cap = \"20.00\"")));
    assert_eq!(
        (reckoned.earned("You").to_string(), reckoned.earned("L").to_string()),
        ("20.00".into(), "20.00".into())
    );
    assert_eq!(unpaid(&reckoned), [(UnpaidReason::OverCap, 3_000), (UnpaidReason::OverCap, 500)]);
}

#[test]
fn one_on_hold_is_matched_and_not_paid() {
    let mut held = month(&company(), "800", "500");
    held.standing("You", Standing::Held).expect("known");
    for after in ["net_off", "carry_forward"] {
        let keys = format!("percent = \"10%\"\nafter_match = \"{after}\"");
        let reckoned = reckon(&held, &pairs(&keys));
        assert!(reckoned.totals().is_empty());
        assert_eq!(unpaid(&reckoned), [(UnpaidReason::Held, 5_000)]);
        assert_eq!(carried(&reckoned, 0), [30_000, 0], "{after}");
        let capped = reckon(&held, &pairs(&format!("{keys}\nperiod_cap = \"20.00\"")));
        assert_eq!(
            unpaid(&capped),
            [(UnpaidReason::Held, 2_000), (UnpaidReason::OverCap, 3_000)],
            "no more is held than he would have got"
        );
    }
}

#[test]
fn each_is_cut_to_the_cap_whoever_stands_beside_him() {
    let mut company = company();
    for (name, inviter) in [("LL", "L"), ("LR", "L"), ("RL", "R"), ("RR", "R")] {
        company.partner(name, Some(inviter)).expect("new").buys(name, "250").expect("a sum");
    }
    company.standing("R", Standing::Held).expect("known").standing("You", Standing::Inactive).expect("known");
    let reckoned = reckon(&company, &pairs(&format!("{PERCENT}\nperiod_cap = \"10.00\"")));
    assert_eq!((reckoned.earned("L").to_string(), reckoned.totals().len()), ("10.00".into(), 1));
    assert_eq!(
        unpaid(&reckoned),
        [(UnpaidReason::OverCap, 1_500), (UnpaidReason::Held, 1_000), (UnpaidReason::OverCap, 1_500)]
    );
}

#[test]
fn whole_units_pay_a_sum_each() {
    let keys = "unit = \"100\"\nsum = \"5.00\"\nafter_match = \"carry_forward\"";
    assert_eq!(earned(keys, "99.99", "700"), "0.00");
    assert_eq!(earned(keys, "100", "700"), "5.00");
    assert_eq!(earned(keys, "250", "700"), "10.00");
    assert_eq!(earned(&keys.replace("100", "50"), "250", "700"), "25.00");
    assert_eq!(earned(&keys.replace("5.00", "6.00"), "250", "700"), "12.00");
    let reckoned = reckon(&month(&company(), "250", "700"), &pairs(keys));
    let line = &reckoned.period.lines[0];
    assert_eq!(
        (line.base.minor(), line.how),
        (20_000, How::Units { units: 2, sum: "5.00".parse().expect("a sum") })
    );
}

#[test]
fn a_ratio_asks_more_of_the_stronger_leg_whichever_is_said_first() {
    for ratio in ["1:2", "2:1", "2:4"] {
        let keys = format!("{PERCENT}\nratio = \"{ratio}\"");
        assert_eq!(earned(&keys, "300", "600"), "30.00");
        assert_eq!(earned(&keys, "300", "700"), "30.00");
        assert_eq!(earned(&keys, "400", "300"), "20.00", "half of the stronger leg");
        assert_eq!(earned(&keys, "300", "300"), "15.00");
    }
    assert_eq!(earned(&format!("{PERCENT}\nratio = \"3:3\""), "300", "300"), "30.00");
}

#[test]
fn amounts_of_one_kopeck_round_once() {
    assert_eq!(earned("percent = \"50%\"\nafter_match = \"net_off\"", "0.01", "0.01"), "0.01");
    assert_eq!(earned("percent = \"49%\"\nafter_match = \"net_off\"", "0.01", "0.01"), "0.00");
    let reckoned = reckon(&month(&company(), "0.01", "0.03"), &pairs(PERCENT));
    assert_eq!((reckoned.period.lines.len(), carried(&reckoned, 0)), (0, [0, 2]), "a match all the same");
}

#[test]
fn spill_decides_whose_leg_it_is() {
    let mut company = Sketch::new();
    company.partner("You", None).expect("new");
    for name in ["A", "B", "C", "D", "E"] {
        company.partner(name, Some("You")).expect("new");
    }
    company.buys("D", "100").expect("a sum").buys("E", "100").expect("a sum");
    let by = |fill: &str| reckon(&company, &pairs(&format!("{PERCENT}\n{fill}"))).totals();
    let breadth = by("fill = \"breadth_first\"");
    assert_eq!(breadth["You"].to_string(), "10.00", "D spills under A, E under B");
    assert_eq!(by(""), breadth);
    let depth = by("fill = \"depth_first\"");
    assert_eq!(depth.len(), 1);
    assert_eq!(depth["A"].to_string(), "10.00", "D and E both stand below A");
}

#[test]
fn nothing_rolls_up_before_a_binary() {
    let text = rule("pairs", &format!("kind = \"binary\"\nbase = \"turnover\"\n{PERCENT}"));
    let rolled = plan(&format!("qualify_by = \"turnover\"\nroll_up = {{ below = \"1000\" }}\n{text}"));
    assert_eq!(reckon(&month(&company(), "800", "200"), &rolled).earned("You").to_string(), "20.00");
}

#[test]
fn the_watched_one_learns_why_he_gets_nothing() {
    let why = |company: &Sketch, keys: &str| {
        let reckoned = company.reckon_watching(&pairs(keys), Some("You")).expect("sound");
        reckoned.period.notes.into_iter().map(|note| note.why).collect::<Vec<_>>()
    };
    let units = "unit = \"100\"\nsum = \"5.00\"\nafter_match = \"net_off\"";
    assert_eq!(why(&month(&company(), "99", "700"), units), [Why::TooLittle { needs: 10_000, has: 9_900 }]);
    assert_eq!(why(&month(&company(), "0.01", "1"), PERCENT), [Why::RoundsToZero]);
    assert_eq!(why(&month(&company(), "100", "100"), PERCENT), []);
    assert_eq!(why(&company(), PERCENT), [Why::TooLittle { needs: 1, has: 0 }]);
    let mut inactive = month(&company(), "100", "100");
    inactive.standing("You", Standing::Inactive).expect("known");
    assert_eq!(why(&inactive, PERCENT), [Why::Inactive]);
}
