//! A table of names and values for people.

use std::fmt;
use std::time::Duration;

/// Rows of a name and a value for each column.
#[derive(Debug, Default)]
pub struct Table {
    title: String,
    rows: Vec<(String, Vec<String>)>,
}

impl Table {
    /// A table with a title and the heads of its columns.
    pub fn new(title: impl Into<String>, heads: &[&str]) -> Self {
        let heads = heads.iter().map(|head| (*head).to_owned()).collect();
        Self { title: title.into(), rows: vec![(String::new(), heads)] }
    }

    /// Adds a row.
    pub fn row(&mut self, name: &str, values: &[&dyn fmt::Display]) {
        self.rows.push((name.to_owned(), values.iter().map(ToString::to_string).collect()));
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |text: &String| text.chars().count();
        let names = self.rows.iter().map(|(name, _)| width(name)).max().unwrap_or(0);
        let values = self.rows.iter().flat_map(|(_, values)| values).map(width).max().unwrap_or(0);
        writeln!(f, "{}", self.title)?;
        for (name, row) in self.rows.iter().filter(|(_, row)| row.iter().any(|value| !value.is_empty())) {
            write!(f, "  {name:<names$}")?;
            for value in row {
                write!(f, "  {value:>values$}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// Milliseconds with one decimal.
pub fn millis(span: Duration) -> String {
    let tenths = span.as_micros() / 100;
    format!("{}.{} ms", tenths / 10, tenths % 10)
}

/// Things per second, rounded down.
pub fn per_second(count: usize, span: Duration) -> u128 {
    count as u128 * 1_000_000 / span.as_micros().max(1)
}

/// A quotient with two decimals.
pub fn ratio(part: u128, whole: u128) -> String {
    let hundredths = part * 100 / whole.max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// The value below which so many of a hundred lie; the values are sorted.
pub fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_exactly() {
        let spans: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(percentile(&spans, 50), Duration::from_millis(100));
        assert_eq!(percentile(&spans, 99), Duration::from_millis(198));
        assert_eq!(percentile(&spans, 100), Duration::from_millis(200));
        assert_eq!(percentile(&[], 50), Duration::ZERO);
        assert_eq!((ratio(7, 8), per_second(30, Duration::from_millis(1_500))), ("0.87".to_owned(), 20));
        assert_eq!(millis(Duration::from_micros(12_340)), "12.3 ms");
    }
}
