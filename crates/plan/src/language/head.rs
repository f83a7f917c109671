//! What a plan says about itself: name, title, dates, ranks, activity fees.

use domain::activity::FeeKind;
use domain::catalog::Volume;
use domain::money::Money;
use domain::text;
use domain::time;
use jiff::tz::TimeZone;

use super::amounts;
use super::conditions;
use super::findings::Findings;
use super::section::{Entry, Section};
use super::values;
use crate::base::Base;
use crate::plan::FeeTerms;
use domain::lang::Text;

/// `name = "nanorem-12"`.
pub(super) fn name(root: &Section<'_, '_>, findings: &mut Findings) -> Option<String> {
    let entry = root.required("name", "\"nanorem-12\"", findings)?;
    values::name(entry, "\"nanorem-12\"", findings).map(str::to_owned)
}

/// `title = { ru = "…", en = "…" }`.
pub(super) fn title(root: &Section<'_, '_>, findings: &mut Findings) -> Option<Text> {
    both_languages(root.required("title", BOTH, findings)?, findings)
}

/// The keys of a wording in both languages.
pub(super) const LANGUAGES: &[&str] = &["ru", "en"];

/// How a wording in both languages is written.
pub(super) const BOTH: &str = "{ ru = \"…\", en = \"…\" }";

/// `{ ru = "…", en = "…" }`: what something is called on screens.
pub(super) fn both_languages(entry: Entry<'_, '_>, findings: &mut Findings) -> Option<Text> {
    let section = Section::of(entry, LANGUAGES, findings)?;
    let ru = title_in("ru", &section, findings);
    let en = title_in("en", &section, findings);
    Some(Text::new(ru?, en?))
}

fn title_in<'t>(lang: &str, title: &Section<'t, '_>, findings: &mut Findings) -> Option<&'t str> {
    let entry = title.required(lang, "\"…\"", findings)?;
    let text = values::string(entry, "\"…\"", findings)?.trim();
    if (1..=200).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        return Some(text);
    }
    findings.error(
        entry.span(),
        Text::new("не подходит как название", "not fit for a title"),
        text!(
            "название \"{lang}\" пусто, слишком длинно или содержит управляющие знаки",
            "the title \"{lang}\" is empty, too long or has control characters"
        ),
        Text::new("от 1 до 200 знаков в одну строку", "use 1 to 200 characters on one line"),
    );
    None
}

/// `currency = "RUB"`: the only one, and still said, so that a reader need not guess.
pub(super) fn currency(root: &Section<'_, '_>, findings: &mut Findings) {
    if let Some(entry) = root.required("currency", "\"RUB\"", findings) {
        values::word(entry, &[("RUB", ())], &[], findings);
    }
}

/// `period = "month"`.
pub(super) fn period(root: &Section<'_, '_>, findings: &mut Findings) {
    if let Some(entry) = root.get("period") {
        values::word(entry, &[("month", ())], &["week", "quarter"], findings);
    }
}

/// `time_zone = "Europe/Moscow"`.
pub(super) fn zone(root: &Section<'_, '_>, findings: &mut Findings) -> Option<TimeZone> {
    let entry = root.required("time_zone", "\"Europe/Moscow\"", findings)?;
    let name = values::string(entry, "\"Europe/Moscow\"", findings)?;
    let zone = time::zone(name).filter(|_| name.contains('/') || name == "UTC");
    if zone.is_none() {
        let shown: String = name.chars().take(60).collect();
        findings.error(
            entry.span(),
            Text::new("такого пояса нет", "no such zone"),
            text!("нет часового пояса \"{shown}\"", "there is no time zone \"{shown}\""),
            Text::new(
                "имя из базы IANA: \"Europe/Moscow\", \"Asia/Novosibirsk\" или \"UTC\"",
                "use a name of the IANA database: \"Europe/Moscow\", \"Asia/Novosibirsk\" or \"UTC\"",
            ),
        );
    }
    zone
}

/// The most a point may be worth: more would leave the range of exact sums.
const DEAREST_POINT: Money = Money::from_minor(100_000_000);

/// `point_value = "1.00"`.
pub(super) fn point_value(root: &Section<'_, '_>, findings: &mut Findings) -> Option<Money> {
    amounts::money(root.get("point_value")?, DEAREST_POINT, findings)
}

/// `qualify_by = "volume"`: the unit in which ranks and bands measure.
pub(super) fn qualify_by(root: &Section<'_, '_>, findings: &mut Findings) -> Option<Base> {
    match root.get("qualify_by") {
        Some(entry) => values::word(entry, Base::WORDS, &[], findings),
        None => Some(Base::Volume),
    }
}

/// The keys of a roll-up.
pub(super) const ROLL_UP: &[&str] = &["below"];

/// `roll_up = { below = "50" }`.
pub(super) fn roll_up(root: &Section<'_, '_>, findings: &mut Findings) -> Option<Volume> {
    let section = Section::of(root.get("roll_up")?, ROLL_UP, findings)?;
    conditions::threshold(section.required("below", "\"50\"", findings)?, findings)
}

/// The keys of `[activity]`.
pub(super) const ACTIVITY: &[&str] = &["monthly", "annual"];

/// The keys of a fee.
pub(super) const FEE: &[&str] = &["price", "months"];

/// `[activity]` with `monthly` and `annual`, each optional.
pub(super) fn fees(root: &Section<'_, '_>, findings: &mut Findings) -> Vec<(FeeKind, FeeTerms)> {
    let Some(entry) = root.get("activity") else {
        return Vec::new();
    };
    let Some(section) = Section::of(entry, ACTIVITY, findings) else {
        return Vec::new();
    };
    [FeeKind::Monthly, FeeKind::Annual]
        .into_iter()
        .filter_map(|kind| Some((kind, fee(section.get(kind.as_str())?, findings)?)))
        .collect()
}

fn fee(entry: Entry<'_, '_>, findings: &mut Findings) -> Option<FeeTerms> {
    let section = Section::of(entry, FEE, findings)?;
    let price = section
        .required("price", "\"3000.00\"", findings)
        .and_then(|entry| amounts::money(entry, Money::LARGEST, findings));
    let months = section
        .required("months", "1", findings)
        .and_then(|entry| values::whole(entry, 1..=120, findings))
        .and_then(|months| u8::try_from(months).ok());
    Some(FeeTerms { price: price?, months: months? })
}
