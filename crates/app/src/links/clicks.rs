//! Clicks are counted in memory and written together, so that a flood of them costs few writes. They are
//! figures, not money: a process that is killed loses those of the last seconds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::ids::PartnerId;
use domain::link::Campaign;
use jiff::Timestamp;
use jiff::civil::Date;
use store::link_clicks::Clicks as Counted;
use store::{StoreError, Tx};
use tokio::sync::watch;

use super::figures::company_zone;
use crate::App;
use crate::retry::retrying;

/// How often what was counted is written.
const EVERY: Duration = Duration::from_secs(10);
/// The most labels of one link on one day; the rest are counted together.
const MOST_LABELS: usize = 50;
/// The most links and days counted in memory at once; what goes beyond is dropped until the next writing.
const MOST_LINKS: usize = 100_000;

/// The clicks of one link on one day, by label.
type Labels = BTreeMap<Campaign, u64>;
type Waiting = BTreeMap<(Date, PartnerId), Labels>;

/// Where clicks are counted.
#[derive(Debug, Clone, Default)]
pub struct Clicks(Arc<Mutex<Waiting>>);

impl Clicks {
    /// Starts the task that writes what is counted. Stop it to have the last of it written.
    pub fn start(app: App) -> (Self, Flusher) {
        let clicks = Self::default();
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(write_often(app, clicks.clone(), stopped));
        (clicks, Flusher { stop, task })
    }

    /// Counts one click.
    pub fn note(&self, partner: PartnerId, at: Timestamp, campaign: Campaign) {
        let day = at.to_zoned(company_zone()).date();
        self.add((day, partner), campaign, 1);
    }

    fn add(&self, link: (Date, PartnerId), campaign: Campaign, clicks: u64) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= MOST_LINKS && !waiting.contains_key(&link) {
            return;
        }
        count(waiting.entry(link).or_default(), campaign, clicks);
    }

    /// Writes what was counted since the last time. What cannot be written stays counted.
    pub async fn flush(&self, app: &App) -> Result<(), StoreError> {
        let waiting = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if waiting.is_empty() {
            return Ok(());
        }
        let written = retrying(|| write(app, &waiting)).await;
        if written.is_err() {
            for (link, labels) in waiting {
                for (campaign, clicks) in labels {
                    self.add(link, campaign, clicks);
                }
            }
        }
        written
    }
}

/// Counts under a label, or under the rest once there are too many of them.
fn count(labels: &mut Labels, campaign: Campaign, clicks: u64) {
    let own = labels.len() - usize::from(labels.contains_key(&Campaign::rest()));
    let has_room = own < MOST_LABELS || labels.contains_key(&campaign);
    let label = if has_room { campaign } else { Campaign::rest() };
    let counted = labels.entry(label).or_default();
    *counted = counted.saturating_add(clicks);
}

async fn write(app: &App, waiting: &Waiting) -> Result<(), StoreError> {
    let mut tx = app.store.begin().await?;
    let days: BTreeSet<Date> = waiting.keys().map(|(day, _)| *day).collect();
    for day in days {
        let of_day: Vec<(PartnerId, &Labels)> = waiting
            .iter()
            .filter(|((of, _), _)| *of == day)
            .map(|((_, who), labels)| (*who, labels))
            .collect();
        let added = bounded(&mut tx, day, &of_day).await?;
        store::link_clicks::add_all(&mut tx, &added).await?;
    }
    tx.commit().await
}

/// What is to be added, so that no link has more labels of a day than it may. Two processes that write at
/// the same moment may go over by what each of them brings.
async fn bounded(
    tx: &mut Tx,
    day: Date,
    of_day: &[(PartnerId, &Labels)],
) -> Result<Vec<Counted>, StoreError> {
    let partners: Vec<PartnerId> = of_day.iter().map(|(partner, _)| *partner).collect();
    let mut known: BTreeMap<PartnerId, Labels> = BTreeMap::new();
    for (partner, campaign) in store::link_clicks::labels_of(tx, day, &partners).await? {
        known.entry(partner).or_default().insert(campaign, 0);
    }
    let mut added = Vec::new();
    for (partner, labels) in of_day {
        let mut all = known.remove(partner).unwrap_or_default();
        for (campaign, clicks) in *labels {
            count(&mut all, campaign.clone(), *clicks);
        }
        let new = all.into_iter().filter(|(_, clicks)| *clicks > 0);
        added.extend(new.map(|(campaign, clicks)| Counted { partner: *partner, day, campaign, clicks }));
    }
    Ok(added)
}

/// The task of [`Clicks::start`].
#[derive(Debug)]
pub struct Flusher {
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Flusher {
    /// Writes what is counted, then ends.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the counter of clicks ended badly");
        }
    }
}

async fn write_often(app: App, clicks: Clicks, mut stopped: watch::Receiver<bool>) {
    let mut is_last = false;
    while !is_last {
        // It ends early when it is asked to stop, and when nobody is left to ask.
        drop(tokio::time::timeout(EVERY, stopped.changed()).await);
        is_last = *stopped.borrow() || stopped.has_changed().is_err();
        if let Err(error) = clicks.flush(&app).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "clicks could not be written");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(number: usize) -> Campaign {
        Campaign { source: format!("s{number}"), name: String::new() }
    }

    #[test]
    fn a_day_of_a_link_has_a_bounded_number_of_labels() {
        let mut labels = Labels::new();
        for number in 0..10_000 {
            count(&mut labels, label(number % 5_000), 1);
        }
        assert_eq!(labels.len(), MOST_LABELS + 1);
        assert_eq!(labels.get(&Campaign::rest()), Some(&(10_000 - 2 * 50)));
        assert_eq!(labels.get(&label(7)), Some(&2), "who came first keeps his label");
    }

    #[test]
    fn counts_never_turn_over() {
        let mut labels = Labels::new();
        count(&mut labels, label(1), u64::MAX);
        count(&mut labels, label(1), 1);
        assert_eq!(labels.get(&label(1)), Some(&u64::MAX));
    }
}
