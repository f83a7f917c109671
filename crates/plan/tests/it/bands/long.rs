//! A hundred thousand people one above the other, and fifty thousand under one.

use domain::network::Standing;
use domain::order::Order;
use plan::Plan;
use plan::close::{Bought, Carried, CloseFacts, Paid, Participant, PerSeat, Seat, SeatedOrder, pay, qualify};
use std::collections::BTreeMap;

use crate::common::{at, id, joined, order_of, plan, refund, rule};

fn someone(place: usize, sponsor: Option<usize>, standing: Standing) -> Participant {
    Participant {
        partner: id(u32::try_from(place).expect("small")),
        code: domain::partner::PartnerCode::numbered(u64::try_from(place).expect("small")),
        sponsor: sponsor.map(Seat::new),
        inviter: sponsor.map(Seat::new),
        joined_at: joined(),
        placed_at: joined(),
        standing,
        active_invited: 0,
        staff_rank: None,
        paid_as_before: None,
        highest_before: None,
    }
}

/// Everybody buys the same order.
fn facts(people: PerSeat<Participant>, order: &Order) -> CloseFacts<'_> {
    let orders = people.seats().map(|seat| SeatedOrder { bought: Bought::By(seat), order }).collect();
    CloseFacts {
        end: at("2026-04-01T00:00:00Z"),
        people,
        orders,
        commissions: Vec::new(),
        carried: Carried::default(),
    }
}

fn paid_of(plan: &Plan, facts: &CloseFacts<'_>, watched: Option<Seat>) -> Paid {
    let qualified = qualify(plan, facts).expect("a tree");
    pay(plan, facts, &qualified, watched).expect("a tree")
}

/// A personal rule, a differential by one's own volume or the group's, and a floor.
fn courtesy(by: &str, from: &str) -> Plan {
    let bands = format!(
        "[{{ from = \"{from}\", rate = \"5%\" }}, {{ from = \"500\", rate = \"10%\" }}, {{ from = \"5000\", rate = \"20%\" }}]"
    );
    plan(&format!(
        "qualify_by = \"turnover\"\n{}{}{}",
        rule(
            "mine",
            &format!("kind = \"personal\"\nbase = \"turnover\"\ndecided = \"close\"\nbands = {bands}")
        ),
        rule(
            "team",
            &format!(
                "kind = \"differential\"\nbase = \"turnover\"\nafter = \"mine\"\nby = \"{by}\"\nbands = {bands}"
            )
        ),
        rule("floor", "kind = \"same_level\"\nbase = \"turnover\"\nof = \"team\"\nrate = \"1%\"")
    ))
}

const CHAIN: usize = 100_000;

fn chain(standing: impl Fn(usize) -> Standing) -> PerSeat<Participant> {
    (0..CHAIN).map(|place| someone(place, place.checked_sub(1), standing(place))).collect()
}

#[test]
fn a_chain_is_not_walked_where_nobody_gets_anything() {
    let order = order_of(10_000);
    let active = facts(chain(|_| Standing::Active), &order);
    let equal = paid_of(&courtesy("personal_volume", "50"), &active, Some(Seat::new(0)));
    // Everyone's own 5 %, and the floor of everyone but the last, who has nobody below.
    assert_eq!(equal.lines.len(), CHAIN + CHAIN - 1);
    assert_eq!(equal.notes.len(), CHAIN - 1, "the watched one at the top hears of everyone");
    let group = paid_of(&courtesy("group_volume", "50"), &active, None);
    // From the end: the 5th reaches 10 %, the 50th 20 %. Of the first 48 two earn, of the others one.
    assert_eq!(group.lines.iter().filter(|line| line.rule.as_str() == "team").count(), 2 * 48 + CHAIN - 49);
    assert_eq!(group.lines.iter().filter(|line| line.rule.as_str() == "floor").count(), 3);
    let nothing = paid_of(&courtesy("personal_volume", "101"), &active, None);
    assert_eq!(nothing.lines.len(), 0);
    let inactive =
        facts(chain(|place| if place < CHAIN - 1 { Standing::Inactive } else { Standing::Active }), &order);
    let last = paid_of(&courtesy("group_volume", "50"), &inactive, None);
    assert_eq!(last.lines.len(), 1, "the last one's own");
}

#[test]
fn a_star_pays_everything_to_its_middle() {
    let order = order_of(10_000);
    let star = (0..50_000).map(|place| someone(place, (place > 0).then_some(0), Standing::Active)).collect();
    let facts = facts(star, &order);
    let paid = paid_of(&courtesy("group_volume", "50"), &facts, None);
    let mut sums: BTreeMap<(&str, usize), i64> = BTreeMap::new();
    for line in paid.lines.iter().filter(|line| line.earner == Seat::new(0)) {
        *sums.entry((line.rule.as_str(), line.earner.place())).or_default() += line.paid.minor();
    }
    let sums: Vec<_> = sums.into_iter().collect();
    assert_eq!(sums, [(("mine", 0), 500), (("team", 0), 49_999 * 1_500)], "15 % of everyone's 100.00");
}

#[test]
fn what_was_given_back_in_the_period_counts_for_nothing() {
    let mut order = crate::common::order(vec![crate::common::line(1, 4, 2_500)]);
    let people = || -> PerSeat<Participant> {
        (0..2).map(|place| someone(place, place.checked_sub(1), Standing::Active)).collect()
    };
    let sums = |order: &Order| -> Vec<(usize, i64)> {
        let facts = facts(people(), order);
        let paid = paid_of(&courtesy("group_volume", "50"), &facts, None);
        paid.lines.iter().map(|line| (line.earner.place(), line.paid.minor())).collect()
    };
    assert_eq!(sums(&order), [(0, 500), (1, 500), (0, 100)]);
    order.refunds = vec![refund(1, &[(1, 1)])];
    assert_eq!(sums(&order), [(0, 375), (1, 375), (0, 75)], "75.00 are left of 100.00");
    order.refunds.push(refund(2, &[(1, 2)]));
    assert_eq!(sums(&order), [(0, 125)], "25.00 are below the first band, and both together are not");
}
