//! Takes the shop's catalogue in. A shop knows names and prices; cost, points and kind stay the company's.
//!
//! The catalogue is read before any transaction is open, judged as a whole, and either holds as a whole
//! or changes nothing. What was not told is not what is not there: an empty, broken or suspiciously short
//! answer changes nothing, and a person is told.

mod clashes;
mod decide;
mod report;
mod scheduled;

use domain::actor::Actor;
use domain::lang::{Lang, Text};
use domain::money::Rate;
use domain::offer::Source;
use jiff::Timestamp;
use store::shop::{self, Taken};
use store::{StoreError, Tx};

pub use report::{Changed, Moved, New, Refused, Report, Repriced, SyncOutcome};
pub use scheduled::Scheduled;
pub use store::shop::{Counts, Outcome, Sync};

use crate::App;
use crate::audit::{self, Act};
use crate::notices;
use crate::ports::catalogue::{Catalogue, Listing, Marks, Reading, Watch};
use crate::retry::{may_retry, retrying};
use decide::{Decision, Known, Limits};

/// How a catalogue is taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Only say what would change.
    pub dry_run: bool,
    /// Ask only for what changed since the last time, if the source can tell.
    pub only_if_changed: bool,
    /// The largest share of the known products that may vanish at once.
    pub most_vanished: Rate,
    /// A person looked: more may vanish.
    pub accept_vanished: bool,
}

/// Why a catalogue was not taken in. What the source did wrong stands in the report instead.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// Only staff and the program itself may.
    #[error("only staff may take the catalogue in")]
    NotStaff,
    /// The database failed.
    #[error("could not store the catalogue")]
    Store(#[from] StoreError),
}

may_retry!(SyncError);

/// Reads a catalogue and takes it in. Gives what changed, or would change, or why nothing did.
///
/// # Errors
/// [`SyncError`]; that the source failed or was held is an outcome, not an error.
pub async fn sync(
    app: &App,
    actor: &Actor,
    catalogue: &dyn Catalogue,
    wanted: &Wanted,
    watch: &Watch<'_>,
) -> Result<Report, SyncError> {
    if matches!(actor, Actor::Partner(_)) {
        return Err(SyncError::NotStaff);
    }
    let started_at = app.now();
    let (source, read_as) = (catalogue.source(), catalogue.read_as());
    let marks = if wanted.only_if_changed { known_marks(app, source, &read_as).await? } else { None };
    let course = Course { app, actor, source, read_as: &read_as, wanted, started_at };
    match catalogue.read(marks.as_ref(), watch).await {
        Ok(Reading::Told(listing)) => course.judge(&listing).await,
        Ok(Reading::Unchanged) => course.remember(Report::of(source, SyncOutcome::Unchanged)).await,
        Err(error) => {
            let problem = Text::from(error);
            tracing::warn!(shop.source = %source, %problem, "the catalogue could not be read");
            course.remember(Report::of(source, SyncOutcome::Failed(problem))).await
        }
    }
}

async fn known_marks(app: &App, source: Source, read_as: &str) -> Result<Option<Marks>, StoreError> {
    let taken = shop::taken(&mut app.store.begin_read().await?, source).await?;
    let marks = taken
        .filter(|taken| taken.read_as == read_as)
        .map(|taken| Marks { etag: taken.etag, last_modified: taken.last_modified });
    Ok(marks.filter(|marks| !marks.is_empty()))
}

/// One sync on its way.
struct Course<'a> {
    app: &'a App,
    actor: &'a Actor,
    source: Source,
    read_as: &'a str,
    wanted: &'a Wanted,
    started_at: Timestamp,
}

