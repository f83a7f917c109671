//! Reads one CSV file, keeping the place of every cell.

use std::path::Path;

use domain::lang::Text;
use domain::text;

use super::{ImportError, RowError};

/// A file with its header checked.
pub(super) struct Table {
    file: &'static str,
    columns: &'static [&'static str],
    /// Where each of `columns` stands in the file.
    places: Vec<usize>,
    /// Each with its line in the file.
    records: Vec<(u64, csv::StringRecord)>,
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
        let unreadable = |problem| ImportError::File { path: path.clone(), problem };
        let text = std::fs::read(&path).map_err(|error| unreadable(no_file(&error)))?;
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
        let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(text);
        let header = reader.headers().map_err(|error| unreadable(not_csv(&error)))?.clone();
        let mut places = Vec::with_capacity(columns.len());
        for column in columns {
            match header.iter().position(|name| name == *column) {
                Some(place) => places.push(place),
                None => errors.push(RowError::new(file, 1, column, missing(&header))),
            }
        }
        if let Some(unknown) = header.iter().find(|name| !columns.contains(name)) {
            let expected = columns.join(",");
            let problem = text!(
                "столбец {unknown:?} неизвестен; ожидались: {expected}",
                "column {unknown:?} is unknown; expected: {expected}"
            );
            errors.push(RowError::new(file, 1, "", problem));
        }
        let mut records = Vec::new();
        if places.len() == columns.len() {
            for record in reader.into_records() {
                match record {
                    Ok(record) => records.push((line_of(text, record.position()), record)),
                    Err(error) => {
                        let line = line_of(text, error.position());
                        errors.push(RowError::new(file, line, "", not_csv(&error)));
                    }
                }
            }
        }
        Ok(Self { file, columns, places, records })
    }

    /// The rows, in order.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.records.iter().map(|(line, record)| Row { table: self, record, line: *line })
    }
}

/// The line on which a record begins. The reader's position stands before what is left of the line end
/// before it (the second half of CR LF) and before empty lines.
fn line_of(text: &[u8], position: Option<&csv::Position>) -> u64 {
    position.map_or(0, |position| {
        let rest =
            usize::try_from(position.byte()).ok().and_then(|byte| text.get(byte..)).unwrap_or_default();
        let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        position.line() + ends.filter(|byte| **byte == b'\n').map(|_| 1).sum::<u64>()
    })
}

fn no_file(error: &std::io::Error) -> Text {
    match error.kind() {
        std::io::ErrorKind::NotFound => text!("файла нет", "there is no such file"),
        _ => text!("{error}", "{error}"),
    }
}

fn missing(header: &csv::StringRecord) -> Text {
    let has = header.iter().collect::<Vec<_>>().join(",");
    match header.get(0) {
        Some(only) if header.len() == 1 && only.contains([';', '\t']) => text!(
            "столбца нет: разделяйте столбцы запятыми, в заголовке {has:?}",
            "the column is missing: part columns by commas, the header is {has:?}"
        ),
        _ => text!("столбца нет; в заголовке {has:?}", "the column is missing; the header has {has:?}"),
    }
}

fn not_csv(error: &csv::Error) -> Text {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => text!(
            "в строке столбцов {len}, а в заголовке {expected_len}",
            "the row has {len} columns, the header {expected_len}"
        ),
        csv::ErrorKind::Utf8 { .. } => text!(
            "текст не в кодировке UTF-8: сохраните файл как «CSV UTF-8»",
            "the text is not UTF-8: save the file as \"CSV UTF-8\""
        ),
        _ => text!("это не CSV: {error}", "this is not CSV: {error}"),
    }
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
    pub(super) fn error(&self, column: &'static str, problem: impl Into<Text>) -> RowError {
        RowError::new(self.table.file, self.line, column, problem)
    }

    /// The value of a column.
    pub(super) fn value<T, E: Into<Text>>(
        &self,
        column: &'static str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<T, RowError> {
        parse(self.text(column)).map_err(|problem| self.error(column, problem))
    }

    /// The value of a column that may be empty.
    pub(super) fn optional<T, E: Into<Text>>(
        &self,
        column: &'static str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, RowError> {
        if self.text(column).is_empty() { Ok(None) } else { self.value(column, parse).map(Some) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_that_of_the_file_whatever_ends_lines() {
        for (end, blank) in [("\n", ""), ("\r\n", ""), ("\n", "\n"), ("\r\n", "\r\n\r\n")] {
            let text = ["sku", "A", &format!("{blank}\"B{end}b\""), "C", ""].join(end);
            let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
            reader.headers().expect("a header");
            let records = reader.into_records().map(|record| record.expect("a cell"));
            let lines: Vec<_> = records.map(|record| line_of(text.as_bytes(), record.position())).collect();
            let empty = blank.matches('\n').count() as u64;
            assert_eq!(lines, [2, 3 + empty, 5 + empty], "{text:?}");
        }
    }
}
