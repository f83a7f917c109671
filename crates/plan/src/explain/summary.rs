//! A plan in words.

mod caps;

use domain::text;
use std::fmt::Write;

use domain::activity::FeeKind;

use crate::base::Base;
use crate::climb::{Climb, ClosedLevel};
use crate::compression::Compression;
use crate::plan::{Effective, Plan};
use crate::rates::Rates;
use crate::rules::{FastStart, FastStartWhen, OrderRule, Rule};
use crate::unlock::Unlock;
use domain::lang::{Lang, Text};

/// What a plan says, a few lines in plain words.
pub fn summary(plan: &Plan, lang: Lang) -> String {
    let mut words = String::new();
    let mut line = |text: &Text| {
        // Writing to a string cannot fail.
        let _ = writeln!(words, "{}", text.in_lang(lang));
    };
    let (name, title) = (plan.name(), plan.title(lang));
    line(&text!("{title} ({name})", "{title} ({name})"));
    line(&effective(plan.effective()));
    let days = plan.hold_days();
    line(&text!(
        "Деньги доступны через {days} дней после этой даты",
        "Money is available {days} days after that date"
    ));
    for (kind, ru, en) in [(FeeKind::Monthly, "месячная", "monthly"), (FeeKind::Annual, "годовая", "annual")]
    {
        if let Some(fee) = plan.fee(kind) {
            let (price, months) = (fee.price, fee.months);
            line(&text!(
                "Активность {ru}: {price} руб. на {months} мес.",
                "Activity, {en}: {price} roubles for {months} month(s)"
            ));
        }
    }
    for rule in plan.rules() {
        for text in rule_lines(rule) {
            line(&text);
        }
    }
    for text in caps::lines(plan) {
        line(&text);
    }
    words
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

fn rule_lines(rule: &Rule) -> Vec<Text> {
    let id = &rule.id;
    let (ru, en) = base(rule.base);
    let mut lines = vec![text!("Правило {id}: ставки от {ru}", "Rule {id}: rates of the {en}")];
    if let Some(OrderRule::FastStart(fast_start)) = rule.order_rule() {
        lines.push(when(fast_start));
    }
    if let Some(products) = &rule.products {
        let names = [products.categories.as_slice(), products.skus.as_slice()].concat().join(", ");
        lines.push(text!("  только на товары: {names}", "  on these goods only: {names}"));
    }
    lines.extend(rule.climb().map(climb_lines).unwrap_or_default());
    lines.extend(rule.cap.map(|cap| caps::of_rule(cap, rule.base)));
    lines
}

/// The terms of a walk over levels.
fn climb_lines(climb: &Climb) -> Vec<Text> {
    let mut lines = rates(&climb.rates);
    lines.push(compression(&climb.compression));
    lines.extend(unlock(climb));
    if climb.pay_self {
        lines.push(Text::new(
            "  покупатель сам стоит на первой линии",
            "  the buyer himself stands at level 1",
        ));
    }
    if let Some(most) = climb.max_scan {
        lines.push(text!(
            "  просматривается не больше {most} спонсоров",
            "  no more than {most} sponsors are looked at"
        ));
    }
    lines
}

fn base(base: Base) -> (&'static str, &'static str) {
    match base {
        Base::Turnover => ("оборота", "turnover"),
        Base::Margin => ("маржи", "margin"),
        Base::Volume => ("баллов", "points"),
    }
}

fn when(fast_start: &FastStart) -> Text {
    let (ru, en) = if fast_start.replaces_level {
        (", вместо уровневых правил", ", in place of the level rules")
    } else {
        ("", "")
    };
    match fast_start.when {
        FastStartWhen::FirstOrder => {
            text!("  только с первого заказа партнёра{ru}", "  on a partner's first order only{en}")
        }
        FastStartWhen::Days(days) => text!(
            "  только с заказов первых {days} дней после вступления{ru}",
            "  only on orders of the first {days} days after joining{en}"
        ),
    }
}

fn rates(rates: &Rates) -> Vec<Text> {
    let joined = |list: &[domain::money::Rate]| {
        list.iter().zip(1..).map(|(rate, level)| format!("{level}: {rate}")).collect::<Vec<_>>().join(", ")
    };
    match rates {
        Rates::List(list) => {
            let list = joined(list);
            vec![text!("  по линиям {list}", "  by level {list}")]
        }
        Rates::Table(table) => table
            .iter()
            .map(|(rank, list)| {
                let list = joined(list);
                text!("  ранг {rank} по линиям {list}", "  rank {rank} by level {list}")
            })
            .collect(),
    }
}

fn compression(compression: &Compression) -> Text {
    match compression {
        Compression::None => Text::new(
            "  каждый спонсор занимает линию, неактивный ничего не получает",
            "  every sponsor takes a level; an inactive one earns nothing",
        ),
        Compression::SkipInactive => Text::new(
            "  неактивные пропускаются, линию занимает следующий активный",
            "  the inactive are passed over; the next active sponsor takes the level",
        ),
        Compression::SkipBelowRank { min_rank, .. } => text!(
            "  линии занимают только спонсоры от ранга {min_rank}",
            "  only sponsors of rank {min_rank} and above take levels"
        ),
        Compression::Dynamic => Text::new(
            "  линия достаётся ближайшему, кто может её получить",
            "  a level goes to the nearest sponsor who may earn it",
        ),
        Compression::RollToNext => Text::new(
            "  каждый спонсор занимает линию; что он не может получить, уходит выше",
            "  every sponsor takes a level; what he may not earn goes on up",
        ),
    }
}

fn unlock(climb: &Climb) -> Vec<Text> {
    let mut lines = match &climb.unlock {
        Unlock::Open => return vec![Text::new("  все линии открыты", "  every level is open")],
        Unlock::OneToOne => vec![Text::new(
            "  линия k открыта при k активных личных приглашённых",
            "  level k is open with k active personally invited partners",
        )],
        Unlock::Tiers(tiers) => tiers
            .iter()
            .map(|tier| {
                let (active, level) = (tier.min_active, tier.max_level);
                text!(
                    "  линии до {level} открыты при {active} активных личных приглашённых",
                    "  levels up to {level} are open with {active} active personally invited partners"
                )
            })
            .collect(),
    };
    let passes = climb.closed_level == ClosedLevel::PassUp || climb.compression == Compression::Dynamic;
    lines.push(if passes {
        Text::new("  закрытая линия переходит к следующему", "  a closed level goes to the next sponsor")
    } else {
        Text::new("  закрытая линия сгорает", "  a closed level pays nobody")
    });
    lines
}
