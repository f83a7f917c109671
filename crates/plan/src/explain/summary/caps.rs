//! The caps of a plan in words.

use domain::lang::Text;
use domain::text;

use super::base;
use crate::base::Base;
use crate::cap::{Cap, CapMode, CapScope, Excess, RuleCap};
use crate::plan::Plan;

/// What a plan says of the most that it pays, in the order in which its caps cut.
pub(super) fn lines(plan: &Plan) -> Vec<Text> {
    let mut lines = Vec::new();
    if let Some(cap) = plan.partner_cap() {
        let ([amount, amount_en], (mode_ru, mode_en)) = (cap.amount.in_both(), mode(cap.mode));
        lines.push(text!(
            "Партнёру за период выплачивается не больше {amount}: {mode_ru}",
            "A partner is paid no more than {amount_en} roubles for a period: {mode_en}"
        ));
        lines.extend(excess(cap.excess));
    }
    if plan.cap().is_none() && plan.partner_cap().is_none() {
        lines.push(Text::new("Лимита выплат нет", "There is no cap"));
    }
    if let Some(cap) = plan.cap() {
        lines.push(of_company(*cap));
        lines.extend(excess(cap.excess));
    }
    // By default the rule that stands later gives way first, so the numbers tell all.
    let mut modes = plan.cap().map(|cap| cap.mode).into_iter().chain(plan.partner_cap().map(|cap| cap.mode));
    if modes.any(|mode| mode == CapMode::Priority) {
        let mut rules: Vec<_> = plan.rules().iter().collect();
        rules.sort_by_key(|rule| rule.priority);
        let named = |rule: &&crate::rules::Rule| format!("{} ({})", rule.id, rule.priority);
        let rules = rules.iter().map(named).collect::<Vec<_>>().join(", ");
        lines.push(text!(
            "  очередь правил, последнее уступает первым: {rules}",
            "  the order of rules, the last gives way first: {rules}"
        ));
    }
    lines
}

fn of_company(cap: Cap) -> Text {
    let ((ru, en), percent, (mode_ru, mode_en)) = (base(cap.of), cap.percent, mode(cap.mode));
    match cap.scope {
        CapScope::Order => text!(
            "С заказа выплачивается не больше {percent} от {ru}: {mode_ru}",
            "An order pays no more than {percent} of its {en}: {mode_en}"
        ),
        CapScope::Period => text!(
            "За период выплачивается не больше {percent} от {ru}: {mode_ru}",
            "A period pays no more than {percent} of its {en}: {mode_en}"
        ),
    }
}

/// A rule's own cap.
pub(super) fn of_rule(cap: RuleCap, of: Base) -> Text {
    let ((ru, en), percent, (mode_ru, mode_en)) = (base(of), cap.percent, mode(cap.mode));
    match cap.scope {
        CapScope::Order => text!(
            "  вместе с заказа не больше {percent} от {ru}: {mode_ru}",
            "  together no more than {percent} of the {en} of an order: {mode_en}"
        ),
        CapScope::Period => text!(
            "  вместе за период не больше {percent} от {ru}: {mode_ru}",
            "  together no more than {percent} of the {en} of a period: {mode_en}"
        ),
    }
}

/// Who gives way.
const fn mode(mode: CapMode) -> (&'static str, &'static str) {
    match mode {
        CapMode::ProRata => {
            ("сверх него всем режется в равной доле", "above it everyone is cut in proportion")
        }
        CapMode::Priority => {
            ("сверх него правила уступают по очереди", "above it rules give way by their priority")
        }
        CapMode::Tail => ("сверх него дальние линии не получают", "above it the farther levels get nothing"),
        CapMode::Stop => ("ставки за него не выходят", "the rates stay within it"),
    }
}

/// What becomes of what is cut; nothing is said where it stays with the company.
fn excess(excess: Excess) -> Option<Text> {
    match excess {
        Excess::Company => None,
        Excess::Carried => Some(Text::new(
            "  срезанное выплачивается партнёру в следующих периодах, насколько позволят лимиты",
            "  what is cut is paid to the partner in later periods, as far as the caps allow",
        )),
        Excess::Pool => Some(Text::new(
            "  срезанное добавляется к первому пулу следующего периода",
            "  what is cut is added to the first pool of the next period",
        )),
    }
}
