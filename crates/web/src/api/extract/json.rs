//! A JSON body, read strictly: no key twice, not too deep, no field that is unknown, nothing after it.

use std::collections::HashSet;
use std::fmt;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use domain::lang::Text;
use domain::text;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_path_to_error::Segment;

use super::{bad_request, told};
use crate::{FieldProblem, Place, Problem};

/// How deep arrays and objects may stand in each other.
const DEEPEST: usize = 16;

/// The body of a request.
#[derive(Debug)]
pub(in crate::api) struct ApiJson<T>(pub(in crate::api) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for ApiJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            let title = Text::new("Тело не JSON", "The body is not JSON");
            let detail =
                Text::new("пришлите Content-Type: application/json", "send Content-Type: application/json");
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                title,
                detail,
            ));
        }
        let body = match Bytes::from_request(request, state).await {
            Ok(body) => body,
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => return Err(too_large()),
            Err(_) => {
                return Err(bad_request(
                    "body_cut_off",
                    Text::new("тело оборвалось", "the body was cut off"),
                ));
            }
        };
        read(&body).map(Self)
    }
}

/// The body is larger than the API takes.
pub(in crate::api) fn too_large() -> Problem {
    let title = Text::new("Тело слишком велико", "The body is too large");
    let detail = Text::new("в теле не больше 64 КБ", "a body has at most 64 KB");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", title, detail)
}

fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(kind), None) = (types.next(), types.next()) else { return false };
    let essence = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    let essence = essence.trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut strict = serde_json::Deserializer::from_slice(body);
    let sound = Sound { depth: 0 }.deserialize(&mut strict).and_then(|()| strict.end());
    if let Err(error) = sound {
        let said = error.to_string();
        let code = if said.starts_with("duplicate key") { "duplicate_key" } else { "malformed_json" };
        return Err(bad_request(code, text!("не JSON: {said}", "not JSON: {said}")));
    }
    let mut typed = serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(&mut typed).map_err(|error| {
        let said = error.inner().to_string();
        // Line and column say nothing of a value that is named by its pointer.
        let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
        let (code, name, detail) = told(said);
        let mut pointer = pointer(error.path());
        if let Some(name) = name.filter(|_| code == "missing_field") {
            pointer = format!("{pointer}/{}", escaped(&name));
        }
        Problem::invalid(vec![FieldProblem::new(Place::Pointer(pointer), code, detail)])
    })
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Map { key } => Some(format!("/{}", escaped(key))),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

fn escaped(key: &str) -> String {
    key.chars().take(60).collect::<String>().replace('~', "~0").replace('/', "~1")
}

/// Reads a value only to see that it is sound.
#[derive(Clone, Copy)]
struct Sound {
    depth: usize,
}

impl Sound {
    fn deeper<E: de::Error>(self) -> Result<Self, E> {
        if self.depth == DEEPEST {
            return Err(E::custom(format_args!("arrays and objects stand more than {DEEPEST} deep")));
        }
        Ok(Self { depth: self.depth + 1 })
    }
}

impl<'de> DeserializeSeed<'de> for Sound {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Sound {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        while items.next_element_seed(inner)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        let mut keys = HashSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            if keys.contains(&key) {
                let key: String = key.chars().take(60).collect();
                return Err(de::Error::custom(format_args!("duplicate key {key:?}")));
            }
            entries.next_value_seed(inner)?;
            keys.insert(key);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        name: String,
        lines: Vec<Line>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        pieces: u32,
    }

    fn told(body: &str) -> serde_json::Value {
        let problem = read::<Body>(body.as_bytes()).expect_err("it is refused");
        serde_json::from_str(&problem.body(domain::lang::Lang::En, None)).expect("a problem is JSON")
    }

    #[test]
    fn a_right_body_is_read() {
        let body = read::<Body>(br#" {"name":"a","lines":[{"pieces":1}]} "#).expect("right");
        assert_eq!(body, Body { name: "a".into(), lines: vec![Line { pieces: 1 }] });
    }

    #[test]
    fn what_is_not_sound_json_is_malformed() {
        let deep = "[".repeat(17) + &"]".repeat(17);
        let bottomless = "[".repeat(100_000);
        let bodies = [
            "",
            "{",
            "{} x",
            "{'a':1}",
            "NaN",
            "\u{feff}{}",
            r#"{"a":01}"#,
            r#""\ud800""#,
            &deep,
            &bottomless,
        ];
        for body in bodies {
            assert_eq!(
                (&told(body)["status"], &told(body)["code"]),
                (&400.into(), &"malformed_json".into()),
                "{body:.20}"
            );
        }
        for body in [r#"{"name":"a","name":"b"}"#, r#"{"lines":[{"pieces":1,"piec\u0065s":2}]}"#] {
            assert_eq!(told(body)["code"], "duplicate_key", "{body}");
        }
    }

    #[test]
    fn what_does_not_fit_is_named_by_its_pointer() {
        for (body, code, pointer) in [
            (r#"{"name":"a"}"#, "missing_field", "/lines"),
            (r#"{"name":"a","lines":[{}]}"#, "missing_field", "/lines/0/pieces"),
            (r#"{"name":"a","lines":[{"pieces":1,"a/b~":2}]}"#, "unknown_field", "/lines/0/a~1b~0"),
            (r#"{"name":1,"lines":[]}"#, "wrong_type", "/name"),
            (r#"{"name":"a","lines":[{"pieces":-1}]}"#, "wrong_type", "/lines/0/pieces"),
            (r#"{"name":"a","lines":[{"pieces":1.5}]}"#, "wrong_type", "/lines/0/pieces"),
            ("[]", "wrong_type", ""),
            ("null", "wrong_type", ""),
        ] {
            let problem = told(body);
            let found = (&problem["status"], &problem["errors"][0]["code"], &problem["errors"][0]["pointer"]);
            assert_eq!(found, (&422.into(), &code.into(), &pointer.into()), "{body}");
        }
    }
}
