//! What the shop says of its orders beside what we know.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use app::orders::{Comparing, Looking};
use app::reconcile::{Report, latest, reconcile, reports};
use app::schedule::{Cron, Task, Work};
use domain::activity::Span;
use domain::order::{Difference, DifferenceKind, ExternalId};
use gateways::shop::AskedApi;
use jiff::SignedDuration;

use crate::Hands;
use crate::cli::ReconcileArgs;
use crate::commands::{instant, instant_or};
use crate::config::{Settings, Shop};
use crate::output::{list, moment, or_dash};

/// How long one turn of asking may take.
const LONGEST: Duration = Duration::from_mins(30);

fn asked(shop: &Shop) -> anyhow::Result<AskedApi> {
    let orders = &shop.orders;
    Ok(AskedApi { api: super::api(shop)?, words: orders.words.clone(), can_list: orders.can_list })
}

/// What the clock asks the shop for, if the settings say so.
pub(super) fn scheduled(settings: &Settings) -> anyhow::Result<Vec<Work>> {
    let orders = &settings.shop.orders;
    if orders.poll.is_none() && orders.reconcile.is_none() {
        return Ok(Vec::new());
    }
    let Some(source) = settings.source.clone() else {
        bail!("shop.orders.poll и shop.orders.reconcile: нужно имя магазина, shop.source");
    };
    let shop = Arc::new(asked(&settings.shop)?);
    let looking = Looking { source: source.clone(), shop: shop.clone(), age: orders.age };
    let comparing = Comparing { source, shop, age: orders.age };
    let work = |name, cron: Option<Cron>, task: Arc<dyn Task>| {
        cron.map(|cron| Work { name, cron, longest: LONGEST, task })
    };
    let works = [
        work("orders", orders.poll.clone(), Arc::new(looking)),
        work("reconciliation", orders.reconcile.clone(), Arc::new(comparing)),
    ];
    Ok(works.into_iter().flatten().collect())
}

/// Compares now; without a span the last days of the settings.
pub(super) async fn compare(hands: &Hands, args: &ReconcileArgs) -> anyhow::Result<bool> {
    let app = hands.app().await?;
    let settings = &hands.settings;
    let source: &ExternalId = settings.source.as_ref().context("нужно имя магазина: shop.source")?;
    let until = instant_or(args.to.as_deref(), app.now())?;
    let age: SignedDuration = settings.shop.orders.age;
    let from =
        args.from.as_deref().map_or_else(|| Ok(until.saturating_sub(age).unwrap_or(until)), instant)?;
    let shop = asked(&settings.shop)?;
    let report = reconcile(&app, &hands.actor, source, &shop, Span { from, until }).await?;
    hands.output.show(&report, || whole(&report))?;
    Ok(report.differing == 0 && report.unanswered == 0)
}

/// What was compared before: all of it in short, the last with its differences.
pub(super) async fn compared(hands: &Hands, last: u32) -> anyhow::Result<()> {
    let app = hands.app().await?;
    let (all, newest) = (reports(&app, last).await?, latest(&app).await?);
    let shown = serde_json::json!({ "reports": all, "latest": newest });
    hands.output.show(&shown, || {
        let rows = all.iter().map(|report| {
            vec![
                moment(report.made_at),
                format!("{} – {}", moment(report.from), moment(report.until)),
                report.compared.to_string(),
                report.unanswered.to_string(),
                report.differing.to_string(),
                or_dash(report.problem.clone()),
            ]
        });
        let header = ["Когда", "Заказы", ">Сверено", ">Без ответа", ">Расхождений", "Помеха"];
        let table = list(&header, rows, "Заказы ещё не сверяли: nanorem shop reconcile");
        match newest.as_ref().filter(|newest| newest.differing > 0) {
            Some(newest) => format!("{table}\n\nПоследняя сверка:\n{}", differences(&newest.differences)),
            None => table,
        }
    })
}

fn whole(report: &Report) -> String {
    let listed = if report.is_listed {
        ""
    } else {
        "\nСписка заказов магазин не дал: каких заказов нет у нас, неизвестно"
    };
    let problem = report.problem.as_ref().map(|problem| format!("\nПомеха: {problem}")).unwrap_or_default();
    format!(
        "Заказы с {} по {}: сверено {}, без ответа {}, расхождений {}{listed}{problem}\n\n{}",
        moment(report.from),
        moment(report.until),
        report.compared,
        report.unanswered,
        report.differing,
        differences(&report.differences)
    )
}

fn differences(found: &[Difference]) -> String {
    let rows = found.iter().map(|one| {
        vec![
            one.order.to_string(),
            kind(one.kind).to_owned(),
            or_dash(one.ours.clone()),
            or_dash(one.theirs.clone()),
        ]
    });
    list(&["Заказ", "В чём", "У нас", "В магазине"], rows, "Расхождений нет")
}

const fn kind(kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::MissingHere => "нет у нас",
        DifferenceKind::MissingThere => "нет в магазине",
        DifferenceKind::Total => "сумма",
        DifferenceKind::State => "состояние",
        DifferenceKind::PaidAt => "когда оплачен",
    }
}
