//! What is told of periods, plans and products.

use domain::catalog::Product;
use domain::ids::PlanVersionId;
use domain::money::Money;
use domain::notice::{CatalogueChanged, Currency, Notice, PeriodClosed, PeriodQualified, PlanActivated};
use jiff::Timestamp;
use plan::Plan;
use store::period_runs::PeriodRun;
use store::periods::Closed;
use store::{StoreError, Tx};

use super::{Listeners, Told};
use crate::App;

async fn tell(
    app: &App,
    tx: &mut Tx,
    occurrence: String,
    notice: Notice,
    now: Timestamp,
) -> Result<(), StoreError> {
    match Listeners::of(tx, &[notice.kind()]).await? {
        Some(listeners) => listeners.tell(app, tx, &[Told::new(occurrence, notice)], now).await,
        None => Ok(()),
    }
}

/// The first step of a close was taken.
pub(crate) async fn qualified(
    app: &App,
    tx: &mut Tx,
    run: &PeriodRun,
    now: Timestamp,
) -> Result<(), StoreError> {
    let notice = Notice::PeriodQualified(PeriodQualified {
        period: run.period,
        plan_version: run.plan_version,
        inputs_sha256: hex::encode(run.inputs),
        standings_sha256: hex::encode(run.standings),
    });
    tell(app, tx, run.id.to_string(), notice, now).await
}

/// A period was closed, and its rules paid so much.
pub(crate) async fn closed(
    app: &App,
    tx: &mut Tx,
    closed: &Closed,
    bonuses: Money,
    now: Timestamp,
) -> Result<(), StoreError> {
    let notice = Notice::PeriodClosed(PeriodClosed {
        period: closed.period,
        closed_at: closed.closed_at,
        transfers: closed.transfers,
        ledger_sha256: hex::encode(closed.digest),
        bonuses,
        currency: Currency::Rub,
    });
    tell(app, tx, closed.period.to_string(), notice, now).await
}

/// A plan holds from a date on.
pub(crate) async fn activated(
    app: &App,
    tx: &mut Tx,
    version: PlanVersionId,
    plan: &Plan,
    since: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let notice = Notice::PlanActivated(PlanActivated {
        plan_version: version,
        name: plan.name().to_owned(),
        sha256: hex::encode(plan.hash()),
        since,
    });
    tell(app, tx, version.to_string(), notice, now).await
}

/// Products are new or have new terms.
pub(crate) async fn catalogue(
    app: &App,
    tx: &mut Tx,
    new: &[Product],
    changed: &[Product],
    now: Timestamp,
) -> Result<(), StoreError> {
    if new.is_empty() && changed.is_empty() {
        return Ok(());
    }
    let skus = |products: &[Product]| products.iter().map(|product| product.sku.clone()).collect();
    let notice = Notice::CatalogueChanged(CatalogueChanged { new: skus(new), changed: skus(changed) });
    tell(app, tx, app.ids.uuid(now).to_string(), notice, now).await
}
