use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use super::*;
use crate::accrual::RuleId;
use crate::activity::FeeKind;
use crate::catalog::Sku;
use crate::ids::{AccrualId, OrderId, PartnerId, PayoutId, PlanVersionId, RefundId};
use crate::money::{Money, Rate};
use crate::order::ExternalId;
use crate::partner::PartnerCode;
use crate::payout::PayoutState;

const DOCUMENT: &str = include_str!("../../../../docs/webhooks-out.md");

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x019b_76da_a000_7000_8000_0000_0000_0000 + number)
}

fn partner(number: u64) -> PartnerTold {
    PartnerTold { id: PartnerId::new(id(number.into())), code: PartnerCode::numbered(number) }
}

fn external(text: &str) -> ExternalId {
    ExternalId::parse(text).expect("an id")
}

fn order() -> OrderTold {
    OrderTold {
        id: OrderId::new(id(100)),
        source: external("nanorvs"),
        external_id: external("S-1002"),
        number: Some("№ 1002".to_owned()),
    }
}

fn payout(state: PayoutState) -> PayoutTold {
    PayoutTold {
        id: PayoutId::new(id(300)),
        number: 7,
        partner: partner(1),
        amount: Money::from_minor(1_500_00),
        currency: Currency::Rub,
        state,
        changed_at: at("2026-02-03T08:00:00Z"),
    }
}

fn accrual(number: u128, whose: u64, level: u16, rate: &str, amount: i64) -> AccrualTold {
    AccrualTold {
        id: AccrualId::new(id(number)),
        partner: partner(whose),
        rule: RuleId::new("levels"),
        level,
        rate: rate.parse::<Rate>().expect("a rate"),
        base: Money::from_minor(1_000_00),
        amount: Money::from_minor(amount),
    }
}

fn accruals() -> AccrualsMade {
    AccrualsMade {
        order: order(),
        plan_version: PlanVersionId::new(id(400)),
        run: 1,
        effective_at: at("2026-01-31T07:00:00Z"),
        accruals: vec![accrual(201, 2, 1, "20%", 200_00), accrual(202, 1, 2, "10%", 100_00)],
        total: Money::from_minor(300_00),
        currency: Currency::Rub,
    }
}

fn reversals() -> AccrualsReversed {
    let reversal = |number, whose, amount| ReversalTold {
        accrual_id: AccrualId::new(id(number)),
        partner: partner(whose),
        cause: ReversalCause::Refund,
        amount: Money::from_minor(amount),
    };
    AccrualsReversed {
        order: order(),
        reversals: vec![reversal(201, 2, 100_00), reversal(202, 1, 50_00)],
        total: Money::from_minor(150_00),
        currency: Currency::Rub,
    }
}

/// One of each kind.
fn sample(kind: NoticeKind) -> Notice {
    match kind {
        NoticeKind::PartnerEnrolled => Notice::PartnerEnrolled(PartnerEnrolled {
            partner: partner(3),
            sponsor: Some(partner(2)),
            joined_at: at("2026-01-10T09:00:00Z"),
        }),
        NoticeKind::SponsorChanged => Notice::SponsorChanged(SponsorChanged {
            partner: partner(3),
            sponsor: Some(partner(1)),
            previous_sponsor: Some(partner(2)),
            since: at("2026-01-31T21:00:00Z"),
        }),
        NoticeKind::ActivityExtended => Notice::ActivityExtended(ActivityExtended {
            partner: partner(3),
            fee: FeeKind::Monthly,
            paid_at: at("2026-01-10T09:00:00Z"),
            amount: Money::from_minor(3_000_00),
            currency: Currency::Rub,
            active_until: at("2026-02-10T09:00:00Z"),
        }),
        NoticeKind::OrderPaid => Notice::OrderPaid(OrderPaid {
            order: order(),
            buyer: Some(partner(3)),
            seller: None,
            paid_at: at("2026-01-31T07:00:00Z"),
            total: Money::from_minor(1_000_00),
            currency: Currency::Rub,
        }),
        NoticeKind::OrderRefunded => Notice::OrderRefunded(OrderRefunded {
            order: order(),
            refund_id: RefundId::new(id(110)),
            refund_external_id: external("R-1"),
            refunded_at: at("2026-02-02T07:00:00Z"),
            amount: Money::from_minor(500_00),
            currency: Currency::Rub,
        }),
        NoticeKind::OrderCancelled => Notice::OrderCancelled(OrderCancelled {
            order: order(),
            cancelled_at: at("2026-02-02T07:00:00Z"),
        }),
        NoticeKind::OrderRefused => Notice::OrderRefused(OrderRefused {
            order: order(),
            message_id: "msg_4711".to_owned(),
            problem: "order nanorvs/S-1002 is known with another buyer, other lines or another date"
                .to_owned(),
        }),
        NoticeKind::AccrualsMade => Notice::AccrualsMade(accruals()),
        NoticeKind::AccrualsReversed => Notice::AccrualsReversed(reversals()),
        kind => money_and_months(kind),
    }
}

