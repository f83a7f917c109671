//! The definitions of ranks once more, word by word and slowly, to compare the engine with.

use domain::ids::PartnerId;
use domain::network::Standing;
use domain::order::Order;
use domain::partner::PartnerCode;
use plan::close::{Bought, Carried, CloseFacts, Participant, Seat, SeatedOrder};
use proptest::prelude::*;
use uuid::Uuid;

use crate::common::{at, order_of};

/// Someone with what he and his customers bought, in kopecks.
#[derive(Debug, Clone)]
pub(super) struct Person {
    /// Who he is, wherever he is seated.
    pub(super) number: usize,
    pub(super) sponsor: Option<usize>,
    pub(super) own: i64,
    pub(super) customers: i64,
    pub(super) active: bool,
    /// The month of 2025 in which he joined.
    pub(super) joined: u8,
    pub(super) staff: Option<usize>,
    pub(super) before: Option<usize>,
}

pub(super) fn person(sponsor: Option<usize>) -> Person {
    Person { number: 0, sponsor, own: 0, customers: 0, active: true, joined: 1, staff: None, before: None }
}

/// Orders of everybody who bought anything.
pub(super) fn orders_of(people: &[Person]) -> Vec<(Bought, Order)> {
    let mut orders = Vec::new();
    for (place, one) in people.iter().enumerate() {
        let seat = Seat::new(place);
        let bought = [(Bought::By(seat), one.own), (Bought::ByCustomerOf(seat), one.customers)];
        orders.extend(
            bought.into_iter().filter(|(_, sum)| *sum > 0).map(|(bought, sum)| (bought, order_of(sum))),
        );
    }
    orders
}

pub(super) fn facts_of<'o>(people: &[Person], orders: &'o [(Bought, Order)]) -> CloseFacts<'o> {
    let name = |place: Option<usize>| place.map(|place| format!("r{place}"));
    let participant = |one: &Person| Participant {
        partner: PartnerId::new(Uuid::from_u128(one.number as u128 + 1)),
        code: PartnerCode::numbered(one.number as u64 + 1),
        sponsor: one.sponsor.map(Seat::new),
        inviter: one.sponsor.map(Seat::new),
        joined_at: at(&format!("2025-{:02}-01T00:00:00+03:00", one.joined)),
        placed_at: at(&format!("2025-{:02}-01T00:00:00+03:00", one.joined)),
        standing: if one.active { Standing::Active } else { Standing::Inactive },
        active_invited: 0,
        staff_rank: name(one.staff),
        paid_as_before: name(one.before),
        highest_before: name(one.before),
    };
    CloseFacts {
        end: at("2026-01-01T00:00:00+03:00"),
        people: people.iter().map(participant).collect(),
        orders: orders.iter().map(|(bought, order)| SeatedOrder { bought: *bought, order }).collect(),
        commissions: Vec::new(),
        carried: Carried::default(),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Rolled,
    Unrolled,
    Mixed,
}

/// People of a rank: rank, count, within, in separate legs.
type People = (usize, u32, Option<usize>, bool);

#[derive(Debug, Clone, Default)]
pub(super) struct Terms {
    /// Personal, unrolled, of customers, with the first line, of the group: in roubles.
    pub(super) least: [Option<i64>; 5],
    /// In whole percent.
    pub(super) share: Option<i64>,
    pub(super) legs: Option<(Vec<i64>, Of)>,
    pub(super) people: Vec<People>,
    pub(super) months: Option<u8>,
    pub(super) active: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Rank {
    pub(super) reach: Option<Terms>,
    pub(super) keep: Option<Terms>,
}

const MEASURES: [&str; 5] =
    ["personal_volume", "unrolled_volume", "customer_volume", "frontline_volume", "group_volume"];

impl Terms {
    fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = Vec::new();
        for (name, least) in MEASURES.iter().zip(self.least) {
            keys.extend(least.map(|least| format!("{name} = \"{least}\"")));
        }
        keys.extend(self.share.map(|share| format!("max_leg_share = \"{share}%\"")));
        if let Some((legs, of)) = &self.legs {
            let legs: Vec<String> = legs.iter().map(|leg| format!("\"{leg}\"")).collect();
            let of = format!("{of:?}").to_lowercase();
            keys.push(format!("legs = [{}], legs_of = \"{of}\"", legs.join(", ")));
        }
        let people = |(rank, count, within, separate): &People| {
            let within = within.map(|within| format!(", within = {within}")).unwrap_or_default();
            format!("{{ rank = \"r{rank}\", count = {count}{within}, separate_legs = {separate} }}")
        };
        if !self.people.is_empty() {
            let people: Vec<String> = self.people.iter().map(people).collect();
            keys.push(format!("people = [{}]", people.join(", ")));
        }
        keys.extend(self.months.map(|months| format!("tenure_months = {months}")));
        keys.push(format!("active = {}", self.active));
        keys
    }
}

