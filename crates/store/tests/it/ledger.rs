use domain::ids::{FactSeq, OrderId, TransferId};
use domain::ledger::{Balance, CompanyAccount, Posting, Transfer, TransferKind, partner_account};
use domain::money::Money;
use domain::payout::{Payout, PayoutState};
use store::periods::Closed;
use store::{Store, StoreError, Tx, accruals, balances, payouts, periods, transfers};
use testkit::for_each_backend;

use crate::make::{accrual, company, day, order, partner_id, period, run, stored, uuid};

async fn begin(store: &Store) -> Tx {
    store.begin().await.expect("a transaction")
}

fn first_order() -> OrderId {
    order(1, None).id
}

fn kopecks(balance: Balance) -> (i64, i64) {
    (balance.total.minor(), balance.available.minor())
}

fn back(transfer: &Transfer, number: u32, kopecks: i64, on: u32) -> Transfer {
    let posting = Posting { effective_at: day(on), recorded_at: day(on), period: period("2026-01") };
    let id = TransferId::new(uuid(40_000 + number));
    transfer.reversal(id, TransferKind::CancelReversal, transfer.cause, Money::from_minor(kopecks), posting)
}

#[tokio::test]
async fn transfers_are_read_back_whole() {
    for_each_backend(async |test| {
        company(&test.app.store).await;
        let mut tx = begin(&test.app.store).await;
        let first = accrual(1, first_order(), 200_00, 18, "2026-01");
        let second = Transfer { effective_at: day(2), ..accrual(2, first_order(), 1, 19, "2026-01") };
        let reversal = back(&first, 1, 50_00, 6);
        let all = [first.clone(), second.clone(), reversal.clone()];
        transfers::insert_all(&mut tx, &all).await.expect("stored");
        assert_eq!(transfers::all(&mut tx).await.expect("read"), all);
        assert_eq!(transfers::by_ids(&mut tx, &[second.id]).await.expect("read"), [second.clone()]);
        assert_eq!(
            transfers::reversals_of(&mut tx, &[first.id, second.id]).await.expect("read"),
            [reversal.clone()]
        );
        let account = partner_account(partner_id(1));
        let of_one = transfers::of_account(&mut tx, account).await.expect("read");
        assert_eq!(of_one, [second, first, reversal], "in order of effect");
        let named = (first_order().uuid(), "shop/O-1".to_owned());
        assert_eq!(
            transfers::causes_of(&mut tx, &[first_order().uuid()]).await.expect("read"),
            [named.clone()]
        );
        let causes = transfers::causes(&mut tx).await.expect("read");
        assert!(causes.contains(&named) && causes.len() == 2, "{causes:?}");
    })
    .await;
}

