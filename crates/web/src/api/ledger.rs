//! `/api/v1/ledger`: what every account holds.

use app::ledger;
use axum::extract::State;
use domain::access::Permission;
use domain::money::Money;
use domain::page::{Key, Place};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::ApiQuery;
use super::guard::guarded;
use super::paging::{Asked, Linked, PageBody, Paging};
use super::words::{Amount, CURRENCY};
use crate::{Hands, Problem, Web};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(guarded(Permission::ReportsRead, routes!(trial_balance)))
}

/// What moved on one account in all.
#[derive(Debug, Serialize, ToSchema)]
struct TrialLine {
    /// The account.
    #[schema(example = "partner:NR00001")]
    account: String,
    /// Everything taken from it.
    debits: Amount,
    /// Everything brought to it.
    credits: Amount,
    /// The difference.
    balance: Amount,
}

/// What every account holds; a page of them.
#[derive(Debug, Serialize, ToSchema)]
struct TrialBalance {
    /// The sum of the balances of all accounts, which is zero.
    sum: Amount,
    /// The currency of the amounts.
    #[schema(example = "RUB")]
    currency: &'static str,
    #[serde(flatten)]
    page: PageBody<TrialLine>,
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PageQuery {
    /// How many on a page: 1 to 200, 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Shows what moved on every account and what it holds, by the account's name.
#[utoipa::path(get, path = "/ledger", operation_id = "get_ledger", tag = "ledger", params(PageQuery),
    responses((status = 200, description = "The trial balance", body = TrialBalance)))]
async fn trial_balance(
    State(web): Hands,
    paging: Paging,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Linked<TrialBalance>, Problem> {
    let window = paging.window(Asked { limit: query.limit, cursor: query.cursor.as_deref() }, false)?;
    let mut lines = ledger::trial_balance(&web.app).await?;
    let sum: Money = lines.iter().map(|line| line.balance).sum();
    lines.sort_by(|one, other| one.account.cmp(&other.account));
    let page = window.page_of(lines, |line| Place::of(Key::Text(line.account.clone())));
    let paged = paging.answer(page, |line| TrialLine {
        account: line.account,
        debits: line.debits.into(),
        credits: line.credits.into(),
        balance: line.balance.into(),
    });
    Ok(paged.wrapped(|page| TrialBalance { sum: sum.into(), currency: CURRENCY, page }))
}
