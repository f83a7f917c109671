use store::audit::{self, Line};
use store::{StoreError, inspect, plans};
use testkit::for_each_backend;

use crate::make::{day, plan_version};

fn line(seq: i64) -> Line {
    Line {
        seq,
        actor: "staff:elena".to_owned(),
        action: "partner.move".to_owned(),
        entity: "partner:NR00001".to_owned(),
        before: (seq > 1).then(|| "{\"имя\":null}".to_owned()),
        after: None,
        reason: Some(String::new()),
        at: day(5),
        previous_hash: [0; 32],
        hash: [255; 32],
    }
}

#[tokio::test]
async fn the_trail_is_read_back_whole() {
    for_each_backend(async |test| {
        let mut tx = test.app.store.begin().await.expect("a transaction");
        assert_eq!(audit::last(&mut tx).await.expect("read"), None);
        audit::insert_all(&mut tx, &[line(1), line(2)]).await.expect("stored");
        assert_eq!(audit::last(&mut tx).await.expect("read"), Some(line(2)));
        assert_eq!(audit::all(&mut tx).await.expect("read"), [line(1), line(2)]);
        let fork = audit::insert_all(&mut tx, &[line(2)]).await;
        assert!(matches!(fork, Err(StoreError::Taken(_))), "a trail has one end: {fork:?}");
    })
    .await;
}

#[tokio::test]
async fn a_plan_is_proposed_once_and_activated_once() {
    for_each_backend(async |test| {
        let mut tx = test.app.store.begin().await.expect("a transaction");
        let (later, earlier) = (plan_version(1, day(9)), plan_version(2, day(1)));
        plans::insert(&mut tx, &later).await.expect("stored");
        plans::insert(&mut tx, &earlier).await.expect("stored");
        assert_eq!(plans::all(&mut tx).await.expect("read"), [earlier.clone(), later.clone()]);
        assert!(plans::activate(&mut tx, earlier.id, "staff:oleg", day(3)).await.expect("asked"));
        assert!(!plans::activate(&mut tx, earlier.id, "staff:anna", day(4)).await.expect("asked"));
        let (activated_by, activated_at) = (Some("staff:oleg".to_owned()), Some(day(3)));
        let in_force = plans::PlanVersion { activated_by, activated_at, ..earlier };
        assert_eq!(plans::all(&mut tx).await.expect("read"), [in_force, later]);
    })
    .await;
}

#[tokio::test]
async fn a_sound_database_says_so() {
    for_each_backend(async |test| {
        let mut tx = test.app.store.begin_read().await.expect("a transaction");
        inspect::ping(&mut tx).await.expect("it answers");
        assert_eq!(inspect::structure(&mut tx).await.expect("read"), Vec::<String>::new());
        let triggers = inspect::triggers(&mut tx).await.expect("read");
        let missing: Vec<_> =
            inspect::TRIGGERS.iter().filter(|name| !triggers.iter().any(|known| known == *name)).collect();
        assert_eq!(missing, Vec::<&&str>::new());
    })
    .await;
}
