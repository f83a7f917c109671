//! Worked cases that others published, to the last kopeck.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::common::{Someone, accrue, active, line, order, order_of, paid_to, plan, refund};
use domain::catalog::ProductKind;
use domain::money::{Money, Rate, Rounding, split};
use plan::Plan;
use serde_json::Value;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// The folder of the cases that are not part of the project, where it exists.
fn shared() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/cases");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no folder {}; the copies in tests/fixtures are run", folder.display());
    None
}

fn read(folder: &Path, name: &str) -> Value {
    let text = std::fs::read_to_string(folder.join(name)).expect("a readable file of cases");
    serde_json::from_str(&text).expect("JSON")
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key)?.as_str()
}

fn rates(list: &Value) -> String {
    let rates = list
        .as_array()
        .expect("a list")
        .iter()
        .map(|rate| format!("\"{}%\"", rate.as_str().expect("a rate")));
    format!("[{}]", rates.collect::<Vec<_>>().join(", "))
}

/// The plan of a case, written in the language.
fn plan_of(case: &Value) -> Plan {
    let kind = text(case, "kind").unwrap_or("level");
    let base = if case.get("base_percent").is_some() { "margin" } else { "turnover" };
    let mut toml = String::new();
    if let Some(table) = case.get("rate_table") {
        let ranks = ["member", "associate", "silver", "gold", "diamond"];
        let known: Vec<_> =
            ranks.iter().filter(|rank| table.get(rank).is_some()).map(|rank| format!("\"{rank}\"")).collect();
        toml += &format!("ranks = [{}]\n", known.join(", "));
    }
    if let Some(rounding) = text(case, "rounding") {
        toml += &format!("rounding = \"{rounding}\"\n");
    }
    if let Some(percent) = text(case, "cap_percent") {
        let of = text(case, "cap_of").unwrap_or("turnover");
        toml += &format!("[cap]\npercent = \"{percent}%\"\nof = \"{of}\"\nmode = \"pro_rata\"\n");
    }
    toml += &format!(
        "[[rules]]\nid = \"r\"\nkind = \"{kind}\"\nbase = \"{base}\"\ncompression = \"{}\"\n",
        text(case, "compression").expect("given")
    );
    if kind == "fast_start" {
        toml += "days = 100\n";
    }
    if let Some(unlock) = text(case, "unlock") {
        toml += &format!("unlock = \"{unlock}\"\n");
    }
    if case.get("pay_self").and_then(Value::as_bool) == Some(true) {
        toml += "pay_self = true\n";
    }
    match case.get("rate_table") {
        Some(Value::Object(table)) => {
            let rows: Vec<_> = table.iter().map(|(rank, list)| format!("{rank} = {}", rates(list))).collect();
            toml += &format!("rate_table = {{ {} }}\n", rows.join(", "));
        }
        _ => toml += &format!("rates = {}\n", rates(case.get("rates").expect("rates"))),
    }
    plan(&toml)
}

fn someone(member: &Value) -> (String, Someone) {
    let Some(name) = member.as_str() else {
        let name = text(member, "name").expect("a name").to_owned();
        let invited = member.get("active_frontline").and_then(Value::as_u64).unwrap_or(0);
        let active = member.get("active").and_then(Value::as_bool).unwrap_or(true);
        let rank = text(member, "rank").map(str::to_owned);
        return (
            name,
            Someone { active, held: false, rank, invited: u32::try_from(invited).expect("small") },
        );
    };
    (name.to_owned(), active())
}

fn holds(case: &Value) {
    let name = text(case, "name").expect("a name");
    let amount: Money = text(case, "amount").expect("an amount").parse().expect("money");
    let (names, people): (Vec<String>, Vec<Someone>) =
        case.get("chain").and_then(Value::as_array).expect("a chain").iter().map(someone).unzip();
    let mut bought = line(1, 1, amount.minor());
    if let Some(percent) = text(case, "base_percent") {
        let rate: Rate = format!("{percent}%").parse().expect("a rate");
        bought.unit_cost = amount - rate.of(amount, Rounding::HalfUp);
    }
    let accruals = accrue(&plan_of(case), &order(vec![bought]), &people);
    let got: BTreeMap<&str, i64> = names
        .iter()
        .map(String::as_str)
        .zip(paid_to(&accruals, people.len()))
        .filter(|(_, sum)| *sum != 0)
        .collect();
    let expected: BTreeMap<&str, i64> = case
        .get("expect")
        .and_then(Value::as_object)
        .expect("expected sums")
        .iter()
        .map(|(name, sum)| {
            (name.as_str(), sum.as_str().expect("a sum").parse::<Money>().expect("money").minor())
        })
        .collect();
    assert_eq!(got, expected, "{name}");
}

