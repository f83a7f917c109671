//! Placement against a model that looks through the whole subtree for everyone anew.

use std::collections::VecDeque;

use domain::ids::PartnerId;
use domain::network::Standing;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

/// Somebody who joined at this second, invited by the one of this number.
type Joined = (i64, Option<usize>);

fn people(company: &[Joined]) -> PerSeat<Participant> {
    let person = |(number, (second, inviter)): (usize, &Joined)| Participant {
        partner: PartnerId::new(Uuid::from_u128(number as u128 + 1)),
        code: PartnerCode::numbered(number as u64 + 1),
        sponsor: None,
        inviter: inviter.map(Seat::new),
        joined_at: Timestamp::from_second(*second).expect("a small number"),
        placed_at: Timestamp::from_second(*second).expect("a small number"),
        standing: Standing::Active,
        active_invited: 0,
        staff_rank: None,
        paid_as_before: None,
        highest_before: None,
    };
    company.iter().enumerate().map(person).collect()
}

/// The parent's number and the slot of everyone.
fn placed(company: &[Joined], width: u16, fill: Fill) -> Vec<Option<(usize, u16)>> {
    let places = place(&people(company), width, fill);
    places.iter().map(|(_, place)| place.map(|place| (place.parent.place(), place.slot))).collect()
}

/// Everyone of a company joined one after the other.
fn in_turn(inviters: &[Option<usize>]) -> Vec<Joined> {
    (0..).zip(inviters.iter().copied()).collect()
}

const ROOT: Option<usize> = Some(0);

#[test]
fn level_by_level_the_nearest_free_place_from_the_left_is_taken() {
    let star = in_turn(&[None, ROOT, ROOT, ROOT, ROOT, ROOT, ROOT, ROOT]);
    let places = placed(&star, 2, Fill::BreadthFirst);
    assert_eq!(
        places,
        [
            None,
            Some((0, 0)),
            Some((0, 1)),
            Some((1, 0)),
            Some((1, 1)),
            Some((2, 0)),
            Some((2, 1)),
            Some((3, 0))
        ]
    );
    let wide = placed(&star, 3, Fill::BreadthFirst);
    assert_eq!(wide[3..6], [Some((0, 2)), Some((1, 0)), Some((1, 1))]);
}

#[test]
fn depth_first_goes_down_the_leftmost_branch() {
    let star = in_turn(&[None, ROOT, ROOT, ROOT, ROOT, ROOT, ROOT, ROOT]);
    assert_eq!(
        placed(&star, 2, Fill::DepthFirst),
        [
            None,
            Some((0, 0)),
            Some((0, 1)),
            Some((1, 0)),
            Some((1, 1)),
            Some((3, 0)),
            Some((3, 1)),
            Some((5, 0))
        ]
    );
}

#[test]
fn spill_from_above_and_own_invited_share_the_places() {
    // 1 and 2 fill the root; 3 spills under 1; 4 is invited by 1 and takes the place beside 3;
    // 5 is invited by 1 and finds it full; 6 spills from the root past the level of 1 to 2.
    let company = in_turn(&[None, ROOT, ROOT, ROOT, Some(1), Some(1), ROOT]);
    let first_five = [None, Some((0, 0)), Some((0, 1)), Some((1, 0)), Some((1, 1)), Some((3, 0))];
    for (fill, last) in [(Fill::BreadthFirst, (2, 0)), (Fill::DepthFirst, (3, 1))] {
        let places = placed(&company, 2, fill);
        assert_eq!(places[..6], first_five);
        assert_eq!(places[6], Some(last));
    }
}

#[test]
fn who_joined_first_is_placed_first_and_the_lower_code_breaks_ties() {
    let company = [(0, None), (9, ROOT), (5, ROOT), (5, ROOT)];
    assert_eq!(
        placed(&company, 2, Fill::BreadthFirst),
        [None, Some((2, 0)), Some((0, 0)), Some((0, 1))],
        "2 and 3 joined together, 1 after them"
    );
}

#[test]
fn who_is_invited_by_nobody_stands_alone() {
    assert_eq!(placed(&in_turn(&[None, None, Some(1)]), 2, Fill::BreadthFirst), [None, None, Some((1, 0))]);
    assert_eq!(placed(&[], 2, Fill::BreadthFirst), []);
}

#[test]
fn who_joined_before_his_inviter_is_placed_right_after_him() {
    // 1 is said to have joined before 2, who invited him; 3 joined between, 4 after.
    let company = [(0, None), (1, Some(2)), (5, ROOT), (3, ROOT), (6, ROOT)];
    assert_eq!(
        placed(&company, 2, Fill::BreadthFirst),
        [None, Some((2, 0)), Some((0, 1)), Some((0, 0)), Some((3, 0))]
    );
}

#[test]
fn a_ring_of_inviters_is_opened_at_the_first_who_joined() {
    let company = [(1, Some(3)), (7, Some(2)), (5, Some(3)), (6, Some(1)), (9, Some(4))];
    assert_eq!(
        placed(&company, 2, Fill::BreadthFirst),
        [Some((3, 0)), Some((2, 0)), None, Some((1, 0)), None],
        "1, 2 and 3 are a ring, 4 invited himself, 0 waits for 3"
    );
    for first in 0..5 {
        let mut ring: Vec<Joined> = (0..5).map(|number| (9, Some((number + 1) % 5))).collect();
        ring[first].0 = 1;
        ring.push((0, Some(3)));
        let alone: Vec<usize> =
            (0..6).filter(|number| placed(&ring, 2, Fill::BreadthFirst)[*number].is_none()).collect();
        assert_eq!(alone, [first], "he opens the ring, whoever leads to it");
    }
}

