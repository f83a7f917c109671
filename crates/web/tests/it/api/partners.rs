//! `/api/v1/partners`.

use axum::http::StatusCode;
use serde_json::{Value, json};
use testkit::{Company, TestApp, for_each_backend, on_sqlite};

use super::desk::{As, Desk};

async fn enrol(owner: &As<'_>, first: &str, last: &str, more: Value) -> Value {
    let mut body = json!({ "first_name": first, "last_name": last });
    let object = body.as_object_mut().expect("an object");
    object.extend(more.as_object().expect("an object").clone());
    owner.post("/api/v1/partners", &body).await.ok()
}

/// A founder NR00001 and three below him with telling names.
async fn people(test: &TestApp, desk: &Desk) {
    Company::with_plan(test, "nanorem-5").await;
    let owner = desk.who("owner");
    enrol(&owner, "Иван", "Петров", json!({ "phone": "+79001112233", "email": "ivan@mail.ru" })).await;
    for (first, last, phone) in [
        ("Анна", "Иванова", "+79005556677"),
        ("Ян", "100%", "+79110000000"),
        ("О’Генри", "под_черк", "+4915112345678"),
    ] {
        enrol(&owner, first, last, json!({ "phone": phone, "sponsor": "NR00001" })).await;
    }
}

#[tokio::test]
async fn a_partner_is_found_by_the_beginning_of_what_he_carries() {
    for_each_backend(async |test| {
        let desk = Desk::of(&test, &[]);
        people(&test, &desk).await;
        let owner = desk.who("owner");
        for (search, expected) in [
            ("Ива", vec!["NR00001", "NR00002"]),
            ("ива", vec!["NR00001", "NR00002"]),
            ("иванова", vec!["NR00002"]),
            ("ова", vec![]),
            ("nr0000", vec!["NR00001", "NR00002", "NR00003", "NR00004"]),
            ("NR00003", vec!["NR00003"]),
            ("%2B7900", vec!["NR00001", "NR00002"]),
            ("8 (900) 555", vec!["NR00002"]),
            ("79110", vec!["NR00003"]),
            ("%2B49", vec!["NR00004"]),
            ("100%25", vec!["NR00003"]),
            ("%25", vec![]),
            ("_", vec![]),
            ("под_", vec!["NR00004"]),
            ("подч", vec![]),
            ("'", vec![]),
            ("О’", vec!["NR00004"]),
        ] {
            let path = format!("/api/v1/partners?search={}", search.replace(' ', "%20"));
            let path: String = path.chars().flat_map(encoded).collect();
            assert_eq!(owner.get(&path).await.items("code"), expected, "{search}");
        }
    })
    .await;
}

/// A letter as it may stand in a URL.
fn encoded(letter: char) -> Vec<char> {
    if letter.is_ascii() {
        return vec![letter];
    }
    let mut bytes = [0; 4];
    let percent = |byte: &u8| format!("%{byte:02X}").chars().collect::<Vec<_>>();
    letter.encode_utf8(&mut bytes).as_bytes().iter().flat_map(percent).collect()
}

#[tokio::test]
async fn partners_are_filtered_by_activity_rank_and_inviter() {
    for_each_backend(async |test| {
        let desk = Desk::of(&test, &[]);
        people(&test, &desk).await;
        let owner = desk.who("owner");
        let fee = json!({ "kind": "annual", "external_id": "r-1", "paid_at": "2026-01-10T11:00:00+03:00" });
        let taken = owner.post("/api/v1/partners/NR00002/fees", &fee).await.ok();
        assert_eq!((&taken["duplicate"], &taken["partner"]["active"]), (&json!(false), &json!(true)));
        assert_eq!(taken["partner"]["active_until"], "2027-01-10T08:00:00Z");
        let again = owner.post("/api/v1/partners/NR00002/fees", &fee).await.ok();
        assert_eq!(again["duplicate"], true);
        for (query, expected) in [
            ("active=true", vec!["NR00002"]),
            ("active=false", vec!["NR00001", "NR00003", "NR00004"]),
            ("inviter=nr00001", vec!["NR00002", "NR00003", "NR00004"]),
            ("inviter=NR00001&active=true", vec!["NR00002"]),
            ("inviter=NR00002", vec![]),
            ("rank=gold", vec![]),
            ("sort=-code", vec!["NR00004", "NR00003", "NR00002", "NR00001"]),
            ("sort=joined_at", vec!["NR00001", "NR00002", "NR00003", "NR00004"]),
        ] {
            assert_eq!(
                owner.get(&format!("/api/v1/partners?{query}")).await.items("code"),
                expected,
                "{query}"
            );
        }
        let answer = owner.get("/api/v1/partners?inviter=NR99999").await;
        assert_eq!(answer.refusal(), (StatusCode::NOT_FOUND, "unknown_partner".into(), None));
    })
    .await;
}

