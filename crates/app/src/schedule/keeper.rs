//! The loops that watch the clock, one for each work, so that none waits for another.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::Work;
use crate::App;

/// How often the clock is looked at.
const REST: Duration = Duration::from_secs(5);

/// Does work whenever it comes round, until it is stopped.
#[derive(Debug)]
pub struct Keeper {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Keeper {
    /// Starts it.
    pub fn start(app: &App, works: Vec<Work>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let tasks =
            works.into_iter().map(|work| tokio::spawn(keep(app.clone(), work, stopped.clone()))).collect();
        Self { stop, tasks }
    }

    /// Ends it. What is being done is broken off and due as before.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        for task in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "the keeper of the schedule ended badly");
            }
        }
    }
}

async fn keep(app: App, work: Work, mut stopped: watch::Receiver<bool>) {
    let mut is_registered = false;
    loop {
        let turn = async {
            if !is_registered {
                work.register(&app).await?;
            }
            work.run_unless(&app, stopped.clone()).await
        };
        match turn.await {
            Ok(_) => is_registered = true,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, schedule = work.name, "the schedule could not be reached");
            }
        }
        // Also when nobody is left who could ask it to stop.
        if tokio::time::timeout(REST, stopped.wait_for(|stop| *stop)).await.is_ok() {
            return;
        }
    }
}
