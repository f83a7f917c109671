//! The `[[rules]]` of a plan.

use domain::text;
use std::ops::Range;

use domain::accrual::RuleId;

use super::findings::Findings;
use super::section::{Entry, Section, refuse_recruiting};
use super::{cap, rules, values, words};
use crate::base::Base;
use crate::close::caps::CARRIED;
use crate::rank::Rank;
use crate::rules::{Products, Rule, matching, rank_advance};
use domain::lang::Text;

/// A rule with its places in the text.
pub(super) struct ReadRule {
    pub(super) rule: Rule,
    /// Where its rates stand.
    pub(super) rates: Range<usize>,
    /// Where its base stands.
    pub(super) base: Range<usize>,
    /// Where its own cap stands, and whether the author said who gives way under it.
    pub(super) cap: Option<(Range<usize>, bool)>,
    /// Where its priority stands.
    pub(super) priority: Option<Range<usize>>,
}

/// What a rule may name: the ranks of the plan, and the rules that stand before it.
#[derive(Clone, Copy)]
pub(super) struct Known<'k> {
    pub(super) ranks: &'k [Rank],
    pub(super) before: &'k [ReadRule],
}

/// Kinds that take nothing of goods themselves, so they choose none.
const WITHOUT_GOODS: &[&str] = &[matching::NAME, rank_advance::NAME];

/// More rules than this are a mistake of the author.
const MOST_RULES: usize = 64;

/// Reads all rules that are right; notes what is wrong with the others.
pub(super) fn read_all(root: &Section<'_, '_>, ranks: &[Rank], findings: &mut Findings) -> Vec<ReadRule> {
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
    let mut rules: Vec<ReadRule> = Vec::new();
    for item in items {
        let id = id(item, &mut ids, findings);
        let known = Known { ranks, before: &rules };
        rules.extend(read(item, id, known, findings));
    }
    rules::end_walks(&mut rules);
    rules
}

/// The name of a rule, refused when it was given before.
fn id<'t>(item: Entry<'t, '_>, ids: &mut Vec<&'t str>, findings: &mut Findings) -> Option<&'t str> {
    let toml::de::DeValue::Table(table) = item.value.get_ref() else {
        return None;
    };
    let (key, value) = table.get_key_value("id")?;
    let entry = Entry { key: key.get_ref().as_ref(), value };
    let id = values::name(entry, "\"levels\"", findings)?;
    if id == CARRIED {
        findings.error(
            entry.span(),
            Text::new("имя занято", "the name is taken"),
            text!(
                "именем \"{id}\" называется то, что лимиты прошлых периодов отложили",
                "\"{id}\" is the name of what caps of earlier periods held back"
            ),
            Text::new("дайте правилу другое имя", "give the rule another name"),
        );
    }
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
    known: Known<'_>,
    findings: &mut Findings,
) -> Option<ReadRule> {
    let reader = peek_kind(item);
    let keys = keys(reader);
    let section = Section::of(item, &keys, findings)?;
    section.required("id", "\"levels\"", findings);
    let names: Vec<(&str, ())> = rules::READERS.iter().map(|reader| (reader.name, ())).collect();
    let kind_entry = section.required("kind", "\"level\"", findings);
    let named = kind_entry.and_then(|entry| values::word(entry, &names, &[], findings));
    let has_base = reader.is_none_or(|reader| reader.has_base);
    let base_entry =
        if has_base { section.required("base", "\"turnover\"", findings) } else { section.get("base") };
    let base = base_entry.and_then(|entry| values::word(entry, Base::WORDS, &[], findings));
    let products = products(&section, findings);
    let priority = priority(&section, known.before.len(), findings);
    named?;
    let read = (reader?.read)(&section, known, findings);
    let rates = section.get("rates").or_else(|| section.get("rate_table"));
    let read = read?;
    let cap = match section.get("cap") {
        Some(entry) => Some(cap::of_rule(entry, &read.kind, findings)?),
        None => None,
    };
    Some(ReadRule {
        rule: Rule {
            id: RuleId::new(id?),
            base: if has_base { base? } else { read.base },
            products,
            cap: cap.as_ref().map(|read| read.cap),
            priority: priority?,
            kind: read.kind,
        },
        cap: cap.map(|read| (read.place, read.mode_given)),
        priority: section.get("priority").map(|entry| entry.span()),
        rates: rates.map_or(section.place(), |entry| entry.span()),
        base: base_entry.map_or(section.place(), |entry| entry.span()),
    })
}

