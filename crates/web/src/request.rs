//! What every request gets: an id, and refusals in the reader's language.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::lang::Lang;
use tracing::Instrument;

use crate::problem::{self, Problem};
use crate::{Hands, Web};

/// The id of the request, by which the log and a refusal name it.
pub const REQUEST_ID: &str = "x-request-id";

/// Gives the request an id, runs it, and says a refusal in the language the reader prefers.
pub(crate) async fn identify(State(web): Hands, request: Request, next: Next) -> Response {
    let id = id_of(&web);
    let lang = preferred(request.headers());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let is_head = method == Method::HEAD;
    // The query is left out: it may hold a name or a phone.
    let span = tracing::info_span!("request", request.id = %id, %method, path);
    let mut response = next.run(request).instrument(span).await;
    let status = response.status();
    let said_nothing = !response.headers().contains_key(header::CONTENT_TYPE);
    if said_nothing && (status.is_client_error() || status.is_server_error()) {
        let mut told = problem::bare(status).into_response();
        for (name, value) in response.headers() {
            told.headers_mut().append(name, value.clone());
        }
        response = told;
    }
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let body = problem.body(lang, Some(&id));
        *response.body_mut() = if is_head { Body::empty() } else { Body::from(body) };
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_LENGTH);
        let language = match lang {
            Lang::Ru => "ru",
            Lang::En => "en",
        };
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language));
        headers.append(header::VARY, HeaderValue::from_static("accept-language"));
    }
    let value = HeaderValue::try_from(id).expect("a UUID is written in plain ASCII");
    response.headers_mut().insert(REQUEST_ID, value);
    response
}

fn id_of(web: &Web) -> String {
    web.app.request_id().to_string()
}

/// The one of our languages that `Accept-Language` prefers; Russian where it says nothing of either.
pub(crate) fn preferred(headers: &HeaderMap) -> Lang {
    let asked = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
    let mut best = (0, Lang::Ru);
    for item in asked.flat_map(|value| value.split(',')) {
        let (tag, weight) = item.split_once(';').unwrap_or((item, ""));
        let lang = match tag.trim().split('-').next().unwrap_or_default() {
            tag if tag.eq_ignore_ascii_case("ru") => Lang::Ru,
            tag if tag.eq_ignore_ascii_case("en") => Lang::En,
            _ => continue,
        };
        let weight = thousandths(weight.trim());
        if weight > best.0 {
            best = (weight, lang);
        }
    }
    best.1
}

/// `q=0.8` as 800; 1000 where nothing is said, 0 where it cannot be read.
fn thousandths(weight: &str) -> u32 {
    let Some(weight) = weight.strip_prefix("q=") else {
        return if weight.is_empty() { 1_000 } else { 0 };
    };
    let (whole, part) = weight.split_once('.').unwrap_or((weight, ""));
    let digits = format!("{whole}{part:0<3}");
    let is_number = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|weight| is_number && *weight <= 1_000).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(value: &'static str) -> Lang {
        preferred(&HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_static(value))]))
    }

    #[test]
    fn the_language_with_the_greatest_weight_is_spoken() {
        assert_eq!(preferred(&HeaderMap::new()), Lang::Ru);
        for value in
            ["ru", "*", "de", "", "ru-RU,ru;q=0.9,en-US;q=0.8", "en;q=0", "en;q=0.5,ru;q=0.500", "en;q=2"]
        {
            let expected = if value == "en;q=0.5,ru;q=0.500" { Lang::En } else { Lang::Ru };
            assert_eq!(asked(value), expected, "{value}");
        }
        for value in ["en", "EN-gb", "de,en;q=0.1", "ru;q=0.3, en;q=0.7"] {
            assert_eq!(asked(value), Lang::En, "{value}");
        }
    }
}
