//! A month that was closed along with a later one, since nothing was in it, and in which an order came late.

use domain::period::Period;
use domain::time::add_days;
use store::period_runs::PaidRun;
use store::{StoreError, Tx};

use super::{BY_ITSELF, adjust_next, broken};
use crate::App;
use crate::periods::close::{Poster, first_run};
use crate::periods::reckoning::{Reckoning, last_instant};
use crate::periods::{Calendar, ranks, seal};
use crate::plans;

/// Pays what the rules of a period give that was closed with a later one while nothing was in it: an
/// order of it came late. It is posted into the open period.
pub(super) async fn make_up(app: &App, tx: &mut Tx, period: Period) -> Result<(), StoreError> {
    let now = app.now();
    let timeline = plans::timeline(app, tx).await?;
    let known = store::facts::last(tx).await?;
    let Some(reckoning) = Reckoning::load(app, tx, &timeline, period, known).await? else {
        return Ok(());
    };
    let is_closed = store::periods::last_closed(tx).await?.is_some_and(|last| period <= last.period);
    if !is_closed || !reckoning.plan.is_decided_at_close() || reckoning.orders.is_empty() {
        return Ok(());
    }
    let facts = reckoning.facts();
    let qualified = plan::close::qualify(&reckoning.plan, &facts).map_err(broken)?;
    let result = plan::close::pay(&reckoning.plan, &facts, &qualified, None).map_err(broken)?;
    let run = first_run(app, &reckoning, &qualified, BY_ITSELF, now);
    let closing = last_instant(reckoning.end);
    let posting = Calendar::load(tx, timeline.zone(), now).await?.posting(closing);
    let plan = &reckoning.plan;
    let available_at = add_days(closing, plan.hold_days(), plan.zone()).max(posting.effective_at);
    let (payment, transfers) = Poster::new(app, &reckoning, &run, posting, available_at).post(&result);
    let paid = PaidRun { result: seal::result(&reckoning, &result), by: BY_ITSELF.to_owned(), at: now };
    store::period_runs::insert(tx, &run, &reckoning.counted(), &reckoning.stored(&qualified)).await?;
    store::transfers::insert_all(tx, &transfers).await?;
    store::period_runs::pay(tx, run.id, &paid, &payment).await?;
    ranks::tell(app, tx, &reckoning, &qualified, now).await?;
    adjust_next(app, tx, period, now).await
}