#[tokio::test]
async fn pages_show_everybody_once_whatever_comes_between() {
    for_each_backend(async |test| {
        let desk = Desk::of(&test, &[]);
        let company = Company::with_plan(&test, "nanorem-5").await;
        let codes: Vec<String> = (0..7).map(|number| format!("P{number}")).collect();
        for code in &codes {
            company.partner(code, None).await;
        }
        let owner = desk.who("owner");
        for sort in ["code", "-code", "joined_at", "-joined_at"] {
            let mut seen = Vec::new();
            let mut next = Some(format!("/api/v1/partners?sort={sort}&limit=2"));
            while let Some(path) = next {
                let answer = owner.get(&path).await;
                seen.extend(answer.items("code"));
                next = answer.header("link").map(|link| {
                    let (url, relation) = link.split_once("; ").expect("a link with its relation");
                    assert_eq!(relation, "rel=\"next\"");
                    let cursor = answer.field("next").as_str().expect("a cursor").to_owned();
                    assert!(url.contains(&format!("cursor={cursor}")), "{url}");
                    url.trim_matches(['<', '>']).to_owned()
                });
                assert_eq!(next.is_none(), answer.field("next").is_null());
            }
            let mut expected = codes.clone();
            // They joined at the same moment, so that only their ids tell them apart.
            if sort == "-code" {
                expected.reverse();
            }
            if sort.contains("joined") {
                seen.sort_by_key(Value::to_string);
            }
            assert_eq!(seen, expected, "{sort}");
        }
        let first = owner.get("/api/v1/partners?limit=3").await;
        company.partner("P00", None).await;
        let cursor = first.field("next").as_str().expect("a cursor").to_owned();
        let second = owner.get(&format!("/api/v1/partners?limit=200&cursor={cursor}")).await;
        assert_eq!(second.items("code"), ["P3", "P4", "P5", "P6"]);
    })
    .await;
}

#[tokio::test]
async fn a_cursor_fits_only_where_it_was_given() {
    on_sqlite(async |test| {
        let desk = Desk::of(&test, &[]);
        people(&test, &desk).await;
        let owner = desk.who("owner");
        let first = owner.get("/api/v1/partners?limit=1&active=false").await;
        let cursor = first.field("next").as_str().expect("a cursor").to_owned();
        let right = owner.get(&format!("/api/v1/partners?cursor={cursor}&active=false")).await;
        assert_eq!(right.items("code").len(), 3);
        let mut wrong: Vec<String> = ["", "sort=-code&active=false", "active=true", "active=false&rank=gold"]
            .iter()
            .map(|filters| format!("{filters}&cursor={cursor}"))
            .collect();
        for index in 0..cursor.len() {
            let mut changed = cursor.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).expect("ASCII");
            if changed != cursor {
                wrong.push(format!("active=false&cursor={changed}"));
            }
        }
        for cursor in ["", "!", "AAAA", "null", "%00", &"A".repeat(5_000)] {
            wrong.push(format!("active=false&cursor={cursor}"));
        }
        for query in wrong {
            let answer = owner.get(&format!("/api/v1/partners?{query}")).await;
            assert_eq!(answer.refusal(), (StatusCode::BAD_REQUEST, "bad_cursor".into(), None), "{query:.90}");
        }
    })
    .await;
}

