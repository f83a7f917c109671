//! `GET /r/{code}`: a visitor follows a partner's link and is sent on to the shop.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::link::{FirstTouch, Utm};
use jiff::Timestamp;

use super::{Links, Owner, field, fields, owner};
use crate::{Hands, page};

/// Sends a visitor on. Whoever brought him first within the window stays: his code goes with the visitor,
/// whoever's link this one is. Where to is chosen among the addresses of the settings only.
pub async fn visit(
    State(web): Hands,
    method: Method,
    headers: HeaderMap,
    code: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Response {
    let lang = page::lang(&headers);
    let (partner, code) = match owner(&web, code).await {
        Owner::Partner(partner, code) => (partner, code),
        Owner::Nobody => return page::no_link(lang, &web.links.destinations.home()),
        Owner::Unknown => return page::not_now(lang),
    };
    let fields = fields(query.as_deref());
    let utm = Utm::of(fields.iter().map(|(name, value)| (name, value)));
    let now = web.app.now();
    let known = first_touch(&web.links, &headers, now);
    let is_person = method == Method::GET && !is_robot(&headers);
    if is_person {
        web.links.clicks.note(partner, now, utm.campaign());
    }
    let is_first = known.is_none();
    let touch = known.unwrap_or_else(|| FirstTouch::new(code, now));
    let address = web.links.destinations.address(field(&fields, "to"), &touch.code, &utm);
    let cookie = (is_first && is_person).then(|| cookie(&web.links, &touch));
    redirect(&address, cookie.as_deref())
}

fn redirect(address: &str, cookie: Option<&str>) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    let value =
        |text: &str| HeaderValue::from_str(text).expect("addresses and cookies of ours are plain ASCII");
    headers.insert(header::LOCATION, value(address));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    if let Some(cookie) = cookie {
        headers.insert(header::SET_COOKIE, value(cookie));
    }
    response
}

/// Through TLS the prefix keeps the cookie from every other host and path; a browser takes it no other way.
const fn cookie_name(links: &Links) -> &'static str {
    if links.public_url.is_secure() { "__Host-nanorem_ref" } else { "nanorem_ref" }
}

fn cookie(links: &Links, touch: &FirstTouch) -> String {
    let name = cookie_name(links);
    let secure = if links.public_url.is_secure() { "; Secure" } else { "" };
    let (value, seconds) = (touch.seal(&links.key), links.window.seconds());
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

/// The earliest first touch that the visitor's browser kept and that still holds.
fn first_touch(links: &Links, headers: &HeaderMap, now: Timestamp) -> Option<FirstTouch> {
    let name = cookie_name(links);
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let cookies = lines.flat_map(|line| line.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
    let sealed = cookies.filter(|(known, _)| *known == name).map(|(_, value)| value);
    let touches = sealed.filter_map(|value| FirstTouch::open(value, &links.key, now, links.window).ok());
    touches.min_by_key(|touch| touch.at)
}

/// Those who fetch links without a person following them: previews of messengers, search engines.
const ROBOTS: [&str; 22] = [
    "ahrefsbot",
    "applebot",
    "bingbot",
    "crawler",
    "curl/",
    "discordbot",
    "facebookexternalhit",
    "googlebot",
    "go-http-client",
    "headlesschrome",
    "linkedinbot",
    "mail.ru_bot",
    "petalbot",
    "python-requests",
    "semrushbot",
    "slackbot",
    "spider",
    "telegrambot",
    "twitterbot",
    "vkshare",
    "whatsapp",
    "yandexbot",
];

/// Whether no person stands behind a request: it says so, or its name does. Nothing of it is kept.
fn is_robot(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let purposes = ["sec-purpose", "purpose", "x-purpose", "x-moz"];
    let is_ahead = |name: &str| text(name).contains("prefetch") || text(name).contains("preview");
    let agent = text("user-agent").to_ascii_lowercase();
    purposes.into_iter().any(is_ahead) || ROBOTS.iter().any(|robot| agent.contains(robot))
}
