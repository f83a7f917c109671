//! An invented company with a year of orders, the same for every run.

use domain::activity::Span;
use domain::money::Money;
use jiff::{SignedDuration, Timestamp};
use plan::Plan;
use plan::batch::{Buyer, Company, OrderBook, Orders, Roster, Seat};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Every so many partners one leads: the others are below leaders, and each leader invited about so many.
const LEADER_EVERY: u32 = 16;

/// What happens to activity in the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Activity {
    /// Seven of ten are active all the time, the others never: one state.
    Steady,
    /// Fees by the month and by the year, lapses, renewals: millions of states.
    Dated,
}

/// Calls back with each partner in order of seat: his sponsor, who invited him, and when he is active.
pub(crate) fn partners(
    partners: u32,
    activity: Activity,
    mut tell: impl FnMut(Option<u32>, &[Span]) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut rng = StdRng::seed_from_u64(2025);
    let mut spans = Vec::new();
    for number in 0..partners {
        spans.clear();
        match activity {
            Activity::Steady => {
                spans.extend(rng.random_bool(0.7).then_some(Span { from: day(-400), until: day(400) }));
            }
            Activity::Dated => lives(&mut rng, &mut spans),
        }
        tell(sponsor(number, &mut rng), &spans)?;
    }
    Ok(())
}

/// Calls back with each order in order of time: the buyer's seat, when, and its base.
pub(crate) fn orders(
    partners: u32,
    orders: u32,
    mut tell: impl FnMut(u32, Timestamp, Money) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut rng = StdRng::seed_from_u64(12);
    let each = 365 * 86_400_000_000 / i64::from(orders.max(1));
    for number in 0..i64::from(orders) {
        let buyer = rng.random_range(0..partners);
        let at = day(0) + SignedDuration::from_micros(number * each + rng.random_range(0..each.max(1)));
        tell(buyer, at, Money::from_minor(rng.random_range(10_000..1_500_000)))?;
    }
    Ok(())
}

/// The company in memory.
pub(crate) fn company(people: u32, activity: Activity) -> anyhow::Result<Company> {
    let spans = if activity == Activity::Dated { 2 } else { 1 };
    let mut roster = Roster::with_room(people as usize, spans * people as usize);
    let mut seats: Vec<Seat> = Vec::with_capacity(people as usize);
    partners(people, activity, |sponsor, spans| {
        let sponsor = sponsor.and_then(|sponsor| seats.get(sponsor as usize).copied());
        let seat = roster.add(sponsor);
        if let Some(sponsor) = sponsor {
            roster.invited_by(seat, sponsor);
        }
        roster.active(seat, spans.iter().copied());
        seats.push(seat);
        Ok(())
    })?;
    Ok(roster.seal()?)
}

/// Its orders in memory.
pub(crate) fn book(company: &Company, plan: &Plan, count: u32) -> anyhow::Result<Orders> {
    let people = u32::try_from(company.people())?;
    let seats: Vec<Seat> = company.seats().collect();
    let mut book = OrderBook::with_room(company, plan, count as usize)?;
    orders(people, count, |buyer, at, base| {
        let buyer = seats.get(buyer as usize).copied().map_or(Buyer::Nobody, Buyer::Partner);
        Ok(book.push(buyer, at, &[base])?)
    })?;
    Ok(book.close())
}

fn day(number: i64) -> Timestamp {
    Timestamp::from_second(1_735_678_800 + number * 86_400).expect("in 2025 or near it")
}

/// A leader of the younger seven tenths of those before: the tree is about thirty deep.
fn sponsor(number: u32, rng: &mut StdRng) -> Option<u32> {
    let leaders = number.checked_sub(1)? / LEADER_EVERY + 1;
    Some(rng.random_range(leaders * 3 / 10..leaders) * LEADER_EVERY)
}

/// One of six never pays. The others pay for a year or by the month, and lapse in between.
fn lives(rng: &mut StdRng, spans: &mut Vec<Span>) {
    if rng.random_ratio(1, 6) {
        return;
    }
    let mut from = rng.random_range(-360..120);
    while from < 365 && spans.len() < 4 {
        let days = if rng.random_bool(0.6) { 365 } else { 30 * rng.random_range(2..8) };
        let hour = SignedDuration::from_secs(rng.random_range(0..86_400));
        spans.push(Span { from: day(from) + hour, until: day(from + days) + hour });
        from += days + rng.random_range(2..60);
    }
}
