//! Plans as the API shows them.

use app::plans::PlanVersion;
use domain::ids::PlanVersionId;
use plan::{Lang, Plan, explain};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::words::{Both, Instant};

/// A version of the plan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanVersion)]
pub(super) struct PlanBody {
    /// Identity.
    #[schema(example = "019b0000-0000-7000-8000-000000000000")]
    id: String,
    /// The plan's own name.
    #[schema(example = "nanorem-12")]
    name: String,
    /// SHA-256 of its text.
    hash: String,
    /// From when on it holds, once it is activated.
    since: Instant,
    /// `proposed` while it waits for a second person, `activated`, or `in_force` now.
    #[schema(example = "in_force")]
    state: &'static str,
    /// Who proposed it.
    #[schema(example = "staff:elena")]
    proposed_by: String,
    /// When.
    proposed_at: Instant,
    /// Who activated it.
    #[schema(example = "staff:pavel")]
    activated_by: Option<String>,
    /// When.
    activated_at: Option<Instant>,
}

impl PlanBody {
    pub(super) fn of(version: &PlanVersion, in_force: Option<PlanVersionId>) -> Self {
        let state = match version.activated_by {
            None => "proposed",
            Some(_) if Some(version.id) == in_force => "in_force",
            Some(_) => "activated",
        };
        Self {
            id: version.id.to_string(),
            name: version.name.clone(),
            hash: hex::encode(version.hash),
            since: version.since.into(),
            state,
            proposed_by: version.proposed_by.clone(),
            proposed_at: version.proposed_at.into(),
            activated_by: version.activated_by.clone(),
            activated_at: version.activated_at.map(Instant),
        }
    }
}

/// A version of the plan with its text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanText)]
pub(super) struct PlanTextBody {
    #[serde(flatten)]
    version: PlanBody,
    /// The whole plan, as TOML.
    text: String,
    /// What it says, every term of it, in plain words; `null` if this version of the program cannot read
    /// it.
    summary: Option<Both>,
}

impl PlanTextBody {
    pub(super) fn of(version: &PlanVersion, in_force: Option<PlanVersionId>) -> Self {
        let parsed = Plan::parse(&version.name, &version.source).ok();
        Self {
            version: PlanBody::of(version, in_force),
            text: version.source.clone(),
            summary: parsed.map(|parsed| summary(&parsed.plan)),
        }
    }
}

/// What a plan says in both languages.
pub(super) fn summary(plan: &Plan) -> Both {
    Both::new(explain::summary(plan, Lang::Ru), explain::summary(plan, Lang::En))
}
