//! What `nanorem period explain` tells.

use app::periods::{Adjustment, Explained, Sealed};

use super::{hundredths, lines_table};
use crate::output::{list, moment, month, or_dash, rub, table};

pub(super) fn text(shown: &Explained) -> String {
    let mut parts = vec![format!(
        "{} за {}: ранг {}, личный объём {}, объём группы {}",
        shown.partner_code,
        month(shown.period),
        shown.stands.paid_as.as_deref().unwrap_or("—"),
        hundredths(shown.stands.personal),
        hundredths(shown.stands.group)
    )];
    parts.extend(shown.sealed.as_ref().map(at_close));
    parts.push(if shown.lines.is_empty() {
        "По правилам периода ничего не начислено".to_owned()
    } else {
        lines_table(&shown.lines)
    });
    if let Some(sealed) = &shown.sealed {
        parts.push(since(sealed));
        parts.push(format!("Всего за {}: {}", month(shown.period), rub(sealed.total)));
    }
    if !shown.missing_ru.is_empty() {
        parts.push(shown.missing_ru.join("\n  "));
    }
    if !shown.notes.is_empty() {
        let rows = shown.notes.iter().map(|note| vec![or_dash(note.rule.clone()), note.why_ru.clone()]);
        parts.push(format!("Почему не больше\n{}", table(&["Правило", "Почему"], rows)));
    }
    if shown.sealed.as_ref().is_some_and(|sealed| !sealed.is_reckoned) {
        parts.push(
            "Почему не больше, сказать нельзя: сведений, известных при закрытии, сегодня уже не собрать"
                .to_owned(),
        );
    }
    parts.join("\n\n")
}

/// What stood when the period was closed.
fn at_close(sealed: &Sealed) -> String {
    format!(
        "Период закрыт {}. При закрытии: с заказов {}, по правилам периода {}, удержано лимитами {}",
        moment(sealed.closed_at),
        rub(sealed.commissions),
        rub(sealed.bonuses),
        rub(sealed.taken_back)
    )
}

/// What was posted for it since.
fn since(sealed: &Sealed) -> String {
    let row = |one: &Adjustment| {
        let of = match (&one.rule, &one.source_code) {
            (Some(rule), Some(source)) => format!("{rule}, с {source}"),
            (rule, _) => or_dash(rule.clone()),
        };
        vec![moment(one.recorded_at), month(one.posted_in), one.why_ru.clone(), of, rub(one.amount)]
    };
    let header = ["Когда", "Проведено в", "Причина", "Правило", ">Сумма"];
    let rows = list(&header, sealed.adjustments.iter().map(row), "");
    if rows.is_empty() {
        return "После закрытия корректировок не было".to_owned();
    }
    format!("После закрытия\n{rows}")
}
