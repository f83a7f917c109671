//! `nanorem`: wires the crates together. No logic of the business lives here.

mod cli;
mod commands;
mod config;
mod errors;
mod output;
mod secrets;
mod telemetry;

use std::process::ExitCode;
use std::sync::Arc;

use app::{App, Clock};
use domain::actor::{Actor, StaffLogin};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use store::Store;

use crate::config::Settings;

/// Rows travel from the database's thread to ours, and this allocator frees them there cheaply.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The clock on the wall: the only place where the program asks for the time.
struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that comes in everywhere else")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// What every command has.
pub(crate) struct Hands {
    pub(crate) settings: Settings,
    pub(crate) actor: Actor,
    pub(crate) output: output::Output,
}

impl Hands {
    /// Opens the database, which must exist and be up to date.
    pub(crate) async fn app(&self) -> anyhow::Result<App> {
        let app = Self::connect(Store::open(self.settings.database_url.expose_secret()).await)?;
        let pending = app.store.pending_migrations().await?;
        if pending > 0 {
            anyhow::bail!("база отстаёт от программы на {pending} миграций: выполните nanorem migrate");
        }
        self.sealing(app)
    }

    /// Lets the app keep secrets, if there is a key.
    pub(crate) fn sealing(&self, app: App) -> anyhow::Result<App> {
        Ok(match secrets::sealer(&self.settings)? {
            Some(sealer) => app.sealing_with(sealer),
            None => app,
        })
    }

    /// Puts the program together over an open database.
    pub(crate) fn connect(store: Result<Store, store::StoreError>) -> anyhow::Result<App> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)
            .map_err(|error| anyhow::anyhow!("the system gives no random bytes: {error}"))?;
        Ok(App::new(store?, Arc::new(SystemClock), seed))
    }
}

fn main() -> ExitCode {
    // The database, its copies and its log hold people's data: nobody but their owner reads them.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    // A missing .env is no mistake; a broken one is.
    if let Err(error) = dotenvy::dotenv()
        && !error.not_found()
    {
        // The line itself may hold a secret.
        let problem = match error {
            dotenvy::Error::LineParse(_, place) => {
                format!("ошибка у знака {place} строки: нужно ИМЯ=значение")
            }
            other => other.to_string(),
        };
        eprintln!("Ошибка: файл .env не читается: {problem}");
        return ExitCode::from(2);
    }
    let cli = cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            errors::tell(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(cli: cli::Cli) -> anyhow::Result<ExitCode> {
    if let cli::Verb::Completions { shell } = &cli.command {
        let mut script = Vec::new();
        clap_complete::generate(*shell, &mut cli::command(), "nanorem", &mut script);
        output::print(&String::from_utf8(script)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let settings = Settings::load(cli.config.as_deref())?;
    let is_server = matches!(cli.command, cli::Verb::Serve { .. });
    telemetry::start(
        settings.log_format,
        settings.log_filter.as_deref().unwrap_or(telemetry::usual(is_server)),
    )?;
    let output = output::Output { json: cli.json };
    let hands = Hands { settings, actor: actor(cli.actor)?, output };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(commands::run(&hands, cli.command))
}

/// Who acts: the login given, or the system's user.
fn actor(given: Option<String>) -> anyhow::Result<Actor> {
    let login = given.or_else(|| std::env::var("USER").ok().filter(|user| !user.is_empty()));
    Ok(Actor::Staff(StaffLogin::parse(login.as_deref().unwrap_or("operator"))?))
}
