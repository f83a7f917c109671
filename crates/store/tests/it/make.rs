//! Rows to write.

use domain::accrual::{RuleId, Share};
use domain::catalog::{Product, ProductKind, ProductTerms, Sku, Volume};
use domain::ids::{AccrualId, FactSeq, OrderId, PartnerId, PlanVersionId, ProductId, TransferId};
use domain::ledger::{CompanyAccount, Transfer, TransferKind, partner_account};
use domain::money::{Money, Rate};
use domain::order::{ExternalId, Order, OrderKey, OrderLine};
use domain::partner::{Partner, PartnerCode, PersonName, ReferralCode};
use domain::period::Period;
use jiff::Timestamp;
use store::accruals::{Run, Stored};
use store::plans::PlanVersion;
use store::sponsorships::Sponsorship;
use store::{Store, Tx};
use testkit::at;
use uuid::Uuid;

pub(crate) fn day(number: u32) -> Timestamp {
    at(&format!("2026-01-{number:02}T12:00:00.123456Z"))
}

pub(crate) fn uuid(number: u32) -> Uuid {
    Uuid::from_u128(1_000 + u128::from(number))
}

pub(crate) fn partner_id(number: u32) -> PartnerId {
    PartnerId::new(uuid(number))
}

pub(crate) fn partner(number: u32, inviter: Option<u32>) -> (Partner, FactSeq) {
    // Eight letters of four bits each: every number has a code of its own.
    let letter = |place: u32| u8::try_from(number >> (4 * place) & 0x0f).expect("four bits");
    let letters: [u8; 8] = std::array::from_fn(|place| letter(u32::try_from(place).expect("one of eight")));
    let partner = Partner {
        id: partner_id(number),
        code: PartnerCode::numbered(u64::from(number)),
        referral_code: ReferralCode::from_random(letters),
        name: PersonName::parse("Ёлка", "О’Коннор").expect("a name"),
        phone: None,
        email: None,
        inviter: inviter.map(partner_id),
        joined_at: day(1),
    };
    (partner, FactSeq(i64::from(number)))
}

pub(crate) fn sponsorship(number: u32, sponsor: Option<u32>, seq: i64, since: Timestamp) -> Sponsorship {
    let reason = "enrolment".to_owned();
    Sponsorship {
        partner: partner_id(number),
        sponsor: sponsor.map(partner_id),
        since,
        seq: FactSeq(seq),
        reason,
    }
}

/// Stores partners numbered from 1, each below the one that `sponsor` names.
pub(crate) async fn people(tx: &mut Tx, count: u32, sponsor: impl Fn(u32) -> Option<u32>) {
    let all: Vec<_> = (1..=count).map(|number| partner(number, sponsor(number))).collect();
    let ties: Vec<_> =
        (1..=count).map(|number| sponsorship(number, sponsor(number), i64::from(number), day(1))).collect();
    store::facts::take(tx, i64::from(count)).await.expect("numbers");
    store::partners::insert_all(tx, &all, day(2)).await.expect("partners are stored");
    store::sponsorships::insert_all(tx, &ties, day(2)).await.expect("sponsorships are stored");
}

pub(crate) fn product(number: u32, sku: &str, kind: ProductKind, since: Timestamp) -> Product {
    Product {
        id: ProductId::new(uuid(number)),
        sku: Sku::parse(sku).expect("a SKU"),
        name: "Состав".to_owned(),
        category: "Составы".to_owned(),
        kind,
        terms: ProductTerms {
            price: Money::from_minor(1_000_00),
            cost: Money::from_minor(400_00),
            volume: Volume(1_050),
        },
        since,
    }
}

