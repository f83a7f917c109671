//! The engine alone: what one order costs in computing.

mod chain;

use std::hint::black_box;

use chain::{as_of, id, network, order, refunded};
use divan::Bencher;
use domain::accrual::{Accruals, RuleId};
use domain::ids::{FactSeq, TransferId};
use plan::{OrderFacts, Plan, Posted};
use uuid::Uuid;

const TWELVE: &str = include_str!("../../../plans/nanorem-12.toml");
/// A chain as long as the longest that is promised to work.
const LONG: u32 = 100_000;

fn main() {
    divan::main();
}

fn twelve() -> Plan {
    Plan::parse("nanorem-12.toml", TWELVE).expect("the shipped plan is right").plan
}

fn accrue(plan: &Plan, network: &domain::network::Network) -> Accruals {
    let order = order();
    let facts = OrderFacts { order: &order, is_first: false };
    plan::accrue(plan, &facts, network, FactSeq::LATEST).expect("a sound order")
}

/// One order whose twelve nearest sponsors all earn.
#[divan::bench]
fn accrue_twelve_active(bencher: Bencher) {
    let (plan, network) = (twelve(), network(20, |_| true));
    assert_eq!(accrue(&plan, &network).shares.len(), 12);
    let order = order();
    bencher.bench(|| {
        let facts = OrderFacts { order: black_box(&order), is_first: false };
        plan::accrue(&plan, &facts, &network, FactSeq::LATEST)
    });
}

/// One order with ten thousand inactive sponsors before the first who earns.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn accrue_past_ten_thousand_inactive(bencher: Bencher) {
    let (plan, network) = (twelve(), network(LONG, |number| !(1..=10_000).contains(&number)));
    assert_eq!(accrue(&plan, &network).shares.len(), 12);
    let order = order();
    bencher.bench(|| {
        let facts = OrderFacts { order: black_box(&order), is_first: false };
        plan::accrue(&plan, &facts, &network, FactSeq::LATEST)
    });
}

/// Two partial refunds of an order with twelve accruals.
#[divan::bench]
fn reversals_of_two_refunds(bencher: Bencher) {
    let plan = twelve();
    let accruals = accrue(&plan, &network(20, |_| true));
    let posted: Vec<Posted> = (1u128..)
        .zip(&accruals.shares)
        .map(|(number, share)| Posted {
            transfer: TransferId::new(Uuid::from_u128(number)),
            rule: Some(RuleId::new(share.rule.as_str())),
            amount: share.paid,
            reversed: domain::money::Money::ZERO,
        })
        .collect();
    let order = refunded();
    assert_eq!(plan::reversals(&plan, &order, &posted).len(), 24);
    bencher.bench(|| plan::reversals(&plan, black_box(&order), &posted));
}

/// All sponsors above the last of a hundred thousand.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn upline_of_a_hundred_thousand(bencher: Bencher) {
    let network = network(LONG, |_| true);
    bencher.bench(|| {
        let upline = network.upline(black_box(id(0)), as_of(), usize::MAX);
        assert!(upline.reaches_root);
        upline
    });
}

/// Reading the shipped plan.
#[divan::bench]
fn parse_the_plan() -> Plan {
    Plan::parse("nanorem-12.toml", black_box(TWELVE)).expect("the shipped plan is right").plan
}
