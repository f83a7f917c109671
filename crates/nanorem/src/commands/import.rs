//! `nanorem import`.

use app::import::{Import, Progress, Stage};
use indicatif::{ProgressBar, ProgressStyle};

use domain::order::ExternalId;

use crate::Hands;
use crate::cli::ImportArgs;
use crate::output::table;

/// Whose orders they are when nobody says.
const USUAL_SHOP: &str = "nanorvs";

pub(super) async fn import(hands: &Hands, args: ImportArgs) -> anyhow::Result<()> {
    let app = hands.app().await?;
    let dry_run = args.dry_run;
    let wanted = Import {
        folder: args.folder,
        source: args
            .source
            .or_else(|| hands.settings.source.clone())
            .map_or_else(|| ExternalId::parse(USUAL_SHOP), Ok)?,
        dry_run,
    };
    // Drawn only on a terminal; on standard error, so that the result stays clean.
    let bar = ProgressBar::new(0).with_style(
        ProgressStyle::with_template("{msg:10} [{bar:40}] {pos}/{len} {per_sec}")?.progress_chars("█▌ "),
    );
    let show = |progress: Progress| {
        bar.set_message(name(progress.stage));
        bar.set_length(progress.total as u64);
        bar.set_position(progress.done as u64);
    };
    let reports = app::import::import(&app, &hands.actor, &wanted, show).await;
    bar.finish_and_clear();
    let reports = reports?;
    hands.output.show(&reports, || {
        let rows = reports.iter().map(|report| {
            vec![
                name(report.stage).to_owned(),
                report.rows.to_string(),
                report.new.to_string(),
                report.known.to_string(),
            ]
        });
        let shown = table(&["Что", ">Строк", ">Новых", ">Известных"], rows);
        if dry_run {
            format!("{shown}\nПробный прогон: ничего не записано")
        } else {
            format!("{shown}\nВсе строки учтены, начисления сделаны")
        }
    })
}

const fn name(stage: Stage) -> &'static str {
    match stage {
        Stage::Products => "Товары",
        Stage::Partners => "Партнёры",
        Stage::Activity => "Взносы",
        Stage::Orders => "Заказы",
        Stage::Refunds => "Возвраты",
    }
}
