//! Every key of the language, table by table, for editors.

use super::{KEYS, bands, cap, conditions, head, ranks, rule, rules, unlock};

/// The keys of every table of the language, by what the table is called: `""` is the head of a plan,
/// `"cap"` its table `[cap]`, `"rules.level"` a rule of the kind `level`, `"rules.bands"` a band of any
/// rule.
///
/// It is what readers themselves go by, so that what helps to write a plan, as the JSON Schema that
/// editors use, can be held to it.
pub fn language_keys() -> Vec<(String, Vec<&'static str>)> {
    let tables: [(&str, &[&'static str]); 16] = [
        ("", KEYS),
        ("title", head::LANGUAGES),
        ("activity", head::ACTIVITY),
        ("activity.fee", head::FEE),
        ("roll_up", head::ROLL_UP),
        ("ranks", &ranks::keys()),
        ("ranks.keep", conditions::KEYS),
        ("ranks.people", conditions::PEOPLE_KEYS),
        ("cap", cap::KEYS),
        ("partner_cap", cap::PARTNER_KEYS),
        ("rules.cap", cap::RULE_KEYS),
        ("rules.products", rule::PRODUCTS),
        ("rules.unlock", unlock::KEYS),
        ("rules.unlock.tiers", unlock::TIER),
        ("rules.bands", bands::BAND),
        ("rules.partner_price", rules::PRICE),
    ];
    let tables = tables.into_iter().map(|(table, keys)| (table.to_owned(), keys.to_vec()));
    let kinds = rules::READERS.iter();
    let kinds = kinds.map(|reader| (format!("rules.{}", reader.name), rule::keys(Some(reader))));
    tables.chain(kinds).collect()
}
