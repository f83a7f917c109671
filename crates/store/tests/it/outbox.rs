use std::collections::BTreeSet;

use domain::ids::ParcelId;
use jiff::Timestamp;
use store::outbox::{self, Filter, Fresh, Leased, Outcome, Shown, State};
use store::{Store, Tx};
use testkit::for_each_backend;

use crate::make::{day, uuid};

fn id(number: u32) -> ParcelId {
    ParcelId::new(uuid(number))
}

fn fresh(number: u32, to: &str) -> Fresh {
    Fresh {
        id: id(number),
        channel: "webhook",
        destination: to.to_owned(),
        topic: "order.paid".to_owned(),
        dedupe_key: format!("key-{number}"),
        payload: format!("{{\"номер\":{number}}}"),
    }
}

fn leased(number: u32, to: &str, attempt: u32) -> Leased {
    Leased {
        id: id(number),
        channel: "webhook".to_owned(),
        destination: to.to_owned(),
        topic: "order.paid".to_owned(),
        payload: format!("{{\"номер\":{number}}}"),
        attempt,
        created_at: day(5),
    }
}

async fn begin(store: &Store) -> Tx {
    store.begin().await.expect("a transaction")
}

async fn push(tx: &mut Tx, parcels: &[Fresh]) -> u64 {
    outbox::push(tx, parcels, day(5)).await.expect("stored")
}

async fn due(tx: &mut Tx, now: Timestamp) -> Vec<ParcelId> {
    let due = outbox::due(tx, &["webhook"], now, 99).await.expect("read");
    due.into_iter().map(|(id, ..)| id).collect()
}

async fn lease(tx: &mut Tx, numbers: &[u32], now: Timestamp, until: Timestamp) -> Vec<Leased> {
    let ids: Vec<ParcelId> = numbers.iter().map(|number| id(*number)).collect();
    let mut leased = outbox::lease(tx, &ids, now, until).await.expect("leased");
    leased.sort_by_key(|parcel| parcel.id);
    leased
}

async fn shown(tx: &mut Tx, number: u32) -> Shown {
    let filter = Filter { id: Some(id(number)), ..Filter::default() };
    outbox::list(tx, &filter, 9).await.expect("read").remove(0)
}

fn failed(status: u16) -> Outcome {
    Outcome {
        status: Some(status), answer: Some("занято".to_owned()), error: Some("позже".to_owned())
    }
}

#[tokio::test]
async fn a_parcel_is_pushed_once_for_its_key_and_read_back_whole() {
    for_each_backend(async |test| {
        let mut tx = begin(&test.app.store).await;
        assert_eq!(push(&mut tx, &[fresh(1, "a"), fresh(2, "b")]).await, 2);
        let again = Fresh { id: id(9), payload: "other".to_owned(), ..fresh(1, "c") };
        assert_eq!(push(&mut tx, &[again, fresh(3, "a")]).await, 1, "one key is known");
        assert_eq!(due(&mut tx, day(4)).await, [], "not due");
        assert_eq!(outbox::due(&mut tx, &["mail"], day(5), 9).await.expect("read"), [], "another channel");
        assert_eq!(due(&mut tx, day(5)).await, [id(1), id(2), id(3)]);
        assert_eq!(lease(&mut tx, &[1, 2], day(4), day(6)).await, [], "not due");
        assert_eq!(lease(&mut tx, &[1, 2], day(5), day(6)).await, [leased(1, "a", 1), leased(2, "b", 1)]);
        assert_eq!(due(&mut tx, day(5)).await, [id(3)], "a leased one is not due");
        assert_eq!(lease(&mut tx, &[1], day(5), day(6)).await, [], "nor leased twice");
        assert_eq!(lease(&mut tx, &[1], day(6), day(7)).await, [leased(1, "a", 2)], "its lease ran out");
        assert_eq!(outbox::figures(&mut tx).await.expect("read"), (3, 0, Some(day(5))));
    })
    .await;
}

#[tokio::test]
async fn what_arrived_stays_arrived() {
    for_each_backend(async |test| {
        let mut tx = begin(&test.app.store).await;
        push(&mut tx, &[fresh(1, "a")]).await;
        lease(&mut tx, &[1], day(5), day(6)).await;
        lease(&mut tx, &[1], day(6), day(7)).await;
        let heard = Outcome { status: Some(204), ..Outcome::default() };
        // The first carrier, whose lease ran out, was slow but not in vain.
        outbox::mark_sent(&mut tx, id(1), &heard, day(8)).await.expect("marked");
        outbox::mark_failed(&mut tx, id(1), 2, &failed(500), Some(day(9)), day(8)).await.expect("marked");
        let expected = Shown {
            id: id(1),
            channel: "webhook".to_owned(),
            destination: "a".to_owned(),
            topic: "order.paid".to_owned(),
            state: State::Sent,
            run_at: None,
            attempts: 2,
            outcome: heard,
            created_at: day(5),
            done_at: Some(day(8)),
        };
        assert_eq!(shown(&mut tx, 1).await, expected);
        assert_eq!(due(&mut tx, day(20)).await, []);
        assert_eq!(outbox::forget_sent(&mut tx, day(8)).await.expect("asked"), 0);
        assert_eq!(outbox::forget_sent(&mut tx, day(9)).await.expect("asked"), 1);
        assert_eq!(outbox::list(&mut tx, &Filter::default(), 9).await.expect("read"), []);
    })
    .await;
}

