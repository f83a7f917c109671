//! A breakaway ends the walks of level rules: at an order and at the close.

use super::{line_of, parsed};
use crate::common::{Someone, accrue, active, broken, order_of, paid_to, plan, steps};
use domain::order::Origin;
use plan::close::{Note, Source, Why};
use plan::{Parsed, Plan};

const BREAKAWAY: &str = "[[rules]]
id = \"override\"
kind = \"breakaway\"
base = \"turnover\"
at_rank = \"mid\"
mode = \"fixed\"
override = { high = \"2%\" }
";

fn levels(id: &str, keys: &str) -> String {
    format!(
        "[[rules]]\nid = \"{id}\"\nkind = \"level\"\nbase = \"turnover\"\nrates = [\"10%\", \"5%\", \"1%\"]\n{keys}\n"
    )
}

fn text(rules: &str) -> String {
    format!("ranks = [\"low\", \"mid\", \"high\"]\n{rules}")
}

fn with(keys: &str) -> Plan {
    plan(&text(&format!("{}{BREAKAWAY}", levels("levels", keys))))
}

/// The walk, the sums and the breakage of an order of 100.00.
fn outcome(plan: &Plan, chain: &[Someone]) -> (Vec<String>, Vec<i64>, Vec<String>) {
    let accruals = accrue(plan, &order_of(10_000), chain);
    assert_eq!(accruals.paid() + accruals.broken(), accruals.maximum);
    (steps(&accruals.walks[0]), paid_to(&accruals, chain.len()), broken(&accruals))
}

fn expect(walk: &[&str], sums: &[i64], breakage: &[&str]) -> (Vec<String>, Vec<i64>, Vec<String>) {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    (texts(walk), sums.to_vec(), texts(breakage))
}

#[test]
fn a_leader_is_the_last_who_is_asked() {
    let chain = [active(), active().rank("low"), active().rank("mid"), active().rank("high"), active()];
    for compression in ["none", "skip_inactive", "dynamic", "roll_to_next"] {
        assert_eq!(
            outcome(&with(&format!("compression = \"{compression}\"")), &chain),
            expect(
                &["0@- buyer", "1@1 paid 10%", "2@2 paid 5%"],
                &[0, 1000, 500, 0, 0],
                &["3 broken_away 1.00"]
            ),
            "{compression}"
        );
    }
    let alone = plan(&text(&levels("levels", "compression = \"none\"")));
    assert_eq!(
        outcome(&alone, &chain),
        expect(
            &["0@- buyer", "1@1 paid 10%", "2@2 paid 5%", "3@3 paid 1%", "4@- no more levels"],
            &[0, 1000, 500, 100, 0],
            &[]
        ),
        "without a breakaway nothing ends"
    );
}

#[test]
fn the_leaders_own_order_gives_nothing_above_him() {
    let chain = [active().rank("mid"), active(), active()];
    assert_eq!(
        outcome(&with("compression = \"none\""), &chain),
        expect(
            &["0@- buyer"],
            &[0, 0, 0],
            &["1 broken_away 10.00", "2 broken_away 5.00", "3 broken_away 1.00"]
        )
    );
    assert_eq!(
        outcome(&with("compression = \"none\"\npay_self = true"), &chain),
        expect(&["0@1 paid 10%"], &[1000, 0, 0], &["2 broken_away 5.00", "3 broken_away 1.00"]),
        "with pay_self he is asked himself"
    );
}

#[test]
fn a_leader_who_brought_the_customer_is_asked_and_ends_the_walk() {
    let mut order = order_of(10_000);
    (order.seller, order.buyer) = (order.buyer, None);
    assert!(matches!(order.origin(), Origin::CustomerOf(_)));
    let accruals = accrue(&with("compression = \"none\""), &order, &[active().rank("mid"), active()]);
    assert_eq!(paid_to(&accruals, 2), [1000, 0]);
    assert_eq!(broken(&accruals), ["2 broken_away 5.00", "3 broken_away 1.00"]);
}

#[test]
fn an_inactive_leader_ends_the_walk_too() {
    let chain = [active(), active().rank("mid").inactive(), active()];
    assert_eq!(
        outcome(&with("compression = \"skip_inactive\""), &chain),
        expect(
            &["0@- buyer", "1@- inactive"],
            &[0, 0, 0],
            &["1 broken_away 10.00", "2 broken_away 5.00", "3 broken_away 1.00"]
        )
    );
    assert_eq!(
        outcome(&with("compression = \"roll_to_next\""), &chain),
        expect(
            &["0@- buyer", "1@1 inactive"],
            &[0, 0, 0],
            &["1 broken_away 10.00", "2 broken_away 5.00", "3 broken_away 1.00"]
        ),
        "what rolls does not roll over him"
    );
    assert_eq!(
        outcome(&with("compression = \"none\""), &chain),
        expect(
            &["0@- buyer", "1@1 inactive"],
            &[0, 0, 0],
            &["1 inactive 10.00", "2 broken_away 5.00", "3 broken_away 1.00"]
        )
    );
}

#[test]
fn above_the_root_and_beyond_the_scan_nobody_stands_as_before() {
    let chain = [active(), active().rank("low")];
    assert_eq!(
        outcome(&with("compression = \"none\""), &chain),
        expect(&["0@- buyer", "1@1 paid 10%"], &[0, 1000], &["2 no_sponsor 5.00", "3 no_sponsor 1.00"])
    );
}

#[test]
fn only_the_rules_named_end_and_all_of_them_where_none_is() {
    let two = |of: &str| {
        let (first, second) =
            (levels("first", "compression = \"none\""), levels("second", "compression = \"none\""));
        plan(&text(&format!("{first}{second}{BREAKAWAY}{of}")))
    };
    let chain = [active(), active().rank("high"), active()];
    let sums = |plan: &Plan| paid_to(&accrue(plan, &order_of(10_000), &chain), 3);
    assert_eq!(sums(&two("")), [0, 2000, 0]);
    assert_eq!(sums(&two("of = [\"second\"]")), [0, 2000, 500]);
    assert_eq!(sums(&two("of = [\"first\", \"second\"]")), [0, 2000, 0]);
}

#[test]
fn a_breakaway_ends_level_rules_that_stand_below_it() {
    let below = plan(&text(&format!("{BREAKAWAY}{}", levels("levels", "compression = \"none\""))));
    let climb = below.rules()[1].climb().expect("a walk");
    assert_eq!(climb.ends_at, ["mid", "high"]);
    assert!(below.uses_ranks(), "orders need ranks now");
    let alone = plan(&text(&levels("levels", "compression = \"none\"")));
    assert!(!alone.uses_ranks());
}

#[test]
fn two_breakaways_end_a_walk_at_either() {
    let other = BREAKAWAY.replace("\"override\"\n", "\"other\"\n").replace("\"mid\"", "\"high\"");
    let both = plan(&text(&format!("{}{other}{BREAKAWAY}", levels("levels", "compression = \"none\""))));
    assert_eq!(both.rules()[0].climb().expect("a walk").ends_at, ["high", "mid"]);
}

#[test]
fn at_the_close_a_walk_ends_at_a_leader_too() {
    let rules = format!("{}{BREAKAWAY}", levels("levels", "compression = \"none\"\ndecided = \"close\""));
    let Parsed { plan, .. } = parsed(&text(&rules));
    let company = line_of("top:high up m:mid low leaf").buys("leaf", "100.00").buys("m", "50.00");
    assert_eq!(company.lines(&plan), ["low@1<leaf 10.00", "m@2<leaf 5.00", "top@1<m 3.00"]);
    let without = parsed(&text(&levels("levels", "compression = \"none\"\ndecided = \"close\""))).plan;
    assert_eq!(
        company.lines(&without),
        ["up@1<m 5.00", "top@2<m 2.50", "low@1<leaf 10.00", "m@2<leaf 5.00", "up@3<leaf 1.00"]
    );
}

#[test]
fn one_above_the_leader_is_told_that_the_walk_ended_below_him() {
    let rules = format!("{}{BREAKAWAY}", levels("levels", "compression = \"none\"\ndecided = \"close\""));
    let plan = parsed(&text(&rules)).plan;
    let company = line_of("top up:low m:mid low leaf").buys("leaf", "100.00").buys("m", "50.00");
    let of_levels = |name: &str| {
        let notes = company.sketch.reckon_watching(&plan, Some(name)).expect("sound").period.notes;
        let short = |note: &Note| {
            let Source::Partner(source) = note.source else { panic!("of a partner") };
            (company.name(source).to_owned(), note.why.clone())
        };
        let of_levels = notes.iter().filter(|note| note.rule.as_str() == "levels");
        of_levels.map(short).collect::<Vec<_>>()
    };
    let ended = |sources: &[&str]| -> Vec<(String, Why)> {
        sources.iter().map(|source| ((*source).to_owned(), Why::EndedBelow)).collect()
    };
    assert_eq!(of_levels("top"), ended(&["m", "leaf"]));
    assert_eq!(of_levels("up"), ended(&["m", "leaf"]));
    assert_eq!(of_levels("m"), [], "he earns on the leaf, and his own volume is his");
}

#[test]
fn the_reason_is_told_in_both_languages() {
    use domain::accrual::BreakageReason::BrokenAway;
    use plan::explain::{Lang, breakage};
    assert_eq!(
        [breakage(BrokenAway, Lang::Ru), breakage(BrokenAway, Lang::En)],
        [
            "ниже стоит лидер, чья группа отделилась: выше него эта линия не начисляется",
            "a leader whose group broke away stands below: above him this level pays nobody",
        ]
    );
}
