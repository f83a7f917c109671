//! What refunds and cancellations take back.

use domain::accrual::RuleId;
use domain::catalog::{ProductKind, Volume};
use domain::ids::TransferId;
use domain::money::Money;
use domain::order::Order;
use plan::{Plan, Posted, Reversal, ReversalCause, reversals};
use proptest::prelude::*;
use uuid::Uuid;

use crate::common::{levels, line, order, paid, plan, refund};

fn posted(number: u32, rule: Option<&str>, amount: i64) -> Posted {
    Posted {
        transfer: TransferId::new(Uuid::from_u128(9000 + u128::from(number))),
        rule: rule.map(RuleId::new),
        amount: Money::from_minor(amount),
        reversed: Money::ZERO,
    }
}

/// Number of the refund (0 for the cancellation) and kopecks, of one posted sum.
fn short(reversals: &[Reversal]) -> Vec<(u32, i64)> {
    let number = |cause| match cause {
        ReversalCause::Refund(id) => u32::try_from(id.uuid().as_u128() - 500).expect("small"),
        ReversalCause::Cancellation => 0,
    };
    reversals.iter().map(|reversal| (number(reversal.cause), reversal.amount.minor())).collect()
}

fn on(base: &str) -> Plan {
    let head = if base == "volume" { "point_value = \"1.00\"\n" } else { "" };
    plan(&format!(
        "{head}[[rules]]\nid = \"r\"\nkind = \"level\"\nbase = \"{base}\"\nrates = [\"10%\"]\ncompression = \"none\"\n"
    ))
}

#[test]
fn each_refund_takes_its_part_and_the_last_the_rest() {
    let mut order = order(vec![line(1, 3, 100)]);
    order.refunds = vec![refund(1, &[(1, 1)]), refund(2, &[(1, 1)]), refund(3, &[(1, 1)])];
    let taken = reversals(&on("turnover"), &order, &[posted(1, Some("r"), 100)]);
    assert_eq!(short(&taken), [(1, 33), (2, 33), (3, 34)]);
}

#[test]
fn what_is_already_reversed_is_not_reversed_again() {
    let mut order = order(vec![line(1, 3, 100)]);
    order.refunds = vec![refund(1, &[(1, 1)])];
    let plan = on("turnover");
    let mut sum = posted(1, Some("r"), 100);
    for expected in [vec![(1, 33)], vec![]] {
        let taken = reversals(&plan, &order, std::slice::from_ref(&sum));
        assert_eq!(short(&taken), expected);
        sum.reversed += taken.iter().map(|reversal| reversal.amount).sum::<Money>();
    }
    order.refunds.push(refund(2, &[(1, 2)]));
    order.cancelled_at = Some(paid());
    assert_eq!(short(&reversals(&plan, &order, &[sum])), [(2, 67)], "nothing is left for the cancellation");
}

#[test]
fn a_cancellation_takes_back_everything() {
    let mut order = order(vec![line(1, 3, 100)]);
    order.refunds = vec![refund(1, &[(1, 1)])];
    order.cancelled_at = Some(paid());
    let sums = [posted(1, Some("r"), 100), posted(2, None, 10)];
    assert_eq!(short(&reversals(&on("turnover"), &order, &sums)), [(1, 33), (0, 67), (1, 3), (0, 7)]);
}

#[test]
fn breakage_of_the_order_stands_on_the_turnover_of_all_its_goods() {
    let plan = plan(
        "[[rules]]\nid = \"r\"\nkind = \"level\"\nbase = \"turnover\"\nrates = [\"10%\"]\ncompression = \"none\"\nproducts = { skus = [\"SKU-1\"] }\n",
    );
    let mut fee = line(3, 1, 300_000);
    fee.kind = ProductKind::Fee;
    let mut order = order(vec![line(1, 1, 1000), line(2, 1, 3000), fee]);
    order.refunds = vec![refund(1, &[(3, 1)]), refund(2, &[(1, 1)]), refund(3, &[(2, 1)])];
    assert_eq!(short(&reversals(&plan, &order, &[posted(1, None, 400)])), [(2, 100), (3, 300)]);
    assert_eq!(
        short(&reversals(&plan, &order, &[posted(1, Some("r"), 100)])),
        [(2, 100)],
        "only its own lines count"
    );
}

#[test]
fn lines_below_cost_never_make_the_target_go_down_or_above_the_whole() {
    let mut lines = vec![line(1, 1, 1000), line(2, 1, 100)];
    lines[1].unit_cost = Money::from_minor(600);
    // Margin 1000 - 500 = 500: the first line alone is more than the whole.
    let plan = on("margin");
    let mut over = order(lines.clone());
    over.refunds = vec![refund(1, &[(1, 1)]), refund(2, &[(2, 1)])];
    assert_eq!(short(&reversals(&plan, &over, &[posted(1, Some("r"), 50)])), [(1, 50)]);
    let mut under = order(lines);
    under.refunds = vec![refund(1, &[(2, 1)]), refund(2, &[(1, 1)])];
    assert_eq!(short(&reversals(&plan, &under, &[posted(1, Some("r"), 50)])), [(2, 50)]);
}

