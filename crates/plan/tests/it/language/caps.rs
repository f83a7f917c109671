//! Mistakes in caps of a period, of a rule and of a partner.

use super::{RIGHT, breaks, rule_with, warnings};
use plan::{Diagnostics, Plan};

fn at_the_head(tables: &str) -> String {
    RIGHT.replace("[activity]", &format!("{tables}\n[activity]"))
}

fn refused(text: &str) -> Diagnostics {
    super::refused(text)
}

#[test]
fn excess_of_an_order_stays_with_the_company() {
    for word in ["carried", "pool"] {
        let text = at_the_head(&format!("[cap]\npercent = \"40%\"\nexcess = \"{word}\""));
        let told = refused(&text).to_string();
        assert!(
            told.contains("x.toml:13:10: what is cut of an order cannot be put off: it stays with the company; write scope = \"period\", or drop excess"),
            "{told}"
        );
    }
    let carried = "[cap]\npercent = \"40%\"\nscope = \"period\"\nexcess = \"carried\"";
    assert_eq!(warnings(&at_the_head(carried)), Vec::<String>::new());
}

#[test]
fn a_pool_that_takes_what_is_cut_is_there() {
    let no_pool = "excess = \"pool\": the plan has no rule of kind \"pool\" to take what is cut; add a rule with kind = \"pool\", or write excess = \"company\" or \"carried\"";
    breaks(
        "[activity]",
        "[cap]\npercent = \"40%\"\nscope = \"period\"\nexcess = \"pool\"\n[activity]",
        &[&format!("x.toml:14:10: {no_pool}")],
    );
    breaks(
        "[activity]",
        "[partner_cap]\namount = \"1.00\"\nmode = \"tail\"\nexcess = \"pool\"\n[activity]",
        &[&format!("x.toml:14:10: {no_pool}")],
    );
}

#[test]
fn the_cap_of_a_partner_says_how_much_and_who_gives_way() {
    breaks(
        "[activity]",
        "[partner_cap]\n[activity]",
        &[
            "x.toml:11:1: the key \"amount\" is missing; add: amount = \"100000.00\"",
            "x.toml:11:1: the key \"mode\" is missing; add: mode = \"pro_rata\"",
        ],
    );
    breaks(
        "[activity]",
        "[partner_cap]\namount = \"0.00\"\nmode = \"stop\"\nscope = \"period\"\n[activity]",
        &[
            "x.toml:12:10: \"0.00\" is not an amount from 0.01 to 10000000000000.00; write roubles in digits, with a point before the kopecks: \"3000.00\"",
            "x.toml:13:8: \"mode\" has no value \"stop\"; there are now: \"pro_rata\", \"priority\", \"tail\"",
            "x.toml:14:1: there is no key \"scope\" here; the keys here are: amount, mode, excess",
        ],
    );
}

#[test]
fn the_cap_of_a_rule_says_how_much_and_over_what() {
    rule_with(
        "cap = { mode = \"priority\", excess = \"carried\" }",
        &[
            "x.toml:21:7: the key \"percent\" is missing; add: percent = \"40%\"",
            "x.toml:21:16: \"mode\" has no value \"priority\"; there are now: \"pro_rata\", \"tail\", \"stop\"",
            "x.toml:21:28: there is no key \"excess\" here; the keys here are: percent, mode, scope",
        ],
    );
    rule_with(
        "cap = { percent = \"0%\", mode = \"tail\" }",
        &["x.toml:21:19: with a cap of 0% nothing is ever paid; write a share above zero, as \"40%\""],
    );
    rule_with(
        "decided = \"close\"\ncap = { percent = \"30%\", scope = \"order\" }",
        &[
            "x.toml:22:34: the rule is decided at the close of a period and knows no orders; write: scope = \"period\"",
        ],
    );
}

#[test]
fn a_rule_that_may_pass_its_cap_says_who_gives_way() {
    let help = "say how to cut: mode = \"pro_rata\" or mode = \"tail\"; or lower the rates";
    let passes = format!("the rule \"levels\" comes to 22%, and its cap is 21%; {help}");
    rule_with("cap = { percent = \"21%\" }", &[&format!("x.toml:21:7: {passes}")]);
    rule_with("cap = { percent = \"21%\", mode = \"stop\" }", &[&format!("x.toml:21:7: {passes}")]);
    let text = |cap: &str| RIGHT.replace("\"skip_inactive\"\n", &format!("\"skip_inactive\"\ncap = {cap}\n"));
    assert_eq!(warnings(&text("{ percent = \"22%\" }")), Vec::<String>::new(), "exactly at it is within it");
    assert_eq!(
        warnings(&text("{ percent = \"21%\", mode = \"tail\" }")),
        [
            "x.toml:21:7: the cap of the rule \"levels\" may cut: it comes to 22%, and its cap is 21%; the plan works: what is above the cap is cut as mode says"
        ]
    );
    let within = "[cap]\npercent = \"21%\"\n[activity]";
    let both = text("{ percent = \"21%\", mode = \"tail\" }").replace("[activity]", within);
    assert_eq!(warnings(&both).len(), 1, "the rule's own cap keeps the company's");
}