impl Course<'_> {
    /// Judges what was told by what is known, and lets it hold if nothing speaks against it.
    async fn judge(&self, listing: &Listing) -> Result<Report, SyncError> {
        if self.wanted.dry_run {
            let mut tx = self.app.store.begin_read().await?;
            let mut report = self.decide(&mut tx, listing).await?.report;
            report.dry_run = true;
            return Ok(report);
        }
        let report = retrying(|| self.take_in(listing)).await?;
        // What was taken in is remembered with it; what was held is remembered alone.
        if report.outcome == SyncOutcome::Applied { Ok(report) } else { self.remember(report).await }
    }

    async fn decide(&self, tx: &mut Tx, listing: &Listing) -> Result<Decision, StoreError> {
        let known = Known::load(tx, self.source, self.read_as).await?;
        let limits = Limits {
            now: self.app.now(),
            most_vanished: self.wanted.most_vanished,
            accept_vanished: self.wanted.accept_vanished,
        };
        Ok(decide::decide(&known, listing, limits, |now| self.app.ids.uuid(now)))
    }

    /// Lets the catalogue hold, in one transaction.
    async fn take_in(&self, listing: &Listing) -> Result<Report, SyncError> {
        let mut tx = self.app.store.begin().await?;
        // Whoever else changes a product waits: its cost and points go on as they are.
        store::facts::lock(&mut tx).await?;
        let Decision { report, writes } = self.decide(&mut tx, listing).await?;
        if report.outcome != SyncOutcome::Applied {
            return Ok(report);
        }
        let now = self.app.now();
        store::products::insert_all(&mut tx, &writes.new, now).await?;
        store::products::insert_terms(&mut tx, &writes.terms, now).await?;
        store::products::rename_all(&mut tx, &writes.names).await?;
        shop::put_links(&mut tx, &writes.links, now).await?;
        notices::company::catalogue(self.app, &mut tx, &writes.new, &writes.terms, now).await?;
        let taken = Taken {
            source: self.source,
            told_at: writes.told_at,
            read_as: self.read_as.to_owned(),
            etag: listing.marks.etag.clone(),
            last_modified: listing.marks.last_modified.clone(),
        };
        shop::put_taken(&mut tx, &taken).await?;
        self.note(&mut tx, &report, now).await?;
        tx.commit().await?;
        self.app.ring();
        let counts = report.counts();
        tracing::info!(shop.source = %self.source, ?counts, "took the catalogue in");
        Ok(report)
    }

    /// Remembers a sync that changed nothing.
    async fn remember(&self, report: Report) -> Result<Report, SyncError> {
        if self.wanted.dry_run {
            return Ok(Report { dry_run: true, ..report });
        }
        let write = || async {
            let mut tx = self.app.store.begin().await?;
            self.note(&mut tx, &report, self.app.now()).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(())
        };
        retrying(write).await?;
        Ok(report)
    }

    /// Writes the sync into the history, and into the audit trail unless it was about nothing.
    async fn note(&self, tx: &mut Tx, report: &Report, now: Timestamp) -> Result<(), StoreError> {
        let counts = report.counts();
        let problem = report.outcome.problem().map(|problem| problem.in_lang(Lang::Ru).to_owned());
        let sync = Sync {
            id: self.app.ids.uuid(now),
            source: self.source,
            actor: self.actor.to_string(),
            started_at: self.started_at,
            ended_at: now,
            outcome: report.outcome.kind(),
            problem,
            told_at: report.told_at,
            digest: report.digest,
            counts,
        };
        if sync.outcome == Outcome::Held || report.changes_anything() {
            let act = Act {
                actor: self.actor,
                action: "catalog.sync",
                entity: format!("shop:{}", self.source),
                before: None::<()>,
                after: Some(report.summary()),
                reason: sync.problem.as_deref(),
            };
            audit::append(tx, act, now).await?;
        }
        shop::insert_sync(tx, &sync).await
    }
}

/// The last syncs, the latest first.
pub async fn history(app: &App, most: u32) -> Result<Vec<Sync>, StoreError> {
    shop::syncs(&mut app.store.begin_read().await?, i64::from(most)).await
}
