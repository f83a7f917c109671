//! The naive model of whole months, written from the reference texts and from nothing else.
//!
//! It shares no code with the engine: amounts are whole numbers of 128 bits, every question is asked
//! anew of plain lists, and nothing is fast.

mod caps;
mod earnings;
mod levels;
mod orders;
mod placed;
mod shares;
mod standing;
mod walks;

use std::collections::{BTreeMap, BTreeSet};

use super::terms::{Kind, Rounding, Rule, Terms, Unit};
use super::text::name;
use super::world::{Buyer, Month, Outcome, Purchase, Someone, Stands, World};
use standing::Stood;

/// A fraction, not below zero, in kopecks.
pub(super) type Exact = (i128, i128);

/// Rates are of a million.
pub(super) const WHOLE: i128 = 1_000_000;

fn rounded((numerator, denominator): Exact, rounding: Rounding) -> i128 {
    let (down, rest) = (numerator / denominator, numerator % denominator);
    let up = match rounding {
        Rounding::Down => false,
        Rounding::HalfUp => 2 * rest >= denominator,
        Rounding::HalfEven => 2 * rest > denominator || (2 * rest == denominator && down % 2 == 1),
    };
    down + i128::from(up)
}

fn share_of(sum: i128, ppm: i128) -> Exact {
    (sum * ppm, WHOLE)
}

fn cut_down(sum: i128, ppm: i128) -> i128 {
    sum * ppm / WHOLE
}

/// What the company remembers from one month to the next.
#[derive(Debug, Clone, Default)]
struct Memory {
    paid_as: Vec<Option<usize>>,
    highest: Vec<Option<usize>>,
    /// By rule and partner.
    legs: BTreeMap<(usize, usize), [i128; 2]>,
    /// What caps put off, by partner.
    put_off: BTreeMap<usize, i128>,
    /// What caps cut for the first pool.
    to_pool: i128,
    /// What of a pool nobody got, by rule.
    unused: BTreeMap<usize, i128>,
    /// Awards given, by rule and partner.
    given: BTreeSet<(usize, usize)>,
    /// Rank sums that are paid, or never will be, by rule, partner and rank.
    settled: BTreeSet<(usize, usize, usize)>,
    /// For how many months in a row, by rule, partner and rank.
    streak: BTreeMap<(usize, usize, usize), i128>,
}

/// What a rule gives somebody at the close.
#[derive(Debug, Clone)]
struct Line {
    /// The place of the rule; nothing for what earlier months put off.
    rule: Option<usize>,
    who: usize,
    level: usize,
    /// Before any cap.
    raw: i128,
    /// What the rule gives: after its own limit on one partner.
    given: i128,
    paid: i128,
}

/// What orders gave somebody by a rule.
#[derive(Debug, Clone)]
struct Commission {
    rule: usize,
    who: usize,
    raw: i128,
    paid: i128,
    /// What a match sees: after the rule's own cap.
    matched: i128,
}

/// One month as it is reckoned.
struct Model<'w> {
    terms: &'w Terms,
    people: &'w [Someone],
    month: &'w Month,
    /// Years times twelve and months from 0.
    of: i128,
    before: Memory,
    after: Memory,
    stood: Stood,
    commissions: Vec<Commission>,
    lines: Vec<Line>,
    outcome: Outcome,
}

/// Every month, one after the other.
pub(super) fn run(world: &World) -> Vec<Outcome> {
    let mut memory = Memory {
        paid_as: world.people.iter().map(|someone| someone.before).collect(),
        highest: world.people.iter().map(|someone| someone.highest).collect(),
        ..Memory::default()
    };
    let mut outcomes = Vec::new();
    for (number, month) in world.months.iter().enumerate() {
        let mut model = Model {
            terms: &world.terms,
            people: &world.people,
            month,
            of: super::world::FIRST_MONTH + i128::try_from(number).expect("few"),
            after: Memory { paid_as: Vec::new(), highest: Vec::new(), ..memory.clone() },
            before: memory,
            stood: Stood::default(),
            commissions: Vec::new(),
            lines: Vec::new(),
            outcome: Outcome::default(),
        };
        model.judge_orders();
        model.judge_standing();
        model.close();
        outcomes.push(model.outcome);
        memory = model.after;
    }
    outcomes
}

