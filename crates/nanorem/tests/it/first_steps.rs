use serde_json::json;
use testkit::for_each_backend;

use crate::program::{Program, at};

#[test]
fn a_new_operator_is_led_from_nothing_to_a_company() {
    let program = Program::new();
    let ended = program.run(&["doctor"]);
    assert_eq!(ended.code, 1);
    assert!(ended.out.contains("✗ База данных") && ended.out.contains("nanorem migrate"), "{}", ended.out);

    program.done(&["migrate"]);
    let again = program.json(&["migrate"]);
    assert_eq!(again, json!({ "applied": 0 }), "running it again changes nothing");
    let ended = program.run(&["doctor"]);
    assert_eq!(ended.code, 1);
    assert!(ended.out.contains("✗ План") && ended.out.contains("nanorem plan activate"), "{}", ended.out);

    program.done(&["plan", "activate", "nanorem-12", "--from", "2025-01-01"]);
    let told = program.done(&["doctor"]);
    assert!(told.contains("✓ План: действует nanorem-12"), "{told}");
    assert!(told.contains("! Вебхук магазина") && told.contains("NANOREM_SHOP_WEBHOOK_SECRETS"), "{told}");
}

#[tokio::test]
async fn a_partner_joins_pays_moves_and_is_shown() {
    for_each_backend(async |test| {
        let program = Program::on(&test.url);
        program.done(&["plan", "activate", "nanorem-5", "--from", "2025-01-01"]);
        let founder = program.json(&[
            "partner",
            "add",
            "--first",
            "Анна",
            "--last",
            "Первая",
            "--root",
            "--code",
            "NR00001",
            "--joined-at",
            "2025-01-01T10:00:00+03:00",
        ]);
        let referral = at(&founder, "/referral_code").as_str().expect("a code to invite with").to_owned();
        for (code, sponsor) in [("NR00002", ["--referral", &referral]), ("NR00003", ["--sponsor", "NR00002"])]
        {
            program.done(&[
                "partner",
                "add",
                "--first",
                "Иван",
                "--last",
                code,
                sponsor[0],
                sponsor[1],
                "--code",
                code,
                "--phone",
                &format!("+7900{}", code.replace("NR", "00")),
                "--joined-at",
                "2025-01-02T10:00:00+03:00",
            ]);
        }
        let fee =
            ["partner", "fee", "NR00002", "annual", "--paid-at", "2025-02-01T10:00:00+03:00", "--key", "K-1"];
        program.done(&fee);
        program.done(&fee);

        let held =
            ["partner", "hold", "NR00002", "--from", "2025-03-01T18:30:00+03:00", "--reason", "проверка"];
        let told = program.done(&held);
        assert!(told.contains("01.03.2025 18:30"), "to the minute that was written: {told}");

        let ring = program.refused(&["partner", "move", "NR00001", "--to", "NR00003", "--reason", "просьба"]);
        assert!(ring.contains("кольцо"), "{ring}");
        program.done(&["partner", "move", "NR00003", "--to", "NR00001", "--reason", "просьба"]);
        let card = program.json(&["partner", "show", "NR00003"]);
        assert_eq!(at(&card, "/sponsor_code"), "NR00001");
        assert_eq!(at(&card, "/inviter_code"), "NR00002", "who invited him never changes");
        let tree = program.done(&["partner", "tree", "NR00001"]);
        assert!(tree.contains("NR00002") && tree.contains("NR00003"), "{tree}");
        assert_eq!(program.run(&["verify"]).code, 0);
    })
    .await;
}

#[test]
fn plans_are_checked_explained_listed_and_need_a_second_person() {
    let mut program = Program::new();
    program.done(&["migrate"]);
    let worst = program.done(&["plan", "check", "nanorem-12"]);
    assert!(worst.contains("38") || worst.contains("48"), "the worst case is told in numbers: {worst}");
    assert!(program.done(&["plan", "explain", "nanorem-5"]).contains("20"));
    program.done(&["plan", "activate", "nanorem-5", "--from", "2025-01-01"]);

    let proposed = program.done(&["plan", "activate", "nanorem-12", "--from", "2030-01-01"]);
    assert!(proposed.contains("Второй сотрудник"), "another person has to confirm: {proposed}");
    let active = |program: &Program| {
        let list = program.json(&["plan", "list"]);
        let list = list.as_array().expect("a list").clone();
        list.iter().filter(|version| !at(version, "/activated_by").is_null()).count()
    };
    assert_eq!(active(&program), 1);
    program.by("boris").done(&["plan", "activate", "nanorem-12", "--from", "2030-01-01"]);
    assert_eq!(active(&program), 2);
    assert!(program.done(&["plan", "show"]).contains("name = \"nanorem-5\""), "the other is for later");
    assert!(program.done(&["plan", "show", "--at", "2030-01-02"]).contains("name = \"nanorem-12\""));
}

/// The example plan of a family.
fn example(name: &str) -> String {
    format!("{}/../../plans/examples/{name}.toml", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_cost_of_a_plan_says_how_it_was_reckoned() {
    let program = Program::new();
    let told = program.done(&["plan", "check", &example("binary")]);
    assert!(told.contains("План example-binary верен. Худший случай при марже 50%"), "{told}");
    assert!(told.contains("учтено одно место, в худшем случае выплачивается весь лимит"), "{told}");
    assert!(told.contains("держит только лимит") && !told.contains("Оплачено линий"), "{told}");
    let told = program.done(&["plan", "check", &example("hybrid"), "--margin", "40%"]);
    assert!(told.contains("не доля проданного: steps, gauge."), "{told}");
    assert!(told.contains("Баллы учтены") && told.contains("лимит режет, больше маржи"), "{told}");
    let told = program.done(&["plan", "check", &example("stairstep")]);
    assert!(told.contains("Правила без линий учтены в каждой строке целиком: override."), "{told}");
    assert!(told.contains("Оплачено линий") && told.contains("32,00\u{a0}%"), "{told}");
}

#[test]
fn the_schema_of_plans_is_printed_for_editors() {
    let schema = program_schema();
    assert_eq!(at(&schema, "/$schema"), "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(at(&schema, "/properties/currency/const"), "RUB");
}

fn program_schema() -> serde_json::Value {
    serde_json::from_str(&Program::new().done(&["plan", "schema"])).expect("JSON")
}

#[test]
fn completions_are_made_for_every_shell_without_a_database() {
    let program = Program::new();
    for shell in ["bash", "zsh", "fish"] {
        assert!(program.done(&["completions", shell]).contains("nanorem"), "{shell}");
    }
}
