//! Payouts: nobody pays himself, no kopeck goes out twice, what did not arrive comes back.

use app::orders::Received;
use app::payouts::{PayoutError, advance, request};
use domain::actor::Actor;
use domain::ledger::Balance;
use domain::money::Money;
use domain::payout::{PayoutState, PayoutStep};
use testkit::{Company, FakeShop, OrderDraft, TestApp, for_each_backend, rub, staff};

/// ROOT has 1 000.00, available since 23 January.
async fn company(test: &TestApp) -> Company<'_> {
    let company = Company::with_plan(test, "nanorem-5").await;
    company.chain(&["ROOT", "BUYER"]).await;
    company.buys("S-1", "BUYER", "5000.00", "2026-01-09T12:00:00+03:00").await;
    test.it_is("2026-01-24T12:00:00+03:00");
    company
}

fn balance(total: i64, available: i64) -> Balance {
    Balance { total: rub(total), available: rub(available) }
}

#[tokio::test]
async fn a_payout_goes_its_whole_road() {
    for_each_backend(async |test| {
        let company = company(&test).await;
        let (root, elena, oleg) = (company.code("ROOT"), staff("elena"), staff("oleg"));
        let asked = request(&test.app, &elena, &root, Some(rub(400))).await.expect("he has it");
        assert_eq!((asked.number, asked.amount, asked.state), (1, rub(400), PayoutState::Requested));
        assert_eq!(company.balance("ROOT").await, balance(600, 600), "set aside at once");
        for (step, state) in [
            (PayoutStep::Approve, PayoutState::Approved),
            (PayoutStep::Send, PayoutState::Sent),
            (PayoutStep::Settle, PayoutState::Settled),
        ] {
            let payout = advance(&test.app, &oleg, 1, step, None).await.expect("a legal step");
            assert_eq!((payout.state, payout.approved_by.as_deref()), (state, Some("staff:oleg")));
            test.assert_verified().await;
        }
        assert_eq!(company.balance("ROOT").await, balance(600, 600));
        let rest = request(&test.app, &elena, &root, None).await.expect("he has it");
        assert_eq!((rest.number, rest.amount), (2, rub(600)), "without an amount, all that is available");
        assert_eq!(company.balance("ROOT").await, balance(0, 0));
        let trial: Vec<(String, Money)> = app::ledger::trial_balance(&test.app)
            .await
            .expect("the ledger can be read")
            .into_iter()
            .map(|line| (line.account, line.balance))
            .collect();
        let expected = [
            ("company:bank", rub(400)),
            // 45 % was promised, 20 % earned: 25 % is breakage.
            ("company:breakage", rub(1_250)),
            ("company:commissions", rub(-2_250)),
            ("company:payouts_in_transit", rub(600)),
            ("partner:ROOT", rub(0)),
        ];
        assert_eq!(trial, expected.map(|(account, balance)| (account.to_owned(), balance)));
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn who_asked_cannot_approve() {
    for_each_backend(async |test| {
        let company = company(&test).await;
        request(&test.app, &staff("elena"), &company.code("ROOT"), None).await.expect("he has it");
        let refused = advance(&test.app, &staff("elena"), 1, PayoutStep::Approve, None).await;
        assert!(matches!(&refused, Err(PayoutError::SamePerson(who)) if who == "staff:elena"), "{refused:?}");
        advance(&test.app, &staff("oleg"), 1, PayoutStep::Approve, None).await.expect("another person");
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_partner_asks_only_for_his_own_money_and_decides_nothing() {
    for_each_backend(async |test| {
        let company = company(&test).await;
        let (root, buyer) = (company.code("ROOT"), company.code("BUYER"));
        let for_another = request(&test.app, &Actor::Partner(buyer), &root, None).await;
        assert!(matches!(for_another, Err(PayoutError::NotHis)), "{for_another:?}");
        let own = Actor::Partner(root.clone());
        request(&test.app, &own, &root, None).await.expect("his own");
        let approved = advance(&test.app, &own, 1, PayoutStep::Approve, None).await;
        assert!(matches!(approved, Err(PayoutError::NotStaff)), "{approved:?}");
        advance(&test.app, &staff("oleg"), 1, PayoutStep::Approve, None).await.expect("staff may");
    })
    .await;
}

#[tokio::test]
async fn money_that_is_owed_again_is_not_sent() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["ROOT", "BUYER"]).await;
        let shop = testkit::FakeShop::default();
        let order = testkit::OrderDraft::new("S-1", "BUYER", 1, "1000.00", "2026-01-09T10:00:00+03:00")
            .paid_at("2026-01-09T10:00:00+03:00");
        shop.send(&test, &order.event("order.paid")).await;
        test.it_is("2026-02-10T12:00:00+03:00");
        let payout = request(&test.app, &staff("elena"), &company.code("ROOT"), None).await.expect("200.00");
        shop.send(&test, &order.refund("R-1", &[(1, 1)], "2026-02-10T11:00:00+03:00")).await;
        let approved = advance(&test.app, &staff("oleg"), payout.number, PayoutStep::Approve, None).await;
        assert!(matches!(approved, Err(PayoutError::Debt(debt)) if debt == rub(200)), "{approved:?}");
        advance(&test.app, &staff("oleg"), payout.number, PayoutStep::Reject, Some("debt"))
            .await
            .expect("rejected");
        assert_eq!(company.balance("ROOT").await, balance(0, 0));
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn nobody_is_paid_more_than_he_has_or_nothing() {
    for_each_backend(async |test| {
        let company = company(&test).await;
        let (root, elena) = (company.code("ROOT"), staff("elena"));
        let too_much = request(&test.app, &elena, &root, Some(Money::from_minor(1_000_01))).await;
        assert!(
            matches!(too_much, Err(PayoutError::NotEnough { asked, available })
                if asked == Money::from_minor(1_000_01) && available == rub(1_000)),
            "{too_much:?}"
        );
        for amount in [rub(0), rub(-5)] {
            let refused = request(&test.app, &elena, &root, Some(amount)).await;
            assert!(matches!(refused, Err(PayoutError::NotPositive(told)) if told == amount), "{refused:?}");
        }
        let nothing = request(&test.app, &elena, &company.code("BUYER"), None).await;
        assert!(matches!(nothing, Err(PayoutError::Nothing { available: Money::ZERO })), "{nothing:?}");
        let nobody = request(&test.app, &elena, &company.code("NOBODY"), None).await;
        assert!(matches!(nobody, Err(PayoutError::UnknownPartner(_))), "{nobody:?}");
        let unknown = advance(&test.app, &elena, 7, PayoutStep::Approve, None).await;
        assert!(matches!(unknown, Err(PayoutError::Unknown(7))), "{unknown:?}");
        assert_eq!(company.balance("ROOT").await, balance(1_000, 1_000));
        assert_eq!(app::payouts::list(&test.app).await.expect("payouts"), []);
    })
    .await;
}

/// Every step from every state: the legal ones are in `domain`; here none of the others changes anything.
#[tokio::test]
async fn an_illegal_step_changes_nothing() {
    use PayoutStep::{Approve, Fail, Reject, Send, Settle};
    for_each_backend(async |test| {
        let company = company(&test).await;
        let (root, oleg) = (company.code("ROOT"), staff("oleg"));
        let roads: [(&[PayoutStep], &[PayoutStep]); 6] = [
            (&[], &[Send, Settle, Fail]),
            (&[Approve], &[Approve, Settle, Fail]),
            (&[Reject], &[Approve, Reject, Send, Settle, Fail]),
            (&[Approve, Send], &[Approve, Reject, Send]),
            (&[Approve, Send, Settle], &[Approve, Reject, Send, Settle, Fail]),
            (&[Approve, Send, Fail], &[Approve, Reject, Send, Settle, Fail]),
        ];
        for (taken, illegal) in roads {
            let payout = request(&test.app, &staff("elena"), &root, Some(rub(1))).await.expect("he has it");
            for step in taken {
                advance(&test.app, &oleg, payout.number, *step, Some("why")).await.expect("a legal step");
            }
            let before = app::ledger::digest(&test.app).await.expect("the ledger can be read");
            for step in illegal {
                let refused = advance(&test.app, &oleg, payout.number, *step, Some("why")).await;
                assert!(
                    matches!(refused, Err(PayoutError::Illegal(_))),
                    "{step:?} after {taken:?}: {refused:?}"
                );
            }
            assert_eq!(app::ledger::digest(&test.app).await.expect("the ledger can be read"), before);
        }
        assert_eq!(company.balance("ROOT").await, balance(996, 996), "two of six came back");
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_sixty_four_requests_at_once_for_one_balance_one_succeeds() {
    for_each_backend(async |test| {
        let company = company(&test).await;
        let root = company.code("ROOT");
        let requests: Vec<_> = (0..64)
            .map(|_| {
                let (app, root) = (test.app.clone(), root.clone());
                tokio::spawn(async move { request(&app, &staff("elena"), &root, Some(rub(1_000))).await })
            })
            .collect();
        let mut numbers = Vec::new();
        for request in requests {
            match request.await.expect("no panic") {
                Ok(payout) => numbers.push(payout.number),
                Err(PayoutError::NotEnough { available, .. }) => assert_eq!(available, rub(0)),
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(numbers, [1]);
        assert_eq!(company.balance("ROOT").await, balance(0, 0));
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_settle_or_fail_a_payout_at_once_one_succeeds() {
    for_each_backend(async |test| {
        let company = company(&test).await;
        request(&test.app, &staff("elena"), &company.code("ROOT"), None).await.expect("he has it");
        for step in [PayoutStep::Approve, PayoutStep::Send] {
            advance(&test.app, &staff("oleg"), 1, step, None).await.expect("a legal step");
        }
        let steps: Vec<_> = (0..16)
            .map(|number| {
                let step = if number % 2 == 0 { PayoutStep::Settle } else { PayoutStep::Fail };
                let app = test.app.clone();
                tokio::spawn(async move { advance(&app, &staff("oleg"), 1, step, Some("the bank")).await })
            })
            .collect();
        let mut done = 0;
        for step in steps {
            match step.await.expect("no panic") {
                Ok(_) => done += 1,
                Err(PayoutError::Illegal(_)) => {}
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(done, 1);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_rejected_or_fails_comes_back() {
    use PayoutStep::{Approve, Fail, Reject, Send};
    for_each_backend(async |test| {
        let company = company(&test).await;
        let (root, oleg) = (company.code("ROOT"), staff("oleg"));
        for road in [&[Reject][..], &[Approve, Reject], &[Approve, Send, Fail]] {
            let payout = request(&test.app, &staff("elena"), &root, None).await.expect("he has it");
            assert_eq!(company.balance("ROOT").await, balance(0, 0));
            for step in road {
                advance(&test.app, &oleg, payout.number, *step, Some("wrong card"))
                    .await
                    .expect("a legal step");
            }
            assert_eq!(company.balance("ROOT").await, balance(1_000, 1_000), "{road:?}");
        }
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_refund_after_the_payout_leaves_a_debt_that_the_next_accruals_pay_first() {
    for_each_backend(async |test| {
        let company = company(&test).await;
        let (root, elena, oleg) = (company.code("ROOT"), staff("elena"), staff("oleg"));
        request(&test.app, &elena, &root, None).await.expect("he has it");
        for step in [PayoutStep::Approve, PayoutStep::Send, PayoutStep::Settle] {
            advance(&test.app, &oleg, 1, step, None).await.expect("a legal step");
        }
        let first = OrderDraft::new("S-1", "BUYER", 1, "5000.00", "2026-01-09T12:00:00+03:00");
        let back = first.refund("R-1", &[(1, 1)], "2026-01-24T11:00:00+03:00");
        assert_eq!(FakeShop::default().send(&test, &back).await, Received::Accepted);
        assert_eq!(company.balance("ROOT").await, balance(-1_000, -1_000), "a debt");
        let refused = request(&test.app, &elena, &root, Some(rub(1))).await;
        assert!(matches!(refused, Err(PayoutError::NotEnough { .. })), "{refused:?}");
        company.buys("S-2", "BUYER", "6000.00", "2026-01-24T12:00:00+03:00").await;
        assert_eq!(company.balance("ROOT").await, balance(200, -1_000), "earned, not yet available");
        test.it_is("2026-02-07T12:00:00+03:00");
        assert_eq!(company.balance("ROOT").await, balance(200, 200), "the debt is paid first");
        let rest = request(&test.app, &elena, &root, None).await.expect("what is left");
        assert_eq!(rest.amount, rub(200));
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn money_becomes_available_after_fourteen_days() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["ROOT", "BUYER"]).await;
        company.buys("S-1", "BUYER", "5000.00", "2026-01-09T12:00:00+03:00").await;
        test.it_is("2026-01-23T11:59:59.999999+03:00");
        assert_eq!(company.balance("ROOT").await, balance(1_000, 0));
        test.it_is("2026-01-23T12:00:00+03:00");
        assert_eq!(company.balance("ROOT").await, balance(1_000, 1_000));
    })
    .await;
}

#[tokio::test]
async fn a_refund_before_money_is_available_voids_it_and_after_that_takes_from_what_is() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["ROOT", "BUYER"]).await;
        let shop = FakeShop::default();
        for id in ["S-1", "S-2"] {
            company.buys(id, "BUYER", "5000.00", "2026-01-09T12:00:00+03:00").await;
        }
        let refund = |id: &str, at: &str| {
            OrderDraft::new(id, "BUYER", 1, "5000.00", "2026-01-09T12:00:00+03:00").refund("R", &[(1, 1)], at)
        };
        test.it_is("2026-01-12T12:00:00+03:00");
        shop.send(&test, &refund("S-1", "2026-01-12T11:00:00+03:00")).await;
        assert_eq!(company.balance("ROOT").await, balance(1_000, 0), "nothing is owed in between");
        test.it_is("2026-01-24T12:00:00+03:00");
        assert_eq!(company.balance("ROOT").await, balance(1_000, 1_000));
        shop.send(&test, &refund("S-2", "2026-01-24T11:00:00+03:00")).await;
        assert_eq!(company.balance("ROOT").await, balance(0, 0));
        test.assert_verified().await;
    })
    .await;
}
