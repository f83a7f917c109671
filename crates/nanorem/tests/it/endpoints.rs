//! Outgoing webhooks as an owner sets them up: added, tried, changed, and never turned against the house.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use domain::webhook::{Secret, Secrets, verify};
use serde_json::Value;

use crate::program::{Ended, Program, at};

const KEY: &str = "dGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXktdGVzdC0=";
/// Addresses of which none may be called; `domain` explains them.
const FORGED: &[&str] = include!("../../../domain/src/outward/corpus.in");

fn command(program: &Program) -> Command {
    let mut command = program.command();
    command.env("NANOREM_SECRETS_KEY", KEY).env("NANOREM_OUTWARD_OWN_HOSTS", "127.0.0.1");
    command
}

fn run(program: &Program, arguments: &[&str]) -> Ended {
    Ended::of(command(program).args(arguments))
}

fn done(program: &Program, arguments: &[&str]) -> String {
    let ended = run(program, arguments);
    assert_eq!(ended.code, 0, "{arguments:?}: {ended:?}");
    ended.out
}

fn json(program: &Program, arguments: &[&str]) -> Value {
    serde_json::from_str(&done(program, &[arguments, &["--json"]].concat())).expect("JSON")
}

fn refused(program: &Program, arguments: &[&str]) -> String {
    let ended = run(program, arguments);
    assert_eq!((ended.code, ended.out.as_str()), (1, ""), "{arguments:?}: {ended:?}");
    ended.err
}

/// A server that answers each request with a status, and passes on what it read.
fn server(status: &'static str) -> (SocketAddr, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let address = listener.local_addr().expect("bound");
    let (heard, hears) = mpsc::channel();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let Ok(mut socket) = socket else { return };
            let mut read = Vec::new();
            let mut buffer = [0; 4096];
            // A message to an endpoint is one line of JSON, so it ends with a brace.
            while !read.ends_with(b"}}") {
                match socket.read(&mut buffer) {
                    Ok(count @ 1..) => read.extend(buffer.iter().take(count)),
                    _ => break,
                }
            }
            drop(heard.send(String::from_utf8_lossy(&read).into_owned()));
            drop(write!(socket, "HTTP/1.1 {status}\r\ncontent-length: 6\r\nconnection: close\r\n\r\nanswer"));
        }
    });
    (address, hears)
}

fn company() -> Program {
    let program = Program::new();
    program.done(&["migrate"]);
    program.done(&["plan", "activate", "nanorem-5", "--from", "2025-01-01"]);
    program
}

#[test]
fn an_endpoint_is_added_tried_and_signed_for() {
    let program = company();
    let (address, hears) = server("202 Accepted");
    let url = format!("http://{address}/in");
    let added = json(&program, &["endpoint", "add", &url, "--events", "order.*", "--description", "Склад"]);
    let secret = at(&added, "/secret").as_str().expect("a secret").to_owned();
    assert_eq!(at(&added, "/number"), 1);
    let tried = json(&program, &["endpoint", "test", "1"]);
    assert_eq!((at(&tried, "/heard"), at(&tried, "/status")), (&Value::from(true), &Value::from(202)));
    let heard = hears.recv_timeout(Duration::from_secs(30)).expect("it was told");
    let (head, body) = heard.split_once("\r\n\r\n").expect("a message");
    let header = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    };
    let now = header("webhook-timestamp").and_then(|text| text.parse().ok()).expect("seconds");
    let now = jiff::Timestamp::from_second(now).expect("an instant");
    let secrets = Secrets { standard: vec![Secret::parse(&secret).expect("a secret")], legacy: None };
    verify(&secrets, header, body.as_bytes().to_vec(), now).expect("a stranger can tell");
    assert!(head.starts_with("POST /in HTTP/1.1"), "{head}");
    let shown = json(&program, &["endpoint", "show", "1"]);
    assert_eq!(at(&shown, "/endpoint/events"), "order.paid,order.refunded,order.cancelled,order.refused");
    assert_eq!(at(&shown, "/deliveries/0/state"), "sent");
    assert_eq!(at(&shown, "/deliveries/0/answer"), "answer");
    let never_again = done(&program, &["endpoint", "show", "1"]) + &done(&program, &["endpoint", "list"]);
    assert!(!never_again.contains(&secret) && never_again.contains("Склад"), "{never_again}");
    done(&program, &["verify"]);
}

