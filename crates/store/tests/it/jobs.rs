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

fn job(number: u32, generation: i64, attempts: u32) -> Job {
    Job {
        id: JobId::new(uuid(number)),
        kind: "work".to_owned(),
        key: format!("key-{number}"),
        generation,
        attempts,
        run_at: day(5),
        is_dead: false,
        last_error: None,
        created_at: day(5),
    }
}

#[tokio::test]
async fn a_job_is_taken_when_it_is_due_and_gone_when_it_is_done() {
    for_each_backend(async |test| {
        ask(&test.app.store, 2).await;
        let mut tx = begin(&test.app.store).await;
        assert_eq!(jobs::all(&mut tx).await.expect("read"), [job(1, 1, 0), job(2, 1, 0)]);
        assert_eq!(jobs::lease(&mut tx, day(4), day(5), 9).await.expect("taken"), [], "not due");
        let taken = jobs::lease(&mut tx, day(5), day(6), 1).await.expect("taken");
        assert_eq!(taken, [job(1, 1, 1)], "no more than asked for, the first first");
        assert_eq!(jobs::figures(&mut tx).await.expect("read"), (2, 0, Some(day(5))));
        jobs::finish(&mut tx, &taken.iter().collect::<Vec<_>>()).await.expect("done");
        assert_eq!(jobs::all(&mut tx).await.expect("read"), [job(2, 1, 0)]);
    })
    .await;
}

#[tokio::test]
async fn a_leased_job_is_nobody_elses_until_the_lease_is_over() {
    for_each_backend(async |test| {
        ask(&test.app.store, 1).await;
        let mut tx = begin(&test.app.store).await;
        assert_eq!(jobs::lease(&mut tx, day(5), day(7), 9).await.expect("taken").len(), 1);
        tx.commit().await.expect("committed");
        let mut tx = begin(&test.app.store).await;
        assert_eq!(jobs::lease(&mut tx, day(6), day(8), 9).await.expect("taken"), []);
        assert_eq!(jobs::lease(&mut tx, day(7), day(9), 9).await.expect("taken"), [job(1, 1, 2)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_lease_at_once_never_take_the_same_job() {
    for_each_backend(async |test| {
        ask(&test.app.store, 100).await;
        let lease = || {
            let store = test.app.store.clone();
            tokio::spawn(async move {
                let mut taken = Vec::new();
                // On PostgreSQL one may find that the other was faster; then it asks again.
                for _ in 0..40 {
                    let mut tx = begin(&store).await;
                    taken.extend(jobs::lease(&mut tx, day(5), day(6), 7).await.expect("taken"));
                    tx.commit().await.expect("committed");
                }
                taken
            })
        };
        let (one, other) = (lease(), lease());
        let (one, other) = (one.await.expect("no panic"), other.await.expect("no panic"));
        let taken: BTreeSet<JobId> = one.iter().chain(&other).map(|job| job.id).collect();
        assert_eq!((one.len() + other.len(), taken.len()), (100, 100), "each once");
    })
    .await;
}

#[tokio::test]
async fn a_job_that_is_asked_for_again_while_it_runs_runs_once_more() {
    for_each_backend(async |test| {
        ask(&test.app.store, 1).await;
        let mut tx = begin(&test.app.store).await;
        let taken = jobs::lease(&mut tx, day(5), day(7), 9).await.expect("taken");
        jobs::enqueue(&mut tx, &[(JobId::new(uuid(99)), "work", "key-1".to_owned())], day(6))
            .await
            .expect("stored");
        jobs::finish(&mut tx, &taken.iter().collect::<Vec<_>>()).await.expect("nothing is done");
        jobs::fail(&mut tx, &taken[0], "too late to fail", day(9), true).await.expect("nothing is said");
        let again = jobs::lease(&mut tx, day(6), day(7), 9).await.expect("taken");
        assert_eq!(again, [Job { run_at: day(6), ..job(1, 2, 1) }], "the lease before counts no more");
        jobs::finish(&mut tx, &again.iter().collect::<Vec<_>>()).await.expect("done");
        assert_eq!(jobs::all(&mut tx).await.expect("read"), []);
    })
    .await;
}

#[tokio::test]
async fn a_job_that_fails_comes_back_later_and_a_dead_one_when_it_is_revived() {
    for_each_backend(async |test| {
        ask(&test.app.store, 1).await;
        let mut tx = begin(&test.app.store).await;
        let taken = jobs::lease(&mut tx, day(5), day(9), 9).await.expect("taken").remove(0);
        jobs::fail(&mut tx, &taken, "нет плана", day(7), false).await.expect("said");
        let failed = Job { run_at: day(7), last_error: Some("нет плана".to_owned()), ..job(1, 1, 1) };
        assert_eq!(jobs::all(&mut tx).await.expect("read"), [failed]);
        assert_eq!(jobs::lease(&mut tx, day(6), day(9), 9).await.expect("taken"), []);
        let taken = jobs::lease(&mut tx, day(7), day(9), 9).await.expect("taken").remove(0);
        assert!(!jobs::revive(&mut tx, taken.id, day(8)).await.expect("asked"), "it is alive");
        jobs::fail(&mut tx, &taken, "нет плана", day(8), true).await.expect("said");
        assert_eq!(jobs::figures(&mut tx).await.expect("read"), (0, 1, None));
        assert_eq!(
            jobs::lease(&mut tx, day(20), day(21), 9).await.expect("taken"),
            [],
            "the dead do not run"
        );
        assert!(jobs::revive(&mut tx, taken.id, day(8)).await.expect("asked"));
        assert_eq!(jobs::lease(&mut tx, day(8), day(9), 9).await.expect("taken").len(), 1);
    })
    .await;
}
