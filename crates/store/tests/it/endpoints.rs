use domain::ids::EndpointId;
use domain::notice::Topics;
use store::endpoints::{self, Endpoint, SealedSecret};
use store::{StoreError, Tx};
use testkit::for_each_backend;

use crate::make::{day, uuid};

fn id(number: u32) -> EndpointId {
    EndpointId::new(uuid(number))
}

fn endpoint(number: u32) -> Endpoint {
    Endpoint {
        id: id(number),
        number: i64::from(number),
        url: format!("https://hooks.example.com/{number}"),
        description: "Склад «Север»".to_owned(),
        topics: Topics::parse("order.paid,ping").expect("kinds"),
        disabled: None,
        failing_since: None,
        created_at: day(5),
    }
}

fn secret(number: u32, made: u32) -> SealedSecret {
    SealedSecret { id: uuid(number), sealed: vec![0, 255, 7], created_at: day(made), until: None }
}

async fn signing(tx: &mut Tx, endpoint: u32, at: u32) -> Vec<SealedSecret> {
    endpoints::secrets(tx, id(endpoint), day(at)).await.expect("read")
}

#[tokio::test]
async fn an_endpoint_is_read_back_whole_and_changed_whole() {
    for_each_backend(async |test| {
        let mut tx = test.app.store.begin().await.expect("a transaction");
        assert_eq!(endpoints::next_number(&mut tx).await.expect("read"), 1);
        for number in [2, 1] {
            endpoints::insert(&mut tx, &endpoint(number)).await.expect("stored");
        }
        assert_eq!(endpoints::next_number(&mut tx).await.expect("read"), 3);
        assert_eq!(endpoints::all(&mut tx).await.expect("read"), [endpoint(1), endpoint(2)]);
        assert_eq!(endpoints::by_number(&mut tx, 2).await.expect("read"), Some(endpoint(2)));
        assert_eq!(endpoints::by_number(&mut tx, 3).await.expect("read"), None);
        assert_eq!(endpoints::by_id(&mut tx, id(1)).await.expect("read"), Some(endpoint(1)));
        assert_eq!(endpoints::by_id(&mut tx, id(3)).await.expect("read"), None);
        let changed = Endpoint {
            url: "https://other.example.com/".to_owned(),
            description: String::new(),
            topics: Topics::All,
            disabled: Some("410".to_owned()),
            failing_since: Some(day(6)),
            ..endpoint(2)
        };
        endpoints::update(&mut tx, &changed).await.expect("stored");
        assert_eq!(endpoints::by_id(&mut tx, id(2)).await.expect("read"), Some(changed));
        let topics = endpoint(1).topics;
        assert_eq!(
            endpoints::listening(&mut tx).await.expect("read"),
            [(id(1), topics)],
            "not the disabled one"
        );
        let taken = endpoints::insert(&mut tx, &Endpoint { id: id(9), ..endpoint(1) }).await;
        assert!(matches!(taken, Err(StoreError::Taken(_))), "a number is given once: {taken:?}");
    })
    .await;
}

#[tokio::test]
async fn the_first_failure_counts_until_something_arrives() {
    for_each_backend(async |test| {
        let mut tx = test.app.store.begin().await.expect("a transaction");
        endpoints::insert(&mut tx, &endpoint(1)).await.expect("stored");
        for (told, kept) in
            [(Some(6), Some(6)), (Some(7), Some(6)), (None, None), (None, None), (Some(8), Some(8))]
        {
            endpoints::set_failing(&mut tx, id(1), told.map(day)).await.expect("stored");
            let found = endpoints::by_id(&mut tx, id(1)).await.expect("read").expect("there");
            assert_eq!(found.failing_since, kept.map(day));
        }
    })
    .await;
}

#[tokio::test]
async fn an_old_secret_signs_until_its_end() {
    for_each_backend(async |test| {
        let mut tx = test.app.store.begin().await.expect("a transaction");
        endpoints::insert(&mut tx, &endpoint(1)).await.expect("stored");
        endpoints::insert(&mut tx, &endpoint(2)).await.expect("stored");
        endpoints::add_secret(&mut tx, id(1), &secret(11, 5)).await.expect("stored");
        endpoints::add_secret(&mut tx, id(2), &secret(12, 5)).await.expect("stored");
        assert_eq!(signing(&mut tx, 1, 5).await, [secret(11, 5)]);
        endpoints::end_secrets(&mut tx, id(1), day(8)).await.expect("stored");
        endpoints::add_secret(&mut tx, id(1), &secret(13, 6)).await.expect("stored");
        let old = SealedSecret { until: Some(day(8)), ..secret(11, 5) };
        assert_eq!(signing(&mut tx, 1, 7).await, [secret(13, 6), old.clone()], "the newest first");
        assert_eq!(signing(&mut tx, 1, 8).await, [secret(13, 6)]);
        assert_eq!(signing(&mut tx, 2, 8).await, [secret(12, 5)], "another endpoint's stays");
        endpoints::end_secrets(&mut tx, id(1), day(9)).await.expect("stored");
        assert_eq!(signing(&mut tx, 1, 7).await[1].until, Some(day(8)), "an end is never put off");
        endpoints::forget_secrets(&mut tx, id(1), day(8)).await.expect("forgotten");
        assert_eq!(signing(&mut tx, 1, 1).await.len(), 1, "what signs no more is gone");
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_takes_its_secrets_along() {
    for_each_backend(async |test| {
        let mut tx = test.app.store.begin().await.expect("a transaction");
        endpoints::insert(&mut tx, &endpoint(1)).await.expect("stored");
        endpoints::add_secret(&mut tx, id(1), &secret(11, 5)).await.expect("stored");
        endpoints::remove(&mut tx, id(1)).await.expect("removed");
        assert_eq!(endpoints::all(&mut tx).await.expect("read"), []);
        assert_eq!(signing(&mut tx, 1, 5).await, []);
    })
    .await;
}
