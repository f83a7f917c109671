//! `/api/v1/partners/{code}/tree` and `…/downline`: a partner's structure, node by node.

use app::people::{self, Node};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::access::Permission;
use domain::partner::PartnerCode;
use domain::text;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{refusals, searchable};
use crate::api::caller::{Asker, Reach};
use crate::api::extract::{ApiPath, ApiQuery, Wrong};
use crate::api::guard::{Needs, guarded};
use crate::api::paging::{Asked, PageBody, Paged, Paging};
use crate::api::words::Instant;
use crate::problem::ProblemBody;
use crate::{Hands, Problem, Web};

/// So many levels are counted one by one.
const COUNTED: usize = 20;

const NETWORK: Needs = Needs::or_own(Permission::PartnersRead, Permission::OwnNetwork);

pub(super) fn routes() -> OpenApiRouter<Web> {
    let mut routes = OpenApiRouter::new()
        .routes(guarded(NETWORK, routes!(tree)))
        .routes(guarded(NETWORK, routes!(downline)));
    // It holds itself, so that it is not found on the way down to it.
    let schemas = &mut routes.get_openapi_mut().components.get_or_insert_default().schemas;
    schemas.insert(BranchBody::name().into_owned(), BranchBody::schema());
    routes
}

/// One partner of a structure; contacts are never shown here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TreeNode)]
struct NodeBody {
    /// Who.
    #[schema(example = "NR00042")]
    code: String,
    /// First name.
    #[schema(example = "Иван")]
    first_name: String,
    /// Last name.
    #[schema(example = "Петров")]
    last_name: String,
    /// When he joined.
    joined_at: Instant,
    /// Whether he is active now.
    active: bool,
    /// His rank now.
    rank: Option<String>,
    /// How many stand directly below.
    #[schema(example = 3)]
    frontline: u64,
    /// How many stand below in all.
    #[schema(example = 17)]
    below: u64,
    /// How many stand at each of the first twenty levels below.
    #[schema(example = json!([3, 9, 5]))]
    levels: Vec<u64>,
}

impl NodeBody {
    fn of(node: &Node) -> Self {
        let partner = &node.listed.partner;
        Self {
            code: partner.code.to_string(),
            first_name: partner.name.first.to_string(),
            last_name: partner.name.last.to_string(),
            joined_at: partner.joined_at.into(),
            active: node.listed.active_until.is_some(),
            rank: node.listed.rank.clone(),
            frontline: node.frontline(),
            below: node.below(),
            levels: node.levels.iter().take(COUNTED).copied().collect(),
        }
    }
}

/// A partner of a structure with those directly below him, as far as they were asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TreeBranch)]
struct BranchBody {
    #[serde(flatten)]
    node: NodeBody,
    /// The first fifty directly below by code; empty below the depth asked for.
    #[schema(no_recursion)]
    children: Vec<BranchBody>,
}

impl BranchBody {
    fn of(node: &Node) -> Self {
        Self { node: NodeBody::of(node), children: node.children.iter().map(Self::of).collect() }
    }
}

/// A partner, and a page of those directly below him.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tree)]
struct TreeBody {
    /// The partner himself.
    top: NodeBody,
    /// How far he stands below the partner who asks; `null` to staff.
    level: Option<u32>,
    #[serde(flatten)]
    page: PageBody<BranchBody>,
}

/// How deep, and which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TreeQuery {
    /// How many levels below the partner: 1 to 3, 1 unless said.
    #[param(minimum = 1, maximum = 3)]
    depth: Option<u8>,
    /// How many directly below on a page: 1 to 200, 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

fn viewer(asker: &Asker) -> Option<domain::ids::PartnerId> {
    match asker.reach {
        Reach::Everybody => None,
        Reach::Own(partner) => Some(partner),
    }
}

/// Shows a partner and those below him, by code.
///
/// A partner sees himself and his downline: names, ranks and counts. Of anybody else he is told that
/// there is nobody.
#[utoipa::path(get, path = "/partners/{code}/tree", operation_id = "get_tree", tag = "partners",
    params(("code" = String, Path, description = "The partner's code"), TreeQuery),
    responses(
        (status = 200, description = "The partner and a page of those directly below", body = TreeBody),
        (status = 404, description = "There is no such partner", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn tree(
    State(web): Hands,
    asker: Asker,
    paging: Paging,
    ApiPath(code): ApiPath<String>,
    ApiQuery(query): ApiQuery<TreeQuery>,
) -> Result<Response, Problem> {
    let window = paging.window(Asked { limit: query.limit, cursor: query.cursor.as_deref() }, false)?;
    let depth = query.depth.unwrap_or(1);
    if !(1..=3).contains(&depth) {
        return Err(Wrong::one_parameter(
            "depth",
            "out_of_range",
            text!("от 1 до 3, а не {depth}", "1 to 3, not {depth}"),
        ));
    }
    let code = PartnerCode::parse(&code).map_err(|_| refusals::unknown(&code))?;
    let branch = people::branch(&web.app, viewer(&asker), &code, depth, &window).await?;
    let (top, level) = (NodeBody::of(&branch.top), branch.level);
    let paged = paging.answer(branch.page, |node| BranchBody::of(&node));
    Ok(paged.wrapped(|page| TreeBody { top, level, page }).into_response())
}

/// What is searched for in a structure.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// The beginning of a code or of a first or last name; nothing in it is a wildcard.
    #[param(min_length = 1, max_length = 100, example = "Ива")]
    search: String,
    /// How many on a page: 1 to 200, 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// One who was found in a structure.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DownlinePartner)]
struct FoundBody {
    /// How far below the partner he stands; 1 is directly below.
    #[schema(example = 2)]
    level: u32,
    #[serde(flatten)]
    node: NodeBody,
}

/// Searches those anywhere below a partner.
#[utoipa::path(get, path = "/partners/{code}/downline", operation_id = "search_downline", tag = "partners",
    params(("code" = String, Path, description = "The partner's code"), SearchQuery),
    responses(
        (status = 200, description = "A page of those who were found", body = PageBody<FoundBody>),
        (status = 404, description = "There is no such partner", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn downline(
    State(web): Hands,
    asker: Asker,
    paging: Paging,
    ApiPath(code): ApiPath<String>,
    ApiQuery(query): ApiQuery<SearchQuery>,
) -> Result<Paged<FoundBody>, Problem> {
    let window = paging.window(Asked { limit: query.limit, cursor: query.cursor.as_deref() }, false)?;
    let mut wrong = Wrong::default();
    let Some(search) = wrong.parameter("search", searchable(query.search)) else {
        return Err(wrong.problem());
    };
    let code = PartnerCode::parse(&code).map_err(|_| refusals::unknown(&code))?;
    let page = people::search_below(&web.app, viewer(&asker), &code, &search, &window).await?;
    Ok(paging.answer(page, |(node, level)| FoundBody { level, node: NodeBody::of(&node) }))
}
