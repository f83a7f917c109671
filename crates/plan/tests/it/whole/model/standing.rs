//! The roll-up, volumes and ranks.

use super::super::terms::{Conditions, Kind, LegsOf, Measure, Rank, Wanted};
use super::super::world::{Buyer, Joined};
use super::orders::days_in;
use super::{Model, WHOLE};

/// How everyone stands in the month.
#[derive(Debug, Clone, Default)]
pub(super) struct Stood {
    /// To whom one's volume goes: to himself, to a sponsor, to nobody.
    pub(super) receiver: Vec<Option<usize>>,
    /// The tree after the roll-up.
    pub(super) parents: Vec<Option<usize>>,
    pub(super) own: Vec<i128>,
    pub(super) customers: Vec<i128>,
    pub(super) unrolled: Vec<i128>,
    pub(super) personal: Vec<i128>,
    pub(super) frontline: Vec<i128>,
    pub(super) group: Vec<i128>,
    pub(super) paid_as: Vec<Option<usize>>,
    pub(super) highest: Vec<Option<usize>>,
}

impl Model<'_> {
    pub(super) fn judge_standing(&mut self) {
        self.volumes();
        self.roll_up();
        let people = self.people.len();
        self.stood.group = vec![0; people];
        self.stood.paid_as = vec![None; people];
        self.stood.frontline = vec![0; people];
        let depth = |who: &usize| Self::above(&self.stood.parents, *who).len();
        let mut deepest_first: Vec<usize> = self.everyone().collect();
        deepest_first.sort_by_key(|who| std::cmp::Reverse(depth(who)));
        for who in deepest_first {
            let children = self.children(&self.stood.parents, who);
            let personal = self.stood.personal[who];
            self.stood.frontline[who] =
                personal + children.iter().map(|child| self.stood.personal[*child]).sum::<i128>();
            self.stood.group[who] =
                personal + children.iter().map(|child| self.counted_group(*child)).sum::<i128>();
            self.stood.paid_as[who] = self.reached(who);
        }
        self.stood.highest =
            self.everyone().map(|who| self.stood.paid_as[who].max(self.before.highest[who])).collect();
    }

    fn volumes(&mut self) {
        let of = |buyer: Buyer| {
            let orders = self.month.orders.iter().filter(|order| order.buyer == buyer);
            orders.map(|order| Self::size(order, self.terms.qualify_by, None, true)).sum::<i128>()
        };
        let own: Vec<i128> = self.everyone().map(|who| of(Buyer::Partner(who))).collect();
        let customers: Vec<i128> = self.everyone().map(|who| of(Buyer::CustomerOf(who))).collect();
        self.stood.unrolled = own.iter().zip(&customers).map(|(own, customers)| own + customers).collect();
        (self.stood.own, self.stood.customers) = (own, customers);
    }

    fn roll_up(&mut self) {
        let below = self.terms.roll_up.unwrap_or(0);
        let stays = |who: usize| self.stood.unrolled[who] >= below;
        let sponsors: Vec<Option<usize>> = self.people.iter().map(|someone| someone.sponsor).collect();
        let nearest = |who: usize| Self::above(&sponsors, who).into_iter().find(|above| stays(*above));
        let parents: Vec<Option<usize>> = self.everyone().map(nearest).collect();
        let receiver: Vec<Option<usize>> =
            self.everyone().map(|who| if stays(who) { Some(who) } else { nearest(who) }).collect();
        let joined = |who: usize| {
            let joins = self.everyone().filter(|other| receiver[*other] == Some(who));
            joins.map(|other| self.stood.unrolled[other]).sum()
        };
        self.stood.personal = self.everyone().map(joined).collect();
        (self.stood.parents, self.stood.receiver) = (parents, receiver);
    }

    pub(super) fn children(&self, parents: &[Option<usize>], who: usize) -> Vec<usize> {
        self.everyone().filter(|child| parents[*child] == Some(who)).collect()
    }

    /// What a child with all below him adds to the group volume above.
    fn counted_group(&self, child: usize) -> i128 {
        let excludes = self.terms.rules.iter().any(|rule| match &rule.kind {
            Kind::Breakaway(terms) => {
                terms.exclude_group && self.stood.paid_as[child].is_some_and(|rank| rank >= terms.at_rank)
            }
            _ => false,
        });
        if excludes { 0 } else { self.stood.group[child] }
    }

    fn reached(&self, who: usize) -> Option<usize> {
        if let Some(staff) = self.people[who].staff {
            return Some(staff);
        }
        let ranks: &[Rank] = &self.terms.ranks;
        (0..ranks.len()).rev().find(|place| {
            let rank = &ranks[*place];
            let keeps = self.before.paid_as[who].is_some_and(|before| before >= *place);
            let conditions =
                if keeps { rank.keep.as_ref().or(rank.reach.as_ref()) } else { rank.reach.as_ref() };
            conditions.is_some_and(|conditions| self.holds(conditions, who))
        })
    }

    pub(super) fn measure(&self, measure: Measure, who: usize) -> i128 {
        let of = match measure {
            Measure::Personal => &self.stood.personal,
            Measure::Unrolled => &self.stood.unrolled,
            Measure::Customers => &self.stood.customers,
            Measure::Frontline => &self.stood.frontline,
            Measure::Group => &self.stood.group,
        };
        of[who]
    }

    fn holds(&self, of: &Conditions, who: usize) -> bool {
        of.volumes.iter().all(|(measure, asked)| match (measure, of.max_leg_share) {
            (Measure::Group, Some(share)) => self.balanced_group(who, *asked, share),
            _ => self.measure(*measure, who) >= *asked,
        }) && self.legs_hold(of, who)
            && of.people.iter().all(|wanted| self.has_people(wanted, who))
            && of.tenure.is_none_or(|months| self.has_been_here(who, months))
            && !(of.active && self.is_inactive(who))
    }

    /// Personal volume and of each leg at most its share, in millionths.
    fn balanced_group(&self, who: usize, asked: i128, share: i128) -> bool {
        let legs = self.children(&self.stood.parents, who).into_iter();
        let counted: i128 = legs.map(|leg| (self.counted_group(leg) * WHOLE).min(share * asked)).sum();
        self.stood.personal[who] * WHOLE + counted >= asked * WHOLE
    }

    /// Everybody below somebody.
    pub(super) fn below(&self, parents: &[Option<usize>], who: usize) -> Vec<usize> {
        self.everyone().filter(|other| Self::above(parents, *other).contains(&who)).collect()
    }

    /// Volumes of the legs, the largest first.
    fn legs(&self, parents: &[Option<usize>], volume: &[i128], who: usize) -> Vec<i128> {
        let of_leg = |leg: usize| {
            volume[leg] + self.below(parents, leg).into_iter().map(|other| volume[other]).sum::<i128>()
        };
        let mut legs: Vec<i128> = self.children(parents, who).into_iter().map(of_leg).collect();
        legs.sort_unstable_by_key(|leg| -leg);
        legs
    }

    fn legs_hold(&self, of: &Conditions, who: usize) -> bool {
        let sponsors: Vec<Option<usize>> = self.people.iter().map(|someone| someone.sponsor).collect();
        let rolled = self.legs(&self.stood.parents, &self.stood.personal, who);
        let unrolled = self.legs(&sponsors, &self.stood.unrolled, who);
        let first_two = |legs: &[i128]| [0, 1].map(|place| legs.get(place).copied().unwrap_or(0));
        let (two, all) = match of.legs_of {
            LegsOf::Rolled => (first_two(&rolled), rolled.iter().sum::<i128>()),
            LegsOf::Unrolled => (first_two(&unrolled), unrolled.iter().sum()),
            LegsOf::Mixed if rolled.iter().sum::<i128>() == 0 => ([0, 0], 0),
            LegsOf::Mixed => (first_two(&unrolled), rolled.iter().sum()),
        };
        let others = (all - two[0] - two[1]).max(0);
        let (mut have, mut asked) = (vec![two[0], two[1], others], of.legs.clone());
        if asked.len() == 3 {
            have.sort_unstable_by_key(|leg| -leg);
            asked.sort_unstable_by_key(|leg| -leg);
        }
        asked.iter().zip(&have).all(|(asked, have)| have >= asked)
    }

    fn has_people(&self, wanted: &Wanted, who: usize) -> bool {
        let parents = &self.stood.parents;
        let counts = |other: &usize| {
            let depth =
                Self::above(parents, *other).iter().position(|above| *above == who).map(|place| place + 1);
            depth.is_some_and(|depth| wanted.within.is_none_or(|within| depth <= within))
                && self.stood.paid_as[*other].is_some_and(|rank| rank >= wanted.rank)
        };
        let found: Vec<usize> = self.everyone().filter(counts).collect();
        if !wanted.separate_legs {
            return found.len() >= wanted.count;
        }
        let legs = self.children(parents, who);
        let has_one = |leg: &&usize| {
            found.iter().any(|other| other == *leg || Self::above(parents, *other).contains(leg))
        };
        legs.iter().filter(has_one).count() >= wanted.count
    }

    /// Whether he joined so many whole months before the end of this one.
    fn has_been_here(&self, who: usize, months: i128) -> bool {
        let joined = self.people[who].joined;
        let month = joined.month + months;
        let due = Joined { month, day: joined.day.min(days_in(month)), hour: joined.hour };
        due <= Joined { month: self.of + 1, day: 1, hour: 0 }
    }
}