#[tokio::test]
async fn a_transfer_is_written_once_and_reversed_once_by_a_cause() {
    for_each_backend(async |test| {
        company(&test.app.store).await;
        let mut tx = begin(&test.app.store).await;
        let first = accrual(1, first_order(), 200_00, 18, "2026-01");
        transfers::insert_all(&mut tx, &[first.clone(), back(&first, 1, 50_00, 6)]).await.expect("stored");
        tx.commit().await.expect("committed");
        for again in [first.clone(), back(&first, 2, 1, 7)] {
            let refused = transfers::insert_all(&mut begin(&test.app.store).await, &[again]).await;
            assert!(matches!(refused, Err(StoreError::Taken(_))), "{refused:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn money_that_cannot_be_is_refused() {
    for_each_backend(async |test| {
        company(&test.app.store).await;
        let right = || accrual(1, first_order(), 200_00, 18, "2026-01");
        let wrong = [
            Transfer { amount: Money::ZERO, ..right() },
            Transfer { amount: Money::from_minor(-1), ..right() },
            Transfer { credit: right().debit, ..right() },
            Transfer { credit: partner_account(partner_id(99)), ..right() },
            Transfer { available_at: day(1), ..right() },
            Transfer { reverses: Some(TransferId::new(uuid(77))), ..right() },
            Transfer { kind: TransferKind::RefundReversal, ..right() },
        ];
        for transfer in wrong {
            let refused =
                transfers::insert_all(&mut begin(&test.app.store).await, std::slice::from_ref(&transfer))
                    .await;
            assert!(matches!(refused, Err(StoreError::Database(_))), "{transfer:?}: {refused:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_balance_is_what_moved_and_what_may_be_paid_now() {
    for_each_backend(async |test| {
        company(&test.app.store).await;
        let mut tx = begin(&test.app.store).await;
        let account = partner_account(partner_id(1));
        let nothing = balances::of(&mut tx, account, day(20)).await.expect("read");
        assert_eq!(kopecks(nothing), (0, 0));
        let first = accrual(1, first_order(), 200_00, 10, "2026-01");
        let second = accrual(2, first_order(), 30_00, 18, "2026-01");
        // Taken back before it is available: it never becomes so.
        let reversal = back(&second, 1, 10_00, 6);
        transfers::insert_all(&mut tx, &[first, second, reversal]).await.expect("stored");
        for (now, expected) in
            [(9, (220_00, 0)), (10, (220_00, 200_00)), (17, (220_00, 200_00)), (18, (220_00, 220_00))]
        {
            let balance = balances::of(&mut tx, account, day(now)).await.expect("read");
            assert_eq!(kopecks(balance), expected, "on day {now}");
        }
        let promised = balances::of(&mut tx, CompanyAccount::Commissions.id(), day(18)).await.expect("read");
        assert_eq!(kopecks(promised), (-220_00, -220_00));
    })
    .await;
}

#[tokio::test]
async fn kept_balances_and_later_movements_are_the_same_money() {
    for_each_backend(async |test| {
        company(&test.app.store).await;
        let mut tx = begin(&test.app.store).await;
        assert_eq!(periods::first_used(&mut tx).await.expect("read"), None);
        assert_eq!(periods::last_closed(&mut tx).await.expect("read"), None);
        let old = accrual(1, first_order(), 200_00, 18, "2025-12");
        let new = accrual(2, first_order(), 30_00, 18, "2026-01");
        transfers::insert_all(&mut tx, &[old, new]).await.expect("stored");
        assert_eq!(periods::first_used(&mut tx).await.expect("read"), Some(period("2025-12")));
        let account = partner_account(partner_id(1));
        let before = balances::of(&mut tx, account, day(10)).await.expect("read");
        let december = balances::all_at(&mut tx, period("2025-12")).await.expect("read");
        let commissions =
            (CompanyAccount::Commissions.id(), "company:commissions".to_owned(), Money::from_minor(-200_00));
        assert_eq!(
            december,
            [commissions, (account, "partner:NR00001".to_owned(), Money::from_minor(200_00))]
        );
        let closed = Closed {
            period: period("2025-12"),
            closed_at: day(5),
            closed_by: "staff:елена".to_owned(),
            transfers: 1,
            digest: [3; 32],
        };
        periods::insert(&mut tx, &closed).await.expect("closed");
        let totals: Vec<_> = december.into_iter().map(|(account, _, total)| (account, total)).collect();
        balances::keep(&mut tx, period("2025-12"), &totals).await.expect("kept");
        assert_eq!(periods::last_closed(&mut tx).await.expect("read"), Some(closed.clone()));
        assert_eq!(periods::all(&mut tx).await.expect("read"), [closed.clone()]);
        let kept: Vec<_> =
            totals.iter().map(|(account, total)| (period("2025-12"), *account, *total)).collect();
        assert_eq!(balances::kept(&mut tx).await.expect("read"), kept);
        assert_eq!(balances::of(&mut tx, account, day(10)).await.expect("read"), before);
        assert_eq!(kopecks(before), (230_00, 0));
        tx.commit().await.expect("committed");
        let again = periods::insert(&mut begin(&test.app.store).await, &closed).await;
        assert!(matches!(again, Err(StoreError::Taken(_))), "{again:?}");
        let late = accrual(3, first_order(), 1, 18, "2025-12");
        let refused = transfers::insert_all(&mut begin(&test.app.store).await, &[late]).await;
        assert!(matches!(refused, Err(StoreError::Database(_))), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn accruals_and_runs_are_read_back_whole() {
    for_each_backend(async |test| {
        company(&test.app.store).await;
        let mut tx = begin(&test.app.store).await;
        assert_eq!(accruals::last_effective(&mut tx).await.expect("read"), None);
        let (one, two) = (order(1, None).id, order(2, None).id);
        let (first, second) =
            (accrual(1, one, 200_00, 18, "2026-01"), accrual(2, two, 100_00, 18, "2026-01"));
        transfers::insert_all(&mut tx, &[first.clone(), second.clone(), back(&first, 1, 50_00, 6)])
            .await
            .expect("stored");
        let later = store::accruals::Run { effective_at: day(9), ..run(two, 1, 3) };
        let runs = [run(one, 1, 3), run(one, 2, 5), later.clone()];
        accruals::insert_runs(&mut tx, &runs, day(9)).await.expect("stored");
        let both = [stored(&first, 1, 1), stored(&second, 1, 2)];
        accruals::insert_all(&mut tx, &both).await.expect("stored");
        assert_eq!(accruals::runs_of(&mut tx, &[one]).await.expect("read"), runs[..2]);
        assert_eq!(accruals::all_runs(&mut tx).await.expect("read"), runs);
        assert_eq!(accruals::of_orders(&mut tx, &[two]).await.expect("read"), both[1..]);
        assert_eq!(accruals::all(&mut tx).await.expect("read"), both);
        assert_eq!(accruals::last_effective(&mut tx).await.expect("read"), Some(day(9)));
        assert_eq!(accruals::counts(&mut tx).await.expect("read"), (3, 2));
        let earned = accruals::by_partner(&mut tx).await.expect("read");
        let expected =
            ("NR00001".parse().expect("a code"), Money::from_minor(300_00), Money::from_minor(50_00));
        assert_eq!(earned, [expected]);
        let concerned = |fact, since, partners: &[u32]| {
            let partners: Vec<_> = partners.iter().map(|number| partner_id(*number)).collect();
            (FactSeq(fact), since, partners)
        };
        for ((fact, since, partners), expected) in [
            // The first order was judged again by fact 5, the second by fact 3 only.
            (concerned(4, day(1), &[1]), vec![two]),
            (concerned(3, day(1), &[1]), vec![]),
            (concerned(6, day(1), &[1]), vec![one, two]),
            (concerned(6, day(4), &[1]), vec![two]),
            (concerned(6, day(10), &[1]), vec![]),
            (concerned(6, day(1), &[2]), vec![]),
        ] {
            let mut found = accruals::judged_without(&mut tx, fact, since, &partners).await.expect("read");
            found.sort_unstable();
            assert_eq!(found, expected, "fact {fact:?} since {since}");
        }
        tx.commit().await.expect("committed");
        let again = accruals::insert_runs(&mut begin(&test.app.store).await, &[later], day(9)).await;
        assert!(matches!(again, Err(StoreError::Taken(_))), "{again:?}");
        let again = accruals::insert_all(&mut begin(&test.app.store).await, &both[..1]).await;
        assert!(matches!(again, Err(StoreError::Taken(_))), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn a_payout_advances_only_from_where_it_stands() {
    for_each_backend(async |test| {
        company(&test.app.store).await;
        let mut tx = begin(&test.app.store).await;
        assert_eq!(payouts::next_number(&mut tx).await.expect("read"), 1);
        let asked = Payout {
            id: domain::ids::PayoutId::new(uuid(1)),
            number: 1,
            partner: partner_id(1),
            amount: Money::from_minor(100_00),
            state: PayoutState::Requested,
            requested_by: "staff:elena".to_owned(),
            requested_at: day(5),
            approved_by: None,
            changed_at: day(5),
        };
        payouts::insert(&mut tx, &asked).await.expect("stored");
        assert_eq!(payouts::next_number(&mut tx).await.expect("read"), 2);
        assert_eq!(payouts::by_number(&mut tx, 1).await.expect("read"), Some(asked.clone()));
        assert_eq!(payouts::by_number(&mut tx, 2).await.expect("read"), None);
        let approved_by = Some("staff:oleg".to_owned());
        let approved =
            Payout { state: PayoutState::Approved, approved_by, changed_at: day(6), ..asked.clone() };
        assert!(payouts::advance(&mut tx, &approved, PayoutState::Requested).await.expect("asked"));
        assert!(
            !payouts::advance(&mut tx, &approved, PayoutState::Requested).await.expect("asked"),
            "it went on"
        );
        assert_eq!(payouts::all(&mut tx).await.expect("read"), [approved.clone()]);
        let causes = store::transfers::causes_of(&mut tx, &[asked.id.uuid()]).await.expect("read");
        assert_eq!(causes, [(asked.id.uuid(), "payout 1".to_owned())]);
        tx.commit().await.expect("committed");
        let same_number = Payout { id: domain::ids::PayoutId::new(uuid(2)), ..asked.clone() };
        let refused = payouts::insert(&mut begin(&test.app.store).await, &same_number).await;
        assert!(matches!(refused, Err(StoreError::Taken(_))), "{refused:?}");
        let by_himself = Payout { approved_by: Some(asked.requested_by.clone()), ..approved };
        let refused =
            payouts::advance(&mut begin(&test.app.store).await, &by_himself, PayoutState::Approved).await;
        assert!(matches!(refused, Err(StoreError::Database(_))), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn every_account_has_a_code() {
    for_each_backend(async |test| {
        company(&test.app.store).await;
        let mut tx = test.app.store.begin_read().await.expect("a transaction");
        let accounts = balances::accounts(&mut tx).await.expect("read");
        let codes: Vec<&str> = accounts.iter().map(|(_, code)| code.as_str()).collect();
        let expected = [
            "company:adjustments",
            "company:bank",
            "company:breakage",
            "company:commissions",
            "company:payouts_in_transit",
            "partner:NR00001",
            "partner:NR00002",
            "partner:NR00003",
        ];
        assert_eq!(codes, expected);
        for account in CompanyAccount::ALL {
            let found = balances::accounts_of(&mut tx, &[account.id()]).await.expect("read");
            assert_eq!(found, [(account.id(), account.code().to_owned())]);
        }
    })
    .await;
}
