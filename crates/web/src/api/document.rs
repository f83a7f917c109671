//! The OpenAPI document: what all operations have in common is written here once.

use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem, Paths};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, HttpMethod, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Required,
};
use utoipa::{PartialSchema, ToSchema};

use super::idempotency::KEY;
use crate::problem::ProblemBody;

const ABOUT: &str = "Money is a decimal string in the company's currency, never a JSON number. Instants are RFC 3339 in \
    UTC. Lists come in pages: `next` is the cursor of the next one. Every POST carries an `Idempotency-Key`. Refusals \
    are RFC 9457 problems with a stable `code`; `Accept-Language` chooses Russian or English for people.";

/// The tags, in the order in which the page shows them.
const TAGS: &[(&str, &str)] = &[
    ("session", "Signing in, and what concerns the caller himself"),
    ("partners", "Partners: cards, search, the tree, enrolment, what staff decide about them"),
    ("orders", "Orders: what was bought, who got what for it and why"),
    ("accruals", "Accruals and statements: who earned what, by which rule"),
    ("payouts", "Payouts: asked for, approved by another person, sent, settled or failed"),
    ("adjustments", "Adjustments of balances by hand: above a limit another person decides"),
    ("users", "Who may sign in"),
    ("tokens", "What programs come in with"),
    ("audit", "What people did, and proof that nobody rewrote it"),
    ("periods", "Periods: preview, the two steps of a close, standings, explanations"),
    ("plans", "Plans: which is in force when; checking, trying and comparing them"),
    ("products", "The catalogue: products with their dated terms"),
    ("jobs", "Background jobs and what they failed over"),
    ("webhooks", "What the shop told and was not accepted"),
    ("ledger", "The ledger of the company"),
];

/// The document without its operations.
pub(super) fn head() -> OpenApi {
    let info =
        InfoBuilder::new().title("nanorem").version(env!("CARGO_PKG_VERSION")).description(Some(ABOUT));
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An API token."));
    let session = ApiKeyValue::with_description(crate::entrance::COOKIE, "The session of a browser.");
    let mut schemas = vec![(ProblemBody::name().into_owned(), ProblemBody::schema())];
    ProblemBody::schemas(&mut schemas);
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .security_scheme("token", SecurityScheme::Http(bearer.build()))
        .security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
    let tags =
        TAGS.iter().map(|(name, about)| TagBuilder::new().name(*name).description(Some(*about)).build());
    OpenApiBuilder::new().info(info.build()).components(Some(components.build())).tags(Some(tags)).build()
}

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Anybody.
    Public,
    /// Whoever is let in, about himself; what he sends may hold a secret, so that no key goes with it.
    Own,
    /// Whoever is let in.
    Guarded,
}

/// Every operation of the paths.
pub(super) fn operations(paths: &mut Paths) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    paths.paths.values_mut().flat_map(|item: &mut PathItem| {
        [
            (HttpMethod::Get, item.get.as_mut()),
            (HttpMethod::Post, item.post.as_mut()),
            (HttpMethod::Put, item.put.as_mut()),
            (HttpMethod::Patch, item.patch.as_mut()),
            (HttpMethod::Delete, item.delete.as_mut()),
        ]
        .into_iter()
        .filter_map(|(method, operation)| operation.map(|operation| (method, operation)))
    })
}

/// Writes down what holds for every operation of its kind; `extensions` say who may call it.
pub(super) fn describe(
    operation: &mut Operation,
    method: &HttpMethod,
    access: Access,
    extensions: Extensions,
) {
    let mut common = vec![
        ("400", "What was sent is malformed"),
        ("422", "What was sent is understood and wrong"),
        ("429", "Too many requests: see `Retry-After`"),
        ("500", "The program failed; the request id tells where to look"),
        ("503", "The database is not available: see `Retry-After`"),
    ];
    if access != Access::Public {
        common.push(("401", "Nobody is signed in"));
        common.push(("403", "The caller may not do this"));
        let any_of = ["token", "session"].map(|name| SecurityRequirement::new(name, Vec::<String>::new()));
        operation.security = Some(any_of.into());
    }
    if [HttpMethod::Post, HttpMethod::Put].contains(method) {
        common.push(("413", "The body is larger than 64 KB"));
        common.push(("415", "The body is not JSON"));
    }
    if *method == HttpMethod::Post && access == Access::Guarded {
        common.push(("409", "It contradicts how things stand, or the same request is running"));
        operation.parameters.get_or_insert_default().push(RefOr::T(key_parameter()));
    }
    for (status, about) in common {
        let responses = &mut operation.responses.responses;
        responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(problem(about)));
    }
    match &mut operation.extensions {
        Some(known) => known.merge(extensions),
        none => *none = Some(extensions),
    }
}

fn key_parameter() -> Parameter {
    let schema =
        ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(128)).build();
    ParameterBuilder::new()
        .name(KEY)
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some(
            "Yours to choose, 1 to 128 visible ASCII; the same request with the same key is done once.",
        ))
        .schema(Some(schema))
        .build()
}

/// A refusal as every operation gives it.
fn problem(about: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(ProblemBody::name()))).build();
    ResponseBuilder::new().description(about).content("application/problem+json", content).build()
}
