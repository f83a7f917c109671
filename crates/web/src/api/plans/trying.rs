//! Plans before they come into force: checked, tried on a sketch, compared over the history. Nothing is
//! written.

use std::sync::Arc;

use app::backtest::{Backtest, BacktestError, Diff, Months, Side, diff};
use app::plans;
use axum::Json;
use axum::extract::State;
use domain::access::Permission;
use domain::lang::Text;
use domain::money::Rate;
use domain::period::Period;
use domain::text;
use plan::check::{WorstCase, worst_case};
use plan::sketch::{Script, SketchError, rehearse};
use plan::{Diagnostic, Lang, Plan};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::summary;
use super::{cannot_be_read, unknown};
use crate::api::extract::{ApiJson, Wrong};
use crate::api::guard::guarded;
use crate::api::words::{Amount, Both, CURRENCY};
use crate::{Hands, Problem, Web};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(guarded(Permission::PlansRead, routes!(check)))
        .routes(guarded(Permission::PlansRead, routes!(try_out)))
        .routes(guarded(Permission::PlansRead, routes!(compare)))
}

/// A plan to check.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CheckBody {
    /// The whole plan, as TOML.
    text: String,
    /// What is left of a price after the cost, to say what the worst case is of it; `40%` unless said.
    #[schema(example = "40%")]
    margin: Option<String>,
}

/// What a check found.
#[derive(Debug, Serialize, ToSchema)]
struct CheckedBody {
    /// Whether the plan can be used.
    ok: bool,
    /// Its name; `null` if it cannot be read.
    #[schema(example = "nanorem-12")]
    name: Option<String>,
    /// SHA-256 of its text.
    hash: Option<String>,
    /// What it says, every term of it, in plain words.
    summary: Option<Both>,
    /// What is wrong.
    errors: Vec<MistakeBody>,
    /// What its author should know.
    warnings: Vec<MistakeBody>,
    /// What it costs at worst, by how many levels are paid.
    worst_case: Vec<WorstCaseBody>,
}

/// A mistake in a text, with its place.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanMistake)]
struct MistakeBody {
    /// The line, from 1.
    #[schema(example = 12)]
    line: usize,
    /// The column in characters, from 1.
    #[schema(example = 5)]
    column: usize,
    /// What is wrong.
    message: Both,
    /// What would be right.
    help: Both,
}

impl MistakeBody {
    fn of(one: &Diagnostic) -> Self {
        Self {
            line: one.line,
            column: one.column,
            message: Both::new(one.message(Lang::Ru), one.message(Lang::En)),
            help: Both::new(one.help(Lang::Ru), one.help(Lang::En)),
        }
    }
}

/// What a plan costs when so many levels are paid.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorstCase)]
struct WorstCaseBody {
    /// How many levels are paid.
    paid_levels: u16,
    /// The rates together, as a share of turnover.
    #[schema(example = "45%")]
    raw_of_turnover: String,
    /// What is paid after the caps, as a share of turnover.
    #[schema(example = "40%")]
    paid_of_turnover: String,
    /// The same as a share of the margin.
    #[schema(example = "100%")]
    paid_of_margin: Option<String>,
    /// Whether a cap cuts.
    bites: bool,
    /// Whether a rule's rates bound nothing, so that at worst everything up to the cap is paid.
    unbounded: bool,
}

impl WorstCaseBody {
    fn of(case: &WorstCase) -> Self {
        Self {
            paid_levels: case.paid_levels,
            raw_of_turnover: case.raw_of_turnover.to_string(),
            paid_of_turnover: case.paid_of_turnover.to_string(),
            paid_of_margin: case.paid_of_margin.map(|share| share.to_string()),
            bites: case.bites,
            unbounded: case.unbounded,
        }
    }
}

/// Checks a plan: every mistake with its place, and what it costs at worst.
#[utoipa::path(post, path = "/plans/check", operation_id = "check_plan", tag = "plans", request_body = CheckBody,
    responses((status = 200, description = "What was found", body = CheckedBody)))]
