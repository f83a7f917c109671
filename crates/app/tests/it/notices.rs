//! What happens is told, once, to those who listen; where nobody listens nothing is written.

use app::orders::Received;
use app::sponsors::Move;
use domain::activity::FeeKind;
use domain::payout::PayoutStep;
use serde_json::Value;
use store::outbox::Filter;
use testkit::{Company, FakeEndpoint, FakeShop, OrderDraft, TestApp, at, for_each_backend, staff};

async fn parcels(test: &TestApp) -> usize {
    app::outbox::list(&test.app, &Filter::default(), 10_000).await.expect("read").len()
}

fn bodies(endpoint: &FakeEndpoint) -> Vec<Value> {
    endpoint.heard().iter().map(|message| serde_json::from_str(&message.body).expect("JSON")).collect()
}

/// A company's whole life: everything that can be told happens once at least.
async fn live(test: &TestApp) {
    let company = Company::with_plan(test, "nanorem-5").await;
    company.chain(&["NR00001", "NR00002", "NR00003"]).await;
    company.fee("NR00003", FeeKind::Monthly, "2026-01-05T12:00:00+03:00").await;
    let owner = staff("owner");
    let wanted = Move {
        partner: company.code("NR00003"),
        to: Some(company.code("NR00001")),
        since: at("2026-01-02T00:00:00+03:00"),
        reason: "test".to_owned(),
    };
    app::sponsors::move_partner(&test.app, &owner, &wanted).await.expect("moved");
    let shop = FakeShop::default();
    let order = OrderDraft::new("S-1", "NR00003", 4, "1000.00", "2026-01-06T12:00:00+03:00")
        .paid_at("2026-01-06T12:00:00+03:00");
    assert_eq!(shop.send(test, &order.event("order.paid")).await, Received::Accepted);
    let refund = order.refund("R-1", &[(1, 1)], "2026-01-07T12:00:00+03:00");
    assert_eq!(shop.send(test, &refund).await, Received::Accepted);
    let other = OrderDraft::new("S-1", "NR00002", 4, "1000.00", "2026-01-06T12:00:00+03:00");
    assert!(matches!(shop.send(test, &other.event("order.created")).await, Received::Conflict(_)));
    let second = OrderDraft::new("S-2", "NR00003", 1, "1000.00", "2026-01-06T12:00:00+03:00");
    let second = second.paid_at("2026-01-06T12:00:00+03:00");
    assert_eq!(shop.send(test, &second.event("order.paid")).await, Received::Accepted);
    assert_eq!(shop.send(test, &second.event("order.cancelled")).await, Received::Accepted);
    test.it_is("2026-02-10T12:00:00+03:00");
    let anna = staff("anna");
    let code = company.code("NR00001");
    for steps in [
        &[PayoutStep::Approve, PayoutStep::Send, PayoutStep::Settle][..],
        &[PayoutStep::Reject],
        &[PayoutStep::Approve, PayoutStep::Send, PayoutStep::Fail],
    ] {
        let asked = app::payouts::request(&test.app, &owner, &code, Some(testkit::rub(1))).await;
        let number = asked.expect("asked for").number;
        for step in steps {
            app::payouts::advance(&test.app, &anna, number, *step, Some("test")).await.expect("advanced");
        }
    }
    let january = "2026-01".parse().expect("a month");
    app::periods::qualify(&test.app, &owner, january).await.expect("qualified");
    app::periods::close(&test.app, &owner, january).await.expect("closed");
}

