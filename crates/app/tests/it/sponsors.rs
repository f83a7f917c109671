//! Moves to another sponsor: dated, with a reason, never into a ring, and old money does not move.

use app::sponsors::{Move, MoveError, Removal, RemoveError, move_partner, remove};
use domain::ids::FactSeq;
use domain::network::AsOf;
use testkit::{Company, TestApp, at, for_each_backend, rub, staff};

fn wanted(company: &Company<'_>, partner: &str, to: Option<&str>, since: &str) -> Move {
    let to = to.map(|code| company.code(code));
    Move { partner: company.code(partner), to, since: at(since), reason: "agreed by both".to_owned() }
}

/// ROOT over ANNA and BORIS; BUYER below ANNA. All active.
async fn fork(test: &TestApp) -> Company<'_> {
    let company = Company::with_plan(test, "nanorem-5").await;
    company.chain(&["ROOT", "ANNA", "BUYER"]).await;
    company.partner("BORIS", Some("ROOT")).await;
    company.fee("BORIS", domain::activity::FeeKind::Annual, "2026-01-01T00:00:00+03:00").await;
    company
}

async fn totals<const N: usize>(company: &Company<'_>, codes: [&str; N]) -> [domain::money::Money; N] {
    let mut totals = [rub(0); N];
    for (total, code) in totals.iter_mut().zip(codes) {
        *total = company.balance(code).await.total;
    }
    totals
}

const ALL: [&str; 3] = ["ANNA", "BORIS", "ROOT"];

