//! Leaders: generations, infinity, breakaway.

use super::super::terms::{Breakaway, Kind, Rule, of_rank};
use super::{Model, share_of};

impl Model<'_> {
    fn leads(&self, who: usize, least: usize) -> bool {
        self.rank(who).is_some_and(|rank| rank >= least)
    }

    pub(super) fn generation(&mut self, place: usize, rule: &Rule) {
        let Kind::Generation { rates, first, boundary, inactive_bounds, empty_counts } = &rule.kind else {
            panic!("a generation")
        };
        for source in self.everyone() {
            let base = self.joined_base(rule, source);
            let above = Self::above(&self.stood.parents, source);
            for (distance, earner) in above.iter().enumerate() {
                let Some(least) = boundary.or(self.rank(*earner)) else { continue };
                let takes_number = |who: usize| {
                    self.leads(who, least) && (*inactive_bounds || *empty_counts || !self.is_inactive(who))
                };
                if !takes_number(*earner) {
                    continue;
                }
                let generation = 1 + above[..distance].iter().filter(|who| takes_number(**who)).count();
                if generation < *first {
                    continue;
                }
                if let Some(rate) = rates.at(self.rank(*earner), generation - first + 1) {
                    self.give(place, *earner, generation, share_of(base, rate));
                }
            }
        }
    }

    pub(super) fn infinity(&mut self, place: usize, rule: &Rule) {
        let Kind::Infinity { rates, after_generation, boundary, full } = &rule.kind else {
            panic!("an infinity")
        };
        let least = boundary.unwrap_or(rates[0].0);
        let top = rates.iter().map(|(_, rate)| *rate).max().unwrap_or(0);
        for source in self.everyone() {
            let base = self.joined_base(rule, source);
            let (mut leaders, mut best, mut paid) = (0, 0, 0);
            for who in Self::above(&self.stood.parents, source) {
                if leaders < *after_generation {
                    leaders += usize::from(self.leads(who, least));
                    continue;
                }
                let own = of_rank(rates, self.rank(who)).unwrap_or(0);
                if self.is_inactive(who) || own <= best {
                    continue;
                }
                let gets = if *full { own.min(top - paid) } else { own - best };
                self.give(place, who, 1, share_of(base, gets));
                best = own;
                paid += gets;
            }
        }
    }

    pub(super) fn breakaway(&mut self, place: usize, rule: &Rule, terms: &Breakaway) {
        let leaders: Vec<usize> = self.everyone().filter(|who| self.leads(*who, terms.at_rank)).collect();
        for leader in leaders {
            let base: i128 =
                self.group_of(leader, terms.at_rank).iter().map(|who| self.joined_base(rule, *who)).sum();
            self.overrides(place, terms, leader, base);
        }
    }

    /// A leader with everyone below him down to the next leaders.
    fn group_of(&self, leader: usize, at_rank: usize) -> Vec<usize> {
        let in_group = |who: &usize| {
            let above = Self::above(&self.stood.parents, *who);
            let Some(distance) = above.iter().position(|other| *other == leader) else { return false };
            !self.leads(*who, at_rank) && above[..distance].iter().all(|other| !self.leads(*other, at_rank))
        };
        let mut group: Vec<usize> = self.everyone().filter(in_group).collect();
        group.push(leader);
        group
    }

    fn overrides(&mut self, place: usize, terms: &Breakaway, leader: usize, base: i128) {
        let of_leader = of_rank(&terms.overrides, self.rank(leader)).unwrap_or(0);
        let mut generation = 1;
        for who in Self::above(&self.stood.parents, leader) {
            if self.is_inactive(who) {
                continue;
            }
            if generation == 1 {
                let Some(own) = of_rank(&terms.overrides, self.rank(who)) else { continue };
                let gets = if terms.fixed {
                    own
                } else {
                    (own - of_leader).max(terms.min_override.unwrap_or(0)).max(0)
                };
                if gets > 0 {
                    self.give(place, who, 1, share_of(base, gets));
                } else if terms.generations.is_empty() {
                    // The next one whose rate leaves something is asked in his stead.
                    continue;
                }
                generation = 2;
            } else if self.leads(who, terms.at_rank) {
                let Some(rate) = terms.generations.get(generation - 2) else { return };
                self.give(place, who, generation, share_of(base, *rate));
                generation += 1;
            }
        }
    }
}
