//! An order as the shop has it when it is asked, and how that differs from what we know.
//!
//! What the shop does not say is not known: it differs from nothing.

use jiff::Timestamp;
use serde::Serialize;

use super::{EventKind, ExternalId, Order, OrderBody, OrderEvent, OrderState};
use crate::money::Money;
use crate::time::CLOCKS_DIFFER;

/// An order as the shop has it now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// The shop's id.
    pub id: ExternalId,
    /// How it stands; `None` if the shop does not say, or says it in words that nobody explained.
    pub state: Option<OrderState>,
    /// What it comes to.
    pub total: Option<Money>,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
}

/// In what an order differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// The shop has it, we do not.
    MissingHere,
    /// We have it, the shop does not.
    MissingThere,
    /// What it comes to.
    Total,
    /// How it stands.
    State,
    /// When it was paid.
    PaidAt,
}

impl DifferenceKind {
    const ALL: [(Self, &'static str); 5] = [
        (Self::MissingHere, "missing_here"),
        (Self::MissingThere, "missing_there"),
        (Self::Total, "total"),
        (Self::State, "state"),
        (Self::PaidAt, "paid_at"),
    ];

    /// The word stored and shown to machines.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }

    /// The kind of the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, word)| *word == text).map(|(kind, _)| *kind)
    }
}

/// One difference, with what each side says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The shop's id of the order.
    pub order: ExternalId,
    /// In what.
    pub kind: DifferenceKind,
    /// What we know.
    pub ours: Option<String>,
    /// What the shop says.
    pub theirs: Option<String>,
}

impl Difference {
    /// An order that the shop has and we do not.
    pub fn missing_here(theirs: &Seen) -> Self {
        let said = theirs.total.map(|total| total.to_string());
        Self { order: theirs.id.clone(), kind: DifferenceKind::MissingHere, ours: None, theirs: said }
    }

    /// An order that we have and the shop does not.
    pub fn missing_there(ours: &Order) -> Self {
        Self {
            order: ours.key.external_id.clone(),
            kind: DifferenceKind::MissingThere,
            ours: Some(ours.total().to_string()),
            theirs: None,
        }
    }
}

/// In what an order that both have differs.
pub fn differences(ours: &Order, theirs: &Seen) -> Vec<Difference> {
    let state = ours.state();
    let told = [
        (DifferenceKind::Total, Some(ours.total().to_string()), theirs.total.map(|total| total.to_string())),
        (
            DifferenceKind::State,
            Some(state.as_str().to_owned()),
            theirs.state.map(|state| state.as_str().to_owned()),
        ),
        (
            DifferenceKind::PaidAt,
            ours.paid_at.map(|paid_at| paid_at.to_string()),
            theirs.paid_at.map(|paid_at| paid_at.to_string()),
        ),
    ];
    let differs = told.into_iter().filter(|(_, ours, theirs)| theirs.is_some() && ours != theirs);
    let order = &ours.key.external_id;
    differs.map(|(kind, ours, theirs)| Difference { order: order.clone(), kind, ours, theirs }).collect()
}

