//! Measures orders per second from the webhook to committed accruals, beside a floor that writes the
//! same rows with nothing but the database's driver.

mod report;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use hyper::StatusCode;
use tokio::task::JoinSet;

use crate::client::Client;
use crate::company;
use crate::database::{Database, Kind, Pool};
use crate::floor::{self, Floor};
use crate::program::Program;
use crate::server::Server;
use crate::shop::Shop;

pub use report::{ImportReport, LoadReport};

const PARTNERS: u32 = 2_000;
const SEED: u64 = 1;
/// Only tables with rows: counted while they are empty, the others would be taken for empty for long.
const COUNT_ROWS: [&str; 4] =
    ["ANALYZE partners", "ANALYZE sponsorships", "ANALYZE activity_fees", "ANALYZE activity_periods"];
const PAUSE: Duration = Duration::from_millis(20);
const LONGEST_DRAIN: Duration = Duration::from_mins(10);

/// What the clients saw.
#[derive(Debug, Default)]
pub struct Sent {
    /// From request to answer, of every 200.
    pub latencies: Vec<Duration>,
    /// Answers 429 and 503.
    pub asked_to_wait: usize,
}

/// How hard.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Connections at once.
    pub clients: usize,
    /// For how long orders are posted.
    pub seconds: u64,
    /// Whether the database counts its rows first, as a server does by itself a minute after an import.
    pub analyze: bool,
}

/// Loads the program on a database for a time, closed loop.
pub async fn run(binary: &Path, kind: Kind, settings: Settings) -> anyhow::Result<LoadReport> {
    let Settings { clients, seconds, analyze } = settings;
    let database = Database::create(kind).await?;
    let program = Program::new(binary, &database);
    let folder = database.folder.join("csv");
    company::write(&folder, PARTNERS, SEED)?;
    program.found(&folder)?;
    if analyze {
        let pool = database.open().await?;
        for statement in COUNT_ROWS {
            floor::execute(&pool, statement).await?;
        }
        pool.close().await;
    }
    let empty = database.copy().await?;

    let mut server = Server::start(&program)?;
    server.ready().await?;
    let pool = database.open().await?;
    let begun = Instant::now();
    let mut sent = send(server.address, clients, begun + Duration::from_secs(seconds)).await?;
    let answered = begun.elapsed();
    drain(&pool).await?;
    let drained = begun.elapsed();
    pool.close().await;
    let peak_memory = server.peak_memory();
    ensure!(server.stop().await?.success(), "`nanorem serve` ended badly after SIGTERM");

    let verified = program.verify()?;
    ensure!(verified.differences == 0, "verify found differences: {:?}", verified.problems);
    ensure!(
        verified.orders == sent.latencies.len() as u64,
        "{} orders, not {}",
        verified.orders,
        sent.latencies.len()
    );
    let floor = Floor::of_load(&database).await?;
    let rows = floor.rows();
    let groups = floor.groups();
    let floor_took = floor.write(&empty).await?;
    sent.latencies.sort_unstable();
    let report = LoadReport {
        kind,
        clients,
        sent,
        answered,
        drained,
        verified,
        peak_memory,
        rows,
        groups,
        floor_took,
    };
    database.remove().await?;
    empty.remove().await?;
    Ok(report)
}

/// Imports a company on a database.
pub async fn import(binary: &Path, kind: Kind, company: &Path) -> anyhow::Result<ImportReport> {
    let company = company.canonicalize().with_context(|| format!("there is no {}", company.display()))?;
    let database = Database::create(kind).await?;
    let empty = Database::create(kind).await?;
    let took = Program::new(binary, &database).found(&company)?;
    let lines = csv_rows(&company)?;
    let verified = Program::new(binary, &database).verify()?;
    ensure!(verified.differences == 0, "verify found differences: {:?}", verified.problems);
    Program::new(binary, &empty).migrate()?;
    let floor = Floor::of_import(&database).await?;
    let rows = floor.rows();
    let groups = floor.groups();
    let floor_took = floor.write(&empty).await?;
    database.remove().await?;
    empty.remove().await?;
    Ok(ImportReport { kind, lines, took, verified, rows, groups, floor_took })
}

/// How many rows the files of a company have, without their heads.
fn csv_rows(company: &Path) -> anyhow::Result<usize> {
    let mut rows = 0;
    for entry in std::fs::read_dir(company)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "csv") {
            rows += std::fs::read_to_string(path)?.lines().count().saturating_sub(1);
        }
    }
    Ok(rows)
}

async fn send(address: SocketAddr, clients: usize, until: Instant) -> anyhow::Result<Sent> {
    let mut working = JoinSet::new();
    for number in 0..clients {
        let shop = Shop::new(&format!("L{number}"), PARTNERS, number as u64);
        working.spawn(post_until(Client::new(address), shop, until));
    }
    let mut sent = Sent::default();
    while let Some(ended) = working.join_next().await {
        let one = ended??;
        sent.latencies.extend(one.latencies);
        sent.asked_to_wait += one.asked_to_wait;
    }
    Ok(sent)
}

/// Posts one paid order after the other; what is asked to wait comes again.
async fn post_until(mut client: Client, mut shop: Shop, until: Instant) -> anyhow::Result<Sent> {
    let mut sent = Sent::default();
    let mut waiting = None;
    while Instant::now() < until || waiting.is_some() {
        let message = waiting.take().unwrap_or_else(|| Arc::new(shop.paid_order()));
        let begun = Instant::now();
        let answer = client.post(&message).await?;
        match answer.status {
            StatusCode::OK => sent.latencies.push(begun.elapsed()),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                ensure!(begun < until + LONGEST_DRAIN, "the server asks to wait for ever");
                sent.asked_to_wait += 1;
                waiting = Some(message);
                tokio::time::sleep(PAUSE).await;
            }
            status => bail!("{}: {status} {}", message.id, answer.body),
        }
    }
    Ok(sent)
}

/// Waits until no job waits, looking straight into the table: the answer costs the server nothing.
async fn drain(pool: &Pool) -> anyhow::Result<()> {
    let begun = Instant::now();
    while begun.elapsed() < LONGEST_DRAIN {
        if floor::count(pool, "SELECT COUNT(*) FROM jobs").await? == 0 {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    bail!("jobs still wait after {LONGEST_DRAIN:?}")
}
