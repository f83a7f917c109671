//! What a sync changed, in the words of people and of programs.

use domain::catalog::Sku;
use domain::lang::Text;
use domain::money::Money;
use domain::offer::Source;
use domain::order::ExternalId;
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use store::shop::{Counts, Outcome};

use crate::ports::catalogue::Place;

/// How a sync ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "problem")]
pub enum SyncOutcome {
    /// What was told holds (in a dry run: would hold).
    Applied,
    /// The source says that nothing changed.
    Unchanged,
    /// Nothing was changed, and a person has to look: why.
    Held(Text),
    /// The source told nothing that could be read: why.
    Failed(Text),
}

impl SyncOutcome {
    /// The word of the history.
    pub(super) const fn kind(&self) -> Outcome {
        match self {
            Self::Applied => Outcome::Applied,
            Self::Unchanged => Outcome::Unchanged,
            Self::Held(_) => Outcome::Held,
            Self::Failed(_) => Outcome::Failed,
        }
    }

    /// Why nothing was changed, if that is so.
    pub const fn problem(&self) -> Option<&Text> {
        match self {
            Self::Applied | Self::Unchanged => None,
            Self::Held(problem) | Self::Failed(problem) => Some(problem),
        }
    }
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// By which road it came.
    pub source: Source,
    /// How it ended.
    pub outcome: SyncOutcome,
    /// Whether it only says what would change.
    pub dry_run: bool,
    /// The date that the catalogue carried itself, unless it lies ahead.
    pub told_at: Option<Timestamp>,
    /// The SHA-256 of what was read.
    #[serde(serialize_with = "hexadecimal")]
    pub digest: Option<[u8; 32]>,
    /// Rows told in all.
    pub told: usize,
    /// Products that are new: cost and points have to be set by staff.
    pub new: Vec<New>,
    /// Products with another price.
    pub repriced: Vec<Repriced>,
    /// Products with another name.
    pub renamed: Vec<Changed>,
    /// Products that the shop put into another category. Ours stays: plans may pay by category.
    pub recategorised: Vec<Changed>,
    /// Products whose article the shop changed.
    pub moved: Vec<Moved>,
    /// Products that are told no more. They stay as they are: orders may still come.
    pub vanished: Vec<Sku>,
    /// Whether something was told of a product whose id could not be read, so that nothing counts as
    /// vanished for being absent.
    pub absence_is_unsure: bool,
    /// Products that are told again.
    pub returned: Vec<Sku>,
    /// Rows that do not hold.
    pub refused: Vec<Refused>,
}

/// A product that was not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct New {
    /// The article.
    pub sku: Sku,
    /// The name.
    pub name: String,
    /// The price of a piece.
    pub price: Money,
}

/// A product with another price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Repriced {
    /// The article.
    pub sku: Sku,
    /// The price before.
    pub from: Money,
    /// The price now.
    pub to: Money,
    /// Since when.
    pub since: Timestamp,
}

/// A product told otherwise than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// The article.
    pub sku: Sku,
    /// As it was told before.
    pub from: String,
    /// As it is told now.
    pub to: String,
}

/// A product whose article changed: orders name it by the new one, so it is another product here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// The shop's name of it.
    pub external_id: ExternalId,
    /// The article before.
    pub from: Sku,
    /// The article now.
    pub to: Sku,
}

/// A row that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Where it stands.
    pub place: Place,
    /// What is wrong, and what would be right.
    pub problem: Text,
}

/// What the audit trail keeps of a report.
#[derive(Debug, Serialize)]
pub(super) struct Summary<'a> {
    outcome: &'static str,
    told: u64,
    new: u64,
    repriced: u64,
    renamed: u64,
    vanished: u64,
    returned: u64,
    refused: u64,
    #[serde(serialize_with = "hexadecimal")]
    digest: Option<[u8; 32]>,
    told_at: Option<&'a Timestamp>,
}

impl Report {
    /// A report in which nothing changed yet.
    pub(super) const fn of(source: Source, outcome: SyncOutcome) -> Self {
        Self {
            source,
            outcome,
            dry_run: false,
            told_at: None,
            digest: None,
            told: 0,
            new: Vec::new(),
            repriced: Vec::new(),
            renamed: Vec::new(),
            recategorised: Vec::new(),
            moved: Vec::new(),
            vanished: Vec::new(),
            absence_is_unsure: false,
            returned: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// How many products in what way.
    pub fn counts(&self) -> Counts {
        let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        Counts {
            told: count(self.told),
            added: count(self.new.len()),
            repriced: count(self.repriced.len()),
            renamed: count(self.renamed.len()),
            vanished: count(self.vanished.len()),
            returned: count(self.returned.len()),
            refused: count(self.refused.len()),
        }
    }

    /// Whether a product changed, or would.
    pub const fn changes_anything(&self) -> bool {
        !(self.new.is_empty()
            && self.repriced.is_empty()
            && self.renamed.is_empty()
            && self.recategorised.is_empty()
            && self.moved.is_empty()
            && self.vanished.is_empty()
            && self.returned.is_empty())
    }

    pub(super) fn summary(&self) -> Summary<'_> {
        let counts = self.counts();
        Summary {
            outcome: match self.outcome {
                SyncOutcome::Applied => "applied",
                SyncOutcome::Unchanged => "unchanged",
                SyncOutcome::Held(_) => "held",
                SyncOutcome::Failed(_) => "failed",
            },
            told: counts.told,
            new: counts.added,
            repriced: counts.repriced,
            renamed: counts.renamed,
            vanished: counts.vanished,
            returned: counts.returned,
            refused: counts.refused,
            digest: self.digest,
            told_at: self.told_at.as_ref(),
        }
    }
}

#[expect(clippy::ref_option, reason = "serde gives the field by reference")]
fn hexadecimal<S: Serializer>(digest: &Option<[u8; 32]>, serializer: S) -> Result<S::Ok, S::Error> {
    digest.map(hex::encode).serialize(serializer)
}
