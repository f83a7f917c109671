//! One resource, as it stands: with a tag of its content, by which a reader who has it is not sent it
//! again.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Answers with one resource; its `ETag` is the SHA-256 of the body.
#[derive(Debug, Clone)]
pub(super) struct Single<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Single<T> {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.0).expect("what the API shows are plain structs");
        let tag = HeaderValue::try_from(format!("\"{}\"", hex::encode(Sha256::digest(&body))))
            .expect("hexadecimal digits are plain ASCII");
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (header::ETAG, tag),
            (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        ];
        (headers, body).into_response()
    }
}

/// Answers 304 where the reader has what would be sent.
pub(super) async fn conditional(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let known = reads.then(|| request.headers().clone());
    let mut response = next.run(request).await;
    let has_it =
        known.is_some_and(|known| response.headers().get(header::ETAG).is_some_and(|tag| names(&known, tag)));
    if has_it && response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(header::CONTENT_TYPE);
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    response
}

/// Whether `If-None-Match` names the tag; weak ones are compared as strong ones are, as RFC 9110 asks.
fn names(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let Ok(tag) = tag.to_str() else { return false };
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|named| named == "*" || named.strip_prefix("W/").unwrap_or(named) == tag)
}
