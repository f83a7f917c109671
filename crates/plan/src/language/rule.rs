//! The `[[rules]]` of a plan.

use domain::text;
use std::ops::Range;

use domain::accrual::RuleId;

use super::climb;
use super::findings::Findings;
use super::section::{Entry, Section, refuse_recruiting};
use super::{values, words};
use crate::base::Base;
use crate::climb::Climb;
use crate::rules::{FastStart, FastStartWhen, Products, Rule, RuleKind};
use domain::lang::Text;

/// A rule with its places in the text.
pub(super) struct ReadRule {
    pub(super) rule: Rule,
    /// Where its rates stand.
    pub(super) rates: Range<usize>,
    /// Where its base stands.
    pub(super) base: Range<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Level,
    FastStart,
}

const KINDS: &[(&str, Kind)] = &[("level", Kind::Level), ("fast_start", Kind::FastStart)];

/// Kinds of the catalogue that do not exist yet.
const LATER: &[&str] = &[
    "personal",
    "retail_margin",
    "matching",
    "differential",
    "same_level",
    "generation",
    "infinity",
    "breakaway",
    "pool",
    "rank_advance",
    "award",
    "binary",
    "matrix",
];

const COMMON: &[&str] = &["id", "kind", "base", "products"];
const FAST_START: &[&str] = &["days", "first_order", "replaces_level"];

/// More rules than this are a mistake of the author.
const MOST_RULES: usize = 64;

/// Reads all rules that are right; notes what is wrong with the others.
pub(super) fn read_all(root: &Section<'_, '_>, ranks: &[String], findings: &mut Findings) -> Vec<ReadRule> {
    let example = "[{ id = \"levels\", kind = \"level\", … }]";
    let Some(entry) = root.get("rules") else {
        findings.error(
            root.place(),
            Text::new("правил нет", "no rules"),
            Text::new("в плане нет ни одного правила", "the plan has no rules"),
            Text::new(
                "добавьте раздел [[rules]] с ключами id, kind, base, rates, compression",
                "add a section [[rules]] with id, kind, base, rates, compression",
            ),
        );
        return Vec::new();
    };
    let Some(items) = values::list(entry, example, findings) else {
        return Vec::new();
    };
    if items.len() > MOST_RULES {
        findings.error(
            entry.span(),
            Text::new("слишком много", "too many"),
            text!("правил больше {MOST_RULES}", "there are more than {MOST_RULES} rules"),
            Text::new("объедините правила с одинаковыми условиями", "join rules with the same terms"),
        );
        return Vec::new();
    }
    let mut ids: Vec<&str> = Vec::new();
    let read = |item| {
        let id = id(item, &mut ids, findings);
        read(item, id, ranks, findings)
    };
    items.into_iter().filter_map(read).collect()
}

/// The name of a rule, refused when it was given before.
fn id<'t>(item: Entry<'t, '_>, ids: &mut Vec<&'t str>, findings: &mut Findings) -> Option<&'t str> {
    let toml::de::DeValue::Table(table) = item.value.get_ref() else {
        return None;
    };
    let (key, value) = table.get_key_value("id")?;
    let entry = Entry { key: key.get_ref().as_ref(), value };
    let id = values::name(entry, "\"levels\"", findings)?;
    if ids.contains(&id) {
        findings.error(
            entry.span(),
            Text::new("уже есть", "already there"),
            text!("два правила называются \"{id}\"", "two rules are named \"{id}\""),
            Text::new("дайте каждому правилу своё имя", "give every rule a name of its own"),
        );
    }
    ids.push(id);
    Some(id)
}

