//! `/api/v1/audit`: what people did, and proof that nobody rewrote it.

use app::audit::{self, Head, Line};
use axum::Json;
use axum::extract::State;
use domain::access::Permission;
use domain::lang::Text;
use domain::page::{Key, Page, Place};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::caller::Asker;
use super::extract::{ApiQuery, Wrong};
use super::guard::guarded;
use super::paging::{Asked, PageBody, Paged, Paging};
use super::words::{Both, Instant};
use crate::problem::ProblemBody;
use crate::{Hands, Problem, Web};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(guarded(Permission::AuditRead, routes!(list)))
        .routes(guarded(Permission::AuditRead, routes!(head)))
        .routes(guarded(Permission::AuditRead, routes!(prove)))
}

/// One act.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditLine)]
struct LineBody {
    /// From 1, without gaps.
    #[schema(example = 1042)]
    seq: i64,
    /// When.
    at: Instant,
    /// Who.
    #[schema(example = "staff:elena")]
    actor: String,
    /// Did what.
    #[schema(example = "payout.approve")]
    action: String,
    /// To what.
    #[schema(example = "payout:17")]
    entity: String,
    /// How it was, as JSON.
    before: Option<serde_json::Value>,
    /// How it is, as JSON.
    after: Option<serde_json::Value>,
    /// Why.
    reason: Option<String>,
    /// Over this line and all before it, in hexadecimal digits.
    hash: String,
}

impl LineBody {
    fn of(line: Line) -> Self {
        let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
        Self {
            seq: line.seq,
            at: line.at.into(),
            actor: line.actor,
            action: line.action,
            entity: line.entity,
            before: json(line.before),
            after: json(line.after),
            reason: line.reason,
            hash: hex::encode(line.hash),
        }
    }
}

/// Which lines.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only what this actor did.
    #[param(example = "staff:elena")]
    actor: Option<String>,
    /// Only what was done to this.
    #[param(example = "payout:17")]
    entity: Option<String>,
    /// How many on a page: 1 to 200, 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Lists what people did, the latest first.
#[utoipa::path(get, path = "/audit", operation_id = "list_audit", tag = "audit", params(ListQuery),
    responses((status = 200, description = "A page of the trail", body = PageBody<LineBody>)))]
async fn list(
    State(web): Hands,
    _: Asker,
    paging: Paging,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Paged<LineBody>, Problem> {
    let window = paging.window(Asked { limit: query.limit, cursor: query.cursor.as_deref() }, true)?;
    let before = window.after.as_ref().map(|place| match place.key {
        Key::Number(seq) => seq,
        Key::Text(_) => 0,
    });
    let wanted = audit::Wanted { actor: query.actor, entity: query.entity, before };
    let limit = usize::from(window.limit);
    let mut lines = audit::lines(&web.app, &wanted, u32::from(window.limit) + 1).await?;
    let is_last = lines.len() <= limit;
    lines.truncate(limit);
    let next = lines.last().filter(|_| !is_last);
    let next = next.map(|line| Place { key: Key::Number(line.seq), id: Uuid::nil() });
    Ok(paging.answer(Page { items: lines, next }, LineBody::of))
}

/// The end of the trail, to be kept elsewhere.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditHead)]
struct HeadBody {
    /// The number of the last line; 0 if nothing was done yet.
    #[schema(example = 1042)]
    seq: i64,
    /// When it was written.
    at: Option<Instant>,
    /// Its hash, in hexadecimal digits.
    hash: String,
}

/// Gives the end of the trail. Keep it where nobody who can change the database can change it.
#[utoipa::path(get, path = "/audit/head", operation_id = "get_audit_head", tag = "audit",
    responses((status = 200, description = "The end of the trail now", body = HeadBody)))]
async fn head(State(web): Hands, _: Asker) -> Result<Json<HeadBody>, Problem> {
    let body = match audit::head(&web.app).await? {
        Some(Head { seq, at, hash }) => HeadBody { seq, at: Some(at.into()), hash },
        None => HeadBody { seq: 0, at: None, hash: String::new() },
    };
    Ok(Json(body))
}

/// Heads that were kept.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ProofQuery {
    /// A head that was kept, as `nanorem audit head` writes it: number, instant, hash.
    #[param(
        example = "1042 2026-01-10T09:00:00Z 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    )]
    head: Option<String>,
}

/// What the proof found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditProof)]
struct ProofBody {
    /// How many lines there are.
    #[schema(example = 1042)]
    lines: u64,
    /// Whether the trail stands.
    stands: bool,
    /// What is wrong with it.
    broken: Vec<Both>,
}

/// Walks the whole trail, and looks for a head that was kept.
#[utoipa::path(get, path = "/audit/proof", operation_id = "prove_audit", tag = "audit", params(ProofQuery),
    responses((status = 200, description = "What was found", body = ProofBody),
        (status = 422, description = "The head cannot be read", body = ProblemBody,
            content_type = "application/problem+json")))]
async fn prove(
    State(web): Hands,
    _: Asker,
    ApiQuery(query): ApiQuery<ProofQuery>,
) -> Result<Json<ProofBody>, Problem> {
    let mut wrong = Wrong::default();
    let head = wrong.optional("head", query.head.as_deref(), |text| {
        Head::parse(text).map_err(|problem| Text::from(&problem))
    });
    wrong.refuse()?;
    let heads: Vec<Head> = head.into_iter().collect();
    let proof = audit::verify(&web.app, &heads).await?;
    let broken: Vec<Both> = proof.broken.iter().map(|one| Text::from(one).into()).collect();
    Ok(Json(ProofBody { lines: proof.lines, stands: broken.is_empty(), broken }))
}
