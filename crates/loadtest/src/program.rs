//! The commands of `nanorem`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use crate::database::Database;
use crate::shop::SECRET;

/// The plan of the runs: the owner's twelve levels.
const PLAN: &str = include_str!("../../../plans/nanorem-12.toml");

/// The program on one database.
#[derive(Debug, Clone)]
pub struct Program {
    binary: PathBuf,
    url: String,
    folder: PathBuf,
}

/// What `nanorem verify` found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// How many differences.
    pub differences: u64,
    /// Orders known.
    pub orders: u64,
    /// Orders whose job still waits.
    pub pending: u64,
    /// Accruals in the ledger.
    pub accruals: u64,
    /// Movements of money.
    pub transfers: u64,
    /// The first checks that failed, for people.
    pub problems: Vec<String>,
}

/// What waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jobs {
    /// To be run.
    pub waiting: usize,
    /// Failed too often.
    pub dead: usize,
}

/// The binary of `NANOREM_BIN`, or the one built beside this program, the release before any other.
pub fn find_binary() -> anyhow::Result<PathBuf> {
    if let Ok(binary) = std::env::var("NANOREM_BIN") {
        return std::path::absolute(binary).context("NANOREM_BIN is no path");
    }
    let own = std::env::current_exe()?;
    let folder = own.parent().context("this program lies in no folder")?;
    let candidates = [folder.join("../release/nanorem"), folder.join("nanorem")];
    let found = candidates.iter().find(|candidate| candidate.is_file());
    let found = found
        .context("no nanorem is built: run `cargo build --release --package nanorem` or set NANOREM_BIN")?;
    Ok(found.canonicalize()?)
}

impl Program {
    /// The program of a binary, on a database.
    pub fn new(binary: &Path, database: &Database) -> Self {
        Self { binary: binary.to_owned(), url: database.url.clone(), folder: database.folder.clone() }
    }

    /// Makes the tables.
    pub fn migrate(&self) -> anyhow::Result<()> {
        self.succeed(&["migrate"]).map(drop)
    }

    /// Makes the tables, puts the plan in force and imports a company. Gives how long the import took.
    pub fn found(&self, company: &Path) -> anyhow::Result<Duration> {
        let plan = self.folder.join("plan.toml");
        std::fs::write(&plan, PLAN)?;
        self.migrate()?;
        self.succeed(&["plan", "activate", &plan.to_string_lossy(), "--from", "2025-01-01", "--force"])?;
        let begun = Instant::now();
        self.succeed(&["import", &company.to_string_lossy()])?;
        Ok(begun.elapsed())
    }

    /// Proves the books.
    pub fn verify(&self) -> anyhow::Result<Verified> {
        let output = self.run(&["verify", "--json"])?;
        let report: Value = serde_json::from_slice(&output.stdout)
            .with_context(|| format!("`verify --json` gave no JSON: {}", told(&output)))?;
        let number = |pointer: &str| {
            report
                .pointer(pointer)
                .and_then(Value::as_u64)
                .with_context(|| format!("`verify --json` has no {pointer}"))
        };
        let differences = number("/differences")?;
        ensure!(
            output.status.success() == (differences == 0),
            "verify found {differences} and ended {}",
            output.status
        );
        let checks = report.get("checks").and_then(Value::as_array).into_iter().flatten();
        let failed = checks.filter(|check| {
            check.get("differences").and_then(Value::as_array).is_some_and(|list| !list.is_empty())
        });
        Ok(Verified {
            differences,
            orders: number("/counts/orders")?,
            pending: number("/counts/pending")?,
            accruals: number("/counts/accruals")?,
            transfers: number("/counts/transfers")?,
            problems: failed.take(5).map(|check| check.to_string().chars().take(600).collect()).collect(),
        })
    }

    /// What waits in the queue.
    pub fn jobs(&self) -> anyhow::Result<Jobs> {
        let output = self.succeed(&["jobs", "--json"])?;
        let list: Value = serde_json::from_slice(&output)?;
        let jobs = list.as_array().or_else(|| list.get("jobs").and_then(Value::as_array));
        let jobs = jobs.context("`jobs --json` gave no list")?;
        let dead = jobs.iter().filter(|job| job.get("dead").and_then(Value::as_bool) == Some(true)).count();
        Ok(Jobs { waiting: jobs.len() - dead, dead })
    }

    /// What each partner earned, as CSV.
    pub fn accruals_by_partner(&self) -> anyhow::Result<String> {
        Ok(String::from_utf8(self.succeed(&["accruals", "--by", "partner", "--csv"])?)?)
    }

    fn succeed(&self, arguments: &[&str]) -> anyhow::Result<Vec<u8>> {
        let output = self.run(arguments)?;
        if !output.status.success() {
            bail!("`nanorem {}` ended {}: {}", arguments.join(" "), output.status, told(&output));
        }
        Ok(output.stdout)
    }

    fn run(&self, arguments: &[&str]) -> anyhow::Result<Output> {
        self.command()
            .args(arguments)
            .output()
            .with_context(|| format!("could not run {}", self.binary.display()))
    }

    /// The program with its configuration, in the folder of the run: no file of ours is found there.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .env("NANOREM_DATABASE_URL", &self.url)
            .env("NANOREM_SHOP_WEBHOOK_SECRETS", SECRET)
            .current_dir(&self.folder)
            .stdin(Stdio::null());
        command
    }

    /// Where the server's log of this run stands.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("serve.log")
    }
}

/// The end of what a command said.
fn told(output: &Output) -> String {
    let text = [String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)].concat();
    let skipped = text.chars().count().saturating_sub(2_000);
    text.chars().skip(skipped).collect()
}
