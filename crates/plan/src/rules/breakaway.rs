//! `breakaway`: a leader's group pays no level commission upward; his upline earns an override on it.
//!
//! A leader is one paid as the rank `at_rank` or above, active or not. His group is he himself and
//! everyone below him down to, not including, the next leaders; its base is what they all bought, after
//! the roll-up. Level rules end at a leader: he is the last who is asked, and his own purchases give
//! nothing above him ([`Climb::ends_at`](crate::Climb::ends_at)). In their place, for every group with a
//! base above zero, a walk goes from its leader up:
//!
//! - generation 1 is the first one above who is not inactive and whose rank has an override rate. In mode
//!   `"differential"` he earns `base x max(own rate - the leader's rate, min_override)`, where a leader
//!   without a rate counts as zero and `min_override` is zero unless said; in mode `"fixed"` he earns
//!   `base x own rate`. One to whom that leaves nothing does not earn: without `generations` the next
//!   with a rate above the leader's is asked in his stead; with them he takes generation 1 all the same.
//! - generation k from 2 on is the next leader above who is not inactive; he earns `base x
//!   generations[k - 2]`, whatever his rank. Without `generations` nobody but generation 1 earns.
//!
//! Amounts are rounded once. The inactive take no generation; one whose earnings are on hold takes his.
//! With `exclude_group` (unless said otherwise) a group that has broken away counts in no group volume
//! above it; frontline and personal volumes are not touched.
//!
//! Source: the stairstep breakaway guide of mlmforge, with its tests.
//!
//! # Example
//!
//! The guide's: commissions are paid on 40 % of the volume, so here the margin is 40 % of the price.
//! Carol buys for 300, Beth for 200; both belong to Gina's group. Mike, Sam and Gina earn levels on
//! Carol, Gina on Beth, and there the walks end. Pat's override on the group of 500 is 7 % - 5 % = 2 %.
//!
//! ```
//! use domain::{catalog::Volume, money::Money};
//! use plan::{Plan, sketch::{Goods, Sketch}};
//!
//! let plan = Plan::parse("plan.toml", r#"
//! name = "stairstep"
//! title = { ru = "Отделение", en = "Stairstep" }
//! currency = "RUB"
//! time_zone = "Europe/Moscow"
//! effective = "paid_at"
//! hold_days = 14
//! ranks = ["member", "bronze", "silver", "gold", "platinum", "diamond"]
//!
//! [[rules]]
//! id = "levels"
//! kind = "level"
//! base = "margin"
//! compression = "none"
//!
//! [rules.rate_table]
//! member = ["5%"]
//! bronze = ["5%", "3%"]
//! silver = ["5%", "5%", "3%"]
//! gold = ["5%", "5%", "5%"]
//!
//! [[rules]]
//! id = "override"
//! kind = "breakaway"
//! base = "margin"
//! at_rank = "gold"
//! mode = "differential"
//! override = { gold = "5%", platinum = "7%", diamond = "9%" }
//! min_override = "1%"
//! "#).expect("a plan").plan;
//! let mut company = Sketch::new();
//! company.chain(&["Dan", "Pat", "Gina", "Sam", "Mike", "Carol"])?.partner("Beth", Some("Gina"))?;
//! let ranks = [("Dan", "diamond"), ("Pat", "platinum"), ("Gina", "gold"), ("Sam", "silver"), ("Mike", "member")];
//! for (name, rank) in ranks {
//!     company.rank(name, rank)?;
//! }
//! for (name, price, cost) in [("Carol", "300.00", "180.00"), ("Beth", "200.00", "120.00")] {
//!     let goods = Goods { price: price.parse()?, cost: cost.parse()?, points: Volume(0) };
//!     company.bought(name, false, goods)?;
//! }
//! let reckoned = company.reckon(&plan)?;
//! let totals = reckoned.totals().into_iter().map(|(name, sum)| format!("{name} {sum}"));
//! assert_eq!(totals.collect::<Vec<_>>(), ["Gina 10.00", "Mike 6.00", "Pat 4.00", "Sam 6.00"]);
//! # Ok::<(), plan::sketch::SketchError>(())
//! ```

use domain::accrual::RuleId;
use domain::money::{Money, Rate};

use crate::close::uplines::{Above, Rated, is_inactive, is_of, rate_of};
use crate::close::{Close, Ground, How, PerSeat, Seat, Source, Tally, Why};
use crate::rules::Rule;

/// The word of the language.
pub(crate) const NAME: &str = "breakaway";

/// The terms of a breakaway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breakaway {
    /// The ranks that break away: the one named and all above it.
    pub leaders: Vec<String>,
    /// The override rate of each rank, low to high.
    pub overrides: Vec<(String, Rate)>,
    /// How the rate of the first generation is found.
    pub mode: OverrideMode,
    /// The least a differential override pays.
    pub min_override: Option<Rate>,
    /// The rates of the second generation of leaders above the group, and further.
    pub generations: Vec<Rate>,
    /// The level rules that end at a leader; empty for all.
    pub of: Vec<RuleId>,
    /// Whether a broken-away group counts in no group volume above it.
    pub exclude_group: bool,
}

/// How an override is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverrideMode {
    /// The upline's rate less the leader's.
    Differential,
    /// The upline's rate.
    Fixed,
}

