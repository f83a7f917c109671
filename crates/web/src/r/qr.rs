//! `GET /r/{code}/qr.svg` and `/r/{code}/qr.png`: the link as a picture.

use app::links::qr::{self, QrError, Side};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::lang::Text;
use domain::partner::ReferralCode;
use sha2::{Digest, Sha256};

use super::{Owner, field, fields, owner};
use crate::{Hands, Problem, Web, problem};

type Code = Result<Path<String>, PathRejection>;

/// The link as a vector.
pub async fn svg(State(web): Hands, headers: HeaderMap, code: Code) -> Result<Response, Problem> {
    let code = known(&web, code).await?;
    let link = web.links.public_url.link(&code);
    let file = qr::svg(&link).map_err(unpaintable)?;
    Ok(picture(&headers, &code, "svg", "image/svg+xml", file.into_bytes()))
}

/// The link as a raster, `?size=512` pixels wide.
pub async fn png(
    State(web): Hands,
    headers: HeaderMap,
    code: Code,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let fields = fields(query.as_deref());
    let side = field(&fields, "size").map_or(Ok(Side::default()), Side::parse).map_err(|error| {
        let title = Text::new("Размер не принят", "The size is not accepted");
        Problem::new(StatusCode::BAD_REQUEST, "size", title, error)
    })?;
    let code = known(&web, code).await?;
    let file = qr::png(&web.links.public_url.link(&code), side).map_err(unpaintable)?;
    Ok(picture(&headers, &code, "png", "image/png", file))
}

async fn known(web: &Web, code: Code) -> Result<ReferralCode, Problem> {
    match owner(web, code).await {
        Owner::Partner(_, code) => Ok(code),
        Owner::Nobody => Err(problem::not_found().await),
        Owner::Unknown => Err(problem::no_database()),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err asks for")]
fn unpaintable(error: QrError) -> Problem {
    Problem::broken(&error)
}

/// The picture, or that the browser has it already. Its name is ours: nothing of the request stands in it.
fn picture(
    asked: &HeaderMap,
    code: &ReferralCode,
    ending: &str,
    content_type: &'static str,
    file: Vec<u8>,
) -> Response {
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(Sha256::digest(&file)));
    let name = format!("inline; filename=\"nanorem-{code}.{ending}\"");
    let value = |text: &str| HeaderValue::from_str(text).expect("digests and codes are plain ASCII");
    let fixed = [
        (header::ETAG, value(&tag)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
        (header::CONTENT_DISPOSITION, value(&name)),
    ];
    if has_already(asked, &tag) {
        return (StatusCode::NOT_MODIFIED, fixed).into_response();
    }
    (fixed, [(header::CONTENT_TYPE, HeaderValue::from_static(content_type))], file).into_response()
}

fn has_already(asked: &HeaderMap, tag: &str) -> bool {
    let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    known
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}
