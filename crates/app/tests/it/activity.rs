//! Activity fees: they open earning, never shorten it, and one told late corrects what was paid.

use app::activity::{FeeError, FeePayment, Taken, take_fee};
use domain::activity::{FeeKind, Span};
use domain::ledger::TransferKind;
use domain::money::Money;
use testkit::{Company, TestApp, at, for_each_backend, on_sqlite, rub, staff};

fn fee(company: &Company<'_>, code: &str, kind: FeeKind, paid_at: &str, key: &str) -> FeePayment {
    let (source, external_id) = ("bank".to_owned(), key.to_owned());
    FeePayment { partner: company.code(code), paid_at: at(paid_at), kind, source, external_id }
}

/// Kind, cause and amount of every movement of a partner.
async fn movements(test: &TestApp, company: &Company<'_>, code: &str) -> Vec<(TransferKind, String, Money)> {
    let statement = app::ledger::statement(&test.app, &company.code(code)).await.expect("he exists");
    statement.lines.into_iter().map(|line| (line.kind, line.cause, line.amount)).collect()
}

/// The spans of a partner that count.
async fn spans(test: &TestApp, company: &Company<'_>, code: &str) -> Vec<Span> {
    let mut tx = test.app.store.begin_read().await.expect("the database answers");
    let partner =
        store::partners::by_code(&mut tx, &company.code(code)).await.expect("read").expect("he exists");
    let spans = store::activity::spans_of(&mut tx, &[partner.id]).await.expect("read");
    spans.into_iter().map(|(_, known)| known.span).collect()
}

fn span(from: &str, until: &str) -> Span {
    Span { from: at(from), until: at(until) }
}

/// BORIS, above BUYER, has not paid; ANNA and ROOT have.
async fn with_boris_inactive(test: &TestApp) -> Company<'_> {
    let company = Company::with_plan(test, "nanorem-5").await;
    company.chain(&["ROOT", "ANNA"]).await;
    company.partner("BORIS", Some("ANNA")).await;
    company.partner("BUYER", Some("BORIS")).await;
    company
}

#[tokio::test]
async fn a_late_fee_corrects_what_was_accrued_without_it() {
    for_each_backend(async |test| {
        let company = with_boris_inactive(&test).await;
        company.buys("S-1", "BUYER", "1000.00", "2026-01-09T10:00:00+03:00").await;
        let accrual = TransferKind::Accrual;
        assert_eq!(movements(&test, &company, "ANNA").await, [(accrual, "nanorvs/S-1".to_owned(), rub(200))]);
        company.fee("BORIS", FeeKind::Monthly, "2026-01-09T09:59:59+03:00").await;
        assert_eq!(company.balance("BORIS").await.total, rub(0), "not before the worker came by");
        test.assert_verified().await;
        test.work().await;
        assert_eq!(
            movements(&test, &company, "BORIS").await,
            [(accrual, "nanorvs/S-1".to_owned(), rub(200))]
        );
        let mut annas = movements(&test, &company, "ANNA").await;
        annas.sort_by_key(|(kind, _, amount)| (*kind, *amount));
        let corrected = (TransferKind::CorrectionReversal, "nanorvs/S-1 run 2".to_owned(), rub(-200));
        let first = (accrual, "nanorvs/S-1".to_owned(), rub(200));
        let second = (accrual, "nanorvs/S-1".to_owned(), rub(100));
        assert_eq!(annas, [second, first, corrected]);
        test.assert_verified().await;
        test.work().await;
        assert_eq!(company.balance("ANNA").await.total, rub(100), "once");
        let jobs = app::jobs::list(&test.app).await.expect("jobs can be read");
        assert_eq!(jobs, []);
    })
    .await;
}

