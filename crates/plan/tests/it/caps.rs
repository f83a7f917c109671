//! Caps of a period, of a rule and of a partner: who gives way, to the kopeck.

mod carried;
mod large;
mod laws;
mod pool;
mod world;

use domain::money::{Money, Rate};
use plan::sketch::{Reckoned, Sketch};
use plan::{Plan, check};

use crate::common::plan;

/// A rule of one level or more on turnover.
fn rule(id: &str, rates: &str, keys: &str) -> String {
    format!(
        "[[rules]]\nid = \"{id}\"\nkind = \"level\"\nbase = \"turnover\"\ncompression = \"none\"\nrates = [{rates}]\n{keys}\n"
    )
}

const CLOSE: &str = "decided = \"close\"";

fn cap(percent: &str, keys: &str) -> String {
    format!("[cap]\npercent = \"{percent}\"\nscope = \"period\"\n{keys}\n")
}

fn partner_cap(amount: &str, keys: &str) -> String {
    format!("[partner_cap]\namount = \"{amount}\"\n{keys}\n")
}

/// Anna above Boris above Vera, who buys.
fn three(sum: &str) -> Sketch {
    let mut company = Sketch::new();
    company.chain(&["anna", "boris", "vera"]).expect("new").buys("vera", sum).expect("known");
    company
}

fn reckon(company: &Sketch, plan: &Plan) -> Reckoned {
    company.reckon(plan).expect("a sound company")
}

/// What everybody gets by every rule, in kopecks.
fn paid(reckoned: &Reckoned, rules: &[&str]) -> Vec<(String, String, i64)> {
    let mut paid = Vec::new();
    for name in ["anna", "boris", "vera"] {
        for rule in rules {
            let sum = reckoned.by_rule(rule, name).minor();
            if sum != 0 {
                paid.push((name.to_owned(), (*rule).to_owned(), sum));
            }
        }
    }
    paid
}

fn named(paid: &[(&str, &str, i64)]) -> Vec<(String, String, i64)> {
    paid.iter().map(|(name, rule, sum)| ((*name).to_owned(), (*rule).to_owned(), *sum)).collect()
}

/// What is not paid, in short.
fn unpaid(reckoned: &Reckoned) -> Vec<String> {
    let part = |part: &plan::close::Unpaid| {
        let rule = part.rule.as_ref().map_or("-", |rule| rule.as_str());
        format!("{rule} {} {:?} {}", part.partner.expect("somebody").place(), part.reason, part.amount)
    };
    reckoned.period.unpaid.iter().map(part).collect()
}

/// What is taken back of orders, in short.
fn cuts(reckoned: &Reckoned) -> Vec<String> {
    let cut = |cut: &plan::close::Cut| {
        format!("{} {} {:?} {}", cut.rule, cut.earner.place(), cut.reason, cut.amount)
    };
    reckoned.period.cuts.iter().map(cut).collect()
}

/// The order pays 10 % and 5 %, the month 8 % and 4 %.
fn both(caps: &str, order_keys: &str, month_keys: &str) -> Plan {
    plan(&format!(
        "{caps}{}{}",
        rule("order", "\"10%\", \"5%\"", order_keys),
        rule("month", "\"8%\", \"4%\"", &format!("{CLOSE}\n{month_keys}"))
    ))
}

const BOTH: &[&str] = &["order", "month"];

#[test]
fn below_the_cap_of_a_period_nothing_changes() {
    let free = reckon(&three("100.00"), &both("", "", ""));
    for mode in ["pro_rata", "priority", "tail"] {
        let caps = format!(
            "{}{}",
            cap("27%", &format!("mode = \"{mode}\"")),
            partner_cap("18.00", &format!("mode = \"{mode}\""))
        );
        let capped = reckon(&three("100.00"), &both(&caps, "", ""));
        assert_eq!(capped.period, free.period, "{mode}");
        assert_eq!(capped.orders, free.orders, "a cap of a period leaves orders alone");
    }
}

