use serde_json::json;
use testkit::for_each_backend;

use crate::program::{Program, at};

#[tokio::test]
async fn a_payout_goes_from_the_request_to_the_bank_by_two_people() {
    for_each_backend(async |test| {
        let mut program = Program::on(&test.url).with_company();
        let payout = program.json(&["payout", "request", "NR00002", "150.50"]);
        assert_eq!((at(&payout, "/number"), at(&payout, "/amount")), (&json!(1), &json!("150.50")));
        assert!(program.refused(&["payout", "approve", "1"]).contains("другой сотрудник"));
        assert!(
            program.refused(&["payout", "send", "1"]).contains("запрошена")
                || program.run(&["payout", "send", "1"]).code == 1
        );

        program.by("boris");
        for step in ["approve", "send", "settle"] {
            program.done(&["payout", step, "1"]);
        }
        assert_eq!(at(&program.json(&["payout", "list"]), "/0/payout/state"), "settled");
        let card = program.json(&["partner", "show", "NR00002"]);
        assert_eq!(at(&card, "/balance/total"), "249.50");
        let more = program.refused(&["payout", "request", "NR00002", "249.51"]);
        assert!(more.contains("249,50"), "{more}");

        program.done(&["payout", "request", "NR00002"]);
        program.by("vera").done(&["payout", "reject", "2", "--reason", "нет реквизитов"]);
        assert_eq!(
            at(&program.json(&["partner", "show", "NR00002"]), "/balance/total"),
            "249.50",
            "it came back"
        );
        let statement = program.done(&["partner", "statement", "NR00002"]);
        assert!(statement.contains("249,50"), "{statement}");
        assert_eq!(program.run(&["verify"]).code, 0);
    })
    .await;
}

#[tokio::test]
async fn a_month_is_closed_once_and_its_books_stay() {
    for_each_backend(async |test| {
        let program = Program::on(&test.url).with_company();
        let early = program.refused(&["period", "close", "2199-12"]);
        assert!(early.contains("закончится только"), "{early}");
        let closed = program.json(&["period", "close", "2025-03"]);
        assert_eq!(at(&closed, "/0/period"), "2025-03");
        assert!(program.refused(&["period", "close", "2025-03"]).contains("уже закрыт"));
        assert_eq!(program.json(&["period", "list"]).as_array().map(Vec::len), Some(1));
        let whole = at(&program.json(&["period", "list"]), "/0/digest").as_str().expect("a text").to_owned();
        let list = program.done(&["period", "list"]);
        assert!(list.contains(&whole[..12]) && !list.contains(&whole), "short in the list: {list}");
        assert!(program.done(&["period", "show", "2025-03"]).contains(&whole));
        assert!(program.refused(&["period", "show", "2025-04"]).contains("2025-04 не закрывали"));
        assert!(program.done(&["period", "carried"]).contains("Отложенных сумм нет"));
        let sealed = program.json(&["period", "explain", "2025-03", "NR00002"]);
        assert_eq!(at(&sealed, "/sealed/total"), "400.00");
        let told = program.done(&["period", "explain", "2025-03", "NR00002"]);
        for part in ["NR00002 за март 2025", "Период закрыт", "корректировок не было", "Всего за март 2025"]
        {
            assert!(told.contains(part), "{part} is not told in {told}");
        }
        assert_eq!(program.run(&["verify"]).code, 0);
    })
    .await;
}

#[test]
fn the_trial_balance_sums_to_nothing() {
    let program = Program::new().with_company();
    let told = program.done(&["ledger"]);
    assert!(told.replace('\u{a0}', " ").contains("Сумма остатков: 0,00 ₽"), "{told}");
}

/// What the twelve levels do not have: percentages by the volume of the group, decided at the close.
const BY_GROUP: &str = r#"
name = "by-group"
title = { ru = "По группам", en = "By groups" }
currency = "RUB"
time_zone = "Europe/Moscow"
effective = "paid_at"
hold_days = 14
qualify_by = "turnover"

[activity]
monthly = { price = "3000.00", months = 1 }
annual = { price = "10000.00", months = 12 }

[[ranks]]
name = "member"

[[ranks]]
name = "leader"
group_volume = "1000.00"

[[rules]]
id = "team"
kind = "differential"
base = "turnover"
bands = [{ from = "1", rate = "5%" }, { from = "1000", rate = "10%" }]
"#;

#[tokio::test]
async fn a_month_with_rules_is_qualified_reviewed_and_paid() {
    for_each_backend(async |test| {
        let program = Program::on(&test.url);
        program.done(&["migrate"]);
        let file = program.path("by-group.toml");
        std::fs::write(&file, BY_GROUP).expect("the folder can be written");
        let file = file.to_str().expect("a plain path");
        program.done(&["plan", "check", file]);
        program.done(&["plan", "activate", file, "--from", "2025-01-01"]);
        program.done(&["import", crate::program::COMPANY]);
        let refused = program.refused(&["period", "close", "2025-03"]);
        assert!(refused.contains("nanorem period qualify 2025-03"), "{refused}");

        let shown = program.json(&["period", "preview", "2025-03"]);
        let bonuses = at(&shown, "/bonuses").clone();
        assert_ne!(bonuses, "0.00", "somebody earns");
        let told = program.done(&["period", "preview", "2025-03", "--lines"]);
        assert!(told.contains("свой процент") || told.contains("10% от"), "{told}");

        let qualified = program.json(&["period", "qualify", "2025-03"]);
        assert!(at(&qualified, "/standings").as_array().is_some_and(|stands| !stands.is_empty()));
        let told = program.done(&["period", "qualify", "2025-03"]);
        assert!(told.contains("leader") && told.contains("nanorem period close 2025-03"), "{told}");

        program.done(&["period", "close", "2025-03"]);
        let lines = at(&shown, "/lines").as_array().expect("lines").clone();
        let first = at(&lines[0], "/partner_code").as_str().expect("a code").to_owned();
        let explained = program.json(&["period", "explain", "2025-03", &first]);
        assert!(at(&explained, "/lines").as_array().is_some_and(|lines| !lines.is_empty()));
        let statement = program.json(&["partner", "statement", &first]);
        let of_team =
            at(&statement, "/lines").as_array().expect("lines").iter().any(|line| line["rule"] == "team");
        assert!(of_team, "{statement}");
        let unknown = program.refused(&["period", "explain", "2025-03", "NOBODY"]);
        assert!(unknown.contains("партнёра NOBODY нет"), "{unknown}");
        assert_eq!(program.run(&["verify"]).code, 0);
    })
    .await;
}
