//! `/api/v1/orders`: what was bought, and who got what for it and why.

mod body;

use app::orders::{self, ViewError, Wanted};
use axum::extract::State;
use domain::access::Permission;
use domain::lang::Text;
use domain::order::{ExternalId, OrderKey, OrderState};
use domain::partner::PartnerCode;
use domain::text;
use domain::time::parse_instant;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Asker, Reach};
use super::extract::{ApiPath, ApiQuery, Wrong};
use super::guard::{Needs, guarded};
use super::paging::{Asked, PageBody, Paged, Paging, sorted};
use super::partners::searchable;
use super::single::Single;
use crate::{Hands, Problem, Web};

use body::{OrderBody, OrderCardBody};

const ORDERS: Needs = Needs::or_own(Permission::OrdersRead, Permission::OwnRead);

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(guarded(ORDERS, routes!(list))).routes(guarded(ORDERS, routes!(one)))
}

/// Which orders.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only those of this shop.
    #[param(example = "nanorvs")]
    source: Option<String>,
    /// Only those with this number on the shop's papers.
    number: Option<String>,
    /// Only those that this partner bought.
    #[param(example = "NR00042")]
    buyer: Option<String>,
    /// Only those of customers whom this partner brought.
    #[param(example = "NR00042")]
    seller: Option<String>,
    /// Only those in this state: `created`, `paid`, `refunded` (all of it given back) or `cancelled`.
    #[param(example = "paid")]
    state: Option<String>,
    /// Only those placed from this instant on.
    #[param(example = "2026-01-01T00:00:00+03:00")]
    from: Option<String>,
    /// Only those placed before this instant.
    #[param(example = "2026-02-01T00:00:00+03:00")]
    until: Option<String>,
    /// `ordered_at`; `-` before it turns the order around. The latest come first unless said.
    #[param(example = "-ordered_at")]
    sort: Option<String>,
    /// How many on a page: 1 to 200, 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

impl ListQuery {
    fn read(&self, reach: Reach) -> Result<Wanted, Problem> {
        let mut wrong = Wrong::default();
        let code = |text: &String| PartnerCode::parse(text);
        let wanted = Wanted {
            source: wrong.optional("source", self.source.as_ref(), |text| ExternalId::parse(text)),
            number: wrong.optional("number", self.number.clone(), searchable),
            buyer: wrong.optional("buyer", self.buyer.as_ref(), code),
            seller: wrong.optional("seller", self.seller.as_ref(), code),
            of: match reach {
                Reach::Everybody => None,
                Reach::Own(partner) => Some(partner),
            },
            state: wrong.optional("state", self.state.as_deref(), state),
            from: wrong.optional("from", self.from.as_deref(), parse_instant),
            until: wrong.optional("until", self.until.as_deref(), parse_instant),
        };
        wrong.refuse()?;
        Ok(wanted)
    }
}

fn state(text: &str) -> Result<OrderState, Text> {
    let all = [OrderState::Created, OrderState::Paid, OrderState::Refunded, OrderState::Cancelled];
    let names = all.map(OrderState::as_str).join(", ");
    let unknown = || text!("состояние заказа: {names}", "a state of an order: {names}");
    all.into_iter().find(|state| state.as_str() == text).ok_or_else(unknown)
}

/// Lists orders, the latest first.
///
/// A partner sees those that he bought and those of customers whom he brought.
#[utoipa::path(get, path = "/orders", operation_id = "list_orders", tag = "orders", params(ListQuery),
    responses((status = 200, description = "A page of orders", body = PageBody<OrderBody>)))]
async fn list(
    State(web): Hands,
    asker: Asker,
    paging: Paging,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Paged<OrderBody>, Problem> {
    let ((), descending) = sorted(query.sort.as_deref(), &[("ordered_at", ())], ((), true))?;
    let window = paging.window(Asked { limit: query.limit, cursor: query.cursor.as_deref() }, descending)?;
    let page = orders::list(&web.app, &query.read(asker.reach)?, &window).await?;
    Ok(paging
        .answer(page, |listed| OrderBody::of(&listed.order, listed.buyer.as_ref(), listed.seller.as_ref())))
}

/// Shows one order, with who got what and why, and who did not and why not.
///
/// A partner sees an order that he bought or whose customer he brought, and of the accruals his own; of
/// others he is told that there is none.
#[utoipa::path(get, path = "/orders/{source}/{id}", operation_id = "get_order", tag = "orders",
    params(
        ("source" = String, Path, description = "The shop", example = "nanorvs"),
        ("id" = String, Path, description = "The shop's id of the order", example = "S-1"),
    ),
    responses(
        (status = 200, description = "The order", body = OrderCardBody),
        (status = 304, description = "It is as `If-None-Match` knows it"),
        (status = 404, description = "There is no such order", body = crate::problem::ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn one(
    State(web): Hands,
    asker: Asker,
    ApiPath((source, id)): ApiPath<(String, String)>,
) -> Result<Single<OrderCardBody>, Problem> {
    let unknown = || unknown(&format!("{source}/{id}"));
    let (Ok(source_id), Ok(external_id)) = (ExternalId::parse(&source), ExternalId::parse(&id)) else {
        return Err(unknown());
    };
    let view = orders::view_of(&web.app, &OrderKey { source: source_id, external_id }).await?;
    let own = match asker.reach {
        Reach::Everybody => None,
        Reach::Own(partner) => {
            let code = [(view.order.buyer, &view.buyer_code), (view.order.seller, &view.seller_code)]
                .into_iter()
                .find(|(id, _)| *id == Some(partner))
                .and_then(|(_, code)| code.clone());
            Some(code.ok_or_else(unknown)?)
        }
    };
    Ok(Single(OrderCardBody::of(&view, own.as_ref())))
}

fn unknown(key: &str) -> Problem {
    let key: String = key.chars().take(80).collect();
    Problem::unknown("unknown_order", text!("заказа {key} нет", "there is no order {key}"))
}

impl From<ViewError> for Problem {
    fn from(error: ViewError) -> Self {
        match error {
            ViewError::Unknown(key) => unknown(&key),
            ViewError::Store(error) => error.into(),
            ViewError::Ambiguous { .. } | ViewError::Settle(_) => Self::broken(&error),
        }
    }
}
