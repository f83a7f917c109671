//! A POST that is sent twice is done once: by its `Idempotency-Key`.

use std::collections::BTreeMap;

use app::idempotency::{Begun, Kept, Lease, abandon, begin, finish, keyed};
use axum::body::{Body, to_bytes};
use axum::extract::{OriginalUri, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::lang::{Lang, Text};
use tracing::Instrument;

use super::LARGEST_BODY;
use super::caller::Entered;
use super::extract::too_large;
use crate::request::preferred;
use crate::{FieldProblem, Place, Problem, Web};

/// The header of the key.
pub(super) const KEY: &str = "Idempotency-Key";
/// The header by which an answer says that it was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The headers that belong to an answer.
const KEPT: [HeaderName; 4] =
    [header::CONTENT_TYPE, header::LOCATION, header::ETAG, header::CONTENT_LANGUAGE];
/// The largest answer that is kept, in bytes.
const LARGEST_ANSWER: usize = 4 * 1024 * 1024;

/// Lets a POST through once; the same request sent again is answered as before.
pub(super) async fn once(request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    match answer(request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn answer(request: Request, next: Next) -> Result<Response, Problem> {
    let key = key(request.headers())?;
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, LARGEST_BODY).await.map_err(|_| too_large())?;
    let entered = parts.extensions.get::<Entered>().expect("every route of the API stands behind the door");
    let caller = entered.caller.clone()?;
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
    let target = uri.path_and_query().map_or(uri.path(), |target| target.as_str());
    let keyed = keyed(caller.user, key, format!("{} {target}", parts.method), &bytes);
    let web = entered.web.clone();
    let lease = match begin(&web.app, &keyed).await? {
        Begun::Run(lease) => lease,
        Begun::Answered(kept) => return Ok(replayed(kept)),
        Begun::Running { for_at_most } => return Err(running(for_at_most.as_secs())),
        Begun::Reused => return Err(reused()),
    };
    let lang = preferred(&parts.headers);
    let request = Request::from_parts(parts, Body::from(bytes));
    // A task of its own: a client who hangs up does not stop what was begun, nor lose its answer.
    let running = tokio::spawn(run(web, lease, lang, next.run(request)).in_current_span());
    running.await.map_err(|failed| match failed.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(_) => Problem::unavailable(),
    })
}

async fn run(web: Web, lease: Lease, lang: Lang, response: impl Future<Output = Response>) -> Response {
    let response = response.await;
    let status = response.status();
    if response.extensions().get::<Untold>().is_some() {
        note(finish(&web.app, &lease, &untold(lang)).await);
        return response;
    }
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        note(abandon(&web.app, &lease).await);
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST_ANSWER).await else {
        note(abandon(&web.app, &lease).await);
        return Problem::unavailable().into_response();
    };
    let text = |name: &HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let headers: BTreeMap<&str, &str> =
        KEPT.iter().filter_map(|name| text(name).map(|value| (name.as_str(), value))).collect();
    let headers = serde_json::to_string(&headers).expect("a map of texts always serialises");
    // A refusal is kept in the language it was asked for.
    let problem = parts.extensions.get::<Problem>();
    let body = problem.map_or_else(|| bytes.to_vec(), |problem| problem.body(lang, None).into_bytes());
    let kept = Kept { status: status.as_u16(), headers, body };
    note(finish(&web.app, &lease, &kept).await);
    Response::from_parts(parts, Body::from(bytes))
}

/// Marks an answer that holds a secret: it is given once and never kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Untold;

/// What is kept in the place of an answer that holds a secret.
fn untold(lang: Lang) -> Kept {
    let detail = Text::new(
        "запрос уже выполнен, а ответ держал секрет и показан один раз",
        "the request is done already, and its answer held a secret that is shown once",
    );
    let problem = Problem::conflict("shown_once", detail);
    let headers = serde_json::json!({ "content-type": "application/problem+json" }).to_string();
    Kept { status: StatusCode::CONFLICT.as_u16(), headers, body: problem.body(lang, None).into_bytes() }
}

/// What the request did is done; that its answer could not be kept is only noted.
fn note(kept: Result<(), app::StoreError>) {
    if let Err(error) = kept {
        tracing::error!(error = &error as &dyn std::error::Error, "could not keep the answer of a request");
    }
}

fn replayed(kept: Kept) -> Response {
    let mut response = Body::from(kept.body).into_response();
    *response.status_mut() = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    let headers: BTreeMap<String, String> = serde_json::from_str(&kept.headers).unwrap_or_default();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

/// The key: exactly one, of 1 to 128 visible ASCII characters.
fn key(headers: &HeaderMap) -> Result<String, Problem> {
    let mut values = headers.get_all(KEY).iter();
    let Some(value) = values.next() else {
        let title = Text::new("Нужен заголовок Idempotency-Key", "An Idempotency-Key is needed");
        let detail = Text::new(
            "пришлите свой ключ запроса: с тем же ключом он выполнится один раз",
            "send a key of your own: the request is done once for a key",
        );
        return Err(Problem::new(StatusCode::BAD_REQUEST, "idempotency_key_missing", title, detail));
    };
    let visible =
        |text: &&str| (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    match value.to_str().ok().filter(visible) {
        Some(key) if values.next().is_none() => Ok(key.to_owned()),
        _ => {
            let detail = Text::new(
                "один ключ из 1–128 видимых знаков ASCII",
                "one key of 1 to 128 visible ASCII characters",
            );
            let error = FieldProblem::new(Place::Field(KEY.to_owned()), "invalid", detail.clone());
            let title = Text::new("Idempotency-Key не подходит", "The Idempotency-Key does not fit");
            Err(Problem::new(StatusCode::BAD_REQUEST, "idempotency_key_invalid", title, detail)
                .errors(vec![error]))
        }
    }
}

fn running(seconds: u64) -> Problem {
    let detail = Text::new("такой же запрос ещё выполняется", "the same request is still running");
    // It ends long before its lease does.
    let seconds = u32::try_from(seconds.clamp(1, 5)).unwrap_or(5);
    Problem::conflict("idempotency_running", detail).retry_after(seconds)
}

fn reused() -> Problem {
    let title = Text::new("Ключ занят другим запросом", "The key belongs to another request");
    let detail = Text::new(
        "с этим Idempotency-Key уже был запрос с другим адресом или телом: возьмите новый ключ",
        "this Idempotency-Key came with another address or body before: take a new key",
    );
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", title, detail)
}
