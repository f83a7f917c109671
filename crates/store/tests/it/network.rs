//! The part of the network that an order needs is loaded in bounded work, and says what the whole says.

use domain::activity::Span;
use domain::ids::{FactSeq, PartnerId};
use domain::network::{AsOf, Network};
use domain::order::Order;
use plan::{OrderFacts, Plan};
use store::network::{Wanted, load, load_whole};
use store::{Store, activity, standing};
use testkit::for_each_backend;

use crate::make::{day, order, partner_id, people, sponsorship};

fn shipped(name: &str) -> (&'static str, &'static str) {
    let all = [
        ("nanorem-5", include_str!("../../../../plans/nanorem-5.toml")),
        ("nanorem-12", include_str!("../../../../plans/nanorem-12.toml")),
    ];
    all.into_iter().find(|(known, _)| *known == name).expect("it ships")
}

fn plan(name: &str) -> Plan {
    Plan::parse(name, shipped(name).1).expect("it is right").plan
}

fn now() -> AsOf {
    AsOf { at: day(10), known: FactSeq::LATEST }
}

fn wanted(buyer: u32, generations: i64) -> Wanted {
    let over = Span { from: day(10), until: day(10) };
    Wanted { below: vec![partner_id(buyer)], generations, over, enough_invited: 12 }
}

/// A company in which partner `n` stands below `sponsor(n)` and is active in January if `active(n)`.
async fn build(
    store: &Store,
    count: u32,
    sponsor: impl Fn(u32) -> Option<u32>,
    active: impl Fn(u32) -> bool,
) {
    let mut tx = store.begin().await.expect("a transaction");
    people(&mut tx, count, sponsor).await;
    let span = Span { from: day(1), until: day(20) };
    let spans: Vec<_> = (1..=count)
        .filter(|number| active(*number))
        .map(|number| (partner_id(number), FactSeq(i64::from(count + number)), span))
        .collect();
    activity::insert_spans(&mut tx, &spans).await.expect("stored");
    tx.commit().await.expect("committed");
}

async fn load_part(store: &Store, wanted: &Wanted) -> Network {
    load(&mut store.begin_read().await.expect("a transaction"), wanted).await.expect("read")
}

async fn whole(store: &Store) -> Network {
    load_whole(&mut store.begin_read().await.expect("a transaction")).await.expect("read")
}

fn bought(buyer: u32) -> Order {
    Order { buyer: Some(partner_id(buyer)), ..order(1, Some(10)) }
}

/// Who earns how much of an order of a buyer, by the number of the earner.
fn shares(plan: &Plan, network: &Network, buyer: u32) -> Vec<(PartnerId, u16, i64)> {
    let order = bought(buyer);
    let accruals =
        plan::accrue(plan, &OrderFacts { order: &order, is_first: false }, network, FactSeq::LATEST);
    let shares = accruals.expect("the upline is long enough").shares;
    shares.into_iter().map(|share| (share.earner, share.level, share.paid.minor())).collect()
}

#[tokio::test]
async fn the_part_that_is_loaded_says_what_the_whole_says() {
    for_each_backend(async |test| {
        let store = &test.app.store;
        // A tree of four branches each, every third inactive, with moves, ranks and holds.
        build(store, 60, |number| (number > 1).then_some((number + 2) / 4), |number| number % 3 != 0).await;
        let mut tx = store.begin().await.expect("a transaction");
        let moves = [sponsorship(50, Some(2), 200, day(5)), sponsorship(14, Some(3), 201, day(15))];
        store::sponsorships::insert_all(&mut tx, &moves, day(6)).await.expect("stored");
        let gold = crate::make::rank(2, 202, Some("gold"), day(2));
        standing::insert_ranks(&mut tx, &[gold], day(6)).await.expect("stored");
        standing::insert_hold(&mut tx, partner_id(4), FactSeq(203), true, day(2), "why", day(6))
            .await
            .expect("stored");
        tx.commit().await.expect("committed");
        let whole = whole(store).await;
        for buyer in 1..=60 {
            let part = load_part(store, &wanted(buyer, 32)).await;
            let expected = whole.upline(partner_id(buyer), now(), usize::MAX);
            let loaded = part.upline(partner_id(buyer), now(), usize::MAX);
            assert!(loaded.reaches_root, "{buyer}");
            assert_eq!(loaded, expected, "{buyer}");
            for plan in [plan("nanorem-5"), plan("nanorem-12")] {
                assert_eq!(shares(&plan, &part, buyer), shares(&plan, &whole, buyer), "{buyer}");
            }
        }
        let together = Wanted { below: (1..=60).map(partner_id).collect(), ..wanted(1, 32) };
        let all = load_part(store, &together).await;
        assert_eq!(all.people().count(), 60);
    })
    .await;
}

