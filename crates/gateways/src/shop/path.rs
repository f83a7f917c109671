//! Where a field stands in somebody's JSON: `price`, `price.amount`, `offers.0.price`.

use std::fmt;
use std::str::FromStr;

use domain::lang::Text;

/// Names of fields from the outside in, with points between them; a number counts into a list from 0. The
/// empty path is the whole.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JsonPath(Vec<String>);

/// Why a text is no path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no path to a field: write its names with points between them, as \"price.amount\"")]
pub struct PathError(String);

impl From<PathError> for Text {
    fn from(error: PathError) -> Self {
        let ru = format!("{:?} — не путь к полю: запишите имена через точку, например price.amount", error.0);
        Self::new(ru, error.to_string())
    }
}

/// How deep a path may go.
const LONGEST: usize = 16;

impl FromStr for JsonPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let names: Vec<String> = text.split('.').map(str::to_owned).collect();
        let is_wrong =
            |name: &String| name.trim() != name || name.is_empty() || name.chars().any(char::is_control);
        if names.len() > LONGEST || names.iter().any(is_wrong) {
            return Err(PathError(text.chars().take(80).collect()));
        }
        Ok(Self(names))
    }
}

impl JsonPath {
    /// The names, from the outside in.
    pub(super) fn names(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.join("."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_names_with_points_between_them() {
        for text in ["", "price", "price.amount", "offers.0.цена"] {
            assert_eq!(text.parse::<JsonPath>().expect("a path").to_string(), text);
        }
        let deep = "a.".repeat(16) + "a";
        for text in [".", "price.", ".price", "a..b", " price", "a\n", deep.as_str()] {
            assert!(text.parse::<JsonPath>().is_err(), "{text:?}");
        }
    }
}