#[test]
fn all_pieces_back_is_the_whole_amount_even_of_no_base() {
    let mut order = order(vec![line(1, 2, 0)]);
    order.refunds = vec![refund(1, &[(1, 1)]), refund(2, &[(1, 5)])];
    assert_eq!(short(&reversals(&on("turnover"), &order, &[posted(1, Some("r"), 7)])), [(2, 7)]);
}

#[test]
fn a_refund_of_points_goes_by_points() {
    let mut lines = vec![line(1, 1, 1000), line(2, 1, 1000)];
    lines[0].unit_volume = Volume(300);
    lines[1].unit_volume = Volume(100);
    let mut order = order(lines);
    order.refunds = vec![refund(1, &[(2, 1)]), refund(2, &[(1, 1)])];
    assert_eq!(short(&reversals(&on("volume"), &order, &[posted(1, Some("r"), 100)])), [(1, 25), (2, 75)]);
}

/// An order and the sequence in which all its pieces come back, one or a few at a time.
fn refunded_order() -> impl Strategy<Value = Order> {
    let lines = prop::collection::vec((1u32..6, 0i64..5000, 0i64..5000, 0i64..500), 1..4);
    let shuffled = lines.prop_flat_map(|lines| {
        let pieces: Vec<u32> = (1..)
            .zip(&lines)
            .flat_map(|(no, line)| vec![no; usize::try_from(line.0).expect("small")])
            .collect();
        (Just(lines), Just(pieces).prop_shuffle(), 1usize..4)
    });
    shuffled.prop_map(|(lines, pieces, at_once)| {
        let lines = (1..).zip(lines).map(|(no, (quantity, price, cost, volume))| {
            let mut line = line(no, quantity, price);
            line.unit_cost = Money::from_minor(cost);
            line.unit_volume = Volume(volume);
            line
        });
        let mut order = order(lines.collect());
        order.refunds = (1..)
            .zip(pieces.chunks(at_once))
            .map(|(number, pieces)| {
                let mut refund = refund(number, &[]);
                for no in pieces {
                    *refund.lines.entry(*no).or_default() += 1;
                }
                refund
            })
            .collect();
        order
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn any_sequence_of_partial_refunds_is_one_full_refund(order in refunded_order(), amount in 1i64..1_000_000, base in prop::sample::select(vec!["turnover", "margin", "volume"]), stop in 0usize..20) {
        let plan = on(base);
        for rule in [Some("r"), None] {
            let sum = posted(1, rule, amount);
            let at_once = reversals(&plan, &order, std::slice::from_ref(&sum));
            prop_assert_eq!(at_once.iter().map(|reversal| reversal.amount).sum::<Money>(), sum.amount);
            prop_assert!(at_once.iter().all(|reversal| reversal.amount.is_positive()));
            // The same in two runs: some refunds known first, the rest later.
            let mut known = order.clone();
            known.refunds.truncate(stop);
            let mut in_turn = reversals(&plan, &known, std::slice::from_ref(&sum));
            let reversed = in_turn.iter().map(|reversal| reversal.amount).sum::<Money>();
            in_turn.extend(reversals(&plan, &order, &[Posted { reversed, ..sum.clone() }]));
            prop_assert_eq!(&in_turn, &at_once);
            let again = reversals(&plan, &order, &[Posted { reversed: sum.amount, ..sum }]);
            prop_assert_eq!(again, vec![]);
        }
    }
}

#[test]
fn a_rule_that_takes_turnover_of_some_goods_only_reverses_by_them() {
    let mut order = order(vec![line(1, 4, 25)]);
    order.refunds = vec![refund(1, &[(1, 1), (9, 4)])];
    let plan = levels("rates = [\"10%\"]\ncompression = \"none\"");
    assert_eq!(
        short(&reversals(&plan, &order, &[posted(1, Some("levels"), 10)])),
        [(1, 2)],
        "line 9 is not of this order"
    );
}

#[test]
fn fees_neither_take_anything_back_nor_hold_it() {
    let mut fee = line(2, 1, 300_000);
    fee.kind = ProductKind::Fee;
    let mut only_fee = order(vec![fee.clone()]);
    only_fee.refunds = vec![refund(1, &[(2, 1)])];
    assert_eq!(short(&reversals(&on("turnover"), &only_fee, &[posted(1, None, 7)])), []);
    let mut free_goods = order(vec![line(1, 1, 0), fee]);
    free_goods.refunds = vec![refund(1, &[(1, 1)])];
    assert_eq!(short(&reversals(&on("turnover"), &free_goods, &[posted(1, Some("r"), 7)])), [(1, 7)]);
}