/// The kinds of payouts, months, plans and the catalogue.
fn money_and_months(kind: NoticeKind) -> Notice {
    let sku = |text| Sku::parse(text).expect("an article");
    match kind {
        NoticeKind::PayoutRequested => Notice::PayoutRequested(payout(PayoutState::Requested)),
        NoticeKind::PayoutApproved => Notice::PayoutApproved(payout(PayoutState::Approved)),
        NoticeKind::PayoutRejected => Notice::PayoutRejected(payout(PayoutState::Rejected)),
        NoticeKind::PayoutSent => Notice::PayoutSent(payout(PayoutState::Sent)),
        NoticeKind::PayoutSettled => Notice::PayoutSettled(payout(PayoutState::Settled)),
        NoticeKind::PayoutFailed => Notice::PayoutFailed(payout(PayoutState::Failed)),
        NoticeKind::PeriodQualified => Notice::PeriodQualified(PeriodQualified {
            period: "2026-01".parse().expect("a month"),
            plan_version: PlanVersionId::new(id(400)),
            inputs_sha256: "0".repeat(64),
            standings_sha256: "1".repeat(64),
        }),
        NoticeKind::PeriodClosed => Notice::PeriodClosed(PeriodClosed {
            period: "2026-01".parse().expect("a month"),
            closed_at: at("2026-02-05T09:00:00Z"),
            transfers: 1_284,
            ledger_sha256: "2".repeat(64),
            bonuses: Money::from_minor(12_345_67),
            currency: Currency::Rub,
        }),
        NoticeKind::PlanActivated => Notice::PlanActivated(PlanActivated {
            plan_version: PlanVersionId::new(id(400)),
            name: "nanorem-12".to_owned(),
            sha256: "3".repeat(64),
            since: at("2026-01-31T21:00:00Z"),
        }),
        NoticeKind::CatalogueChanged => Notice::CatalogueChanged(CatalogueChanged {
            new: vec![sku("RVS-100")],
            changed: vec![sku("RVS-50")],
        }),
        NoticeKind::Ping => Notice::Ping(Ping { endpoint: 1 }),
        other => unreachable!("{other:?} is made above"),
    }
}

/// The examples of the document, by their type.
fn examples() -> BTreeMap<String, Value> {
    let blocks = DOCUMENT.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks
        .map(|block| {
            let value: Value = serde_json::from_str(block).expect("examples are JSON");
            (value["type"].as_str().expect("examples have a type").to_owned(), value)
        })
        .collect()
}

#[test]
fn every_kind_is_documented_as_it_is_told() {
    let examples = examples();
    for kind in NoticeKind::ALL {
        let notice = sample(kind);
        assert_eq!(notice.kind(), kind);
        let told = notice.body(at("2026-02-05T09:00:00Z"));
        let value: Value = serde_json::from_str(&told).expect("a body is JSON");
        assert_eq!(
            examples.get(kind.as_str()),
            Some(&value),
            "docs/webhooks-out.md should show {}:\n{}",
            kind.as_str(),
            serde_json::to_string_pretty(&value).expect("JSON")
        );
    }
    assert_eq!(examples.len(), NoticeKind::ALL.len(), "nothing is documented that is not told");
}

#[test]
fn topics_are_read_as_they_are_written() {
    for text in ["*", "order.paid", "order.paid,payout.settled", "ping"] {
        assert_eq!(Topics::parse(text).map(|topics| topics.to_string()), Ok(text.to_owned()));
    }
    let family = Topics::parse(" accruals.* , ping ").map(|topics| topics.to_string());
    assert_eq!(family, Ok("accruals.made,accruals.reversed,ping".to_owned()));
    for wrong in ["", ",", "order", "order.paid,", "orders.*", "*.paid", "order.paid.v2", ".*"] {
        assert!(Topics::parse(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn who_chose_kinds_hears_those_and_a_trial() {
    let topics = Topics::parse("order.paid").expect("a kind");
    let heard: Vec<_> = NoticeKind::ALL.into_iter().filter(|kind| topics.contain(*kind)).collect();
    assert_eq!(heard, [NoticeKind::OrderPaid, NoticeKind::Ping]);
    let all = NoticeKind::ALL.into_iter().filter(|kind| Topics::All.contain(*kind)).count();
    assert_eq!(all, NoticeKind::ALL.len());
}

#[test]
fn every_word_names_one_kind() {
    for kind in NoticeKind::ALL {
        assert_eq!(NoticeKind::parse(kind.as_str()), Some(kind));
    }
    assert_eq!(NoticeKind::parse("order"), None);
}
