//! Random companies with a history: a tree whose people move, pay, lapse, rise and are held back.

use domain::activity::Span;
use domain::ids::{FactSeq, PartnerId};
use domain::money::Money;
use domain::network::{Dated, KnownSpan, Network};
use domain::order::Order;
use domain::partner::PartnerCode;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::common::{id, joined, line, order};
use crate::model::greatest;
use crate::spec::{Doors, PlanSpec, RANKS, When, plan_spec};

/// A company, its plan and its orders. Facts above `known` are not yet known.
#[derive(Debug, Clone)]
pub(crate) struct History {
    pub(crate) plan: PlanSpec,
    people: Vec<Life>,
    /// A chain of whom few are ever active, rather than a tree.
    sleepy: bool,
    pub(crate) orders: Vec<Order>,
    pub(crate) known: FactSeq,
}

/// What happens to one; days are counted from when everybody joined, sponsors are earlier people.
#[derive(Debug, Clone)]
struct Life {
    sponsor: prop::sample::Index,
    moves: Vec<(u8, i64, prop::sample::Index)>,
    spans: Vec<(u8, u8, i64, Option<i64>)>,
    ranks: Vec<(u8, i64, &'static str)>,
    holds: Vec<(u8, i64, bool)>,
    surely_invited: u32,
}

pub(crate) const DAYS: u8 = 40;

pub(crate) fn day(number: u8) -> Timestamp {
    joined() + SignedDuration::from_hours(24 * i64::from(number))
}

impl History {
    pub(crate) fn network(&self) -> Network {
        let mut network = Network::default();
        for (number, life) in (0..).zip(&self.people) {
            life.join(&mut network, number, self.sleepy);
        }
        network
    }
}

impl Life {
    fn join(&self, network: &mut Network, number: u32, sleepy: bool) {
        let earlier = |index: &prop::sample::Index| {
            let earlier = usize::try_from(number).expect("small");
            (earlier > 0).then(|| id(u32::try_from(index.index(earlier)).expect("small")))
        };
        let last = number.checked_sub(1).map(id);
        let inviter: Option<PartnerId> = if sleepy { last } else { earlier(&self.sponsor) };
        let person = network.person(id(number));
        // Codes run against the tree, so that ties show.
        person.code = Some(PartnerCode::numbered(1000 - u64::from(number)));
        person.sponsors.push(Dated { from: joined(), seq: FactSeq(1), fact: inviter });
        let moved = |(at, seq, to): &(u8, i64, prop::sample::Index)| Dated {
            from: day(*at),
            seq: FactSeq(*seq),
            fact: earlier(to),
        };
        person.sponsors.extend(self.moves.iter().map(moved));
        let ranked = |(at, seq, rank): &(u8, i64, &str)| Dated {
            from: day(*at),
            seq: FactSeq(*seq),
            fact: Some((*rank).to_owned()),
        };
        person.ranks.extend(self.ranks.iter().map(ranked));
        let held =
            |(at, seq, held): &(u8, i64, bool)| Dated { from: day(*at), seq: FactSeq(*seq), fact: *held };
        person.holds.extend(self.holds.iter().map(held));
        person.surely_active_invited = self.surely_invited;
        let span = |(from, days, seq, superseded): &(u8, u8, i64, Option<i64>)| KnownSpan {
            span: Span { from: day(*from), until: day(from + days) },
            seq: FactSeq(*seq),
            superseded: superseded.map(FactSeq),
        };
        let spans = self.spans.iter().filter(|_| !sleepy || number % 25 == 3);
        let spans: Vec<KnownSpan> = spans.map(span).collect();
        person.activity.clone_from(&spans);
        if let Some(inviter) = inviter {
            network.person(inviter).invited_activity.extend(spans);
        }
    }
}

fn life() -> impl Strategy<Value = Life> {
    let at = || 0..DAYS;
    let seq = || 1i64..8;
    let moves = prop::collection::vec((at(), seq(), any::<prop::sample::Index>()), 0..2);
    let spans = prop::collection::vec((at(), 0u8..60, seq(), prop::option::weighted(0.1, 2i64..9)), 0..4);
    let ranks = prop::collection::vec((at(), seq(), prop::sample::select(RANKS.to_vec())), 0..3);
    let holds = prop::collection::vec((at(), seq(), any::<bool>()), 0..2);
    (any::<prop::sample::Index>(), moves, spans, ranks, holds, 0u32..3).prop_map(
        |(sponsor, moves, spans, ranks, holds, surely_invited)| Life {
            sponsor,
            moves,
            spans,
            ranks,
            holds,
            surely_invited,
        },
    )
}

/// Who buys, how, when, and at which prices.
type Purchase = (prop::sample::Index, u8, u8, Vec<(i64, bool)>);

fn purchase() -> impl Strategy<Value = Purchase> {
    let price =
        prop_oneof![2 => 0i64..60, 4 => 0i64..3_000_000, 1 => 900_000_000_000i64..300_000_000_000_000];
    (any::<prop::sample::Index>(), 0u8..8, 0..DAYS, prop::collection::vec((price, any::<bool>()), 1..3))
}

fn bought(number: usize, people: usize, (who, how, at, prices): Purchase) -> Order {
    let lines = (1..).zip(prices).map(|(no, (price, oil))| {
        let mut line = line(no, 1, price);
        line.unit_cost = Money::from_minor(price / 3);
        if oil { "oil" } else { "care" }.clone_into(&mut line.category);
        line
    });
    let mut order = order(lines.collect());
    order.id = domain::ids::OrderId::new(uuid::Uuid::from_u128(u128::try_from(number).expect("small")));
    order.paid_at = Some(day(at));
    let partner = Some(id(u32::try_from(who.index(people)).expect("small")));
    (order.buyer, order.seller) = match how {
        0 => (None, None),
        1 => (None, partner),
        _ => (partner, None),
    };
    order
}

fn always(mut plan: PlanSpec) -> PlanSpec {
    for rule in &mut plan.rules {
        rule.when = When::Always;
    }
    plan
}

/// One rule whose rates often pass a cap of the same base: what the batch cuts in its own way.
fn cut_alone(mut plan: PlanSpec, below: u32) -> PlanSpec {
    plan.rules.truncate(1);
    for rule in &mut plan.rules {
        (rule.max_scan, rule.doors) = (None, Doors::Open);
        let promised = (1..=rule.levels()).map(|level| greatest(rule, level)).sum::<u32>();
        plan.cap = Some((promised.saturating_sub(below).max(1), rule.of, true));
    }
    plan
}

pub(crate) fn history() -> impl Strategy<Value = History> {
    let people = prop_oneof![
        2 => (prop::collection::vec(life(), 1..40), Just(false)),
        1 => (prop::collection::vec(life(), 40..90), Just(true)),
    ];
    let orders = prop::collection::vec(purchase(), 1..40);
    let plan = || plan_spec().prop_map(always);
    let plan = prop_oneof![
        1 => plan(),
        1 => (plan(), 0u32..60_000).prop_map(|(plan, below)| cut_alone(plan, below)),
    ];
    (plan, people, orders, 3i64..10).prop_map(|(plan, (people, sleepy), orders, known)| {
        let count = people.len();
        let orders = orders.into_iter().enumerate().map(|(number, it)| bought(number, count, it)).collect();
        History { plan, people, sleepy, orders, known: FactSeq(known) }
    })
}
