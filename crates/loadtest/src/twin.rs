//! The twin: a company that hears every event once, in the natural order, and is left in peace.

use std::collections::VecDeque;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};

use crate::crew::{Crew, Parcel};
use crate::database::Database;
use crate::program::{Program, Verified};
use crate::server::Server;

/// The queue of a crashed server waits for its leases, so this is longer than a lease.
const LONGEST_DRAIN: Duration = Duration::from_mins(3);

/// What a company looks like from outside when all is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What each partner earned.
    pub by_partner: String,
    /// What `verify` said.
    pub verified: Verified,
    /// How long the queue took to drain after the last answer.
    pub drained_after: Duration,
}

/// Tells a fresh company everything and gives what came of it.
pub async fn live(
    binary: &Path,
    database: &Database,
    company: &Path,
    clients: usize,
    queue: VecDeque<Parcel>,
) -> anyhow::Result<Outcome> {
    let program = Program::new(binary, database);
    program.found(company)?;
    let mut server = Server::start(&program)?;
    server.ready().await?;
    let tally = Crew::start(server.address, clients, queue).join().await;
    ensure!(tally.refused.is_empty(), "the twin was refused: {:?}", tally.refused);
    let left = tally.unanswered.len() + tally.unsent.len();
    ensure!(left == 0, "{left} messages to the twin were never acknowledged");
    settle(&program, server).await
}

/// Waits until no job waits, ends the server gracefully, and looks at the books.
pub async fn settle(program: &Program, server: Server) -> anyhow::Result<Outcome> {
    let drained_after = drain(program).await?;
    let status = server.stop().await?;
    ensure!(status.success(), "`nanorem serve` ended {status} after SIGTERM");
    let verified = program.verify()?;
    Ok(Outcome { by_partner: program.accruals_by_partner()?, verified, drained_after })
}

async fn drain(program: &Program) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    while begun.elapsed() < LONGEST_DRAIN {
        let jobs = program.jobs()?;
        ensure!(jobs.dead == 0, "{} jobs are dead", jobs.dead);
        if jobs.waiting == 0 {
            return Ok(begun.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    bail!("jobs still wait after {LONGEST_DRAIN:?}")
}
