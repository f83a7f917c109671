//! `nanorem order`.

use std::collections::BTreeMap;

use app::App;
use app::orders::{Entry, EntryLine, GivenBack, OrderView, Received, add, cancel, disputed, refund, view};
use domain::accrual::Breakage;
use domain::order::{Named, OrderKey, OrderState};
use plan::{Lang, explain};

use super::{instant, instant_or};
use crate::Hands;
use crate::cli::{LineArg, OrderAdd, OrderRefund, OrderVerb, PiecesArg};
use crate::output::{account, cause, list, moment, or_dash, rub, table};

pub(super) async fn run(hands: &Hands, verb: OrderVerb) -> anyhow::Result<()> {
    let app = hands.app().await?;
    match verb {
        OrderVerb::Show { id } => {
            let order = view(&app, &id).await?;
            hands.output.show(&order, || whole(&order))
        }
        OrderVerb::Disputes { last } => {
            let disputes = disputed(&app, last).await?;
            hands.output.show(&disputes, || {
                let rows = disputes.iter().map(|one| {
                    vec![
                        moment(one.recorded_at),
                        one.order.clone(),
                        one.partner.to_string(),
                        named(one.named).to_owned(),
                        or_dash(one.belongs_to.as_ref().map(ToString::to_string)),
                    ]
                });
                let header = ["Когда", "Заказ", "Назван", "Чем", "Заказ партнёра"];
                list(&header, rows, "Никто не назван напрасно")
            })
        }
        OrderVerb::Add(args) => enter(hands, &app, args).await,
        OrderVerb::Refund(args) => give_back(hands, &app, args).await,
        OrderVerb::Cancel { id, at, reason } => {
            let key = view(&app, &id).await?.order.key;
            let at = instant_or(at.as_deref(), app.now())?;
            let told = cancel(&app, &hands.actor, &key, at, &reason).await?;
            entered(hands, &app, &key, &told, "отменён", "уже отменён").await
        }
    }
}

/// By what a partner was named in an order.
const fn named(named: Named) -> &'static str {
    match named {
        Named::PartnerCode => "код партнёра",
        Named::Phone => "телефон",
        Named::Email => "почта",
        Named::ReferralCode => "ссылка",
        Named::PromoCode => "промокод",
    }
}

async fn enter(hands: &Hands, app: &App, args: OrderAdd) -> anyhow::Result<()> {
    let paid_at = args.paid_at.as_deref().map(instant).transpose()?;
    let line = |line: LineArg| {
        let LineArg { sku, quantity, unit_price } = line;
        EntryLine { sku, quantity, unit_price }
    };
    let entry = Entry {
        key: OrderKey { source: args.source, external_id: args.id },
        number: args.number,
        buyer: args.buyer.buyer,
        referral: args.buyer.referral,
        ordered_at: instant_or(args.ordered_at.as_deref(), paid_at.unwrap_or(app.now()))?,
        paid_at,
        lines: args.lines.into_iter().map(line).collect(),
    };
    let told = add(app, &hands.actor, &entry).await?;
    entered(hands, app, &entry.key, &told, "принят", "уже известен, ничего не изменилось").await
}

async fn give_back(hands: &Hands, app: &App, args: OrderRefund) -> anyhow::Result<()> {
    let key = view(app, &args.id).await?.order.key;
    let mut lines: BTreeMap<u32, u32> = BTreeMap::new();
    for PiecesArg { line_no, quantity } in args.lines {
        anyhow::ensure!(
            lines.insert(line_no, quantity).is_none(),
            "строка {line_no} названа дважды: сложите штуки (--line)"
        );
    }
    let back = GivenBack { id: args.refund, lines, at: instant_or(args.at.as_deref(), app.now())? };
    let told = refund(app, &hands.actor, &key, &back).await?;
    entered(hands, app, &key, &told, "возврат принят", "этот возврат уже принят").await
}

/// Lets the worker do what follows, and shows the order as it stands then.
async fn entered(
    hands: &Hands,
    app: &App,
    key: &OrderKey,
    told: &Received,
    new: &str,
    known: &str,
) -> anyhow::Result<()> {
    app::jobs::run_due(app).await?;
    let order = view(app, &key.to_string()).await?;
    let what = if *told == Received::Accepted { new } else { known };
    hands.output.show(&order, || format!("Заказ {key}: {what}\n\n{}", whole(&order)))
}

