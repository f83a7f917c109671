//! What the shop tells may come in any order and more than once; only what it tells counts.

use std::collections::{BTreeMap, BTreeSet};

use app::orders::{Intake, Received};
use domain::ids::PartnerId;
use domain::ledger::partner_account;
use domain::money::Money;
use domain::webhook::VerifiedBody;
use serde_json::{Value, json};
use testkit::{Company, FakeShop, OrderDraft, TestApp, at, for_each_backend, on_sqlite, rub, staff};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Told {
    Created,
    Paid,
    Completed,
    RefundA,
    RefundB,
    Cancelled,
}

/// In the order in which they happen when nothing goes wrong.
pub(crate) const ALL: [Told; 6] =
    [Told::Created, Told::Paid, Told::Completed, Told::RefundA, Told::RefundB, Told::Cancelled];

const ORDERED: &str = "2026-01-08T10:00:00+03:00";
const PAID: &str = "2026-01-08T11:00:00+03:00";

/// An order whose shares do not divide evenly.
fn draft(id: &str) -> OrderDraft {
    OrderDraft::new(id, "BUYER", 3, "333.33", ORDERED).line("RVS", 2, "0.07")
}

fn event(id: &str, told: Told) -> Value {
    let draft = draft(id);
    match told {
        Told::Created => draft.event("order.created"),
        Told::Paid => draft.paid_at(PAID).event("order.paid"),
        Told::Completed => draft.paid_at(PAID).event("order.completed"),
        Told::RefundA => draft.refund("A", &[(1, 1)], "2026-01-09T10:00:00+03:00"),
        Told::RefundB => draft.refund("B", &[(1, 2), (2, 1)], "2026-01-10T10:00:00+03:00"),
        Told::Cancelled => draft.event("order.cancelled"),
    }
}

/// Every sequence of one to `longest` events, repetitions included.
fn sequences(longest: usize) -> Vec<Vec<Told>> {
    let mut all: Vec<Vec<Told>> = vec![Vec::new()];
    let mut last = all.clone();
    for _ in 0..longest {
        let longer = |start: &Vec<Told>| ALL.map(|told| [start.as_slice(), &[told]].concat());
        last = last.iter().flat_map(longer).collect();
        all.extend(last.iter().cloned());
    }
    all.split_off(1)
}

pub(crate) fn name(told: &[Told]) -> String {
    told.iter().map(|told| format!("{told:?}")).collect::<Vec<_>>().join("-")
}

/// Sends the events of all sequences, the first ones together, then the second ones, and so on.
pub(crate) async fn tell(test: &TestApp, prefix: &str, all: &[Vec<Told>], work_between: bool) {
    let shop = FakeShop::default();
    for place in 0..all.iter().map(Vec::len).max().unwrap_or(0) {
        let now = test.app.now();
        let bodies: Vec<VerifiedBody> = all
            .iter()
            .filter_map(|told| Some((name(told), *told.get(place)?)))
            .map(|(id, told)| {
                shop.verified(&format!("{prefix}-{id}-{place}"), &event(&format!("{prefix}-{id}"), told), now)
            })
            .collect();
        for some in bodies.chunks(256) {
            for answer in app::orders::receive(&test.app, some).await.expect("they can be stored") {
                assert!(matches!(answer, Received::Accepted | Received::Duplicate), "{answer:?}");
            }
        }
        if work_between {
            test.work().await;
        }
    }
    test.work().await;
}

