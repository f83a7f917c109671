//! `nanorem links`.

use std::path::Path;

use anyhow::{Context, bail};
use app::App;
use app::links::qr::{self, Side};
use app::links::{Figures, figures};
use domain::link::PublicUrl;
use domain::partner::PartnerCode;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use crate::Hands;
use crate::cli::LinksVerb;
use crate::output::{list, or_dash};

pub(super) async fn run(hands: &Hands, verb: LinksVerb) -> anyhow::Result<()> {
    let app = hands.app().await?;
    match verb {
        LinksVerb::Show { code, from, to } => show(hands, &app, &code, from.as_deref(), to.as_deref()).await,
        LinksVerb::Qr { code, out, size } => draw(hands, &app, &code, &out, size).await,
    }
}

/// A link with what came of it.
#[derive(Serialize)]
struct Shown {
    link: String,
    #[serde(flatten)]
    figures: Figures,
}

async fn show(
    hands: &Hands,
    app: &App,
    code: &PartnerCode,
    from: Option<&str>,
    to: Option<&str>,
) -> anyhow::Result<()> {
    let zone = domain::time::zone("Europe/Moscow").context("no zone data")?;
    let to = to.map_or_else(|| Ok(app.now().to_zoned(zone).date()), day)?;
    let from = from.map_or_else(|| Ok(to.saturating_sub(29.days())), day)?;
    if from > to {
        bail!("--from {from} позже, чем --to {to}");
    }
    let figures = figures(app, code, from, to).await?;
    let shown = Shown { link: public_url(hands).link(&figures.code), figures };
    hands.output.show(&shown, || told(&shown))
}

fn day(text: &str) -> anyhow::Result<Date> {
    let day: Option<Date> = text.parse().ok().filter(|day: &Date| day.to_string() == text);
    day.filter(|day| (2000..2200).contains(&day.year()))
        .with_context(|| format!("{text:?} — не день: напишите 2026-01-31"))
}

fn told(shown: &Shown) -> String {
    let figures = &shown.figures;
    let header = ["День", ">Переходов", ">Регистраций", ">Первых заказов", ">Заказов клиентов"];
    let row = |name: String, counts: app::links::Counts| {
        let cells = [counts.clicks, counts.registrations, counts.first_orders, counts.customer_orders];
        std::iter::once(name).chain(cells.map(|cell| cell.to_string())).collect::<Vec<_>>()
    };
    let days = figures.days.iter().map(|day| row(day.day.strftime("%d.%m.%Y").to_string(), day.counts));
    let total = (figures.days.len() > 1).then(|| row("Всего".to_owned(), figures.total));
    let days = list(&header, days.chain(total), "За эти дни ничего не было");
    let campaigns = figures.campaigns.iter().map(|counted| {
        let (source, name) = if counted.campaign.is_rest() {
            ("прочее".to_owned(), String::new())
        } else {
            (counted.campaign.source.clone(), counted.campaign.name.clone())
        };
        let or_dash = |text: String| or_dash(Some(text).filter(|text| !text.is_empty()));
        vec![or_dash(source), or_dash(name), counted.clicks.to_string()]
    });
    let campaigns = list(&["Источник", "Кампания", ">Переходов"], campaigns, "Переходов не было");
    let (from, to) = (figures.from.strftime("%d.%m.%Y"), figures.to.strftime("%d.%m.%Y"));
    format!("{} — {}\nс {from} по {to}\n\n{days}\n\n{campaigns}", figures.partner, shown.link)
}

/// Where links lead: as the settings say, or this machine.
fn public_url(hands: &Hands) -> PublicUrl {
    let said = hands.settings.public_url.clone();
    said.unwrap_or_else(|| PublicUrl::of_this_machine(hands.settings.listen.port()))
}

async fn draw(hands: &Hands, app: &App, code: &PartnerCode, out: &Path, side: Side) -> anyhow::Result<()> {
    let partner = app::people::card(app, code).await?.partner;
    let link = public_url(hands).link(&partner.referral_code);
    let ending = out.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    let file = match ending.as_deref() {
        Some("svg") => qr::svg(&link)?.into_bytes(),
        Some("png") => qr::png(&link, side)?,
        _ => bail!("{}: имя файла должно кончаться на .svg или .png", out.display()),
    };
    std::fs::write(out, file).with_context(|| format!("файл {} не записан", out.display()))?;
    let shown = serde_json::json!({ "link": link, "file": out.display().to_string() });
    hands.output.show(&shown, || format!("{link}\nQR-код записан: {}", out.display()))
}
