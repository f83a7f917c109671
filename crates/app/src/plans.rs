//! Plans: which version is in force when, and how a new one comes into force.

use std::sync::Arc;

use domain::activity::FeeKind;
use domain::actor::Actor;
use domain::ids::PlanVersionId;
use domain::period::Period;
use jiff::{Timestamp, tz::TimeZone};
use plan::{Diagnostics, Plan};
use serde::Serialize;
use store::{StoreError, Tx};

pub use store::plans::PlanVersion;

use crate::App;
use crate::audit::{self, Act};
use crate::notices;
use crate::periods::reckoning::last_instant;
use crate::retry::{may_retry, retrying};

/// The plans that ship, by name.
pub const SHIPPED: [(&str, &str); 2] = [
    ("nanorem-5", include_str!("../../../plans/nanorem-5.toml")),
    ("nanorem-12", include_str!("../../../plans/nanorem-12.toml")),
];

/// The JSON Schema of plans, by which editors complete and check them.
pub const SCHEMA: &str = include_str!("../../../plans/plan.schema.json");

/// Every version in force at some time, with the plan it holds.
#[derive(Debug, Clone, Default)]
pub struct Timeline(Vec<(PlanVersion, Arc<Plan>)>);

impl Timeline {
    /// The version in force at an instant: the last one activated among those that hold from the
    /// latest date.
    pub fn in_force(&self, at: Timestamp) -> Option<(&PlanVersion, &Arc<Plan>)> {
        self.0
            .iter()
            .filter(|(version, _)| version.since <= at)
            .max_by_key(|(version, _)| (version.since, version.activated_at))
            .map(|(version, plan)| (version, plan))
    }

    /// The plan of a version.
    pub fn plan(&self, id: PlanVersionId) -> Option<&Arc<Plan>> {
        self.0.iter().find(|(version, _)| version.id == id).map(|(_, plan)| plan)
    }

    /// Every version with its plan.
    pub fn versions(&self) -> impl Iterator<Item = &(PlanVersion, Arc<Plan>)> {
        self.0.iter()
    }

    /// The zone in which the company counts its months: every plan's, or Moscow's while there is none.
    pub fn zone(&self) -> TimeZone {
        let last = self.0.iter().max_by_key(|(version, _)| (version.since, version.activated_at));
        last.map_or_else(
            || domain::time::zone("Europe/Moscow").expect("the bundled zones have Moscow"),
            |(_, plan)| plan.zone().clone(),
        )
    }

    /// The largest number of active invited partners that any plan asks for.
    pub(crate) fn invited_that_matter(&self) -> u32 {
        self.0.iter().map(|(_, plan)| plan.invited_that_matter()).max().unwrap_or(0)
    }
}

/// Loads the timeline; texts are parsed once in the life of the program.
pub async fn timeline(app: &App, tx: &mut Tx) -> Result<Timeline, StoreError> {
    let versions = store::plans::all(tx).await?;
    let in_force = versions.into_iter().filter(|version| version.activated_by.is_some());
    in_force.map(|version| parsed(app, version)).collect::<Result<_, _>>().map(Timeline)
}

fn parsed(app: &App, version: PlanVersion) -> Result<(PlanVersion, Arc<Plan>), StoreError> {
    let mut known = app.plans.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(plan) = known.get(&version.id) {
        return Ok((version, plan.clone()));
    }
    let plan = Plan::parse(&version.name, &version.source)
        .map_err(|problem| StoreError::Corrupt { table: "plan_versions", problem: problem.to_string() })?
        .plan;
    let plan = Arc::new(plan);
    known.insert(version.id, plan.clone());
    Ok((version, plan))
}

