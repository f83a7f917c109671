//! Refusals as RFC 9457 problem bodies with stable codes, in the reader's language.
//!
//! A handler gives back a [`Problem`]; it goes into its response in Russian and, beside it, as it is, so
//! that [`crate::request`] can say it in the language the reader asked for.

use std::any::Any;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::lang::{Lang, Text};
use domain::text;
use serde::Serialize;
use utoipa::ToSchema;

/// One refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem(Box<Said>);

/// What a refusal says; a refusal is rare, so that what may fail carries only a pointer to it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    status: StatusCode,
    code: &'static str,
    title: Text,
    detail: Text,
    errors: Vec<FieldProblem>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    place: Place,
    code: &'static str,
    detail: Text,
}

/// Where a field stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the body, as a JSON pointer: `/amount`.
    Pointer(String),
    /// In the path, the query or a header, by its name.
    Field(String),
}

/// A refusal, as programs read it. `code` is stable, `title` and `detail` are for people.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody<'a> {
    /// The status of the answer.
    #[schema(example = 422)]
    status: u16,
    /// What kind of refusal it is, for programs; never changes.
    #[schema(example = "invalid")]
    code: &'static str,
    /// What kind of refusal it is, for people, in the language asked for.
    #[schema(example = "Запрос заполнен неверно")]
    title: &'a str,
    /// What is wrong here, and what would be right.
    #[schema(example = "проверьте поля")]
    detail: &'a str,
    /// The id of the request, which the log of the program has too.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "urn:uuid:019b0000-0000-7000-8000-000000000000")]
    instance: Option<String>,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldBody<'a>>,
}

/// What is wrong with one field.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FieldProblem)]
struct FieldBody<'a> {
    /// Where it stands in the body, as a JSON pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/amount")]
    pointer: Option<&'a str>,
    /// Which parameter or header it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "limit")]
    field: Option<&'a str>,
    /// What is wrong with it, for programs; never changes.
    #[schema(example = "invalid")]
    code: &'static str,
    /// What is wrong with it and what would be right, for people.
    detail: &'a str,
}

impl FieldProblem {
    /// What is wrong where.
    pub fn new(place: Place, code: &'static str, detail: impl Into<Text>) -> Self {
        Self { place, code, detail: detail.into() }
    }
}

impl Problem {
    /// A refusal.
    pub fn new(status: StatusCode, code: &'static str, title: Text, detail: impl Into<Text>) -> Self {
        let (errors, headers) = (Vec::new(), Vec::new());
        Self(Box::new(Said { status, code, title, detail: detail.into(), errors, headers }))
    }

    /// Fields of the request are wrong.
    pub fn invalid(errors: Vec<FieldProblem>) -> Self {
        let title = Text::new("Запрос заполнен неверно", "The request is filled in wrongly");
        let detail = Text::new("проверьте поля, названные в errors", "look at the fields named in errors");
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", title, detail).errors(errors)
    }

    /// There is no such thing, or the caller may not know that there is.
    pub fn unknown(code: &'static str, detail: impl Into<Text>) -> Self {
        let title = Text::new("Не найдено", "Not found");
        Self::new(StatusCode::NOT_FOUND, code, title, detail)
    }

    /// What is asked contradicts how things stand.
    pub fn conflict(code: &'static str, detail: impl Into<Text>) -> Self {
        let title = Text::new("Противоречит состоянию дел", "It contradicts how things stand");
        Self::new(StatusCode::CONFLICT, code, title, detail)
    }

