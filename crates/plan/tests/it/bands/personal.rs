//! `personal`: of an order, and of a period.

use domain::money::Money;
use domain::network::Standing;
use domain::order::Order;
use plan::Plan;
use plan::close::{Seat, UnpaidReason, Why};

use super::{buy, by_rule, company, lines, reckon};
use crate::common::{
    accrue, active, broken, id, line, network, order, order_of, paid_to, plan, rule, steps, try_accrue,
};

const BANDS: &str = "bands = [{ from = \"50\", rate = \"5%\" }, { from = \"100\", rate = \"10%\" }]";

fn personal(keys: &str) -> Plan {
    plan(&format!(
        "qualify_by = \"turnover\"\n{}",
        rule("mine", &format!("kind = \"personal\"\nbase = \"turnover\"\n{BANDS}\n{keys}"))
    ))
}

fn of_customer(order: Order) -> Order {
    Order { buyer: None, seller: Some(id(0)), ..order }
}

#[test]
fn an_order_pays_its_buyer_by_its_own_size() {
    for (minor, sum) in [(4_999, 0), (5_000, 250), (9_999, 500), (10_000, 1_000), (1_000_000, 100_000)] {
        let accruals = accrue(&personal(""), &order_of(minor), &[active(), active()]);
        assert_eq!(paid_to(&accruals, 2), [sum, 0], "{minor}");
        assert_eq!(accruals.maximum.minor(), sum, "below the first band nothing is promised");
    }
}

#[test]
fn who_earns_of_an_order_is_a_matter_of_whose_it_is() {
    let chain = [active(), active()];
    let own = order_of(10_000);
    let customers = of_customer(order_of(10_000));
    for (of, of_own, of_customers) in [("own", 1_000, 0), ("customers", 0, 1_000), ("both", 1_000, 1_000)] {
        let plan = personal(&format!("of = \"{of}\""));
        assert_eq!(paid_to(&accrue(&plan, &own, &chain), 2), [of_own, 0], "{of}");
        assert_eq!(paid_to(&accrue(&plan, &customers, &chain), 2), [of_customers, 0], "{of}");
    }
    let nobodys = Order { buyer: None, seller: None, ..own };
    let accruals = accrue(&personal(""), &nobodys, &chain);
    assert_eq!((accruals.shares.len(), accruals.maximum), (0, Money::ZERO));
}

#[test]
fn who_may_not_earn_leaves_it_to_nobody() {
    let inactive = accrue(&personal(""), &order_of(10_000), &[active().inactive(), active()]);
    assert_eq!((paid_to(&inactive, 2), broken(&inactive)), (vec![0, 0], vec!["1 inactive 10.00".to_owned()]));
    let held = accrue(&personal(""), &of_customer(order_of(10_000)), &[active().held(), active()]);
    assert_eq!((paid_to(&held, 2), broken(&held)), (vec![0, 0], vec!["1 held 10.00".to_owned()]));
    let [walk] = inactive.walks.as_slice() else { panic!("one walk") };
    assert_eq!(steps(walk), ["0@1 inactive"]);
}

#[test]
fn the_size_counts_all_goods_and_the_base_those_of_the_rule() {
    let plan = personal("products = { skus = [\"SKU-1\"] }");
    let order = order(vec![line(1, 1, 3_000), line(2, 1, 7_000)]);
    assert_eq!(paid_to(&accrue(&plan, &order, &[active()]), 1), [300], "10 % by 100.00, of 30.00");
}

#[test]
fn the_size_is_measured_in_the_unit_of_qualification() {
    let mut one = line(1, 1, 10_000);
    one.unit_volume = domain::catalog::Volume(6_000);
    one.unit_cost = Money::from_minor(9_000);
    let order = order(vec![one]);
    for (unit, sum) in [("turnover", 1_000), ("volume", 500), ("margin", 0)] {
        let text = rule("mine", &format!("kind = \"personal\"\nbase = \"turnover\"\n{BANDS}"));
        let plan = plan(&format!("qualify_by = \"{unit}\"\n{text}"));
        assert_eq!(paid_to(&accrue(&plan, &order, &[active()]), 1), [sum], "{unit}");
    }
}

#[test]
fn only_the_nearest_is_asked_however_long_the_chain() {
    let network = network(&vec![active(); 1_000]);
    let accruals = try_accrue(&personal(""), &order_of(10_000), &network).expect("sound");
    assert_eq!(accruals.walks[0].steps.len(), 1);
}

#[test]
fn a_period_pays_by_all_that_was_bought_in_it() {
    let plan = personal("decided = \"close\"");
    let mut company = company(&[("anna", "-"), ("boris", "anna")]);
    buy(&mut company, &[("anna", "60.00"), ("anna", "39.99"), ("boris", "60.00")]);
    company.customer_buys("boris", "40.00").expect("known");
    let month = reckon(&company, &plan);
    assert!(month.orders.iter().all(|order| order.walks.is_empty()), "orders pay nothing");
    assert_eq!(lines(&month, "mine"), ["0 of 0: 5% of 99.99 = 5.00", "1 of 1: 10% of 100.00 = 10.00"]);
}

