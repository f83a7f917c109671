use domain::activity::Span;
use domain::catalog::ProductKind;
use domain::link::Campaign;
use jiff::civil::{Date, date};
use store::link_clicks::{self, Clicks};
use testkit::for_each_backend;

use crate::make::{day, order, partner_id, people, product};

fn clicks(partner: u32, on: Date, source: &str, name: &str, clicks: u64) -> Clicks {
    let campaign = Campaign { source: source.to_owned(), name: name.to_owned() };
    Clicks { partner: partner_id(partner), day: on, campaign, clicks }
}

#[tokio::test]
async fn clicks_are_added_up_by_day_and_label() {
    for_each_backend(async |test| {
        let mut tx = test.app.store.begin().await.expect("a transaction");
        people(&mut tx, 2, |number| (number > 1).then_some(1)).await;
        let (first, second) = (date(2026, 1, 31), date(2026, 2, 1));
        let told = [
            clicks(1, first, "", "", 3),
            clicks(1, first, "vk", "зима", 2),
            clicks(1, second, "vk", "зима", 5),
            clicks(2, first, "vk", "зима", 7),
        ];
        link_clicks::add_all(&mut tx, &told).await.expect("stored");
        link_clicks::add_all(&mut tx, &[clicks(1, first, "vk", "зима", 10)]).await.expect("added");
        let found = link_clicks::of_partner(&mut tx, partner_id(1), first, second).await.expect("read");
        let expected = [
            clicks(1, first, "", "", 3),
            clicks(1, first, "vk", "зима", 12),
            clicks(1, second, "vk", "зима", 5),
        ];
        assert_eq!(found, expected);
        let of_first = link_clicks::of_partner(&mut tx, partner_id(1), first, first).await.expect("read");
        assert_eq!(of_first, expected[..2]);
        let both = [partner_id(1), partner_id(2)];
        let mut labels = link_clicks::labels_of(&mut tx, first, &both).await.expect("read");
        labels.sort();
        let label = |clicks: &Clicks| (clicks.partner, clicks.campaign.clone());
        assert_eq!(labels, [label(&told[0]), label(&told[1]), label(&told[3])]);
    })
    .await;
}

#[tokio::test]
async fn what_came_of_a_link_is_found_by_its_owner() {
    for_each_backend(async |test| {
        let mut tx = test.app.store.begin().await.expect("a transaction");
        people(&mut tx, 3, |number| (number > 1).then_some(if number == 2 { 1 } else { 2 })).await;
        let goods = product(1, "RVS", ProductKind::Goods, day(1));
        store::products::insert_all(&mut tx, &[goods], day(2)).await.expect("products are stored");
        let all = Span { from: day(1), until: day(2) };
        let joined = async |tx: &mut store::Tx, inviter, over| {
            store::partners::joined_by_invitation(tx, partner_id(inviter), over).await.expect("read")
        };
        assert_eq!(joined(&mut tx, 1, all).await, [day(1)]);
        assert_eq!(joined(&mut tx, 1, Span { from: day(2), until: day(9) }).await, []);
        assert_eq!(joined(&mut tx, 3, all).await, []);

        let of = |number, buyer: Option<u32>, seller: Option<u32>, paid_on| {
            let mut order = order(number, paid_on);
            (order.buyer, order.seller) = (buyer.map(partner_id), seller.map(partner_id));
            order
        };
        let orders = [
            of(1, Some(2), None, Some(7)),
            of(2, Some(2), None, Some(5)),
            of(3, Some(2), None, None),
            of(4, Some(3), None, Some(6)),
            of(5, None, Some(1), Some(8)),
            of(6, None, Some(1), None),
            of(7, None, Some(2), Some(8)),
        ];
        store::orders::insert_all(&mut tx, &orders, day(9)).await.expect("stored");
        let first = store::orders::first_paid_by_invited(&mut tx, partner_id(1)).await.expect("read");
        assert_eq!(first, [day(5)], "the earliest of each whom he invited");
        let over = Span { from: day(8), until: day(9) };
        let sold = store::orders::paid_by_customers(&mut tx, partner_id(1), over).await.expect("read");
        assert_eq!(sold, [day(8)]);
        let before = Span { from: day(1), until: day(8) };
        assert_eq!(store::orders::paid_by_customers(&mut tx, partner_id(1), before).await.expect("read"), []);
    })
    .await;
}
