//! `differential`: who gets how much of whose volume.

use domain::network::Standing;
use plan::Plan;
use plan::close::{Seat, UnpaidReason, Why};
use plan::sketch::Sketch;

use super::{buy, company, lines, reckon};
use crate::common::{plan, rule};

const RANKS: &str = "ranks = [\"low\", \"mid\", \"high\"]\n";
const BY_RANK: &str = "rank_rates = { high = \"20%\", mid = \"15%\", low = \"5%\" }";

/// A differential by ranks, with these keys added.
fn stairs(keys: &str) -> Plan {
    plan(&format!(
        "{RANKS}{}",
        rule("stairs", &format!("kind = \"differential\"\nbase = \"turnover\"\n{BY_RANK}\n{keys}"))
    ))
}

/// A chain from the top down, numbered from 0, with these ranks (`-` for none); the last buys for 100.
fn chain(ranks: &[&str]) -> Sketch {
    let names: Vec<String> = (0..ranks.len()).map(|place| place.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut company = Sketch::new();
    company.chain(&names).expect("names are given once");
    for (name, rank) in names.iter().zip(ranks).filter(|(_, rank)| **rank != "-") {
        company.rank(name, rank).expect("known");
    }
    company.buys(names.last().expect("somebody"), "100.00").expect("known");
    company
}

fn paid(plan: &Plan, company: &Sketch) -> Vec<String> {
    lines(&reckon(company, plan), "stairs")
}

fn why(plan: &Plan, company: &Sketch, name: &str) -> Vec<Why> {
    let reckoned = company.reckon_watching(plan, Some(name)).expect("sound");
    reckoned.period.notes.into_iter().map(|note| note.why).collect()
}

fn ppm(percent: u32) -> domain::money::Rate {
    domain::money::Rate::from_ppm(percent * 10_000)
}

#[test]
fn each_gets_what_is_above_those_below_him() {
    let company = chain(&["high", "high", "low", "mid", "-", "low", "-"]);
    assert_eq!(
        paid(&stairs(""), &company),
        [
            "5 of 6: 5% - 0% -> 5% of 100.00 = 5.00",
            "3 of 6: 15% - 5% -> 10% of 100.00 = 10.00",
            "1 of 6: 20% - 15% -> 5% of 100.00 = 5.00",
        ]
    );
}

#[test]
fn the_source_stands_first_only_where_the_plan_says_so() {
    let company = chain(&["high", "mid", "low"]);
    assert_eq!(
        paid(&stairs(""), &company),
        ["1 of 2: 15% - 0% -> 15% of 100.00 = 15.00", "0 of 2: 20% - 15% -> 5% of 100.00 = 5.00"]
    );
    assert_eq!(
        paid(&stairs("pay_self = true"), &company),
        [
            "2 of 2: 5% - 0% -> 5% of 100.00 = 5.00",
            "1 of 2: 15% - 5% -> 10% of 100.00 = 10.00",
            "0 of 2: 20% - 15% -> 5% of 100.00 = 5.00",
        ]
    );
}

#[test]
fn everything_is_done_at_the_top() {
    let company = chain(&["high", "mid", "low", "-"]);
    assert_eq!(
        paid(&stairs("top = \"12%\""), &company),
        ["2 of 3: 5% - 0% -> 5% of 100.00 = 5.00", "1 of 3: 15% - 5% -> 7% of 100.00 = 7.00"]
    );
    assert_eq!(paid(&stairs("top = \"5%\""), &company), ["2 of 3: 5% - 0% -> 5% of 100.00 = 5.00"]);
}

#[test]
fn what_an_inactive_one_does_not_get_goes_to_the_next_above() {
    let mut company = chain(&["high", "mid", "low", "-"]);
    company.standing("1", Standing::Inactive).expect("known");
    assert_eq!(
        paid(&stairs(""), &company),
        ["2 of 3: 5% - 0% -> 5% of 100.00 = 5.00", "0 of 3: 20% - 5% -> 15% of 100.00 = 15.00"]
    );
    company.standing("2", Standing::Inactive).expect("known");
    company.standing("0", Standing::Inactive).expect("known");
    assert_eq!(paid(&stairs(""), &company), Vec::<String>::new());
    assert_eq!(reckon(&company, &stairs("")).period.unpaid, []);
}

#[test]
fn a_hold_gives_nobody_else_more() {
    let mut company = chain(&["high", "mid", "low", "-"]);
    company.standing("1", Standing::Held).expect("known");
    assert_eq!(
        paid(&stairs(""), &company),
        ["2 of 3: 5% - 0% -> 5% of 100.00 = 5.00", "0 of 3: 20% - 15% -> 5% of 100.00 = 5.00"]
    );
    let reckoned = reckon(&company, &stairs(""));
    let [unpaid] = reckoned.period.unpaid.as_slice() else { panic!("one held") };
    assert_eq!(
        (unpaid.partner, unpaid.reason, unpaid.amount.minor()),
        (Some(Seat::new(1)), UnpaidReason::Held, 1_000)
    );
}

#[test]
fn an_inactive_source_leaves_his_own_to_those_above() {
    let mut company = chain(&["mid", "low"]);
    company.standing("1", Standing::Inactive).expect("known");
    assert_eq!(paid(&stairs("pay_self = true"), &company), ["0 of 1: 15% - 0% -> 15% of 100.00 = 15.00"]);
}

#[test]
fn an_amount_that_rounds_to_nothing_is_done_all_the_same() {
    let mut small = Sketch::new();
    small.chain(&["0", "1", "2"]).expect("new names");
    small.rank("0", "mid").expect("known").rank("1", "low").expect("known").buys("2", "0.05").expect("known");
    assert_eq!(paid(&stairs(""), &small), ["0 of 2: 15% - 5% -> 10% of 0.05 = 0.01"], "0.005 goes up");
    assert_eq!(why(&stairs(""), &small, "1"), [Why::RoundsToZero], "0.0025 does not");
}

#[test]
fn the_base_is_own_and_customers_volume_of_the_chosen_goods() {
    let mut company = chain(&["high", "-"]);
    company.customer_buys("1", "11.10").expect("known");
    assert_eq!(paid(&stairs(""), &company), ["0 of 1: 20% - 0% -> 20% of 111.10 = 22.22"]);
    assert_eq!(
        paid(&stairs("products = { skus = [\"OTHER\"] }"), &company),
        Vec::<String>::new(),
        "nothing of it was sold"
    );
    assert_eq!(
        paid(&stairs("products = { categories = [\"goods\"] }"), &company),
        ["0 of 1: 20% - 0% -> 20% of 111.10 = 22.22"]
    );
}

#[test]
fn a_measure_chooses_the_band() {
    let by = |measure: &str| {
        let by = if measure.is_empty() { String::new() } else { format!("by = \"{measure}\"\n") };
        let bands = "bands = [{ from = \"10\", rate = \"1%\" }, { from = \"100\", rate = \"2%\" }, { from = \"300\", rate = \"3%\" }, { from = \"600\", rate = \"4%\" }]";
        plan(&format!(
            "roll_up = {{ below = \"20\" }}\n{}",
            rule("stairs", &format!("kind = \"differential\"\nbase = \"turnover\"\n{by}{bands}"))
        ))
    };
    let mut company = company(&[("0", "-"), ("1", "0"), ("2", "1"), ("3", "0")]);
    buy(&mut company, &[("0", "90.00"), ("1", "400.00"), ("2", "300.00"), ("3", "15.00")]);
    company.customer_buys("0", "20.00").expect("known");
    // 0: customers 20, unrolled 110, personal 125, frontline 525, group 825. Of 1's 400.
    for (measure, rate) in [
        ("customer_volume", "1%"),
        ("unrolled_volume", "2%"),
        ("personal_volume", "2%"),
        ("frontline_volume", "3%"),
        ("group_volume", "4%"),
        ("", "4%"),
    ] {
        let of_one = paid(&by(measure), &company).into_iter().find(|line| line.contains(" of 1: "));
        assert_eq!(of_one.expect("a line").split(' ').nth(3), Some(rate), "{measure}");
    }
}

#[test]
fn with_after_the_personal_percentage_is_done_at_the_start() {
    let personal = "kind = \"personal\"\nbase = \"turnover\"\ndecided = \"close\"\nbands = [{ from = \"100\", rate = \"10%\" }]";
    let both = |keys: &str| {
        plan(&format!(
            "{RANKS}{}{}",
            rule("mine", personal),
            rule("stairs", &format!("kind = \"differential\"\nbase = \"turnover\"\n{BY_RANK}\n{keys}"))
        ))
    };
    let company = chain(&["high", "mid", "low", "low"]);
    assert_eq!(paid(&both(""), &company).len(), 3);
    let after = ["1 of 3: 15% - 10% -> 5% of 100.00 = 5.00", "0 of 3: 20% - 15% -> 5% of 100.00 = 5.00"];
    assert_eq!(paid(&both("after = \"mine\""), &company), after, "the low one has less than is done");
    assert_eq!(
        paid(&both("after = \"mine\"\npay_self = true"), &company),
        after,
        "nor has the source himself more than that"
    );
    let mut inactive = company.clone();
    inactive.standing("3", Standing::Inactive).expect("known");
    assert_eq!(paid(&both("after = \"mine\""), &inactive), after, "his bonus is nobody's");
    assert_eq!(paid(&both("after = \"mine\"\ntop = \"10%\""), &company), Vec::<String>::new());
}

#[test]
fn everybody_above_is_told_why_he_gets_nothing() {
    let mut company = chain(&["high", "-", "low", "high", "mid", "low", "-"]);
    company.standing("4", Standing::Inactive).expect("known");
    let plan = stairs("");
    let none = |own, done| vec![Why::NoDifference { own: ppm(own), done: ppm(done) }];
    assert_eq!(paid(&plan, &company).len(), 2, "5 gets 5 %, 3 the rest");
    assert_eq!(why(&plan, &company, "0"), none(20, 20));
    assert_eq!(why(&plan, &company, "1"), none(0, 20));
    assert_eq!(why(&plan, &company, "2"), none(5, 20));
    assert_eq!(why(&plan, &company, "3"), []);
    assert_eq!(why(&plan, &company, "4"), [Why::Inactive]);
    assert_eq!(why(&plan, &company, "5"), []);
    assert_eq!(why(&plan, &company, "6"), [], "it is his own volume");
    assert_eq!(why(&stairs("pay_self = true"), &company, "6"), none(0, 0));
    company.standing("2", Standing::Inactive).expect("known");
    assert_eq!(why(&plan, &company, "2"), none(5, 20), "an inactive one who would have got nothing");
    assert_eq!(
        why(&stairs("top = \"12%\""), &company, "0"),
        none(12, 12),
        "no percentage counts beyond the top"
    );
}

#[test]
fn nobody_qualifies_and_nothing_is_paid() {
    let company = chain(&["-", "-", "-"]);
    let reckoned = reckon(&company, &stairs("pay_self = true"));
    assert_eq!((reckoned.period.lines.len(), reckoned.period.unpaid.len()), (0, 0));
    let empty = Sketch::new();
    assert_eq!(reckon(&empty, &stairs("")).totals().len(), 0);
}

#[test]
fn who_rolled_up_is_not_on_the_way() {
    let plan = plan(&format!(
        "{RANKS}roll_up = {{ below = \"10\" }}\n{}",
        rule("stairs", &format!("kind = \"differential\"\nbase = \"turnover\"\n{BY_RANK}"))
    ));
    let mut company = chain(&["high", "mid", "-"]);
    company.buys("0", "10.00").expect("known");
    assert_eq!(
        lines(&reckon(&company, &plan), "stairs"),
        ["0 of 2: 20% - 0% -> 20% of 100.00 = 20.00"],
        "1 bought nothing: his place is not counted, whatever his rank"
    );
}
