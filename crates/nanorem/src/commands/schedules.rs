//! `nanorem schedules`.

use app::schedule::{Outcome, Schedule, list};
use serde_json::{Value, json};

use crate::Hands;
use crate::output::{moment, or_dash};

pub(super) async fn show(hands: &Hands) -> anyhow::Result<()> {
    let schedules = list(&hands.app().await?).await?;
    hands.output.show(&schedules.iter().map(as_json).collect::<Vec<_>>(), || {
        let rows = schedules.iter().map(|one| {
            vec![
                one.name.clone(),
                one.cron.clone(),
                moment(one.next_run_at),
                or_dash(one.started_at.map(moment)),
                or_dash(one.outcome.map(|outcome| word(outcome).0.to_owned())),
                or_dash(one.told.clone()),
            ]
        });
        let header = ["Работа", "Расписание", "Следующий раз", "Прошлый раз", "Итог", "Что вышло"];
        crate::output::list(
            &header,
            rows,
            "По расписанию ничего не делается: сервер ещё не запускали или оно не задано",
        )
    })
}

const fn word(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Done => ("сделано", "done"),
        Outcome::Held => ("ждёт решения", "held"),
        Outcome::Failed => ("не удалось", "failed"),
    }
}

fn as_json(one: &Schedule) -> Value {
    json!({
        "name": one.name,
        "cron": one.cron,
        "next_run_at": one.next_run_at,
        "lease_until": one.lease_until,
        "started_at": one.started_at,
        "ended_at": one.ended_at,
        "outcome": one.outcome.map(|outcome| word(outcome).1),
        "told": one.told,
        "failures": one.failures,
    })
}
