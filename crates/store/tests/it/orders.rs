use std::collections::BTreeMap;

use domain::catalog::{ProductKind, ProductTerms, Volume};
use domain::ids::{PartnerId, RefundId};
use domain::money::Money;
use domain::order::{Order, Refund};
use store::orders::{self, Stored};
use store::receipts::{self, Receipt, Verdict};
use store::{Store, StoreError, Tx, products};
use testkit::for_each_backend;

use crate::make::{company, day, external, order, partner_id, product, uuid};

async fn begin(store: &Store) -> Tx {
    store.begin().await.expect("a transaction")
}

fn refund(number: u32, lines: &[(u32, u32)]) -> Refund {
    Refund {
        id: RefundId::new(uuid(50_000 + number)),
        external_id: external(&format!("R-{number}")),
        refunded_at: day(7),
        lines: lines.iter().copied().collect::<BTreeMap<_, _>>(),
    }
}

fn stored(order: Order, version: i64) -> Stored {
    Stored { body_hash: order.body_hash().to_vec(), order, version }
}

#[tokio::test]
async fn an_order_is_read_back_whole_by_whatever_names_it() {
    for_each_backend(async |test| {
        company(&test.app.store).await;
        let mut tx = begin(&test.app.store).await;
        let mut third = Order { buyer: None, seller: Some(partner_id(2)), number: None, ..order(3, None) };
        third.refunds = vec![refund(1, &[(1, 1), (2, 2)]), refund(2, &[(1, 1)])];
        orders::insert_all(&mut tx, std::slice::from_ref(&third), day(6)).await.expect("stored");
        let third = stored(third, 1);
        assert_eq!(orders::by_ids(&mut tx, &[third.order.id]).await.expect("read"), [third.clone()]);
        let keys = ["O-3".to_owned(), "O-99".to_owned()];
        assert_eq!(orders::by_keys(&mut tx, &external("shop"), &keys).await.expect("read"), [third.clone()]);
        assert_eq!(orders::by_keys(&mut tx, &external("other"), &keys).await.expect("read"), []);
        for text in ["O-3", "shop/O-3"] {
            assert_eq!(orders::find(&mut tx, text).await.expect("read"), [third.clone()], "{text}");
        }
        let first = stored(order(1, Some(4)), 1);
        assert_eq!(orders::find(&mut tx, "№ 1").await.expect("read"), [first.clone()]);
        assert_eq!(orders::find(&mut tx, "O").await.expect("read"), []);
        let second = stored(order(2, Some(5)), 1);
        assert_eq!(orders::all(&mut tx).await.expect("read"), [first, second, third]);
        assert_eq!(orders::counts(&mut tx).await.expect("read"), (3, 2, 0));
        let causes = store::transfers::causes_of(&mut tx, &[uuid(50_001)]).await.expect("read");
        assert_eq!(causes, [(uuid(50_001), "shop/O-3 refund R-1".to_owned())]);
    })
    .await;
}

#[tokio::test]
async fn a_change_is_stored_only_over_the_version_that_was_read() {
    for_each_backend(async |test| {
        company(&test.app.store).await;
        let mut tx = begin(&test.app.store).await;
        let mut changed = order(1, Some(4));
        (changed.delivered_at, changed.cancelled_at, changed.number) =
            (Some(day(8)), Some(day(9)), Some("7".to_owned()));
        changed.refunds.push(refund(1, &[(1, 1)]));
        orders::update_all(&mut tx, &[(changed.clone(), 1, 0)], day(9)).await.expect("stored");
        assert_eq!(orders::by_ids(&mut tx, &[changed.id]).await.expect("read"), [stored(changed.clone(), 2)]);
        changed.refunds.push(refund(2, &[(1, 1)]));
        orders::update_all(&mut tx, &[(changed.clone(), 2, 1)], day(9)).await.expect("stored");
        assert_eq!(orders::by_ids(&mut tx, &[changed.id]).await.expect("read"), [stored(changed.clone(), 3)]);
        tx.commit().await.expect("committed");
        let mut tx = begin(&test.app.store).await;
        let outdated =
            orders::update_all(&mut tx, &[(order(2, Some(5)), 1, 0), (changed, 2, 2)], day(9)).await;
        assert!(outdated.as_ref().is_err_and(StoreError::is_worth_retrying), "{outdated:?}");
    })
    .await;
}

