use store::schedules::{self, Ended, Outcome, Schedule};
use store::{Store, Tx};
use testkit::for_each_backend;

use crate::make::{day, uuid};

async fn begin(store: &Store) -> Tx {
    store.begin().await.expect("a transaction")
}

fn fresh(name: &str, cron: &str, next: u32) -> Schedule {
    Schedule {
        name: name.to_owned(),
        cron: cron.to_owned(),
        next_run_at: day(next),
        lease_until: None,
        started_at: None,
        ended_at: None,
        outcome: None,
        told: None,
        failures: 0,
    }
}

#[tokio::test]
async fn work_keeps_its_turn_until_its_expression_changes() {
    for_each_backend(async |test| {
        let mut tx = begin(&test.app.store).await;
        schedules::put(&mut tx, "sync", "0 4 * * *", day(2)).await.expect("stored");
        schedules::put(&mut tx, "sync", "0 4 * * *", day(9)).await.expect("stored");
        assert_eq!(schedules::all(&mut tx).await.expect("read"), [fresh("sync", "0 4 * * *", 2)]);
        schedules::put(&mut tx, "sync", "0 5 * * *", day(9)).await.expect("stored");
        schedules::put(&mut tx, "poll", "* * * * *", day(1)).await.expect("stored");
        let all = [fresh("poll", "* * * * *", 1), fresh("sync", "0 5 * * *", 9)];
        assert_eq!(schedules::all(&mut tx).await.expect("read"), all);
        assert_eq!(
            schedules::find(&mut tx, "poll").await.expect("read"),
            Some(fresh("poll", "* * * * *", 1))
        );
        assert_eq!(schedules::find(&mut tx, "other").await.expect("read"), None);
    })
    .await;
}

#[tokio::test]
async fn due_work_is_one_holders_until_he_lets_it_go_or_his_lease_runs_out() {
    for_each_backend(async |test| {
        let mut tx = begin(&test.app.store).await;
        schedules::put(&mut tx, "sync", "0 4 * * *", day(2)).await.expect("stored");
        schedules::put(&mut tx, "poll", "* * * * *", day(2)).await.expect("stored");
        let mut take = async |holder: u32, now: u32, until: u32| {
            schedules::take(&mut tx, "sync", uuid(holder), day(now), day(until)).await.expect("asked")
        };
        assert!(!take(1, 1, 3).await, "it is not due");
        assert!(take(1, 2, 4).await);
        assert!(!take(2, 3, 5).await, "another is at it");
        assert!(take(2, 4, 6).await, "he who was at it died");
        let ended =
            Ended { at: day(5), outcome: Outcome::Done, told: "всё".to_owned(), next_run_at: day(9) };
        let finished = schedules::finish(&mut tx, "sync", uuid(1), &ended).await.expect("asked");
        assert!(!finished, "it is not his any more");
        assert!(schedules::finish(&mut tx, "sync", uuid(2), &ended).await.expect("asked"));
        let expected = Schedule {
            started_at: Some(day(4)),
            ended_at: Some(day(5)),
            outcome: Some(Outcome::Done),
            told: Some("всё".to_owned()),
            ..fresh("sync", "0 4 * * *", 9)
        };
        assert_eq!(schedules::find(&mut tx, "sync").await.expect("read"), Some(expected));
        assert_eq!(
            schedules::find(&mut tx, "poll").await.expect("read"),
            Some(fresh("poll", "* * * * *", 2)),
            "other work is left alone"
        );
    })
    .await;
}

#[tokio::test]
async fn failures_in_a_row_are_counted_and_what_is_released_is_due_as_before() {
    for_each_backend(async |test| {
        let mut tx = begin(&test.app.store).await;
        schedules::put(&mut tx, "sync", "0 4 * * *", day(2)).await.expect("stored");
        let mut counted = Vec::new();
        for (outcome, now) in [
            (Outcome::Failed, 2),
            (Outcome::Failed, 3),
            (Outcome::Held, 4),
            (Outcome::Failed, 5),
            (Outcome::Done, 6),
        ] {
            assert!(schedules::take(&mut tx, "sync", uuid(1), day(now), day(now + 5)).await.expect("asked"));
            let ended = Ended { at: day(now), outcome, told: "так".to_owned(), next_run_at: day(now + 1) };
            assert!(schedules::finish(&mut tx, "sync", uuid(1), &ended).await.expect("asked"));
            counted.extend(schedules::find(&mut tx, "sync").await.expect("read").map(|work| work.failures));
        }
        assert_eq!(counted, [1, 2, 0, 1, 0]);
        assert!(schedules::take(&mut tx, "sync", uuid(1), day(7), day(9)).await.expect("asked"));
        assert!(!schedules::release(&mut tx, "sync", uuid(2)).await.expect("asked"), "not his");
        assert!(schedules::release(&mut tx, "sync", uuid(1)).await.expect("asked"));
        assert!(schedules::take(&mut tx, "sync", uuid(2), day(7), day(9)).await.expect("asked"));
    })
    .await;
}