/// The order of placing, by looking through everyone for those who wait.
fn naive_queue(company: &[Joined]) -> Vec<usize> {
    let mut turns: Vec<usize> = (0..company.len()).collect();
    turns.sort_by_key(|number| (company[*number].0, *number));
    let mut queue: Vec<usize> = Vec::new();
    for turn in 0..turns.len() {
        let stands =
            |queue: &[usize], inviter: Option<usize>| inviter.is_none_or(|inviter| queue.contains(&inviter));
        if !stands(&queue, company[turns[turn]].1) {
            continue;
        }
        let mut looked_at = queue.len();
        queue.push(turns[turn]);
        while let Some(admitted) = queue.get(looked_at).copied() {
            let waits = |number: &usize| company[*number].1 == Some(admitted);
            queue.extend(turns[..turn].iter().copied().filter(waits));
            looked_at += 1;
        }
    }
    queue
}

/// The place of everyone, by looking through the whole subtree of his inviter.
fn naive(company: &[Joined], width: u16, fill: Fill) -> Vec<Option<(usize, u16)>> {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); company.len()];
    let mut places = vec![None; company.len()];
    for number in naive_queue(company) {
        let Some(inviter) = company[number].1 else { continue };
        let mut open = VecDeque::from([inviter]);
        while let Some(seen) = open.pop_front() {
            if children[seen].len() < usize::from(width) {
                places[number] = Some((seen, u16::try_from(children[seen].len()).expect("small")));
                children[seen].push(number);
                break;
            }
            match fill {
                Fill::BreadthFirst => open.extend(&children[seen]),
                Fill::DepthFirst => children[seen].iter().rev().for_each(|child| open.push_front(*child)),
            }
        }
    }
    places
}

/// A company in which everyone but a few was invited by one with a lower number.
fn company() -> impl Strategy<Value = Vec<Joined>> {
    let person = (0i64..40, proptest::option::weighted(0.95, any::<proptest::sample::Index>()));
    proptest::collection::vec(person, 1..80).prop_map(|people| {
        let inviter = |(number, (second, index)): (usize, (i64, Option<proptest::sample::Index>))| {
            (second, index.filter(|_| number > 0).map(|index| index.index(number)))
        };
        people.into_iter().enumerate().map(inviter).collect()
    })
}

fn any_fill() -> impl Strategy<Value = Fill> {
    prop_oneof![Just(Fill::BreadthFirst), Just(Fill::DepthFirst)]
}

proptest! {
    #[test]
    fn placement_equals_the_naive_search(company in company(), width in 1u16..5, fill in any_fill()) {
        prop_assert_eq!(placed(&company, width, fill), naive(&company, width, fill));
    }

    #[test]
    fn everyone_stands_once_in_the_subtree_of_his_inviter(
        company in company(), width in 1u16..5, fill in any_fill(),
    ) {
        let places = placed(&company, width, fill);
        let mut taken = std::collections::BTreeSet::new();
        for (number, (_, inviter)) in company.iter().enumerate() {
            prop_assert_eq!(places[number].is_some(), inviter.is_some());
            let Some((parent, slot)) = places[number] else { continue };
            prop_assert!(slot < width, "the width holds");
            prop_assert!(taken.insert((parent, slot)), "one stands at a place");
            let mut up = std::iter::successors(Some(parent), |above| places[*above].map(|place| place.0));
            prop_assert!(up.any(|above| Some(above) == *inviter));
        }
    }

    #[test]
    fn who_joins_later_moves_nobody(company in company(), width in 1u16..5, fill in any_fill()) {
        let mut grown = company.clone();
        grown.extend([(100, Some(0)), (101, Some(company.len() / 2))]);
        let after = placed(&grown, width, fill);
        prop_assert_eq!(after[..company.len()].to_vec(), placed(&company, width, fill));
    }
}

#[test]
fn great_companies_are_placed_whole() {
    const PEOPLE: usize = 100_000;
    let by = |inviter: fn(usize) -> usize| -> Vec<Joined> {
        (0..).zip((0..PEOPLE).map(|number| number.checked_sub(1).map(|_| inviter(number)))).collect()
    };
    let shapes = [
        ("a star", by(|_| 0)),
        ("a chain", by(|number| number - 1)),
        ("everyone invites five", by(|number| (number - 1) / 5)),
        ("a chain in which everyone invites four", by(|number| (number - 1) / 4 * 4)),
        ("two invite by turns", by(|number| if number > 1 { number % 2 } else { 0 })),
    ];
    for (name, company) in shapes {
        for fill in [Fill::BreadthFirst, Fill::DepthFirst] {
            let people = people(&company);
            let places = place(&people, 2, fill);
            assert_eq!(tree(&places).downward().count(), PEOPLE, "{name}, {}", fill.as_str());
        }
    }
}
