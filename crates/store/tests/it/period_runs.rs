use domain::accrual::RuleId;
use domain::ids::{FactSeq, OrderId, PlanVersionId, RefundId, TransferId};
use domain::ledger::{CompanyAccount, Transfer, TransferKind, partner_account};
use domain::money::{Money, Rate};
use domain::order::Refund;
use domain::period::Period;
use store::period_runs::{
    self, CountedOrder, Later, LaterKind, PaidRun, Payment, PeriodAccrual, PeriodCut, PeriodRun, StoredAward,
    StoredCarry, StoredStanding, StoredUnpaid,
};
use store::{Tx, transfers};
use testkit::for_each_backend;
use uuid::Uuid;

use crate::make::{self, day, partner_id};

fn january() -> Period {
    "2026-01".parse().expect("a period")
}

fn run(period: Period, number: u32) -> PeriodRun {
    PeriodRun {
        id: Uuid::from_u128(9_000 + u128::from(number)),
        period,
        run: number,
        plan_version: PlanVersionId::new(make::uuid(20_001)),
        known: FactSeq(7),
        inputs: [1; 32],
        standings: [2; 32],
        qualified_by: "staff:elena".to_owned(),
        qualified_at: day(20),
        paid: None,
    }
}

fn standing() -> StoredStanding {
    StoredStanding {
        partner: partner_id(1),
        personal: 1,
        unrolled: 2,
        customers: 3,
        frontline: 4,
        group: 5,
        paid_as: Some("gold".to_owned()),
        highest: None,
    }
}

fn paid() -> PaidRun {
    PaidRun { result: [3; 32], by: "staff:oleg".to_owned(), at: day(21) }
}

fn transfer(id: u128, run: Uuid, kind: TransferKind, amount: i64) -> Transfer {
    let (partner, commissions) = (partner_account(partner_id(1)), CompanyAccount::Commissions.id());
    let (debit, credit) = match kind {
        TransferKind::Accrual => (commissions, partner),
        _ => (partner, CompanyAccount::Breakage.id()),
    };
    Transfer {
        id: TransferId::new(Uuid::from_u128(id)),
        debit,
        credit,
        amount: Money::from_minor(amount),
        kind,
        cause: run,
        reverses: None,
        effective_at: day(21),
        available_at: day(21),
        recorded_at: day(21),
        period: january(),
    }
}

fn payment(run: Uuid) -> Payment {
    let rule = RuleId::new("team");
    Payment {
        accruals: vec![PeriodAccrual {
            id: TransferId::new(Uuid::from_u128(50)),
            run,
            rule: rule.clone(),
            earner: partner_id(1),
            source: "partner".to_owned(),
            source_partner: Some(partner_id(2)),
            level: 3,
            base: Money::from_minor(1_000),
            rate: Some(Rate::from_ppm(70_000)),
            raw: Money::from_minor(70),
            paid: Money::from_minor(60),
        }],
        cuts: vec![PeriodCut {
            id: TransferId::new(Uuid::from_u128(51)),
            run,
            rule: RuleId::new("levels"),
            earner: partner_id(1),
            amount: Money::from_minor(5),
        }],
        unpaid: vec![StoredUnpaid {
            rule: None,
            partner: Some(partner_id(1)),
            reason: "over_cap".to_owned(),
            amount: Money::from_minor(10),
        }],
        carries: vec![StoredCarry {
            rule: Some(rule.clone()),
            partner: None,
            what: "unused".to_owned(),
            amount: -1,
        }],
        awards: vec![StoredAward {
            rule,
            partner: partner_id(2),
            item_ru: "компрессометр".to_owned(),
            item_en: "compression gauge".to_owned(),
        }],
    }
}

fn first_order() -> OrderId {
    OrderId::new(make::uuid(10_001))
}

/// A run of January, both of its steps taken.
async fn paid_run(tx: &mut Tx) -> PeriodRun {
    let run = run(january(), 1);
    let counted = [CountedOrder { order: first_order(), refunds: 2, cancelled: true }];
    period_runs::insert(tx, &run, &counted, &[standing()]).await.expect("stored");
    let moved =
        [transfer(50, run.id, TransferKind::Accrual, 60), transfer(51, run.id, TransferKind::Breakage, 5)];
    transfers::insert_all(tx, &moved).await.expect("stored");
    period_runs::pay(tx, run.id, &paid(), &payment(run.id)).await.expect("stored");
    run
}

