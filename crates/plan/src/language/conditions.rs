//! The conditions of a rank.

use domain::catalog::Volume;
use domain::lang::Text;
use domain::money::Rate;
use domain::text;

use super::findings::Findings;
use super::section::{Entry, Section};
use super::{amounts, bands, rates, values};
use crate::ladder::Measure;
use crate::rank::{Conditions, Legs, LegsOf, People, Rank};

/// The keys of a rank, and of what keeps it.
pub(super) const KEYS: &[&str] = &[
    "personal_volume",
    "unrolled_volume",
    "customer_volume",
    "frontline_volume",
    "group_volume",
    "max_leg_share",
    "legs",
    "legs_of",
    "people",
    "tenure_months",
    "active",
];

/// The keys of people that a rank asks for.
pub(super) const PEOPLE_KEYS: &[&str] = &["rank", "count", "within", "separate_legs"];

const LEGS: &str = "[\"24000\", \"18000\", \"9000\"]";
const PEOPLE: &str = "[{ rank = \"silver\", count = 3 }]";

/// The deepest level within which people may be asked for; without `within` there is no limit.
const MOST_LEVELS: u32 = 100;
/// A hundred years.
const MOST_MONTHS: u32 = 1_200;
const MOST_PEOPLE: u32 = 1_000_000;
/// More kinds of people than this, asked for by one rank, are a mistake of the author.
const MOST_KINDS: usize = 8;

/// Reads the conditions in a table; `None` if one of them is wrong.
pub(super) fn read(section: &Section<'_, '_>, ranks: &[Rank], findings: &mut Findings) -> Option<Conditions> {
    let mut least = Vec::new();
    let mut right = true;
    for (key, measure) in Measure::WORDS {
        if let Some(entry) = section.get(key) {
            let size = threshold(entry, findings);
            right &= size.is_some();
            least.extend(size.map(|size| (*measure, size)));
        }
    }
    let max_leg_share = optional(section, "max_leg_share", |entry| share(section, entry, findings));
    let legs = legs(section, findings);
    let people = match section.get("people") {
        Some(entry) => people(entry, ranks, findings),
        None => Some(Vec::new()),
    };
    let tenure_months = optional(section, "tenure_months", |entry| {
        u16::try_from(values::whole(entry, 1..=MOST_MONTHS, findings)?).ok()
    });
    let active = match section.get("active") {
        Some(entry) => values::boolean(entry, findings),
        None => Some(false),
    };
    let conditions = Conditions {
        least,
        max_leg_share: max_leg_share.ok()?,
        legs: legs.ok()?,
        people: people?,
        tenure_months: tenure_months.ok()?,
        active: active?,
    };
    right.then_some(conditions)
}

/// A mistake that the findings tell.
struct Told;

/// The value of a key that may be absent.
fn optional<'t, 'i, T>(
    section: &Section<'t, 'i>,
    key: &str,
    read: impl FnOnce(Entry<'t, 'i>) -> Option<T>,
) -> Result<Option<T>, Told> {
    section.get(key).map(|entry| read(entry).ok_or(Told)).transpose()
}

/// A volume above zero.
pub(super) fn threshold(entry: Entry<'_, '_>, findings: &mut Findings) -> Option<Volume> {
    let size = bands::size(entry, findings)?;
    if size > Volume(0) {
        return Some(size);
    }
    let key = entry.key;
    findings.error(
        entry.span(),
        Text::new("ноль есть у каждого", "everybody has zero"),
        text!("\"{key}\": условие выполнено всегда", "\"{key}\" always holds"),
        Text::new("задайте объём больше нуля или уберите ключ", "ask for more than zero, or drop the key"),
    );
    None
}

