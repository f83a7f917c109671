//! Lists in pages: each filter, both directions, and no row twice or left out.

use domain::ids::{JobId, PartnerId, PayoutId, ReceiptId};
use domain::ledger::Transfer;
use domain::money::Money;
use domain::order::OrderState;
use domain::page::{Page, Place, Window};
use domain::partner::Phone;
use domain::payout::{Payout, PayoutState};
use jiff::Timestamp;
use store::partners::{Begins, SortBy, Wanted};
use store::receipts::{Receipt, Verdict};
use store::{Tx, accruals, activity, jobs, orders, partners, payouts, receipts, sponsorships, standing};
use testkit::for_each_backend;

use crate::make::{
    accrual, company, day, external, order, partner, partner_id, people, period, rank, run, sponsorship,
    stored, uuid,
};

fn window(limit: u16, after: Option<Place>) -> Window {
    Window { after, descending: false, limit }
}

fn first(limit: u16) -> Window {
    window(limit, None)
}

/// Reads a list to its end, two on a page, up and down; gives what it shows going up.
async fn read_through<T>(
    mut read: impl AsyncFnMut(&Window) -> Page<T>,
    id: impl Fn(&T) -> u128,
) -> Vec<u128> {
    let mut shown: [Vec<u128>; 2] = Default::default();
    for (descending, seen) in [false, true].into_iter().zip(&mut shown) {
        let mut after = None;
        loop {
            let page = read(&Window { after, descending, limit: 2 }).await;
            assert!(page.items.len() <= 2);
            seen.extend(page.items.iter().map(&id));
            let Some(next) = page.next else { break };
            after = Some(next);
        }
    }
    let [up, mut down] = shown;
    down.reverse();
    assert_eq!(up, down);
    up
}

fn codes(page: &Page<domain::partner::Partner>) -> Vec<&str> {
    page.items.iter().map(|partner| partner.code.as_str()).collect()
}

fn wanted() -> Wanted {
    Wanted { begins: None, active: None, rank: None, inviter: None, at: day(10), sort: SortBy::Code }
}

#[tokio::test]
async fn partners_are_filtered_and_read_in_pages() {
    for_each_backend(async |test| {
        let mut tx = test.app.store.begin().await.expect("a transaction");
        people(&mut tx, 5, |number| (number > 1).then_some(1)).await;
        let (mut sixth, seq) = partner(6, Some(2));
        sixth.phone = Some(Phone::parse("+79001234567").expect("a phone"));
        sixth.joined_at = day(9);
        partners::insert_all(&mut tx, &[(sixth, seq)], day(2)).await.expect("stored");
        let span = domain::activity::Span { from: day(1), until: day(20) };
        activity::insert_spans(&mut tx, &[(partner_id(3), domain::ids::FactSeq(7), span)])
            .await
            .expect("stored");
        let ranks =
            [rank(4, 8, Some("gold"), day(5)), rank(5, 9, Some("gold"), day(5)), rank(5, 10, None, day(6))];
        standing::insert_ranks(&mut tx, &ranks, day(7)).await.expect("stored");

        for sort in [SortBy::Code, SortBy::JoinedAt] {
            let wanted = Wanted { sort, ..wanted() };
            let seen = read_through(
                async |window| partners::list(&mut tx, &wanted, window).await.expect("read"),
                |partner| partner.id.uuid().as_u128(),
            );
            assert_eq!(
                seen.await,
                (1..=6).map(|number| uuid(number).as_u128()).collect::<Vec<_>>(),
                "{sort:?}"
            );
        }
        let texts =
            |texts: &[&str]| Some(Begins::CodeOrName(texts.iter().map(|text| (*text).to_owned()).collect()));
        for (wanted, expected) in [
            (Wanted { active: Some(true), ..wanted() }, vec!["NR00003"]),
            (Wanted { active: Some(true), at: day(20), ..wanted() }, vec![]),
            (Wanted { active: Some(false), inviter: Some(partner_id(2)), ..wanted() }, vec!["NR00006"]),
            (Wanted { rank: Some("gold".into()), ..wanted() }, vec!["NR00004"]),
            (Wanted { rank: Some("gold".into()), at: day(5), ..wanted() }, vec!["NR00004", "NR00005"]),
            (Wanted { begins: Some(Begins::Phone("+7900".into())), ..wanted() }, vec!["NR00006"]),
            (Wanted { begins: texts(&["NR00002", "NR00005"]), ..wanted() }, vec!["NR00002", "NR00005"]),
            (Wanted { begins: texts(&["NR"]), inviter: Some(partner_id(2)), ..wanted() }, vec!["NR00006"]),
            (Wanted { begins: texts(&["О’"]), inviter: Some(partner_id(2)), ..wanted() }, vec!["NR00006"]),
            (Wanted { begins: texts(&["%", "_", "'", "О_"]), ..wanted() }, vec![]),
        ] {
            let page = partners::list(&mut tx, &wanted, &first(9)).await.expect("read");
            assert_eq!(codes(&page), expected, "{wanted:?}");
        }
        let ids: Vec<PartnerId> = (1..=6).map(partner_id).collect();
        let ranks = standing::ranks_at(&mut tx, &ids, day(10)).await.expect("read");
        assert_eq!(ranks, [(partner_id(4), "gold".to_owned())]);
        standing::insert_hold(&mut tx, partner_id(4), domain::ids::FactSeq(11), true, day(5), "why", day(6))
            .await
            .expect("stored");
        standing::insert_hold(&mut tx, partner_id(4), domain::ids::FactSeq(12), false, day(8), "why", day(8))
            .await
            .expect("stored");
        for (at, expected) in
            [(day(4), vec![]), (day(6), vec![(partner_id(4), true)]), (day(9), vec![(partner_id(4), false)])]
        {
            assert_eq!(standing::holds_at(&mut tx, &ids, at).await.expect("read"), expected);
        }
    })
    .await;
}

