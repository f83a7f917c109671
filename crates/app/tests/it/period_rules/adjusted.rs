//! What comes in after a close: refunds, cancellations, late orders, late fees.

use app::orders::Received;
use testkit::{FakeShop, OrderDraft, for_each_backend};

use super::{balances, close_january, january_is_over};

/// Tells the shop's event and lets the worker work.
async fn told(test: &testkit::TestApp, event: &serde_json::Value) {
    let received = FakeShop::default().send(test, event).await;
    assert_eq!(received, Received::Accepted);
}

/// Boris' order of January.
fn of_boris() -> OrderDraft {
    let paid_at = "2026-01-15T12:00:00+03:00";
    OrderDraft::new("S-1", "BORIS", 1, "10000.00", paid_at).paid_at(paid_at)
}

/// Anna's.
fn of_anna() -> OrderDraft {
    let paid_at = "2026-01-20T12:00:00+03:00";
    OrderDraft::new("S-2", "ANNA", 1, "6000.00", paid_at).paid_at(paid_at)
}

#[tokio::test]
async fn a_cancellation_takes_back_every_bonus_that_stood_on_the_order() {
    for_each_backend(async |test| {
        let company = january_is_over(&test).await;
        close_january(&test).await;
        told(&test, &of_boris().event("order.cancelled")).await;
        // Left: Anna's 10 % of her own 6 000, and the root's match of it.
        assert_eq!(balances(&company).await, [("ROOT", 60_00), ("ANNA", 600_00), ("BORIS", 0)]);
        test.assert_verified().await;
        // The closed month itself is as it was.
        let closed = app::periods::list(&test.app).await.expect("periods");
        assert_eq!(closed.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_order_that_comes_late_counts_as_if_it_had_been_there() {
    for_each_backend(async |test| {
        let company = january_is_over(&test).await;
        close_january(&test).await;
        company.buys("S-3", "BORIS", "5000.00", "2026-01-31T12:00:00+03:00").await;
        // Boris has a group of 15 000: 10 % of it, so nothing is left to Anna of him but the match.
        assert_eq!(balances(&company).await, [("ROOT", 60_00), ("ANNA", 750_00), ("BORIS", 1_500_00)]);
        test.assert_verified().await;
        // Once more changes nothing.
        let before = app::ledger::digest(&test.app).await.expect("the ledger");
        test.work().await;
        assert_eq!(app::ledger::digest(&test.app).await.expect("the ledger"), before);
    })
    .await;
}

#[tokio::test]
async fn a_refund_gives_back_its_share_at_the_percentages_of_the_close() {
    for_each_backend(async |test| {
        let company = january_is_over(&test).await;
        close_january(&test).await;
        told(&test, &of_anna().refund("R-1", &[(1, 1)], "2026-02-02T11:00:00+03:00")).await;
        // Without her 6 000 Anna's group would be 10 000 and her percentage 6 %; what she has of Boris stays.
        assert_eq!(balances(&company).await, [("ROOT", 40_00), ("ANNA", 460_00), ("BORIS", 600_00)]);
        test.assert_verified().await;
    })
    .await;
}

/// Everything at the close, 10 % to the nearest; a partner gets at most 500 of it a month, the rest later.
const LATER: &str = r#"
name = "later"
title = { ru = "Потом", en = "Later" }
currency = "RUB"
time_zone = "Europe/Moscow"
effective = "paid_at"
hold_days = 14

[activity]
annual = { price = "10000.00", months = 12 }

[partner_cap]
amount = "500.00"
mode = "pro_rata"
excess = "carried"

[[rules]]
id = "levels"
kind = "level"
base = "turnover"
rates = ["10%"]
compression = "skip_inactive"
decided = "close"
"#;

/// Two pieces of 10 000 for Boris: 2 000 for Anna, of which 500 are paid for January and 1 500 wait.
fn two_pieces() -> OrderDraft {
    let paid_at = "2026-01-15T12:00:00+03:00";
    OrderDraft::new("S-1", "BORIS", 2, "10000.00", paid_at).paid_at(paid_at)
}

async fn closed(test: &testkit::TestApp, month: &str) {
    let (elena, period) = (testkit::staff("elena"), month.parse().expect("a period"));
    app::periods::qualify(&test.app, &elena, period).await.expect("the month is over");
    app::periods::close(&test.app, &elena, period).await.expect("qualified");
}

/// By partner: accrued, and taken back of it.
async fn earned(test: &testkit::TestApp) -> Vec<(String, i64, i64)> {
    let earned = app::accruals::by_partner(&test.app).await.expect("sums").into_iter();
    earned.map(|one| (one.partner_code.to_string(), one.accrued.minor(), one.reversed.minor())).collect()
}

async fn anna_waits(test: &testkit::TestApp) -> testkit::Company<'_> {
    let company = testkit::Company::with_plan(test, LATER).await;
    company.chain(&["ROOT", "ANNA", "BORIS"]).await;
    test.it_is("2026-02-02T12:00:00+03:00");
    told(test, &two_pieces().event("order.paid")).await;
    closed(test, "2026-01").await;
    assert_eq!(balances(&company).await, [("ROOT", 0), ("ANNA", 500_00), ("BORIS", 0)]);
    company
}

#[tokio::test]
async fn what_a_cap_held_back_is_listed_and_stands_on_the_card() {
    for_each_backend(async |test| {
        assert_eq!(app::periods::carried(&test.app).await.expect("read"), []);
        let company = anna_waits(&test).await;
        let waiting = app::periods::carried(&test.app).await.expect("read");
        let [one] = waiting.as_slice() else { panic!("one waits: {waiting:?}") };
        let since = "2026-01".parse().expect("a period");
        assert_eq!((one.partner_code.clone(), one.since), (Some(company.code("ANNA")), since));
        assert_eq!(one.amount.minor(), 1_500_00);
        let card = app::people::card(&test.app, &company.code("ANNA")).await.expect("she exists");
        let month = card.month.expect("the plan decides at the close");
        assert_eq!((month.period.to_string().as_str(), month.waiting.minor()), ("2026-02", 1_500_00));
        let card = app::people::card(&test.app, &company.code("BORIS")).await.expect("he exists");
        assert_eq!(card.month.map(|month| month.waiting.minor()), Some(0));
        let order = app::orders::view(&test.app, "S-1").await.expect("it was told");
        assert!(order.plan.is_some_and(|plan| plan.cap.is_none() && plan.is_capped_by_period));
    })
    .await;
}

#[tokio::test]
async fn a_refund_takes_its_share_of_what_a_cap_carried_over() {
    for_each_backend(async |test| {
        let company = anna_waits(&test).await;
        told(&test, &two_pieces().refund("R-1", &[(1, 1)], "2026-02-02T11:00:00+03:00")).await;
        assert_eq!(balances(&company).await, [("ROOT", 0), ("ANNA", 250_00), ("BORIS", 0)]);
        test.assert_verified().await;
        assert_eq!(earned(&test).await, [("ANNA".to_owned(), 500_00, 250_00)]);
        // Of the 750 that are left to wait 500 come with February and 250 with March.
        test.it_is("2026-03-02T12:00:00+03:00");
        closed(&test, "2026-02").await;
        assert_eq!(balances(&company).await, [("ROOT", 0), ("ANNA", 750_00), ("BORIS", 0)]);
        test.it_is("2026-04-02T12:00:00+03:00");
        closed(&test, "2026-03").await;
        assert_eq!(balances(&company).await, [("ROOT", 0), ("ANNA", 1_000_00), ("BORIS", 0)]);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_cancellation_takes_back_what_was_carried_over_and_paid_since() {
    for_each_backend(async |test| {
        let company = anna_waits(&test).await;
        test.it_is("2026-03-02T12:00:00+03:00");
        closed(&test, "2026-02").await;
        assert_eq!(balances(&company).await, [("ROOT", 0), ("ANNA", 1_000_00), ("BORIS", 0)]);
        told(&test, &two_pieces().event("order.cancelled")).await;
        assert_eq!(balances(&company).await, [("ROOT", 0), ("ANNA", 0), ("BORIS", 0)]);
        test.it_is("2026-04-02T12:00:00+03:00");
        closed(&test, "2026-03").await;
        assert_eq!(balances(&company).await, [("ROOT", 0), ("ANNA", 0), ("BORIS", 0)], "nothing waits");
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_month_with_orders_is_not_leapt_over_though_nothing_was_posted_in_it() {
    for_each_backend(async |test| {
        let company = testkit::Company::with_plan(&test, LATER).await;
        company.chain(&["ROOT", "ANNA", "BORIS"]).await;
        test.it_is("2026-03-02T12:00:00+03:00");
        told(&test, &two_pieces().event("order.paid")).await;
        let february = "2026-02".parse().expect("a period");
        let leapt = app::periods::qualify(&test.app, &testkit::staff("elena"), february).await;
        let january = "2026-01".parse().expect("a period");
        assert!(matches!(leapt, Err(app::periods::CloseError::EarlierOpen(open)) if open == january));
    })
    .await;
}

#[tokio::test]
async fn the_preview_and_the_explanation_tell_what_a_cap_of_the_period_keeps_back() {
    for_each_backend(async |test| {
        let at_the_order = LATER.replace("decided = \"close\"", "");
        let company = testkit::Company::with_plan(&test, &at_the_order).await;
        company.chain(&["ROOT", "ANNA", "BORIS"]).await;
        test.it_is("2026-02-02T12:00:00+03:00");
        told(&test, &two_pieces().event("order.paid")).await;
        let january = "2026-01".parse().expect("a period");
        let shown = app::periods::preview(&test.app, january).await.expect("a plan is in force");
        let anna = shown.partners.iter().find(|one| one.partner_code.as_str() == "ANNA").expect("earns");
        let [commissions, taken_back, earns] =
            [anna.commissions, anna.taken_back, anna.earns()].map(domain::money::Money::minor);
        assert_eq!((commissions, taken_back, earns), (2_000_00, 1_500_00, 500_00));
        assert_eq!(shown.taken_back.minor(), 1_500_00);
        let why = app::periods::explain(&test.app, january, &company.code("ANNA")).await.expect("she exists");
        assert_eq!(why.sealed, None);
        let notes: Vec<&str> = why.notes.iter().map(|note| note.why_ru.as_str()).collect();
        assert_eq!(
            notes,
            [
                "лимит периода удержал 1\u{a0}500,00\u{a0}₽ из начисленного с заказов по правилу levels: будет выплачено в следующих периодах"
            ]
        );
        closed(&test, "2026-01").await;
        assert_eq!(balances(&company).await, [("ROOT", 0), ("ANNA", 500_00), ("BORIS", 0)]);
        assert_eq!(earned(&test).await, [("ANNA".to_owned(), 2_000_00, 1_500_00)]);
        let why = app::periods::explain(&test.app, january, &company.code("ANNA")).await.expect("she exists");
        let sealed = why.sealed.expect("the month is closed");
        let [commissions, bonuses, taken_back, total] =
            [sealed.commissions, sealed.bonuses, sealed.taken_back, sealed.total].map(domain::money::Money::minor);
        assert_eq!((commissions, bonuses, taken_back, total), (2_000_00, 0, 1_500_00, 500_00));
        assert!(sealed.is_reckoned);
        assert_eq!(why.notes.iter().map(|note| note.why_ru.as_str()).collect::<Vec<_>>(), notes);
    })
    .await;
}

/// 10 % of what matches on two legs.
fn two_legs() -> String {
    let (head, _) = LATER.split_once("kind = \"level\"").expect("has a rule");
    format!("{head}kind = \"binary\"\nbase = \"turnover\"\npercent = \"10%\"\nafter_match = \"net_off\"")
}

#[tokio::test]
async fn what_was_given_back_waits_on_no_leg_for_a_match() {
    for_each_backend(async |test| {
        let company = testkit::Company::with_plan(&test, &two_legs()).await;
        company.chain(&["ROOT", "ANNA"]).await;
        company.partner("BORIS", Some("ROOT")).await;
        test.it_is("2026-02-02T12:00:00+03:00");
        let paid_at = "2026-01-20T12:00:00+03:00";
        let of_anna = OrderDraft::new("S-1", "ANNA", 2, "2000.00", paid_at).paid_at(paid_at);
        told(&test, &of_anna.event("order.paid")).await;
        closed(&test, "2026-01").await;
        told(&test, &of_anna.refund("R-1", &[(1, 1)], "2026-02-02T11:00:00+03:00")).await;
        test.it_is("2026-03-02T12:00:00+03:00");
        company.buys("S-2", "BORIS", "4000.00", "2026-02-20T12:00:00+03:00").await;
        closed(&test, "2026-02").await;
        // 4 000 waited on Anna's leg, 2 000 were given back: only those left meet the 4 000 of Boris'.
        assert_eq!(balances(&company).await, [("ROOT", 200_00), ("ANNA", 0), ("BORIS", 0)]);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn who_becomes_known_after_a_close_takes_no_place_that_was_taken() {
    for_each_backend(async |test| {
        let company = testkit::Company::with_plan(&test, &two_legs()).await;
        company.chain(&["ROOT", "BORIS"]).await;
        company.partner("CAROL", Some("ROOT")).await;
        company.partner("DORA", Some("ROOT")).await;
        test.it_is("2026-02-02T12:00:00+03:00");
        // Dora stands below Boris, so that 3 000 meet 3 000.
        for (order, code, price) in
            [("S-1", "BORIS", "1000.00"), ("S-2", "CAROL", "3000.00"), ("S-3", "DORA", "2000.00")]
        {
            company.buys(order, code, price, "2026-01-15T12:00:00+03:00").await;
        }
        closed(&test, "2026-01").await;
        let after = [("ROOT", 300_00), ("ANNA", 0), ("BORIS", 0)];
        // As if she had joined before all three.
        company.partner("ANNA", Some("ROOT")).await;
        test.work().await;
        assert_eq!(balances(&company).await, after);
        test.assert_verified().await;
        // Nor does she move anybody in the months to come.
        test.it_is("2026-03-02T12:00:00+03:00");
        for (order, code) in [("S-4", "CAROL"), ("S-5", "DORA")] {
            company.buys(order, code, "2000.00", "2026-02-15T12:00:00+03:00").await;
        }
        closed(&test, "2026-02").await;
        assert_eq!(balances(&company).await, [("ROOT", 500_00), ("ANNA", 0), ("BORIS", 0)]);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn no_plan_comes_over_a_closed_month() {
    for_each_backend(async |test| {
        anna_waits(&test).await;
        let text = LATER.replace("\"10%\"", "\"20%\"");
        for since in ["2025-12-31T00:00:00+03:00", "2026-01-16T00:00:00+03:00", "2026-02-01T00:00:00+03:00"] {
            let since = testkit::at(since);
            let wanted = app::plans::Activate { file_name: "t.toml", text: &text, since, force: true };
            let over = app::plans::activate(&test.app, &testkit::staff("elena"), wanted).await;
            let is_refused = matches!(over, Err(app::plans::ActivateError::TouchesClosed { .. }));
            assert_eq!(is_refused, since < testkit::at("2026-02-01T00:00:00+03:00"), "{since}: {over:?}");
        }
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn an_order_of_a_month_before_the_first_that_was_closed_is_paid_all_the_same() {
    for_each_backend(async |test| {
        let company = testkit::Company::with_plan(&test, LATER).await;
        company.chain(&["ROOT", "ANNA", "BORIS"]).await;
        test.it_is("2026-03-02T12:00:00+03:00");
        company.buys("S-0", "BORIS", "1000.00", "2026-02-15T12:00:00+03:00").await;
        closed(&test, "2026-02").await;
        assert_eq!(balances(&company).await, [("ROOT", 0), ("ANNA", 100_00), ("BORIS", 0)]);
        told(&test, &two_pieces().event("order.paid")).await;
        // 500 for January, and of the 1 500 that wait 400 in February beside the 100.
        assert_eq!(balances(&company).await, [("ROOT", 0), ("ANNA", 1_000_00), ("BORIS", 0)]);
        test.assert_verified().await;
        told(&test, &two_pieces().event("order.cancelled")).await;
        assert_eq!(balances(&company).await, [("ROOT", 0), ("ANNA", 100_00), ("BORIS", 0)]);
        test.assert_verified().await;
    })
    .await;
}
