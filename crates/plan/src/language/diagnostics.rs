//! A mistake in a plan: where, what is wrong, what would be right, in both languages.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use miette::{LabeledSpan, NamedSource, SourceCode};

use domain::lang::{Lang, Text};

/// Whether a plan can be used in spite of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It can; its author should know.
    Warning,
    /// It cannot.
    Error,
}

/// One mistake, or one warning, with its place in the file.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", self.message(Lang::En))]
pub struct Diagnostic {
    /// The file.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The bytes of the text.
    pub span: Range<usize>,
    /// Whether the plan can be used in spite of it.
    pub severity: Severity,
    pub(super) message: Text,
    pub(super) label: Text,
    pub(super) help: Text,
    pub(super) text: SourceText,
}

/// The whole text with its name, shared by all diagnostics of a file.
pub(super) type SourceText = Arc<NamedSource<String>>;

impl Diagnostic {
    /// What is wrong.
    pub fn message(&self, lang: Lang) -> &str {
        self.message.in_lang(lang)
    }

    /// What would be right.
    pub fn help(&self, lang: Lang) -> &str {
        self.help.in_lang(lang)
    }

    /// What stands at the place, in a few words.
    pub fn label(&self, lang: Lang) -> &str {
        self.label.in_lang(lang)
    }

    /// One line: `plans/x.toml:12:9: what is wrong; what would be right`.
    pub fn line_in(&self, lang: Lang) -> String {
        format!("{}:{}:{}: {}; {}", self.file, self.line, self.column, self.message(lang), self.help(lang))
    }

    /// The same for miette's handlers, in a language.
    pub fn localized(&self, lang: Lang) -> Localized {
        Localized { diagnostic: self.clone(), lang }
    }
}

impl miette::Diagnostic for Diagnostic {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Warning => miette::Severity::Warning,
            Severity::Error => miette::Severity::Error,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.help(Lang::En)))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&*self.text)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = self.label(Lang::En).to_owned();
        Some(Box::new(std::iter::once(LabeledSpan::new_with_span(Some(label), self.span.clone()))))
    }
}

/// A diagnostic that speaks one language, for miette's handlers.
#[derive(Debug, Clone)]
pub struct Localized {
    diagnostic: Diagnostic,
    lang: Lang,
}

impl fmt::Display for Localized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.diagnostic.message(self.lang))
    }
}

impl std::error::Error for Localized {}

impl miette::Diagnostic for Localized {
    fn severity(&self) -> Option<miette::Severity> {
        miette::Diagnostic::severity(&self.diagnostic)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.diagnostic.help(self.lang)))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        miette::Diagnostic::source_code(&self.diagnostic)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = self.diagnostic.label(self.lang).to_owned();
        let span = self.diagnostic.span.clone();
        Some(Box::new(std::iter::once(LabeledSpan::new_with_span(Some(label), span))))
    }
}

/// All mistakes of a file, at least one, in order of place.
#[derive(Debug, Clone)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// The list, unless it is empty.
    pub(super) fn new(list: Vec<Diagnostic>) -> Option<Self> {
        (!list.is_empty()).then_some(Self { list })
    }

    /// The mistakes in order of place.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// The mistakes in order of place.
    pub fn as_slice(&self) -> &[Diagnostic] {
        &self.list
    }

    /// One mistake a line, in a language.
    pub fn lines_in(&self, lang: Lang) -> String {
        self.list.iter().map(|diagnostic| diagnostic.line_in(lang)).collect::<Vec<_>>().join("\n")
    }
}

impl<'d> IntoIterator for &'d Diagnostics {
    type Item = &'d Diagnostic;
    type IntoIter = std::slice::Iter<'d, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// One mistake a line, in English.
impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines_in(Lang::En))
    }
}

impl std::error::Error for Diagnostics {}
