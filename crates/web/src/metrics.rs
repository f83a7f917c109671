//! The figures in Prometheus' text format.

use app::figures::{Figures, figures};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use metrics::{describe_counter, describe_gauge, describe_histogram, gauge};

use crate::{Hands, Problem, problem};

/// Counts what the database holds and shows it with the figures of this process.
pub(crate) async fn show(State(web): Hands) -> Result<impl IntoResponse, Problem> {
    let counted = figures(&web.app).await.map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "could not count");
        problem::no_database()
    })?;
    set(&counted, web.app.now());
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], web.figures.render()))
}

#[expect(clippy::cast_precision_loss, reason = "gauges are floats; no count here nears 2^53")]
fn set(counted: &Figures, now: jiff::Timestamp) {
    describe();
    let (orders, paid, cancelled) = counted.orders;
    let (runs, accruals) = counted.accruals;
    let age =
        |since: Option<jiff::Timestamp>| since.map_or(0, |since| now.duration_since(since).as_secs().max(0));
    gauge!("nanorem_partners").set(counted.partners as f64);
    gauge!("nanorem_orders", "state" => "all").set(orders as f64);
    gauge!("nanorem_orders", "state" => "paid").set(paid as f64);
    gauge!("nanorem_orders", "state" => "cancelled").set(cancelled as f64);
    gauge!("nanorem_accrual_runs").set(runs as f64);
    gauge!("nanorem_accruals").set(accruals as f64);
    gauge!("nanorem_jobs", "state" => "waiting").set(counted.jobs_waiting as f64);
    gauge!("nanorem_jobs", "state" => "dead").set(counted.jobs_dead as f64);
    gauge!("nanorem_jobs_oldest_seconds").set(age(counted.oldest_job) as f64);
    gauge!("nanorem_outbox", "state" => "waiting").set(counted.outbox_waiting as f64);
    gauge!("nanorem_outbox", "state" => "dead").set(counted.outbox_dead as f64);
    gauge!("nanorem_outbox_oldest_seconds").set(age(counted.oldest_parcel) as f64);
}

fn describe() {
    describe_gauge!("nanorem_partners", "Partners enrolled");
    describe_gauge!("nanorem_orders", "Orders known, by state");
    describe_gauge!("nanorem_accrual_runs", "Orders judged by the plan, corrections included");
    describe_gauge!("nanorem_accruals", "Accruals in the ledger");
    describe_gauge!("nanorem_jobs", "Jobs in the queue, by state");
    describe_gauge!("nanorem_jobs_oldest_seconds", "Age of the oldest waiting job");
    describe_gauge!("nanorem_outbox", "Messages on their way out, by state");
    describe_gauge!("nanorem_outbox_oldest_seconds", "Age of the oldest message on its way out");
    describe_counter!("nanorem_outbox_total", "Messages carried by this process, by channel and verdict");
    describe_counter!("nanorem_webhooks_total", "Verified webhooks, by verdict");
    describe_counter!("nanorem_webhooks_rejected_total", "Webhooks whose signature was wrong");
    describe_counter!("nanorem_accruals_total", "Accruals written by this process");
    describe_counter!("nanorem_orders_accrued_total", "Orders judged by this process");
    describe_counter!("nanorem_reversals_total", "Reversals written by this process");
    describe_counter!("nanorem_limited_total", "Requests of addresses that asked too often");
    describe_histogram!("nanorem_http_seconds", "Time to answer a request, by route and status");
}
