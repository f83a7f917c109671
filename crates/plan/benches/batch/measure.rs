//! One measurement of the engine, in this process.

use std::hint::black_box;
use std::num::NonZero;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use plan::Plan;
use plan::batch::{Totals, compute};

use crate::history::{self, Activity};

const TWELVE: &str = include_str!("../../../../plans/nanorem-12.toml");

/// What is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Job {
    /// Levels and compression only, nobody's activity changes.
    Steady,
    /// All of nanorem-12, nobody's activity changes.
    SteadyWhole,
    /// All of nanorem-12, activity is dated.
    Whole,
}

impl Job {
    pub(crate) const ALL: [Self; 3] = [Self::Steady, Self::SteadyWhole, Self::Whole];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Steady => "one state, levels and compression",
            Self::SteadyWhole => "one state, with unlock and cap",
            Self::Whole => "dated activity, with unlock and cap",
        }
    }

    pub(crate) const fn activity(self) -> Activity {
        match self {
            Self::Steady | Self::SteadyWhole => Activity::Steady,
            Self::Whole => Activity::Dated,
        }
    }

    fn plan(self) -> Plan {
        let text = match self {
            Self::Steady => without_unlock_and_cap(),
            Self::SteadyWhole | Self::Whole => TWELVE.to_owned(),
        };
        Plan::parse("nanorem-12.toml", &text).expect("the shipped plan is right").plan
    }
}

/// The shipped plan with these taken out.
fn without_unlock_and_cap() -> String {
    let (head, rest) = TWELVE.split_once("[cap]").expect("it has a cap");
    let (_, rules) = rest.split_once("[[rules]]").expect("it has a rule");
    let kept = rules.lines().filter(|line| !line.starts_with("unlock") && !line.starts_with("closed_level"));
    format!("{head}[[rules]]{}", kept.collect::<Vec<_>>().join("\n"))
}

/// What came of a measurement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    pub(crate) orders: u32,
    /// Telling the orders, inventing them included, until they can be computed.
    pub(crate) told: Duration,
    /// The median of several runs.
    pub(crate) computed: Duration,
    /// What processors spent on one run, on average: on a busy machine the steadier figure.
    pub(crate) processors: Duration,
    pub(crate) sums: Sums,
    /// The most memory the process ever had, in bytes.
    pub(crate) peak: u64,
}

/// By which two programs see that they computed the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) accruals: u64,
    pub(crate) paid: i64,
    /// Of everyone's kopecks times his seat's remainder by 1009, plus one.
    pub(crate) weighed: i128,
}

impl Sums {
    fn of(totals: &Totals) -> Self {
        let weighed = (0i128..)
            .zip(&totals.earned)
            .map(|(seat, earned)| (seat % 1009 + 1) * i128::from(earned.minor()));
        Self { accruals: totals.accruals, paid: totals.paid().minor(), weighed: weighed.sum() }
    }
}

const RUNS: usize = 5;

/// Measures and prints what [`parse`] reads.
pub(crate) fn print(job: &str, partners: &str, orders: &str, threads: &str) -> anyhow::Result<()> {
    let job = Job::ALL.into_iter().find(|known| format!("{known:?}") == job).context("no such job")?;
    let orders: u32 = orders.parse()?;
    let threads: NonZero<usize> = threads.parse()?;
    let plan = job.plan();
    let company = history::company(partners.parse()?, job.activity())?;
    let start = Instant::now();
    let book = history::book(&company, &plan, orders)?;
    let told = start.elapsed();
    let mut spans = Vec::new();
    let mut sums = None;
    let before = processor_time()?;
    for _ in 0..RUNS {
        let start = Instant::now();
        let totals = compute(&plan, &company, black_box(&book), threads)?;
        spans.push(start.elapsed());
        let again = Sums::of(&totals);
        if sums.replace(again).is_some_and(|before| before != again) {
            bail!("two runs differ");
        }
    }
    let processors = processor_time()?.saturating_sub(before).as_micros() / RUNS as u128;
    spans.sort_unstable();
    let computed = spans.get(RUNS / 2).context("some runs")?.as_micros();
    let sums = sums.context("some runs")?;
    let Sums { accruals, paid, weighed } = sums;
    println!("{orders} {} {computed} {processors} {accruals} {paid} {weighed} {}", told.as_micros(), peak()?);
    Ok(())
}

/// Reads what [`print`] prints.
pub(crate) fn parse(line: &str) -> anyhow::Result<Measured> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [orders, told, computed, processors, accruals, paid, weighed, peak] = words.as_slice() else {
        bail!("a measurement printed {line:?}");
    };
    Ok(Measured {
        orders: orders.parse()?,
        told: Duration::from_micros(told.parse()?),
        computed: Duration::from_micros(computed.parse()?),
        processors: Duration::from_micros(processors.parse()?),
        sums: Sums { accruals: accruals.parse()?, paid: paid.parse()?, weighed: weighed.parse()? },
        peak: peak.parse()?,
    })
}

/// What all threads of this process, those that ended too, spent in user mode; Linux counts hundredths.
fn processor_time() -> anyhow::Result<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, after_name) = stat.rsplit_once(") ").context("no name in /proc/self/stat")?;
    let ticks: u64 = after_name.split(' ').nth(11).context("no user time in /proc/self/stat")?.parse()?;
    Ok(Duration::from_millis(ticks * 10))
}

/// Linux tells the peak in KiB.
fn peak() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib * 1024)
}
