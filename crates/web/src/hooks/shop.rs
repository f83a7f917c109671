//! `POST /hooks/shop`: the shop tells what happened to an order.

use app::orders::{IntakeError, Received};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use domain::lang::Text;
use domain::webhook::{SignatureError, verify};
use serde::Serialize;

use crate::problem::same;
use crate::{Hands, Problem};

/// What the shop is told of a webhook that is stored.
#[derive(Debug, Serialize)]
pub struct Answer {
    status: &'static str,
}

/// Takes an event in. 200 only once it is stored for good; then it is never lost and never counted
/// twice.
pub async fn receive(
    State(web): Hands,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Answer>, Problem> {
    let body = body.map_err(|rejection| {
        let title = Text::new("Тело запроса не принято", "The body is refused");
        Problem::new(rejection.status(), "body", title, same("the body is larger than 256 KB or was cut off"))
    })?;
    let verified =
        verify(&web.secrets, |name| single(&headers, name), body.into(), web.app.now()).map_err(unsigned)?;
    let message = verified.message_id().to_owned();
    let received = web.intake.submit(verified).await.map_err(later)?;
    if matches!(received, Received::Refused(_) | Received::Conflict(_)) {
        // Why stands in the receipt; a log line must not carry what the shop wrote about its customer.
        tracing::warn!(message.id = %message, "a webhook is refused: see `nanorem webhooks`");
    }
    match received {
        Received::Accepted => Ok(Json(Answer { status: "accepted" })),
        Received::Duplicate => Ok(Json(Answer { status: "duplicate" })),
        Received::Refused(detail) => {
            let title = Text::new("Событие не принято", "The event is refused");
            Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_event", title, detail))
        }
        Received::Conflict(detail) => {
            let title = Text::new("Событие противоречит известному", "The event contradicts what is known");
            Err(Problem::new(StatusCode::CONFLICT, "conflict", title, detail))
        }
    }
}

/// The value of a header that stands exactly once and is plain ASCII.
fn single<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    if values.next().is_some() {
        return None;
    }
    value.to_str().ok()
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err asks for")]
fn unsigned(error: SignatureError) -> Problem {
    metrics::counter!("nanorem_webhooks_rejected_total").increment(1);
    tracing::warn!(reason = %error, "refused a webhook");
    let title = Text::new("Подпись не принята", "The signature is refused");
    Problem::new(StatusCode::UNAUTHORIZED, "signature", title, same(error.to_string()))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err asks for")]
fn later(error: IntakeError) -> Problem {
    let title = Text::new("Временно не принимаем, повторите", "Not taken for now, try again");
    match error {
        IntakeError::Full => {
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "busy", title, same(error.to_string())).retry_after(2)
        }
        IntakeError::Store(_) | IntakeError::Stopping => {
            // What the database said stands in the log, not in an answer to a stranger.
            let detail = "the event is not stored: send it again";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", title, same(detail)).retry_after(2)
        }
    }
}
