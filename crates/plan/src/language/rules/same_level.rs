//! The keys of `same_level`.

use domain::accrual::RuleId;
use domain::lang::Text;
use domain::text;

use super::differential::earlier;
use super::{Read, Reader};
use crate::language::findings::Findings;
use crate::language::rule::Known;
use crate::language::section::{Entry, Section};
use crate::language::{amounts, values};
use crate::rules::{PeriodRule, Rule, RuleKind, SameLevel, same_level};

pub(super) const READER: Reader =
    Reader { name: same_level::NAME, keys: &["of", "rate", "counts_as_done"], has_base: true, read };

fn read(section: &Section<'_, '_>, known: Known<'_>, findings: &mut Findings) -> Option<Read> {
    let of = section.required("of", "\"team\"", findings).and_then(|entry| of(entry, known, findings));
    let rate = section.required("rate", "\"5%\"", findings);
    let rate = rate.and_then(|entry| amounts::rate_above_zero(entry, findings));
    let counts_as_done = match section.get("counts_as_done") {
        Some(entry) => values::boolean(entry, findings),
        None => Some(true),
    };
    let same_level = SameLevel { of: of?, rate: rate?, counts_as_done: counts_as_done? };
    Some(RuleKind::Period(PeriodRule::SameLevel(same_level)).into())
}

/// `of = "team"`: a differential that stands before, in which something may be done at the start.
fn of(entry: Entry<'_, '_>, known: Known<'_>, findings: &mut Findings) -> Option<RuleId> {
    let fits = |rule: &Rule| matches!(rule.period_rule(), Some(PeriodRule::Differential(_)));
    let rule =
        earlier(entry, known, fits, &Text::new("правило differential", "a differential rule"), findings)?;
    if let Some(PeriodRule::Differential(differential)) = rule.period_rule()
        && differential.after.is_none()
        && !differential.pay_self
    {
        let id = rule.id.as_str();
        findings.error(
            entry.span(),
            Text::new("разность есть всегда", "there always is a difference"),
            text!(
                "в \"{id}\" у того, чей объём, ничего не выплачено, и первый над ним получает весь свой процент",
                "in \"{id}\" nothing is done by the one whose volume it is, so the first above him has all of his percentage"
            ),
            text!(
                "добавьте в \"{id}\": after = \"…\" или pay_self = true",
                "add to \"{id}\": after = \"…\" or pay_self = true"
            ),
        );
        return None;
    }
    Some(rule.id.clone())
}
