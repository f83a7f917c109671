//! The worker of one process that carries parcels: any number of them at once, few to one destination.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use store::StoreError;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::Couriers;
use super::carry::{Busy, Carried, MOST_AT_ONCE, carry, lease, write_down};
use crate::App;

/// How long the worker rests when nobody rings: another process may have pushed something.
const REST: Duration = Duration::from_secs(1);
/// For how long what was sent is kept for staff to look at.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How often what was sent is looked through for what is older.
const BETWEEN_SWEEPS: SignedDuration = SignedDuration::from_hours(1);

/// The worker of one process.
#[derive(Debug)]
pub struct Sender {
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Sender {
    /// Starts it.
    pub fn start(app: App, couriers: Couriers) -> Self {
        let (stop, stopped) = watch::channel(false);
        Self { stop, task: tokio::spawn(work(app, couriers, stopped)) }
    }

    /// Lets it finish what is on its way, then ends it.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the sender ended badly");
        }
    }
}

/// What is on its way.
struct Road {
    carried: JoinSet<Carried>,
    busy: Busy,
}

impl Road {
    /// Takes on what is due, as far as there is room. Gives whether there was anything.
    async fn take_on(&mut self, app: &App, couriers: &Couriers) -> Result<bool, StoreError> {
        let room = MOST_AT_ONCE - self.carried.len();
        let leased = lease(app, couriers, room, &self.busy).await?;
        let is_any = !leased.is_empty();
        for parcel in leased {
            let to = (parcel.channel.clone(), parcel.destination.clone());
            *self.busy.entry(to).or_default() += 1;
            let couriers = couriers.clone();
            self.carried.spawn(async move { carry(&couriers, parcel).await });
        }
        Ok(is_any)
    }

    /// Waits until some of them were carried; for ever if there is none.
    async fn some_arrive(&mut self) -> Vec<Carried> {
        let Some(first) = self.carried.join_next().await else {
            return std::future::pending().await;
        };
        let mut arrived = Vec::new();
        let mut next = Some(first);
        while let Some(one) = next {
            match one {
                Ok(carried) => arrived.push(carried),
                Err(error) => tracing::error!(%error, "carrying a parcel ended badly"),
            }
            next = self.carried.try_join_next();
        }
        arrived
    }

    /// Writes down what came of those that were carried, and has room again.
    async fn take_off(&mut self, app: &App, arrived: Vec<Carried>) {
        write_down(app, &arrived).await;
        for one in arrived {
            let to = (one.channel, one.parcel.destination);
            if let Some(count) = self.busy.get_mut(&to) {
                *count -= 1;
                if *count == 0 {
                    self.busy.remove(&to);
                }
            }
        }
    }
}

async fn work(app: App, couriers: Couriers, mut stopped: watch::Receiver<bool>) {
    let mut road = Road { carried: JoinSet::new(), busy: Busy::new() };
    let mut swept = None;
    while !*stopped.borrow() {
        let taken = match road.carried.len() {
            MOST_AT_ONCE.. => Ok(false),
            _ => road.take_on(&app, &couriers).await,
        };
        match taken {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(
                error = &error as &dyn std::error::Error,
                "the sender could not reach its parcels"
            ),
        }
        sweep(&app, &mut swept).await;
        tokio::select! {
            arrived = road.some_arrive() => road.take_off(&app, arrived).await,
            () = app.outgoing.notified() => {}
            () = tokio::time::sleep(REST) => {}
            _ = stopped.changed() => {}
        }
    }
    while !road.carried.is_empty() {
        let arrived = road.some_arrive().await;
        road.take_off(&app, arrived).await;
    }
}

/// Forgets, once an hour, what was sent long ago.
async fn sweep(app: &App, last: &mut Option<Timestamp>) {
    let now = app.now();
    if last.is_some_and(|last| now < last + BETWEEN_SWEEPS) {
        return;
    }
    *last = Some(now);
    if let Err(error) = forget(app, now - KEPT).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "could not forget what was sent long ago");
    }
}

async fn forget(app: &App, before: Timestamp) -> Result<(), StoreError> {
    let mut tx = app.store.begin().await?;
    let forgotten = store::outbox::forget_sent(&mut tx, before).await?;
    tx.commit().await?;
    if forgotten > 0 {
        tracing::info!(forgotten, "forgot what was sent more than 30 days ago");
    }
    Ok(())
}
