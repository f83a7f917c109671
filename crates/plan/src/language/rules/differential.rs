//! The keys of `differential`.

use domain::accrual::RuleId;
use domain::lang::Text;
use domain::money::Rate;
use domain::text;

use super::{Read, Reader};
use crate::ladder::Ladder;
use crate::language::findings::Findings;
use crate::language::rule::Known;
use crate::language::section::{Entry, Section};
use crate::language::{amounts, bands, values, words};
use crate::rules::{Differential, PeriodRule, Rule, RuleKind, differential};

pub(super) const READER: Reader = Reader { name: differential::NAME, keys: KEYS, has_base: true, read };

const KEYS: &[&str] = &["bands", "by", "rank_rates", "pay_self", "after", "top"];

fn read(section: &Section<'_, '_>, known: Known<'_>, findings: &mut Findings) -> Option<Read> {
    let ladder = bands::ladder(section, known.ranks, findings);
    let pay_self = match section.get("pay_self") {
        Some(entry) => values::boolean(entry, findings),
        None => Some(false),
    };
    let after = match section.get("after") {
        Some(entry) => after(entry, known, findings).map(Some),
        None => Some(None),
    };
    let top = match section.get("top") {
        Some(entry) => top(entry, ladder.as_ref(), findings),
        None => ladder.as_ref().map(Ladder::top),
    };
    let differential = Differential { ladder: ladder?, pay_self: pay_self?, after: after?, top: top? };
    Some(RuleKind::Period(PeriodRule::Differential(differential)).into())
}

/// `after = "personal"`: a personal rule that stands before, decided at the close.
fn after(entry: Entry<'_, '_>, known: Known<'_>, findings: &mut Findings) -> Option<RuleId> {
    let fits = |rule: &Rule| matches!(rule.period_rule(), Some(PeriodRule::Personal(_)));
    let wanted =
        Text::new("правило personal с decided = \"close\"", "a personal rule with decided = \"close\"");
    earlier(entry, known, fits, &wanted, findings).map(|rule| rule.id.clone())
}

/// `top = "20%"`.
fn top(entry: Entry<'_, '_>, ladder: Option<&Ladder>, findings: &mut Findings) -> Option<Rate> {
    let top = amounts::rate_above_zero(entry, findings)?;
    let highest = ladder?.top();
    if top > highest {
        findings.warning(
            entry.span(),
            text!("выше {highest}", "above {highest}"),
            text!(
                "до {top} никто не дойдёт: наибольший процент — {highest}",
                "nobody reaches {top}: the highest percentage is {highest}"
            ),
            Text::new("уберите top или поправьте проценты", "drop top or mend the percentages"),
        );
    }
    Some(top)
}

/// The rule of this name, which must stand before and fit.
pub(super) fn earlier<'k>(
    entry: Entry<'_, '_>,
    known: Known<'k>,
    fits: impl Fn(&Rule) -> bool,
    wanted: &Text,
    findings: &mut Findings,
) -> Option<&'k Rule> {
    let name = values::name(entry, "\"team\"", findings)?;
    let found = known.before.iter().map(|read| &read.rule).find(|rule| rule.id.as_str() == name);
    if let Some(rule) = found.filter(|rule| fits(rule)) {
        return Some(rule);
    }
    let right = known.before.iter().map(|read| &read.rule).filter(|rule| fits(rule));
    let right: Vec<&str> = right.map(|rule| rule.id.as_str()).collect();
    let (key, all) = (entry.key, right.join(", "));
    let [wanted_ru, wanted_en] =
        [domain::lang::Lang::Ru, domain::lang::Lang::En].map(|lang| wanted.in_lang(lang));
    let message = if found.is_some() {
        Text::new(
            format!("\"{key}\" называет {wanted_ru}, а \"{name}\" — другое"),
            format!("\"{key}\" names {wanted_en}, and \"{name}\" is another"),
        )
    } else {
        text!("перед этим правилом нет правила \"{name}\"", "no rule \"{name}\" stands before this one")
    };
    let help = match (words::nearest(name, right.iter().copied()), right.is_empty()) {
        (Some(near), _) => {
            text!("возможно, имелось в виду \"{near}\"", "did you mean \"{near}\"?")
        }
        (_, true) => {
            Text::new(format!("поставьте раньше {wanted_ru}"), format!("put {wanted_en} before this one"))
        }
        (_, false) => text!("подходят: {all}", "these fit: {all}"),
    };
    findings.error(entry.span(), Text::new("не то правило", "not the right rule"), message, help);
    None
}
