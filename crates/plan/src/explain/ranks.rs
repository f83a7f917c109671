//! What opens the next rank, in plain words.

use domain::money::Money;
use domain::text;

use crate::base::Base;
use crate::close::{Condition, Leg, NextRank, Requirement};
use crate::ladder::Measure;
use crate::plan::Plan;
use crate::rank::LegsOf;
use domain::lang::{Lang, Text, plural};

/// What the next rank still takes: one line with its name, then one line for each condition.
pub fn next_rank(plan: &Plan, next: &NextRank, lang: Lang) -> Vec<String> {
    let rank = name(plan, next.rank);
    let head = match next.missing.as_slice() {
        [_, ..] if next.is_kept => {
            text!("чтобы сохранить ранг {rank}, не хватает:", "what is missing to keep rank {rank}:")
        }
        [] => text!("ранг {rank}: все условия выполнены", "rank {rank}: every condition holds"),
        _ => text!("до ранга {rank} не хватает:", "what is missing for rank {rank}:"),
    };
    let lines = next.missing.iter().map(|missing| requirement(plan, missing, lang));
    std::iter::once(head.in_lang(lang).to_owned()).chain(lines).collect()
}

/// One condition of a rank, with what it needs and what there is, as a sentence without a full stop.
pub fn requirement(plan: &Plan, requirement: &Requirement, lang: Lang) -> String {
    let Requirement { condition, needs, has } = requirement;
    let of = match condition {
        Condition::Volume(by) => measure(*by),
        Condition::GroupVolume { max_leg_share: share } => text!(
            "групповой объём, из одной ветки засчитывается не больше {share} нужного",
            "group volume, of which one leg counts up to {share} of what is needed"
        ),
        Condition::Leg { leg: which, of } => leg(*which, *of),
        Condition::People { rank, within, separate_legs } => {
            people(name(plan, *rank), *within, *separate_legs)
        }
        Condition::TenureMonths => Text::new("полных месяцев с вступления", "whole months since joining"),
        Condition::Active => {
            let words = if requirement.is_met() {
                Text::new("активность есть", "active")
            } else {
                Text::new("нужна активность на конец периода", "must be active as the period ends")
            };
            return words.in_lang(lang).to_owned();
        }
    };
    let (ru, en) = (of.in_lang(Lang::Ru), of.in_lang(Lang::En));
    let [needs, has, left] = [*needs, *has, needs.saturating_sub(*has).max(0)]
        .map(|size| if is_volume(condition) { in_units(plan, size) } else { text!("{size}", "{size}") });
    let said = |lang| [&needs, &has, &left].map(|size| size.in_lang(lang).to_owned());
    let [needs_ru, has_ru, left_ru] = said(Lang::Ru);
    let [needs_en, has_en, left_en] = said(Lang::En);
    let words = if requirement.is_met() {
        text!("{ru}: нужно {needs_ru}, есть {has_ru}", "{en}: {needs_en} needed, {has_en} there")
    } else {
        text!(
            "{ru}: нужно {needs_ru}, есть {has_ru}, не хватает {left_ru}",
            "{en}: {needs_en} needed, {has_en} there, {left_en} missing"
        )
    };
    words.in_lang(lang).to_owned()
}

fn name(plan: &Plan, rank: usize) -> &str {
    plan.ranks().get(rank).map_or("", |rank| rank.name.as_str())
}

const fn is_volume(condition: &Condition) -> bool {
    matches!(condition, Condition::Volume(_) | Condition::GroupVolume { .. } | Condition::Leg { .. })
}

/// A volume with its unit.
pub(super) fn in_units(plan: &Plan, size: i64) -> Text {
    let [sum_ru, amount] = Money::from_minor(size).in_both();
    if plan.qualify_by() != Base::Volume {
        return text!("{sum_ru}", "{amount} roubles");
    }
    let number = sum_ru.trim_end_matches(['₽', '\u{a0}']);
    let number = number.strip_suffix(",00").unwrap_or(number);
    let whole = size.unsigned_abs();
    let word = if whole.is_multiple_of(100) {
        plural(whole / 100, "балл", "балла", "баллов")
    } else {
        "балла"
    };
    text!("{number}\u{a0}{word}", "{amount} points")
}

pub(super) fn measure(measure: Measure) -> Text {
    match measure {
        Measure::Personal => Text::new("личный объём", "personal volume"),
        Measure::Unrolled => {
            Text::new("личный объём без присоединённого снизу", "personal volume before the roll-up")
        }
        Measure::Customers => Text::new("объём клиентов", "volume of customers"),
        Measure::Frontline => {
            Text::new("личный объём вместе с первой линией", "personal volume and that of the first line")
        }
        Measure::Group => Text::new("групповой объём", "group volume"),
    }
}

fn leg(leg: Leg, of: LegsOf) -> Text {
    let which = match leg {
        Leg::Largest => Text::new("самая большая ветка", "the largest leg"),
        Leg::Second => Text::new("вторая ветка", "the second leg"),
        Leg::OfThree(place) => text!(
            "{place}-е по величине из трёх (большая ветка, вторая, остальные вместе)",
            "number {place} by size of three (largest leg, second, all others together)"
        ),
    };
    let (ru, en) = match of {
        LegsOf::Rolled => return which,
        LegsOf::Unrolled => ("до присоединения объёмов", "before the roll-up"),
        LegsOf::Mixed => (
            "две большие ветки до присоединения объёмов, остальные после",
            "the two largest before the roll-up, the others after it",
        ),
    };
    let [which_ru, which_en] = [Lang::Ru, Lang::En].map(|lang| which.in_lang(lang));
    text!("{which_ru}, {ru}", "{which_en}, {en}")
}

pub(super) fn people(rank: &str, within: Option<u16>, separate_legs: bool) -> Text {
    let (whom_ru, whom_en) = if separate_legs {
        (
            format!("веток с партнёром ранга {rank} и выше"),
            format!("legs with a partner of rank {rank} or above"),
        )
    } else {
        (format!("партнёров ранга {rank} и выше"), format!("partners of rank {rank} or above"))
    };
    match within {
        Some(1) => text!("{whom_ru} в первой линии", "{whom_en} in the first line"),
        Some(levels) => {
            text!("{whom_ru} в пределах линий 1–{levels}", "{whom_en} within levels 1 to {levels}")
        }
        None => text!("{whom_ru} на любой глубине", "{whom_en} at any depth"),
    }
}
