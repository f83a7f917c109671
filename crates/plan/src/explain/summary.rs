//! A plan in words.

mod bands;
mod caps;
mod climb;
mod earnings;
mod leaders;
mod placed;
mod ranks;
mod rules;

use std::fmt::Write;

use domain::activity::FeeKind;
use domain::lang::{Lang, Text, plural};
use domain::money::{Money, Rounding};
use domain::text;

use crate::base::Base;
use crate::plan::{Effective, Plan};

/// What a plan says, every term of it, in plain words.
pub fn summary(plan: &Plan, lang: Lang) -> String {
    let mut lines = head(plan);
    lines.extend(ranks::lines(plan));
    lines.extend(plan.rules().iter().flat_map(|rule| rules::lines(plan, rule)));
    lines.extend(caps::lines(plan));
    let mut words = String::new();
    for line in &lines {
        // Writing to a string cannot fail.
        let _ = writeln!(words, "{}", line.in_lang(lang));
    }
    words
}

/// What a plan says of itself: its name, dates, kopecks and fees.
fn head(plan: &Plan) -> Vec<Text> {
    let name = plan.name();
    let (title_ru, title_en) = (plan.title_ru(), plan.title_en());
    let days = plan.hold_days();
    let word = plural(u64::from(days), "день", "дня", "дней");
    let mut lines = vec![
        Text::new(format!("{title_ru} ({name})"), format!("{title_en} ({name})")),
        effective(plan.effective()),
        text!(
            "Деньги доступны через {days} {word} после этой даты",
            "Money is available {days} days after that date"
        ),
    ];
    if let Some(zone) = plan.zone().iana_name() {
        lines.push(text!("Дни и месяцы — по часам {zone}", "Days and months are those of {zone}"));
    }
    lines.push(rounding(plan.rounding()));
    if let Some([value, value_en]) = plan.point_value().map(Money::in_both) {
        lines.push(text!("Балл стоит {value}", "A point is worth {value_en} roubles"));
    }
    for (kind, ru, en) in [(FeeKind::Monthly, "месячная", "monthly"), (FeeKind::Annual, "годовая", "annual")]
    {
        if let Some(fee) = plan.fee(kind) {
            let ([price, price_en], months) = (fee.price.in_both(), fee.months);
            let word = plural(u64::from(months), "месяц", "месяца", "месяцев");
            lines.push(text!(
                "Активность {ru}: {price} на {months} {word}",
                "Activity, {en}: {price_en} roubles for {months} month(s)"
            ));
        }
    }
    lines
}

fn effective(effective: Effective) -> Text {
    match effective {
        Effective::PaidAt => {
            Text::new("Заказ считается по дате оплаты", "An order counts by the date of its payment")
        }
        Effective::OrderedAt => Text::new(
            "Заказ считается по дате оформления",
            "An order counts by the date on which it was placed",
        ),
        Effective::DeliveredAt => {
            Text::new("Заказ считается по дате доставки", "An order counts by the date of its delivery")
        }
    }
}

fn rounding(rounding: Rounding) -> Text {
    match rounding {
        Rounding::HalfUp => Text::new(
            "Суммы округляются до копейки, половина — вверх",
            "Sums are rounded to the kopeck, half a kopeck up",
        ),
        Rounding::HalfEven => Text::new(
            "Суммы округляются до копейки, половина — к чётной",
            "Sums are rounded to the kopeck, half a kopeck to the even one",
        ),
        Rounding::Down => {
            Text::new("Суммы округляются до копейки вниз", "Sums are rounded down to the kopeck")
        }
    }
}

/// Of what a share is taken.
const fn base(base: Base) -> (&'static str, &'static str) {
    match base {
        Base::Turnover => ("оборота", "turnover"),
        Base::Margin => ("маржи", "margin"),
        Base::Volume => ("баллов", "points"),
    }
}

/// Both wordings of a text.
fn both(text: &Text) -> (&str, &str) {
    (text.in_lang(Lang::Ru), text.in_lang(Lang::En))
}

/// Values by rank, as `silver 5%, gold 7%`.
fn by_rank<T: std::fmt::Display>(table: &[(String, T)]) -> String {
    table.iter().map(|(rank, value)| format!("{rank} {value}")).collect::<Vec<_>>().join(", ")
}
