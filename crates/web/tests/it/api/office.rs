//! Periods, plans, jobs, webhooks and the ledger.

use axum::http::StatusCode;
use domain::activity::FeeKind;
use serde_json::{Value, json};
use testkit::{Company, FakeShop, OrderDraft, TestApp, for_each_backend, on_sqlite};

use super::desk::Desk;

/// A plan that pays a binary bonus at the close of a month.
const BINARY: &str = include_str!("../../../../../plans/examples/binary.toml");

/// One order of December and one of January, in February.
async fn two_months(test: &TestApp) -> domain::partner::Partner {
    let company = Company::with_plan(test, "nanorem-5").await;
    let root = company.partner("ROOT", None).await;
    company.partner("BUYER", Some("ROOT")).await;
    company.fee("ROOT", FeeKind::Annual, "2025-06-01T00:00:00+03:00").await;
    company.buys("S-1", "BUYER", "1000.00", "2025-12-31T23:59:59+03:00").await;
    company.buys("S-2", "BUYER", "2000.00", "2026-01-01T00:00:00+03:00").await;
    test.it_is("2026-02-02T12:00:00+03:00");
    root
}

#[tokio::test]
async fn periods_are_previewed_closed_in_their_order_and_listed() {
    for_each_backend(async |test| {
        let root = two_months(&test).await;
        let desk = Desk::of(&test, &[&root]);
        let accountant = desk.who("accountant");
        let preview = accountant.get("/api/v1/periods/2025-12/preview").await;
        assert_eq!(
            (preview.ok()["turnover"].clone(), preview.ok()["partners"].clone()),
            (json!("1000.00"), json!(2))
        );
        let partners = accountant.get("/api/v1/periods/2025-12/preview/partners").await;
        assert_eq!(
            (partners.items("partner"), partners.items("earns")),
            (vec![json!("BUYER"), json!("ROOT")], partners.items("commissions"))
        );

        let early = accountant.post("/api/v1/periods/2026-01/close", &json!({})).await;
        assert_eq!(early.refusal(), (StatusCode::CONFLICT, "earlier_open".into(), None));
        let running = accountant.post("/api/v1/periods/2026-02/close", &json!({})).await;
        assert_eq!(running.refusal().1, "not_over");
        let qualified = accountant.post("/api/v1/periods/2025-12/qualify", &json!({})).await;
        assert_eq!(qualified.ok()["qualified_by"], "staff:accountant");
        for period in ["2025-12", "2026-01"] {
            let closed = accountant.post(&format!("/api/v1/periods/{period}/close"), &json!({})).await;
            assert_eq!(
                (closed.ok()["period"].clone(), closed.ok()["closed_by"].clone()),
                (json!(period), json!("staff:accountant"))
            );
        }
        let again = accountant.post("/api/v1/periods/2025-12/close", &json!({})).await;
        assert_eq!(again.refusal().1, "already_closed");
        assert_eq!(accountant.get("/api/v1/periods").await.items("period"), ["2026-01", "2025-12"]);
        let page = accountant.get("/api/v1/periods?sort=period&limit=1").await;
        assert_eq!(page.items("period"), ["2025-12"]);
        let cursor = page.field("next").as_str().expect("a cursor").to_owned();
        let next = accountant.get(&format!("/api/v1/periods?sort=period&limit=1&cursor={cursor}")).await;
        assert_eq!((next.items("period"), next.field("next")), (vec![json!("2026-01")], Value::Null));
        for period in ["2026-13", "now", "2026-1", "%00"] {
            let answer = accountant.get(&format!("/api/v1/periods/{period}/preview")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{period}");
        }
        let old = accountant.get("/api/v1/periods/2020-01/preview").await;
        assert_eq!(old.refusal().1, "no_plan");
        assert_eq!(accountant.get("/api/v1/periods/2026-03/standings").await.refusal().1, "not_qualified");
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_partner_is_told_why_he_gets_what_he_gets_at_a_close_and_no_more_of_others() {
    on_sqlite(async |test| {
        let company = Company::with_plan(&test, BINARY).await;
        let mut partners = Vec::new();
        for (code, sponsor) in [("TOP", None), ("LEFT", Some("TOP")), ("RIGHT", Some("TOP"))] {
            partners.push(company.partner(code, sponsor).await);
        }
        company.buys("S-1", "LEFT", "50000.00", "2026-01-09T10:00:00+03:00").await;
        company.buys("S-2", "RIGHT", "50000.00", "2026-01-09T10:00:00+03:00").await;
        test.it_is("2026-02-02T12:00:00+03:00");
        let desk = Desk::of(&test, &partners.iter().collect::<Vec<_>>());
        let path = "/api/v1/periods/2026-01/partners/TOP";
        let (office, own) = (desk.who("support").get(path).await.ok(), desk.who("TOP").get(path).await.ok());
        assert_eq!((&office["stands"], &office["plan_hash"]), (&own["stands"], &own["plan_hash"]));
        assert!(!own.to_string().contains("LEFT") && !own.to_string().contains("RIGHT"), "{own}");
        assert_eq!(desk.who("LEFT").get(path).await.refusal().1, "unknown_partner");
        assert_eq!(
            desk.who("support").get("/api/v1/periods/2026-01/partners/NO").await.refusal().1,
            "unknown_partner"
        );
        let accountant = desk.who("accountant");
        accountant.post("/api/v1/periods/2026-01/qualify", &json!({})).await.ok();
        let standings = accountant.get("/api/v1/periods/2026-01/standings").await;
        assert_eq!(standings.items("partner"), ["LEFT", "RIGHT", "TOP"]);
    })
    .await;
}

#[tokio::test]
async fn a_plan_is_checked_tried_compared_and_activated_by_two() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["A1", "B1"]).await;
        company.buys("S-1", "B1", "1000.00", "2026-01-09T10:00:00+03:00").await;
        let desk = Desk::of(&test, &[]);
        let (owner, admin) = (desk.who("owner"), desk.who("admin"));
        let (_, five) = app::plans::SHIPPED[0];
        let (_, twelve) = app::plans::SHIPPED[1];

        let right = owner.post("/api/v1/plans/check", &json!({ "text": twelve, "margin": "50%" })).await.ok();
        assert_eq!((&right["ok"], &right["name"], &right["errors"]), (&json!(true), &json!("nanorem-12"), &json!([])));
        assert!(right["summary"]["ru"].as_str().is_some_and(|text| text.contains("nanorem-12")));
        let wrong = owner.post("/api/v1/plans/check", &json!({ "text": twelve.replacen("name = ", "nmae = ", 1) })).await.ok();
        assert_eq!((&wrong["ok"], &wrong["name"]), (&json!(false), &Value::Null));
        assert!(wrong["errors"][0]["line"].as_u64().is_some_and(|line| line > 1), "{wrong}");

        let sketch = "month = \"2026-03\"\npeople = [{ name = \"anna\" }, { name = \"boris\", sponsor = \"anna\" }]\n[[periods]]\npurchases = [{ by = \"boris\", price = \"10000.00\" }]\n";
        let tried = json!({ "plan": { "named": "nanorem-12" }, "sketch": sketch, "partner": "anna" });
        let tried = owner.post("/api/v1/plans/try", &tried).await.ok();
        assert_eq!((&tried["plan"], &tried["periods"][0]["month"]), (&json!("nanorem-12"), &json!("2026-03")));
        for (body, place) in [
            (json!({ "plan": { "named": "nanorem-12" }, "sketch": "people = 1" }), "/sketch"),
            (json!({ "plan": { "named": "nanorem-12" }, "sketch": sketch, "partner": "vera" }), "/partner"),
            (json!({ "plan": { "text": "x" }, "sketch": sketch }), "/plan"),
        ] {
            assert_eq!(owner.post("/api/v1/plans/try", &body).await.refusal().2, Some(place.into()), "{body}");
        }

        let both = json!({ "before": { "named": "current" }, "after": { "text": twelve }, "from": "2026-01", "to": "2026-01" });
        let diff = owner.post("/api/v1/plans/diff", &both).await.ok();
        assert_eq!((&diff["before"]["plan"], &diff["after"]["plan"]), (&json!("nanorem-5"), &json!("nanorem-12")));
        assert_eq!(diff["before"]["turnover"], "1000.00");
        let nameless = json!({ "before": { "named": "lost" }, "after": { "text": twelve }, "from": "2026-01", "to": "2026-01" });
        assert_eq!(owner.post("/api/v1/plans/diff", &nameless).await.refusal().1, "unknown_plan");

        let wanted = json!({ "text": twelve, "since": "2026-02-01T00:00:00+03:00" });
        assert_eq!(desk.who("support").post("/api/v1/plans", &wanted).await.status, StatusCode::FORBIDDEN);
        assert_eq!(owner.post("/api/v1/plans", &wanted).await.ok(), json!({ "outcome": "proposed" }));
        assert_eq!(owner.post("/api/v1/plans", &wanted).await.ok(), json!({ "outcome": "proposed" }), "it takes another person");
        assert_eq!(admin.post("/api/v1/plans", &wanted).await.ok(), json!({ "outcome": "in_force" }));
        let past = json!({ "text": five.replace("name = \"nanorem-5\"", "name = \"other\""), "since": "2026-01-01T00:00:00+03:00" });
        assert_eq!(owner.post("/api/v1/plans", &past).await.refusal().1, "touches_accrued");
        let listed = owner.get("/api/v1/plans").await;
        assert_eq!((listed.items("name"), listed.items("state")), (vec![json!("nanorem-12"), json!("nanorem-5")], vec![json!("activated"), json!("in_force")]));
        let current = owner.get("/api/v1/plans/current").await.ok();
        assert_eq!((&current["name"], &current["text"]), (&json!("nanorem-5"), &json!(five)));
        let id = current["id"].as_str().expect("an id");
        assert_eq!(owner.get(&format!("/api/v1/plans/{id}")).await.ok(), current);
        assert_eq!(owner.get("/api/v1/plans/lost").await.refusal().1, "unknown_plan");
        assert!(owner.get("/api/v1/plans/schema").await.ok()["$schema"].is_string());
    })
    .await;
}

