//! The network as dated facts, in memory: who sponsors whom, who is active, who holds which rank.
//!
//! Everything is asked [`AsOf`] an instant and a state of knowledge, so the answer never changes
//! when facts are added later. Loaded in part (the uplines of a few buyers) or whole.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::activity::Span;
use crate::ids::{FactSeq, PartnerId};
use crate::partner::PartnerCode;

/// At which instant, and by which knowledge, the network is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf {
    /// The effective instant.
    pub at: Timestamp,
    /// Facts recorded up to here count.
    pub known: FactSeq,
}

/// A fact that holds from an instant on, until a later one of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated<T> {
    /// Holds from here on.
    pub from: Timestamp,
    /// When it became known.
    pub seq: FactSeq,
    /// The fact.
    pub fact: T,
}

/// A span of activity with when it became known and when a later fact replaced it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownSpan {
    /// The span.
    pub span: Span,
    /// When it became known.
    pub seq: FactSeq,
    /// From which fact on it no longer counts.
    pub superseded: Option<FactSeq>,
}

impl KnownSpan {
    /// Whether the span holds as of then.
    pub fn holds(&self, as_of: AsOf) -> bool {
        self.span.contains(as_of.at)
            && self.seq <= as_of.known
            && self.superseded.is_none_or(|superseded| as_of.known < superseded)
    }
}

/// What is known of one partner.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// The code people see.
    pub code: Option<PartnerCode>,
    /// When he joined.
    pub joined_at: Option<Timestamp>,
    /// Who sponsors him, by date; `None` at the root.
    pub sponsors: Vec<Dated<Option<PartnerId>>>,
    /// When he is active.
    pub activity: Vec<KnownSpan>,
    /// Which rank he holds, by date; `None` from when he holds none.
    pub ranks: Vec<Dated<Option<String>>>,
    /// Whether his earnings are on hold, by date.
    pub holds: Vec<Dated<bool>>,
    /// When those he personally invited are active.
    pub invited_activity: Vec<KnownSpan>,
    /// How many he personally invited are active throughout the time asked about, beside
    /// [`Self::invited_activity`]: so a star of 50 000 need not be loaded to see that it is enough.
    pub surely_active_invited: u32,
}

/// The dated facts of the network, or of a part of it.
#[derive(Debug, Clone, Default)]
pub struct Network {
    people: HashMap<PartnerId, Person>,
    enough_invited: Option<u32>,
    /// Of those who invited many, so that a star is not counted through for each order.
    stars: HashMap<PartnerId, Star>,
}

/// When the many whom one partner invited are active: counted by two searches instead of one by one.
#[derive(Debug, Clone)]
struct Star {
    /// Sorted.
    begins: Vec<Timestamp>,
    /// Sorted.
    ends: Vec<Timestamp>,
    /// From this knowledge on no span is added or superseded.
    complete_from: FactSeq,
}

/// So many spans are counted one by one.
const FEW: usize = 64;

impl Star {
    fn of(spans: &[KnownSpan]) -> Self {
        let standing = || spans.iter().filter(|known| known.superseded.is_none()).map(|known| known.span);
        let mut begins: Vec<Timestamp> = standing().map(|span| span.from).collect();
        let mut ends: Vec<Timestamp> = standing().map(|span| span.until).collect();
        begins.sort_unstable();
        ends.sort_unstable();
        let complete_from =
            spans.iter().flat_map(|known| [Some(known.seq), known.superseded]).flatten().max();
        Self { begins, ends, complete_from: complete_from.unwrap_or(FactSeq(0)) }
    }

    /// How many spans hold as of then; `None` if some were not known yet.
    fn count(&self, as_of: AsOf) -> Option<usize> {
        let passed = |instants: &[Timestamp]| instants.partition_point(|instant| *instant <= as_of.at);
        (as_of.known >= self.complete_from).then(|| passed(&self.begins) - passed(&self.ends))
    }
}

/// Whether a partner may earn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Paid for, earns.
    Active,
    /// Not paid for, never earns.
    Inactive,
    /// Active, but staff hold back what he would earn.
    Held,
}

/// A partner on the way from a buyer to the root, with what the plan asks about him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub partner: PartnerId,
    /// The code people see; breaks ties.
    pub code: PartnerCode,
    /// Whether he may earn.
    pub standing: Standing,
    /// His rank, if he holds one.
    pub rank: Option<String>,
    /// How many partners he personally invited are active, as far as the network counts them.
    pub active_invited: u32,
}

