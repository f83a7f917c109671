//! Orders entered by hand: the same checks, the same books, the act in the trail.

use serde_json::json;
use testkit::for_each_backend;

use crate::program::{Program, at};

const ORDER: [&str; 12] = [
    "order",
    "add",
    "--source",
    "office",
    "--id",
    "H-1",
    "--buyer",
    "NR00004",
    "--line",
    "RVS-1:2:1000.00",
    "--paid-at",
    "2025-04-10",
];

#[tokio::test]
async fn an_order_entered_by_hand_is_paid_given_back_and_cancelled_like_any_other() {
    for_each_backend(async |test| {
        let program = Program::on(&test.url).with_company();
        let balance = || at(&program.json(&["partner", "show", "NR00002"]), "/balance/total").clone();
        let before = balance();
        let order = program.json(&ORDER);
        assert_eq!((at(&order, "/state"), at(&order, "/total")), (&json!("paid"), &json!("2000.00")));
        assert_eq!(at(&order, "/accruals/0/partner_code"), "NR00002");
        assert_ne!(balance(), before);
        let told = program.done(&ORDER);
        assert!(told.contains("office/H-1: уже известен"), "{told}");

        let told = program.done(&["order", "refund", "H-1", "--refund", "V-1", "--line", "1:1"]);
        assert!(told.contains("возврат принят"), "{told}");
        let too_much = program.refused(&["order", "refund", "H-1", "--refund", "V-2", "--line", "1:2"]);
        assert!(too_much.contains("1 уже вернули"), "{too_much}");
        let cancelled = program.json(&["order", "cancel", "H-1", "--reason", "ошибка кассы"]);
        assert_eq!(at(&cancelled, "/state"), "cancelled");
        assert_eq!(balance(), before, "all of it was taken back");
        assert_eq!(program.run(&["verify"]).code, 0);
    })
    .await;
}

#[test]
fn what_a_webhook_would_be_refused_for_is_refused_by_hand() {
    let program = Program::new().with_company();
    let with = |from: &str, to: &str| {
        let arguments: Vec<&str> =
            ORDER.iter().map(|argument| if *argument == from { to } else { *argument }).collect();
        program.refused(&arguments)
    };
    for (from, to, part) in [
        ("NR00004", "NR99999", "нет ни у кого"),
        ("RVS-1:2:1000.00", "NO-SUCH:2:1000.00", "нет в каталоге"),
        ("2025-04-10", "2199-01-01", "ещё не наступило"),
    ] {
        let told = with(from, to);
        assert!(told.contains(part), "{to}: {told}");
    }
    program.done(&ORDER);
    let told = with("RVS-1:2:1000.00", "RVS-1:3:1000.00");
    assert!(told.contains("другими строками") || told.contains("другими"), "{told}");
    let early = program.refused(&[
        "order",
        "refund",
        "H-1",
        "--refund",
        "V-1",
        "--line",
        "1:1",
        "--at",
        "2025-01-01",
    ]);
    assert!(early.contains("раньше"), "{early}");
    let ended = program.run(&[
        "order", "add", "--source", "office", "--id", "H-2", "--buyer", "NR00004", "--line", "RVS-1:2",
    ]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("артикул:штук:цена"), "{}", ended.err);
    let ended = program.run(&["order", "add", "--source", "office", "--id", "H-2", "--line", "RVS-1:2:1.00"]);
    assert_eq!(ended.code, 2, "somebody bought: {}", ended.err);
}
