//! Plans before they come into force: checked, and tried on a sketch. Nothing is written.

use std::sync::Arc;

use app::plans;
use axum::Json;
use axum::extract::State;
use domain::access::Permission;
use domain::money::Rate;
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
use crate::api::words::Both;
use crate::{Hands, Problem, Web};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(guarded(Permission::PlansRead, routes!(check)))
        .routes(guarded(Permission::PlansRead, routes!(try_out)))
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
pub(super) enum PlanChoice {
    /// `current`, the id of a version, or the name of a plan that ships.
    Named(String),
    /// The whole plan, as TOML.
    Text(String),
}

impl PlanChoice {
    pub(super) async fn plan(self, web: &Web, pointer: &str) -> Result<Arc<Plan>, Problem> {
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
