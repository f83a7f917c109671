//! The shop is asked about its orders by the clock.

use std::sync::Arc;

use domain::activity::Span;
use domain::actor::Actor;
use domain::order::ExternalId;
use futures::future::{BoxFuture, FutureExt as _};
use jiff::SignedDuration;

use super::found::look;
use crate::App;
use crate::ports::orders::ShopOrders;
use crate::reconcile::reconcile;
use crate::schedule::{Ended, Task};

/// Asks about orders that may still change, and takes in what was missed.
pub struct Looking {
    /// Which shop.
    pub source: ExternalId,
    /// Who answers.
    pub shop: Arc<dyn ShopOrders>,
    /// Older orders are left alone.
    pub age: SignedDuration,
}

impl Task for Looking {
    fn run<'a>(&'a self, app: &'a App) -> BoxFuture<'a, Ended> {
        async {
            let found = match look(app, &self.source, self.shop.as_ref(), self.age).await {
                Ok(found) => found,
                Err(error) => return Ended::Failed(error.to_string()),
            };
            let told = format!(
                "спрошено {}, без ответа {}, пропущено и принято {}",
                found.asked, found.unanswered, found.missed
            );
            match found.problem {
                Some(problem) if found.asked == 0 => Ended::Failed(format!("{told}; {problem}")),
                Some(problem) => Ended::Done(format!("{told}; {problem}")),
                None => Ended::Done(told),
            }
        }
        .boxed()
    }
}

/// Compares the orders of the last days with what the shop knows.
pub struct Comparing {
    /// Which shop.
    pub source: ExternalId,
    /// Who answers.
    pub shop: Arc<dyn ShopOrders>,
    /// How far back.
    pub age: SignedDuration,
}

impl Task for Comparing {
    fn run<'a>(&'a self, app: &'a App) -> BoxFuture<'a, Ended> {
        async {
            let until = app.now();
            let over = Span { from: until.saturating_sub(self.age).unwrap_or(until), until };
            let report = reconcile(app, &Actor::System, &self.source, self.shop.as_ref(), over).await;
            let report = match report {
                Ok(report) => report,
                Err(error) => return Ended::Failed(error.to_string()),
            };
            let told = format!(
                "сверено {}, без ответа {}, расхождений {}",
                report.compared, report.unanswered, report.differing
            );
            match report.problem {
                Some(problem) if report.compared == 0 => Ended::Failed(format!("{told}; {problem}")),
                _ if report.differing > 0 => Ended::Held(format!("{told}: nanorem shop reconciliations")),
                Some(problem) => Ended::Done(format!("{told}; {problem}")),
                None => Ended::Done(told),
            }
        }
        .boxed()
    }
}
