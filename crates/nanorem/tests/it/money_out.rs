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
