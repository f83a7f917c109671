//! `nanorem serve`: HTTP and the background worker in one process.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use app::App;
use app::jobs::Worker;
use app::orders::Intake;
use app::outbox::{Couriers, Sender};
use domain::webhook::Secrets;
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use web::Web;

use crate::Hands;

/// How long clients may take to finish once the server is asked to stop: one who sent half a request
/// must not keep it alive.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn serve(hands: &Hands, listen: Option<SocketAddr>) -> anyhow::Result<()> {
    let app = hands.app().await?;
    let app = match &hands.settings.source {
        Some(shop) => app.of_shop(shop.clone()),
        None => app,
    };
    let listen = listen.unwrap_or(hands.settings.listen);
    let listener = bind(listen).await?;
    let couriers = super::endpoint::couriers(&app, &hands.settings)?;
    run(app, hands.settings.secrets.clone(), couriers, listener).await
}

pub(super) async fn bind(listen: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(listen).await.with_context(|| format!("адрес {listen} занят или недоступен"))
}

/// Serves until it is asked to stop; then answers what it has begun, lets the worker finish, and
/// closes the database.
pub(super) async fn run(
    app: App,
    secrets: Secrets,
    couriers: Couriers,
    listener: TcpListener,
) -> anyhow::Result<()> {
    let figures = PrometheusBuilder::new().install_recorder()?;
    let worker = Worker::start(app.clone());
    let sender = Sender::start(app.clone(), couriers);
    let (intake, taking_in) = Intake::start(app.clone());
    let web = Web { app: app.clone(), intake, secrets: Arc::new(secrets), figures };
    let timeline = app::plans::timeline(&app, &mut app.store.begin_read().await?).await?;
    if timeline.in_force(app.now()).is_none() {
        tracing::warn!(
            "no plan is in force: paid orders wait until `nanorem plan activate nanorem-12 --from DATE`"
        );
    }
    tracing::info!("listening on http://{}", listener.local_addr()?);
    let (asked, mut told) = tokio::sync::watch::channel(false);
    let stop = async move {
        asked_to_stop().await;
        tracing::info!("stopping: finishing what was begun");
        asked.send_replace(true);
    };
    let serving = axum::serve(listener, web::router(web)).with_graceful_shutdown(stop);
    let overdue = async move {
        // The sender lives as long as the server does.
        drop(told.wait_for(|asked| *asked).await);
        tokio::time::sleep(PATIENCE).await;
    };
    tokio::select! {
        served = serving => served?,
        () = overdue => tracing::warn!("some clients did not finish in time: their connections are dropped"),
    }
    // It ends once every connection is gone; one that was dropped may still hold it.
    drop(tokio::time::timeout(PATIENCE, taking_in).await);
    worker.stop().await;
    sender.stop().await;
    app.store.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Ends when the process is told to terminate or interrupted.
async fn asked_to_stop() {
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(error) => {
                tracing::error!(%error, "cannot listen for SIGTERM");
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        () = terminated => {}
        result = tokio::signal::ctrl_c() => drop(result),
    }
}
