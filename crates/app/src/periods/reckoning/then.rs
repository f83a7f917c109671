//! A closed period as it was when it was closed.

use std::collections::HashMap;

use domain::ids::OrderId;
use jiff::Timestamp;
use store::period_runs::{CountedOrder, PeriodRun};
use store::{StoreError, Tx};

use super::Reckoning;
use crate::App;
use crate::periods::seal;
use crate::plans::Timeline;

impl Reckoning {
    /// The same period as it stood when it was closed, with orders that came later in it: without the
    /// refunds and cancellations that were not known then.
    pub(crate) async fn as_counted(
        &self,
        tx: &mut Tx,
        start: Timestamp,
        counted: &[CountedOrder],
        closed_at: Timestamp,
    ) -> Result<Self, StoreError> {
        let mut then = self.clone();
        then.forget_later(&by_order(counted));
        then.load_commissions(tx, start, closed_at).await?;
        Ok(then)
    }

    /// The period exactly as its first run found it, from the facts known at the close; `None` where they
    /// do not give the inputs that the run has sealed.
    pub(crate) async fn at_close(
        app: &App,
        tx: &mut Tx,
        timeline: &Timeline,
        run: &PeriodRun,
        closed_at: Timestamp,
    ) -> Result<Option<Self>, StoreError> {
        let loaded = Self::load_unpaid(app, tx, timeline, run.period, run.known, closed_at).await?;
        let Some(mut then) = loaded else {
            return Ok(None);
        };
        let counted = store::period_runs::orders_of(tx, run.id).await?;
        let counted = by_order(&counted);
        then.orders.retain(|order| counted.contains_key(&order.id));
        then.forget_later(&counted);
        let start = run.period.start(&timeline.zone());
        let paid = store::period_runs::commissions_known(tx, start, then.end, closed_at).await?;
        let then = then.paying(paid);
        Ok((seal::inputs(&then) == run.inputs).then_some(then))
    }

    /// Forgets the refunds and cancellations that a run did not know.
    fn forget_later(&mut self, counted: &HashMap<OrderId, CountedOrder>) {
        for order in &mut self.orders {
            let known = counted.get(&order.id);
            let refunds = known.map_or(0, |known| usize::try_from(known.refunds).unwrap_or(usize::MAX));
            order.refunds.truncate(refunds);
            if !known.is_some_and(|known| known.cancelled) {
                order.cancelled_at = None;
            }
        }
    }
}

fn by_order(counted: &[CountedOrder]) -> HashMap<OrderId, CountedOrder> {
    counted.iter().map(|counted| (counted.order, *counted)).collect()
}
