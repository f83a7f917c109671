//! The shop is asked about its orders: what was missed is found, what differs is told, nothing is made up.

use app::orders::{Found, Received, look};
use app::reconcile::{ReconcileError, Report, latest, reconcile, reports};
use domain::activity::Span;
use domain::actor::Actor;
use domain::order::{DifferenceKind, OrderState};
use jiff::SignedDuration;
use testkit::{
    Company, FakeShop, OrderDraft, ShopBooks, TestApp, at, external, for_each_backend, on_sqlite, rub, staff,
};

const ORDERED: &str = "2026-01-08T10:00:00+03:00";
const PAID: &str = "2026-01-08T11:00:00+03:00";

async fn company(test: &TestApp) -> Company<'_> {
    let company = Company::with_plan(test, "nanorem-5").await;
    company.chain(&["ROOT", "BUYER"]).await;
    company
}

fn draft(id: &str) -> OrderDraft {
    OrderDraft::new(id, "BUYER", 1, "1000.00", ORDERED)
}

/// Tells orders that are placed and not paid.
async fn placed(test: &TestApp, ids: &[&str]) {
    for id in ids {
        let answer = FakeShop::default().send(test, &draft(id).event("order.created")).await;
        assert_eq!(answer, Received::Accepted, "{id}");
    }
}

async fn asked(test: &TestApp, books: &ShopBooks) -> Found {
    let month = SignedDuration::from_hours(24 * 30);
    let found = look(&test.app, &external("nanorvs"), books, month).await.expect("the database answers");
    test.work().await;
    found
}

