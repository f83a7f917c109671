//! A hundred thousand in one line, fifty thousand under one.

use domain::ids::PartnerId;
use domain::network::Standing;
use domain::order::Order;
use domain::partner::PartnerCode;
use plan::Plan;
use plan::close::{Bought, Carried, CloseFacts, Paid, Participant, PerSeat, Seat, SeatedOrder, pay, qualify};
use uuid::Uuid;

use super::rule;
use crate::common::{at, joined, order_of};

/// Everyone bought one order; seat 0 is the top.
fn facts(
    people: usize,
    order: &Order,
    sponsor: impl Fn(usize) -> usize,
    rank: impl Fn(usize) -> Option<&'static str>,
) -> CloseFacts<'_> {
    let person = |place: usize| {
        let sponsor = (place > 0).then(|| Seat::new(sponsor(place)));
        Participant {
            partner: PartnerId::new(Uuid::from_u128(place as u128 + 1)),
            code: PartnerCode::numbered(place as u64 + 1),
            sponsor,
            inviter: sponsor,
            joined_at: joined(),
            placed_at: joined(),
            standing: Standing::Active,
            active_invited: 0,
            staff_rank: rank(place).map(str::to_owned),
            paid_as_before: None,
            highest_before: None,
        }
    };
    let people: PerSeat<Participant> = (0..people).map(person).collect();
    let orders = people.seats().map(|seat| SeatedOrder { bought: Bought::By(seat), order }).collect();
    CloseFacts {
        end: at("2026-04-01T00:00:00Z"),
        people,
        orders,
        commissions: Vec::new(),
        carried: Carried::default(),
    }
}

fn paid_of(plan: &Plan, facts: &CloseFacts<'_>) -> Paid {
    let qualified = qualify(plan, facts).expect("a tree");
    pay(plan, facts, &qualified, Some(Seat::new(0))).expect("a tree")
}

const PEOPLE: usize = 100_000;
const RANKS: &str = "low mid high";

fn plans() -> [(&'static str, Plan); 4] {
    let rates = "rank_rates = { low = \"1%\", mid = \"2%\", high = \"3%\" }";
    [
        ("generation", rule(RANKS, "generation", "boundary = \"mid\"\nrates = [\"5%\", \"3%\"]")),
        ("same rank", rule(RANKS, "generation", "boundary = \"same_rank\"\nrates = [\"5%\", \"3%\"]")),
        (
            "infinity",
            rule(RANKS, "infinity", &format!("{rates}\npays = \"difference\"\nafter_generation = 2")),
        ),
        (
            "breakaway",
            rule(
                RANKS,
                "breakaway",
                "at_rank = \"mid\"\nmode = \"differential\"\noverride = { mid = \"5%\", high = \"7%\" }",
            ),
        ),
    ]
}

#[test]
fn a_chain_without_leaders_is_not_walked_for_everyone_on_it() {
    let order = order_of(10_000);
    let facts = facts(PEOPLE, &order, |place| place - 1, |place| (place == 0).then_some("high"));
    let lines = plans().map(|(_, plan)| paid_of(&plan, &facts).lines.len());
    // All below the top have one leader above; infinity passes two; no group but his own has broken away.
    assert_eq!(lines, [PEOPLE - 1, PEOPLE - 1, 0, 0]);
}

#[test]
fn a_chain_of_equals_is_not_walked_in_search_of_a_higher_one() {
    let order = order_of(10_000);
    let facts = facts(PEOPLE, &order, |place| place - 1, |_| Some("mid"));
    let lines = plans().map(|(_, plan)| paid_of(&plan, &facts).lines.len());
    // Two generations for all but the first two; infinity after two leaders one earner for each; equals
    // leave no difference.
    assert_eq!(lines, [2 * PEOPLE - 3, 2 * PEOPLE - 3, PEOPLE - 3, 0]);
}

#[test]
fn fifty_thousand_under_one_pay_him_for_each() {
    let order = order_of(10_000);
    let facts = facts(50_001, &order, |_| 0, |place| Some(if place == 0 { "high" } else { "mid" }));
    for (name, plan) in plans() {
        let paid = paid_of(&plan, &facts);
        let sum: i64 = paid.lines.iter().map(|line| line.paid.minor()).sum();
        let expected = match name {
            "infinity" => 0,
            "breakaway" => 50_000 * 200,
            _ => 50_000 * 500,
        };
        assert_eq!(sum, expected, "{name}");
    }
}
