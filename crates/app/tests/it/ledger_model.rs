//! The ledger against a naive model that recomputes every balance from bare facts, after every step.
//!
//! The model shares no code with the program: five levels, the inactive passed over, a share rounded
//! half up, a refund's part rounded down.

use std::collections::BTreeMap;

use app::activity::{FeePayment, take_fee};
use app::orders::Received;
use app::payouts::{PayoutError, advance, request};
use app::sponsors::{Move, MoveError, move_partner};
use domain::activity::FeeKind;
use domain::payout::PayoutStep;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use testkit::{Company, FakeShop, OrderDraft, TestApp, on_sqlite, staff};

const PARTNERS: usize = 8;
const RATES_PERCENT: [i64; 5] = [20, 10, 5, 5, 5];

#[derive(Debug, Clone)]
enum Step {
    Buy { buyer: usize, pieces: u32, kopecks: i64, hours_ago: i64 },
    Refund { order: prop::sample::Index, pieces: u32 },
    Cancel { order: prop::sample::Index },
    Again { order: prop::sample::Index },
    Fee { partner: usize, annual: bool, hours_ago: i64 },
    Move { partner: usize, to: usize, hours_ago: i64 },
    PayOut { partner: usize, end: PayoutStep },
    Wait { hours: i64 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let order = || any::<prop::sample::Index>();
    let partner = || 0..PARTNERS;
    let step = prop_oneof![
        4 => (partner(), 1..5u32, 1..300_000i64, 0..1_000i64)
            .prop_map(|(buyer, pieces, kopecks, hours_ago)| Step::Buy { buyer, pieces, kopecks, hours_ago }),
        3 => (order(), 1..3u32).prop_map(|(order, pieces)| Step::Refund { order, pieces }),
        1 => order().prop_map(|order| Step::Cancel { order }),
        1 => order().prop_map(|order| Step::Again { order }),
        3 => (partner(), any::<bool>(), 0..1_000i64)
            .prop_map(|(partner, annual, hours_ago)| Step::Fee { partner, annual, hours_ago }),
        2 => (partner(), partner(), 0..1_000i64)
            .prop_map(|(partner, to, hours_ago)| Step::Move { partner, to, hours_ago }),
        2 => (partner(), prop::sample::select(vec![PayoutStep::Settle, PayoutStep::Fail, PayoutStep::Reject]))
            .prop_map(|(partner, end)| Step::PayOut { partner, end }),
        2 => (1..500i64).prop_map(|hours| Step::Wait { hours }),
    ];
    prop::collection::vec(step, 40)
}

/// An order as the model knows it.
#[derive(Debug, Clone)]
struct Bought {
    buyer: usize,
    pieces: i64,
    kopecks: i64,
    paid_at: Timestamp,
    given_back: u32,
    refunds: u32,
    is_cancelled: bool,
}

/// Bare facts.
#[derive(Debug, Default)]
struct Model {
    orders: Vec<Bought>,
    fees: Vec<(usize, Timestamp, i64)>,
    /// Partner, since, sponsor; in the order in which they became known.
    moves: Vec<(usize, Timestamp, Option<usize>)>,
    /// Partner, kopecks that left or are on their way.
    paid_out: Vec<(usize, i64)>,
}

impl Model {
    fn sponsor(&self, partner: usize, at: Timestamp) -> Option<usize> {
        let mut found: (Option<Timestamp>, Option<usize>) = (None, partner.checked_sub(1));
        for (moved, since, to) in &self.moves {
            if *moved == partner && *since <= at && found.0.is_none_or(|known| known <= *since) {
                found = (Some(*since), *to);
            }
        }
        found.1
    }

    fn is_active(&self, partner: usize, at: Timestamp) -> bool {
        let zone = TimeZone::get("Europe/Moscow").expect("bundled");
        let mut fees: Vec<_> = self.fees.iter().filter(|(payer, ..)| *payer == partner).collect();
        fees.sort_by_key(|(_, paid_at, _)| *paid_at);
        let mut until: Option<Timestamp> = None;
        for (_, paid_at, months) in fees {
            let from = until.map_or(*paid_at, |until| until.max(*paid_at));
            let end = from.to_zoned(zone.clone()).checked_add(months.months()).expect("in range").timestamp();
            if from <= at && at < end {
                return true;
            }
            until = Some(end);
        }
        false
    }

