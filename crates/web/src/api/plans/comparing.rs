//! Two plans over the company's history, side by side. Nothing is written.

use app::backtest::{Backtest, BacktestError, Diff, Months, Side, diff};
use axum::Json;
use axum::extract::State;
use domain::access::Permission;
use domain::lang::Text;
use domain::period::Period;
use domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::trying::PlanChoice;
use crate::api::extract::{ApiJson, Wrong};
use crate::api::guard::guarded;
use crate::api::words::{Amount, CURRENCY};
use crate::{Hands, Problem, Web};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(guarded(Permission::PlansRead, routes!(compare)))
}

/// Two plans and the months over which to compare them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DiffBody {
    /// The first plan.
    before: PlanChoice,
    /// The second.
    after: PlanChoice,
    /// The first month.
    #[schema(example = "2026-01")]
    from: String,
    /// The last month.
    #[schema(example = "2026-03")]
    to: String,
}

/// Two plans side by side.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanDiff)]
struct ComparedBody {
    /// The first month.
    #[schema(example = "2026-01")]
    from: String,
    /// The last month.
    #[schema(example = "2026-03")]
    to: String,
    /// The currency of the amounts.
    #[schema(example = "RUB")]
    currency: &'static str,
    /// By the first plan.
    before: FiguresBody,
    /// By the second.
    after: FiguresBody,
    /// What the second pays more, or less.
    paid_difference: Amount,
    /// Those who get more by the second plan.
    winners: SideBody,
    /// Those who get less.
    losers: SideBody,
    /// How many get the same, and something.
    unchanged: usize,
}

/// What one plan gives over the months.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanFigures)]
struct FiguresBody {
    /// Its name.
    #[schema(example = "nanorem-12")]
    plan: String,
    /// Paid orders.
    orders: u64,
    /// Goods at the prices paid.
    turnover: Amount,
    /// The same less their cost.
    margin: Amount,
    /// What orders pay.
    commissions: Amount,
    /// What the rules of periods pay.
    bonuses: Amount,
    /// What caps of periods take back.
    taken_back: Amount,
    /// What is paid in all.
    paid: Amount,
    /// The same as a share of turnover.
    #[schema(example = "24.2%")]
    of_turnover: Option<String>,
    /// The same as a share of the margin.
    #[schema(example = "40%")]
    of_margin: Option<String>,
}

impl FiguresBody {
    fn of(tried: &Backtest) -> Self {
        let total = &tried.total;
        Self {
            plan: tried.plan.clone(),
            orders: total.orders,
            turnover: total.turnover.into(),
            margin: total.margin.into(),
            commissions: total.commissions.into(),
            bonuses: total.bonuses.into(),
            taken_back: total.taken_back.into(),
            paid: total.paid.into(),
            of_turnover: total.of_turnover.map(|share| share.to_string()),
            of_margin: total.of_margin.map(|share| share.to_string()),
        }
    }
}

/// The winners or the losers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanDiffSide)]
struct SideBody {
    /// By how much together.
    amount: Amount,
    /// How many.
    count: usize,
    /// The fifty with the greatest difference.
    partners: Vec<PartnerDiffBody>,
}

/// One partner under both plans.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanDiffPartner)]
struct PartnerDiffBody {
    /// Who.
    #[schema(example = "NR00001")]
    partner: String,
    /// What he gets by the first plan.
    before: Amount,
    /// By the second.
    after: Amount,
    /// What he gets more, or less.
    difference: Amount,
}

impl SideBody {
    fn of(side: &Side) -> Self {
        let partners = side.partners.iter().take(50).map(|one| PartnerDiffBody {
            partner: one.partner_code.to_string(),
            before: one.before.into(),
            after: one.after.into(),
            difference: one.difference.into(),
        });
        Self { amount: side.amount.into(), count: side.partners.len(), partners: partners.collect() }
    }
}

impl ComparedBody {
    fn of(diff: &Diff) -> Self {
        Self {
            from: diff.from.to_string(),
            to: diff.to.to_string(),
            currency: CURRENCY,
            before: FiguresBody::of(&diff.before),
            after: FiguresBody::of(&diff.after),
            paid_difference: diff.paid_difference.into(),
            winners: SideBody::of(&diff.winners),
            losers: SideBody::of(&diff.losers),
            unchanged: diff.unchanged,
        }
    }
}

/// Runs two plans over the company's history, side by side: cost, winners, losers.
#[utoipa::path(post, path = "/plans/diff", operation_id = "diff_plans", tag = "plans", request_body = DiffBody,
    responses((status = 200, description = "Both plans", body = ComparedBody)))]
async fn compare(State(web): Hands, ApiJson(body): ApiJson<DiffBody>) -> Result<Json<ComparedBody>, Problem> {
    let mut wrong = Wrong::default();
    let first = wrong.read("/from", body.from.parse::<Period>());
    let last = wrong.read("/to", body.to.parse::<Period>());
    let (Some(first), Some(last)) = (first, last) else { return Err(wrong.problem()) };
    let before = body.before.plan(&web, "/before").await?;
    let after = body.after.plan(&web, "/after").await?;
    Ok(Json(ComparedBody::of(&diff(&web.app, &before, &after, Months { first, last }).await?)))
}

impl From<BacktestError> for Problem {
    fn from(error: BacktestError) -> Self {
        match error {
            BacktestError::Backwards { first, last } => Wrong::one(
                "/to",
                "backwards",
                text!("{last} раньше, чем {first}", "{last} comes before {first}"),
            ),
            BacktestError::Store(error) => error.into(),
            BacktestError::Order { .. } | BacktestError::Close { .. } => {
                let detail = Text::new("историю нельзя посчитать по этому плану", error.to_string());
                Self::conflict("cannot_be_reckoned", detail)
            }
        }
    }
}