#[tokio::test]
async fn a_run_is_read_back_as_it_was_written() {
    for_each_backend(async |test| {
        make::company(&test.app.store).await;
        let mut tx = test.app.store.begin().await.expect("a transaction");
        let (run, order) = (paid_run(&mut tx).await, first_order());
        let expected = PeriodRun { paid: Some(paid()), ..run.clone() };
        assert_eq!(period_runs::of_period(&mut tx, january()).await.expect("read"), [expected.clone()]);
        assert_eq!(period_runs::all(&mut tx).await.expect("read"), [expected.clone()]);
        assert_eq!(period_runs::last_paid(&mut tx).await.expect("read"), Some(expected.clone()));
        let before = period_runs::last_paid_before(&mut tx, january(), day(28)).await.expect("read");
        assert_eq!(before, None);
        let before = period_runs::last_paid_before(&mut tx, january().next(), day(20)).await.expect("read");
        assert_eq!(before, None, "it was paid only the day after");
        let before = period_runs::last_paid_before(&mut tx, january().next(), day(21)).await.expect("read");
        assert_eq!(before, Some(expected));
        let counted = period_runs::orders_of(&mut tx, run.id).await.expect("read");
        assert_eq!(counted, [CountedOrder { order, refunds: 2, cancelled: true }]);
        assert_eq!(period_runs::standings_of(&mut tx, run.id).await.expect("read"), [standing()]);
        let written = payment(run.id);
        assert_eq!(
            period_runs::accruals_of_period(&mut tx, january()).await.expect("read"),
            written.accruals
        );
        assert_eq!(period_runs::all_accruals(&mut tx).await.expect("read"), written.accruals);
        let of_one = period_runs::accruals_of_earner(&mut tx, partner_id(1)).await.expect("read");
        assert_eq!(of_one, written.accruals);
        let of_other = period_runs::accruals_of_earner(&mut tx, partner_id(2)).await.expect("read");
        assert_eq!(of_other, []);
        assert_eq!(period_runs::all_cuts(&mut tx).await.expect("read"), written.cuts);
        assert_eq!(period_runs::cuts_of_period(&mut tx, january()).await.expect("read"), written.cuts);
        assert_eq!(period_runs::unpaid_of(&mut tx, run.id).await.expect("read"), written.unpaid);
        assert_eq!(period_runs::carries_of(&mut tx, run.id).await.expect("read"), written.carries);
        assert_eq!(period_runs::awards_of(&mut tx, run.id).await.expect("read"), written.awards);
        let counting = period_runs::counting(&mut tx, &[order]).await.expect("read");
        assert_eq!(counting, [(run.id, january())]);
        let other = OrderId::new(Uuid::from_u128(404));
        assert_eq!(period_runs::counting(&mut tx, &[other]).await.expect("read"), []);
        let causes = transfers::causes_of(&mut tx, &[run.id]).await.expect("read");
        assert_eq!(causes, [(run.id, "period 202601 run 1".to_owned())]);
    })
    .await;
}

#[tokio::test]
async fn a_first_step_can_be_taken_again_until_it_is_paid() {
    for_each_backend(async |test| {
        make::company(&test.app.store).await;
        let mut tx = test.app.store.begin().await.expect("a transaction");
        let (first, order) = (run(january(), 1), first_order());
        let counted = [CountedOrder { order, refunds: 0, cancelled: false }];
        period_runs::insert(&mut tx, &first, &counted, &[standing()]).await.expect("stored");
        assert_eq!(period_runs::last_paid(&mut tx).await.expect("read"), None);
        assert_eq!(period_runs::counting(&mut tx, &[order]).await.expect("read"), []);
        period_runs::forget(&mut tx, first.id).await.expect("not paid");
        assert_eq!(period_runs::all(&mut tx).await.expect("read"), []);
        assert_eq!(period_runs::standings_of(&mut tx, first.id).await.expect("read"), []);
    })
    .await;
}

#[tokio::test]
async fn what_a_period_paid_is_never_changed() {
    for_each_backend(async |test| {
        make::company(&test.app.store).await;
        let mut tx = test.app.store.begin().await.expect("a transaction");
        let run = paid_run(&mut tx).await;
        tx.commit().await.expect("committed");
        let mut tx = test.app.store.begin().await.expect("a transaction");
        let again = period_runs::pay(&mut tx, run.id, &paid(), &Payment::default()).await;
        assert!(again.is_err(), "the second step is taken once");
        drop(tx);
        let mut tx = test.app.store.begin().await.expect("a transaction");
        assert!(period_runs::forget(&mut tx, run.id).await.is_err(), "a paid run stays");
    })
    .await;
}

