//! Words that are stored, questions that a plan answers, and amounts at their bounds.

use domain::money::Money;
use plan::close::{Carry, Fill, PerSeat, Seat, Why};
use plan::sketch::Sketch;
use plan::{AccrueError, Effective, Measure};

use crate::common::{HEAD, active, levels, network, order_of, paid_to, plan, rule, try_accrue};

#[test]
fn an_order_of_the_largest_amount_is_paid_and_none_above_it() {
    let plan = levels("rates = [\"10%\"]\ncompression = \"none\"");
    let chain = [active(), active()];
    let largest = Money::LARGEST.minor();
    let accruals = try_accrue(&plan, &order_of(largest), &network(&chain)).expect("at the bound");
    assert_eq!(paid_to(&accruals, 2), [0, largest / 10]);
    let beyond = try_accrue(&plan, &order_of(largest + 1), &network(&chain));
    assert!(matches!(beyond, Err(AccrueError::TooLarge(_))), "{beyond:?}");
}

#[test]
fn an_order_below_the_first_band_is_not_walked() {
    let plan = plan(&format!(
        "qualify_by = \"turnover\"\n{}",
        rule("mine", "kind = \"personal\"\nbase = \"turnover\"\nbands = [{ from = \"50\", rate = \"5%\" }]")
    ));
    let walks = |minor| {
        let accruals = try_accrue(&plan, &order_of(minor), &network(&[active(), active()]));
        accruals.expect("sound").walks.len()
    };
    assert_eq!([walks(4_999), walks(5_000)], [0, 1]);
}

#[test]
fn what_is_missing_is_told_to_the_first_band_that_pays() {
    let keys = "kind = \"personal\"\nbase = \"turnover\"\ndecided = \"close\"\nbands = [{ from = \"1\", rate = \"0%\" }, { from = \"50\", rate = \"5%\" }]";
    let plan = plan(&format!("qualify_by = \"turnover\"\n{}", rule("mine", keys)));
    let mut company = Sketch::new();
    company.partner("anna", None).expect("new").buys("anna", "10").expect("known");
    let notes = company.reckon_watching(&plan, Some("anna")).expect("sound").period.notes;
    let why: Vec<Why> = notes.into_iter().map(|note| note.why).collect();
    assert_eq!(why, [Why::TooLittle { needs: 50_00, has: 10_00 }]);
}

#[test]
fn what_is_carried_is_read_as_it_is_written() {
    let words = ["first_leg", "second_leg", "excess", "unused", "given", "advanced:gold", "held:a:b"];
    let again = words.map(|word| Carry::parse(word).map(|carry| carry.to_word()));
    assert_eq!(again, words.map(|word| Some(word.to_owned())));
    assert_eq!(["gift", "lost:gold", ""].map(Carry::parse), [None, None, None]);
}

#[test]
fn the_words_of_the_language_are_those_that_are_shown() {
    assert_eq!([Fill::BreadthFirst, Fill::DepthFirst].map(Fill::as_str), ["breadth_first", "depth_first"]);
    let dates = [Effective::PaidAt, Effective::OrderedAt, Effective::DeliveredAt];
    assert_eq!(dates.map(Effective::as_str), ["paid_at", "ordered_at", "delivered_at"]);
    let measures =
        [Measure::Personal, Measure::Unrolled, Measure::Customers, Measure::Frontline, Measure::Group];
    let words = ["personal_volume", "unrolled_volume", "customer_volume", "frontline_volume", "group_volume"];
    assert_eq!(measures.map(Measure::as_str), words);
    for word in ["none", "skip_inactive", "skip_below_rank\"\nmin_rank = \"low", "dynamic", "roll_to_next"] {
        let plan = levels(&format!("rates = [\"1%\"]\ncompression = \"{word}\""));
        let shown = plan.rules()[0].climb().expect("a walk").compression.as_str();
        assert_eq!(Some(shown), word.split('"').next());
    }
}

#[test]
fn seats_are_empty_where_there_are_none() {
    let (none, one): (PerSeat<u8>, PerSeat<u8>) = (PerSeat::default(), PerSeat::filled(7, 1));
    assert_eq!((none.is_empty(), none.len()), (true, 0));
    assert_eq!((one.is_empty(), one.len(), one.find(Seat::new(0))), (false, 1, Some(&7)));
}

const LEVEL: &str = "kind = \"level\"\nbase = \"turnover\"\nrates = [\"1%\"]\ncompression = \"none\"";

#[test]
fn a_close_reckons_where_anything_of_the_plan_is_of_the_period() {
    let level = || rule("r", LEVEL);
    let decided = |text: String| plan(&text).is_decided_at_close();
    assert!(!decided(level()));
    assert!(!decided(format!("ranks = [\"low\"]\n{}", level())), "staff give ranks");
    assert!(!decided(format!("[cap]\npercent = \"50%\"\nmode = \"tail\"\n{}", level())), "a cap of orders");
    assert!(decided(rule("r", &format!("decided = \"close\"\n{LEVEL}"))));
    let cap = "cap = { percent = \"1%\", mode = \"tail\", scope = \"period\" }";
    assert!(decided(rule("r", &format!("{LEVEL}\n{cap}"))));
    assert!(decided(format!("[cap]\npercent = \"50%\"\nmode = \"tail\"\nscope = \"period\"\n{}", level())));
    assert!(decided(format!("[partner_cap]\namount = \"1.00\"\nmode = \"tail\"\n{}", level())));
    assert!(decided(format!("[[ranks]]\nname = \"low\"\nactive = true\n{}", level())));
}

#[test]
fn points_matter_where_a_rule_or_the_cap_is_of_them() {
    let uses = |text: &str| plan(text).uses_volume();
    let of_points = LEVEL.replace("turnover", "volume");
    assert!(!uses(&rule("r", LEVEL)));
    assert!(!uses(&format!("[cap]\npercent = \"50%\"\nmode = \"tail\"\n{}", rule("r", LEVEL))));
    assert!(uses(&format!("point_value = \"1.00\"\n{}", rule("r", &of_points))));
    let cap = "[cap]\npercent = \"50%\"\nof = \"volume\"\nmode = \"tail\"\n";
    assert!(uses(&format!("point_value = \"1.00\"\n{cap}{}", rule("r", LEVEL))));
    assert!(!HEAD.contains("point_value"));
}
