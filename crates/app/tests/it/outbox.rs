//! The outbox: nothing is lost, nothing is told that did not happen, one message keeps one id.

use std::collections::BTreeSet;
use std::sync::Arc;

use app::outbox::{self, Channel, Couriers, ResendError, State};
use app::ports::{Deliver, Delivery, Doing, Parcel, Reply, Unanswered};
use domain::actor::Actor;
use jiff::SignedDuration;
use store::outbox::{Filter, Fresh, Shown};
use testkit::{Company, FakeEndpoint, TestApp, for_each_backend, header, on_sqlite, staff};

async fn all(test: &TestApp) -> Vec<Shown> {
    outbox::list(&test.app, &Filter::default(), 100_000).await.expect("read")
}

/// Puts so many parcels out, to each endpoint in turn.
async fn fill(test: &TestApp, count: u32) {
    let endpoints = app::endpoints::list(&test.app).await.expect("read");
    let mut tx = test.app.store.begin().await.expect("a transaction");
    let parcels: Vec<Fresh> = (1..=count)
        .zip(endpoints.iter().cycle())
        .map(|(number, endpoint)| Fresh {
            id: domain::ids::ParcelId::new(uuid::Uuid::from_u128(u128::from(number))),
            channel: "webhook",
            destination: endpoint.id.to_string(),
            topic: "ping".to_owned(),
            dedupe_key: format!("test-{number}"),
            payload: format!("{{\"type\":\"ping\",\"number\":{number}}}"),
        })
        .collect();
    store::outbox::push(&mut tx, &parcels, test.app.now()).await.expect("stored");
    tx.commit().await.expect("committed");
}

