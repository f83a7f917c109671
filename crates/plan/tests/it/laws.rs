//! The laws of the engine, over random plans, chains and orders.

use std::collections::BTreeMap;

use domain::accrual::{Accruals, Outcome};
use domain::activity::Span;
use domain::ids::FactSeq;
use domain::money::Money;
use domain::network::{Dated, KnownSpan, Network};
use domain::order::Origin;
use plan::{AccrueError, OrderFacts, Plan};
use proptest::prelude::*;

use crate::common::{at, id, joined, network};
use crate::model::{Books, books};
use crate::spec::{Of, Squeeze, World, world};

fn parse(world: &World) -> Plan {
    let text = world.plan.toml();
    match Plan::parse("random.toml", &text) {
        Ok(parsed) => parsed.plan,
        Err(diagnostics) => panic!("{diagnostics}\n{text}"),
    }
}

fn run(world: &World, network: &Network, known: FactSeq) -> Result<Accruals, AccrueError> {
    let facts = OrderFacts { order: &world.order, is_first: world.is_first };
    plan::accrue(&parse(world), &facts, network, known)
}

fn accruals(world: &World) -> Accruals {
    run(world, &network(&world.chain), FactSeq::LATEST).expect("a sound order")
}

/// The engine's answer in the words of the model.
fn told(accruals: &Accruals) -> Books {
    let rule = |id: &domain::accrual::RuleId| id.as_str()[1..].parse::<usize>().expect("r and a number");
    let reason = |reason| match serde_json::to_value(reason).expect("a word").as_str().expect("a word") {
        "no_sponsor" => "no_sponsor",
        "inactive" => "inactive",
        "level_closed" => "level_closed",
        "below_rank" => "below_rank",
        "held" => "held",
        "over_cap" => "over_cap",
        other => panic!("a new reason {other}"),
    };
    let number =
        |partner: domain::ids::PartnerId| usize::try_from(partner.uuid().as_u128() - 1).expect("small");
    Books {
        earned: accruals
            .shares
            .iter()
            .map(|share| {
                (
                    rule(&share.rule),
                    usize::from(share.level),
                    number(share.earner),
                    i128::from(share.raw.minor()),
                    i128::from(share.paid.minor()),
                )
            })
            .collect(),
        lost: accruals
            .breakage
            .iter()
            .map(|lost| {
                (
                    rule(&lost.rule),
                    usize::from(lost.level),
                    reason(lost.reason),
                    i128::from(lost.amount.minor()),
                )
            })
            .collect(),
        maximum: i128::from(accruals.maximum.minor()),
        cap: accruals.cap.map(|cap| i128::from(cap.minor())),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12_000))]

    /// Laws 1, 2, 3: the exact kopeck of everyone, and the reason of every kopeck that nobody got.
    #[test]
    fn the_engine_agrees_with_the_model(world in world()) {
        prop_assert_eq!(told(&accruals(&world)), books(&world), "{}", world.plan.toml());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    /// Laws 2 and 3.
    #[test]
    fn paid_and_broken_sum_to_the_promise_within_the_cap(world in world()) {
        let accruals = accruals(&world);
        prop_assert_eq!(accruals.paid() + accruals.broken(), accruals.maximum);
        prop_assert!(accruals.breakage.iter().all(|lost| lost.amount.is_positive()));
        prop_assert!(accruals.shares.iter().all(|share| share.paid.is_positive() && share.paid <= share.raw));
        if let Some(cap) = accruals.cap {
            prop_assert!(accruals.paid() <= cap);
            let over_cap = accruals.breakage.iter().any(|lost| lost.reason == domain::accrual::BreakageReason::OverCap);
            prop_assert!(!over_cap || accruals.paid() == cap, "what is cut adds up to the cap");
        }
        let order = |rule: &domain::accrual::RuleId, level: u16| (rule.as_str().to_owned(), level);
        prop_assert!(accruals.shares.is_sorted_by_key(|share| order(&share.rule, share.level)));
        prop_assert!(accruals.breakage.is_sorted_by_key(|lost| order(&lost.rule, lost.level)));
    }

    /// Law 4: nobody is left out between the buyer and where the walk ended.
    #[test]
    fn everyone_on_the_walk_has_an_outcome(world in world()) {
        let accruals = accruals(&world);
        for (walk, rule) in accruals.walks.iter().zip(accruals.walks.iter().map(|walk| &world.plan.rules[walk.rule.as_str()[1..].parse::<usize>().expect("a number")])) {
            let mut distances: Vec<u32> = walk.steps.iter().map(|step| step.distance).collect();
            prop_assert!(distances.is_sorted());
            distances.dedup();
            let first = u32::from(world.order.buyer.is_none());
            let expected: Vec<u32> = (first..).take(distances.len()).collect();
            prop_assert_eq!(&distances, &expected, "no gaps");
            if world.order.origin() != Origin::Nobody {
                let taken: usize = walk.steps.iter().filter(|step| matches!(step.outcome, Outcome::NoMoreLevels)).count();
                let to_root = distances.last().copied() == u32::try_from(world.chain.len() - 1).ok();
                let scanned = distances.last().copied() == rule.max_scan;
                prop_assert!(taken == 1 || to_root || scanned, "the walk ends at the root, at max_scan, or when all is taken");
            }
            for step in &walk.steps {
                let someone = &world.chain[usize::try_from(step.distance).expect("small")];
                prop_assert_eq!(step.partner, id(step.distance));
                match &step.outcome {
                    Outcome::Buyer => prop_assert!(step.distance == 0 && !rule.pay_self),
                    Outcome::SkippedInactive => prop_assert!(!someone.active),
                    Outcome::Held => prop_assert!(someone.held && someone.active),
                    Outcome::LevelClosed { needs, has } => prop_assert!(has < needs && *has == someone.invited),
                    Outcome::Paid { .. } | Outcome::OverCap { .. } | Outcome::RoundsToZero { .. } => prop_assert!(someone.active && !someone.held && step.level.is_some()),
                    Outcome::BelowRank => prop_assert!(rule.squeeze == Squeeze::SkipBelowRank || matches!(rule.paying, crate::spec::Paying::ByRank(_))),
                    Outcome::NoMoreLevels => prop_assert_eq!(step.level, None),
                }
            }
            let paid: BTreeMap<u16, (u32, Money)> = walk.steps.iter().filter_map(|step| match step.outcome {
                Outcome::Paid { paid, .. } => Some((step.level?, (step.distance, paid))),
                _ => None,
            }).collect();
            let shares: BTreeMap<u16, (u32, Money)> = accruals.shares.iter().filter(|share| share.rule == walk.rule).map(|share| {
                (share.level, (u32::try_from(share.earner.uuid().as_u128() - 1).expect("small"), share.paid))
            }).collect();
            prop_assert_eq!(paid, shares, "whoever is paid stands on the walk, and nobody else");
        }
    }

    /// Law 5: what happens or becomes known later never moves old money.
    #[test]
    fn later_facts_never_move_old_money(world in world(), moved in 0u32..14, to in 0u32..14) {
        let before = accruals(&world);
        let mut later = network(&world.chain);
        let after = at("2026-03-01T12:00:00.000001Z");
        let change = |network: &mut Network, from, seq| {
            let person = network.person(id(moved % u32::try_from(world.chain.len()).expect("small")));
            person.sponsors.push(Dated { from, seq, fact: Some(id(to)) });
            person.ranks.push(Dated { from, seq, fact: Some("high".to_owned()) });
            person.holds.push(Dated { from, seq, fact: true });
            let span = Span { from, until: at("2027-01-01T00:00:00Z") };
            person.activity.push(KnownSpan { span, seq, superseded: None });
            person.invited_activity.push(KnownSpan { span, seq, superseded: None });
        };
        change(&mut later, after, FactSeq(2));
        prop_assert_eq!(&run(&world, &later, FactSeq::LATEST), &Ok(before.clone()), "a later date");
        change(&mut later, joined(), FactSeq(3));
        prop_assert_eq!(&run(&world, &later, FactSeq(2)), &Ok(before), "a later knowledge");
    }

    /// Law 6: the same facts give the same bytes, loaded whole or in part, in whatever order.
    #[test]
    fn the_same_facts_give_the_same_bytes(world in world(), loaded in 1usize..14) {
        let whole = accruals(&world);
        let bytes = serde_json::to_vec(&whole).expect("JSON");
        prop_assert_eq!(&bytes, &serde_json::to_vec(&accruals(&world)).expect("JSON"));
        let mut part = Network::default();
        let all = network(&world.chain);
        for number in (0..u32::try_from(loaded.min(world.chain.len())).expect("small")).rev() {
            *part.person(id(number)) = all.get(id(number)).expect("on the chain").clone();
        }
        match run(&world, &part, FactSeq::LATEST) {
            Err(AccrueError::UplineTooShort | AccrueError::PartnerUnknown(_)) => prop_assert!(loaded < world.chain.len()),
            Err(other) => prop_assert!(false, "{}", other),
            Ok(mut known) => {
                let mut whole = whole;
                for walk in known.walks.iter_mut().chain(&mut whole.walks) {
                    walk.steps.retain(|step| !matches!(step.outcome, Outcome::NoMoreLevels));
                }
                prop_assert_eq!(known, whole);
            }
        }
    }

    /// Law 8.
    #[test]
    fn nobody_earns_who_must_not(world in world()) {
        let accruals = accruals(&world);
        for share in &accruals.shares {
            let number = usize::try_from(share.earner.uuid().as_u128() - 1).expect("small");
            let someone = &world.chain[number];
            prop_assert!(someone.active && !someone.held);
            let rule = &world.plan.rules[share.rule.as_str()[1..].parse::<usize>().expect("a number")];
            prop_assert!(number > 0 || rule.pay_self);
        }
        let mut unpaid = world;
        unpaid.order.paid_at = None;
        prop_assert_eq!(run(&unpaid, &network(&unpaid.chain), FactSeq::LATEST), Err(AccrueError::NotPaid(unpaid.order.id)));
    }
}