#[tokio::test]
async fn commissions_count_what_was_taken_back_by_then() {
    for_each_backend(async |test| {
        make::company(&test.app.store).await;
        let mut tx = test.app.store.begin().await.expect("a transaction");
        let run = make::run(first_order(), 1, 1);
        let paid = make::accrual(1, first_order(), 100, 10, "2026-01");
        let back = |number: u32, amount: i64, on: u32, kind| Transfer {
            id: TransferId::new(make::uuid(40_000 + number)),
            debit: paid.credit,
            credit: paid.debit,
            amount: Money::from_minor(amount),
            kind,
            cause: make::uuid(number),
            reverses: Some(paid.id),
            recorded_at: day(on),
            ..paid.clone()
        };
        let refund = back(1, 30, 8, TransferKind::RefundReversal);
        let correction = back(2, 5, 9, TransferKind::CorrectionReversal);
        store::accruals::insert_runs(&mut tx, &[run], day(4)).await.expect("stored");
        let moved = [paid.clone(), refund, correction];
        transfers::insert_all(&mut tx, &moved).await.expect("stored");
        store::accruals::insert_all(&mut tx, &[make::stored(&paid, 1, 1)]).await.expect("stored");
        let (from, until) = (day(3), day(4));
        assert_eq!(period_runs::orders_within(&mut tx, from, until).await.expect("read"), [first_order()]);
        assert_eq!(period_runs::orders_within(&mut tx, until, day(9)).await.expect("read"), []);
        // A correction counts ever, a refund once it was known.
        for (by, expected) in [(7, 5), (8, 35)] {
            let found = period_runs::commissions_within(&mut tx, from, until, day(by)).await.expect("read");
            let found: Vec<_> = found
                .iter()
                .map(|(rule, earner, raw, paid, back)| {
                    (rule.as_str(), *earner, raw.minor(), paid.minor(), back.minor())
                })
                .collect();
            assert_eq!(found, [("levels", partner_id(1), 100, 100, expected)], "by day {by}");
        }
        // What was known by a day is neither what was judged later nor what was taken back later.
        for (by, expected) in [(3, None), (7, Some(0)), (8, Some(30)), (9, Some(35))] {
            let found = period_runs::commissions_known(&mut tx, from, until, day(by)).await.expect("read");
            let back: Vec<_> = found.iter().map(|(.., back)| back.minor()).collect();
            assert_eq!(back, Vec::from_iter(expected), "by day {by}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_run_did_not_know_of_its_orders_is_found() {
    for_each_backend(async |test| {
        make::company(&test.app.store).await;
        let mut tx = test.app.store.begin().await.expect("a transaction");
        let late = OrderId::new(make::uuid(10_002));
        store::accruals::insert_runs(&mut tx, &[make::run(first_order(), 1, 1)], day(4))
            .await
            .expect("stored");
        store::accruals::insert_runs(&mut tx, &[make::run(late, 1, 1)], day(9)).await.expect("stored");
        let first = run(january(), 1);
        let counted = [CountedOrder { order: first_order(), refunds: 1, cancelled: false }];
        period_runs::insert(&mut tx, &first, &counted, &[]).await.expect("stored");
        let mut order = make::order(1, Some(4));
        for (number, told) in [(1, 7), (2, 8)] {
            order.refunds.push(Refund {
                id: RefundId::new(make::uuid(60_000 + number)),
                external_id: make::external(&format!("R-{number}")),
                refunded_at: day(5),
                lines: [(1, 1)].into(),
            });
            let known = order.refunds.len() - 1;
            let changed = [(order.clone(), i64::from(number), known)];
            store::orders::update_all(&mut tx, &changed, day(told)).await.expect("updated");
        }
        let (from, until) = (day(3), day(4));
        let refunded = |number: u32, at| Later {
            at: day(at),
            order: "shop/O-1".to_owned(),
            what: LaterKind::Refunded(format!("R-{number}")),
        };
        let came = Later { at: day(9), order: "shop/O-2".to_owned(), what: LaterKind::Came };
        let found = period_runs::later_than(&mut tx, first.id, from, until).await.expect("read");
        assert_eq!(found, [refunded(2, 8), came.clone()], "the first refund was counted");
        let nothing_known = period_runs::later_than(&mut tx, Uuid::nil(), from, until).await.expect("read");
        let first_came = Later { at: day(4), order: "shop/O-1".to_owned(), what: LaterKind::Came };
        assert_eq!(nothing_known, [first_came, refunded(1, 7), refunded(2, 8), came]);
    })
    .await;
}
