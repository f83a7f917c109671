//! `nanorem plan try`: a small company from a file, reckoned under a plan.

use std::fmt::Write as _;

use anyhow::{Context, anyhow};
use domain::lang::{Lang, Text};
use domain::money::Money;
use plan::Plan;
use plan::sketch::{CarriedLine, RehearsedOrder, RehearsedPeriod, Script, SketchError, rehearse};

use crate::Hands;
use crate::cli::TryArgs;
use crate::output::{list, month, or_dash, rub, table, volume};

pub(super) async fn show(hands: &Hands, args: &TryArgs) -> anyhow::Result<()> {
    let plan = super::named(hands, &args.plan).await?;
    let file = args.sketch.display().to_string();
    let text = std::fs::read_to_string(&args.sketch).with_context(|| format!("эскиз {file} не читается"))?;
    let script = Script::parse(&plan, &file, &text)
        .map_err(|mistakes| anyhow!("{}", super::drawn(&mistakes, "эскизе")))?;
    let periods = rehearse(&plan, &script, args.partner.as_deref()).map_err(|error| match error {
        SketchError::Unknown(name) => anyhow!("в эскизе никого не зовут {name} (--partner)"),
        other => anyhow::Error::new(other).context(format!("эскиз {file} нельзя посчитать")),
    })?;
    let json = serde_json::json!({ "plan": plan.name(), "title": script.title, "periods": periods });
    hands.output.show(&json, || {
        let title = script.title.as_deref().map(|title| format!("{title}\n")).unwrap_or_default();
        let head = format!("{title}План {}. Ничего не начислено и не записано.", plan.name());
        let told = periods.iter().map(|period| period_text(&plan, period, args.partner.as_deref()));
        std::iter::once(head).chain(told).collect::<Vec<_>>().join("\n\n")
    })
}

fn ru(text: &Text) -> &str {
    text.in_lang(Lang::Ru)
}

fn period_text(plan: &Plan, shown: &RehearsedPeriod, watched: Option<&str>) -> String {
    let at_orders = plan.rules().iter().any(|rule| rule.order_rule().is_some());
    let mut parts = vec![format!("═══ {} ═══", month(shown.month))];
    parts.extend(shown.orders.iter().map(|order| order_text(order, at_orders)));
    if !shown.bonuses.is_empty() {
        let rows = shown.bonuses.iter().map(|line| {
            vec![line.name.clone(), line.rule.to_string(), ru(&line.why).to_owned(), rub(line.paid)]
        });
        parts
            .push(format!("Закрытие периода\n{}", table(&["Кому", "Правило", "Почему", ">Начислено"], rows)));
    }
    if !shown.unpaid.is_empty() {
        let rows = shown.unpaid.iter().map(|part| {
            let taken =
                if part.taken_back { "из начисленного с заказов: " } else { "" };
            vec![
                or_dash(part.name.clone()),
                or_dash(part.rule.as_ref().map(ToString::to_string)),
                format!("{taken}{}", ru(&part.why)),
                rub(part.amount),
            ]
        });
        parts.push(format!(
            "Не выплачено при закрытии\n{}",
            table(&["Кому", "Правило", "Почему", ">Сумма"], rows)
        ));
    }
    if !shown.awards.is_empty() {
        let awards = shown.awards.iter().map(|(name, item)| format!("{name} — {}", ru(item)));
        parts.push(format!("Награды\n  {}", awards.collect::<Vec<_>>().join("\n  ")));
    }
    parts.push(people(shown, plan.qualify_by().as_str()));
    if !shown.carried.is_empty() {
        let lines = shown.carried.iter().map(carried);
        parts.push(format!("Переходит на следующий период\n  {}", lines.collect::<Vec<_>>().join("\n  ")));
    }
    if let Some(name) = watched.filter(|_| !shown.why_not_more.is_empty()) {
        let reasons: Vec<&str> = shown.why_not_more.iter().map(ru).collect();
        parts.push(format!("Почему {name} не получает больше\n  {}", reasons.join("\n  ")));
    }
    parts.join("\n\n")
}

/// One purchase; `at_orders` says whether the plan pays anything when an order is paid.
fn order_text(order: &RehearsedOrder, at_orders: bool) -> String {
    let by = match (&order.by, order.by_customer) {
        (Some(name), false) => name.clone(),
        (Some(name), true) => format!("покупатель партнёра {name}"),
        (None, _) => "покупатель со стороны".to_owned(),
    };
    let mut told = format!("Покупка {}: {by}, {}", order.number, rub(order.price));
    let rows = order.earnings.iter().map(|earning| {
        vec![earning.name.clone(), earning.rule.to_string(), ru(&earning.why).to_owned(), rub(earning.paid)]
    });
    let nothing = if order.is_fee {
        "  взнос: с него никому не платят"
    } else if at_orders {
        "  никому ничего не начислено"
    } else {
        return told;
    };
    let _ = write!(told, "\n{}", list(&["Кому", "Правило", "Почему", ">Начислено"], rows, nothing));
    // Levels that nobody got for one reason are told together.
    for lost in order.lost.chunk_by(|one, other| one.rule == other.rule && one.why == other.why) {
        let (Some(first), Some(last)) = (lost.first(), lost.last()) else {
            continue;
        };
        let levels = if first.level == last.level {
            format!("линия {}", first.level)
        } else {
            format!("линии {}–{}", first.level, last.level)
        };
        let amount: Money = lost.iter().map(|lost| lost.amount).sum();
        let (rule, why) = (&first.rule, ru(&first.why));
        let _ = write!(told, "\n  не выплачено {}: {rule}, {levels} — {why}", rub(amount));
    }
    told
}

fn people(shown: &RehearsedPeriod, unit: &str) -> String {
    let rows = shown.people.iter().map(|person| {
        vec![
            person.name.clone(),
            or_dash(person.paid_as.clone()),
            volume(person.personal, unit),
            volume(person.group, unit),
            rub(person.from_orders),
            rub(person.from_close),
            rub(person.total),
        ]
    });
    let header = ["Кто", "Ранг", ">Личный объём", ">Объём группы", ">С заказов", ">При закрытии", ">Всего"];
    let total: Money = shown.people.iter().map(|person| person.total).sum();
    format!("Итог за {}\n{}\nК выплате: {}", month(shown.month), table(&header, rows), rub(total))
}

fn carried(line: &CarriedLine) -> String {
    let whose = line.name.as_deref().unwrap_or("компания");
    let rule = line.rule.as_ref().map(|rule| format!(", {rule}")).unwrap_or_default();
    let money = rub(Money::from_minor(line.amount));
    let what = match line.what.split_once(':') {
        Some(("advanced", rank)) => format!("премия за ранг {rank} уже решена"),
        Some(("held", rank)) => format!("ранг {rank} держится периодов: {}", line.amount),
        _ => match line.what.as_str() {
            "first_leg" => format!("остаток объёма первой ветки {money}"),
            "second_leg" => format!("остаток объёма второй ветки {money}"),
            "excess" if line.name.is_none() => format!("срезано лимитом, добавится к пулу {money}"),
            "excess" => format!("срезано лимитом, ждёт выплаты {money}"),
            "unused" => format!("неразделённый остаток пула {money}"),
            "given" => "награда уже вручена".to_owned(),
            other => format!("{other} {}", line.amount),
        },
    };
    format!("{whose}{rule}: {what}")
}
