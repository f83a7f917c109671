//! `differential`: going up, each earns his own percentage less what is done below him.
//!
//! For the volume of one partner, the source, walking up from him: `left = min(own, top) - done`, and
//! who has something left earns `base x left`; then `done` is raised by it. The walk ends at the top. It
//! is the performance bonus of Amway's Sales & Marketing Plan (with `pay_self`), which is usually told
//! by legs: own % of the group's volume less, for each leg, the leg's % of its volume; and the team
//! bonus of `praxigento/mobi_mod_bonus_hybrid` (with `after`), to the kopeck.
//!
//! - The base of a source is his own purchases and his customers', with what rolled up to him.
//! - At the start `done` is the percentage that the `after` rule's bands give the source, whether or not
//!   he may earn it; without `after` it is zero. With `pay_self` the source then stands first himself.
//! - The inactive earn nothing and raise nothing: what is theirs goes to the next above who has more.
//! - The held raise `done`, and what they would get is booked as unpaid: a hold gives nobody else more.
//! - Who may not earn because his amount rounds to nothing raises `done` all the same.
//! - A [`SameLevel`] that counts as done raises `done` by its rate, never above the top, where the
//!   first one above the source earns it.
//!
//! # Example
//!
//! The third example of Amway's brochure for India: X buys for 60 000, the groups of A, B, C and D
//! bring 120 000, 120 000, 60 000 and 240 000, a point is worth 60. 21 % of 600 000 less 12 %, 12 %, 9 %
//! and 15 % of the groups is 55 800.
//!
//! ```
//! use domain::catalog::Volume;
//! use domain::money::Money;
//! use plan::{Plan, sketch::{Goods, Sketch}};
//!
//! let plan = Plan::parse("performance.toml", r#"
//! name = "performance"
//! title = { ru = "Премия за результат", en = "Performance bonus" }
//! currency = "RUB"
//! time_zone = "UTC"
//! effective = "paid_at"
//! hold_days = 14
//!
//! [[rules]]
//! id = "performance"
//! kind = "differential"
//! base = "turnover"
//! pay_self = true
//! bands = [
//!     { from = "300", rate = "6%" },
//!     { from = "1000", rate = "9%" },
//!     { from = "2000", rate = "12%" },
//!     { from = "4000", rate = "15%" },
//!     { from = "7000", rate = "18%" },
//!     { from = "10000", rate = "21%" },
//! ]
//! "#).unwrap().plan;
//!
//! let mut company = Sketch::new();
//! company.partner("X", None)?;
//! for name in ["A", "B", "C", "D"] {
//!     company.partner(name, Some("X"))?;
//! }
//! for (name, points) in [("X", 1000), ("A", 2000), ("B", 2000), ("C", 1000), ("D", 4000)] {
//!     let price = Money::from_minor(points * 60 * 100);
//!     company.bought(name, false, Goods { price, cost: Money::ZERO, points: Volume(points * 100) })?;
//! }
//! let month = company.reckon(&plan)?;
//! assert_eq!(month.earned("X"), "55800.00".parse()?);
//! assert_eq!(month.earned("A"), "14400.00".parse()?);
//! assert_eq!(month.earned("C"), "5400.00".parse()?);
//! assert_eq!(month.earned("D"), "36000.00".parse()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`SameLevel`]: super::SameLevel

use domain::accrual::RuleId;
use domain::money::Rate;
use domain::network::Standing;

use crate::close::{Close, Ground, How, PerSeat, Seat, Source, Tally, Tree, Why};
use crate::ladder::Ladder;
use crate::rules::{Buyers, PeriodRule, Personal, Rule};

/// The word of the language.
pub(crate) const NAME: &str = "differential";

/// The terms of a differential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differential {
    /// Everyone's own percentage.
    pub ladder: Ladder,
    /// Whether the one whose volume it is stands first and earns his own percentage of it.
    pub pay_self: bool,
    /// The `personal` rule whose percentage of the one whose volume it is counts as done at the start.
    pub after: Option<RuleId>,
    /// The percentage at which everything is done; the ladder's highest unless said.
    pub top: Rate,
}

