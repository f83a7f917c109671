//! Who may sign in, from the command line: the first owner, tokens, the trail.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::json;
use testkit::for_each_backend;

use crate::program::{Program, at};

fn owner(program: &Program) -> String {
    let invited = program.json(&[
        "user",
        "invite",
        "olga",
        "--role",
        "owner",
        "--name",
        "Ольга",
        "--email",
        "olga@nanorvs.ru",
    ]);
    assert_eq!(
        (at(&invited, "/user/role"), at(&invited, "/user/state")),
        (&json!("owner"), &json!("invited"))
    );
    at(&invited, "/code").as_str().expect("a code is shown").to_owned()
}

/// Chooses a password, which is read from standard input so that no list of processes shows it.
fn choose(program: &Program, code: &str, password: &str) -> (bool, String) {
    let mut child = program
        .command()
        .args(["user", "password", code])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("it reads");
    writeln!(stdin, "{password}").expect("it reads the line");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    let told = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(told).expect("UTF-8"))
}

#[tokio::test]
async fn the_first_owner_comes_in_by_a_code_for_one_use() {
    for_each_backend(async |test| {
        let program = Program::on(&test.url);
        program.done(&["migrate"]);
        assert!(
            program.done(&["user", "list"]).contains("Первый владелец"),
            "the empty list says what to do"
        );
        let code = owner(&program);
        let (accepted, told) = choose(&program, &code, "12345678");
        assert!(!accepted && told.contains("легко угадать"), "{told}");
        let (accepted, told) = choose(&program, &code.to_lowercase(), "лосось в тумане 7");
        assert!(accepted && told.contains("Пароль выбран"), "{told}");
        let (accepted, told) = choose(&program, &code, "лосось в тумане 7");
        assert!(!accepted && told.contains("уже использован"), "{told}");
        assert_eq!(at(&program.json(&["user", "list"]), "/0/state"), "active");
        let refused = program.refused(&["user", "block", "olga"]);
        assert!(refused.contains("последний владелец"), "{refused}");
        let refused = program.refused(&["user", "role", "nobody", "admin"]);
        assert!(refused.contains("пользователя nobody нет"), "{refused}");
    })
    .await;
}

#[test]
fn a_token_is_shown_once_and_revoked_at_once() {
    let program = Program::new();
    program.done(&["migrate"]);
    program.done(&["user", "invite", "nanorvs", "--role", "shop", "--name", "nanorvs.ru"]);
    let made = program.json(&[
        "token",
        "create",
        "nanorvs",
        "--name",
        "сайт",
        "--scopes",
        "shop.orders,catalogue.read",
        "--days",
        "30",
    ]);
    let secret = at(&made, "/token").as_str().expect("the secret");
    assert!(secret.starts_with("nrm_"), "{secret}");
    let listed = program.done(&["token", "list"]);
    assert!(listed.contains("сайт") && !listed.contains(secret), "{listed}");
    let id = at(&made, "/id").as_str().expect("an id");
    program.done(&["token", "revoke", id]);
    assert!(program.done(&["token", "list"]).contains("отозван"));
    let beyond =
        program.refused(&["token", "create", "nanorvs", "--name", "x", "--scopes", "payouts.approve"]);
    assert!(beyond.contains("payouts.approve не разрешено роли «магазин»"), "{beyond}");
    let unknown = program.run(&["token", "create", "nanorvs", "--name", "x", "--scopes", "everything"]);
    assert!(
        unknown.err.contains("«everything»") || unknown.err.contains("\"everything\""),
        "{}",
        unknown.err
    );
}

#[test]
fn the_head_of_the_trail_is_kept_elsewhere_and_found_again() {
    let program = Program::new();
    program.done(&["migrate"]);
    assert!(program.done(&["audit", "head"]).contains("пуст"));
    owner(&program);
    let heads = program.path("heads.txt").display().to_string();
    program.done(&["audit", "head", "--file", &heads]);
    program.done(&["user", "code", "olga"]);
    program.done(&["audit", "head", "--file", &heads]);
    let told = program.done(&["audit", "verify", "--head", &heads]);
    assert_eq!(told.trim(), "Журнал цел: записей 2, голов сверено 2");
    assert!(program.done(&["audit", "list"]).contains("user.invite"));
    let forged = format!("7 2026-01-10T09:00:00Z {}\n", "0".repeat(64));
    std::fs::write(&heads, forged).expect("written");
    let ended = program.run(&["audit", "verify", "--head", &heads]);
    assert_eq!(ended.code, 1);
    assert!(ended.out.contains("вынесенной головы 7 в журнале нет"), "{}", ended.out);
    std::fs::write(&heads, "не голова\n").expect("written");
    assert!(program.refused(&["audit", "verify", "--head", &heads]).contains("не голова журнала"));
}

#[test]
fn migrate_makes_the_key_of_secrets_once_and_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let program = Program::new();
    assert!(program.done(&["migrate"]).contains("Ключ секретов"));
    let file = program.path("company.key");
    let key = std::fs::read_to_string(&file).expect("it is there");
    assert_eq!(key.trim().len(), 44, "32 bytes in base64");
    let mode = std::fs::metadata(&file).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
    program.done(&["migrate"]);
    assert_eq!(std::fs::read_to_string(&file).expect("it is there"), key);
    std::fs::write(&file, "не ключ").expect("written");
    assert!(program.refused(&["user", "list"]).contains("не ключ"), "a broken key is told at once");
}