/// An order of partner 1 for two pieces of product 1, paid on a day.
pub(crate) fn order(number: u32, paid_on: Option<u32>) -> Order {
    Order {
        id: OrderId::new(uuid(10_000 + number)),
        key: OrderKey { source: external("shop"), external_id: external(&format!("O-{number}")) },
        number: Some(format!("№ {number}")),
        buyer: Some(partner_id(1)),
        seller: None,
        ordered_at: day(3),
        paid_at: paid_on.map(day),
        delivered_at: None,
        cancelled_at: None,
        lines: (1..=2)
            .map(|line_no| OrderLine {
                line_no,
                product: ProductId::new(uuid(1)),
                sku: Sku::parse("RVS").expect("a SKU"),
                category: "Составы".to_owned(),
                kind: ProductKind::Goods,
                quantity: 2,
                unit_price: Money::from_minor(999_99),
                unit_cost: Money::from_minor(400_00),
                unit_volume: Volume(1_050),
            })
            .collect(),
        refunds: Vec::new(),
    }
}

pub(crate) fn external(text: &str) -> ExternalId {
    ExternalId::parse(text).expect("an id")
}

pub(crate) fn plan_version(number: u32, since: Timestamp) -> PlanVersion {
    PlanVersion {
        id: PlanVersionId::new(uuid(20_000 + number)),
        name: format!("план-{number}"),
        source: "name = \"план\"".to_owned(),
        hash: [7; 32],
        since,
        proposed_by: "staff:elena".to_owned(),
        proposed_at: day(2),
        activated_by: None,
        activated_at: None,
    }
}

pub(crate) fn period(text: &str) -> Period {
    text.parse().expect("a period")
}

/// An accrual's transfer to partner 1.
pub(crate) fn accrual(number: u32, order: OrderId, kopecks: i64, available_on: u32, of: &str) -> Transfer {
    Transfer {
        id: TransferId::new(uuid(30_000 + number)),
        debit: CompanyAccount::Commissions.id(),
        credit: partner_account(partner_id(1)),
        amount: Money::from_minor(kopecks),
        kind: TransferKind::Accrual,
        cause: order.uuid(),
        reverses: None,
        effective_at: day(3),
        available_at: day(available_on),
        recorded_at: day(4),
        period: period(of),
    }
}

pub(crate) fn run(order: OrderId, number: u32, known: i64) -> Run {
    Run {
        breakage: TransferId::new(Uuid::from_u128(order.uuid().as_u128() * 100 + u128::from(number))),
        order,
        run: number,
        plan_version: PlanVersionId::new(uuid(20_001)),
        known: FactSeq(known),
        is_first: true,
        effective_at: day(3),
        maximum: Money::from_minor(500_00),
    }
}

/// The accrual of a transfer.
pub(crate) fn stored(transfer: &Transfer, run: u32, level: u16) -> Stored {
    let share = Share {
        rule: RuleId::new("levels"),
        earner: partner_id(1),
        level,
        base: Money::from_minor(1_000_00),
        rate: Rate::from_ppm(200_000),
        raw: transfer.amount,
        paid: transfer.amount,
    };
    Stored { id: AccrualId::new(transfer.id.uuid()), order: OrderId::new(transfer.cause), run, share }
}

/// Three partners in a chain, product 1, plan version 1 and orders 1 and 2 of partner 1.
pub(crate) async fn company(store: &Store) {
    let mut tx = store.begin().await.expect("a transaction");
    people(&mut tx, 3, |number| number.checked_sub(1).filter(|above| *above > 0)).await;
    let goods = product(1, "RVS", ProductKind::Goods, day(1));
    store::products::insert_all(&mut tx, &[goods], day(2)).await.expect("products are stored");
    store::plans::insert(&mut tx, &plan_version(1, day(1))).await.expect("a plan is stored");
    store::orders::insert_all(&mut tx, &[order(1, Some(4)), order(2, Some(5))], day(6))
        .await
        .expect("orders are stored");
    tx.commit().await.expect("committed");
}

/// A rank that staff gave.
pub(crate) fn rank(
    partner: u32,
    seq: i64,
    rank: Option<&str>,
    since: Timestamp,
) -> store::standing::RankFact {
    store::standing::RankFact {
        partner: partner_id(partner),
        seq: FactSeq(seq),
        rank: rank.map(str::to_owned),
        since,
        reason: "why".to_owned(),
        by_staff: true,
    }
}
