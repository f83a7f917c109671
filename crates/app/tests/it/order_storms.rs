//! What a shop tells through a bad network comes to the same money as the same told once, in its order.

use std::collections::{BTreeMap, BTreeSet};

use app::orders::Received;
use domain::ids::PartnerId;
use domain::money::Money;
use serde_json::Value;
use testkit::{Company, Delivery, Dice, FakeShop, OrderDraft, TestApp, for_each_backend, on_sqlite, storm};

use crate::order_events::{ALL, Told, name, nets, tell};

/// Sequences of five to seven events, drawn by dice, repetitions included.
fn drawn(dice: &mut Dice, many: usize) -> BTreeSet<Vec<Told>> {
    let mut drawn = BTreeSet::new();
    while drawn.len() < many {
        let length = 5 + dice.below(3);
        drawn.insert((0..length).map(|_| ALL[dice.below(ALL.len())]).collect());
    }
    drawn
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_order_of_up_to_seven_events_changes_nothing() {
    on_sqlite(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["ROOT", "ANNA", "BORIS", "BUYER"]).await;
        let sequences: Vec<_> = drawn(&mut Dice::seeded(7), 600).into_iter().collect();
        let natural = |told: &Vec<Told>| -> Vec<Told> {
            told.iter().copied().collect::<BTreeSet<_>>().into_iter().collect()
        };
        let all: Vec<Vec<Told>> = sequences
            .iter()
            .cloned()
            .chain(sequences.iter().map(natural))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        tell(&test, "worked", &all, true).await;
        test.assert_verified().await;
        let nets = nets(&test).await;
        for told in &sequences {
            let of = |told: &[Told]| &nets[&format!("worked-{}", name(told))];
            assert_eq!(of(told), of(&natural(told)), "{told:?}");
        }
    })
    .await;
}

const DAYS: [&str; 4] = ["06", "07", "08", "09"];

/// What happened to an order, by its number: each history has its own events and its own buyer.
fn history(dice: &mut Dice, id: &str) -> Vec<Value> {
    let day = DAYS[dice.below(DAYS.len())];
    let at = |hour: &str| format!("2026-01-{day}T{hour}:00:00+03:00");
    let buyer = ["BUYER", "BORIS", "ANNA", "VERA"][dice.below(4)];
    let price = format!("{}.{:02}", 1 + dice.below(900), dice.below(100));
    let draft =
        OrderDraft::new(id, buyer, 3, &price, &at("10")).line("RVS", 2, "0.07").line("FEE", 1, "300.00");
    let paid = draft.clone().paid_at(&at("11"));
    let mut events = vec![draft.event("order.created")];
    if !dice.once_in(5) {
        events.push(paid.event("order.paid"));
        if dice.once_in(2) {
            events.push(paid.event("order.completed"));
        }
        if dice.once_in(3) {
            events.push(draft.refund("A", &[(1, 1)], &at("12")));
            if dice.once_in(2) {
                events.push(draft.refund("B", &[(1, 2), (2, 2), (3, 1)], &at("13")));
            }
        }
    }
    if dice.once_in(6) {
        events.push(draft.event("order.cancelled"));
    }
    events
}

/// What contradicts an order that is known, and what is impossible whatever is known.
fn lies(truth: &[Value], order: usize) -> Vec<Value> {
    let with = |path: &str, value: Value| {
        let mut event = truth[0].clone();
        *event.pointer_mut(path).expect("events have this field") = value;
        event
    };
    match order % 7 {
        0 => vec![with("/order/lines/0/unit_price", "0.01".into())],
        1 => vec![
            with("/order/lines/0/quantity", 999.into()),
            with("/order/buyer/partner_code", "ROOT".into()),
        ],
        2 => vec![with("/order/lines/0/sku", "NOTHING".into())],
        3 => vec![with("/order/buyer/partner_code", "NOBODY".into()), with("/type", "order.exploded".into())],
        _ => Vec::new(),
    }
}

/// Lets a storm break over the program: in bursts of any size, some of which the shop sends again whole
/// because no answer came back, with the worker at work whenever the dice say so.
async fn breaks(test: &TestApp, dice: &mut Dice, deliveries: &[Delivery]) -> (usize, usize) {
    let shop = FakeShop::default();
    let (mut sent, mut refused) = (0, 0);
    let mut rest = deliveries;
    while !rest.is_empty() {
        let (burst, later) = rest.split_at((1 + dice.below(64)).min(rest.len()));
        rest = later;
        let now = test.app.now();
        let bodies: Vec<_> =
            burst.iter().map(|delivery| shop.verified(&delivery.id, &delivery.event, now)).collect();
        for _ in 0..=usize::from(dice.once_in(8)) {
            let answers = app::orders::receive(&test.app, &bodies).await.expect("they can be stored");
            sent += answers.len();
            for (answer, delivery) in answers.iter().zip(burst) {
                let is_taken = matches!(answer, Received::Accepted | Received::Duplicate);
                assert_eq!(is_taken, !delivery.is_lie, "{answer:?} to {delivery:?}");
                refused += usize::from(!is_taken);
            }
        }
        if dice.once_in(3) {
            test.work().await;
        }
        test.clock.advance(jiff::SignedDuration::from_secs(1));
    }
    test.work().await;
    (sent, refused)
}

fn of<'n>(
    nets: &'n BTreeMap<String, BTreeMap<PartnerId, Money>>,
    prefix: &'n str,
) -> BTreeMap<&'n str, &'n BTreeMap<PartnerId, Money>> {
    nets.iter().filter_map(|(order, net)| Some((order.strip_prefix(prefix)?, net))).collect()
}

/// Lets `orders` be told to the program by a storm, and to its twin once and in their order.
async fn twins(test: &TestApp, orders: usize) -> usize {
    let company = Company::with_plan(test, "nanorem-5").await;
    company.chain(&["ROOT", "ANNA", "BORIS", "BUYER"]).await;
    company.partner("VERA", Some("ANNA")).await;
    let told = |prefix: &str| -> Vec<Vec<Value>> {
        let mut dice = Dice::seeded(2_026);
        (0..orders).map(|order| history(&mut dice, &format!("{prefix}-{order}"))).collect()
    };
    let (stormy, calm) = (told("STORM"), told("CALM"));
    let mut dice = Dice::seeded(11);
    let deliveries = storm(&mut dice, &stormy, |order| lies(&stormy[order], order));
    let (sent, refused) = breaks(test, &mut dice, &deliveries).await;
    assert!(refused > orders / 3, "the shop lied {refused} times");
    let natural: Vec<Delivery> = calm
        .iter()
        .flatten()
        .enumerate()
        .map(|(number, event)| Delivery { id: format!("calm-{number}"), event: event.clone(), is_lie: false })
        .collect();
    breaks(test, &mut Dice::seeded(12), &natural).await;
    let nets = nets(test).await;
    assert_eq!(of(&nets, "STORM-").len(), orders);
    assert_eq!(of(&nets, "STORM-"), of(&nets, "CALM-"));
    let troubled = app::orders::troubled(&test.app, 100_000).await.expect("they can be read");
    let told: usize = troubled.iter().map(|one| usize::try_from(one.deliveries).expect("above zero")).sum();
    assert_eq!(told, refused, "staff see every lie");
    test.assert_verified().await;
    sent
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_deliveries_in_a_storm_come_to_the_money_of_a_calm_day() {
    on_sqlite(async |test| {
        let sent = twins(&test, 1_050).await;
        assert!(sent >= 10_000, "{sent} deliveries");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_smaller_storm_on_either_database() {
    for_each_backend(async |test| {
        twins(&test, 120).await;
    })
    .await;
}