#[test]
fn a_cap_of_an_order_tells_what_it_does_not_hold() {
    let text = at_the_head("[cap]\npercent = \"1%\"\nmode = \"tail\"")
        .replace("id = \"levels\"", "id = \"levels\"\ndecided = \"close\"");
    assert_eq!(
        warnings(&text),
        [
            "x.toml:11:1: a cap of an order does not hold what is decided at the close of a period: \"levels\"; for a cap over everything write scope = \"period\""
        ]
    );
    // What cuts nobody is a promise, over whatever it is reckoned.
    for scope in ["order", "period"] {
        let promise = text.replace("mode = \"tail\"", &format!("scope = \"{scope}\""));
        assert!(refused(&promise).to_string().contains("the rates come to 22%, and the cap is 1%"));
    }
    let period = text.replace("mode = \"tail\"", "scope = \"period\"\nmode = \"tail\"");
    assert_eq!(warnings(&period).len(), 1, "where it begins to cut");
}

#[test]
fn a_priority_is_given_where_some_cap_cuts_by_it() {
    let text = |head: &str| at_the_head(head).replace("id = \"levels\"", "id = \"levels\"\npriority = 2");
    assert_eq!(
        warnings(&text("")),
        [
            "x.toml:18:12: no cap cuts by the priority of rules; write mode = \"priority\" in a cap, or drop priority"
        ]
    );
    for head in [
        "[cap]\npercent = \"40%\"\nmode = \"priority\"",
        "[partner_cap]\namount = \"1.00\"\nmode = \"priority\"",
    ] {
        assert!(warnings(&text(head)).iter().all(|told| !told.contains("by the priority")), "{head}");
    }
    rule_with("priority = 0", &["x.toml:21:12: \"priority\" cannot be 0; it is from 1 to 1000"]);
}

#[test]
fn the_name_of_what_is_carried_is_taken() {
    breaks(
        "\"levels\"",
        "\"carried\"",
        &[
            "x.toml:16:6: \"carried\" is the name of what caps of earlier periods held back; give the rule another name",
        ],
    );
}

#[test]
fn a_summary_says_every_cap_in_both_languages() {
    use plan::explain::{Lang, summary};
    let text = at_the_head(
        "[cap]\npercent = \"20%\"\nscope = \"period\"\nmode = \"priority\"\nexcess = \"carried\"\n[partner_cap]\namount = \"500.00\"\nmode = \"tail\"",
    )
    .replace("\"skip_inactive\"\n", "\"skip_inactive\"\npriority = 4\ncap = { percent = \"21%\", mode = \"tail\", scope = \"period\" }\n");
    let plan = Plan::parse("x.toml", &text).expect("right").plan;
    for (lang, lines) in [
        (
            Lang::En,
            [
                "  together no more than 21% of the turnover of a period: above it the farther levels get nothing",
                "A partner is paid no more than 500.00 roubles for a period: above it the farther levels get nothing",
                "A period pays no more than 20% of its turnover: above it rules give way by their priority",
                "  what is cut is paid to the partner in later periods, as far as the caps allow",
                "  the order of rules, the last gives way first: levels (4)",
            ],
        ),
        (
            Lang::Ru,
            [
                "  вместе за период не больше 21% от оборота: сверх него дальние линии не получают",
                "Партнёру за период выплачивается не больше 500,00\u{a0}₽: сверх него дальние линии не получают",
                "За период выплачивается не больше 20% от оборота: сверх него правила уступают по очереди",
                "  срезанное выплачивается партнёру в следующих периодах, насколько позволят лимиты",
                "  очередь правил, последнее уступает первым: levels (4)",
            ],
        ),
    ] {
        let told = summary(&plan, lang);
        let told: Vec<&str> = told.lines().collect();
        assert_eq!(told[told.len() - 5..], lines.map(|line| line)[..], "{told:#?}");
    }
}

#[test]
fn every_word_of_a_cap_is_told_as_it_is_written() {
    let pool = crate::common::rule(
        "fund",
        "kind = \"pool\"\nbase = \"turnover\"\npercent = \"1%\"\nshares = \"equal\"",
    );
    for (scope, mode, excess) in [
        ("order", "pro_rata", "company"),
        ("period", "priority", "carried"),
        ("period", "tail", "pool"),
        ("period", "stop", "company"),
    ] {
        let keys = format!("scope = \"{scope}\"\nmode = \"{mode}\"\nexcess = \"{excess}\"\n");
        let plan = crate::common::plan(&format!("[cap]\npercent = \"50%\"\n{keys}{pool}"));
        let cap = plan.cap().expect("it is there");
        assert_eq!((cap.scope.as_str(), cap.mode.as_str(), cap.excess.as_str()), (scope, mode, excess));
    }
}