#[tokio::test]
async fn contacts_are_masked_unless_the_permission_shows_them() {
    on_sqlite(async |test| {
        let desk = Desk::of(&test, &[]);
        people(&test, &desk).await;
        for (role, phone, email) in [
            ("owner", "+79001112233", "ivan@mail.ru"),
            ("admin", "+79001112233", "ivan@mail.ru"),
            ("accountant", "+79001112233", "ivan@mail.ru"),
            ("support", "+7900***33", "i***@m***.ru"),
        ] {
            for item in [
                desk.who(role).get("/api/v1/partners/NR00001").await.ok(),
                desk.who(role).get("/api/v1/partners").await.ok()["items"][0].clone(),
            ] {
                let found = (&item["phone"], &item["email"], &item["contacts_masked"]);
                assert_eq!(found, (&json!(phone), &json!(email), &json!(role == "support")), "{role}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_partner_sees_his_own_card_and_of_others_not_that_they_exist() {
    on_sqlite(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        let anna = company.partner("A1", None).await;
        let boris = company.partner("B1", Some("A1")).await;
        let desk = Desk::of(&test, &[&anna, &boris]);
        let own = desk.who("B1").get("/api/v1/partners/B1").await.ok();
        assert_eq!((&own["sponsor"], &own["contacts_masked"]), (&json!("A1"), &json!(false)));
        for code in ["A1", "NOBODY", "B1%2F..", "%C3%28"] {
            let answer = desk.who("B1").get(&format!("/api/v1/partners/{code}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{code}");
        }
        let (stranger, absent) = (
            desk.who("B1").get("/api/v1/partners/A1").await,
            desk.who("B1").get("/api/v1/partners/A2").await,
        );
        assert_eq!(stranger.refusal(), absent.refusal());
        for path in ["/api/v1/partners", "/api/v1/partners?inviter=B1"] {
            assert_eq!(desk.who("B1").get(path).await.status, StatusCode::FORBIDDEN);
        }
        assert_eq!(desk.who("user").get("/api/v1/partners/B1").await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn staff_move_hold_rank_and_remove_partners_with_a_reason() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.partner("A1", None).await;
        company.partner("B1", Some("A1")).await;
        company.partner("C1", Some("B1")).await;
        let desk = Desk::of(&test, &[]);
        let admin = desk.who("admin");
        let moved = admin
            .post("/api/v1/partners/C1/sponsor", &json!({ "sponsor": "A1", "reason": "заявление" }))
            .await;
        assert_eq!(
            (moved.ok()["sponsor"].clone(), moved.ok()["inviter"].clone()),
            (json!("A1"), json!("B1"))
        );
        let ring =
            admin.post("/api/v1/partners/A1/sponsor", &json!({ "sponsor": "C1", "reason": "x" })).await;
        assert_eq!(ring.refusal(), (StatusCode::CONFLICT, "ring".into(), None));
        let root =
            admin.post("/api/v1/partners/C1/sponsor", &json!({ "sponsor": null, "reason": "x" })).await;
        assert_eq!(root.ok()["sponsor"], Value::Null);
        let absent = admin.post("/api/v1/partners/C1/sponsor", &json!({ "reason": "x" })).await;
        assert_eq!(
            absent.refusal().2,
            Some("/sponsor".into()),
            "nobody becomes a root by leaving a field out"
        );

        let held =
            admin.post("/api/v1/partners/B1/hold", &json!({ "held": true, "reason": "проверка" })).await;
        assert_eq!(held.ok()["on_hold"], true);
        let free =
            admin.post("/api/v1/partners/B1/hold", &json!({ "held": false, "reason": "проверен" })).await;
        assert_eq!(free.ok()["on_hold"], false);
        let rank = admin.post("/api/v1/partners/B1/rank", &json!({ "rank": "gold", "reason": "x" })).await;
        assert_eq!(
            rank.refusal(),
            (StatusCode::UNPROCESSABLE_ENTITY, "invalid".into(), Some("/rank".into()))
        );
        let none = admin.post("/api/v1/partners/B1/rank", &json!({ "rank": null, "reason": "x" })).await;
        assert_eq!(none.ok()["rank"], Value::Null);

        let alone = admin.post("/api/v1/partners/C1/removal", &json!({ "reason": "год" })).await;
        assert_eq!(alone.refusal(), (StatusCode::CONFLICT, "nobody_below".into(), None));
        let removed = admin.post("/api/v1/partners/A1/removal", &json!({ "reason": "год" })).await;
        assert_eq!(removed.ok(), json!({ "moved": 1 }));
        assert_eq!(admin.get("/api/v1/partners/B1").await.ok()["sponsor"], Value::Null);
        let all = admin.post("/api/v1/partners/NO/removal", &json!({ "reason": "", "since": "вчера" })).await;
        let places: Vec<Value> = all
            .field("errors")
            .as_array()
            .expect("errors")
            .iter()
            .map(|error| error["pointer"].clone())
            .collect();
        assert_eq!(places, ["/since", "/reason"], "everything wrong is told at once");
        test.assert_verified().await;
    })
    .await;
}
