//! The ranks of a plan: names only, which staff give; or what reaches each.

use domain::lang::Text;
use domain::text;
use toml::de::DeValue;

use super::findings::Findings;
use super::section::{Entry, Section};
use super::{conditions, values};
use crate::rank::Rank;

const EXAMPLE: &str = "[\"member\", \"silver\"]";

/// More ranks than this are a mistake of the author.
const MOST_RANKS: usize = 100;

/// Reads `ranks = ["member", "silver"]` or the tables `[[ranks]]`, low to high.
pub(super) fn read(root: &Section<'_, '_>, findings: &mut Findings) -> Vec<Rank> {
    let Some(entry) = root.get("ranks") else {
        return Vec::new();
    };
    let items = values::list(entry, EXAMPLE, findings).unwrap_or_default();
    if items.len() > MOST_RANKS {
        findings.error(
            entry.span(),
            Text::new("слишком много", "too many"),
            text!("рангов больше {MOST_RANKS}", "there are more than {MOST_RANKS} ranks"),
            Text::new("сократите список", "shorten the list"),
        );
        return Vec::new();
    }
    if items.iter().any(|item| matches!(item.value.get_ref(), DeValue::Table(_))) {
        return tables(&items, findings);
    }
    let mut ranks: Vec<Rank> = Vec::new();
    for item in items {
        add(item, &mut ranks, findings);
    }
    ranks
}

/// Adds a rank without conditions; notes a name that is not fit or was given before.
fn add(entry: Entry<'_, '_>, ranks: &mut Vec<Rank>, findings: &mut Findings) -> Option<usize> {
    let name = values::name(entry, "\"silver\"", findings)?;
    if ranks.iter().any(|rank| rank.name == name) {
        findings.error(
            entry.span(),
            Text::new("уже есть", "already there"),
            text!("ранг \"{name}\" назван дважды", "the rank \"{name}\" is named twice"),
            Text::new(
                "назовите каждый ранг один раз, от низшего к высшему",
                "name each rank once, low to high",
            ),
        );
        return None;
    }
    ranks.push(Rank { name: name.to_owned(), reach: None, keep: None });
    Some(ranks.len() - 1)
}

/// The keys of a rank.
pub(super) fn keys() -> Vec<&'static str> {
    ["name", "staff_only", "keep"].into_iter().chain(conditions::KEYS.iter().copied()).collect()
}

/// Reads tables: all names first, since a condition may name a rank that stands below it.
fn tables(items: &[Entry<'_, '_>], findings: &mut Findings) -> Vec<Rank> {
    let keys = keys();
    let mut ranks: Vec<Rank> = Vec::new();
    let mut named: Vec<(usize, Section<'_, '_>)> = Vec::new();
    for item in items {
        let Some(section) = Section::of(*item, &keys, findings) else {
            continue;
        };
        let entry = section.required("name", "\"silver\"", findings);
        let place = entry.and_then(|entry| add(entry, &mut ranks, findings));
        named.extend(place.map(|place| (place, section)));
    }
    for (place, section) in &named {
        let terms = terms(*place, section, &ranks, findings);
        if let (Some(rank), Some((reach, keep))) = (ranks.get_mut(*place), terms) {
            rank.reach = reach;
            rank.keep = keep;
        }
    }
    ranks
}

type Terms = (Option<crate::Conditions>, Option<crate::Conditions>);

fn terms(place: usize, section: &Section<'_, '_>, ranks: &[Rank], findings: &mut Findings) -> Option<Terms> {
    let staff_only = match section.get("staff_only") {
        Some(entry) => values::boolean(entry, findings)?,
        None => false,
    };
    if staff_only {
        refuse_beside_staff(section, findings);
        return Some((None, None));
    }
    let keep = section.get("keep").and_then(|entry| {
        let keep = Section::of(entry, conditions::KEYS, findings)?;
        conditions::read(&keep, ranks, findings)
    });
    let reach = conditions::read(section, ranks, findings)?;
    if place > 0 && reach == crate::Conditions::default() {
        everybody_has(section, findings);
    }
    Some((Some(reach), keep))
}

/// What only staff give has no conditions.
fn refuse_beside_staff(section: &Section<'_, '_>, findings: &mut Findings) {
    for key in ["keep"].iter().chain(conditions::KEYS) {
        if let Some(entry) = section.get(key) {
            findings.error(
                entry.span(),
                Text::new("лишнее условие", "a condition too many"),
                text!(
                    "ранг даёт только сотрудник (staff_only), условие \"{key}\" ничего не изменит",
                    "only staff give this rank (staff_only), so \"{key}\" changes nothing"
                ),
                text!("уберите {key} или staff_only", "drop {key} or staff_only"),
            );
        }
    }
}

/// A rank that everybody has hides those below it.
fn everybody_has(section: &Section<'_, '_>, findings: &mut Findings) {
    findings.warning(
        section.place(),
        Text::new("без условий", "no conditions"),
        Text::new(
            "этот ранг есть у каждого, поэтому ниже его не окажется никто",
            "everybody has this rank, so nobody will be paid as one below it",
        ),
        Text::new(
            "задайте условие или напишите: staff_only = true",
            "give it a condition, or write: staff_only = true",
        ),
    );
}
