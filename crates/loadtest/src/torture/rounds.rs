//! The rounds: start, load, kill, and send again what was not acknowledged.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use super::{LONGEST_ROUND, Settings};
use crate::crew::{Crew, Tally, singly};
use crate::program::Program;
use crate::server::Server;
use crate::shop::Message;

/// How many rounds without a kill the rest may take.
const MOST_LAST_ROUNDS: u32 = 5;

/// What happened in all rounds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Course {
    /// Killed under load.
    pub kills: u32,
    /// Killed while it was starting, beside those.
    pub kills_at_start: u32,
    /// Answers 200.
    pub acknowledged: usize,
    /// Messages sent again because no 200 came.
    pub resent: usize,
    /// Messages sent again although a 200 had come.
    pub resent_acknowledged: usize,
    /// Answers 429 and 503.
    pub asked_to_wait: usize,
    /// Answers that no sound message may get.
    pub refused: Vec<String>,
    /// From each start to ready, after a kill.
    pub starts: Vec<Duration>,
    /// How long messages were being sent.
    pub loaded: Duration,
}

/// The course and the server that is still up.
pub(super) struct Survived {
    pub(super) course: Course,
    pub(super) server: Server,
}

struct Rounds<'p> {
    program: &'p Program,
    clients: usize,
    rng: StdRng,
    course: Course,
    /// Not acknowledged in the round before.
    left: Vec<Arc<Message>>,
    /// Acknowledged in any round before.
    done: Vec<Arc<Message>>,
}

/// Tells everything over as many rounds as there are kills, and a last one in peace.
pub(super) async fn run(
    program: &Program,
    settings: Settings,
    told: Vec<Arc<Message>>,
) -> anyhow::Result<Survived> {
    let mut rounds = Rounds {
        program,
        clients: settings.clients,
        rng: StdRng::seed_from_u64(settings.seed ^ 0xdead),
        course: Course::default(),
        left: Vec::new(),
        done: Vec::new(),
    };
    let share = told.len().div_ceil(settings.kills as usize + 1).max(1);
    let mut shares = told.chunks(share);
    for _ in 0..settings.kills {
        rounds.kill_under_load(shares.next().unwrap_or_default()).await?;
    }
    let rest = shares.flatten().cloned().collect();
    rounds.finish(rest).await
}

impl Rounds<'_> {
    /// Kills the server after a random number of acknowledgements, and a little.
    async fn kill_under_load(&mut self, share: &[Arc<Message>]) -> anyhow::Result<()> {
        if self.rng.random_ratio(1, 8) {
            self.kill_at_start().await?;
        }
        let mut server = self.start().await?;
        let queue = self.queue(share.to_vec());
        let enough = self.rng.random_range(0..=queue.len());
        let linger = Duration::from_micros(self.rng.random_range(0..60_000));
        let begun = Instant::now();
        let crew = Crew::start(server.address, self.clients, singly(queue));
        crew.until(enough, LONGEST_ROUND).await;
        tokio::time::sleep(linger).await;
        ensure!(!server.has_ended(), "`nanorem serve` ended by itself under load");
        server.kill()?;
        crew.stop();
        self.course.loaded += begun.elapsed();
        self.course.kills += 1;
        self.count(crew.join().await);
        Ok(())
    }

    async fn kill_at_start(&mut self) -> anyhow::Result<()> {
        let mut server = Server::start(self.program)?;
        tokio::time::sleep(Duration::from_micros(self.rng.random_range(0..60_000))).await;
        server.kill()?;
        self.course.kills_at_start += 1;
        Ok(())
    }

    async fn start(&mut self) -> anyhow::Result<Server> {
        let mut server = Server::start(self.program)?;
        let took = server.ready().await?;
        if self.course.kills > 0 {
            self.course.starts.push(took);
        }
        Ok(server)
    }

    /// What is left, some of what is done (as if its answers had been lost), and what is new.
    fn queue(&mut self, new: Vec<Arc<Message>>) -> Vec<Arc<Message>> {
        let mut queue = std::mem::take(&mut self.left);
        let again = self.done.len().min(new.len() / 10);
        self.course.resent_acknowledged += again;
        for _ in 0..again {
            let place = self.rng.random_range(0..self.done.len());
            queue.push(self.done.swap_remove(place));
        }
        queue.extend(new);
        queue.shuffle(&mut self.rng);
        queue
    }

    fn count(&mut self, tally: Tally) {
        self.course.acknowledged += tally.acknowledged.len();
        self.course.asked_to_wait += tally.asked_to_wait;
        self.course.refused.extend(tally.refused);
        self.done.extend(tally.acknowledged);
        self.course.resent += tally.unanswered.len();
        self.left = tally.unanswered;
        self.left.extend(tally.unsent);
    }

    async fn finish(mut self, rest: Vec<Arc<Message>>) -> anyhow::Result<Survived> {
        let server = self.start().await?;
        let mut rest = Some(rest);
        for _ in 0..MOST_LAST_ROUNDS {
            let queue = self.queue(rest.take().unwrap_or_default());
            let begun = Instant::now();
            let tally = Crew::start(server.address, self.clients, singly(queue)).join().await;
            self.course.loaded += begun.elapsed();
            self.count(tally);
            if self.left.is_empty() || !self.course.refused.is_empty() {
                break;
            }
        }
        ensure!(
            self.course.refused.is_empty(),
            "refused: {:?}",
            self.course.refused.get(..5).unwrap_or(&self.course.refused)
        );
        ensure!(self.left.is_empty(), "{} messages were never acknowledged", self.left.len());
        Ok(Survived { course: self.course, server })
    }
}