/// The way from a buyer up: his sponsor first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Upline {
    /// The sponsors, nearest first.
    pub members: Vec<Member>,
    /// Whether the last of them is a root. If not, the way goes on beyond what was loaded.
    pub reaches_root: bool,
}

/// The latest fact in force as of then: the greatest `from`, ties by the later knowledge.
fn in_force<T>(facts: &[Dated<T>], as_of: AsOf) -> Option<&T> {
    facts
        .iter()
        .filter(|dated| dated.from <= as_of.at && dated.seq <= as_of.known)
        .max_by_key(|dated| (dated.from, dated.seq))
        .map(|dated| &dated.fact)
}

impl Network {
    /// The same network, whole by now, in which nobody's active invited are counted beyond a number: so
    /// many are enough for whoever asks. A star of 50 000 is not counted through for each order.
    #[must_use]
    pub fn counting_invited_up_to(mut self, enough: u32) -> Self {
        self.enough_invited = Some(enough);
        let many = self.people.iter().filter(|(_, person)| person.invited_activity.len() > FEW);
        self.stars = many.map(|(partner, person)| (*partner, Star::of(&person.invited_activity))).collect();
        self
    }

    /// The record of a partner, made empty if he is new here.
    pub fn person(&mut self, partner: PartnerId) -> &mut Person {
        self.people.entry(partner).or_default()
    }

    /// What is known of a partner.
    pub fn get(&self, partner: PartnerId) -> Option<&Person> {
        self.people.get(&partner)
    }

    /// Everybody, in no particular order.
    pub fn people(&self) -> impl Iterator<Item = (PartnerId, &Person)> {
        self.people.iter().map(|(partner, person)| (*partner, person))
    }

    /// His sponsor as of then; `None` for a root or one who is not loaded.
    pub fn sponsor(&self, partner: PartnerId, as_of: AsOf) -> Option<PartnerId> {
        in_force(&self.people.get(&partner)?.sponsors, as_of).copied().flatten()
    }

    /// Whether he has paid for activity as of then.
    pub fn is_active(&self, partner: PartnerId, as_of: AsOf) -> bool {
        self.people.get(&partner).is_some_and(|person| person.activity.iter().any(|known| known.holds(as_of)))
    }

    /// He as the plan sees him; `None` if he is not loaded.
    pub fn member(&self, partner: PartnerId, as_of: AsOf) -> Option<Member> {
        let person = self.people.get(&partner)?;
        let standing = match (self.is_active(partner, as_of), in_force(&person.holds, as_of)) {
            (false, _) => Standing::Inactive,
            (true, Some(true)) => Standing::Held,
            (true, _) => Standing::Active,
        };
        let enough = self.enough_invited.unwrap_or(u32::MAX);
        let to_count = usize::try_from(enough.saturating_sub(person.surely_active_invited));
        let to_count = to_count.unwrap_or(usize::MAX);
        let one_by_one =
            || person.invited_activity.iter().filter(|known| known.holds(as_of)).take(to_count).count();
        let at_once = self.stars.get(&partner).and_then(|star| star.count(as_of));
        let counted = at_once.map_or_else(one_by_one, |count| count.min(to_count));
        Some(Member {
            partner,
            code: person.code.clone()?,
            standing,
            rank: in_force(&person.ranks, as_of).cloned().flatten(),
            active_invited: u32::try_from(counted)
                .unwrap_or(u32::MAX)
                .saturating_add(person.surely_active_invited),
        })
    }

    /// The first `most` sponsors above a partner as of then.
    pub fn upline(&self, partner: PartnerId, as_of: AsOf, most: usize) -> Upline {
        let mut members = Vec::new();
        let mut next = self.sponsor(partner, as_of);
        while let Some(sponsor) = next {
            let Some(member) = (members.len() < most).then(|| self.member(sponsor, as_of)).flatten() else {
                return Upline { members, reaches_root: false };
            };
            members.push(member);
            next = self.sponsor(sponsor, as_of);
        }
        Upline { members, reaches_root: true }
    }