#[tokio::test]
async fn what_failed_waits_or_is_dead_until_somebody_sends_it_again() {
    for_each_backend(async |test| {
        let mut tx = begin(&test.app.store).await;
        push(&mut tx, &[fresh(1, "a"), fresh(2, "a")]).await;
        lease(&mut tx, &[1, 2], day(5), day(6)).await;
        outbox::mark_failed(&mut tx, id(1), 1, &failed(429), Some(day(7)), day(5)).await.expect("marked");
        outbox::mark_failed(&mut tx, id(2), 9, &failed(400), None, day(5)).await.expect("marked");
        let waiting = shown(&mut tx, 1).await;
        assert_eq!(
            (waiting.state, waiting.run_at, waiting.outcome),
            (State::Waiting, Some(day(7)), failed(429))
        );
        assert_eq!(shown(&mut tx, 2).await.state, State::Leased, "not the mark of this lease");
        outbox::mark_failed(&mut tx, id(2), 1, &failed(400), None, day(5)).await.expect("marked");
        let dead = shown(&mut tx, 2).await;
        assert_eq!((dead.state, dead.run_at, dead.done_at), (State::Dead, None, Some(day(5))));
        assert_eq!(outbox::figures(&mut tx).await.expect("read"), (1, 1, Some(day(5))));
        assert!(!outbox::resend(&mut tx, id(1), day(8)).await.expect("asked"), "it still waits");
        assert!(outbox::resend(&mut tx, id(2), day(8)).await.expect("asked"));
        assert_eq!(lease(&mut tx, &[2], day(8), day(9)).await, [leased(2, "a", 1)], "counted from the start");
    })
    .await;
}

#[tokio::test]
async fn a_destination_rests_and_is_given_up_as_a_whole() {
    for_each_backend(async |test| {
        let mut tx = begin(&test.app.store).await;
        push(&mut tx, &[fresh(1, "a"), fresh(2, "a"), fresh(3, "b")]).await;
        lease(&mut tx, &[1], day(5), day(6)).await;
        outbox::rest(&mut tx, "webhook", "a", day(5), day(8)).await.expect("rests");
        assert_eq!(due(&mut tx, day(6)).await, [id(3), id(1)], "what is leased is not touched");
        outbox::rest(&mut tx, "webhook", "a", day(6), day(7)).await.expect("rests");
        assert_eq!(shown(&mut tx, 2).await.run_at, Some(day(8)), "what waits anyway is not touched");
        assert_eq!(outbox::give_up(&mut tx, "webhook", "a", "удалён", day(9)).await.expect("asked"), 1);
        let dead = shown(&mut tx, 2).await;
        assert_eq!((dead.state, dead.outcome.error), (State::Dead, Some("удалён".to_owned())));
        assert_eq!(outbox::resend_dead(&mut tx, "webhook", "b", day(9)).await.expect("asked"), 0);
        assert_eq!(outbox::resend_dead(&mut tx, "webhook", "a", day(9)).await.expect("asked"), 1);
        assert_eq!(due(&mut tx, day(9)).await, [id(3), id(1), id(2)]);
        let only =
            |state, to: Option<&str>| Filter { state, to: to.map(|to| ("webhook", to.to_owned())), id: None };
        for (filter, numbers) in [
            (only(None, None), vec![3, 2, 1]),
            (only(None, Some("a")), vec![2, 1]),
            (only(Some(State::Leased), None), vec![1]),
            (only(Some(State::Waiting), Some("b")), vec![3]),
        ] {
            let listed = outbox::list(&mut tx, &filter, 9).await.expect("read");
            let listed: Vec<ParcelId> = listed.into_iter().map(|shown| shown.id).collect();
            assert_eq!(listed, numbers.into_iter().map(id).collect::<Vec<_>>(), "{filter:?}");
        }
        assert_eq!(outbox::list(&mut tx, &Filter::default(), 2).await.expect("read").len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_lease_at_once_never_lease_the_same() {
    for_each_backend(async |test| {
        let mut tx = begin(&test.app.store).await;
        let parcels: Vec<Fresh> = (1..=300).map(|number| fresh(number, "a")).collect();
        push(&mut tx, &parcels).await;
        tx.commit().await.expect("committed");
        let work = || {
            let store = test.app.store.clone();
            tokio::spawn(async move {
                let mut taken = Vec::new();
                loop {
                    let mut tx = begin(&store).await;
                    let found = outbox::due(&mut tx, &["webhook"], day(5), 7).await.expect("read");
                    if found.is_empty() {
                        return taken;
                    }
                    let ids: Vec<ParcelId> = found.into_iter().map(|(id, ..)| id).collect();
                    taken.extend(outbox::lease(&mut tx, &ids, day(5), day(6)).await.expect("leased"));
                    tx.commit().await.expect("committed");
                }
            })
        };
        let (one, other) = (work(), work());
        let (one, other) = (one.await.expect("no panic"), other.await.expect("no panic"));
        let taken: BTreeSet<ParcelId> = one.iter().chain(&other).map(|parcel| parcel.id).collect();
        assert_eq!((one.len() + other.len(), taken.len()), (300, 300), "each once");
    })
    .await;
}