impl Differential {
    /// Runs the rule over a period.
    pub(crate) fn run(&self, close: &Close<'_>, rule: &Rule, tally: &mut Tally) {
        let stairs = Stairs::new(self, close);
        let floors = floors(close, &rule.id);
        let seats = close.facts.people.len();
        let below_watched = tally.watched.map(|watched| everyone_below(&close.rolled.tree, seats, watched));
        for (source, base) in close.personal_base(rule).iter().filter(|(_, base)| base.is_positive()) {
            let ground = Ground { source: Source::Partner(source), level: 1 };
            let steps = stairs.up_from(source, floors[source]);
            for step in steps.iter().filter(|step| step.earns) {
                let Step { seat, own, done, left, .. } = *step;
                tally.earn(close, rule, seat, ground, *base, How::Difference { own, done, left });
            }
            if let (Some(watched), Some(below)) = (tally.watched, &below_watched)
                && let Some(why) = stairs.why_not(source, watched, &steps, below)
            {
                tally.note(rule, watched, ground, why);
            }
        }
    }

    /// The percentage beyond which nobody gets.
    pub(crate) fn highest(&self) -> Rate {
        self.top.min(self.ladder.top())
    }

    /// The most it pays of one unit of its base, all earners together, in parts per million. After a
    /// personal rule that pays on all of the same, only what goes beyond that rule's highest rate.
    pub(crate) fn ceiling(&self, rule: &Rule, rules: &[Rule]) -> u32 {
        let top = self.highest().ppm();
        let paid_before = self.after.as_ref().and_then(|after| personal(rules, after));
        let pays_on_the_same = |(before, personal): &(&Rule, &Personal)| {
            before.base == rule.base
                && personal.of == Buyers::Both
                && (before.products.is_none() || before.products == rule.products)
        };
        let before =
            paid_before.filter(pays_on_the_same).map_or(0, |(_, personal)| personal.bands.top().ppm());
        top.saturating_sub(before)
    }
}

/// The personal rule of this name that is decided at the close.
fn personal<'r>(rules: &'r [Rule], id: &RuleId) -> Option<(&'r Rule, &'r Personal)> {
    rules.iter().find(|rule| rule.id == *id).and_then(|rule| match rule.period_rule() {
        Some(PeriodRule::Personal(personal)) => Some((rule, personal)),
        _ => None,
    })
}

/// For every source what the rules that pay a floor of its volume to the first one above count as done,
/// together. A rule that has no base of the source pays no floor, so nothing is done by it.
fn floors(close: &Close<'_>, differential: &RuleId) -> PerSeat<Rate> {
    let mut floors = PerSeat::filled(Rate::ZERO, close.facts.people.len());
    for rule in close.plan.rules() {
        let Some(PeriodRule::SameLevel(same_level)) = rule.period_rule() else { continue };
        if !same_level.counts_as_done || same_level.of != *differential {
            continue;
        }
        for (source, _) in close.personal_base(rule).iter().filter(|(_, base)| base.is_positive()) {
            floors[source] = Rate::from_ppm(floors[source].ppm().saturating_add(same_level.rate.ppm()));
        }
    }
    floors
}

/// For everyone whether he stands below a partner.
fn everyone_below(tree: &Tree, seats: usize, partner: Seat) -> PerSeat<bool> {
    let mut below = PerSeat::filled(false, seats);
    for seat in tree.downward() {
        below[seat] = tree.parent(seat).is_some_and(|parent| parent == partner || below[parent]);
    }
    below
}

/// Everyone's percentage in a period, and how what is done rises from one to the next.
pub(super) struct Stairs<'c> {
    close: &'c Close<'c>,
    pay_self: bool,
    top: Rate,
    /// Everyone's own percentage.
    own: PerSeat<Rate>,
    /// Up to where somebody raises what is done; zero for the inactive.
    reach: PerSeat<Rate>,
    /// What is done of everyone's own volume before anybody is asked.
    begun: PerSeat<Rate>,
    /// The nearest one above who reaches higher, so that a walk skips all those who would get nothing:
    /// it makes no more steps than there are different percentages.
    higher: PerSeat<Option<Seat>>,
}

/// One who raises what is done of a source's volume.
struct Step {
    seat: Seat,
    own: Rate,
    /// Done below him.
    done: Rate,
    /// By how much he raises it.
    left: Rate,
    /// Whether it is he who earns it by the differential; no for a floor.
    earns: bool,
}

impl Step {
    fn raised(&self) -> Rate {
        Rate::from_ppm(self.done.ppm().saturating_add(self.left.ppm()))
    }
}

