//! What must hold between the rules, the cap and the value of a point.

use std::ops::Range;

use domain::money::Rate;
use domain::text;

use super::cap::ReadCap;
use super::findings::Findings;
use super::rule::ReadRule;
use super::section::Section;
use crate::base::Base;
use crate::cap::{CapMode, CapScope, PartnerCap};
use crate::check::{dearest, is_unbounded, levels, promises};
use crate::ratio::Ratio;
use crate::rules::{PeriodRule, Rule};
use domain::lang::Text;

/// A value of a point is given where something is paid on points, and only there.
pub(super) fn point_value_where_needed(
    root: &Section<'_, '_>,
    rules: &[ReadRule],
    cap: Option<&ReadCap>,
    findings: &mut Findings,
) {
    let by_rule = rules.iter().find(|read| read.rule.base == Base::Volume).map(|read| read.base.clone());
    let by_cap = cap.filter(|read| read.cap.of == Base::Volume).map(|read| read.place.clone());
    match (root.get("point_value"), by_rule.or(by_cap)) {
        (None, Some(place)) => findings.error(
            place,
            Text::new("баллы без цены", "points without a value"),
            Text::new(
                "база \"volume\" требует цены балла",
                "a base of \"volume\" needs the value of a point",
            ),
            Text::new(
                "добавьте в начало плана: point_value = \"1.00\"",
                "add at the head of the plan: point_value = \"1.00\"",
            ),
        ),
        (Some(entry), None) => findings.warning(
            entry.span(),
            Text::new("не используется", "not used"),
            Text::new("ничего не платится с баллов", "nothing is paid on points"),
            Text::new("уберите point_value", "drop point_value"),
        ),
        _ => {}
    }
}

/// The rates of all rules that can pay together stay within the whole, and within the cap or are cut.
pub(super) fn rates_fit(read_rules: &[ReadRule], cap: Option<&ReadCap>, findings: &mut Findings) {
    let Some(last) = read_rules.last() else { return };
    let place = last.rates.clone();
    let (unbounded, rules): (Vec<Rule>, Vec<Rule>) =
        read_rules.iter().map(|read| read.rule.clone()).partition(is_unbounded);
    let levels = levels(&rules);
    for base in [Base::Turnover, Base::Margin, Base::Volume] {
        let sum = dearest(&rules, levels, |of| i128::from(of == base));
        if sum > Rate::WHOLE_PPM {
            let (word, sum) = (base.as_str(), share(sum));
            findings.error(
                place.clone(),
                text!("вместе {sum}", "{sum} together"),
                text!(
                    "правила, которые платят с одних товаров, дают вместе {sum} базы \"{word}\"",
                    "rules that pay on the same goods come to {sum} of the base \"{word}\" together"
                ),
                Text::new("вместе не больше 100% базы", "together they may be at most 100% of the base"),
            );
            return;
        }
    }
    for read in read_rules {
        within_own_cap(read, &rules, levels, findings);
    }
    let Some(read) = cap else { return };
    match unbounded.first() {
        Some(rule) if read.must_hold() => nothing_bounds(rule, read, findings),
        Some(rule) if read.cap.scope == CapScope::Period => cuts_the_unbounded(rule, read, findings),
        _ => within_cap(&held_by(read, rules, findings), read, findings),
    }
}

