//! `nanorem endpoint`.

use anyhow::Context;
use app::App;
use app::endpoints::{self, Change, NewEndpoint, NewSecret};
use app::outbox::{self, Channel, Couriers};
use app::ports::Verdict;
use domain::notice::NoticeKind;
use domain::outward::OutwardUrl;
use gateways::outward::{Limits, Outward};
use serde_json::json;
use std::sync::Arc;
use store::endpoints::Endpoint;
use store::outbox::Filter;

use super::outbox::table_of;
use crate::Hands;
use crate::cli::{EndpointAdd, EndpointChange, EndpointVerb};
use crate::config::Settings;
use crate::output::{list, moment, table};

pub(super) async fn run(hands: &Hands, verb: EndpointVerb) -> anyhow::Result<()> {
    if matches!(verb, EndpointVerb::Events) {
        return events(hands);
    }
    let app = hands.app().await?;
    let actor = &hands.actor;
    match verb {
        EndpointVerb::Add(wanted) => add(hands, &app, wanted).await,
        EndpointVerb::List => listed(hands, &endpoints::list(&app).await?),
        EndpointVerb::Show { number, last } => show(hands, &app, number, last).await,
        EndpointVerb::Change(wanted) => change(hands, &app, wanted).await,
        EndpointVerb::Rotate { number, overlap } => {
            let secret = endpoints::rotate(&app, actor, number, overlap).await?;
            let until = moment(app.now() + overlap);
            shown(hands, number, &secret, &format!("Прежний подписывает вместе с ним до {until}."))
        }
        EndpointVerb::Disable { number, reason } => {
            endpoints::disable(&app, actor, number, reason.as_deref()).await?;
            super::done(hands, &format!("Адрес {number} отключён; что ждало отправки, снято"))
        }
        EndpointVerb::Enable(args) => {
            endpoints::enable(&app, actor, args.number).await?;
            let text = "Адрес включён. Что он пропустил: nanorem outbox resend --endpoint";
            super::done(hands, &format!("{text} {}", args.number))
        }
        EndpointVerb::Remove(args) => {
            endpoints::remove(&app, actor, args.number).await?;
            super::done(hands, &format!("Адрес {} удалён вместе с секретами", args.number))
        }
        EndpointVerb::Test(args) => test(hands, &app, args.number).await,
        EndpointVerb::Events => Ok(()),
    }
}

/// Those who carry what is put out, by the settings.
pub(super) fn couriers(app: &App, settings: &Settings) -> anyhow::Result<Couriers> {
    let outward = Outward::new(Limits::default()).context("HTTP-клиент не настроен")?;
    let courier = endpoints::Courier::new(app.clone(), Arc::new(outward), settings.outward.clone());
    Ok(Couriers::default().with(Channel::Webhook, Arc::new(courier)))
}

fn address(hands: &Hands, text: &str) -> anyhow::Result<OutwardUrl> {
    Ok(OutwardUrl::parse_given(text, &hands.settings.outward)?)
}

async fn add(hands: &Hands, app: &App, wanted: EndpointAdd) -> anyhow::Result<()> {
    let wanted = NewEndpoint {
        url: address(hands, &wanted.url)?,
        description: wanted.description,
        topics: wanted.events,
    };
    let (endpoint, secret) = endpoints::add(app, &hands.actor, &wanted).await?;
    let next = format!("Проверка связи: nanorem endpoint test {}", endpoint.number);
    shown(hands, endpoint.number, &secret, &next)
}

fn shown(hands: &Hands, number: i64, secret: &NewSecret, next: &str) -> anyhow::Result<()> {
    hands.output.show(&json!({ "number": number, "secret": secret.expose() }), || {
        format!(
            "Адрес {number}. Секрет, больше его не увидеть — передайте тому, кто принимает:\n{}\n{next}",
            secret.expose()
        )
    })
}

