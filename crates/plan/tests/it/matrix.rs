//! The matrix rule: levels over the tree into which those who join spill.

use std::collections::BTreeMap;

use domain::network::Standing;
use plan::Plan;
use plan::close::Why;
use plan::sketch::Sketch;

use crate::common::{at, plan, rule};

const RATES: &str = "rates = [\"5%\", \"4%\", \"3%\"]";

/// A plan of one matrix.
fn matrix(keys: &str) -> Plan {
    let ranks = "ranks = [\"member\", \"silver\"]\n";
    plan(&format!("{ranks}{}", rule("matrix", &format!("kind = \"matrix\"\nbase = \"turnover\"\n{keys}"))))
}

fn wide(width: u16, height: u16, keys: &str) -> Plan {
    matrix(&format!("width = {width}\nheight = {height}\n{RATES}\n{keys}"))
}

/// A root who invited all the others, in this order.
fn star(names: &[&str]) -> Sketch {
    let mut company = Sketch::new();
    company.partner("Root", None).expect("new");
    for name in names {
        company.partner(name, Some("Root")).expect("new");
    }
    company
}

fn chain() -> Sketch {
    let mut company = Sketch::new();
    company.chain(&["p0", "p1", "p2", "p3"]).expect("new");
    company
}

/// What everyone gets when one buys for 40.00.
fn when_buys(company: &Sketch, name: &str, plan: &Plan) -> BTreeMap<String, String> {
    let mut company = company.clone();
    company.buys(name, "40").expect("a sum");
    let totals = company.reckon(plan).expect("sound").totals();
    totals.into_iter().map(|(name, sum)| (name, sum.to_string())).collect()
}

fn sums(expected: &[(&str, &str)]) -> BTreeMap<String, String> {
    expected.iter().map(|(name, sum)| ((*name).to_owned(), (*sum).to_owned())).collect()
}

#[test]
fn each_above_in_the_matrix_takes_a_level() {
    let plan = wide(3, 3, "compression = \"none\"");
    assert_eq!(when_buys(&chain(), "p3", &plan), sums(&[("p2", "2.00"), ("p1", "1.60"), ("p0", "1.20")]));
    assert_eq!(when_buys(&chain(), "p1", &plan), sums(&[("p0", "2.00")]));
    assert_eq!(when_buys(&chain(), "p0", &plan), sums(&[]));
}

#[test]
fn levels_go_by_place_not_by_who_invited_whom() {
    let company = star(&["A", "B", "C", "D", "E"]);
    let none = "compression = \"none\"";
    assert_eq!(when_buys(&company, "C", &wide(2, 3, none)), sums(&[("A", "2.00"), ("Root", "1.60")]));
    assert_eq!(when_buys(&company, "C", &wide(3, 3, none)), sums(&[("Root", "2.00")]), "three places");
    assert_eq!(when_buys(&company, "E", &wide(2, 3, none)), sums(&[("B", "2.00"), ("Root", "1.60")]));
    let breadth = wide(2, 3, "compression = \"none\"\nfill = \"breadth_first\"");
    assert_eq!(when_buys(&company, "E", &breadth), sums(&[("B", "2.00"), ("Root", "1.60")]));
    let depth = wide(2, 3, "compression = \"none\"\nfill = \"depth_first\"");
    assert_eq!(
        when_buys(&company, "E", &depth),
        sums(&[("C", "2.00"), ("A", "1.60"), ("Root", "1.20")]),
        "A is full, so E stands under C"
    );
}

#[test]
fn who_joins_first_stands_higher() {
    let mut company = star(&["A", "B", "C"]);
    let plan = wide(2, 3, "compression = \"none\"");
    company.joined("A", at("2026-03-05T00:00:00Z")).expect("known");
    assert_eq!(when_buys(&company, "C", &plan), sums(&[("Root", "2.00")]), "B and C came before A");
    assert_eq!(when_buys(&company, "A", &plan), sums(&[("B", "2.00"), ("Root", "1.60")]));
}

#[test]
fn the_walk_looks_no_further_than_the_height() {
    let mut company = chain();
    company.standing("p1", Standing::Inactive).expect("known");
    let two = |height: u16| {
        matrix(&format!(
            "width = 2\nheight = {height}\nrates = [\"5%\", \"4%\"]\ncompression = \"skip_inactive\""
        ))
    };
    assert_eq!(when_buys(&company, "p3", &two(3)), sums(&[("p2", "2.00"), ("p0", "1.60")]));
    assert_eq!(when_buys(&company, "p3", &two(2)), sums(&[("p2", "2.00")]), "p0 stands three above");
}

