//! Orders, accruals, statements and payouts, over what the shop told.

use axum::http::StatusCode;
use futures::future::join_all;
use serde_json::{Value, json};
use testkit::{Company, FakeShop, OrderDraft, TestApp, for_each_backend, on_sqlite};

use super::desk::Desk;

/// A1 over B1 over C1; C1 has bought for 10 000.00, of which half was given back. A1 and B1 may be paid.
async fn sold(test: &TestApp) -> [domain::partner::Partner; 3] {
    let company = Company::with_plan(test, "nanorem-5").await;
    company.chain(&["A1", "B1", "C1"]).await;
    let shop = FakeShop::default();
    let order = OrderDraft::new("S-1", "C1", 2, "5000.00", "2026-01-09T10:00:00+03:00")
        .paid_at("2026-01-09T10:00:00+03:00");
    shop.send(test, &order.event("order.paid")).await;
    shop.send(test, &order.refund("R-1", &[(1, 1)], "2026-01-09T18:00:00+03:00")).await;
    company.buys("S-2", "B1", "1000.00", "2026-01-09T11:00:00+03:00").await;
    let waiting = OrderDraft::new("S-3", "A1", 1, "100.00", "2026-01-09T12:00:00+03:00");
    shop.send(test, &waiting.event("order.created")).await;
    let mut partners = Vec::new();
    for code in ["A1", "B1", "C1"] {
        partners.push(app::people::card(&test.app, &company.code(code)).await.expect("there").partner);
    }
    partners.try_into().expect("three")
}

#[tokio::test]
async fn orders_are_listed_and_filtered() {
    for_each_backend(async |test| {
        sold(&test).await;
        let desk = Desk::of(&test, &[]);
        let support = desk.who("support");
        for (query, expected) in [
            ("", vec!["S-3", "S-2", "S-1"]),
            ("sort=ordered_at", vec!["S-1", "S-2", "S-3"]),
            ("state=paid", vec!["S-2", "S-1"]),
            ("state=created", vec!["S-3"]),
            ("state=refunded", vec![]),
            ("state=cancelled", vec![]),
            ("buyer=C1", vec!["S-1"]),
            ("seller=C1", vec![]),
            ("source=nanorvs", vec!["S-3", "S-2", "S-1"]),
            ("source=other", vec![]),
            ("number=%E2%84%96%20S-2", vec!["S-2"]),
            ("from=2026-01-09T11:00:00%2B03:00", vec!["S-3", "S-2"]),
            ("until=2026-01-09T11:00:00%2B03:00", vec!["S-1"]),
        ] {
            assert_eq!(
                support.get(&format!("/api/v1/orders?{query}")).await.items("id"),
                expected,
                "{query}"
            );
        }
        for query in ["state=lost", "buyer=%25", "from=yesterday", "from=2026-01-09", "source=a%20b"] {
            let answer = support.get(&format!("/api/v1/orders?{query}")).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        }
        FakeShop::default()
            .send(
                &test,
                &OrderDraft::new("S-1", "C1", 2, "5000.00", "2026-01-09T10:00:00+03:00")
                    .paid_at("2026-01-09T10:00:00+03:00")
                    .refund("R-2", &[(1, 1)], "2026-01-09T19:00:00+03:00"),
            )
            .await;
        assert_eq!(support.get("/api/v1/orders?state=refunded").await.items("id"), ["S-1"]);
        assert_eq!(support.get("/api/v1/orders?state=paid").await.items("id"), ["S-2"]);
    })
    .await;
}

