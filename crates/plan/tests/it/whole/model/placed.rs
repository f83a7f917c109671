//! Trees of limited width: binary and matrix.

use super::super::terms::{After, Binary, Climb, Rule};
use super::levels::Passed;
use super::{Model, WHOLE};

impl Model<'_> {
    /// Who stands under whom, from the left.
    fn places(&self, width: usize, depth_first: bool) -> Vec<Vec<usize>> {
        let mut under: Vec<Vec<usize>> = vec![Vec::new(); self.people.len()];
        let mut placed: Vec<usize> = Vec::new();
        let mut queue: Vec<usize> = self.everyone().collect();
        queue.sort_by_key(|who| (self.people[*who].joined, self.people[*who].code));
        // Those who are said to have joined before their inviter come right after him.
        let mut waiting: Vec<usize> = Vec::new();
        for who in queue {
            let mut turn = vec![who];
            while !turn.is_empty() {
                let who = turn.remove(0);
                match self.people[who].inviter {
                    Some(inviter) if !placed.contains(&inviter) => {
                        waiting.push(who);
                        continue;
                    }
                    Some(inviter) => {
                        let place = free_place(&under, inviter, width, depth_first);
                        under[place].push(who);
                    }
                    None => {}
                }
                placed.push(who);
                let his = |other: &usize| self.people[*other].inviter == Some(who);
                turn.extend(waiting.iter().copied().filter(|other| his(other)));
                waiting.retain(|other| !his(other));
            }
        }
        under
    }

    fn below_placed(under: &[Vec<usize>], who: usize) -> Vec<usize> {
        let mut all = vec![who];
        let mut next = 0;
        while next < all.len() {
            all.extend(under[all[next]].clone());
            next += 1;
        }
        all
    }

    pub(super) fn matrix(
        &mut self,
        place: usize,
        rule: &Rule,
        climb: &Climb,
        (width, height, depth_first): (usize, usize, bool),
    ) {
        let under = self.places(width, depth_first);
        let parents: Vec<Option<usize>> =
            self.everyone().map(|who| under.iter().position(|children| children.contains(&who))).collect();
        for source in self.everyone() {
            let base = self.joined_base(rule, source);
            let mut above = Self::above(&parents, source);
            above.truncate(height);
            let chain: Vec<Passed> = above.into_iter().map(|who| self.passed(who)).collect();
            self.pay_levels(place, climb, base, &chain);
        }
    }

    pub(super) fn binary(&mut self, place: usize, rule: &Rule, terms: &Binary) {
        let under = self.places(2, terms.depth_first);
        for who in self.everyone() {
            let mut legs = self.before.legs.get(&(place, who)).copied().unwrap_or_default();
            for (leg, child) in under[who].iter().enumerate() {
                let below = Self::below_placed(&under, *child);
                legs[leg] += below.into_iter().map(|other| self.own_and_customers(rule, other)).sum::<i128>();
            }
            let left = self.match_legs(place, terms, who, legs);
            let cap = terms.carry_cap.unwrap_or(i128::MAX);
            self.after.legs.insert((place, who), left.map(|leg| leg.min(cap)));
        }
    }

    /// Pays what both legs have in common, and says what is left of them.
    fn match_legs(&mut self, place: usize, terms: &Binary, who: usize, mut legs: [i128; 2]) -> [i128; 2] {
        let (a, b) = (terms.ratio.0.min(terms.ratio.1), terms.ratio.0.max(terms.ratio.1));
        let weak = usize::from(legs[1] < legs[0]);
        let (weaker, stronger) = (legs[weak], legs[1 - weak]);
        let of_stronger = stronger * a / b;
        let mut matched = weaker.min(of_stronger);
        if let Err((unit, _)) = terms.pays {
            matched = matched / unit * unit;
        }
        let from_stronger = (matched * b + a - 1) / a;
        if self.is_inactive(who) {
            let limits = if weaker <= of_stronger { weak } else { 1 - weak };
            match terms.after {
                After::NetOff => {}
                After::CarryForward => legs[limits] -= if limits == weak { matched } else { from_stronger },
                After::FullFlush => legs = [0, 0],
            }
            return legs;
        }
        let exact = match terms.pays {
            Ok(rate) if terms.balance && stronger > 0 => (matched * rate * weaker, WHOLE * stronger),
            Ok(rate) => (matched * rate, WHOLE),
            Err((unit, sum)) => (matched / unit * sum, 1),
        };
        let amount = super::rounded(exact, self.terms.rounding);
        let most = terms.period_cap.unwrap_or(i128::MAX);
        self.give_sum(place, who, 1, (amount, amount.min(most)));
        self.withhold(Some(place), Some(who), "OverCap", amount - amount.min(most));
        if terms.after == After::FullFlush {
            return [0, 0];
        }
        legs[weak] -= matched;
        legs[1 - weak] -= from_stronger;
        legs
    }
}

fn free_place(under: &[Vec<usize>], inviter: usize, width: usize, depth_first: bool) -> usize {
    let is_free = |who: &usize| under[*who].len() < width;
    if depth_first {
        let mut place = inviter;
        while !is_free(&place) {
            place = under[place][0];
        }
        return place;
    }
    let mut level = vec![inviter];
    loop {
        if let Some(place) = level.iter().find(|who| is_free(who)) {
            return *place;
        }
        level = level.iter().flat_map(|who| under[*who].clone()).collect();
    }
}
