//! Kills `nanorem serve` under load, again and again, and checks the books against a twin's.
#![expect(clippy::print_stdout, reason = "a report for people is what this program is for")]

use std::process::ExitCode;

use clap::Parser;
use loadtest::database::Choice;
use loadtest::program::find_binary;
use loadtest::torture::{self, Settings};

/// Kills nanorem under load, again and again: nothing may be lost, nothing may be there twice.
#[derive(Debug, Parser)]
struct Arguments {
    /// On which database; postgres is the server of `NANOREM_TEST_POSTGRES`
    #[arg(long, value_enum, default_value = "sqlite")]
    database: Choice,
    /// How often the server is killed under load
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    kills: u32,
    /// How many orders the shop tells; about two events each
    #[arg(long, default_value_t = 6_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    orders: u32,
    /// How many partners the company has
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=9_999_999))]
    partners: u32,
    /// How many connections send at once
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    clients: u32,
    /// Decides about everything that is left to chance
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let binary = find_binary()?;
    println!("{}", binary.display());
    let settings = Settings {
        kills: arguments.kills,
        orders: arguments.orders,
        partners: arguments.partners,
        clients: arguments.clients as usize,
        seed: arguments.seed,
    };
    let mut is_clean = true;
    for kind in arguments.database.kinds() {
        match torture::run(&binary, *kind, settings).await {
            Ok(report) => {
                println!("{report}");
                is_clean &= report.is_clean();
            }
            Err(error) => {
                println!("torture on {kind} FAILED: {error:#}");
                is_clean = false;
            }
        }
    }
    Ok(if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
