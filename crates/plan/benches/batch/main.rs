//! The batch engine on a company of a million, and the same job in other programs.
//!
//! Without arguments it shows everything: each measurement runs in a process of its own, so that its peak
//! of memory is its own.
#![expect(clippy::print_stdout, reason = "a report for people is what this program is for")]

mod history;
mod measure;
mod peers;
mod report;

use std::process::ExitCode;

fn main() -> ExitCode {
    // `cargo bench` adds `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        [] => report::all(peers::ORDERS),
        [peer_orders] => report_with(peer_orders),
        ["measure", job, partners, orders, threads] => measure::print(job, partners, orders, threads),
        ["write", folder, partners, orders] => write(folder, partners, orders),
        _ => Err(anyhow::anyhow!(
            "write: [ORDERS OF PEERS], or: measure JOB PARTNERS ORDERS THREADS, or: write FOLDER PARTNERS ORDERS"
        )),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("batch FAILED: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Shows everything, with so many orders for the databases.
fn report_with(peer_orders: &str) -> anyhow::Result<()> {
    report::all(peer_orders.parse()?)
}

/// Writes a history for running a peer by hand.
fn write(folder: &str, partners: &str, orders: &str) -> anyhow::Result<()> {
    peers::write(folder.as_ref(), partners.parse()?, orders.parse()?)
}
