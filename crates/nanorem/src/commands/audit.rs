//! `nanorem audit`: what people did, and proof that nobody rewrote it.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use app::App;
use app::audit::{self, Head};
use domain::lang::{Lang, Text};

use crate::Hands;
use crate::cli::AuditVerb;
use crate::output::{list, moment, or_dash, print};

pub(super) async fn run(hands: &Hands, verb: AuditVerb) -> anyhow::Result<ExitCode> {
    let app = hands.app().await?;
    match verb {
        AuditVerb::List { last } => latest(hands, &app, last).await?,
        AuditVerb::Verify { head } => return verify(hands, &app, head.as_deref()).await,
        AuditVerb::Head { file } => export(hands, &app, file.as_deref()).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn latest(hands: &Hands, app: &App, last: u32) -> anyhow::Result<()> {
    let lines = audit::latest(app, last).await?;
    hands.output.show(&lines, || {
        let rows = lines.iter().map(|line| {
            let changed = match (&line.before, &line.after) {
                (None, None) => String::new(),
                (before, after) => {
                    format!("{} → {}", before.as_deref().unwrap_or("—"), after.as_deref().unwrap_or("—"))
                }
            };
            vec![
                line.seq.to_string(),
                moment(line.at),
                line.actor.clone(),
                line.action.clone(),
                line.entity.clone(),
                changed.chars().take(80).collect(),
                or_dash(line.reason.clone()),
            ]
        });
        list(&[">№", "Когда", "Кто", "Что", "С чем", "Было → стало", "Почему"], rows, "Журнал пуст")
    })
}

async fn verify(hands: &Hands, app: &App, file: Option<&Path>) -> anyhow::Result<ExitCode> {
    let heads = match file {
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("файл {} не читается", file.display()))?;
            let heads: Result<Vec<Head>, _> =
                text.lines().filter(|line| !line.trim().is_empty()).map(Head::parse).collect();
            heads.map_err(|problem| {
                let problem = Text::from(&problem);
                anyhow::anyhow!("{}: {}", file.display(), problem.in_lang(Lang::Ru))
            })?
        }
        None => Vec::new(),
    };
    let proof = audit::verify(app, &heads).await?;
    hands.output.show(&proof, || match proof.broken.as_slice() {
        [] => format!("Журнал цел: записей {}, голов сверено {}", proof.lines, heads.len()),
        broken => broken
            .iter()
            .map(|problem| format!("✗ {}", Text::from(problem).in_lang(Lang::Ru)))
            .collect::<Vec<_>>()
            .join("\n"),
    })?;
    Ok(if proof.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn export(hands: &Hands, app: &App, file: Option<&Path>) -> anyhow::Result<()> {
    let Some(head) = audit::head(app).await? else {
        return print("Журнал пуст: выносить нечего");
    };
    if let Some(file) = file {
        let mut opened = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(file)
            .with_context(|| format!("файл {} не открывается", file.display()))?;
        writeln!(opened, "{head}")?;
        opened.sync_all()?;
    }
    hands.output.show(&head, || head.to_string())
}
