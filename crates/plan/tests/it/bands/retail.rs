//! `retail_margin`, and what refunds take back of the order rules by bands.

use domain::accrual::Accruals;
use domain::ids::TransferId;
use domain::money::Money;
use domain::order::Order;
use plan::{Plan, Posted, reversals};
use uuid::Uuid;

use crate::common::{accrue, active, broken, id, line, order, order_of, paid_to, plan, refund, rule, steps};

fn retail(keys: &str) -> Plan {
    plan(&rule("retail", &format!("kind = \"retail_margin\"\n{keys}")))
}

fn at_cost() -> Plan {
    retail("partner_price = \"cost\"")
}

fn of_customer(order: Order) -> Order {
    Order { buyer: None, seller: Some(id(0)), ..order }
}

/// Two lines: a margin of 2 x 6.00, and one piece sold 1.00 below its cost.
fn mixed() -> Order {
    let mut lines = vec![line(1, 2, 1_000), line(2, 1, 500)];
    lines[0].unit_cost = Money::from_minor(400);
    lines[1].unit_cost = Money::from_minor(600);
    of_customer(order(lines))
}

#[test]
fn the_whole_margin_goes_to_who_brought_the_customer() {
    let order = Order { seller: Some(id(1)), ..mixed() };
    let accruals = accrue(&at_cost(), &order, &[active(), active(), active()]);
    assert_eq!(paid_to(&accruals, 3), [0, 1_100, 0]);
    let [walk] = accruals.walks.as_slice() else { panic!("one walk") };
    assert_eq!(walk.base.minor(), 1_100);
    assert_eq!(steps(walk), ["1@1 paid 100%"], "above him nobody is even asked");
}

#[test]
fn a_discount_is_a_share_of_the_price_paid() {
    for (discount, sum) in [("25%", 625), ("20%", 500), ("100%", 2_500)] {
        let plan = retail(&format!("partner_price = {{ discount = \"{discount}\" }}"));
        assert_eq!(paid_to(&accrue(&plan, &mixed(), &[active(), active()]), 2), [sum, 0]);
    }
}

#[test]
fn a_loss_gives_nothing_and_takes_nothing() {
    let mut goods = line(1, 1, 500);
    goods.unit_cost = Money::from_minor(501);
    let accruals = accrue(&at_cost(), &of_customer(order(vec![goods])), &[active()]);
    assert_eq!((accruals.shares.len(), accruals.maximum), (0, Money::ZERO));
}

#[test]
fn partners_orders_and_those_of_nobodys_customers_give_nothing() {
    let own = order_of(10_000);
    let nobodys = Order { buyer: None, seller: None, ..order_of(10_000) };
    for order in [own, nobodys] {
        let accruals = accrue(&at_cost(), &order, &[active(), active()]);
        assert_eq!((accruals.shares.len(), accruals.walks.len(), accruals.maximum), (0, 0, Money::ZERO));
    }
}

#[test]
fn an_inactive_seller_leaves_it_to_nobody() {
    let inactive = accrue(&at_cost(), &mixed(), &[active().inactive(), active()]);
    assert_eq!((paid_to(&inactive, 2), broken(&inactive)), (vec![0, 0], vec!["1 inactive 11.00".to_owned()]));
    let held = accrue(&at_cost(), &mixed(), &[active().held(), active()]);
    assert_eq!((paid_to(&held, 2), broken(&held)), (vec![0, 0], vec!["1 held 11.00".to_owned()]));
}

#[test]
fn it_pays_on_its_products_only() {
    let plan = retail("partner_price = \"cost\"\nproducts = { skus = [\"SKU-1\"] }");
    assert_eq!(paid_to(&accrue(&plan, &mixed(), &[active()]), 1), [1_200]);
}

#[test]
fn a_cap_cuts_it_as_any_other() {
    let text = rule("retail", "kind = \"retail_margin\"\npartner_price = \"cost\"");
    let plan = plan(&format!("[cap]\npercent = \"10%\"\nof = \"turnover\"\nmode = \"pro_rata\"\n{text}"));
    assert_eq!(paid_to(&accrue(&plan, &mixed(), &[active()]), 1), [250], "10 % of 25.00");
}

/// What each refund takes back of the one sum that was accrued.
fn taken_back(plan: &Plan, order: &Order) -> (i64, Vec<i64>) {
    let untouched = Order { refunds: Vec::new(), ..order.clone() };
    let Accruals { shares, .. } = accrue(plan, &untouched, &[active(), active()]);
    let [share] = shares.as_slice() else { panic!("one share: {shares:?}") };
    let mut posted = Posted {
        transfer: TransferId::new(Uuid::from_u128(9)),
        rule: Some(share.rule.clone()),
        amount: share.paid,
        reversed: Money::ZERO,
    };
    // One refund after another, as they come.
    let mut sums = Vec::new();
    for count in 1..=order.refunds.len() {
        let known = Order { refunds: order.refunds[..count].to_vec(), ..order.clone() };
        let sum: Money =
            reversals(plan, &known, std::slice::from_ref(&posted)).iter().map(|part| part.amount).sum();
        posted.reversed += sum;
        sums.push(sum.minor());
    }
    (share.paid.minor(), sums)
}

#[test]
fn refunds_of_a_retail_margin_telescope() {
    let one = |number| refund(number, &[(1, 1)]);
    let mut seven = of_customer(order(vec![line(1, 7, 33)]));
    seven.refunds = (1..=7).map(one).collect();
    let plan = retail("partner_price = { discount = \"10%\" }");
    assert_eq!(taken_back(&plan, &seven), (23, vec![3, 3, 3, 4, 3, 3, 4]), "floor(23 k / 7)");
}

#[test]
fn refunds_of_a_margin_go_by_the_margin() {
    let mut order = mixed();
    order.refunds = vec![refund(1, &[(2, 1)]), refund(2, &[(1, 1)]), refund(3, &[(1, 1)])];
    // 11.00 in all: the piece below cost takes nothing, then -1.00 + 6.00, then the rest.
    assert_eq!(taken_back(&at_cost(), &order), (1_100, vec![0, 500, 600]));
}

#[test]
fn refunds_of_a_personal_bonus_keep_its_band() {
    let text = |keys: &str| {
        plan(&format!(
            "qualify_by = \"turnover\"\n{}",
            rule(
                "mine",
                &format!(
                    "kind = \"personal\"\nbase = \"turnover\"\nbands = [{{ from = \"50\", rate = \"5%\" }}, {{ from = \"99\", rate = \"10%\" }}]\n{keys}"
                )
            )
        ))
    };
    let mut three = order(vec![line(1, 3, 3_333)]);
    three.refunds = (1..=3).map(|number| refund(number, &[(1, 1)])).collect();
    // 10 % of 99.99; what is left after the first refund is below 99 and still at 10 %.
    assert_eq!(taken_back(&text(""), &three), (1_000, vec![333, 333, 334]));
    let mut two = order(vec![line(1, 1, 5_000), line(2, 1, 5_000)]);
    two.refunds = vec![refund(1, &[(2, 1)]), refund(2, &[(1, 1)])];
    let of_one = text("products = { skus = [\"SKU-1\"] }");
    assert_eq!(taken_back(&of_one, &two), (500, vec![0, 500]), "other goods take nothing");
}
