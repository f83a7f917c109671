//! Whose an order is: the buyer's own account, then the partner whom he is tied to, then links, then codes.

use app::orders::{Disputed, Received, disputed};
use app::promo::{self, Grant, PromoError};
use domain::order::Named;
use domain::promo::PromoCode;
use serde_json::{Value, json};
use testkit::{Company, FakeShop, OrderDraft, TestApp, at, for_each_backend, on_sqlite, rub, staff};

const ORDERED: &str = "2026-01-08T10:00:00+03:00";
const PAID: &str = "2026-01-08T11:00:00+03:00";

/// ROOT, under him ANNA and BORIS side by side.
async fn company(test: &TestApp) -> Company<'_> {
    let company = Company::with_plan(test, "nanorem-5").await;
    company.chain(&["ROOT", "ANNA"]).await;
    company.partner("BORIS", Some("ROOT")).await;
    company.fee("BORIS", domain::activity::FeeKind::Annual, "2026-01-01T00:00:00+03:00").await;
    company
}

async fn link(company: &Company<'_>, test: &TestApp, code: &str) -> Value {
    let card = app::people::card(&test.app, &company.code(code)).await.expect("a partner");
    json!(card.partner.referral_code)
}

async fn pays(test: &TestApp, id: &str, buyer: Value) -> Received {
    pays_at(test, id, buyer, ORDERED, PAID).await
}

async fn pays_at(test: &TestApp, id: &str, buyer: Value, ordered_at: &str, paid_at: &str) -> Received {
    let order = OrderDraft::new(id, "-", 1, "1000.00", ordered_at).buyer(buyer).paid_at(paid_at);
    FakeShop::default().send(test, &order.event("order.paid")).await
}

async fn gives(test: &TestApp, company: &Company<'_>, code: &str, partner: &str) -> Result<(), PromoError> {
    let grant = Grant {
        code: PromoCode::parse(code).expect("a code"),
        partner: company.code(partner),
        since: at("2026-01-01T00:00:00+03:00"),
        until: None,
    };
    promo::grant(&test.app, &staff("elena"), &grant).await
}

async fn told(test: &TestApp) -> Vec<(String, String, Named, Option<String>)> {
    let disputes = disputed(&test.app, 50).await.expect("disputes can be read");
    let short = |one: Disputed| {
        (one.order, one.partner.to_string(), one.named, one.belongs_to.map(|code| code.to_string()))
    };
    let mut disputes: Vec<_> = disputes.into_iter().map(short).collect();
    disputes.sort();
    disputes
}

fn dispute(
    order: &str,
    partner: &str,
    named: Named,
    whose: Option<&str>,
) -> (String, String, Named, Option<String>) {
    (format!("nanorvs/{order}"), partner.to_owned(), named, whose.map(str::to_owned))
}

