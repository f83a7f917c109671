//! The JSON Schema of plans, held to the language that it describes.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::Validator;
use plan::explain::Lang;
use plan::{Plan, language_keys};
use serde_json::Value;

use crate::common::{HEAD, at_root, examples, reference, rule};

/// A word that the language has nowhere.
const NO_WORD: &str = "zzzzzzzz";

fn schema() -> Value {
    serde_json::from_str(&at_root("plans/plan.schema.json")).expect("JSON")
}

fn validator() -> Validator {
    jsonschema::draft202012::new(&schema()).expect("a schema")
}

fn json(text: &str) -> Value {
    toml::from_str(text).expect("TOML")
}

/// The part of the schema that describes a table of the language.
fn pointer(table: &str) -> String {
    let definition = match table {
        "" => return String::new(),
        "title" => "both_languages",
        "activity.fee" => "fee",
        "ranks" => "rank",
        "ranks.keep" => "conditions",
        "ranks.people" => "people",
        "rules.unlock" => "tiers",
        "rules.unlock.tiers" => "tier",
        "rules.bands" => "band",
        "rules.products" => "products",
        "rules.partner_price" => "partner_price",
        other => return format!("/$defs/{}", other.replace('.', "_").replace("rules_", "rule_")),
    };
    format!("/$defs/{definition}")
}

/// The properties of a table.
fn properties<'s>(schema: &'s Value, table: &str) -> &'s serde_json::Map<String, Value> {
    let described = schema.pointer(&pointer(table)).unwrap_or_else(|| panic!("no schema of \"{table}\""));
    assert_eq!(described["additionalProperties"], false, "\"{table}\" has no other keys");
    described["properties"].as_object().expect("an object")
}

#[test]
fn the_schema_knows_the_keys_that_the_readers_know() {
    let schema = schema();
    for (table, keys) in language_keys() {
        let known: BTreeSet<&str> = properties(&schema, &table).keys().map(String::as_str).collect();
        assert_eq!(known, keys.into_iter().collect(), "the keys of \"{table}\"");
    }
    let closed = |definition: &Value| definition["additionalProperties"] == false;
    let described = schema["$defs"].as_object().expect("an object").values().filter(|of| closed(of)).count();
    assert_eq!(described + 1, language_keys().len(), "no table that the language has not");
}

#[test]
fn every_key_is_explained_in_both_languages() {
    let schema = schema();
    for (table, _) in language_keys() {
        for (key, described) in properties(&schema, &table) {
            let told = described["description"].as_str().unwrap_or_default();
            let parts: Vec<&str> = told.split("\n\n").collect();
            assert!(
                parts.len() == 2 && parts.iter().all(|part| part.ends_with('.')),
                "{table} {key}: {told}"
            );
        }
    }
}

/// The words that a value may be, with those of what it refers to.
fn words(schema: &Value, of: &Value) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let listed = of["enum"].as_array().into_iter().flatten().chain(of.get("const"));
    words.extend(listed.filter_map(Value::as_str).map(str::to_owned));
    if let Some(name) = of["$ref"].as_str() {
        words.extend(self::words(schema, schema.pointer(&name[1..]).expect("what is referred to")));
    }
    words.extend(of["anyOf"].as_array().into_iter().flatten().flat_map(|of| self::words(schema, of)));
    words
}

/// A plan in which a key of a table has a word that the language has nowhere.
fn with_a_wrong_word(table: &str, key: &str) -> String {
    let line = format!("{key} = \"{NO_WORD}\"\n");
    let level = |more: &str| {
        let keys = format!(
            "kind = \"level\"\nbase = \"turnover\"\nrates = [\"1%\"]\ncompression = \"none\"\n{more}"
        );
        rule("r", &keys)
    };
    match table {
        "" => format!("{line}{HEAD}{}", level("")),
        "ranks" => format!("{HEAD}{}[[ranks]]\nname = \"a\"\n{line}", level("")),
        "ranks.keep" => format!("{HEAD}{}[[ranks]]\nname = \"a\"\n[ranks.keep]\n{line}", level("")),
        "cap" | "partner_cap" => format!("{HEAD}{}[{table}]\n{line}", level("")),
        "rules.cap" => format!("{HEAD}{}", level(&format!("cap = {{ {} }}", line.trim_end()))),
        _ => {
            let kind = table.strip_prefix("rules.").expect("a rule");
            let kind = if key == "kind" { String::new() } else { format!("kind = \"{kind}\"\n") };
            // Without percentages nobody asks by what they are.
            let bands = if key == "by" { "bands = [{ from = \"1\", rate = \"1%\" }]\n" } else { "" };
            format!("{HEAD}[[rules]]\nid = \"r\"\n{kind}{bands}{line}")
        }
    }
}