#[tokio::test]
async fn a_move_counts_from_its_date_and_old_money_stays() {
    for_each_backend(async |test| {
        let company = fork(&test).await;
        company.buys("S-1", "BUYER", "1000.00", "2026-01-05T10:00:00+03:00").await;
        let to_boris = wanted(&company, "BUYER", Some("BORIS"), "2026-01-09T00:00:00+03:00");
        move_partner(&test.app, &staff("elena"), &to_boris).await.expect("no ring");
        test.work().await;
        assert_eq!(totals(&company, ALL).await, [rub(200), rub(0), rub(100)]);
        company.buys("S-2", "BUYER", "1000.00", "2026-01-09T00:00:00+03:00").await;
        company.buys("S-3", "BUYER", "1000.00", "2026-01-08T23:59:59+03:00").await;
        assert_eq!(totals(&company, ALL).await, [rub(400), rub(200), rub(300)], "by the tree of each date");
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_backdated_move_corrects_what_was_accrued() {
    for_each_backend(async |test| {
        let company = fork(&test).await;
        company.buys("S-1", "BUYER", "1000.00", "2026-01-05T10:00:00+03:00").await;
        let to_boris = wanted(&company, "BUYER", Some("BORIS"), "2026-01-05T10:00:00+03:00");
        move_partner(&test.app, &staff("elena"), &to_boris).await.expect("no ring");
        test.work().await;
        assert_eq!(totals(&company, ALL).await, [rub(0), rub(200), rub(100)]);
        let back = wanted(&company, "BUYER", Some("ANNA"), "2026-01-05T09:00:00+03:00");
        move_partner(&test.app, &staff("elena"), &back).await.expect_err("he stood there then already");
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_move_needs_a_reason_a_person_and_a_date_after_joining() {
    for_each_backend(async |test| {
        let company = fork(&test).await;
        let right = wanted(&company, "BUYER", Some("BORIS"), "2026-01-09T00:00:00+03:00");
        let elena = staff("elena");
        let refused =
            move_partner(&test.app, &elena, &Move { reason: "  ".to_owned(), ..right.clone() }).await;
        assert!(matches!(refused, Err(MoveError::NoReason)), "{refused:?}");
        let himself = domain::actor::Actor::Partner(company.code("BUYER"));
        let refused = move_partner(&test.app, &himself, &right).await;
        assert!(matches!(refused, Err(MoveError::NotStaff)), "{refused:?}");
        let early = wanted(&company, "BUYER", Some("BORIS"), "2025-01-10T11:59:59+03:00");
        let refused = move_partner(&test.app, &elena, &early).await;
        assert!(matches!(refused, Err(MoveError::BeforeJoining { .. })), "{refused:?}");
        let same = wanted(&company, "BUYER", Some("ANNA"), "2026-01-09T00:00:00+03:00");
        let refused = move_partner(&test.app, &elena, &same).await;
        assert!(matches!(refused, Err(MoveError::Unchanged(_))), "{refused:?}");
        let nobody = wanted(&company, "BUYER", Some("NOBODY"), "2026-01-09T00:00:00+03:00");
        let refused = move_partner(&test.app, &elena, &nobody).await;
        assert!(matches!(refused, Err(MoveError::UnknownPartner(_))), "{refused:?}");
        move_partner(&test.app, &elena, &right).await.expect("nothing is missing");
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn nobody_comes_to_stand_above_himself() {
    for_each_backend(async |test| {
        let company = fork(&test).await;
        let elena = staff("elena");
        for (partner, to) in [("ROOT", "BUYER"), ("ANNA", "BUYER"), ("ROOT", "ROOT"), ("ROOT", "ANNA")] {
            let ring = wanted(&company, partner, Some(to), "2026-01-09T00:00:00+03:00");
            let refused = move_partner(&test.app, &elena, &ring).await;
            assert!(matches!(refused, Err(MoveError::Ring { .. })), "{partner} under {to}: {refused:?}");
        }
        // A ring of a later date counts too: BORIS goes under BUYER from February on, so BUYER may not
        // go under BORIS in January.
        let later = wanted(&company, "BORIS", Some("BUYER"), "2026-02-01T00:00:00+03:00");
        move_partner(&test.app, &elena, &later).await.expect("no ring");
        let earlier = wanted(&company, "BUYER", Some("BORIS"), "2026-01-15T00:00:00+03:00");
        let refused = move_partner(&test.app, &elena, &earlier).await;
        assert!(matches!(refused, Err(MoveError::Ring { .. })), "{refused:?}");
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_partner_may_become_a_root() {
    for_each_backend(async |test| {
        let company = fork(&test).await;
        let alone = wanted(&company, "ANNA", None, "2026-01-05T00:00:00+03:00");
        move_partner(&test.app, &staff("elena"), &alone).await.expect("no ring");
        company.buys("S-1", "BUYER", "1000.00", "2026-01-06T10:00:00+03:00").await;
        assert_eq!(totals(&company, ALL).await, [rub(200), rub(0), rub(0)]);
        // Who stood below may now stand above.
        let under = wanted(&company, "ROOT", Some("BUYER"), "2026-01-07T00:00:00+03:00");
        move_partner(&test.app, &staff("elena"), &under).await.expect("no ring any more");
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_moves_at_once_make_no_ring() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.partner("ROOT", None).await;
        let codes: Vec<String> = (0..16).map(|number| format!("P-{number}")).collect();
        for code in &codes {
            company.partner(code, Some("ROOT")).await;
        }
        // Each wants under the next: any fifteen are a chain, all sixteen a ring.
        let moves: Vec<_> = (0..16)
            .map(|number| {
                let next = &codes[(number + 1) % 16];
                let wanted = wanted(&company, &codes[number], Some(next), "2026-01-09T00:00:00+03:00");
                let app = test.app.clone();
                tokio::spawn(async move { move_partner(&app, &staff("elena"), &wanted).await })
            })
            .collect();
        let mut refused = 0;
        for one in moves {
            match one.await.expect("no panic") {
                Ok(()) => {}
                Err(MoveError::Ring { .. }) => refused += 1,
                Err(other) => panic!("{other}: {:?}", std::error::Error::source(&other)),
            }
        }
        assert_eq!(refused, 1, "only the one that would close the ring");
        let network = store::network::load_whole(&mut test.app.store.begin_read().await.expect("read")).await;
        let network = network.expect("the network can be read");
        let as_of = AsOf { at: test.app.now(), known: FactSeq::LATEST };
        let deepest = network.people().map(|(id, _)| network.upline(id, as_of, 100).members.len()).max();
        assert_eq!(deepest, Some(16));
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_removed_partner_leaves_his_first_line_to_his_sponsor() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["ROOT", "ANNA"]).await;
        company.partner("IDLE", Some("ANNA")).await;
        for code in ["BORIS", "BUYER"] {
            company.partner(code, Some("IDLE")).await;
        }
        company.fee("IDLE", domain::activity::FeeKind::Monthly, "2025-01-15T00:00:00+03:00").await;
        let removal = |since: &str| Removal {
            partner: company.code("IDLE"),
            since: at(since),
            reason: "a year without a fee".to_owned(),
        };
        let elena = staff("elena");
        // He was active until 15 February 2025.
        test.it_is("2026-03-01T12:00:00+03:00");
        let early = remove(&test.app, &elena, &removal("2026-02-14T23:59:59+03:00")).await;
        assert!(matches!(early, Err(RemoveError::ActiveLately { .. })), "{early:?}");
        let ahead = remove(&test.app, &elena, &removal("2026-03-02T12:00:01+03:00")).await;
        assert!(matches!(ahead, Err(RemoveError::Ahead(_))), "until then he may become active: {ahead:?}");
        let due = removal("2026-02-15T00:00:00+03:00");
        assert_eq!(remove(&test.app, &elena, &due).await.expect("a year has passed"), 2);
        let again = remove(&test.app, &elena, &due).await;
        assert!(matches!(again, Err(RemoveError::Nobody(_))), "{again:?}");
        let mut tx = test.app.store.begin_read().await.expect("a transaction");
        let network = store::network::load_whole(&mut tx).await.expect("read");
        drop(tx);
        let sponsor = async |code: &str, on: &str| {
            let mut tx = test.app.store.begin_read().await.expect("a transaction");
            let partner = store::partners::by_code(&mut tx, &company.code(code)).await.expect("read");
            let partner = partner.expect("he is there");
            let above = network.sponsor(partner.id, AsOf { at: at(on), known: FactSeq::LATEST });
            above.and_then(|id| network.get(id)).and_then(|person| person.code.clone())
        };
        for code in ["BORIS", "BUYER"] {
            let before = sponsor(code, "2026-02-14T00:00:00+03:00").await;
            assert_eq!(before, Some(company.code("IDLE")), "{code} before the date");
            let after = sponsor(code, "2026-02-15T00:00:00+03:00").await;
            assert_eq!(after, Some(company.code("ANNA")), "{code} from the date on");
        }
        assert_eq!(sponsor("IDLE", "2026-02-15T00:00:00+03:00").await, Some(company.code("ANNA")));
        test.assert_verified().await;
    })
    .await;
}
