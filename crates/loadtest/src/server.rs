//! `nanorem serve` as a child process.

use std::fs::{self, OpenOptions};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::client::Client;
use crate::program::Program;

/// A start that takes longer is a failure.
const LONGEST_START: Duration = Duration::from_secs(30);
/// A stop that takes longer is a failure.
const LONGEST_STOP: Duration = Duration::from_secs(30);

/// A running server. Dropped, it is killed.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    begun: Instant,
}

impl Server {
    /// Starts it on a free port of the loopback interface; its log goes to a file beside the database.
    pub fn start(program: &Program) -> anyhow::Result<Self> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let log = OpenOptions::new().create(true).append(true).open(program.log())?;
        let begun = Instant::now();
        let mut command = program.command();
        command.args(["serve", "--listen", &address.to_string()]).stdout(log.try_clone()?).stderr(log);
        let child = command.spawn().context("could not start `nanorem serve`")?;
        Ok(Self { child, address, begun })
    }

    /// Waits until it is ready. Gives how long that took from the start.
    pub async fn ready(&mut self) -> anyhow::Result<Duration> {
        while self.begun.elapsed() < LONGEST_START {
            if let Some(status) = self.child.try_wait()? {
                bail!("`nanorem serve` ended by itself: {status}");
            }
            let mut client = Client::new(self.address);
            if client.get("/readyz").await.is_ok_and(|answer| answer.status.is_success()) {
                return Ok(self.begun.elapsed());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        bail!("`nanorem serve` was not ready after {LONGEST_START:?}")
    }

    /// Whether it ended without being told to.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// The most memory it ever held, as the kernel writes it.
    pub fn peak_memory(&self) -> String {
        status_of(&format!("/proc/{}/status", self.child.id()), "VmHWM")
    }

    /// Kills it as a power cut would: SIGKILL.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to end: SIGTERM. Gives how it ended.
    pub async fn stop(mut self) -> anyhow::Result<ExitStatus> {
        let pid = i32::try_from(self.child.id())
            .ok()
            .and_then(Pid::from_raw)
            .context("a child has a process id")?;
        kill_process(pid, Signal::TERM)?;
        let asked = Instant::now();
        while asked.elapsed() < LONGEST_STOP {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        bail!("`nanorem serve` did not end {LONGEST_STOP:?} after SIGTERM")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to do.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A line of a process' status, as `123456 kB`.
pub fn status_of(file: &str, name: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    value.map_or_else(|| "unknown".to_owned(), |value| value.trim().to_owned())
}

/// The last lines of the server's log.
pub fn end_of_log(program: &Program, lines: usize) -> String {
    let text = fs::read_to_string(program.log()).unwrap_or_default();
    let all: Vec<&str> = text.lines().collect();
    all.get(all.len().saturating_sub(lines)..).unwrap_or_default().join("\n")
}
