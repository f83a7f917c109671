//! Refusals as RFC 9457 problem bodies with stable codes.

use std::any::Any;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// One refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    #[serde(serialize_with = "number")]
    status: StatusCode,
    /// Stable, for programs.
    code: &'static str,
    /// What kind of refusal it is, in Russian.
    title: &'static str,
    /// What is wrong here, and what would be right.
    detail: String,
    #[serde(skip)]
    retry_after_s: Option<u32>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

impl Problem {
    /// A refusal.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self { status, code, title, detail: detail.into(), retry_after_s: None }
    }

    /// Asks to come again after so many seconds.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let retry_after = self.retry_after_s.map(HeaderValue::from);
        let body = serde_json::to_string(&self).expect("a problem is a plain struct of texts");
        let content_type = HeaderValue::from_static("application/problem+json");
        let mut response = (self.status, [(header::CONTENT_TYPE, content_type)], body).into_response();
        if let Some(retry_after) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, retry_after);
        }
        response
    }
}

pub(crate) async fn not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", "Нет такой страницы", "there is nothing at this address")
}

/// The database does not answer.
pub(crate) fn no_database() -> Problem {
    let title = "База данных недоступна";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", title, "the database does not answer")
        .retry_after(1)
}

pub(crate) async fn method_not_allowed() -> Problem {
    let title = "Метод не поддерживается";
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        title,
        "this address takes another method",
    )
}

/// The last resort: a handler panicked; its transaction is undone.
#[expect(clippy::needless_pass_by_value, reason = "the shape that the layer asks for")]
pub(crate) fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let text =
        cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    tracing::error!(panic = text.unwrap_or("?"), "a request ended in a panic");
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "Внутренняя ошибка",
        "the request could not be finished",
    )
    .into_response()
}