impl<'c> Stairs<'c> {
    pub(super) fn new(differential: &Differential, close: &'c Close<'c>) -> Self {
        let people = &close.facts.people;
        let own: PerSeat<Rate> =
            people.seats().map(|seat| close.percentage(&differential.ladder, seat)).collect();
        let reach = |(seat, own): (Seat, &Rate)| if may_earn(close, seat) { *own } else { Rate::ZERO };
        let reach: PerSeat<Rate> = own.iter().map(reach).map(|own| own.min(differential.top)).collect();
        let after = differential.after.as_ref().and_then(|after| personal(close.plan.rules(), after));
        let begun = match after {
            Some((_, personal)) => personal.percentages(close),
            None => PerSeat::filled(Rate::ZERO, people.len()),
        };
        let higher = higher(&close.rolled.tree, &reach);
        Self { close, pay_self: differential.pay_self, top: differential.top, own, reach, begun, higher }
    }

    /// The first one above a source, who may be inactive; his percentage, and what is done of the volume.
    pub(super) fn above(&self, source: Seat) -> Option<(Seat, Rate, Rate)> {
        let own = if self.pay_self { self.reach[source] } else { Rate::ZERO };
        let parent = self.close.rolled.tree.parent(source)?;
        Some((parent, self.own[parent].min(self.top), self.begun[source].max(own)))
    }

    /// Everyone who raises what is done of a source's volume, nearest first.
    fn up_from(&self, source: Seat, floor: Rate) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut done = self.begun[source];
        if self.pay_self {
            done = self.step(source, done, &mut steps);
        }
        if floor > Rate::ZERO
            && done < self.top
            && let Some((seat, own, below)) = self.above(source)
            && leaves_nothing(own, below)
            && may_earn(self.close, seat)
        {
            let left = Rate::from_ppm(floor.ppm().min(self.top.ppm() - done.ppm()));
            let step = Step { seat, own: self.own[seat], done, left, earns: false };
            done = step.raised();
            steps.push(step);
        }
        let mut above = self.close.rolled.tree.parent(source);
        while let Some(seat) = above.filter(|_| done < self.top) {
            done = self.step(seat, done, &mut steps);
            above = self.higher[seat];
        }
        steps
    }

    /// Lets one raise what is done, if he reaches higher. Returns what is done then.
    fn step(&self, seat: Seat, done: Rate, steps: &mut Vec<Step>) -> Rate {
        let reach = self.reach[seat];
        if reach <= done {
            return done;
        }
        let left = Rate::from_ppm(reach.ppm() - done.ppm());
        steps.push(Step { seat, own: self.own[seat], done, left, earns: true });
        reach
    }

    /// Why the watched one gets nothing of a source's volume; `None` where he does not stand above him,
    /// or where the tally says it.
    fn why_not(&self, source: Seat, watched: Seat, steps: &[Step], below: &PerSeat<bool>) -> Option<Why> {
        let is_asked = below[source] || (self.pay_self && source == watched);
        if !is_asked {
            return None;
        }
        let own_step = steps.iter().find(|step| step.seat == watched);
        if own_step.is_some_and(|step| step.earns) {
            return None;
        }
        let last_below = steps.iter().rev().find(|step| below[step.seat]).map(Step::raised);
        let done = last_below.unwrap_or(self.begun[source]);
        let own = self.own[watched].min(self.top);
        Some(if own > done { Why::Inactive } else { Why::NoDifference { own, done } })
    }
}

/// Whether the differential leaves nothing of a volume of which something is done already.
pub(super) fn leaves_nothing(own: Rate, done: Rate) -> bool {
    done > Rate::ZERO && own <= done
}

/// Whether one raises what is done: the held do, though they are not paid.
fn may_earn(close: &Close<'_>, seat: Seat) -> bool {
    close.facts.people[seat].standing != Standing::Inactive
}

/// For everyone the nearest one above who reaches higher than he.
fn higher(tree: &Tree, reach: &PerSeat<Rate>) -> PerSeat<Option<Seat>> {
    let mut higher: PerSeat<Option<Seat>> = PerSeat::filled(None, reach.len());
    for seat in tree.downward() {
        let mut above = tree.parent(seat);
        while let Some(lower) = above.filter(|above| reach[*above] <= reach[seat]) {
            above = higher[lower];
        }
        higher[seat] = above;
    }
    higher
}
