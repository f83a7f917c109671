//! `/api/v1/partners`: who has joined, and what staff decide about them.

mod acts;
mod body;
mod refusals;
mod statement;
mod tree;

use app::people::{self, SortBy, WantedPartners};
use axum::extract::State;
use domain::access::Permission;
use domain::lang::Text;
use domain::partner::PartnerCode;
use domain::text;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Asker, Reach};
use super::extract::{ApiPath, ApiQuery, Wrong};
use super::guard::{Needs, guarded};
use super::paging::{Asked, PageBody, Paged, Paging, sorted};
use super::single::Single;
use crate::{Hands, Problem, Web};

pub(super) use refusals::{not_staff, unknown};

use body::{CardBody, PartnerBody};

const CARD: Needs = Needs::or_own(Permission::PartnersRead, Permission::OwnRead);

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(guarded(Permission::PartnersRead, routes!(list)))
        .routes(guarded(CARD, routes!(card)))
        .merge(acts::routes())
        .merge(tree::routes())
        .merge(statement::routes())
}

/// Which partners, in which order.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// The beginning of a code, a first or last name, or a phone; nothing in it is a wildcard.
    #[param(min_length = 1, max_length = 100, example = "Ива")]
    search: Option<String>,
    /// Only those who are active now, or only those who are not.
    active: Option<bool>,
    /// Only those who hold this rank now.
    #[param(min_length = 1, max_length = 100)]
    rank: Option<String>,
    /// Only those whom this partner invited.
    #[param(example = "NR00001")]
    inviter: Option<String>,
    /// `code`, `joined_at`; `-` before it turns the order around.
    #[param(example = "-joined_at")]
    sort: Option<String>,
    /// How many on a page: 1 to 200, 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Lists partners.
///
/// Phones and e-mail addresses are masked unless the caller has `partners.contacts`.
#[utoipa::path(get, path = "/partners", operation_id = "list_partners", tag = "partners", params(ListQuery),
    responses((status = 200, description = "A page of partners", body = PageBody<PartnerBody>)))]
async fn list(
    State(web): Hands,
    asker: Asker,
    paging: Paging,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Paged<PartnerBody>, Problem> {
    let sorts = [("code", SortBy::Code), ("joined_at", SortBy::JoinedAt)];
    let (sort, descending) = sorted(query.sort.as_deref(), &sorts, (SortBy::Code, false))?;
    let asked = Asked { limit: query.limit, cursor: query.cursor.as_deref() };
    let window = paging.window(asked, descending)?;
    let mut wrong = Wrong::default();
    let search = wrong.optional("search", query.search, searchable);
    let rank = wrong.optional("rank", query.rank, searchable);
    let inviter = wrong.optional("inviter", query.inviter.as_deref(), PartnerCode::parse);
    wrong.refuse()?;
    let wanted = WantedPartners { search, active: query.active, rank, inviter, sort };
    let page = people::list(&web.app, &wanted, &window).await?;
    let shows_contacts = asker.caller.may(Permission::PartnersContacts);
    Ok(paging.answer(page, |listed| PartnerBody::of(&listed, shows_contacts)))
}

/// What can be searched for: 1 to 100 characters, none of them a control character.
pub(super) fn searchable(text: String) -> Result<String, Text> {
    let count = text.trim().chars().count();
    if (1..=100).contains(&count) && !text.chars().any(char::is_control) {
        return Ok(text);
    }
    Err(text!("от 1 до 100 знаков без управляющих", "1 to 100 characters, none of them a control character"))
}

/// Shows one partner.
///
/// A partner sees his own card, with his own contacts; of others he is told that there is nobody.
#[utoipa::path(get, path = "/partners/{code}", operation_id = "get_partner", tag = "partners",
    params(("code" = String, Path, description = "The partner's code", example = "NR00001")),
    responses(
        (status = 200, description = "The partner's card", body = CardBody),
        (status = 304, description = "It is as `If-None-Match` knows it"),
        (status = 404, description = "There is no such partner", body = crate::problem::ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn card(
    State(web): Hands,
    asker: Asker,
    ApiPath(code): ApiPath<String>,
) -> Result<Single<CardBody>, Problem> {
    let unknown = || refusals::unknown(&code);
    let parsed = PartnerCode::parse(&code).map_err(|_| unknown())?;
    let card = people::card(&web.app, &parsed).await?;
    let own = match asker.reach {
        Reach::Everybody => asker.caller.partner == Some(card.partner.id),
        Reach::Own(partner) if partner == card.partner.id => true,
        Reach::Own(_) => return Err(unknown()),
    };
    let shows_contacts = own || asker.caller.may(Permission::PartnersContacts);
    Ok(Single(CardBody::of(&card, shows_contacts)))
}
