//! Pages for people without a screen of their own: what is not there, and what cannot be had now.

use std::sync::LazyLock;

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::lang::{Lang, Text};
use domain::text;
use sha2::{Digest, Sha256};

#[derive(Template)]
#[template(path = "notice.html")]
struct Notice<'p> {
    lang: &'static str,
    heading: &'p str,
    text: &'p str,
    action: Option<(&'p str, &'p str)>,
}

/// The style of the page, as it stands in it.
const STYLE: &str = include_str!("../templates/style.css").trim_ascii_end();

/// Nothing but this very style may be applied, nothing at all may be run or loaded.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    policy.parse().expect("a policy is plain ASCII")
});

/// There is no such link. Where to go instead is said, why is not.
pub(crate) fn no_link(lang: Lang, shop: &str) -> Response {
    let heading = text!("Такой ссылки нет", "There is no such link");
    let told = text!(
        "Возможно, часть адреса потерялась. Попросите того, кто вас пригласил, прислать ссылку ещё раз.",
        "Perhaps a part of the address was lost. Ask the one who invited you to send the link again."
    );
    let label = text!("Открыть магазин", "Open the shop");
    notice(StatusCode::NOT_FOUND, lang, &heading, &told, Some((shop, &label)))
}

/// The database does not answer.
pub(crate) fn not_now(lang: Lang) -> Response {
    let heading = text!("Сейчас не получается", "Not just now");
    let told = text!("Подождите минуту и откройте ссылку ещё раз.", "Wait a minute and open the link again.");
    let mut response = notice(StatusCode::SERVICE_UNAVAILABLE, lang, &heading, &told, None);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}

/// The address asks too often.
pub(crate) fn too_often(lang: Lang, seconds: u32) -> Response {
    let heading = text!("Слишком часто", "Too often");
    let told = text!(
        "С вашего адреса слишком много запросов. Подождите минуту и откройте ссылку ещё раз.",
        "Too many requests come from your address. Wait a minute and open the link again."
    );
    let mut response = notice(StatusCode::TOO_MANY_REQUESTS, lang, &heading, &told, None);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

fn notice(
    status: StatusCode,
    lang: Lang,
    heading: &Text,
    told: &Text,
    action: Option<(&str, &Text)>,
) -> Response {
    let page = Notice {
        lang: match lang {
            Lang::Ru => "ru",
            Lang::En => "en",
        },
        heading: heading.in_lang(lang),
        text: told.in_lang(lang),
        action: action.map(|(href, label)| (href, label.in_lang(lang))),
    };
    let page = page.render().expect("the template writes texts only");
    let mut response = (status, Html(page)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY.clone());
    headers.insert(header::VARY, HeaderValue::from_static("accept, accept-language"));
    response
}

/// Whether whoever asks shows pages: a browser says so.
pub(crate) fn is_wanted(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accepts.is_some_and(|accepts| accepts.contains("text/html"))
}

/// The language that a browser asks for: English where it likes it better than Russian.
pub(crate) fn lang(headers: &HeaderMap) -> Lang {
    let asked =
        headers.get(header::ACCEPT_LANGUAGE).and_then(|asked| asked.to_str().ok()).unwrap_or_default();
    let liked = |lang: &str| {
        let ranges = asked.split(',').take(20).filter_map(|range| {
            let (tag, weight) = range.split_once(';').unwrap_or((range, ""));
            let primary = tag.trim().split('-').next().unwrap_or_default();
            primary.eq_ignore_ascii_case(lang).then(|| thousandths(weight))
        });
        ranges.max().unwrap_or(0)
    };
    if liked("en") > liked("ru") { Lang::En } else { Lang::Ru }
}

/// `q=0.8` as 800; what is not said is 1 000.
fn thousandths(weight: &str) -> u32 {
    let Some(text) = weight.trim().strip_prefix("q=") else { return 1_000 };
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = whole.chars().chain(decimals.chars().chain("000".chars()).take(3)).collect();
    digits.parse().unwrap_or(0).min(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_allows_the_style_that_stands_in_the_page() {
        let notice = Notice { lang: "ru", heading: "a", text: "b", action: None };
        let page = notice.render().expect("a page");
        let (_, rest) = page.split_once("<style>").expect("a style");
        let (style, rest) = rest.split_once("</style>").expect("its end");
        assert_eq!(style, STYLE);
        assert!(!rest.contains("<style") && !page.contains("style=") && !page.contains("<script"));
    }

    #[test]
    fn what_is_shown_is_escaped() {
        let hostile = "\"><script>alert(1)</script>";
        let notice = Notice { lang: "ru", heading: hostile, text: hostile, action: Some((hostile, hostile)) };
        let page = notice.render().expect("a page");
        assert!(!page.contains("<script") && page.contains("href=\"&#34;&#62;&#60;script"), "{page}");
    }

    #[test]
    fn the_browser_says_the_language() {
        let lang_of = |asked: &'static str| {
            let headers = [(header::ACCEPT_LANGUAGE, HeaderValue::from_static(asked))];
            lang(&headers.into_iter().collect())
        };
        for asked in
            ["ru-RU,ru;q=0.9,en;q=0.8", "ru", "", "de", "en;q=0.3,ru;q=0.7", "*", "en;q=x", "q=1", "en;q=0"]
        {
            assert_eq!(lang_of(asked), Lang::Ru, "{asked}");
        }
        for asked in ["en", "en-GB,en;q=0.9", "de,en;q=0.5", "ru;q=0.2, EN-us;q=0.25", "en;q=1.0,ru;q=0.999"]
        {
            assert_eq!(lang_of(asked), Lang::En, "{asked}");
        }
    }
}