    /// Whether `ancestor` stands anywhere above `partner`, or is he, as of then.
    pub fn is_above_or_same(&self, ancestor: PartnerId, partner: PartnerId, as_of: AsOf) -> bool {
        std::iter::successors(Some(partner), |below| self.sponsor(*below, as_of))
            .take(self.people.len().saturating_add(1))
            .any(|passed| passed == ancestor)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::time::parse_instant;

    fn id(number: u128) -> PartnerId {
        PartnerId::new(Uuid::from_u128(number))
    }

    fn at(text: &str) -> Timestamp {
        parse_instant(text).expect("valid")
    }

    fn chain(length: u128) -> Network {
        let mut network = Network::default();
        for number in 1..=length {
            let person = network.person(id(number));
            person.code = Some(PartnerCode::numbered(u64::try_from(number).expect("small")));
            let sponsor = (number > 1).then(|| id(number - 1));
            person.sponsors.push(Dated { from: at("2026-01-01T00:00:00Z"), seq: FactSeq(1), fact: sponsor });
        }
        network
    }

    #[test]
    fn a_later_move_never_changes_what_was() {
        let mut network = chain(3);
        network.person(id(3)).sponsors.push(Dated {
            from: at("2026-03-01T00:00:00Z"),
            seq: FactSeq(9),
            fact: Some(id(1)),
        });
        let before = AsOf { at: at("2026-02-01T00:00:00Z"), known: FactSeq::LATEST };
        let after = AsOf { at: at("2026-03-01T00:00:00Z"), known: FactSeq::LATEST };
        let unaware = AsOf { known: FactSeq(8), ..after };
        assert_eq!(network.sponsor(id(3), before), Some(id(2)));
        assert_eq!(network.sponsor(id(3), after), Some(id(1)));
        assert_eq!(network.sponsor(id(3), unaware), Some(id(2)), "not yet known, so not yet so");
    }

    #[test]
    fn a_superseded_span_counts_only_for_old_knowledge() {
        let span = Span { from: at("2026-01-01T00:00:00Z"), until: at("2026-02-01T00:00:00Z") };
        let known = KnownSpan { span, seq: FactSeq(3), superseded: Some(FactSeq(5)) };
        let holds = |seq| known.holds(AsOf { at: span.from, known: FactSeq(seq) });
        assert_eq!([holds(2), holds(3), holds(4), holds(5)], [false, true, true, false]);
    }

    #[test]
    fn the_invited_are_counted_until_there_are_enough() {
        let mut network = chain(1);
        let span = Span { from: at("2026-01-01T00:00:00Z"), until: at("2026-02-01T00:00:00Z") };
        let known = KnownSpan { span, seq: FactSeq(1), superseded: None };
        network.person(id(1)).invited_activity = vec![known; 5];
        let as_of = AsOf { at: span.from, known: FactSeq::LATEST };
        let counted = |network: Network| network.member(id(1), as_of).map(|member| member.active_invited);
        assert_eq!(counted(network.clone()), Some(5));
        assert_eq!(counted(network.clone().counting_invited_up_to(3)), Some(3));
        network.person(id(1)).surely_active_invited = 3;
        assert_eq!(counted(network.clone().counting_invited_up_to(4)), Some(4));
        assert_eq!(counted(network), Some(8));
    }

    #[test]
    fn a_star_is_counted_as_if_one_by_one() {
        let mut network = chain(1);
        let day = |number: i64| Timestamp::from_second(1_770_000_000 + number * 86_400).expect("valid");
        for number in 0..200i64 {
            let span = Span { from: day(number % 17), until: day(number % 17 + 1 + number % 29) };
            let superseded = (number % 7 == 0).then_some(FactSeq(number + 3));
            network.person(id(1)).invited_activity.push(KnownSpan { span, seq: FactSeq(number), superseded });
        }
        let star = network.clone().counting_invited_up_to(u32::MAX);
        assert_eq!(star.stars.len(), 1, "there are many");
        for number in 0..60 {
            for known in
                [FactSeq(50), FactSeq(150), FactSeq(198), FactSeq(199), FactSeq(250), FactSeq::LATEST]
            {
                for at in [day(number), day(number) + jiff::SignedDuration::from_hours(1)] {
                    let as_of = AsOf { at, known };
                    assert_eq!(star.member(id(1), as_of), network.member(id(1), as_of), "{as_of:?}");
                }
            }
        }
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_is_walked_without_recursion() {
        let network = chain(100_000);
        let as_of = AsOf { at: at("2026-02-01T00:00:00Z"), known: FactSeq::LATEST };
        let upline = network.upline(id(100_000), as_of, usize::MAX);
        assert!(upline.reaches_root);
        assert_eq!(upline.members.len(), 99_999);
        assert!(network.is_above_or_same(id(1), id(100_000), as_of));
    }

    #[test]
    fn a_cut_upline_says_that_it_goes_on() {
        let network = chain(5);
        let as_of = AsOf { at: at("2026-02-01T00:00:00Z"), known: FactSeq::LATEST };
        assert!(!network.upline(id(5), as_of, 3).reaches_root);
        assert!(network.upline(id(5), as_of, 4).reaches_root);
    }
}