#[tokio::test]
async fn a_payment_whose_webhook_was_lost_is_found_and_counted_once() {
    for_each_backend(async |test| {
        let company = company(&test).await;
        placed(&test, &["S-1", "S-2", "S-3"]).await;
        let books = ShopBooks::default();
        books.write("S-1", ORDERED, Some(OrderState::Paid), Some("1000.00"), Some(PAID));
        books.write("S-2", ORDERED, Some(OrderState::Created), Some("1000.00"), None);
        books.write("S-3", ORDERED, Some(OrderState::Cancelled), None, None);
        assert_eq!(asked(&test, &books).await, Found { asked: 3, missed: 2, ..Found::default() });
        assert_eq!(company.balance("ROOT").await.total, rub(200));
        // The webhook comes after all, and the shop is asked again.
        let late = draft("S-1").paid_at(PAID).event("order.paid");
        assert_eq!(FakeShop::default().send(&test, &late).await, Received::Duplicate);
        assert_eq!(asked(&test, &books).await, Found { asked: 2, ..Found::default() }, "S-3 is final");
        assert_eq!(company.balance("ROOT").await.total, rub(200));
        books.write("S-1", ORDERED, Some(OrderState::Cancelled), Some("1000.00"), Some(PAID));
        assert_eq!(asked(&test, &books).await.missed, 1);
        assert_eq!(company.balance("ROOT").await.total, rub(0), "what was cancelled is taken back");
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_doubtful_changes_no_money() {
    on_sqlite(async |test| {
        let company = company(&test).await;
        placed(&test, &["S-1", "S-2", "S-3"]).await;
        let books = ShopBooks::default();
        books.write("S-1", ORDERED, Some(OrderState::Paid), Some("9000.00"), Some(PAID));
        books.write("S-2", ORDERED, Some(OrderState::Paid), Some("1000.00"), None);
        assert_eq!(
            asked(&test, &books).await,
            Found { asked: 3, ..Found::default() },
            "S-3 is not there at all"
        );
        assert_eq!(company.balance("ROOT").await.total, rub(0));
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_shop_that_is_dead_is_not_beleaguered_and_nothing_is_believed() {
    on_sqlite(async |test| {
        company(&test).await;
        let ids: Vec<String> = (0..20).map(|number| format!("S-{number:02}")).collect();
        placed(&test, &ids.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let books = ShopBooks::default();
        books.die(true);
        let found = asked(&test, &books).await;
        assert_eq!((found.asked, found.unanswered, found.missed), (0, 20, 0));
        assert!(found.problem.is_some());
        assert_eq!(books.asked().len(), 3, "after three silences it is left alone");
        books.die(false);
        books.keep_silent_about("S-00");
        books.keep_silent_about("S-01");
        let found = asked(&test, &books).await;
        assert_eq!((found.asked, found.unanswered), (18, 2), "two silent orders do not hide the others");
        test.clock.advance(SignedDuration::from_secs(60));
        let before = books.asked().len();
        asked(&test, &books).await;
        assert_eq!(books.asked()[before..before + 2], ["S-00", "S-01"], "the longest unheard of come first");
    })
    .await;
}

#[tokio::test]
async fn a_product_that_changed_has_the_catalogue_read_soon_and_once() {
    for_each_backend(async |test| {
        company(&test).await;
        let next = async || {
            let mut tx = test.app.store.begin_read().await.expect("the database answers");
            let found =
                store::schedules::find(&mut tx, app::catalog::SCHEDULE).await.expect("it can be read");
            found.map(|schedule| schedule.next_run_at)
        };
        let tonight = at("2026-01-11T03:00:00+03:00");
        let mut tx = test.app.store.begin().await.expect("a transaction");
        store::schedules::put(&mut tx, app::catalog::SCHEDULE, "0 3 * * *", tonight).await.expect("noted");
        tx.commit().await.expect("committed");
        let shop = FakeShop::default();
        let now = test.app.now();
        let told =
            serde_json::json!({ "type": "product.updated", "source": "nanorvs", "product": { "id": 1002 } });
        let order = draft("S-1").paid_at(PAID).event("order.paid");
        let wrong = serde_json::json!({ "type": "product.updated", "source": "nanorvs", "product": {} });
        let bodies = [
            shop.verified("m-1", &told, now),
            shop.verified("m-2", &order, now),
            shop.verified("m-1", &told, now),
            shop.verified("m-3", &wrong, now),
        ];
        let answers = app::orders::receive(&test.app, &bodies).await.expect("they can be stored");
        let [product, order, again, wrong] = &answers[..] else { panic!("one answer each: {answers:?}") };
        assert_eq!([product, order, again], [&Received::Accepted, &Received::Accepted, &Received::Duplicate]);
        assert!(
            matches!(wrong, Received::Refused(why) if why.to_string().starts_with("product")),
            "{wrong:?}"
        );
        let soon = now + SignedDuration::from_secs(30);
        assert_eq!(next().await, Some(soon));
        test.clock.advance(SignedDuration::from_secs(20));
        let later =
            [shop.verified("m-1", &told, test.app.now()), shop.verified("m-4", &told, test.app.now())];
        let answers = app::orders::receive(&test.app, &later).await.expect("they can be stored");
        assert_eq!(answers, [Received::Duplicate, Received::Accepted]);
        assert_eq!(next().await, Some(soon), "what is due soon does not move");
        test.work().await;
        test.assert_verified().await;
    })
    .await;
}

fn january() -> Span {
    Span { from: at("2026-01-01T00:00:00+03:00"), until: at("2026-02-01T00:00:00+03:00") }
}

async fn compare(test: &TestApp, books: &ShopBooks) -> Report {
    reconcile(&test.app, &staff("elena"), &external("nanorvs"), books, january())
        .await
        .expect("it is compared")
}

fn told(report: &Report) -> Vec<(String, DifferenceKind)> {
    report.differences.iter().map(|one| (one.order.to_string(), one.kind)).collect()
}

#[tokio::test]
async fn every_kind_of_difference_is_found_and_no_money_changes() {
    for_each_backend(async |test| {
        let company = company(&test).await;
        placed(&test, &["S-1", "S-2", "S-3", "S-4", "S-5"]).await;
        company.buys("S-6", "BUYER", "1000.00", PAID).await;
        let books = ShopBooks::default();
        books.list_orders();
        books.write("S-1", ORDERED, Some(OrderState::Created), Some("1000.00"), None);
        books.write("S-2", ORDERED, Some(OrderState::Created), Some("999.00"), None);
        books.write("S-3", ORDERED, Some(OrderState::Paid), Some("1000.00"), Some(PAID));
        books.write("S-6", ORDERED, None, None, None);
        books.write("S-7", ORDERED, Some(OrderState::Paid), Some("70.00"), Some(PAID));
        books.write("S-8", "2026-02-01T00:00:00+03:00", None, Some("80.00"), None);
        books.keep_silent_about("S-5");
        let before = app::ledger::digest(&test.app).await.expect("the ledger can be read");
        let report = compare(&test, &books).await;
        let expected = [
            ("S-2", DifferenceKind::Total),
            ("S-3", DifferenceKind::State),
            ("S-3", DifferenceKind::PaidAt),
            ("S-4", DifferenceKind::MissingThere),
            ("S-7", DifferenceKind::MissingHere),
        ];
        assert_eq!(told(&report), expected.map(|(order, kind)| (order.to_owned(), kind)));
        assert_eq!(
            (report.compared, report.unanswered, report.is_listed),
            (5, 1, true),
            "S-5 is unknown, not equal"
        );
        assert!(report.problem.is_some());
        assert_eq!(app::ledger::digest(&test.app).await.expect("the ledger can be read"), before);
        let kept = latest(&test.app).await.expect("reports can be read").expect("there is one");
        let mut sorted = report.clone();
        sorted
            .differences
            .sort_by(|one, other| (&one.order, one.kind.as_str()).cmp(&(&other.order, other.kind.as_str())));
        assert_eq!(kept, sorted);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_silent_shop_makes_no_difference_and_no_agreement() {
    for_each_backend(async |test| {
        company(&test).await;
        placed(&test, &["S-1", "S-2", "S-3", "S-4", "S-5"]).await;
        let books = ShopBooks::default();
        books.die(true);
        let report = compare(&test, &books).await;
        assert_eq!((report.compared, report.unanswered, report.is_listed), (0, 5, false));
        assert_eq!(report.differences, [], "unknown is not missing");
        assert!(report.problem.is_some());
        books.die(false);
        let report = compare(&test, &books).await;
        assert_eq!(
            (report.compared, report.differing, report.is_listed),
            (5, 5, false),
            "it has none of them"
        );
        let all = reports(&test.app, 10).await.expect("reports can be read");
        let short: Vec<_> = all.iter().map(|one| (one.differing, one.unanswered)).collect();
        assert_eq!(short, [(5, 0), (0, 5)], "the last first");
    })
    .await;
}

#[tokio::test]
async fn only_staff_compare_and_only_forwards() {
    on_sqlite(async |test| {
        let company = company(&test).await;
        let (books, source) = (ShopBooks::default(), external("nanorvs"));
        let partner = Actor::Partner(company.code("BUYER"));
        let refused = reconcile(&test.app, &partner, &source, &books, january()).await;
        assert!(matches!(refused, Err(ReconcileError::NotStaff)), "{refused:?}");
        let backwards = Span { from: january().until, until: january().from };
        let refused = reconcile(&test.app, &Actor::System, &source, &books, backwards).await;
        assert!(matches!(refused, Err(ReconcileError::Order { .. })), "{refused:?}");
        assert_eq!(latest(&test.app).await.expect("reports can be read"), None);
    })
    .await;
}
