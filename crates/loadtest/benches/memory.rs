//! How much memory a network of a million partners takes, and how long it takes to put together.
#![expect(clippy::print_stdout, reason = "a figure for people is what this program is for")]

use std::time::Instant;

use domain::activity::Span;
use domain::ids::{FactSeq, PartnerId};
use domain::network::{AsOf, Dated, KnownSpan, Network};
use domain::partner::PartnerCode;
use domain::time::parse_instant;
use loadtest::server::status_of;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use uuid::Uuid;

const PARTNERS: u32 = 1_000_000;
const STATUS: &str = "/proc/self/status";

fn main() {
    let before = status_of(STATUS, "VmRSS");
    let begun = Instant::now();
    let network = network();
    let took = begun.elapsed();
    let after = status_of(STATUS, "VmRSS");
    let as_of = AsOf { at: parse_instant("2026-02-01T00:00:00Z").expect("valid"), known: FactSeq::LATEST };
    let upline = network.upline(id(PARTNERS), as_of, usize::MAX);
    assert!(upline.reaches_root, "the last partner stands below the root");
    println!(
        "a network of {PARTNERS} partners: {before} before, {after} after, made in {took:?}; {} above the last",
        upline.members.len()
    );
}

fn id(number: u32) -> PartnerId {
    PartnerId::new(Uuid::from_u128(u128::from(number)))
}

/// As `store::network::load_whole` puts it together: everybody active, each known to his inviter.
fn network() -> Network {
    let mut rng = StdRng::seed_from_u64(1);
    let mut network = Network::default();
    let instant = |text| parse_instant(text).expect("valid");
    let (from, until) = (instant("2026-01-01T00:00:00Z"), instant("2027-01-01T00:00:00Z"));
    for number in 1..=PARTNERS {
        let sponsor = (number > 1).then(|| id(rng.random_range(number.saturating_sub(1_000).max(1)..number)));
        let known =
            KnownSpan { span: Span { from, until }, seq: FactSeq(i64::from(number)), superseded: None };
        let person = network.person(id(number));
        person.code = Some(PartnerCode::numbered(u64::from(number)));
        person.joined_at = Some(from);
        person.sponsors.push(Dated { from, seq: FactSeq(i64::from(number)), fact: sponsor });
        person.activity.push(known);
        if let Some(sponsor) = sponsor {
            network.person(sponsor).invited_activity.push(known);
        }
    }
    network
}
