//! The batch: a whole history pays what its orders pay one by one.

mod edges;

use domain::accrual::{Accruals, BreakageReason};
use domain::activity::Span;
use domain::money::Money;
use domain::order::Order;
use plan::batch::{BatchError, Buyer, Census, Company, OrderBook, Orders, Roster, Seat, Totals, compute};
use plan::{OrderFacts, Plan};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;

use crate::batch_world::{History, day, history};
use crate::common::{levels, plan, rule};

const REASONS: [BreakageReason; 6] = [
    BreakageReason::NoSponsor,
    BreakageReason::Inactive,
    BreakageReason::LevelClosed,
    BreakageReason::BelowRank,
    BreakageReason::Held,
    BreakageReason::OverCap,
];

/// All sums of a batch or of many single orders, those above zero, by words.
type Sums = BTreeMap<String, i64>;

fn put(sums: &mut Sums, name: String, money: Money) {
    *sums.entry(name).or_default() += money.minor();
}

fn settled(mut sums: Sums) -> Sums {
    sums.retain(|_, sum| *sum != 0);
    sums
}

fn one_by_one(accruals: &[Accruals]) -> Sums {
    let mut sums = Sums::new();
    for order in accruals {
        for share in &order.shares {
            put(&mut sums, format!("earned by {}", share.earner), share.paid);
            put(&mut sums, format!("paid {} {}", share.rule, share.level), share.paid);
            put(&mut sums, "accruals".to_owned(), Money::from_minor(1));
        }
        for lost in &order.breakage {
            put(&mut sums, format!("lost {} {} {:?}", lost.rule, lost.level, lost.reason), lost.amount);
        }
        put(&mut sums, "promised".to_owned(), order.maximum);
    }
    settled(sums)
}

fn at_once(totals: &Totals, census: &Census) -> Sums {
    let mut sums = Sums::new();
    put(&mut sums, "accruals".to_owned(), Money::from_minor(i64::try_from(totals.accruals).expect("few")));
    for rule in &totals.rules {
        for (level, of_level) in (1..).zip(&rule.levels) {
            let level: u16 = level;
            put(&mut sums, format!("paid {} {level}", rule.rule), of_level.paid);
            put(&mut sums, "promised".to_owned(), of_level.promised());
            for reason in REASONS {
                let name = format!("lost {} {level} {reason:?}", rule.rule);
                put(&mut sums, name, of_level.broken(reason));
            }
        }
    }
    for seat in census.company.seats() {
        let partner = census.partner(seat).expect("as many seats as people");
        assert_eq!(census.seat(partner), Some(seat));
        put(&mut sums, format!("earned by {partner}"), totals.earned_by(seat));
    }
    settled(sums)
}

fn parse(history: &History) -> Plan {
    let text = history.plan.toml();
    Plan::parse("random.toml", &text).unwrap_or_else(|wrong| panic!("{wrong}\n{text}")).plan
}

fn told<'o>(plan: &Plan, census: &Census, orders: impl IntoIterator<Item = &'o Order>) -> Orders {
    let mut book = OrderBook::with_room(&census.company, plan, 0).expect("level rules only");
    for order in orders {
        book.push_order(plan, order, census.buyer(order).expect("known")).expect("a sound order");
    }
    book.close()
}

fn run(plan: &Plan, company: &Company, orders: &Orders, threads: usize) -> Totals {
    compute(plan, company, orders, NonZero::new(threads).expect("some")).expect("a sound history")
}

fn accruals(history: &History, plan: &Plan) -> Vec<Accruals> {
    let network = history.network();
    let accrue = |order: &Order| {
        let facts = OrderFacts { order, is_first: false };
        plan::accrue(plan, &facts, &network, history.known).expect("a sound order")
    };
    history.orders.iter().map(accrue).collect()
}

