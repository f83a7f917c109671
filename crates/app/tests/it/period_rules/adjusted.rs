//! What comes in after a close: refunds, cancellations, late orders, late fees.

use app::orders::Received;
use testkit::{FakeShop, OrderDraft, for_each_backend};

use super::{balances, close_january, january_is_over};

/// Tells the shop's event and lets the worker work.
async fn told(test: &testkit::TestApp, event: &serde_json::Value) {
    let received = FakeShop::default().send(test, event).await;
    assert_eq!(received, Received::Accepted);
}

/// Boris' order of January.
fn of_boris() -> OrderDraft {
    let paid_at = "2026-01-15T12:00:00+03:00";
    OrderDraft::new("S-1", "BORIS", 1, "10000.00", paid_at).paid_at(paid_at)
}

/// Anna's.
fn of_anna() -> OrderDraft {
    let paid_at = "2026-01-20T12:00:00+03:00";
    OrderDraft::new("S-2", "ANNA", 1, "6000.00", paid_at).paid_at(paid_at)
}

#[tokio::test]
async fn a_cancellation_takes_back_every_bonus_that_stood_on_the_order() {
    for_each_backend(async |test| {
        let company = january_is_over(&test).await;
        close_january(&test).await;
        told(&test, &of_boris().event("order.cancelled")).await;
        // Left: Anna's 10 % of her own 6 000, and the root's match of it.
        assert_eq!(balances(&company).await, [("ROOT", 60_00), ("ANNA", 600_00), ("BORIS", 0)]);
        test.assert_verified().await;
        // The closed month itself is as it was.
        let closed = app::periods::list(&test.app).await.expect("periods");
        assert_eq!(closed.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_order_that_comes_late_counts_as_if_it_had_been_there() {
    for_each_backend(async |test| {
        let company = january_is_over(&test).await;
        close_january(&test).await;
        company.buys("S-3", "BORIS", "5000.00", "2026-01-31T12:00:00+03:00").await;
        // Boris has a group of 15 000: 10 % of it, so nothing is left to Anna of him but the match.
        assert_eq!(balances(&company).await, [("ROOT", 60_00), ("ANNA", 750_00), ("BORIS", 1_500_00)]);
        test.assert_verified().await;
        // Once more changes nothing.
        let before = app::ledger::digest(&test.app).await.expect("the ledger");
        test.work().await;
        assert_eq!(app::ledger::digest(&test.app).await.expect("the ledger"), before);
    })
    .await;
}

#[tokio::test]
async fn a_refund_gives_back_its_share_at_the_percentages_of_the_close() {
    for_each_backend(async |test| {
        let company = january_is_over(&test).await;
        close_january(&test).await;
        told(&test, &of_anna().refund("R-1", &[(1, 1)], "2026-02-02T11:00:00+03:00")).await;
        // Without her 6 000 Anna's group would be 10 000 and her percentage 6 %; what she has of Boris stays.
        assert_eq!(balances(&company).await, [("ROOT", 40_00), ("ANNA", 460_00), ("BORIS", 600_00)]);
        test.assert_verified().await;
    })
    .await;
}