/// What is left to each partner of each order, by the order's id in the shop.
pub(crate) async fn nets(test: &TestApp) -> BTreeMap<String, BTreeMap<PartnerId, Money>> {
    let mut tx = test.app.store.begin_read().await.expect("the database answers");
    let orders = store::orders::all(&mut tx).await.expect("orders can be read");
    let partners = store::partners::all(&mut tx).await.expect("partners can be read");
    let transfers = store::transfers::all(&mut tx).await.expect("transfers can be read");
    let mut cause_of: BTreeMap<_, _> = orders
        .iter()
        .map(|stored| (stored.order.id.uuid(), stored.order.key.external_id.to_string()))
        .collect();
    for stored in &orders {
        for refund in &stored.order.refunds {
            cause_of.insert(refund.id.uuid(), stored.order.key.external_id.to_string());
        }
    }
    let partner_of: BTreeMap<_, _> =
        partners.iter().map(|partner| (partner_account(partner.id), partner.id)).collect();
    let mut nets: BTreeMap<String, BTreeMap<PartnerId, Money>> =
        cause_of.values().map(|order| (order.clone(), BTreeMap::new())).collect();
    for transfer in transfers {
        let order = nets.get_mut(&cause_of[&transfer.cause]).expect("every cause belongs to an order");
        if let Some(partner) = partner_of.get(&transfer.credit) {
            *order.entry(*partner).or_default() += transfer.amount;
        }
        if let Some(partner) = partner_of.get(&transfer.debit) {
            *order.entry(*partner).or_default() -= transfer.amount;
        }
    }
    for net in nets.values_mut() {
        net.retain(|_, left| !left.is_zero());
    }
    nets
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_order_of_events_changes_nothing() {
    on_sqlite(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["ROOT", "ANNA", "BORIS", "BUYER"]).await;
        let all = sequences(4);
        assert_eq!(all.len(), 6 + 36 + 216 + 1_296);
        tell(&test, "worked", &all, true).await;
        tell(&test, "waited", &all, false).await;
        test.assert_verified().await;
        let nets = nets(&test).await;
        for told in &all {
            let natural: Vec<Told> = told.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
            let expected = &nets[&format!("worked-{}", name(&natural))];
            for way in ["worked", "waited"] {
                assert_eq!(&nets[&format!("{way}-{}", name(told))], expected, "{way} {told:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn every_event_does_what_it_says() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["ROOT", "ANNA", "BORIS", "BUYER"]).await;
        let shop = FakeShop::default();
        // 3 x 333.33 + 2 x 0.07 = 1 000.13; 20 % is 200.026, 10 % is 100.013, 5 % is 50.0065.
        let kopecks = Money::from_minor;
        let steps = [
            (Told::Created, [0, 0, 0]),
            (Told::Paid, [200_03, 100_01, 50_01]),
            (Told::Completed, [200_03, 100_01, 50_01]),
            // floor(200.03 x 333.33 / 1000.13) = 66.66 is taken back.
            (Told::RefundA, [133_37, 66_68, 33_35]),
            // All but one piece of 0.07: floor(200.03 x 1000.06 / 1000.13) = 200.01 in all.
            (Told::RefundB, [2, 1, 1]),
            (Told::Cancelled, [0, 0, 0]),
        ];
        for (told, expected) in steps {
            let answer = if told == Told::Completed { Received::Duplicate } else { Received::Accepted };
            assert_eq!(shop.send(&test, &event("S-1", told)).await, answer, "{told:?}");
            let mut totals = Vec::new();
            for code in ["BORIS", "ANNA", "ROOT"] {
                totals.push(company.balance(code).await.total);
            }
            assert_eq!(totals, expected.map(kopecks), "after {told:?}");
            assert_eq!(
                company.balance("BUYER").await.total,
                rub(0),
                "the buyer earns nothing of his own order"
            );
            test.assert_verified().await;
        }
    })
    .await;
}

#[tokio::test]
async fn an_event_that_comes_again_changes_nothing() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["ROOT", "ANNA", "BORIS", "BUYER"]).await;
        let shop = FakeShop::default();
        for told in ALL {
            shop.send(&test, &event("S-1", told)).await;
        }
        let before = app::ledger::digest(&test.app).await.expect("the ledger can be read");
        for told in ALL {
            assert_eq!(shop.send(&test, &event("S-1", told)).await, Received::Duplicate, "{told:?}");
        }
        assert_eq!(app::ledger::digest(&test.app).await.expect("the ledger can be read"), before);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn what_contradicts_is_refused_and_changes_nothing() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["ROOT", "ANNA", "BORIS", "BUYER"]).await;
        let shop = FakeShop::default();
        shop.send(&test, &event("S-1", Told::Paid)).await;
        shop.send(&test, &event("S-1", Told::RefundA)).await;
        let before = app::ledger::digest(&test.app).await.expect("the ledger can be read");
        let other_price = OrderDraft::new("S-1", "BUYER", 3, "333.34", ORDERED).line("RVS", 2, "0.07");
        let other_buyer = OrderDraft::new("S-1", "BORIS", 3, "333.33", ORDERED).line("RVS", 2, "0.07");
        let later = draft("S-1").paid_at("2026-01-08T11:00:01+03:00");
        let conflicts = [
            other_price.event("order.created"),
            other_buyer.event("order.created"),
            later.event("order.paid"),
            draft("S-1").refund("A", &[(1, 2)], "2026-01-09T10:00:00+03:00"),
        ];
        for conflict in conflicts {
            let answer = shop.send(&test, &conflict).await;
            assert!(matches!(answer, Received::Conflict(_)), "{answer:?} to {conflict}");
        }
        let refused = [
            draft("S-1").refund("C", &[(1, 3)], "2026-01-09T10:00:00+03:00"),
            draft("S-1").refund("C", &[(9, 1)], "2026-01-09T10:00:00+03:00"),
            OrderDraft::new("S-2", "NOBODY", 1, "1.00", ORDERED).event("order.created"),
            OrderDraft::new("S-2", "BUYER", 1, "1.00", ORDERED)
                .line("UNKNOWN", 1, "1.00")
                .event("order.created"),
            OrderDraft::new("S-2", "BUYER", 1, "1.00", ORDERED).event("order.paid"),
            OrderDraft::new("S-2", "BUYER", 1, "-1.00", ORDERED).event("order.created"),
        ];
        for wrong in refused {
            let answer = shop.send(&test, &wrong).await;
            assert!(matches!(answer, Received::Refused(_)), "{answer:?} to {wrong}");
        }
        assert_eq!(app::ledger::digest(&test.app).await.expect("the ledger can be read"), before);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_told_with_a_date_before_the_payment_takes_effect_with_the_payment() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["ROOT", "BUYER"]).await;
        let shop = FakeShop::default();
        let paid_at = "2026-01-09T11:00:00+03:00";
        let order =
            OrderDraft::new("S-1", "BUYER", 2, "1000.00", "2026-01-09T10:00:00+03:00").paid_at(paid_at);
        shop.send(&test, &order.event("order.paid")).await;
        shop.send(&test, &order.refund("R-1", &[(1, 1)], "2025-12-13T10:00:00+03:00")).await;
        let statement = app::ledger::statement(&test.app, &company.code("ROOT")).await.expect("he exists");
        let lines: Vec<_> = statement
            .lines
            .iter()
            .map(|line| (line.effective_at, line.amount, line.period.to_string()))
            .collect();
        let january = "2026-01".to_owned();
        assert_eq!(lines, [(at(paid_at), rub(400), january.clone()), (at(paid_at), rub(-200), january)]);
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_taken_back_with_a_date_to_come_cannot_be_paid_out_meanwhile() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["ROOT", "BUYER"]).await;
        let shop = FakeShop::default();
        let order = OrderDraft::new("S-1", "BUYER", 2, "1000.00", "2026-01-09T10:00:00+03:00")
            .paid_at("2026-01-09T11:00:00+03:00");
        shop.send(&test, &order.event("order.paid")).await;
        test.it_is("2026-02-10T12:00:00+03:00");
        shop.send(&test, &order.refund("R-1", &[(1, 1)], "2026-02-11T11:00:00+03:00")).await;
        let balance = company.balance("ROOT").await;
        assert_eq!((balance.total, balance.available), (rub(200), rub(200)));
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_customer_who_joins_after_he_ordered_stays_the_customer_of_that_order() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["ROOT"]).await;
        let sponsor = app::people::card(&test.app, &company.code("ROOT")).await.expect("he exists").partner;
        let buyer = json!({ "phone": "+79001112233", "referral_code": sponsor.referral_code });
        let order = OrderDraft::new("S-1", "-", 1, "1000.00", "2026-01-09T10:00:00+03:00").buyer(buyer);
        let shop = FakeShop::default();
        assert_eq!(shop.send(&test, &order.event("order.created")).await, Received::Accepted);
        let joining = app::enroll::Enrolment {
            name: domain::partner::PersonName::parse("Вера", "Новая").expect("a name"),
            phone: Some("+79001112233".parse().expect("a phone")),
            email: None,
            sponsor: app::enroll::SponsorRef::Partner(company.code("ROOT")),
            code: Some(company.code("VERA")),
            joined_at: None,
        };
        app::enroll::enroll(&test.app, &staff("elena"), &joining).await.expect("she joins");
        let order = order.paid_at("2026-01-09T11:00:00+03:00");
        assert_eq!(shop.send(&test, &order.event("order.paid")).await, Received::Accepted);
        assert_eq!(company.balance("ROOT").await.total, rub(200));
        let back = order.refund("R-1", &[(1, 1)], "2026-01-09T12:00:00+03:00");
        assert_eq!(shop.send(&test, &back).await, Received::Accepted);
        assert_eq!(company.balance("ROOT").await.total, rub(0));
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn the_bonus_of_the_first_order_is_paid_once_whichever_order_is_told_first() {
    let first = "\n[[rules]]\nid = \"first\"\nkind = \"fast_start\"\nbase = \"turnover\"\nrates = [\"50%\"]\ncompression = \"skip_inactive\"\nfirst_order = true\n";
    let plan = [include_str!("../../../../plans/nanorem-5.toml"), first].concat();
    for_each_backend(async |test| {
        let mut nets = Vec::new();
        for (prefix, told) in [("IN", [1, 2]), ("OUT", [2, 1])] {
            let company =
                if prefix == "IN" { Company::with_plan(&test, &plan).await } else { Company::of(&test) };
            let codes = [format!("{prefix}-ROOT"), format!("{prefix}-BUYER")];
            company.chain(&[&codes[0], &codes[1]]).await;
            for day in told {
                let order = format!("{prefix}-{day}");
                company.buys(&order, &codes[1], "1000.00", &format!("2026-01-0{day}T10:00:00+03:00")).await;
            }
            nets.push(company.balance(&codes[0]).await.total);
        }
        assert_eq!(nets, [rub(900), rub(900)], "two orders at 20 % and one bonus of 50 %");
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn only_the_configured_shop_is_listened_to() {
    on_sqlite(async |test| {
        Company::with_plan(&test, "nanorem-5").await.chain(&["ROOT", "BUYER"]).await;
        let shop = domain::order::ExternalId::parse("nanorvs").expect("a name");
        let app = test.app.clone().of_shop(shop);
        let order = OrderDraft::new("S-1", "BUYER", 2, "1000.00", "2026-01-09T10:00:00+03:00");
        let mut event = order.event("order.created");
        let fake = FakeShop::default();
        let mut told = Vec::new();
        for (id, source) in [("m-1", "other"), ("m-2", "nanorvs")] {
            if let Some(event) = event.as_object_mut() {
                event.insert("source".to_owned(), source.into());
            }
            let body = fake.verified(id, &event, app.now());
            told.extend(app::orders::receive(&app, &[body]).await.expect("stored"));
        }
        assert!(
            matches!(&told[..], [Received::Refused(why), Received::Accepted] if why.to_string().contains("source")),
            "{told:?}"
        );
        let troubled = app::orders::troubled(&app, 10).await.expect("read");
        assert!(matches!(&troubled[..], [one] if one.message_id == "m-1"), "staff see it: {troubled:?}");
    })
    .await;
}

#[tokio::test]
async fn a_bad_webhook_spoils_none_of_its_neighbours() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["ROOT", "BUYER"]).await;
        let shop = FakeShop::default();
        let events = [
            event("S-1", Told::Paid),
            OrderDraft::new("S-2", "NOBODY", 1, "1.00", ORDERED).event("order.created"),
            event("S-1", Told::RefundA),
            event("S-1", Told::RefundA),
        ];
        let now = test.app.now();
        let bodies: Vec<VerifiedBody> = (0..)
            .zip(&events)
            .map(|(number, event)| shop.verified(&format!("m-{number}"), event, now))
            .collect();
        let answers = app::orders::receive(&test.app, &bodies).await.expect("they can be stored");
        let [first, second, third, fourth] = &answers[..] else { panic!("one answer each: {answers:?}") };
        assert_eq!([first, third, fourth], [&Received::Accepted, &Received::Accepted, &Received::Duplicate]);
        assert!(matches!(second, Received::Refused(_)), "{second:?}");
        test.work().await;
        assert_eq!(company.balance("ROOT").await.total, Money::from_minor(133_37));
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_equal_webhooks_at_once_make_one_accrual() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["ROOT", "BUYER"]).await;
        let shop = FakeShop::default();
        let (intake, task) = Intake::start(test.app.clone());
        let now = test.app.now();
        let submitted: Vec<_> = (0..1_000)
            .map(|_| {
                let (intake, body) = (intake.clone(), shop.verified("m-1", &event("S-1", Told::Paid), now));
                tokio::spawn(async move { intake.submit(body).await })
            })
            .collect();
        let mut answers = Vec::new();
        for answer in submitted {
            answers.push(answer.await.expect("no panic").expect("the webhook is stored"));
        }
        let accepted = answers.iter().filter(|answer| **answer == Received::Accepted).count();
        let known = answers.iter().filter(|answer| **answer == Received::Duplicate).count();
        assert_eq!((accepted, known), (1, 999));
        drop(intake);
        task.await.expect("the intake ends when nobody holds it");
        test.work().await;
        assert_eq!(app::figures::figures(&test.app).await.expect("figures").accruals, (1, 1));
        assert_eq!(company.balance("ROOT").await.total, Money::from_minor(200_03));
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_one_order_at_once_come_to_the_same_as_one_after_the_other() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["ROOT", "BUYER"]).await;
        let shop = FakeShop::default();
        let now = test.app.now();
        let receive = |told: Told| {
            let (app, body) =
                (test.app.clone(), shop.verified(&format!("{told:?}"), &event("S-1", told), now));
            tokio::spawn(async move { app::orders::receive(&app, &[body]).await })
        };
        let received: Vec<_> = ALL.into_iter().chain(ALL).map(receive).collect();
        for answer in received {
            answer.await.expect("no panic").expect("the webhook is stored");
        }
        test.work().await;
        assert_eq!(company.balance("ROOT").await.total, rub(0), "cancelled in the end");
        assert_eq!(app::figures::figures(&test.app).await.expect("figures").orders, (1, 1, 1));
        test.assert_verified().await;
    })
    .await;
}

#[tokio::test]
async fn fees_and_sign_ups_are_never_a_base() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["ROOT", "BUYER"]).await;
        let fee =
            OrderDraft::new("S-1", "BUYER", 1, "100.00", ORDERED).line("FEE", 1, "3000.00").paid_at(PAID);
        assert_eq!(FakeShop::default().send(&test, &fee.event("order.paid")).await, Received::Accepted);
        assert_eq!(company.balance("ROOT").await.total, rub(20), "20 % of the goods alone");
        test.assert_verified().await;
    })
    .await;
}