#[tokio::test]
async fn a_downline_is_that_of_its_instant() {
    for_each_backend(async |test| {
        let mut tx = test.app.store.begin().await.expect("a transaction");
        // 1 over 2 and 3, 2 over 4, 4 over 5; on the 6th 4 moves under 3 with all that is his.
        people(&mut tx, 5, |number| {
            [None, Some(1), Some(1), Some(2), Some(4)].into_iter().nth(number as usize - 1).flatten()
        })
        .await;
        sponsorships::insert_all(&mut tx, &[sponsorship(4, Some(3), 6, day(6))], day(6))
            .await
            .expect("stored");
        let (old, now) = (day(5), day(7));
        let mut levels = async |top, at| -> Vec<(u32, u64)> {
            let rows = partners::below_by_level(&mut tx, &[partner_id(top)], at).await.expect("read");
            rows.into_iter().map(|(_, level, count)| (level, count)).collect()
        };
        assert_eq!(levels(1, old).await, [(1, 2), (2, 1), (3, 1)]);
        assert_eq!((levels(2, old).await, levels(2, now).await), (vec![(1, 1), (2, 1)], vec![]));
        assert_eq!(levels(3, now).await, [(1, 1), (2, 1)]);
        for (top, below, at, expected) in [
            (1, 5, now, Some(3)),
            (1, 1, now, Some(0)),
            (2, 5, old, Some(2)),
            (2, 5, now, None),
            (5, 1, now, None),
            (9, 1, now, None),
        ] {
            let level =
                partners::level_below(&mut tx, partner_id(top), partner_id(below), at).await.expect("read");
            assert_eq!(level, expected, "{top} {below} {at}");
        }
        let page = partners::frontline(&mut tx, partner_id(1), now, &first(1)).await.expect("read");
        assert_eq!(codes(&page), ["NR00002"]);
        let next =
            partners::frontline(&mut tx, partner_id(1), now, &window(1, page.next)).await.expect("read");
        assert_eq!((codes(&next), &next.next), (vec!["NR00003"], &None));
        let tops = [partner_id(1), partner_id(3), partner_id(4)];
        let below = partners::frontlines(&mut tx, &tops, now, 1).await.expect("read");
        let expected = [(1, 2), (3, 4), (4, 5)].map(|(top, below)| (partner_id(top), partner_id(below)));
        assert_eq!(below, expected, "at most one of each");
        let begins = Begins::CodeOrName(vec!["NR".to_owned()]);
        let mut found = async |top, at: Timestamp| -> Vec<String> {
            let page =
                partners::search_below(&mut tx, partner_id(top), &begins, at, &first(9)).await.expect("read");
            page.items.iter().map(|partner| partner.code.to_string()).collect()
        };
        assert_eq!(found(3, now).await, ["NR00004", "NR00005"]);
        assert_eq!(found(3, old).await, Vec::<String>::new());
        let all = [partner_id(1), partner_id(4)];
        let above = sponsorships::sponsors_at(&mut tx, &all, now).await.expect("read");
        assert_eq!(above, [(partner_id(4), partner_id(3))]);
        let above = sponsorships::sponsors_at(&mut tx, &all, old).await.expect("read");
        assert_eq!(above, [(partner_id(4), partner_id(2))]);
    })
    .await;
}

