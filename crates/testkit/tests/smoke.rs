//! The shortest road through the whole program: a partner buys, his sponsors earn.

use app::orders::Received;
use testkit::{Company, FakeShop, OrderDraft, for_each_backend, rub};

#[tokio::test]
async fn a_paid_order_pays_the_sponsors_above() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["ROOT", "ANNA", "BORIS", "BUYER"]).await;
        let order = OrderDraft::new("S-1", "BUYER", 2, "5000.00", "2026-01-09T10:00:00+03:00")
            .paid_at("2026-01-09T11:00:00+03:00");
        let shop = FakeShop::default();
        assert_eq!(shop.send(&test, &order.event("order.paid")).await, Received::Accepted);
        assert_eq!(shop.send(&test, &order.event("order.paid")).await, Received::Duplicate);
        assert_eq!(shop.send(&test, &order.event("order.completed")).await, Received::Duplicate);
        let mut totals = Vec::new();
        for code in ["BORIS", "ANNA", "ROOT", "BUYER"] {
            totals.push(company.balance(code).await.total);
        }
        assert_eq!(totals, [rub(2_000), rub(1_000), rub(500), rub(0)]);
        assert_eq!(company.balance("BORIS").await.available, rub(0), "on hold for 14 days");
        test.assert_verified().await;
        assert_eq!(
            shop.send(&test, &order.refund("R-1", &[(1, 1)], "2026-01-10T10:00:00+03:00")).await,
            Received::Accepted
        );
        assert_eq!(company.balance("BORIS").await.total, rub(1_000));
        test.assert_verified().await;
    })
    .await;
}
