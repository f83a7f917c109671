//! `/api/v1/partners/{code}/tree` and `…/downline`.

use axum::http::StatusCode;
use serde_json::{Value, json};
use testkit::{Company, TestApp, for_each_backend, on_sqlite};

use super::desk::Desk;

/// A1 over B1 and B2; B1 over C1 and C2; C1 over D1. X1 stands apart.
async fn family(test: &TestApp) -> Vec<domain::partner::Partner> {
    let company = Company::with_plan(test, "nanorem-5").await;
    let mut all = Vec::new();
    for (code, sponsor) in [
        ("A1", None),
        ("B1", Some("A1")),
        ("B2", Some("A1")),
        ("C1", Some("B1")),
        ("C2", Some("B1")),
        ("D1", Some("C1")),
        ("X1", None),
    ] {
        all.push(company.partner(code, sponsor).await);
    }
    all
}

#[tokio::test]
async fn a_tree_is_walked_node_by_node_with_its_counts() {
    for_each_backend(async |test| {
        family(&test).await;
        let desk = Desk::of(&test, &[]);
        let support = desk.who("support");
        let tree = support.get("/api/v1/partners/A1/tree").await;
        assert_eq!(tree.items("code"), ["B1", "B2"]);
        assert_eq!(
            (tree.items("below"), tree.items("frontline")),
            (vec![json!(3), json!(0)], vec![json!(2), json!(0)])
        );
        let top = tree.field("top");
        assert_eq!(
            (&top["below"], &top["levels"], &tree.field("level")),
            (&json!(5), &json!([2, 2, 1]), &Value::Null)
        );
        assert_eq!(tree.ok()["items"][0]["children"], json!([]));
        let deep = support.get("/api/v1/partners/A1/tree?depth=3").await.ok();
        let first = &deep["items"][0];
        assert_eq!(
            (&first["children"][0]["code"], &first["children"][1]["code"]),
            (&json!("C1"), &json!("C2"))
        );
        assert_eq!(first["children"][0]["children"][0]["code"], "D1");
        let page = support.get("/api/v1/partners/A1/tree?limit=1").await;
        assert_eq!(page.items("code"), ["B1"]);
        let cursor = page.field("next").as_str().expect("a cursor").to_owned();
        let next = support.get(&format!("/api/v1/partners/A1/tree?limit=1&cursor={cursor}")).await;
        assert_eq!((next.items("code"), next.field("next")), (vec![json!("B2")], Value::Null));
        for query in ["depth=0", "depth=4", "depth=300", "search=x"] {
            let answer = support.get(&format!("/api/v1/partners/A1/tree?{query}")).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        }
        assert!(!tree.text.contains("phone") && !tree.text.contains("email"), "contacts are not of the tree");
    })
    .await;
}

#[tokio::test]
async fn a_move_moves_the_whole_branch() {
    for_each_backend(async |test| {
        family(&test).await;
        let desk = Desk::of(&test, &[]);
        let admin = desk.who("admin");
        admin.post("/api/v1/partners/C1/sponsor", &json!({ "sponsor": "X1", "reason": "x" })).await.ok();
        let old = admin.get("/api/v1/partners/A1/tree").await.field("top");
        assert_eq!(old["levels"], json!([2, 1]));
        let new = admin.get("/api/v1/partners/X1/tree?depth=2").await.ok();
        assert_eq!(
            (&new["top"]["below"], &new["items"][0]["children"][0]["code"]),
            (&json!(2), &json!("D1"))
        );
    })
    .await;
}

#[tokio::test]
async fn a_partner_walks_his_own_downline_and_nothing_else() {
    on_sqlite(async |test| {
        let all = family(&test).await;
        let desk = Desk::of(&test, &all.iter().collect::<Vec<_>>());
        let boris = desk.who("B1");
        assert_eq!(boris.get("/api/v1/partners/B1/tree").await.field("level"), 0);
        let below = boris.get("/api/v1/partners/D1/tree").await;
        assert_eq!((below.field("level"), below.items("code")), (json!(2), vec![]));
        let absent = boris.get("/api/v1/partners/NO/tree").await.refusal();
        for code in ["A1", "B2", "X1"] {
            for path in [
                format!("/api/v1/partners/{code}/tree"),
                format!("/api/v1/partners/{code}/downline?search=C"),
            ] {
                assert_eq!(boris.get(&path).await.refusal(), absent, "{path}");
            }
        }
        assert_eq!(
            boris.get("/api/v1/partners/C1").await.status,
            StatusCode::NOT_FOUND,
            "the card is his own"
        );
        assert_eq!(desk.who("user").get("/api/v1/partners/B1/tree").await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn a_downline_is_searched_by_code_and_name() {
    for_each_backend(async |test| {
        let all = family(&test).await;
        let desk = Desk::of(&test, &all.iter().collect::<Vec<_>>());
        for (token, code, search, expected) in [
            ("support", "A1", "c", vec!["C1", "C2"]),
            ("A1", "A1", "c", vec!["C1", "C2"]),
            ("A1", "B1", "d1", vec!["D1"]),
            ("A1", "A1", "x1", vec![]),
            ("A1", "A1", "a1", vec![]),
            // Everybody's first name.
            ("A1", "A1", "%D0%98%D0%B2%D0%B0%D0%BD", vec!["B1", "B2", "C1", "C2", "D1"]),
            ("A1", "A1", "%25", vec![]),
        ] {
            let answer =
                desk.who(token).get(&format!("/api/v1/partners/{code}/downline?search={search}")).await;
            assert_eq!(answer.items("code"), expected, "{token} {code} {search}");
        }
        let found = desk.who("A1").get("/api/v1/partners/A1/downline?search=d1").await;
        assert_eq!(found.items("level"), [3]);
        let missing = desk.who("A1").get("/api/v1/partners/A1/downline").await;
        assert_eq!(missing.refusal().2, Some("search".into()));
    })
    .await;
}
