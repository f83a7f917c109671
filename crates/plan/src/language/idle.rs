//! What is allowed and changes nothing, or says less than its author thinks: told, never refused.

mod caps;
mod ranks;

use domain::lang::Text;
use domain::money::Rate;
use domain::text;
use toml::de::DeValue;

use super::cap::ReadCap;
use super::findings::Findings;
use super::rule::ReadRule;
use super::section::{Entry, Section};
use super::values;
use crate::cap::PartnerCap;
use crate::compression::Compression;
use crate::ladder::{Ladder, Measure};
use crate::plan::FeeTerms;
use crate::rank::{Conditions, Rank};
use crate::rules::{OrderRule, PeriodRule, Rule, Shares};
use domain::activity::FeeKind;

/// A plan without mistakes, with its text.
pub(super) struct Whole<'w, 't, 'i> {
    pub(super) root: &'w Section<'t, 'i>,
    pub(super) fees: &'w [(FeeKind, FeeTerms)],
    pub(super) ranks: &'w [Rank],
    pub(super) rules: &'w [ReadRule],
    pub(super) cap: Option<&'w ReadCap>,
    pub(super) partner_cap: Option<&'w PartnerCap>,
}

/// Notes every setting without effect.
pub(super) fn tell(whole: &Whole<'_, '_, '_>, findings: &mut Findings) {
    roll_up(whole, findings);
    qualify_by(whole, findings);
    activity(whole, findings);
    for (entry, read) in items(whole.root, "rules", findings).into_iter().zip(whole.rules) {
        replaces_level(whole, entry, &read.rule, findings);
        exclude_group(whole, entry, findings);
        bands(entry, &read.rule, findings);
    }
    ranks::tell(whole, findings);
    caps::tell(whole, findings);
}

/// The tables of a list at the head of the plan.
fn items<'t, 'i>(root: &Section<'t, 'i>, key: &str, findings: &mut Findings) -> Vec<Entry<'t, 'i>> {
    root.get(key).and_then(|entry| values::list(entry, "[]", findings)).unwrap_or_default()
}

/// A key of a table.
fn key<'t, 'i>(entry: Entry<'t, 'i>, key: &str) -> Option<Entry<'t, 'i>> {
    let DeValue::Table(table) = entry.value.get_ref() else { return None };
    let (key, value) = table.get_key_value(key)?;
    Some(Entry { key: key.get_ref().as_ref(), value })
}

fn changes_nothing() -> Text {
    Text::new("ничего не меняет", "changes nothing")
}

fn roll_up(whole: &Whole<'_, '_, '_>, findings: &mut Findings) {
    let Some(entry) = whole.root.get("roll_up") else { return };
    let at_close = whole.rules.iter().any(|read| read.rule.period_rule().is_some());
    if at_close || whole.ranks.iter().any(|rank| rank.reach.is_some()) {
        return;
    }
    findings.warning(
        entry.span(),
        changes_nothing(),
        Text::new(
            "roll_up поднимает объём при закрытии периода, а при закрытии ничего не начисляется и не меряется",
            "roll_up moves volume at the close of a period, where nothing is paid or measured",
        ),
        Text::new(
            "напишите у правила decided = \"close\" либо уберите roll_up",
            "write decided = \"close\" in a rule, or drop roll_up",
        ),
    );
}

fn qualify_by(whole: &Whole<'_, '_, '_>, findings: &mut Findings) {
    let Some(entry) = whole.root.get("qualify_by") else { return };
    let measures = |rule: &Rule| match (rule.order_rule(), rule.period_rule()) {
        (Some(OrderRule::Personal(_)), _) | (_, Some(PeriodRule::Personal(_))) => true,
        (_, Some(PeriodRule::Differential(differential))) => {
            matches!(differential.ladder, Ladder::Bands(..))
        }
        (_, Some(PeriodRule::Pool(pool))) => matches!(pool.shares, Shares::ByVolume(_)),
        _ => false,
    };
    let asks = |conditions: &Conditions| !conditions.least.is_empty() || conditions.legs.is_some();
    let is_used = whole.root.get("roll_up").is_some()
        || whole.rules.iter().any(|read| measures(&read.rule))
        || whole.ranks.iter().flat_map(Rank::all_conditions).any(asks);
    if !is_used {
        findings.warning(
            entry.span(),
            changes_nothing(),
            Text::new(
                "в плане ничто не меряется объёмом: ни ранги, ни ступени, ни roll_up",
                "nothing in the plan is measured by volume: no rank, no bands, no roll_up",
            ),
            Text::new("уберите qualify_by", "drop qualify_by"),
        );
    }
}

