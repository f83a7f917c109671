//! Over facts made by hand: ties by code, refunds, models, and companies of a hundred thousand.

use domain::accrual::RuleId;
use domain::ids::PartnerId;
use domain::money::Money;
use domain::network::Standing;
use domain::order::Order;
use domain::partner::PartnerCode;
use plan::Plan;
use plan::close::{
    Bought, Carried, CloseFacts, Commission, Paid, Participant, PerSeat, Seat, SeatedOrder, pay, qualify,
};
use proptest::prelude::*;
use uuid::Uuid;

use super::ranked;
use crate::common::{at, joined, line, order, refund, rule};

/// Somebody active under an inviter, who also sponsors him.
fn someone(place: usize, inviter: Option<usize>) -> Participant {
    Participant {
        partner: PartnerId::new(Uuid::from_u128(place as u128 + 1)),
        code: PartnerCode::numbered(place as u64 + 1),
        sponsor: inviter.map(Seat::new),
        inviter: inviter.map(Seat::new),
        joined_at: joined(),
        placed_at: joined(),
        standing: Standing::Active,
        active_invited: 0,
        staff_rank: None,
        paid_as_before: None,
        highest_before: None,
    }
}

fn chain(people: usize) -> Vec<Participant> {
    (0..people).map(|place| someone(place, place.checked_sub(1))).collect()
}

fn facts(people: Vec<Participant>, orders: &[(Bought, Order)], earned: Vec<(usize, i64)>) -> CloseFacts<'_> {
    let commission = |(earner, minor): (usize, i64)| Commission {
        rule: RuleId::new("levels"),
        earner: Seat::new(earner),
        raw: Money::from_minor(minor),
        paid: Money::from_minor(minor),
    };
    CloseFacts {
        end: at("2026-04-01T00:00:00Z"),
        people: people.into_iter().collect(),
        orders: orders.iter().map(|(bought, order)| SeatedOrder { bought: *bought, order }).collect(),
        commissions: earned.into_iter().map(commission).collect(),
        carried: Carried::default(),
    }
}

fn close(plan: &Plan, facts: &CloseFacts<'_>) -> Paid {
    let qualified = qualify(plan, facts).expect("no ring");
    pay(plan, facts, &qualified, None).expect("no ring")
}

/// What everyone gets, in kopecks.
fn sums(paid: &Paid, people: usize) -> Vec<i64> {
    let mut sums = vec![0; people];
    for line in &paid.lines {
        sums[line.earner.place()] += line.paid.minor();
    }
    sums
}

fn matching(keys: &str) -> Plan {
    let levels = "kind = \"level\"\nbase = \"turnover\"\nrates = [\"10%\"]\ncompression = \"none\"";
    let keys = format!("kind = \"matching\"\nof = [\"levels\"]\n{keys}");
    ranked(&format!("{}{}", rule("levels", levels), rule("match", &keys)))
}

fn pool(keys: &str) -> Plan {
    ranked(&format!(
        "qualify_by = \"turnover\"\n{}",
        rule("fund", &format!("kind = \"pool\"\nbase = \"turnover\"\npercent = \"100%\"\n{keys}"))
    ))
}

fn gift() -> Plan {
    ranked(&rule("gift", "kind = \"award\"\ncount = 1\nitem = { ru = \"Дар\", en = \"Gift\" }"))
}

#[test]
fn a_tie_in_a_pool_goes_to_the_lower_code_wherever_he_sits() {
    let mut people: Vec<Participant> = (0..3).map(|place| someone(place, None)).collect();
    for (person, code) in people.iter_mut().zip([30, 10, 20]) {
        person.code = PartnerCode::numbered(code);
    }
    let orders = [(Bought::ByNobody, order(vec![line(1, 1, 11)]))];
    let paid = close(&pool("shares = \"equal\""), &facts(people, &orders, Vec::new()));
    assert_eq!(sums(&paid, 3), [3, 4, 4]);
    let seats: Vec<usize> = paid.lines.iter().map(|line| line.earner.place()).collect();
    assert_eq!(seats, [0, 1, 2], "lines stand in the order of seats");
}

