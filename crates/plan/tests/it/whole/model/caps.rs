//! Caps, of an order and of a period.

use super::super::terms::{Excess, Mode, Rule};
use super::super::text::name;
use super::{Line, Model, WHOLE, cut_down};

/// What somebody would have, before a cap.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    /// The place of its rule from 1; zero for what was put off.
    pub(super) rule: usize,
    pub(super) priority: usize,
    pub(super) level: usize,
    pub(super) code: u64,
    pub(super) amount: i128,
    /// The exact amount in millionths of a kopeck.
    pub(super) weight: i128,
}

/// In full while the limit lasts, in the order of the mode.
pub(super) fn cut(mode: Mode, limit: i128, claims: &[Claim]) -> Vec<i128> {
    let total: i128 = claims.iter().map(|claim| claim.amount).sum();
    let mut paid: Vec<i128> = claims.iter().map(|claim| claim.amount).collect();
    if total <= limit {
        return paid;
    }
    let mut order: Vec<usize> = (0..claims.len()).collect();
    let turn = |place: &usize| {
        let claim = &claims[*place];
        let priority = if mode == Mode::Priority { claim.priority } else { 0 };
        (priority, claim.level, claim.rule, claim.code)
    };
    order.sort_by_key(turn);
    let (mut left, mut stopped) = (limit, false);
    for place in order {
        let amount = claims[place].amount;
        stopped = stopped || (mode == Mode::Stop && amount > left);
        paid[place] = if stopped { 0 } else { amount.min(left) };
        left -= paid[place];
    }
    paid
}

/// Everyone's in proportion: cut down, then kopecks to the largest remainders.
pub(super) fn cut_pro_rata(limit: i128, claims: &[Claim]) -> Vec<i128> {
    let total: i128 = claims.iter().map(|claim| claim.amount).sum();
    if total <= limit {
        return claims.iter().map(|claim| claim.amount).collect();
    }
    let weight: i128 = claims.iter().map(|claim| claim.weight).sum();
    let mut paid: Vec<i128> =
        claims.iter().map(|claim| (claim.weight * limit / weight).min(claim.amount)).collect();
    let remainder = |place: usize| claims[place].weight * limit % weight;
    let mut order: Vec<usize> = (0..claims.len()).collect();
    order.sort_by_key(|place| {
        let claim = &claims[*place];
        (-remainder(*place), claim.level, claim.code, claim.rule)
    });
    let mut missing = limit - paid.iter().sum::<i128>();
    while missing > 0 {
        for place in &order {
            if missing > 0 && paid[*place] < claims[*place].amount {
                paid[*place] += 1;
                missing -= 1;
            }
        }
    }
    paid
}

fn cut_in(mode: Mode, limit: i128, claims: &[Claim]) -> Vec<i128> {
    if mode == Mode::ProRata { cut_pro_rata(limit, claims) } else { cut(mode, limit, claims) }
}

/// Where a claim of a period stands: among commissions or among lines.
#[derive(Debug, Clone, Copy)]
enum Held {
    Commission(usize),
    Line(usize),
}

