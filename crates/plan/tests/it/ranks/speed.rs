//! Great companies are ranked at once, however they are built.

use plan::Plan;
use plan::close::{Seat, missing, qualify};

use super::model::{Person, facts_of, orders_of, person};
use super::plan;

/// Every kind of condition, at three ranks.
fn everything() -> Plan {
    let rank = |name: &str, below: &str, count: u32| {
        format!(
            "[[ranks]]\nname = \"{name}\"\npersonal_volume = \"1\"\nunrolled_volume = \"1\"\nfrontline_volume = \"2\"\ngroup_volume = \"{count}\"\nmax_leg_share = \"60%\"\nlegs = [\"1\", \"1\", \"1\"]\nlegs_of = \"mixed\"\ntenure_months = 1\nactive = true\npeople = [{{ rank = \"{below}\", count = 2 }}, {{ rank = \"{below}\", count = 1, within = 100 }}, {{ rank = \"{below}\", count = 2, within = 7, separate_legs = true }}]\n"
        )
    };
    plan(
        "qualify_by = \"turnover\"\nroll_up = { below = \"1\" }",
        &format!(
            "[[ranks]]\nname = \"member\"\npersonal_volume = \"1\"\n{}{}{}",
            rank("silver", "member", 4),
            rank("gold", "silver", 8),
            rank("star", "gold", 16)
        ),
    )
}

fn ranks_of(people: &[Person]) -> Vec<Option<usize>> {
    let (plan, orders) = (everything(), orders_of(people));
    let facts = facts_of(people, &orders);
    let stands = qualify(&plan, &facts).expect("a tree");
    missing(&plan, &facts, &stands, Seat::new(0)).expect("a tree");
    stands.iter().map(|(_, one)| one.paid_as).collect()
}

fn buyer(sponsor: Option<usize>) -> Person {
    Person { own: 1_00, ..person(sponsor) }
}

#[test]
fn a_chain_of_a_hundred_thousand() {
    let chain: Vec<Person> = (0..100_000_usize).map(|place| buyer(place.checked_sub(1))).collect();
    let ranks = ranks_of(&chain);
    assert!(ranks.iter().all(|rank| *rank == Some(0)), "one leg is no three");
}

#[test]
fn a_star_of_fifty_thousand() {
    let star: Vec<Person> = (0..50_000_usize).map(|place| buyer((place > 0).then_some(0))).collect();
    let ranks = ranks_of(&star);
    assert_eq!((ranks[0], ranks[1]), (Some(1), Some(0)));
}

#[test]
fn a_hundred_thousand_each_with_three_below() {
    let tree: Vec<Person> =
        (0..100_000_usize).map(|place| buyer(place.checked_sub(1).map(|place| place / 3))).collect();
    let ranks = ranks_of(&tree);
    assert_eq!((ranks[0], ranks.last()), (Some(3), Some(&Some(0))));
}
