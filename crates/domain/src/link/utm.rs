//! The marks of an advertisement in a link, and the label under which its clicks are counted.

use serde::Serialize;

/// What may follow a link; nothing else is taken over.
const NAMES: [&str; 5] = ["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"];
/// The longest value, in letters; what is longer is cut.
const LONGEST: usize = 100;
/// The longest label of a count, in letters.
const LONGEST_LABEL: usize = 60;

/// The marks of one visit: `utm_source`, `utm_medium`, `utm_campaign`, `utm_content`, `utm_term`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Utm([Option<String>; 5]);

impl Utm {
    /// Takes the marks out of the pairs of a query. One that is empty or holds control characters is
    /// dropped; of the others with one name the first counts.
    pub fn of<N: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut marks = Self::default();
        for (name, value) in pairs {
            let place = NAMES.iter().zip(&mut marks.0).find(|(known, _)| **known == name.as_ref());
            if let Some((_, mark @ None)) = place {
                *mark = clean(value.as_ref());
            }
        }
        marks
    }

    /// The marks that are there, as name and value.
    pub fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        NAMES.into_iter().zip(&self.0).filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }

    /// Under which label this visit is counted.
    pub fn campaign(&self) -> Campaign {
        let [source, _, campaign, _, _] = &self.0;
        Campaign { source: label(source.as_deref()), name: label(campaign.as_deref()) }
    }
}

fn clean(value: &str) -> Option<String> {
    let value = value.trim();
    let is_harmful = |letter: char| letter.is_control() || letter == char::REPLACEMENT_CHARACTER;
    let kept = (!value.is_empty() && !value.contains(is_harmful)).then_some(value)?;
    Some(kept.chars().take(LONGEST).collect())
}

fn label(value: Option<&str>) -> String {
    value.unwrap_or_default().to_lowercase().chars().take(LONGEST_LABEL).collect()
}

/// A label of a count: where visitors came from. Small letters; empty where nothing was said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Campaign {
    /// `utm_source`.
    pub source: String,
    /// `utm_campaign`.
    pub name: String,
}

impl Campaign {
    /// What stands for the source and the name of everything that has no label of its own any more.
    const REST: &'static str = "*";

    /// The label of those for whom there is no room: a day has a bounded number of labels.
    pub fn rest() -> Self {
        Self { source: Self::REST.to_owned(), name: Self::REST.to_owned() }
    }

    /// Whether it is [`Campaign::rest`].
    pub fn is_rest(&self) -> bool {
        *self == Self::rest()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(pairs: &[(&str, &str)]) -> Vec<(&'static str, String)> {
        Utm::of(pairs.iter().copied()).pairs().map(|(name, value)| (name, value.to_owned())).collect()
    }

    #[test]
    fn only_the_five_marks_are_taken_and_the_first_of_each() {
        let told = [
            ("utm_term", "масло"),
            ("next", "https://evil.example"),
            ("utm_source", "vk"),
            ("UTM_SOURCE", "shouted"),
            ("utm_source", "second"),
            ("utm_source[]", "x"),
            ("ref", "ZZZZZZZZ"),
            ("erid", "forged"),
            ("utm_id", "7"),
        ];
        assert_eq!(marks(&told), [("utm_source", "vk".to_owned()), ("utm_term", "масло".to_owned())]);
    }

    #[test]
    fn values_are_bounded_and_harmless() {
        let long = "я".repeat(5_000);
        assert_eq!(marks(&[("utm_source", &long)]), [("utm_source", "я".repeat(100))]);
        for value in ["", "   ", "a\r\nSet-Cookie: x=1", "a\0b", "\u{1b}[31m", "bad\u{fffd}utf"] {
            assert_eq!(marks(&[("utm_source", value)]), [], "{value:?}");
        }
    }

    #[test]
    fn labels_are_small_short_and_empty_where_nothing_was_said() {
        let label = Utm::of([("utm_source", "VK"), ("utm_campaign", &"Я".repeat(90))]).campaign();
        assert_eq!(label, Campaign { source: "vk".to_owned(), name: "я".repeat(60) });
        assert_eq!(Utm::default().campaign(), Campaign { source: String::new(), name: String::new() });
        assert!(Campaign::rest().is_rest() && !label.is_rest());
    }
}