/// The words that the language says it has for a key.
fn told_words(text: &str, key: &str) -> Option<BTreeSet<String>> {
    let mut lines: Vec<&str> = text.lines().collect();
    // A key of the head that is there already gives way.
    let twice = |line: &&str| line.starts_with(&format!("{key} = ")) && !line.contains(NO_WORD);
    let first_table = lines.iter().position(|line| line.starts_with('[')).expect("a table");
    let kept: Vec<&str> = lines.drain(..first_table).filter(|line| !twice(line)).collect();
    let text = [kept, lines].concat().join("\n");
    let told = Plan::parse("x.toml", &text).expect_err("a wrong word");
    let told: Vec<String> = told.iter().map(|mistake| mistake.line_in(Lang::En)).collect();
    let start = format!("\"{key}\" has no value \"{NO_WORD}\"; there are now: ");
    let list = told.iter().find_map(|line| line.split_once(&start)).map(|(_, list)| list)?;
    Some(list.split(", ").map(|word| word.trim_matches('"').to_owned()).collect())
}

#[test]
fn the_schema_knows_the_words_that_the_readers_know() {
    let schema = schema();
    let (mut compared, mut wrong) = (0, Vec::new());
    let kinds: BTreeSet<String> = language_keys()
        .iter()
        .filter(|(_, keys)| keys.contains(&"id"))
        .map(|(table, _)| table[6..].to_owned())
        .collect();
    for (table, _) in language_keys() {
        for (key, described) in properties(&schema, &table) {
            let mut known = words(&schema, described);
            if known.is_empty() {
                continue;
            }
            if key == "kind" {
                assert_eq!(known.len(), 1, "{table}");
                known.clone_from(&kinds);
            }
            let told = told_words(&with_a_wrong_word(&table, key), key);
            if told.as_ref() != Some(&known) {
                wrong.push(format!("{key} in \"{table}\": {told:?} are told, the schema has {known:?}"));
            }
            compared += 1;
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(compared > 60, "{compared} keys have words");
}

#[test]
fn every_plan_that_ships_and_of_the_reference_fits_the_schema() {
    let validator = validator();
    let mut plans: BTreeMap<String, String> = examples();
    for name in ["nanorem-5", "nanorem-12"] {
        plans.insert(name.to_owned(), at_root(&format!("plans/{name}.toml")));
    }
    for (place, text) in (1..).zip(reference()) {
        plans.insert(format!("docs/plan.md, plan {place}"), text);
    }
    for (name, text) in plans {
        let wrong: Vec<String> = validator.iter_errors(&json(&text)).map(|error| error.to_string()).collect();
        assert_eq!(wrong, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn what_the_language_refuses_by_its_form_the_schema_refuses() {
    let validator = validator();
    let examples = examples();
    let cases = [
        ("unilevel", "hold_days = 14", "hold_day = 14"),
        ("unilevel", "currency = \"RUB\"", ""),
        ("unilevel", "\"delivered_at\"", "\"delivered\""),
        ("unilevel", "rates = [\"20%\", \"5%\"]", "rates = [20, 5]"),
        ("unilevel", "rates = [\"20%\", \"5%\"]", "rates = [\"20,5%\"]"),
        ("unilevel", "rates = [\"20%\", \"5%\"]", "rates = [\"20%\", \"0%\"]"),
        ("unilevel", "rates = [\"20%\", \"5%\"]", ""),
        ("unilevel", "price = \"990.00\"", "price = \"990 руб\""),
        ("unilevel", "months = 1", "months = 121"),
        ("unilevel", "days = 30", "days = 30\nfirst_order = true"),
        ("unilevel", "compression = \"dynamic\"", "compression = \"skip_below_rank\""),
        ("unilevel", "kind = \"award\"", "kind = \"award\"\nbase = \"turnover\""),
        ("unilevel", "kind = \"award\"", "kind = \"gift\""),
        ("unilevel", "mode = \"tail\"", "mode = \"tail\"\nexcess = \"carried\""),
        ("stairstep", "name = \"member\"", "name = \"Участник\""),
        ("stairstep", "max_leg_share = \"60%\"\npeople", "legs_of = \"mixed\"\npeople"),
        ("stairstep", "mode = \"differential\"", "mode = \"fixed\""),
        ("generation", "staff_only = true", "staff_only = true\nactive = true\ntenure_months = 1"),
        ("generation", "pays = \"difference\"", ""),
        ("binary", "percent = \"10%\"\nafter", "percent = \"10%\"\nunit = \"100.00\"\nafter"),
        ("binary", "\"carry_forward\"", "\"full_flush\""),
        ("binary", "on = \"capped\"", "on = \"capped\"\nproducts = { skus = [\"a\"] }"),
        ("matrix", "width = 3", "width = 1"),
        ("matrix", "max_per_partner = \"50%\"", "max_per_partner = \"half\""),
        ("hybrid", "mode = \"tail\" }", "mode = \"tail\", scope = \"order\" }"),
        ("hybrid", "skipped = \"highest\"", "skipped = \"all\""),
    ];
    for (name, right, wrong) in cases {
        let text = &examples[name];
        assert!(text.contains(right), "{name}: {right}");
        let broken = text.replacen(right, wrong, 1);
        assert!(!validator.is_valid(&json(&broken)), "the schema takes {name} with {wrong:?} for {right:?}");
        assert!(Plan::parse("x", &broken).is_err(), "the language takes {name} with {wrong:?} for {right:?}");
    }
}
