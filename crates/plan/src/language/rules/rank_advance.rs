//! The keys of `rank_advance`.

use domain::catalog::Volume;
use domain::lang::Text;
use domain::money::Money;
use domain::text;

use super::{Read, Reader};
use crate::language::findings::Findings;
use crate::language::rule::Known;
use crate::language::section::{Entry, Section, refuse_recruiting};
use crate::language::{amounts, bands, values, words};
use crate::rank::{Conditions, People, Rank};
use crate::rules::{PeriodRule, RankAdvance, RuleKind, Skipped, rank_advance};

pub(super) const READER: Reader = Reader { name: rank_advance::NAME, keys: KEYS, has_base: false, read };

const KEYS: &[&str] = &["sums", "skipped", "hold_periods"];

const SKIPPED: &[(&str, Skipped)] = &[("each", Skipped::Each), ("highest", Skipped::Highest)];

fn read(section: &Section<'_, '_>, known: Known<'_>, findings: &mut Findings) -> Option<Read> {
    let sums = section
        .required("sums", "{ silver = \"1000.00\" }", findings)
        .and_then(|entry| sums(entry, known.ranks, findings));
    let skipped = section
        .required("skipped", "\"each\"", findings)
        .and_then(|entry| values::word(entry, SKIPPED, &[], findings));
    let hold_periods = match section.get("hold_periods") {
        Some(entry) => {
            values::whole(entry, 1..=120, findings).and_then(|periods| u16::try_from(periods).ok())
        }
        None => Some(1),
    };
    let advance = RankAdvance { sums: sums?, skipped: skipped?, hold_periods: hold_periods? };
    Some(RuleKind::Period(PeriodRule::RankAdvance(advance)).into())
}

/// Sums by rank. None is paid for joining or for inviting: not for a rank that is named so, and not for one
/// that nothing bought stands behind.
fn sums(entry: Entry<'_, '_>, ranks: &[Rank], findings: &mut Findings) -> Option<Vec<(String, Money)>> {
    let money =
        |entry: Entry<'_, '_>, findings: &mut Findings| amounts::money(entry, Money::LARGEST, findings);
    let sums = bands::by_rank(entry, ranks, money, findings)?;
    let resting = rest_on_goods(ranks);
    for (name, _) in &sums {
        if words::is_recruiting(name) {
            refuse_recruiting(entry.span(), name, findings);
        } else if !ranks.iter().zip(&resting).any(|(rank, rests)| rank.name == *name && *rests) {
            findings.error(
                entry.span(),
                Text::new("за ним нет товара", "no goods behind it"),
                text!(
                    "ранга \"{name}\" достигают без единой покупки, а за одно привлечение людей платить нельзя",
                    "the rank \"{name}\" is reached without anything bought, and nothing may be paid for recruiting alone"
                ),
                text!(
                    "дайте рангу \"{name}\" условие по объёму, например group_volume, или уберите его из sums",
                    "give the rank \"{name}\" a condition on volume, as group_volume, or drop it from sums"
                ),
            );
        }
    }
    Some(sums)
}

/// Of each rank whether something must be bought before anyone reaches it: by himself, by his group, or by
/// those whose ranks it asks for. Ranks that staff give are the company's own word.
fn rest_on_goods(ranks: &[Rank]) -> Vec<bool> {
    let mut resting: Vec<bool> = vec![false; ranks.len()];
    // A rank may ask for people of any other, so what is known grows until nothing changes.
    for _ in ranks {
        resting =
            ranks.iter().map(|rank| rank.reach.as_ref().is_none_or(|reach| rests(reach, &resting))).collect();
    }
    resting
}

fn rests(reach: &Conditions, resting: &[bool]) -> bool {
    let bought = |volume: Volume| volume > Volume(0);
    let people = |people: &People| people.count > 0 && resting.get(people.rank).copied().unwrap_or(false);
    reach.least.iter().any(|(_, least)| bought(*least))
        || reach.legs.iter().flat_map(|legs| &legs.least).any(|least| bought(*least))
        || reach.people.iter().any(people)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ladder::Measure;
    use crate::rank::{Legs, LegsOf};

    fn rank(name: &str, reach: Option<Conditions>) -> Rank {
        Rank { name: name.to_owned(), reach, keep: None }
    }

    fn people(rank: usize) -> Conditions {
        let people = vec![People { rank, count: 3, within: None, separate_legs: true }];
        Conditions { people, ..Conditions::default() }
    }

    fn nobody(rank: usize) -> People {
        People { rank, count: 0, within: None, separate_legs: true }
    }

    fn least(volume: i64) -> Conditions {
        Conditions { least: vec![(Measure::Group, Volume(volume))], ..Conditions::default() }
    }

    #[test]
    fn a_rank_rests_on_goods_only_through_what_is_bought() {
        let legs = Legs { least: vec![Volume(1)], of: LegsOf::Rolled };
        let cases = [
            (None, true, "staff give it"),
            (Some(Conditions::default()), false, "everybody's"),
            (
                Some(Conditions { active: true, tenure_months: Some(12), ..Conditions::default() }),
                false,
                "a fee",
            ),
            (Some(least(0)), false, "a threshold of nothing"),
            (Some(least(1)), true, "a volume"),
            (Some(Conditions { legs: Some(legs), ..Conditions::default() }), true, "legs"),
            (Some(people(1)), false, "people of everybody's rank"),
            (Some(people(4)), true, "people of a rank with a volume"),
            (Some(people(8)), false, "people of its own rank"),
            (Some(Conditions { people: vec![nobody(4)], ..Conditions::default() }), false, "nobody at all"),
            (Some(people(7)), true, "people of people with a volume"),
        ];
        let ranks: Vec<Rank> = cases.iter().map(|(reach, ..)| rank("r", reach.clone())).collect();
        for ((_, expected, what), rests) in cases.iter().zip(rest_on_goods(&ranks)) {
            assert_eq!(rests, *expected, "{what}");
        }
    }

    #[test]
    fn a_sum_for_a_rank_without_goods_is_refused() {
        let given = [Some(Conditions::default()), Some(people(0)), Some(least(1))];
        let names = ["newcomer", "inviter", "seller"];
        let ranks: Vec<Rank> = names.iter().zip(given).map(|(name, reach)| rank(name, reach)).collect();
        let text = "sums = { newcomer = \"1.00\", inviter = \"1.00\", seller = \"1.00\" }";
        let document = toml::de::DeTable::parse(text).expect("TOML");
        let value = document.get_ref().get("sums").expect("there");
        let mut findings = Findings::default();
        sums(Entry { key: "sums", value }, &ranks, &mut findings);
        let (errors, _) = findings.into_diagnostics("x", "sums");
        let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told.iter().all(|line| line.contains("reached without anything bought")), "{told:?}");
    }
}
