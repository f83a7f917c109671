use std::collections::BTreeSet;

use domain::ids::JobId;
use store::jobs::{self, Job};
use store::{Store, Tx};
use testkit::for_each_backend;

use crate::make::{day, uuid};

async fn begin(store: &Store) -> Tx {
    store.begin().await.expect("a transaction")
}

/// Asks for so many jobs of one kind.
async fn ask(store: &Store, count: u32) {
    let mut tx = begin(store).await;
    let asked: Vec<_> =
        (1..=count).map(|number| (JobId::new(uuid(number)), "work", format!("key-{number}"))).collect();
    jobs::enqueue(&mut tx, &asked, day(5)).await.expect("stored");
    tx.commit().await.expect("committed");
}

fn id(number: u32) -> JobId {
    JobId::new(uuid(number))
}

fn job(number: u32, attempts: u32) -> Job {
    Job {
        id: id(number),
        kind: "work".to_owned(),
        key: format!("key-{number}"),
        attempts,
        run_at: day(5),
        is_dead: false,
        last_error: None,
        created_at: day(5),
    }
}

async fn take(tx: &mut Tx, ids: &[JobId], now: u32) -> Vec<Job> {
    jobs::take(tx, ids, day(now)).await.expect("taken")
}

async fn all(tx: &mut Tx) -> Vec<Job> {
    jobs::all(tx).await.expect("read")
}

#[tokio::test]
async fn a_job_is_taken_when_it_is_due_and_gone_when_it_is_done() {
    for_each_backend(async |test| {
        ask(&test.app.store, 3).await;
        let mut tx = begin(&test.app.store).await;
        assert_eq!(jobs::due(&mut tx, "work", day(4), 9).await.expect("read"), [], "not due");
        assert_eq!(take(&mut tx, &[id(1)], 4).await, [], "not due");
        assert_eq!(jobs::due(&mut tx, "other", day(5), 9).await.expect("read"), [], "of another kind");
        let due = jobs::due(&mut tx, "work", day(5), 2).await.expect("read");
        assert_eq!(due, [id(1), id(2)], "no more than asked for, the first first");
        let taken = take(&mut tx, &due, 5).await;
        assert_eq!(taken, [job(1, 0), job(2, 0)]);
        assert_eq!(jobs::figures(&mut tx).await.expect("read"), (3, 0, Some(day(5))));
        jobs::finish(&mut tx, &taken.iter().collect::<Vec<_>>()).await.expect("done");
        assert_eq!(all(&mut tx).await, [job(3, 0)]);
    })
    .await;
}

#[tokio::test]
async fn a_job_whose_transaction_dies_is_free_again_at_once() {
    for_each_backend(async |test| {
        ask(&test.app.store, 1).await;
        let mut tx = begin(&test.app.store).await;
        let taken = take(&mut tx, &[id(1)], 5).await;
        jobs::finish(&mut tx, &taken.iter().collect::<Vec<_>>()).await.expect("done");
        drop(tx);
        let mut tx = begin(&test.app.store).await;
        assert_eq!(take(&mut tx, &[id(1)], 5).await, [job(1, 0)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_take_at_once_never_take_the_same_job() {
    for_each_backend(async |test| {
        ask(&test.app.store, 100).await;
        let work = || {
            let store = test.app.store.clone();
            tokio::spawn(async move {
                let mut taken = Vec::new();
                loop {
                    let mut tx = begin(&store).await;
                    let due = jobs::due(&mut tx, "work", day(5), 7).await.expect("read");
                    if due.is_empty() {
                        return taken;
                    }
                    let mine = take(&mut tx, &due, 5).await;
                    jobs::finish(&mut tx, &mine.iter().collect::<Vec<_>>()).await.expect("done");
                    tx.commit().await.expect("committed");
                    taken.extend(mine);
                }
            })
        };
        let (one, other) = (work(), work());
        let (one, other) = (one.await.expect("no panic"), other.await.expect("no panic"));
        let taken: BTreeSet<JobId> = one.iter().chain(&other).map(|job| job.id).collect();
        assert_eq!((one.len() + other.len(), taken.len()), (100, 100), "each once");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_is_asked_for_while_it_is_done_is_done_once_more() {
    for_each_backend(async |test| {
        ask(&test.app.store, 1).await;
        let mut tx = begin(&test.app.store).await;
        let taken = take(&mut tx, &[id(1)], 5).await;
        let asks = {
            let store = test.app.store.clone();
            tokio::spawn(async move {
                let mut tx = begin(&store).await;
                let again = [(id(99), "work", "key-1".to_owned())];
                jobs::enqueue(&mut tx, &again, day(6)).await.expect("stored");
                tx.commit().await.expect("committed");
            })
        };
        jobs::finish(&mut tx, &taken.iter().collect::<Vec<_>>()).await.expect("done");
        tx.commit().await.expect("committed");
        asks.await.expect("no panic");
        let mut tx = begin(&test.app.store).await;
        let waiting: Vec<String> = all(&mut tx).await.into_iter().map(|job| job.key).collect();
        assert_eq!(waiting, ["key-1"]);
    })
    .await;
}

#[tokio::test]
async fn a_job_that_is_asked_for_again_before_it_is_done_waits_once_and_is_due_at_once() {
    for_each_backend(async |test| {
        ask(&test.app.store, 1).await;
        let mut tx = begin(&test.app.store).await;
        let taken = take(&mut tx, &[id(1)], 5).await.remove(0);
        jobs::fail(&mut tx, &taken, "нет плана", day(9), true).await.expect("said");
        jobs::enqueue(&mut tx, &[(id(99), "work", "key-1".to_owned())], day(6)).await.expect("stored");
        let again = Job { run_at: day(6), last_error: Some("нет плана".to_owned()), ..job(1, 0) };
        assert_eq!(all(&mut tx).await, [again]);
    })
    .await;
}

#[tokio::test]
async fn a_job_that_fails_comes_back_later_and_a_dead_one_when_it_is_revived() {
    for_each_backend(async |test| {
        ask(&test.app.store, 1).await;
        let mut tx = begin(&test.app.store).await;
        let taken = take(&mut tx, &[id(1)], 5).await.remove(0);
        jobs::fail(&mut tx, &taken, "нет плана", day(7), false).await.expect("said");
        let failed = Job { run_at: day(7), last_error: Some("нет плана".to_owned()), ..job(1, 1) };
        assert_eq!(all(&mut tx).await, [failed]);
        assert_eq!(take(&mut tx, &[id(1)], 6).await, []);
        let taken = take(&mut tx, &[id(1)], 7).await.remove(0);
        assert!(!jobs::revive(&mut tx, taken.id, day(8)).await.expect("asked"), "it is alive");
        jobs::fail(&mut tx, &taken, "нет плана", day(8), true).await.expect("said");
        assert_eq!(jobs::figures(&mut tx).await.expect("read"), (0, 1, None));
        assert_eq!(take(&mut tx, &[id(1)], 20).await, [], "the dead do not run");
        assert!(jobs::revive(&mut tx, taken.id, day(8)).await.expect("asked"));
        assert_eq!(take(&mut tx, &[id(1)], 8).await.len(), 1);
    })
    .await;
}
