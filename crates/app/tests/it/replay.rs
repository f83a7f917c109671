//! A year read back from the store and computed at once, order by order and in batches, is what the
//! ledger paid while it happened.

use std::collections::BTreeMap;
use std::num::NonZero;

use app::sponsors::{Move, MoveError, move_partner};
use app::standing::Decision;
use domain::activity::FeeKind;
use domain::ids::{FactSeq, PartnerId};
use domain::money::Money;
use domain::network::Network;
use domain::order::Order;
use domain::partner::PartnerCode;
use jiff::SignedDuration;
use plan::batch::{Census, OrderBook, compute};
use plan::{OrderFacts, Plan, accrue};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use testkit::{Company, TestApp, at, for_each_backend, staff};

const PARTNERS: usize = 40;

/// Above zero only, by code.
type Earned = BTreeMap<PartnerCode, Money>;

fn code(number: usize) -> String {
    format!("P-{number:02}")
}

/// Everybody joins and most pay; then orders, fees, moves and holds, each told when it happens.
async fn year(test: &TestApp, seed: u64) {
    let mut dice = StdRng::seed_from_u64(seed);
    let company = Company::with_plan(test, "nanorem-12").await;
    test.clock.set(at("2026-01-01T00:00:00+03:00"));
    for number in 0..PARTNERS {
        let sponsor = (number > 0).then(|| code(dice.random_range(number.saturating_sub(4)..number)));
        company.joins(&code(number), sponsor.as_deref()).await;
        if dice.random_bool(0.8) {
            company.fee(&code(number), FeeKind::Annual, &test.app.now().to_string()).await;
        }
    }
    for number in 0..150 {
        test.clock.advance(SignedDuration::from_mins(dice.random_range(60..5_000)));
        let (now, somebody) = (test.app.now().to_string(), code(dice.random_range(0..PARTNERS)));
        match dice.random_range(0..20) {
            0 | 1 => company.fee(&somebody, FeeKind::Monthly, &now).await,
            2 => {
                let decision = if dice.random_bool(0.5) { Decision::Hold } else { Decision::Release };
                company.decree(&somebody, decision, &now).await;
            }
            3 => moves(test, &company, &somebody, &code(dice.random_range(0..PARTNERS))).await,
            _ => {
                let price = format!("{}.{:02}", dice.random_range(1..100_000), dice.random_range(0..100));
                company.buys(&format!("{number}"), &somebody, &price, &now).await;
                test.work().await;
            }
        }
    }
}

async fn moves(test: &TestApp, company: &Company<'_>, code: &str, to: &str) {
    let (partner, to) = (company.code(code), Some(company.code(to)));
    let wanted = Move { partner, to, since: test.app.now(), reason: "asked for it".to_owned() };
    match move_partner(&test.app, &staff("elena"), &wanted).await {
        Ok(()) | Err(MoveError::Ring { .. } | MoveError::Unchanged(_)) => {}
        Err(other) => panic!("{other}"),
    }
}

async fn paid_by_the_ledger(test: &TestApp) -> Earned {
    let mut tx = test.app.store.begin_read().await.expect("a transaction");
    let rows = store::accruals::by_partner(&mut tx).await.expect("accruals can be read");
    rows.into_iter().map(|(code, paid, _)| (code, paid)).filter(|(_, paid)| !paid.is_zero()).collect()
}

fn code_of(network: &Network, partner: PartnerId) -> PartnerCode {
    let (_, person) = network.people().find(|(id, _)| *id == partner).expect("loaded whole");
    person.code.clone().expect("everybody has a code")
}

fn one_by_one(plan: &Plan, network: &Network, orders: &[Order]) -> Earned {
    let mut earned = Earned::new();
    for order in orders {
        // No rule of levels asks whether it is.
        let facts = OrderFacts { order, is_first: false };
        let accruals = accrue(plan, &facts, network, FactSeq::LATEST).expect("sound");
        for share in accruals.shares {
            *earned.entry(code_of(network, share.earner)).or_insert(Money::ZERO) += share.paid;
        }
    }
    earned.retain(|_, paid| !paid.is_zero());
    earned
}

fn at_once(plan: &Plan, network: &Network, orders: &[Order], threads: NonZero<usize>) -> Earned {
    let census = Census::of(network, FactSeq::LATEST).expect("loaded whole");
    let mut book = OrderBook::with_room(&census.company, plan, orders.len()).expect("levels only");
    for order in orders {
        let buyer = census.buyer(order).expect("in the network");
        book.push_order(plan, order, buyer).expect("small");
    }
    let totals = compute(plan, &census.company, &book.close(), threads).expect("a tree");
    let seats = census.company.seats().map(|seat| {
        let partner = census.partner(seat).expect("everybody sits");
        (code_of(network, partner), totals.earned_by(seat))
    });
    seats.filter(|(_, paid)| !paid.is_zero()).collect()
}

async fn comes_out_the_same(seed: u64) {
    for_each_backend(async |test| {
        year(&test, seed).await;
        let paid = paid_by_the_ledger(&test).await;
        assert!(paid.len() > PARTNERS / 4, "only {} earned", paid.len());
        let (name, text) = app::plans::SHIPPED.iter().find(|(name, _)| *name == "nanorem-12").expect("ships");
        let plan = Plan::parse(name, text).expect("right").plan;
        let mut tx = test.app.store.begin_read().await.expect("a transaction");
        let network = store::network::load_whole(&mut tx).await.expect("the network can be read");
        let stored = store::orders::all(&mut tx).await.expect("orders can be read");
        let orders: Vec<Order> = stored.into_iter().map(|stored| stored.order).collect();
        assert_eq!(one_by_one(&plan, &network, &orders), paid);
        for threads in [1, 8] {
            let threads = NonZero::new(threads).expect("above zero");
            assert_eq!(at_once(&plan, &network, &orders, threads), paid);
        }
    })
    .await;
}

#[tokio::test]
async fn a_year_of_seed_1_replayed_is_what_was_paid() {
    comes_out_the_same(1).await;
}

#[tokio::test]
async fn a_year_of_seed_2_replayed_is_what_was_paid() {
    comes_out_the_same(2).await;
}