fn whole(view: &OrderView) -> String {
    let mut parts = vec![head(view), lines(view)];
    if let Some(plan) = &view.plan {
        let cap = match plan.cap {
            Some(cap) => format!("лимит {}", rub(cap)),
            None if plan.is_capped_by_period => "лимит считается за период".to_owned(),
            None => "без лимита".to_owned(),
        };
        let again = if plan.run > 1 {
            format!(", пересмотрен: {}-й расчёт", plan.run)
        } else {
            String::new()
        };
        parts.push(format!(
            "План {} на {}: обещано {}, {cap}{again}",
            plan.name,
            moment(plan.effective_at),
            rub(plan.maximum)
        ));
    }
    parts.extend(section("Получили", !view.accruals.is_empty(), || accruals(view)));
    parts.extend(section("Не получили", !view.skipped.is_empty(), || skipped(view)));
    parts.extend(section("Не выплачено никому", !view.breakage.is_empty(), || {
        breakage(&view.breakage)
    }));
    parts.extend(section("Возвращено", !view.reversed.is_empty(), || reversed(view)));
    parts.join("\n\n")
}

fn section(title: &str, is_there: bool, text: impl FnOnce() -> String) -> Option<String> {
    is_there.then(|| format!("{title}\n{}", text()))
}

fn head(view: &OrderView) -> String {
    let order = &view.order;
    let state = match view.state {
        OrderState::Created => "создан, не оплачен",
        OrderState::Paid => "оплачен",
        OrderState::Refunded => "возвращён целиком",
        OrderState::Cancelled => "отменён",
    };
    let buyer = match (&view.buyer_code, &view.seller_code) {
        (Some(buyer), _) => format!("партнёр {buyer}"),
        (None, Some(seller)) => format!("покупатель по приглашению {seller}"),
        (None, None) => "покупатель без приглашения".to_owned(),
    };
    let name = order
        .number
        .as_ref()
        .map_or_else(|| order.key.to_string(), |number| format!("{number} ({})", order.key));
    let cancelled = order.cancelled_at.map(|at| format!(", отменён {}", moment(at))).unwrap_or_default();
    format!(
        "Заказ {name}: {state}\n{buyer}; заказан {}, оплачен {}{cancelled}; сумма {}",
        moment(order.ordered_at),
        or_dash(order.paid_at.map(moment)),
        rub(view.total)
    )
}

fn lines(view: &OrderView) -> String {
    let given_back =
        |line_no| -> u32 { view.order.refunds.iter().filter_map(|refund| refund.lines.get(&line_no)).sum() };
    let rows = view.lines.iter().map(|line| {
        let amount = line.unit_price.times(line.quantity).unwrap_or_default();
        vec![
            line.line_no.to_string(),
            line.sku.to_string(),
            line.quantity.to_string(),
            rub(line.unit_price),
            rub(amount),
            given_back(line.line_no).to_string(),
        ]
    });
    table(&["№", "Артикул", ">Штук", ">Цена", ">Сумма", ">Вернули"], rows)
}

fn accruals(view: &OrderView) -> String {
    // What a later judgement took back whole stands below, among what was returned.
    let last = view.plan.as_ref().map_or(1, |plan| plan.run);
    let standing = view.accruals.iter().filter(|one| one.run == last || one.reversed < one.paid);
    let rows = standing.map(|one| {
        vec![
            one.partner_code.to_string(),
            format!("{}, линия {}", one.rule, one.level),
            rub(one.base),
            one.rate.to_string(),
            rub(one.raw),
            rub(one.paid),
            rub(one.reversed),
            moment(one.available_at),
        ]
    });
    table(
        &["Партнёр", "За что", ">База", ">Ставка", ">До лимита", ">Начислено", ">Сторно", "Доступно с"],
        rows,
    )
}

fn skipped(view: &OrderView) -> String {
    let rows = view
        .skipped
        .iter()
        .map(|one| vec![one.partner_code.to_string(), one.rule.to_string(), one.why_ru.clone()]);
    table(&["Партнёр", "Правило", "Почему"], rows)
}

fn breakage(parts: &[Breakage]) -> String {
    let rows = parts.iter().map(|part| {
        vec![
            format!("{}, линия {}", part.rule, part.level),
            explain::breakage(part.reason, Lang::Ru).to_owned(),
            rub(part.amount),
        ]
    });
    table(&["За что", "Почему", ">Сумма"], rows)
}

fn reversed(view: &OrderView) -> String {
    let rows = view
        .reversed
        .iter()
        .map(|one| vec![account(&one.account), cause(&one.cause), moment(one.effective_at), rub(one.amount)]);
    table(&["Со счёта", "Причина", "Когда", ">Сумма"], rows)
}