async fn check(ApiJson(body): ApiJson<CheckBody>) -> Result<Json<CheckedBody>, Problem> {
    let mut wrong = Wrong::default();
    let margin = body.margin.as_deref().unwrap_or("40%").parse::<Rate>();
    let Some(margin) = wrong.read("/margin", margin) else { return Err(wrong.problem()) };
    let told = |list: &[Diagnostic]| list.iter().take(200).map(MistakeBody::of).collect();
    Ok(Json(match Plan::parse("text", &body.text) {
        Err(diagnostics) => CheckedBody {
            ok: false,
            name: None,
            hash: None,
            summary: None,
            errors: told(diagnostics.as_slice()),
            warnings: Vec::new(),
            worst_case: Vec::new(),
        },
        Ok(parsed) => CheckedBody {
            ok: true,
            name: Some(parsed.plan.name().to_owned()),
            hash: Some(hex::encode(parsed.plan.hash())),
            summary: Some(summary(&parsed.plan)),
            errors: Vec::new(),
            warnings: told(&parsed.warnings),
            worst_case: worst_case(&parsed.plan, margin).iter().map(WorstCaseBody::of).collect(),
        },
    }))
}

/// A plan, by name or whole.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum PlanChoice {
    /// `current`, the id of a version, or the name of a plan that ships.
    Named(String),
    /// The whole plan, as TOML.
    Text(String),
}

impl PlanChoice {
    async fn plan(self, web: &Web, pointer: &str) -> Result<Arc<Plan>, Problem> {
        let text = match self {
            Self::Text(text) => text,
            Self::Named(name) => plans::text_of(&web.app, &name).await?.ok_or_else(|| unknown(&name))?,
        };
        let parsed = Plan::parse("text", &text).map_err(|mistakes| cannot_be_read(pointer, &mistakes))?;
        Ok(Arc::new(parsed.plan))
    }
}

/// A plan and a company to try it on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TryBody {
    /// Which plan.
    plan: PlanChoice,
    /// A small company, as TOML: partners, orders, months.
    sketch: String,
    /// Of whom to say why he does not get more.
    #[schema(example = "Анна")]
    partner: Option<String>,
}

/// What a plan gives on a sketch.
#[derive(Debug, Serialize, ToSchema)]
struct TriedBody {
    /// The name of the plan.
    #[schema(example = "nanorem-12")]
    plan: String,
    /// What the sketch says of itself.
    title: Option<String>,
    /// Month by month: orders with who earns what and why, the close, everybody's sums; as
    /// `nanorem plan try --json` shows it.
    #[schema(value_type = Vec<Object>)]
    periods: serde_json::Value,
}

/// Tries a plan on a small company written by hand, and says of everyone who gets it and why.
#[utoipa::path(post, path = "/plans/try", operation_id = "try_plan", tag = "plans", request_body = TryBody,
    responses((status = 200, description = "What it gives", body = TriedBody)))]
async fn try_out(State(web): Hands, ApiJson(body): ApiJson<TryBody>) -> Result<Json<TriedBody>, Problem> {
    let plan = body.plan.plan(&web, "/plan").await?;
    let script = Script::parse(&plan, "sketch", &body.sketch)
        .map_err(|mistakes| cannot_be_read("/sketch", &mistakes))?;
    let (name, title) = (plan.name().to_owned(), script.title.clone());
    // It may take a moment, so the threads that wait for the database do not do it.
    let reckoned = tokio::task::spawn_blocking(move || rehearse(&plan, &script, body.partner.as_deref()));
    let reckoned = reckoned.await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
    let periods = reckoned.map_err(|error| match error {
        SketchError::Unknown(name) => {
            let detail =
                text!("в эскизе никого не зовут {name:?}", "nobody of the sketch is called {name:?}");
            Wrong::one("/partner", "unknown_name", detail)
        }
        other => {
            let detail = text!("эскиз нельзя посчитать: {other}", "the sketch cannot be reckoned: {other}");
            Wrong::one("/sketch", "cannot_be_reckoned", detail)
        }
    })?;
    let periods = serde_json::to_value(&periods).map_err(|error| Problem::broken(&error))?;
    Ok(Json(TriedBody { plan: name, title, periods }))
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