/// Why a plan does not come into force.
#[derive(Debug, thiserror::Error)]
pub enum ActivateError {
    /// Its text is wrong.
    #[error("the plan cannot be read")]
    Invalid(#[source] Box<Diagnostics>),
    /// Orders of that time are accrued by another version already.
    #[error(
        "orders up to {last} are accrued already, so a plan cannot hold from {since}: choose a later date"
    )]
    TouchesAccrued {
        /// The latest payment among them.
        last: Timestamp,
        /// From when the plan should hold.
        since: Timestamp,
    },
    /// Fees of that time were taken by the terms of another version.
    #[error(
        "fees up to {last} are taken by other terms, so a plan cannot hold from {since}: choose a later date"
    )]
    TouchesFees {
        /// The latest of them.
        last: Timestamp,
        /// From when the plan should hold.
        since: Timestamp,
    },
    /// A closed month would be of another plan.
    #[error("{period} is closed by another plan, so a plan cannot hold from {since}: choose a later date")]
    TouchesClosed {
        /// The month.
        period: Period,
        /// From when the plan should hold.
        since: Timestamp,
    },
    /// A month would be paid partly by its orders and partly at its close.
    #[error(
        "a plan that pays at the close of a month holds for whole months, not from {from} within {period}"
    )]
    WithinMonth {
        /// Where one plan would follow the other.
        from: Timestamp,
        /// In which month.
        period: Period,
    },
    /// The company counts its months in another zone.
    #[error("the company counts its months in {known}, so a plan cannot count them in {told}")]
    OtherZone {
        /// The company's.
        known: String,
        /// The plan's.
        told: String,
    },
    /// The same text holds from that date already.
    #[error("this plan holds from {0} already")]
    AlreadyInForce(Timestamp),
    /// Only staff may.
    #[error("only staff may activate a plan")]
    NotStaff,
    /// The database failed.
    #[error("could not store the plan")]
    Store(#[from] StoreError),
}
may_retry!(ActivateError);

/// What came of an activation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Activation {
    /// It is in force from the date.
    InForce,
    /// It waits for a second person to activate the same text from the same date.
    Proposed,
}

/// A plan that is to hold from a date.
#[derive(Debug, Clone, Copy)]
pub struct Activate<'a> {
    /// What the file is called, for messages.
    pub file_name: &'a str,
    /// The TOML.
    pub text: &'a str,
    /// From when on it holds.
    pub since: Timestamp,
    /// Without the second person; the trail says so.
    pub force: bool,
}

/// Brings a plan into force from a date.
///
/// The first plan of a company comes into force at once. Later ones need two persons: the first
/// proposes, another activates the same text from the same date; `force` does without.
pub async fn activate(app: &App, actor: &Actor, wanted: Activate<'_>) -> Result<Activation, ActivateError> {
    if !matches!(actor, Actor::Staff(_)) {
        return Err(ActivateError::NotStaff);
    }
    let plan = Plan::parse(wanted.file_name, wanted.text)
        .map_err(|problem| ActivateError::Invalid(Box::new(problem)))?
        .plan;
    retrying(|| activate_once(app, actor, &wanted, &plan)).await
}

async fn activate_once(
    app: &App,
    actor: &Actor,
    wanted: &Activate<'_>,
    plan: &Plan,
) -> Result<Activation, ActivateError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    store::facts::lock(&mut tx).await?;
    let timeline = timeline(app, &mut tx).await?;
    refuse_changes_of_the_past(&mut tx, &timeline, wanted.since, plan).await?;
    let versions = store::plans::all(&mut tx).await?;
    let same = |version: &&PlanVersion| version.hash == plan.hash() && version.since == wanted.since;
    let proposed = versions.iter().find(|version| same(version) && version.activated_by.is_none());
    if versions.iter().any(|version| same(&version) && version.activated_by.is_some()) {
        return Err(ActivateError::AlreadyInForce(wanted.since));
    }
    let is_first = versions.iter().all(|version| version.activated_by.is_none());
    let by_another = proposed.is_some_and(|version| version.proposed_by != actor.to_string());
    let at_once = is_first || by_another || wanted.force;
    let id = if let Some(version) = proposed {
        version.id
    } else {
        let version = PlanVersion {
            id: PlanVersionId::new(app.ids.uuid(now)),
            name: plan.name().to_owned(),
            source: plan.source().to_owned(),
            hash: plan.hash(),
            since: wanted.since,
            proposed_by: actor.to_string(),
            proposed_at: now,
            activated_by: None,
            activated_at: None,
        };
        store::plans::insert(&mut tx, &version).await?;
        version.id
    };
    if at_once {
        store::plans::activate(&mut tx, id, &actor.to_string(), now).await?;
        notices::company::activated(app, &mut tx, id, plan, wanted.since, now).await?;
    }
    let act = Act {
        actor,
        action: if at_once { "plan.activate" } else { "plan.propose" },
        entity: format!("plan:{}", plan.name()),
        before: None::<()>,
        after: Some(serde_json::json!({
            "hash": hex::encode(plan.hash()), "since": wanted.since.to_string(), "forced": wanted.force
        })),
        reason: None,
    };
    audit::append(&mut tx, act, now).await?;
    tx.commit().await?;
    app.ring();
    Ok(if at_once { Activation::InForce } else { Activation::Proposed })
}