/// `max_leg_share = "50%"`, of a group volume that must be asked for.
fn share(section: &Section<'_, '_>, entry: Entry<'_, '_>, findings: &mut Findings) -> Option<Rate> {
    if section.get("group_volume").is_none() {
        findings.error(
            entry.span(),
            Text::new("доля чего?", "a share of what?"),
            Text::new(
                "max_leg_share ограничивает одну ветку в group_volume, а его здесь нет",
                "max_leg_share limits one leg in group_volume, which is not there",
            ),
            Text::new("добавьте: group_volume = \"10000\"", "add: group_volume = \"10000\""),
        );
        return None;
    }
    let share = amounts::rate(entry, findings)?;
    if share > Rate::ZERO {
        return Some(share);
    }
    findings.error(
        entry.span(),
        Text::new("ноль", "zero"),
        Text::new("ни одна ветка не засчитывается", "no leg counts at all"),
        Text::new(
            "доля больше нуля, например \"50%\"; без веток меряют personal_volume",
            "use a share above zero, as \"50%\"; without legs ask for personal_volume",
        ),
    );
    None
}

/// `legs_of`, which goes with `legs`.
fn legs(section: &Section<'_, '_>, findings: &mut Findings) -> Result<Option<Legs>, Told> {
    let of = match section.get("legs_of") {
        Some(entry) => values::word(entry, LegsOf::WORDS, &[], findings),
        None => Some(LegsOf::Rolled),
    };
    if let (None, Some(entry)) = (section.get("legs"), section.get("legs_of")) {
        findings.error(
            entry.span(),
            Text::new("каких веток?", "which legs?"),
            Text::new("legs_of без legs ничего не значит", "legs_of means nothing without legs"),
            text!("добавьте: legs = {LEGS}", "add: legs = {LEGS}"),
        );
        return Err(Told);
    }
    optional(section, "legs", |entry| Some(Legs { least: least_legs(entry, findings)?, of: of? }))
}

/// `legs = ["24000", "18000", "9000"]`.
fn least_legs(entry: Entry<'_, '_>, findings: &mut Findings) -> Option<Vec<Volume>> {
    let items = values::list(entry, LEGS, findings)?;
    let least: Vec<Volume> = items.iter().filter_map(|item| threshold(*item, findings)).collect();
    if least.len() < items.len() {
        return None;
    }
    let two_ascend = matches!(least.as_slice(), [largest, second] if largest < second);
    if least.len() > 3 || two_ascend {
        findings.error(
            entry.span(),
            Text::new("не те ветки", "not fit for legs"),
            Text::new(
                "legs: от одного до трёх объёмов: самой большой ветки, второй, всех остальных вместе; вторая не больше первой",
                "legs are one to three volumes: of the largest leg, of the second, of all others together; the second is never above the first",
            ),
            text!("напишите: legs = {LEGS}", "write: legs = {LEGS}"),
        );
        return None;
    }
    Some(least)
}

/// `people = [{ rank = "silver", count = 3, within = 2, separate_legs = true }]`.
fn people(entry: Entry<'_, '_>, ranks: &[Rank], findings: &mut Findings) -> Option<Vec<People>> {
    let items = values::list(entry, PEOPLE, findings)?;
    if items.len() > MOST_KINDS {
        findings.error(
            entry.span(),
            Text::new("слишком много", "too many"),
            text!(
                "в people больше {MOST_KINDS} условий",
                "there are more than {MOST_KINDS} conditions in people"
            ),
            Text::new("сократите список", "shorten the list"),
        );
        return None;
    }
    let read: Vec<People> = items.iter().filter_map(|item| some_people(*item, ranks, findings)).collect();
    (read.len() == items.len()).then_some(read)
}

fn some_people(entry: Entry<'_, '_>, ranks: &[Rank], findings: &mut Findings) -> Option<People> {
    let section = Section::of(entry, PEOPLE_KEYS, findings)?;
    let rank = section.required("rank", "\"silver\"", findings).and_then(|entry| {
        let name = values::string(entry, "\"silver\"", findings)?;
        let place = ranks.iter().position(|rank| rank.name == name);
        if place.is_none() {
            rates::unknown_rank(entry.span(), name, ranks, findings);
        }
        place
    });
    let count = section.required("count", "3", findings);
    let count = count.and_then(|entry| values::whole(entry, 1..=MOST_PEOPLE, findings));
    let within = optional(&section, "within", |entry| {
        u16::try_from(values::whole(entry, 1..=MOST_LEVELS, findings)?).ok()
    });
    let separate_legs = match section.get("separate_legs") {
        Some(entry) => values::boolean(entry, findings),
        None => Some(false),
    };
    Some(People { rank: rank?, count: count?, within: within.ok()?, separate_legs: separate_legs? })
}