#[test]
fn the_random_plans_reach_every_corner() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for _ in 0..3000 {
        let world = proptest::strategy::ValueTree::current(&world().new_tree(&mut runner).expect("a world"));
        let accruals = accruals(&world);
        let outcomes = accruals.walks.iter().flat_map(|walk| &walk.steps).map(|step| {
            let outcome = serde_json::to_value(&step.outcome).expect("JSON");
            outcome.get("kind").and_then(serde_json::Value::as_str).expect("a kind").to_owned()
        });
        let reasons = accruals.breakage.iter().map(|lost| format!("{:?}", lost.reason));
        let cap = world.plan.cap.iter().map(|(_, of, pro_rata)| format!("cap {of:?} {pro_rata}"));
        let bases =
            world.plan.rules.iter().map(|rule| format!("{:?} {:?}", rule.squeeze, rule.of == Of::Volume));
        outcomes
            .chain(reasons)
            .chain(cap)
            .chain(bases)
            .for_each(|corner| *seen.entry(corner).or_default() += 1);
    }
    let rare: Vec<_> = seen.iter().filter(|(_, count)| **count < 50).collect();
    assert!(rare.is_empty(), "too seldom: {rare:?}");
    assert_eq!(seen.len(), 9 + 6 + 6 + 10, "{seen:?}");
}