    /// What is left to each partner of an order.
    fn left(&self, order: &Bought) -> BTreeMap<usize, i64> {
        let base = order.pieces * order.kopecks;
        let mut left = BTreeMap::new();
        let mut next = self.sponsor(order.buyer, order.paid_at);
        let mut rates = RATES_PERCENT.into_iter();
        while let Some(partner) = next {
            if self.is_active(partner, order.paid_at) {
                let Some(percent) = rates.next() else { break };
                let share = (base * percent + 50) / 100;
                let back = if order.is_cancelled {
                    share
                } else {
                    share * i64::from(order.given_back) / order.pieces
                };
                left.insert(partner, share - back);
            }
            next = self.sponsor(partner, order.paid_at);
        }
        left
    }

    /// Total and available.
    fn balance(&self, partner: usize, now: Timestamp) -> (i64, i64) {
        let out: i64 =
            self.paid_out.iter().filter(|(who, _)| *who == partner).map(|(_, kopecks)| kopecks).sum();
        let (mut total, mut available) = (-out, -out);
        for order in &self.orders {
            let left = self.left(order).get(&partner).copied().unwrap_or(0);
            total += left;
            if order.paid_at + SignedDuration::from_hours(14 * 24) <= now {
                available += left;
            }
        }
        (total, available)
    }

    /// Whether with this move anybody would at some date stand above himself.
    fn makes_ring(&self, partner: usize, to: usize, since: Timestamp) -> bool {
        let mut moves = self.moves.clone();
        moves.push((partner, since, Some(to)));
        let dates: Vec<Timestamp> =
            moves.iter().map(|(_, since, _)| *since).filter(|date| *date >= since).collect();
        let after = Self { moves, ..Self::default() };
        dates.into_iter().any(|at| {
            let up = std::iter::successors(after.sponsor(partner, at), |above| after.sponsor(*above, at));
            up.take(PARTNERS + 1).any(|above| above == partner)
        })
    }
}

fn code(partner: usize) -> String {
    format!("P-{partner}")
}

fn draft(number: usize, order: &Bought) -> OrderDraft {
    let price = format!("{}.{:02}", order.kopecks / 100, order.kopecks % 100);
    let pieces = u32::try_from(order.pieces).expect("few");
    let paid_at = order.paid_at.to_string();
    OrderDraft::new(&format!("S-{number}"), &code(order.buyer), pieces, &price, &paid_at).paid_at(&paid_at)
}

struct Run<'a> {
    test: &'a TestApp,
    company: Company<'a>,
    shop: FakeShop,
    model: Model,
}

