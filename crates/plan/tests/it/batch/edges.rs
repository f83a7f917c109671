//! Small histories at the edges: what the random ones seldom or never reach.

use domain::accrual::BreakageReason;
use domain::activity::Span;
use domain::money::Money;
use plan::Plan;
use plan::batch::{BatchError, Buyer, Company, OrderBook, Roster, Seat, Totals};

use super::{january, run};
use crate::batch_world::day;
use crate::common::{levels, plan, rule};

/// A chain from the root down, nobody active.
fn chain(people: usize) -> (Roster, Vec<Seat>) {
    let mut roster = Roster::default();
    let mut seats: Vec<Seat> = Vec::new();
    for _ in 0..people {
        seats.push(roster.add(seats.last().copied()));
    }
    (roster, seats)
}

fn kopecks(minor: i64) -> Money {
    Money::from_minor(minor)
}

/// The orders, told one after another, by one worker.
fn paid(plan: &Plan, company: &Company, orders: &[(Buyer, u8, i64)]) -> Totals {
    let mut book = OrderBook::with_room(company, plan, 0).expect("level rules only");
    for (buyer, at, base) in orders {
        book.push(*buyer, day(*at), &[kopecks(*base)]).expect("sound");
    }
    run(plan, company, &book.close(), 1)
}

fn earned(totals: &Totals, seats: &[Seat]) -> Vec<i64> {
    seats.iter().map(|seat| totals.earned_by(*seat).minor()).collect()
}

fn one_level() -> Plan {
    levels("rates = [\"10%\"]\ncompression = \"skip_inactive\"")
}

#[test]
fn a_fact_about_a_seat_of_nobody_is_refused() {
    let foreign = *chain(9).1.last().expect("nine");
    let told: [fn(&mut Roster, Seat, Seat); 7] = [
        |roster, _, foreign| roster.invited_by(foreign, foreign),
        |roster, known, foreign| roster.invited_by(known, foreign),
        |roster, known, foreign| roster.invited_by(foreign, known),
        |roster, _, foreign| roster.surely_invited(foreign, 1),
        |roster, known, foreign| roster.sponsored(foreign, day(1), Some(known)),
        |roster, known, foreign| roster.sponsored(known, day(1), Some(foreign)),
        |roster, _, foreign| roster.active(foreign, [january()]),
    ];
    for (place, tell) in told.into_iter().enumerate() {
        let (mut roster, seats) = chain(1);
        tell(&mut roster, seats[0], foreign);
        // Where his last sponsor is known, the one before must be known all the same.
        roster.sponsored(seats[0], day(2), None);
        assert_eq!(roster.seal().map(|_| ()), Err(BatchError::UnknownSeat), "{place}");
    }
}

#[test]
fn an_order_has_as_many_bases_as_the_plan_asks_for_and_sound_ones() {
    let (roster, seats) = chain(1);
    let company = roster.seal().expect("one");
    let mut book = OrderBook::with_room(&company, &one_level(), 0).expect("level");
    let largest = Money::LARGEST;
    let wrong = [vec![], vec![kopecks(1), kopecks(1)], vec![kopecks(-1)], vec![largest + kopecks(1)]];
    for bases in wrong {
        assert_eq!(book.push(Buyer::Partner(seats[0]), day(1), &bases), Err(BatchError::Bases), "{bases:?}");
    }
    let foreign = *chain(2).1.last().expect("two");
    assert_eq!(book.push(Buyer::Partner(foreign), day(1), &[largest]), Err(BatchError::UnknownSeat));
    let empty = OrderBook::with_room(&company, &one_level(), 0).expect("level").close();
    assert_eq!((empty.len(), empty.is_empty()), (0, true));
    assert_eq!(book.push(Buyer::Nobody, day(1), &[largest]), Ok(()));
    let orders = book.close();
    assert_eq!((orders.len(), orders.is_empty()), (1, false));
    let totals = run(&one_level(), &company, &orders, 1);
    assert_eq!(totals.broken(BreakageReason::NoSponsor).minor(), largest.minor() / 10);
}

#[test]
fn caps_that_look_beyond_an_order_are_refused() {
    let level = "kind = \"level\"\nbase = \"turnover\"\ncompression = \"none\"\nrates = [\"5%\"]";
    let capped = format!("{level}\ncap = {{ percent = \"9%\", mode = \"tail\", scope = \"period\" }}");
    let leaders = "kind = \"breakaway\"\nbase = \"turnover\"\nat_rank = \"r\"\nmode = \"fixed\"\noverride = { r = \"2%\" }";
    for text in [
        format!("[cap]\npercent = \"30%\"\nscope = \"period\"\nmode = \"pro_rata\"\n{}", rule("a", level)),
        format!("[partner_cap]\namount = \"9.00\"\nmode = \"pro_rata\"\n{}", rule("a", level)),
        rule("a", &capped),
        format!("ranks = [\"r\"]\n{}{}", rule("a", level), rule("b", leaders)),
    ] {
        let company = Roster::default().seal().expect("nobody");
        let refused = OrderBook::with_room(&company, &plan(&text), 0).map(|_| ());
        assert_eq!(refused, Err(BatchError::Cap), "{text}");
    }
}

#[test]
fn one_fact_makes_a_state_and_a_span_of_no_time_makes_none() {
    let (mut roster, seats) = chain(2);
    let empty = Span { from: day(3), until: day(3) };
    roster.active(seats[1], [empty]);
    roster.invited_active(seats[0], empty);
    assert_eq!(roster.clone().seal().expect("a chain").changes(), 0);
    roster.active(seats[0], [january()]);
    let company = roster.seal().expect("a chain");
    assert_eq!(company.changes(), 2, "it begins and ends");
    let totals = paid(&one_level(), &company, &[(Buyer::Partner(seats[1]), 2, 1_000)]);
    assert_eq!(earned(&totals, &seats), [100, 0]);
}