/// Who is met where.
struct Uplines {
    /// Leaders who are not inactive.
    leaders: Above,
    rated: Rated,
}

impl Breakaway {
    /// The most that is paid of any group's base, in parts per million.
    pub fn most_ppm(&self) -> i128 {
        let rates = self.overrides.iter().map(|(_, rate)| *rate).chain(self.min_override);
        let first = rates.max().unwrap_or(Rate::ZERO);
        std::iter::once(&first).chain(&self.generations).map(|rate| i128::from(rate.ppm())).sum()
    }

    /// Runs the rule over a period.
    pub(crate) fn run(&self, close: &Close<'_>, rule: &Rule, tally: &mut Tally) {
        let leads: PerSeat<bool> =
            close.facts.people.seats().map(|seat| is_of(close, &self.leaders, seat)).collect();
        let active = |(seat, leads): (Seat, &bool)| *leads && !is_inactive(close, seat);
        let uplines = Uplines {
            leaders: Above::new(&close.rolled.tree, leads.iter().map(active).collect()),
            rated: Rated::by_rank(close, &self.overrides),
        };
        let watched = tally.watched.map(|seat| (seat, close.rolled.tree.below(seat)));
        let groups = groups(close, rule, &leads);
        for (leader, base) in groups.iter().filter(|(leader, base)| leads[*leader] && base.is_positive()) {
            let asked = self.walk(&uplines, leader, *base, (close, rule, tally));
            if let Some((seat, below)) = &watched
                && below[leader]
                && !asked.contains(seat)
            {
                let why = self.why_not_asked(&uplines, leader, *seat, asked.len(), close);
                tally.note(rule, *seat, ground(leader, 0), why);
            }
        }
    }

    /// Pays on one group; returns who was asked, generation 1 first.
    fn walk(
        &self,
        uplines: &Uplines,
        leader: Seat,
        base: Money,
        (close, rule, tally): (&Close<'_>, &Rule, &mut Tally),
    ) -> Vec<Seat> {
        let of_leader = self.leader_rate(close, leader);
        let only_above = self.generations.is_empty() && self.may_leave_nothing();
        let passed = if only_above { of_leader } else { Rate::ZERO };
        let Some(first) = uplines.rated.first_over(leader, passed) else {
            return Vec::new();
        };
        let own = uplines.rated.of(first).unwrap_or(Rate::ZERO);
        let how = self.override_of(own, of_leader);
        if left(how) == Rate::ZERO {
            tally.note(rule, first, ground(leader, 1), Why::NoDifference { own, done: of_leader });
        } else {
            tally.earn(close, rule, first, ground(leader, 1), base, how);
        }
        let mut asked = vec![first];
        for ((generation, rate), next) in (2..).zip(&self.generations).zip(uplines.leaders.of(first)) {
            tally.earn(close, rule, next, ground(leader, generation), base, How::Rate(*rate));
            asked.push(next);
        }
        asked
    }

    /// The override of generation 1.
    fn override_of(&self, own: Rate, of_leader: Rate) -> How {
        match self.mode {
            OverrideMode::Fixed => How::Rate(own),
            OverrideMode::Differential => {
                let difference = Rate::from_ppm(own.ppm().saturating_sub(of_leader.ppm()));
                let left = difference.max(self.min_override.unwrap_or(Rate::ZERO));
                How::Difference { own, done: of_leader, left }
            }
        }
    }

    /// Whether one who has a rate may have no override.
    fn may_leave_nothing(&self) -> bool {
        self.mode == OverrideMode::Differential && self.min_override.is_none()
    }

    fn leader_rate(&self, close: &Close<'_>, leader: Seat) -> Rate {
        rate_of(close, &self.overrides, leader).unwrap_or(Rate::ZERO)
    }

    /// Why one above a leader was not asked.
    fn why_not_asked(
        &self,
        uplines: &Uplines,
        leader: Seat,
        seat: Seat,
        asked: usize,
        close: &Close<'_>,
    ) -> Why {
        if is_inactive(close, seat) {
            return Why::Inactive;
        }
        let all_taken = asked > self.generations.len();
        let Some(own) = uplines.rated.of(seat) else {
            let waits = uplines.leaders.counts(seat) && all_taken;
            return if waits { Why::TooFar } else { Why::BelowRank };
        };
        let done = self.leader_rate(close, leader);
        if self.generations.is_empty() && left(self.override_of(own, done)) == Rate::ZERO {
            return Why::NoDifference { own, done };
        }
        if all_taken || uplines.leaders.counts(seat) { Why::TooFar } else { Why::BelowRank }
    }
}

/// What everyone's group bought: his own base and that of everyone below him down to the next leaders.
fn groups(close: &Close<'_>, rule: &Rule, leads: &PerSeat<bool>) -> PerSeat<Money> {
    let mut sums = close.personal_base(rule);
    for seat in close.rolled.tree.upward() {
        if let Some(parent) = close.rolled.tree.parent(seat)
            && !leads[seat]
        {
            let sum = sums[seat];
            sums[parent] += sum;
        }
    }
    sums
}

fn ground(leader: Seat, level: u16) -> Ground {
    Ground { source: Source::Partner(leader), level }
}

/// The rate of an override.
fn left(how: How) -> Rate {
    how.rate().unwrap_or(Rate::ZERO)
}