#[test]
fn a_period_cuts_orders_and_lines_in_one_proportion() {
    // 10 + 8 to Boris, 5 + 4 to Anna: 27.00; the cap is 9.00, a third.
    let reckoned = reckon(&three("100.00"), &both(&cap("9%", "mode = \"pro_rata\""), "", ""));
    assert_eq!(
        paid(&reckoned, BOTH),
        named(&[
            ("anna", "order", 167),
            ("anna", "month", 133),
            ("boris", "order", 333),
            ("boris", "month", 267)
        ])
    );
    assert_eq!(cuts(&reckoned), ["order 0 OverCap 3.33", "order 1 OverCap 6.67"]);
    assert_eq!(unpaid(&reckoned), ["- 0 OverCap 2.67", "- 1 OverCap 5.33"]);
    let lines: Vec<_> =
        reckoned.period.lines.iter().map(|line| (line.raw.minor(), line.paid.minor())).collect();
    assert_eq!(lines, [(800, 267), (400, 133)], "raw stays, so the factor shows");
}

#[test]
fn the_tail_takes_of_far_levels_first_and_of_orders_last() {
    // Orders stand at level 0 (15.00), then level 1 of the month (8.00), then level 2 (4.00).
    let sums = |percent: &str| {
        paid(&reckon(&three("100.00"), &both(&cap(percent, "mode = \"tail\""), "", "")), BOTH)
    };
    assert_eq!(
        sums("25%"),
        named(&[
            ("anna", "order", 500),
            ("anna", "month", 200),
            ("boris", "order", 1000),
            ("boris", "month", 800)
        ])
    );
    assert_eq!(
        sums("16%"),
        named(&[("anna", "order", 500), ("boris", "order", 1000), ("boris", "month", 100)])
    );
    // Of orders the lower code is the first: Anna keeps 5.00 and Boris the rest.
    assert_eq!(sums("12%"), named(&[("anna", "order", 500), ("boris", "order", 700)]));
}

#[test]
fn rules_give_way_by_priority() {
    let sums = |order: &str, month: &str| {
        paid(&reckon(&three("100.00"), &both(&cap("16%", "mode = \"priority\""), order, month)), BOTH)
    };
    let later_first = named(&[("anna", "order", 500), ("boris", "order", 1000), ("boris", "month", 100)]);
    assert_eq!(sums("", ""), later_first, "the place in the file, unless said");
    assert_eq!(sums("priority = 3", "priority = 7"), later_first);
    assert_eq!(
        sums("priority = 7", "priority = 3"),
        named(&[("anna", "order", 400), ("anna", "month", 400), ("boris", "month", 800)]),
        "the highest number gives way first"
    );
}

#[test]
fn an_order_is_cut_by_priority_too() {
    let text = |first: u32| {
        format!(
            "[cap]\npercent = \"12%\"\nmode = \"priority\"\n{}{}",
            rule("a", "\"5%\", \"5%\"", &format!("priority = {first}")),
            rule("b", "\"10%\"", "priority = 2")
        )
    };
    let sums = |first| paid(&reckon(&three("100.00"), &plan(&text(first))), &["a", "b"]);
    assert_eq!(sums(1), named(&[("anna", "a", 500), ("boris", "a", 500), ("boris", "b", 200)]));
    assert_eq!(sums(3), named(&[("boris", "a", 200), ("boris", "b", 1000)]));
    // One number for both: as the tail, level 1 of both and then level 2.
    assert_eq!(sums(2), named(&[("boris", "a", 500), ("boris", "b", 700)]));
}

#[test]
fn a_partner_is_cut_over_all_he_earns() {
    let sums = |mode: &str, order: &str| {
        let caps = partner_cap("9.00", &format!("mode = \"{mode}\""));
        let reckoned = reckon(&three("100.00"), &both(&caps, order, ""));
        assert_eq!(reckoned.earned("boris"), Money::from_minor(900));
        assert_eq!(reckoned.earned("anna"), Money::from_minor(900), "exactly at his cap");
        (paid(&reckoned, BOTH)[2..].to_vec(), cuts(&reckoned), unpaid(&reckoned))
    };
    assert_eq!(
        sums("pro_rata", ""),
        (
            named(&[("boris", "order", 500), ("boris", "month", 400)]),
            vec!["order 1 OverCap 5.00".to_owned()],
            vec!["- 1 OverCap 4.00".to_owned()]
        )
    );
    assert_eq!(
        sums("tail", ""),
        (
            named(&[("boris", "order", 900)]),
            vec!["order 1 OverCap 1.00".to_owned()],
            vec!["- 1 OverCap 8.00".to_owned()]
        )
    );
    assert_eq!(
        sums("priority", "priority = 9").0,
        named(&[("boris", "order", 100), ("boris", "month", 800)])
    );
}