#[test]
fn one_who_lapses_no_longer_opens_a_level_of_his_inviter() {
    let (mut roster, seats) = chain(2);
    roster.active(seats[0], [Span { from: day(1), until: day(30) }]);
    roster.active(seats[1], [Span { from: day(1), until: day(5) }]);
    roster.invited_by(seats[1], seats[0]);
    let company = roster.seal().expect("a chain");
    let plan = levels("rates = [\"10%\"]\ncompression = \"none\"\nunlock = \"one_to_one\"");
    let buys = |at| (Buyer::Partner(seats[1]), at, 1_000);
    let totals = paid(&plan, &company, &[buys(2), buys(6)]);
    assert_eq!(earned(&totals, &seats), [100, 0]);
    assert_eq!(totals.broken(BreakageReason::LevelClosed).minor(), 100);
}

#[test]
fn a_long_way_up_is_walked_anew_when_somebody_on_it_begins_or_a_sponsor_changes() {
    let (mut roster, seats) = chain(200);
    let aside = roster.add(None);
    roster.active(seats[0], [january()]);
    roster.active(aside, [january()]);
    roster.active(seats[20], [Span { from: day(10), until: day(20) }]);
    roster.sponsored(seats[30], day(25), Some(aside));
    let company = roster.seal().expect("a tree");
    let buys = |at| (Buyer::Partner(seats[199]), at, 1_000);
    let watched = [seats[0], seats[20], aside];
    let totals = |days: &[u8]| {
        let orders: Vec<_> = days.iter().map(|at| buys(*at)).collect();
        earned(&paid(&one_level(), &company, &orders), &watched)
    };
    assert_eq!(totals(&[5]), [100, 0, 0]);
    assert_eq!(totals(&[5, 15]), [100, 100, 0]);
    assert_eq!(totals(&[5, 15, 22]), [200, 100, 0]);
    assert_eq!(totals(&[5, 15, 22, 26]), [200, 100, 100]);
    // Told against the time they are the same.
    assert_eq!(totals(&[26, 22, 15, 5]), [200, 100, 100]);
}

#[test]
fn a_level_rolls_on_no_further_than_the_plan_lets_it_look() {
    let (mut roster, seats) = chain(5);
    roster.active(seats[0], [january()]);
    let company = roster.seal().expect("a chain");
    let order = |buyer: usize| (Buyer::Partner(seats[buyer]), 2, 1_000);
    for (scan, sums) in
        [("", [100, 0, 0, 0, 0]), ("max_scan = 4", [100, 0, 0, 0, 0]), ("max_scan = 3", [0; 5])]
    {
        let plan = levels(&format!("rates = [\"10%\"]\ncompression = \"roll_to_next\"\n{scan}"));
        assert_eq!(earned(&paid(&plan, &company, &[order(4)]), &seats), sums, "{scan}");
    }
}

#[test]
fn a_kopeck_of_two_rules_at_one_level_goes_to_the_lower_seat() {
    let (mut roster, seats) = chain(2);
    for seat in &seats {
        roster.active(*seat, [january()]);
    }
    let company = roster.seal().expect("a chain");
    let level = "kind = \"level\"\nbase = \"turnover\"\ncompression = \"none\"\nrates = [\"50%\"]";
    let own = rule("own", &format!("{level}\npay_self = true"));
    let text = format!("[cap]\npercent = \"99%\"\nmode = \"pro_rata\"\n{own}{}", rule("above", level));
    let totals = paid(&plan(&text), &company, &[(Buyer::Partner(seats[1]), 2, 100)]);
    assert_eq!(earned(&totals, &seats), [50, 49]);
}

#[test]
fn an_only_rule_is_cut_as_the_cap_says() {
    let (mut roster, seats) = chain(3);
    for seat in &seats {
        roster.active(*seat, [january()]);
    }
    let company = roster.seal().expect("a chain");
    let sums = |mode: &str, base: i64| {
        let rule = rule(
            "a",
            "kind = \"level\"\nbase = \"turnover\"\ncompression = \"none\"\nrates = [\"50%\", \"30%\"]",
        );
        let plan = plan(&format!("[cap]\npercent = \"40%\"\nmode = \"{mode}\"\n{rule}"));
        let totals = paid(&plan, &company, &[(Buyer::Partner(seats[2]), 2, base)]);
        (earned(&totals, &seats), totals.accruals)
    };
    assert_eq!(sums("pro_rata", 1_000), (vec![150, 250, 0], 2));
    assert_eq!(sums("tail", 1_000), (vec![0, 400, 0], 1));
    // A trillion roubles: rate times limit is beyond 64 bits.
    let trillion = 100_000_000_000_000;
    assert_eq!(sums("pro_rata", trillion), (vec![trillion / 20 * 3, trillion / 4, 0], 2));
}

#[test]
fn totals_of_other_sums_have_another_digest() {
    let (mut roster, seats) = chain(2);
    roster.active(seats[0], [january()]);
    let company = roster.seal().expect("a chain");
    let digest = |base| paid(&one_level(), &company, &[(Buyer::Partner(seats[1]), 2, base)]).digest();
    assert_eq!(digest(1_000), digest(1_001), "both pay 1.00");
    assert_ne!(digest(1_000), digest(2_000));
}
