//! What `nanorem period explain` tells.

use app::periods::{Adjustment, Explained, NoteView, Sealed};
use domain::lang::plural;

use super::lines_table;
use crate::output::{list, moment, month, or_dash, rub, table, volume};

pub(super) fn text(shown: &Explained) -> String {
    let mut parts = vec![format!(
        "{} за {}: ранг {}, личный объём {}, объём группы {}",
        shown.partner_code,
        month(shown.period),
        shown.stands.paid_as.as_deref().unwrap_or("—"),
        volume(shown.stands.personal, shown.stands.unit),
        volume(shown.stands.group, shown.stands.unit)
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
        let rows = grouped(&shown.notes).into_iter().map(|(rule, why)| vec![or_dash(rule), why]);
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

/// The reasons, each once: those that differ only in whose volume they are of are told together.
fn grouped(notes: &[NoteView]) -> Vec<(Option<String>, String)> {
    let mut groups: Vec<(Option<String>, &str, Vec<&str>)> = Vec::new();
    for note in notes {
        let (of, why) = note.why_ru.split_once(": ").unwrap_or(("", &note.why_ru));
        match groups.iter_mut().find(|(rule, known, _)| *rule == note.rule && *known == why) {
            Some((.., sources)) => sources.push(of),
            None => groups.push((note.rule.clone(), why, vec![of])),
        }
    }
    let told = |sources: &[&str], why: &str| match sources {
        [] | [""] => why.to_owned(),
        [of] => format!("{of}: {why}"),
        [first, rest @ ..] => {
            let more = u64::try_from(rest.len()).unwrap_or(u64::MAX);
            format!("{first} и ещё {more} {}: {why}", plural(more, "такая", "такие", "таких"))
        }
    };
    groups.into_iter().map(|(rule, why, sources)| (rule, told(&sources, why))).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn note(rule: &str, why: &str) -> NoteView {
        NoteView { rule: Some(rule.to_owned()), why_ru: why.to_owned(), why_en: String::new() }
    }

    #[test]
    fn equal_reasons_are_told_once_with_their_number() {
        let mut notes = vec![note("team", "объём A: не активен"), note("pairs", "две ветки: пусто")];
        notes.extend((0..3).map(|number| note("team", &format!("объём B{number}: не активен"))));
        notes.push(note("team", "без источника"));
        let told: Vec<String> = grouped(&notes).into_iter().map(|(_, why)| why).collect();
        assert_eq!(told, ["объём A и ещё 3 такие: не активен", "две ветки: пусто", "без источника"]);
    }
}
