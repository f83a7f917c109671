//! Measures how many orders per second `nanorem serve` takes, beside a floor.
#![expect(clippy::print_stdout, reason = "a report for people is what this program is for")]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use loadtest::database::Choice;
use loadtest::load::{self, Settings};
use loadtest::program::find_binary;

/// Measures orders per second from the webhook to committed accruals, beside a floor that only writes
/// the same rows.
#[derive(Debug, Parser)]
struct Arguments {
    /// On which database; postgres is the server of `NANOREM_TEST_POSTGRES`
    #[arg(long, value_enum, default_value = "sqlite")]
    database: Choice,
    /// How many connections send at once
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    clients: u32,
    /// For how long
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    seconds: u64,
    /// Lets the database count its rows before the load, as a server does by itself a minute later
    #[arg(long)]
    analyze: bool,
    /// A folder with a company's CSV files: its import is measured too
    #[arg(long)]
    company: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match measure(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("load FAILED: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(arguments: Arguments) -> anyhow::Result<()> {
    let binary = find_binary()?;
    println!("{}", binary.display());
    let settings = Settings {
        clients: arguments.clients as usize,
        seconds: arguments.seconds,
        analyze: arguments.analyze,
    };
    for kind in arguments.database.kinds() {
        println!("{}", load::run(&binary, *kind, settings).await?);
        if let Some(company) = &arguments.company {
            println!("{}", load::import(&binary, *kind, company).await?);
        }
    }
    Ok(())
}