#[tokio::test]
async fn what_is_undone_is_never_told() {
    for_each_backend(async |test| {
        let test = test.sealing();
        let company = Company::with_plan(&test, "nanorem-5").await;
        test.endpoint("crm", "partner.enrolled").await;
        company.partner("NR00001", None).await;
        assert_eq!(all(&test).await.len(), 1);
        // The same code again: the enrolment is refused after its transaction began.
        let again = app::enroll::Enrolment {
            name: domain::partner::PersonName::parse("Иван", "Иванов").expect("a name"),
            phone: None,
            email: None,
            sponsor: app::enroll::SponsorRef::Root,
            code: Some(company.code("NR00001")),
            joined_at: None,
        };
        app::enroll::enroll(&test.app, &staff("owner"), &again).await.expect_err("taken");
        assert_eq!(all(&test).await.len(), 1);
        // A transaction that pushed and died.
        let mut tx = test.app.store.begin().await.expect("a transaction");
        let parcel = Fresh {
            id: domain::ids::ParcelId::new(uuid::Uuid::from_u128(1)),
            channel: "webhook",
            destination: "x".to_owned(),
            topic: "ping".to_owned(),
            dedupe_key: "x".to_owned(),
            payload: "{}".to_owned(),
        };
        store::outbox::push(&mut tx, &[parcel], test.app.now()).await.expect("stored");
        drop(tx);
        assert_eq!(all(&test).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn who_dies_between_sending_and_saying_so_sends_again_with_the_same_id() {
    for_each_backend(async |test| {
        let mut test = test.sealing();
        test.endpoint("crm", "*").await;
        fill(&test, 1).await;
        let endpoint = FakeEndpoint::default();
        // The carrier hears the answer and dies: nothing is written down.
        let mut tx = test.app.store.begin().await.expect("a transaction");
        let id = all(&test).await[0].id;
        let until = test.app.now() + SignedDuration::from_mins(2);
        let leased = store::outbox::lease(&mut tx, &[id], test.app.now(), until).await.expect("leased");
        tx.commit().await.expect("committed");
        assert_eq!(leased.len(), 1);
        test = test.restarted([8; 32]).await.sealing();
        assert_eq!(test.deliver(&endpoint).await, 0, "the lease still holds");
        test.clock.advance(SignedDuration::from_mins(2));
        assert_eq!(test.deliver(&endpoint).await, 1);
        test.clock.advance(SignedDuration::from_mins(2));
        assert_eq!(test.deliver(&endpoint).await, 0, "once it is said, it is said");
        let expected = format!("msg_{}", id.uuid().simple());
        assert_eq!(endpoint.ids().into_iter().collect::<Vec<_>>(), [(expected, 1)]);
        assert_eq!(all(&test).await[0].attempts, 2);
    })
    .await;
}

#[tokio::test]
async fn a_failed_parcel_goes_ten_times_over_three_days_and_is_then_dead() {
    for_each_backend(async |test| {
        let test = test.sealing();
        test.endpoint("crm", "*").await;
        fill(&test, 1).await;
        let endpoint = FakeEndpoint::answering(|_| Ok(FakeEndpoint::status(400)));
        let begin = test.app.now();
        let mut attempts = 0;
        while all(&test).await[0].state != State::Dead {
            let run_at = all(&test).await[0].run_at.expect("it waits");
            assert!(attempts == 0 || test.deliver(&endpoint).await == 0, "not before its time");
            test.clock.set(run_at);
            attempts += test.deliver(&endpoint).await;
            // An endpoint that never hears would be disabled first; staff let it be for this test.
            let number = app::endpoints::list(&test.app).await.expect("read")[0].number;
            drop(app::endpoints::enable(&test.app, &staff("owner"), number).await);
        }
        assert_eq!(attempts, 10);
        let over = test.app.now().duration_since(begin);
        assert!(over >= SignedDuration::from_hours(72) && over <= SignedDuration::from_hours(84), "{over:?}");
        assert_eq!(endpoint.ids().into_values().collect::<Vec<_>>(), [10], "one id");
        let dead = all(&test).await.remove(0);
        assert_eq!(
            (dead.outcome.status, dead.outcome.error.as_deref()),
            (Some(400), Some("адрес ответил 400"))
        );
        assert_eq!(outbox::figures(&test.app).await.expect("read"), (0, 1, None));
        // Staff send it again, and it arrives with its id.
        endpoint.answers(|_| Ok(FakeEndpoint::status(204)));
        outbox::resend(&test.app, &staff("owner"), dead.id).await.expect("again");
        assert_eq!(test.deliver(&endpoint).await, 1);
        assert_eq!(endpoint.ids().into_values().collect::<Vec<_>>(), [11]);
        assert_eq!(all(&test).await[0].state, State::Sent);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn only_staff_send_again_and_only_what_is_done_with() {
    for_each_backend(async |test| {
        let test = test.sealing();
        test.endpoint("crm", "*").await;
        fill(&test, 1).await;
        let id = all(&test).await[0].id;
        let waits = outbox::resend(&test.app, &staff("owner"), id).await;
        assert!(matches!(waits, Err(ResendError::Unknown(of)) if of == id), "{waits:?}");
        let partner = Actor::Partner(domain::partner::PartnerCode::numbered(1));
        let refused = outbox::resend(&test.app, &partner, id).await;
        assert!(matches!(refused, Err(ResendError::NotStaff)), "{refused:?}");
        let refused = outbox::resend_dead(&test.app, &partner, Channel::Webhook, "x").await;
        assert!(matches!(refused, Err(ResendError::NotStaff)), "{refused:?}");
    })
    .await;
}

/// Answers of every kind in turn, good ones among them.
fn moody(turn: &mut u32) -> Result<Reply, Unanswered> {
    *turn += 1;
    let with_pause =
        |status, pause: &str| Ok(Reply { status, retry_after: Some(pause.to_owned()), ..Reply::default() });
    match (*turn % 997, *turn % 11) {
        (0, _) => Ok(FakeEndpoint::status(410)),
        (_, 0) => with_pause(429, "60"),
        (_, 1) => Ok(FakeEndpoint::status(500)),
        (_, 2) => Ok(FakeEndpoint::status(503)),
        (_, 3) => Err(Unanswered("нет ответа за 10 с".to_owned())),
        (_, 4) => Ok(FakeEndpoint::status(400)),
        (_, 5) => with_pause(503, "nonsense"),
        (_, 6) => Ok(FakeEndpoint::status(301)),
        _ => Ok(FakeEndpoint::status(200)),
    }
}

/// Staff forgive: what is disabled is enabled, what is dead goes again.
async fn forgive(test: &TestApp) {
    let owner = staff("owner");
    for endpoint in app::endpoints::list(&test.app).await.expect("read") {
        if endpoint.disabled.is_some() {
            app::endpoints::enable(&test.app, &owner, endpoint.number).await.expect("enabled");
        }
        let to = endpoint.id.to_string();
        outbox::resend_dead(&test.app, &owner, Channel::Webhook, &to).await.expect("again");
    }
}

#[tokio::test]
async fn moods_of_endpoints_lose_nothing() {
    for_each_backend(async |test| lose_nothing(test, 200, 500).await).await;
}

#[tokio::test]
async fn ten_thousand_answers_lose_nothing() {
    on_sqlite(async |test| lose_nothing(test, 3_800, 10_000).await).await;
}

/// What is not heard goes again until it is, and nothing is sent after it was heard.
async fn lose_nothing(test: TestApp, parcels: u32, answers: usize) {
    let test = test.sealing();
    for name in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        test.endpoint(name, "*").await;
    }
    fill(&test, parcels).await;
    let mut turn = 0;
    let endpoint = FakeEndpoint::answering(move |_| moody(&mut turn));
    let mut rounds = 0;
    while outbox::figures(&test.app).await.expect("read") != (0, 0, None) {
        test.deliver(&endpoint).await;
        test.clock.advance(SignedDuration::from_mins(5));
        rounds += 1;
        if rounds % 200 == 0 {
            forgive(&test).await;
        }
    }
    let heard = endpoint.heard();
    assert!(heard.len() >= answers, "{} answers", heard.len());
    let sent = Filter { state: Some(State::Sent), ..Filter::default() };
    let sent = outbox::list(&test.app, &sent, 100_000).await.expect("read");
    assert_eq!(sent.len(), parcels as usize, "every one has arrived");
    // Replays the answers: the last answer to each id is the only good one.
    let mut turn = 0;
    let mut arrived = BTreeSet::new();
    for message in &heard {
        let id = header(message, "webhook-id");
        assert!(!arrived.contains(&id), "{id} was sent after it was heard");
        if moody(&mut turn).is_ok_and(|reply| reply.status == 200) {
            arrived.insert(id);
        }
    }
    assert_eq!(arrived.len(), parcels as usize);
}

#[tokio::test]
async fn a_backlog_drains_once_the_endpoint_is_back() {
    for_each_backend(async |test| {
        let test = test.sealing();
        test.endpoint("crm", "*").await;
        fill(&test, 400).await;
        let endpoint = FakeEndpoint::answering(|_| Err(Unanswered("не соединиться".to_owned())));
        let mut tried = 0;
        for _ in 0..24 {
            tried += test.deliver(&endpoint).await;
            test.clock.advance(SignedDuration::from_mins(10));
        }
        assert!(tried < 200, "one who is not there is not knocked at for ever: {tried}");
        endpoint.answers(|_| Ok(FakeEndpoint::status(200)));
        let before = endpoint.heard().len();
        test.clock.advance(SignedDuration::from_hours(3));
        test.deliver(&endpoint).await;
        test.clock.advance(SignedDuration::from_hours(24));
        test.deliver(&endpoint).await;
        assert_eq!(endpoint.heard().len() - before, 400, "each once");
        assert_eq!(outbox::figures(&test.app).await.expect("read"), (0, 0, None));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_never_carry_the_same_parcel() {
    for_each_backend(async |test| {
        let test = test.sealing();
        test.endpoint("crm", "*").await;
        fill(&test, 400).await;
        let endpoint = FakeEndpoint::default();
        let carry = || {
            let (app, couriers) = (test.app.clone(), endpoint.couriers(&test));
            tokio::spawn(async move { outbox::deliver_due(&app, &couriers).await.expect("carried") })
        };
        let (one, other) = (carry(), carry());
        let carried = one.await.expect("no panic") + other.await.expect("no panic");
        assert_eq!(carried, 400);
        let ids = endpoint.ids();
        assert_eq!((ids.len(), ids.into_values().max()), (400, Some(1)), "each once");
    })
    .await;
}

/// One who breaks over what he carries.
struct Clumsy;

impl Deliver for Clumsy {
    fn deliver<'a>(&'a self, _: &'a Parcel) -> Doing<'a, Delivery> {
        Box::pin(async { panic!("over a parcel") })
    }
}

#[tokio::test]
async fn a_courier_who_breaks_loses_nothing() {
    for_each_backend(async |test| {
        let test = test.sealing();
        test.endpoint("crm", "*").await;
        fill(&test, 3).await;
        let nobody = outbox::deliver_due(&test.app, &Couriers::default()).await.expect("nothing to carry");
        assert_eq!(nobody, 0, "what a process has nobody for is left to others");
        let clumsy = Couriers::default().with(Channel::Webhook, Arc::new(Clumsy));
        assert_eq!(outbox::deliver_due(&test.app, &clumsy).await.expect("carried"), 3);
        assert!(all(&test).await.iter().all(|shown| shown.state == State::Waiting && shown.attempts == 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sender_carries_what_is_pushed_and_ends_when_it_is_asked_to() {
    for_each_backend(async |test| {
        let test = test.sealing();
        test.endpoint("crm", "*").await;
        fill(&test, 200).await;
        let (told, mut arrived) = tokio::sync::mpsc::unbounded_channel();
        let endpoint = FakeEndpoint::answering(move |_| {
            told.send(()).expect("the test listens");
            Ok(FakeEndpoint::status(200))
        });
        let sender = outbox::Sender::start(test.app.clone(), endpoint.couriers(&test));
        for _ in 0..200 {
            arrived.recv().await.expect("the sender lives");
        }
        // Rung by an act of staff, it carries at once what comes later.
        app::endpoints::ping(&test.app, &staff("owner"), 1).await.expect("pinged");
        arrived.recv().await.expect("the sender lives");
        sender.stop().await;
        let sent = all(&test).await;
        assert!(sent.iter().all(|shown| shown.state == State::Sent), "what was begun was ended");
        assert_eq!(sent.len(), 201);
    })
    .await;
}