#[test]
fn a_rule_of_the_close_stays_within_its_share_of_the_base() {
    let sums = |keys: &str| {
        let reckoned = reckon(&three("100.00"), &both("", "", keys));
        (paid(&reckoned, &["month"]), unpaid(&reckoned))
    };
    let cut = |paid: &[(&str, &str, i64)], unpaid: &[&str]| {
        (named(paid), unpaid.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(
        sums("cap = { percent = \"6%\", mode = \"pro_rata\" }"),
        cut(
            &[("anna", "month", 200), ("boris", "month", 400)],
            &["month 0 OverCap 2.00", "month 1 OverCap 4.00"]
        )
    );
    assert_eq!(
        sums("cap = { percent = \"9%\", mode = \"tail\", scope = \"period\" }"),
        cut(&[("anna", "month", 100), ("boris", "month", 800)], &["month 0 OverCap 3.00"])
    );
    assert_eq!(sums("cap = { percent = \"12%\" }").1, Vec::<String>::new(), "exactly at the cap");
}

#[test]
fn an_order_rule_is_cut_by_order_or_over_the_period() {
    // Two orders, of 100.00 and of 1.00; the customer's has one level only above: 10 %.
    let text = |scope: &str| {
        plan(&rule(
            "order",
            "\"10%\", \"10%\"",
            &format!("cap = {{ percent = \"15%\", mode = \"tail\", scope = \"{scope}\" }}"),
        ))
    };
    let mut company = three("100.00");
    company.customer_buys("anna", "100.00").expect("known");
    let by_order = reckon(&company, &text("order"));
    assert_eq!(paid(&by_order, &["order"]), named(&[("anna", "order", 1500), ("boris", "order", 1000)]));
    assert_eq!(cuts(&by_order), Vec::<String>::new());
    let lost: Money = by_order.orders.iter().map(domain::accrual::Accruals::broken).sum();
    assert_eq!(lost, Money::from_minor(500 + 1000), "5.00 over the cap, and nobody at level 2");
    let over_period = reckon(&company, &text("period"));
    assert_eq!(
        paid(&over_period, &["order"]),
        named(&[("anna", "order", 2000), ("boris", "order", 1000)]),
        "together 30 % of 200.00 is 30.00: the cap of the period holds"
    );
    let alone = reckon(&three("100.00"), &text("period"));
    assert_eq!(cuts(&alone), ["order 1 OverCap 5.00"]);
    assert_eq!(
        plan(&rule("order", "\"10%\", \"10%\"", "cap = { percent = \"15%\", mode = \"tail\" }")).rules(),
        text("order").rules(),
        "a rule of orders is cut by order, unless said"
    );
}

#[test]
fn a_rule_is_cut_before_the_order_and_then_weighs_what_is_left() {
    // a is cut from 20.00 to 10.00; then the order from 10.00 + 10.00 to 15.00.
    let text = format!(
        "[cap]\npercent = \"15%\"\nmode = \"pro_rata\"\n{}{}",
        rule("a", "\"20%\"", "cap = { percent = \"10%\", mode = \"pro_rata\" }"),
        rule("b", "\"10%\"", "")
    );
    let reckoned = reckon(&three("100.00"), &plan(&text));
    assert_eq!(paid(&reckoned, &["a", "b"]), named(&[("boris", "a", 750), ("boris", "b", 750)]));
    let order = &reckoned.orders[0];
    assert_eq!(order.shares[0].raw, Money::from_minor(2000), "raw is before every cap");
    assert_eq!(order.paid() + order.broken(), order.maximum);
}

#[test]
fn the_partner_is_cut_first_then_the_rule_then_the_company() {
    // month: Boris 8.00, Anna 1.00. The partner's cap leaves Boris 2.00; the rule's 2.5 % then takes 0.50
    // of Anna, the tail.
    let caps = format!("{}{}", cap("4%", "mode = \"pro_rata\""), partner_cap("2.00", "mode = \"tail\""));
    let month =
        rule("month", "\"8%\", \"1%\"", &format!("{CLOSE}\ncap = {{ percent = \"2.5%\", mode = \"tail\" }}"));
    let reckoned =
        reckon(&three("100.00"), &plan(&format!("{}{month}", partner_cap("2.00", "mode = \"tail\""))));
    assert_eq!(
        paid(&reckoned, &["month"]),
        named(&[("anna", "month", 50), ("boris", "month", 200)]),
        "had the rule been cut first, Boris would have had its 2.50 and Anna nothing"
    );
    assert_eq!(unpaid(&reckoned), ["- 1 OverCap 6.00", "month 0 OverCap 0.50"]);
    let all = reckon(&three("100.00"), &plan(&format!("{caps}{}{month}", rule("order", "\"2%\"", ""))));
    // Boris: 2.00 of the order, nothing of the month; Anna 1.00: together 3.00, below 4.00.
    assert_eq!(paid(&all, BOTH), named(&[("anna", "month", 100), ("boris", "order", 200)]));
}

#[test]
fn one_kopeck_goes_to_the_lower_level_then_the_lower_code() {
    // 0.10 sold: both earn a kopeck by the month, and the cap is one kopeck.
    let text =
        plan(&format!("{}{}", cap("10%", "mode = \"pro_rata\""), rule("month", "\"10%\", \"10%\"", CLOSE)));
    assert_eq!(
        paid(&reckon(&three("0.10"), &text), &["month"]),
        named(&[("boris", "month", 1)]),
        "the lower level"
    );
    let flat = plan(&format!(
        "{}{}{}",
        cap("10%", "mode = \"pro_rata\""),
        rule("a", "\"10%\"", CLOSE),
        rule("b", "\"10%\"", &format!("{CLOSE}\npay_self = true"))
    ));
    assert_eq!(
        paid(&reckon(&three("0.10"), &flat), &["a", "b"]),
        named(&[("boris", "a", 1)]),
        "the lower code, then the earlier rule"
    );
    let none = reckon(&three("0.04"), &text);
    assert_eq!((none.totals().len(), none.period.lines.len()), (0, 0), "less than half a kopeck is nothing");
}

#[test]
fn the_cap_of_a_period_may_be_of_the_margin() {
    let goods = plan::sketch::Goods {
        price: Money::from_minor(10_000),
        cost: Money::from_minor(8_000),
        points: domain::catalog::Volume(0),
    };
    let mut company = Sketch::new();
    company.chain(&["anna", "boris", "vera"]).expect("new").bought("vera", false, goods).expect("known");
    let text = both(&cap("45%", "of = \"margin\"\nmode = \"tail\""), "", "");
    assert_eq!(reckon(&company, &text).totals().values().copied().sum::<Money>(), Money::from_minor(900));
}

#[test]
fn the_worst_case_knows_every_cap() {
    let costs = |plan: &Plan| {
        let case = check::worst_case(plan, Rate::from_ppm(500_000)).pop().expect("a row");
        (case.raw_of_turnover.to_string(), case.paid_of_turnover.to_string(), case.bites)
    };
    let row = |raw: &str, paid: &str, bites| (raw.to_owned(), paid.to_owned(), bites);
    assert_eq!(costs(&both("", "", "")), row("27%", "27%", false));
    assert_eq!(costs(&both(&cap("20%", "mode = \"tail\""), "", "")), row("27%", "20%", true));
    let of_orders = "[cap]\npercent = \"11%\"\nmode = \"tail\"\n";
    assert_eq!(costs(&both(of_orders, "", "")), row("27%", "23%", true), "the month is outside an order");
    let own = "cap = { percent = \"5%\", mode = \"tail\" }";
    assert_eq!(costs(&both("", "", own)), row("27%", "20%", true));
    assert_eq!(
        costs(&both(&cap("20%", ""), "", own)),
        row("27%", "20%", true),
        "so the company's cap is kept"
    );
    assert_eq!(costs(&both(&partner_cap("1.00", "mode = \"tail\""), "", "")), row("27%", "27%", false));
}

#[test]
fn stop_keeps_to_what_fits_when_rounding_alone_passes_the_cap_of_a_period() {
    // 3 kopecks: 0.6 rounds to 1 twice, and the cap is floor(1.2).
    for mode in ["", "mode = \"stop\""] {
        let text = format!("{}{}", cap("40%", mode), rule("month", "\"20%\", \"20%\"", CLOSE));
        let reckoned = reckon(&three("0.03"), &plan(&text));
        assert_eq!(paid(&reckoned, &["month"]), named(&[("boris", "month", 1)]));
        assert_eq!(unpaid(&reckoned), ["- 0 OverCap 0.01"]);
    }
}
