//! Hostile texts and amounts through every field of every POST: nothing fails, nothing is half done.

use axum::http::StatusCode;
use domain::access::Permission;
use serde_json::{Value, json};
use testkit::{Company, on_sqlite};

use super::desk::Desk;

/// Texts that have broken programs.
const TEXTS: &[&str] = &[
    "",
    " ",
    "'",
    "\"",
    "';--",
    "' OR '1'='1",
    "%",
    "_",
    "\\",
    "../../etc/passwd",
    "$(id)",
    "`id`",
    "|id",
    "${7*7}",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "=1+1",
    "@SUM(A1)",
    "+1",
    "-1",
    "a\0b",
    "\0",
    "a\nb",
    "a\r\nb",
    "a\tb",
    "\u{1b}[31m",
    "\u{feff}a",
    "\u{202e}gnp",
    "a\u{200d}b",
    "\u{2028}",
    "\u{2029}",
    "e\u{301}",
    "é",
    "Ё",
    "ё",
    "О’Коннор",
    "д’Артаньян",
    "Анна-Мария",
    "X",
    "аdmin",
    "admin",
    "NULL",
    "null",
    "undefined",
    "NaN",
    "Infinity",
    "true",
    "0",
    "-0",
    "1e5",
    "１００",
    "²",
    "0x10",
    "100,50",
    "1 000",
    "1\u{a0}000",
    "\u{10ffff}",
    "🙂",
    "👨‍👩‍👧",
    "ﷺ",
    "<!--",
    "]]>",
    "&amp;",
    "*bold*",
    "_it_",
    "[a](http://evil.example)",
    "tg://user?id=1",
    "http://169.254.169.254/",
    "file:///etc/passwd",
    "CON",
    "a/b",
    "a\\b",
    "..",
    ".",
    "~",
    "#",
    "?",
    "&",
    "a=b",
    "Bcc: x@y.z",
    "2026-02-30T00:00:00Z",
    "2026-01-01",
    "1970-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "2026-01-01T00:00:00.0000000000001Z",
    "NR00001",
    "nr00001",
    "NR99999999999999999999",
    "AAAAAAAA",
    "+79001234567",
    "8 900 123-45-67",
    "a@b",
    "a@b@c",
    "\"a b\"@c.d",
    "a@b\r\nBcc: c@d",
    "monthly",
    "annual",
    "current",
    "goods",
];

/// Those, and long ones.
fn texts() -> Vec<String> {
    let long = ["я".repeat(150), "я".repeat(151), "a".repeat(20_000), format!("a{}", "\u{301}".repeat(400))];
    TEXTS.iter().map(|text| (*text).to_owned()).chain(long).collect()
}

/// JSON values in place of a text or an amount.
fn values() -> Vec<Value> {
    [
        "0",
        "1",
        "-1",
        "2",
        "33",
        "99",
        "100",
        "101",
        "2147483647",
        "2147483648",
        "-2147483649",
        "4294967296",
        "9007199254740991",
        "9007199254740993",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551615",
        "18446744073709551616",
        "1e5",
        "1E400",
        "100.5",
        "-0",
        "-0.0",
        "0.1",
        "null",
        "true",
        "false",
        "[]",
        "{}",
        "[1]",
        "{\"amount\":\"1.00\"}",
        "\"100\"",
        "\"100.00\"",
        "\"100.005\"",
        "\"-100.00\"",
        "\"0.00\"",
        "\"0.001\"",
        "\"10000000000000.00\"",
        "\"10000000000000.01\"",
        "\"NaN\"",
        "\"1e5\"",
        "\"١٠٠\"",
    ]
    .iter()
    .filter_map(|text| serde_json::from_str(text).ok())
    .collect()
}