#[tokio::test]
async fn jobs_are_listed_and_the_dead_revived() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["A1", "B1"]).await;
        for number in 1..=3 {
            let order =
                OrderDraft::new(&format!("S-{number}"), "B1", 1, "100.00", "2026-01-09T10:00:00+03:00");
            FakeShop::default()
                .receive(&test, &order.paid_at("2026-01-09T10:00:00+03:00").event("order.paid"))
                .await;
        }
        let desk = Desk::of(&test, &[]);
        let admin = desk.who("admin");
        let all = admin.get("/api/v1/jobs").await;
        assert_eq!((all.items("kind").len(), all.items("state")), (3, vec![json!("waiting"); 3]));
        let page = admin.get("/api/v1/jobs?limit=2&state=waiting&kind=settle_order").await;
        assert_eq!(page.items("id"), all.items("id")[..2]);
        assert_eq!(admin.get("/api/v1/jobs?state=dead").await.items("id"), Vec::<Value>::new());
        assert_eq!(admin.get("/api/v1/jobs?kind=other").await.items("id"), Vec::<Value>::new());
        assert_eq!(admin.get("/api/v1/jobs?state=lost").await.refusal().2, Some("state".into()));
        let id = all.items("id").remove(0);
        let path = format!("/api/v1/jobs/{}/revive", id.as_str().expect("an id"));
        assert_eq!(
            admin.post(&path, &json!({})).await.refusal(),
            (StatusCode::NOT_FOUND, "unknown_job".into(), None)
        );
        assert_eq!(admin.post("/api/v1/jobs/1/revive", &json!({})).await.status, StatusCode::NOT_FOUND);
        assert_eq!(desk.who("support").post(&path, &json!({})).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn webhooks_that_were_not_accepted_are_listed_without_their_bodies() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["A1", "B1"]).await;
        company.buys("S-1", "B1", "1000.00", "2026-01-09T10:00:00+03:00").await;
        let shop = FakeShop::default();
        let other = OrderDraft::new("S-1", "B1", 1, "2000.00", "2026-01-09T10:00:00+03:00")
            .paid_at("2026-01-09T10:00:00+03:00");
        shop.send(&test, &other.event("order.paid")).await;
        test.clock.advance(jiff::SignedDuration::from_secs(1));
        shop.send(&test, &json!({ "type": "order.paid", "secret": "Анна Ким" })).await;
        let desk = Desk::of(&test, &[]);
        let support = desk.who("support");
        let all = support.get("/api/v1/webhooks").await;
        assert_eq!(all.items("verdict"), ["refused", "conflict"]);
        assert_eq!(all.items("order"), [Value::Null, json!("nanorvs/S-1")]);
        assert_eq!(support.get("/api/v1/webhooks?verdict=conflict").await.items("verdict"), ["conflict"]);
        assert_eq!(
            support.get("/api/v1/webhooks?limit=1&sort=received_at").await.items("verdict"),
            ["conflict"]
        );
        assert_eq!(
            support.get("/api/v1/webhooks?verdict=accepted").await.refusal().2,
            Some("verdict".into())
        );
        assert!(!all.text.contains("Анна"), "{}", all.text);
        assert_eq!(desk.who("accountant").get("/api/v1/webhooks").await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn the_ledger_sums_to_zero() {
    for_each_backend(async |test| {
        two_months(&test).await;
        let desk = Desk::of(&test, &[]);
        let accountant = desk.who("accountant");
        let mut accounts = Vec::new();
        let mut path = Some("/api/v1/ledger?limit=2".to_owned());
        while let Some(next) = path {
            let page = accountant.get(&next).await;
            assert_eq!(page.field("sum"), "0.00");
            accounts.extend(page.items("account"));
            path =
                page.field("next").as_str().map(|cursor| format!("/api/v1/ledger?limit=2&cursor={cursor}"));
        }
        assert_eq!(accounts, ["company:breakage", "company:commissions", "partner:ROOT"]);
        assert_eq!(desk.who("support").get("/api/v1/ledger").await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn products_are_put_listed_and_shown_by_what_the_caller_may_see() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        let anna = company.partner("A1", None).await;
        let desk = Desk::of(&test, &[&anna]);
        let admin = desk.who("admin");
        let product = |price: &str| {
            json!({ "sku": "OIL-1", "name": "Масло 100%", "category": "Масла", "kind": "goods", "price": price, "cost": "0", "volume": "10.5" })
        };
        let new = admin.post("/api/v1/products", &product("100.00")).await.ok();
        assert_eq!((&new["outcome"], &new["product"]["office"]["volume"]), (&json!("new"), &json!("10.50")));
        assert_eq!(admin.post("/api/v1/products", &product("100.00")).await.ok()["outcome"], "unchanged");
        test.clock.advance(jiff::SignedDuration::from_secs(60));
        let changed = admin.post("/api/v1/products", &product("120.00")).await.ok();
        assert_eq!((&changed["outcome"], &changed["product"]["price"]), (&json!("changed"), &json!("120.00")));
        let prices = admin.get("/api/v1/products/OIL-1/prices").await;
        assert_eq!(prices.items("price"), ["120.00", "100.00"]);
        let page = admin.get("/api/v1/products/OIL-1/prices?limit=1").await;
        let cursor = page.field("next").as_str().expect("a cursor").to_owned();
        assert_eq!(admin.get(&format!("/api/v1/products/OIL-1/prices?limit=1&cursor={cursor}")).await.items("price"), ["100.00"]);

        for (query, expected) in [
            ("", vec!["FEE", "OIL-1", "RVS"]),
            ("sort=-sku&limit=2", vec!["RVS", "OIL-1"]),
            ("search=%D0%9C%D0%90%D0%A1%D0%9B%D0%9E", vec!["OIL-1"]),
            ("search=oil", vec!["OIL-1"]),
            ("search=%25", vec!["OIL-1"]),
            ("search=_", vec![]),
            ("category=%D0%A2%D0%B5%D1%81%D1%82", vec!["FEE", "RVS"]),
        ] {
            assert_eq!(admin.get(&format!("/api/v1/products?{query}")).await.items("sku"), expected, "{query}");
        }
        for token in ["A1", "user", "shop"] {
            let shown = desk.who(token).get("/api/v1/products/OIL-1").await.ok();
            assert_eq!((&shown["price"], &shown["office"]), (&json!("120.00"), &Value::Null), "{token}");
            assert_eq!(desk.who(token).get("/api/v1/products/OIL-1/prices").await.status, StatusCode::FORBIDDEN);
        }
        assert_eq!(desk.who("support").post("/api/v1/products", &product("1.00")).await.status, StatusCode::FORBIDDEN);
        assert_eq!(admin.get("/api/v1/products/LOST").await.refusal().1, "unknown_product");
        let mut wrong = product("-1.00");
        wrong["kind"] = json!("gift");
        let refused = admin.post("/api/v1/products", &wrong).await.field("errors");
        assert_eq!((&refused[0]["pointer"], &refused[1]["pointer"]), (&json!("/kind"), &json!("/price")));
    })
    .await;
}
