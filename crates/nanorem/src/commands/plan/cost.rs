//! What a plan costs at worst, as a person reads it.

use domain::money::Rate;
use plan::check::WorstCase;
use plan::{Base, PeriodRule, Plan, Rule};

use crate::output::{or_dash, percent, table};

/// The worst case: what has to be known to read the table, then the table.
pub(super) fn told(plan: &Plan, cases: &[WorstCase], margin: Rate) -> String {
    let notes: String = notes(plan, cases).iter().flat_map(|note| ["  ", note, "\n"]).collect();
    // A plan without levels has one row, and nothing to count levels for.
    let by_level = cases.len() > 1;
    let mut header =
        vec![">По ставкам, % оборота", ">К выплате, % оборота", ">К выплате, % маржи", "Примечание"];
    if by_level {
        header.insert(0, ">Оплачено линий");
    }
    let rows = cases.iter().map(|case| {
        let mut row = vec![
            percent(case.raw_of_turnover),
            percent(case.paid_of_turnover),
            or_dash(case.paid_of_margin.map(percent)),
            remark(case),
        ];
        if by_level {
            row.insert(0, case.paid_levels.to_string());
        }
        row
    });
    format!("Худший случай при марже {margin}:\n{notes}{}", table(&header, rows))
}

/// What stands out in a row.
fn remark(case: &WorstCase) -> String {
    let cap = match (case.unbounded, case.bites) {
        (true, true) => Some("держит только лимит"),
        (true, false) => Some("предела нет"),
        (false, true) => Some("лимит режет"),
        (false, false) => None,
    };
    let above = case.paid_of_margin.filter(|ratio| ratio.ppm() > Rate::WHOLE_PPM);
    cap.into_iter().chain(above.map(|_| "больше маржи")).collect::<Vec<_>>().join(", ")
}

/// How the figures were reckoned, where the plan makes one ask.
fn notes(plan: &Plan, cases: &[WorstCase]) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(case) = cases.iter().find(|case| case.unbounded) {
        let at_worst = if case.bites {
            "в худшем случае выплачивается весь лимит"
        } else {
            "предела у выплат нет"
        };
        notes.push(format!(
            "Бинар платит за один и тот же объём каждому, кто стоит выше, и ставки его не ограничивают: по ставкам учтено одно место, {at_worst}."
        ));
    }
    let without_levels = ids(plan, |rule| rule.climb().is_none_or(|climb| climb.levels() < 2) && costs(rule));
    if cases.len() > 1 && !without_levels.is_empty() {
        notes.push(format!("Правила без линий учтены в каждой строке целиком: {without_levels}."));
    }
    let fixed = ids(plan, |rule| !costs(rule));
    if !fixed.is_empty() {
        notes.push(format!("Не учтены суммы и подарки, которые не доля проданного: {fixed}."));
    }
    if plan.rules().iter().any(|rule| rule.takes_base() && rule.base == Base::Volume) {
        notes.push("Баллы учтены так, как если бы стоили столько же, сколько оборот.".to_owned());
    }
    if plan.partner_cap().is_some() {
        notes.push("Лимит на одного партнёра не учтён: доли оборота он не держит.".to_owned());
    }
    notes
}

/// Whether a rule is part of the cost; fixed sums and things are none.
fn costs(rule: &Rule) -> bool {
    !matches!(rule.period_rule(), Some(PeriodRule::RankAdvance(_) | PeriodRule::Award(_)))
}

fn ids(plan: &Plan, fits: impl Fn(&Rule) -> bool) -> String {
    let rules = plan.rules().iter().filter(|rule| fits(rule));
    rules.map(|rule| rule.id.as_str()).collect::<Vec<_>>().join(", ")
}