/// Without fees nobody becomes active, so a rule that passes over the inactive passes over everyone.
fn activity(whole: &Whole<'_, '_, '_>, findings: &mut Findings) {
    let skips = |rule: &Rule| {
        let by_matching =
            matches!(rule.period_rule(), Some(PeriodRule::Matching(matching)) if matching.skips_inactive);
        let compression = rule.climb().map(|climb| &climb.compression);
        by_matching || matches!(compression, Some(Compression::SkipInactive | Compression::Dynamic))
    };
    let skipping = whole.rules.iter().map(|read| &read.rule).find(|rule| skips(rule));
    let Some(rule) = skipping.filter(|_| whole.fees.is_empty()) else { return };
    let id = rule.id.as_str();
    findings.warning(
        whole.root.place(),
        Text::new("здесь нет [activity]", "no [activity] here"),
        text!(
            "правило \"{id}\" пропускает неактивных, а взносов, которые делают активным, в плане нет: никто не получит ничего",
            "the rule \"{id}\" passes over the inactive, and the plan has no fees that make active: nobody earns anything"
        ),
        Text::new(
            "добавьте: [activity] и monthly = { price = \"3000.00\", months = 1 }",
            "add: [activity] and monthly = { price = \"3000.00\", months = 1 }",
        ),
    );
}

fn replaces_level(whole: &Whole<'_, '_, '_>, entry: Entry<'_, '_>, rule: &Rule, findings: &mut Findings) {
    let replaces =
        matches!(rule.order_rule(), Some(OrderRule::FastStart(fast_start)) if fast_start.replaces_level);
    let is_level = |read: &ReadRule| matches!(read.rule.order_rule(), Some(OrderRule::Level(_)));
    if let Some(entry) = key(entry, "replaces_level")
        && replaces
        && !whole.rules.iter().any(is_level)
    {
        findings.warning(
            entry.span(),
            Text::new("заменять нечего", "nothing to replace"),
            Text::new(
                "в плане нет правила вида level, которое решается при оплате заказа",
                "the plan has no rule of the kind level that is decided when an order is paid",
            ),
            Text::new("уберите replaces_level", "drop replaces_level"),
        );
    }
}

fn exclude_group(whole: &Whole<'_, '_, '_>, entry: Entry<'_, '_>, findings: &mut Findings) {
    let Some(entry) = key(entry, "exclude_group") else { return };
    let of_group = |measure: &Measure| *measure == Measure::Group;
    let by_rule = |read: &ReadRule| match read.rule.period_rule() {
        Some(PeriodRule::Differential(differential)) => {
            matches!(&differential.ladder, Ladder::Bands(measure, _) if of_group(measure))
        }
        Some(PeriodRule::Pool(pool)) => {
            matches!(&pool.shares, Shares::ByVolume(measure) if of_group(measure))
        }
        _ => false,
    };
    let by_rank = whole.ranks.iter().flat_map(Rank::all_conditions);
    let by_rank = by_rank.flat_map(|conditions| &conditions.least).any(|(measure, _)| of_group(measure));
    if !by_rank && !whole.rules.iter().any(by_rule) {
        findings.warning(
            entry.span(),
            changes_nothing(),
            Text::new(
                "exclude_group решает, что входит в group_volume, а его в плане ничто не спрашивает",
                "exclude_group decides what counts in group_volume, which nothing in the plan asks for",
            ),
            Text::new(
                "задайте рангу условие group_volume либо уберите exclude_group",
                "give a rank the condition group_volume, or drop exclude_group",
            ),
        );
    }
}

/// Bands of one rate side by side, and bands above the top.
fn bands(entry: Entry<'_, '_>, rule: &Rule, findings: &mut Findings) {
    let Some(list) = key(entry, "bands") else { return };
    let top = match rule.period_rule() {
        Some(PeriodRule::Differential(differential)) => Some(differential.top),
        _ => None,
    };
    let DeValue::Array(items) = list.value.get_ref() else { return };
    let mut before: Option<Rate> = None;
    for value in items {
        let item = Entry { key: list.key, value };
        let rate = key(item, "rate").and_then(|rate| rate.value.get_ref().as_str()?.parse::<Rate>().ok());
        let Some(rate) = rate else { continue };
        if before == Some(rate) {
            findings.warning(
                item.span(),
                Text::new("та же ставка", "the same rate"),
                text!(
                    "у соседних ступеней одна ставка {rate}: порог этой ничего не меняет",
                    "two bands side by side have the rate {rate}: the threshold of this one changes nothing"
                ),
                Text::new("уберите ступень или поправьте её ставку", "drop the band or mend its rate"),
            );
        } else if let Some(top) = top.filter(|top| rate > *top) {
            findings.warning(
                item.span(),
                text!("выше {top}", "above {top}"),
                text!(
                    "ступень {rate} выше top = {top}: сверх него правило не платит",
                    "the band of {rate} is above top = {top}, beyond which the rule pays nothing"
                ),
                Text::new("поднимите top или уберите ступень", "raise top or drop the band"),
            );
        }
        before = Some(rate);
    }
}
