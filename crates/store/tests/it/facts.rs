use domain::ids::FactSeq;
use testkit::for_each_backend;

use store::facts;

#[tokio::test]
async fn facts_are_numbered_from_one_without_gaps() {
    for_each_backend(async |test| {
        let mut tx = test.app.store.begin().await.expect("a transaction");
        assert_eq!(facts::last(&mut tx).await.expect("read"), FactSeq(0));
        assert_eq!(facts::take(&mut tx, 3).await.expect("numbers"), FactSeq(1));
        assert_eq!(facts::take(&mut tx, 1).await.expect("numbers"), FactSeq(4));
        assert_eq!(facts::lock(&mut tx).await.expect("the gate"), FactSeq(4));
        assert_eq!(facts::lock_shared(&mut tx).await.expect("the gate"), FactSeq(4));
        tx.commit().await.expect("committed");
        let mut tx = test.app.store.begin_read().await.expect("a transaction");
        assert_eq!(facts::last(&mut tx).await.expect("read"), FactSeq(4));
    })
    .await;
}

#[tokio::test]
async fn numbers_of_an_undone_transaction_are_given_again() {
    for_each_backend(async |test| {
        let mut tx = test.app.store.begin().await.expect("a transaction");
        facts::take(&mut tx, 3).await.expect("numbers");
        drop(tx);
        let mut tx = test.app.store.begin().await.expect("a transaction");
        assert_eq!(facts::take(&mut tx, 1).await.expect("numbers"), FactSeq(1));
    })
    .await;
}

/// One who holds the gate alone reads, waits and writes without anybody in between.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_holds_the_gate_alone_is_alone() {
    for_each_backend(async |test| {
        let all: Vec<_> = (0..16)
            .map(|_| {
                let store = test.app.store.clone();
                tokio::spawn(async move {
                    let mut tx = store.begin().await.expect("a transaction");
                    let before = facts::lock(&mut tx).await.expect("the gate");
                    tokio::task::yield_now().await;
                    let taken = facts::take(&mut tx, 1).await.expect("a number");
                    tx.commit().await.expect("committed");
                    taken == before.next()
                })
            })
            .collect();
        for one in all {
            assert!(one.await.expect("no panic"), "somebody passed the gate meanwhile");
        }
        let mut tx = test.app.store.begin_read().await.expect("a transaction");
        assert_eq!(facts::last(&mut tx).await.expect("read"), FactSeq(16));
    })
    .await;
}
