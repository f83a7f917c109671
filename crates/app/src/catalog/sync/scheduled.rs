//! The catalogue by the clock.

use std::sync::Arc;

use domain::actor::Actor;
use domain::lang::{Lang, Text};
use futures::future::{BoxFuture, FutureExt as _};

use super::{SyncOutcome, Wanted, sync};
use crate::App;
use crate::ports::catalogue::Catalogue;
use crate::schedule::{Ended, Task};

/// Takes a catalogue in whenever its time comes.
pub struct Scheduled {
    /// Whose.
    pub catalogue: Arc<dyn Catalogue>,
    /// How.
    pub wanted: Wanted,
}

impl Task for Scheduled {
    fn run<'a>(&'a self, app: &'a App) -> BoxFuture<'a, Ended> {
        async {
            let done = sync(app, &Actor::System, self.catalogue.as_ref(), &self.wanted, &|_| {}).await;
            let told = |problem: &Text| problem.in_lang(Lang::Ru).to_owned();
            match done {
                Ok(report) => match &report.outcome {
                    SyncOutcome::Applied => Ended::Done(counted(&report.counts())),
                    SyncOutcome::Unchanged => Ended::Done("без изменений".to_owned()),
                    SyncOutcome::Held(problem) => Ended::Held(told(problem)),
                    SyncOutcome::Failed(problem) => Ended::Failed(told(problem)),
                },
                Err(error) => Ended::Failed(error.to_string()),
            }
        }
        .boxed()
    }
}

fn counted(counts: &super::Counts) -> String {
    let super::Counts { told, added, repriced, renamed, vanished, returned, refused } = counts;
    format!(
        "записей {told}: новых {added}, цен {repriced}, названий {renamed}, исчезло {vanished}, вернулось {returned}, отказано {refused}"
    )
}