#[test]
fn the_size_of_a_period_is_measured_in_the_unit_of_qualification() {
    let text =
        rule("mine", &format!("kind = \"personal\"\nbase = \"turnover\"\ndecided = \"close\"\n{BANDS}"));
    let goods = |price: i64, points: i64| plan::sketch::Goods {
        price: Money::from_minor(price),
        cost: Money::ZERO,
        points: domain::catalog::Volume(points),
    };
    let mut company = company(&[("anna", "-"), ("boris", "anna")]);
    company.bought("anna", false, goods(1_000, 10_000)).expect("known");
    company.bought("boris", false, goods(10_000, 4_999)).expect("known");
    // Anna has 100 points for 10.00, Boris 49.99 for 100.00.
    assert_eq!(by_rule(&reckon(&company, &plan(&text)), "mine"), ["anna 1.00"]);
    let by_price = plan(&format!("qualify_by = \"turnover\"\n{text}"));
    assert_eq!(by_rule(&reckon(&company, &by_price), "mine"), ["boris 10.00"]);
}

#[test]
fn what_rolls_up_counts_as_ones_own_and_customers_never_do() {
    // Boris is below the threshold with 20 of his own and 20 of customers; Anna has 60 and 35 of them.
    for (of, sums) in [
        ("own", vec!["anna 10.00"]),                    // 60 + all of Boris's 40
        ("customers", vec!["anna 0.35", "boris 0.20"]), // 35 and 20, each his own
        ("both", vec!["anna 13.50"]),                   // 95 + 40
    ] {
        let text = "kind = \"personal\"\nbase = \"turnover\"\ndecided = \"close\"\nbands = [{ from = \"1\", rate = \"1%\" }, { from = \"100\", rate = \"10%\" }]";
        let plan = plan(&format!(
            "qualify_by = \"turnover\"\nroll_up = {{ below = \"50\" }}\n{}",
            rule("mine", &format!("{text}\nof = \"{of}\""))
        ));
        let mut company = company(&[("anna", "-"), ("boris", "anna")]);
        buy(&mut company, &[("anna", "60.00"), ("boris", "20.00")]);
        company
            .customer_buys("boris", "20.00")
            .expect("known")
            .customer_buys("anna", "35.00")
            .expect("known");
        assert_eq!(by_rule(&reckon(&company, &plan), "mine"), sums, "{of}");
    }
}

#[test]
fn what_nobody_above_qualifies_for_is_nobodys() {
    let plan = plan(&format!(
        "roll_up = {{ below = \"500\" }}\n{}",
        rule("mine", &format!("kind = \"personal\"\nbase = \"turnover\"\ndecided = \"close\"\n{BANDS}"))
    ));
    let mut company = company(&[("anna", "-"), ("boris", "anna")]);
    buy(&mut company, &[("anna", "499.99"), ("boris", "499.99")]);
    assert_eq!(reckon(&company, &plan).totals().len(), 0);
}

#[test]
fn the_inactive_and_the_held_of_a_period() {
    let plan = personal("decided = \"close\"");
    let mut company = company(&[("anna", "-"), ("boris", "anna"), ("vera", "anna"), ("gleb", "anna")]);
    buy(&mut company, &[("anna", "100.00"), ("boris", "100.00"), ("vera", "49.99")]);
    company.standing("anna", Standing::Inactive).expect("known");
    company.standing("boris", Standing::Held).expect("known");
    let why = |name| company.reckon_watching(&plan, Some(name)).expect("sound").period.notes;
    let month = reckon(&company, &plan);
    assert_eq!((month.totals().len(), month.period.notes.len()), (0, 0));
    let [unpaid] = month.period.unpaid.as_slice() else { panic!("{:?}", month.period.unpaid) };
    assert_eq!(
        (unpaid.partner, unpaid.reason, unpaid.amount.minor()),
        (Some(Seat::new(1)), UnpaidReason::Held, 1_000)
    );
    assert_eq!(why("anna")[0].why, Why::Inactive);
    assert_eq!(why("boris")[0].why, Why::Held);
    assert_eq!(why("vera")[0].why, Why::TooLittle { needs: 5_000, has: 4_999 });
    assert_eq!(why("gleb"), [], "who bought nothing has no base");
}

#[test]
fn an_amount_rounds_once_as_the_plan_says() {
    let mut company = company(&[("anna", "-")]);
    buy(&mut company, &[("anna", "50.10")]);
    for (rounding, sum) in [("half_up", "2.51"), ("half_even", "2.50"), ("down", "2.50")] {
        let text =
            rule("mine", &format!("kind = \"personal\"\nbase = \"turnover\"\ndecided = \"close\"\n{BANDS}"));
        let plan = plan(&format!("rounding = \"{rounding}\"\n{text}"));
        assert_eq!(reckon(&company, &plan).earned("anna").to_string(), sum, "5 % is 2.505");
    }
    let kopeck = plan(&rule(
        "mine",
        "kind = \"personal\"\nbase = \"turnover\"\ndecided = \"close\"\nbands = [{ from = \"0\", rate = \"49.9999%\" }]",
    ));
    let mut company = super::company(&[("anna", "-")]);
    buy(&mut company, &[("anna", "0.01")]);
    assert_eq!(reckon(&company, &kopeck).totals().len(), 0, "less than half a kopeck is none");
    let watched = company.reckon_watching(&kopeck, Some("anna")).expect("sound");
    assert_eq!(watched.period.notes[0].why, Why::RoundsToZero);
}