impl Run<'_> {
    fn ago(&self, hours: i64) -> Timestamp {
        self.test.app.now() - SignedDuration::from_hours(hours)
    }

    async fn tell(&self, event: &serde_json::Value) -> Received {
        self.shop.send(self.test, event).await
    }

    async fn take(&mut self, number: usize, step: &Step) {
        match step {
            Step::Buy { buyer, pieces, kopecks, hours_ago } => {
                let (pieces, paid_at) = (i64::from(*pieces), self.ago(*hours_ago));
                let (buyer, kopecks) = (*buyer, *kopecks);
                let order = Bought {
                    buyer,
                    pieces,
                    kopecks,
                    paid_at,
                    given_back: 0,
                    refunds: 0,
                    is_cancelled: false,
                };
                let event = draft(self.model.orders.len(), &order).event("order.paid");
                assert_eq!(self.tell(&event).await, Received::Accepted);
                self.model.orders.push(order);
            }
            Step::Refund { order, pieces } => self.refund(*order, *pieces).await,
            Step::Cancel { order } => {
                let Some((number, known)) = self.pick(*order) else {
                    return;
                };
                self.tell(&draft(number, &known).event("order.cancelled")).await;
                self.model.orders[number].is_cancelled = true;
            }
            Step::Again { order } => {
                let Some((number, known)) = self.pick(*order) else {
                    return;
                };
                let answer = self.tell(&draft(number, &known).event("order.completed")).await;
                assert_eq!(answer, Received::Duplicate);
            }
            Step::Fee { partner, annual, hours_ago } => {
                let kind = if *annual { FeeKind::Annual } else { FeeKind::Monthly };
                let (paid_at, partner_code) = (self.ago(*hours_ago), self.company.code(&code(*partner)));
                let (source, external_id) = ("bank".to_owned(), format!("fee-{number}"));
                let payment = FeePayment { partner: partner_code, paid_at, kind, source, external_id };
                take_fee(&self.test.app, &staff("elena"), &payment).await.expect("the plan has both fees");
                self.model.fees.push((*partner, paid_at, if *annual { 12 } else { 1 }));
            }
            Step::Move { partner, to, hours_ago } => {
                self.move_partner(*partner, *to, self.ago(*hours_ago)).await;
            }
            Step::PayOut { partner, end } => self.pay_out(*partner, *end).await,
            Step::Wait { hours } => self.test.clock.advance(SignedDuration::from_hours(*hours)),
        }
    }

    fn pick(&self, index: prop::sample::Index) -> Option<(usize, Bought)> {
        let number = (!self.model.orders.is_empty()).then(|| index.index(self.model.orders.len()))?;
        Some((number, self.model.orders[number].clone()))
    }

    async fn refund(&mut self, index: prop::sample::Index, pieces: u32) {
        let Some((number, known)) = self.pick(index) else {
            return;
        };
        let id = format!("R-{}", known.refunds);
        let event = draft(number, &known).refund(&id, &[(1, pieces)], &self.test.app.now().to_string());
        let answer = self.tell(&event).await;
        if i64::from(known.given_back + pieces) > known.pieces {
            assert!(matches!(answer, Received::Refused(_)), "{answer:?}");
            return;
        }
        assert_eq!(answer, Received::Accepted);
        let order = &mut self.model.orders[number];
        (order.given_back, order.refunds) = (known.given_back + pieces, known.refunds + 1);
    }

    async fn move_partner(&mut self, partner: usize, to: usize, since: Timestamp) {
        let wanted = Move {
            partner: self.company.code(&code(partner)),
            to: Some(self.company.code(&code(to))),
            since,
            reason: "a step".to_owned(),
        };
        let moved = move_partner(&self.test.app, &staff("elena"), &wanted).await;
        if self.model.sponsor(partner, since) == Some(to) {
            assert!(matches!(moved, Err(MoveError::Unchanged(_))), "{moved:?}");
        } else if self.model.makes_ring(partner, to, since) {
            assert!(matches!(moved, Err(MoveError::Ring { .. })), "{moved:?}");
        } else {
            moved.expect("no ring");
            self.model.moves.push((partner, since, Some(to)));
        }
    }

    async fn pay_out(&mut self, partner: usize, end: PayoutStep) {
        let (_, available) = self.model.balance(partner, self.test.app.now());
        let asked = request(&self.test.app, &staff("elena"), &self.company.code(&code(partner)), None).await;
        if available <= 0 {
            assert!(matches!(asked, Err(PayoutError::Nothing { .. })), "{asked:?}");
            return;
        }
        let payout = asked.expect("he has money");
        assert_eq!(payout.amount.minor(), available);
        let steps = match end {
            PayoutStep::Reject => &[][..],
            _ => &[PayoutStep::Approve, PayoutStep::Send],
        };
        for step in steps.iter().chain([&end]) {
            advance(&self.test.app, &staff("oleg"), payout.number, *step, Some("a step"))
                .await
                .expect("legal");
        }
        if end == PayoutStep::Settle {
            self.model.paid_out.push((partner, available));
        }
    }

    async fn compare(&self, step: &Step) {
        let now = self.test.app.now();
        for partner in 0..PARTNERS {
            let balance = self.company.balance(&code(partner)).await;
            let told = (balance.total.minor(), balance.available.minor());
            assert_eq!(told, self.model.balance(partner, now), "{} after {step:?}", code(partner));
        }
    }
}

async fn run(steps: &[Step]) {
    on_sqlite(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        for partner in 0..PARTNERS {
            company.partner(&code(partner), partner.checked_sub(1).map(code).as_deref()).await;
        }
        let mut run = Run { test: &test, company, shop: FakeShop::default(), model: Model::default() };
        for (number, step) in steps.iter().enumerate() {
            run.take(number, step).await;
            test.work().await;
            run.compare(step).await;
        }
        test.assert_verified().await;
    })
    .await;
}

/// The seed is fixed, so that a run can be repeated; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` take more.
#[test]
fn the_ledger_agrees_with_a_naive_model_after_every_step() {
    let from_environment = Config::default();
    let config = Config {
        cases: if std::env::var_os("PROPTEST_CASES").is_some() { from_environment.cases } else { 30 },
        rng_seed: match from_environment.rng_seed {
            RngSeed::Random => RngSeed::Fixed(2026),
            fixed @ RngSeed::Fixed(_) => fixed,
        },
        max_shrink_iters: 200,
        failure_persistence: None,
        ..from_environment
    };
    proptest!(config, |(steps in steps())| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(run(&steps));
    });
}
