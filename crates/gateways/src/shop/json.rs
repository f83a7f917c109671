//! Somebody's JSON, taken apart without losing a digit: a number stays the text that it was.

use std::borrow::Cow;
use std::fmt;

use domain::lang::Text;
use domain::text;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::path::JsonPath;

/// A value as it was written.
pub(super) type Raw<'a> = &'a RawValue;

/// The fields of an object as they were written, in their order.
struct Fields<'a>(Vec<(Cow<'a, str>, Raw<'a>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some(Name(name)) = map.next_key()? {
                    fields.push((name, map.next_value()?));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// A name, borrowed unless it holds an escape.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// What stands at a path; `None` if a name on it is not there, or null is.
pub(super) fn at<'a>(whole: Raw<'a>, path: &JsonPath) -> Result<Option<Raw<'a>>, Text> {
    let mut here = whole;
    for name in path.names() {
        let Some(next) = within(here, name)? else { return Ok(None) };
        here = next;
    }
    Ok((here.get() != "null").then_some(here))
}

fn within<'a>(here: Raw<'a>, name: &str) -> Result<Option<Raw<'a>>, Text> {
    match here.get().as_bytes().first() {
        Some(b'{') => {
            let Fields(fields) = serde_json::from_str(here.get()).map_err(|error| broken(&error))?;
            let mut found = fields.into_iter().filter(|(key, _)| key == name).map(|(_, value)| value);
            let first = found.next();
            if found.next().is_some() {
                return Err(text!("поле {name} стоит дважды", "field {name} stands there twice"));
            }
            Ok(first)
        }
        Some(b'[') => {
            let place: usize = name.parse().map_err(|_| {
                text!("вместо поля {name} стоит список", "a list stands where field {name} should")
            })?;
            Ok(list(here)?.get(place).copied())
        }
        Some(b'n') => Ok(None),
        _ => {
            let shown = shown(here);
            Err(text!("{shown} — не объект с полем {name}", "{shown} is no object with a field {name}"))
        }
    }
}

/// The items of a list.
pub(super) fn list(whole: Raw<'_>) -> Result<Vec<Raw<'_>>, Text> {
    if !whole.get().starts_with('[') {
        let shown = shown(whole);
        return Err(text!("{shown} — не список", "{shown} is no list"));
    }
    serde_json::from_str(whole.get()).map_err(|error| broken(&error))
}

/// A text or a number as text.
pub(super) fn scalar(value: Raw<'_>) -> Result<String, Text> {
    match value.get().as_bytes().first() {
        Some(b'"') => serde_json::from_str(value.get()).map_err(|error| broken(&error)),
        Some(b'-' | b'0'..=b'9') => Ok(value.get().to_owned()),
        _ => {
            let shown = shown(value);
            Err(text!("{shown} — не строка и не число", "{shown} is neither a text nor a number"))
        }
    }
}

/// Yes or no, as shops write it.
pub(super) fn flag(value: Raw<'_>) -> Result<bool, Text> {
    match value.get() {
        "true" | "1" | "\"1\"" | "\"true\"" => Ok(true),
        "false" | "0" | "\"0\"" | "\"false\"" => Ok(false),
        _ => {
            let shown = shown(value);
            Err(text!("{shown} — не true и не false", "{shown} is neither true nor false"))
        }
    }
}

/// The whole of an answer.
pub(super) fn whole(body: &[u8]) -> Result<Raw<'_>, Text> {
    let text = std::str::from_utf8(body)
        .map_err(|_| text!("ответ — не текст в UTF-8", "the answer is no text in UTF-8"))?;
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| broken(&error))
}

fn broken(error: &serde_json::Error) -> Text {
    text!("это не JSON или он оборван ({error})", "this is not JSON, or it breaks off ({error})")
}

fn shown(value: Raw<'_>) -> String {
    value.get().chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use domain::lang::Lang;

    use super::*;

    fn found(json: &str, path: &str) -> Result<Option<String>, String> {
        let whole = whole(json.as_bytes()).map_err(|text| text.to_string())?;
        let value = at(whole, &path.parse().expect("a path")).map_err(|text| text.to_string())?;
        Ok(value.map(|value| value.get().to_owned()))
    }

    #[test]
    fn a_number_stays_the_text_that_it_was() {
        let json = r#"{"a": {"b": [1, {"c\u0064": 1490.500000000000000001}]}}"#;
        assert_eq!(found(json, "a.b.1.cd"), Ok(Some("1490.500000000000000001".to_owned())));
    }

    #[test]
    fn what_is_not_there_and_null_are_nothing() {
        for path in ["b", "a.b", "a.b.c"] {
            assert_eq!(found(r#"{"a": {"b": null}}"#, path), Ok(None), "{path}");
        }
        assert_eq!(found("[1]", "3"), Ok(None));
    }

    #[test]
    fn a_field_told_twice_a_wrong_shape_and_broken_text_are_refused() {
        let deep = "[".repeat(20_000);
        for (json, path) in [
            (r#"{"a": 1, "a": 2}"#, "a"),
            (r#"{"a": 1, "\u0061": 1}"#, "a"),
            (r#"{"a": 1}"#, "a.b"),
            (r#"{"a": [1]}"#, "a.b"),
            (r#"{"a": 1"#, "a"),
            (r#"{"a": 1} x"#, "a"),
            ("", "a"),
            ("NaN", ""),
            (deep.as_str(), "a"),
        ] {
            assert!(found(json, path).is_err(), "{json:.40}");
        }
        assert!(whole(b"\xff\xfe[\x00]\x00").is_err(), "UTF-16");
    }

    #[test]
    fn scalars_and_flags_are_read_as_shops_write_them() {
        let raw = |text: &'static str| whole(text.as_bytes()).expect("JSON");
        assert_eq!(scalar(raw(r#""1\u00a0490,50""#)), Ok("1\u{a0}490,50".to_owned()));
        assert_eq!(scalar(raw("1e5")), Ok("1e5".to_owned()), "it is the price that refuses it");
        for text in ["true", "[]", "{}"] {
            assert!(scalar(raw(text)).is_err(), "{text}");
        }
        assert_eq!(flag(raw("\"0\"")), Ok(false));
        assert_eq!(flag(raw("1")), Ok(true));
        assert_eq!(flag(raw("2")).expect_err("no flag").in_lang(Lang::Ru), "2 — не true и не false");
    }
}
