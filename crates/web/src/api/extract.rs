//! What a handler takes of a request: the body, the query, the path. What does not fit is refused with
//! the place and what would be right; nothing unknown is passed over.

mod json;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use domain::lang::Text;
use domain::text;
use serde::de::DeserializeOwned;

use crate::{FieldProblem, Place, Problem};

pub(super) use json::{ApiJson, too_large};

/// The query of a request, every parameter of it known.
#[derive(Debug)]
pub(super) struct ApiQuery<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(query)) => Ok(Self(query)),
            Err(rejection) => Err(query_problem(&rejection)),
        }
    }
}

fn query_problem(rejection: &QueryRejection) -> Problem {
    // The innermost cause is serde's, which names the parameter.
    let mut error: &dyn std::error::Error = rejection;
    while let Some(source) = error.source() {
        error = source;
    }
    let said = error.to_string();
    let (named, said) = match said.split_once(": ") {
        Some((name, rest)) if name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_') => {
            (name, rest)
        }
        _ => ("", said.as_str()),
    };
    let (code, name, detail) = told(said);
    let name = name.unwrap_or_else(|| named.to_owned());
    Problem::invalid(vec![FieldProblem::new(Place::Field(name), code, detail)])
}

/// What serde says about a field: a code, the field's name where it is in the text, and a sentence.
fn told(said: &str) -> (&'static str, Option<String>, Text) {
    let quoted = said.split('`').nth(1).map(|name| name.chars().take(60).collect::<String>());
    let name = quoted.clone().unwrap_or_default();
    if said.starts_with("unknown field") {
        let known: Vec<&str> = said.split('`').skip(3).step_by(2).collect();
        let known = known.join(", ");
        return (
            "unknown_field",
            quoted,
            text!("поля «{name}» нет; есть: {known}", "there is no field {name:?}; there are: {known}"),
        );
    }
    if said.starts_with("missing field") {
        return ("missing_field", quoted, text!("нужно поле «{name}»", "the field {name:?} is needed"));
    }
    if said.starts_with("duplicate field") {
        return (
            "duplicate_field",
            quoted,
            text!("поле «{name}» стоит дважды", "the field {name:?} stands twice"),
        );
    }
    let said: String = said.chars().take(200).collect();
    ("wrong_type", None, text!("значение другого вида: {said}", "a value of another kind: {said}"))
}

/// The part of the path that names a resource. What cannot be its name names nothing: 404.
#[derive(Debug)]
pub(super) struct ApiPath<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for ApiPath<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(path)) => Ok(Self(path)),
            Err(PathRejection::FailedToDeserializePathParams(_)) => {
                let detail = Text::new("по этому адресу ничего нет", "there is nothing at this address");
                Err(Problem::unknown("not_found", detail))
            }
            Err(rejection) => Err(Problem::broken(&rejection)),
        }
    }
}

/// Collects what is wrong with the fields of a request, so that all of it is told at once.
#[derive(Debug, Default)]
pub(super) struct Wrong(Vec<FieldProblem>);

impl Wrong {
    /// Keeps what a field of the body is read as, or why it cannot be.
    pub(super) fn read<T, E: Into<Text>>(&mut self, pointer: &str, read: Result<T, E>) -> Option<T> {
        self.at(Place::Pointer(pointer.to_owned()), read)
    }

    /// The same of a parameter of the query.
    pub(super) fn parameter<T, E: Into<Text>>(&mut self, name: &str, read: Result<T, E>) -> Option<T> {
        self.at(Place::Field(name.to_owned()), read)
    }

    /// The same of a parameter that may be left out.
    pub(super) fn optional<S, T, E: Into<Text>>(
        &mut self,
        name: &str,
        given: Option<S>,
        read: impl FnOnce(S) -> Result<T, E>,
    ) -> Option<T> {
        given.and_then(|given| self.parameter(name, read(given)))
    }

    fn at<T, E: Into<Text>>(&mut self, place: Place, read: Result<T, E>) -> Option<T> {
        match read {
            Ok(read) => Some(read),
            Err(error) => {
                self.0.push(FieldProblem::new(place, "invalid", error));
                None
            }
        }
    }

    /// Refuses if anything is wrong.
    pub(super) fn refuse(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(Problem::invalid(self.0)) }
    }

    /// The refusal of what was collected; at least one field is wrong.
    pub(super) fn problem(self) -> Problem {
        Problem::invalid(self.0)
    }

    /// The refusal of one parameter of the query.
    pub(super) fn one_parameter(name: &str, code: &'static str, detail: Text) -> Problem {
        Problem::invalid(vec![FieldProblem::new(Place::Field(name.to_owned()), code, detail)])
    }

    /// The refusal of one field of the body.
    pub(super) fn one(pointer: &str, code: &'static str, detail: impl Into<Text>) -> Problem {
        Problem::invalid(vec![FieldProblem::new(Place::Pointer(pointer.to_owned()), code, detail)])
    }
}

fn bad_request(code: &'static str, detail: Text) -> Problem {
    let title = Text::new("Запрос не читается", "The request cannot be read");
    Problem::new(StatusCode::BAD_REQUEST, code, title, detail)
}
