//! `nanorem plan diff`: two plans over the company's own history.

use app::backtest::{Backtest, Diff, Months, Side, diff};
use domain::money::Money;
use plan::Ratio;

use crate::Hands;
use crate::cli::DiffArgs;
use crate::output::{list, or_dash, percent, rub, table};

pub(super) async fn show(hands: &Hands, args: &DiffArgs) -> anyhow::Result<()> {
    let (before, after) = (super::named(hands, &args.before).await?, super::named(hands, &args.after).await?);
    let months = Months { first: args.from, last: args.to };
    let shown = diff(&hands.app().await?, &before, &after, months).await?;
    hands.output.show(&shown, || text(&shown, args.top))
}

fn text(shown: &Diff, top: usize) -> String {
    let (before, after) = (&shown.before, &shown.after);
    let names = names(before, after);
    let mut parts = vec![
        format!("С {} по {} включительно. Ничего не начислено и не записано.", shown.from, shown.to),
        totals(before, after, &names),
        breakage(before, after, &names),
        months(before, after, &names),
        format!(
            "Выиграют {} ({}), потеряют {} ({}), без изменений {}",
            shown.winners.partners.len(),
            signed(shown.winners.amount),
            shown.losers.partners.len(),
            signed(shown.losers.amount),
            shown.unchanged
        ),
    ];
    parts.extend(side("Выиграют больше всех", &shown.winners, &names, top));
    parts.extend(side("Потеряют больше всех", &shown.losers, &names, top));
    parts.join("\n\n")
}

/// The headers of the two columns; two versions of one name are told apart.
fn names(before: &Backtest, after: &Backtest) -> [String; 2] {
    if before.plan == after.plan {
        return [format!(">{} (1)", before.plan), format!(">{} (2)", after.plan)];
    }
    [format!(">{}", before.plan), format!(">{}", after.plan)]
}

fn totals(before: &Backtest, after: &Backtest, [one, other]: &[String; 2]) -> String {
    let (one_of, other_of) = (&before.total, &after.total);
    let money = |name: &str, one: Money, other: Money| {
        vec![name.to_owned(), rub(one), rub(other), signed(other - one)]
    };
    let ratio = |name: &str, one: Option<Ratio>, other: Option<Ratio>| {
        let shown = |ratio: Option<Ratio>| or_dash(ratio.map(percent));
        vec![name.to_owned(), shown(one), shown(other), points(one, other)]
    };
    let count = |name: &str, one: u64, other: u64| {
        vec![name.to_owned(), one.to_string(), other.to_string(), String::new()]
    };
    let rows = [
        count("Оплаченных заказов", one_of.orders, other_of.orders),
        money("Оборот", one_of.turnover, other_of.turnover),
        money("Маржа", one_of.margin, other_of.margin),
        money("С заказов", one_of.commissions, other_of.commissions),
        money("По правилам периода", one_of.bonuses, other_of.bonuses),
        money("Снято лимитами периода", one_of.taken_back, other_of.taken_back),
        money("К выплате", one_of.paid, other_of.paid),
        ratio("  от оборота", one_of.of_turnover, other_of.of_turnover),
        ratio("  от маржи", one_of.of_margin, other_of.of_margin),
        money("Лимит срезал", one_of.cap.amount, other_of.cap.amount),
        count("  в заказах", one_of.cap.orders, other_of.cap.orders),
        count("  в месяцах при закрытии", one_of.cap.months, other_of.cap.months),
        count("  партнёров по лимиту партнёра", one_of.cap.partners, other_of.cap.partners),
        money("Осталось в пулах", one_of.pool_left, other_of.pool_left),
    ];
    table(&["", one, other, ">Разница"], rows)
}

fn breakage(before: &Backtest, after: &Backtest, [one, other]: &[String; 2]) -> String {
    let mut words: Vec<&'static str> = before.breakage.keys().chain(after.breakage.keys()).copied().collect();
    words.sort_unstable();
    words.dedup();
    let rows = words.into_iter().map(|word| {
        let of = |tried: &Backtest| tried.breakage.get(word).copied().unwrap_or_default();
        vec![reason(word).to_owned(), rub(of(before)), rub(of(after)), signed(of(after) - of(before))]
    });
    list(&["Не выплачено, потому что", one, other, ">Разница"], rows, "Обещанное планами выплачено целиком")
}

fn months(before: &Backtest, after: &Backtest, [one, other]: &[String; 2]) -> String {
    let rows = before.months.iter().zip(&after.months).map(|(one, other)| {
        let share = |ratio: Option<Ratio>| or_dash(ratio.map(percent));
        vec![
            one.period.to_string(),
            rub(one.figures.turnover),
            rub(one.figures.paid),
            share(one.figures.of_turnover),
            rub(other.figures.paid),
            share(other.figures.of_turnover),
        ]
    });
    table(&["Месяц", ">Оборот", one, ">от оборота", other, ">от оборота"], rows)
}

fn side(title: &str, side: &Side, [one, other]: &[String; 2], top: usize) -> Option<String> {
    if side.partners.is_empty() || top == 0 {
        return None;
    }
    let rows = side.partners.iter().take(top).map(|partner| {
        vec![
            partner.partner_code.to_string(),
            rub(partner.before),
            rub(partner.after),
            signed(partner.difference),
        ]
    });
    let more = side.partners.len().saturating_sub(top);
    let more = if more > 0 { format!("\n… и ещё {more} (--top, --json)") } else { String::new() };
    Some(format!("{title}\n{}{more}", table(&["Партнёр", one, other, ">Разница"], rows)))
}

fn signed(money: Money) -> String {
    if money.is_positive() { format!("+{}", rub(money)) } else { rub(money) }
}

/// The difference of two shares in percentage points.
fn points(one: Option<Ratio>, other: Option<Ratio>) -> String {
    let (Some(one), Some(other)) = (one, other) else {
        return String::new();
    };
    let by = other.ppm() - one.ppm();
    let sign = match by.signum() {
        1 => "+",
        -1 => "−",
        _ => "",
    };
    // Half up to a hundredth of a point.
    let hundredths = (by.abs() + 50) / 100;
    format!("{sign}{},{:02} п. п.", hundredths / 100, hundredths % 100)
}

/// What people call a reason why something is not paid.
pub(super) fn reason(word: &str) -> &str {
    match word {
        "no_sponsor" => "выше никого нет",
        "broken_away" => "группа отделилась",
        "inactive" => "получатель не активен",
        "level_closed" => "линия не открыта",
        "below_rank" => "ранг даёт меньше или ничего",
        "held" => "начисления приостановлены",
        "over_cap" => "срезано лимитом",
        "carried_over" => "срезано лимитом, перенесено",
        "to_pool" => "срезано лимитом, ушло в пул",
        "nobody" => "некому получить",
        other => other,
    }
}