#[test]
fn compression_counts_as_over_sponsors() {
    let mut company = chain();
    company.standing("p2", Standing::Inactive).expect("known");
    let by = |compression: &str| wide(2, 3, &format!("compression = \"{compression}\""));
    assert_eq!(when_buys(&company, "p3", &by("none")), sums(&[("p1", "1.60"), ("p0", "1.20")]));
    assert_eq!(when_buys(&company, "p3", &by("skip_inactive")), sums(&[("p1", "2.00"), ("p0", "1.60")]));
    assert_eq!(when_buys(&company, "p3", &by("roll_to_next")), sums(&[("p1", "3.60"), ("p0", "1.20")]));
    company.rank("p0", "silver").expect("known").standing("p2", Standing::Active).expect("known");
    let ranked = wide(2, 3, "compression = \"skip_below_rank\"\nmin_rank = \"silver\"");
    assert_eq!(when_buys(&company, "p3", &ranked), sums(&[("p0", "2.00")]));
}

#[test]
fn levels_open_by_those_personally_invited() {
    // A has C below him and invited nobody; Root invited three.
    let company = star(&["A", "B", "C"]);
    let closed = |keys: &str| wide(2, 3, &format!("compression = \"none\"\nunlock = \"one_to_one\"\n{keys}"));
    assert_eq!(when_buys(&company, "C", &closed("")), sums(&[("Root", "1.60")]));
    assert_eq!(when_buys(&company, "C", &closed("closed_level = \"pass_up\"")), sums(&[("Root", "2.00")]));
}

#[test]
fn rates_go_by_rank() {
    let table = "rate_table = { member = [\"5%\"], silver = [\"10%\", \"6%\"] }\ncompression = \"none\"";
    let plan = matrix(&format!("width = 2\nheight = 2\n{table}"));
    let mut company = chain();
    company.rank("p1", "silver").expect("known").rank("p2", "member").expect("known");
    assert_eq!(when_buys(&company, "p3", &plan), sums(&[("p2", "2.00"), ("p1", "2.40")]));
    company.rank("p1", "member").expect("known");
    assert_eq!(when_buys(&company, "p3", &plan), sums(&[("p2", "2.00")]), "a member has no second level");
}

#[test]
fn one_on_hold_takes_his_level_and_is_not_paid() {
    let mut company = chain();
    company.standing("p2", Standing::Held).expect("known").buys("p3", "40").expect("a sum");
    let reckoned = company.reckon(&wide(2, 3, "compression = \"skip_inactive\"")).expect("sound");
    assert_eq!(reckoned.earned("p1").to_string(), "1.60");
    let held: Vec<_> =
        reckoned.period.unpaid.iter().map(|part| (part.partner, part.amount.minor())).collect();
    assert_eq!(held, [(Some(plan::close::Seat::new(2)), 200)]);
}

#[test]
fn a_month_of_many_purchases_adds_up_to_the_kopeck() {
    let mut company = star(&["A", "B", "C"]);
    for (name, sum) in [("C", "0.10"), ("C", "0.09"), ("A", "10"), ("B", "0")] {
        company.buys(name, sum).expect("a sum");
    }
    company.customer_buys("C", "0.01").expect("a sum");
    let reckoned = company.reckon(&wide(2, 3, "compression = \"none\"")).expect("sound");
    assert_eq!(reckoned.earned("A").to_string(), "0.01", "5 % of 0.20 together");
    assert_eq!(reckoned.earned("Root").to_string(), "0.51", "5 % of 10.00 and 4 % of 0.20");
    assert_eq!(reckoned.period.lines.len(), 3);
}

#[test]
fn rolled_up_volume_walks_from_where_it_lands() {
    let rules = rule(
        "matrix",
        &format!(
            "kind = \"matrix\"\nbase = \"turnover\"\nwidth = 2\nheight = 3\n{RATES}\ncompression = \"none\""
        ),
    );
    let rolled = plan(&format!("qualify_by = \"turnover\"\nroll_up = {{ below = \"50\" }}\n{rules}"));
    let mut company = chain();
    company.buys("p2", "50").expect("a sum").buys("p3", "40").expect("a sum");
    let reckoned = company.reckon(&rolled).expect("sound");
    assert_eq!(reckoned.totals().len(), 2, "p2 earns nothing of what became his own");
    assert_eq!(
        (reckoned.earned("p1").to_string(), reckoned.earned("p0").to_string()),
        ("4.50".into(), "3.60".into())
    );
}

#[test]
fn the_watched_one_learns_why_he_gets_nothing() {
    let mut company = chain();
    company.standing("p1", Standing::Inactive).expect("known").buys("p3", "40").expect("a sum");
    let why = |name: &str| {
        let plan = matrix("width = 2\nheight = 3\nrates = [\"5%\", \"4%\"]\ncompression = \"none\"");
        let notes = company.reckon_watching(&plan, Some(name)).expect("sound").period.notes;
        notes.into_iter().map(|note| note.why).collect::<Vec<_>>()
    };
    assert_eq!((why("p0"), why("p1"), why("p2")), (vec![Why::TooFar], vec![Why::Inactive], vec![]));
}
