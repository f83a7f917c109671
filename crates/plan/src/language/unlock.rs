//! How levels open.

use domain::text;
use toml::de::DeValue;

use super::findings::Findings;
use super::section::{Entry, Section};
use super::values;
use crate::unlock::{Tier, Unlock};
use domain::lang::Text;

/// The keys of an unlock.
pub(super) const KEYS: &[&str] = &["tiers"];

/// The keys of a tier.
pub(super) const TIER: &[&str] = &["min_active", "max_level"];

/// Reads `"one_to_one"` or `{ tiers = […] }`; the number of levels is for a warning only.
pub(super) fn read(entry: Entry<'_, '_>, levels: Option<u16>, findings: &mut Findings) -> Option<Unlock> {
    if matches!(entry.value.get_ref(), DeValue::Table(_)) {
        let section = Section::of(entry, KEYS, findings)?;
        let tiers = section.required("tiers", TIERS, findings)?;
        return read_tiers(tiers, levels, findings).map(Unlock::Tiers);
    }
    values::word(entry, &[("one_to_one", ())], &[], findings).map(|()| Unlock::OneToOne)
}

const TIERS: &str = "[{ min_active = 1, max_level = 3 }, { min_active = 3, max_level = 12 }]";

fn read_tiers(entry: Entry<'_, '_>, levels: Option<u16>, findings: &mut Findings) -> Option<Vec<Tier>> {
    let items = values::list(entry, TIERS, findings)?;
    let mut tiers: Vec<Tier> = Vec::new();
    for item in &items {
        let Some(tier) = tier(*item, findings) else {
            continue;
        };
        let ascends =
            |before: &Tier| before.min_active < tier.min_active && before.max_level < tier.max_level;
        if !tiers.last().is_none_or(ascends) {
            findings.error(
                item.span(),
                Text::new("не выше предыдущей", "not above the one before"),
                Text::new("ступени должны возрастать", "the tiers must ascend"),
                Text::new(
                    "у каждой следующей ступени и min_active, и max_level больше, чем у предыдущей",
                    "both min_active and max_level must be greater than in the tier before",
                ),
            );
        }
        tiers.push(tier);
    }
    if let (Some(last), Some(levels)) = (tiers.last(), levels)
        && last.max_level < levels
    {
        let never = last.max_level + 1;
        findings.warning(
            entry.span(),
            text!("выше {} линии нет ступени", "no tier above level {}", last.max_level),
            text!(
                "линии с {never} по {levels} не открываются никогда",
                "levels {never} to {levels} never open"
            ),
            text!(
                "доведите последнюю ступень до max_level = {levels} или уберите лишние ставки",
                "let the last tier reach max_level = {levels}, or drop the rates beyond"
            ),
        );
    }
    (tiers.len() == items.len()).then_some(tiers)
}

fn tier(item: Entry<'_, '_>, findings: &mut Findings) -> Option<Tier> {
    let section = Section::of(item, TIER, findings)?;
    let min_active = section
        .required("min_active", "1", findings)
        .and_then(|entry| values::whole(entry, 0..=1_000_000, findings));
    let max_level = section
        .required("max_level", "3", findings)
        .and_then(|entry| values::whole(entry, 1..=100, findings))
        .and_then(|level| u16::try_from(level).ok());
    Some(Tier { min_active: min_active?, max_level: max_level? })
}