#[test]
fn an_endpoint_that_does_not_hear_is_told_of_and_sent_to_again() {
    let program = company();
    let (address, hears) = server("410 Gone");
    done(&program, &["endpoint", "add", &format!("http://{address}/")]);
    let tried = done(&program, &["endpoint", "test", "1"]);
    assert!(tried.contains("Не принято: адрес ответил 410"), "{tried}");
    drop(hears.recv_timeout(Duration::from_secs(30)).expect("it was told"));
    let doctor = done(&program, &["doctor"]);
    for part in ["адрес 1 отключён", "не удалось 1: nanorem outbox list --dead", "Ключ секретов: есть"]
    {
        assert!(doctor.contains(part), "{part} in {doctor}");
    }
    assert!(refused(&program, &["endpoint", "test", "1"]).contains("адрес 1 отключён"));
    let dead = json(&program, &["outbox", "list", "--dead"]);
    let id = at(&dead, "/0/id").as_str().expect("an id").to_owned();
    assert_eq!(at(&dead, "/0/status"), 410);
    done(&program, &["endpoint", "enable", "1"]);
    assert_eq!(at(&json(&program, &["outbox", "resend", &id]), "/resent"), 1);
    assert_eq!(at(&json(&program, &["outbox"]), "/0/state"), "waiting");
    assert!(refused(&program, &["outbox", "resend", &id]).contains("ещё не отправлено"));
    assert_eq!(at(&json(&program, &["outbox", "resend", "--endpoint", "1"]), "/resent"), 0);
    done(&program, &["endpoint", "disable", "1", "--reason", "переезд"]);
    assert_eq!(at(&json(&program, &["outbox", "list", "--endpoint", "1"]), "/0/error"), "переезд");
    done(&program, &["verify"]);
}

#[test]
fn a_secret_is_changed_and_an_endpoint_too() {
    let program = company();
    done(&program, &["endpoint", "add", "https://crm.example.com/in"]);
    let new = json(&program, &["endpoint", "rotate", "1", "--overlap", "7d"]);
    assert!(at(&new, "/secret").as_str().expect("a secret").starts_with("whsec_"));
    done(&program, &["endpoint", "change", "1", "--events", "payout.settled", "--description", "Банк"]);
    let listed = done(&program, &["endpoint", "list"]);
    for part in ["payout.settled", "Банк", "включён"] {
        assert!(listed.contains(part), "{part} in {listed}");
    }
    assert!(
        refused(&program, &["endpoint", "change", "1", "--description", "Банк"]).contains("нечего менять")
    );
    assert!(refused(&program, &["endpoint", "add", "https://crm.example.com/in"]).contains("под номером 1"));
    done(&program, &["endpoint", "remove", "1"]);
    assert!(refused(&program, &["endpoint", "show", "1"]).contains("адреса 1 нет"));
    assert!(done(&program, &["endpoint", "events"]).contains("partner.sponsor_changed"));
    for (arguments, part) in [
        (["endpoint", "rotate", "1", "--overlap", "вечно"], "не время"),
        (["endpoint", "add", "https://a.example.com", "--events", "order"], "не вид события"),
    ] {
        let ended = run(&program, &arguments);
        assert_eq!(ended.code, 2, "{ended:?}");
        assert!(ended.err.contains(part), "{ended:?}");
    }
}

#[test]
fn no_forged_address_becomes_an_endpoint() {
    let program = company();
    let mut count = 0;
    // A command line cannot hold a NUL.
    for url in FORGED.iter().filter(|url| !url.contains('\0')) {
        let mut add = program.command();
        let ended = Ended::of(add.env("NANOREM_SECRETS_KEY", KEY).args(["endpoint", "add", "--", url]));
        assert_eq!(ended.code, 1, "{url:?}: {ended:?}");
        assert!(ended.err.starts_with("Ошибка: "), "{url:?}: {}", ended.err);
        count += 1;
    }
    assert!(count >= 140, "{count}");
    assert_eq!(json(&program, &["endpoint", "list"]), Value::Array(Vec::new()));
}

#[test]
fn without_a_key_no_secret_is_kept() {
    let program = company();
    std::fs::remove_file(program.path("company.key")).expect("migrate made a key");
    let ended = program.run(&["endpoint", "add", "https://crm.example.com/in"]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("NANOREM_SECRETS_KEY"), "{}", ended.err);
    assert!(program.done(&["doctor"]).contains("! Ключ секретов: ключа нет"));
    done(&program, &["endpoint", "add", "https://crm.example.com/in"]);
    let doctor = program.run(&["doctor"]);
    assert_eq!(doctor.code, 1, "{doctor:?}");
    assert!(doctor.out.contains("✗ Ключ секретов"), "{}", doctor.out);
}