/// The rules that a cap is checked against. One of an order cuts only those that are decided when an order
/// is paid; one that cuts nobody is a promise about all of them.
fn held_by(read: &ReadCap, rules: Vec<Rule>, findings: &mut Findings) -> Vec<Rule> {
    if read.cap.scope == CapScope::Period || read.must_hold() {
        return rules;
    }
    let (held, beyond): (Vec<Rule>, Vec<Rule>) =
        rules.into_iter().partition(|rule| rule.order_rule().is_some());
    // A thing is no money, so no cap could hold it.
    let money = |rule: &&Rule| !matches!(rule.period_rule(), Some(PeriodRule::Award(_)));
    let beyond: Vec<&Rule> = beyond.iter().filter(money).collect();
    if !beyond.is_empty() {
        let ids = beyond.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>().join("\", \"");
        findings.warning(
            read.place.clone(),
            Text::new("держит только заказы", "holds orders only"),
            text!(
                "лимит заказа не держит того, что решается при закрытии периода: \"{ids}\"",
                "a cap of an order does not hold what is decided at the close of a period: \"{ids}\""
            ),
            Text::new(
                "чтобы лимит держал всё, напишите scope = \"period\"",
                "for a cap over everything write scope = \"period\"",
            ),
        );
    }
    held
}

/// Where a rule may pass its own cap, it has to say who gives way.
fn within_own_cap(read: &ReadRule, rules: &[Rule], levels: u16, findings: &mut Findings) {
    let (Some(cap), Some((place, mode_given))) = (read.rule.cap, &read.cap) else {
        return;
    };
    let promised = promises(&read.rule, rules, levels);
    if promised <= i128::from(cap.percent.ppm()) {
        return;
    }
    let (id, total, percent) = (read.rule.id.as_str(), share(promised), cap.percent);
    if !mode_given || cap.mode == CapMode::Stop {
        findings.error(
            place.clone(),
            Text::new("лимит может быть превышен", "the cap may be passed"),
            text!(
                "правило \"{id}\" даёт {total}, а его лимит {percent}",
                "the rule \"{id}\" comes to {total}, and its cap is {percent}"
            ),
            // Within one rule nobody has a priority.
            Text::new(
                "скажите, как резать: mode = \"pro_rata\" или mode = \"tail\"; либо уменьшите ставки",
                "say how to cut: mode = \"pro_rata\" or mode = \"tail\"; or lower the rates",
            ),
        );
        return;
    }
    findings.warning(
        place.clone(),
        text!("режет сверх {percent}", "cuts above {percent}"),
        text!(
            "лимит правила \"{id}\" может резать: оно даёт {total}, а лимит {percent}",
            "the cap of the rule \"{id}\" may cut: it comes to {total}, and its cap is {percent}"
        ),
        Text::new(
            "план рабочий: сверх лимита режется, как сказано в mode",
            "the plan works: what is above the cap is cut as mode says",
        ),
    );
}

/// A priority is given only where some cap cuts by it.
pub(super) fn priorities_are_asked_for(
    rules: &[ReadRule],
    cap: Option<&ReadCap>,
    partner_cap: Option<&PartnerCap>,
    findings: &mut Findings,
) {
    let mut modes = cap.map(|read| read.cap.mode).into_iter().chain(partner_cap.map(|cap| cap.mode));
    if modes.any(|mode| mode == CapMode::Priority) {
        return;
    }
    for place in rules.iter().filter_map(|read| read.priority.clone()) {
        findings.warning(
            place,
            Text::new("не используется", "not used"),
            Text::new("ни один лимит не режет по очереди правил", "no cap cuts by the priority of rules"),
            Text::new(
                "напишите у лимита mode = \"priority\" либо уберите priority",
                "write mode = \"priority\" in a cap, or drop priority",
            ),
        );
    }
}

fn nothing_bounds(rule: &Rule, read: &ReadCap, findings: &mut Findings) {
    let (id, kind, percent) = (rule.id.as_str(), rule.kind_name(), read.cap.percent);
    findings.error(
        read.place.clone(),
        Text::new("лимит может быть превышен", "the cap may be passed"),
        text!(
            "правило \"{id}\" вида {kind} платит за один и тот же объём каждому, кто стоит выше, и никакие ставки не удержат его в пределах {percent}",
            "the rule \"{id}\" of kind {kind} pays the same volume to everyone above it, so no rate keeps it within {percent}"
        ),
        Text::new(
            "скажите, как резать: mode = \"pro_rata\", \"priority\" или \"tail\"",
            "say how to cut: mode = \"pro_rata\", \"priority\" or \"tail\"",
        ),
    );
}