#[tokio::test]
async fn an_order_and_a_refund_are_stored_once() {
    for_each_backend(async |test| {
        company(&test.app.store).await;
        let same_key = Order { id: order(9, None).id, ..order(1, Some(4)) };
        let refused = orders::insert_all(&mut begin(&test.app.store).await, &[same_key], day(6)).await;
        assert!(matches!(refused, Err(StoreError::Taken(_))), "{refused:?}");
        let mut twice = order(1, Some(4));
        twice.refunds = vec![refund(1, &[(1, 1)]), Refund { id: refund(2, &[]).id, ..refund(1, &[(1, 1)]) }];
        let refused = orders::update_all(&mut begin(&test.app.store).await, &[(twice, 1, 0)], day(6)).await;
        assert!(matches!(refused, Err(StoreError::Taken(_))), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn the_first_order_of_a_buyer_is_the_one_paid_first() {
    for_each_backend(async |test| {
        company(&test.app.store).await;
        let mut tx = begin(&test.app.store).await;
        let all: [PartnerId; 2] = [partner_id(1), partner_id(2)];
        let first = orders::first_paid(&mut tx, &all).await.expect("read");
        assert_eq!(first, [(partner_id(1), order(1, None).id)].into_iter().collect());
        let earlier = Order { buyer: Some(partner_id(2)), ..order(8, Some(4)) };
        let tied = Order { buyer: Some(partner_id(2)), ..order(7, Some(4)) };
        let unpaid = Order { buyer: Some(partner_id(2)), ..order(6, None) };
        orders::insert_all(&mut tx, &[earlier, tied, unpaid, order(5, Some(3))], day(6))
            .await
            .expect("stored");
        let first = orders::first_paid(&mut tx, &all).await.expect("read");
        let expected = [(partner_id(1), order(5, None).id), (partner_id(2), order(7, None).id)];
        assert_eq!(first, expected.into_iter().collect(), "of equals the least id");
    })
    .await;
}

#[tokio::test]
async fn products_keep_every_price_they_had() {
    for_each_backend(async |test| {
        let mut tx = begin(&test.app.store).await;
        let (goods, fee) =
            (product(1, "RVS", ProductKind::Goods, day(1)), product(2, "FEE", ProductKind::Fee, day(1)));
        products::insert_all(&mut tx, &[goods.clone(), fee.clone()], day(2)).await.expect("stored");
        let terms = ProductTerms { price: Money::from_minor(1), cost: Money::ZERO, volume: Volume(0) };
        let later = domain::catalog::Product { terms, since: day(5), ..goods.clone() };
        products::insert_terms(&mut tx, std::slice::from_ref(&later), day(5)).await.expect("stored");
        let skus = ["RVS".to_owned(), "NONE".to_owned()];
        assert_eq!(products::by_skus(&mut tx, &skus).await.expect("read"), [later.clone(), goods.clone()]);
        assert_eq!(products::all(&mut tx).await.expect("read"), [fee, later, goods.clone()]);
        tx.commit().await.expect("committed");
        let same_sku = product(3, "RVS", ProductKind::Goods, day(1));
        let refused = products::insert_all(&mut begin(&test.app.store).await, &[same_sku], day(2)).await;
        assert!(matches!(refused, Err(StoreError::Taken(_))), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn a_webhook_that_comes_again_is_counted_and_its_first_verdict_stays() {
    for_each_backend(async |test| {
        company(&test.app.store).await;
        let mut tx = begin(&test.app.store).await;
        let receipt = |number, verdict, hash| Receipt {
            id: domain::ids::ReceiptId::new(uuid(number)),
            message_id: "m-1".to_owned(),
            body_hash: [hash; 32],
            body: vec![0, 159, 146, 150],
            headers: "{}".to_owned(),
            verdict,
            problem: None,
            order: Some(order(1, None).id),
            deliveries: 1,
            received_at: day(5),
        };
        receipts::upsert_all(&mut tx, &[receipt(1, Verdict::Accepted, 1)]).await.expect("stored");
        let again = [receipt(2, Verdict::Duplicate, 1), receipt(3, Verdict::Conflict, 2)];
        receipts::upsert_all(&mut tx, &again).await.expect("stored");
        let counts = receipts::count_by_verdict(&mut tx).await.expect("read");
        assert_eq!(counts, [("accepted".to_owned(), 1), ("conflict".to_owned(), 1)]);
        let row = |hash, verdict: &str| {
            let (body, order) = (vec![0, 159, 146, 150], Some(order(1, None).id.uuid()));
            ("m-1".to_owned(), vec![hash; 32], body, verdict.to_owned(), order)
        };
        assert_eq!(receipts::all(&mut tx).await.expect("read"), [row(1, "accepted"), row(2, "conflict")]);
    })
    .await;
}
