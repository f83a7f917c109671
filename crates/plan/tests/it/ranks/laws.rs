//! The laws of ranks, over random companies and plans.

use plan::close::{CloseError, NextRank, PerSeat, Qualified, Seat, missing, qualify};
use plan::{Measure, Plan};
use proptest::prelude::*;

use super::model::{Model, Of, Person, RANKS, Rank, facts_of, orders_of, people, person, ranks};
use super::plan;

fn plan_of(ranks: &[Rank], threshold: Option<i64>) -> Plan {
    let list: Vec<String> = ranks.iter().enumerate().map(|(place, rank)| rank.toml(place)).collect();
    let roll_up = threshold.map(|below| format!("roll_up = {{ below = \"{below}\" }}\n")).unwrap_or_default();
    let list = if list.is_empty() { String::new() } else { format!("ranks = [{}]", list.join(", ")) };
    plan(&format!("qualify_by = \"turnover\"\n{roll_up}"), &list)
}

fn stand(plan: &Plan, people: &[Person]) -> PerSeat<Qualified> {
    let orders = orders_of(people);
    qualify(plan, &facts_of(people, &orders)).expect("a tree")
}

fn threshold() -> impl Strategy<Value = Option<i64>> {
    prop::option::of(1..250_i64)
}

/// Ranks that no more volume can lower: no terms to keep, no share, the same legs before and after.
fn growing(ranks: Vec<Rank>) -> Vec<Rank> {
    let grows = |mut rank: Rank| {
        rank.keep = None;
        if let Some(terms) = &mut rank.reach {
            terms.share = None;
            terms.legs = terms.legs.take().map(|(legs, _)| (legs, Of::Rolled));
        }
        rank
    };
    ranks.into_iter().map(grows).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn everyone_has_the_rank_that_the_definitions_give(
        people in people(RANKS), ranks in ranks(), threshold in threshold(),
    ) {
        let stands = stand(&plan_of(&ranks, threshold), &people);
        let found: Vec<Option<usize>> = stands.iter().map(|(_, one)| one.paid_as).collect();
        prop_assert_eq!(found, Model { people: &people, ranks: &ranks, threshold }.paid_as());
        for (seat, one) in stands.iter() {
            prop_assert_eq!(one.highest, one.paid_as.max(people[seat.place()].before));
        }
    }

    #[test]
    fn what_is_missing_is_just_what_fails(
        people in people(RANKS), ranks in ranks(), threshold in threshold(),
    ) {
        let (plan, orders) = (plan_of(&ranks, threshold), orders_of(&people));
        let facts = facts_of(&people, &orders);
        let stands = qualify(&plan, &facts).expect("a tree");
        for (seat, one) in stands.iter() {
            let next = missing(&plan, &facts, &stands, seat).expect("a tree");
            let above = one.paid_as.map_or(0, |paid_as| paid_as + 1);
            let open = (above..RANKS).find(|rank| ranks[*rank].reach.is_some());
            let staff = people[seat.place()].staff;
            prop_assert_eq!(next.as_ref().map(|next| next.rank), open.filter(|_| staff.is_none()));
            if let Some(NextRank { missing, .. }) = next {
                prop_assert!(!missing.is_empty(), "else he would be paid as it");
                prop_assert!(missing.iter().all(|one| one.has < one.needs && one.has >= 0));
            }
        }
    }

    #[test]
    fn one_order_more_lowers_nobody(
        people in people(RANKS), ranks in ranks(), buyer in any::<prop::sample::Index>(),
        sum in 1..50_000_i64, by_customer in any::<bool>(),
    ) {
        let plan = plan_of(&growing(ranks), None);
        let before = stand(&plan, &people);
        let mut more = people;
        let place = buyer.index(more.len());
        let bought = if by_customer { &mut more[place].customers } else { &mut more[place].own };
        *bought += sum;
        for ((_, before), (_, after)) in before.iter().zip(stand(&plan, &more).iter()) {
            prop_assert!(after.paid_as >= before.paid_as, "{before:?} to {after:?}");
        }
    }

    #[test]
    fn the_roll_up_loses_only_what_nobody_above_can_take(
        people in people(RANKS), below in 1..250_i64,
    ) {
        let stands = stand(&plan_of(&[], Some(below)), &people);
        let sum = |of: fn(&Qualified) -> i64| stands.iter().map(|(_, one)| of(one)).sum::<i64>();
        let takes = |place: usize| stands[Seat::new(place)].unrolled >= below * 100;
        let taken = |place: usize| {
            let mut way = std::iter::successors(Some(place), |at| people[*at].sponsor);
            way.any(takes)
        };
        let lost: i64 = (0..people.len()).filter(|place| !taken(*place))
            .map(|place| stands[Seat::new(place)].unrolled).sum();
        prop_assert_eq!(sum(|one| one.personal) + lost, sum(|one| one.unrolled));
        prop_assert!(stands.iter().all(|(seat, one)| one.personal == 0 || takes(seat.place())));
    }

    #[test]
    fn it_does_not_matter_who_sits_where(
        (people, order) in people(RANKS).prop_flat_map(|people| {
            let order = Just((0..people.len()).collect::<Vec<_>>()).prop_shuffle();
            (Just(people), order)
        }),
        ranks in ranks(), threshold in threshold(),
    ) {
        // `order[place]` is where the one of a place moves.
        let mut moved = people.clone();
        for (place, to) in order.iter().enumerate() {
            moved[*to] = Person { sponsor: people[place].sponsor.map(|at| order[at]), ..people[place].clone() };
        }
        let plan = plan_of(&ranks, threshold);
        let (here, there) = (stand(&plan, &people), stand(&plan, &moved));
        for (place, to) in order.iter().enumerate() {
            prop_assert_eq!(&here[Seat::new(place)], &there[Seat::new(*to)]);
        }
    }
}

#[test]
fn a_ring_of_sponsors_has_no_ranks() {
    let ring = [person(Some(1)), person(Some(2)), person(Some(0))];
    let plan = plan("", "[[ranks]]\nname = \"star\"");
    assert_eq!(qualify(&plan, &facts_of(&ring, &[])), Err(CloseError::EndlessUpline));
}

#[test]
fn every_measure_is_what_its_word_says() {
    let stood =
        Qualified { personal: 1, unrolled: 2, customers: 3, frontline: 4, group: 5, ..Qualified::default() };
    let measures =
        [Measure::Personal, Measure::Unrolled, Measure::Customers, Measure::Frontline, Measure::Group];
    assert_eq!(measures.map(|measure| stood.measure(measure)), [1, 2, 3, 4, 5]);
}
