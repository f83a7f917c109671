//! Caps over a large company.

use domain::ids::OrderId;
use domain::money::Money;
use domain::network::Standing;
use domain::order::Order;
use domain::partner::PartnerCode;
use plan::close::{
    Bought, Carried, CloseFacts, Commission, Paid, Participant, Seat, SeatedOrder, pay, qualify,
};
use uuid::Uuid;

use super::{CLOSE, cap, partner_cap, rule};
use crate::common::{at, id, joined, order_of, plan};

/// Everyone buys for a rouble and had a kopeck of his order; the sponsor of each is said.
fn reckon(text: &str, people: usize, sponsor: impl Fn(usize) -> Option<usize>) -> Paid {
    let participant = |place: usize| Participant {
        partner: id(u32::try_from(place).expect("small")),
        code: PartnerCode::numbered(place as u64),
        sponsor: sponsor(place).map(Seat::new),
        inviter: sponsor(place).map(Seat::new),
        joined_at: joined(),
        placed_at: joined(),
        standing: Standing::Active,
        active_invited: 0,
        staff_rank: None,
        paid_as_before: None,
        highest_before: None,
    };
    let order = |place: usize| Order {
        id: OrderId::new(Uuid::from_u128(place as u128 + 1)),
        buyer: Some(id(u32::try_from(place).expect("small"))),
        ..order_of(100)
    };
    let orders: Vec<Order> = (0..people).map(order).collect();
    let seated = |(place, order)| SeatedOrder { bought: Bought::By(Seat::new(place)), order };
    let kopeck = Money::from_minor(1);
    let commission = |place| Commission {
        rule: domain::accrual::RuleId::new("order"),
        earner: Seat::new(place),
        raw: kopeck,
        paid: kopeck,
    };
    let facts = CloseFacts {
        end: at("2026-04-01T00:00:00Z"),
        people: (0..people).map(participant).collect(),
        orders: orders.iter().enumerate().map(seated).collect(),
        commissions: (0..people).map(commission).collect(),
        carried: Carried::default(),
    };
    let plan = plan(text);
    let qualified = qualify(&plan, &facts).expect("a tree");
    pay(&plan, &facts, &qualified, None).expect("a tree")
}

fn kept(paid: &Paid, commissions: usize) -> i64 {
    let lines: i64 = paid.lines.iter().map(|line| line.paid.minor()).sum();
    let cuts: i64 = paid.cuts.iter().map(|cut| cut.amount.minor()).sum();
    lines + i64::try_from(commissions).expect("small") - cuts
}

fn text(mode: &str) -> String {
    format!(
        "{}{}{}{}",
        cap("6%", &format!("mode = \"{mode}\"")),
        partner_cap("1000.00", &format!("mode = \"{mode}\"\nexcess = \"carried\"")),
        rule("order", "\"1%\"", "pay_self = true"),
        rule(
            "month",
            "\"5%\", \"4%\", \"3%\"",
            &format!("{CLOSE}\ncap = {{ percent = \"10%\", mode = \"pro_rata\" }}")
        )
    )
}

#[test]
fn a_chain_of_a_hundred_thousand_is_cut_exactly() {
    let paid = reckon(&text("pro_rata"), 100_000, |place| place.checked_sub(1));
    assert_eq!(kept(&paid, 100_000), 600_000, "6 % of a hundred thousand roubles");
}

#[test]
fn a_star_of_fifty_thousand_is_cut_at_its_middle() {
    // The one in the middle earns 5 % of 50 000 roubles and a kopeck, and may have 1000.00; with the
    // 499.99 of the others it is below the company's 6 %.
    let paid = reckon(&text("priority"), 50_000, |place| (place > 0).then_some(0));
    assert_eq!(kept(&paid, 50_000), 100_000 + 49_999);
    let carried: Vec<i64> = paid.carried.0.values().copied().collect();
    assert_eq!(carried, [49_999 * 5 + 1 - 100_000]);
}
