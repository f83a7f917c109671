//! Lists in pages: the cursor, the limit and the sort of a request, and the page of an answer.
//!
//! A cursor is the place after which the page begins, sealed with what the list was filtered and sorted
//! by: one that was changed, or that belongs to another list, is refused.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::lang::Text;
use domain::page::{Key, Page, Place, Window};
use domain::text;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::extract::Wrong;
use crate::Problem;

/// How many items a page has unless it is asked for.
const USUAL: u16 = 50;
/// How many it has at most.
const MOST: u16 = 200;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PageBody<T> {
    /// What is on the page.
    items: Vec<T>,
    /// The cursor of the next page; `null` on the last.
    #[schema(example = "MQ.eyJ…")]
    next: Option<String>,
}

/// A list that can be paged: where the request stands, and what it was filtered and sorted by.
#[derive(Debug)]
pub(super) struct Paging {
    uri: Uri,
    /// Everything of the query but the page itself, and the path.
    seal: [u8; 32],
}

impl<S: Sync> FromRequestParts<S> for Paging {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        // Below a nested router the path is cut; the reader's own is the whole one.
        let original = parts.extensions.get::<axum::extract::OriginalUri>();
        let uri = original.map_or_else(|| parts.uri.clone(), |original| original.0.clone());
        let mut filters: Vec<&str> = uri.query().unwrap_or_default().split('&').collect();
        filters.retain(|filter| !is_of_page(filter) && !filter.is_empty());
        filters.sort_unstable();
        let mut digest = Sha256::new();
        for part in std::iter::once(uri.path()).chain(filters) {
            digest.update(part);
            digest.update([0]);
        }
        let seal = digest.finalize().into();
        Ok(Self { uri, seal })
    }
}

fn is_of_page(parameter: &str) -> bool {
    matches!(parameter.split_once('=').unwrap_or((parameter, "")).0, "cursor" | "limit")
}

/// What a request may say of the page it wants.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) limit: Option<u16>,
    pub(super) cursor: Option<&'a str>,
}

impl Paging {
    /// The window that a request asks for.
    pub(super) fn window(&self, asked: Asked<'_>, descending: bool) -> Result<Window, Problem> {
        let limit = asked.limit.unwrap_or(USUAL);
        if !(1..=MOST).contains(&limit) {
            let detail = text!("от 1 до {MOST}, а не {limit}", "1 to {MOST}, not {limit}");
            return Err(Wrong::one_parameter("limit", "out_of_range", detail));
        }
        let after = asked.cursor.map(|cursor| self.place(cursor)).transpose()?;
        Ok(Window { after, descending, limit })
    }

    /// The page of an answer.
    pub(super) fn answer<T, U: Serialize>(&self, page: Page<T>, make: impl FnMut(T) -> U) -> Paged<U> {
        let next = page.next.map(|place| self.cursor(&place));
        let link = next.as_deref().map(|next| self.link(next));
        Linked { body: PageBody { items: page.items.into_iter().map(make).collect(), next }, link }
    }

    fn cursor(&self, place: &Place) -> String {
        let key = match &place.key {
            Key::Number(number) => format!("n{number}"),
            Key::Text(text) => format!("t{text}"),
        };
        let content = format!("1{}{key}", place.id.simple());
        let sealed = [&self.sealed(&content)[..], content.as_bytes()].concat();
        BASE64_URL_SAFE_NO_PAD.encode(sealed)
    }

    fn place(&self, cursor: &str) -> Result<Place, Problem> {
        self.read(cursor).ok_or_else(|| {
            let title = Text::new("Курсор не подходит", "The cursor does not fit");
            let detail = Text::new(
                "берите next предыдущей страницы того же списка с теми же фильтрами",
                "take next of the page before, of the same list with the same filters",
            );
            Problem::new(StatusCode::BAD_REQUEST, "bad_cursor", title, detail)
        })
    }

    fn read(&self, cursor: &str) -> Option<Place> {
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (seal, content) = sealed.split_at_checked(SEAL)?;
        let content = std::str::from_utf8(content).ok()?;
        if self.sealed(content) != seal {
            return None;
        }
        let (id, key) = content.strip_prefix('1')?.split_at_checked(32)?;
        let key = match key.split_at_checked(1)? {
            ("n", number) => Key::Number(number.parse().ok()?),
            ("t", text) => Key::Text(text.to_owned()),
            _ => return None,
        };
        Some(Place { key, id: id.parse().ok()? })
    }

    /// The digest over a cursor and the list it belongs to, cut to [`SEAL`] bytes. It keeps mistakes
    /// out, not attackers: a cursor gives nobody more than the list itself does.
    fn sealed(&self, content: &str) -> [u8; SEAL] {
        let digest: [u8; 32] = Sha256::new().chain_update(self.seal).chain_update(content).finalize().into();
        std::array::from_fn(|index| digest.get(index).copied().unwrap_or_default())
    }

    fn link(&self, next: &str) -> String {
        let mut query: Vec<&str> = self.uri.query().unwrap_or_default().split('&').collect();
        query.retain(|parameter| !parameter.is_empty() && !parameter.starts_with("cursor="));
        let cursor = format!("cursor={next}");
        query.push(&cursor);
        format!("<{}?{}>; rel=\"next\"", self.uri.path(), query.join("&"))
    }
}

/// How many bytes of a cursor are its seal.
const SEAL: usize = 9;

/// A page as an answer.
pub(super) type Paged<T> = Linked<PageBody<T>>;

/// A body with a page in it, as an answer: the next page also as a `Link`.
#[derive(Debug)]
pub(super) struct Linked<T> {
    body: T,
    link: Option<String>,
}

impl<T> Linked<T> {
    /// The same with something around the page.
    pub(super) fn wrapped<U>(self, wrap: impl FnOnce(T) -> U) -> Linked<U> {
        Linked { body: wrap(self.body), link: self.link }
    }
}

impl<T: Serialize> IntoResponse for Linked<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.body).into_response();
        if let Some(link) = self.link.and_then(|link| HeaderValue::try_from(link).ok()) {
            response.headers_mut().insert(header::LINK, link);
        }
        response
    }
}

/// The sort of a request, `code` or `-code`, as one of those allowed and whether it descends.
pub(super) fn sorted<T: Copy>(
    asked: Option<&str>,
    allowed: &[(&str, T)],
    usual: (T, bool),
) -> Result<(T, bool), Problem> {
    let Some(asked) = asked else { return Ok(usual) };
    let (name, descending) = asked.strip_prefix('-').map_or((asked, false), |name| (name, true));
    if let Some((_, sort)) = allowed.iter().find(|(known, _)| *known == name) {
        return Ok((*sort, descending));
    }
    let names: Vec<String> =
        allowed.iter().flat_map(|(name, _)| [(*name).to_owned(), format!("-{name}")]).collect();
    let names = names.join(", ");
    let detail = text!("сортировка бывает {names}", "sort by one of {names}");
    Err(Wrong::one_parameter("sort", "unknown_sort", detail))
}