fn all_levels_hold(folder: &Path) {
    let cases = read(folder, "level.json");
    let cases = cases.as_array().expect("a list of cases");
    assert!(cases.len() >= 12, "the file has its cases");
    cases.iter().for_each(holds);
}

fn all_roundings_hold(folder: &Path) {
    let cases = read(folder, "rounding.json");
    let list = |key: &str| cases.get(key).and_then(Value::as_array).cloned().expect("a list");
    for case in list("half_up") {
        let [amount, percent, expected] = case.as_array().expect("three").as_slice() else {
            panic!("three values")
        };
        let rate = format!("{}%", percent.as_str().expect("a percentage"));
        let toml = format!(
            "[[rules]]\nid = \"r\"\nkind = \"level\"\nbase = \"turnover\"\ncompression = \"none\"\nrates = [\"{rate}\"]\n"
        );
        let amount = amount.as_i64().expect("kopecks");
        let accruals = accrue(&plan(&toml), &order_of(amount), &[active(), active()]);
        assert_eq!(Some(accruals.paid().minor()), expected.as_i64(), "{rate} of {amount}");
    }
    for case in list("split_exactly") {
        let weights: Vec<i128> = case
            .get("weights")
            .and_then(Value::as_array)
            .expect("weights")
            .iter()
            .map(|weight| i128::from(weight.as_str().expect("text").parse::<Money>().expect("money").minor()))
            .collect();
        let total: Money = text(&case, "total").expect("a total").parse().expect("money");
        assert_eq!(split(total, &weights).into_iter().sum::<Money>(), total);
    }
    cap_factor_holds(cases.get("cap_factor").expect("a case"));
    refund_holds(list("refund_at_frozen_rate").first().expect("a case"));
}

/// A raw sum above the cap is cut by the factor of the case for everyone.
fn cap_factor_holds(case: &Value) {
    assert_eq!(
        (text(case, "raw"), text(case, "cap"), text(case, "factor")),
        (Some("480000"), Some("420000"), Some("0.875"))
    );
    let plan = plan(
        "[cap]\npercent = \"42%\"\nmode = \"pro_rata\"\n[[rules]]\nid = \"r\"\nkind = \"level\"\nbase = \"turnover\"\ncompression = \"none\"\nrates = [\"0.1%\", \"47.9%\"]\n",
    );
    let accruals = accrue(&plan, &order_of(100_000_000), &[active(), active(), active()]);
    let sample = case.get("sample").expect("a sample");
    let [first, second] = accruals.shares.as_slice() else { panic!("two earn") };
    assert_eq!(
        (Some(&*first.raw.to_string()), Some(&*first.paid.to_string())),
        (text(sample, "raw"), text(sample, "paid"))
    );
    assert_eq!(first.paid + second.paid, Money::from_minor(42_000_000));
}

/// Two lines at different rates: what is given back is reversed at its own rate.
fn refund_holds(case: &Value) {
    let plan = plan(
        "[[rules]]\nid = \"ten\"\nkind = \"level\"\nbase = \"turnover\"\ncompression = \"none\"\nrates = [\"10%\"]\nproducts = { categories = [\"a\"] }\n[[rules]]\nid = \"fifteen\"\nkind = \"level\"\nbase = \"turnover\"\ncompression = \"none\"\nrates = [\"15%\"]\nproducts = { categories = [\"b\"] }\n",
    );
    let mut lines = vec![line(1, 1, 10_000), line(2, 1, 10_000)];
    for (line, category) in lines.iter_mut().zip(["a", "b"]) {
        category.clone_into(&mut line.category);
        assert_eq!(line.kind, ProductKind::Goods);
    }
    let mut order = order(lines);
    let accruals = accrue(&plan, &order, &[active(), active()]);
    order.refunds.push(refund(1, &[(1, 1)]));
    let posted: Vec<plan::Posted> = accruals
        .shares
        .iter()
        .zip(1..)
        .map(|(share, number)| plan::Posted {
            transfer: domain::ids::TransferId::new(uuid::Uuid::from_u128(number)),
            rule: Some(share.rule.clone()),
            amount: share.paid,
            reversed: Money::ZERO,
        })
        .collect();
    let reversed: Money =
        plan::reversals(&plan, &order, &posted).iter().map(|reversal| reversal.amount).sum();
    assert_eq!(Some(&*reversed.to_string()), text(case, "reversed"));
}

#[test]
fn every_published_case_of_the_project_holds() {
    all_levels_hold(&fixtures());
    all_roundings_hold(&fixtures());
}

#[test]
fn every_shared_case_holds() {
    if let Some(folder) = shared() {
        all_levels_hold(&folder);
        all_roundings_hold(&folder);
    }
}
