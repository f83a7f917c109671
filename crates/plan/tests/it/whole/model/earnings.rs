//! Matches, the pool, sums for ranks, awards.

use super::super::terms::{Kind, Pool, Rule, Shares};
use super::super::text::name;
use super::super::world::{Buyer, Purchase};
use super::{Model, cut_down, share_of};

impl Model<'_> {
    pub(super) fn matching(&mut self, place: usize, rule: &Rule) {
        let Kind::Matching { of, rates, raw, skip_inactive } = &rule.kind else { panic!("a match") };
        let inviters: Vec<Option<usize>> = self.people.iter().map(|someone| someone.inviter).collect();
        let earned = |who: usize| {
            let commissions = self.commissions.iter().filter(|commission| commission.who == who);
            let commissions = commissions.filter(|commission| of.contains(&commission.rule));
            let orders: i128 = commissions.map(|one| if *raw { one.raw } else { one.matched }).sum();
            let lines = self.lines.iter().filter(|line| line.who == who);
            let lines = lines.filter(|line| line.rule.is_some_and(|rule| of.contains(&rule)));
            orders + lines.map(|line| if *raw { line.raw } else { line.paid }).sum::<i128>()
        };
        let matched: Vec<i128> = self.everyone().map(earned).collect();
        for (who, sum) in matched.into_iter().enumerate() {
            let mut generation = 0;
            for inviter in Self::above(&inviters, who) {
                if self.is_inactive(inviter) && *skip_inactive {
                    continue;
                }
                generation += 1;
                if let Some(rate) = rates.at(self.rank(inviter), generation) {
                    self.give(place, inviter, generation, share_of(sum, rate));
                }
            }
        }
    }

    fn shares_of(&self, terms: &Pool, who: usize) -> i128 {
        let has_rank = terms.min_rank.is_none_or(|least| self.rank(who).is_some_and(|rank| rank >= least));
        if self.is_inactive(who) || !has_rank {
            return 0;
        }
        match &terms.shares {
            Shares::Equal => 1,
            Shares::Ranks(shares) => super::super::terms::of_rank(shares, self.rank(who)).unwrap_or(0),
            Shares::Measure(by) => self.measure(*by, who),
        }
    }

    pub(super) fn pool(&mut self, place: usize, rule: &Rule, terms: &Pool) {
        let is_pool = |rule: &Rule| matches!(rule.kind, Kind::Pool(_));
        let is_first = self.terms.rules.iter().position(is_pool) == Some(place);
        let mut fund = cut_down(self.company_base(rule.unit, rule.category), terms.percent);
        fund += self.before.unused.get(&place).copied().unwrap_or(0);
        self.after.unused.remove(&place);
        if is_first {
            fund += self.before.to_pool;
            self.after.to_pool = 0;
        }
        let shares: Vec<i128> = self.everyone().map(|who| self.shares_of(terms, who)).collect();
        let (all, takers) = (shares.iter().sum::<i128>(), shares.iter().filter(|own| **own > 0).count());
        let mut parts = vec![0; shares.len()];
        if all > 0 && takers >= terms.min_qualifiers.unwrap_or(1) {
            parts = self.split(fund, &shares, all);
        }
        let most = terms.most.map(|most| most.unwrap_or_else(|share| cut_down(fund, share)));
        let mut unused = fund;
        for (who, part) in parts.into_iter().enumerate() {
            let given = most.map_or(part, |most| part.min(most));
            unused -= given;
            self.give_sum(place, who, 1, (part, given));
        }
        if terms.carried {
            self.after.unused.insert(place, unused);
        } else {
            self.withhold(Some(place), None, "Nobody", unused);
        }
    }

    /// Cut down, then kopecks to the largest remainders.
    fn split(&self, fund: i128, shares: &[i128], all: i128) -> Vec<i128> {
        let mut parts: Vec<i128> = shares.iter().map(|own| fund * own / all).collect();
        let mut order: Vec<usize> = self.everyone().collect();
        order.sort_by_key(|who| (-(fund * shares[*who] % all), self.people[*who].code));
        let missing = fund - parts.iter().sum::<i128>();
        for who in order.into_iter().take(usize::try_from(missing).expect("few")) {
            parts[who] += 1;
        }
        parts
    }

    pub(super) fn rank_advance(&mut self, place: usize, rule: &Rule) {
        let Kind::RankAdvance { sums, highest, hold_periods } = &rule.kind else { panic!("a rank advance") };
        for who in self.everyone() {
            let mut due = Vec::new();
            for (rank, sum) in sums {
                let key = (place, who, *rank);
                let seen = self.after.streak.contains_key(&key);
                if !seen && self.before.highest[who].is_some_and(|before| before >= *rank) {
                    self.after.settled.insert(key);
                }
                let holds = self.rank(who).is_some_and(|paid_as| paid_as >= *rank);
                let streak = self.after.streak.entry(key).or_insert(0);
                *streak = if holds { *streak + 1 } else { 0 };
                if *streak >= *hold_periods && !self.after.settled.contains(&key) {
                    due.push((*rank, *sum));
                }
            }
            if self.is_inactive(who) {
                continue;
            }
            let last = due.len().saturating_sub(1);
            for (number, (rank, sum)) in due.into_iter().enumerate() {
                self.after.settled.insert((place, who, rank));
                if number == last || !highest {
                    // The place of the rank is the level of its line, which caps ask about.
                    self.give_sum(place, who, rank + 1, (sum, sum));
                }
            }
        }
    }

    pub(super) fn award(&mut self, place: usize, rule: &Rule, count: usize) {
        for who in self.everyone() {
            let buyers = self.everyone().filter(|other| self.people[*other].sponsor == Some(who));
            let buyers =
                buyers.filter(|other| !self.is_inactive(*other) && self.bought_something(rule, *other));
            let may = !self.is_inactive(who) && !self.is_held(who);
            if may && buyers.count() >= count && !self.before.given.contains(&(place, who)) {
                self.after.given.insert((place, who));
                self.outcome.awards.insert((name(place), Some(who)));
            }
        }
    }

    /// Whether he bought for himself goods of the rule that cost something, and kept them.
    fn bought_something(&self, rule: &Rule, who: usize) -> bool {
        let counts = |order: &Purchase| {
            order.items.iter().any(|item| {
                let of_rule = rule.category.is_none_or(|category| category == item.category);
                !item.is_fee && of_rule && item.price > 0 && item.pieces > item.back
            })
        };
        self.month.orders.iter().any(|order| order.buyer == Buyer::Partner(who) && counts(order))
    }
}
