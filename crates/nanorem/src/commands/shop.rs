//! `nanorem shop`: the shop's catalogue, asked for and taken in.

mod check;
mod orders;
mod told;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use app::catalog::sync::{Scheduled, SyncOutcome, Wanted, history, sync};
use app::ports::catalogue::{Catalogue, Progress};
use app::schedule::Work;
use domain::offer::Source;
use gateways::outward::{Limits, Outward};
use gateways::shop::{Api, Feed, Format, Origin};
use indicatif::{ProgressBar, ProgressStyle};

use crate::Hands;
use crate::cli::{ShopVerb, SourceArgs, SyncArgs};
use crate::config::{Settings, Shop};
use crate::output::list;

pub(super) async fn run(hands: &Hands, verb: ShopVerb) -> anyhow::Result<ExitCode> {
    match verb {
        ShopVerb::Check(args) => check::check(hands, &args).await,
        ShopVerb::Sync(args) => take_in(hands, &args).await,
        ShopVerb::Syncs { last } => {
            let syncs = history(&hands.app().await?, last).await?;
            hands.output.show(&syncs.iter().map(told::as_json).collect::<Vec<_>>(), || {
                list(told::HEADER, syncs.iter().map(told::row), "Каталог ещё не принимали")
            })?;
            Ok(ExitCode::SUCCESS)
        }
        ShopVerb::Reconcile(args) => {
            let is_good = orders::compare(hands, &args).await?;
            Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        ShopVerb::Reconciliations { last } => {
            orders::compared(hands, last).await?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn take_in(hands: &Hands, args: &SyncArgs) -> anyhow::Result<ExitCode> {
    let app = hands.app().await?;
    let catalogue = catalogue(&hands.settings.shop, &args.source)?;
    let wanted = Wanted {
        dry_run: args.dry_run,
        // Who asks by hand wants it read, whatever the shop thinks we know.
        only_if_changed: false,
        most_vanished: hands.settings.shop.most_vanished,
        accept_vanished: args.accept_vanished,
    };
    // Drawn only on a terminal; on standard error, so that the result stays clean.
    let bar = ProgressBar::new_spinner().with_style(ProgressStyle::with_template("{spinner} {msg}")?);
    let show = |progress: Progress| {
        bar.set_message(format!("товаров {}, прочитано {}", progress.rows, size(progress)));
        bar.tick();
    };
    let report = sync(&app, &hands.actor, catalogue.as_ref(), &wanted, &show).await;
    bar.finish_and_clear();
    let report = report?;
    hands.output.show(&report, || told::report(&report))?;
    let is_good = matches!(report.outcome, SyncOutcome::Applied | SyncOutcome::Unchanged);
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn size(progress: Progress) -> String {
    let megabytes = |bytes: u64| format!("{}.{}", bytes / 1_000_000, bytes % 1_000_000 / 100_000);
    let of = progress.of_bytes.map(|bytes| format!(" из {}", megabytes(bytes))).unwrap_or_default();
    format!("{}{of} МБ", megabytes(progress.bytes))
}

/// The catalogue that the settings or the command line name.
fn catalogue(shop: &Shop, args: &SourceArgs) -> anyhow::Result<Arc<dyn Catalogue>> {
    let configured = shop.catalogue.as_ref();
    let source = args.from.map(crate::cli::Road::source).or_else(|| Some(configured?.source));
    let Some(source) = source else {
        bail!(
            "не сказано, откуда каталог: --from api, yml или commerceml, либо shop.catalogue.source в настройках"
        );
    };
    let origin = match &args.file {
        Some(_) if source == Source::Api => {
            bail!("у API нет файла: --file вместе с --from yml или commerceml")
        }
        Some(file) => Some(Origin::Path(file.clone())),
        None => {
            configured.filter(|configured| configured.source == source).and_then(|found| found.origin.clone())
        }
    };
    build(shop, source, origin)
}

fn build(shop: &Shop, source: Source, origin: Option<Origin>) -> anyhow::Result<Arc<dyn Catalogue>> {
    let format = match source {
        Source::Api => return Ok(Arc::new(api(shop)?)),
        Source::Yml => Format::Yml(shop.yml),
        Source::CommerceMl => Format::CommerceMl(shop.commerceml.clone()),
    };
    let Some(origin) = origin else {
        bail!("не сказано, где каталог: --file ПУТЬ, либо shop.catalogue.url или path в настройках");
    };
    Ok(Arc::new(Feed { outward: outward()?, origin, format }))
}

/// The client of the shop's API.
fn api(shop: &Shop) -> anyhow::Result<Api> {
    let settings = shop.api.clone();
    Ok(Api::new(outward()?, settings.base, settings.key, settings.category, settings.fields))
}

fn outward() -> anyhow::Result<Outward> {
    Outward::new(Limits::default()).context("не удалось подготовить HTTP")
}

/// What the clock asks the shop for.
pub(super) fn works(settings: &Settings) -> anyhow::Result<Vec<Work>> {
    let orders = orders::scheduled(settings)?;
    Ok(scheduled(&settings.shop)?.into_iter().chain(orders).collect())
}

/// The catalogue by the clock, if the settings say so.
fn scheduled(shop: &Shop) -> anyhow::Result<Option<Work>> {
    let Some(configured) = &shop.catalogue else { return Ok(None) };
    let Some(cron) = configured.schedule.clone() else { return Ok(None) };
    let catalogue = build(shop, configured.source, configured.origin.clone())?;
    let wanted = Wanted {
        dry_run: false,
        only_if_changed: true,
        most_vanished: shop.most_vanished,
        accept_vanished: false,
    };
    let task = Arc::new(Scheduled { catalogue, wanted });
    Ok(Some(Work { name: app::catalog::SCHEDULE, cron, longest: Duration::from_mins(30), task }))
}
