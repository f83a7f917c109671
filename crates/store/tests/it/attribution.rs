use domain::ids::OrderId;
use domain::order::{CustomerKey, Named};
use domain::partner::{Email, Phone};
use domain::promo::{PromoCode, PromoTerm};
use store::attribution::{self, Dispute, Tie};
use store::promo_codes::{self, Stored};
use testkit::for_each_backend;

use crate::make::{company, day, order, partner_id, uuid};

fn phone(digit: u32) -> CustomerKey {
    CustomerKey::of_phone(&Phone::parse(&format!("+7900000000{digit}")).expect("a phone"))
}

#[tokio::test]
async fn a_customer_is_tied_to_the_seller_of_the_first_order_that_he_paid() {
    for_each_backend(async |test| {
        company(&test.app.store).await;
        let mut tx = test.app.store.begin().await.expect("a transaction");
        let of = |number, seller: u32, paid_on| {
            let mut order = order(number, paid_on);
            (order.buyer, order.seller) = (None, Some(partner_id(seller)));
            order
        };
        let orders = [of(11, 1, None), of(12, 2, Some(6)), of(13, 3, Some(5)), of(14, 1, Some(7))];
        store::orders::insert_all(&mut tx, &orders, day(9)).await.expect("stored");
        let email = CustomerKey::of_email(&Email::parse("a@b.ru").expect("an address"));
        let id = |place: usize| orders[place].id;
        let told =
            [(phone(1), id(0)), (phone(1), id(1)), (phone(1), id(2)), (phone(2), id(0)), (email, id(3))];
        attribution::keep_customers(&mut tx, &told).await.expect("kept");
        attribution::keep_customers(&mut tx, &told[..2]).await.expect("once more changes nothing");
        let mut ties =
            attribution::ties_of(&mut tx, &[phone(1), phone(2), phone(3), email]).await.expect("read");
        ties.sort_by_key(|tie| tie.paid_at);
        let tie =
            |customer, partner, paid| Tie { customer, partner: partner_id(partner), paid_at: day(paid) };
        assert_eq!(ties, [tie(phone(1), 3, 5), tie(email, 1, 7)], "an order that is not paid ties nobody");
    })
    .await;
}

#[tokio::test]
async fn disputes_are_kept_once_and_read_from_the_last() {
    for_each_backend(async |test| {
        company(&test.app.store).await;
        let mut tx = test.app.store.begin().await.expect("a transaction");
        let dispute = |order: u32, named, partner| Dispute {
            order: OrderId::new(uuid(10_000u32 + order)),
            named,
            partner: partner_id(partner),
        };
        let (first, second) = (dispute(1, Named::ReferralCode, 2), dispute(1, Named::PromoCode, 3));
        attribution::keep_disputes(&mut tx, &[first], day(7)).await.expect("kept");
        attribution::keep_disputes(&mut tx, &[first, second], day(8)).await.expect("kept");
        let found = attribution::disputes(&mut tx, 10).await.expect("read");
        assert_eq!(found, [(second, day(8)), (first, day(7))]);
        assert_eq!(attribution::disputes(&mut tx, 1).await.expect("read"), found[..1]);
        assert_eq!(attribution::count_disputes(&mut tx).await.expect("counted"), 2);
    })
    .await;
}

#[tokio::test]
async fn terms_of_promo_codes_are_kept_and_ended() {
    for_each_backend(async |test| {
        company(&test.app.store).await;
        let mut tx = test.app.store.begin().await.expect("a transaction");
        let promo = |number: u32, code: &str, partner, since, until: Option<u32>| Stored {
            id: uuid(50_000u32 + number),
            term: PromoTerm {
                code: PromoCode::parse(code).expect("a code"),
                partner: partner_id(partner),
                since: day(since),
                until: until.map(day),
            },
        };
        let told =
            [promo(1, "ЗИМА", 1, 3, Some(5)), promo(2, "ЗИМА", 2, 5, None), promo(3, "LETO", 3, 4, None)];
        for one in &told {
            promo_codes::insert(&mut tx, one, day(9)).await.expect("stored");
        }
        let of = promo_codes::of_codes(&mut tx, &["ЗИМА".to_owned(), "NONE".to_owned()]).await.expect("read");
        assert_eq!(of, told[..2]);
        promo_codes::end(&mut tx, told[1].id, day(8)).await.expect("ended");
        let all = promo_codes::all(&mut tx).await.expect("read");
        assert_eq!(all, [promo(3, "LETO", 3, 4, None), told[0].clone(), promo(2, "ЗИМА", 2, 5, Some(8))]);
    })
    .await;
}
