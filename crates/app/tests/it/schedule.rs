//! Work comes round once over any number of instances, whatever becomes of who does it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use app::App;
use app::schedule::{Ended, Keeper, Outcome, Schedule, Task, Work, list};
use futures::future::BoxFuture;
use jiff::SignedDuration;
use testkit::{TestApp, at, for_each_backend, on_sqlite};
use tokio::sync::Notify;

/// Counts how often it is done, and ends as it is told to.
struct Counted {
    done: AtomicUsize,
    ending: Ended,
}

impl Task for Counted {
    fn run<'a>(&'a self, _app: &'a App) -> BoxFuture<'a, Ended> {
        Box::pin(async {
            self.done.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            self.ending.clone()
        })
    }
}

fn counted(ending: Ended) -> Arc<Counted> {
    Arc::new(Counted { done: AtomicUsize::new(0), ending })
}

fn work(task: Arc<dyn Task>) -> Work {
    let cron = "0 4 * * *".parse().expect("an expression");
    Work { name: "catalogue", cron, longest: Duration::from_mins(10), task }
}

async fn only(test: &TestApp) -> Schedule {
    let mut all = list(&test.app).await.expect("read");
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[tokio::test]
async fn work_is_done_when_its_time_has_come_and_once() {
    for_each_backend(async |test| {
        let task = counted(Ended::Done("всё".to_owned()));
        let work = work(task.clone());
        work.register(&test.app).await.expect("noted");
        assert!(!work.run_if_due(&test.app).await.expect("asked"), "it is noon, four o'clock is tomorrow");
        test.it_is("2026-01-13T12:00:00+03:00");
        let done = futures::future::join_all((0..4).map(|_| work.run_if_due(&test.app))).await;
        let done = done.into_iter().filter(|done| *done.as_ref().expect("asked")).count();
        assert_eq!(
            (done, task.done.load(Ordering::SeqCst)),
            (1, 1),
            "three missed times are one, and four instances too"
        );
        let after = only(&test).await;
        assert_eq!(after.next_run_at, at("2026-01-14T04:00:00+03:00"));
        assert_eq!((after.outcome, after.told.as_deref()), (Some(Outcome::Done), Some("всё")));
        assert_eq!((after.lease_until, after.failures), (None, 0));
    })
    .await;
}

#[tokio::test]
async fn what_fails_is_tried_again_soon_and_what_is_held_is_not() {
    on_sqlite(async |test| {
        let failing = work(counted(Ended::Failed("нет ответа".to_owned())));
        failing.register(&test.app).await.expect("noted");
        test.it_is("2026-01-11T04:00:00+03:00");
        let mut pauses = Vec::new();
        for _ in 0..6 {
            assert!(failing.run_if_due(&test.app).await.expect("asked"));
            let next = only(&test).await.next_run_at;
            pauses.push(next.duration_since(test.app.now()).as_mins());
            test.clock.set(next);
        }
        assert_eq!(pauses, [5, 10, 20, 40, 60, 60]);
        assert_eq!(only(&test).await.failures, 6);
        let held = work(counted(Ended::Held("решает человек".to_owned())));
        assert!(held.run_if_due(&test.app).await.expect("asked"));
        let after = only(&test).await;
        assert_eq!((after.outcome, after.failures), (Some(Outcome::Held), 0));
        assert_eq!(after.next_run_at, at("2026-01-12T04:00:00+03:00"));
    })
    .await;
}

struct Panicking;

impl Task for Panicking {
    fn run<'a>(&'a self, _app: &'a App) -> BoxFuture<'a, Ended> {
        Box::pin(async { panic!("the shop {}", 7) })
    }
}

#[tokio::test]
async fn a_panic_is_a_failure_that_says_why() {
    on_sqlite(async |test| {
        let work = work(Arc::new(Panicking));
        work.register(&test.app).await.expect("noted");
        test.it_is("2026-01-11T04:00:00+03:00");
        assert!(work.run_if_due(&test.app).await.expect("asked"));
        let after = only(&test).await;
        assert_eq!(
            (after.outcome, after.told.as_deref()),
            (Some(Outcome::Failed), Some("сбой программы: the shop 7"))
        );
    })
    .await;
}

/// Says that it has begun, and never ends.
struct Endless(Arc<Notify>);

impl Task for Endless {
    fn run<'a>(&'a self, _app: &'a App) -> BoxFuture<'a, Ended> {
        Box::pin(async {
            self.0.notify_one();
            std::future::pending().await
        })
    }
}

#[tokio::test]
async fn what_takes_too_long_is_given_up() {
    on_sqlite(async |test| {
        let work = Work { longest: Duration::ZERO, ..work(Arc::new(Endless(Arc::default()))) };
        work.register(&test.app).await.expect("noted");
        test.it_is("2026-01-11T04:00:00+03:00");
        assert!(work.run_if_due(&test.app).await.expect("asked"));
        assert_eq!(only(&test).await.told.as_deref(), Some("дольше 0 с"));
    })
    .await;
}

#[tokio::test]
async fn who_stops_breaks_off_what_he_does_and_leaves_it_due() {
    for_each_backend(async |test| {
        let begun = Arc::new(Notify::new());
        let endless = work(Arc::new(Endless(begun.clone())));
        endless.register(&test.app).await.expect("noted");
        test.it_is("2026-01-11T04:00:00+03:00");
        let keeper = Keeper::start(&test.app, vec![endless]);
        begun.notified().await;
        assert!(only(&test).await.lease_until.is_some());
        keeper.stop().await;
        assert_eq!(only(&test).await.lease_until, None);
        let task = counted(Ended::Done(String::new()));
        assert!(work(task).run_if_due(&test.app).await.expect("asked"), "it is due as before");
    })
    .await;
}

#[tokio::test]
async fn the_work_of_one_who_died_goes_to_another_when_his_lease_runs_out() {
    on_sqlite(async |test| {
        let begun = Arc::new(Notify::new());
        let endless = work(Arc::new(Endless(begun.clone())));
        endless.register(&test.app).await.expect("noted");
        test.it_is("2026-01-11T04:00:00+03:00");
        let (app, dying) = (test.app.clone(), endless.clone());
        let life = tokio::spawn(async move { dying.run_if_due(&app).await });
        begun.notified().await;
        life.abort();
        drop(life.await);
        let heir = work(counted(Ended::Done(String::new())));
        assert!(!heir.run_if_due(&test.app).await.expect("asked"), "the lease still runs");
        test.clock.advance(SignedDuration::from_secs(661));
        assert!(heir.run_if_due(&test.app).await.expect("asked"));
    })
    .await;
}
