//! What a person gets who writes something wrong: a word in Russian about what and where.

use crate::program::{Ended, Program};

#[test]
fn every_mistake_of_the_settings_is_told_at_once() {
    let program = Program::new();
    let ended = Ended::of(
        program
            .command()
            .arg("doctor")
            .env("NANOREM_DATABASE_URL", "mysql://nowhere")
            .env("NANOREM_HTTP_LISTEN", "here")
            .env("NANOREM_SHOP_WEBHOOK_SECRETS", "whsec_short,secret"),
    );
    assert_eq!(ended.code, 1, "{ended:?}");
    for part in ["database.url", "http.listen", "whsec_"] {
        assert!(ended.err.contains(part), "{part} is not told in {}", ended.err);
    }
    for secret in ["short", "mysql"] {
        assert!(!ended.err.contains(secret), "what may be a secret is never repeated: {}", ended.err);
    }
}

#[test]
fn a_settings_file_that_is_broken_is_told_by_its_place_and_never_repeated() {
    let program = Program::new();
    for (file, text) in [
        ("nanorem.toml", "[shop]\nlegacy_secret = \"do-not-show-this\n"),
        (
            "nanorem.toml",
            "[shop]\nlegacy_header = \"x\"\nlegacy_secret = \"do-not-show-this\"\nlegacy_secret = \"do-not-show-this\"\n",
        ),
        (".env", "NANOREM_SHOP_LEGACY_SECRET='do-not-show-this\n"),
    ] {
        std::fs::write(program.path(file), text).expect("the folder is ours");
        let ended = program.run(&["doctor"]);
        assert_ne!(ended.code, 0);
        assert!(ended.err.contains(file), "{}", ended.err);
        assert!(!ended.err.contains("do-not-show"), "{}", ended.err);
        std::fs::remove_file(program.path(file)).expect("it was written");
    }
}

#[test]
fn a_database_that_is_not_there_is_not_made_in_silence() {
    let program = Program::new();
    let told = program.refused(&["verify"]);
    assert!(told.contains("nanorem migrate"), "{told}");
    assert!(!program.path("company.db").exists());
}

#[test]
fn what_does_not_exist_is_named() {
    let program = Program::new().with_company();
    for (arguments, part) in [
        (vec!["partner", "show", "NR99999"], "партнёра NR99999 нет"),
        (vec!["order", "show", "O-99"], "заказа O-99 нет"),
        (vec!["payout", "approve", "7"], "выплаты № 7 нет"),
        (vec!["partner", "statement", "NR99999"], "партнёра NR99999 нет"),
        (vec!["plan", "check", "no-such.toml"], "no-such.toml"),
        (vec!["import", "/no/such/folder"], "/no/such/folder"),
        (vec!["restore", "/no/such/file", "--force"], "/no/such/file"),
    ] {
        let told = program.refused(&arguments);
        assert!(told.contains(part), "{arguments:?}: {told}");
    }
}

#[test]
fn a_plan_with_a_mistake_is_shown_with_its_place() {
    let program = Program::new();
    let plan = include_str!("../../../../plans/nanorem-5.toml").replace("hold_days = 14", "hold_day = 14");
    std::fs::write(program.path("plan.toml"), plan).expect("the folder is ours");
    let ended = program.run(&["plan", "check", "plan.toml"]);
    assert_eq!(ended.code, 1);
    let told = ended.out + &ended.err;
    for part in ["plan.toml", "hold_day", "hold_days"] {
        assert!(told.contains(part), "{part} is not told in {told}");
    }
}

#[test]
fn a_command_line_that_is_wrong_ends_with_two_and_a_word_about_it() {
    let program = Program::new();
    for (arguments, told) in [
        (vec![], "не хватает команды; бывает: serve"),
        (vec!["fly"], "команда fly неизвестна"),
        (vec!["partner", "sho", "A1"], "show?"),
        (vec!["partner", "show"], "не хватает: <КОД>"),
        (vec!["partner", "show", "не код"], "не код партнёра: от 2 до 16 знаков"),
        (vec!["payout", "request", "A1", "1,50"], "не сумма: напишите цифры с точкой"),
        (vec!["period", "close", "январь"], "не период: напишите год и месяц"),
        (vec!["partner", "fee", "A1", "weekly"], "напишите monthly или annual"),
        (vec!["verify", "--fast"], "параметр --fast неизвестен"),
        (vec!["accruals", "--by", "moon"], "бывает: partner"),
    ] {
        let ended = program.run(&arguments);
        assert_eq!(ended.code, 2, "{arguments:?}: {}", ended.err);
        assert!(ended.err.contains(told), "{arguments:?}: {}", ended.err);
    }
}

#[test]
fn help_is_russian_and_in_the_order_of_writing() {
    let program = Program::new();
    let help = program.done(&["payout", "request", "--help"]);
    assert!(help.contains("Использование: nanorem payout request [ПАРАМЕТРЫ] <КОД> [СУММА]"), "{help}");
    let (code, amount) = (help.find("<КОД>  "), help.find("[СУММА]  "));
    assert!(code.is_some() && code < amount, "{help}");
    assert!(program.done(&["--version"]).starts_with("nanorem "));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let program = Program::new().with_company();
    let mut child = program
        .command()
        .args(["verify", "--json"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    assert!(child.wait().expect("it ends").success());
}