#[tokio::test]
async fn staff_see_the_whole_walk_of_an_order_and_partners_their_part() {
    on_sqlite(async |test| {
        let partners = sold(&test).await;
        let desk = Desk::of(&test, &partners.each_ref());
        let order = desk.who("support").get("/api/v1/orders/nanorvs/S-1").await.ok();
        assert_eq!(
            (&order["state"], &order["total"], &order["currency"]),
            (&json!("paid"), &json!("10000.00"), &json!("RUB"))
        );
        assert_eq!((&order["lines"][0]["refunded"], &order["refunds"][0]["id"]), (&json!(1), &json!("R-1")));
        let accruals = order["accruals"].as_array().expect("accruals");
        let earners: Vec<&Value> = accruals.iter().map(|accrual| &accrual["partner"]).collect();
        assert_eq!(earners, ["B1", "A1"]);
        for accrual in accruals {
            let minor = |key: &str| {
                accrual[key].as_str().expect("a sum").replace('.', "").parse::<i64>().expect("kopecks")
            };
            assert_eq!(minor("paid"), 2 * minor("reversed"), "half of it is taken back: {accrual}");
        }
        let skipped = &order["walk"]["skipped"][0];
        assert_eq!((&skipped["partner"], &skipped["outcome"]), (&json!("C1"), &json!("self")));
        assert!(skipped["why"]["ru"].as_str().is_some_and(|why| why.starts_with("покупатель")), "{skipped}");
        assert_eq!(order["walk"]["breakage"][0]["reason"], "no_sponsor");

        let own = desk.who("C1").get("/api/v1/orders/nanorvs/S-1").await.ok();
        assert_eq!(
            (&own["total"], &own["walk"], &own["accruals"]),
            (&json!("10000.00"), &Value::Null, &json!([]))
        );
        for (token, path) in
            [("B1", "nanorvs/S-1"), ("A1", "nanorvs/S-2"), ("C1", "nanorvs/S-9"), ("C1", "nanorvs/%00")]
        {
            let answer = desk.who(token).get(&format!("/api/v1/orders/{path}")).await;
            assert_eq!(
                answer.refusal(),
                (StatusCode::NOT_FOUND, "unknown_order".into(), None),
                "{token} {path}"
            );
        }
        assert_eq!(desk.who("B1").get("/api/v1/orders").await.items("id"), ["S-2"]);
        assert_eq!(desk.who("B1").get("/api/v1/orders?buyer=C1").await.items("id"), Vec::<Value>::new());
    })
    .await;
}

#[tokio::test]
async fn accruals_are_listed_by_partner_period_order_and_rule() {
    for_each_backend(async |test| {
        let partners = sold(&test).await;
        let desk = Desk::of(&test, &partners.each_ref());
        let accountant = desk.who("accountant");
        let all = accountant.get("/api/v1/accruals").await;
        assert_eq!(all.items("partner"), ["A1", "A1", "B1"]);
        let rule = all.items("rule").remove(0).as_str().expect("a rule").to_owned();
        for (query, expected) in [
            ("partner=B1", vec!["B1"]),
            ("order=nanorvs/S-2", vec!["A1"]),
            ("order=nanorvs/S-9", vec![]),
            ("period=2026-01", vec!["A1", "A1", "B1"]),
            ("period=2025-12", vec![]),
            (&format!("rule={rule}")[..], vec!["A1", "A1", "B1"]),
            ("rule=nothing", vec![]),
            ("partner=A1&order=nanorvs/S-1", vec!["A1"]),
        ] {
            assert_eq!(
                accountant.get(&format!("/api/v1/accruals?{query}")).await.items("partner"),
                expected,
                "{query}"
            );
        }
        let mut seen = Vec::new();
        let mut path = Some("/api/v1/accruals?limit=1&sort=recorded_at".to_owned());
        while let Some(next) = path {
            let answer = accountant.get(&next).await;
            seen.extend(answer.items("id"));
            path = answer
                .field("next")
                .as_str()
                .map(|cursor| format!("/api/v1/accruals?limit=1&sort=recorded_at&cursor={cursor}"));
        }
        let mut backwards = all.items("id");
        backwards.reverse();
        assert_eq!(seen, backwards);
        assert_eq!(desk.who("B1").get("/api/v1/accruals").await.items("partner"), ["B1"]);
        assert_eq!(desk.who("B1").get("/api/v1/accruals?partner=A1").await.status, StatusCode::NOT_FOUND);
        assert_eq!(desk.who("B1").get("/api/v1/accruals?partner=B1").await.items("partner"), ["B1"]);
    })
    .await;
}

