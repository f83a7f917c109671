//! `nanorem period`.

use app::periods::{close, list};
use store::periods::Closed;

use crate::Hands;
use crate::cli::PeriodVerb;
use crate::output::{list as rows_of, moment};

pub(super) async fn run(hands: &Hands, verb: PeriodVerb) -> anyhow::Result<()> {
    let app = hands.app().await?;
    let closed = match verb {
        PeriodVerb::Close { period } => vec![close(&app, &hands.actor, period).await?],
        PeriodVerb::List => list(&app).await?,
    };
    let json: Vec<_> = closed.iter().map(json).collect();
    hands.output.show(&json, || {
        let rows = closed.iter().map(|closed| {
            vec![
                closed.period.to_string(),
                closed.transfers.to_string(),
                moment(closed.closed_at),
                closed.closed_by.clone(),
                hex::encode(closed.digest),
            ]
        });
        rows_of(
            &["Период", ">Проводок до конца", "Закрыт", "Кем", "Отпечаток"],
            rows,
            "Закрытых периодов нет",
        )
    })
}

fn json(closed: &Closed) -> serde_json::Value {
    serde_json::json!({
        "period": closed.period,
        "transfers": closed.transfers,
        "closed_at": closed.closed_at,
        "closed_by": closed.closed_by,
        "digest": hex::encode(closed.digest),
    })
}