#[tokio::test]
async fn orders_are_filtered_and_read_in_pages() {
    for_each_backend(async |test| {
        company(&test.app.store).await;
        let mut tx = test.app.store.begin().await.expect("a transaction");
        let mut waiting = order(3, None);
        (waiting.buyer, waiting.seller) = (None, Some(partner_id(2)));
        let mut cancelled = order(4, Some(4));
        cancelled.cancelled_at = Some(day(8));
        cancelled.ordered_at = day(7);
        orders::insert_all(&mut tx, &[waiting, cancelled], day(9)).await.expect("stored");
        let everything = orders::Wanted::default();
        let seen = read_through(
            async |window| orders::list(&mut tx, &everything, window).await.expect("read"),
            |stored| stored.order.id.uuid().as_u128(),
        );
        assert_eq!(
            seen.await,
            (1..=4).map(|number| order(number, None).id.uuid().as_u128()).collect::<Vec<_>>()
        );
        let all = orders::Wanted::default;
        for (wanted, expected) in [
            (orders::Wanted { source: Some(external("other")), ..all() }, vec![]),
            (orders::Wanted { number: Some("№ 2".into()), ..all() }, vec!["O-2"]),
            (orders::Wanted { buyer: Some(partner_id(1)), ..all() }, vec!["O-1", "O-2", "O-4"]),
            (orders::Wanted { seller: Some(partner_id(2)), ..all() }, vec!["O-3"]),
            (orders::Wanted { of: Some(partner_id(2)), ..all() }, vec!["O-3"]),
            (orders::Wanted { state: Some(OrderState::Created), ..all() }, vec!["O-3"]),
            (orders::Wanted { state: Some(OrderState::Paid), ..all() }, vec!["O-1", "O-2"]),
            (orders::Wanted { state: Some(OrderState::Refunded), ..all() }, vec![]),
            (orders::Wanted { state: Some(OrderState::Cancelled), ..all() }, vec!["O-4"]),
            (orders::Wanted { from: Some(day(7)), ..all() }, vec!["O-4"]),
            (
                orders::Wanted { until: Some(day(7)), source: Some(external("shop")), ..all() },
                vec!["O-1", "O-2", "O-3"],
            ),
        ] {
            let page = orders::list(&mut tx, &wanted, &first(9)).await.expect("read");
            let found: Vec<&str> =
                page.items.iter().map(|stored| stored.order.key.external_id.as_str()).collect();
            assert_eq!(found, expected, "{wanted:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn accruals_are_filtered_and_read_in_pages() {
    for_each_backend(async |test| {
        company(&test.app.store).await;
        let mut tx = test.app.store.begin().await.expect("a transaction");
        let (one, two) = (order(1, None).id, order(2, None).id);
        accruals::insert_runs(&mut tx, &[run(one, 1, 3), run(two, 1, 3)], day(6)).await.expect("stored");
        let transfers: Vec<Transfer> = vec![
            accrual(1, one, 100, 5, "2026-01"),
            accrual(2, one, 200, 5, "2026-01"),
            accrual(3, two, 300, 5, "2026-02"),
        ];
        store::transfers::insert_all(&mut tx, &transfers).await.expect("stored");
        let levels: Vec<_> =
            transfers.iter().zip(1..).map(|(transfer, level)| stored(transfer, 1, level)).collect();
        accruals::insert_all(&mut tx, &levels).await.expect("stored");
        let everything = accruals::Wanted::default();
        let seen = read_through(
            async |window| accruals::list(&mut tx, &everything, window).await.expect("read"),
            |posted| posted.id.uuid().as_u128(),
        );
        assert_eq!(
            seen.await,
            transfers.iter().map(|transfer| transfer.id.uuid().as_u128()).collect::<Vec<_>>()
        );
        let all = accruals::Wanted::default;
        for (wanted, expected) in [
            (accruals::Wanted { earner: Some(partner_id(1)), ..all() }, vec![100, 200, 300]),
            (accruals::Wanted { earner: Some(partner_id(2)), ..all() }, vec![]),
            (accruals::Wanted { period: Some(period("2026-02")), ..all() }, vec![300]),
            (accruals::Wanted { order: Some(one), ..all() }, vec![100, 200]),
            (accruals::Wanted { rule: Some("levels".into()), ..all() }, vec![100, 200, 300]),
            (accruals::Wanted { rule: Some("other".into()), ..all() }, vec![]),
        ] {
            let page = accruals::list(&mut tx, &wanted, &first(9)).await.expect("read");
            let found: Vec<i64> = page.items.iter().map(|posted| posted.paid.minor()).collect();
            assert_eq!(found, expected, "{wanted:?}");
        }
        let last =
            accruals::list(&mut tx, &all(), &first(9)).await.expect("read").items.pop().expect("three");
        assert_eq!((last.order, last.level, last.base), (Some(two), 3, Money::from_minor(1_000_00)));
    })
    .await;
}

/// Five payouts, five jobs, five webhooks.
async fn fill(tx: &mut Tx) {
    for number in 1..=5u32 {
        let payout = Payout {
            id: PayoutId::new(uuid(number)),
            number: number.into(),
            partner: partner_id(1 + number % 2),
            amount: Money::from_minor(100),
            state: if number == 5 { PayoutState::Settled } else { PayoutState::Requested },
            requested_by: "staff:elena".to_owned(),
            requested_at: day(number),
            approved_by: None,
            changed_at: day(number),
        };
        payouts::insert(tx, &payout).await.expect("stored");
        let key = [(JobId::new(uuid(number)), "work", format!("key-{number}"))];
        jobs::enqueue(tx, &key, day(number.min(3))).await.expect("stored");
        let receipt = Receipt {
            id: ReceiptId::new(uuid(number)),
            message_id: format!("m-{number}"),
            body_hash: [u8::try_from(number).expect("small"); 32],
            body: Vec::new(),
            headers: "{}".to_owned(),
            verdict: [Verdict::Refused, Verdict::Conflict, Verdict::Accepted]
                .into_iter()
                .cycle()
                .nth(number as usize)
                .expect("it cycles"),
            problem: Some("why".to_owned()),
            order: None,
            deliveries: 1,
            received_at: day(number.min(3)),
        };
        receipts::upsert_all(tx, &[receipt]).await.expect("stored");
    }
}

#[tokio::test]
async fn payouts_jobs_and_troubled_webhooks_are_read_in_pages() {
    for_each_backend(async |test| {
        company(&test.app.store).await;
        let mut tx = test.app.store.begin().await.expect("a transaction");
        fill(&mut tx).await;
        let expected: Vec<u128> = (1..=5).map(|number| uuid(number).as_u128()).collect();
        let everything = payouts::Wanted::default();
        let seen = read_through(
            async |window| payouts::list(&mut tx, &everything, window).await.expect("read"),
            |one| one.id.uuid().as_u128(),
        );
        assert_eq!(seen.await, expected);
        let everything = jobs::Wanted::default();
        let seen = read_through(
            async |window| jobs::list(&mut tx, &everything, window).await.expect("read"),
            |one| one.id.uuid().as_u128(),
        );
        assert_eq!(seen.await, expected);
        let numbers = async |tx: &mut Tx, wanted: payouts::Wanted| -> Vec<i64> {
            let page = payouts::list(tx, &wanted, &first(9)).await.expect("read");
            page.items.iter().map(|payout| payout.number).collect()
        };
        let all = payouts::Wanted::default();
        assert_eq!(numbers(&mut tx, payouts::Wanted { partner: Some(partner_id(1)), ..all }).await, [2, 4]);
        assert_eq!(numbers(&mut tx, payouts::Wanted { state: Some(PayoutState::Settled), ..all }).await, [5]);
        assert_eq!(
            numbers(&mut tx, payouts::Wanted { from: Some(day(2)), until: Some(day(4)), ..all }).await,
            [2, 3]
        );
        for (wanted, expected) in [
            (jobs::Wanted { is_dead: Some(false), kind: Some("work".into()) }, 5),
            (jobs::Wanted { is_dead: Some(true), kind: None }, 0),
            (jobs::Wanted { is_dead: None, kind: Some("other".into()) }, 0),
        ] {
            assert_eq!(
                jobs::list(&mut tx, &wanted, &first(9)).await.expect("read").items.len(),
                expected,
                "{wanted:?}"
            );
        }
        for (verdicts, expected) in [
            (&[Verdict::Refused, Verdict::Conflict][..], vec!["m-1", "m-3", "m-4"]),
            (&[Verdict::Refused], vec!["m-3"]),
            (&[Verdict::Conflict], vec!["m-1", "m-4"]),
        ] {
            let page = receipts::troubled_page(&mut tx, verdicts, &first(9)).await.expect("read");
            let found: Vec<&str> = page.items.iter().map(|trouble| trouble.message_id.as_str()).collect();
            assert_eq!(found, expected, "{verdicts:?}");
        }
    })
    .await;
}