#[test]
fn what_was_given_back_is_neither_in_a_pool_nor_bought_for_an_award() {
    let bought = |back: u32| {
        let mut order = order(vec![line(1, 3, 100)]);
        order.refunds.extend((back > 0).then(|| refund(1, &[(1, back)])));
        [(Bought::By(Seat::new(1)), order)]
    };
    for (back, fund, gifts) in [(0, 300, 1), (2, 100, 1), (3, 0, 0)] {
        let orders = bought(back);
        let facts = facts(chain(2), &orders, Vec::new());
        assert_eq!(sums(&close(&pool("shares = \"equal\""), &facts), 2).iter().sum::<i64>(), fund);
        assert_eq!(close(&gift(), &facts).awards.len(), gifts, "{back} of 3 back");
    }
    let mut orders = bought(0);
    orders[0].1.cancelled_at = Some(at("2026-03-20T00:00:00Z"));
    assert_eq!(close(&gift(), &facts(chain(2), &orders, Vec::new())).awards, []);
}

#[test]
fn a_hundred_thousand_inactive_inviters_are_passed_in_a_blink() {
    const PEOPLE: usize = 100_000;
    let plan = matching("rates = [\"50%\", \"25%\", \"10%\"]");
    let mut people = chain(PEOPLE);
    for person in people.iter_mut().skip(2) {
        person.standing = Standing::Inactive;
    }
    let facts = facts(people, &[], (0..PEOPLE).map(|place| (place, 100)).collect());
    let paid = close(&plan, &facts);
    // The one at seat 1 is the first generation for all below him, the one at seat 0 their second.
    let below = i64::try_from(PEOPLE).expect("small") - 2;
    assert_eq!(sums(&paid, PEOPLE)[..3], [50 + 25 * below, 50 * below, 0]);
}

#[test]
fn a_hundred_thousand_in_a_chain_and_a_star_of_fifty_thousand() {
    let deep = facts(chain(100_000), &[], (0..100_000).map(|place| (place, 100)).collect());
    let rates = vec!["\"1%\""; 20].join(", ");
    let paid = close(&matching(&format!("rates = [{rates}]")), &deep);
    assert_eq!(paid.lines.len(), 100_000 * 20 - 20 * 21 / 2, "nobody stands above the top");
    assert_eq!(sums(&paid, 100_000)[0], 20);

    let star: Vec<Participant> = (0..50_001).map(|place| someone(place, (place > 0).then_some(0))).collect();
    let bought = order(vec![line(1, 1, 50_001)]);
    let orders: Vec<(Bought, Order)> =
        (1..50_001).map(|place| (Bought::By(Seat::new(place)), bought.clone())).collect();
    let star = facts(star, &orders, (1..50_001).map(|place| (place, 100)).collect());
    let (matched, pooled, given) = {
        (
            close(&matching("rates = [\"50%\"]"), &star),
            close(&pool("shares = \"group_volume\""), &star),
            close(&gift(), &star),
        )
    };
    assert_eq!(sums(&matched, 50_001)[0], 50 * 50_000);
    let shares = sums(&pooled, 50_001);
    assert_eq!(shares.iter().sum::<i64>(), 50_000 * 50_001, "to the kopeck");
    assert_eq!(shares[0], 50_000 * 50_001 / 2, "half of all volume is counted for the one at the top");
    assert_eq!(given.awards.len(), 1);
}

#[test]
fn a_hundred_thousand_advance_and_are_remembered() {
    let keys = "kind = \"rank_advance\"\nsums = { member = \"1.00\", silver = \"2.00\" }\nskipped = \"each\"";
    let plan = ranked(&rule("steps", keys));
    let mut people = chain(100_000);
    for person in &mut people {
        person.staff_rank = Some("silver".to_owned());
    }
    let mut facts = facts(people, &[], Vec::new());
    {
        let first = close(&plan, &facts);
        assert_eq!((first.lines.len(), first.carried.0.len()), (200_000, 200_000));
        facts.carried = first.carried.clone();
        let second = close(&plan, &facts);
        assert_eq!((second.lines.len(), second.carried), (0, first.carried));
    };
}

