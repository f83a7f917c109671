//! Ranks that nothing asks for, and ranks that nobody can be paid as.

use domain::lang::Text;
use domain::text;
use toml::de::DeValue;

use super::{Whole, items};
use crate::language::findings::Findings;
use crate::language::section::Entry;
use crate::rank::{Conditions, Legs, People, Rank};

pub(super) fn tell(whole: &Whole<'_, '_, '_>, findings: &mut Findings) {
    unused(whole, findings);
    for (place, entry) in items(whole.root, "ranks", findings).into_iter().enumerate() {
        let (below, rest) = whole.ranks.split_at(place.min(whole.ranks.len()));
        if let Some(rank) = rest.first() {
            easier_than_below(entry, rank, below, findings);
        }
    }
}

/// Ranks that no rule names.
fn unused(whole: &Whole<'_, '_, '_>, findings: &mut Findings) {
    let Some(entry) = whole.root.get("ranks") else { return };
    let rules = items(whole.root, "rules", findings);
    if rules.iter().any(|rule| names_a_rank(rule.value.get_ref(), whole.ranks)) {
        return;
    }
    findings.warning(
        entry.span(),
        Text::new("не используются", "not used"),
        Text::new(
            "ни одно правило не называет рангов: на начисления они не влияют",
            "no rule names a rank: they change nothing that is paid",
        ),
        Text::new(
            "назовите ранги в правиле, например rate_table = { … }, либо уберите ranks",
            "name ranks in a rule, as rate_table = { … }, or drop ranks",
        ),
    );
}

/// Whether a rule names a rank, or compares them with each other.
fn names_a_rank(value: &DeValue<'_>, ranks: &[Rank]) -> bool {
    let is_rank = |word: &str| word == "same_rank" || ranks.iter().any(|rank| rank.name == word);
    match value {
        DeValue::String(word) => is_rank(word),
        DeValue::Array(items) => items.iter().any(|item| names_a_rank(item.get_ref(), ranks)),
        DeValue::Table(table) => table.iter().any(|(key, item)| {
            // The name of a rule is not the name of a rank.
            key.get_ref() != "id" && (is_rank(key.get_ref()) || names_a_rank(item.get_ref(), ranks))
        }),
        _ => false,
    }
}

/// Whoever has what a lower rank asks for has the higher one too, so nobody is ever paid as the lower.
fn easier_than_below(entry: Entry<'_, '_>, rank: &Rank, below: &[Rank], findings: &mut Findings) {
    let Some(reach) = rank.reach.as_ref().filter(|reach| **reach != Conditions::default()) else { return };
    let hidden = |lower: &&Rank| {
        lower.reach.as_ref().is_some_and(|lower| *lower != Conditions::default())
            && lower.all_conditions().all(|conditions| implies(conditions, reach))
    };
    let Some(lower) = below.iter().rev().find(hidden) else { return };
    let (higher, lower) = (rank.name.as_str(), lower.name.as_str());
    findings.warning(
        entry.span(),
        text!("не строже, чем у \"{lower}\"", "no harder than \"{lower}\""),
        text!(
            "кто выполнил условия ранга \"{lower}\", выполнил и условия \"{higher}\" выше него: рангом \"{lower}\" не станет никто",
            "who meets the conditions of \"{lower}\" meets those of \"{higher}\" above it too: nobody is paid as \"{lower}\""
        ),
        text!(
            "сделайте условия \"{higher}\" строже либо поменяйте ранги местами",
            "make the conditions of \"{higher}\" harder, or swap the ranks"
        ),
    );
}

/// Whether everybody who meets the one meets the other. What cannot be told from the conditions alone is no.
fn implies(met: &Conditions, asked: &Conditions) -> bool {
    let least = asked
        .least
        .iter()
        .all(|(measure, asked)| met.least.iter().any(|(known, least)| known == measure && least >= asked));
    let share = asked.max_leg_share.is_none_or(|asked| met.max_leg_share.is_some_and(|met| met <= asked));
    let legs =
        asked.legs.as_ref().is_none_or(|asked| met.legs.as_ref().is_some_and(|met| has_legs(met, asked)));
    let people = asked.people.iter().all(|asked| met.people.iter().any(|met| has_people(met, asked)));
    let tenure = asked.tenure_months.is_none_or(|asked| met.tenure_months.is_some_and(|met| met >= asked));
    least && share && legs && people && tenure && (met.active || !asked.active)
}

fn has_legs(met: &Legs, asked: &Legs) -> bool {
    met.of == asked.of
        && met.least.len() == asked.least.len()
        && met.least.iter().zip(&asked.least).all(|(met, asked)| met >= asked)
}

fn has_people(met: &People, asked: &People) -> bool {
    let within = match (met.within, asked.within) {
        (_, None) => true,
        (Some(met), Some(asked)) => met <= asked,
        (None, Some(_)) => false,
    };
    met.rank >= asked.rank
        && met.count >= asked.count
        && within
        && (met.separate_legs || !asked.separate_legs)
}

#[cfg(test)]
mod tests {
    use domain::catalog::Volume;
    use domain::money::Rate;

    use super::*;
    use crate::ladder::Measure;
    use crate::rank::LegsOf;

    fn group(volume: i64, share: Option<u32>) -> Conditions {
        Conditions {
            least: vec![(Measure::Group, Volume(volume))],
            max_leg_share: share.map(|percent| Rate::from_ppm(percent * 10_000)),
            ..Conditions::default()
        }
    }

    fn people(rank: usize, count: u32, within: Option<u16>, separate_legs: bool) -> Conditions {
        Conditions { people: vec![People { rank, count, within, separate_legs }], ..Conditions::default() }
    }

    fn legs(least: &[i64], of: LegsOf) -> Conditions {
        let least = least.iter().map(|volume| Volume(*volume)).collect();
        Conditions { legs: Some(Legs { least, of }), ..Conditions::default() }
    }

    #[test]
    fn conditions_hold_where_harder_ones_hold() {
        let active = || Conditions { active: true, tenure_months: Some(3), ..Conditions::default() };
        for (met, asked, expected) in [
            (group(200, None), group(100, None), true),
            (group(100, None), group(200, None), false),
            (group(100, Some(50)), group(100, None), true),
            (group(100, None), group(100, Some(50)), false),
            (group(100, Some(40)), group(100, Some(50)), true),
            (group(100, Some(60)), group(100, Some(50)), false),
            (people(2, 3, Some(1), true), people(1, 2, Some(2), false), true),
            (people(1, 3, None, false), people(2, 3, None, false), false),
            (people(1, 3, None, false), people(1, 3, Some(2), false), false),
            (people(1, 3, Some(2), false), people(1, 3, None, true), false),
            (people(1, 2, None, false), people(1, 3, None, false), false),
            (legs(&[20, 10], LegsOf::Rolled), legs(&[20, 10], LegsOf::Rolled), true),
            (legs(&[20, 10], LegsOf::Rolled), legs(&[20, 11], LegsOf::Rolled), false),
            (legs(&[20, 10], LegsOf::Rolled), legs(&[20, 10], LegsOf::Mixed), false),
            (legs(&[20, 10], LegsOf::Rolled), legs(&[10], LegsOf::Rolled), false),
            (active(), Conditions { active: true, tenure_months: Some(2), ..Conditions::default() }, true),
            (active(), Conditions { tenure_months: Some(4), ..Conditions::default() }, false),
            (Conditions::default(), Conditions { active: true, ..Conditions::default() }, false),
            (active(), group(1, None), false),
        ] {
            assert_eq!(implies(&met, &asked), expected, "{met:?} {asked:?}");
        }
    }
}
