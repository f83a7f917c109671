//! `/api/v1/accruals`: who earned what, by which rule, for which order or in which period.

use app::accruals::{self, Listed, Wanted};
use axum::extract::State;
use domain::access::Permission;
use domain::lang::Text;
use domain::order::{ExternalId, OrderKey};
use domain::partner::PartnerCode;
use domain::period::Period;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Asker, Reach};
use super::extract::{ApiQuery, Wrong};
use super::guard::{Needs, guarded};
use super::paging::{Asked, PageBody, Paged, Paging, sorted};
use super::partners::searchable;
use super::words::{Amount, CURRENCY, Instant};
use crate::{Hands, Problem, Web};

const READ: Needs = Needs::or_own(Permission::AccrualsRead, Permission::OwnRead);

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(guarded(READ, routes!(list)))
}

/// One accrual: one partner, one rule, one order or one close of a period.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Accrual)]
struct AccrualBody {
    /// Identity.
    #[schema(example = "019b0000-0000-7000-8000-000000000000")]
    id: String,
    /// Who earned.
    #[schema(example = "NR00001")]
    partner: String,
    /// For which order; `null` if the close of a period paid it.
    order: Option<OrderRef>,
    /// In which period it is posted.
    #[schema(example = "2026-01")]
    period: String,
    /// By which rule of the plan.
    #[schema(example = "levels")]
    rule: String,
    /// At which level.
    level: u16,
    /// Of which base.
    base: Amount,
    /// At which rate, where the rule has one.
    #[schema(example = "12%")]
    rate: Option<String>,
    /// Before the caps.
    raw: Amount,
    /// What he got.
    paid: Amount,
    /// What was taken back of it.
    reversed: Amount,
    /// The currency of the amounts.
    #[schema(example = "RUB")]
    currency: &'static str,
    /// When it counts.
    effective_at: Instant,
    /// From when on it may be paid out.
    available_at: Instant,
}

/// An order by its shop's key.
#[derive(Debug, Serialize, ToSchema)]
struct OrderRef {
    /// The shop.
    #[schema(example = "nanorvs")]
    source: String,
    /// The shop's id of the order.
    #[schema(example = "S-1")]
    id: String,
}

impl AccrualBody {
    fn of(listed: &Listed) -> Self {
        let posted = &listed.posted;
        let order =
            |key: &OrderKey| OrderRef { source: key.source.to_string(), id: key.external_id.to_string() };
        Self {
            id: posted.id.to_string(),
            partner: listed.partner.to_string(),
            order: listed.order.as_ref().map(order),
            period: posted.period.to_string(),
            rule: posted.rule.to_string(),
            level: posted.level,
            base: posted.base.into(),
            rate: posted.rate.map(|rate| rate.to_string()),
            raw: posted.raw.into(),
            paid: posted.paid.into(),
            reversed: listed.reversed.into(),
            currency: CURRENCY,
            effective_at: posted.effective_at.into(),
            available_at: posted.available_at.into(),
        }
    }
}

/// Which accruals.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only those of this partner; a partner who asks sees only his own.
    #[param(example = "NR00042")]
    partner: Option<String>,
    /// Only those posted in this period.
    #[param(example = "2026-01")]
    period: Option<String>,
    /// Only those for this order, as `shop/id`.
    #[param(example = "nanorvs/S-1")]
    order: Option<String>,
    /// Only those by this rule of the plan.
    #[param(example = "levels")]
    rule: Option<String>,
    /// `recorded_at`; `-` before it turns the order around. The latest come first unless said.
    #[param(example = "-recorded_at")]
    sort: Option<String>,
    /// How many on a page: 1 to 200, 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Reads `shop/id`; an id may hold slashes, a shop's name here may not.
pub(super) fn order_key(text: &str) -> Result<OrderKey, Text> {
    let (source, id) = text
        .split_once('/')
        .ok_or_else(|| Text::new("назовите заказ как магазин/номер", "name the order as shop/id"))?;
    let (source, external_id) = (ExternalId::parse(source)?, ExternalId::parse(id)?);
    Ok(OrderKey { source, external_id })
}

/// Lists accruals, the latest first.
#[utoipa::path(get, path = "/accruals", operation_id = "list_accruals", tag = "accruals", params(ListQuery),
    responses((status = 200, description = "A page of accruals", body = PageBody<AccrualBody>)))]
async fn list(
    State(web): Hands,
    asker: Asker,
    paging: Paging,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Paged<AccrualBody>, Problem> {
    let ((), descending) = sorted(query.sort.as_deref(), &[("recorded_at", ())], ((), true))?;
    let window = paging.window(Asked { limit: query.limit, cursor: query.cursor.as_deref() }, descending)?;
    let mut wrong = Wrong::default();
    let mut wanted = Wanted {
        partner: wrong.optional("partner", query.partner.as_deref(), PartnerCode::parse),
        own: None,
        period: wrong.optional("period", query.period.as_deref(), str::parse::<Period>),
        order: wrong.optional("order", query.order.as_deref(), order_key),
        rule: wrong.optional("rule", query.rule, searchable),
    };
    wrong.refuse()?;
    if let Reach::Own(own) = asker.reach {
        if let Some(code) = wanted.partner.take().filter(|code| !asker.is(code)) {
            return Err(super::partners::unknown(&code));
        }
        wanted.own = Some(own);
    }
    let page = accruals::list(&web.app, &wanted, &window).await?;
    Ok(paging.answer(page, |listed| AccrualBody::of(&listed)))
}
