//! The rules of a plan in words.

use domain::lang::Text;
use domain::text;

use super::{bands, base, both, caps, climb, earnings, leaders, placed};
use crate::plan::Plan;
use crate::rules::{FastStart, FastStartWhen, OrderRule, PeriodRule, Products, Rule, RuleKind};

/// One rule: what it pays and when, then its terms.
pub(super) fn lines(plan: &Plan, rule: &Rule) -> Vec<Text> {
    let what = what(rule);
    let ((what_ru, what_en), id) = (both(&what), &rule.id);
    let (when_ru, when_en) = match &rule.kind {
        RuleKind::Order(_) => ("при оплате заказа", "when an order is paid"),
        RuleKind::Period(_) => ("при закрытии периода", "at the close of a period"),
    };
    let mut lines = vec![text!("Правило {id}, {when_ru}: {what_ru}", "Rule {id}, {when_en}: {what_en}")];
    lines.extend(rule.products.as_ref().map(products));
    lines.extend(terms(plan, &rule.kind));
    lines.extend(rule.cap.map(|cap| caps::of_rule(cap, rule.base)));
    lines
}

/// What a rule pays, by its kind.
fn what(rule: &Rule) -> Text {
    let (ru, en) = base(rule.base);
    match &rule.kind {
        RuleKind::Order(OrderRule::Level(_)) | RuleKind::Period(PeriodRule::Level(_)) => {
            text!("ставки по линиям от {ru}", "rates by level of the {en}")
        }
        RuleKind::Order(OrderRule::FastStart(_)) => {
            text!("быстрый старт, ставки по линиям от {ru}", "a fast start, rates by level of the {en}")
        }
        RuleKind::Order(OrderRule::RetailMargin(_)) => Text::new("розничная наценка", "the retail margin"),
        RuleKind::Order(OrderRule::Personal(_)) | RuleKind::Period(PeriodRule::Personal(_)) => {
            text!("личный бонус от {ru}", "a personal bonus of the {en}")
        }
        RuleKind::Period(PeriodRule::Matching(_)) => Text::new(
            "доля комиссий лично приглашённых",
            "a share of the commissions of those personally invited",
        ),
        RuleKind::Period(PeriodRule::Differential(_)) => {
            text!("разница процентов от {ru}", "the difference of percentages, of the {en}")
        }
        RuleKind::Period(PeriodRule::SameLevel(_)) => {
            text!("минимум с первой линии от {ru}", "a floor from the first line, of the {en}")
        }
        RuleKind::Period(PeriodRule::Generation(_)) => {
            text!("поколения лидеров, ставки от {ru}", "generations of leaders, rates of the {en}")
        }
        RuleKind::Period(PeriodRule::Infinity(_)) => {
            text!("бонус без ограничения глубины от {ru}", "a bonus of unlimited depth, of the {en}")
        }
        RuleKind::Period(PeriodRule::Breakaway(_)) => {
            text!(
                "отделение лидеров, ставки от {ru} группы",
                "breakaway of leaders, rates of the {en} of a group"
            )
        }
        RuleKind::Period(PeriodRule::Pool(_)) => {
            text!("пул от {ru} всей компании", "a pool of the {en} of the whole company")
        }
        RuleKind::Period(PeriodRule::RankAdvance(_)) => {
            Text::new("премия за ранг, один раз", "a bonus for a rank, once")
        }
        RuleKind::Period(PeriodRule::Award(_)) => Text::new("подарок, один раз", "an award, once"),
        RuleKind::Period(PeriodRule::Binary(_)) => {
            text!("бинар, доля от {ru} двух веток", "a binary, of the {en} of two legs")
        }
        RuleKind::Period(PeriodRule::Matrix(_)) => {
            text!("матрица, ставки по линиям от {ru}", "a matrix, rates by level of the {en}")
        }
    }
}

fn terms(plan: &Plan, kind: &RuleKind) -> Vec<Text> {
    match kind {
        RuleKind::Order(OrderRule::Level(walk)) | RuleKind::Period(PeriodRule::Level(walk)) => {
            climb::lines(walk)
        }
        RuleKind::Order(OrderRule::FastStart(fast_start)) => {
            let mut lines = vec![when(fast_start)];
            lines.extend(climb::lines(&fast_start.climb));
            lines
        }
        RuleKind::Order(OrderRule::RetailMargin(retail)) => earnings::retail_margin(retail),
        RuleKind::Order(OrderRule::Personal(personal)) => bands::personal(plan, personal, true),
        RuleKind::Period(PeriodRule::Personal(personal)) => bands::personal(plan, personal, false),
        RuleKind::Period(PeriodRule::Matching(matching)) => earnings::matching(matching),
        RuleKind::Period(PeriodRule::Differential(differential)) => bands::differential(plan, differential),
        RuleKind::Period(PeriodRule::SameLevel(same_level)) => bands::same_level(same_level),
        RuleKind::Period(PeriodRule::Generation(generation)) => leaders::generation(generation),
        RuleKind::Period(PeriodRule::Infinity(infinity)) => leaders::infinity(infinity),
        RuleKind::Period(PeriodRule::Breakaway(breakaway)) => leaders::breakaway(breakaway),
        RuleKind::Period(PeriodRule::Pool(pool)) => earnings::pool(pool),
        RuleKind::Period(PeriodRule::RankAdvance(advance)) => earnings::rank_advance(advance),
        RuleKind::Period(PeriodRule::Award(award)) => earnings::award(award),
        RuleKind::Period(PeriodRule::Binary(binary)) => placed::binary(binary),
        RuleKind::Period(PeriodRule::Matrix(matrix)) => placed::matrix(matrix),
    }
}

fn products(products: &Products) -> Text {
    let named = |list: &[String], ru: &str, en: &str| {
        let names = list.join(", ");
        (!list.is_empty()).then(|| text!("{ru} {names}", "{en} {names}"))
    };
    let categories = named(&products.categories, "категории", "categories");
    let skus = named(&products.skus, "артикулы", "articles");
    let parts: Vec<Text> = categories.into_iter().chain(skus).collect();
    let ru = parts.iter().map(|part| both(part).0).collect::<Vec<_>>().join("; ");
    let en = parts.iter().map(|part| both(part).1).collect::<Vec<_>>().join("; ");
    text!("  только на товары: {ru}", "  on these goods only: {en}")
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
