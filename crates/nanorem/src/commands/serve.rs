//! `nanorem serve`: HTTP and the background worker in one process.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use app::App;
use app::jobs::Worker;
use app::links::Clicks;
use app::orders::Intake;
use app::outbox::{Couriers, Sender};
use app::schedule::{Keeper, Work};
use domain::link::{LinkKey, PublicUrl};
use domain::webhook::Secrets;
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use web::entrance::Entrance;
use web::limits::{Proxies, Ticks};
use web::{Limit, Links, Web};

use crate::Hands;
use crate::config::LinkSettings;

/// How long clients may take to finish once the server is asked to stop: one who sent half a request
/// must not keep it alive.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often one address may look a link up in a minute.
const LOOKUPS: NonZeroU32 = NonZeroU32::new(60).expect("above zero");

/// What the server shows to the world.
pub(super) struct Face {
    pub(super) secrets: Secrets,
    /// Where it is reached; this machine if it is not said.
    pub(super) public_url: Option<PublicUrl>,
    pub(super) proxies: Proxies,
    pub(super) links: LinkSettings,
}

pub(super) async fn serve(hands: &Hands, listen: Option<SocketAddr>) -> anyhow::Result<()> {
    let app = hands.app().await?;
    let app = match &hands.settings.source {
        Some(shop) => app.of_shop(shop.clone()),
        None => app,
    };
    let listen = listen.unwrap_or(hands.settings.listen);
    let listener = bind(listen).await?;
    let settings = &hands.settings;
    let face = Face {
        secrets: settings.secrets.clone(),
        public_url: settings.public_url.clone(),
        proxies: settings.proxies.clone(),
        links: LinkSettings { key: crate::secrets::link_key(settings)?, ..settings.links.clone() },
    };
    let couriers = super::endpoint::couriers(&app, settings)?;
    let works = super::shop::works(settings)?;
    run(app, face, couriers, works, listener).await
}

pub(super) async fn bind(listen: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(listen).await.with_context(|| format!("адрес {listen} занят или недоступен"))
}

/// Serves until it is asked to stop; then answers what it has begun, lets the worker finish, and
/// closes the database.
pub(super) async fn run(
    app: App,
    face: Face,
    couriers: Couriers,
    works: Vec<Work>,
    listener: TcpListener,
) -> anyhow::Result<()> {
    let figures = PrometheusBuilder::new().install_recorder()?;
    let worker = Worker::start(app.clone());
    let sender = Sender::start(app.clone(), couriers);
    let keeper = Keeper::start(&app, works);
    let (intake, taking_in) = Intake::start(app.clone());
    let (clicks, flusher) = Clicks::start(app.clone());
    let web = Web {
        app: app.clone(),
        intake,
        secrets: Arc::new(face.secrets),
        lookups: Limit::per_minute(LOOKUPS, face.proxies, Ticks::of_machine()),
        links: Arc::new(links(face.links, face.public_url, listener.local_addr()?, clicks)?),
        figures,
        door: Arc::new(Entrance::new(app.clone(), Ticks::of_machine())),
    };
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
    let service = web::router(web).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(stop);
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
    keeper.stop().await;
    worker.stop().await;
    flusher.stop().await;
    sender.stop().await;
    app.store.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// A key of this process. Links work with it, but who was first is forgotten when it stops.
fn passing_key() -> anyhow::Result<LinkKey> {
    tracing::warn!(
        "neither links.cookie_key nor secrets.key is set: who brought a visitor first is forgotten when the server stops"
    );
    let mut random = [0; 32];
    getrandom::fill(&mut random)
        .map_err(|error| anyhow::anyhow!("the system gives no random bytes: {error}"))?;
    Ok(LinkKey::derive(&random))
}

/// The links of partners as the settings have them.
fn links(
    settings: LinkSettings,
    public_url: Option<PublicUrl>,
    listen: SocketAddr,
    clicks: Clicks,
) -> anyhow::Result<Links> {
    let key = settings.key.map_or_else(passing_key, Ok)?;
    let public_url = public_url.unwrap_or_else(|| PublicUrl::of_this_machine(listen.port()));
    Ok(Links { public_url, destinations: settings.destinations, window: settings.window, key, clicks })
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