impl Model<'_> {
    pub(super) fn priority(&self, rule: usize) -> usize {
        self.terms.rules[rule].priority.unwrap_or(rule + 1)
    }

    /// What earlier months put off is a line of its own for whoever may earn.
    pub(super) fn give_what_was_put_off(&mut self) {
        for (who, amount) in self.before.put_off.clone() {
            if !self.is_inactive(who) && !self.is_held(who) {
                self.lines.push(Line { rule: None, who, level: 1, raw: amount, given: amount, paid: amount });
                self.after.put_off.remove(&who);
            }
        }
    }

    fn every_claim(&self) -> Vec<(Held, usize)> {
        let commissions = self.commissions.iter().enumerate();
        let lines = self.lines.iter().enumerate();
        commissions
            .map(|(place, commission)| (Held::Commission(place), commission.who))
            .chain(lines.map(|(place, line)| (Held::Line(place), line.who)))
            .collect()
    }

    fn rule_of(&self, held: Held) -> Option<usize> {
        match held {
            Held::Commission(place) => Some(self.commissions[place].rule),
            Held::Line(place) => self.lines[place].rule,
        }
    }

    fn claim(&self, held: Held, amount: i128) -> Claim {
        let (who, level) = match held {
            Held::Commission(place) => (self.commissions[place].who, 0),
            Held::Line(place) => (self.lines[place].who, self.lines[place].level),
        };
        let rule = self.rule_of(held);
        Claim {
            rule: rule.map_or(0, |rule| rule + 1),
            priority: rule.map_or(0, |rule| self.priority(rule)),
            level,
            code: self.people[who].code,
            amount,
            weight: amount * WHOLE,
        }
    }

    /// A rule's own cap of the period, as soon as it has run: what a match sees.
    pub(super) fn cap_as_it_goes(&mut self, place: usize, rule: &Rule) {
        let Some(cap) = rule.cap.filter(|cap| cap.period) else { return };
        let of: Vec<Held> = self.every_claim().into_iter().map(|(held, _)| held).collect();
        let of: Vec<Held> = of.into_iter().filter(|held| self.rule_of(*held) == Some(place)).collect();
        let limit = cut_down(self.company_base(rule.unit, rule.category), cap.percent);
        let claims: Vec<Claim> = of.iter().map(|held| self.claim(*held, self.amount(*held))).collect();
        for (held, paid) in of.iter().zip(cut_in(cap.mode, limit, &claims)) {
            match *held {
                Held::Commission(place) => self.commissions[place].matched = paid,
                Held::Line(place) => self.lines[place].paid = paid,
            }
        }
    }

    fn amount(&self, held: Held) -> i128 {
        match held {
            Held::Commission(place) => self.commissions[place].paid,
            Held::Line(place) => self.lines[place].given,
        }
    }

    /// Partner by partner, rule by rule, then the company: each over what the one before it left.
    pub(super) fn cap_in_the_end(&mut self) {
        let all = self.every_claim();
        let mut left: Vec<i128> = all.iter().map(|(held, _)| self.amount(*held)).collect();
        if let Some(cap) = self.terms.partner_cap {
            for partner in self.everyone() {
                let his = |place: &usize| all[*place].1 == partner;
                let places: Vec<usize> = (0..all.len()).filter(his).collect();
                self.cap_these(&all, &places, &mut left, (cap.mode, cap.amount), Some(cap.excess));
            }
        }
        for (number, rule) in self.terms.rules.iter().enumerate() {
            if let Some(cap) = rule.cap.filter(|cap| cap.period) {
                let its = |place: &usize| self.rule_of(all[*place].0) == Some(number);
                let places: Vec<usize> = (0..all.len()).filter(its).collect();
                let limit = cut_down(self.company_base(rule.unit, rule.category), cap.percent);
                self.cap_these(&all, &places, &mut left, (cap.mode, limit), None);
            }
        }
        if let Some(cap) = self.terms.cap.filter(|cap| cap.period) {
            let places: Vec<usize> = (0..all.len()).collect();
            let limit = cut_down(self.company_base(cap.of, None), cap.percent);
            self.cap_these(&all, &places, &mut left, (cap.mode, limit), Some(cap.excess));
        }
        for ((held, _), left) in all.iter().zip(left) {
            if let Held::Line(place) = *held {
                self.lines[place].paid = left;
            }
        }
    }

    fn cap_these(
        &mut self,
        all: &[(Held, usize)],
        places: &[usize],
        left: &mut [i128],
        (mode, limit): (Mode, i128),
        plan_cap: Option<Excess>,
    ) {
        let claims: Vec<Claim> = places.iter().map(|place| self.claim(all[*place].0, left[*place])).collect();
        for (place, paid) in places.iter().zip(cut_in(mode, limit, &claims)) {
            let (held, who) = all[*place];
            let cut = left[*place] - paid;
            left[*place] = paid;
            if cut > 0 {
                self.cut_off(held, who, cut, plan_cap);
            }
        }
    }

    /// What becomes of what a cap cut; a cap without an excess is a rule's own.
    fn cut_off(&mut self, held: Held, who: usize, cut: i128, plan_cap: Option<Excess>) {
        let rule = self.rule_of(held);
        let excess = plan_cap.unwrap_or(Excess::Company);
        let reason = match excess {
            Excess::Company => "OverCap",
            Excess::Carried => "CarriedOver",
            Excess::Pool => "ToPool",
        };
        match excess {
            Excess::Company => {}
            Excess::Carried => *self.after.put_off.entry(who).or_default() += cut,
            Excess::Pool => self.after.to_pool += cut,
        }
        match held {
            Held::Commission(_) => {
                let of = (name(rule.expect("orders have rules")), Some(who));
                *self.outcome.cuts.entry((of, reason.to_owned())).or_default() += cut;
            }
            Held::Line(_) => self.withhold(rule.filter(|_| plan_cap.is_none()), Some(who), reason, cut),
        }
    }
}
