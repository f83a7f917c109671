//! Periods: closed once, in their order, and never changed again.

use app::orders::Received;
use app::periods::{CloseError, close};
use domain::actor::Actor;
use domain::period::Period;
use store::StoreError;
use testkit::{Company, FakeShop, OrderDraft, TestApp, for_each_backend, rub, staff};

fn period(text: &str) -> Period {
    text.parse().expect("tests write valid periods")
}

/// One order of December and one of January, in February.
async fn two_months(test: &TestApp) -> Company<'_> {
    let company = Company::with_plan(test, "nanorem-5").await;
    company.partner("ROOT", None).await;
    company.partner("BUYER", Some("ROOT")).await;
    company.fee("ROOT", domain::activity::FeeKind::Annual, "2025-06-01T00:00:00+03:00").await;
    company.buys("S-1", "BUYER", "1000.00", "2025-12-31T23:59:59+03:00").await;
    company.buys("S-2", "BUYER", "2000.00", "2026-01-01T00:00:00+03:00").await;
    test.it_is("2026-02-02T12:00:00+03:00");
    company
}

async fn closed(test: &TestApp, months: &[&str]) {
    for month in months {
        close(&test.app, &staff("elena"), period(month)).await.expect("the month is over");
    }
}

#[tokio::test]
async fn a_period_is_closed_once_in_its_order_and_when_it_is_over() {
    for_each_backend(async |test| {
        two_months(&test).await;
        let elena = staff("elena");
        let refused = close(&test.app, &elena, period("2026-01")).await;
        assert!(
            matches!(refused, Err(CloseError::EarlierOpen(open)) if open == period("2025-12")),
            "{refused:?}"
        );
        let refused = close(&test.app, &elena, period("2026-02")).await;
        assert!(matches!(refused, Err(CloseError::NotOver { .. })), "{refused:?}");
        let refused = close(&test.app, &Actor::System, period("2025-12")).await;
        assert!(matches!(refused, Err(CloseError::NotStaff)), "{refused:?}");
        closed(&test, &["2025-12"]).await;
        for again in ["2025-12", "2025-11"] {
            let refused = close(&test.app, &elena, period(again)).await;
            assert!(matches!(refused, Err(CloseError::AlreadyClosed { .. })), "{refused:?}");
        }
        closed(&test, &["2026-01"]).await;
        let listed = app::periods::list(&test.app).await.expect("periods");
        let listed: Vec<_> = listed.iter().map(|closed| (closed.period, closed.transfers)).collect();
        // An accrual and its breakage an order; the digest of a month covers those before it.
        assert_eq!(listed, [(period("2025-12"), 2), (period("2026-01"), 4)]);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn the_last_microsecond_of_a_month_is_still_too_early() {
    for_each_backend(async |test| {
        two_months(&test).await;
        test.it_is("2025-12-31T23:59:59.999999+03:00");
        let refused = close(&test.app, &staff("elena"), period("2025-12")).await;
        assert!(matches!(refused, Err(CloseError::NotOver { .. })), "{refused:?}");
        test.it_is("2026-01-01T00:00:00+03:00");
        closed(&test, &["2025-12"]).await;
    })
    .await;
}

#[tokio::test]
async fn a_period_is_not_closed_while_orders_wait() {
    for_each_backend(async |test| {
        two_months(&test).await;
        let at = "2026-01-30T10:00:00+03:00";
        let order = OrderDraft::new("S-3", "BUYER", 1, "500.00", at).paid_at(at);
        FakeShop::default().receive(&test, &order.event("order.paid")).await;
        let refused = close(&test.app, &staff("elena"), period("2025-12")).await;
        assert!(matches!(refused, Err(CloseError::WorkWaits { waiting: 1, dead: 0 })), "{refused:?}");
        test.work().await;
        closed(&test, &["2025-12", "2026-01"]).await;
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn what_comes_late_for_a_closed_period_lands_in_the_open_one() {
    for_each_backend(async |test| {
        let company = two_months(&test).await;
        closed(&test, &["2025-12", "2026-01"]).await;
        let before = app::periods::list(&test.app).await.expect("periods");
        let paid_at = "2026-01-01T00:00:00+03:00";
        let second = OrderDraft::new("S-2", "BUYER", 1, "2000.00", paid_at);
        let shop = FakeShop::default();
        let refund = second.refund("R-1", &[(1, 1)], "2026-01-20T00:00:00+03:00");
        assert_eq!(shop.send(&test, &refund).await, Received::Accepted);
        company.buys("S-4", "BUYER", "3000.00", "2026-01-15T10:00:00+03:00").await;
        let statement = app::ledger::statement(&test.app, &company.code("ROOT")).await.expect("he exists");
        let lines: Vec<_> = statement
            .lines
            .iter()
            .map(|line| (line.period.to_string(), line.cause.as_str(), line.amount))
            .collect();
        let expected = [
            ("2025-12".to_owned(), "nanorvs/S-1", rub(200)),
            ("2026-01".to_owned(), "nanorvs/S-2", rub(400)),
            ("2026-02".to_owned(), "nanorvs/S-2 refund R-1", rub(-400)),
            ("2026-02".to_owned(), "nanorvs/S-4", rub(600)),
        ];
        assert_eq!(lines, expected);
        assert_eq!(statement.balance.total, rub(800));
        assert_eq!(app::periods::list(&test.app).await.expect("periods"), before);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_late_fee_for_a_closed_period_corrects_in_the_open_one() {
    for_each_backend(async |test| {
        let company = two_months(&test).await;
        company.partner("BELOW", Some("BUYER")).await;
        company.buys("S-5", "BELOW", "1000.00", "2026-01-20T00:00:00+03:00").await;
        closed(&test, &["2025-12", "2026-01"]).await;
        let before = company.balance("ROOT").await.total;
        company.fee("BUYER", domain::activity::FeeKind::Monthly, "2026-01-10T00:00:00+03:00").await;
        test.work().await;
        assert_eq!(company.balance("BUYER").await.total, rub(200));
        assert_eq!(company.balance("ROOT").await.total, before - rub(100));
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn the_database_itself_refuses_to_post_into_a_closed_period() {
    for_each_backend(async |test| {
        two_months(&test).await;
        closed(&test, &["2025-12"]).await;
        let mut tx = test.app.store.begin().await.expect("a transaction");
        let mut slipped = store::transfers::all(&mut tx).await.expect("transfers").remove(0);
        slipped.id = domain::ids::TransferId::new(domain::ids::PartnerId::new(slipped.cause).uuid());
        assert_eq!(slipped.period, period("2025-12"));
        let refused = store::transfers::insert_all(&mut tx, &[slipped]).await;
        let Err(StoreError::Database(problem)) = refused else { panic!("{refused:?}") };
        assert!(problem.to_string().contains("the period is closed"), "{problem}");
    })
    .await;
}

#[tokio::test]
async fn closing_changes_no_balance() {
    for_each_backend(async |test| {
        let company = two_months(&test).await;
        test.it_is("2026-01-14T23:59:59+03:00");
        let before = company.balance("ROOT").await;
        assert_eq!((before.total, before.available), (rub(600), rub(200)), "January's waits until the 15th");
        closed(&test, &["2025-12"]).await;
        assert_eq!(company.balance("ROOT").await, before, "with money still on hold");
        test.it_is("2026-02-02T12:00:00+03:00");
        closed(&test, &["2026-01"]).await;
        let after = company.balance("ROOT").await;
        assert_eq!((after.total, after.available), (rub(600), rub(600)));
        assert_eq!(company.balance("BUYER").await.total, rub(0));
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_eight_who_close_a_period_at_once_one_closes_it() {
    for_each_backend(async |test| {
        two_months(&test).await;
        let all: Vec<_> = (0..8)
            .map(|_| {
                let app = test.app.clone();
                tokio::spawn(async move { close(&app, &staff("elena"), period("2025-12")).await })
            })
            .collect();
        let mut done = 0;
        for one in all {
            match one.await.expect("no panic") {
                Ok(_) => done += 1,
                Err(CloseError::AlreadyClosed { .. }) => {}
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(done, 1);
        test.assert_verified().await;
    })
    .await;
}