/// The keys of a kind; of an unknown one those of all kinds.
pub(super) fn keys(reader: Option<&rules::Reader>) -> Vec<&'static str> {
    let mut keys: Vec<&'static str> = vec!["id", "kind"];
    if reader.is_none_or(|reader| reader.has_base) {
        keys.extend(["base", "cap"]);
    }
    if reader.is_none_or(|reader| !WITHOUT_GOODS.contains(&reader.name)) {
        keys.push("products");
    }
    keys.push("priority");
    match reader {
        Some(reader) => keys.extend(reader.keys),
        None => keys.extend(rules::READERS.iter().flat_map(|reader| reader.keys)),
    }
    keys
}

/// `priority = 2`; the place of the rule in the file, unless said.
fn priority(section: &Section<'_, '_>, before: usize, findings: &mut Findings) -> Option<u32> {
    match section.get("priority") {
        Some(entry) => values::whole(entry, 1..=1000, findings),
        None => u32::try_from(before + 1).ok(),
    }
}

/// Whether a rule of a kind stands in the plan, right or wrong.
pub(super) fn is_there(root: &Section<'_, '_>, kind: &str) -> bool {
    let items = root.get("rules").and_then(|entry| entry.value.get_ref().as_array());
    items.is_some_and(|items| {
        items.iter().any(|item| {
            let named = item.get_ref().get("kind").and_then(|named| named.get_ref().as_str());
            named == Some(kind)
        })
    })
}

/// The kind, to know the keys, before anything is said about it.
fn peek_kind(item: Entry<'_, '_>) -> Option<&'static rules::Reader> {
    let text = item.value.get_ref().get("kind")?.get_ref().as_str()?;
    rules::READERS.iter().find(|reader| reader.name == text)
}

/// The keys of `products`.
pub(super) const PRODUCTS: &[&str] = &["categories", "skus"];

/// `products = { categories = ["…"], skus = ["…"] }`: at least one of the two.
fn products(section: &Section<'_, '_>, findings: &mut Findings) -> Option<Products> {
    let entry = section.get("products")?;
    let example = "[\"…\"]";
    let products = Section::of(entry, PRODUCTS, findings)?;
    let mut read = |key: &str| {
        let items = products.get(key).and_then(|entry| values::list(entry, example, findings));
        let mut named: Vec<String> = Vec::new();
        for item in items.unwrap_or_default() {
            let Some(text) = values::string(item, "\"…\"", findings) else { continue };
            names_no_goods(item, text, &named, findings);
            named.push(text.to_owned());
        }
        named
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

/// Notes a name that is blank or was given before.
fn names_no_goods(item: Entry<'_, '_>, text: &str, named: &[String], findings: &mut Findings) {
    let key = item.key;
    if text.trim().is_empty() {
        findings.warning(
            item.span(),
            Text::new("пусто", "blank"),
            text!(
                "пустой строке в \"{key}\" не соответствует ни один товар",
                "no goods have a blank name in \"{key}\""
            ),
            Text::new("назовите товар или уберите строку", "name the goods, or drop the line"),
        );
    } else if named.iter().any(|known| known == text) {
        let shown: String = text.chars().take(64).collect();
        findings.warning(
            item.span(),
            Text::new("уже есть", "already there"),
            text!("\"{shown}\" назван в \"{key}\" дважды", "\"{shown}\" is named twice in \"{key}\""),
            Text::new("уберите повтор", "drop the repetition"),
        );
    }
}
