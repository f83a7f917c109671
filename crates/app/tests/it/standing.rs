//! What staff decide about a partner: dated, with a reason; a hold keeps back and loses nothing else.

use app::standing::{Decision, Decree, DecreeError, decree};
use domain::actor::Actor;
use testkit::{Company, at, for_each_backend, rub, staff};

#[tokio::test]
async fn who_is_on_hold_earns_nothing_between_its_dates() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["ROOT", "ANNA", "BUYER"]).await;
        company.decree("ANNA", Decision::Hold, "2026-01-05T00:00:00+03:00").await;
        company.decree("ANNA", Decision::Release, "2026-01-07T00:00:00+03:00").await;
        company.buys("S-1", "BUYER", "1000.00", "2026-01-04T10:00:00+03:00").await;
        company.buys("S-2", "BUYER", "1000.00", "2026-01-05T00:00:00+03:00").await;
        company.buys("S-3", "BUYER", "1000.00", "2026-01-07T00:00:00+03:00").await;
        assert_eq!(company.balance("ANNA").await.total, rub(400));
        assert_eq!(company.balance("ROOT").await.total, rub(300), "he stands at level 2 all the time");
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_backdated_hold_corrects_and_its_release_corrects_again() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["ROOT", "ANNA", "BUYER"]).await;
        company.buys("S-1", "BUYER", "1000.00", "2026-01-06T10:00:00+03:00").await;
        company.decree("ANNA", Decision::Hold, "2026-01-05T00:00:00+03:00").await;
        test.work().await;
        assert_eq!(company.balance("ANNA").await.total, rub(0));
        test.assert_verified().await;
        company.decree("ANNA", Decision::Release, "2026-01-06T00:00:00+03:00").await;
        test.work().await;
        assert_eq!(company.balance("ANNA").await.total, rub(200));
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_decision_needs_staff_a_reason_a_partner_and_a_rank_that_exists() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["ROOT"]).await;
        let wanted = |code: &str, decision, reason: &str| Decree {
            partner: company.code(code),
            decision,
            since: at("2026-01-05T00:00:00+03:00"),
            reason: reason.to_owned(),
        };
        let elena = staff("elena");
        let refused = decree(&test.app, &Actor::System, &wanted("ROOT", Decision::Hold, "why")).await;
        assert!(matches!(refused, Err(DecreeError::NotStaff)), "{refused:?}");
        let refused = decree(&test.app, &elena, &wanted("ROOT", Decision::Hold, " ")).await;
        assert!(matches!(refused, Err(DecreeError::NoReason)), "{refused:?}");
        let refused = decree(&test.app, &elena, &wanted("NOBODY", Decision::Hold, "why")).await;
        assert!(matches!(refused, Err(DecreeError::UnknownPartner(_))), "{refused:?}");
        for decision in [Decision::Hold, Decision::Release] {
            let since = test.app.now() + jiff::SignedDuration::from_hours(25);
            let ahead = Decree { since, ..wanted("ROOT", decision, "why") };
            let refused = decree(&test.app, &elena, &ahead).await;
            assert!(matches!(refused, Err(DecreeError::Ahead(told)) if told == since), "{refused:?}");
        }
        let refused =
            decree(&test.app, &elena, &wanted("ROOT", Decision::Rank("king".to_owned()), "why")).await;
        assert!(matches!(refused, Err(DecreeError::UnknownRank { .. })), "{refused:?}");
        test.assert_verified().await;
    })
    .await;
}
