//! A plan in plain words: nothing of it is left unsaid.

use std::collections::BTreeSet;

use plan::explain::{Lang, summary};
use plan::{Plan, language_keys};

const HEAD: &str = r#"name = "test"
title = { ru = "Проба", en = "Test" }
currency = "RUB"
time_zone = "Europe/Moscow"
effective = "paid_at"
hold_days = 14
rounding = "half_up"
point_value = "2.00"
qualify_by = "volume"
roll_up = { below = "50" }

[activity]
monthly = { price = "3000.00", months = 1 }
annual = { price = "10000.00", months = 12 }

[cap]
percent = "90%"
of = "turnover"
scope = "period"
mode = "priority"
excess = "carried"

[partner_cap]
amount = "100000.00"
mode = "tail"
excess = "company"

[[ranks]]
name = "member"

[[ranks]]
name = "silver"
personal_volume = "10"
unrolled_volume = "11"
customer_volume = "12"
frontline_volume = "13"
group_volume = "100"
max_leg_share = "60%"
legs = ["30", "20"]
legs_of = "rolled"
people = [{ rank = "member", count = 2, within = 3, separate_legs = true }]
tenure_months = 3
active = true
keep = { active = true }

[[ranks]]
name = "gold"
staff_only = true

[[rules]]
id = "base"
kind = "level"
base = "volume"
rates = ["1%"]
compression = "none"

[[rules]]
id = "mine"
kind = "personal"
decided = "close"
base = "volume"
bands = [{ from = "1", rate = "1%" }]

[[rules]]
id = "stairs"
kind = "differential"
base = "volume"
after = "mine"
rank_rates = { silver = "2%" }

[[rules]]
id = "more"
kind = "differential"
base = "volume"
after = "mine"
rank_rates = { silver = "2%" }
"#;

/// A key, what stands in the text and what stands there instead; an empty text is the end of the plan.
type Change = (&'static str, &'static str, &'static str);

/// Both summaries of a plan.
fn told(text: &str) -> [String; 2] {
    let plan = Plan::parse("x.toml", text).unwrap_or_else(|mistakes| panic!("{mistakes}\n{text}")).plan;
    [Lang::Ru, Lang::En].map(|lang| summary(&plan, lang))
}

/// Every change changes what is said, in both languages; returns the keys that were changed.
fn all_tell(text: &str, changes: &[Change]) -> BTreeSet<&'static str> {
    let before = told(text);
    for (key, from, to) in changes {
        assert!(text.contains(from), "{key}: {from}");
        let changed = if from.is_empty() { format!("{text}{to}\n") } else { text.replacen(from, to, 1) };
        let after = told(&changed);
        assert!(
            before[0] != after[0] && before[1] != after[1],
            "{key}, {to}: nothing else is said\n{}",
            after[1]
        );
    }
    changes.iter().map(|(key, ..)| *key).collect()
}

fn keys_of(table: &str) -> BTreeSet<&'static str> {
    let tables = language_keys();
    let (_, keys) = tables.into_iter().find(|(name, _)| name == table).expect("a table of the language");
    keys.into_iter().collect()
}

/// What is the same in every rule of a kind that has a base.
const COMMON: &[Change] = &[
    ("id", "id = \"r\"", "id = \"other\""),
    ("base", "base = \"turnover\"", "base = \"margin\""),
    ("cap", "", "cap = { percent = \"50%\", mode = \"tail\" }"),
    ("products", "", "products = { categories = [\"care\"] }"),
    ("products", "", "products = { skus = [\"care\"] }"),
    ("priority", "", "priority = 900"),
];

const WALK: &[Change] = &[
    ("rates", "\"5%\", \"3%\"", "\"5%\", \"4%\""),
    ("rate_table", "rates = [\"5%\", \"3%\"]", "rate_table = { silver = [\"5%\"] }"),
    ("compression", "\"skip_inactive\"", "\"none\""),
    ("compression", "\"skip_inactive\"", "\"dynamic\""),
    ("compression", "\"skip_inactive\"", "\"roll_to_next\""),
    ("min_rank", "\"skip_inactive\"", "\"skip_below_rank\"\nmin_rank = \"silver\""),
    ("unlock", "unlock = \"one_to_one\"", ""),
    ("unlock", "\"one_to_one\"", "{ tiers = [{ min_active = 1, max_level = 2 }] }"),
    ("closed_level", "", "closed_level = \"pass_up\""),
];

const FAR: &[Change] = &[("pay_self", "", "pay_self = true"), ("max_scan", "", "max_scan = 9")];