#[tokio::test]
async fn a_whole_life_is_told_once() {
    for_each_backend(async |test| {
        let test = test.sealing();
        test.endpoint("crm", "*").await;
        live(&test).await;
        let endpoint = FakeEndpoint::default();
        test.deliver(&endpoint).await;
        let mut types = endpoint.types();
        types.sort();
        let count = |kind: &str| types.iter().filter(|known| *known == kind).count();
        let told: Vec<(&str, usize)> = domain::notice::NoticeKind::ALL
            .into_iter()
            .map(|kind| (kind.as_str(), count(kind.as_str())))
            .collect();
        let expected = [
            ("partner.enrolled", 3),
            ("partner.sponsor_changed", 1),
            ("activity.extended", 4),
            ("order.paid", 2),
            ("order.refunded", 1),
            ("order.cancelled", 1),
            ("order.refused", 1),
            ("accruals.made", 2),
            ("accruals.reversed", 2),
            ("payout.requested", 3),
            ("payout.approved", 2),
            ("payout.rejected", 1),
            ("payout.sent", 2),
            ("payout.settled", 1),
            ("payout.failed", 1),
            ("period.qualified", 1),
            ("period.closed", 1),
            ("plan.activated", 1),
            ("catalogue.changed", 1),
            ("ping", 0),
        ];
        assert_eq!(told, expected);
        let personal: Vec<Value> =
            bodies(&endpoint).into_iter().filter(|body| body.to_string().contains("Иван")).collect();
        assert_eq!(personal, Vec::<Value>::new(), "nothing personal");
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn money_is_told_as_it_is_posted() {
    for_each_backend(async |test| {
        let test = test.sealing();
        test.endpoint("crm", "accruals.*").await;
        live(&test).await;
        let endpoint = FakeEndpoint::default();
        test.deliver(&endpoint).await;
        let of_first = |body: &&Value| body["data"]["order"]["external_id"] == "S-1";
        let all = bodies(&endpoint);
        let told = |kind: &str| all.iter().filter(of_first).find(|body| body["type"] == kind).cloned();
        let made = told("accruals.made").expect("told");
        let reversed = told("accruals.reversed").expect("told");
        // 4 000.00 at 20 % for the only one above; a quarter of it goes back.
        assert_eq!(made["data"]["total"], "800.00");
        assert_eq!(made["data"]["accruals"][0]["partner"]["code"], "NR00001");
        assert_eq!(made["data"]["currency"], "RUB");
        assert_eq!(reversed["data"]["total"], "200.00");
        assert_eq!(reversed["data"]["reversals"][0]["accrual_id"], made["data"]["accruals"][0]["id"]);
        assert_eq!(reversed["data"]["reversals"][0]["cause"], "refund");
    })
    .await;
}

#[tokio::test]
async fn where_nobody_listens_nothing_is_written() {
    for_each_backend(async |test| {
        let test = test.sealing();
        test.endpoint("crm", "ping").await;
        test.endpoint("store", "*").await;
        app::endpoints::disable(&test.app, &staff("owner"), 2, None).await.expect("disabled");
        live(&test).await;
        assert_eq!(parcels(&test).await, 0);
    })
    .await;
}

#[tokio::test]
async fn the_same_message_again_is_not_told_again() {
    for_each_backend(async |test| {
        let test = test.sealing();
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["NR00001", "NR00002"]).await;
        test.endpoint("crm", "order.*,accruals.*").await;
        let shop = FakeShop::default();
        let paid = |buyer: &str| {
            OrderDraft::new("S-1", buyer, 1, "1000.00", "2026-01-06T12:00:00+03:00")
                .paid_at("2026-01-06T12:00:00+03:00")
                .event("order.paid")
        };
        for _ in 0..3 {
            shop.send(&test, &paid("NR00002")).await;
            shop.send(&test, &paid("NR00001")).await;
        }
        let endpoint = FakeEndpoint::default();
        test.deliver(&endpoint).await;
        let mut types = endpoint.types();
        types.sort();
        assert_eq!(types, ["accruals.made", "order.paid", "order.refused"]);
    })
    .await;
}

#[tokio::test]
async fn each_endpoint_is_told_what_it_chose() {
    for_each_backend(async |test| {
        let test = test.sealing();
        test.endpoint("crm", "partner.*").await;
        test.endpoint("bank", "payout.settled").await;
        test.endpoint("all", "*").await;
        live(&test).await;
        let endpoint = FakeEndpoint::default();
        test.deliver(&endpoint).await;
        let to = |name: &str| {
            let heard = endpoint.heard();
            heard.into_iter().filter(|message| message.to.host() == format!("{name}.example.com")).count()
        };
        assert_eq!([to("crm"), to("bank"), to("all")], [4, 1, 31]);
    })
    .await;
}
