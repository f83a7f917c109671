use domain::ids::UserId;
use jiff::Timestamp;
use store::idempotency::{self, Kept, Keyed, Known};
use testkit::for_each_backend;

use crate::make::{day, uuid};

fn keyed(user: u32, key: &str) -> Keyed {
    let (user, route) = (UserId::new(uuid(user)), "POST /x".to_owned());
    Keyed { user, key: key.to_owned(), route, body_hash: [7; 32] }
}

fn known(request: Keyed, run: u32, leased_until: Timestamp, answer: Option<Kept>) -> Known {
    Known { request, run: uuid(run), leased_until, answer }
}

#[tokio::test]
async fn a_key_is_leased_answered_taken_over_and_forgotten() {
    for_each_backend(async |test| {
        let mut tx = test.app.store.begin().await.expect("a transaction");
        let request = keyed(1, "k");
        assert!(idempotency::begin(&mut tx, &request, uuid(11), day(2), day(1)).await.expect("stored"));
        assert!(!idempotency::begin(&mut tx, &request, uuid(12), day(2), day(1)).await.expect("asked"));
        assert!(
            idempotency::begin(&mut tx, &keyed(2, "k"), uuid(13), day(2), day(1)).await.expect("stored"),
            "of another user"
        );
        let first = idempotency::known(&mut tx, request.user, "k").await.expect("read");
        assert_eq!(first, Some(known(request.clone(), 11, day(2), None)));
        assert_eq!(idempotency::known(&mut tx, request.user, "other").await.expect("read"), None);

        let first = first.expect("it is there");
        assert!(idempotency::take_over(&mut tx, &first, uuid(14), day(4)).await.expect("asked"));
        assert!(
            !idempotency::take_over(&mut tx, &first, uuid(15), day(4)).await.expect("asked"),
            "it has gone on"
        );
        let kept = Kept { status: 201, headers: "{}".to_owned(), body: vec![0, 159] };
        idempotency::finish(&mut tx, request.user, "k", uuid(11), &kept).await.expect("asked");
        let taken = idempotency::known(&mut tx, request.user, "k").await.expect("read");
        assert_eq!(
            taken,
            Some(known(request.clone(), 14, day(4), None)),
            "who lost the lease answers no more"
        );
        idempotency::finish(&mut tx, request.user, "k", uuid(14), &kept).await.expect("stored");
        idempotency::abandon(&mut tx, request.user, "k", uuid(14)).await.expect("asked");
        let answered = idempotency::known(&mut tx, request.user, "k").await.expect("read");
        assert_eq!(answered, Some(known(request.clone(), 14, day(4), Some(kept))), "an answer stays");

        idempotency::abandon(&mut tx, UserId::new(uuid(2)), "k", uuid(13)).await.expect("stored");
        assert_eq!(idempotency::known(&mut tx, UserId::new(uuid(2)), "k").await.expect("read"), None);
        assert_eq!(idempotency::forget_before(&mut tx, day(1)).await.expect("asked"), 0);
        assert_eq!(idempotency::forget_before(&mut tx, day(2)).await.expect("stored"), 1);
    })
    .await;
}