const LEVELS: &str = "rates = [\"5%\", \"3%\"]\ncompression = \"skip_inactive\"\nunlock = \"one_to_one\"\n";

/// Of every kind: its own keys, and what each changes.
fn kinds() -> Vec<(&'static str, String, Vec<Change>)> {
    let walk = |more: &[Change]| [WALK, more].concat();
    vec![
        ("level", LEVELS.to_owned(), walk(&[FAR, &[("decided", "", "decided = \"close\"")]].concat())),
        ("fast_start", format!("days = 30\n{LEVELS}"), walk(&[FAR, FAST_START].concat())),
        ("personal", "bands = [{ from = \"1\", rate = \"5%\" }]\n".to_owned(), PERSONAL.to_vec()),
        ("retail_margin", "partner_price = \"cost\"\n".to_owned(), RETAIL.to_vec()),
        ("matching", "of = [\"base\"]\nrates = [\"5%\"]\n".to_owned(), MATCHING.to_vec()),
        ("differential", "bands = [{ from = \"1\", rate = \"5%\" }]\n".to_owned(), DIFFERENTIAL.to_vec()),
        ("same_level", "of = \"stairs\"\nrate = \"5%\"\n".to_owned(), SAME_LEVEL.to_vec()),
        ("generation", "boundary = \"silver\"\nrates = [\"5%\"]\n".to_owned(), GENERATION.to_vec()),
        ("infinity", "rank_rates = { silver = \"5%\" }\npays = \"full\"\n".to_owned(), INFINITY.to_vec()),
        (
            "breakaway",
            "at_rank = \"silver\"\noverride = { silver = \"5%\" }\nmode = \"differential\"\n".to_owned(),
            BREAKAWAY.to_vec(),
        ),
        ("pool", "percent = \"5%\"\nshares = \"equal\"\n".to_owned(), POOL.to_vec()),
        (
            "rank_advance",
            "sums = { gold = \"5.00\" }\nskipped = \"each\"\n".to_owned(),
            RANK_ADVANCE.to_vec(),
        ),
        ("award", "count = 12\nitem = { ru = \"Дар\", en = \"Gift\" }\n".to_owned(), AWARD.to_vec()),
        ("binary", "percent = \"5%\"\nafter_match = \"net_off\"\n".to_owned(), BINARY.to_vec()),
        ("matrix", format!("width = 3\nheight = 4\n{LEVELS}"), walk(MATRIX)),
    ]
}

const FAST_START: &[Change] = &[
    ("days", "days = 30", "days = 31"),
    ("first_order", "days = 30", "first_order = true"),
    ("replaces_level", "", "replaces_level = true"),
];

const PERSONAL: &[Change] = &[
    ("decided", "", "decided = \"close\""),
    ("of", "", "of = \"own\""),
    ("of", "", "of = \"customers\""),
    ("bands", "from = \"1\", rate = \"5%\"", "from = \"2\", rate = \"5%\""),
    ("bands", "from = \"1\", rate = \"5%\"", "from = \"1\", rate = \"6%\""),
];

const RETAIL: &[Change] = &[("partner_price", "\"cost\"", "{ discount = \"5%\" }")];

const MATCHING: &[Change] = &[
    ("of", "[\"base\"]", "[\"mine\"]"),
    ("rates", "rates = [\"5%\"]", "rates = [\"6%\"]"),
    ("rate_table", "rates = [\"5%\"]", "rate_table = { silver = [\"5%\"] }"),
    ("on", "", "on = \"raw\""),
    ("skip_inactive", "", "skip_inactive = false"),
];

const DIFFERENTIAL: &[Change] = &[
    ("bands", "from = \"1\", rate = \"5%\"", "from = \"2\", rate = \"5%\""),
    ("by", "", "by = \"frontline_volume\""),
    ("rank_rates", "bands = [{ from = \"1\", rate = \"5%\" }]", "rank_rates = { silver = \"5%\" }"),
    ("pay_self", "", "pay_self = true"),
    ("after", "", "after = \"mine\""),
    ("top", "", "top = \"4%\""),
];

const SAME_LEVEL: &[Change] = &[
    ("of", "of = \"stairs\"", "of = \"more\""),
    ("rate", "rate = \"5%\"", "rate = \"6%\""),
    ("counts_as_done", "", "counts_as_done = false"),
];