/// No number of paid levels says from where on a cap cuts a rule without bounds.
fn cuts_the_unbounded(rule: &Rule, read: &ReadCap, findings: &mut Findings) {
    let (id, kind, percent) = (rule.id.as_str(), rule.kind_name(), read.cap.percent);
    findings.warning(
        read.place.clone(),
        text!("режет сверх {percent}", "cuts above {percent}"),
        text!(
            "правило \"{id}\" вида {kind} платит за один и тот же объём каждому, кто стоит выше: сколько бы оно ни дало, сверх {percent} режет лимит",
            "the rule \"{id}\" of kind {kind} pays the same volume to everyone above it: whatever it comes to, the cap cuts above {percent}"
        ),
        Text::new(
            "план рабочий: сверх лимита режется, как сказано в mode",
            "the plan works: what is above the cap is cut as mode says",
        ),
    );
}

/// Where the rates may pass the cap, the plan has to say who gives way.
fn within_cap(rules: &[Rule], read: &ReadCap, findings: &mut Findings) {
    let (cap, levels) = (read.cap, levels(rules));
    let must_hold = read.must_hold();
    let of_this_base = |rule: &Rule| rule.base == cap.of || !rule.takes_base();
    let bounded = |rule: &Rule| of_this_base(rule) || (rule.base == Base::Margin && cap.of == Base::Turnover);
    if let Some(rule) = rules.iter().find(|rule| !bounded(rule)) {
        if must_hold {
            let (id, base, of) = (rule.id.as_str(), rule.base.as_str(), cap.of.as_str());
            refuse(
                read.place.clone(),
                text!(
                    "правило \"{id}\" платит с \"{base}\", и ничто не удерживает его в пределах {} от \"{of}\"",
                    "the rule \"{id}\" pays on \"{base}\", and nothing keeps it within {} of \"{of}\"",
                    cap.percent
                ),
                findings,
            );
        }
        return;
    }
    // Margin never passes turnover, so at worst it is the turnover.
    let limit = i128::from(cap.percent.ppm());
    let sum = |paid_levels| dearest(rules, paid_levels, |_| 1);
    let Some(bites_at) = (1..=levels).find(|paid_levels| sum(*paid_levels) > limit) else {
        return;
    };
    let (total, at, percent) = (share(sum(levels)), share(sum(bites_at)), cap.percent);
    if must_hold {
        refuse(
            read.place.clone(),
            text!(
                "ставки дают вместе {total}, а лимит {percent}",
                "the rates come to {total}, and the cap is {percent}"
            ),
            findings,
        );
        return;
    }
    if rules.iter().all(of_this_base) {
        findings.warning(
            read.place.clone(),
            text!("режет с {bites_at} линии", "cuts from level {bites_at} on"),
            text!("лимит {percent} начинает резать на {bites_at}-й оплаченной линии: ставки дают {at} (все {levels} дают {total})", "the cap of {percent} begins to cut at paid level {bites_at}, where the rates come to {at} (all {levels} come to {total})"),
            Text::new("план рабочий: сверх лимита режется, как сказано в mode", "the plan works: what is above the cap is cut as mode says"),
        );
    }
}

fn refuse(place: Range<usize>, message: Text, findings: &mut Findings) {
    let help = Text::new(
        "скажите, как резать: mode = \"pro_rata\", \"priority\" или \"tail\"; либо уменьшите ставки",
        "say how to cut: mode = \"pro_rata\", \"priority\" or \"tail\"; or lower the rates",
    );
    findings.error(place, Text::new("лимит может быть превышен", "the cap may be passed"), message, help);
}

/// Parts per million as a percentage.
fn share(ppm: i128) -> Ratio {
    Ratio::of_trillion(ppm * Rate::WHOLE_PPM)
}
