//! Syncs in Russian.

use app::catalog::sync::{Changed, Outcome, Report, Sync, SyncOutcome};
use domain::lang::Lang;
use serde_json::{Value, json};

use crate::output::{moment, rub};

/// How many products of a kind are named; the rest is counted.
const MOST_NAMED: usize = 50;

/// What changed, for people.
pub(super) fn report(report: &Report) -> String {
    let mut lines = Vec::new();
    let new = report.new.iter().map(|new| format!("{}  {}  {}", new.sku, rub(new.price), new.name));
    section(&mut lines, "Новые товары", new);
    if !report.new.is_empty() {
        lines.push(
            "  Себестоимости и баллов у них нет: задайте их командой nanorem product set, иначе маржа равна цене"
                .to_owned(),
        );
    }
    let repriced = report
        .repriced
        .iter()
        .map(|one| format!("{}  {} → {}  с {}", one.sku, rub(one.from), rub(one.to), moment(one.since)));
    section(&mut lines, "Другая цена", repriced);
    section(&mut lines, "Другое название", report.renamed.iter().map(changed));
    section(
        &mut lines,
        "Другая категория в магазине (у нас прежняя)",
        report.recategorised.iter().map(changed),
    );
    let moved = report.moved.iter().map(|one| format!("{}: {} → {}", one.external_id, one.from, one.to));
    section(&mut lines, "Другой артикул (это другой товар)", moved);
    section(&mut lines, "Исчезли из каталога", report.vanished.iter().map(ToString::to_string));
    section(&mut lines, "Снова в каталоге", report.returned.iter().map(ToString::to_string));
    let refused = report
        .refused
        .iter()
        .map(|one| format!("{}: {}", one.place.in_lang(Lang::Ru), one.problem.in_lang(Lang::Ru)));
    section(&mut lines, "Не приняты", refused);
    if report.absence_is_unsure {
        lines.push("У непринятых записей не читается id, поэтому исчезнувших не считали".to_owned());
    }
    lines.push(outcome(report));
    lines.join("\n")
}

fn changed(one: &Changed) -> String {
    format!("{}  {:?} → {:?}", one.sku, one.from, one.to)
}

fn section(lines: &mut Vec<String>, name: &str, items: impl ExactSizeIterator<Item = String>) {
    let count = items.len();
    if count == 0 {
        return;
    }
    lines.push(format!("{name}: {count}"));
    lines.extend(items.take(MOST_NAMED).map(|item| format!("  {item}")));
    if count > MOST_NAMED {
        lines.push(format!("  и ещё {}; все — с --json", count - MOST_NAMED));
    }
}

fn outcome(report: &Report) -> String {
    let (told, source) = (report.told, report.source);
    let of = report.told_at.map(|at| format!(" от {}", moment(at))).unwrap_or_default();
    match (&report.outcome, report.dry_run) {
        (SyncOutcome::Applied, false) if report.changes_anything() => {
            format!("Каталог {source}{of} принят, записей {told}")
        }
        (SyncOutcome::Applied, false) => format!("Каталог {source}{of}: записей {told}, изменений нет"),
        (SyncOutcome::Applied, true) => {
            format!("Пробный прогон: ничего не записано; каталог {source}{of}, записей {told}")
        }
        (SyncOutcome::Unchanged, _) => format!("Каталог {source} не изменился"),
        (SyncOutcome::Held(problem) | SyncOutcome::Failed(problem), _) => {
            format!("НИЧЕГО НЕ ИЗМЕНЕНО: {}", problem.in_lang(Lang::Ru))
        }
    }
}

pub(super) const HEADER: &[&str] = &[
    "Когда",
    "Источник",
    "Кто",
    "Итог",
    ">Записей",
    ">Новых",
    ">Цен",
    ">Названий",
    ">Исчезло",
    ">Вернулось",
    ">Отказано",
    "Почему",
];

/// A line of the history.
pub(super) fn row(sync: &Sync) -> Vec<String> {
    let counts = sync.counts;
    let mut row = vec![
        moment(sync.started_at),
        sync.source.to_string(),
        sync.actor.clone(),
        word(sync.outcome).0.to_owned(),
    ];
    let numbers = [
        counts.told,
        counts.added,
        counts.repriced,
        counts.renamed,
        counts.vanished,
        counts.returned,
        counts.refused,
    ];
    row.extend(numbers.iter().map(ToString::to_string));
    row.push(sync.problem.clone().unwrap_or_default());
    row
}

const fn word(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Applied => ("принят", "applied"),
        Outcome::Unchanged => ("не изменился", "unchanged"),
        Outcome::Held => ("ждёт решения", "held"),
        Outcome::Failed => ("не прочитан", "failed"),
    }
}

/// A line of the history, for programs.
pub(super) fn as_json(sync: &Sync) -> Value {
    let counts = sync.counts;
    json!({
        "id": sync.id.to_string(),
        "source": sync.source,
        "actor": sync.actor,
        "started_at": sync.started_at,
        "ended_at": sync.ended_at,
        "outcome": word(sync.outcome).1,
        "problem": sync.problem,
        "told_at": sync.told_at,
        "sha256": sync.digest.map(hex::encode),
        "told": counts.told,
        "new": counts.added,
        "repriced": counts.repriced,
        "renamed": counts.renamed,
        "vanished": counts.vanished,
        "returned": counts.returned,
        "refused": counts.refused,
    })
}
