//! Keys and words: unknown, missing, mistyped, forbidden.

use plan::explain::Lang;

use super::{RIGHT, breaks, refused, rule_with};

#[test]
fn unknown_keys_are_refused_with_the_one_that_was_meant() {
    breaks(
        "currency",
        "currencyx",
        &["x.toml:3:1: there is no key \"currencyx\" here; did you mean \"currency\"?"],
    );
    breaks(
        "months = 12 }",
        "months = 12, years = 1 }",
        &["x.toml:13:45: there is no key \"years\" here; the keys here are: price, months"],
    );
    breaks(
        "[activity]",
        "[activityx]",
        &["x.toml:11:2: there is no key \"activityx\" here; did you mean \"activity\"?"],
    );
    rule_with(
        "days = 30",
        &[
            "x.toml:21:1: there is no key \"days\" here; the keys here are: id, kind, base, cap, products, priority, decided, rates, rate_table, pay_self, compression, min_rank, unlock, closed_level, max_scan",
        ],
    );
}

#[test]
fn missing_keys_are_named_with_an_example() {
    breaks(
        "currency = \"RUB\"\n",
        "",
        &["x.toml:1:1: the key \"currency\" is missing; add: currency = \"RUB\""],
    );
    breaks(
        "compression = \"skip_inactive\"\n",
        "",
        &["x.toml:15:1: the key \"compression\" is missing; add: compression = \"skip_inactive\""],
    );
    breaks(
        "price = \"3000.00\", ",
        "",
        &["x.toml:12:11: the key \"price\" is missing; add: price = \"3000.00\""],
    );
    assert_eq!(refused("").as_slice().len(), 7, "everything that must be there");
}

#[test]
fn words_that_do_not_exist_are_refused() {
    breaks(
        "\"paid_at\"",
        "\"paidx_at\"",
        &["x.toml:5:13: \"effective\" has no value \"paidx_at\"; did you mean \"paid_at\"?"],
    );
    breaks("\"RUB\"", "\"USD\"", &["x.toml:3:12: \"currency\" has no value \"USD\"; there are now: \"RUB\""]);
    breaks(
        "\"level\"",
        "\"lottery\"",
        &[
            "x.toml:17:8: \"kind\" has no value \"lottery\"; there are now: \"level\", \"fast_start\", \"personal\", \"retail_margin\", \"matching\", \"differential\", \"same_level\", \"generation\", \"infinity\", \"breakaway\", \"pool\", \"rank_advance\", \"award\", \"binary\", \"matrix\"",
        ],
    );
    breaks(
        "\"level\"",
        "\"levelx\"",
        &["x.toml:17:8: \"kind\" has no value \"levelx\"; did you mean \"level\"?"],
    );
    breaks(
        "\"month\"",
        "\"week\"",
        &["x.toml:7:10: period = \"week\" is not supported yet; there are now: \"month\""],
    );
    breaks(
        "\"skip_inactive\"",
        "\"permanent\"",
        &[
            "x.toml:20:15: \"permanent\" is no way to count levels; it is a dated event that staff write down, with nanorem partner remove",
        ],
    );
    breaks(
        "[activity]",
        "[cap]\npercent = \"40%\"\nscope = \"week\"\nmode = \"prioritys\"\nexcess = \"nobody\"\n[activity]",
        &[
            "x.toml:13:9: \"scope\" has no value \"week\"; there are now: \"order\", \"period\"",
            "x.toml:14:8: \"mode\" has no value \"prioritys\"; did you mean \"priority\"?",
            "x.toml:15:10: \"excess\" has no value \"nobody\"; there are now: \"company\", \"carried\", \"pool\"",
        ],
    );
    breaks(
        "Europe/Moscow",
        "Europe/Moscowx",
        &[
            "x.toml:4:13: there is no time zone \"Europe/Moscowx\"; use a name of the IANA database: \"Europe/Moscow\", \"Asia/Novosibirsk\" or \"UTC\"",
        ],
    );
}

#[test]
fn values_of_another_kind_are_refused_with_what_was_expected() {
    breaks(
        "\"RUB\"",
        "643",
        &["x.toml:3:12: \"currency\" takes a string, and this is a whole number; write: \"RUB\""],
    );
    breaks(
        "hold_days = 14",
        "hold_days = \"14\"",
        &["x.toml:6:13: \"hold_days\" takes a whole number, and this is a string; write: 14"],
    );
    breaks(
        "hold_days = 14",
        "hold_days = -1",
        &["x.toml:6:13: \"hold_days\" cannot be -1; it is from 0 to 3650"],
    );
    breaks(
        "hold_days = 14",
        "hold_days = 14.0",
        &["x.toml:6:13: \"hold_days\" takes a whole number, and this is a fraction; write: 1"],
    );
    breaks(
        "title = { ru = \"Проба\", en = \"Test\" }",
        "title = \"Test\"",
        &["x.toml:2:9: \"title\" takes a table, and this is a string; write: { ru = …, en = … }"],
    );
    rule_with(
        "pay_self = \"yes\"",
        &["x.toml:21:12: \"pay_self\" takes true or false, and this is a string; write: true"],
    );
    rule_with(
        "max_scan = 2026-01-01",
        &["x.toml:21:12: \"max_scan\" takes a whole number, and this is a date; write: 1"],
    );
}

#[test]
fn nothing_is_paid_for_recruiting() {
    let why = "the law forbids pay for recruiting; pay on goods only: base = \"turnover\", \"margin\" or \"volume\"; fees and registrations are never part of a base";
    let refuses = |from: &str, to: &str, place: &str, word: &str| {
        breaks(from, to, &[&format!("x.toml:{place}: nothing may be paid on \"{word}\": {why}")]);
    };
    for word in ["activity_fee", "fees", "sign_up", "registration", "signups"] {
        refuses("\"turnover\"", &format!("\"{word}\""), "18:8", word);
    }
    refuses(
        "base = \"turnover\"",
        "base = \"turnover\"\nsign_up_bonus = \"100.00\"",
        "19:1",
        "sign_up_bonus",
    );
    refuses(
        "\"skip_inactive\"",
        "\"skip_inactive\"\nproducts = { categories = [\"fees\"] }",
        "21:12",
        "fees",
    );
    refuses("ranks =", "registration = \"100.00\"\nranks =", "9:1", "registration");
    refuses(
        "[activity]",
        "[cap]\npercent = \"40%\"\nof = \"activity_fees\"\n[activity]",
        "13:6",
        "activity_fees",
    );
    let russian = refused(&RIGHT.replace("\"turnover\"", "\"registration\"")).lines_in(Lang::Ru);
    assert!(russian.contains("закон запрещает вознаграждение за привлечение людей"), "{russian}");
}
