//! A year of a company from one seed: events that come twice, late and in the wrong order, a program
//! that dies between and within its transactions, jobs whose worker never came back.
//!
//! The books are proved after every death and at the end. Where a death falls within a transaction is
//! left to chance; what the ledger says in the end is not.

mod script;

use std::cell::RefCell;

use app::activity::{FeePayment, take_fee};
use app::orders::Received;
use app::payouts::{PayoutError, advance, request};
use app::periods::{CloseError, close};
use app::sponsors::{Move, MoveError, move_partner};
use app::standing::{Decision, Decree, decree};
use domain::partner::PartnerCode;
use domain::payout::PayoutStep;
use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use script::{Event, Happening};
use testkit::{Company, FakeShop, TestApp, for_each_backend, on_sqlite, staff};

/// How often each thing happened, so that a simulation in which nothing happens does not pass.
#[derive(Debug, Default)]
struct Seen {
    accepted: usize,
    duplicate: usize,
    moved: usize,
    refused_to_move: usize,
    paid_out: usize,
    nothing_to_pay: usize,
    closed: usize,
    deaths: usize,
    deaths_within: usize,
    abandoned: usize,
}

struct Simulation {
    test: TestApp,
    shop: FakeShop,
    /// Decides on deaths only; what happens in the company is in the script.
    fate: StdRng,
    seen: Seen,
}

/// Ends after so many turns of the scheduler: the other branch of a `select!` has died by then, or not.
async fn turns(count: usize) {
    for _ in 0..count {
        tokio::task::yield_now().await;
    }
}

impl Simulation {
    async fn run(mut self, seed: u64) -> ([u8; 32], Seen) {
        Company::with_plan(&self.test, "nanorem-12").await;
        for happening in script::year(seed) {
            self.test.clock.set(happening.at);
            let died_within;
            (self, died_within) = self.fate_strikes(&happening).await;
            self.happens(&happening).await;
            // How much was done before a death within a transaction is chance; after it all is done.
            if died_within {
                self.settle().await;
            } else if self.fate.random_bool(0.6) {
                self.test.work().await;
            }
        }
        self.settle().await;
        self.test.assert_verified().await;
        let digest = app::ledger::digest(&self.test.app).await.expect("the ledger can be read");
        self.test.app.store.close().await;
        (digest.sha256, self.seen)
    }

    /// Now and then the program dies: between transactions, within one, or holding jobs.
    async fn fate_strikes(mut self, happening: &Happening) -> (Self, bool) {
        let died_within = match self.fate.random_range(0..20) {
            0 => false,
            1 => {
                self.seen.deaths_within += 1;
                let count = self.fate.random_range(1..400);
                tokio::select! {
                    biased;
                    () = turns(count) => {}
                    () = Self::tell_or_work(&self.test, &self.shop, happening) => {}
                }
                true
            }
            2 => {
                self.seen.abandoned += 1;
                let mut tx = self.test.app.store.begin().await.expect("a transaction");
                let now = self.test.app.now();
                let due =
                    store::jobs::due(&mut tx, "settle_order", now, 256).await.expect("jobs can be read");
                store::jobs::take(&mut tx, &due, now).await.expect("jobs can be taken");
                false
            }
            _ => return (self, false),
        };
        self.seen.deaths += 1;
        let seed = self.fate.random();
        self.test = self.test.restarted(seed).await;
        self.test.assert_verified().await;
        (self, died_within)
    }

    /// What is safe to do twice: the shop sends again, the worker converges.
    async fn tell_or_work(test: &TestApp, shop: &FakeShop, happening: &Happening) {
        if let Event::Told(event) = &happening.event {
            shop.receive(test, event).await;
        }
        test.work().await;
    }

