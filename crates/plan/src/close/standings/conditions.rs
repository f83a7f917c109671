//! The conditions of a rank, each with what it needs and what is there. Judging and explaining ask the
//! same list.

use domain::catalog::Volume;
use domain::money::Rate;
use domain::network::Standing;

use super::Survey;
use super::tenure::whole_months;
use crate::close::Seat;
use crate::ladder::Measure;
use crate::rank::{Conditions, Legs, LegsOf, People};

/// One condition of a rank as it stands for one partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// What is asked for.
    pub condition: Condition,
    /// How much it takes: volumes in kopecks or hundredths of a point, the rest in pieces.
    pub needs: i64,
    /// How much there is, in the same unit. What counts in part is cut down.
    pub has: i64,
}

/// What a rank asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// A volume.
    Volume(Measure),
    /// Group volume, of which one leg counts up to this share of what is needed.
    GroupVolume {
        /// The share.
        max_leg_share: Rate,
    },
    /// The volume of a leg.
    Leg {
        /// Which.
        leg: Leg,
        /// In which tree.
        of: LegsOf,
    },
    /// People of a rank.
    People {
        /// The rank, or any above it, by its place among the plan's ranks from 0.
        rank: usize,
        /// Within how many levels below; `None` for any depth.
        within: Option<u16>,
        /// Whether each leg counts once.
        separate_legs: bool,
    },
    /// Whole calendar months since joining.
    TenureMonths,
    /// Being active: needs 1, has 1 or 0.
    Active,
}

/// A leg by its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leg {
    /// The largest.
    Largest,
    /// The second.
    Second,
    /// The first, second or third, from 1, in order of size of these three: the largest leg, the second,
    /// all others together.
    OfThree(u8),
}

impl Requirement {
    /// Whether it holds.
    pub const fn is_met(&self) -> bool {
        self.has >= self.needs
    }
}

impl Survey<'_, '_> {
    /// Every condition, as it stands for somebody below whom all are settled.
    pub(super) fn requirements<'q>(
        &'q self,
        seat: Seat,
        conditions: &'q Conditions,
    ) -> impl Iterator<Item = Requirement> + 'q {
        let share = conditions.max_leg_share;
        let volumes =
            conditions.least.iter().map(move |(measure, least)| self.volume(seat, *measure, *least, share));
        let legs = conditions.legs.iter().flat_map(move |legs| self.of_legs(seat, legs));
        let people = conditions.people.iter().map(move |people| self.of_people(seat, people));
        let tenure = conditions.tenure_months.map(|months| (Condition::TenureMonths, i64::from(months)));
        let active = conditions.active.then_some((Condition::Active, 1));
        let oneself = tenure.into_iter().chain(active).map(move |(condition, needs)| {
            let has = match condition {
                Condition::Active => i64::from(self.is_active(seat)),
                _ => self.months(seat),
            };
            Requirement { condition, needs, has }
        });
        volumes.chain(legs).chain(people).chain(oneself)
    }

    fn volume(&self, seat: Seat, measure: Measure, least: Volume, share: Option<Rate>) -> Requirement {
        let needs = least.0;
        if let (Measure::Group, Some(max_leg_share)) = (measure, share) {
            let has = self.group_by_share(seat, needs, max_leg_share);
            return Requirement { condition: Condition::GroupVolume { max_leg_share }, needs, has };
        }
        let has = self.stands[seat].measure(measure);
        Requirement { condition: Condition::Volume(measure), needs, has }
    }

    /// Personal volume, and of each leg no more than a share of what is needed. The share is exact, in
    /// parts per million of the unit; only the whole sum is cut down, which no comparison feels.
    fn group_by_share(&self, seat: Seat, needs: i64, share: Rate) -> i64 {
        let most = i128::from(needs) * i128::from(share.ppm());
        let exact = |volume: i64| i128::from(volume) * Rate::WHOLE_PPM;
        let legs: i128 = self.groups.legs(seat).map(|leg| exact(leg).min(most)).sum();
        let counted = (exact(self.stands[seat].personal) + legs) / Rate::WHOLE_PPM;
        i64::try_from(counted).unwrap_or(i64::MAX)
    }

    /// One requirement a leg. Where all three are asked for, three are compared with three in order of
    /// size: all the others together may be more than the second.
    fn of_legs(&self, seat: Seat, legs: &Legs) -> Vec<Requirement> {
        let mut has = self.legs.of(legs.of, seat).values();
        let mut needs: Vec<i64> = legs.least.iter().map(|least| least.0).collect();
        let mut names = vec![Leg::Largest, Leg::Second];
        if needs.len() == has.len() {
            has.sort_unstable_by(|one, other| other.cmp(one));
            needs.sort_unstable_by(|one, other| other.cmp(one));
            names = (1..=3).map(Leg::OfThree).collect();
        }
        let one =
            |(leg, (needs, has))| Requirement { condition: Condition::Leg { leg, of: legs.of }, needs, has };
        names.into_iter().zip(needs.into_iter().zip(has)).map(one).collect()
    }

    fn of_people(&self, seat: Seat, people: &People) -> Requirement {
        let People { rank, count, within, separate_legs } = *people;
        Requirement {
            condition: Condition::People { rank, within, separate_legs },
            needs: i64::from(count),
            has: i64::from(self.people.found(people, seat)),
        }
    }

    fn is_active(&self, seat: Seat) -> bool {
        self.close.facts.people[seat].standing != Standing::Inactive
    }

    fn months(&self, seat: Seat) -> i64 {
        let facts = self.close.facts;
        whole_months(facts.people[seat].joined_at, facts.end, self.close.plan.zone())
    }
}
