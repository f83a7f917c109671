//! A month of a company whose plan and program are published (`praxigento/mobi_mod_bonus_hybrid`):
//! personal bonus, team bonus, courtesy bonus, after the roll-up. Every figure was reckoned by hand.

use super::{buy, by_rule, company, reckon};
use crate::common::plan;
use plan::sketch::Sketch;

pub(super) const PLAN: &str = r#"point_value = "1.00"
roll_up = { below = "50" }

[[rules]]
id = "personal"
kind = "personal"
decided = "close"
base = "volume"
bands = [
    { from = "50", rate = "5%" },
    { from = "100", rate = "10%" },
    { from = "500", rate = "15%" },
    { from = "750", rate = "20%" },
]

[[rules]]
id = "team"
kind = "differential"
base = "volume"
after = "personal"
by = "frontline_volume"
bands = [
    { from = "50", rate = "10%" },
    { from = "500", rate = "15%" },
    { from = "750", rate = "20%" },
]

[[rules]]
id = "courtesy"
kind = "same_level"
base = "volume"
of = "team"
rate = "5%"
"#;

fn the_company() -> Sketch {
    let mut company = company(&[
        ("r", "-"),
        ("a", "r"),
        ("a1", "a"),
        ("a11", "a1"),
        ("a111", "a11"),
        ("a112", "a111"),
        ("a2", "a"),
        ("a21", "a2"),
        ("a22", "a2"),
        ("b", "r"),
        ("b1", "b"),
        ("b11", "b1"),
        ("b111", "b11"),
        ("c", "r"),
        ("c1", "c"),
        ("c11", "c1"),
        ("c111", "c11"),
        ("d", "r"),
        ("d1", "d"),
    ]);
    buy(
        &mut company,
        &[
            ("r", "60.00"),
            ("a", "120.00"),
            ("a1", "549.15"),
            ("a11", "102.81"),
            ("a111", "50.00"),
            ("a112", "30.00"),
            ("a2", "49.99"),
            ("a21", "75.50"),
            ("a22", "20.00"),
            ("b1", "760.00"),
            ("b11", "100.00"),
            ("b111", "200.00"),
            ("c", "500.00"),
            ("c1", "99.99"),
            ("c11", "51.01"),
            ("c111", "10.00"),
            ("d", "60.00"),
            ("d1", "510.00"),
        ],
    );
    company
}

#[test]
fn a_month_of_personal_differential_and_courtesy() {
    let month = reckon(&the_company(), &plan(PLAN));
    // Rolled up: a 120 + 49.99 + 20 (past a2, who does not qualify either), a111 50 + 30, c11 51.01 + 10.
    assert_eq!(
        by_rule(&month, "personal"),
        [
            "a 19.00",   // 10 % of 189.99 = 18.999
            "a1 82.37",  // 15 % of 549.15 = 82.3725
            "a11 10.28", // 10 % of 102.81 = 10.281
            "a111 4.00", // 5 % of 80
            "a21 3.78",  // 5 % of 75.50 = 3.775
            "b1 152.00", // 20 % of 760
            "b11 10.00",
            "b111 20.00",
            "c 75.00",
            "c1 5.00",  // 5 % of 99.99 = 4.9995
            "c11 3.05", // 5 % of 61.01 = 3.0505
            "d 3.00",
            "d1 76.50",
            "r 3.00",
        ]
    );
    // Own percentages by the first line: r 20 (1569.99), a 20 (814.64), a1 15 (651.96), a11 10 (182.81),
    // b1 20 (860), b11 10 (300), c 15 (599.99), c1 10 (161), d 15 (570). By these tables a father is never
    // lower than his son's personal percentage, only equal.
    assert_eq!(
        by_rule(&month, "team"),
        [
            "a 47.93",  // 5 % of 549.15, 5 % of 102.81, 5 % of 80, 15 % of 75.50: 27.46 + 5.14 + 4 + 11.33
            "a1 9.14",  // 5 % of 102.81, 5 % of 80
            "a11 4.00", // 5 % of 80
            "b1 20.00", // 10 % of 100; of 200 what the courtesy left, 5 %
            "c 13.05",  // 10 % of 99.99, 5 % of 61.01: 10 + 3.05
            "c1 3.05",
            "r 61.05", // 10 % of 189.99, 5 % of 500, of 99.99, of 61.01, 15 % of 60: 19 + 25 + 5 + 3.05 + 9
        ]
    );
    assert_eq!(
        by_rule(&month, "courtesy"),
        [
            "b11 10.00", // father and son both at 10 %: 5 % of 200
            "d 25.50",   // both at 15 %: 5 % of 510, and with it 20 % is done: nothing for r
            "r 38.00",   // b1 is at the top himself: no team bonus of him, and the courtesy all the same
        ]
    );
}

#[test]
fn every_line_of_the_team_bonus_says_how_it_came_to_be() {
    let month = reckon(&the_company(), &plan(PLAN));
    let of = |source: &str| -> Vec<String> {
        let place = format!(" of {source}: ");
        super::lines(&month, "team").into_iter().filter(|line| line.contains(&place)).collect()
    };
    // a111 (place 4), done 5 %: his father a11 (3), a1 (2), a (1), who reaches the top; r gets nothing.
    assert_eq!(
        of("4"),
        [
            "3 of 4: 10% - 5% -> 5% of 80.00 = 4.00",
            "2 of 4: 15% - 10% -> 5% of 80.00 = 4.00",
            "1 of 4: 20% - 15% -> 5% of 80.00 = 4.00",
        ]
    );
    // a21 (7) stands under a after the roll-up.
    assert_eq!(of("7"), ["1 of 7: 20% - 5% -> 15% of 75.50 = 11.33"]);
    // b111 (12): the courtesy of b11 counts as done, b1 (10) takes the rest.
    assert_eq!(of("12"), ["10 of 12: 20% - 15% -> 5% of 200.00 = 10.00"]);
    // b1 (10), at the top himself; d1 (18), whose courtesy reaches the top.
    assert_eq!((of("10"), of("18")), (vec![], vec![]));
}

#[test]
fn nothing_rolls_up_without_a_threshold() {
    let unrolled = plan(&PLAN.replace("roll_up = { below = \"50\" }\n", ""));
    let month = reckon(&the_company(), &unrolled);
    assert_eq!(month.by_rule("personal", "a").to_string(), "12.00");
    // a2 has 49.99 of his own, and with his first line 145.49, which is 10 %.
    assert_eq!(month.by_rule("team", "a2").to_string(), "5.78", "5 % of 75.50 and 10 % of 20: 3.775, 2");
}