#[tokio::test]
async fn a_cut_upline_says_that_it_goes_on() {
    for_each_backend(async |test| {
        build(&test.app.store, 50, |number| number.checked_sub(1).filter(|above| *above > 0), |_| true).await;
        let part = load_part(&test.app.store, &wanted(50, 32)).await;
        let upline = part.upline(partner_id(50), now(), usize::MAX);
        assert_eq!((upline.members.len(), upline.reaches_root), (32, false));
        let part = load_part(&test.app.store, &wanted(50, 49)).await;
        let upline = part.upline(partner_id(50), now(), usize::MAX);
        assert_eq!((upline.members.len(), upline.reaches_root), (49, true));
    })
    .await;
}

#[tokio::test]
async fn a_chain_of_twenty_thousand_is_read_as_far_as_it_is_needed() {
    for_each_backend(async |test| {
        build(&test.app.store, 20_000, |number| number.checked_sub(1).filter(|above| *above > 0), |_| true)
            .await;
        let part = load_part(&test.app.store, &wanted(20_000, 32)).await;
        assert_eq!(part.people().count(), 33, "no more than asked for");
        let five = [
            (19_999, 1, 79_999),
            (19_998, 2, 40_000),
            (19_997, 3, 20_000),
            (19_996, 4, 20_000),
            (19_995, 5, 20_000),
        ];
        let five = five.map(|(number, level, kopecks)| (partner_id(number), level, kopecks));
        assert_eq!(shares(&plan("nanorem-5"), &part, 20_000), five);
        let whole = whole(&test.app.store).await;
        assert_eq!(shares(&plan("nanorem-5"), &whole, 20_000), five);
        assert_eq!(whole.upline(partner_id(20_000), now(), usize::MAX).members.len(), 19_999);
    })
    .await;
}

#[tokio::test]
async fn of_a_star_of_twenty_thousand_only_as_many_are_counted_as_matter() {
    for_each_backend(async |test| {
        build(&test.app.store, 20_000, |number| (number > 1).then_some(1), |_| true).await;
        let part = load_part(&test.app.store, &wanted(20_000, 32)).await;
        let centre = part.get(partner_id(1)).expect("loaded");
        assert_eq!((centre.surely_active_invited, centre.invited_activity.len()), (12, 0));
        assert_eq!(part.people().count(), 2);
        assert_eq!(shares(&plan("nanorem-12"), &part, 20_000), [(partner_id(1), 1, 48_000)]);
        let whole = whole(&test.app.store).await;
        assert_eq!(shares(&plan("nanorem-12"), &whole, 20_000), [(partner_id(1), 1, 48_000)]);
    })
    .await;
}

/// The twelve who may earn stand 834 apart, and none of those between is active.
#[tokio::test]
async fn twelve_levels_are_found_through_ten_thousand_inactive() {
    for_each_backend(async |test| {
        let store = &test.app.store;
        let above = |number: u32| number.checked_sub(1).filter(|above| *above > 0);
        build(store, 10_010, above, |number| number % 834 == 0).await;
        let (_, text) = shipped("nanorem-12");
        let is_about_unlocking = |line: &&str| line.starts_with("unlock") || line.starts_with("closed_level");
        let text: Vec<&str> = text.lines().filter(|line| !is_about_unlocking(line)).collect();
        let plan = Plan::parse("open.toml", &text.join("\n")).expect("every level is open").plan;
        let expected: Vec<_> =
            (1..=12u16).map(|level| (partner_id(834 * (13 - u32::from(level))), level)).collect();
        let part = load_part(store, &wanted(10_010, 20_000)).await;
        let shares = shares(&plan, &part, 10_010);
        let earners: Vec<_> = shares.iter().map(|(earner, level, _)| (*earner, *level)).collect();
        assert_eq!(earners, expected, "the inactive take no level");
        let paid: i64 = shares.iter().map(|(_, _, kopecks)| kopecks).sum();
        assert_eq!(paid, 159_998, "40 % of 3 999.96, rounded down");
        let too_short = load_part(store, &wanted(10_010, 32)).await;
        let order = bought(10_010);
        let facts = OrderFacts { order: &order, is_first: false };
        let refused = plan::accrue(&plan, &facts, &too_short, FactSeq::LATEST);
        assert!(matches!(refused, Err(plan::AccrueError::UplineTooShort)), "{refused:?}");
    })
    .await;
}
