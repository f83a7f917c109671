//! From the walks of the rules to money: shares, breakage, and everyone's outcome.

use std::borrow::Cow;

use domain::accrual::{Accruals, Breakage, BreakageReason, Outcome, Share, Step, Walk};
use domain::money::{Money, Rate, Rounding};
use domain::partner::PartnerCode;

use crate::cap::{CapMode, CapScope, Claim};
use crate::climb::{Climb, Climbed, Fate, Meeting, Passed};
use crate::compression::Verdict;
use crate::plan::Plan;
use crate::rules::Rule;

/// One rule's walk over an order.
pub(crate) struct Path<'p> {
    pub(crate) rule: &'p Rule,
    pub(crate) base: Money,
    pub(crate) climb: Cow<'p, Climb>,
    pub(crate) climbed: Climbed,
}

/// A level that somebody earns; the raw amount is above zero.
struct Earning<'p> {
    path: usize,
    level: u16,
    step: usize,
    code: &'p PartnerCode,
    rate: Rate,
    raw: Money,
    paid: Money,
}

/// Everything about one order, with no more paid than the limit.
pub(crate) fn accruals(plan: &Plan, paths: &[Path<'_>], limit: Option<Money>) -> Accruals {
    let mut earnings: Vec<Earning<'_>> = Vec::new();
    for (index, path) in paths.iter().enumerate() {
        let mut own: Vec<Earning<'_>> = path.earnings(index, plan).collect();
        if let Some(cap) = path.rule.cap_over(CapScope::Order) {
            cut(cap.mode, cap.percent.of(path.base, Rounding::Down), &mut own, paths);
        }
        earnings.extend(own);
    }
    if let (Some(cap), Some(limit)) = (plan.cap(), limit) {
        cut(cap.mode, limit, &mut earnings, paths);
    }
    let mut accruals = Accruals { cap: limit, ..Accruals::default() };
    for (index, path) in paths.iter().enumerate() {
        let own: Vec<&Earning<'_>> = earnings.iter().filter(|earning| earning.path == index).collect();
        path.report(plan, &own, &mut accruals);
    }
    assert!(
        accruals.paid() + accruals.broken() == accruals.maximum,
        "what is paid and what is not sum to what the rates promise"
    );
    accruals
}

/// Cuts earnings to what together they may be. Who has nothing left claims nothing.
fn cut(mode: CapMode, limit: Money, earnings: &mut [Earning<'_>], paths: &[Path<'_>]) {
    let mut left: Vec<&mut Earning<'_>> =
        earnings.iter_mut().filter(|earning| earning.paid.is_positive()).collect();
    let path = |index: usize| paths.get(index).expect("an earning is of one of the paths");
    let claims: Vec<Claim<&PartnerCode>> =
        left.iter().map(|earning| earning.claim(path(earning.path))).collect();
    let parts = mode.cut(limit, &claims);
    for (earning, paid) in left.iter_mut().zip(parts) {
        earning.paid = paid;
    }
}

impl Path<'_> {
    fn earnings<'a>(&'a self, path: usize, plan: &'a Plan) -> impl Iterator<Item = Earning<'a>> {
        (1..).zip(&self.climbed.fates).filter_map(move |(level, fate)| {
            let Fate::Earned { step, rate } = *fate else {
                return None;
            };
            let code = &self.climbed.steps.get(step)?.code;
            let raw = rate.of(self.base, plan.rounding);
            raw.is_positive().then_some(Earning { path, level, step, code, rate, raw, paid: raw })
        })
    }

    /// Adds this rule's part; its earnings are in order of level.
    fn report(&self, plan: &Plan, earnings: &[&Earning<'_>], accruals: &mut Accruals) {
        for earning in earnings.iter().filter(|earning| earning.paid.is_positive()) {
            accruals.shares.extend(self.share(earning));
        }
        for (level, fate) in (1..).zip(&self.climbed.fates) {
            let promised = self.climb.rates.greatest(level).of(self.base, plan.rounding);
            accruals.maximum += promised;
            let earned = earnings.iter().find(|earning| earning.level == level);
            let lost = match *fate {
                Fate::Untaken(reason) | Fate::Burnt(reason) => vec![(reason, promised)],
                Fate::Held { rate, .. } => {
                    let held = rate.of(self.base, plan.rounding);
                    vec![(BreakageReason::BelowRank, promised - held), (BreakageReason::Held, held)]
                }
                Fate::Earned { .. } => {
                    let (raw, paid) =
                        earned.map_or((Money::ZERO, Money::ZERO), |earning| (earning.raw, earning.paid));
                    vec![(BreakageReason::BelowRank, promised - raw), (BreakageReason::OverCap, raw - paid)]
                }
            };
            let breakage = |(reason, amount)| Breakage { rule: self.rule.id.clone(), level, reason, amount };
            accruals
                .breakage
                .extend(lost.into_iter().filter(|(_, amount)| amount.is_positive()).map(breakage));
        }
        let steps = (0..).zip(&self.climbed.steps).map(|(index, passed)| {
            let earning = earnings.iter().find(|earning| earning.step == index).copied();
            passed.step(outcome(passed.meeting, earning))
        });
        accruals.walks.push(Walk { rule: self.rule.id.clone(), base: self.base, steps: steps.collect() });
    }

    fn share(&self, earning: &Earning<'_>) -> Option<Share> {
        Some(Share {
            rule: self.rule.id.clone(),
            earner: self.climbed.steps.get(earning.step)?.partner,
            level: earning.level,
            base: self.base,
            rate: earning.rate,
            raw: earning.raw,
            paid: earning.paid,
        })
    }
}

impl<'p> Earning<'p> {
    /// It weighs its exact amount in millionths of a kopeck; once a cap has cut it, what is left of it.
    fn claim(&self, path: &Path<'_>) -> Claim<&'p PartnerCode> {
        let (minor, ppm) = if self.paid < self.raw {
            (self.paid, Rate::WHOLE_PPM)
        } else {
            (path.base, i128::from(self.rate.ppm()))
        };
        Claim {
            rule: self.path,
            priority: path.rule.priority,
            level: self.level,
            code: self.code,
            weight: i128::from(minor.minor()) * ppm,
            amount: self.paid,
        }
    }
}

impl Passed {
    fn step(&self, outcome: Outcome) -> Step {
        Step {
            partner: self.partner,
            code: self.code.clone(),
            distance: u32::try_from(self.distance).unwrap_or(u32::MAX),
            level: self.level,
            outcome,
        }
    }
}

fn outcome(meeting: Meeting, earning: Option<&Earning<'_>>) -> Outcome {
    let verdict = match meeting {
        Meeting::Buyer => return Outcome::Buyer,
        Meeting::TooLate => return Outcome::NoMoreLevels,
        Meeting::Asked(verdict) => verdict,
    };
    match (verdict, earning) {
        (Verdict::Earns(rate), None) => Outcome::RoundsToZero { rate },
        (Verdict::Earns(_), Some(earning)) if earning.paid.is_zero() => Outcome::OverCap { raw: earning.raw },
        (Verdict::Earns(rate), Some(earning)) => Outcome::Paid { rate, raw: earning.raw, paid: earning.paid },
        (Verdict::Held(_), _) => Outcome::Held,
        (Verdict::Inactive, _) => Outcome::SkippedInactive,
        (Verdict::Closed { needs, has }, _) => Outcome::LevelClosed { needs, has },
        (Verdict::NoRate | Verdict::NotCounted, _) => Outcome::BelowRank,
    }
}