    async fn happens(&mut self, happening: &Happening) {
        let company = Company::of(&self.test);
        let elena = staff("elena");
        match &happening.event {
            Event::Joins { code, sponsor } => {
                company.joins(code, sponsor.as_deref()).await;
            }
            Event::Fee { code, kind, paid_at, key } => {
                let (source, external_id) = ("bank".to_owned(), key.clone());
                let partner = company.code(code);
                let payment = FeePayment { partner, paid_at: *paid_at, kind: *kind, source, external_id };
                take_fee(&self.test.app, &elena, &payment).await.expect("the plan has both fees");
            }
            Event::Told(event) => match self.shop.receive(&self.test, event).await {
                Received::Accepted => self.seen.accepted += 1,
                Received::Duplicate => self.seen.duplicate += 1,
                other => panic!("{other:?} to {event}"),
            },
            Event::Contradiction(event) => {
                let answer = self.shop.receive(&self.test, event).await;
                assert!(matches!(answer, Received::Conflict(_)), "{answer:?} to {event}");
            }
            Event::Moves { code, to, since } => {
                self.moves(&company.code(code), company.code(to), *since).await;
            }
            Event::Hold { code, is_held, since } => {
                let decision = if *is_held { Decision::Hold } else { Decision::Release };
                let (partner, reason) = (company.code(code), "a complaint".to_owned());
                let decided = Decree { partner, decision, since: *since, reason };
                decree(&self.test.app, &elena, &decided).await.expect("staff, with a reason");
            }
            Event::PaysOut { code, end } => self.pays_out(&company.code(code), *end).await,
            Event::Closes(period) => {
                self.settle().await;
                close(&self.test.app, &elena, *period).await.expect("nothing waits any more");
                let again = close(&self.test.app, &elena, *period).await;
                assert!(matches!(again, Err(CloseError::AlreadyClosed { .. })), "{again:?}");
                self.seen.closed += 1;
            }
        }
    }

    async fn moves(&mut self, partner: &PartnerCode, to: PartnerCode, since: Timestamp) {
        let reason = "asked for it".to_owned();
        let wanted = Move { partner: partner.clone(), to: Some(to), since, reason };
        match move_partner(&self.test.app, &staff("elena"), &wanted).await {
            Ok(()) => self.seen.moved += 1,
            Err(MoveError::Ring { .. } | MoveError::Unchanged(_) | MoveError::BeforeJoining { .. }) => {
                self.seen.refused_to_move += 1;
            }
            Err(other) => panic!("{other}"),
        }
    }

    async fn pays_out(&mut self, partner: &PartnerCode, end: PayoutStep) {
        // Everything due is posted first: how far the worker was is chance.
        self.settle().await;
        let payout = match request(&self.test.app, &staff("elena"), partner, None).await {
            Ok(payout) => payout,
            Err(PayoutError::Nothing { .. }) => {
                self.seen.nothing_to_pay += 1;
                return;
            }
            Err(other) => panic!("{other}"),
        };
        self.seen.paid_out += 1;
        let oleg = staff("oleg");
        for step in [PayoutStep::Approve, PayoutStep::Send, end] {
            let advanced = advance(&self.test.app, &oleg, payout.number, step, Some("the bank"));
            advanced.await.expect("a legal step");
        }
    }

    /// Does everything that waits, also what a worker held when it died.
    async fn settle(&self) {
        self.test.work().await;
        assert_eq!(app::jobs::list(&self.test.app).await.expect("jobs"), []);
    }
}

/// The same seed gives the same ledger on either database and every time, wherever within a transaction
/// the program died.
async fn a_year_of(seed: u64) {
    let digests = RefCell::new(Vec::new());
    let simulate = async |test| {
        let fate = StdRng::seed_from_u64(seed + 1_000);
        let simulation = Simulation { test, shop: FakeShop::default(), fate, seen: Seen::default() };
        let (digest, seen) = simulation.run(seed).await;
        digests.borrow_mut().push(digest);
        let happened = [
            ("accepted", seen.accepted),
            ("duplicate", seen.duplicate),
            ("moved", seen.moved),
            ("refused to move", seen.refused_to_move),
            ("paid out", seen.paid_out),
            ("closed", seen.closed),
            ("deaths", seen.deaths),
            ("deaths within", seen.deaths_within),
            ("abandoned", seen.abandoned),
        ];
        assert!(happened.iter().all(|(_, times)| *times > 0), "{seen:?}");
    };
    for_each_backend(simulate).await;
    on_sqlite(simulate).await;
    let digests = digests.into_inner();
    assert!(digests.iter().all(|digest| *digest == digests[0]), "seed {seed}: {digests:?}");
}

#[tokio::test]
async fn a_year_of_seed_1_ends_in_one_ledger() {
    a_year_of(1).await;
}

#[tokio::test]
async fn a_year_of_seed_2_ends_in_one_ledger() {
    a_year_of(2).await;
}

#[tokio::test]
async fn a_year_of_seed_3_ends_in_one_ledger() {
    a_year_of(3).await;
}

#[tokio::test]
async fn a_year_of_seed_4_ends_in_one_ledger() {
    a_year_of(4).await;
}
