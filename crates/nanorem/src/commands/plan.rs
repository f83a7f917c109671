//! `nanorem plan`.

mod cost;
mod diff;
mod simulate;
mod try_out;

use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use app::plans::{Activate, Activation, SCHEMA, SHIPPED, activate, list, timeline};
use domain::money::Rate;
use miette::{GraphicalReportHandler, GraphicalTheme};
use plan::check::worst_case;
use plan::{Diagnostic, Diagnostics, Lang, Parsed, Plan, explain};

use super::{instant, instant_or};
use crate::Hands;
use crate::cli::PlanVerb;
use crate::output::{moment, print, table};

pub(super) async fn run(hands: &Hands, verb: PlanVerb) -> anyhow::Result<ExitCode> {
    match verb {
        PlanVerb::Check { file, margin } => return check(hands, &file, margin),
        PlanVerb::Activate { file, since, force } => put_in_force(hands, &file, &since, force).await?,
        PlanVerb::Schema => print(SCHEMA)?,
        PlanVerb::List => versions(hands).await?,
        PlanVerb::Show { at } => {
            let plan = in_force(hands, at.as_deref()).await?;
            let json = serde_json::json!({ "name": plan.name(), "source": plan.source() });
            hands.output.show(&json, || plan.source().to_owned())?;
        }
        PlanVerb::Explain { file } => {
            let plan = match file {
                Some(file) => read(&file)?.plan,
                None => in_force(hands, None).await?,
            };
            let json = serde_json::json!({
                "name": plan.name(),
                "ru": explain::summary(&plan, Lang::Ru),
                "en": explain::summary(&plan, Lang::En),
            });
            hands.output.show(&json, || explain::summary(&plan, Lang::Ru))?;
        }
        PlanVerb::Diff(args) => diff::show(hands, &args).await?,
        PlanVerb::Try(args) => try_out::show(hands, &args).await?,
        PlanVerb::Simulate(args) => simulate::show(hands, args).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The text of a file, or of a plan that ships.
fn source(file: &str) -> anyhow::Result<String> {
    if let Some((_, text)) = SHIPPED.iter().find(|(name, _)| *name == file) {
        return Ok((*text).to_owned());
    }
    let shipped = SHIPPED.map(|(name, _)| name).join(", ");
    std::fs::read_to_string(file).with_context(|| format!("план {file} не читается; поставляются: {shipped}"))
}

fn read(file: &str) -> anyhow::Result<Parsed> {
    Plan::parse(file, &source(file)?).map_err(|diagnostics| anyhow!("{}", rendered(&diagnostics)))
}

/// The plan of a file, one that ships, or `current`: the one in force.
async fn named(hands: &Hands, name: &str) -> anyhow::Result<Arc<Plan>> {
    let plan = if name == "current" { in_force(hands, None).await? } else { read(name)?.plan };
    Ok(Arc::new(plan))
}

async fn in_force(hands: &Hands, at: Option<&str>) -> anyhow::Result<Plan> {
    let app = hands.app().await?;
    let at = instant_or(at, app.now())?;
    let timeline = timeline(&app, &mut app.store.begin_read().await?).await?;
    let (_, plan) =
        timeline.in_force(at).ok_or_else(|| anyhow!("на {} ни один план не действует", moment(at)))?;
    Ok(Plan::clone(plan))
}

/// So many mistakes are drawn; they are more than a person reads.
const MOST_SHOWN: usize = 50;

/// The mistakes of a plan with their places, as a person reads them.
pub(crate) fn rendered(diagnostics: &Diagnostics) -> String {
    drawn(diagnostics, "плане")
}

/// Mistakes with their places, as a person reads them.
fn drawn(diagnostics: &Diagnostics, of_what: &str) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics.iter().take(MOST_SHOWN) {
        text.push_str(&graphical(diagnostic));
    }
    let _ = write!(text, "Ошибок в {of_what}: {}", diagnostics.as_slice().len());
    text
}

fn graphical(diagnostic: &Diagnostic) -> String {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor());
    let mut text = String::new();
    let shown = handler.render_report(&mut text, &diagnostic.localized(Lang::Ru));
    // A picture that cannot be drawn is told in one line.
    shown.map_or_else(|_| format!("{}\n", diagnostic.line_in(Lang::Ru)), |()| text)
}

fn check(hands: &Hands, file: &str, margin: Rate) -> anyhow::Result<ExitCode> {
    let parsed = match Plan::parse(file, &source(file)?) {
        Ok(parsed) => parsed,
        Err(diagnostics) => {
            let lines: Vec<String> =
                diagnostics.iter().map(|diagnostic| diagnostic.line_in(Lang::Ru)).collect();
            hands
                .output
                .show(&serde_json::json!({ "ok": false, "errors": lines }), || rendered(&diagnostics))?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let cases = worst_case(&parsed.plan, margin);
    let warnings: Vec<String> = parsed.warnings.iter().map(|warning| warning.line_in(Lang::Ru)).collect();
    let json = serde_json::json!({ "ok": true, "name": parsed.plan.name(), "warnings": warnings, "worst_case": cases });
    hands.output.show(&json, || {
        let warnings: String = parsed.warnings.iter().map(graphical).collect();
        let cost = cost::told(&parsed.plan, &cases, margin);
        format!("{warnings}План {} верен. {cost}", parsed.plan.name())
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn put_in_force(hands: &Hands, file: &str, since: &str, force: bool) -> anyhow::Result<()> {
    let text = source(file)?;
    let since = instant(since)?;
    let app = hands.app().await?;
    let outcome =
        activate(&app, &hands.actor, Activate { file_name: file, text: &text, since, force }).await?;
    hands.output.show(&outcome, || match outcome {
        Activation::InForce => format!("План действует с {}", moment(since)),
        Activation::Proposed => format!(
            "План предложен с {}. Второй сотрудник вводит его той же командой от своего имени (--as ЛОГИН); без второго человека — --force",
            moment(since)
        ),
    })
}

async fn versions(hands: &Hands) -> anyhow::Result<()> {
    let versions = list(&hands.app().await?).await?;
    let json: Vec<_> = versions
        .iter()
        .map(|version| {
            serde_json::json!({
                "name": version.name, "since": version.since, "hash": hex::encode(version.hash),
                "proposed_by": version.proposed_by, "activated_by": version.activated_by,
            })
        })
        .collect();
    hands.output.show(&json, || {
        let rows = versions.iter().map(|version| {
            vec![
                version.name.clone(),
                moment(version.since),
                version.proposed_by.clone(),
                version.activated_by.clone().unwrap_or_else(|| "ждёт второго".to_owned()),
                hex::encode(version.hash).chars().take(12).collect(),
            ]
        });
        table(&["План", "Действует с", "Предложил", "Ввёл", "Отпечаток"], rows)
    })
}