/// What was accrued or priced by one version is never judged by another, and the company's months never
/// change their zone.
async fn refuse_changes_of_the_past(
    tx: &mut Tx,
    timeline: &Timeline,
    since: Timestamp,
    plan: &Plan,
) -> Result<(), ActivateError> {
    if let Some((_, other)) = timeline.versions().find(|(_, other)| other.zone() != plan.zone()) {
        let name = |plan: &Plan| plan.zone().iana_name().unwrap_or("?").to_owned();
        return Err(ActivateError::OtherZone { known: name(other), told: name(plan) });
    }
    let next = timeline.versions().map(|(version, _)| version.since).filter(|next| *next > since).min();
    refuse_closed_months(tx, since, next, plan).await?;
    refuse_within_a_month(timeline, since, next, plan)?;
    if let Some(last) = store::accruals::last_paid_within(tx, since, next).await? {
        return Err(ActivateError::TouchesAccrued { last, since });
    }
    let Some((_, before)) = timeline.in_force(since) else {
        return Ok(());
    };
    let same_fees =
        [FeeKind::Monthly, FeeKind::Annual].into_iter().all(|kind| before.fee(kind) == plan.fee(kind));
    match store::activity::last_fee_within(tx, since, next).await? {
        Some(last) if !same_fees => Err(ActivateError::TouchesFees { last, since }),
        _ => Ok(()),
    }
}

/// What was closed is never reckoned by another plan, nor does a close come too late to be held.
async fn refuse_closed_months(
    tx: &mut Tx,
    since: Timestamp,
    next: Option<Timestamp>,
    plan: &Plan,
) -> Result<(), ActivateError> {
    let runs = store::period_runs::all(tx).await?;
    let reckoned = runs.iter().filter(|run| run.paid.is_some()).map(|run| run.period);
    let closed = store::periods::all(tx).await?;
    let unheld = closed.iter().filter(|_| plan.is_decided_at_close()).map(|closed| closed.period);
    let governed = |period: &Period| {
        let last = last_instant(period.end(plan.zone()));
        since <= last && next.is_none_or(|next| last < next)
    };
    match reckoned.chain(unheld).filter(governed).max() {
        Some(period) => Err(ActivateError::TouchesClosed { period, since }),
        None => Ok(()),
    }
}

/// The plan in force at the end of a month closes all of it, so where a plan that decides anything at a
/// close follows another, or is followed, a month must begin.
fn refuse_within_a_month(
    timeline: &Timeline,
    since: Timestamp,
    next: Option<Timestamp>,
    plan: &Plan,
) -> Result<(), ActivateError> {
    let meets = |at: &Timestamp| {
        let other = timeline.in_force(*at);
        other.is_some_and(|(_, other)| other.is_decided_at_close() || plan.is_decided_at_close())
    };
    for from in [Some(since), next].into_iter().flatten().filter(meets) {
        let period = Period::of(from, plan.zone());
        if period.start(plan.zone()) != from {
            return Err(ActivateError::WithinMonth { from, period });
        }
    }
    Ok(())
}

/// Every version, proposed ones too.
pub async fn list(app: &App) -> Result<Vec<PlanVersion>, StoreError> {
    store::plans::all(&mut app.store.begin_read().await?).await
}

/// The version in force now.
pub async fn in_force_now(app: &App) -> Result<Option<PlanVersionId>, StoreError> {
    let timeline = timeline(app, &mut app.store.begin_read().await?).await?;
    Ok(timeline.in_force(app.now()).map(|(version, _)| version.id))
}

/// The text of a plan by what it is called: `current`, the id of a version, or one that ships.
pub async fn text_of(app: &App, name: &str) -> Result<Option<String>, StoreError> {
    if let Some((_, text)) = SHIPPED.iter().find(|(shipped, _)| *shipped == name) {
        return Ok(Some((*text).to_owned()));
    }
    let current = if name == "current" { in_force_now(app).await? } else { None };
    let versions = list(app).await?;
    let is_it = |version: &PlanVersion| Some(version.id) == current || version.id.to_string() == name;
    Ok(versions.into_iter().find(is_it).map(|version| version.source))
}
