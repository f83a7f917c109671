//! What many networks say together.

use std::cmp::Reverse;

use domain::money::{Money, Rate, Rounding};
use plan::{Base, CapScope, PeriodRule, Plan, Ratio, Rule};
use serde::Serialize;

use super::{Run, Settings};
use crate::backtest::Figures;

/// What a plan gives over networks that are made up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Simulation {
    /// Which plan.
    pub plan: String,
    /// The SHA-256 of its text, as hexadecimal digits.
    pub plan_hash: String,
    /// The networks.
    pub settings: Settings,
    /// The plan's cap as a share of turnover, where it has one.
    pub cap: Option<Ratio>,
    /// Month by month over all networks.
    pub months: Vec<MonthBand>,
    /// What is paid of the turnover of all months.
    pub of_turnover: RatioSpread,
    /// What is paid of the margin of all months; `None` without a margin.
    pub of_margin: Option<RatioSpread>,
    /// What the rates promise of the turnover of all months, without any cap.
    pub promised: RatioSpread,
    /// What is paid in all.
    pub cost: MoneySpread,
    /// What the caps cut of what is promised: each kopeck once, though what is carried over may be cut
    /// again.
    pub cut: RatioSpread,
    /// What of the pools nobody got, of the turnover; `None` where the plan has no pool.
    pub pool_left: Option<RatioSpread>,
    /// Promises pass the plan's cap, so it cuts: those of some order where it is of an order, those of
    /// the month where it is of a period. `None` without a cap.
    pub promises_pass_cap: Option<Chance>,
    /// What is paid passes the plan's cap; `None` without a cap.
    pub paid_passes_cap: Option<Chance>,
    /// The cap of a partner holds somebody; `None` without one.
    pub partner_cap_cuts: Option<Chance>,
    /// The cap of a partner; `None` without one.
    pub partner_cap: Option<Money>,
    /// What is paid passes the limit that was asked about.
    pub paid_passes_limit: Option<Chance>,
    /// Which share of all partners earns anything.
    pub earners: RatioSpread,
    /// Which share of all that is paid goes to the tenth of partners who get most.
    pub top_tenth: RatioSpread,
}

/// One month over all networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MonthBand {
    /// Which, from 1.
    pub month: u32,
    /// The turnover.
    pub turnover: MoneySpread,
    /// What is paid of it.
    pub of_turnover: RatioSpread,
    /// What is promised of it.
    pub promised: RatioSpread,
}

/// How a share spreads over networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RatioSpread {
    /// The least.
    pub min: Ratio,
    /// One network of twenty is below.
    pub p5: Ratio,
    /// Half are below.
    pub median: Ratio,
    /// One of twenty is above.
    pub p95: Ratio,
    /// The greatest.
    pub max: Ratio,
}

/// How a sum spreads over networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MoneySpread {
    /// The least.
    pub min: Money,
    /// One network of twenty is below.
    pub p5: Money,
    /// Half are below.
    pub median: Money,
    /// One of twenty is above.
    pub p95: Money,
    /// The greatest.
    pub max: Money,
}

/// In how many networks something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Chance {
    /// In at least one month.
    pub in_a_month: u32,
    /// As a share of all networks.
    pub in_a_month_share: Ratio,
    /// Over all months together.
    pub over_all: u32,
    /// As a share of all networks.
    pub over_all_share: Ratio,
}

impl Simulation {
    pub(super) fn of(plan: &Plan, settings: &Settings, runs: &[Run]) -> Self {
        let totals = || runs.iter().map(|run| &run.outcome.total);
        let cap = plan.cap().copied();
        let above_cap = |of: fn(&Figures) -> Money| {
            let cap = cap?;
            Some(Chance::of(runs, |figures| {
                of(figures) > cap.percent.of(base(cap.of, figures), Rounding::Down)
            }))
        };
        let has_margin = settings.margin > Rate::ZERO;
        Self {
            plan: plan.name().to_owned(),
            plan_hash: hex::encode(plan.hash()),
            settings: settings.clone(),
            cap: cap.map(|cap| match cap.of {
                Base::Turnover | Base::Volume => Ratio::from(cap.percent),
                Base::Margin => {
                    ratio(i64::from(cap.percent.ppm()) * i64::from(settings.margin.ppm()), 1_000_000_000_000)
                }
            }),
            months: (1..=settings.months)
                .zip(0..)
                .map(|(month, place)| MonthBand::of(month, place, runs))
                .collect(),
            of_turnover: RatioSpread::of(totals().map(paid_of_turnover)),
            of_margin: has_margin.then(|| {
                RatioSpread::of(totals().map(|total| ratio(total.paid.minor(), total.margin.minor())))
            }),
            promised: RatioSpread::of(totals().map(promised_of_turnover)),
            cost: MoneySpread::of(totals().map(|total| total.paid)),
            cut: RatioSpread::of(totals().map(|total| ratio(total.cap.amount.minor(), total.raw.minor()))),
            pool_left: plan.rules().iter().any(is_pool).then(|| {
                RatioSpread::of(totals().map(|total| ratio(total.pool_left.minor(), total.turnover.minor())))
            }),
            partner_cap_cuts: plan
                .partner_cap()
                .map(|_| Chance::of(runs, |figures| figures.cap.partners > 0)),
            partner_cap: plan.partner_cap().map(|cap| cap.amount),
            promises_pass_cap: match cap {
                Some(cap) if cap.scope == CapScope::Order => {
                    Some(Chance::of(runs, |figures| figures.cap.orders > 0))
                }
                _ => above_cap(|figures| figures.raw),
            },
            paid_passes_cap: above_cap(|figures| figures.paid),
            paid_passes_limit: settings.limit.map(|limit| {
                Chance::of(runs, |figures| figures.paid > limit.of(figures.turnover, Rounding::Down))
            }),
            earners: RatioSpread::of(runs.iter().map(earners)),
            top_tenth: RatioSpread::of(runs.iter().map(top_tenth)),
        }
    }
}

