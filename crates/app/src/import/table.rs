//! Reads one CSV file, keeping the place of every cell.

use std::path::Path;

use super::{ImportError, RowError};

/// A file with its header checked.
pub(super) struct Table {
    file: &'static str,
    columns: &'static [&'static str],
    /// Where each of `columns` stands in the file.
    places: Vec<usize>,
    records: Vec<csv::StringRecord>,
}

impl Table {
    /// Reads a file whose header names exactly these columns, in any order.
    pub(super) fn read(
        folder: &Path,
        file: &'static str,
        columns: &'static [&'static str],
        errors: &mut Vec<RowError>,
    ) -> Result<Self, ImportError> {
        let path = folder.join(file);
        let unreadable = |problem: &dyn std::fmt::Display| ImportError::File {
            path: path.clone(),
            problem: problem.to_string(),
        };
        let text = std::fs::read(&path).map_err(|error| unreadable(&error))?;
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
        let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(text);
        let header = reader.headers().map_err(|error| unreadable(&error))?.clone();
        let mut places = Vec::with_capacity(columns.len());
        for column in columns {
            match header.iter().position(|name| name == *column) {
                Some(place) => places.push(place),
                None => errors.push(RowError {
                    file,
                    line: 1,
                    column,
                    problem: format!("the column is missing; the header has {}", join(&header)),
                }),
            }
        }
        if let Some(unknown) = header.iter().find(|name| !columns.contains(name)) {
            errors.push(RowError {
                file,
                line: 1,
                column: "",
                problem: format!("column {unknown:?} is unknown; expected: {}", columns.join(",")),
            });
        }
        let mut records = Vec::new();
        if places.len() == columns.len() {
            for record in reader.into_records() {
                match record {
                    Ok(record) => records.push(record),
                    Err(error) => {
                        let line = error.position().map_or(0, csv::Position::line);
                        errors.push(RowError { file, line, column: "", problem: error.to_string() });
                    }
                }
            }
        }
        Ok(Self { file, columns, places, records })
    }

    /// The rows, in order.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.records.iter().map(|record| Row {
            table: self,
            record,
            line: record.position().map_or(0, csv::Position::line),
        })
    }
}

fn join(header: &csv::StringRecord) -> String {
    header.iter().collect::<Vec<_>>().join(",")
}

/// One row.
#[derive(Clone, Copy)]
pub(super) struct Row<'t> {
    table: &'t Table,
    record: &'t csv::StringRecord,
    pub(super) line: u64,
}

impl<'t> Row<'t> {
    /// The text of a column.
    pub(super) fn text(&self, column: &'static str) -> &'t str {
        let place = self
            .table
            .columns
            .iter()
            .position(|name| *name == column)
            .and_then(|index| self.table.places.get(index));
        place.and_then(|place| self.record.get(*place)).unwrap_or_default()
    }

    /// A mistake in a column.
    pub(super) fn error(&self, column: &'static str, problem: impl std::fmt::Display) -> RowError {
        RowError { file: self.table.file, line: self.line, column, problem: problem.to_string() }
    }

    /// The value of a column.
    pub(super) fn value<T, E: std::fmt::Display>(
        &self,
        column: &'static str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<T, RowError> {
        parse(self.text(column)).map_err(|problem| self.error(column, problem))
    }

    /// The value of a column that may be empty.
    pub(super) fn optional<T, E: std::fmt::Display>(
        &self,
        column: &'static str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, RowError> {
        if self.text(column).is_empty() { Ok(None) } else { self.value(column, parse).map(Some) }
    }
}
