//! Endpoints: signed so that strangers can tell, kept so that strangers cannot read, disabled when nobody
//! hears.

use app::endpoints::{self, Change, EndpointError, NewEndpoint};
use app::outbox::{self, Channel, State};
use app::ports::{Message, Reply, Unanswered};
use domain::actor::Actor;
use domain::notice::Topics;
use domain::outward::{OutwardRules, OutwardUrl};
use domain::webhook::{Secret, Secrets, verify};
use jiff::SignedDuration;
use store::outbox::{Filter, Shown};
use testkit::{FakeEndpoint, TestApp, for_each_backend, header, on_sqlite, staff};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn new(url: &str) -> NewEndpoint {
    NewEndpoint {
        url: OutwardUrl::parse_given(url, &OutwardRules::default()).expect("a public address"),
        description: String::new(),
        topics: Topics::All,
    }
}

async fn ping(test: &TestApp, number: i64) {
    endpoints::ping(&test.app, &staff("owner"), number).await.expect("pinged");
}

async fn all(test: &TestApp) -> Vec<Shown> {
    outbox::list(&test.app, &Filter::default(), 1_000).await.expect("read")
}

fn fits(secret: &str, message: &Message, test: &TestApp) -> bool {
    let secrets = Secrets { standard: vec![Secret::parse(secret).expect("a secret")], legacy: None };
    let header = |name: &str| {
        message.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    };
    verify(&secrets, header, message.body.clone().into_bytes(), test.app.now()).is_ok()
}

#[tokio::test]
async fn what_is_told_is_signed_with_the_secret_that_was_shown() {
    for_each_backend(async |test| {
        let test = test.sealing();
        let secret = test.endpoint("crm", "*").await;
        ping(&test, 1).await;
        let endpoint = FakeEndpoint::default();
        assert_eq!(test.deliver(&endpoint).await, 1);
        let message = endpoint.heard().remove(0);
        assert_eq!(message.to.as_str(), "https://crm.example.com/in");
        assert!(fits(secret.expose(), &message, &test));
        assert!(!fits(testkit::FakeShop::SECRET, &message, &test));
        assert_eq!(header(&message, "webhook-timestamp"), test.app.now().as_second().to_string());
        assert!(header(&message, "webhook-id").starts_with("msg_"));
    })
    .await;
}

