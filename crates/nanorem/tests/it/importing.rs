use serde_json::{Value, json};
use testkit::for_each_backend;

use crate::program::{COMPANY, Program, at};

#[tokio::test]
async fn a_company_is_imported_accrued_shown_and_proved() {
    for_each_backend(async |test| {
        let program = Program::on(&test.url).with_company();
        // 20 % of the first line, 10 % of the second: the third partner is inactive and takes no line.
        let earned = program.done(&["accruals", "--by", "partner", "--csv"]);
        assert_eq!(
            earned,
            "partner_code,accrued,reversed,net\nNR00001,300.00,100.00,200.00\nNR00002,600.00,200.00,400.00\n"
        );
        let verified = program.json(&["verify"]);
        assert_eq!(at(&verified, "/differences"), 0);
        assert_eq!(at(&verified, "/counts/orders"), 2);
        assert_eq!(at(&verified, "/counts/accruals"), 4);
        assert!(at(&verified, "/checks").as_array().is_some_and(|checks| checks.len() > 10));
        let digest = at(&verified, "/ledger_sha256").as_str().expect("a digest").to_owned();
        assert_eq!(digest.len(), 64);

        let second = program.json(&["import", COMPANY]);
        let new: Vec<&Value> =
            second.as_array().expect("a list").iter().map(|stage| at(stage, "/new")).collect();
        assert_eq!(new, [&json!(0); 5], "a second run changes nothing");
        assert_eq!(at(&program.json(&["verify"]), "/ledger_sha256"), &json!(digest));
    })
    .await;
}

#[test]
fn an_order_says_who_got_what_and_who_did_not_and_why() {
    let program = Program::new().with_company();
    let order = program.json(&["order", "show", "O-2"]);
    assert_eq!(at(&order, "/lines/0/sku"), "RVS-1");
    let codes = |list: &str| -> Vec<Value> {
        let list = at(&order, list).as_array().expect("a list");
        list.iter().map(|one| at(one, "/partner_code").clone()).collect()
    };
    assert_eq!(codes("/accruals"), ["NR00002", "NR00001"]);
    assert_eq!(codes("/skipped"), ["NR00004", "NR00003"], "the buyer himself, and one who is inactive");
    assert_eq!(at(&order, "/accruals/0/paid"), "200.00");
    assert_eq!(at(&order, "/accruals/0/reversed"), "200.00", "it was given back");
    let moved = at(&order, "/transfers").as_array().expect("a list");
    let reversed = at(&order, "/reversed").as_array().expect("a list");
    assert_eq!((moved.len(), reversed.len()), (6, 3), "two accruals and the breakage, and all of them back");
    let told = program.done(&["order", "show", "O-2"]);
    assert!(told.contains("Не получили") && told.contains("NR00003"), "{told}");
}

#[test]
fn a_dry_run_writes_nothing_and_mistakes_name_file_line_and_column() {
    let program = Program::new();
    program.done(&["migrate"]);
    program.done(&["plan", "activate", "nanorem-5", "--from", "2025-01-01"]);
    assert!(program.done(&["import", COMPANY, "--dry-run"]).contains("ничего не записано"));
    assert_eq!(at(&program.json(&["verify"]), "/counts/partners"), 0);

    let broken = program.path("broken");
    std::fs::create_dir(&broken).expect("the folder is ours");
    for file in std::fs::read_dir(COMPANY).expect("the company is there") {
        let file = file.expect("a file").path();
        let text = std::fs::read_to_string(&file).expect("a text");
        let text = text.replace("O-1,1,RVS-1,2,1000.00", "O-1,1,RVS-9,2,1000.00");
        let text = text.replace("NR00002,2025-02-01T10:00:00+03:00,annual", "NR00002,вчера,annual");
        std::fs::write(broken.join(file.file_name().expect("a name")), text).expect("the folder is ours");
    }
    let told = program.refused(&["import", &broken.to_string_lossy()]);
    assert!(told.contains("activity.csv:3: paid_at"), "{told}");
    assert_eq!(
        at(&program.json(&["verify"]), "/counts/partners"),
        0,
        "nothing is written before all is right"
    );
}

#[test]
fn an_order_too_large_to_reckon_is_told_with_its_line() {
    let program = Program::new();
    program.done(&["migrate"]);
    program.done(&["plan", "activate", "nanorem-5", "--from", "2025-01-01"]);
    let folder = program.path("company");
    std::fs::create_dir(&folder).expect("the folder is ours");
    for file in std::fs::read_dir(COMPANY).expect("the company is there") {
        let file = file.expect("a file");
        let mut text = std::fs::read_to_string(file.path()).expect("a text");
        match file.file_name().to_str() {
            Some("orders.csv") => {
                text.push_str("O-3,2025-03-12T10:00:00+03:00,2025-03-12T11:00:00+03:00,NR00004,paid\n");
            }
            Some("order_lines.csv") => {
                text.push_str("O-3,1,RVS-1,1,10000000000000.00\nO-3,2,RVS-1,1,1.00\n");
            }
            _ => {}
        }
        std::fs::write(folder.join(file.file_name()), text).expect("the folder is ours");
    }
    let told = program.refused(&["import", &folder.display().to_string()]);
    let expected =
        "orders.csv:4: order_id: заказ слишком большой: считаются заказы до 10 000 000 000 000,00 ₽";
    assert!(told.replace('\u{a0}', " ").contains(expected), "{told}");
}