/// The event that we missed, if the shop says of an order of ours what we do not know yet: that it was
/// paid, and when, or that it was cancelled. Of an order whose total differs nothing is believed.
pub fn missed(ours: &Order, theirs: &Seen, now: Timestamp) -> Option<OrderEvent> {
    if theirs.total.is_some_and(|total| total != ours.total()) {
        return None;
    }
    let paid_at =
        theirs.paid_at.filter(|paid_at| *paid_at <= now.saturating_add(CLOCKS_DIFFER).unwrap_or(now));
    let kind = match theirs.state? {
        OrderState::Cancelled if ours.cancelled_at.is_none() => EventKind::Cancelled,
        OrderState::Paid | OrderState::Refunded if ours.paid_at.is_none() && paid_at.is_some() => {
            EventKind::Paid
        }
        _ => return None,
    };
    let order = OrderBody {
        source: ours.key.source.clone(),
        external_id: ours.key.external_id.clone(),
        number: None,
        details: None,
        paid_at: paid_at.filter(|_| ours.paid_at.is_none()),
        delivered_at: None,
        cancelled_at: None,
    };
    Some(OrderEvent { kind, order, refund: None, sent_at: now })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use uuid::Uuid;

    use super::*;
    use crate::catalog::{ProductKind, Sku, Volume};
    use crate::ids::{OrderId, ProductId, RefundId};
    use crate::order::{OrderKey, OrderLine, Refund};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).expect("valid")
    }

    fn id(text: &str) -> ExternalId {
        ExternalId::parse(text).expect("an id")
    }

    fn order(paid_at: Option<i64>) -> Order {
        Order {
            id: OrderId::new(Uuid::from_u128(1)),
            key: OrderKey { source: id("shop"), external_id: id("S-1") },
            number: None,
            buyer: None,
            seller: None,
            ordered_at: at(0),
            paid_at: paid_at.map(at),
            delivered_at: None,
            cancelled_at: None,
            lines: vec![OrderLine {
                line_no: 1,
                product: ProductId::new(Uuid::from_u128(2)),
                sku: Sku::parse("RVS").expect("an article"),
                category: "x".to_owned(),
                kind: ProductKind::Goods,
                quantity: 2,
                unit_price: Money::from_minor(500_00),
                unit_cost: Money::ZERO,
                unit_volume: Volume(0),
            }],
            refunds: Vec::new(),
        }
    }

    fn seen(state: Option<OrderState>, total: Option<i64>, paid_at: Option<i64>) -> Seen {
        Seen { id: id("S-1"), state, total: total.map(Money::from_minor), paid_at: paid_at.map(at) }
    }

    fn kinds(ours: &Order, theirs: &Seen) -> Vec<DifferenceKind> {
        differences(ours, theirs).into_iter().map(|one| one.kind).collect()
    }

    #[test]
    fn what_the_shop_does_not_say_differs_from_nothing() {
        assert_eq!(kinds(&order(Some(5)), &seen(None, None, None)), []);
        let same = seen(Some(OrderState::Paid), Some(1_000_00), Some(5));
        assert_eq!(kinds(&order(Some(5)), &same), []);
    }

    #[test]
    fn every_difference_is_told_with_both_sides() {
        let theirs = seen(Some(OrderState::Cancelled), Some(999_99), Some(6));
        let expected = [DifferenceKind::Total, DifferenceKind::State, DifferenceKind::PaidAt];
        assert_eq!(kinds(&order(Some(5)), &theirs), expected);
        let total = differences(&order(Some(5)), &theirs).remove(0);
        assert_eq!((total.ours.as_deref(), total.theirs.as_deref()), (Some("1000.00"), Some("999.99")));
        let unpaid = differences(&order(None), &seen(Some(OrderState::Paid), None, Some(6)));
        assert_eq!(unpaid.len(), 2, "unpaid here, paid there: {unpaid:?}");
        assert_eq!(unpaid[1].ours, None);
    }

    #[test]
    fn a_payment_and_a_cancellation_that_were_missed_are_found() {
        let paid = missed(&order(None), &seen(Some(OrderState::Paid), Some(1_000_00), Some(5)), at(10));
        let paid = paid.expect("a payment");
        assert_eq!((paid.kind, paid.order.paid_at, paid.sent_at), (EventKind::Paid, Some(at(5)), at(10)));
        let cancelled = missed(&order(Some(5)), &seen(Some(OrderState::Cancelled), None, None), at(10));
        let cancelled = cancelled.expect("a cancellation");
        assert_eq!((cancelled.kind, cancelled.order.paid_at), (EventKind::Cancelled, None));
    }

    #[test]
    fn nothing_is_believed_of_what_is_doubtful() {
        let day = 24 * 3_600;
        let doubtful = [
            (order(None), seen(Some(OrderState::Paid), Some(999_99), Some(5)), "another total"),
            (order(None), seen(Some(OrderState::Paid), None, None), "paid, but when?"),
            (order(None), seen(None, Some(1_000_00), Some(5)), "no state"),
            (order(None), seen(Some(OrderState::Paid), None, Some(10 + day + 1)), "paid tomorrow"),
            (order(Some(5)), seen(Some(OrderState::Paid), None, Some(6)), "paid at another time"),
            (order(Some(5)), seen(Some(OrderState::Created), None, None), "no longer paid"),
            (order(Some(5)), seen(Some(OrderState::Refunded), None, Some(5)), "which pieces came back?"),
        ];
        for (ours, theirs, why) in doubtful {
            assert_eq!(missed(&ours, &theirs, at(10)), None, "{why}");
        }
        let cancelled = Order { cancelled_at: Some(at(1)), ..order(None) };
        assert_eq!(missed(&cancelled, &seen(Some(OrderState::Cancelled), None, None), at(10)), None);
    }

    #[test]
    fn a_whole_refund_counts_as_refunded() {
        let refund = Refund {
            id: RefundId::new(Uuid::from_u128(3)),
            external_id: id("R-1"),
            refunded_at: at(7),
            lines: BTreeMap::from([(1, 2)]),
        };
        let back = Order { refunds: vec![refund], ..order(Some(5)) };
        assert_eq!(kinds(&back, &seen(Some(OrderState::Refunded), Some(1_000_00), Some(5))), []);
        assert_eq!(kinds(&back, &seen(Some(OrderState::Paid), None, None)), [DifferenceKind::State]);
    }

    #[test]
    fn every_word_is_read_back() {
        for (kind, word) in DifferenceKind::ALL {
            assert_eq!((kind.as_str(), DifferenceKind::parse(word)), (word, Some(kind)));
        }
        assert_eq!(DifferenceKind::parse("x"), None);
    }
}