#[tokio::test]
async fn a_fee_paid_after_the_order_changes_nothing_of_it() {
    for_each_backend(async |test| {
        let company = with_boris_inactive(&test).await;
        company.buys("S-1", "BUYER", "1000.00", "2026-01-09T10:00:00+03:00").await;
        let before = app::ledger::digest(&test.app).await.expect("the ledger can be read");
        company.fee("BORIS", FeeKind::Monthly, "2026-01-09T10:00:01+03:00").await;
        test.work().await;
        assert_eq!(app::ledger::digest(&test.app).await.expect("the ledger can be read"), before);
        company.buys("S-2", "BUYER", "1000.00", "2026-01-10T10:00:00+03:00").await;
        assert_eq!(company.balance("BORIS").await.total, rub(200));
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_late_fee_after_a_refund_keeps_what_the_refund_took() {
    for_each_backend(async |test| {
        let company = with_boris_inactive(&test).await;
        let shop = testkit::FakeShop::default();
        let draft = testkit::OrderDraft::new("S-1", "BUYER", 4, "250.00", "2026-01-09T10:00:00+03:00");
        shop.send(&test, &draft.clone().paid_at("2026-01-09T10:00:00+03:00").event("order.paid")).await;
        shop.send(&test, &draft.refund("R-1", &[(1, 1)], "2026-01-10T10:00:00+03:00")).await;
        company.fee("BORIS", FeeKind::Annual, "2026-01-01T00:00:00+03:00").await;
        test.work().await;
        for (code, left) in [("BORIS", 150), ("ANNA", 75), ("ROOT", 37)] {
            // Of ROOT's 50.00 a quarter is 12.50.
            let kopecks = if code == "ROOT" { 50 } else { 0 };
            assert_eq!(company.balance(code).await.total, Money::from_minor(left * 100 + kopecks), "{code}");
        }
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_late_fee_of_an_order_that_is_wholly_given_back_moves_no_money() {
    for_each_backend(async |test| {
        let company = with_boris_inactive(&test).await;
        let shop = testkit::FakeShop::default();
        let draft = |id| testkit::OrderDraft::new(id, "BUYER", 2, "250.00", "2026-01-09T10:00:00+03:00");
        for (id, end) in [
            ("S-1", draft("S-1").refund("R-1", &[(1, 2)], "2026-01-10T10:00:00+03:00")),
            ("S-2", draft("S-2").event("order.cancelled")),
        ] {
            let paid = draft(id).paid_at("2026-01-09T10:00:00+03:00").event("order.paid");
            shop.send(&test, &paid).await;
            shop.send(&test, &end).await;
        }
        company.fee("BORIS", FeeKind::Annual, "2026-01-01T00:00:00+03:00").await;
        test.work().await;
        for code in ["BORIS", "ANNA", "ROOT"] {
            assert_eq!(company.balance(code).await.total, rub(0), "{code}");
        }
        test.assert_verified().await;
        // And a second late fact, now that the first has been looked at.
        company.fee("BUYER", FeeKind::Annual, "2026-01-01T00:00:00+03:00").await;
        test.work().await;
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn the_same_fee_again_is_known_and_another_under_its_key_is_a_conflict() {
    for_each_backend(async |test| {
        let company = with_boris_inactive(&test).await;
        let staff = staff("elena");
        let told = fee(&company, "BORIS", FeeKind::Monthly, "2026-01-05T10:00:00+03:00", "B-1");
        assert_eq!(take_fee(&test.app, &staff, &told).await.expect("taken"), Taken::New);
        assert_eq!(take_fee(&test.app, &staff, &told).await.expect("known"), Taken::Duplicate);
        let others = [
            fee(&company, "ANNA", FeeKind::Monthly, "2026-01-05T10:00:00+03:00", "B-1"),
            fee(&company, "BORIS", FeeKind::Annual, "2026-01-05T10:00:00+03:00", "B-1"),
            fee(&company, "BORIS", FeeKind::Monthly, "2026-01-05T10:00:01+03:00", "B-1"),
        ];
        for other in others {
            let refused = take_fee(&test.app, &staff, &other).await;
            assert!(matches!(&refused, Err(FeeError::Conflict(key)) if key == "B-1"), "{refused:?}");
        }
        let other_source = FeePayment { source: "cash".to_owned(), ..told };
        assert_eq!(take_fee(&test.app, &staff, &other_source).await.expect("another's key"), Taken::New);
        let expected = [
            span("2026-01-05T10:00:00+03:00", "2026-02-05T10:00:00+03:00"),
            span("2026-02-05T10:00:00+03:00", "2026-03-05T10:00:00+03:00"),
        ];
        assert_eq!(spans(&test, &company, "BORIS").await, expected);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn what_has_not_happened_is_no_fact() {
    on_sqlite(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.partner("ANNA", None).await;
        // The clock stands at noon of 10 January.
        let fee = |paid_at: &str| FeePayment {
            partner: company.code("ANNA"),
            paid_at: at(paid_at),
            kind: FeeKind::Annual,
            source: "test".to_owned(),
            external_id: paid_at.to_owned(),
        };
        let ahead = take_fee(&test.app, &staff("elena"), &fee("2026-01-11T12:00:01+03:00")).await;
        assert!(matches!(ahead, Err(FeeError::Ahead(_))), "{ahead:?}");
        take_fee(&test.app, &staff("elena"), &fee("2026-01-11T12:00:00+03:00")).await.expect("clocks differ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_fee_told_sixteen_times_at_once_counts_once() {
    for_each_backend(async |test| {
        let company = with_boris_inactive(&test).await;
        let told = fee(&company, "BORIS", FeeKind::Monthly, "2026-01-05T10:00:00+03:00", "B-1");
        let all: Vec<_> = (0..16)
            .map(|_| {
                let (app, told) = (test.app.clone(), told.clone());
                tokio::spawn(async move { take_fee(&app, &staff("elena"), &told).await })
            })
            .collect();
        let mut new = 0;
        for one in all {
            new += usize::from(one.await.expect("no panic").expect("taken or known") == Taken::New);
        }
        assert_eq!(new, 1);
        assert_eq!(spans(&test, &company, "BORIS").await.len(), 1);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_fee_never_shortens_in_whatever_order_fees_become_known() {
    for_each_backend(async |test| {
        let company = with_boris_inactive(&test).await;
        let facts = [
            (FeeKind::Annual, "2025-03-10T12:00:00+03:00"),
            (FeeKind::Monthly, "2025-04-01T12:00:00+03:00"),
            (FeeKind::Monthly, "2026-01-09T12:00:00+03:00"),
        ];
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        let expected = [
            span("2025-03-10T12:00:00+03:00", "2026-03-10T12:00:00+03:00"),
            span("2026-03-10T12:00:00+03:00", "2026-04-10T12:00:00+03:00"),
            span("2026-04-10T12:00:00+03:00", "2026-05-10T12:00:00+03:00"),
        ];
        for (number, order) in orders.into_iter().enumerate() {
            let code = format!("P-{number}");
            company.partner(&code, Some("ANNA")).await;
            for place in order {
                let (kind, paid_at) = facts[place];
                company.fee(&code, kind, paid_at).await;
            }
            assert_eq!(spans(&test, &company, &code).await, expected, "{order:?}");
        }
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_fee_nobody_can_have_paid_is_refused() {
    for_each_backend(async |test| {
        let company = with_boris_inactive(&test).await;
        let staff = staff("elena");
        let nobody = fee(&company, "NOBODY", FeeKind::Monthly, "2026-01-05T10:00:00+03:00", "B-1");
        let refused = take_fee(&test.app, &staff, &nobody).await;
        assert!(matches!(refused, Err(FeeError::UnknownPartner(_))), "{refused:?}");
        let too_early = fee(&company, "BORIS", FeeKind::Monthly, "2024-12-31T10:00:00+03:00", "B-1");
        let refused = take_fee(&test.app, &staff, &too_early).await;
        assert!(matches!(refused, Err(FeeError::NoPlan(_))), "{refused:?}");
        assert_eq!(spans(&test, &company, "BORIS").await, []);
    })
    .await;
}

/// With `one_to_one` a fee of one whom a sponsor invited opens a level of that sponsor, not of himself.
#[tokio::test]
async fn a_late_fee_opens_a_level_of_the_one_who_invited() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-12").await;
        company.chain(&["ROOT", "ANNA", "BUYER"]).await;
        company.partner("SECOND", Some("ROOT")).await;
        company.buys("S-1", "BUYER", "1000.00", "2026-01-09T10:00:00+03:00").await;
        assert_eq!(company.balance("ANNA").await.total, rub(120), "BUYER is active, so level 1 is open");
        assert_eq!(company.balance("ROOT").await.total, rub(0), "level 2 needs two");
        company.fee("SECOND", FeeKind::Monthly, "2026-01-09T09:00:00+03:00").await;
        test.work().await;
        assert_eq!(company.balance("ANNA").await.total, rub(120));
        assert_eq!(company.balance("ROOT").await.total, rub(100));
        test.assert_verified().await;
    })
    .await;
}
