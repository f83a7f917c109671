//! What must hold between the rules, the cap and the value of a point.

use domain::money::Rate;
use domain::text;

use super::cap::ReadCap;
use super::findings::Findings;
use super::rule::ReadRule;
use super::section::Section;
use crate::base::Base;
use crate::cap::CapMode;
use crate::check::{dearest, is_unbounded, levels};
use crate::ratio::Ratio;
use crate::rules::Rule;
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
        (Some(entry), None) if !findings.has_errors() => findings.warning(
            entry.span(),
            Text::new("не используется", "not used"),
            Text::new("ничего не платится с баллов", "nothing is paid on points"),
            Text::new("уберите point_value", "drop point_value"),
        ),
        _ => {}
    }
}

/// The rates of all rules that can pay together stay within the whole, and within the cap or are cut.
pub(super) fn rates_fit(rules: &[ReadRule], cap: Option<&ReadCap>, findings: &mut Findings) {
    let Some(last) = rules.last() else { return };
    let place = last.rates.clone();
    let (unbounded, rules): (Vec<Rule>, Vec<Rule>) =
        rules.iter().map(|read| read.rule.clone()).partition(is_unbounded);
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
    let Some(read) = cap else { return };
    match unbounded.first() {
        Some(rule) if must_hold(read) => nothing_bounds(rule, read, findings),
        _ => within_cap(&rules, levels, read, findings),
    }
}

/// Whether the cap is a promise: the plan does not say who gives way.
fn must_hold(read: &ReadCap) -> bool {
    !read.mode_given || read.cap.mode == CapMode::Stop
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
            "скажите, как резать: mode = \"pro_rata\" или mode = \"tail\"",
            "say how to cut: mode = \"pro_rata\" or mode = \"tail\"",
        ),
    );
}

/// Where the rates may pass the cap, the plan has to say who gives way.
fn within_cap(rules: &[Rule], levels: u16, read: &ReadCap, findings: &mut Findings) {
    let cap = read.cap;
    let must_hold = must_hold(read);
    let of_this_base = |rule: &Rule| rule.base == cap.of || !rule.takes_base();
    let bounded = |rule: &Rule| of_this_base(rule) || (rule.base == Base::Margin && cap.of == Base::Turnover);
    if let Some(rule) = rules.iter().find(|rule| !bounded(rule)) {
        if must_hold {
            let (id, base, of) = (rule.id.as_str(), rule.base.as_str(), cap.of.as_str());
            refuse(
                read,
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
            read,
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

fn refuse(read: &ReadCap, message: Text, findings: &mut Findings) {
    findings.error(
        read.place.clone(),
        Text::new("лимит может быть превышен", "the cap may be passed"),
        message,
        Text::new(
            "скажите, как резать: mode = \"pro_rata\" или mode = \"tail\"; либо уменьшите ставки",
            "say how to cut: mode = \"pro_rata\" or mode = \"tail\"; or lower the rates",
        ),
    );
}

/// Parts per million as a percentage.
fn share(ppm: i128) -> Ratio {
    Ratio::of_trillion(ppm * Rate::WHOLE_PPM)
}