proptest! {
    #[test]
    fn a_batch_pays_every_order_as_one_by_one(history in history()) {
        let plan = parse(&history);
        let census = Census::of(&history.network(), history.known).expect("whole");
        let accruals = accruals(&history, &plan);
        for (order, alone) in history.orders.iter().zip(&accruals) {
            let totals = run(&plan, &census.company, &told(&plan, &census, [order]), 1);
            prop_assert_eq!(at_once(&totals, &census), one_by_one(std::slice::from_ref(alone)), "order {}", order.id);
        }
        let whole = run(&plan, &census.company, &told(&plan, &census, &history.orders), 1);
        prop_assert_eq!(at_once(&whole, &census), one_by_one(&accruals));
    }

    #[test]
    fn a_batch_is_the_same_for_any_threads_and_any_order(history in history()) {
        let plan = parse(&history);
        let company = &Census::of(&history.network(), history.known).expect("whole");
        let totals = |orders: &Orders, threads| run(&plan, &company.company, orders, threads);
        let mut orders = history.orders;
        let as_told = told(&plan, company, &orders);
        let expected = totals(&as_told, 1);
        for threads in [2, 3, 8, 1000] {
            prop_assert_eq!(&totals(&as_told, threads), &expected);
        }
        prop_assert_eq!(totals(&told(&plan, company, orders.iter().rev()), 8).digest(), expected.digest());
        orders.sort_by_key(|order| order.paid_at);
        prop_assert_eq!(&totals(&told(&plan, company, &orders), 8), &expected);
    }
}

#[test]
fn the_random_histories_reach_every_corner() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut reasons = BTreeMap::<BreakageReason, u32>::new();
    let (mut orders, mut states) = (0, BTreeSet::new());
    for _ in 0..200 {
        let history = proptest::strategy::ValueTree::current(&history().new_tree(&mut runner).expect("one"));
        orders += history.orders.len();
        for accruals in accruals(&history, &parse(&history)) {
            states.insert(accruals.shares.len());
            accruals.breakage.iter().for_each(|lost| *reasons.entry(lost.reason).or_default() += 1);
        }
    }
    assert!(orders > 3000, "{orders}");
    assert!(REASONS.iter().all(|reason| reasons.get(reason).is_some_and(|count| *count > 30)), "{reasons:?}");
    assert!(states.len() > 5, "orders of none and of many accruals: {states:?}");
}

fn twelve() -> Plan {
    let text = include_str!("../../../../plans/nanorem-12.toml");
    Plan::parse("nanorem-12.toml", text).expect("the shipped plan is right").plan
}

fn january() -> Span {
    Span { from: day(1), until: day(32) }
}

/// Everybody buys once for 10 000.00 when all are active, and once after all have lapsed.
fn everybody_buys(company: &Company, seats: &[Seat], plan: &Plan) -> Totals {
    let mut book = OrderBook::with_room(company, plan, 2 * seats.len()).expect("level rules only");
    for at in [day(2), day(39)] {
        for seat in seats {
            book.push(Buyer::Partner(*seat), at, &[Money::from_minor(1_000_000)]).expect("sound");
        }
    }
    let orders = book.close();
    let totals = run(plan, company, &orders, 2);
    assert_eq!(run(plan, company, &orders, 8), totals);
    totals
}

#[test]
fn a_chain_of_a_hundred_thousand_pays_from_each_to_the_twelve_above() {
    let mut roster = Roster::with_room(100_000, 100_000);
    let mut seats: Vec<Seat> = Vec::new();
    for _ in 0..100_000 {
        let seat = roster.add(seats.last().copied());
        roster.surely_invited(seat, 12);
        roster.active(seat, [january()]);
        seats.push(seat);
    }
    let company = roster.seal().expect("a chain");
    let totals = everybody_buys(&company, &seats, &twelve());
    // Twelve levels are cut to 4 000.00; nearer to the end of the chain fewer buy below one.
    assert_eq!(totals.earned_by(seats[50_000]).minor(), 400_000);
    assert_eq!(totals.earned_by(seats[99_999]).minor(), 0);
    assert_eq!(totals.earned_by(seats[99_998]).minor(), 99_174);
    assert_eq!(totals.earned_by(seats[99_997]).minor(), 99_174 + 82_645);
    // The first has nobody above, the second one, and so on; from five levels on the cap cuts to 40 %.
    let short: i64 = [0, 120_000, 220_000, 300_000, 360_000].iter().sum::<i64>() + 7 * 400_000;
    assert_eq!(totals.paid().minor(), short + 99_988 * 400_000);
}

