//! The close of a period: what everyone qualified for, and what the period's rules pay.
//!
//! Two steps, each pure: [`qualify`] finds volumes and ranks, [`pay`] runs the rules over them. The
//! preview of an open period and the back-test of a plan call the same two functions.

pub(crate) mod caps;
mod facts;
pub(crate) mod placement;
mod roll_up;
mod seats;
mod standings;
mod tally;
mod tree;
pub(crate) mod uplines;
mod volumes;
mod way;

use std::cell::OnceCell;

use domain::money::Money;

pub use facts::{Bought, Carried, Carry, CarryKey, CloseFacts, Commission, Participant, SeatedOrder};
pub use placement::Fill;
pub use seats::{PerSeat, Seat};
pub use standings::{Condition, Leg, NextRank, Qualified, Requirement};
pub use tally::{Awarded, Cut, How, Line, Note, Source, Unpaid, UnpaidReason, Why};

pub(crate) use tally::{Ground, Tally};
pub(crate) use tree::Tree;
pub(crate) use volumes::Volumes;
pub(crate) use way::SeatWay;

use crate::ladder::{Ladder, Measure};
use crate::plan::Plan;
use crate::rules::{PeriodRule, Rule};
use roll_up::RollUp;

/// Why a period cannot be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CloseError {
    /// The sponsors of some partners form a ring, or those who invited them do.
    #[error("the way up from some partners never ends")]
    EndlessUpline,
}

/// What the rules of a period pay.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Paid {
    /// Who earns what of whom, in the order of rules, earners and sources.
    pub lines: Vec<Line>,
    /// What was reckoned and is not paid, with the reason.
    pub unpaid: Vec<Unpaid>,
    /// What the caps of the period take back of what orders paid, by rule, earner and reason.
    pub cuts: Vec<Cut>,
    /// Things that were earned.
    pub awards: Vec<Awarded>,
    /// What goes to the next period.
    pub carried: Carried,
    /// Why the watched partner did not get more.
    pub notes: Vec<Note>,
}

/// A period as the rules see it.
pub(crate) struct Close<'f> {
    pub(crate) plan: &'f Plan,
    pub(crate) facts: &'f CloseFacts<'f>,
    /// The tree of sponsors as it is.
    pub(crate) sponsors: Tree,
    /// Who personally invited whom.
    pub(crate) inviters: Tree,
    /// The tree after the roll-up, and where volume lands.
    pub(crate) rolled: RollUp,
    /// What was bought, in the unit of qualification.
    pub(crate) bought: Volumes,
    pub(crate) qualified: OnceCell<PerSeat<Qualified>>,
}

/// Finds everyone's volumes and ranks.
///
/// # Errors
/// [`CloseError::EndlessUpline`] if the sponsors or the inviters form a ring.
pub fn qualify(plan: &Plan, facts: &CloseFacts<'_>) -> Result<PerSeat<Qualified>, CloseError> {
    Ok(standings::qualify(&Close::new(plan, facts)?))
}

/// What one partner still needs for the next rank above the one he is paid as; ranks that only staff give
/// are passed over. `None` if there is no such rank, or if staff decide his.
///
/// `qualified` is what [`qualify`] found for the same facts. `explain::next_rank` says it in words.
///
/// # Errors
/// [`CloseError::EndlessUpline`] if the sponsors form a ring.
pub fn missing(
    plan: &Plan,
    facts: &CloseFacts<'_>,
    qualified: &PerSeat<Qualified>,
    seat: Seat,
) -> Result<Option<NextRank>, CloseError> {
    Ok(standings::next(&Close::new(plan, facts)?, qualified, seat))
}