impl Rank {
    /// As an item of the list `ranks`.
    pub(super) fn toml(&self, place: usize) -> String {
        let mut keys = vec![format!("name = \"r{place}\"")];
        match &self.reach {
            Some(reach) => keys.extend(reach.keys()),
            None => keys.push("staff_only = true".to_owned()),
        }
        keys.extend(self.keep.as_ref().map(|keep| format!("keep = {{ {} }}", keep.keys().join(", "))));
        format!("{{ {} }}", keys.join(", "))
    }
}

/// A company under a plan.
pub(super) struct Model<'m> {
    pub(super) people: &'m [Person],
    pub(super) ranks: &'m [Rank],
    /// In roubles.
    pub(super) threshold: Option<i64>,
}

impl Model<'_> {
    fn unrolled(&self, one: usize) -> i64 {
        self.people[one].own + self.people[one].customers
    }

    fn real_parent(&self, one: usize) -> Option<usize> {
        self.people[one].sponsor
    }

    fn takes(&self, one: usize) -> bool {
        self.threshold.is_none_or(|threshold| self.unrolled(one) >= threshold * 100)
    }

    fn rolled_parent(&self, one: usize) -> Option<usize> {
        let mut above = self.real_parent(one);
        while let Some(at) = above.filter(|at| !self.takes(*at)) {
            above = self.real_parent(at);
        }
        above
    }

    fn personal(&self, one: usize) -> i64 {
        let lands = |from: usize| if self.takes(from) { Some(from) } else { self.rolled_parent(from) };
        self.all().filter(|from| lands(*from) == Some(one)).map(|from| self.unrolled(from)).sum()
    }

    fn all(&self) -> impl Iterator<Item = usize> {
        0..self.people.len()
    }

    /// How many levels one stands below another by a way up; `None` if he does not.
    fn levels(one: usize, top: usize, parent: impl Fn(usize) -> Option<usize>) -> Option<usize> {
        let mut at = one;
        let mut levels = 0;
        while at != top {
            at = parent(at)?;
            levels += 1;
        }
        Some(levels)
    }

    fn rolled_levels(&self, one: usize, top: usize) -> Option<usize> {
        Self::levels(one, top, |at| self.rolled_parent(at))
    }

    fn group(&self, top: usize) -> i64 {
        let below = self.all().filter(|one| self.rolled_levels(*one, top).is_some());
        below.map(|one| self.personal(one)).sum()
    }

    fn rolled_legs(&self, top: usize) -> Vec<i64> {
        let line = self.all().filter(|one| self.rolled_parent(*one) == Some(top));
        line.map(|one| self.group(one)).collect()
    }

    fn unrolled_legs(&self, top: usize) -> Vec<i64> {
        let line = self.all().filter(|one| self.real_parent(*one) == Some(top));
        let group = |leg: usize| {
            let below = self.all().filter(|one| Self::levels(*one, leg, |at| self.real_parent(at)).is_some());
            below.map(|one| self.unrolled(one)).sum()
        };
        line.map(group).collect()
    }

    fn three(mut legs: Vec<i64>) -> [i64; 3] {
        legs.sort_unstable();
        let largest = legs.pop().unwrap_or(0);
        let second = legs.pop().unwrap_or(0);
        [largest, second, legs.iter().sum()]
    }

    fn legs(&self, top: usize, of: Of) -> [i64; 3] {
        let [rolled, unrolled] = [self.rolled_legs(top), self.unrolled_legs(top)].map(Self::three);
        let all: i64 = rolled.iter().sum();
        match (of, unrolled) {
            (Of::Rolled, _) => rolled,
            (Of::Unrolled, _) => unrolled,
            (Of::Mixed, _) if all == 0 => [0; 3],
            (Of::Mixed, [largest, second, 0]) => [largest, second, 0],
            (Of::Mixed, [largest, second, _]) => [largest, second, (all - largest - second).max(0)],
        }
    }

    fn people(&self, top: usize, (rank, count, within, separate): People, paid: &[Option<usize>]) -> bool {
        let near = |levels: usize| levels >= 1 && within.is_none_or(|within| levels <= within);
        let mut legs: Vec<usize> = Vec::new();
        for one in self.all().filter(|one| paid[*one].is_some_and(|paid| paid >= rank)) {
            if self.rolled_levels(one, top).is_some_and(near) {
                let leg = self.all().find(|leg| {
                    self.rolled_parent(*leg) == Some(top) && self.rolled_levels(one, *leg).is_some()
                });
                legs.extend(leg);
            }
        }
        if separate {
            legs.sort_unstable();
            legs.dedup();
        }
        legs.len() >= count as usize
    }

    fn holds(&self, one: usize, terms: &Terms, paid: &[Option<usize>]) -> bool {
        let line = self.all().filter(|below| self.rolled_parent(*below) == Some(one));
        let frontline = self.personal(one) + line.map(|below| self.personal(below)).sum::<i64>();
        let measures =
            [self.personal(one), self.unrolled(one), self.people[one].customers, frontline, self.group(one)];
        let volumes = terms.least.iter().zip(measures).all(|(least, has)| has >= least.unwrap_or(0) * 100);
        let share = match (terms.share, terms.least[4]) {
            // In hundredths of a kopeck, so that a percent of kopecks is whole.
            (Some(share), Some(least)) => {
                let legs = self.rolled_legs(one).into_iter().map(|leg| (leg * 100).min(least * 100 * share));
                self.personal(one) * 100 + legs.sum::<i64>() >= least * 100 * 100
            }
            _ => true,
        };
        let legs = terms.legs.as_ref().is_none_or(|(least, of)| {
            let (mut has, mut least) = (self.legs(one, *of), least.clone());
            if least.len() == 3 {
                has.sort_unstable_by_key(|leg| -leg);
                least.sort_unstable_by_key(|leg| -leg);
            }
            least.iter().zip(has).all(|(least, has)| has >= least * 100)
        });
        let people = terms.people.iter().all(|people| self.people(one, *people, paid));
        let tenure = terms.months.is_none_or(|months| 13 - self.people[one].joined >= months);
        volumes && share && legs && people && tenure && (!terms.active || self.people[one].active)
    }

    /// As what everyone is paid: those with the longest way up first.
    pub(super) fn paid_as(&self) -> Vec<Option<usize>> {
        let depth = |one: usize| std::iter::successors(Some(one), |at| self.rolled_parent(*at)).count();
        let mut order: Vec<usize> = self.all().collect();
        order.sort_by_key(|one| std::cmp::Reverse(depth(*one)));
        let mut paid = vec![None; self.people.len()];
        for one in order {
            let person = &self.people[one];
            let reached = |rank: &usize| {
                let terms = &self.ranks[*rank];
                let kept =
                    terms.keep.as_ref().filter(|_| person.before.is_some_and(|before| before >= *rank));
                kept.or(terms.reach.as_ref()).is_some_and(|terms| self.holds(one, terms, &paid))
            };
            paid[one] = person.staff.or_else(|| (0..self.ranks.len()).rev().find(reached));
        }
        paid
    }
}

