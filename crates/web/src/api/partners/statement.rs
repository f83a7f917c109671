//! `/api/v1/partners/{code}/statement`: what moved on a partner's account, each with its cause.

use app::ledger::{StatementError, StatementLine, statement};
use axum::extract::State;
use domain::access::Permission;
use domain::money::Money;
use domain::page::{Key, Place};
use domain::partner::PartnerCode;
use domain::period::Period;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::BalanceBody;
use super::refusals;
use crate::api::caller::{Asker, Reach};
use crate::api::extract::{ApiPath, ApiQuery, Wrong};
use crate::api::guard::{Needs, guarded};
use crate::api::paging::{Asked, Linked, PageBody, Paging};
use crate::api::words::{Amount, Instant, word};
use crate::problem::ProblemBody;
use crate::{Hands, Problem, Web};

const READ: Needs = Needs::or_own(Permission::AccrualsRead, Permission::OwnRead);

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(guarded(READ, routes!(show)))
}

/// A partner's account; a page of its movements.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Statement)]
struct StatementBody {
    /// Whose.
    #[schema(example = "NR00001")]
    partner: String,
    /// Which period; `null` for all of them.
    #[schema(example = "2026-01")]
    period: Option<String>,
    /// What he had before the first movement of the period.
    opening: Amount,
    /// What he had after the last.
    closing: Amount,
    /// What he has now.
    balance: BalanceBody,
    #[serde(flatten)]
    page: PageBody<LineBody>,
}

/// One movement.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatementLine)]
struct LineBody {
    /// When it counts.
    effective_at: Instant,
    /// From when on it may be paid out.
    available_at: Instant,
    /// Its period.
    #[schema(example = "2026-01")]
    period: String,
    /// Why.
    #[schema(example = "accrual")]
    kind: String,
    /// What caused it, as people call it.
    #[schema(example = "nanorvs/S-1")]
    cause: String,
    /// Of an accrual, or of its reversal: by which rule.
    #[schema(example = "levels")]
    rule: Option<String>,
    /// At which level.
    level: Option<u16>,
    /// At which rate.
    #[schema(example = "12%")]
    rate: Option<String>,
    /// Of which base.
    base: Option<Amount>,
    /// How much: below zero it was taken.
    amount: Amount,
    /// What he has after it.
    total: Amount,
}

impl LineBody {
    fn of(line: StatementLine) -> Self {
        Self {
            effective_at: line.effective_at.into(),
            available_at: line.available_at.into(),
            period: line.period.to_string(),
            kind: word(line.kind),
            cause: line.cause,
            rule: line.rule,
            level: line.level,
            rate: line.rate.map(|rate| rate.to_string()),
            base: line.base.map(Amount),
            amount: line.amount.into(),
            total: line.total.into(),
        }
    }
}

/// Which period, and which page of it.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StatementQuery {
    /// Only the movements of this period; all of them unless said.
    #[param(example = "2026-01")]
    period: Option<String>,
    /// How many on a page: 1 to 200, 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Shows what moved on a partner's account, in order of effect, each with its cause.
///
/// A partner sees his own; of others he is told that there is nobody.
#[utoipa::path(get, path = "/partners/{code}/statement", operation_id = "get_statement", tag = "accruals",
    params(("code" = String, Path, description = "The partner's code"), StatementQuery),
    responses(
        (status = 200, description = "The statement", body = StatementBody),
        (status = 404, description = "There is no such partner", body = ProblemBody,
            content_type = "application/problem+json"),
    ))]
async fn show(
    State(web): Hands,
    asker: Asker,
    paging: Paging,
    ApiPath(code): ApiPath<String>,
    ApiQuery(query): ApiQuery<StatementQuery>,
) -> Result<Linked<StatementBody>, Problem> {
    let window = paging.window(Asked { limit: query.limit, cursor: query.cursor.as_deref() }, false)?;
    let mut wrong = Wrong::default();
    let period = wrong.optional("period", query.period.as_deref(), str::parse::<Period>);
    wrong.refuse()?;
    let parsed = PartnerCode::parse(&code).map_err(|_| refusals::unknown(&code))?;
    if asker.reach != Reach::Everybody && !asker.is(&parsed) {
        return Err(refusals::unknown(&parsed));
    }
    let whole = statement(&web.app, &parsed).await?;
    // By posting: what came late stands in its own period, wherever it takes effect.
    let sum = |until: &dyn Fn(Period) -> bool| -> Money {
        whole.lines.iter().filter(|line| until(line.period)).map(|line| line.amount).sum()
    };
    let opening = period.map_or(Money::ZERO, |period| sum(&|of| of < period));
    let closing = sum(&|of| period.is_none_or(|period| of <= period));
    let is_of = |line: &StatementLine| period.is_none_or(|period| line.period == period);
    let lines: Vec<StatementLine> = whole.lines.into_iter().filter(is_of).collect();
    let numbered: Vec<(i64, StatementLine)> = (1..).zip(lines).collect();
    let page = window.page_of(numbered, |(number, _)| Place::of(Key::Number(*number)));
    let paged = paging.answer(page, |(_, line)| LineBody::of(line));
    Ok(paged.wrapped(|page| StatementBody {
        partner: whole.partner_code.to_string(),
        period: period.map(|period| period.to_string()),
        opening: opening.into(),
        closing: closing.into(),
        balance: whole.balance.into(),
        page,
    }))
}

impl From<StatementError> for Problem {
    fn from(error: StatementError) -> Self {
        match error {
            StatementError::UnknownPartner(code) => refusals::unknown(&code),
            StatementError::Store(error) => error.into(),
        }
    }
}