#[tokio::test]
async fn both_secrets_sign_until_the_old_one_ends() {
    for_each_backend(async |test| {
        let test = test.sealing();
        let old = test.endpoint("crm", "*").await;
        let new = endpoints::rotate(&test.app, &staff("owner"), 1, HOUR).await.expect("rotated");
        assert_ne!(old, new);
        let endpoint = FakeEndpoint::default();
        for (after, old_fits) in [(SignedDuration::ZERO, true), (HOUR, false)] {
            test.clock.advance(after);
            ping(&test, 1).await;
            test.deliver(&endpoint).await;
            let message = endpoint.heard().pop().expect("heard");
            assert!(fits(new.expose(), &message, &test));
            assert_eq!(fits(old.expose(), &message, &test), old_fits);
            let signatures = header(&message, "webhook-signature");
            assert_eq!(signatures.split(' ').count(), 1 + usize::from(old_fits), "{signatures}");
        }
        // At once: the old one signs nothing more.
        let newest =
            endpoints::rotate(&test.app, &staff("owner"), 1, SignedDuration::ZERO).await.expect("rotated");
        ping(&test, 1).await;
        test.deliver(&endpoint).await;
        let message = endpoint.heard().pop().expect("heard");
        assert!(fits(newest.expose(), &message, &test) && !fits(new.expose(), &message, &test));
        for overlap in [SignedDuration::from_hours(169), SignedDuration::from_secs(-1)] {
            let refused = endpoints::rotate(&test.app, &staff("owner"), 1, overlap).await;
            assert!(matches!(refused, Err(EndpointError::Overlap)), "{refused:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_reads_a_secret_in_the_database() {
    on_sqlite(async |test| {
        let test = test.sealing();
        let secret = test.endpoint("crm", "*").await;
        assert_eq!(format!("{secret:?}"), "NewSecret([REDACTED])");
        let path = test.url.strip_prefix("sqlite://").expect("SQLite").to_owned();
        let bare = secret.expose().strip_prefix("whsec_").expect("a secret").to_owned();
        test.app.store.close().await;
        let mut bytes = std::fs::read(&path).expect("the file");
        bytes.extend(std::fs::read(format!("{path}-wal")).unwrap_or_default());
        let needle = bare.as_bytes();
        assert!(!bytes.windows(needle.len()).any(|window| window == needle));
        assert!(
            bytes.windows(15).any(|window| window == b"crm.example.com"),
            "the search finds what is plain"
        );
    })
    .await;
}

#[tokio::test]
async fn without_the_key_nothing_is_kept_and_nothing_is_lost() {
    for_each_backend(async |test| {
        let test = test.without_a_key();
        let refused = endpoints::add(&test.app, &staff("owner"), &new("https://a.example.com/")).await;
        assert!(matches!(refused, Err(EndpointError::NoKey)), "{refused:?}");
        assert_eq!(endpoints::list(&test.app).await.expect("read"), [], "all or nothing");
        let test = test.sealing();
        test.endpoint("crm", "*").await;
        assert_eq!(endpoints::unreadable(&test.app).await.expect("read"), (1, 0));
        ping(&test, 1).await;
        // Another key, as after a move without the settings.
        let other = app::sealed::Sealer::parse(["b2xkLWtleS1vbGQta2V5LW9sZC1rZXktb2xkLWtleS0="]);
        let lost = TestApp {
            app: test.app.clone().sealing_with(other.expect("a key")),
            clock: test.clock.clone(),
            url: test.url.clone(),
        };
        assert_eq!(endpoints::unreadable(&lost.app).await.expect("read"), (1, 1));
        let endpoint = FakeEndpoint::default();
        assert_eq!(lost.deliver(&endpoint).await, 1);
        assert_eq!(endpoint.heard(), [], "nothing goes out unsigned");
        assert_eq!(all(&test).await[0].state, State::Waiting);
        test.clock.advance(SignedDuration::from_secs(6));
        assert_eq!(test.deliver(&endpoint).await, 1, "with the right key it goes");
        assert_eq!(endpoint.heard().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn one_who_says_gone_is_disabled_and_staff_are_told() {
    for_each_backend(async |test| {
        let test = test.sealing();
        test.endpoint("crm", "*").await;
        test.endpoint("store", "*").await;
        let endpoint = FakeEndpoint::answering(|message| {
            let gone = message.to.host() == "crm.example.com";
            Ok(FakeEndpoint::status(if gone { 410 } else { 200 }))
        });
        ping(&test, 1).await;
        ping(&test, 2).await;
        assert_eq!(test.deliver(&endpoint).await, 2);
        let known = endpoints::list(&test.app).await.expect("read");
        assert_eq!(known[0].disabled.as_deref(), Some("адрес ответил 410: больше не присылать"));
        assert_eq!(known[1].disabled, None);
        let states: Vec<State> = all(&test).await.into_iter().map(|shown| shown.state).collect();
        assert_eq!(states, [State::Sent, State::Dead]);
        let disabled = endpoints::ping(&test.app, &staff("owner"), 1).await;
        assert!(matches!(disabled, Err(EndpointError::Disabled(1))), "{disabled:?}");
        let mut tx = test.app.store.begin_read().await.expect("a transaction");
        let trail = store::audit::all(&mut tx).await.expect("read");
        drop(tx);
        let last = trail.last().expect("an act");
        assert_eq!((last.actor.as_str(), last.action.as_str()), ("system", "endpoint.disable"));
        assert_eq!(last.entity, "endpoint:1");
        // Staff bring it back with what it missed.
        endpoint.answers(|_| Ok(FakeEndpoint::status(200)));
        let back = endpoints::enable(&test.app, &staff("owner"), 1).await.expect("enabled");
        let to = back.id.to_string();
        let again = outbox::resend_dead(&test.app, &staff("owner"), Channel::Webhook, &to).await;
        assert_eq!(again.expect("again"), 1);
        assert_eq!(test.deliver(&endpoint).await, 1);
        assert!(all(&test).await.iter().all(|shown| shown.state == State::Sent));
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn three_days_of_silence_disable_and_one_answer_starts_them_anew() {
    for_each_backend(async |test| {
        let test = test.sealing();
        test.endpoint("crm", "*").await;
        let endpoint = FakeEndpoint::answering(|_| Err(Unanswered("не соединиться".to_owned())));
        let failing = async || endpoints::list(&test.app).await.expect("read")[0].failing_since;
        ping(&test, 1).await;
        test.deliver(&endpoint).await;
        assert_eq!(failing().await, Some(test.app.now()));
        test.clock.advance(HOUR * 70);
        endpoint.answers(|_| Ok(FakeEndpoint::status(200)));
        test.deliver(&endpoint).await;
        assert_eq!(failing().await, None, "something arrived");
        endpoint.answers(|_| Ok(FakeEndpoint::status(500)));
        ping(&test, 1).await;
        test.deliver(&endpoint).await;
        let since = failing().await.expect("it fails");
        while endpoints::list(&test.app).await.expect("read")[0].disabled.is_none() {
            test.clock.advance(HOUR);
            test.deliver(&endpoint).await;
            assert!(test.app.now() < since + HOUR * 100, "at last it is disabled");
        }
        assert!(test.app.now() >= since + HOUR * 72, "not before three days");
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_disabled_or_removed_is_told_nothing() {
    for_each_backend(async |test| {
        let test = test.sealing();
        let endpoint = FakeEndpoint::default();
        for name in ["a", "b", "c"] {
            test.endpoint(name, "*").await;
        }
        for number in 1..=3 {
            ping(&test, number).await;
        }
        let owner = staff("owner");
        endpoints::disable(&test.app, &owner, 1, Some("переезд")).await.expect("disabled");
        endpoints::remove(&test.app, &owner, 2).await.expect("removed");
        let changed = Change { topics: Some(Topics::parse("ping").expect("a kind")), ..Change::default() };
        endpoints::change(&test.app, &owner, 3, &changed).await.expect("changed");
        assert_eq!(test.deliver(&endpoint).await, 1);
        assert_eq!(endpoint.heard()[0].to.host(), "c.example.com");
        let told: Vec<_> =
            all(&test).await.into_iter().map(|shown| (shown.state, shown.outcome.error)).collect();
        let dead = |why: &str| (State::Dead, Some(why.to_owned()));
        assert_eq!(told, [(State::Sent, None), dead("адрес удалён"), dead("переезд")]);
        // What was on its way when the endpoint went ends there too.
        let numbers: Vec<i64> =
            endpoints::list(&test.app).await.expect("read").iter().map(|known| known.number).collect();
        assert_eq!(numbers, [1, 3]);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_its_reason() {
    for_each_backend(async |test| {
        let test = test.sealing();
        test.endpoint("crm", "*").await;
        test.endpoint("store", "*").await;
        let owner = staff("owner");
        let partner = Actor::Partner(domain::partner::PartnerCode::numbered(1));
        let add = async |actor: &Actor, wanted: NewEndpoint| {
            endpoints::add(&test.app, actor, &wanted).await.expect_err("refused").to_string()
        };
        assert_eq!(
            add(&owner, new("https://CRM.example.com:443/in")).await,
            "endpoint 1 has this address already"
        );
        let wordy = NewEndpoint { description: "х".repeat(201), ..new("https://x.example.com/") };
        assert!(add(&owner, wordy).await.starts_with("a description has at most 200"));
        assert_eq!(add(&partner, new("https://x.example.com/")).await, "only staff may change endpoints");
        let unknown = endpoints::disable(&test.app, &owner, 9, None).await;
        assert!(matches!(unknown, Err(EndpointError::Unknown(9))), "{unknown:?}");
        let same = endpoints::enable(&test.app, &owner, 1).await;
        assert!(matches!(same, Err(EndpointError::Unchanged(1))), "{same:?}");
        let to_known = Change { url: Some(new("https://crm.example.com/in").url), ..Change::default() };
        let taken = endpoints::change(&test.app, &owner, 2, &to_known).await;
        assert!(matches!(taken, Err(EndpointError::Known(1))), "{taken:?}");
    })
    .await;
}

#[tokio::test]
async fn an_address_that_rules_no_longer_allow_is_not_called() {
    for_each_backend(async |test| {
        let test = test.sealing();
        let rules = OutwardRules { ports: Vec::new(), own_hosts: vec!["crm.lan".to_owned()] };
        let wanted = NewEndpoint {
            url: OutwardUrl::parse_given("http://crm.lan:9000/in", &rules).expect("the owner's own"),
            description: String::new(),
            topics: Topics::All,
        };
        endpoints::add(&test.app, &staff("owner"), &wanted).await.expect("added");
        ping(&test, 1).await;
        let endpoint = FakeEndpoint::default();
        assert_eq!(test.deliver(&endpoint).await, 1, "carried by one whose settings name no own host");
        assert_eq!(endpoint.heard(), []);
        let shown = all(&test).await.remove(0);
        assert_eq!(shown.state, State::Waiting);
        let error = shown.outcome.error.expect("why");
        assert!(error.starts_with("не отправлено: адрес должен начинаться с https://"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_kept_for_staff() {
    for_each_backend(async |test| {
        let test = test.sealing();
        test.endpoint("crm", "*").await;
        let endpoint = FakeEndpoint::answering(|_| {
            Ok(Reply { status: 422, retry_after: None, body: "не\nпонял".to_owned() })
        });
        ping(&test, 1).await;
        test.deliver(&endpoint).await;
        let outcome = all(&test).await.remove(0).outcome;
        assert_eq!((outcome.status, outcome.answer.as_deref()), (Some(422), Some("не понял")));
    })
    .await;
}
