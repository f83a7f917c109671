//! Plans: two persons, a date, and never over what is paid already.

use app::plans::{Activate, ActivateError, Activation, SHIPPED, activate, list};
use domain::actor::Actor;
use testkit::{Company, TestApp, at, for_each_backend, rub, staff};

const FIVE: &str = SHIPPED[0].1;
const TWELVE: &str = SHIPPED[1].1;

fn wanted<'a>(text: &'a str, since: &str) -> Activate<'a> {
    Activate { file_name: "test.toml", text, since: at(since), force: false }
}

async fn in_force(test: &TestApp, instant: &str) -> Option<String> {
    let mut tx = test.app.store.begin_read().await.expect("the database answers");
    let timeline = app::plans::timeline(&test.app, &mut tx).await.expect("plans can be read");
    timeline.in_force(at(instant)).map(|(_, plan)| plan.name().to_owned())
}

#[tokio::test]
async fn the_first_plan_holds_at_once_and_the_next_needs_another_person() {
    for_each_backend(async |test| {
        let (elena, oleg) = (staff("elena"), staff("oleg"));
        let first = activate(&test.app, &elena, wanted(FIVE, "2026-01-01T00:00:00+03:00")).await;
        assert_eq!(first.expect("right"), Activation::InForce);
        let next = wanted(TWELVE, "2026-02-01T00:00:00+03:00");
        assert_eq!(activate(&test.app, &elena, next).await.expect("right"), Activation::Proposed);
        assert_eq!(
            activate(&test.app, &elena, next).await.expect("right"),
            Activation::Proposed,
            "not he himself"
        );
        assert_eq!(in_force(&test, "2026-02-01T00:00:00+03:00").await.as_deref(), Some("nanorem-5"));
        let other_date = wanted(TWELVE, "2026-02-02T00:00:00+03:00");
        assert_eq!(
            activate(&test.app, &oleg, other_date).await.expect("right"),
            Activation::Proposed,
            "another date"
        );
        assert_eq!(activate(&test.app, &oleg, next).await.expect("right"), Activation::InForce);
        let again = activate(&test.app, &oleg, next).await;
        assert!(matches!(again, Err(ActivateError::AlreadyInForce(_))), "{again:?}");
        let versions = list(&test.app).await.expect("plans");
        let people: Vec<_> = versions
            .iter()
            .map(|version| (version.proposed_by.as_str(), version.activated_by.as_deref()))
            .collect();
        let expected =
            [("staff:elena", Some("staff:elena")), ("staff:elena", Some("staff:oleg")), ("staff:oleg", None)];
        assert_eq!(people, expected);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn force_does_without_the_second_person() {
    for_each_backend(async |test| {
        let elena = staff("elena");
        activate(&test.app, &elena, wanted(FIVE, "2026-01-01T00:00:00+03:00")).await.expect("the first");
        let forced = Activate { force: true, ..wanted(TWELVE, "2026-02-01T00:00:00+03:00") };
        assert_eq!(activate(&test.app, &elena, forced).await.expect("forced"), Activation::InForce);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn the_plan_in_force_is_that_of_the_date() {
    for_each_backend(async |test| {
        let elena = staff("elena");
        let forced = |text, since| Activate { force: true, ..wanted(text, since) };
        activate(&test.app, &elena, forced(FIVE, "2026-01-01T00:00:00+03:00")).await.expect("forced");
        activate(&test.app, &elena, forced(TWELVE, "2026-02-01T00:00:00+03:00")).await.expect("forced");
        test.it_is("2026-01-10T13:00:00+03:00");
        activate(&test.app, &elena, forced(FIVE, "2026-03-01T00:00:00+03:00")).await.expect("forced");
        for (instant, plan) in [
            ("2025-12-31T23:59:59+03:00", None),
            ("2026-01-01T00:00:00+03:00", Some("nanorem-5")),
            ("2026-01-31T23:59:59+03:00", Some("nanorem-5")),
            ("2026-02-01T00:00:00+03:00", Some("nanorem-12")),
            ("2026-03-01T00:00:00+03:00", Some("nanorem-5")),
        ] {
            assert_eq!(in_force(&test, instant).await.as_deref(), plan, "{instant}");
        }
    })
    .await;
}

#[tokio::test]
async fn each_order_is_paid_by_the_plan_of_its_date() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["ROOT", "BUYER"]).await;
        let next = Activate { force: true, ..wanted(TWELVE, "2026-02-01T00:00:00+03:00") };
        activate(&test.app, &staff("elena"), next).await.expect("forced");
        test.it_is("2026-02-01T12:00:00+03:00");
        company.buys("S-1", "BUYER", "1000.00", "2026-01-31T23:59:59+03:00").await;
        assert_eq!(company.balance("ROOT").await.total, rub(200));
        company.buys("S-2", "BUYER", "1000.00", "2026-02-01T00:00:00+03:00").await;
        assert_eq!(company.balance("ROOT").await.total, rub(320), "12 % now, by one active partner");
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_plan_may_be_put_before_the_first_one_but_never_change_the_zone_or_taken_fees() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["ROOT", "BUYER"]).await;
        company.buys("S-0", "BUYER", "1000.00", "2024-12-31T10:00:00+03:00").await;
        assert_eq!(app::jobs::list(&test.app).await.expect("jobs").len(), 1, "no plan was in force then");
        company.buys("S-1", "BUYER", "1000.00", "2026-01-09T10:00:00+03:00").await;
        let forced = |text, since| Activate { force: true, ..wanted(text, since) };
        let before = forced(TWELVE, "2024-01-01T00:00:00+03:00");
        activate(&test.app, &staff("elena"), before).await.expect("it touches nothing that is accrued");
        test.clock.advance(jiff::SignedDuration::from_hours(1));
        test.work().await;
        assert_eq!(app::jobs::list(&test.app).await.expect("jobs"), []);

        let zone = TWELVE.replace("Europe/Moscow", "Asia/Omsk");
        let refused = activate(&test.app, &staff("elena"), forced(&zone, "2030-01-01T00:00:00+03:00")).await;
        assert!(matches!(refused, Err(ActivateError::OtherZone { .. })), "{refused:?}");
        company.fee("ROOT", domain::activity::FeeKind::Annual, "2026-01-10T11:00:00+03:00").await;
        let dearer = TWELVE.replace("10000.00", "12000.00");
        let refused =
            activate(&test.app, &staff("elena"), forced(&dearer, "2026-01-10T00:00:00+03:00")).await;
        assert!(matches!(refused, Err(ActivateError::TouchesFees { .. })), "{refused:?}");
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn no_plan_comes_over_orders_that_are_accrued() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["ROOT", "BUYER"]).await;
        company.buys("S-1", "BUYER", "1000.00", "2026-01-09T10:00:00+03:00").await;
        let forced = |since| Activate { force: true, ..wanted(TWELVE, since) };
        for since in ["2026-01-01T00:00:00+03:00", "2026-01-09T10:00:00+03:00"] {
            let refused = activate(&test.app, &staff("elena"), forced(since)).await;
            assert!(matches!(refused, Err(ActivateError::TouchesAccrued { .. })), "{refused:?}");
        }
        let after = forced("2026-01-09T10:00:00.000001+03:00");
        activate(&test.app, &staff("elena"), after).await.expect("a later date");
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_wrong_text_and_one_who_is_not_staff_are_refused() {
    for_each_backend(async |test| {
        let refused =
            activate(&test.app, &staff("elena"), wanted("name = 1", "2026-01-01T00:00:00+03:00")).await;
        assert!(matches!(refused, Err(ActivateError::Invalid(_))), "{refused:?}");
        let refused = activate(&test.app, &Actor::System, wanted(FIVE, "2026-01-01T00:00:00+03:00")).await;
        assert!(matches!(refused, Err(ActivateError::NotStaff)), "{refused:?}");
        assert_eq!(list(&test.app).await.expect("plans"), []);
    })
    .await;
}

#[tokio::test]
async fn an_order_before_every_plan_waits_and_is_paid_once_there_is_one() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["ROOT", "BUYER"]).await;
        let at = "2024-12-31T10:00:00+03:00";
        let early = testkit::OrderDraft::new("S-1", "BUYER", 1, "100.00", at).paid_at(at);
        testkit::FakeShop::default().send(&test, &early.event("order.paid")).await;
        let [job] = &app::jobs::list(&test.app).await.expect("jobs")[..] else { panic!("one job waits") };
        let why = job.last_error.as_deref().unwrap_or_default();
        assert!(!job.dead && job.attempts == 1 && why.contains("no plan is in force"), "{job:?}");
        // Each time it fails it waits twice as long; after ten times it is dead until a person revives it.
        for _ in 0..10 {
            test.clock.advance(jiff::SignedDuration::from_hours(1));
            test.work().await;
        }
        let [job] = &app::jobs::list(&test.app).await.expect("jobs")[..] else { panic!("one job is dead") };
        assert!(job.dead && job.attempts == 10, "{job:?}");
        let earlier = Activate { force: true, ..wanted(FIVE, "2024-01-01T00:00:00+03:00") };
        activate(&test.app, &staff("elena"), earlier).await.expect("nothing is accrued");
        assert!(app::jobs::revive(&test.app, job.id).await.expect("revived"));
        assert!(!app::jobs::revive(&test.app, job.id).await.expect("once"));
        test.work().await;
        assert_eq!(app::jobs::list(&test.app).await.expect("jobs"), []);
        assert_eq!(
            app::figures::figures(&test.app).await.expect("figures").accruals,
            (1, 0),
            "ROOT was not active yet"
        );
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_plan_that_pays_at_the_close_neither_begins_nor_ends_within_a_month() {
    for_each_backend(async |test| {
        let elena = staff("elena");
        let at_the_close = FIVE.replacen("kind = \"level\"", "kind = \"level\"\ndecided = \"close\"", 1);
        let forced =
            |text, since: &str| Activate { file_name: "test.toml", text, since: at(since), force: true };
        activate(&test.app, &elena, forced(FIVE, "2026-01-15T00:00:00+03:00")).await.expect("the first");
        let within = activate(&test.app, &elena, forced(&at_the_close, "2026-02-10T00:00:00+03:00")).await;
        assert!(matches!(within, Err(ActivateError::WithinMonth { .. })), "{within:?}");
        // It would hold until the plan of the fifteenth.
        let before = activate(&test.app, &elena, forced(&at_the_close, "2026-01-01T00:00:00+03:00")).await;
        assert!(matches!(before, Err(ActivateError::WithinMonth { .. })), "{before:?}");
        activate(&test.app, &elena, forced(&at_the_close, "2026-02-01T00:00:00+03:00"))
            .await
            .expect("a first");
        let after = activate(&test.app, &elena, forced(TWELVE, "2026-03-10T00:00:00+03:00")).await;
        assert!(matches!(after, Err(ActivateError::WithinMonth { .. })), "{after:?}");
        activate(&test.app, &elena, forced(TWELVE, "2026-03-01T00:00:00+03:00")).await.expect("a first");
    })
    .await;
}
