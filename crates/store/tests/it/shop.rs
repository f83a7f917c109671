use domain::catalog::{ProductKind, ProductTerms};
use domain::money::Money;
use domain::offer::Source;
use store::shop::{self, Counts, Link, Outcome, Sync, Taken};
use store::{Store, StoreError, Tx, products};
use testkit::for_each_backend;

use crate::make::{day, external, product, uuid};

async fn begin(store: &Store) -> Tx {
    store.begin().await.expect("a transaction")
}

fn link(id: &str, product: u32) -> Link {
    Link {
        source: Source::Yml,
        external_id: external(id),
        product: crate::make::product(product, "X", ProductKind::Goods, day(1)).id,
        category: Some("Присадки".to_owned()),
        available: Some(false),
        vanished_at: None,
    }
}

#[tokio::test]
async fn a_product_is_read_with_its_last_terms_and_gets_another_name() {
    for_each_backend(async |test| {
        let mut tx = begin(&test.app.store).await;
        let first = product(1, "RVS", ProductKind::Goods, day(1));
        let other = product(2, "OIL", ProductKind::Goods, day(1));
        products::insert_all(&mut tx, &[first.clone(), other.clone()], day(1)).await.expect("stored");
        let terms = ProductTerms { price: Money::from_minor(7), ..first.terms };
        let later = domain::catalog::Product { terms, since: day(3), ..first.clone() };
        let between = domain::catalog::Product { since: day(2), ..first.clone() };
        products::insert_terms(&mut tx, &[later.clone(), between], day(3)).await.expect("stored");
        assert_eq!(products::latest(&mut tx).await.expect("read"), [other.clone(), later.clone()]);
        let names = [(first.id, "РВС <b>100</b>".to_owned())];
        products::rename_all(&mut tx, &names).await.expect("renamed");
        let renamed = domain::catalog::Product { name: "РВС <b>100</b>".to_owned(), ..later };
        assert_eq!(products::latest(&mut tx).await.expect("read"), [other, renamed]);
    })
    .await;
}

#[tokio::test]
async fn a_link_keeps_what_its_source_told_last() {
    for_each_backend(async |test| {
        let mut tx = begin(&test.app.store).await;
        let goods = [1, 2].map(|number| product(number, &format!("P-{number}"), ProductKind::Goods, day(1)));
        products::insert_all(&mut tx, &goods, day(1)).await.expect("stored");
        let bare = Link { category: None, available: None, ..link("b", 2) };
        let other = Link { source: Source::Api, ..link("a", 2) };
        shop::put_links(&mut tx, &[link("a", 1), bare.clone(), other.clone()], day(2)).await.expect("stored");
        assert_eq!(shop::links(&mut tx, Source::Yml).await.expect("read"), [link("a", 1), bare.clone()]);
        assert_eq!(shop::links(&mut tx, Source::Api).await.expect("read"), [other]);
        assert_eq!(shop::links(&mut tx, Source::CommerceMl).await.expect("read"), []);
        let gone =
            Link { vanished_at: Some(day(3)), category: Some("Масла".to_owned()), ..link("a", 2) };
        shop::put_links(&mut tx, &[gone.clone()], day(3)).await.expect("stored");
        assert_eq!(shop::links(&mut tx, Source::Yml).await.expect("read"), [gone, bare]);
        let unknown = shop::put_links(&mut tx, &[link("c", 99)], day(3)).await;
        assert!(matches!(unknown, Err(StoreError::Database(_))), "{unknown:?}");
    })
    .await;
}

#[tokio::test]
async fn of_a_source_is_known_what_was_taken_last() {
    for_each_backend(async |test| {
        let mut tx = begin(&test.app.store).await;
        assert_eq!(shop::taken(&mut tx, Source::Api).await.expect("read"), None);
        let first = Taken {
            source: Source::Api,
            told_at: None,
            read_as: "https://shop.example/api".to_owned(),
            etag: Some("\"a\"".to_owned()),
            last_modified: None,
        };
        shop::put_taken(&mut tx, &first).await.expect("stored");
        assert_eq!(shop::taken(&mut tx, Source::Api).await.expect("read"), Some(first.clone()));
        let modified = Some("Sat, 10 Jan 2026 09:00:00 GMT".to_owned());
        let next = Taken { told_at: Some(day(4)), etag: None, last_modified: modified, ..first };
        shop::put_taken(&mut tx, &next).await.expect("stored");
        assert_eq!(shop::taken(&mut tx, Source::Api).await.expect("read"), Some(next));
        assert_eq!(shop::taken(&mut tx, Source::Yml).await.expect("read"), None);
    })
    .await;
}

#[tokio::test]
async fn syncs_are_remembered_the_latest_first() {
    for_each_backend(async |test| {
        let mut tx = begin(&test.app.store).await;
        let sync = |number: u32, outcome, problem: Option<&str>| Sync {
            id: uuid(number),
            source: Source::CommerceMl,
            actor: "staff:elena".to_owned(),
            started_at: day(number),
            ended_at: day(number + 1),
            outcome,
            problem: problem.map(str::to_owned),
            told_at: problem.is_none().then(|| day(1)),
            digest: problem.is_none().then_some([7; 32]),
            counts: Counts {
                told: 7,
                added: 1,
                repriced: 2,
                renamed: 3,
                vanished: 4,
                returned: 5,
                refused: u64::from(number),
            },
        };
        let all = [
            sync(1, Outcome::Applied, None),
            sync(2, Outcome::Unchanged, None),
            sync(3, Outcome::Held, Some("пусто")),
            sync(4, Outcome::Failed, Some("нет ответа")),
        ];
        for one in &all {
            shop::insert_sync(&mut tx, one).await.expect("stored");
        }
        let expected: Vec<Sync> = all.iter().rev().take(3).cloned().collect();
        assert_eq!(shop::syncs(&mut tx, 3).await.expect("read"), expected);
        let silent = shop::insert_sync(&mut tx, &sync(5, Outcome::Failed, None)).await;
        assert!(matches!(silent, Err(StoreError::Database(_))), "a failure says why: {silent:?}");
    })
    .await;
}
