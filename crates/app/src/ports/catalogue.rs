//! Where the catalogue comes from: the shop's API, a feed, an export.

use domain::lang::{Lang, Text};
use domain::offer::{Offer, Source};
use domain::order::ExternalId;
use domain::text;
use futures::future::BoxFuture;
use jiff::Timestamp;
use serde::Serialize;

/// Somebody who tells the catalogue.
pub trait Catalogue: Send + Sync {
    /// By which road.
    fn source(&self) -> Source;

    /// From where and by which settings it is read. With other settings the same content may mean another
    /// catalogue, so the marks of the last reading hold for this text only.
    fn read_as(&self) -> String;

    /// Reads it whole. With `known` marks it may answer that nothing changed since. What breaks off in the
    /// middle is an error, never a shorter catalogue.
    fn read<'a>(
        &'a self,
        known: Option<&'a Marks>,
        watch: &'a Watch<'a>,
    ) -> BoxFuture<'a, Result<Reading, SourceError>>;
}

/// Who wants to know how far the reading is.
pub type Watch<'a> = dyn Fn(Progress) + Send + Sync + 'a;

/// How far the reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Bytes that have come.
    pub bytes: u64,
    /// How many there will be, if that is known.
    pub of_bytes: Option<u64>,
    /// Products read out of them.
    pub rows: u64,
}

/// By what a source can tell that its content is the same.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    /// The entity tag.
    pub etag: Option<String>,
    /// When it changed last, in the source's words.
    pub last_modified: Option<String>,
}

impl Marks {
    /// Whether there is nothing to compare by.
    pub const fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

/// What a source answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Nothing changed since it was read with the known marks.
    Unchanged,
    /// This.
    Told(Listing),
}

/// A catalogue as it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Its rows, as they stood.
    pub rows: Vec<Row>,
    /// Whether these are all products there are. If not, one that is absent did not vanish.
    pub is_whole: bool,
    /// The date that it carries itself.
    pub told_at: Option<Timestamp>,
    /// The SHA-256 of its bytes.
    pub digest: [u8; 32],
    /// By what it can be recognised.
    pub marks: Marks,
}

/// One row of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Where it stood.
    pub place: Place,
    /// What it tells.
    pub told: Told,
}

/// What a row tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// A product.
    Offer(Offer),
    /// That a product is sold no more.
    Withdrawn(ExternalId),
    /// Something that is not right. If it can be said of which product, that one is not gone.
    Refused {
        /// Of which product, if that could be read.
        external_id: Option<ExternalId>,
        /// What is wrong, and what would be right.
        problem: Text,
    },
}

/// Where a row stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file, where there are several.
    pub file: Option<String>,
    /// The line of a file, or the number in a list; from 1.
    pub position: Position,
    /// The shop's id as it is written, shortened.
    pub id: Option<String>,
}

/// What a place is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// Lines of a file.
    Line(u64),
    /// Items of a list.
    Item(u64),
}

impl Place {
    /// The place in a language: `offers.xml, строка 12, 17`.
    pub fn in_lang(&self, lang: Lang) -> String {
        let position = match self.position {
            Position::Line(line) => text!("строка {line}", "line {line}"),
            Position::Item(item) => text!("товар {item} по счёту", "item {item}"),
        };
        let id = self.id.as_ref().map(|id| format!("id {id:?}"));
        let parts = [self.file.clone(), Some(position.in_lang(lang).to_owned()), id];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// Why a source told nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// Nobody answers, or not in time, or the file is not there.
    #[error("the source cannot be reached: {0}")]
    Unreachable(Text),
    /// It answers, but not with a catalogue.
    #[error("the source refuses: {0}")]
    Refused(Text),
    /// What it tells is broken off, too large, or not what it should be.
    #[error("what the source tells cannot be read: {0}")]
    Unreadable(Text),
}

impl From<SourceError> for Text {
    fn from(error: SourceError) -> Self {
        let (SourceError::Unreachable(problem)
        | SourceError::Refused(problem)
        | SourceError::Unreadable(problem)) = &error;
        let ru = problem.in_lang(Lang::Ru);
        let ru = match &error {
            SourceError::Unreachable(_) => format!("источник недоступен: {ru}"),
            SourceError::Refused(_) => format!("источник отказал: {ru}"),
            SourceError::Unreadable(_) => format!("каталог не читается: {ru}"),
        };
        Self::new(ru, error.to_string())
    }
}
