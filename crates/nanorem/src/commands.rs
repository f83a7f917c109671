//! The commands, one file a word.

mod accruals;
mod adjustment;
mod audit;
mod backup;
mod demo;
mod doctor;
mod endpoint;
mod import;
mod jobs;
mod links;
mod order;
mod outbox;
mod partner;
mod payout;
mod period;
pub(crate) mod plan;
mod product;
mod promo;
mod schedules;
mod serve;
mod shop;
mod token;
mod user;
mod verify;
mod webhooks;

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use domain::time::{parse_day, parse_instant};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use store::Store;

use crate::cli::Verb;
use crate::output::print;
use crate::{Hands, secrets};

pub(crate) async fn run(hands: &Hands, verb: Verb) -> anyhow::Result<ExitCode> {
    match verb {
        Verb::Serve { listen } => serve::serve(hands, listen).await?,
        Verb::Demo(args) => demo::demo(&args).await?,
        Verb::Migrate => migrate(hands).await?,
        Verb::Doctor => return doctor::doctor(hands).await,
        Verb::Verify => return verify::verify(hands).await,
        Verb::Import(args) => import::import(hands, args).await?,
        Verb::Partner(verb) => partner::run(hands, verb).await?,
        Verb::Links(verb) => links::run(hands, verb).await?,
        Verb::Product(verb) => product::run(hands, verb).await?,
        Verb::Promo(verb) => promo::run(hands, verb).await?,
        Verb::Order(verb) => order::run(hands, verb).await?,
        Verb::Plan(verb) => return plan::run(hands, verb).await,
        Verb::Period(verb) => period::run(hands, verb).await?,
        Verb::Payout(verb) => payout::run(hands, verb).await?,
        Verb::Adjustment(verb) => adjustment::run(hands, verb).await?,
        Verb::Accruals(args) => accruals::show(hands, &args).await?,
        Verb::Ledger => accruals::trial_balance(hands).await?,
        Verb::Webhooks { last } => webhooks::list(hands, last).await?,
        Verb::Jobs { revive } => jobs::run(hands, revive).await?,
        Verb::Shop(verb) => return shop::run(hands, verb).await,
        Verb::Schedules => schedules::show(hands).await?,
        Verb::User(verb) => user::run(hands, verb).await?,
        Verb::Token(verb) => token::run(hands, verb).await?,
        Verb::Audit(verb) => return audit::run(hands, verb).await,
        Verb::Endpoint(verb) => endpoint::run(hands, verb).await?,
        Verb::Outbox { verb } => outbox::run(hands, verb).await?,
        Verb::Backup { file } => backup::backup(hands, &file).await?,
        Verb::Restore { file, force } => backup::restore(hands, &file, force).await?,
        // Told before the settings are read.
        Verb::Completions { .. } => {}
    }
    Ok(ExitCode::SUCCESS)
}

async fn migrate(hands: &Hands) -> anyhow::Result<()> {
    let url = hands.settings.database_url.expose_secret();
    make_folder(url)?;
    let store = Store::connect(url).await?;
    let pending = store.pending_migrations().await?;
    store.migrate().await?;
    store.close().await;
    let mut people = match pending {
        0 => "Таблицы уже в порядке".to_owned(),
        pending => format!("Таблицы готовы, миграций выполнено: {pending}"),
    };
    if let Some(file) = secrets::make_if_missing(&hands.settings)? {
        let _ = write!(people, "\nКлюч секретов: {} — храните его копию отдельно от базы", file.display());
    }
    hands.output.show(&serde_json::json!({ "applied": pending }), || people)
}

/// The path of a SQLite URL; `None` for PostgreSQL.
pub(crate) fn sqlite_path(url: &str) -> Option<&Path> {
    let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"))?;
    Some(Path::new(path.split('?').next().unwrap_or(path)))
}

fn make_folder(url: &str) -> anyhow::Result<()> {
    let folder = sqlite_path(url).and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder)?;
    }
    Ok(())
}

/// A day in Moscow, or an instant with its offset.
fn instant(text: &str) -> anyhow::Result<Timestamp> {
    let zone = domain::time::zone("Europe/Moscow").ok_or_else(|| anyhow::anyhow!("no zone data"))?;
    match parse_day(text, &zone) {
        Ok(day) => Ok(day),
        Err(_) => parse_instant(text).map_err(|_| {
            anyhow::anyhow!("{text:?} — не дата: напишите 2026-01-31 или 2026-01-31T10:00:00+03:00")
        }),
    }
}

fn instant_or(text: Option<&str>, now: Timestamp) -> anyhow::Result<Timestamp> {
    text.map_or(Ok(now), instant)
}

/// Says that something was done.
fn done(hands: &Hands, text: &str) -> anyhow::Result<()> {
    if hands.output.json { print(r#"{"ok":true}"#) } else { print(text) }
}