/// A small company: everyone's inviter stands before him; standings, shares.
fn companies() -> impl Strategy<Value = Vec<Participant>> {
    let one = (any::<prop::sample::Index>(), 0..4_u8, 0..8_u8);
    prop::collection::vec(one, 1..12).prop_map(|people| {
        let make = |(place, (inviter, standing, top)): (usize, (prop::sample::Index, u8, u8))| {
            let inviter = (place > 0 && top > 0).then(|| inviter.index(place));
            let standing = match standing {
                0 => Standing::Inactive,
                1 => Standing::Held,
                _ => Standing::Active,
            };
            Participant { standing, ..someone(place, inviter) }
        };
        people.into_iter().enumerate().map(make).collect()
    })
}

/// A match by definition: for each source the list of those above, without the inactive if so said.
fn by_definition(people: &[Participant], earned: &[i64], skips: bool) -> Vec<i64> {
    let mut sums = vec![0; people.len()];
    for (source, earned) in earned.iter().enumerate().take(people.len()) {
        let above = std::iter::successors(people[source].inviter, |seat| people[seat.place()].inviter);
        let mut above: Vec<usize> = above.map(Seat::place).collect();
        if skips {
            above.retain(|place| people[*place].standing != Standing::Inactive);
        }
        for (place, percent) in above.into_iter().zip([50, 25, 10]) {
            if people[place].standing == Standing::Active {
                sums[place] += (earned * percent + 50) / 100;
            }
        }
    }
    sums
}

proptest! {
    #[test]
    fn a_match_is_what_its_definition_says(
        people in companies(),
        earned in prop::collection::vec(0..1_000_i64, 12),
        skips in any::<bool>(),
    ) {
        let plan = matching(&format!("rates = [\"50%\", \"25%\", \"10%\"]\nskip_inactive = {skips}"));
        let count = people.len();
        let expected = by_definition(&people, &earned, skips);
        let facts = facts(people, &[], earned.into_iter().take(count).enumerate().collect());
        prop_assert_eq!(sums(&close(&plan, &facts), count), expected);
    }

    #[test]
    fn a_fund_is_paid_held_or_unused_to_the_kopeck(
        people in companies(),
        bought in prop::collection::vec(0..5_000_i64, 12),
        most in 1..5_000_i64,
        least in 1..4_u32,
        carries in any::<bool>(),
    ) {
        let unused = if carries { "carried" } else { "company" };
        let most = Money::from_minor(most);
        let measure = if least == 1 { "personal_volume" } else { "group_volume" };
        let keys = format!("shares = \"{measure}\"\nmin_qualifiers = {least}\nmax_per_partner = \"{most}\"\nunused = \"{unused}\"");
        let orders: Vec<(Bought, Order)> = (0..people.len())
            .zip(bought)
            .map(|(place, minor)| (Bought::By(Seat::new(place)), order(vec![line(1, 1, minor)])))
            .collect();
        let fund: i64 = orders.iter().flat_map(|(_, order)| &order.lines).map(|line| line.unit_price.minor()).sum();
        let people: PerSeat<Participant> = people.into_iter().collect();
        let facts = CloseFacts { people, ..facts(Vec::new(), &orders, Vec::new()) };
        let paid = close(&pool(&keys), &facts);
        let given: i64 = paid.lines.iter().map(|line| line.paid.minor()).sum();
        let unpaid: i64 = paid.unpaid.iter().map(|part| part.amount.minor()).sum();
        let carried: i64 = paid.carried.0.values().sum();
        prop_assert_eq!(given + unpaid + carried, fund);
        prop_assert!(paid.lines.iter().all(|line| line.paid <= most && line.paid <= line.raw));
    }
}
