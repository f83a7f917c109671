//! The report: the engine by itself, its curve, and its peers.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, ensure};

use crate::measure::{self, Job, Measured};
use crate::peers;

const PARTNERS: u32 = 1_000_000;
const ORDERS: u32 = 10_000_000;

/// Measures everything and prints it as it comes.
pub(crate) fn all(peer_orders: u32) -> anyhow::Result<()> {
    println!(
        "{PARTNERS} partners, {ORDERS} orders, nanorem-12; medians of five runs, all orders told before\n"
    );
    head();
    for job in Job::ALL {
        for threads in [1, 2] {
            row(job.name(), threads, &measure(job, PARTNERS, ORDERS, threads)?);
        }
    }
    println!("\nThe curve: ten orders a partner, dated activity, with unlock and cap\n");
    head();
    for orders in [10_000, 100_000, 1_000_000, 10_000_000] {
        row("", 2, &measure(Job::Whole, orders / 10, orders, 2)?);
    }
    println!("\nThe same job elsewhere: dated activity, with unlock and cap, {PARTNERS} partners\n");
    against(&[("DuckDB", "in_duckdb.py"), ("Polars", "in_polars.py")], peer_orders)?;
    against(&[("PostgreSQL", "in_postgres.py")], peer_orders.min(peers::ORDERS_RECURSIVE))?;
    against(&[("Python, line by line", "line_by_line.py")], peers::ORDERS_BY_LINE)
}

/// Runs peers and the engine over the same orders; their sums must be ours to the kopeck.
fn against(programs: &[(&str, &str)], orders: u32) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    peers::write(folder.path(), PARTNERS, orders)?;
    head();
    let ours = measure(Job::Whole, PARTNERS, orders, 2)?;
    row("this engine", 2, &ours);
    for (name, script) in programs {
        let theirs = peers::run(script, folder.path()).with_context(|| format!("could not run {name}"))?;
        ensure!(theirs.sums == ours.sums, "{name} computed {:?}, not {:?}", theirs.sums, ours.sums);
        row(name, 2, &theirs);
        println!(
            "{:38} the same to the kopeck; {} x the time, {} x the CPU",
            "",
            times(theirs.computed, ours.computed),
            times(theirs.processors, ours.processors)
        );
    }
    println!();
    Ok(())
}

fn measure(job: Job, partners: u32, orders: u32, threads: u32) -> anyhow::Result<Measured> {
    let arguments = [
        "measure".to_owned(),
        format!("{job:?}"),
        partners.to_string(),
        orders.to_string(),
        threads.to_string(),
    ];
    let output = Command::new(std::env::current_exe()?).args(&arguments).output()?;
    let printed = String::from_utf8(output.stdout)?;
    ensure!(output.status.success(), "a measurement failed: {printed}");
    measure::parse(printed.trim())
}

fn head() {
    println!(
        "{:38} {:>7} {:>9} {:>10} {:>10} {:>10} {:>11} {:>12} {:>7}",
        "", "threads", "orders", "told, ms", "time, ms", "CPU, ms", "ns an order", "ns an accrual", "MB"
    );
}

fn row(name: &str, threads: u32, measured: &Measured) {
    let Measured { orders, told, computed, processors, sums, peak } = measured;
    println!(
        "{name:38} {threads:>7} {orders:>9} {:>10} {:>10} {:>10} {:>11} {:>12} {:>7}",
        millis(*told),
        millis(*computed),
        millis(*processors),
        tenths(*computed, u64::from(*orders)),
        tenths(*computed, sums.accruals),
        peak / 1_000_000
    );
}

/// A dash for what is not known.
fn millis(span: Duration) -> String {
    if span.is_zero() {
        return "-".to_owned();
    }
    format!("{}.{}", span.as_millis(), span.as_micros() / 100 % 10)
}

/// Nanoseconds for one of so many.
fn tenths(span: Duration, count: u64) -> String {
    let tenths = span.as_nanos() * 10 / u128::from(count.max(1));
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn times(theirs: Duration, ours: Duration) -> String {
    match theirs.as_micros() / ours.as_micros().max(1) {
        0 => "-".to_owned(),
        times => times.to_string(),
    }
}
