//! Ranks and the roll-up in words.

use domain::lang::Text;
use domain::text;

use super::{base, both};
use crate::explain::ranks::{in_units, measure, people};
use crate::ladder::{Ladder, Measure};
use crate::plan::Plan;
use crate::rank::{Conditions, Legs, LegsOf, Rank};
use crate::rules::{OrderRule, PeriodRule, Rule, RuleKind};

/// What reaches each rank and keeps it, and whose volume rolls up.
pub(super) fn lines(plan: &Plan) -> Vec<Text> {
    let mut lines = Vec::new();
    if plan.roll_up().is_some() || plan.ranks().iter().any(has_volume) || plan.rules().iter().any(measures) {
        let (ru, en) = base(plan.qualify_by());
        lines.push(text!("Объёмы меряются суммой {ru}", "Volumes are measured in {en}"));
    }
    if let Some(below) = plan.roll_up() {
        let below = in_units(plan, below.0);
        let (ru, en) = both(&below);
        lines.push(text!(
            "Личный объём меньше {ru} за период присоединяется к ближайшему спонсору, у кого столько есть, и все ниже встают под ним",
            "A personal volume of less than {en} in a period joins the nearest sponsor who has as much, and those below hang under him"
        ));
    }
    let ranks = plan.ranks();
    if !ranks.is_empty() && ranks.iter().all(|rank| rank.reach.is_none()) {
        let names = ranks.iter().map(|rank| rank.name.as_str()).collect::<Vec<_>>().join(", ");
        lines.push(text!(
            "Ранги дают сотрудники, от низшего к высшему: {names}",
            "Ranks are given by staff, low to high: {names}"
        ));
        return lines;
    }
    lines.extend(ranks.iter().flat_map(|rank| of_rank(plan, rank)));
    lines
}

/// Whether a rank asks for a volume.
fn has_volume(rank: &Rank) -> bool {
    rank.all_conditions().any(|conditions| !conditions.least.is_empty() || conditions.legs.is_some())
}

/// Whether a rule chooses a rate or a share by the size of a volume.
fn measures(rule: &Rule) -> bool {
    match &rule.kind {
        RuleKind::Order(OrderRule::Personal(_)) | RuleKind::Period(PeriodRule::Personal(_)) => true,
        RuleKind::Period(PeriodRule::Differential(rule)) => matches!(rule.ladder, Ladder::Bands(..)),
        RuleKind::Period(PeriodRule::Pool(pool)) => matches!(pool.shares, crate::rules::Shares::ByVolume(_)),
        _ => false,
    }
}

fn of_rank(plan: &Plan, rank: &Rank) -> Vec<Text> {
    let name = &rank.name;
    let Some(reach) = &rank.reach else {
        return vec![text!("Ранг {name}: дают сотрудники", "Rank {name}: given by staff")];
    };
    let mut lines = all_of(plan, reach, &text!("Ранг {name}", "Rank {name}"));
    if let Some(keep) = &rank.keep {
        lines.extend(all_of(plan, keep, &Text::new("  чтобы сохранить его", "  to keep it")));
    }
    lines
}

/// A heading, then each condition on a line of its own.
fn all_of(plan: &Plan, conditions: &Conditions, heading: &Text) -> Vec<Text> {
    let (ru, en) = both(heading);
    let told = told(plan, conditions);
    if told.is_empty() {
        return vec![text!("{ru}: без условий", "{en}: no conditions")];
    }
    let mut lines = vec![text!("{ru}:", "{en}:")];
    lines.extend(told.iter().map(|line| {
        let (ru, en) = both(line);
        text!("    {ru}", "    {en}")
    }));
    lines
}

fn told(plan: &Plan, conditions: &Conditions) -> Vec<Text> {
    let mut lines: Vec<Text> = Vec::new();
    for (by, least) in &conditions.least {
        let (measured, least) = (measure(*by), in_units(plan, least.0));
        let ((of_ru, of_en), (ru, en)) = (both(&measured), both(&least));
        let share = conditions.max_leg_share.filter(|_| *by == Measure::Group);
        lines.push(match share {
            None => text!("{of_ru} от {ru}", "{of_en} of at least {en}"),
            Some(share) => text!(
                "{of_ru} от {ru}, из одной ветки засчитывается не больше {share} от этого",
                "{of_en} of at least {en}, of which one leg counts up to {share}"
            ),
        });
    }
    lines.extend(conditions.legs.as_ref().map(|asked| legs(plan, asked)));
    for asked in &conditions.people {
        let rank = plan.ranks().get(asked.rank).map_or("", |rank| rank.name.as_str());
        let (whom, count) = (people(rank, asked.within, asked.separate_legs), asked.count);
        let (ru, en) = both(&whom);
        lines.push(text!("{ru}: от {count}", "{en}: at least {count}"));
    }
    if let Some(months) = conditions.tenure_months {
        lines.push(text!(
            "полных месяцев с вступления: от {months}",
            "whole months since joining: at least {months}"
        ));
    }
    if conditions.active {
        lines.push(Text::new("активность на конец периода", "active as the period ends"));
    }
    lines
}

fn legs(plan: &Plan, legs: &Legs) -> Text {
    let sizes: Vec<Text> = legs.least.iter().map(|least| in_units(plan, least.0)).collect();
    let ru = sizes.iter().map(|size| both(size).0).collect::<Vec<_>>().join(", ");
    let en = sizes.iter().map(|size| both(size).1).collect::<Vec<_>>().join(", ");
    let (of_ru, of_en) = match legs.of {
        LegsOf::Rolled => ("", ""),
        LegsOf::Unrolled => (" (до присоединения объёмов)", " (before the roll-up)"),
        LegsOf::Mixed => (
            " (две большие до присоединения объёмов, остальные после)",
            " (the two largest before the roll-up, the others after it)",
        ),
    };
    text!(
        "ветки от самой большой, третьей — все остальные вместе: {ru}{of_ru}",
        "legs from the largest on, the third all others together: {en}{of_en}"
    )
}
