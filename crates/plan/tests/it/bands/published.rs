//! Figures of Amway's Sales & Marketing Plan, as its brochures print them.

use domain::catalog::Volume;
use domain::money::Money;
use plan::Plan;
use plan::sketch::{Goods, Sketch};

use super::{company, reckon};
use crate::common::plan;

/// The schedule of India, with a retail margin of a fifth.
fn india() -> Plan {
    plan(
        r#"
[[rules]]
id = "retail"
kind = "retail_margin"
partner_price = { discount = "20%" }

[[rules]]
id = "performance"
kind = "differential"
base = "turnover"
pay_self = true
bands = [
    { from = "300", rate = "6%" },
    { from = "1000", rate = "9%" },
    { from = "2000", rate = "12%" },
    { from = "4000", rate = "15%" },
    { from = "7000", rate = "18%" },
    { from = "10000", rate = "21%" },
]
"#,
    )
}

/// Everybody sells so many points to customers; a point is worth so many roubles.
fn sells(company: &mut Sketch, worth: i64, points: &[(&str, i64)]) {
    for (name, points) in points {
        let goods = Goods {
            price: Money::from_minor(points * worth * 100),
            cost: Money::ZERO,
            points: Volume(points * 100),
        };
        company.bought(name, true, goods).expect("a partner");
    }
}

fn star() -> Sketch {
    company(&[("x", "-"), ("a", "x"), ("b", "x"), ("c", "x"), ("d", "x")])
}

#[test]
fn five_at_300_points_each() {
    // Two editions: a point at 60 and at 55. 9 % of the group's 1500 points less 6 % of four fifths.
    for (worth, each, own, total) in
        [(60, "1080.00", "3780.00", "7380.00"), (55, "990.00", "3465.00", "6765.00")]
    {
        let mut group = star();
        sells(&mut group, worth, &[("x", 300), ("a", 300), ("b", 300), ("c", 300), ("d", 300)]);
        let month = reckon(&group, &india());
        for name in ["a", "b", "c", "d"] {
            assert_eq!(month.by_rule("performance", name).to_string(), each);
        }
        assert_eq!(month.by_rule("performance", "x").to_string(), own);
        assert_eq!(month.earned("x").to_string(), total, "with a fifth of his own sales");
    }
}

#[test]
fn a_group_of_ten_thousand_points_over_four_unequal_legs() {
    for (worth, own, total, legs) in [
        (60, "55800.00", "67800.00", ["14400.00", "14400.00", "5400.00", "36000.00"]),
        (55, "51150.00", "62150.00", ["13200.00", "13200.00", "4950.00", "33000.00"]),
    ] {
        let mut group = star();
        sells(&mut group, worth, &[("x", 1000), ("a", 2000), ("b", 2000), ("c", 1000), ("d", 4000)]);
        let month = reckon(&group, &india());
        for (name, sum) in ["a", "b", "c", "d"].into_iter().zip(legs) {
            assert_eq!(month.by_rule("performance", name).to_string(), sum);
        }
        assert_eq!(month.by_rule("performance", "x").to_string(), own);
        assert_eq!(month.earned("x").to_string(), total, "with a fifth of his own sales");
    }
}

#[test]
fn what_a_leg_keeps_within_itself_changes_nothing_above_it() {
    let mut group = star();
    for (name, sponsor) in [("d1", "d"), ("d2", "d"), ("d11", "d1")] {
        group.partner(name, Some(sponsor)).expect("a new name");
    }
    sells(
        &mut group,
        60,
        &[
            ("x", 1000),
            ("a", 2000),
            ("b", 2000),
            ("c", 1000),
            ("d", 500),
            ("d1", 700),
            ("d2", 1300),
            ("d11", 1500),
        ],
    );
    let month = reckon(&group, &india());
    assert_eq!(month.by_rule("performance", "x").to_string(), "55800.00");
    // D's group has 4000 points: 15 % of 240 000, less d1's 12 % of 132 000 and d2's 9 % of 78 000.
    assert_eq!(month.by_rule("performance", "d").to_string(), "13140.00");
    // d1's group has 2200 points: 12 % of 132 000 less d11's 9 % of 90 000.
    assert_eq!(month.by_rule("performance", "d1").to_string(), "7740.00");
    assert_eq!(month.by_rule("performance", "d11").to_string(), "8100.00");
    assert_eq!(month.by_rule("performance", "d2").to_string(), "7020.00");
}

#[test]
fn one_alone_earns_his_own_percentage() {
    // Australia: 3 % of 400 at 100 points, of 800 at 200. US Tax Court, Lopez v. Commissioner (2003):
    // 12 % of 2 500 at 1 000 points.
    let schedule = |bands: &str| {
        plan(&format!(
            "[[rules]]\nid = \"p\"\nkind = \"differential\"\nbase = \"turnover\"\npay_self = true\nbands = [{bands}]\n"
        ))
    };
    let australia = schedule("{ from = \"100\", rate = \"3%\" }, { from = \"300\", rate = \"6%\" }");
    let states = schedule("{ from = \"100\", rate = \"3%\" }, { from = \"1000\", rate = \"12%\" }");
    for (plan, points, price, sum) in [
        (&australia, 100, 400, "12.00"),
        (&australia, 200, 800, "24.00"),
        (&states, 1000, 2500, "300.00"),
        (&states, 99, 2500, "0.00"),
    ] {
        let mut alone = company(&[("x", "-")]);
        let goods =
            Goods { price: Money::from_minor(price * 100), cost: Money::ZERO, points: Volume(points * 100) };
        alone.bought("x", false, goods).expect("a partner");
        assert_eq!(reckon(&alone, plan).earned("x").to_string(), sum);
    }
}
