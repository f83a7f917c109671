//! `nanorem outbox`.

use app::App;
use app::endpoints;
use app::outbox::{self, Channel, State};
use serde_json::json;
use store::outbox::{Filter, Shown};

use crate::Hands;
use crate::cli::{OutboxList, OutboxVerb};
use crate::output::{list, moment, or_dash};

pub(super) async fn run(hands: &Hands, verb: Option<OutboxVerb>) -> anyhow::Result<()> {
    let app = hands.app().await?;
    match verb.unwrap_or_else(|| OutboxVerb::List(OutboxList::default())) {
        OutboxVerb::List(wanted) => listed(hands, &app, &wanted).await,
        OutboxVerb::Resend { id, endpoint } => {
            let count = match (id, endpoint) {
                (Some(id), _) => outbox::resend(&app, &hands.actor, id).await.map(|()| 1)?,
                (None, Some(number)) => {
                    let to = endpoints::show(&app, number).await?.id.to_string();
                    outbox::resend_dead(&app, &hands.actor, Channel::Webhook, &to).await?
                }
                (None, None) => 0,
            };
            let told = format!("Снова ждут отправки: {count}; отправит nanorem serve");
            hands.output.show(&json!({ "resent": count }), || told)
        }
    }
}

async fn listed(hands: &Hands, app: &App, wanted: &OutboxList) -> anyhow::Result<()> {
    let to = match wanted.endpoint {
        Some(number) => Some((Channel::Webhook.as_str(), endpoints::show(app, number).await?.id.to_string())),
        None => None,
    };
    let filter = Filter { state: wanted.dead.then_some(State::Dead), to, id: None };
    let parcels = outbox::list(app, &filter, wanted.last).await?;
    let all: Vec<_> = parcels.iter().map(as_json).collect();
    hands.output.show(&all, || table_of(&parcels))
}

pub(super) fn as_json(parcel: &Shown) -> serde_json::Value {
    json!({
        "id": parcel.id,
        "channel": parcel.channel,
        "destination": parcel.destination,
        "event": parcel.topic,
        "state": parcel.state,
        "run_at": parcel.run_at,
        "attempts": parcel.attempts,
        "status": parcel.outcome.status,
        "answer": parcel.outcome.answer,
        "error": parcel.outcome.error,
        "created_at": parcel.created_at,
        "done_at": parcel.done_at,
    })
}

/// Parcels as a person reads them.
pub(super) fn table_of(parcels: &[Shown]) -> String {
    let rows = parcels.iter().map(|parcel| {
        let state = match parcel.state {
            State::Waiting => "ждёт",
            State::Leased => "отправляется",
            State::Sent => "отправлено",
            State::Dead => "не удалось",
        };
        vec![
            parcel.id.to_string(),
            parcel.topic.clone(),
            moment(parcel.created_at),
            state.to_owned(),
            parcel.attempts.to_string(),
            or_dash(parcel.outcome.status.map(|status| status.to_string())),
            or_dash(parcel.outcome.error.clone().or_else(|| parcel.outcome.answer.clone())),
            or_dash(parcel.run_at.map(moment)),
        ]
    });
    let header = ["ID", "Событие", "Когда", "Состояние", ">Попыток", ">Ответ", "Что сказано", "Следующая"];
    list(&header, rows, "Отправлений нет")
}