#[test]
fn a_star_of_fifty_thousand_pays_its_middle() {
    let mut roster = Roster::with_room(50_001, 50_001);
    let middle = roster.add(None);
    roster.active(middle, [january()]);
    let mut seats = vec![middle];
    for number in 0..50_000 {
        let seat = roster.add(Some(middle));
        roster.invited_by(seat, middle);
        roster.active(seat, (number % 2 == 0).then(january));
        seats.push(seat);
    }
    let company = roster.seal().expect("a star");
    let totals = everybody_buys(&company, &seats, &twelve());
    assert_eq!(totals.earned_by(middle).minor(), 50_000 * 120_000);
    assert_eq!(totals.accruals, 50_000);
    assert_eq!(totals.broken(BreakageReason::OverCap), Money::ZERO);
    let closed = levels(
        "rates = [\"12%\"]\ncompression = \"none\"\nunlock = { tiers = [{ min_active = 25001, max_level = 1 }] }",
    );
    let totals = everybody_buys(&company, &seats, &closed);
    assert_eq!(totals.accruals, 0, "twenty-five thousand are active");
    assert_eq!(totals.broken(BreakageReason::LevelClosed).minor(), 50_000 * 120_000);
}

#[test]
fn what_a_batch_cannot_compute_is_refused_by_name() {
    let company = Roster::default().seal().expect("nobody");
    let fast = plan(&rule(
        "quick",
        "kind = \"fast_start\"\nbase = \"turnover\"\nrates = [\"5%\"]\ncompression = \"none\"\ndays = 30",
    ));
    let refused = OrderBook::with_room(&company, &fast, 0).map(|_| ()).expect_err("not of the kind level");
    assert_eq!(
        refused.to_string(),
        "rule quick is of kind fast_start, which is computed order by order only"
    );
    let plain = levels("rates = [\"5%\"]\ncompression = \"none\"");
    let orders = OrderBook::with_room(&company, &plain, 0).expect("level").close();
    let margin =
        plan(&rule("m", "kind = \"level\"\nbase = \"margin\"\ncompression = \"none\"\nrates = [\"5%\"]"));
    assert_eq!(compute(&margin, &company, &orders, NonZero::<usize>::MIN), Err(BatchError::Bases));
    let mut roster = Roster::default();
    roster.add(None);
    let other = roster.seal().expect("one");
    assert_eq!(compute(&plain, &other, &orders, NonZero::<usize>::MIN), Err(BatchError::UnknownSeat));
    let two = plan(
        &(rule("a", "kind = \"level\"\nbase = \"turnover\"\nrates = [\"5%\"]\ncompression = \"none\"")
            + &rule("b", "kind = \"level\"\nbase = \"margin\"\nrates = [\"5%\"]\ncompression = \"none\"")),
    );
    assert_eq!(compute(&two, &company, &orders, NonZero::<usize>::MIN), Err(BatchError::Bases));
}

#[test]
fn a_ring_is_refused() {
    let mut roster = Roster::default();
    let (root, one, other) = (roster.add(None), roster.add(None), roster.add(None));
    roster.sponsored(one, day(1), Some(other));
    roster.sponsored(other, day(1), Some(one));
    roster.active(root, [january()]);
    assert_eq!(roster.clone().seal().map(|_| ()), Err(BatchError::Ring));
    roster.sponsored(other, day(3), Some(root));
    let company = roster.seal().expect("it ends as a tree");
    let plan = levels("rates = [\"5%\"]\ncompression = \"skip_inactive\"");
    let mut book = OrderBook::with_room(&company, &plan, 1).expect("level");
    book.push(Buyer::Partner(one), day(2), &[Money::from_minor(100)]).expect("sound");
    assert_eq!(compute(&plan, &company, &book.close(), NonZero::<usize>::MIN), Err(BatchError::Ring));
}
