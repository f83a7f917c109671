//! Binary and matrix over great companies: a star of fifty thousand, a chain of a hundred thousand.

use std::time::Duration;

use domain::network::Standing;
use domain::order::Order;
use domain::partner::PartnerCode;
use plan::Plan;
use plan::close::{Bought, Carried, CloseFacts, Paid, Participant, Seat, SeatedOrder, pay, qualify};

use crate::common::{at, id, joined, order_of, plan, rule};

/// Everyone buys the same; `inviter` says who invited whom.
fn facts(people: u32, order: &Order, inviter: fn(u32) -> u32) -> CloseFacts<'_> {
    let seat = |number: u32| Seat::new(usize::try_from(number).expect("small"));
    let person = |number: u32| {
        let above = number.checked_sub(1).map(|_| seat(inviter(number)));
        Participant {
            partner: id(number),
            code: PartnerCode::numbered(u64::from(number) + 1),
            sponsor: above,
            inviter: above,
            joined_at: joined() + Duration::from_secs(u64::from(number)),
            placed_at: joined() + Duration::from_secs(u64::from(number)),
            standing: Standing::Active,
            active_invited: 1,
            staff_rank: None,
            paid_as_before: None,
            highest_before: None,
        }
    };
    CloseFacts {
        end: at("2026-04-01T00:00:00Z"),
        people: (0..people).map(person).collect(),
        orders: (0..people).map(|number| SeatedOrder { bought: Bought::By(seat(number)), order }).collect(),
        commissions: Vec::new(),
        carried: Carried::default(),
    }
}

fn paid(plan: &Plan, facts: &CloseFacts<'_>) -> Paid {
    let qualified = qualify(plan, facts).expect("no ring");
    pay(plan, facts, &qualified, None).expect("no ring")
}

fn binary(fill: &str) -> Plan {
    let keys = "base = \"turnover\"\npercent = \"10%\"\nafter_match = \"net_off\"";
    plan(&rule("pairs", &format!("kind = \"binary\"\n{keys}\nfill = \"{fill}\"")))
}

fn matrix(fill: &str) -> Plan {
    let keys = "base = \"turnover\"\nwidth = 2\nheight = 3\nrates = [\"5%\", \"4%\", \"3%\"]\ncompression = \"none\"";
    plan(&rule("matrix", &format!("kind = \"matrix\"\n{keys}\nfill = \"{fill}\"")))
}

#[test]
fn a_star_fills_two_by_two() {
    let order = order_of(100_00);
    let star = facts(50_000, &order, |_| 0);
    let breadth = paid(&binary("breadth_first"), &star);
    // Below the root 49 999 stand: 14 full levels of 2 to 16 384, and 17 233 of the 32 768 places of the
    // next one, of which the first leg has 16 384 and the second 849.
    let root = &breadth.lines[0];
    assert_eq!((root.earner.place(), root.base.minor()), (0, (16_383 + 849) * 100_00));
    let depth = paid(&binary("depth_first"), &star);
    assert_eq!(depth.lines[0].base.minor(), 100_00, "the second leg is one partner");
    assert_eq!(depth.lines.len(), 24_999, "every other one has two");

    let levels = paid(&matrix("breadth_first"), &star).lines.len();
    let above = |number: usize| {
        std::iter::successors(Some(number), |at| at.checked_sub(1).map(|at| at / 2)).count() - 1
    };
    assert_eq!(levels, (0..50_000).map(|number| above(number).min(3)).sum::<usize>());
}

#[test]
fn a_chain_has_one_leg_and_three_levels() {
    let order = order_of(100_00);
    let chain = facts(100_000, &order, |number| number - 1);
    let pairs = paid(&binary("breadth_first"), &chain);
    assert!(pairs.lines.is_empty());
    assert_eq!(pairs.carried.0.len(), 99_999);
    assert_eq!(pairs.carried.0.values().max(), Some(&(99_999 * 100_00)));
    assert_eq!(paid(&matrix("depth_first"), &chain).lines.len(), 3 * 100_000 - 6);
}