#[tokio::test]
async fn a_customer_stays_with_the_partner_of_his_first_paid_order() {
    for_each_backend(async |test| {
        let company = company(&test).await;
        let (anna, boris) = (link(&company, &test, "ANNA").await, link(&company, &test, "BORIS").await);
        let by = |code: &Value| json!({ "phone": "8 900 111-22-33", "referral_code": code });
        assert_eq!(pays(&test, "S-1", by(&anna)).await, Received::Accepted);
        assert_eq!(company.balance("ANNA").await.total, rub(200));
        assert_eq!(pays(&test, "S-2", by(&boris)).await, Received::Accepted);
        assert_eq!(company.balance("ANNA").await.total, rub(400), "a later link takes nobody over");
        assert_eq!(company.balance("BORIS").await.total, rub(0));
        let bare = json!({ "phone": "+79001112233", "email": "v@example.org" });
        assert_eq!(pays(&test, "S-3", bare).await, Received::Accepted);
        assert_eq!(
            company.balance("ANNA").await.total,
            rub(600),
            "nor does he lose his partner without a link"
        );
        let mailed = json!({ "email": "V@example.org", "referral_code": boris });
        assert_eq!(pays(&test, "S-4", mailed).await, Received::Accepted);
        assert_eq!(company.balance("ANNA").await.total, rub(800), "he is known again by what he told later");
        let expected = [
            dispute("S-2", "BORIS", Named::ReferralCode, Some("ANNA")),
            dispute("S-4", "BORIS", Named::ReferralCode, Some("ANNA")),
        ];
        assert_eq!(told(&test).await, expected);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn an_order_that_is_never_paid_ties_nobody() {
    for_each_backend(async |test| {
        let company = company(&test).await;
        let (anna, boris) = (link(&company, &test, "ANNA").await, link(&company, &test, "BORIS").await);
        let by = |code: &Value| json!({ "phone": "+79001112233", "referral_code": code });
        let catch = OrderDraft::new("S-1", "-", 1, "1000.00", ORDERED).buyer(by(&anna));
        let shop = FakeShop::default();
        assert_eq!(shop.send(&test, &catch.event("order.created")).await, Received::Accepted);
        assert_eq!(pays(&test, "S-2", by(&boris)).await, Received::Accepted);
        assert_eq!(company.balance("BORIS").await.total, rub(200));
        assert_eq!(told(&test).await, []);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_code_in_a_later_event_changes_nothing_and_is_no_reason_to_refuse_the_payment() {
    for_each_backend(async |test| {
        let company = company(&test).await;
        let (anna, boris) = (link(&company, &test, "ANNA").await, link(&company, &test, "BORIS").await);
        let order = |id: &str, buyer: Value| OrderDraft::new(id, "-", 1, "1000.00", ORDERED).buyer(buyer);
        let shop = FakeShop::default();
        let phone = "+79001112233";
        let first = order("S-1", json!({ "phone": phone, "referral_code": anna }));
        let second = order("S-1", json!({ "phone": phone, "referral_code": boris })).paid_at(PAID);
        assert_eq!(shop.send(&test, &first.event("order.created")).await, Received::Accepted);
        for answer in [Received::Accepted, Received::Duplicate] {
            assert_eq!(shop.send(&test, &second.event("order.paid")).await, answer);
        }
        assert_eq!(company.balance("ANNA").await.total, rub(200));
        let nobodys = order("S-2", json!({ "phone": "+79005556677" }));
        let late = order("S-2", json!({ "phone": "+79005556677", "referral_code": boris })).paid_at(PAID);
        assert_eq!(shop.send(&test, &nobodys.event("order.created")).await, Received::Accepted);
        assert_eq!(shop.send(&test, &late.event("order.paid")).await, Received::Accepted);
        assert_eq!(
            company.balance("BORIS").await.total,
            rub(0),
            "whose an order is was decided when it came"
        );
        let expected = [
            dispute("S-1", "BORIS", Named::ReferralCode, Some("ANNA")),
            dispute("S-2", "BORIS", Named::ReferralCode, None),
        ];
        assert_eq!(told(&test).await, expected);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_promo_code_brings_a_customer_whom_nobody_brought() {
    for_each_backend(async |test| {
        let company = company(&test).await;
        gives(&test, &company, "зима10", "BORIS").await.expect("the code is free");
        let anna = link(&company, &test, "ANNA").await;
        assert_eq!(pays(&test, "S-1", json!({ "promo_code": "Зима10" })).await, Received::Accepted);
        assert_eq!(company.balance("BORIS").await.total, rub(200), "a code alone names the buyer enough");
        let both = json!({ "phone": "+79001112233", "promo_code": "ЗИМА10", "referral_code": anna });
        assert_eq!(pays(&test, "S-2", both).await, Received::Accepted);
        assert_eq!(company.balance("ANNA").await.total, rub(200), "a link goes before a code");
        let shops_own = json!({ "phone": "+79004445566", "promo_code": "SALE-50" });
        assert_eq!(
            pays(&test, "S-3", shops_own).await,
            Received::Accepted,
            "a code of the shop's own is no mistake"
        );
        assert_eq!(told(&test).await, [dispute("S-2", "BORIS", Named::PromoCode, Some("ANNA"))]);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_promo_code_is_whose_it_was_when_the_order_was_placed() {
    for_each_backend(async |test| {
        let company = company(&test).await;
        gives(&test, &company, "WINTER", "ANNA").await.expect("the code is free");
        let code = PromoCode::parse("winter").expect("a code");
        let taken = gives(&test, &company, "winter", "BORIS").await;
        assert!(
            matches!(&taken, Err(PromoError::Taken { partner, .. }) if *partner == company.code("ANNA")),
            "{taken:?}"
        );
        let elena = staff("elena");
        let ends = at("2026-01-12T00:00:00+03:00");
        promo::end(&test.app, &elena, &code, ends).await.expect("it holds then");
        let past = promo::end(&test.app, &elena, &code, at("2026-01-09T00:00:00+03:00")).await;
        assert!(matches!(past, Err(PromoError::Over(_))), "{past:?}");
        let grant = Grant { code: code.clone(), partner: company.code("BORIS"), since: ends, until: None };
        promo::grant(&test.app, &elena, &grant).await.expect("it is free from then on");
        test.it_is("2026-01-20T12:00:00+03:00");
        for (id, day) in [("S-1", "08"), ("S-2", "11"), ("S-3", "12")] {
            let instant = format!("2026-01-{day}T10:00:00+03:00");
            assert_eq!(
                pays_at(&test, id, json!({ "promo_code": "WINTER" }), &instant, &instant).await,
                Received::Accepted
            );
        }
        assert_eq!(company.balance("ANNA").await.total, rub(400));
        assert_eq!(company.balance("BORIS").await.total, rub(200));
        let shown = promo::list(&test.app).await.expect("codes can be read");
        let shown: Vec<_> =
            shown.iter().map(|one| (one.partner.as_str(), one.until.is_some(), one.holds)).collect();
        assert_eq!(shown, [("ANNA", true, false), ("BORIS", false, true)]);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_partner_who_buys_by_a_strangers_link_stays_under_his_own_sponsor() {
    for_each_backend(async |test| {
        let company = company(&test).await;
        company.partner("VERA", Some("ANNA")).await;
        let (anna, boris) = (link(&company, &test, "ANNA").await, link(&company, &test, "BORIS").await);
        for (id, code) in [("S-1", &anna), ("S-2", &boris)] {
            let buyer = json!({ "partner_code": "VERA", "referral_code": code });
            assert_eq!(pays(&test, id, buyer).await, Received::Accepted);
        }
        assert_eq!(company.balance("ANNA").await.total, rub(400));
        assert_eq!(company.balance("BORIS").await.total, rub(0));
        assert_eq!(told(&test).await, [dispute("S-2", "BORIS", Named::ReferralCode, Some("VERA"))]);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn customers_told_together_are_tied_as_if_told_one_after_the_other() {
    on_sqlite(async |test| {
        let company = company(&test).await;
        let (anna, boris) = (link(&company, &test, "ANNA").await, link(&company, &test, "BORIS").await);
        let shop = FakeShop::default();
        let now = test.app.now();
        let body = |id: &str, code: &Value, paid_at: &str| {
            let buyer = json!({ "phone": "+79001112233", "referral_code": code });
            let order = OrderDraft::new(id, "-", 1, "1000.00", ORDERED).buyer(buyer).paid_at(paid_at);
            shop.verified(id, &order.event("order.paid"), now)
        };
        let bodies = [body("S-1", &anna, PAID), body("S-2", &boris, "2026-01-08T12:00:00+03:00")];
        let answers = app::orders::receive(&test.app, &bodies).await.expect("they can be stored");
        assert_eq!(answers, [Received::Accepted, Received::Accepted]);
        test.work().await;
        assert_eq!(company.balance("ANNA").await.total, rub(400));
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn only_staff_give_codes_and_only_to_partners() {
    on_sqlite(async |test| {
        let company = company(&test).await;
        let nobody = gives(&test, &company, "WINTER", "NOBODY").await;
        assert!(matches!(nobody, Err(PromoError::UnknownPartner(_))), "{nobody:?}");
        let code = PromoCode::parse("WINTER").expect("a code");
        let (since, until) = (at(PAID), Some(at(ORDERED)));
        let backwards = Grant { code: code.clone(), partner: company.code("ANNA"), since, until };
        let refused = promo::grant(&test.app, &staff("elena"), &backwards).await;
        assert!(matches!(refused, Err(PromoError::Order { .. })), "{refused:?}");
        let program = domain::actor::Actor::System;
        let grant = Grant { until: None, ..backwards };
        let refused = promo::grant(&test.app, &program, &grant).await;
        assert!(matches!(refused, Err(PromoError::NotStaff)), "{refused:?}");
        let ended = promo::end(&test.app, &staff("elena"), &code, at("2026-02-01T00:00:00+03:00")).await;
        assert!(matches!(ended, Err(PromoError::Nobodys(_))), "{ended:?}");
    })
    .await;
}