impl Model<'_> {
    fn close(&mut self) {
        self.give_what_was_put_off();
        let terms = self.terms;
        for (place, rule) in terms.rules.iter().enumerate() {
            self.run_rule(place, rule);
            self.cap_as_it_goes(place, rule);
        }
        self.cap_in_the_end();
        self.tell();
    }

    fn run_rule(&mut self, place: usize, rule: &Rule) {
        match &rule.kind {
            Kind::Level { climb, close: true } => self.levels(place, rule, climb),
            Kind::Personal { bands, of, close: true } => self.personal(place, rule, bands, *of),
            Kind::Differential { ladder, pay_self, after, top } => {
                self.differential(place, rule, ladder, *pay_self, *after, *top);
            }
            Kind::SameLevel { of, rate, .. } => self.same_level(place, rule, *of, *rate),
            Kind::Generation { .. } => self.generation(place, rule),
            Kind::Infinity { .. } => self.infinity(place, rule),
            Kind::Breakaway(terms) => self.breakaway(place, rule, terms),
            Kind::Matching { .. } => self.matching(place, rule),
            Kind::Pool(terms) => self.pool(place, rule, terms),
            Kind::RankAdvance { .. } => self.rank_advance(place, rule),
            Kind::Award { count } => self.award(place, rule, *count),
            Kind::Binary(terms) => self.binary(place, rule, terms),
            Kind::Matrix { climb, width, height, depth_first } => {
                self.matrix(place, rule, climb, (*width, *height, *depth_first));
            }
            Kind::Level { .. } | Kind::Personal { .. } | Kind::FastStart { .. } | Kind::Retail { .. } => {}
        }
    }

    fn everyone(&self) -> std::ops::Range<usize> {
        0..self.people.len()
    }

    fn is_inactive(&self, who: usize) -> bool {
        self.month.stands[who] == Stands::Inactive
    }

    fn is_held(&self, who: usize) -> bool {
        self.month.stands[who] == Stands::Held
    }

    /// How many of those he personally invited are active; one on hold is.
    fn invited(&self, who: usize) -> i128 {
        let counts = |other: &usize| self.people[*other].inviter == Some(who) && !self.is_inactive(*other);
        i128::try_from(self.everyone().filter(counts).count()).expect("few")
    }

    fn rank(&self, who: usize) -> Option<usize> {
        self.stood.paid_as[who]
    }

    /// Everybody above somebody, nearest first.
    fn above(parents: &[Option<usize>], who: usize) -> Vec<usize> {
        let mut above = Vec::new();
        let mut next = parents[who];
        while let Some(parent) = next {
            above.push(parent);
            next = parents[parent];
        }
        above
    }

    /// The base of an order in kopecks: goods only, of one category or all, whole or what was kept.
    fn base(&self, order: &Purchase, unit: Unit, category: Option<usize>, kept: bool) -> i128 {
        let size = Self::size(order, unit, category, kept);
        match unit {
            Unit::Turnover | Unit::Margin => size,
            Unit::Volume => rounded((size * self.terms.point_value, 100), Rounding::HalfUp),
        }
    }

    /// The same in the unit of qualification: points stay points.
    fn size(order: &Purchase, unit: Unit, category: Option<usize>, kept: bool) -> i128 {
        let mut size = 0;
        for item in &order.items {
            if item.is_fee || category.is_some_and(|category| category != item.category) {
                continue;
            }
            let pieces = if kept { item.pieces - item.back } else { item.pieces };
            size += pieces
                * match unit {
                    Unit::Turnover => item.price,
                    Unit::Margin => item.price - item.cost,
                    Unit::Volume => item.points,
                };
        }
        size.max(0)
    }

    /// What somebody bought in the month, and what his customers did: in kopecks of a rule's base.
    fn bought(&self, rule: &Rule, buyer: Buyer) -> i128 {
        let orders = self.month.orders.iter().filter(|order| order.buyer == buyer);
        orders.map(|order| self.base(order, rule.unit, rule.category, true)).sum()
    }

    fn own_and_customers(&self, rule: &Rule, who: usize) -> i128 {
        self.bought(rule, Buyer::Partner(who)) + self.bought(rule, Buyer::CustomerOf(who))
    }

    /// Somebody's base after the roll-up.
    fn joined_base(&self, rule: &Rule, who: usize) -> i128 {
        let joins = self.everyone().filter(|other| self.stood.receiver[*other] == Some(who));
        joins.map(|other| self.own_and_customers(rule, other)).sum()
    }

    /// Of everything the company sold in the month.
    fn company_base(&self, unit: Unit, category: Option<usize>) -> i128 {
        self.month.orders.iter().map(|order| self.base(order, unit, category, true)).sum()
    }

    fn withhold(&mut self, rule: Option<usize>, who: Option<usize>, reason: &str, amount: i128) {
        if amount > 0 {
            let of = (rule.map_or(String::new(), name), who);
            *self.outcome.unpaid.entry((of, reason.to_owned())).or_default() += amount;
        }
    }

    /// Gives somebody an exact amount, rounded once, unless he may not earn.
    fn give(&mut self, rule: usize, who: usize, level: usize, exact: Exact) {
        let amount = rounded(exact, self.terms.rounding);
        self.give_sum(rule, who, level, (amount, amount));
    }

    /// Gives what a limit on one partner leaves of an amount.
    fn give_sum(&mut self, rule: usize, who: usize, level: usize, (raw, given): (i128, i128)) {
        if self.is_held(who) {
            self.withhold(Some(rule), Some(who), "Held", given);
        } else if !self.is_inactive(who) && given > 0 {
            self.lines.push(Line { rule: Some(rule), who, level, raw, given, paid: given });
        }
    }

    /// The lines and what is carried, as they stand in the end.
    fn tell(&mut self) {
        for line in &self.lines {
            let rule = line.rule.map_or("carried".to_owned(), name);
            let (raw, paid) = self.outcome.earned.entry((rule, Some(line.who))).or_default();
            *raw += line.raw;
            *paid += line.paid;
        }
        let mut carry = |rule: Option<usize>, who: Option<usize>, what: &str, amount: i128| {
            if amount != 0 {
                let of = (rule.map_or(String::new(), name), who);
                self.outcome.carried.insert((of, what.to_owned()), amount);
            }
        };
        for ((rule, who), legs) in &self.after.legs {
            carry(Some(*rule), Some(*who), "first_leg", legs[0]);
            carry(Some(*rule), Some(*who), "second_leg", legs[1]);
        }
        for (who, amount) in &self.after.put_off {
            carry(None, Some(*who), "excess", *amount);
        }
        carry(None, None, "excess", self.after.to_pool);
        for (rule, amount) in &self.after.unused {
            carry(Some(*rule), None, "unused", *amount);
        }
        for (rule, who) in &self.after.given {
            carry(Some(*rule), Some(*who), "given", 1);
        }
        self.after.paid_as.clone_from(&self.stood.paid_as);
        self.after.highest.clone_from(&self.stood.highest);
        self.outcome.paid_as.clone_from(&self.stood.paid_as);
        self.outcome.highest.clone_from(&self.stood.highest);
    }
}
