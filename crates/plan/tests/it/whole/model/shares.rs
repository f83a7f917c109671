//! What is reckoned from one's own percentage, and from levels at the close.

use super::super::terms::{Bands, Climb, Kind, Ladder, Rule, Whose, of_band, of_rank};
use super::super::world::Buyer;
use super::levels::{Fate, Passed, walk};
use super::{Model, share_of};

impl Model<'_> {
    pub(super) fn passed(&self, who: usize) -> Passed {
        Passed { who, rank: self.rank(who), stands: self.month.stands[who], invited: self.invited(who) }
    }

    pub(super) fn levels(&mut self, place: usize, rule: &Rule, climb: &Climb) {
        let leads = |model: &Self, who: usize| match (model.ends_at(place), model.rank(who)) {
            (Some(least), Some(rank)) => rank >= least,
            _ => false,
        };
        for source in self.everyone() {
            let base = self.joined_base(rule, source);
            let mut above =
                if leads(self, source) { Vec::new() } else { Self::above(&self.stood.parents, source) };
            above.truncate(climb.max_scan.unwrap_or(usize::MAX));
            let leader = above.iter().position(|who| leads(self, *who));
            above.truncate(leader.map_or(usize::MAX, |leader| leader + 1));
            let himself = climb.pay_self.then_some(source);
            let chain: Vec<Passed> = himself.into_iter().chain(above).map(|who| self.passed(who)).collect();
            self.pay_levels(place, climb, base, &chain);
        }
    }

    pub(super) fn pay_levels(&mut self, place: usize, climb: &Climb, base: i128, chain: &[Passed]) {
        for (index, fate) in walk(climb, chain).into_iter().enumerate() {
            if let Fate::Earned(who, rate) | Fate::Held(who, rate) = fate {
                self.give(place, who, index + 1, share_of(base, rate));
            }
        }
    }

    pub(super) fn personal(&mut self, place: usize, rule: &Rule, bands: &Bands, of: Whose) {
        for who in self.everyone() {
            let (size, base) = self.size_and_base(rule, of, who);
            let rate = of_band(bands, size);
            self.give(place, who, 1, share_of(base, rate));
        }
    }

    /// By what a band is chosen, and what is paid on.
    fn size_and_base(&self, rule: &Rule, of: Whose, who: usize) -> (i128, i128) {
        match of {
            Whose::Both => (self.stood.personal[who], self.joined_base(rule, who)),
            Whose::Customers => (self.stood.customers[who], self.bought(rule, Buyer::CustomerOf(who))),
            Whose::Own => {
                let stays = self.stood.receiver[who] == Some(who);
                if !stays {
                    return (0, 0);
                }
                let size = self.stood.personal[who] - self.stood.customers[who];
                (size, self.joined_base(rule, who) - self.bought(rule, Buyer::CustomerOf(who)))
            }
        }
    }

    fn percentage(&self, ladder: &Ladder, who: usize) -> i128 {
        match ladder {
            Ladder::Bands(by, bands) => of_band(bands, self.measure(*by, who)),
            Ladder::Ranks(rates) => of_rank(rates, self.rank(who)).unwrap_or(0),
        }
    }

    /// The percentage of the rule named by `after` for the source.
    fn done_before(&self, after: Option<usize>, source: usize) -> i128 {
        let Some(after) = after else { return 0 };
        let rule = &self.terms.rules[after];
        let Kind::Personal { bands, of, .. } = &rule.kind else { panic!("a personal rule") };
        of_band(bands, self.size_and_base(rule, *of, source).0)
    }

    fn top(ladder: &Ladder, top: Option<i128>) -> i128 {
        let highest = match ladder {
            Ladder::Bands(_, bands) => bands.iter().map(|(_, rate)| *rate).max(),
            Ladder::Ranks(rates) => rates.iter().map(|(_, rate)| *rate).max(),
        };
        top.unwrap_or(highest.unwrap_or(0))
    }

    /// What is done where the differential of a rule begins above the source.
    fn done_at_source(&self, differential: usize, source: usize) -> i128 {
        let Kind::Differential { ladder, pay_self, after, top } = &self.terms.rules[differential].kind else {
            panic!("a differential")
        };
        let done = self.done_before(*after, source);
        if !pay_self || self.is_inactive(source) {
            return done;
        }
        done.max(self.percentage(ladder, source).min(Self::top(ladder, *top)))
    }

    /// Who has the floor of a same-level rule for a source; nobody where there is a difference.
    fn floor_of(&self, differential: usize, source: usize) -> Option<usize> {
        let Kind::Differential { ladder, top, .. } = &self.terms.rules[differential].kind else {
            panic!("a differential")
        };
        let done = self.done_at_source(differential, source);
        let first = self.stood.parents[source]?;
        let own = self.percentage(ladder, first).min(Self::top(ladder, *top));
        (done > 0 && own <= done && !self.is_inactive(first)).then_some(first)
    }

    pub(super) fn differential(
        &mut self,
        place: usize,
        rule: &Rule,
        ladder: &Ladder,
        pay_self: bool,
        after: Option<usize>,
        top: Option<i128>,
    ) {
        let top = Self::top(ladder, top);
        for source in self.everyone() {
            let base = self.joined_base(rule, source);
            let mut done = self.done_before(after, source);
            let mut walk = Self::above(&self.stood.parents, source);
            if pay_self {
                walk.insert(0, source);
            }
            for (distance, who) in walk.into_iter().enumerate() {
                let left = self.percentage(ladder, who).min(top) - done;
                if left > 0 && !self.is_inactive(who) {
                    self.give(place, who, 1, share_of(base, left));
                    done += left;
                }
                if distance == usize::from(pay_self) {
                    done = done.max((done + self.floors(place, source)).min(top));
                }
            }
        }
    }

    /// The floors of a source that count as done in a differential.
    fn floors(&self, differential: usize, source: usize) -> i128 {
        let mut floors = 0;
        for rule in &self.terms.rules {
            if let Kind::SameLevel { of, rate, counts_as_done: true } = rule.kind
                && of == differential
                && self.joined_base(rule, source) > 0
                && self.floor_of(differential, source).is_some()
            {
                floors += rate;
            }
        }
        floors
    }

    pub(super) fn same_level(&mut self, place: usize, rule: &Rule, of: usize, rate: i128) {
        for source in self.everyone() {
            let base = self.joined_base(rule, source);
            if let Some(first) = self.floor_of(of, source) {
                self.give(place, first, 1, share_of(base, rate));
            }
        }
    }
}
