//! Adjustments by hand: a reason for each, a second person above the limit, nobody brought into debt.

use app::adjustments::{AdjustmentError, Decision, decide, make};
use domain::actor::Actor;
use domain::adjustment::AdjustmentState;
use domain::ledger::Balance;
use domain::money::Money;
use jiff::SignedDuration;
use testkit::{Company, for_each_backend, on_sqlite, rub, staff};

fn balance(roubles: i64) -> Balance {
    Balance { total: rub(roubles), available: rub(roubles) }
}

#[tokio::test]
async fn within_the_limit_it_moves_at_once_and_above_it_waits_for_another() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.partner("ANNA", None).await;
        let (elena, oleg, anna) = (staff("elena"), staff("oleg"), company.code("ANNA"));
        let made = make(&test.app, &elena, &anna, rub(5_000), "бонус за выставку").await.expect("within");
        assert_eq!((made.number, made.state), (1, AdjustmentState::Made));
        assert_eq!(company.balance("ANNA").await, balance(5_000));
        let waits = make(&test.app, &elena, &anna, Money::from_minor(1), "ещё").await.expect("asked for");
        assert_eq!(waits.state, AdjustmentState::Requested, "many small ones are one large one");
        assert_eq!(company.balance("ANNA").await, balance(5_000), "nothing moves yet");
        let own = decide(&test.app, &elena, 2, Decision::Approve, None).await;
        assert!(matches!(own, Err(AdjustmentError::SamePerson(_))), "{own:?}");
        let approved = decide(&test.app, &oleg, 2, Decision::Approve, None).await.expect("another person");
        assert_eq!(
            (approved.state, approved.decided_by.as_deref()),
            (AdjustmentState::Made, Some("staff:oleg"))
        );
        let total = rub(5_000) + Money::from_minor(1);
        assert_eq!(company.balance("ANNA").await, Balance { total, available: total });
        let again = decide(&test.app, &oleg, 2, Decision::Reject, None).await;
        assert!(matches!(again, Err(AdjustmentError::Decided { number: 2, .. })), "{again:?}");
        make(&test.app, &oleg, &anna, rub(5_000), "своё").await.expect("the limit is each person's own");
        test.clock.advance(SignedDuration::from_hours(24));
        let next = make(&test.app, &elena, &anna, rub(1), "на другой день").await.expect("within");
        assert_eq!(next.state, AdjustmentState::Made, "what was long ago does not count");
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_moves_nothing() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.partner("ANNA", None).await;
        let (elena, anna) = (staff("elena"), company.code("ANNA"));
        make(&test.app, &elena, &anna, rub(5_001), "много").await.expect("asked for");
        let refused =
            decide(&test.app, &staff("oleg"), 1, Decision::Reject, Some("ошибка")).await.expect("refused");
        assert_eq!(refused.state, AdjustmentState::Rejected);
        assert_eq!(company.balance("ANNA").await, balance(0));
        let late = decide(&test.app, &staff("oleg"), 1, Decision::Approve, None).await;
        assert!(matches!(late, Err(AdjustmentError::Decided { .. })), "{late:?}");
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn nobody_is_brought_into_debt_by_hand() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.partner("ANNA", None).await;
        let (elena, oleg, anna) = (staff("elena"), staff("oleg"), company.code("ANNA"));
        make(&test.app, &elena, &anna, rub(100), "подарок").await.expect("within");
        let too_much = make(&test.app, &elena, &anna, rub(-101), "ошибка").await;
        assert!(matches!(too_much, Err(AdjustmentError::NotEnough { .. })), "{too_much:?}");
        make(&test.app, &elena, &anna, rub(-40), "часть назад").await.expect("he has it");
        assert_eq!(company.balance("ANNA").await, balance(60));
        // Above the limit it waits; by then the money is gone.
        make(&test.app, &oleg, &anna, rub(4_990), "ещё").await.expect("within");
        make(&test.app, &elena, &anna, rub(-5_000), "назад").await.expect("asked for");
        app::payouts::request(&test.app, &elena, &anna, Some(rub(100))).await.expect("he has it");
        let gone = decide(&test.app, &oleg, 4, Decision::Approve, None).await;
        assert!(matches!(gone, Err(AdjustmentError::NotEnough { .. })), "{gone:?}");
        assert_eq!(company.balance("ANNA").await, balance(4_950), "nothing is half done");
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn each_needs_a_reason_a_partner_and_a_person_of_the_office() {
    on_sqlite(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.partner("ANNA", None).await;
        let anna = company.code("ANNA");
        let tried = async |actor: &Actor, amount, reason: &str| {
            make(&test.app, actor, &anna, amount, reason).await.expect_err("it is refused")
        };
        let elena = staff("elena");
        assert!(matches!(tried(&elena, rub(0), "зачем").await, AdjustmentError::Zero));
        for reason in ["", "  ", "a\u{7}b", &"д".repeat(501)] {
            assert!(matches!(tried(&elena, rub(1), reason).await, AdjustmentError::Reason), "{reason:?}");
        }
        let herself = Actor::Partner(anna.clone());
        assert!(matches!(tried(&herself, rub(1), "себе").await, AdjustmentError::NotStaff));
        let nobody = make(&test.app, &elena, &company.code("NOBODY"), rub(1), "кому").await;
        assert!(matches!(nobody, Err(AdjustmentError::UnknownPartner(_))), "{nobody:?}");
        let unknown = decide(&test.app, &elena, 7, Decision::Approve, None).await;
        assert!(matches!(unknown, Err(AdjustmentError::Unknown(7))), "{unknown:?}");
    })
    .await;
}

#[tokio::test]
async fn two_at_once_do_not_pass_the_limit() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.partner("ANNA", None).await;
        let (elena, anna) = (staff("elena"), company.code("ANNA"));
        let attempts = (0..8).map(|_| make(&test.app, &elena, &anna, rub(1_000), "сразу"));
        let made = futures::future::join_all(attempts).await;
        let moved =
            made.iter().filter(|made| made.as_ref().is_ok_and(|one| one.state == AdjustmentState::Made));
        assert_eq!(moved.count(), 5, "five thousand and no more");
        assert_eq!(company.balance("ANNA").await, balance(5_000));
        test.assert_verified().await;
    })
    .await;
}