async fn change(hands: &Hands, app: &App, wanted: EndpointChange) -> anyhow::Result<()> {
    let url = wanted.url.as_deref().map(|url| address(hands, url)).transpose()?;
    let change = Change { url, description: wanted.description, topics: wanted.events };
    endpoints::change(app, &hands.actor, wanted.number, &change).await?;
    super::done(hands, &format!("Адрес {} изменён", wanted.number))
}

fn as_json(endpoint: &Endpoint) -> serde_json::Value {
    json!({
        "number": endpoint.number,
        "url": endpoint.url,
        "description": endpoint.description,
        "events": endpoint.topics.to_string(),
        "disabled": endpoint.disabled,
        "failing_since": endpoint.failing_since,
        "created_at": endpoint.created_at,
    })
}

fn state_of(endpoint: &Endpoint) -> String {
    match (&endpoint.disabled, endpoint.failing_since) {
        (Some(why), _) => format!("отключён: {why}"),
        (None, Some(since)) => format!("не принимает с {}", moment(since)),
        (None, None) => "включён".to_owned(),
    }
}

fn listed(hands: &Hands, endpoints: &[Endpoint]) -> anyhow::Result<()> {
    let all: Vec<_> = endpoints.iter().map(as_json).collect();
    hands.output.show(&all, || {
        let rows = endpoints.iter().map(|endpoint| {
            vec![
                endpoint.number.to_string(),
                endpoint.url.clone(),
                endpoint.description.clone(),
                endpoint.topics.to_string(),
                state_of(endpoint),
            ]
        });
        list(&[">№", "Адрес", "Что это", "События", "Состояние"], rows, "Адресов нет: nanorem endpoint add")
    })
}

async fn show(hands: &Hands, app: &App, number: i64, last: u32) -> anyhow::Result<()> {
    let endpoint = endpoints::show(app, number).await?;
    let to = Some((Channel::Webhook.as_str(), endpoint.id.to_string()));
    let parcels = outbox::list(app, &Filter { to, ..Filter::default() }, last).await?;
    let deliveries: Vec<_> = parcels.iter().map(super::outbox::as_json).collect();
    hands.output.show(&json!({ "endpoint": as_json(&endpoint), "deliveries": deliveries }), || {
        let rows = [
            ("Адрес", endpoint.url.clone()),
            ("Что это", endpoint.description.clone()),
            ("События", endpoint.topics.to_string()),
            ("Состояние", state_of(&endpoint)),
            ("Добавлен", moment(endpoint.created_at)),
        ];
        let rows = rows.map(|(name, value)| vec![name.to_owned(), value]);
        format!("{}\n\n{}", table(&["Номер", &number.to_string()], rows), table_of(&parcels))
    })
}

async fn test(hands: &Hands, app: &App, number: i64) -> anyhow::Result<()> {
    let couriers = couriers(app, &hands.settings)?;
    let parcel = endpoints::ping(app, &hands.actor, number).await?;
    let Some(delivery) = outbox::deliver_one(app, &couriers, parcel).await? else {
        return super::done(hands, "Событие ping отправляет nanorem serve: см. nanorem endpoint show");
    };
    let is_heard = delivery.verdict == Verdict::Delivered;
    let told = json!({
        "heard": is_heard, "status": delivery.status, "answer": delivery.answer, "error": delivery.error,
    });
    hands.output.show(&told, || {
        let answer = delivery.answer.as_deref().map_or_else(String::new, |answer| format!(": {answer}"));
        match (is_heard, delivery.status) {
            (true, Some(status)) => format!("Принято, ответ {status}{answer}"),
            _ => format!("Не принято: {}{answer}", delivery.error.as_deref().unwrap_or("нет ответа")),
        }
    })
}

fn events(hands: &Hands) -> anyhow::Result<()> {
    let all = NoticeKind::ALL.map(|kind| json!({ "type": kind.as_str(), "what": kind.in_russian() }));
    hands.output.show(&all, || {
        let rows = NoticeKind::ALL.map(|kind| vec![kind.as_str().to_owned(), kind.in_russian().to_owned()]);
        table(&["Событие", "Когда"], rows)
    })
}
