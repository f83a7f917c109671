use domain::activity::Span;
use domain::order::{Difference, DifferenceKind};
use store::reconciliations::{self, Reconciliation};
use testkit::for_each_backend;

use crate::make::{company, day, external, order, uuid};

fn made(number: u32, on: u32) -> Reconciliation {
    Reconciliation {
        id: uuid(60_000 + number),
        source: external("shop"),
        over: Span { from: day(1), until: day(5) },
        actor: "staff:elena".to_owned(),
        started_at: day(on),
        ended_at: day(on + 1),
        compared: 7,
        unanswered: 2,
        is_listed: number == 1,
        problem: (number == 2).then(|| "молчит".to_owned()),
    }
}

fn difference(id: &str, kind: DifferenceKind, ours: Option<&str>, theirs: Option<&str>) -> Difference {
    Difference { order: external(id), kind, ours: ours.map(str::to_owned), theirs: theirs.map(str::to_owned) }
}

#[tokio::test]
async fn comparisons_are_kept_with_what_differed_and_read_from_the_last() {
    for_each_backend(async |test| {
        let mut tx = test.app.store.begin().await.expect("a transaction");
        let found = [
            difference("S-1", DifferenceKind::State, Some("created"), Some("paid")),
            difference("S-1", DifferenceKind::Total, Some("1.00"), Some("2.00")),
            difference("S-2", DifferenceKind::MissingHere, None, None),
            difference("S-3", DifferenceKind::MissingThere, Some("3.00"), None),
            difference("S-4", DifferenceKind::PaidAt, None, Some("2026-01-08T08:00:00Z")),
        ];
        reconciliations::insert(&mut tx, &made(1, 7), &found).await.expect("kept");
        reconciliations::insert(&mut tx, &made(2, 8), &[]).await.expect("kept");
        let last = reconciliations::last(&mut tx, 10).await.expect("read");
        assert_eq!(last, [(made(2, 8), 0), (made(1, 7), 5)]);
        assert_eq!(reconciliations::last(&mut tx, 1).await.expect("read"), last[..1]);
        assert_eq!(reconciliations::differences(&mut tx, made(1, 7).id).await.expect("read"), found);
        assert_eq!(reconciliations::differences(&mut tx, made(2, 8).id).await.expect("read"), []);
    })
    .await;
}

#[tokio::test]
async fn orders_that_may_change_come_in_turn() {
    for_each_backend(async |test| {
        company(&test.app.store).await;
        let mut tx = test.app.store.begin().await.expect("a transaction");
        let mut cancelled = order(3, None);
        cancelled.cancelled_at = Some(day(5));
        let mut elsewhere = order(4, None);
        elsewhere.key.source = external("other");
        let mut early = order(5, None);
        early.ordered_at = day(1);
        store::orders::insert_all(&mut tx, &[cancelled, elsewhere, early.clone()], day(6))
            .await
            .expect("stored");
        let (first, second) = (order(1, None).id, order(2, None).id);
        let shop = external("shop");
        let turn = async |tx: &mut store::Tx, since, most| {
            reconciliations::unfinished(tx, &shop, day(since), most).await.expect("read")
        };
        assert_eq!(turn(&mut tx, 2, 10).await, [first, second]);
        assert_eq!(turn(&mut tx, 1, 10).await, [first, second, early.id]);
        assert_eq!(turn(&mut tx, 2, 1).await, [first]);
        reconciliations::looked(&mut tx, &[first], day(7)).await.expect("noted");
        assert_eq!(turn(&mut tx, 2, 10).await, [second, first], "who was asked about waits");
        reconciliations::looked(&mut tx, &[first, second], day(8)).await.expect("noted again");
        assert_eq!(turn(&mut tx, 2, 10).await, [first, second]);
        let over = Span { from: day(1), until: day(3) };
        let placed = reconciliations::placed_within(&mut tx, &shop, over).await.expect("read");
        assert_eq!(placed, [early.id], "the end of a span is outside it");
    })
    .await;
}

#[tokio::test]
async fn work_is_hurried_but_never_put_off() {
    for_each_backend(async |test| {
        let mut tx = test.app.store.begin().await.expect("a transaction");
        store::schedules::put(&mut tx, "work", "0 3 * * *", day(9)).await.expect("noted");
        let next = async |tx: &mut store::Tx| {
            store::schedules::find(tx, "work").await.expect("read").expect("it is known").next_run_at
        };
        store::schedules::hurry(&mut tx, "work", day(5)).await.expect("hurried");
        assert_eq!(next(&mut tx).await, day(5));
        store::schedules::hurry(&mut tx, "work", day(6)).await.expect("nothing to do");
        assert_eq!(next(&mut tx).await, day(5));
        store::schedules::hurry(&mut tx, "nobody", day(5)).await.expect("nobody is there to hurry");
        let kept = store::receipts::known(&mut tx, &["m-1".to_owned()]).await.expect("read");
        assert_eq!(kept, []);
    })
    .await;
}