/// Runs the rules of the period over what [`qualify`] found.
///
/// Amounts are exact fractions rounded once, as the plan says, for each earner and source; then the caps
/// cut: each rule's own as soon as it has run, then each partner's, the rules' and the company's over
/// everything (see the module of caps). `watched` is the partner for whom it is written down why he did not get more.
///
/// # Errors
/// [`CloseError::EndlessUpline`] if the sponsors or the inviters form a ring.
pub fn pay(
    plan: &Plan,
    facts: &CloseFacts<'_>,
    qualified: &PerSeat<Qualified>,
    watched: Option<Seat>,
) -> Result<Paid, CloseError> {
    let close = Close::new(plan, facts)?;
    let _ = close.qualified.set(qualified.clone());
    let mut tally = Tally { watched, commissions: facts.commissions.clone(), ..Tally::default() };
    caps::give_carried(&close, &mut tally);
    for rule in plan.rules() {
        if let Some(kind) = rule.period_rule() {
            run(&close, rule, kind, &mut tally);
        }
        caps::of_rule(&close, rule, &mut tally);
    }
    caps::of_plan(&close, &mut tally);
    let Tally { lines, unpaid, cuts, awards, carried, notes, .. } = tally;
    Ok(Paid { lines, unpaid, cuts, awards, carried, notes })
}

fn run(close: &Close<'_>, rule: &Rule, kind: &PeriodRule, tally: &mut Tally) {
    match kind {
        PeriodRule::Level(climb) => crate::rules::level::run(climb, close, rule, tally),
        PeriodRule::Personal(personal) => personal.run(close, rule, tally),
        PeriodRule::Matching(matching) => matching.run(close, rule, tally),
        PeriodRule::Differential(differential) => differential.run(close, rule, tally),
        PeriodRule::SameLevel(same_level) => same_level.run(close, rule, tally),
        PeriodRule::Generation(generation) => generation.run(close, rule, tally),
        PeriodRule::Infinity(infinity) => infinity.run(close, rule, tally),
        PeriodRule::Breakaway(breakaway) => breakaway.run(close, rule, tally),
        PeriodRule::Pool(pool) => pool.run(close, rule, tally),
        PeriodRule::RankAdvance(rank_advance) => rank_advance.run(close, rule, tally),
        PeriodRule::Award(award) => award.run(close, rule, tally),
        PeriodRule::Binary(binary) => binary.run(close, rule, tally),
        PeriodRule::Matrix(matrix) => matrix.run(close, rule, tally),
    }
}

impl<'f> Close<'f> {
    fn new(plan: &'f Plan, facts: &'f CloseFacts<'f>) -> Result<Self, CloseError> {
        let sponsors = Tree::new(facts.people.map(|person| person.sponsor))?;
        let inviters = Tree::new(facts.people.map(|person| person.inviter))?;
        let bought = Volumes::of_qualification(plan.qualify_by(), facts);
        let unrolled = bought.of(crate::rules::Buyers::Both);
        let rolled = RollUp::new(&sponsors, &unrolled, plan.roll_up().map(|volume| volume.0))?;
        Ok(Self { plan, facts, sponsors, inviters, rolled, bought, qualified: OnceCell::new() })
    }

    /// How everyone stands.
    pub(crate) fn qualified(&self) -> &PerSeat<Qualified> {
        self.qualified.get_or_init(|| standings::qualify(self))
    }

    /// The rank somebody is paid as.
    pub(crate) fn rank(&self, seat: Seat) -> Option<&'f str> {
        let place = self.qualified()[seat].paid_as?;
        self.plan.ranks().get(place).map(|rank| rank.name.as_str())
    }

    /// Somebody's base under a rule: own purchases and his customers', with what rolled up to him.
    pub(crate) fn personal_base(&self, rule: &Rule) -> PerSeat<Money> {
        let volumes = Volumes::of_rule(self.plan, rule, self.facts);
        self.rolled.joined(&volumes.of(crate::rules::Buyers::Both)).map(|minor| Money::from_minor(*minor))
    }

    /// A measure of somebody.
    pub(crate) fn measure(&self, measure: Measure, seat: Seat) -> i64 {
        self.qualified()[seat].measure(measure)
    }

    /// Somebody's own percentage.
    pub(crate) fn percentage(&self, ladder: &Ladder, seat: Seat) -> domain::money::Rate {
        match ladder {
            Ladder::Bands(measure, bands) => bands.at(domain::catalog::Volume(self.measure(*measure, seat))),
            Ladder::Ranks(rates) => {
                let of_rank = |rank| rates.iter().find(|(name, _)| name == rank).map(|(_, rate)| *rate);
                self.rank(seat).and_then(of_rank).unwrap_or(domain::money::Rate::ZERO)
            }
        }
    }
}