    /// What is asked is understood and cannot be done.
    pub fn refused(code: &'static str, detail: impl Into<Text>) -> Self {
        let title = Text::new("Так сделать нельзя", "It cannot be done");
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, title, detail)
    }

    /// The caller may not do it.
    pub fn forbidden(detail: impl Into<Text>) -> Self {
        let title = Text::new("Недостаточно прав", "Not allowed");
        Self::new(StatusCode::FORBIDDEN, "forbidden", title, detail)
    }

    /// The database or something else behind the program failed; the log says what.
    pub fn broken(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error, "a request failed");
        let title = Text::new("Внутренняя ошибка", "Internal error");
        let detail = Text::new("запрос не выполнен", "the request could not be finished");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", title, detail)
    }

    /// The database cannot be reached or is busy now.
    pub fn unavailable() -> Self {
        let title = Text::new("База данных недоступна", "The database is not available");
        let detail = Text::new("повторите немного позже", "try again a little later");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", title, detail).retry_after(2)
    }

    /// Too many requests: come again after so many seconds.
    pub fn too_many(seconds: u32) -> Self {
        let title = Text::new("Слишком много запросов", "Too many requests");
        let detail = text!("слишком часто: повторите через {} с", "too often: come again in {} s", seconds);
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", title, detail).retry_after(seconds)
    }

    /// Says what is wrong with which field.
    #[must_use]
    pub fn errors(mut self, errors: Vec<FieldProblem>) -> Self {
        self.0.errors = errors;
        self
    }

    /// Asks to come again after so many seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// The body in a language.
    pub(crate) fn body(&self, lang: Lang, request: Option<&str>) -> String {
        let field = |error: &'_ FieldProblem| {
            let (pointer, field) = match &error.place {
                Place::Pointer(pointer) => (Some(pointer.clone()), None),
                Place::Field(field) => (None, Some(field.clone())),
            };
            (pointer, field, error.code, error.detail.in_lang(lang).to_owned())
        };
        let fields: Vec<_> = self.0.errors.iter().map(field).collect();
        let errors = fields.iter().map(|(pointer, field, code, detail)| FieldBody {
            pointer: pointer.as_deref(),
            field: field.as_deref(),
            code,
            detail,
        });
        let body = ProblemBody {
            status: self.0.status.as_u16(),
            code: self.0.code,
            title: self.0.title.in_lang(lang),
            detail: self.0.detail.in_lang(lang),
            instance: request.map(|id| format!("urn:uuid:{id}")),
            errors: errors.collect(),
        };
        serde_json::to_string(&body).expect("a problem is a plain struct of texts")
    }
}

/// A text that is said the same in both languages.
pub(crate) fn same(text: impl Into<String>) -> Text {
    let text = text.into();
    Text::new(text.clone(), text)
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let content_type = HeaderValue::from_static("application/problem+json");
        let body = self.body(Lang::default(), None);
        let mut response = (self.0.status, [(header::CONTENT_TYPE, content_type)], body).into_response();
        for (name, value) in &self.0.headers {
            response.headers_mut().insert(name, value.clone());
        }
        response.extensions_mut().insert(self);
        response
    }
}

pub(crate) async fn not_found() -> Problem {
    let title = Text::new("Нет такой страницы", "There is no such page");
    let detail = Text::new("по этому адресу ничего нет", "there is nothing at this address");
    Problem::new(StatusCode::NOT_FOUND, "not_found", title, detail)
}

/// The database does not answer.
pub(crate) fn no_database() -> Problem {
    let title = Text::new("База данных недоступна", "The database is not available");
    let detail = Text::new("база данных не отвечает", "the database does not answer");
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", title, detail).retry_after(1)
}

pub(crate) async fn method_not_allowed() -> Problem {
    let title = Text::new("Метод не поддерживается", "The method is not supported");
    let detail =
        Text::new("у этого адреса другой метод: см. Allow", "this address takes another method: see Allow");
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", title, detail)
}

/// The request took too long, or a layer below refused it without saying more.
pub(crate) fn bare(status: StatusCode) -> Problem {
    let title = if status == StatusCode::SERVICE_UNAVAILABLE {
        Text::new("Запрос выполнялся слишком долго", "The request took too long")
    } else {
        Text::new("Запрос не принят", "The request is refused")
    };
    let code = if status.is_server_error() { "unavailable" } else { "refused" };
    Problem::new(status, code, title, Text::new("повторите запрос позже", "try again later"))
}

/// The last resort: a handler panicked; its transaction is undone.
#[expect(clippy::needless_pass_by_value, reason = "the shape that the layer asks for")]
pub(crate) fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let text =
        cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    tracing::error!(panic = text.unwrap_or("?"), "a request ended in a panic");
    let title = Text::new("Внутренняя ошибка", "Internal error");
    let detail = Text::new("запрос не выполнен", "the request could not be finished");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", title, detail).into_response()
}

impl From<app::StoreError> for Problem {
    fn from(error: app::StoreError) -> Self {
        if error.is_out_of_reach() {
            tracing::warn!(error = &error as &dyn std::error::Error, "a request could not be served");
            return Self::unavailable();
        }
        if matches!(error, app::StoreError::Taken(_)) {
            let detail = Text::new(
                "в тот же миг записано другое: прочитайте, что есть, и решите заново",
                "something else was stored at the same moment: read what there is and decide anew",
            );
            return Self::conflict("stored_meanwhile", detail);
        }
        Self::broken(&error)
    }
}