const GENERATION: &[Change] = &[
    ("rates", "rates = [\"5%\"]", "rates = [\"6%\"]"),
    ("rate_table", "rates = [\"5%\"]", "rate_table = { silver = [\"5%\"] }"),
    ("first_generation", "", "first_generation = 2"),
    ("boundary", "boundary = \"silver\"", "boundary = \"gold\""),
    ("boundary", "boundary = \"silver\"", "boundary = \"same_rank\""),
    ("inactive_bounds", "", "inactive_bounds = false"),
    ("empty_generation_counts", "", "inactive_bounds = false\nempty_generation_counts = true"),
];

const INFINITY: &[Change] = &[
    ("rank_rates", "silver = \"5%\"", "silver = \"6%\""),
    ("pays", "pays = \"full\"", "pays = \"difference\""),
    ("after_generation", "", "after_generation = 1"),
    ("boundary", "", "after_generation = 1\nboundary = \"gold\""),
];

const BREAKAWAY: &[Change] = &[
    ("at_rank", "at_rank = \"silver\"", "at_rank = \"gold\""),
    ("override", "override = { silver = \"5%\" }", "override = { silver = \"6%\" }"),
    ("mode", "mode = \"differential\"", "mode = \"fixed\""),
    ("min_override", "", "min_override = \"1%\""),
    ("generations", "", "generations = [\"1%\"]"),
    ("of", "", "of = [\"base\"]"),
    ("exclude_group", "", "exclude_group = false"),
];

const POOL: &[Change] = &[
    ("percent", "percent = \"5%\"", "percent = \"6%\""),
    ("shares", "\"equal\"", "{ silver = 2 }"),
    ("shares", "\"equal\"", "\"group_volume\""),
    ("min_rank", "", "min_rank = \"silver\""),
    ("min_qualifiers", "", "min_qualifiers = 2"),
    ("max_per_partner", "", "max_per_partner = \"5.00\""),
    ("max_per_partner", "", "max_per_partner = \"5%\""),
    ("unused", "", "unused = \"carried\""),
];

const RANK_ADVANCE: &[Change] = &[
    ("sums", "gold = \"5.00\"", "gold = \"6.00\""),
    ("skipped", "skipped = \"each\"", "skipped = \"highest\""),
    ("hold_periods", "", "hold_periods = 2"),
];

const AWARD: &[Change] = &[
    ("count", "count = 12", "count = 13"),
    ("item", "ru = \"Дар\", en = \"Gift\"", "ru = \"Приз\", en = \"Prize\""),
];

const BINARY: &[Change] = &[
    ("percent", "percent = \"5%\"", "percent = \"6%\""),
    ("unit", "percent = \"5%\"", "unit = \"100.00\"\nsum = \"5.00\""),
    ("sum", "percent = \"5%\"", "unit = \"100.00\"\nsum = \"6.00\""),
    ("after_match", "\"net_off\"", "\"carry_forward\""),
    ("after_match", "\"net_off\"", "\"full_flush\""),
    ("carry_cap", "", "carry_cap = \"5.00\""),
    ("period_cap", "", "period_cap = \"5.00\""),
    ("ratio", "", "ratio = \"1:2\""),
    ("balance", "", "balance = \"volume_ratio\""),
    ("fill", "", "fill = \"depth_first\""),
];

const MATRIX: &[Change] = &[
    ("width", "width = 3", "width = 4"),
    ("height", "height = 4", "height = 5"),
    ("fill", "", "fill = \"depth_first\""),
];

#[test]
fn each_parameter_of_each_kind_changes_the_summary() {
    for (kind, own, mut changes) in kinds() {
        let keys = keys_of(&format!("rules.{kind}"));
        let base = if keys.contains("base") { "base = \"turnover\"\n" } else { "" };
        let text = format!("{HEAD}\n[[rules]]\nid = \"r\"\nkind = \"{kind}\"\n{base}{own}");
        // These take nothing of goods, so they choose none.
        let chooses = !["matching", "rank_advance"].contains(&kind);
        let may = |key: &&str| keys.contains(key) && (chooses || *key != "products");
        changes.extend(COMMON.iter().filter(|(key, ..)| may(key)));
        let changed = all_tell(&text, &changes);
        let unchanged: Vec<&&str> =
            keys.difference(&changed).filter(|key| **key != "kind" && may(key)).collect();
        assert!(unchanged.is_empty(), "{kind}: {unchanged:?}");
    }
    assert_eq!(kinds().len(), language_keys().iter().filter(|(_, keys)| keys.contains(&"id")).count());
}

