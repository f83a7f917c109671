//! What was found wrong so far.

use domain::text;
use std::ops::Range;
use std::sync::Arc;

use miette::NamedSource;

use super::diagnostics::{Diagnostic, Severity, SourceText};
use domain::lang::Text;

/// Mistakes and warnings in the order in which they were found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    list: Vec<Finding>,
}

#[derive(Debug)]
struct Finding {
    span: Range<usize>,
    severity: Severity,
    label: Text,
    message: Text,
    help: Text,
}

impl Findings {
    /// Notes a mistake: what stands there, what is wrong with it, what would be right.
    pub(super) fn error(&mut self, span: Range<usize>, label: Text, message: Text, help: Text) {
        self.list.push(Finding { span, severity: Severity::Error, label, message, help });
    }

    /// Notes what is allowed but perhaps not meant.
    pub(super) fn warning(&mut self, span: Range<usize>, label: Text, message: Text, help: Text) {
        self.list.push(Finding { span, severity: Severity::Warning, label, message, help });
    }

    /// Notes that the text is not TOML.
    pub(super) fn syntax(&mut self, text: &str, error: &toml::de::Error) {
        let span = error.span().unwrap_or(text.len()..text.len());
        let problem = error.message();
        let problem_ru = in_russian(problem);
        self.error(
            span,
            Text::new("здесь", "here"),
            text!("файл не читается как TOML: {problem_ru}", "the file is not TOML: {problem}"),
            text!(
                "поправьте запись; образец — plans/nanorem-12.toml",
                "mend the notation; plans/nanorem-12.toml is an example"
            ),
        );
    }

    /// Whether anything forbids the plan.
    pub(super) fn has_errors(&self) -> bool {
        self.list.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// Errors and warnings, each in order of place.
    pub(super) fn into_diagnostics(
        mut self,
        file_name: &str,
        text: &str,
    ) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
        self.list.sort_by_key(|finding| (finding.span.start, finding.span.end));
        let source = Arc::new(NamedSource::new(file_name, text.to_owned()));
        let places = Places::new(text);
        let file: Arc<str> = file_name.into();
        let diagnostic = |finding: Finding| finding.diagnostic(&file, &source, &places);
        self.list.into_iter().map(diagnostic).partition(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// The commonest slips in Russian, by how their English wording begins.
const SLIPS: &[(&str, &str)] = &[
    ("duplicate key", "ключ повторяется"),
    ("string values must be quoted", "строки пишутся в кавычках"),
    ("missing opening quote", "не хватает открывающей кавычки"),
    ("missing comma between", "не хватает запятой"),
    ("missing assignment", "между ключом и значением не хватает знака ="),
    ("missing value", "у ключа нет значения"),
    ("key with no value", "у ключа нет значения"),
    ("unclosed array", "не хватает закрывающей скобки ]"),
    ("unclosed table", "не хватает закрывающей скобки ]"),
    ("unclosed inline table", "не хватает закрывающей скобки }"),
    ("invalid unquoted key", "ключ из таких знаков пишется в кавычках"),
];

/// A slip in Russian; the reader's own words where it is rare.
fn in_russian(problem: &str) -> &str {
    let slip = SLIPS.iter().find(|(english, _)| problem.starts_with(english));
    slip.map_or(problem, |(_, russian)| russian)
}

impl Finding {
    fn diagnostic(self, file: &Arc<str>, source: &SourceText, places: &Places<'_>) -> Diagnostic {
        let (line, column) = places.of(self.span.start);
        Diagnostic {
            file: Arc::clone(file),
            line,
            column,
            span: self.span,
            severity: self.severity,
            message: self.message,
            label: self.label,
            help: self.help,
            text: Arc::clone(source),
        }
    }
}

/// Where lines begin, so that a place is found without reading the text again for each mistake.
struct Places<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Places<'t> {
    fn new(text: &'t str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// Line and column, from 1, of a byte; columns in characters.
    fn of(&self, byte: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= byte);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let before = self.text.get(start..byte.min(self.text.len())).unwrap_or("");
        (line, before.trim_start_matches('\u{feff}').chars().count() + 1)
    }
}