fn is_pool(rule: &Rule) -> bool {
    matches!(rule.period_rule(), Some(PeriodRule::Pool(_)))
}

/// What a cap is a share of.
fn base(of: Base, figures: &Figures) -> Money {
    match of {
        Base::Turnover => figures.turnover,
        Base::Margin => figures.margin.max(Money::ZERO),
        Base::Volume => figures.points,
    }
}

/// A share; zero where there is nothing to take a share of.
fn ratio(part: i64, whole: i64) -> Ratio {
    Ratio::of(part, whole).unwrap_or_else(|| Ratio::from(Rate::ZERO))
}

fn paid_of_turnover(figures: &Figures) -> Ratio {
    ratio(figures.paid.minor(), figures.turnover.minor())
}

fn promised_of_turnover(figures: &Figures) -> Ratio {
    ratio(figures.raw.minor(), figures.turnover.minor())
}

fn earners(run: &Run) -> Ratio {
    let earning = run.outcome.partners.iter().filter(|partner| partner.total.is_positive()).count();
    ratio(count(earning), i64::try_from(run.partners).unwrap_or(i64::MAX))
}

fn top_tenth(run: &Run) -> Ratio {
    let mut earned: Vec<i64> = run.outcome.partners.iter().map(|partner| partner.total.minor()).collect();
    earned.sort_unstable_by_key(|earned| Reverse(*earned));
    let tenth = usize::try_from(run.partners.div_ceil(10)).unwrap_or(usize::MAX);
    ratio(earned.iter().take(tenth).sum(), earned.iter().sum())
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl MonthBand {
    fn of(month: u32, place: usize, runs: &[Run]) -> Self {
        let figures = || {
            runs.iter()
                .map(move |run| run.outcome.months.get(place).map(|month| month.figures).unwrap_or_default())
        };
        Self {
            month,
            turnover: MoneySpread::of(figures().map(|figures| figures.turnover)),
            of_turnover: RatioSpread::of(figures().map(|figures| paid_of_turnover(&figures))),
            promised: RatioSpread::of(figures().map(|figures| promised_of_turnover(&figures))),
        }
    }
}

/// The least, those at 5, 50 and 95 of a hundred, and the greatest; each by the nearest rank: the least
/// value that so many of a hundred do not pass. So with few networks 95 is the greatest itself.
fn marks<T: Ord + Copy>(values: impl Iterator<Item = T>, none: T) -> [T; 5] {
    let mut sorted: Vec<T> = values.collect();
    sorted.sort_unstable();
    let rank = |part: usize| (sorted.len() * part).div_ceil(100).max(1) - 1;
    [0, 5, 50, 95, 100].map(|part| sorted.get(rank(part)).copied().unwrap_or(none))
}

impl RatioSpread {
    fn of(values: impl Iterator<Item = Ratio>) -> Self {
        let [min, p5, median, p95, max] = marks(values, Ratio::from(Rate::ZERO));
        Self { min, p5, median, p95, max }
    }
}

impl MoneySpread {
    fn of(values: impl Iterator<Item = Money>) -> Self {
        let [min, p5, median, p95, max] = marks(values, Money::ZERO);
        Self { min, p5, median, p95, max }
    }
}

impl Chance {
    fn of(runs: &[Run], happens: impl Fn(&Figures) -> bool) -> Self {
        let in_a_month =
            runs.iter().filter(|run| run.outcome.months.iter().any(|month| happens(&month.figures))).count();
        let over_all = runs.iter().filter(|run| happens(&run.outcome.total)).count();
        let share = |number| ratio(count(number), count(runs.len()));
        let whole = |number| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            in_a_month: whole(in_a_month),
            in_a_month_share: share(in_a_month),
            over_all: whole(over_all),
            over_all_share: share(over_all),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        assert_eq!(marks(1..=100, 0), [1, 5, 50, 95, 100]);
        assert_eq!(marks(1..=20, 0), [1, 1, 10, 19, 20]);
        assert_eq!(marks(1..=10, 0), [1, 1, 5, 10, 10], "nine and a half of ten are ten");
        assert_eq!(marks(1..=3, 0), [1, 1, 2, 3, 3]);
        assert_eq!(marks(std::iter::once(7), 0), [7; 5]);
        assert_eq!(marks(std::iter::empty(), 9), [9; 5]);
    }
}