#[test]
fn each_term_of_the_head_changes_the_summary() {
    let changes: &[Change] = &[
        ("name", "name = \"test\"", "name = \"other\""),
        ("title", "ru = \"Проба\", en = \"Test\"", "ru = \"Опыт\", en = \"Trial\""),
        ("time_zone", "Europe/Moscow", "Asia/Novosibirsk"),
        ("effective", "\"paid_at\"", "\"ordered_at\""),
        ("effective", "\"paid_at\"", "\"delivered_at\""),
        ("hold_days", "hold_days = 14", "hold_days = 15"),
        ("rounding", "\"half_up\"", "\"half_even\""),
        ("rounding", "\"half_up\"", "\"down\""),
        ("point_value", "\"2.00\"", "\"3.00\""),
        ("qualify_by", "qualify_by = \"volume\"", "qualify_by = \"turnover\""),
        ("qualify_by", "qualify_by = \"volume\"", "qualify_by = \"margin\""),
        ("roll_up", "below = \"50\"", "below = \"51\""),
        ("roll_up", "roll_up = { below = \"50\" }", ""),
        ("activity", "price = \"3000.00\"", "price = \"3001.00\""),
        ("activity", "months = 12", "months = 11"),
        ("cap", "percent = \"90%\"", "percent = \"91%\""),
        ("cap", "of = \"turnover\"", "of = \"volume\""),
        ("cap", "scope = \"period\"\nmode = \"priority\"\nexcess = \"carried\"", "mode = \"priority\""),
        ("cap", "mode = \"priority\"", "mode = \"pro_rata\""),
        ("cap", "mode = \"priority\"", "mode = \"tail\""),
        ("cap", "excess = \"carried\"", "excess = \"company\""),
        ("partner_cap", "amount = \"100000.00\"", "amount = \"200000.00\""),
        ("partner_cap", "mode = \"tail\"", "mode = \"pro_rata\""),
        ("partner_cap", "excess = \"company\"", "excess = \"carried\""),
    ];
    let mut changed = all_tell(HEAD, changes);
    // What is the same in every plan there is, and what other tests change.
    changed.extend(["currency", "period", "ranks", "rules"]);
    assert_eq!(changed, keys_of(""));
}

#[test]
fn each_condition_of_a_rank_changes_the_summary() {
    let conditions: &[Change] = &[
        ("personal_volume", "personal_volume = \"10\"", "personal_volume = \"9\""),
        ("unrolled_volume", "unrolled_volume = \"11\"", "unrolled_volume = \"9\""),
        ("customer_volume", "customer_volume = \"12\"", "customer_volume = \"9\""),
        ("frontline_volume", "frontline_volume = \"13\"", "frontline_volume = \"9\""),
        ("group_volume", "group_volume = \"100\"", "group_volume = \"90\""),
        ("max_leg_share", "max_leg_share = \"60%\"", "max_leg_share = \"50%\""),
        ("legs", "[\"30\", \"20\"]", "[\"30\", \"20\", \"10\"]"),
        ("legs_of", "\"rolled\"", "\"unrolled\""),
        ("legs_of", "\"rolled\"", "\"mixed\""),
        ("people", "rank = \"member\"", "rank = \"gold\""),
        ("people", "count = 2", "count = 3"),
        ("people", "within = 3", "within = 1"),
        ("people", "within = 3, ", ""),
        ("people", "separate_legs = true", "separate_legs = false"),
        ("tenure_months", "tenure_months = 3", "tenure_months = 4"),
        ("active", "active = true\nkeep", "active = false\nkeep"),
    ];
    let mut changed = all_tell(HEAD, conditions);
    assert_eq!(changed, keys_of("ranks.keep"), "to reach it");
    changed.extend(all_tell(
        HEAD,
        &[
            ("name", "name = \"gold\"", "name = \"best\""),
            ("staff_only", "staff_only = true", "tenure_months = 9"),
            ("keep", "keep = { active = true }", "keep = {}"),
            ("keep", "keep = { active = true }", "keep = { group_volume = \"1\" }"),
            ("keep", "keep = { active = true }", ""),
        ],
    ));
    assert_eq!(changed, keys_of("ranks"));
    let names = "ranks = [\"member\", \"silver\", \"gold\"]\n";
    let rest = HEAD.split("[[ranks]]").next().expect("a head");
    let rules = HEAD.find("[[rules]]").map(|place| &HEAD[place..]).expect("rules");
    let given = |names: &str| told(&format!("{names}{rest}{rules}"));
    assert_ne!(given(names), given("ranks = [\"silver\"]\n"));
}