/// Some people, each under one of those before him.
pub(super) fn people(ranks: usize) -> impl Strategy<Value = Vec<Person>> {
    let sum = || prop_oneof![Just(0), 1..6_i64, 1..40_000_i64, Just(100_00), Just(200_00)];
    let rare = |ranks| prop::option::weighted(0.15, 0..ranks);
    let one = (
        any::<prop::sample::Index>(),
        0..10_u8,
        sum(),
        sum(),
        any::<bool>(),
        1..=12_u8,
        rare(ranks),
        rare(ranks),
    );
    prop::collection::vec(one, 1..14).prop_map(|people| {
        let one = |(place, (sponsor, root, own, customers, active, joined, staff, before))| {
            let sponsor: prop::sample::Index = sponsor;
            let sponsor = (place > 0 && root > 0).then(|| sponsor.index(place));
            Person { number: place, sponsor, own, customers, active, joined, staff, before }
        };
        people.into_iter().enumerate().map(one).collect()
    })
}

fn terms(ranks: usize) -> impl Strategy<Value = Terms> {
    let least = || prop::option::weighted(0.2, 1..300_i64);
    let people = (0..ranks, 1..4_u32, prop::option::of(1..4_usize), any::<bool>());
    let of = prop_oneof![Just(Of::Rolled), Just(Of::Unrolled), Just(Of::Mixed)];
    let legs = (prop::collection::vec(1..200_i64, 1..=3), of);
    (
        [least(), least(), least(), least(), prop::option::weighted(0.5, 1..600_i64)],
        prop::option::of(1..=100_i64),
        prop::option::weighted(0.4, legs),
        prop::collection::vec(people, 0..3),
        prop::option::weighted(0.2, 1..13_u8),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(least, share, legs, people, months, active)| {
            let legs = legs.map(|(mut legs, of): (Vec<i64>, Of)| {
                if legs.len() == 2 {
                    legs.sort_unstable_by_key(|leg| -leg);
                }
                (legs, of)
            });
            let share = share.filter(|_| least[4].is_some());
            Terms { least, share, legs, people, months, active }
        })
}

pub(super) const RANKS: usize = 4;

pub(super) fn ranks() -> impl Strategy<Value = Vec<Rank>> {
    let rank = (prop::option::weighted(0.9, terms(RANKS)), prop::option::weighted(0.3, terms(RANKS)));
    let rank = rank.prop_map(|(reach, keep)| Rank { keep: keep.filter(|_| reach.is_some()), reach });
    prop::collection::vec(rank, RANKS)
}
