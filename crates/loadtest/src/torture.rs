//! Kills the server at bad moments while a shop tells it orders, and compares what is left with the
//! twin's books.
//!
//! SIGKILL takes the process, not the machine: what the operating system was given survives. So this
//! proves that 200 means "committed" and that everything else is undone or done again, not that the
//! disk keeps what it promised to keep.

mod judge;
mod rounds;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use crate::company;
use crate::crew::in_order;
use crate::database::{Database, Kind};
use crate::program::Program;
use crate::server::end_of_log;
use crate::shop::{Message, Shop};
use crate::twin;

pub use judge::Report;
pub use rounds::Course;

/// How hard.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How often the server is killed.
    pub kills: u32,
    /// How many orders the shop tells.
    pub orders: u32,
    /// How many partners there are.
    pub partners: u32,
    /// Connections at once.
    pub clients: usize,
    /// Decides about everything that is left to chance.
    pub seed: u64,
}

/// Tortures the program on a database.
///
/// # Errors
/// What went wrong beyond judging; the folder of the run is then kept, and the error names it.
pub async fn run(binary: &Path, kind: Kind, settings: Settings) -> anyhow::Result<Report> {
    let database = Database::create(kind).await?;
    let twin = Database::create(kind).await?;
    let outcome = attempt(binary, &database, &twin, settings).await;
    let is_clean = outcome.as_ref().is_ok_and(Report::is_clean);
    twin.remove().await?;
    if is_clean {
        database.remove().await?;
        return outcome;
    }
    let log = end_of_log(&Program::new(binary, &database), 30);
    let url =
        if kind == Kind::Sqlite { database.url.clone() } else { "on the server until it ends".to_owned() };
    let folder = database.keep();
    eprintln!("{kind}: kept for looking into: {} ({url})\nthe end of the log:\n{log}", folder.display());
    outcome
}

async fn attempt(
    binary: &Path,
    database: &Database,
    twin: &Database,
    settings: Settings,
) -> anyhow::Result<Report> {
    let begun = Instant::now();
    let folder = database.folder.join("csv");
    company::write(&folder, settings.partners, settings.seed)?;
    let (natural, shuffled) = script(settings);
    let program = Program::new(binary, database);
    program.found(&folder)?;
    let course = rounds::run(&program, settings, shuffled).await?;
    let own = twin::settle(&program, course.server).await?;
    let queue = in_order(natural, |message| order_of(&message.id).to_owned());
    let others = twin::live(binary, twin, &folder, settings.clients, queue).await?;
    Ok(Report {
        kind: database.kind,
        orders: settings.orders,
        course: course.course,
        own,
        others,
        took: begun.elapsed(),
    })
}

/// What the twin hears, and what the tortured company hears: the same with one in ten told twice
/// (half of those as a message of another id), out of order by up to a hundred places.
fn script(settings: Settings) -> (Vec<Arc<Message>>, Vec<Arc<Message>>) {
    let mut shop = Shop::new("T", settings.partners, settings.seed);
    let natural: Vec<Arc<Message>> = (0..settings.orders).flat_map(|_| shop.story()).map(Arc::new).collect();
    let mut rng = StdRng::seed_from_u64(settings.seed ^ 0x5eed);
    let mut told = Vec::with_capacity(natural.len() * 11 / 10);
    for message in &natural {
        told.push(message.clone());
        match rng.random_range(0..20) {
            0 => told.push(message.clone()),
            1 => told
                .push(Arc::new(Message { id: format!("{}/again", message.id), body: message.body.clone() })),
            _ => {}
        }
    }
    for stretch in told.chunks_mut(100) {
        stretch.shuffle(&mut rng);
    }
    (natural, told)
}

fn order_of(message: &str) -> &str {
    message.split('/').next().unwrap_or(message)
}

/// The longest that anything in a round may take.
pub(crate) const LONGEST_ROUND: Duration = Duration::from_mins(2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tortured_company_hears_everything_that_the_twin_hears() {
        let settings = Settings { kills: 1, orders: 300, partners: 20, clients: 1, seed: 3 };
        let (natural, told) = script(settings);
        assert!(natural.iter().all(|message| told.contains(message)));
        assert!(told.len() > natural.len() + natural.len() / 20);
        assert!(told.iter().all(|message| natural.iter().any(|known| known.body == message.body)));
    }
}