#[tokio::test]
async fn a_statement_adds_up_and_is_its_owners() {
    on_sqlite(async |test| {
        let partners = sold(&test).await;
        let desk = Desk::of(&test, &partners.each_ref());
        let path = "/api/v1/partners/A1/statement";
        let whole = desk.who("A1").get(path).await.ok();
        let minor =
            |value: &Value| value.as_str().expect("a sum").replace('.', "").parse::<i64>().expect("kopecks");
        let lines = whole["items"].as_array().expect("lines");
        assert_eq!(
            lines.iter().map(|line| minor(&line["amount"])).sum::<i64>(),
            minor(&whole["balance"]["total"])
        );
        assert_eq!((&whole["opening"], &whole["closing"]), (&json!("0.00"), &whole["balance"]["total"]));
        let january = desk.who("accountant").get(&format!("{path}?period=2026-01&limit=1")).await.ok();
        assert_eq!(
            (&january["closing"], january["items"].as_array().map(Vec::len)),
            (&whole["closing"], Some(1))
        );
        let february = desk.who("A1").get(&format!("{path}?period=2026-02")).await.ok();
        assert_eq!((&february["opening"], &february["closing"]), (&whole["closing"], &whole["closing"]));
        assert_eq!(february["items"], json!([]));
        assert_eq!(desk.who("B1").get(path).await.refusal().1, "unknown_partner");
        assert_eq!(desk.who("user").get(path).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn a_payout_goes_from_hand_to_hand() {
    for_each_backend(async |test| {
        let partners = sold(&test).await;
        test.it_is("2026-03-01T12:00:00+03:00");
        let desk = Desk::of(&test, &partners.each_ref());
        let (boris, accountant, owner) = (desk.who("B1"), desk.who("accountant"), desk.who("owner"));
        let asked = boris.post("/api/v1/payouts", &json!({ "amount": "100.00", "currency": "RUB" })).await;
        assert_eq!(
            (asked.status, asked.header("location")),
            (StatusCode::CREATED, Some("/api/v1/payouts/1"))
        );
        assert_eq!(
            (&asked.ok()["partner"], &asked.ok()["requested_by"]),
            (&json!("B1"), &json!("partner:B1"))
        );
        let approve = "/api/v1/payouts/1/approve";
        assert_eq!(boris.post(approve, &json!({})).await.status, StatusCode::FORBIDDEN);
        let early = accountant.post("/api/v1/payouts/1/send", &json!({})).await;
        assert_eq!(early.refusal(), (StatusCode::CONFLICT, "illegal_step".into(), None));
        assert_eq!(accountant.post(approve, &json!({})).await.ok()["approved_by"], "staff:accountant");
        assert_eq!(
            owner.post("/api/v1/payouts/1/send", &json!({ "reason": "реестр 1" })).await.ok()["state"],
            "sent"
        );
        assert_eq!(owner.post("/api/v1/payouts/1/settle", &json!({})).await.ok()["state"], "settled");
        let own = boris.get("/api/v1/payouts/1").await.ok();
        assert_eq!((&own["state"], &own["approved_by"]), (&json!("settled"), &Value::Null));
        assert_eq!(desk.who("A1").get("/api/v1/payouts/1").await.refusal().1, "unknown_payout");

        let for_him =
            accountant.post("/api/v1/payouts", &json!({ "partner": "A1", "amount": "50.00" })).await;
        assert_eq!(for_him.ok()["number"], 2);
        let same = accountant.post("/api/v1/payouts/2/approve", &json!({})).await;
        assert_eq!(same.refusal(), (StatusCode::CONFLICT, "same_person".into(), None));
        assert_eq!(desk.who("A1").get("/api/v1/payouts/2").await.ok()["requested_by"], "staff");
        let bare = owner.post("/api/v1/payouts/2/reject", &json!({})).await;
        assert_eq!(bare.refusal().2, Some("/reason".into()));
        let rejected = owner.post("/api/v1/payouts/2/reject", &json!({ "reason": "реквизиты" })).await;
        assert_eq!(rejected.ok()["state"], "rejected");

        for (query, expected) in [
            ("", vec![2, 1]),
            ("state=settled", vec![1]),
            ("partner=A1", vec![2]),
            ("sort=number", vec![1, 2]),
        ] {
            assert_eq!(
                accountant.get(&format!("/api/v1/payouts?{query}")).await.items("number"),
                expected,
                "{query}"
            );
        }
        assert_eq!(boris.get("/api/v1/payouts").await.items("number"), [1]);
        assert_eq!(boris.get("/api/v1/payouts?partner=A1").await.status, StatusCode::NOT_FOUND);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_paid_out_is_refused_with_its_reason() {
    on_sqlite(async |test| {
        let partners = sold(&test).await;
        let desk = Desk::of(&test, &partners.each_ref());
        let boris = desk.who("B1");
        let early = boris.post("/api/v1/payouts", &json!({})).await;
        assert_eq!(early.refusal().1, "nothing_available", "the money is on hold for a while");
        test.it_is("2026-03-01T12:00:00+03:00");
        // He has signed in anew: money is asked for with the password given just now.
        let desk = Desk::of(&test, &partners.each_ref());
        let boris = desk.who("B1");
        for (body, status, code, place) in [
            (json!({ "amount": "999999.00" }), 409, "not_enough", None),
            (json!({ "amount": "0" }), 422, "invalid", Some("/amount")),
            (json!({ "amount": "-1.00" }), 422, "invalid", Some("/amount")),
            (json!({ "amount": 100 }), 422, "invalid", Some("/amount")),
            (json!({ "amount": "100.00", "currency": "USD" }), 422, "invalid", Some("/currency")),
            (json!({ "amount": "1.00", "partner": "A1" }), 403, "forbidden", None),
            (json!({ "amount": "1.00", "state": "settled" }), 422, "invalid", Some("/state")),
        ] {
            let answer = boris.post("/api/v1/payouts", &body).await;
            let status = StatusCode::from_u16(status).expect("a status");
            assert_eq!(answer.refusal(), (status, code.to_owned(), place.map(str::to_owned)), "{body}");
        }
        let nobody = desk.who("accountant").post("/api/v1/payouts", &json!({ "amount": "1.00" })).await;
        assert_eq!(nobody.refusal().2, Some("/partner".into()));
        assert_eq!(boris.get("/api/v1/payouts").await.items("number"), Vec::<Value>::new());
    })
    .await;
}

#[tokio::test]
async fn of_64_requests_of_one_balance_one_succeeds() {
    for_each_backend(async |test| {
        let partners = sold(&test).await;
        test.it_is("2026-03-01T12:00:00+03:00");
        let desk = Desk::of(&test, &partners.each_ref());
        let boris = desk.who("B1");
        let all = json!({}).to_string();
        let answers = join_all((0..64).map(|_| boris.post_text("/api/v1/payouts", &all))).await;
        let made = answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count();
        assert_eq!(made, 1, "each had a key of its own");
        for answer in answers.iter().filter(|answer| answer.status != StatusCode::CREATED) {
            assert_eq!(answer.refusal(), (StatusCode::CONFLICT, "nothing_available".into(), None));
        }
        assert_eq!(desk.who("owner").get("/api/v1/payouts").await.items("number"), [1]);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn money_is_asked_for_and_sent_with_the_password_given_just_now() {
    on_sqlite(async |test| {
        let partners = sold(&test).await;
        test.it_is("2026-03-01T12:00:00+03:00");
        let desk = Desk::of(&test, &partners.each_ref());
        let asked = desk.who("B1").post("/api/v1/payouts", &json!({ "amount": "10.00" })).await;
        assert_eq!(asked.status, StatusCode::CREATED);
        desk.who("owner").post("/api/v1/payouts/1/approve", &json!({})).await.ok();
        test.clock.advance(jiff::SignedDuration::from_mins(6));
        for (token, path, body) in [
            ("B1", "/api/v1/payouts", json!({ "amount": "10.00" })),
            ("owner", "/api/v1/payouts/1/send", json!({})),
        ] {
            let answer = desk.who(token).post(path, &body).await;
            assert_eq!(answer.refusal(), (StatusCode::FORBIDDEN, "password_again".into(), None), "{path}");
        }
        assert_eq!(desk.who("B1").get("/api/v1/payouts/1").await.ok()["state"], "approved");
    })
    .await;
}