/// Every POST with a right body; what it does is refused for another reason, or can be done again.
fn posts() -> Vec<(&'static str, Value)> {
    let reason = "причина";
    vec![
        ("/api/v1/partners/C1/access", json!({})),
        (
            "/api/v1/users",
            json!({ "login": "elena", "role": "support", "name": "Елена", "email": null, "phone": null }),
        ),
        ("/api/v1/users/lost/changes", json!({ "change": "block", "role": null, "reason": reason })),
        ("/api/v1/users/lost/codes", json!({})),
        (
            "/api/v1/partners",
            json!({ "first_name": "Анна", "last_name": "Ким", "phone": null, "email": null, "sponsor": "A1", "referral_code": null, "code": null, "joined_at": null }),
        ),
        ("/api/v1/partners/B1/sponsor", json!({ "sponsor": "C1", "since": null, "reason": reason })),
        ("/api/v1/partners/A1/fees", json!({ "kind": "annual", "paid_at": null, "external_id": "x" })),
        ("/api/v1/partners/A1/hold", json!({ "held": true, "since": null, "reason": reason })),
        ("/api/v1/partners/A1/rank", json!({ "rank": "gold", "since": null, "reason": reason })),
        ("/api/v1/partners/C1/removal", json!({ "since": null, "reason": reason })),
        ("/api/v1/payouts", json!({ "partner": "A1", "amount": "999999.00", "currency": "RUB" })),
        ("/api/v1/payouts/1/approve", json!({ "reason": reason })),
        ("/api/v1/payouts/1/reject", json!({ "reason": reason })),
        ("/api/v1/payouts/1/send", json!({ "reason": reason })),
        ("/api/v1/payouts/1/settle", json!({ "reason": reason })),
        ("/api/v1/payouts/1/fail", json!({ "reason": reason })),
        ("/api/v1/periods/2026-01/qualify", json!({})),
        ("/api/v1/periods/2026-01/close", json!({})),
        ("/api/v1/plans", json!({ "text": "x", "since": "2026-02-01T00:00:00+03:00" })),
        ("/api/v1/plans/check", json!({ "text": "x", "margin": "40%" })),
        (
            "/api/v1/plans/try",
            json!({ "plan": { "named": "nanorem-5" }, "sketch": "people = []", "partner": "anna" }),
        ),
        (
            "/api/v1/plans/diff",
            json!({ "before": { "named": "current" }, "after": { "named": "nanorem-5" }, "from": "2026-01", "to": "2026-01" }),
        ),
        (
            "/api/v1/products",
            json!({ "sku": "X", "name": "Состав", "category": "Тест", "kind": "goods", "price": "1.00", "cost": "0.50", "volume": "1", "currency": "RUB" }),
        ),
        ("/api/v1/jobs/019b0000-0000-7000-8000-000000000000/revive", json!({})),
        (
            "/api/v1/adjustments",
            json!({ "partner": "A1", "amount": "0.00", "currency": "RUB", "reason": reason }),
        ),
        ("/api/v1/adjustments/1/approve", json!({ "reason": reason })),
        ("/api/v1/adjustments/1/reject", json!({ "reason": reason })),
    ]
}

#[tokio::test]
async fn every_post_of_the_document_is_tried() {
    on_sqlite(async |test| {
        let desk = Desk::of(&test, &[]);
        let document: Value =
            serde_json::from_str(&desk.who("owner").get("/api/v1/openapi.json").await.text).expect("JSON");
        let mut documented: Vec<String> = document["paths"]
            .as_object()
            .expect("paths")
            .iter()
            .filter(|(_, item)| {
                // What concerns the caller himself, passwords and codes, has tests of its own.
                let permission = item.pointer("/post/x-permission").and_then(Value::as_str);
                permission.is_some_and(|permission| Permission::parse(permission).is_ok())
            })
            .map(|(path, _)| path.clone())
            .collect();
        let names = [
            ("/A1/", "/{code}/"),
            ("/B1/", "/{code}/"),
            ("/C1/", "/{code}/"),
            ("/1/", "/{number}/"),
            ("/lost/", "/{name}/"),
            ("/2026-01/", "/{period}/"),
            ("/019b0000-0000-7000-8000-000000000000/", "/{id}/"),
        ];
        let tried = posts()
            .into_iter()
            .map(|(path, _)| names.iter().fold(path.to_owned(), |path, (from, to)| path.replace(from, to)));
        let mut tried: Vec<String> = tried.collect();
        tried.sort();
        documented.sort();
        assert_eq!(tried, documented);
    })
    .await;
}

#[tokio::test]
async fn hostile_texts_and_amounts_break_nothing() {
    on_sqlite(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["A1", "B1", "C1"]).await;
        let desk = Desk::of(&test, &[]);
        let owner = desk.who("owner");
        let all: Vec<Value> = texts().into_iter().map(Value::String).chain(values()).collect();
        let mut refused = 0;
        for (path, right) in posts() {
            let fields: Vec<String> = right.as_object().expect("an object").keys().cloned().collect();
            for (field, hostile) in
                fields.iter().flat_map(|field| all.iter().map(move |hostile| (field, hostile)))
            {
                let mut body = right.clone();
                body[field] = hostile.clone();
                let answer = owner.post(path, &body).await;
                assert!(!answer.status.is_server_error(), "{path} {field} = {hostile:.60}: {answer:?}");
                if answer.status.is_client_error() {
                    let (code, _) = answer.problem();
                    assert!(!code.is_empty() && !answer.text.contains("sqlx"), "{answer:?}");
                    refused += 1;
                }
            }
        }
        assert!(refused > 1_000, "{refused} were refused");
        for search in texts() {
            let encoded: Vec<String> = search.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let encoded = encoded.concat();
            for path in [
                "partners?search",
                "partners?rank",
                "orders?number",
                "orders?source",
                "accruals?rule",
                "accruals?order",
                "jobs?kind",
                "products?search",
                "partners?cursor",
                "partners?sort",
            ] {
                if encoded.len() > 30_000 {
                    continue;
                }
                let answer = owner.get(&format!("/api/v1/{path}={encoded}")).await;
                assert!(!answer.status.is_server_error(), "{path} {search:.60}: {answer:?}");
            }
            let answer = owner.get(&format!("/api/v1/partners/{encoded}")).await;
            assert!(!answer.status.is_server_error(), "{search:.60}: {answer:?}");
        }
        assert_eq!(
            owner.get("/api/v1/payouts").await.items("number"),
            Vec::<Value>::new(),
            "no payout came of it"
        );
        assert_eq!(owner.get("/api/v1/partners/A1").await.status, StatusCode::OK);
        test.assert_verified().await;
    })
    .await;
}
