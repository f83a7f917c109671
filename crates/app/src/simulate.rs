//! The rehearsal of a plan on networks that are made up: how much it costs, and how likely it breaks its
//! cap.
//!
//! Many networks grow month by month from seeded dice; each is paid by the engine of the books, as a
//! back-test is. One seed gives the same figures on any number of threads. The dice are whole numbers too:
//! no float comes near a sum.

mod chart;
mod summary;
mod world;

use std::num::NonZero;
use std::sync::Arc;

use domain::money::{Money, Rate};
use domain::period::Period;
use plan::Plan;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde::Serialize;
use sha2::{Digest, Sha256};

pub use chart::svg;
pub use summary::{Chance, MoneySpread, MonthBand, RatioSpread, Simulation};

use crate::backtest::{Backtest, BacktestError, Course, Months};
use world::World;

/// The networks to make up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// From which the dice start.
    pub seed: u64,
    /// How many networks.
    pub runs: u32,
    /// For how many months each.
    pub months: u32,
    /// With how many partners each begins.
    pub start: u32,
    /// By which share it grows each month.
    pub growth: Rate,
    /// How likely a newcomer comes by one who has invited many already, rather than by anybody.
    pub preference: Rate,
    /// How likely a partner pays for his activity in a month.
    pub activity: Rate,
    /// How likely a partner buys in a month.
    pub buyers: Rate,
    /// The average order.
    pub average: Money,
    /// The margin as a share of the price.
    pub margin: Rate,
    /// How likely a purchase is an outside customer's whom the partner brought.
    pub customers: Rate,
    /// The share of turnover to hold what is paid against, beside the plan's own cap.
    pub limit: Option<Rate>,
}

impl Settings {
    /// How many partners a network has at its end, about.
    pub fn partners_at_end(&self) -> u64 {
        let grown = |partners: u64, _| {
            partners.saturating_add(partners.saturating_mul(u64::from(self.growth.ppm())) / 1_000_000)
        };
        (1..self.months).fold(u64::from(self.start), grown)
    }
}

/// The month in which every network begins; nothing depends on the year.
const FIRST: &str = "2026-01";

/// What one network came to.
struct Run {
    outcome: Backtest,
    partners: u64,
}

/// Runs a plan over the networks, on so many threads at most.
///
/// # Errors
/// [`BacktestError`] if the engine cannot reckon a network under the plan.
pub fn simulate(
    plan: &Arc<Plan>,
    settings: &Settings,
    threads: NonZero<usize>,
) -> Result<Simulation, BacktestError> {
    let threads = u32::try_from(threads.get()).unwrap_or(u32::MAX).min(settings.runs.max(1));
    let parts: Vec<Result<Vec<Run>, BacktestError>> = std::thread::scope(|scope| {
        // Every thread takes each so manieth network, so that all end at about the same time.
        let work = |first: u32| {
            (first..settings.runs)
                .step_by(usize::try_from(threads).unwrap_or(1))
                .map(|number| run(plan, settings, number))
                .collect()
        };
        let running: Vec<_> = (0..threads).map(|first| scope.spawn(move || work(first))).collect();
        let joined = running.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined.map(|part| part.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    let runs: Vec<Run> = parts.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    Ok(Simulation::of(plan, settings, &runs))
}

/// One network: it depends on the seed and on its own number only.
fn run(plan: &Arc<Plan>, settings: &Settings, number: u32) -> Result<Run, BacktestError> {
    let mut seed = Sha256::new();
    seed.update(settings.seed.to_le_bytes());
    seed.update(number.to_le_bytes());
    let dice = StdRng::from_seed(seed.finalize().into());
    let first: Period = FIRST.parse().expect("a literal month");
    let mut world = World::new(plan, settings, dice);
    let mut last = first;
    for month in 0..settings.months {
        if month > 0 {
            last = last.next();
        }
        world.month(last);
    }
    let partners = world.partners();
    let outcome = Course::run(plan, &world.history(), Months { first, last }, NonZero::<usize>::MIN)?;
    Ok(Run { outcome, partners })
}
