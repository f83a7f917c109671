//! Whatever sequence of answers comes: the products are those of the last good one, and histories of
//! prices only grow.

use std::collections::BTreeMap;

use app::catalog::sync::SyncOutcome;
use app::ports::catalogue::Reading;
use proptest::prelude::*;
use testkit::{TestApp, on_sqlite};

use super::script::{WANTED, broken, listing, offer, refused, sync};

/// What a shop answers: its products by number, each with a price and a name, some told wrongly; or nothing
/// that can be read.
#[derive(Debug, Clone)]
enum Answer {
    Told { goods: BTreeMap<u8, (i64, u8)>, wrong: Vec<u8>, accepted: bool },
    Empty,
    Broken,
    Unchanged,
}

fn answers() -> impl Strategy<Value = Vec<Answer>> {
    let goods = proptest::collection::btree_map(0..8u8, (1..5i64, 0..3u8), 1..8);
    let told = (goods, proptest::collection::vec(0..8u8, 0..2), any::<bool>());
    let told = told.prop_map(|(goods, wrong, accepted)| Answer::Told { goods, wrong, accepted });
    let answer = prop_oneof![6 => told, 1 => Just(Answer::Empty), 1 => Just(Answer::Broken), 1 => Just(Answer::Unchanged)];
    proptest::collection::vec(answer, 1..12)
}

type History = BTreeMap<String, Vec<(i64, i64)>>;

async fn histories(test: &TestApp) -> History {
    let all =
        store::products::all(&mut test.app.store.begin_read().await.expect("read")).await.expect("read");
    let mut histories = History::new();
    for product in all.iter().rev() {
        let version = (product.since.as_microsecond(), product.terms.price.minor());
        histories.entry(product.sku.to_string()).or_default().push(version);
    }
    histories
}

async fn names(test: &TestApp) -> BTreeMap<String, String> {
    let all = app::catalog::list(&test.app).await.expect("read");
    all.into_iter().map(|product| (product.sku.to_string(), product.name)).collect()
}

async fn answered(test: &TestApp, answer: &Answer) -> (bool, BTreeMap<String, (i64, String)>) {
    let Answer::Told { goods, wrong, accepted } = answer else {
        let shop = match answer {
            Answer::Empty => Reading::Told(listing([])).into(),
            Answer::Broken => broken("оборвано"),
            Answer::Told { .. } | Answer::Unchanged => Reading::Unchanged.into(),
        };
        sync(test, &shop, WANTED).await;
        return (false, BTreeMap::new());
    };
    let right = || goods.iter().filter(|(number, _)| !wrong.contains(number));
    let rows = right().map(|(number, (price, name))| {
        offer(&number.to_string(), &format!("S{number}"), &format!("Имя {name}"), *price)
    });
    let rows = rows.chain(wrong.iter().map(|number| refused(&number.to_string())));
    let wanted = app::catalog::sync::Wanted { accept_vanished: *accepted, ..WANTED };
    let report = sync(test, &Reading::Told(listing(rows)).into(), wanted).await;
    let told = right().map(|(number, (price, name))| (format!("S{number}"), (*price, format!("Имя {name}"))));
    (report.outcome == SyncOutcome::Applied, told.collect())
}

async fn holds(test: &TestApp, answers: &[Answer]) {
    let mut expected: BTreeMap<String, (i64, String)> = BTreeMap::new();
    let mut before = History::new();
    for answer in answers {
        test.clock.advance(jiff::SignedDuration::from_mins(1));
        let (is_applied, told) = answered(test, answer).await;
        if is_applied {
            // What is told no more stays as it was told last.
            expected.extend(told);
        }
        let after = histories(test).await;
        for (sku, versions) in &before {
            assert!(
                after.get(sku).is_some_and(|now| now.starts_with(versions)),
                "{sku}: {before:?} {after:?}"
            );
        }
        for (sku, versions) in &after {
            assert!(
                versions.is_sorted_by(|one, next| one.0 < next.0 && one.1 != next.1),
                "{sku}: {versions:?}"
            );
        }
        let names = names(test).await;
        let current: BTreeMap<_, _> = after
            .iter()
            .map(|(sku, versions)| (sku.clone(), (versions[versions.len() - 1].1, names[sku].clone())))
            .collect();
        assert_eq!(current, expected);
        before = after;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn products_are_those_of_the_last_good_answer_and_histories_only_grow(answers in answers()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(on_sqlite(async |test| holds(&test, &answers).await));
    }
}
