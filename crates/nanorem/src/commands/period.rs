//! `nanorem period`.

mod explained;

use app::periods::{
    Anomaly, LinePreview, Preview, Waiting, close, explain, list, preview, qualify, standings,
};
use domain::period::Period;
use store::periods::Closed;

use crate::Hands;
use crate::cli::PeriodVerb;
use crate::output::{list as rows_of, moment, month, or_dash, rub, short, table, volume};

pub(super) async fn run(hands: &Hands, verb: PeriodVerb) -> anyhow::Result<()> {
    let app = hands.app().await?;
    let closed = match verb {
        PeriodVerb::Qualify { period } => return first_step(hands, period).await,
        PeriodVerb::Preview { period, lines } => {
            let shown = preview(&app, period).await?;
            return hands.output.show(&shown, || preview_text(&shown, lines));
        }
        PeriodVerb::Explain { period, code } => {
            let shown = explain(&app, period, &code).await?;
            return hands.output.show(&shown, || explained::text(&shown));
        }
        PeriodVerb::Close { period } => vec![close(&app, &hands.actor, period).await?],
        PeriodVerb::List => list(&app).await?,
        PeriodVerb::Show { period } => {
            let shown = app::periods::one(&app, period).await?;
            return hands.output.show(&json(&shown), || one_text(&shown));
        }
        PeriodVerb::Carried => {
            let shown = app::periods::carried(&app).await?;
            return hands.output.show(&shown, || carried_text(&shown));
        }
    };
    let json: Vec<_> = closed.iter().map(json).collect();
    hands.output.show(&json, || {
        let rows = closed.iter().map(|closed| {
            vec![
                closed.period.to_string(),
                closed.transfers.to_string(),
                moment(closed.closed_at),
                closed.closed_by.clone(),
                short(&closed.digest),
            ]
        });
        rows_of(
            &["Период", ">Проводок до конца", "Закрыт", "Кем", "Отпечаток"],
            rows,
            "Закрытых периодов нет",
        )
    })
}

/// Reckons volumes and ranks and shows them for review.
async fn first_step(hands: &Hands, period: Period) -> anyhow::Result<()> {
    let app = hands.app().await?;
    let run = qualify(&app, &hands.actor, period).await?;
    let stands = standings(&app, period).await?;
    let json = serde_json::json!({
        "period": period,
        "inputs": hex::encode(run.inputs),
        "standings_digest": hex::encode(run.standings),
        "standings": stands,
    });
    hands.output.show(&json, || {
        let rows = stands.iter().map(|stand| {
            vec![
                stand.partner_code.to_string(),
                or_dash(stand.stands.paid_as.clone()),
                or_dash(stand.stands.highest.clone()),
                volume(stand.stands.personal, stand.stands.unit),
                volume(stand.stands.group, stand.stands.unit),
            ]
        });
        let header = ["Партнёр", "Ранг", "Высший", ">Личный объём", ">Объём группы"];
        format!(
            "{}\n\nЗакрывается {}: проверьте и выполните nanorem period close {period}",
            rows_of(&header, rows, "Объёмов и рангов нет"),
            month(period)
        )
    })
}

fn preview_text(shown: &Preview, lines: bool) -> String {
    let head = format!(
        "За {}, план {}\nОборот {}, с заказов {}, правила периода {}, лимиты периода {}",
        month(shown.period),
        shown.plan,
        rub(shown.turnover),
        rub(shown.commissions),
        rub(shown.bonuses),
        rub(-shown.taken_back)
    );
    let rows = shown.partners.iter().map(|partner| {
        vec![
            partner.partner_code.to_string(),
            or_dash(partner.stands.paid_as.clone()),
            volume(partner.stands.personal, partner.stands.unit),
            volume(partner.stands.group, partner.stands.unit),
            rub(partner.commissions),
            rub(partner.bonuses),
            rub(-partner.taken_back),
            rub(partner.earns()),
        ]
    });
    let header = [
        "Партнёр",
        "Ранг",
        ">Личный объём",
        ">Объём группы",
        ">С заказов",
        ">По правилам",
        ">Лимиты",
        ">Всего",
    ];
    let mut parts = vec![head, rows_of(&header, rows, "Никто ничего не получает")];
    if lines && !shown.lines.is_empty() {
        parts.push(lines_table(&shown.lines));
    }
    let awards = shown.awards.iter().map(|award| format!("{} — {}", award.partner_code, award.item_ru));
    let strange = shown.anomalies.iter().map(anomaly);
    for (title, found) in
        [("Награды", awards.collect::<Vec<_>>()), ("Обратите внимание", strange.collect::<Vec<_>>())]
    {
        if !found.is_empty() {
            parts.push(format!("{title}\n  {}", found.join("\n  ")));
        }
    }
    parts.join("\n\n")
}

fn lines_table(lines: &[LinePreview]) -> String {
    let rows = lines.iter().map(|line| {
        vec![line.partner_code.to_string(), line.rule.clone(), line.why_ru.clone(), rub(line.paid)]
    });
    table(&["Партнёр", "Правило", "Почему", ">Начислено"], rows)
}

/// So many anomalies are told in one line each.
fn anomaly(anomaly: &Anomaly) -> String {
    match anomaly {
        Anomaly::Jump { partner_code, before, now } => {
            format!("{partner_code}: {} против {} в прошлом периоде", rub(*now), rub(*before))
        }
        Anomaly::SelfPurchase { partner_code, of_own, now } => {
            format!("{partner_code}: с собственных покупок {} из {}", rub(*of_own), rub(*now))
        }
        Anomaly::NewPayee { partner_code, now } => {
            format!("{partner_code}: вступил в этом периоде, получает {}", rub(*now))
        }
        Anomaly::FirstPayout { partner_code, now } => {
            format!("{partner_code}: выплат ещё не было, получает {}", rub(*now))
        }
        Anomaly::OverCap { partner_code, cut } => {
            format!("{partner_code}: лимит срезал {}", rub(*cut))
        }
    }
}

fn one_text(closed: &Closed) -> String {
    format!(
        "{}: закрыт {}, кем {}\nПроводок до конца периода: {}\nОтпечаток {}",
        month(closed.period),
        moment(closed.closed_at),
        closed.closed_by,
        closed.transfers,
        hex::encode(closed.digest)
    )
}

/// What caps held back and later closes will pay, or add to a pool.
fn carried_text(shown: &[Waiting]) -> String {
    let rows = shown.iter().map(|waiting| {
        let whose = waiting.partner_code.as_ref().map_or_else(|| "пулу".to_owned(), ToString::to_string);
        vec![whose, month(waiting.since), rub(waiting.amount)]
    });
    rows_of(&["Кому", "После закрытия за", ">Ждёт"], rows, "Отложенных сумм нет")
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