fn read(
    item: Entry<'_, '_>,
    id: Option<&str>,
    ranks: &[String],
    findings: &mut Findings,
) -> Option<ReadRule> {
    let kind = peek_kind(item);
    let mut keys: Vec<&'static str> = [COMMON, climb::KEYS].concat();
    if kind != Some(Kind::Level) {
        keys.extend(FAST_START);
    }
    let section = Section::of(item, &keys, findings)?;
    section.required("id", "\"levels\"", findings);
    let kind = section
        .required("kind", "\"level\"", findings)
        .and_then(|entry| values::word(entry, KINDS, LATER, findings));
    let base_entry = section.required("base", "\"turnover\"", findings);
    let base = base_entry.and_then(|entry| values::word(entry, Base::WORDS, &[], findings));
    let products = products(&section, findings);
    let climb = climb::read(&section, ranks, findings);
    let kind = match kind? {
        Kind::Level => RuleKind::Level(climb?),
        Kind::FastStart => RuleKind::FastStart(fast_start(&section, climb, findings)?),
    };
    let rates = section.get("rates").or_else(|| section.get("rate_table"));
    Some(ReadRule {
        rule: Rule { id: RuleId::new(id?), base: base?, products, kind },
        rates: rates.map_or(section.place(), |entry| entry.span()),
        base: base_entry.map_or(section.place(), |entry| entry.span()),
    })
}

/// The kind, to know the keys, before anything is said about it.
fn peek_kind(item: Entry<'_, '_>) -> Option<Kind> {
    let text = item.value.get_ref().get("kind")?.get_ref().as_str()?;
    KINDS.iter().find(|(name, _)| *name == text).map(|(_, kind)| *kind)
}

fn fast_start(section: &Section<'_, '_>, climb: Option<Climb>, findings: &mut Findings) -> Option<FastStart> {
    let replaces_level = match section.get("replaces_level") {
        Some(entry) => values::boolean(entry, findings),
        None => Some(false),
    };
    let when = when(section, findings);
    Some(FastStart { climb: climb?, when: when?, replaces_level: replaces_level? })
}

fn when(section: &Section<'_, '_>, findings: &mut Findings) -> Option<FastStartWhen> {
    match (section.get("days"), section.get("first_order")) {
        (Some(entry), None) => {
            let days = values::whole(entry, 1..=3650, findings)?;
            u16::try_from(days).ok().map(FastStartWhen::Days)
        }
        (None, Some(entry)) if values::boolean(entry, findings)? => Some(FastStartWhen::FirstOrder),
        (days, first_order) => {
            let entry = days.or(first_order);
            findings.error(
                entry.map_or(section.place(), |entry| entry.span()),
                Text::new("когда?", "when?"),
                Text::new(
                    "у fast_start должно быть ровно одно из двух: days или first_order = true",
                    "a fast_start needs exactly one of days and first_order = true",
                ),
                Text::new("напишите: days = 30", "write: days = 30"),
            );
            None
        }
    }
}

/// `products = { categories = ["…"], skus = ["…"] }`: at least one of the two.
fn products(section: &Section<'_, '_>, findings: &mut Findings) -> Option<Products> {
    let entry = section.get("products")?;
    let example = "[\"…\"]";
    let products = Section::of(entry, &["categories", "skus"], findings)?;
    let mut read = |key: &str| {
        let items = products.get(key).and_then(|entry| values::list(entry, example, findings));
        let texts = items.unwrap_or_default().into_iter();
        texts.filter_map(|item| values::string(item, "\"…\"", findings).map(str::to_owned)).collect()
    };
    let chosen = Products { categories: read("categories"), skus: read("skus") };
    if chosen.skus.is_empty()
        && !chosen.categories.is_empty()
        && chosen.categories.iter().all(|name| words::is_recruiting(name))
    {
        refuse_recruiting(entry.span(), &chosen.categories.join(", "), findings);
    }
    if products.get("categories").is_none() && products.get("skus").is_none() {
        findings.error(
            entry.span(),
            Text::new("ничего не выбрано", "nothing is chosen"),
            Text::new("products не называет ни одного товара", "products names no goods"),
            Text::new(
                "назовите categories или skus либо уберите products, чтобы платить со всех товаров",
                "name categories or skus, or drop products to pay on all goods",
            ),
        );
    }
    Some(chosen)
}
