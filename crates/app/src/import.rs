//! Imports a company from CSV files: products, partners, activity fees, orders, refunds.
//!
//! Every file is read and checked before anything is written, and every mistake is named with its
//! file, line and column. Then four thousand rows share a transaction, with the accruals of the orders
//! among them, so that a run that was cut off is simply run again: what is known changes nothing.

mod checks;
mod rows;
mod stages;
mod table;

use std::path::{Path, PathBuf};

use domain::actor::Actor;
use domain::lang::{Lang, Text};
use domain::order::ExternalId;
use jiff::SignedDuration;
use serde::Serialize;
use store::StoreError;

use crate::App;
use crate::audit::{self, Act};
use crate::jobs;
use rows::Company;

/// What is imported, and how.
#[derive(Debug, Clone)]
pub struct Import {
    /// The folder with the files.
    pub folder: PathBuf,
    /// The shop whose orders they are.
    pub source: ExternalId,
    /// Only read and check.
    pub dry_run: bool,
}

/// One kind of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// `products.csv`
    Products,
    /// `partners.csv`
    Partners,
    /// `activity.csv`
    Activity,
    /// `orders.csv` with `order_lines.csv`
    Orders,
    /// `refunds.csv`
    Refunds,
}

/// How far the import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// At which rows.
    pub stage: Stage,
    /// How many are done.
    pub done: usize,
    /// How many there are.
    pub total: usize,
}

/// What became of the rows of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct StageReport {
    /// Which.
    pub stage: Stage,
    /// Rows read.
    pub rows: usize,
    /// Rows that were new.
    pub new: usize,
    /// Rows that were known so.
    pub known: usize,
}

/// One mistake in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowError {
    /// The file's name.
    pub file: &'static str,
    /// The line, from 1; the header is line 1.
    pub line: u64,
    /// The column's name; empty when the whole line is meant.
    pub column: &'static str,
    /// What is wrong, and what would be right.
    pub problem: Text,
}

impl RowError {
    fn new(file: &'static str, line: u64, column: &'static str, problem: impl Into<Text>) -> Self {
        Self { file, line, column, problem: problem.into() }
    }

    /// The mistake with its place, in a language.
    pub fn in_lang(&self, lang: Lang) -> String {
        let Self { file, line, column, problem } = self;
        let problem = problem.in_lang(lang);
        if column.is_empty() {
            format!("{file}:{line}: {problem}")
        } else {
            format!("{file}:{line}: {column}: {problem}")
        }
    }
}

impl std::fmt::Display for RowError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.in_lang(Lang::En))
    }
}

/// Why an import did not go through.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file cannot be read.
    #[error("{path} cannot be read: {problem}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        problem: Text,
    },
    /// Rows are wrong. Nothing is stored.
    #[error("{} rows are wrong", .0.len())]
    Rows(Vec<RowError>),
    /// Rows contradict what is known. The stages and batches before them are stored.
    #[error("{} rows are wrong; what stands before them is stored", .0.len())]
    Batch(Vec<RowError>),
    /// No plan is in force when the first money moves.
    #[error("no plan is in force at {0}: run `nanorem plan activate FILE --from DATE` with an earlier date")]
    NoPlan(jiff::Timestamp),
    /// Only staff may.
    #[error("only staff may import")]
    NotStaff,
    /// The database failed.
    #[error("could not store the rows")]
    Store(#[from] StoreError),
}

/// A history may be made up for a rehearsal, so dates may lie ahead, but not as far as a slip of a digit.
const FURTHEST_AHEAD: SignedDuration = SignedDuration::from_hours(366 * 24);

/// Imports a folder. Gives what became of every row.
pub async fn import(
    app: &App,
    actor: &Actor,
    import: &Import,
    mut progress: impl FnMut(Progress),
) -> Result<Vec<StageReport>, ImportError> {
    if !matches!(actor, Actor::Staff(_)) {
        return Err(ImportError::NotStaff);
    }
    let company = Company::read(&import.folder)?;
    stages::refuse_without_plan(app, &company).await?;
    company.refuse_ahead(app.now() + FURTHEST_AHEAD)?;
    stages::refuse_unknown(app, &company, &import.source).await?;
    if import.dry_run {
        return stages::dry_run(app, &company, &import.source).await;
    }
    let reports = stages::run(app, &company, &import.source, &mut progress).await?;
    app.store.analyze().await?;
    // Fees of a time that is accrued already leave jobs behind.
    jobs::run_due(app).await?;
    note(app, actor, &import.folder, &reports).await?;
    Ok(reports)
}

async fn note(app: &App, actor: &Actor, folder: &Path, reports: &[StageReport]) -> Result<(), StoreError> {
    let mut tx = app.store.begin().await?;
    let act = Act {
        actor,
        action: "import.run",
        entity: format!("folder:{}", folder.display()),
        before: None::<()>,
        after: Some(reports),
        reason: None,
    };
    audit::append(&mut tx, act, app.now()).await?;
    tx.commit().await
}
